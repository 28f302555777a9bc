"""The workbook of a ranked list: its rows are written as they come, and the same ones give the same bytes."""

import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from typing import NamedTuple

from ..ooxml.as_written import CORE
from ..workbook.file.packing import archive, fast, packer
from ..workbook.grid.sheet import UNDATED
from ..workbook.grid.theme import BORDER, FILLS, FONT, FORMATS, ROLES

LIST, TOTALS, FAILED = "Clients", "Totals", "Not written"
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Signs that a workbook cannot hold."""
LONGEST = 32_767
A4 = 9
"""The number of the paper size."""
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


class Column(NamedTuple):
    """A column: its title, its unit, its number format, its width in characters, below which numbers it is red and amber, and
    whether long text goes on in further lines."""

    title: str
    unit: str
    format: str
    width: float
    alarms: tuple[float, ...] = ()
    wraps: bool = False


class Band(NamedTuple):
    """A heading among the totals."""

    title: str


class Total(NamedTuple):
    """A total, and of how many clients it is not known."""

    title: str
    value: float | str
    format: str = "limit"
    unknown: int = 0


Line = tuple[Sequence[object], str]
"""The cells of a row, and what the second of them leads to."""
UNKNOWN = "unknown"
"""What stands for a figure that cannot be computed."""


def ranked_book(
    title: str, notes: Sequence[str], columns: Sequence[Column], lines: Iterable[Line], totals: Iterable[Band | Total],
    failed: Sequence[tuple[str, str]], time: str,
) -> bytes:  # fmt: skip
    """The finished .xlsx: the list, the totals, and what has failed, if anything has.

    `time` is when the file was made, as far as it says so: "" is some day long ago.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator, book.properties.title = "xlhedge", title
    _list(book, title, notes, columns, lines)
    _totals(book, totals)
    if failed:
        _failed(book, failed)
    plain = io.BytesIO()
    book.save(plain)
    return _settled(plain, (time or f"{UNDATED:%Y-%m-%dT%H:%M:%SZ}").encode())


def _list(book, title: str, notes: Sequence[str], columns: Sequence[Column], lines: Iterable[Line]) -> None:
    from openpyxl.formatting.rule import CellIsRule
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    page, head = _page(book, LIST, [column.width for column in columns]), len(notes) + 3
    page.freeze_panes = f"C{head + 2}"
    page.print_title_rows = f"{head}:{head + 1}"
    write = _Cells(page)
    page.append([write(title, "title")])
    for note in notes:
        page.append([write(note, "note")])
    page.append([])
    page.append([write(column.title, "header") for column in columns])
    page.append([write(column.unit, "unit") for column in columns])
    row = head + 1
    for row, (values, link) in enumerate(lines, head + 2):
        cells = [write(value, "calc", column.format, column.wraps) for value, column in zip(values, columns)]
        page.append([cells[0], write.linked(cells[1], link, row, 2), *cells[2:]])
    letters = [get_column_letter(i) for i in range(1, len(columns) + 1)]
    page.auto_filter.ref = f"A{head + 1}:{letters[-1]}{row}"
    if row == head + 1:
        return
    for column, letter in zip(columns, letters):
        area = f"{letter}{head + 2}:{letter}{row}"
        red, amber = (
            {"fill": PatternFill("solid", bgColor=fill), "font": Font(color=text, bold=True)}
            for fill, text in (FILLS["red"], FILLS["amber"])
        )
        for bound, look in zip(column.alarms, (red, amber)):
            page.conditional_formatting.add(area, CellIsRule("lessThan", [f"{bound:g}"], True, **look))
        if column.alarms:
            page.conditional_formatting.add(area, CellIsRule("equal", [f'"{UNKNOWN}"'], True, **red))


def _totals(book, totals: Iterable[Band | Total]) -> None:
    page = _page(book, TOTALS, (62, 22, 18))
    page.page_setup.orientation, page.page_setup.fitToHeight = "portrait", 1
    page.freeze_panes = "A3"
    write = _Cells(page)
    page.append([write("All clients, listed or not", "title")])
    page.append([write(text, "header") for text in ("", "All clients", "Not known of")])
    for line in totals:
        if isinstance(line, Band):
            page.append([])
            page.append([write(line.title, "section")])
        else:
            unknown = write(line.unknown, "calc", "limit") if line.unknown else None
            page.append([write(line.title, "label"), write(line.value, "calc", line.format), unknown])


def _failed(book, failed: Sequence[tuple[str, str]]) -> None:
    page = _page(book, FAILED, (34, 120))
    page.freeze_panes = "A3"
    write = _Cells(page)
    page.append([write("Clients without a workbook", "title")])
    page.append([write(text, "header") for text in ("Client", "The first mistake; errors.csv has all")])
    for name, why in failed:
        page.append([write(name, "calc"), write(why, "calc")])


def _page(book, name: str, widths: Sequence[float]):
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(name)
    page.sheet_view.showGridLines = False
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.left.text, page.oddFooter.right.text = "xlhedge", "&A, page &P of &N"
    for number, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(number)].width = width
    return page


class _Cells:
    """Makes the cells of a sheet, each kind of them with one style."""

    def __init__(self, page) -> None:
        self._page = page
        self._styles: dict[object, object] = {}

    def __call__(self, value: object, role: str, format: str = "text", wraps: bool = False):
        """A cell in a role; text is text whatever it begins with, and what is infinite is none."""
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._page)
        if isinstance(value, str):
            cell.value = ILLEGAL.sub("_", value)[:LONGEST]
            cell.data_type = "s"
        elif value is not None:
            cell.value = UNKNOWN if value != value else value if abs(value) < math.inf else "none"
        kind = role, format, wraps
        if kind not in self._styles:
            self._styles[kind] = _styled(cell, *kind)
        cell._style = copy(self._styles[kind])
        return cell

    def linked(self, cell, target: str, row: int, column: int):
        """The cell as one that leads somewhere; openpyxl knows the place of such a cell only when it is told."""
        from openpyxl.styles import Font

        cell.row, cell.column = row, column
        cell.hyperlink = target
        if "link" not in self._styles:
            cell.font = Font(name=FONT, size=10, underline="single", color=ROLES["jump"].color)
            self._styles["link"] = cell._style
        cell._style = copy(self._styles["link"])
        return cell


def _styled(cell, name: str, format: str, wraps: bool):
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    role, side = ROLES[name], Side(style="thin", color=BORDER)
    cell.font = Font(name=FONT, size=role.size, bold=role.bold, italic=role.italic, color=role.color)
    if role.fill:
        cell.fill = PatternFill("solid", start_color=role.fill)
    if role.border:
        cell.border = Border(bottom=side, top=side, left=side, right=side)
    across = role.align or (None if format == "text" else "right")
    is_text = role.border and not across
    cell.alignment = Alignment(
        across or "left", "center", wrap_text=role.wrap or wraps or None, indent=1 if is_text else 0
    )
    cell.number_format = FORMATS[format]
    return cell._style


def _settled(plain: io.BytesIO, time: bytes) -> bytes:
    """A package with its times set, so that the same content has the same bytes."""
    with zipfile.ZipFile(plain) as source:
        return archive([*_members(source, time)])


def _members(source: zipfile.ZipFile, time: bytes) -> Iterator:
    for member in source.infolist():
        data = source.read(member)
        if member.filename == CORE:
            data = _TIMES.sub(rb"\g<1>" + time, data)
        yield packer(member.filename, b"", fast)([data])
