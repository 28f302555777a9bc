"""The Contracts sheet: what the venues say of their contracts, each figure editable, with source and date.

It holds the whole table, the same in every workbook, and blank rows for contracts of one's own.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from ...contracts import FIELDS, SHIPPED, Listed, listing
from ...elementary import NONE
from ...formula import Cell
from ...portfolio.fields import InputField
from ...portfolio.hedge import OWN
from ...portfolio.values import Broken, read_value
from ...ranges import chosen
from ..grid.cells import Rule
from ..grid.columns import Columns
from ..grid.numbers import sheet_number
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.typed import FilledSheet, Typed, TypedTable, number_rule
from ..portfolios import Portfolios, rows_of

SPARE = 10
UNKNOWN, BY_TIERS, TAKER_FEE = "unknown", "tiers", "taker fee"
NO_FIGURE = (UNKNOWN, BY_TIERS, TAKER_FEE, "none")
METHODS = ("mark", "product", "entry", "slope")
UNITS = ("coin", "contracts", "USD")
VERIFIED = 'yes, no, or "all but" what is not'
TEXTS = ("as_of", "verified", "source")
"""What is told of a row's figures: it belongs to the row as a whole, not to a figure."""

NOTES = (
    f'Amber "{UNKNOWN}": no source establishes it, so type it before you rely on it. "{BY_TIERS}": see Tiers; a rate typed '
    "here takes their place. The face, rate and fee of a row on Inputs come before those here. Blank rows at the end: yours.",
    "Where unknown: lot 1; fee, funding hours and, if it is set, mmr as on Inputs; no limit of size. Face and method have no "
    "substitute. No new hedge from the day in Listed until on. A row whose name ends in { } is a series of dated contracts.",
)


def _figure(name: str, label: str, unit: str, format: str, domain: str, fact: str = "") -> Typed:
    return Typed(name, label, unit, format, number_rule(domain), FIELDS[fact or name].meaning, width=13, alarm=UNKNOWN)


def _word(name: str, label: str, words: tuple[str, ...]) -> Typed:
    field = FIELDS[FACTS.get(name, name)]
    return Typed(name, label, "word", "text", Rule("list", words, field.rule), field.meaning, width=12, alarm=UNKNOWN)


def _text(name: str, label: str, unit: str, width: float, comment: str) -> Typed:
    return Typed(name, label, unit, "text", None, comment, width=width, alarm=UNKNOWN)


FACTS = {"method": "liq_method", "liq_fee": "liq_price_fee", "unit": "tier_unit"}
"""Columns that are called otherwise than the fact that they state."""

TABLE = TypedTable("", (
    _text("key", "Contract", "venue and symbol", 30, "Venue, a space, and the contract's symbol."),
    Typed("coin", "Coin", "text", "text", None, FIELDS["coin"].meaning, width=9, alarm=UNKNOWN),
    _figure("face", "Face", "USD", "number", "> 0"),
    _figure("lot", "Lot", "contracts", "number", "> 0"),
    _figure("tick", "Tick", "USD/coin", "number", "> 0"),
    _figure("maker", "Maker fee", "fraction", "rate", "> -1, < 1"),
    _figure("taker", "Taker fee", "fraction", "rate", "> -1, < 1"),
    _figure("funding_hours", "Funding every", "hours", "hours", "> 0, <= 24"),
    _word("method", "Liquidation method", METHODS),
    _figure("mmr", "Maintenance rate", "fraction", "rate", ">= 0, < 1"),
    _figure("amount", "Maintenance amount", "coin", "coin", ">= 0"),
    _figure("slope", "Rate slope", "1/coin", "slope", ">= 0"),
    _figure("imr", "Initial rate", "fraction", "rate", "> 0, < 1"),
    _figure("slope_im", "Initial rate slope", "1/coin", "slope", ">= 0"),
    _figure("liq_fee", "Fee in the liquidation price", "fraction", "rate", "> -1, < 1", "liq_price_fee"),
    _figure("cap", "Rate is known up to", "as named beside", "number", "> 0"),
    _word("unit", "Sizes in", UNITS),
    Typed("listed_until", "Listed until", "date", "date", None, FIELDS["listed_until"].meaning, width=12),
    Typed("expiry", "Expires", "date", "date", None, FIELDS["expiry"].meaning, width=12),
    Typed("settlement_fee", "Settlement fee", "fraction", "rate", number_rule("> -1, < 1"), FIELDS["settlement_fee"].meaning, width=13),
    _text("as_of", "As of", "date", 13, "The oldest date of its figures: of the fact, else of its source."),
    _text("verified", "Verified", "text", 62, f"Whether a source was checked: {VERIFIED}."),
    _text("source", "Source", "text", 70, "Where the figures come from."),
))  # fmt: skip


