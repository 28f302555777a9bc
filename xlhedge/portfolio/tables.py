"""Read a table of rows from CSV or XLSX, checked for size first; cells stay as they are typed."""

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import FileError

LARGEST_FILE = 200 * 1024 * 1024
LARGEST_UNZIPPED = 500 * 1024 * 1024
LARGEST_RATIO = 200
MOST_ENTRIES = 2000
MOST_COLUMNS = 200
LONGEST_CELL = 4096
IGNORED_MARKS = ("#", "//")


class Row(NamedTuple):
    """One row: its number in the file, and its cells as text, numbers or None."""

    number: int
    cells: list


def read_csv(path: Path) -> Iterator[Row]:
    """Rows of a CSV file in UTF-8 (a byte order mark is fine), comma or semicolon or tab separated."""
    _check_size(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.read(65536)
            file.seek(0)
            csv.field_size_limit(LONGEST_CELL)
            for cells in (reader := csv.reader(file, delimiter=_delimiter(head), strict=True)):
                yield Row(reader.line_num, [cell.strip() or None for cell in cells])
    except UnicodeDecodeError as error:
        raise FileError(
            f"{path.name}: byte {error.start + 1} is not UTF-8; save the file as CSV UTF-8 "
            f"(byte {hex(error.object[error.start])})"
        ) from None
    except csv.Error as error:
        raise FileError(f"{path.name}: not a CSV table: {error}") from None
    except OSError as error:
        raise FileError(f"{path.name}: cannot be read: {error.strerror}") from None


def read_sheets(path: Path) -> dict[str, list[Row]]:
    """The rows of every sheet of a workbook, values only, by lower-case sheet name."""
    _check_size(path)
    _check_zip(path)
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheets = {}
        for sheet in book.worksheets:
            rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
            sheets[sheet.title.strip().lower()] = [
                Row(i, [cell.strip() or None if isinstance(cell, str) else cell for cell in cells])
                for i, cells in enumerate(rows, 1)
            ]
        book.close()
        return sheets
    except Exception as error:  # openpyxl raises whatever its parsers meet in a damaged file
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise FileError(f"{path.name}: not a workbook that can be read ({reason})") from None


def header_and_rows(name: str, rows: Iterator[Row]) -> tuple[list[str], Iterator[Row]]:
    """The normalised header of a table and the rows below it, blank rows and comment rows left out."""
    rows = (row for row in rows if any(cell is not None for cell in row.cells) and not _is_comment(row))
    header = next(rows, None)
    if header is None:
        raise FileError(f"{name}: is empty; it needs a header row and at least one row below it")
    return [normal_name(cell) for cell in header.cells], rows


def normal_name(cell: object) -> str:
    """A header as a field name: lower case, _ between words, units in brackets dropped."""
    text = "" if cell is None else str(cell).split("[")[0]
    return "_".join(text.replace("-", " ").replace("_", " ").lower().split())


def _is_comment(row: Row) -> bool:
    first = row.cells[0]
    return isinstance(first, str) and first.startswith(IGNORED_MARKS)


def _delimiter(head: str) -> str:
    lines = [line for line in head.splitlines() if line.strip() and not line.startswith(IGNORED_MARKS)]
    return max(",;\t", key=lines[0].count) if lines else ","


def _check_size(path: Path) -> None:
    if not path.exists():
        raise FileError(f"{path}: there is no such file")
    if path.is_dir():
        raise FileError(f"{path}: is a folder, not a file")
    if path.stat().st_size > LARGEST_FILE:
        raise FileError(f"{path.name}: is larger than {LARGEST_FILE // 2**20} MB")


def _check_zip(path: Path) -> None:
    """Refuse archives that would unpack to far more than they hold, before any XML is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        hint = "it is an old .xls or a password-protected file" if _is_ole(path) else "it is damaged or of another type"
        raise FileError(f"{path.name}: not an .xlsx workbook ({hint}); save it as .xlsx or CSV") from None
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if len(members) > MOST_ENTRIES or unpacked > LARGEST_UNZIPPED or unpacked > LARGEST_RATIO * packed + 2**20:
        raise FileError(f"{path.name}: unpacks to {unpacked // 2**20} MB in {len(members)} parts, which is not a holdings file")


def _is_ole(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
