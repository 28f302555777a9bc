"""The Checks sheet: what must hold, each with its figure and limit, and one master flag shown on every sheet."""

import datetime
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...contracts import newest
from ...elementary import floor, given, larger, total, where
from ...formula import Cell
from ...nodes import Template, Whole
from ...ranges import known_over, one_below_another
from ..grid.cells import Style
from ..grid.numbers import sheet_number
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.typed import Form, Typed
from .allocation import Weights
from .contracts import METHODS
from .inputs import Held, Settings
from .monitor import Monitor
from .plan_figures import Carry, Links, Maintenance, Margins, Size
from .replay import Replay
from .stress import Stress

TOLERANCE = Form("", (Typed("tolerance", "Tolerance", format="number"),), column=2, span=2)
FLAG_ROW, NOTES_ROW, HEADER_ROW = 3, 4, 5
HEADERS = (("Check", 62), ("Figure", 16), ("Must be", 9), ("Limit", 16), ("Unit", 11), ("Passes", 10))
ASSUMED = "Amber: a maintenance rate is the setting mmr, for no source has one"
ENDS_KNOWN = "Ends of trading are known up to"

# Columns of the holdings whose numbers have a range, with its ends.
RANGES = {
    "coins": (0.0, None), "price": (0.0, None), "target_weight": (0.0, 1.0), "hedge_ratio": (0.0, 2.0),
    "cost_basis": (0.0, None), "entry": (0.0, None), "margin": (0.0, None), "leverage": (0.0, None),
    "face": (0.0, None), "mmr": (0.0, 1.0), "fee": (-1.0, 1.0),
}  # fmt: skip


class Line(NamedTuple):
    """One check: a figure in some unit, how it must stand to its limit (=, <= or >), and the limit."""

    name: str
    unit: str
    figure: Cell
    relation: str
    limit: Cell | float = 0.0


class Checks(NamedTuple):
    """Whether all checks pass, and for each by its name, which portfolios pass it."""

    master: Cell
    flags: dict[str, np.ndarray]


def checks(
    sheet: Sheet, held: Held, settings: Settings, weights: Weights, links: Links, size: Size, maintenance: Maintenance,
    margins: Margins, carry: Carry, stress: Stress, monitor: Monitor, replay: Replay,
) -> Checks:  # fmt: skip
    """Every check on a row, and the flag of all, whose name is checks_pass."""
    tolerance = sheet.named("check_tolerance", TOLERANCE.write(sheet, FLAG_ROW, {"tolerance": 1e-6})["tolerance"])
    sheet.text(NOTES_ROW, 1, ASSUMED)
    sheet.computed(NOTES_ROW, 2, _count(maintenance.is_assumed) > 0, Style("flag", "flag", "notice"))
    sheet.text(NOTES_ROW, 3, ENDS_KNOWN)
    known = sheet.typed(NOTES_ROW, 6, sheet_number(datetime.datetime.fromisoformat(newest())), Style("note", "date"))
    unread = monitor.unread + replay.unread
    lines = (
        *_of_inputs(held, weights, stress),
        *_of_positions(held, links, size, maintenance),
        Line(
            "No new hedge on a contract that is no longer listed",
            "rows",
            _ended(held, settings, links, size, known),
            "=",
        ),
        *_of_margins(size, maintenance, margins, carry, tolerance),
        Line("Every row of the log and of the history is read", "rows", unread, "="),
        Line("Prices are fresh, where their time is given", "hours", _age(settings), "<=", settings.price_hours),
    )
    for column, (header, width) in enumerate(HEADERS, 1):
        sheet.text(HEADER_ROW, column, header, "header")
        sheet.widths[column] = width
    passed = {line.name: _line(sheet, row, line, tolerance) for row, line in enumerate(lines, HEADER_ROW + 1)}
    every = one_below_another(*passed.values())
    sheet.text(FLAG_ROW, 1, "All checks pass", "section")
    all_hold = Cell(
        Template("AND({0})", (Whole(every.node),)), np.logical_and.reduce(every.value, axis=0, keepdims=True)
    )
    master = sheet.computed(FLAG_ROW, 6, all_hold, Style("flag", "flag", "flag"))
    sheet.freeze = f"B{HEADER_ROW + 1}"
    return Checks(sheet.named("checks_pass", master), {name: cell.value[0, 0] for name, cell in passed.items()})


def _line(sheet: Sheet, row: int, line: Line, tolerance: Cell) -> Cell:
    """A row of the sheet; returns whether the check passes."""
    style = Style("calc", {"fraction": "share", "USD": "usd2"}.get(line.unit, "contracts"))
    sheet.text(row, 1, line.name)
    figure = sheet.computed(row, 2, line.figure, style)
    sheet.text(row, 3, line.relation, "unit")
    put = sheet.computed if isinstance(line.limit, Cell) else sheet.typed
    limit = put(row, 4, line.limit, style)
    sheet.text(row, 5, line.unit, "unit")
    holds = {
        "=": lambda a, b: abs(a - b) <= tolerance, "<=": lambda a, b: a - b <= tolerance, ">": lambda a, b: a > b,
    }[line.relation](figure, limit)  # fmt: skip
    holds = where(given(figure - limit), holds, False)  # a figure that is an error passes nothing
    return sheet.computed(row, 6, holds, Style("flag", "flag", "flag"))


