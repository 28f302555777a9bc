"""Stress sheets: the whole portfolio under named scenarios, one row each, one column of price moves for each asset."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from ...elementary import given, total, where
from ...formula import Cell
from ...nodes import Ref
from ...portfolio.scenarios import CONTINUES, FIELDS, Scenario
from ...rows import Row
from ...ranges import (
    beside,
    blank_as_0,
    column_of,
    element_of,
    hidden_unless,
    sum_across,
    sum_beside,
)
from ..grid.cells import Style
from ..grid.columns import BlankRows
from ..grid.record import SheetRecord
from ..grid.sheet import LEAST_WIDTH, Sheet
from ..grid.typed import FilledSheet, Misplaced, Typed, TypedTable
from ..portfolios import Portfolios, rows_of
from .inputs import Held, Settings, rule_of
from .allocation import Weights
from .plan_figures import Exposure, Links, Maintenance, Margins, Size
from .positions import PositionColumns
from .stress_plan import FIRST_COLUMN, NAME_WIDTH, Turned, TurnedPositions, turned_assets, turned_positions
from .tiers import TierColumns

SPARE = 14
MOVES = TypedTable("", (Typed("move", "Move", "fraction", "share"),))
BY_NAME = {field.name: rule_of(field) for field in (*FIELDS, CONTINUES)}


def _typed(name: str, label: str, unit: str, format: str, comment: str, **more) -> Typed:
    return Typed(name, label, unit, format, BY_NAME[name], comment, **more)


TABLE = TypedTable("", (
    Typed("scenario", "Scenario", "text", "text", width=36),
    _typed("continues", "Continues", "yes or blank", "text",
           "yes: goes on from the row above. What that has liquidated is gone, and its funding and basis stay. Moves are from today here too."),
    _typed("other", "Other coins", "fraction", "share", "Move from today of every coin whose own cell is blank. Cash stands still."),
    _typed("peak", "Peak on the way", "fraction", "share",
           "Move from today that all coins with a contract make on the way: the highest, for longs the lowest. Blank: none."),
    _typed("funding_rate", "Funding rate", "fraction", "rate",
           "Each interval; shorts receive it where > 0. Paid from the margin, in coin at today's price.", blank=0.0, width=LEAST_WIDTH["usd"]),
    _typed("days", "Days", "days", "days", "Days of funding.", blank=0.0, width=9),
    _typed("basis", "Gain from basis", "fraction", "share", "Gain of the hedges, as a share of them; loss < 0.", blank=0.0),
))  # fmt: skip
NOTES = (
    "All moves are from today. A hedge is liquidated where its margin, with funding, basis and PnL, is not above its "
    "maintenance at the row's price or at the peak: its margin is lost, and it stays gone in rows that continue.",
    "Prices on the way count as far as a peak says. Funding is paid from the margin before the move, in coin at today's price; "
    "a hedge that is gone neither pays nor receives any.",
)

NAMED = (
    Scenario("Crash", {}, -0.5),
    Scenario("Fall", {}, -0.2),
    Scenario("Rise", {}, 0.2),
    Scenario("Rally", {}, 0.5),
    Scenario("Doubling", {}, 1.0),
    Scenario("Squeeze and return", {}, 0.0, peak=1.0),
    Scenario("BTC falls, the others twice as far", {"BTC": -0.25}, -0.5),
    Scenario("Rally with funding paid for 90 days", {}, 0.5, -0.0003, 90.0),
    Scenario("Flat year, funding received", {}, 0.0, 0.0001, 365.0),
    Scenario("Basis blows out", {}, 0.0, basis=-0.05),
)


class Stress(NamedTuple):
    """The value [USD] that the scenarios start from, in how many of them nothing says how far a coin moves, and where that is typed."""

    now: Cell
    untold: Cell
    other: Cell


class Typing(NamedTuple):
    """What is typed of the scenarios, a row each."""

    scenario: Cell
    continues: Cell
    other: Cell
    peak: Cell
    funding_rate: Cell
    days: Cell
    basis: Cell
    move: Cell


class Hedges(NamedTuple):
    """What became of all by the end of each row: prices of assets and positions, 1 for each position gone, funding and basis so far."""

    asset_price: Cell
    price: Cell
    gone: Cell
    funding: Cell
    basis: Cell


def stress(
    sheet: Sheet, portfolios: Portfolios, held: Held, settings: Settings, positions: PositionColumns, weights: Weights,
    links: Links, size: Size, exposure: Exposure, maintenance: Maintenance, margins: Margins, tiers: TierColumns,
    scenarios: Sequence[Scenario] | None = None, number: int = 0,
) -> Stress:  # fmt: skip
    """A stress sheet of some scenarios: the portfolio's own, the usual ones, or a set, which is the number-th such sheet."""
    scenarios = scenarios or portfolios.first.stress or NAMED
    for row, note in enumerate(NOTES, 3):
        sheet.text(row, 1, note, "note")
    top = sheet.below(2)
    facts = turned_assets(sheet, top, held, weights, positions, exposure, margins)
    at = FIRST_COLUMN + held.count
    each = turned_positions(sheet, top, at, positions, links, size, maintenance, margins, tiers)
    first, room = sheet.below(2), dict(enumerate(portfolios.room.scenarios)).get(number, 0)
    sheet.working(top, 1, first - 2)
    sheet.rows = rows = rows_of(len(scenarios), SPARE, room)
    blanks, typed = [None] * (rows - len(scenarios)), {}
    for column, field in enumerate(TABLE.fields, 1):
        _head(sheet, first, column, field.label, field.unit, field.width)
        values = [_shown(scenario, field.name) for scenario in scenarios]
        style = Style(field.role, field.format)
        typed[field.name] = sheet.typed(first + 2, column, [*values, *blanks], style, rows=rows, **field.how)
    moves, (field,) = _typed_moves(portfolios, scenarios, rows, held.count), MOVES.fields
    style = Style(field.role, field.format)
    move = sheet.typed(first + 2, FIRST_COLUMN, moves, style, rows=rows, columns=held.count, **field.how)
    for i in range(held.count):
        name = column_of(facts.asset, i)  # right above its moves, as the panes that are frozen hide the one further up
        sheet.computed(first - 1, FIRST_COLUMN + i, name, Style("header"))
        _head(sheet, first, FIRST_COLUMN + i, field.label, field.unit, NAME_WIDTH)
    typing = Typing(**typed, move=move)
    hedges = _hedges(sheet, first, at, facts, each, settings, typing)

    def computed(column: int, header: str, unit: str, cell: Cell, format: str, alarm: str = "") -> Cell:
        _head(sheet, first, column, header, unit, 15)
        return sheet.computed(first + 2, column, cell, Style("calc", format, alarm), rows=rows)

    is_untold = _results(facts, each, exposure.proceeds, typing, hedges, computed)
    sheet.hidden_rows.append(BlankRows(first + 2, rows, FIRST_COLUMN))
    return Stress(facts.now, total(1 * is_untold), typing.other)


