"""The Checks sheet: what must hold, each with its figure and limit, and one master flag shown on every sheet."""

from types import SimpleNamespace

import numpy as np

from ..elementary import floor, total
from ..formula import Cell
from ..nodes import Template, Whole
from .book import Book, Style

FIRST_ROW = 6


def _count(condition: Cell) -> Cell:
    """How many rows of a column meet a condition."""
    return total(1.0 * condition)


def _numbers(column: Cell, typed: int) -> Cell:
    """How many cells of a column hold numbers: those that were typed."""
    return Cell(Template("COUNT({0})", (Whole(column.node),)), np.full((1, 1, 1), float(typed)))


def build_checks(book: Book, held: SimpleNamespace, settings, allocation, plan) -> None:
    """The Checks sheet; the master flag is the name checks_pass."""
    sheet = book.sheet("Checks", "Every line must say TRUE. A FALSE line names what to look at.")
    links = plan.links
    sheet.text(3, 2, "Tolerance", "label")
    tolerance = book.named("check_tolerance", sheet.typed(3, 4, 1e-6, Style("input", "number")))
    checks = (
        (
            "Coins and prices are all numbers",
            "cells",
            _numbers(held.coins, held.typed["coins"]) + _numbers(held.price, held.typed["price"]),
            "=",
            2 * _count(held.asset != ""),
        ),
        (
            "Targets add up to at most 1; what is missing is the cash sleeve",
            "fraction",
            allocation.total_goal,
            "<=",
            1.0,
        ),
        ("Weights add up to 1", "fraction", total(allocation.weight), "=", 1.0),
        ("No asset is over-hedged", "assets", _count(plan.is_over_hedged), "=", 0.0),
        ("Trades are whole contracts", "rows", _count(floor(plan.contracts) != plan.contracts), "=", 0.0),
        ("Every position has a contract", "rows", _count((plan.qty != 0) * (links.face <= 0)), "=", 0.0),
        ("Margin is not more than the coins", "rows", _count(plan.margin > plan.coins), "=", 0.0),
        (
            "Margin is at least the initial margin",
            "rows",
            _count(plan.margin < plan.initial * (1 - tolerance)),
            "=",
            0.0,
        ),
        ("Margin survives the chosen move", "rows", _count(plan.margin < plan.needed * (1 - tolerance)), "=", 0.0),
        ("Margin lasts through adverse funding", "rows", _count(plan.left < plan.maintenance), "=", 0.0),
        ("Maintenance rates hold at these sizes", "rows", _count(abs(plan.qty) > links.cap), "=", 0.0),
        ("Portfolio has a value", "USD", allocation.whole, ">", 0.0),
    )
    for column, (header, width) in enumerate(
        (("Check", 62), ("Figure", 16), ("Must be", 9), ("Limit", 16), ("Unit", 11), ("Passes", 10)), 1
    ):
        sheet.text(FIRST_ROW - 1, column, header, "header")
        sheet.widths[column] = width
    passed = []
    for row, (name, unit, figure, relation, limit) in enumerate(checks, FIRST_ROW):
        format = {"fraction": "share", "USD": "usd2"}.get(unit, "contracts")
        sheet.text(row, 1, name)
        figure = sheet.computed(row, 2, figure, Style("calc", format))
        sheet.text(row, 3, relation, "unit")
        limit = (
            sheet.computed(row, 4, limit, Style("calc", format))
            if isinstance(limit, Cell)
            else sheet.typed(row, 4, limit, Style("calc", format))
        )
        sheet.text(row, 5, unit, "unit")
        holds = {
            "=": lambda a, b: abs(a - b) <= tolerance, "<=": lambda a, b: a - b <= tolerance, ">": lambda a, b: a > b,
        }[relation](figure, limit)  # fmt: skip
        passed.append(sheet.computed(row, 6, holds, Style("flag", "flag", "flag")))
    block = passed[0].node._replace(rows=len(passed))
    values = np.concatenate([cell.value for cell in passed])
    column = Cell(block, values)
    sheet.text(3, 1, "All checks pass", "section")
    master = sheet.computed(3, 6, _count(column) == float(len(passed)), Style("flag", "flag", "flag"))
    book.named("checks_pass", master)
    sheet.freeze = f"B{FIRST_ROW}"