class ContractColumns(NamedTuple):
    """The columns of the Contracts sheet, in the units that stand above them."""

    key: Cell
    coin: Cell
    face: Cell
    lot: Cell
    tick: Cell
    maker: Cell
    taker: Cell
    funding_hours: Cell
    method: Cell
    mmr: Cell
    amount: Cell
    slope: Cell
    imr: Cell
    slope_im: Cell
    liq_fee: Cell
    cap: Cell
    unit: Cell
    listed_until: Cell
    expiry: Cell
    settlement_fee: Cell
    as_of: Cell
    verified: Cell
    source: Cell
    dated: Cell


def contracts(sheet: Sheet, portfolios: Portfolios) -> ContractColumns:
    """The table of contracts, with blank rows at its end."""
    for note in NOTES:
        sheet.note(note)
    kept = portfolios.first.kept.get(CONTRACTS.name, {})
    rows = [_shown(each) | kept.get(each.key, {}) for each in listing(portfolios.first.contracts)]
    table = Columns(sheet, rows_of(len(rows), SPARE, portfolios.room.contracts))
    sheet.rows, spare = table.rows, [None] * (table.rows - len(rows))
    sheet.freeze = f"B{table.first}"
    cells = {}
    for field in TABLE.fields:
        cells[field.name] = table.typed(field, [*(row[field.name] for row in rows), *spare])
        if field.name == "as_of":
            dated = table.computed("Facts from", "date or none", _dated(cells["as_of"]), "date", role="link", width=12)
    return ContractColumns(**cells, dated=dated)


def _dated(told: Cell) -> Cell:
    """The day of a date in text, such as 2026-11-22 or 2026-11 for its first; none where there is none."""
    text = 'IFERROR(DATEVALUE({0}&IF(LEN({0})=LEN("2026-11"),"-01","")),"none")'

    def day(value: object) -> float:
        try:
            whole = f"{value}-01" if len(str(value)) == len("2026-11") else str(value)
            return sheet_number(datetime.datetime.fromisoformat(whole))
        except ValueError:
            return NONE

    return told.traced(text, lambda values: np.frompyfunc(day, 1, 1)(values).astype(float), (told,))


def _shown(listed: Listed) -> dict[str, object]:
    """A contract as its row shows it: words stand for what is not known or follows from elsewhere."""
    row = {field.name: getattr(listed, FACTS.get(field.name, field.name)) for field in TABLE.fields}
    if listed.tiers:
        row |= dict.fromkeys(("mmr", "amount", "slope", "imr", "cap"), BY_TIERS)
    if listed.liq_method == "product" and listed.liq_price_fee is None:
        row["liq_fee"] = TAKER_FEE
    row = {name: UNKNOWN if value is None else value for name, value in row.items()}
    return (
        row
        | {name: _day(getattr(listed, name)) for name in ("listed_until", "expiry")}
        | {"settlement_fee": listed.settlement_fee}
    )


def _day(text: str | None) -> datetime.datetime | None:
    return text and datetime.datetime.fromisoformat(text)


def by_method(word: Cell, slope: Cell, figure: Callable[..., Cell], methods: Sequence[str] = METHODS) -> Cell:
    """A figure by the liquidation method that a cell holds; `figure(method, ...)` puts that of one, with the slope if it needs it."""
    return chosen(word, {method: figure(method, *((slope,) if method == "slope" else ())) for method in methods})


def read_contracts(filled: FilledSheet) -> Iterator[tuple[int, str, dict[str, object]]]:
    """The rows of a filled-in sheet that hold anything: their number, the contract or "", and their cells by name."""
    for number, cells in TABLE.read_rows(filled).items():
        if any(cell is not None for cell in cells.values()):
            key = str(cells["key"] or "")
            yield number, key if " " in key or not key else f"{OWN} {key}", with_numbers(TABLE, cells)


def with_numbers(table: TypedTable, cells: dict[str, object]) -> dict[str, object]:
    """The cells of a row, in which numbers that were typed as text, such as 40%, are read as those of Inputs are."""
    return cells | {
        field.name: _number(field, cells[field.name]) for field in table.fields if isinstance(cells[field.name], str)
    }


def _number(field: Typed, text: str) -> object:
    if not isinstance(field.rule, Rule) or field.rule.kind != "number":
        return text
    try:
        return read_value(InputField(field.name, "number", "", field.unit), text)
    except Broken:
        return text  # a word that stands for no figure, or a mistake


@cache
def as_shipped() -> dict[str, tuple[Listed, dict[str, object]]]:
    """The shipped contracts by their names in lower case, and the cells of their rows as they are read: "" is blank."""
    return {
        each.key.lower(): (each, {name: None if value == "" else value for name, value in _shown(each).items()})
        for each in listing(SHIPPED)
    }


def as_listed() -> list[tuple[int, str, dict[str, object]]]:
    """The rows of the shipped contracts, as `read_contracts` would give them."""
    return [(0, listed.key, cells) for listed, cells in as_shipped().values()]


CONTRACTS = SheetRecord(
    "Contracts",
    "Every inverse contract known here, to be overwritten by what your venue shows you today. Sources stand at the right.",
    (contracts,),
    tables=(TABLE,),
    freeze="",
    tab="reference",
    printed=False,
)
