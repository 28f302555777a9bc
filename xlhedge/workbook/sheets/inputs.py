"""The Inputs sheet: everything that is typed, with its unit, its rule and where it comes from."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

import numpy as np

from ... import __version__
from ...elementary import both, where
from ...formula import Cell
from ...portfolio import Portfolio
from ...portfolio.fields import HOLDING_FIELDS, SETTING_FIELDS, InputField
from ...portfolio.tables import normal_name
from ...ranges import first_where, position
from ...rows import Row
from ..grid.cells import Rule
from ..grid.columns import Columns
from ..grid.panel import Panel
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.typed import ASSET, FilledSheet, Form, Misplaced, Typed, TypedTable
from ..portfolios import Portfolios, padded, stacked

HOLDINGS, SETTINGS = "Holdings", "Settings"

# Settings on the sheet: the field, its defined name, its number format.
SETTINGS_SHOWN = (
    ("mode", "hedge_mode", "text"), ("long_underweight", "long_underweight", "flag"), ("band", "drift_band", "share"),
    ("min_trade", "least_trade", "usd"), ("rally", "rally_to_survive", "share"), ("fall", "fall_to_survive", "share"),
    ("margin_buffer", "margin_buffer", "share"), ("horizon_days", "horizon_days", "days"),
    ("funding_rate", "funding_rate", "rate"), ("adverse_funding_rate", "adverse_funding_rate", "rate"),
    ("funding_hours", "funding_hours", "hours"), ("volatility", "volatility", "share"), ("fee", "fee_where_unknown", "rate"),
    ("mmr", "mmr_where_unknown", "rate"), ("tax_spot", "tax_on_spot", "share"), ("tax_futures", "tax_on_futures", "share"),
    ("roll_premium", "roll_premium", "share"),
    ("discount_rate", "discount_rate", "share"), ("amber_distance", "amber_distance", "share"),
    ("red_distance", "red_distance", "share"), ("price_time", "price_time", "time"), ("as_of", "prices_fresh_at", "time"),
    ("price_hours", "price_hours", "hours"), ("fact_days", "fact_days", "days"),
    ("price_source", "price_source", "text"),
)  # fmt: skip


def rule_of(field: InputField) -> Rule | None:
    """What may be typed for a field: a list of words, or bounds on a number, with the field's rule as the message."""
    if field.choices:
        return Rule("list", field.choices, field.rule)
    if field.kind == "number":
        return Rule("number", field.domain.bounds, field.rule)
    return Rule("flag", (), field.rule) if field.kind == "flag" else None


def holding_field(name: str, label: str, format: str, width: float = 13.0, blank: float = np.nan) -> Typed:
    """The declaration of a column of a table of holdings, as it stands on a sheet."""
    field = HOLDING_FIELDS[name]
    unit = field.unit or {"time": "UTC"}.get(field.kind, "text")
    return Typed(name, label, unit, format, rule_of(field), field.meaning, blank, width)


TABLE = TypedTable(HOLDINGS, (
    holding_field("asset", "Asset", "text"),
    holding_field("kind", "Kind", "text", width=9),
    holding_field("coins", "Coins", "coin", blank=0.0),
    holding_field("price", "Price", "price", blank=0.0),
    holding_field("target_weight", "Target weight", "share"),
    holding_field("hedge_ratio", "Hedge ratio", "share"),
    holding_field("cost_basis", "Cost basis", "price"),
    holding_field("volatility", "Volatility", "share"),
), before=(SETTINGS,))  # fmt: skip


def _setting(name: str, defined: str, format: str) -> Typed:
    field = SETTING_FIELDS[name]
    unit = field.unit or {"time": "UTC"}.get(field.kind, field.kind)
    role, alarm = "memo" if field.kind == "text" else "input", "stale" if name == "price_time" else ""
    return Typed(
        name, name.replace("_", " ").capitalize(), unit, format, rule_of(field), field.meaning, role=role, alarm=alarm
    )


FORM = Form(SETTINGS, tuple(_setting(*shown) for shown in SETTINGS_SHOWN), span=2, is_open=True)


class Held(NamedTuple):
    """The columns of the holdings, a row for each asset, and how many of their cells hold something."""

    asset: Cell
    kind: Cell
    coins: Cell
    price: Cell
    target_weight: Cell
    hedge_ratio: Cell
    cost_basis: Cell
    volatility: Cell
    filled: dict[str, np.ndarray]

    @property
    def count(self) -> int:
        """How many rows there are, blank ones included."""
        return self.asset.node.rows


