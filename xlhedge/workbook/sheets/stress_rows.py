"""The rows of scenarios, on Stress and on every set: what is typed of each, what becomes of the hedges, and the results.

Formulas name the cells of their own sheet and those of Stress, never another set: a copy of the sheet works by itself.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ...elementary import both, floor, given, snapped, where
from ...formula import Cell
from ...nodes import Across, Ref, Template, Whole, letters
from ...portfolio.scenarios import CONTINUES, FIELDS, Scenario
from ...ranges import beside, blank_as_0, column_of, element_of, hidden_unless, sum_across, sum_beside
from ..grid.cells import Style
from ..grid.sheet import LEAST_WIDTH, Sheet
from ..grid.typed import Typed, TypedTable
from ..portfolios import Portfolios
from .inputs import Settings, rule_of
from .stress_plan import FIRST_COLUMN, MARKS, MOST_MARKS, NAME_WIDTH, Turned, TurnedPositions

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

NAMELESS, ASTRAY, NO_NUMBER, UNTOLD, BEYOND = (
    "the scenario has no name",
    "it continues no row",
    "a text stands where a number is due",
    "a coin has no move",
    "a fall of all, or days below 0",
)
"""What a row says of itself where it is not to be relied on."""


RESULTS = letters(8), letters(FIRST_COLUMN - 1)
"""The first and the last column of the results."""


MARK, BAR_WIDTH = f"{MARKS:.0f} marks: now; at most {MOST_MARKS:.0f}", 33
"""The unit of a bar, and the width of its column."""


class Panel(NamedTuple):
    """What the rows take: the assets and the positions of the plan in a row each, and what spot trades have brought [USD]."""

    assets: Turned
    positions: TurnedPositions
    proceeds: Cell


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


class Results(NamedTuple):
    """What comes of each scenario: the value of all hedged and unhedged [USD], how many hedges are liquidated, which, and what is amiss."""

    value: Cell
    change: Cell
    unhedged: Cell
    liquidated: Cell
    first: Cell
    amiss: Cell


class Hedges(NamedTuple):
    """What became of all by the end of each row: prices of assets and positions, 1 for each position gone, funding and basis so far."""

    asset_price: Cell
    price: Cell
    gone: Cell
    funding: Cell
    basis: Cell


def typed_rows(sheet: Sheet, row: int, portfolios: Portfolios, scenarios: Sequence[Scenario], count: int) -> Typing:
    """What is typed of some scenarios, and blank rows below them: headers, units, then as many rows as the sheet has."""
    rows, typed = sheet.rows, {}
    blanks = [None] * (rows - len(scenarios))
    for column, field in enumerate(TABLE.fields, 1):
        _head(sheet, row, column, field.label, field.unit, field.width)
        values = [_shown(scenario, field.name) for scenario in scenarios]
        style = Style(field.role, field.format)
        typed[field.name] = sheet.typed(row + 2, column, [*values, *blanks], style, rows=rows, **field.how)
    moves = _typed_moves(portfolios, scenarios, rows, count) if scenarios else [None] * (rows * count)
    (field,) = MOVES.fields
    style = Style(field.role, field.format)
    move = sheet.typed(row + 2, FIRST_COLUMN, moves, style, rows=rows, columns=count, **field.how)
    for i in range(count):
        _head(sheet, row, FIRST_COLUMN + i, field.label, field.unit, NAME_WIDTH)
    return Typing(**typed, move=move)


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


def results(sheet: Sheet, first: int, column: int, panel: Panel, settings: Settings, typing: Typing) -> Results:
    """The results of every row that has a name, and the working, which begins in a column."""
    return _Rows(sheet, first, panel, settings, typing).results(column)


def _of_one(figures):
    """Figures of the first portfolio alone: nobody sees what comes of them."""
    if isinstance(figures, Cell):
        value = np.asarray(figures.value)
        return Cell(figures.node, value[:, :, :1] if value.ndim == 3 else value)
    if isinstance(figures, tuple) and hasattr(figures, "_fields"):
        return type(figures)(*map(_of_one, figures))
    return figures


class _Rows:
    """The formulas of the rows, each "" where the scenario has no name."""

    def __init__(self, sheet: Sheet, first: int, panel: Panel, settings: Settings, typing: Typing) -> None:
        self._sheet, self._first, self._typing, self._named = sheet, first, typing, typing.scenario != ""
        self._labels, self._names = panel.positions.label, panel.assets.asset
        is_blank = not np.any(self._named.value)
        self._panel, self._settings = map(_of_one, (panel, settings)) if is_blank else (panel, settings)

    def _put(
        self, column: int, cell, format: str, alarm: str = "", shown: Cell | None = None, columns: int = 0
    ) -> Cell:
        """A formula down the rows, "" where the row is not `shown`, which is where it has no name."""
        shown = self._named if shown is None else shown
        style = Style("calc", format, alarm)
        rows = self._sheet.rows
        return self._sheet.computed(
            self._first + 2, column, hidden_unless(shown, cell), style, rows=rows, columns=columns, shown=shown.value
        )

    def results(self, column: int) -> Results:
        """Value, change and liquidations of each scenario; a liquidated position has lost its margin and is gone."""
        (assets, each, proceeds), hedges = self._panel, self._hedges(column)
        price, gone = hedges.price, hedges.gone
        pnl = each.cost * price - each.qty * (1 + each.pays * hedges.funding) + hedges.basis * abs(each.qty)
        # In USD of the contract's own price; of its coin's price where that is another.
        hedged = sum_across(((1 - gone) * pnl - gone * each.margin * price) * (each.spot / each.price))
        coins = sum_across(assets.opened * hedges.asset_price)
        value = self._result(8, "Value", "USD", coins + hedged + proceeds, "usd")
        change = self._result(9, "Change", "USD", value - assets.now, "usd")
        self._result(10, "Change, of now", "fraction", change / assets.now, "share")
        unhedged = self._result(11, "Unhedged value", "USD", coins + proceeds, "usd")
        liquidated = self._result(12, "Hedges liquidated", "number", sum_across(gone), "contracts")
        first = self._result(13, "Liquidated", "position", _first_gone(each.label, gone, liquidated), "text")
        self._sheet.widen(13, 38)
        for column, (header, mark, figure) in enumerate((("Hedged", "█", value), ("Unhedged", "░", unhedged)), 14):
            self._result(column, header, MARK, _bar(mark, figure / assets.now, assets), "text")
            self._sheet.widen(column, BAR_WIDTH)
        return Results(value, change, unhedged, liquidated, first, self._amiss(value))

    def _result(self, column: int, header: str, unit: str, cell: Cell, format: str) -> Cell:
        _head(self._sheet, self._first, column, header, unit, 15)
        return self._put(column, cell, format)

    def _amiss(self, value: Cell) -> Cell:
        """What a row is to be looked at for; a row on which nothing is typed says nothing."""
        typing, rows = self._typing, self._sheet.rows
        above = self._shifted(value, self._named.value)
        untold = sum_across((1 - given(typing.move)) * self._panel.assets.follows)
        told = where(given(typing.other), "", where(untold > 0, UNTOLD, ""))
        told = where(both(typing.continues == "yes", 1 - given(above)), ASTRAY, told)
        parts = beside(*typing[2:7]), typing.move
        falls = sum_across(1.0 * (typing.move <= -1)) + 1.0 * (typing.other <= -1) + 1.0 * (typing.peak <= -1)
        told = where(falls + 1.0 * (typing.days < 0) > 0, BEYOND, told)
        told = where(_texts(*parts) > 0, NO_NUMBER, told)
        nameless = where(_filled(typing.continues, *parts) > 0, NAMELESS, "")
        _head(self._sheet, self._first, FIRST_COLUMN - 1, "To be looked at", "text", 32)
        cell = where(self._named, told, nameless)
        style = Style("calc", "text", "amiss")
        return self._sheet.computed(self._first + 2, FIRST_COLUMN - 1, cell, style, rows=rows)

    def _price(self) -> Cell:
        """The price of each asset at the end of a row; without IF, so that a sum over the row takes it."""
        assets, typing = self._panel.assets, self._typing
        blank = 1 - given(typing.move)
        return assets.price * (1 + blank_as_0(typing.move) + blank * assets.follows * blank_as_0(typing.other))

    def _hedges(self, column: int) -> Hedges:
        """Below each position its price at the end of a row; to the right funding and basis so far, and which positions are gone.

        The cells of units are left blank there: the first row finds nothing above it to go on from.
        """
        sheet, first, typing, positions = self._sheet, self._first, self._typing, self._panel.positions
        count, assets = positions.qty.node.columns, self._panel.assets.asset.node.columns
        title = "Working: the price of each position; then of each asset, funding and basis so far, what each margin leaves, 1 where it is gone"
        sheet.text(first - 1, column, title, "section")

        def heads(at: int, names: Cell) -> None:
            for i in range(names.node.columns):
                sheet.widen(at + i, NAME_WIDTH)
                sheet.computed(first, at + i, column_of(names, i), Style("header"))

        prices_at = column + count + 1  # beside the titles of the figures
        heads(prices_at, self._names)
        prices = self._put(prices_at, self._price(), "price", columns=assets)
        grown = element_of(prices, positions.coin_row) / positions.spot
        grown = where(positions.coin_row > 0, grown, 1 + blank_as_0(typing.other))
        heads(column, self._labels)
        price = self._put(column, positions.price * grown, "price", columns=count)
        column = prices_at + assets

        def carried(header: str, format: str, own: Cell, joined: Callable) -> Cell:
            nonlocal column
            if header:
                sheet.text(first, column, header, "header")
            sheet.text(first + 1, column, None, "unit")
            sheet.widen(column, NAME_WIDTH)
            above = self._above(column, own, joined)
            column += 1
            return self._put(column - 1, joined(own, above), format)

        def added(own, above):
            return own + above

        paid = typing.funding_rate * 24.0 * typing.days / self._settings.funding_hours
        funding = carried("Funding so far [fraction]", "share", paid, added)
        basis = carried("Basis so far [fraction]", "share", 1.0 * typing.basis, added)

        def left(price_of: Callable, shown: Cell) -> Cell:
            nonlocal column
            heads(column, self._labels)
            cells = [_left(positions.of(i), price_of(i), funding, basis) for i in range(count)]
            columns = [self._put(column + i, cell, "coin", shown=shown) for i, cell in enumerate(cells)]
            column += count
            return beside(*columns)

        at_end = left(lambda i: column_of(price, i), self._named)
        at_peak = left(
            lambda i: column_of(positions.price, i) * (1 + typing.peak), both(self._named, given(typing.peak))
        )
        gone = []
        for i in range(count):
            one = positions.of(i)
            sheet.computed(first, column, column_of(self._labels, i), Style("header"))
            end, peak = (sum_beside(each, positions.group, one.group) <= 0 for each in (at_end, at_peak))
            found = where(end, 1.0, where(given(typing.peak), 1.0 * peak, 0.0))
            found = where(sum_beside(positions.initial, positions.group, one.group) == 0, 0.0, found)
            gone.append(carried("", "contracts", found, lambda own, above: where(above > 0, 1.0, own)))
        return Hedges(prices, price, beside(*gone), funding, basis)

    def _above(self, column: int, own: Cell, joined: Callable) -> Cell:
        """What a row that continues takes over from the rows above it, of a column; 0 in any other row."""
        goes_on = np.asarray(self._typing.continues.value) == "yes"
        values = np.array(np.broadcast_to(own.value, np.broadcast_shapes(np.shape(own.value), goes_on.shape)), float)
        named = np.broadcast_to(self._named.value, values.shape)
        taken = np.zeros_like(values)
        for i in range(1, len(values)):
            before = np.where(named[i - 1], joined(values[i - 1], taken[i - 1]), 0.0)
            taken[i] = np.where(goes_on[i], before, 0.0)
        ref = Ref(self._sheet.name, column, self._first + 1, self._sheet.rows)
        above = Cell(Template("SUM({0})", (ref,)), taken)  # what is blank, and its "", is 0 in a sum
        return where(self._typing.continues == "yes", above, 0.0)  # an error above is none of a row that begins anew

    def _shifted(self, cell: Cell, named: np.ndarray) -> Cell:
        """The cell above each row's, which holds no number where that row has no name."""
        values = np.where(
            named, np.broadcast_to(cell.value, np.broadcast_shapes(np.shape(cell.value), named.shape)), np.nan
        )
        node = cell.node._replace(row=cell.node.row - 1)
        return Cell(node, np.concatenate([np.full_like(values[:1], np.nan), values[:-1]]))


