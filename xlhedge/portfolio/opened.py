"""Open a holdings table, whatever it is stored in: its header, the rows below it, and the sheets beside it."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from ..errors import Unreadable
from ..files import LARGEST_AT_ONCE
from ..ooxml.cells import BOOKS, SheetRows, read_sheets
from ..rows import Row
from . import parquet
from .check import REQUIRED, RowChecker
from .fields import HOLDING_FIELDS
from .mistakes import RowError
from .own import MAIN, is_own, own_sheets
from .own_typed import SHEETS, Typed, own_typed
from .parquet import read_parquet
from .tables import check_header, header_and_rows, read_csv
from .values import LONGEST_TEXT, Broken, read_value

HOLDING_SHEETS = ("holdings", "inputs", "portfolio", "portfolios")
SIDE_SHEETS = ("settings", "contracts", "tiers", "scenarios", "stress", *(title.lower() for title in SHEETS))
TABLES = (".csv", ".tsv", *BOOKS, parquet.ENDING, ".xls", ".xlsb", ".ods", ".numbers")
"""Endings of tables; those that cannot be read are told, and not passed over in silence."""
NOTES = ("note", "notes", "comment", "comments")


class Opened(NamedTuple):
    """A holdings table: how errors call it, its file's name, and what is in it; `default` names a nameless portfolio."""

    file: str
    source: str
    default: str
    header: list[str]
    rows: Iterator[Row]
    settings: SheetRows | None = None
    contracts: SheetRows | None = None
    is_own: bool = False
    stress: SheetRows | None = None
    typed: Typed = MappingProxyType({})


def open_holdings(path: Path, largest: int = LARGEST_AT_ONCE) -> Opened:
    """Open a holdings table: CSV or Parquet of at most so many bytes, or a workbook; its rows may be a stream."""
    sheets = read_sheets(path, HOLDING_SHEETS, SIDE_SHEETS) if path.suffix.lower() in BOOKS else {}
    own = False
    if "holdings" in sheets and sheets["holdings"].name.lower().endswith(f" {MAIN}"):
        sheets["holdings"] = SheetRows(sheets["holdings"].name, [*sheets["holdings"].rows])
        own = is_own(sheets["holdings"])
    typed = own_typed(sheets) if own else {}
    if own:
        sheets = own_sheets(sheets["holdings"], sheets)
    file, rows = sheets.get("holdings") or (path.name, _stream(path, largest))
    header, rows = header_and_rows(file, iter(rows))
    check_header(file, header, HOLDING_FIELDS, REQUIRED, NOTES)
    beside = sheets.get("settings"), sheets.get("contracts"), own, sheets.get("stress") if own else None, typed
    return Opened(file, path.name, name_of(path), header, rows, *beside)


def _stream(path: Path, largest: int) -> Iterator[Row]:
    return (read_parquet if path.suffix.lower() == parquet.ENDING else read_csv)(path, largest)


def tables_in(folder: Path) -> Iterator[Path]:
    """The tables of a folder, by name; hidden files, Excel's locks and files of other kinds are passed over."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.name.lower().endswith(TABLES))
    except OSError as error:
        raise Unreadable(folder, f"cannot be read: {error.strerror}") from None
    return (folder / name for name in names if not name.startswith((".", "~$")))


def name_of(path: Path) -> str:
    """The name of a portfolio that has none: the file's, as far as it can be shown."""
    name = "".join(character if character.isprintable() else " " for character in path.stem)
    return name[:LONGEST_TEXT].strip().lstrip("=") or "portfolio"


class Naming:
    """Says which portfolio a row belongs to, and remembers the rows of which it cannot say it.

    `is_named` tells whether any row so far has a name, one that cannot be read included.
    """

    def __init__(self, opened: Opened) -> None:
        self._file = opened.file
        self._at = opened.header.index("portfolio") if "portfolio" in opened.header else None
        self._checker = RowChecker(opened.file, opened.header)
        self._last: tuple[object, str] = ("", "")
        self.is_named = False
        self.unreadable: list[RowError] = []
        self.unnamed: list[int] = []

    def of(self, row: Row) -> str | None:
        """The name of a row's portfolio, "" when it has none; None when it cannot be read: its mistakes are kept."""
        at = self._at
        cell = row.cells[at] if at is not None and at < len(row.cells) else None
        if cell is None:
            self.unnamed.append(row.number)
            return ""
        if cell != self._last[0] or type(cell) is not str:  # what is equal may be spelled in other ways: 1 and True
            self.is_named = True
            try:
                self._last = cell, read_value(HOLDING_FIELDS["portfolio"], cell)
            except Broken:
                self.unreadable += self._checker.check(row)[1]
                return None
        return self._last[1]

    def nameless(self, row: int) -> RowError:
        """The mistake of a row without a name where `is_named` says that others have one."""
        return RowError(self._file, row, "portfolio", None, "is required, as other rows name a portfolio")

    def lost(self) -> list[RowError]:
        """The mistakes in rows of no portfolio; rows without a name are one portfolio when no other row has a name."""
        return [*self.unreadable, *(map(self.nameless, self.unnamed) if self.is_named else ())]

    def check_any(self) -> None:
        """Refuse a table that had no row."""
        if not self.is_named and not self.unnamed:
            raise Unreadable(self._file, "has a header but no holdings below it")
