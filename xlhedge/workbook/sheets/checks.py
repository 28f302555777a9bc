"""The Checks sheet: what must hold, each with its figure and limit, and one master flag shown on every sheet."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ...contracts import newest
from ...elementary import NONE, floor, given, larger, total, where
from ...formula import Cell, as_cell
from ...portfolio.positions import WALLET_SLACK
from ...nodes import Template, Whole
from ...ranges import first_where, known_over, one_below_another, position, sum_where
from ..grid.cells import Style
from ..grid.numbers import sheet_number
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.typed import Form, Typed
from .allocation import WaysBack, Weights
from .comparison import Subject
from .contracts import METHODS, ContractColumns
from .frames import beneath
from .inputs import FREE_ROWS, Choice, Held, Settings
from .monitor import Monitor
from .plan_figures import Carry, Exposure, Links, Maintenance, Margins, Size
from .positions import PositionColumns
from .replay import Hedged, Replay
from .scenarios import Shown
from .stress import Stress
from .tiers import TierColumns

TOLERANCE = Form("", (Typed("tolerance", "Tolerance", format="number"),), column=2, span=2)
FLAG_ROW, HEADER_ROW = 3, 6
HEADERS = (
    ("Check", 64),
    ("Figure", 16),
    ("Must be", 9),
    ("Limit", 16),
    ("Unit", 11),
    ("Passes", 10),
    ("If not", 8),
    ("First", 14),
)

# Columns whose numbers have a range, with its ends.
OF_ASSETS = {
    "coins": (0.0, None), "price": (0.0, None), "target_weight": (0.0, 1.0), "hedge_ratio": (0.0, 2.0),
    "cost_basis": (0.0, None),
}  # fmt: skip
OF_POSITIONS = {
    "share": (0.0, 1.0), "mark": (0.0, None), "beta": (0.0, None), "entry": (0.0, None), "margin": (0.0, None),
    "leverage": (0.0, None), "face": (0.0, None), "mmr": (0.0, 1.0), "fee": (-1.0, 1.0),
}  # fmt: skip


class Names(NamedTuple):
    """The names of the rows of a table and their numbers."""

    names: Cell
    numbers: Cell
    unit: str


class Line(NamedTuple):
    """One check: a figure in some unit, how it must stand to its limit (=, <= or >), and the limit.

    `severity` says what a failure is: red, a figure not to be relied on, or amber, something to know. `failing` tells of
    each row whether it fails, where a check is of assets or of positions, `subject` names what fails where it is of something
    else; where `is_share` the tolerance is a share of the limit.
    """

    name: str
    unit: str
    figure: Cell
    relation: str
    limit: Cell | float = 0.0
    severity: str = "red"
    failing: Cell | None = None
    is_share: bool = False
    subject: Cell | None = None
    names: Names | None = None


class Checked(NamedTuple):
    """What came of a check, for each portfolio: whether it passes, the first asset or position that fails it, its figure and limit."""

    severity: str
    passed: np.ndarray
    subject: np.ndarray
    figure: np.ndarray
    limit: np.ndarray


class Checks(NamedTuple):
    """Whether all red checks pass, whether the amber ones do too, and each by its name."""

    master: Cell
    clean: Cell
    lines: dict[str, Checked]


def checks(
    sheet: Sheet, held: Held, settings: Settings, positions: PositionColumns, weights: Weights, links: Links, size: Size,
    exposure: Exposure, maintenance: Maintenance, margins: Margins, carry: Carry, stress: Stress, monitor: Monitor,
    replay: Replay, ways_back: WaysBack, contracts: ContractColumns, tiers: TierColumns, shown: Shown, subject: Subject,
    hedged: Hedged,
) -> Checks:  # fmt: skip
    """Every check on a row, and the flag of all, whose name is checks_pass."""
    tolerance = sheet.named("check_tolerance", TOLERANCE.write(sheet, FLAG_ROW, {"tolerance": 1e-6})["tolerance"])
    slack = _fixed(sheet, 1, "Wallet may exceed coins by", WALLET_SLACK, "share")
    newest_day = sheet_number(datetime.datetime.fromisoformat(newest()))
    known_to = _fixed(sheet, 2, "Contracts are known to", newest_day, "date")
    assets, each = Names(held.asset, weights.number, "assets"), Names(positions.label, positions.number, "positions")
    unread = monitor.unread + replay.unread
    lines = (
        *_of_inputs(held, positions, weights, stress),
        *_of_contracts(assets, each, held, positions, weights, links, maintenance, tolerance),
        *_of_positions(assets, each, settings, positions, links, size, exposure, known_to),
        *_of_margins(assets, each, positions, exposure, maintenance, margins, carry, tolerance, slack),
        _rows(
            assets,
            "Every asset reaches its target",
            _missed(held, settings, weights, exposure, ways_back, tolerance),
            "amber",
        ),
        Line("Every row of the log and of the history is read", "rows", unread, "="),
        Line(
            "Log and history are in order, and nothing stands below them",
            "cells",
            monitor.outside + replay.outside,
            "=",
        ),
        _chosen(Scenarios=shown.choice, Compare=subject.choice, Replay=hedged.choice),
        Line(
            "Nothing stands below the tables of Inputs, Positions, Contracts and Tiers",
            "cells",
            _below(held, positions, contracts, tiers),
            "=",
        ),
        Line("Prices are fresh, where their time is given", "hours", _age(settings), "<=", settings.price_hours),
    )
    for column, (header, width) in enumerate(HEADERS, 1):
        sheet.text(HEADER_ROW, column, header, "header")
        sheet.widths[column] = width
    lines = sorted(lines, key=lambda line: line.severity == "amber")
    passed, made = [], {}
    for row, line in enumerate(lines, HEADER_ROW + 1):
        cell, made[line.name] = _line(sheet, row, line, tolerance)
        passed.append(cell)
    reds = sum(line.severity == "red" for line in lines)
    sheet.text(FLAG_ROW, 1, "All checks pass", "section")
    master = sheet.computed(FLAG_ROW, 6, _all_hold(passed[:reds]), Style("flag", "flag", "flag"))
    sheet.text(FLAG_ROW + 1, 1, "and nothing amber is to be known", "label")
    clean = sheet.computed(FLAG_ROW + 1, 6, _all_hold(passed), Style("flag", "flag", "told"))
    sheet.freeze = f"B{HEADER_ROW + 1}"
    return Checks(sheet.named("checks_pass", master), sheet.named("checks_clean", clean), made)


def _fixed(sheet: Sheet, below: int, label: str, value: float, format: str) -> Cell:
    """A figure of the package that checks take, below the tolerance: a formula names its cell."""
    sheet.text(FLAG_ROW + below, TOLERANCE.column, label)
    return sheet.typed(FLAG_ROW + below, TOLERANCE.column + TOLERANCE.span, value, Style("label", format))


def _all_hold(passed: list[Cell]) -> Cell:
    every = one_below_another(*passed)
    return Cell(Template("AND({0})", (Whole(every.node),)), np.logical_and.reduce(every.value, axis=0, keepdims=True))


def _line(sheet: Sheet, row: int, line: Line, tolerance: Cell) -> tuple[Cell, Checked]:
    """A row of the sheet; returns whether the check passes, and what came of it."""
    style = Style("calc", {"fraction": "share", "USD": "usd2"}.get(line.unit, "contracts"))
    sheet.text(row, 1, line.name)
    figure = sheet.computed(row, 2, line.figure, style)
    sheet.text(row, 3, line.relation, "unit")
    put = sheet.computed if isinstance(line.limit, Cell) else sheet.typed
    limit = put(row, 4, line.limit, style)
    sheet.text(row, 5, line.unit, "unit")
    if line.is_share:
        tolerance = tolerance * abs(limit)
    holds = {
        "=": lambda a, b: abs(a - b) <= tolerance, "<=": lambda a, b: a - b <= tolerance, ">": lambda a, b: a > b,
    }[line.relation](figure, limit)  # fmt: skip
    holds = where(given(figure - limit), holds, False)  # a figure that is an error passes nothing
    passed = sheet.computed(row, 6, holds, Style("flag", "flag", "flag" if line.severity == "red" else "told"))
    sheet.text(row, 7, line.severity, "unit")
    subject = line.subject if line.failing is None else first_where(*line.names[:2], line.failing)
    style = Style("link", "text")
    subject = as_cell("") if subject is None else sheet.computed(row, 8, subject, style)
    limit = limit if isinstance(limit, Cell) else as_cell(limit)
    told = (np.asarray(cell.value).reshape(-1) for cell in (passed, subject, figure, limit))
    return passed, Checked(line.severity, *told)


def _of_inputs(held: Held, positions: PositionColumns, weights: Weights, stress: Stress) -> Iterator[Line]:
    numbers = _numbers(held, "coins") + _numbers(held, "price")
    yield Line("Coins and prices are all numbers", "cells", numbers, "=", 2 * _count(held.asset != ""))
    texts = _texts(held, OF_ASSETS) + _texts(positions, ("qty", *OF_POSITIONS))
    yield Line("No text stands where a number is due", "cells", texts, "=")
    outside = _outside(held, OF_ASSETS) + _outside(positions, OF_POSITIONS)
    yield Line("Inputs are within their ranges", "cells", outside, "=")
    goal = weights.total_goal
    yield Line("Targets add up to at most 1; what is missing is the cash sleeve", "fraction", goal, "<=", 1.0)
    yield Line("Weights add up to 1", "fraction", total(weights.weight), "=", 1.0)
    yield Line("Portfolio has a value", "USD", weights.whole, ">")
    same = "Holdings and stresses start from the same value"
    yield Line(same, "USD", stress.now, "=", weights.whole, is_share=True)
    yield Line("Every stress says how far every coin moves", "rows", stress.untold, "=", 0.0, "amber")


def _of_contracts(
    assets: Names, each: Names, held: Held, positions: PositionColumns, weights: Weights, links: Links, maintenance: Maintenance,
    tolerance: Cell,
) -> Iterator[Line]:  # fmt: skip
    """Whether every hedge has a position, and every position a contract of which all is known."""
    there = positions.there
    faces = sum_where(links.face, positions.row, weights.number)
    yield _rows(assets, "Every hedge has a position", (held.hedge_ratio > 0) * (faces <= 0))
    yield _rows(each, "Every position hedges an asset of Inputs", there * (positions.row == 0))
    yield _rows(each, "Every position has a contract whose face is known", there * (links.face <= 0))
    yield _rows(each, "The maintenance rate of every contract is known", 1 - 1 * maintenance.is_known)
    yield _rows(each, "The liquidation method of every contract is known", _unknown_method(links))
    other = 1 * positions.is_on_another
    yield _rows(each, "No contract is on another coin, unless a beta names it a proxy", other)
    parts = sum_where(positions.part, positions.row, weights.number)
    off = (abs(parts - 1) > tolerance) * (sum_where(positions.there, positions.row, weights.number) > 0)
    yield _rows(assets, "The shares of each asset add up to 1", off)
    yield _rows(each, "Positions of an account are of one coin and one venue", 1 * positions.is_strange)
    twin = position(positions.alike, positions.alike)
    twin = (positions.alike != "") * (twin != positions.number)
    yield _rows(each, "No two positions are one position at the venue", twin, "amber")
    yield _rows(each, "Every dated contract has its own price", positions.is_dated * (1 - given(positions.mark)))
    yield _rows(each, "The days to every expiry are known", positions.is_dated * (positions.days == NONE), "amber")


def _of_positions(
    assets: Names, each: Names, settings: Settings, positions: PositionColumns, links: Links, size: Size, exposure: Exposure,
    known_to: Cell,
) -> Iterator[Line]:  # fmt: skip
    yield _rows(assets, "No asset is over-hedged", exposure.is_over_hedged)
    yield _rows(each, "Trades are whole contracts", floor(size.contracts) != size.contracts)
    ended = _ended(settings, positions, links, size, known_to)
    yield _rows(each, "No new hedge on a contract that is no longer listed", ended)


def _of_margins(
    assets: Names, each: Names, positions: PositionColumns, exposure: Exposure, maintenance: Maintenance, margins: Margins,
    carry: Carry, tolerance: Cell, slack: Cell,
) -> Iterator[Line]:  # fmt: skip
    yield _rows(assets, "Margin is not more than the wallet can hold", exposure.posted > exposure.wallet * (1 + slack))
    yield _rows(each, "The coin of every margin is held", (margins.margin > 0) * (positions.coin_row == 0))
    yield _rows(each, "Margin is at least the initial margin", margins.lacks_initial > tolerance)
    yield _rows(each, "Margin survives the chosen move and adverse funding", margins.lacks_required > tolerance)
    yield _rows(each, "Margin lasts through adverse funding", carry.spare < 0)
    yield _rows(each, "Maintenance rates hold at these sizes", 1 * maintenance.is_beyond)
    yield _rows(each, "Every maintenance rate has a source", 1 * maintenance.is_assumed, "amber")
    untold = (positions.qty != 0) * (1 - 1 * margins.is_posted)
    yield _rows(each, "The margin of every open position is told", untold, "amber")


def _missed(
    held: Held, settings: Settings, weights: Weights, exposure: Exposure, ways_back: WaysBack, tolerance: Cell
) -> Cell:
    """Whether the plan leaves an asset off its target, beyond the band and a step of each of its positions."""
    step = settings.band + exposure.step / weights.whole + tolerance
    return (held.kind == "coin") * (abs(ways_back.weight_after - weights.goal) > step)


def _chosen(**choices: Choice) -> Line:
    """Whether each asset that is chosen on a sheet is held; another is used where it is not."""
    figure, first = 0.0, as_cell("")
    for name, choice in reversed(choices.items()):
        is_other = choice.typed != choice.used
        figure, first = 1.0 * is_other + figure, where(is_other, name, first)
    name = "The assets chosen on Scenarios, Compare and Replay are held"
    return Line(name, "sheets", figure, "=", subject=first)


def _below(held: Held, positions: PositionColumns, contracts: ContractColumns, tiers: TierColumns) -> Cell:
    """How many cells are typed below the last row of a table, where no formula looks."""
    inputs = beneath(held.asset, held.volatility, FREE_ROWS) + beneath(positions.asset, positions.fee)
    return inputs + beneath(contracts.key, contracts.source) + beneath(tiers.key, tiers.source)


def _rows(names: Names, name: str, failing: Cell, severity: str = "red") -> Line:
    """A check that no row of assets or of positions may fail."""
    # As a number first: in a spreadsheet FALSE > 0 is TRUE.
    return Line(name, names.unit, _count(failing), "=", 0.0, severity, 1.0 * failing > 0, names=names)


def _count(condition: Cell) -> Cell:
    """How many rows of a column meet a condition."""
    return total(1.0 * condition)


def _numbers(held: Held, name: str) -> Cell:
    """How many cells of a column hold numbers: those that were typed."""
    return known_over("COUNT({0})", getattr(held, name), 1.0 * held.filled[name])


def _texts(table: Held | PositionColumns, names: Iterable[str]) -> Cell:
    """How many cells of number columns hold text; the reader lets none through."""
    return sum(known_over("SUMPRODUCT(ISTEXT({0})*1)", getattr(table, name), 0.0) for name in names)


def _outside(table: Held | PositionColumns, ranges: Mapping[str, tuple]) -> Cell:
    """How many typed numbers are outside the range of their column."""
    found = 0.0
    for name, (low, high) in ranges.items():
        column = getattr(table, name)
        found = found + _count(column < low) + (_count(column > high) if high is not None else 0.0)
    return found


def _unknown_method(links: Links) -> Cell:
    """Whether a row has a liquidation method that is none of ours."""
    other = links.method != METHODS[0]
    for method in METHODS[1:]:
        other = other * (links.method != method)
    return other


def _ended(settings: Settings, positions: PositionColumns, links: Links, size: Size, known_to: Cell) -> Cell:
    """Whether a row asks for a larger hedge on a contract that had expired, or left the market, by the time of the prices.

    Nothing here asks for today, which would change the workbook whenever it is opened: the shipped table knows of every end
    up to its newest date.
    """
    at = where(given(settings.as_of), settings.as_of, settings.price_time)
    at = where(given(at), larger(at, known_to), known_to)
    grows = ((abs(size.qty) > abs(positions.qty)) + (size.qty * positions.qty < 0)) > 0
    return (1.0 * (links.listed_until <= at) + (positions.days <= 0) > 0) * grows


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