def _left(positions: TurnedPositions, price: Cell, funding: Cell, basis: Cell) -> Cell:
    """What the margin of each position leaves above its maintenance at a price [coin].

    Funding is paid before the move, in coin at the price of now.
    """
    margin = positions.margin + positions.cost - positions.pays * funding * positions.qty / positions.price
    equity = margin - (positions.qty - basis * abs(positions.qty)) / price
    return equity - positions.rule.maintenance(positions.qty, positions.entry, price)


def _first_gone(labels: Cell, gone: Cell, count: Cell) -> Cell:
    """The name of the first position that is gone, and how many more are; "" where none is."""
    is_gone = np.asarray(gone.value) > 0
    names = np.broadcast_to(np.asarray(labels.value, object), is_gone.shape)
    first = np.take_along_axis(names, is_gone.argmax(axis=1, keepdims=True), axis=1)
    more = is_gone.sum(axis=1, keepdims=True) - 1
    told = np.frompyfunc(lambda name, n: name + (f" and {n} more" if n > 0 else ""), 2, 1)(first, more)
    text = 'IF({2}=0,"",INDEX({0},MATCH(1,{1},0))&IF({2}>1," and "&{2}-1&" more",""))'
    node = Template(text, (Whole(labels.node), Across(gone.node), count.node))
    return Cell(node, np.where(more < 0, "", told))


