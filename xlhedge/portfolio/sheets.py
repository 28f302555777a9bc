"""Read the sheets of a workbook, values only, after a look at its size."""

import io
import warnings
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from ..errors import XlhedgeError
from .mistakes import Unreadable
from .tables import MOST_COLUMNS, OLE, Row, file_bytes
from .values import Uncalculated

BOOKS = (".xlsx", ".xlsm")
LARGEST_UNZIPPED = 500 * 2**20
LARGEST_RATIO = 200
MOST_PARTS = 2000
MOST_ROWS = 2**20
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Sheet(NamedTuple):
    """One sheet: how errors call it, and its rows."""

    name: str
    rows: list[Row]


def read_sheets(path: Path, main: Collection[str], beside: Collection[str] = ()) -> dict[str, Sheet]:
    """The sheet of one of the names `main`, under the first of them, and those named in `beside`.

    Without a sheet called so, the only visible one that is not in `beside` is meant.
    """
    content = file_bytes(path)
    _check_zip(path.name, content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not matter here
            return _read(path.name, content, [*main], beside)
    except XlhedgeError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers meet in a damaged file
        raise Unreadable(path.name, f"is not a workbook that can be read ({_reason(error)})") from None


def _read(name: str, content: bytes, main: list[str], beside: Collection[str]) -> dict[str, Sheet]:
    found = _rows(name, content, main, beside, data_only=False)
    if any(_is_formula(cell) for sheet in found.values() for row in sheet.rows for cell in row.cells):
        values = _rows(name, content, main, beside, data_only=True)
        return {key: Sheet(sheet.name, _with_values(sheet.rows, values[key].rows)) for key, sheet in found.items()}
    return found


def _rows(name: str, content: bytes, main: list[str], beside: Collection[str], data_only: bool) -> dict[str, Sheet]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False)
    try:
        chosen = _chosen(name, book.worksheets, main, beside)
        return {key: _one_sheet(f"{name} {page.title}", page) for key, page in chosen.items()}
    finally:
        book.close()


def _chosen(name: str, pages: list, main: list[str], beside: Collection[str]) -> dict:
    by_name = {page.title.strip().lower(): page for page in pages}
    side = {key: by_name[key] for key in beside if key in by_name}
    found = next((by_name[key] for key in main if key in by_name), None)
    if found is None:
        others = [page for key, page in by_name.items() if key not in side and page.sheet_state == "visible"]
        if len(others) != 1:
            titles = ", ".join(page.title for page in pages[:20])
            raise Unreadable(name, f"has no sheet {main[0].capitalize()} (its sheets: {titles})")
        found = others[0]
    return {main[0]: found, **side}


def _one_sheet(name: str, page) -> Sheet:
    page.reset_dimensions()  # what a file says of its own size is not to be trusted
    rows = []
    for number, cells in enumerate(page.iter_rows(values_only=True), 1):
        if number > MOST_ROWS:
            raise Unreadable(name, f"has more than {MOST_ROWS:,} rows")
        if any(cell is not None for cell in cells[MOST_COLUMNS:]):
            raise Unreadable(name, f"has cells beyond column {MOST_COLUMNS}, which are not read", number)
        if any(cell is not None for cell in cells):
            rows.append(Row(number, [_stripped(cell) for cell in cells[:MOST_COLUMNS]]))
    return Sheet(name, rows)


def _stripped(cell):
    return cell.strip() or None if isinstance(cell, str) else cell


def _is_formula(cell) -> bool:
    """Whether a cell may be a formula; text that begins with = is told apart by its value."""
    return cell.startswith("=") if isinstance(cell, str) else type(cell).__name__.endswith("Formula")


def _with_values(formulas: list[Row], values: list[Row]) -> list[Row]:
    """Formulas as their values; one that was never calculated stays a formula, for its field to refuse."""
    by_number = {row.number: row.cells for row in values}
    merged = []
    for number, cells in formulas:
        known = by_number.get(number, [])
        known = known + [None] * (len(cells) - len(known))
        merged.append(Row(number, [_value(cell, value) for cell, value in zip(cells, known)]))
    return merged


def _value(cell, value):
    if not _is_formula(cell) or value is not None:
        return value
    return Uncalculated(cell if isinstance(cell, str) else getattr(cell, "text", None) or "=")


def _check_zip(name: str, content: bytes) -> None:
    """Refuse archives that would unpack to far more than they hold, before any XML is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        what = _what_it_is(content)
        raise Unreadable(name, f"is not an .xlsx workbook ({what}); save it as .xlsx or CSV UTF-8") from None
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if len(members) > MOST_PARTS or unpacked > LARGEST_UNZIPPED or unpacked > LARGEST_RATIO * packed + 2**20:
        told = f"from {_size(packed)} to {_size(unpacked)} in {len(members)} parts"
        raise Unreadable(name, f"would unpack {told}, which no holdings file does")


def _size(count: int) -> str:
    return f"{count / 2**20:,.0f} MB" if count >= 2**20 else f"{count / 1024:,.0f} kB"


def _what_it_is(content: bytes) -> str:
    if content.startswith(OLE):
        return "it is protected by a password" if ENCRYPTED in content else "it is an old .xls"
    if content.startswith(b"PK"):
        return "it is cut short or damaged"
    return "it is damaged or of another type" if b"\0" in content[:4096] else "it is text, perhaps CSV"


def _reason(error: Exception) -> str:
    while cause := error.__cause__ or error.__context__:  # openpyxl wraps what its parsers say
        error = cause
    if type(error).__name__ in ("EntitiesForbidden", "DTDForbidden", "ExternalReferenceForbidden"):
        return "its XML declares entities, which no spreadsheet program writes"
    if isinstance(error, KeyError):
        return f"a part is missing: {error.args[0] if error.args else ''}"[:120]
    return " ".join(str(error).split())[:120] or type(error).__name__
