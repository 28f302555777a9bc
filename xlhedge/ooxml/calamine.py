"""Read sheets with python-calamine, many times as fast as openpyxl, where both would say the same.

Only parts that were looked at reach it, in an archive of their own that cannot unpack to more than they are. What it
leaves out or holds in memory at once (formulas without a value, error values, amounts of money by their format, far cells,
long texts) is openpyxl's.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from defusedxml.ElementTree import fromstring

from ..rows import MOST_COLUMNS, WIDE_ROWS, Row, read_grouped
from .area import column_number
from .guard import DEEPEST, TYPES, Archive
from .money import shows_money

BOOK, RELATIONS, TEXTS, STYLES = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
)
INDEX = (TYPES, "_rels/.rels", BOOK, RELATIONS)
MOST_TEXT = 256 * 2**20  # characters, if every cell held the longest text
LONG = 2048
BLANKS = (b" ", b"\n", b"\t", b"\r")
MOST_LOOKED_THROUGH = 8 * 2**20
MOST_STORED = 32 * 2**20
"""Bytes of all parts up to which they need not be packed once more."""
MOST_AREA = 2_000_000
LARGEST_WHOLE = 1e16  # from here on whole numbers are written with an exponent

_FORMULA = rb"""(?:<(?:\w+:)?f\b[^<>]*>[^<]*</(?:\w+:)?f>|<(?:\w+:)?f\b[^<>]*/>)\s*"""
_NOTHING = rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)"""
_TEXT_KIND = rb"""\bt=["']str["']"""
_BLANK = re.compile(
    rb"""<(?:\w+:)?c\b(?=[^<>]*%b)[^<>]*\br=["']([A-Z]+)([0-9]+)["'][^<>]*>\s*%b%b""" % (_TEXT_KIND, _FORMULA, _NOTHING)
)
_BLANK_TEXT = re.compile(rb"""%b[^<>]*>\s*%b%b""" % (_TEXT_KIND, _FORMULA, _NOTHING))
_SPACED = {blank: re.compile(blank + rb"""=\s*["']""") for blank in BLANKS}
_SPACED_BEHIND = re.compile(rb"""=\s+["']""")
"""Each begins with what a search is quick for."""
_ESCAPE = re.compile(rb"_x[0-9A-Fa-f]{4}_")
_UNPLACED = re.compile(rb"<c\b(?![^<>]*\br=)")
_NO_VALUE = (
    re.compile(rb"</f>(?!\s*<v>[^<]+</v>\s*</c>)"),
    re.compile(rb"<f [^<>]*/>(?!\s*<v>[^<]+</v>\s*</c>)"),
)
_DEEP = re.compile(rb"</[^<>]*>[^<]*(?:</[^<>]*>[^<]*){%d}" % DEEPEST)
_FAR = (re.compile(rb'r="(?:[A-Z]{3}|[H-Z][A-Z]|G[S-Z])'), re.compile(rb'r="[A-Z]*[0-9]{5}'))
_PLACE = re.compile(rb"""\br=["']([A-Z]*)([0-9]*)["']""")
_TEXT = re.compile(rb">([^<]*)<")


class Page(NamedTuple):
    """A worksheet of an archive."""

    title: str
    sheet_state: str
    part: str


def pages(archive: Archive) -> list[Page] | None:
    """The worksheets, or None where the archive is not laid out as is usual."""
    if not archive.parts.keys() >= {*INDEX}:
        return None
    targets = {}
    for each in fromstring(archive.read(RELATIONS)):
        kind, target = each.get("Type", "").rpartition("/")[2], each.get("Target", "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        usual = {"sharedStrings": TEXTS, "styles": STYLES}.get(kind, part)
        if part != usual or each.get("TargetMode") == "External":
            return None
        targets[each.get("Id")] = kind, part
    found = []
    for each in fromstring(archive.read(BOOK)).iter():
        if each.tag.endswith("}sheet"):
            identity = next((value for key, value in each.attrib.items() if key.endswith("}id")), None)
            kind, part = targets.get(identity, ("", ""))
            if kind == "worksheet":
                found.append(Page(each.get("name", ""), each.get("state", "visible"), part))
    return found if all(page.part in archive.parts for page in found) else None


def blank_texts(content: bytes) -> set[tuple[int, int]]:
    """The cells, by row and column from 1, whose formulas give an empty text."""
    return {(int(found[2]), column_number(found[1].decode())) for found in _BLANK.finditer(content)}


def calamine_rows(archive: Archive, chosen: dict[str, Page]) -> dict[str, Iterator[Row]] | None:
    """The rows of some sheets, or None when openpyxl must read them."""
    try:
        import python_calamine  # noqa: F401
    except ImportError:
        return None
    parts = {part: archive.read(part) for part in (*INDEX, TEXTS, STYLES) if part in archive.parts}
    longest = max((len(found[1]) for found in _TEXT.finditer(parts.get(TEXTS, b""))), default=0)
    if any(_is_odd(parts[part]) for part in (TEXTS, STYLES) if part in parts) or shows_money(parts.get(STYLES, b"")):
        return None
    for i, page in enumerate(chosen.values()):
        parts[page.part] = archive.read(page.part)
        if _is_odd(parts[page.part]) or not _is_small(parts[page.part], longest, wide=WIDE_ROWS if i else 0):
            return None
    plain = io.BytesIO()
    is_large = sum(map(len, parts.values())) > MOST_STORED
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED if is_large else zipfile.ZIP_STORED, compresslevel=1) as out:
        for part in [*parts]:
            out.writestr(part, parts.pop(part))  # one copy at a time of what may be large
    return _calamine(plain, chosen)


