"""The Checks sheet: what must hold, each with its figure and limit, and one master flag shown on every sheet."""

import datetime
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ...contracts import newest
from ...elementary import given, total, where
from ...formula import Cell, as_cell
from ...portfolio.positions import WALLET_SLACK
from ...nodes import Ref, Template, Whole, letters, quoted
from ...ranges import first_where, one_below_another
from ..grid.cells import Style
from ..grid.numbers import sheet_number
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.theme import FLAG_WORDS
from ..grid.typed import Form, Typed
from .accounts import Account
from .allocation import Goals, WaysBack, Weights
from .check_lines import (
    Line, Names, below, missed, of_contracts, of_inputs, of_margins, of_monitor, of_positions, rows_line,
)  # fmt: skip
from .comparison import Subject
from .contracts import ContractColumns
from .inputs import Choice, Held, Settings
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
    ("First", 30),
    ("Go to", 8),
)


class Checked(NamedTuple):
    """What came of a check, for each portfolio: whether it passes, the first asset or position that fails it, its figure and limit."""

    severity: str
    passed: np.ndarray
    subject: np.ndarray
    figure: np.ndarray
    limit: np.ndarray


SUBJECT_COLUMN = 8
"""Which asset or position a line names."""


class Checks(NamedTuple):
    """Whether all red checks pass, whether the amber ones do too, the name of the first that fails, and each by its name.

    `names` and `passed` are the columns of the sheet.
    """

    master: Cell
    clean: Cell
    first: Cell
    lines: dict[str, Checked]
    names: Cell
    passed: Cell


