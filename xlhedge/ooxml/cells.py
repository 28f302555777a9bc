"""Read the sheets of a workbook, values only, after a look at its size and at what else it holds."""

import io
import warnings
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from ..errors import Unreadable, XlhedgeError
from ..files import file_bytes
from ..rows import EMPTY, MOST_COLUMNS, WIDE_ROWS, Row, Uncalculated, Unclear, read_grouped
from .area import COLUMNS, ROWS
from .calamine import INDEX, STYLES, blank_texts, calamine_rows, pages, stripped
from .guard import XML, Archive, NotAPackage
from .money import money_of, shows_money
from .ods import is_ods, ods_sheets

BOOKS = (".xlsx", ".xlsm", ".ods")


class SheetRows(NamedTuple):
    """One sheet: how errors call it, and its rows, which can be gone through once."""

    name: str
    rows: Iterable[Row]


def read_sheets(path: Path, main: Collection[str], beside: Collection[str] = ()) -> dict[str, SheetRows]:
    """The sheets of a workbook in a file, as `sheets_of` gives them."""
    return sheets_of(open_book(path), main, beside)


def open_book(path: Path) -> Archive:
    """The package of an input, which may hold nothing but what its cells need."""
    content = file_bytes(path)
    if not content:
        raise Unreadable(path.name, EMPTY)
    try:
        archive = Archive(path.name, content)
    except NotAPackage as error:
        raise Unreadable(error.file, f"{error.rule}; save it as .xlsx or CSV UTF-8") from None
    what = next(archive.holds(), None)
    if what:
        raise Unreadable(path.name, f"holds {what}, which no holdings file needs; save it as .xlsx without")
    return archive


def sheets_of(archive: Archive, main: Collection[str], beside: Collection[str] = ()) -> dict[str, SheetRows]:
    """The sheet of one of the names `main`, under the first of them, and those named in `beside`.

    Without a sheet called so, the only visible one that is not in `beside` is meant. Only the first may be a stream.
    """
    try:
        if is_ods(archive):
            chosen = _chosen(archive.name, ods_sheets(archive), [*main], beside)
            return {key: SheetRows(f"{archive.name} {page.title}", page.rows) for key, page in chosen.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions that do not matter here
            return _quickly(archive, [*main], beside) or _read(archive, [*main], beside)
    except XlhedgeError:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers meet in a damaged file
        raise archive.damaged(_reason(error)) from None


def titles_of(archive: Archive) -> list[str]:
    """The titles of the visible sheets of a workbook whose sheets were read, in their order."""
    found = ods_sheets(archive) if is_ods(archive) else pages(archive)
    if found is None:
        from openpyxl import load_workbook

        found = load_workbook(io.BytesIO(archive.content), read_only=True, keep_links=False).worksheets
    return [page.title for page in found if page.sheet_state == "visible"]


def _quickly(archive: Archive, main: list[str], beside: Collection[str]) -> dict[str, SheetRows] | None:
    """The sheets through python-calamine, when it is there and would say the same as openpyxl."""
    for part in INDEX:
        if part in archive.parts:
            archive.check_xml(part, archive.read(part))
    found = pages(archive)
    if not found:
        return None
    chosen = _chosen(archive.name, found, main, beside)
    rows = calamine_rows(archive, chosen)
    if rows is None:
        return None
    names = {key: f"{archive.name} {page.title}" for key, page in chosen.items()}
    limited = {key: _few(names[key], rows[key]) for key in rows}
    return {key: SheetRows(names[key], each if key == main[0] else [*each]) for key, each in limited.items()}


def _few(name: str, rows: Iterable[Row]) -> Iterable[Row]:
    for row in rows:
        if row.number > ROWS:
            raise Unreadable(name, f"has more than {ROWS:,} rows")
        yield row


def _read(archive: Archive, main: list[str], beside: Collection[str]) -> dict[str, SheetRows]:
    for part in archive.parts:
        if part.endswith(XML) and "/drawings/" not in part and "/charts/" not in part:
            archive.check_xml(part, archive.read(part))
    found = _rows(archive, main, beside, data_only=False)
    if any(_is_formula(cell) for sheet in found.values() for row in sheet.rows for cell in row.cells):
        values = _rows(archive, main, beside, data_only=True)
        parts = {f"{archive.name} {page.title}": page.part for page in pages(archive) or ()}
        blank = {name: blank_texts(archive.read(part)) for name, part in parts.items()}
        return {
            key: SheetRows(name, _with_values(rows, values[key].rows, blank.get(name, set())))
            for key, (name, rows) in found.items()
        }
    return found


def _rows(archive: Archive, main: list[str], beside: Collection[str], data_only: bool) -> dict[str, SheetRows]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(archive.content), read_only=True, data_only=data_only, keep_links=False)
    try:
        chosen = _chosen(archive.name, book.worksheets, main, beside)
        wide = {key: 0 if key == main[0] else WIDE_ROWS for key in chosen}
        shows = STYLES not in archive.parts or shows_money(archive.read(STYLES))
        return {key: _one_sheet(f"{archive.name} {page.title}", page, wide[key], shows) for key, page in chosen.items()}
    finally:
        book.close()


