"""Put prices or a ledger into a workbook of ours: it is read, changed and built anew, and nothing that was typed is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .errors import FileError, Unreadable
from .intake import Asked, read_portfolios
from .portfolio import Portfolio, RowErrors
from .workbook.file.writer import write
from .workbook.grid.sheet import Book
from .workbook.model import build_model
from .workbook.portfolios import Room
from .workbook.sheets.monitor import MONITOR

OF_NOW = {"price_now": "price", "mark_now": "mark", "margin_now": "margin", "coins_now": "coins"}
"""What is typed on Monitor of now beside what a snapshot or a ledger tells, by its name, in words."""


class Renewed(NamedTuple):
    """What became of a workbook: its portfolio, whose `filled` tell what changed from what to what, and the new book."""

    portfolio: Portfolio
    book: Book


def into(
    path: Path, *, prices: Path | None = None, ledger: Path | None = None, contracts: Path | None = None,
    force: bool = False,
) -> Renewed:  # fmt: skip
    """Change what is typed in a workbook by a snapshot of the market or by a ledger, and write it anew in its place.

    Args:
        path: a workbook that xlhedge wrote, filled in or not
        prices: a snapshot, whose prices, marks and funding rates take the place of typed ones
        ledger: a ledger, whose positions and rows take the place of the positions' and of the log's
        contracts: the user's own table of contracts (CSV)
        force: write it although something in it is not carried over

    Raises RowErrors for mistakes in any of them, and FileError for what cannot be read or would be lost; the file is then
    as it was.
    """
    path = Path(path)
    found, errors = read_portfolios(Asked(path, contracts=contracts, prices=prices, ledger=ledger, replaces=True))
    if errors:
        raise RowErrors(errors)
    portfolio = found[0]
    if not portfolio.functions:
        raise Unreadable(path.name, "is no workbook of xlhedge, whose About sheet says how its formulas are written")
    if portfolio.notes and not force:
        raise FileError("\n".join(f"{path.name}: {note}; --force writes it all the same" for note in portfolio.notes))
    portfolio = portfolio._replace(source=portfolio.read_from.source or portfolio.source)
    book = build_model(portfolio, portfolio.functions, Room(*portfolio.room))
    write(book, path)
    if stays := [*_of_now(portfolio)]:
        stay = f"typed on {MONITOR.name}, and as they were: {', '.join(stays)}"
        portfolio = portfolio._replace(filled=(*portfolio.filled, stay))
    return Renewed(portfolio, book)


def _of_now(portfolio: Portfolio) -> Iterator[str]:
    """Figures of now that are typed on Monitor, which go there before those of Inputs and Positions."""
    typed, coins = portfolio.kept.get(MONITOR.name, {}), portfolio.read_from.coins
    for name, what in OF_NOW.items():
        rows = portfolio.assets if name in ("price_now", "coins_now") else [each.name for each in portfolio.positions]
        for i, value in typed.get(name, {}).items():
            if value is not None and not (name == "coins_now" and coins.get(rows[i]) == value):
                yield f"{what} of {rows[i]} now"