def _shown(scenario: Scenario, name: str):
    """What is typed of a scenario under a name."""
    if name == "continues":
        return "yes" if scenario.continues else None
    return getattr(scenario, "name" if name == "scenario" else name)


def _typed_moves(portfolios: Portfolios, scenarios: Sequence[Scenario], rows: int, count: int) -> np.ndarray:
    """The own move of every asset in every scenario, for each portfolio; blank where it has none."""
    table, moves = np.full((rows, count, len(portfolios)), np.nan), {}
    for k, holdings in enumerate(portfolios.rows):
        for j, row in enumerate(holdings):
            asset = row["asset"].upper()
            if asset not in moves:
                moves[asset] = np.array([scenario.moves.get(asset) for scenario in scenarios], dtype=float)
            table[: len(scenarios), j, k] = moves[asset]
    return table


def _price(facts: Turned, typing: Typing) -> Cell:
    """The price of each asset at the end of a row; without IF, so that a sum over the row takes it."""
    blank = 1 - given(typing.move)
    return facts.price * (1 + blank_as_0(typing.move) + blank * facts.follows * blank_as_0(typing.other))


def _hedges(
    sheet: Sheet, first: int, column: int, facts: Turned, positions: TurnedPositions, settings: Settings, typing: Typing
) -> Hedges:
    """Below each position its price at the end of a row; to the right funding and basis so far, and which positions are gone.

    The cells of units are left blank there: the first row finds nothing above it to go on from.
    """
    count, rows = positions.qty.node.columns, len(typing.other.value)
    title = "Working: the price of each position; then of each asset, funding and basis so far, what each margin leaves, 1 where it is gone"
    sheet.text(first - 1, column, title, "section")

    def heads(at: int, names: Cell) -> None:
        for i in range(names.node.columns):
            sheet.widen(at + i, NAME_WIDTH)
            sheet.computed(first, at + i, column_of(names, i), Style("header"))

    assets, prices_at = facts.asset.node.columns, column + count + 1  # beside the titles of the figures
    heads(prices_at, facts.asset)
    style = Style("calc", "price")
    prices = sheet.computed(first + 2, prices_at, _price(facts, typing), style, rows=rows, columns=assets)
    grown = element_of(prices, positions.coin_row) / positions.spot
    grown = where(positions.coin_row > 0, grown, 1 + blank_as_0(typing.other))
    heads(column, positions.label)
    price = sheet.computed(first + 2, column, positions.price * grown, style, rows=rows, columns=count)
    column = prices_at + assets

    def carried(header: str, format: str, own: Cell, joined: Callable) -> Cell:
        nonlocal column
        if header:
            sheet.text(first, column, header, "header")
        sheet.text(first + 1, column, None, "unit")
        sheet.widen(column, NAME_WIDTH)
        above = _above(Ref(sheet.name, column, first + 1, rows), own, typing.continues, joined)
        column += 1
        cell = joined(own, (typing.continues == "yes") * above)
        return sheet.computed(first + 2, column - 1, cell, Style("calc", format), rows=rows)

    def added(own, above):
        return own + above

    paid = typing.funding_rate * 24.0 * typing.days / settings.funding_hours
    funding = carried("Funding so far [fraction]", "share", paid, added)
    basis = carried("Basis so far [fraction]", "share", 1.0 * typing.basis, added)

    def left(price_of: Callable, shown: Cell | None = None) -> Cell:
        nonlocal column
        heads(column, positions.label)
        columns = []
        for i in range(count):
            cell = _left(positions.of(i), price_of(i), funding, basis)
            if shown is not None:
                cell = hidden_unless(shown, cell)
            is_shown = None if shown is None else shown.value
            columns.append(
                sheet.computed(first + 2, column + i, cell, Style("calc", "coin"), rows=rows, shown=is_shown)
            )
        column += count
        return beside(*columns)

    at_end = left(lambda i: column_of(price, i))
    at_peak = left(lambda i: column_of(positions.price, i) * (1 + typing.peak), given(typing.peak))
    gone = []
    for i in range(count):
        one = positions.of(i)
        sheet.computed(first, column, one.label, Style("header"))
        end, peak = (sum_beside(each, positions.group, one.group) <= 0 for each in (at_end, at_peak))
        found = where(end, 1.0, where(given(typing.peak), 1.0 * peak, 0.0))
        found = where(sum_beside(positions.initial, positions.group, one.group) == 0, 0.0, found)
        gone.append(carried("", "contracts", found, lambda own, above: where(above > 0, 1.0, own)))
    return Hedges(prices, price, beside(*gone), funding, basis)