def _is_odd(content: bytes) -> bool:
    """Whether a part holds what the two readers tell differently, or what is not looked for in every spelling."""
    if any(sign in content for sign in (b't="e"', b"t='e'", b"<!DOCTYPE", b"\0")):
        return True
    if any(blank + b"=" in content and _SPACED[blank].search(content) for blank in BLANKS):
        return True
    if _SPACED_BEHIND.search(content):
        return True
    if b"_x" in content and _ESCAPE.search(content):
        return True
    if b":c" in content or _UNPLACED.search(content):
        return True
    without = sum(1 for each in _NO_VALUE for _ in each.finditer(content))
    if without and without > sum(1 for _ in _BLANK_TEXT.finditer(content)):
        return True  # a formula that was never calculated
    try:
        expat.ParserCreate().Parse(content, True)  # calamine makes what it can of broken XML
    except expat.ExpatError:
        return True
    return len(content) < MOST_LOOKED_THROUGH and _DEEP.search(content) is not None  # calamine minds no depth


def _calamine(plain: io.BytesIO, chosen: dict[str, Page]) -> dict[str, Iterator[Row]] | None:
    from python_calamine import CalamineError, CalamineWorkbook

    plain.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(plain)
        sheets = {key: book.get_sheet_by_name(page.title) for key, page in chosen.items()}
    except (CalamineError, OSError, ValueError):
        return None  # openpyxl says what is wrong
    return {key: _rows(sheet) for key, sheet in sheets.items()}


def _rows(sheet) -> Iterator[Row]:
    if sheet.start is None:
        return
    before = [None] * sheet.start[1]  # blank columns are left out, blank rows are not
    for number, cells in enumerate(sheet.iter_rows(), 1):
        found = [*before, *map(_cell, cells)]
        if found.count(None) < len(found):
            yield Row(number, found)


def _cell(value: object) -> object:
    """A value as openpyxl would give it."""
    kind = type(value)
    if kind is str:
        return read_grouped(stripped(value)) if "." in value else stripped(value)
    if kind is float:
        return int(value) if value.is_integer() and abs(value) < LARGEST_WHOLE else value
    if kind is datetime.date:
        return datetime.datetime(value.year, value.month, value.day)
    return value


def stripped(text: str) -> str | None:
    """A text as a cell: no blanks around it, and None for none; what no field can hold is cut off."""
    return (text.strip() if len(text) <= LONG else _cut(text)) or None


@lru_cache(maxsize=16)
def _cut(text: str) -> str:
    """The beginning of a long text; a million cells may share one, so it must be made once."""
    return text.strip()[:LONG]


def _is_small(content: bytes, longest: int, wide: int) -> bool:
    """Whether the cells, the blank ones between them included, and their texts fit in memory; of so many rows wide ones too."""
    count = content.count(b"<")
    if count * longest > MOST_TEXT:
        return False
    if b"r='" not in content and not any(far.search(content) for far in _FAR):
        return True  # at most 200 columns and 9,999 rows
    widest, lowest, count = b"", 0, 0
    for found in _PLACE.finditer(content):
        column, row = found.groups()
        count += 1
        if len(row) > 7:
            return False
        if (len(column), column) > (len(widest), widest):
            widest = column
        lowest = max(lowest, int(row or 0))
    width = column_number(widest.decode())
    return (width <= MOST_COLUMNS or lowest <= wide) and lowest * max(width, 1) <= MOST_AREA + 8 * count
