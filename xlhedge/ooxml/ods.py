"""Read the sheets of an OpenDocument spreadsheet (.ods), values only, once the guard has looked at the package."""

import datetime
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from ..errors import EXCEL_ERRORS, Unreadable
from ..rows import MOST_COLUMNS, Row, Uncalculated, read_grouped
from .area import ROWS
from .calamine import LARGEST_WHOLE, stripped
from .guard import Archive

CONTENT, MANIFEST, KIND = "content.xml", "META-INF/manifest.xml", "mimetype"
SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
MOST_CELLS = 10_000_000
"""Cells of all sheets: a few bytes may repeat one as often as they like."""
NUMBERS = ("float", "percentage", "currency")
CELLS = ("table-cell", "covered-table-cell")


class OdsSheet(NamedTuple):
    """A sheet: its title, whether it is visible, as openpyxl calls it, and its rows that hold anything."""

    title: str
    sheet_state: str
    rows: list[Row]


def is_ods(archive: Archive) -> bool:
    """Whether a package says that it is an OpenDocument spreadsheet."""
    return KIND in archive.parts and archive.read(KIND).startswith(SPREADSHEET)


@lru_cache(maxsize=1)
def ods_sheets(archive: Archive) -> list[OdsSheet]:
    """Every sheet of a spreadsheet; Unreadable where it is encrypted, damaged or too large."""
    if MANIFEST in archive.parts and b"encryption-data" in archive.read(MANIFEST):
        raise Unreadable(archive.name, "is protected by a password; save it without one")
    content = archive.read(CONTENT)
    archive.check_xml(CONTENT, content)
    found, parser = _Sheets(archive.name), expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.text
    parser.Parse(content, True)
    return [sheet._replace(sheet_state="hidden") if style in found.hidden else sheet for sheet, style in found.sheets]


class _Sheets:
    """Takes the elements of a document in their order; `sheets` are those met, each with the name of its style."""

    def __init__(self, name: str) -> None:
        self._name, self._open, self._style, self._count = name, [], "", 0
        self.sheets: list[tuple[OdsSheet, str]] = []
        self.hidden: set[str] = set()
        self._number, self._repeats, self._cells, self._at = 1, 1, [], 0
        self._told: dict[str, str] = {}
        self._lines: list[str] = []

    def start(self, name: str, told: dict[str, str]) -> None:
        """An element begins."""
        name = name.rpartition(" ")[2]
        inside, told = self._open[-1] if self._open else "", _plain(told)
        self._open.append(name)
        if name == "style":
            self._style = told.get("name", "")
        elif name == "table-properties" and told.get("display") == "false":
            self.hidden.add(self._style)
        elif name == "table":
            self.sheets.append((OdsSheet(told.get("name", ""), "visible", []), told.get("style-name", "")))
            self._number = 1
        elif name == "table-row":
            self._repeats, self._cells, self._at = _times(told, "number-rows-repeated"), [], 0
        elif name in CELLS:
            self._told, self._lines = told, []
        elif name == "p" and inside in CELLS:
            self._lines.append("")
        elif self._is_in_text():
            self.text({"s": " " * min(_times(told, "c"), 64), "tab": "\t", "line-break": "\n"}.get(name, ""))

    def text(self, text: str) -> None:
        """Characters, those of a cell's own paragraphs; a remark beside it has others."""
        if self._is_in_text():
            self._lines[-1] += text

    def end(self, name: str) -> None:
        """An element ends."""
        name = self._open.pop()
        if name in CELLS:
            self._cell()
        elif name == "table-row":
            self._row()

    def _is_in_text(self) -> bool:
        cell = next((at for at in range(len(self._open) - 1, -1, -1) if self._open[at] in CELLS), None)
        return cell is not None and self._open[cell + 1 : cell + 2] == ["p"]

    def _cell(self) -> None:
        value, times = (
            _value(self._told, "\n".join(self._lines), bool(self._lines)),
            _times(self._told, "number-columns-repeated"),
        )
        if value is not None:
            if self._at + times > MOST_COLUMNS:
                rule = f"has cells beyond column {MOST_COLUMNS}, which are not read"
                raise Unreadable(f"{self._name} {self.sheets[-1][0].title}", rule, self._number)
            self._cells += [None] * (self._at - len(self._cells)) + [value] * times
        self._at += times

    def _row(self) -> None:
        if self._cells:
            sheet, _ = self.sheets[-1]
            if self._number + self._repeats > ROWS + 1:
                raise Unreadable(f"{self._name} {sheet.title}", f"has more than {ROWS:,} rows")
            self._count += self._repeats * len(self._cells)
            if self._count > MOST_CELLS:
                raise Unreadable(self._name, f"has more than {MOST_CELLS:,} cells")
            sheet.rows.extend(Row(self._number + i, [*self._cells]) for i in range(self._repeats))
        self._number += self._repeats


def _plain(told: dict[str, str]) -> dict[str, str]:
    """The attributes of an element by their names; of two of a name that of the standard, whose namespaces are oasis."""
    return {name.rpartition(" ")[2]: value for name, value in sorted(told.items(), key=lambda each: "oasis" in each[0])}


def _times(told: dict[str, str], name: str) -> int:
    text = told.get(name, "1")
    return max(1, min(int(text), ROWS + 1)) if text.isascii() and text.isdigit() and len(text) < 12 else 1


def _value(told: dict[str, str], text: str, is_shown: bool) -> object:
    """The value of a cell; an amount in another currency than the dollar is a text that says so."""
    kind = told.get("value-type", "")
    if text.upper() in EXCEL_ERRORS:
        return text
    if kind in NUMBERS:
        number = float(told.get("value", "nan"))
        currency = told.get("currency", "USD")
        if currency != "USD":
            return f"{number:.15g} {currency}"
        return int(number) if number.is_integer() and abs(number) < LARGEST_WHOLE else number
    if kind == "boolean":
        return told.get("boolean-value") == "true"
    if kind == "date":
        return datetime.datetime.fromisoformat(told.get("date-value", ""))
    if "formula" in told and not kind and not is_shown:
        return Uncalculated(told["formula"])
    return read_grouped(stripped(told.get("string-value") or text))
