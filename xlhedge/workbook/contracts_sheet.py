"""The Contracts and Tiers sheets: what the venues say of their contracts, each figure editable, with source and date.

They hold the whole table, the same in every workbook, and blank rows for contracts and tiers of one's own.
"""

from types import SimpleNamespace

from ..contracts import FIELDS, Listed, listing
from ..elementary import where
from ..formula import picked, position
from ..portfolio import Portfolio
from ..registry import Domain
from .book import Book, Columns

FIRST_ROW = 5
SPARE_CONTRACTS, SPARE_TIERS = 10, 20
UNKNOWN, BY_TIERS, TAKER_FEE = "unknown", "tiers", "taker fee"
METHODS = ("mark", "product", "entry", "slope")
UNITS = ("coin", "contracts", "USD")
VERIFIED = 'yes, no, or "all but" what is not'

NOTES = (
    f'Amber "{UNKNOWN}": no source establishes it, so type it before you rely on it. "{BY_TIERS}": see Tiers; a rate typed '
    "here takes their place. The face, rate and fee of a row on Inputs come before those here. Blank rows at the end: yours.",
    "Where unknown: lot 1; fee and funding hours as set on Inputs; no limit of size. Face, rate and method have no substitute.",
)


def build_contracts(book: Book, portfolio: Portfolio) -> SimpleNamespace:
    """Both sheets; returns the columns of Contracts by name, and those of Tiers as `tiers`."""
    listed = listing(portfolio.contracts)
    cells = _contracts(book, listed)
    cells.tiers = _tiers(book, listed, cells)
    return cells


def number(domain: str, comment: str = "") -> dict:
    """The rule and the comment of a typed number."""
    domain = Domain.parse(domain)
    return {"validation": ("number", domain.bounds, f"must be a number {domain.text}".strip()), "comment": comment}


def _contracts(book: Book, listed: tuple[Listed, ...]) -> SimpleNamespace:
    sheet = book.sheet(
        "Contracts",
        "Every inverse contract known here, to be overwritten by what your venue shows you today. Sources stand at the right.",
    )
    for offset, note in enumerate(NOTES):
        sheet.text(FIRST_ROW - 2 + offset, 1, note, "note")
    table, spare = Columns(sheet, FIRST_ROW, len(listed) + SPARE_CONTRACTS), [None] * SPARE_CONTRACTS
    cells = SimpleNamespace(count=table.rows)

    def column(name: str, header: str, unit: str, format: str, values=None, width: float = 12.0, **how):
        values = [getattr(each, name) for each in listed] if values is None else values
        values = [UNKNOWN if value is None else value for value in values]
        setattr(cells, name, table.typed(header, unit, [*values, *spare], format, width=width, **how))
        sheet.blocks[-1] = sheet.blocks[-1]._replace(style=sheet.blocks[-1].style._replace(alarm="unknown"))

    def meaning(field: str, domain: str) -> dict:
        return number(domain, FIELDS[field].meaning)

    def or_tiers(field: str) -> list:
        return [BY_TIERS if each.tiers else getattr(each, field) for each in listed]

    column(
        "key", "Contract", "venue and symbol", "text", width=24, comment="Venue, a space, and the contract's symbol."
    )
    column("face", "Face", "USD", "number", **meaning("face", "> 0"))
    column("lot", "Lot", "contracts", "number", **meaning("lot", "> 0"))
    column("maker", "Maker fee", "fraction", "rate", **meaning("maker", "> -1, < 1"))
    column("taker", "Taker fee", "fraction", "rate", **meaning("taker", "> -1, < 1"))
    column("funding_hours", "Funding every", "hours", "hours", **meaning("funding_hours", "> 0, <= 24"))
    column(
        "method",
        "Liquidation method",
        "word",
        "text",
        [each.liq_method for each in listed],
        **_list("liq_method", METHODS),
    )
    column("mmr", "Maintenance rate", "fraction", "rate", or_tiers("mmr"), **meaning("mmr", ">= 0, < 1"))
    column("amount", "Maintenance amount", "coin", "coin", or_tiers("amount"), **meaning("amount", ">= 0"))
    column("slope", "Rate slope", "1/coin", "slope", or_tiers("slope"), **meaning("slope", ">= 0"))
    fees = [
        TAKER_FEE if each.liq_method == "product" and each.liq_price_fee is None else each.liq_price_fee
        for each in listed
    ]
    column("liq_fee", "Fee in the liquidation price", "fraction", "rate", fees, **meaning("liq_price_fee", "> -1, < 1"))
    column("cap", "Rate is known up to", "as named beside", "number", or_tiers("cap"), **meaning("cap", "> 0"))
    column("unit", "Sizes in", "word", "text", [each.tier_unit for each in listed], **_list("tier_unit", UNITS))
    column("as_of", "As of", "date", "text", width=13, comment="The latest date that its sources state.")
    column("verified", "Verified", "text", "text", width=62, comment=f"Whether a source was checked: {VERIFIED}.")
    column("source", "Source", "text", "text", width=70, comment="Where the figures come from.")
    sheet.freeze = f"B{table.first}"
    return cells


