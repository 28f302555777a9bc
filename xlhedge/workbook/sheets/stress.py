"""Stress sheets: the whole portfolio under named scenarios, one row each, one column of price moves for each asset."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from ...elementary import NONE, where
from ...formula import Cell
from ...portfolio.scenarios import Scenario
from ...rows import Row
from ...ranges import sum_across, turned
from ..grid.cells import Style
from ..grid.columns import BlankRows
from ..grid.record import SheetRecord
from ..grid.sheet import LEAST_WIDTH, Sheet
from ..grid.typed import FilledSheet, Misplaced, Typed, TypedTable
from ..portfolios import Portfolios
from .inputs import Held, Settings
from .plan_figures import Links, Margins, Size

FIRST_COLUMN = 9  # of the assets; before it the name, funding, days, basis and the results
SPARE = 14
MOVE = Typed("move", "Move", "fraction", "share", blank=0.0)
TABLE = TypedTable("", (
    Typed("scenario", "Scenario", "text", "text", width=36),
    Typed("funding_rate", "Funding rate", "fraction", "rate", blank=0.0, width=LEAST_WIDTH["usd"]),
    Typed("days", "Days", "days", "days", blank=0.0, width=9),
    Typed("basis", "Gain from basis", "fraction", "share", blank=0.0),
))  # fmt: skip
MOVES = TypedTable("", (MOVE,))

NAMED = (
    Scenario("Crash", {}, -0.5),
    Scenario("Fall", {}, -0.2),
    Scenario("Rise", {}, 0.2),
    Scenario("Rally", {}, 0.5),
    Scenario("Doubling", {}, 1.0),
    Scenario("BTC falls, the others twice as far", {"BTC": -0.25}, -0.5),
    Scenario("Rally with funding paid for 90 days", {}, 0.5, -0.0003, 90.0),
    Scenario("Flat year, funding received", {}, 0.0, 0.0001, 365.0),
)


class Stress(NamedTuple):
    """The value [USD] that the scenarios start from."""

    now: Cell


class Turned(NamedTuple):
    """The figures of the plan in rows, so that a scenario's moves stand below their assets; and sums over them [USD]."""

    price: Cell
    opened: Cell
    qty: Cell
    cost: Cell
    margin: Cell
    above: Cell
    below: Cell
    now: Cell
    face: Cell
    size: Cell


def stress(
    sheet: Sheet, portfolios: Portfolios, held: Held, settings: Settings, links: Links, size: Size, margins: Margins,
    scenarios: Sequence[Scenario] | None = None,
) -> Stress:  # fmt: skip
    """A stress sheet of some scenarios: the portfolio's own, the usual ones, or a set."""
    scenarios = scenarios or portfolios.first.stress or NAMED
    facts = _turned(sheet, held, links, size, margins)
    first, rows = sheet.below(2), len(scenarios) + SPARE
    blanks, typed = [None] * SPARE, {}
    for column, field in enumerate(TABLE.fields, 1):
        _head(sheet, first, column, field.label, field.unit, field.width)
        values = [getattr(scenario, "name" if field.name == "scenario" else field.name) for scenario in scenarios]
        style = Style(field.role, field.format)
        typed[field.name] = sheet.typed(first + 2, column, [*values, *blanks], style, rows=rows, **field.how)
    moves = _typed_moves(portfolios, scenarios, rows, held.count)
    move = sheet.typed(
        first + 2, FIRST_COLUMN, moves, Style("input", "share"), rows=rows, columns=held.count, **MOVE.how
    )
    for i in range(held.count):
        _head(sheet, first, FIRST_COLUMN + i, MOVE.label, MOVE.unit, LEAST_WIDTH["coin"])

    def computed(column: int, header: str, unit: str, cell: Cell, format: str) -> Cell:
        _head(sheet, first, column, header, unit, 15)
        return sheet.computed(first + 2, column, cell, Style("calc", format), rows=rows)

    _results(facts, settings, size.proceeds, typed, move, computed)
    sheet.hidden_rows.append(BlankRows(first + 2, rows, FIRST_COLUMN))
    sheet.freeze = f"B{first + 2}"
    return Stress(facts.now)


