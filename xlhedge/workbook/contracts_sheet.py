"""The Contracts sheet: what the venues say of their contracts, each figure editable, with its source and date."""

from types import SimpleNamespace

from ..portfolio import Portfolio
from .book import Book, Columns

FIRST_ROW = 5


def build_contracts(book: Book, portfolio: Portfolio) -> SimpleNamespace:
    """The Contracts sheet: the contracts in use, each figure editable, with source and date."""
    sheet = book.sheet(
        "Contracts",
        "The contracts in use. Figures come from the sources named, at their dates; overwrite what your venue shows you today.",
    )
    hedges = list({h.hedge.key: h.hedge for h in portfolio.holdings if h.hedge}.values()) or [None]
    table = Columns(sheet, FIRST_ROW, len(hedges))
    cells = SimpleNamespace()

    def column(name: str, header: str, unit: str, format: str, width: float = 12.0):
        values = [getattr(hedge, name) if hedge else None for hedge in hedges]
        setattr(cells, name, table.typed(header, unit, values, format, width=width))

    column("key", "Contract", "venue and symbol", "text", 24)
    column("face", "Face", "USD", "number")
    column("lot", "Lot", "contracts", "number")
    column("taker", "Taker fee", "fraction", "rate")
    column("funding_hours", "Funding every", "hours", "hours")
    column("method", "Liquidation method", "word", "text")
    column("mmr", "Maintenance rate", "fraction", "rate")
    column("amount", "Maintenance amount", "coin", "coin")
    column("slope", "Rate slope", "1/coin", "slope")
    column("liq_fee", "Liquidation fee", "fraction", "rate")
    column("cap", "Rate holds up to", "USD", "limit", 14)
    column("as_of", "As of", "date", "text")
    column("checked", "Verified", "text", "text", 9)
    column("source", "Source", "text", "text", 60)
    sheet.freeze = f"B{table.first}"
    return cells