def _list(field: str, words: tuple[str, ...]) -> dict:
    return {"validation": ("list", words, FIELDS[field].rule), "comment": FIELDS[field].meaning}


def _tiers(book: Book, listed: tuple[Listed, ...], contracts: SimpleNamespace) -> SimpleNamespace:
    sheet = book.sheet(
        "Tiers",
        "Maintenance rates that rise with the position. The Hedge plan takes the tier of each position by its size.",
    )
    sheet.text(
        FIRST_ROW - 2,
        1,
        "A position on a tier's lower end belongs to it. Rows may stand in any order; blank rows take further tiers, for "
        f'contracts whose maintenance rate on Contracts says "{BY_TIERS}" or is blank.',
        "note",
    )
    sheet.flag_column = 6
    rows = [(each, tier) for each in listed for tier in each.tiers]
    table, spare = Columns(sheet, FIRST_ROW, len(rows) + SPARE_TIERS, may_be_blank=True), [None] * SPARE_TIERS
    cells = SimpleNamespace(count=table.rows)

    def column(name: str, header: str, unit: str, values: list, format: str, width: float = 13.0, **how):
        setattr(cells, name, table.typed(header, unit, [*values, *spare], format, width=width, **how))

    rule = ("range", contracts.key.node, "must be a contract of the Contracts sheet")
    column(
        "key",
        "Contract",
        "venue and symbol",
        [each.key for each, _ in rows],
        "text",
        24,
        validation=rule,
        comment="As on the Contracts sheet.",
    )
    column(
        "start",
        "From",
        "as named beside",
        [t.floor for _, t in rows],
        "number",
        **number(">= 0", "Size at which the tier begins."),
        blank=0.0,
    )
    column(
        "end",
        "Up to",
        "as named beside",
        [t.cap for _, t in rows],
        "number",
        **number("> 0", "Size up to which its rate is known; none: no limit is known."),
    )
    place = where(cells.key == "", 0, position(cells.key, contracts.key))
    cells.place = table.computed("Row on Contracts", "number", place, "number", role="link")
    unit = where(cells.key == "", "", where(cells.place > 0, picked(contracts.unit, cells.place), UNKNOWN))
    cells.unit = table.computed("Unit", "word", unit, "text", role="link")
    column(
        "rate",
        "Maintenance rate",
        "fraction",
        [t.mmr for _, t in rows],
        "rate",
        **number(">= 0, < 1", "Rate of a position of this size."),
    )
    column(
        "amount",
        "Amount",
        "as named beside",
        [t.amount for _, t in rows],
        "number",
        **number(">= 0", "Subtracted from rate x size."),
        blank=0.0,
    )
    numbers = [float(i + 1) for i in range(table.rows)]
    cells.number = table.typed("Number", "of the row", numbers, "number", width=9, role="unit")
    for name, header, unit, width, comment in (
        ("as_of", "As of", "date", 11, "The latest date of the source."),
        ("verified", "Verified", "text", 11, "Whether the source was checked: yes or no."),
        ("source", "Source", "text", 70, "Where the rates come from."),
    ):
        column(name, header, unit, [getattr(each, f"tiers_{name}") for each, _ in rows], "text", width, comment=comment)
    sheet.freeze = f"B{table.first}"
    return cells