def checks(
    sheet: Sheet, held: Held, settings: Settings, positions: PositionColumns, weights: Weights, links: Links, size: Size,
    exposure: Exposure, account: Account, maintenance: Maintenance, margins: Margins, carry: Carry, stress: Stress, monitor: Monitor,
    goals: Goals, ways_back: WaysBack, contracts: ContractColumns, tiers: TierColumns, shown: Shown,
    subject: Subject | None = None, replay: Replay | None = None, hedged: Hedged | None = None,
) -> Checks:  # fmt: skip
    """Every check on a row, and the flag of all, whose name is checks_pass; Compare and Replay may have been left out."""
    tolerance = sheet.named("check_tolerance", TOLERANCE.write(sheet, FLAG_ROW, {"tolerance": 1e-6})["tolerance"])
    slack = _fixed(sheet, 1, "Wallet may exceed coins by", WALLET_SLACK, "share")
    newest_day = sheet_number(datetime.datetime.fromisoformat(newest()))
    known_to = _fixed(sheet, 2, "Contracts are known to", newest_day, "date")
    assets, each = Names(held.asset, weights.number, "assets"), Names(positions.label, positions.number, "positions")
    unread, outside = monitor.unread, monitor.outside
    if replay:
        unread, outside = unread + replay.unread, outside + replay.outside
    chosen = {"Scenarios": shown, "Compare": subject, "Replay": hedged}
    lines = (
        *of_inputs(assets, held, settings, positions, weights, goals, stress),
        *of_contracts(assets, each, held, positions, links, exposure, maintenance, tolerance),
        *of_positions(assets, each, settings, positions, links, size, exposure, known_to, tolerance),
        *of_margins(
            assets, each, settings, links, positions, exposure, maintenance, margins, account, carry, tolerance, slack
        ),
        *of_monitor(each, settings, monitor),
        rows_line(
            assets,
            "Every asset reaches its target",
            ways_back.weight_after,
            missed(held, settings, weights, exposure, goals, ways_back, tolerance),
            "amber",
        ),
        Line("Every row of the log and of the history is read", "rows", unread, "=", at=monitor.unread),
        Line(
            "Log and history are in order, and nothing stands below them",
            "cells",
            outside,
            "=",
            at=monitor.outside,
        ),
        _chosen({name: each.choice for name, each in chosen.items() if each}),
        Line(
            "Nothing stands below the tables of Inputs, Positions, Contracts and Tiers",
            "cells",
            below(held, positions, contracts, tiers),
            "=",
        ),
        Line(
            "Cash and sales pay for purchases, fees and tax",
            "USD",
            _short_of_cash(held, settings, weights, exposure),
            "<=",
            0.0,
            "amber",
            at=goals.spot_usd,
        ),  # fmt: skip
        Line(
            "Prices are fresh, where their time is given",
            "hours",
            _age(settings),
            "<=",
            settings.price_hours,
            at=weights.price,
        ),
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
    names = Ref(sheet.name, 1, HEADER_ROW + 1, len(lines))
    first = sheet.named(
        "first_failing", sheet.computed(FLAG_ROW, SUBJECT_COLUMN, _first(names, [*made], passed), Style("link"))
    )
    sheet.text(FLAG_ROW, 7, "First", "unit")
    _words_of_flags(sheet)
    master, clean = sheet.named("checks_pass", master), sheet.named("checks_clean", clean)
    return Checks(
        master, clean, first, made, Cell(names, np.array([*made], object).reshape(-1, 1, 1)), one_below_another(*passed)
    )


def _words_of_flags(sheet: Sheet) -> None:
    """What may be chosen where a cell takes TRUE or FALSE: the values themselves, for words are not translated in a list."""
    column = len(HEADERS) + 2
    sheet.text(FLAG_ROW, column, "Flags", "note")
    for row, value in enumerate((True, False), FLAG_ROW):
        sheet.text(row, column + 1, value, "note")
    words = Cell(Ref(sheet.name, column + 1, FLAG_ROW, 2), np.array([True, False]).reshape(2, 1, 1))
    sheet.named(FLAG_WORDS, words)


def _first(names: Ref, listed: list[str], passed: list[Cell]) -> Cell:
    """The name of the first check that fails, a red one before an amber one; "" where none does."""
    every = one_below_another(*passed)
    fails = ~np.asarray(every.value, bool)
    found = np.where(fails.any(axis=0), np.array(listed, dtype=object)[fails.argmax(axis=0)], "")
    text = 'IF(AND({0}),"",INDEX({1},MATCH(FALSE,{0},0)))'
    return Cell(Template(text, (Whole(every.node), Whole(names))), found[None])


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
    subject = as_cell("") if subject is None else sheet.computed(row, SUBJECT_COLUMN, subject, style)
    if line.at is not None:
        sheet.computed(row, 9, _link(line, subject, passed), Style("link", "text"))
    limit = limit if isinstance(limit, Cell) else as_cell(limit)
    told = (np.asarray(cell.value).reshape(-1) for cell in (passed, subject, figure, limit))
    return passed, Checked(line.severity, *told)


def _link(line: Line, subject: Cell, passed: Cell) -> Cell:
    """A link to what a failing check looks at: the row of the asset or position that it names, or its cell."""
    at = line.at.node
    place = f"#{quoted(at.sheet)}!{letters(at.column)}"
    if line.names is None:
        text = f'IF({{0}},"",HYPERLINK("{place}{at.row}","go"))'
        return Cell(Template(text, (passed.node,)), np.where(passed.value, "", "go"))
    text = f'IF({{0}}="","",HYPERLINK("{place}"&ROW(INDEX({{1}},MATCH({{0}},{{2}},0))),"go"))'
    nodes = (subject.node, Whole(at), Whole(line.names.names.node))
    return Cell(Template(text, nodes), np.where(np.asarray(subject.value) == "", "", "go"))


def _chosen(choices: Mapping[str, Choice]) -> Line:
    """Whether each asset that is chosen on a sheet is held; another is used where it is not."""
    figure, first = 0.0, as_cell("")
    for name, choice in reversed(choices.items()):
        is_other = choice.typed != choice.used
        figure, first = 1.0 * is_other + figure, where(is_other, name, first)
    *others, last = choices
    listed = f"{', '.join(others)} and {last}" if others else last
    return Line(f"The assets chosen on {listed} are held", "sheets", figure, "=", subject=first)


def _short_of_cash(held: Held, settings: Settings, weights: Weights, exposure: Exposure) -> Cell:
    """What spot trades, their fees and tax take beyond the cash [USD]; less than 0 where some is left."""
    cash = total(weights.value * (held.kind == "cash"))
    return where(settings.mode == "spot", -cash - exposure.proceeds, 0.0)


def _age(settings: Settings) -> Cell:
    """How old the prices are when they must be fresh [hours]; 0 where their time is not given."""
    at = where(given(settings.as_of), settings.as_of, settings.price_time)
    return where(given(settings.price_time), (at - settings.price_time) * 24.0, 0.0)


CHECKS = SheetRecord(
    "Checks",
    "Every line must say TRUE. A FALSE line names what to look at.",
    (checks,),
    kept=(TOLERANCE,),
    freeze=f"A{HEADER_ROW + 1}",
    fixed=(0.0, 1.0),
    tab="checks",
)