def _bar(mark: str, share: Cell, assets: Turned) -> Cell:
    """A bar of marks for a share of the value of now; a chart would show another sheet's figures on a copy."""
    repeated = np.frompyfunc(lambda count, most: "" if np.isnan(count) else mark * int(min(count, most)), 2, 1)
    count = floor(snapped(assets.marks * share + 0.5))
    return count.traced(f'REPT("{mark}",MAX(0,MIN({{1}},{{0}})))', repeated, (count, assets.most))


def _texts(*parts: Cell) -> Cell:
    """How many cells of a row hold something that is no number; none do in what is built."""
    counted = "+".join(f"COUNTA({{{i}}})-COUNT({{{i}}})" for i in range(len(parts)))
    return Cell(Template(counted, tuple(Across(part.node) for part in parts)), np.zeros((1, 1, 1)))


def _filled(*parts: Cell) -> Cell:
    """How many cells of a row hold anything; where the name is blank none do in what is built."""
    counted = "+".join(f"COUNTA({{{i}}})" for i in range(len(parts)))
    return Cell(Template(counted, tuple(Across(part.node) for part in parts)), np.zeros((1, 1, 1)))


def _head(sheet: Sheet, row: int, column: int, header: str, unit: str, width: float) -> None:
    sheet.text(row, column, header, "header")
    sheet.text(row + 1, column, unit, "unit")
    sheet.widen(column, width)