def _turned(sheet: Sheet, held: Held, links: Links, size: Size, margins: Margins) -> Turned:
    top, label = sheet.below(2), FIRST_COLUMN - 3
    numbers = [float(i + 1) for i in range(held.count)]
    for column in range(label, FIRST_COLUMN):
        sheet.text(top, column, "Row of the asset" if column == label + 1 else None, "unit")
        sheet.text(top + 1, column, "Asset" if column == label + 1 else None, "header")
    place = sheet.typed(top, FIRST_COLUMN, numbers, Style("unit", "number"), columns=held.count)
    asset = turned(held.asset, place)
    sheet.computed(top + 1, FIRST_COLUMN, where(asset == "", "", asset), Style("header"), columns=held.count)
    qty, entry, price = (turned(column, place) for column in (size.qty, margins.entry, links.price))
    pnl = qty * (price - entry) / (entry * price)
    liq = turned(margins.liq, place)
    rows = (
        ("price", "Price [USD/coin]", price, "price"),
        ("opened", "Coins before hedge PnL [coin]", turned(size.coins, place) - pnl, "coin"),
        ("qty", "Position [USD]", qty, "usd"),
        ("cost", "Position at entry [coin]", qty / entry, "coin"),
        ("margin", "Margin [coin]", turned(margins.margin, place), "coin"),
        ("above", "Liquidated from [USD/coin]", where(qty < 0, liq, NONE), "price"),
        ("below", "Liquidated down from [USD/coin]", where(qty > 0, liq, 0.0), "price"),
    )
    cells = {}
    for row, (name, title, cell, format) in enumerate(rows, top + 2):
        sheet.text(row, label, title)
        cells[name] = sheet.computed(row, FIRST_COLUMN, cell, Style("calc", format), columns=held.count)
    qty = cells["qty"]
    worth = cells["opened"] * cells["price"] + cells["cost"] * cells["price"] - qty
    sums = (
        ("now", "Value now", size.proceeds + sum_across(worth)),
        ("face", "All positions", sum_across(qty)),
        ("size", "All positions, without sign", sum_across(abs(qty))),
    )
    for row, (name, title, cell) in enumerate(sums, top + 1):
        sheet.text(row, 1, title)
        cells[name] = sheet.computed(row, 2, cell, Style("calc", "usd"))
        sheet.text(row, 3, "USD", "unit")
    return Turned(**cells)


def _typed_moves(portfolios: Portfolios, scenarios: Sequence[Scenario], rows: int, count: int) -> np.ndarray:
    """The move of every asset in every scenario, for each portfolio."""
    table, moves = np.full((rows, count, len(portfolios)), np.nan), {}
    for k, holdings in enumerate(portfolios.rows):
        for j, row in enumerate(holdings):
            asset = row["asset"], row["kind"]
            if asset not in moves:
                moves[asset] = np.array([_move(scenario, *asset) for scenario in scenarios], dtype=float)
            table[: len(scenarios), j, k] = moves[asset]
    return table


def _move(scenario: Scenario, asset: str, kind: str) -> float | None:
    """The move of an asset: its own, or that of the other coins; cash stands still."""
    own = scenario.moves.get(asset.upper())
    return own if own is not None else 0.0 if kind == "cash" else scenario.other


def _results(
    facts: Turned, settings: Settings, proceeds: Cell, typed: dict[str, Cell], move: Cell, computed: Callable
) -> None:
    """Value, change and liquidations of each scenario; a liquidated hedge has lost its margin and is gone."""
    price = facts.price * (1 + move)
    is_gone = 1 * (price >= facts.above) + 1 * (price <= facts.below)
    alive = facts.opened * price + facts.cost * price - facts.qty
    lost = (facts.opened - facts.margin) * price
    paid = typed["funding_rate"] * facts.face * 24.0 * typed["days"] / settings.funding_hours
    value = sum_across((1 - is_gone) * alive + is_gone * lost) - paid + typed["basis"] * facts.size
    value = computed(5, "Value", "USD", value + proceeds, "usd")
    change = computed(6, "Change", "USD", value - facts.now, "usd")
    computed(7, "Change", "fraction", change / facts.now, "share")
    computed(8, "Hedges liquidated", "number", sum_across(is_gone * (facts.qty != 0)), "contracts")


def _head(sheet: Sheet, row: int, column: int, header: str, unit: str, width: float) -> None:
    sheet.text(row, column, header, "header")
    sheet.text(row + 1, column, unit, "unit")
    sheet.widen(column, width)


def read_stress(filled: FilledSheet, assets: Sequence[str | None]) -> Iterator[Row]:
    """The plain table of the scenarios typed on a filled-in sheet; a blank move counts as 0, as it does in the sheet.

    `assets` are those of Inputs in the order of its rows, None for a blank row.
    """
    top, _ = TABLE.headers(filled)
    places = {FIRST_COLUMN + i: asset for i, asset in enumerate(assets) if asset}
    yield Row(top, [*(field.name for field in TABLE.fields), *places.values()])
    for number, cells in TABLE.read_rows(filled).items():
        typed = [*cells.values(), *(filled.at(number, column) for column in places)]
        if any(cell is not None for cell in typed):
            yield Row(number, typed)


def is_set(filled: FilledSheet) -> bool:
    """Whether a sheet is laid out as one of scenarios."""
    try:
        TABLE.headers(filled)
    except Misplaced:
        return False
    return True


PURPOSE = "The portfolio under named scenarios. Type moves into the blue cells; blank rows take further scenarios."
STRESS = SheetRecord("Stress", PURPOSE, (stress,), tables=(TABLE, MOVES), freeze="")


def set_record(name: str, scenarios: Sequence[Scenario]) -> SheetRecord:
    """A sheet of the same kind for a set of one's own."""
    return STRESS._replace(name=name, parts=(partial(stress, scenarios=scenarios),))
