"""The Checks sheet: what must hold, each with its figure and limit, and one master flag shown on every sheet."""

from types import SimpleNamespace

import numpy as np

from ..elementary import floor, given, total, where
from ..formula import Cell
from ..nodes import Template, Whole
from .book import Book, Style
from .contracts_sheet import METHODS

FIRST_ROW = 6

# Columns of the holdings whose numbers have a range, with its ends.
RANGES = {
    "coins": (0.0, None), "price": (0.0, None), "target_weight": (0.0, 1.0), "hedge_ratio": (0.0, 2.0),
    "cost_basis": (0.0, None), "entry": (0.0, None), "margin": (0.0, None), "leverage": (0.0, None),
    "face": (0.0, None), "mmr": (0.0, 1.0), "fee": (-1.0, 1.0),
}  # fmt: skip


def _count(condition: Cell) -> Cell:
    """How many rows of a column meet a condition."""
    return total(1.0 * condition)


def _numbers(held: SimpleNamespace, name: str) -> Cell:
    """How many cells of a column hold numbers: those that were typed."""
    return _counted("COUNT({0})", getattr(held, name), 1.0 * held.typed[name])


def _counted(text: str, column: Cell, value: float | np.ndarray) -> Cell:
    """A count over a column whose value is known from what was typed."""
    return Cell(Template(text, (Whole(column.node),)), np.reshape(value, (1, 1, -1)))


def _texts(held: SimpleNamespace) -> Cell:
    """How many cells of the number columns hold text; the reader lets none through."""
    return sum(_counted("SUMPRODUCT(ISTEXT({0})*1)", getattr(held, name), 0.0) for name in RANGES)


def _outside(held: SimpleNamespace) -> Cell:
    """How many typed numbers are outside the range of their column."""
    found = 0.0
    for name, (low, high) in RANGES.items():
        column = getattr(held, name)
        found = found + _count(column < low) + (_count(column > high) if high is not None else 0.0)
    return found


def _unknown_methods(links: SimpleNamespace) -> Cell:
    """How many rows have a liquidation method that is none of ours."""
    other = links.method != METHODS[0]
    for method in METHODS[1:]:
        other = other * (links.method != method)
    return _count(other)


def _age(settings: SimpleNamespace) -> Cell:
    """How old the prices are when they must be fresh [hours]; 0 where their time is not given."""
    at = where(given(settings.as_of), settings.as_of, settings.price_time)
    return where(given(settings.price_time), (at - settings.price_time) * 24.0, 0.0)


def build_checks(book: Book, held: SimpleNamespace, settings, allocation, plan, stress, unread) -> Cell:
    """The Checks sheet; returns the master flag, whose name is checks_pass."""
    sheet = book.sheet("Checks", "Every line must say TRUE. A FALSE line names what to look at.")
    links = plan.links
    sheet.text(3, 2, "Tolerance", "label")
    tolerance = book.named("check_tolerance", sheet.typed(3, 4, 1e-6, Style("input", "number")))
    none, count = 0.0, _count
    checks = (
        ("Coins and prices are all numbers", "cells", _numbers(held, "coins") + _numbers(held, "price"), "=", 2 * count(held.asset != "")),
        ("No text stands where a number is due", "cells", _texts(held), "=", none),
        ("Inputs are within their ranges", "cells", _outside(held), "=", none),
        ("Targets add up to at most 1; what is missing is the cash sleeve", "fraction", allocation.total_goal, "<=", 1.0),
        ("Weights add up to 1", "fraction", total(allocation.weight), "=", 1.0),
        ("Portfolio has a value", "USD", allocation.whole, ">", none),
        ("Holdings and stresses start from the same value", "USD", stress.now, "=", allocation.whole),
        ("No asset is over-hedged", "assets", count(plan.is_over_hedged), "=", none),
        ("Trades are whole contracts", "rows", count(floor(plan.contracts) != plan.contracts), "=", none),
        ("Every position has a contract", "rows", count((((plan.qty != 0) + 1 * (held.hedge_ratio > 0)) > 0) * (links.face <= 0)), "=", none),
        ("The face of every contract is known", "rows", count((held.contract != "") * (links.face <= 0)), "=", none),
        ("The maintenance rate of every contract is known", "rows", count(1 - 1 * links.is_known), "=", none),
        ("The liquidation method of every contract is known", "rows", _unknown_methods(links), "=", none),
        ("Margin is not more than the coins", "rows", count(plan.margin > plan.coins), "=", none),
        ("Margin is at least the initial margin", "rows", count(plan.margin < plan.initial * (1 - tolerance)), "=", none),
        ("Margin survives the chosen move", "rows", count(plan.margin < plan.needed * (1 - tolerance)), "=", none),
        ("Margin lasts through adverse funding", "rows", count(plan.left < plan.maintenance), "=", none),
        ("Maintenance rates hold at these sizes", "rows", count(abs(plan.qty) > links.cap), "=", none),
        ("Every row of the log and of the history is read", "rows", unread, "=", none),
        ("Prices are fresh, where their time is given", "hours", _age(settings), "<=", settings.price_hours),
    )  # fmt: skip
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
        holds = where(given(figure - limit), holds, False)  # a figure that is an error passes nothing
        passed.append(sheet.computed(row, 6, holds, Style("flag", "flag", "flag")))
    block = passed[0].node._replace(rows=len(passed))
    all_hold = np.logical_and.reduce(
        np.concatenate(np.broadcast_arrays(*(cell.value for cell in passed))), axis=0, keepdims=True
    )
    sheet.text(3, 1, "All checks pass", "section")
    all_hold = Cell(Template("AND({0})", (Whole(block),)), all_hold)
    master = sheet.computed(3, 6, all_hold, Style("flag", "flag", "flag"))
    sheet.freeze = f"B{FIRST_ROW}"
    return book.named("checks_pass", master)
