"""The plan as the Stress sheets take it: assets, and to the right of them positions, in a row each, with their figures below."""

from typing import NamedTuple

from ...elementary import total, where
from ...formula import Cell
from ...ranges import column_of, sum_across, sum_where, turned
from ..grid.cells import Style
from ..grid.sheet import Sheet
from .allocation import Weights
from .inputs import Held
from .margin_rule import MarginRule, rule_of_panel, rule_rows
from .plan_figures import CONTRACT_WIDTH, Exposure, Links, Maintenance, Margins, Size
from .positions import DATED, PositionColumns
from .tiers import TierColumns

NAME_WIDTH = 17
"""Of a column whose header is the name of a position, over several lines."""

MARKS, MOST_MARKS = 10.0, 20.0
"""Of a bar: those for the value of now, and those of the longest."""

FIRST_COLUMN = 17
"""Of the assets; before it what is typed of a scenario, and the results."""


class Turned(NamedTuple):
    """The assets of the plan in a row, so that a scenario's moves stand below them.

    `opened` are the coins without the gain that the positions margined in them have made since; `follows` is 1 where a blank
    move takes that of the other coins; `now` is the value of the portfolio [USD], `unhedged` that without its hedges, `marks` are those of a bar for it, `most` those
    of the longest bar.
    """

    asset: Cell
    price: Cell
    opened: Cell
    follows: Cell
    now: Cell
    marks: Cell
    most: Cell
    unhedged: Cell


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


def turned_assets(
    sheet: Sheet,
    top: int,
    held: Held,
    weights: Weights,
    positions: PositionColumns,
    exposure: Exposure,
    margins: Margins,
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
    marks, most = (
        _fixed(sheet, row, *each)
        for row, each in enumerate(
            (("Marks of a bar for it", MARKS), ("Marks of the longest bar", MOST_MARKS)), top + 2
        )
    )
    sheet.text(top + 4, 1, "Unhedged value now")
    unhedged = sheet.computed(top + 4, 2, exposure.proceeds + held_now, Style("calc", "usd"))
    sheet.text(top + 4, 3, "USD", "unit")
    return Turned(asset, **cells, now=now, marks=marks, most=most, unhedged=unhedged)


def _fixed(sheet: Sheet, row: int, label: str, number: float) -> Cell:
    """A number of the bars, which their formulas name."""
    sheet.text(row, 1, label)
    return sheet.typed(row, 2, number, Style("label", "number"))


def turned_positions(
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
    for i in range(count):
        sheet.widen(column + i, CONTRACT_WIDTH)
    sheet.widen(title, NAME_WIDTH)
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