def _of_inputs(held: Held, weights: Weights, stress: Stress) -> Iterator[Line]:
    numbers = _numbers(held, "coins") + _numbers(held, "price")
    yield Line("Coins and prices are all numbers", "cells", numbers, "=", 2 * _count(held.asset != ""))
    yield Line("No text stands where a number is due", "cells", _texts(held), "=")
    yield Line("Inputs are within their ranges", "cells", _outside(held), "=")
    goal = weights.total_goal
    yield Line("Targets add up to at most 1; what is missing is the cash sleeve", "fraction", goal, "<=", 1.0)
    yield Line("Weights add up to 1", "fraction", total(weights.weight), "=", 1.0)
    yield Line("Portfolio has a value", "USD", weights.whole, ">")
    yield Line("Holdings and stresses start from the same value", "USD", stress.now, "=", weights.whole)


def _of_positions(held: Held, links: Links, size: Size, maintenance: Maintenance) -> Iterator[Line]:
    yield Line("No asset is over-hedged", "assets", _count(size.is_over_hedged), "=")
    yield Line("Trades are whole contracts", "rows", _count(floor(size.contracts) != size.contracts), "=")
    wanted = ((size.qty != 0) + 1 * (held.hedge_ratio > 0)) > 0
    yield Line("Every position has a contract", "rows", _count(wanted * (links.face <= 0)), "=")
    faceless = _count((held.contract != "") * (links.face <= 0))
    yield Line("The face of every contract is known", "rows", faceless, "=")
    yield Line("The maintenance rate of every contract is known", "rows", _count(1 - 1 * maintenance.is_known), "=")
    yield Line("The liquidation method of every contract is known", "rows", _unknown_methods(links), "=")


def _of_margins(
    size: Size, maintenance: Maintenance, margins: Margins, carry: Carry, tolerance: Cell
) -> Iterator[Line]:
    margin = margins.margin
    yield Line("Margin is not more than the coins", "rows", _count(margin > size.coins), "=")
    small = _count(margin < margins.initial * (1 - tolerance))
    yield Line("Margin is at least the initial margin", "rows", small, "=")
    yield Line("Margin survives the chosen move", "rows", _count(margin < margins.needed * (1 - tolerance)), "=")
    yield Line("Margin lasts through adverse funding", "rows", _count(carry.left < margins.maintenance), "=")
    yield Line("Maintenance rates hold at these sizes", "rows", _count(abs(size.qty) > maintenance.cap), "=")


def _count(condition: Cell) -> Cell:
    """How many rows of a column meet a condition."""
    return total(1.0 * condition)


def _numbers(held: Held, name: str) -> Cell:
    """How many cells of a column hold numbers: those that were typed."""
    return known_over("COUNT({0})", getattr(held, name), 1.0 * held.filled[name])


def _texts(held: Held) -> Cell:
    """How many cells of the number columns hold text; the reader lets none through."""
    return sum(known_over("SUMPRODUCT(ISTEXT({0})*1)", getattr(held, name), 0.0) for name in RANGES)


def _outside(held: Held) -> Cell:
    """How many typed numbers are outside the range of their column."""
    found = 0.0
    for name, (low, high) in RANGES.items():
        column = getattr(held, name)
        found = found + _count(column < low) + (_count(column > high) if high is not None else 0.0)
    return found


def _unknown_methods(links: Links) -> Cell:
    """How many rows have a liquidation method that is none of ours."""
    other = links.method != METHODS[0]
    for method in METHODS[1:]:
        other = other * (links.method != method)
    return _count(other)


def _ended(held: Held, settings: Settings, links: Links, size: Size, known: Cell) -> Cell:
    """How many rows ask for a larger hedge on a contract whose trading had ended by the time of the prices.

    Nothing here asks for today, which would change the workbook whenever it is opened: the shipped table knows of every end
    up to its newest date.
    """
    at = where(given(settings.as_of), settings.as_of, settings.price_time)
    at = where(given(at), larger(at, known), known)
    grows = ((abs(size.qty) > abs(held.qty)) + (size.qty * held.qty < 0)) > 0
    return _count(1.0 * (links.listed_until <= at) * grows)


def _age(settings: Settings) -> Cell:
    """How old the prices are when they must be fresh [hours]; 0 where their time is not given."""
    at = where(given(settings.as_of), settings.as_of, settings.price_time)
    return where(given(settings.price_time), (at - settings.price_time) * 24.0, 0.0)


CHECKS = SheetRecord(
    "Checks",
    "Every line must say TRUE. A FALSE line names what to look at.",
    (checks,),
    kept=(TOLERANCE,),
    freeze="",
    fixed=(0.0, 1.0),
)