Settings = NamedTuple("Settings", [(name, Cell) for name, _, _ in SETTINGS_SHOWN])
"""The cells of the settings that the sheet shows, by their names; SETTING_FIELDS tells their units and meanings."""


class Choice(NamedTuple):
    """The asset that is chosen on a sheet as it is typed, the one that its look-ups take, and its place on Inputs."""

    typed: Cell
    used: Cell
    row: Cell


def asset_rule(held: Held) -> dict[str, Rule]:
    """The rule of a cell in which an asset is chosen."""
    return {ASSET: Rule("range", held.asset.node, "must be an asset of the portfolio")}


def choice(panel: Panel, typed: Cell, held: Held, numbers: Cell) -> Choice:
    """Lines with the asset used: the typed one, or the first that is held where that one is not; and its row.

    `numbers` are those of the rows of the holdings.
    """
    first = first_where(held.asset, numbers, held.asset != "")
    is_held = both(typed != "", position(typed, held.asset) > 0)
    used = panel.computed("Asset used", "text", where(is_held, typed, first), "text", name="asset_used", role="link")
    row = panel.computed("Its row on Inputs", "number", position(used, held.asset), "number", role="link")
    return Choice(typed, used, row)


def held(sheet: Sheet, portfolios: Portfolios) -> Held:
    """The holdings, with blank rows for further ones."""
    rows = portfolios.room.assets
    sheet.text(3, 1, portfolios.each(_origin), "note")
    sheet.section(HOLDINGS, 0)
    table = Columns(sheet, rows)
    cells, filled = {}, {}
    for field in TABLE.fields:
        values = stacked([padded([row[field.name] for row in each], rows) for each in portfolios.rows])
        cells[field.name] = table.typed(field, values)
        filled[field.name] = np.not_equal(values, None).sum(axis=0, keepdims=True)
    sheet.freeze = f"B{table.first}"
    return Held(**cells, filled=filled)


def _origin(portfolio: Portfolio) -> str:
    """What made the workbook; its prices have their time and source among the settings, where they are typed anew."""
    return f"xlhedge {__version__}, from {portfolio.source}. A model, not advice."


FREE_ROWS = 2
"""Between the holdings and the settings; the sheet has no rows for what is typed there."""


def settings(sheet: Sheet, portfolios: Portfolios) -> Settings:
    """The settings, each with its meaning beside it."""
    row = sheet.below(FREE_ROWS)
    values = {
        field.name: portfolios.each(lambda p, name=field.name: getattr(p.settings, name)) for field in FORM.fields
    }
    cells = FORM.write(sheet, row, values)
    for offset, field in enumerate(FORM.fields, row + 1):
        sheet.text(offset, 5, field.comment)
    return Settings(**{name: sheet.named(defined, cells[name]) for name, defined, _ in SETTINGS_SHOWN})


def read_holdings(filled: FilledSheet) -> Iterator[Row]:
    """The plain table of the holdings, its header first, with the portfolio before the columns of the sheet.

    Columns that somebody added keep their names, for the reader of plain tables to refuse.
    """
    name = str(filled.at(1, 1) or "").removesuffix(f": {INPUTS.name}") or None
    yield from plain_rows(TABLE, filled, name)


def rows_shown(filled: FilledSheet) -> int:
    """How many rows the sheet has for assets; 0 where its tables are not found."""
    try:
        return filled.find(SETTINGS, 1) - FREE_ROWS - TABLE.first_row(filled)
    except Misplaced:
        return 0


def plain_rows(
    table: TypedTable, filled: FilledSheet, name: str | None, computed: Collection[str] = ()
) -> Iterator[Row]:
    """A table of ours as a plain one of a portfolio: its header, then its rows; `computed` are the headers of formulas."""
    top, columns = table.headers(filled)
    heads = enumerate(filled.rows[top], 1)
    added = {c: cell for c, cell in heads if cell is not None and c not in columns.values() and cell not in computed}
    yield Row(top, ["portfolio", *(field.name for field in table.fields), *map(normal_name, added.values())])
    for number, cells in table.read_rows(filled).items():
        beyond = [filled.at(number, column) for column in added]
        yield Row(number, [name, *cells.values(), *beyond])


INPUTS = SheetRecord(
    "Inputs",
    "What is held, what it should become, and the assumptions. Blue cells are typed; everything else follows.",
    (held, settings),
    settings=(FORM,),
    tables=(TABLE,),
    freeze="",
    tab="typed",
)