def _left(positions: TurnedPositions, price: Cell, funding: Cell, basis: Cell) -> Cell:
    """What the margin of each position leaves above its maintenance at a price [coin].

    Funding is paid before the move, in coin at the price of now.
    """
    margin = positions.margin + positions.cost - positions.pays * funding * positions.qty / positions.price
    equity = margin - (positions.qty - basis * abs(positions.qty)) / price
    return equity - positions.rule.maintenance(positions.qty, positions.entry, price)


def _above(ref: Ref, own: Cell, continues: Cell, joined: Callable) -> Cell:
    """The results of the rows above, where each row that continues takes over what stands above it."""
    is_next = np.asarray(continues.value) == "yes"
    values = np.array(np.broadcast_to(own.value, np.broadcast_shapes(own.value.shape, is_next.shape)), float)
    for i in range(1, len(values)):
        values[i] = joined(values[i], is_next[i] * values[i - 1])
    return Cell(ref, np.concatenate([np.zeros_like(values[:1]), values[:-1]]))


def _results(
    facts: Turned, positions: TurnedPositions, proceeds: Cell, typing: Typing, hedges: Hedges, computed: Callable
) -> Cell:
    """Value, change and liquidations of each scenario; returns whether it leaves a coin without a move.

    A liquidated position has lost its margin and is gone.
    """
    price, gone, each = hedges.price, hedges.gone, positions
    pnl = each.cost * price - each.qty * (1 + each.pays * hedges.funding) + hedges.basis * abs(each.qty)
    # In USD of the contract's own price; of its coin's price where that is another.
    hedged = sum_across(((1 - gone) * pnl - gone * each.margin * price) * (each.spot / each.price))
    value = sum_across(facts.opened * hedges.asset_price) + hedged
    value = computed(8, "Value", "USD", value + proceeds, "usd")
    change = computed(9, "Change", "USD", value - facts.now, "usd")
    computed(10, "Change", "fraction", change / facts.now, "share")
    computed(11, "Hedges liquidated", "number", sum_across(gone), "contracts")
    untold = sum_across((1 - given(typing.move)) * facts.follows)
    is_untold = where(typing.scenario == "", False, where(given(typing.other), False, untold > 0))
    return computed(12, "A coin has no move", "TRUE or FALSE", is_untold, "flag", "notice")


def _head(sheet: Sheet, row: int, column: int, header: str, unit: str, width: float) -> None:
    sheet.text(row, column, header, "header")
    sheet.text(row + 1, column, unit, "unit")
    sheet.widen(column, width)


def move_columns(filled: FilledSheet, assets: Sequence[str | None]) -> dict[int, str]:
    """The asset of each column of moves; one that was typed below the last of Inputs has none yet."""
    top, (field,) = TABLE.headers(filled)[0], MOVES.fields
    places = {FIRST_COLUMN + i: asset for i, asset in enumerate(assets) if asset}
    return {column: asset for column, asset in places.items() if filled.at(top, column) == field.label}


def read_stress(filled: FilledSheet, assets: Sequence[str | None]) -> Iterator[Row]:
    """The plain table of the scenarios typed on a filled-in sheet; blank cells stay blank.

    `assets` are those of Inputs in the order of its rows, None for a blank row.
    """
    top, _ = TABLE.headers(filled)
    places = move_columns(filled, assets)
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
STRESS = SheetRecord("Stress", PURPOSE, (stress,), tables=(TABLE, MOVES))


def set_record(name: str, scenarios: Sequence[Scenario], number: int) -> SheetRecord:
    """A sheet of the same kind for a set of one's own, the number-th behind Stress."""
    return STRESS._replace(name=name, parts=(partial(stress, scenarios=scenarios, number=number),))
