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
from ...ranges import beside, blank_as_0, column_of, element_of, hidden_unless, sum_across, sum_beside, sum_where, turned
from ..grid.cells import Style
from ..grid.columns import BlankRows
from ..grid.record import SheetRecord
from ..grid.sheet import LEAST_WIDTH, Sheet
from ..grid.typed import FilledSheet, Misplaced, Typed, TypedTable
from ..portfolios import Portfolios
from .inputs import Held, Settings, rule_of
from .allocation import Weights
from .margin_rule import MarginRule, rule_of_panel, rule_rows
from .plan_figures import CONTRACT_WIDTH, Exposure, Links, Maintenance, Margins, Size
from .positions import DATED, PositionColumns
from .tiers import TierColumns

FIRST_COLUMN = 13  # of the assets; before it what is typed of a scenario, and the results
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
    """The value [USD] that the scenarios start from, and in how many of them nothing says how far a coin moves."""

    now: Cell
    untold: Cell


class Turned(NamedTuple):
    """The assets of the plan in a row, so that a scenario's moves stand below them.

    `opened` are the coins without the gain that the positions margined in them have made since; `follows` is 1 where a blank
    move takes that of the other coins; `now` is the value of the portfolio [USD].
    """

    asset: Cell
    price: Cell
    opened: Cell
    follows: Cell
    now: Cell


class TurnedPositions(NamedTuple):
    """The positions of the plan in a row, to the right of the assets.

    `coin_row` is the place of the coin of their margin among the assets, `cost` their size at entry [coin].
    """

    label: Cell
    coin_row: Cell
    group: Cell
    spot: Cell
    price: Cell
    qty: Cell
    entry: Cell
    cost: Cell
    margin: Cell
    initial: Cell
    pays: Cell
    rule: MarginRule

    def of(self, i: int) -> "TurnedPositions":
        """The figures of one position."""
        rule = self.rule._replace(**{
            name: column_of(cell, i) for name, cell in self.rule._asdict().items() if isinstance(cell, Cell)
        })  # fmt: skip
        cells = {name: column_of(getattr(self, name), i) for name in self._fields if name != "rule"}
        return self._replace(**cells, rule=rule)


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
    scenarios: Sequence[Scenario] | None = None,
) -> Stress:  # fmt: skip
    """A stress sheet of some scenarios: the portfolio's own, the usual ones, or a set."""
    scenarios = scenarios or portfolios.first.stress or NAMED
    for row, note in enumerate(NOTES, 3):
        sheet.text(row, 1, note, "note")
    top = sheet.below(2)
    facts = _turned(sheet, top, held, weights, positions, exposure, margins)
    at = FIRST_COLUMN + held.count
    turned_positions = _turned_positions(sheet, top, at, positions, links, size, maintenance, margins, tiers)
    first, rows = sheet.below(2), len(scenarios) + SPARE
    blanks, typed = [None] * SPARE, {}
    for column, field in enumerate(TABLE.fields, 1):
        _head(sheet, first, column, field.label, field.unit, field.width)
        values = [_shown(scenario, field.name) for scenario in scenarios]
        style = Style(field.role, field.format)
        typed[field.name] = sheet.typed(first + 2, column, [*values, *blanks], style, rows=rows, **field.how)
    moves, (field,) = _typed_moves(portfolios, scenarios, rows, held.count), MOVES.fields
    style = Style(field.role, field.format)
    move = sheet.typed(first + 2, FIRST_COLUMN, moves, style, rows=rows, columns=held.count, **field.how)
    for i in range(held.count):
        _head(sheet, first, FIRST_COLUMN + i, field.label, field.unit, CONTRACT_WIDTH)
    typing = Typing(**typed, move=move)
    hedges = _hedges(sheet, first, at, facts, turned_positions, settings, typing)

    def computed(column: int, header: str, unit: str, cell: Cell, format: str, alarm: str = "") -> Cell:
        _head(sheet, first, column, header, unit, 15)
        return sheet.computed(first + 2, column, cell, Style("calc", format, alarm), rows=rows)

    is_untold = _results(facts, turned_positions, exposure.proceeds, typing, hedges, computed)
    sheet.hidden_rows.append(BlankRows(first + 2, rows, FIRST_COLUMN))
    sheet.freeze = f"B{first + 2}"
    return Stress(facts.now, total(1 * is_untold))


def _shown(scenario: Scenario, name: str):
    """What is typed of a scenario under a name."""
    if name == "continues":
        return "yes" if scenario.continues else None
    return getattr(scenario, "name" if name == "scenario" else name)


