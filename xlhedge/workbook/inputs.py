"""The Inputs sheet: everything that is typed, with its unit, its rule and where it comes from."""

from types import SimpleNamespace

import numpy as np

from ..portfolio.fields import HOLDING_FIELDS, SETTING_FIELDS, Field
from .book import Book, Columns, Style
from .stack import Stack, stacked

HOLDINGS_ROW = 5

# Settings on the sheet: the field, its defined name, its number format.
SETTINGS_SHOWN = (
    ("mode", "hedge_mode", "text"), ("long_underweight", "long_underweight", "flag"), ("band", "drift_band", "share"),
    ("min_trade", "least_trade", "usd"), ("rally", "rally_to_survive", "share"), ("fall", "fall_to_survive", "share"),
    ("margin_buffer", "margin_buffer", "share"), ("horizon_days", "horizon_days", "days"),
    ("funding_rate", "funding_rate", "rate"), ("adverse_funding_rate", "adverse_funding_rate", "rate"),
    ("funding_hours", "funding_hours", "hours"), ("fee", "fee_where_unknown", "rate"),
    ("tax_spot", "tax_on_spot", "share"), ("tax_futures", "tax_on_futures", "share"),
    ("discount_rate", "discount_rate", "share"), ("amber_distance", "amber_distance", "share"),
    ("red_distance", "red_distance", "share"), ("price_time", "price_time", "time"), ("as_of", "prices_fresh_at", "time"),
    ("price_hours", "price_hours", "hours"), ("price_source", "price_source", "text"),
)  # fmt: skip


def validation(field: Field) -> tuple:
    """The data validation of a field: a list of words, or bounds on a number, with the rule as its message."""
    if field.choices:
        return ("list", field.choices, field.rule)
    if field.kind == "number":
        return ("number", field.domain.bounds, field.rule)
    return ("flag", (), field.rule) if field.kind == "flag" else ()


def build_inputs(book: Book, stack: Stack, room: int) -> tuple[SimpleNamespace, SimpleNamespace]:
    """The Inputs sheet, with room for some assets; returns the columns of holdings and the cells of settings by name."""
    sheet = book.sheet(
        "Inputs",
        "What is held, what it should become, and the assumptions. Blue cells are typed; everything else follows.",
    )
    used = len(stack.first.holdings)
    count = max(used, room)
    spare = [None] * (count - used)
    sheet.text(HOLDINGS_ROW - 1, 1, "Holdings", "section")
    table = Columns(sheet, HOLDINGS_ROW, count)
    cells = SimpleNamespace(count=count, typed={})

    def column(name: str, header: str, format: str, width: float = 13.0, blank: float = np.nan):
        field = HOLDING_FIELDS[name]
        values = stacked([[row[name] for row in rows] + spare for rows in stack.rows])
        how = {"comment": field.meaning, "validation": validation(field), "blank": blank}
        made = table.typed(header, field.unit or "text", values, format, width=width, **how)
        setattr(cells, name, made)
        cells.typed[name] = np.not_equal(values, None).sum(axis=0, keepdims=True)

    column("asset", "Asset", "text")
    column("kind", "Kind", "text", width=9)
    column("coins", "Coins", "coin", blank=0.0)
    column("price", "Price", "price", blank=0.0)
    column("target_weight", "Target weight", "share")
    column("hedge_ratio", "Hedge ratio", "share")
    column("cost_basis", "Cost basis", "price")
    column("contract", "Contract", "text", 24)
    column("qty", "Qty", "usd", blank=0.0)
    column("entry", "Entry", "price")
    column("margin", "Margin", "coin")
    column("leverage", "Leverage", "factor", width=10)
    column("funding_rate", "Funding rate", "rate")
    column("face", "Own face", "number")
    column("mmr", "Own maintenance rate", "rate")
    column("fee", "Own fee", "rate")
    sheet.freeze = f"B{table.first}"
    return cells, _settings(book, sheet, stack, table.first + count + 2)


def _settings(book: Book, sheet, stack: Stack, row: int) -> SimpleNamespace:
    cells = SimpleNamespace()
    sheet.text(row, 1, "Settings", "section")
    for offset, (name, defined, format) in enumerate(SETTINGS_SHOWN, row + 1):
        field = SETTING_FIELDS[name]
        sheet.text(offset, 1, name.replace("_", " ").capitalize())
        value = stack.each(lambda portfolio, name=name: getattr(portfolio.settings, name))
        style = Style("memo" if field.kind == "text" else "input", format)
        cell = sheet.typed(offset, 3, value, style, comment=field.meaning, validation=validation(field))
        sheet.text(offset, 4, field.unit or {"time": "UTC"}.get(field.kind, field.kind), "unit")
        sheet.text(offset, 5, field.meaning, "label")
        setattr(cells, name, book.named(defined, cell))
    return cells