def _chosen(name: str, pages: list, main: list[str], beside: Collection[str]) -> dict:
    if not pages:
        raise Unreadable(name, "has no worksheet")
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


def _one_sheet(name: str, page, wide: int, shows: bool) -> SheetRows:
    """The rows of a sheet, of which so many may be wider than a table is; `shows` says that formats may tell currencies."""
    page.reset_dimensions()  # what a file says of its own size is not to be trusted
    rows = []
    read = (
        page.iter_rows(values_only=True) if not shows else ([_amount(cell) for cell in row] for row in page.iter_rows())
    )
    for number, cells in enumerate(read, 1):
        if number > ROWS:
            raise Unreadable(name, f"has more than {ROWS:,} rows")
        most = COLUMNS if number <= wide else MOST_COLUMNS
        if any(cell is not None for cell in cells[most:]):
            raise Unreadable(name, f"has cells beyond column {MOST_COLUMNS}, which are not read", number)
        found = [_stripped(cell) for cell in cells[:most]]
        if found.count(None) < len(found):
            rows.append(Row(number, found))
    return SheetRows(name, rows)


def _amount(cell):
    """The value of a cell; a number that is shown in another currency than the dollar is a text that says so, as in an .ods."""
    value = cell.value
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    money = money_of(cell.number_format) if is_number else ""
    if not money:
        return value
    return Unclear(
        f"{value:.15g} {money}", f"must be a plain number, and the format of its cell shows an amount in {money}"
    )


def _stripped(cell):
    return read_grouped(stripped(cell)) if isinstance(cell, str) and not isinstance(cell, Unclear) else cell


def _is_formula(cell) -> bool:
    """Whether a cell may be a formula; text that begins with = is told apart by its value."""
    return cell.startswith("=") if isinstance(cell, str) else type(cell).__name__.endswith("Formula")


def _with_values(formulas: Iterable[Row], values: Iterable[Row], blank: set[tuple[int, int]]) -> list[Row]:
    """Formulas as their values; one that was never calculated stays a formula, for its field to refuse."""
    by_number = {row.number: row.cells for row in values}
    merged = []
    for number, cells in formulas:
        known = by_number.get(number, [])
        known = known + [None] * (len(cells) - len(known))
        pairs = enumerate(zip(cells, known), 1)
        merged.append(Row(number, [_value(cell, value, (number, i) in blank) for i, (cell, value) in pairs]))
    return merged


def _value(cell, value, is_blank: bool):
    if not _is_formula(cell) or value is not None or is_blank:
        return value
    return Uncalculated(cell if isinstance(cell, str) else getattr(cell, "text", None) or "=")


def _reason(error: Exception) -> str:
    while cause := error.__cause__ or error.__context__:  # openpyxl wraps what its parsers say
        error = cause
    if type(error).__name__ in ("EntitiesForbidden", "DTDForbidden", "ExternalReferenceForbidden"):
        return "its XML declares entities, which no spreadsheet program writes"
    if isinstance(error, KeyError):
        return f"a part is missing: {error.args[0] if error.args else ''}"[:120]
    return " ".join(str(error).split())[:120] or type(error).__name__