def _turned(
    sheet: Sheet, top: int, held: Held, weights: Weights, positions: PositionColumns, exposure: Exposure, margins: Margins
) -> Turned:
    label, count = FIRST_COLUMN - 3, held.count
    numbers = [float(i + 1) for i in range(count)]
    for column in range(label, FIRST_COLUMN):
        sheet.text(top, column, "Row of the asset" if column == label + 1 else None, "unit")
        sheet.text(top + 1, column, "Asset" if column == label + 1 else None, "header")
    place = sheet.typed(top, FIRST_COLUMN, numbers, Style("unit", "number"), columns=count)
    asset = turned(held.asset, place)
    asset = sheet.computed(top + 1, FIRST_COLUMN, where(asset == "", "", asset), Style("header"), columns=count)
    gained = sum_where(margins.pnl, positions.coin_row, place)
    rows = (
        ("price", "Price", "USD/coin", "price", turned(weights.price, place)),
        ("opened", "Coins before hedge PnL", "coin", "coin", turned(exposure.coins, place) - gained),
        ("follows", "A blank move is that of the other coins", "1 or 0", "number",
         (asset != "") * (1 - (turned(held.kind, place) == "cash"))),
    )  # fmt: skip
    cells = {}
    for row, (name, title, unit, format, cell) in enumerate(rows, top + 2):
        sheet.text(row, label, f"{title} [{unit}]")
        cells[name] = sheet.computed(row, FIRST_COLUMN, cell, Style("calc", format), columns=count)
    held_now = sum_across(cells["opened"] * cells["price"])
    hedged_now = total(margins.pnl * positions.spot)
    sheet.text(top + 1, 1, "Value now")
    now = sheet.computed(top + 1, 2, exposure.proceeds + held_now + hedged_now, Style("calc", "usd"))
    sheet.text(top + 1, 3, "USD", "unit")
    return Turned(asset, **cells, now=now)


def _turned_positions(
    sheet: Sheet, top: int, column: int, positions: PositionColumns, links: Links, size: Size, maintenance: Maintenance,
    margins: Margins, tiers: TierColumns,
) -> TurnedPositions:  # fmt: skip
    """The positions beside the assets, each below its name, with the figures of its own titles."""
    count = positions.count
    title = column + count
    numbers = [float(i + 1) for i in range(count)]
    place = sheet.typed(top, column, numbers, Style("unit", "number"), columns=count)
    sheet.text(top, title, "Row of the position", "unit")
    label = sheet.computed(top + 1, column, turned(positions.label, place), Style("header"), columns=count)
    sheet.text(top + 1, title, "Position", "header")
    cells = {}
    rows = (
        ("coin_row", "Column of its coin among the assets, 0 if none", "number", "number", turned(positions.coin_row, place)),
        ("group", "Account", "number", "number", turned(positions.group, place)),
        ("spot", "Price of its coin", "USD/coin", "price", turned(positions.spot, place)),
        ("price", "Price", "USD/coin", "price", turned(links.price, place)),
        ("qty", "Position", "USD", "usd", turned(size.qty, place)),
        ("entry", "Entry", "USD/coin", "price", turned(margins.entry, place)),
        ("cost", "Position at entry", "coin", "coin", turned(size.qty, place) / turned(margins.entry, place)),
        ("margin", "Margin", "coin", "coin", turned(margins.margin, place)),
        ("initial", "Initial margin, 0 if nothing is open", "coin", "coin", turned(margins.initial, place)),
        ("pays", "Pays or receives funding", "1 or 0", "number",
         1 - (turned(positions.kind, place) == DATED)),
        *((*row[:-2], turned(row[-2], place)) for row in rule_rows(links, maintenance)),
    )  # fmt: skip
    for row, (name, text, unit, format, cell) in enumerate(rows, top + 2):
        sheet.text(row, title, f"{text} [{unit}]")
        cells[name] = sheet.computed(row, column, cell, Style("calc", format), columns=count)
    rule = rule_of_panel(cells, tiers)
    return TurnedPositions(label, **cells, rule=rule)


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
            sheet.widen(at + i, 13)
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
        sheet.widen(column, 13)
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
            columns.append(sheet.computed(first + 2, column + i, cell, Style("calc", "coin"), rows=rows, shown=is_shown))
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
STRESS = SheetRecord("Stress", PURPOSE, (stress,), tables=(TABLE, MOVES), freeze="")


def set_record(name: str, scenarios: Sequence[Scenario]) -> SheetRecord:
    """A sheet of the same kind for a set of one's own."""
    return STRESS._replace(name=name, parts=(partial(stress, scenarios=scenarios),))
