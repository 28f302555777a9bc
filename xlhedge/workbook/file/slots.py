"""A finished workbook as its parts: static ones, packed once, and sheets cut open at every cell that has a value of its own.

openpyxl writes formulas without values, so that viewers, phones and pandas would see blanks: it writes all but the cells,
which are put in here. Every cell of a formula, and every cell that belongs to the portfolio, is a slot that gets its value
afterwards: for one workbook in `filled`, for many in `stamp`. Times and the order of everything are fixed: the same values
give the same bytes.
"""

import datetime
import io
import math
import re
import zipfile
from collections.abc import Sequence
from itertools import count
from xml.sax.saxutils import escape, quoteattr

from ...nodes import letters, quoted
from ..grid.cells import Block
from ..grid.numbers import number_text, sheet_number, time_text
from ..grid.sheet import Book, Sheet
from ..portfolios import FORMULA_MARKS
from ...ooxml.as_written import CORE
from .charts import cut_chart, described, point
from .packing import archive, best, packer
from .part import Part, Place, Slot, Styled
from .printing import Printed, print_area, printed
from .shared import elements

TITLE, TIME = "\ue000", "\ue001"
"""Stand for the title of the workbook and the time of its prices in its template."""

_OWN = re.compile(f"({TITLE}|{TIME})")
_PRINT_AREA = re.compile(rb'<definedName name="_xlnm.Print_Area" localSheetId="(\d+)"[^>]*>[^<]*</definedName>')

NO_CELLS, NO_AREA = re.compile(rb"<sheetData ?/>|<sheetData></sheetData>"), b'ref="A1:A1"'
"""How openpyxl writes a sheet without cells."""

WORKBOOK = "xl/workbook.xml"
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_CHART = re.compile(r"xl/charts/chart(\d+)\.xml")
_DRAWING = re.compile(r"xl/drawings/drawing\d+\.xml")

IGNORED = b'<ignoredErrors><ignoredError sqref="A1:XFD1048576" formula="1" formulaRange="1" unlockedFormula="1" /></ignoredErrors>'
"""Green corners that Excel need not show: formulas that differ from their neighbours, or leave some of them out, on purpose."""

_AFTER_IGNORED = re.compile(rb"<drawing |<legacyDrawing |<tableParts |</worksheet>")


def cut(content: bytes, book: Book, styled: Sequence[Styled]) -> list[Part]:
    """The parts of a package that openpyxl wrote from the book without its cells, which are given by sheet."""
    sheets, parts = list(book.sheets.values()), []
    charts = [(number, chart) for number, sheet in enumerate(sheets) for chart in sheet.charts]
    in_drawings = iter([chart for _, chart in charts])
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        for member in source.infolist():
            data, found = source.read(member), _SHEET.fullmatch(member.filename)
            if found:
                number = int(found[1]) - 1
                data = _with_jumps(_without_corners(data), sheets[number])
                parts.append(
                    Part(member.filename, *_cut_sheet(data, sheets[number], book.mode, styled[number]), number)
                )
            elif is_chart := _CHART.fullmatch(member.filename):
                number, _ = charts[int(is_chart[1]) - 1]
                parts.append(Part(member.filename, *cut_chart(data, sheets[number]), number))
            elif _DRAWING.fullmatch(member.filename):
                parts.append(Part(member.filename, [described(data, in_drawings)], []))
            elif member.filename == WORKBOOK:
                pieces = _PRINT_AREA.split(data)
                plans = [printed(sheets[int(number)], int(number)) for number in pieces[1::2]]
                parts.append(Part(member.filename, pieces[::2], plans))
            elif member.filename == CORE:
                data = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + TIME.encode(), data)
                parts.append(Part(member.filename, *_cut_own(data)))
            else:
                parts.append(Part(member.filename, [data], []))
    return parts


def settled(part: Part, blocks: Sequence[Block]) -> Part:
    """A part of which the slots are filled whose value is the same whichever portfolios the book was built from."""
    pieces, slots, texts = [], [], [part.pieces[0]]
    for slot, piece in zip(part.slots, part.pieces[1:]):
        block = blocks[slot.block]
        if block.values.shape[2] == 1 and (block.shown is None or block.shown.shape[2] == 1):
            texts += [content(slot, block, block.value(slot.i, slot.j, 0)), piece]
        else:
            pieces.append(b"".join(texts))
            slots.append(slot)
            texts = [piece]
    return part._replace(pieces=[*pieces, b"".join(texts)], slots=slots)


def filled(parts: list[Part], book: Book, portfolio: int) -> bytes:
    """The finished package with the values of one portfolio."""
    sheets, members = list(book.sheets.values()), []
    for part in parts:
        blocks = sheets[part.sheet].blocks if part.sheet is not None else ()
        texts = [
            own_text(slot, book, portfolio)
            if isinstance(slot, (str, Printed))
            else content(slot, blocks[slot.block], blocks[slot.block].value(slot.i, slot.j, portfolio))
            for slot in part.slots
        ]
        members.append(packer(part.name, part.tail, best)(woven(part.pieces, texts)))
    return archive(members)


def places(sheet: Sheet) -> list[Place]:
    """The cells of a sheet row by row, from left to right."""
    found: list[Place] = []
    for number, block in enumerate(sheet.blocks):
        rows, columns = block.shape
        found += (Place(block.row + i, block.column + j, number, i, j) for i in range(rows) for j in range(columns))
    return sorted(found)


def stays_text(block: Block, place: Place) -> bool:
    """Whether what is typed into a cell is a text that looks like a formula."""
    value = block.value(place.i, place.j, 0) if block.node is None else None
    return isinstance(value, str) and value.startswith(FORMULA_MARKS)


def _cut_sheet(data: bytes, sheet: Sheet, mode: str, styled: Styled) -> tuple[list[bytes], list[Slot]]:
    """Put the cells into a sheet, cut open at its formulas and at the cells of the portfolio."""
    head, tail = NO_CELLS.split(data)
    number = count().__next__
    formulas = [
        elements(block, block.formulas(mode, sheet.name), mode, number) if block.node is not None else None
        for block in sheet.blocks
    ]
    pieces, slots, texts, row = [], [], [head.replace(NO_AREA, _area(styled), 1), b"<sheetData>"], 0
    for place, style in styled:
        block, formula = sheet.blocks[place.block], formulas[place.block]
        if place.row != row:
            texts.append(b'%s<row r="%d"%s>' % (b"</row>" if row else b"", row := place.row, _folded(sheet, place.row)))
        texts.append(b'<c r="%s%d" s="%d"' % (letters(place.column).encode(), row, style))
        if block.node is None and not block.is_own:
            texts.append(typed_content(block.value(place.i, place.j, 0), block.style.format))
        else:
            slots.append(Slot(place.block, place.i, place.j, formula[place.i][place.j] if formula else None))
            pieces.append(b"".join(texts))
            texts = []
    return [*pieces, b"".join([*texts, b"</row></sheetData>", tail])], slots


def _folded(sheet: Sheet, row: int) -> bytes:
    """The attributes of a row that is folded away, and of the title that opens such rows."""
    if any(row in rows for rows in sheet.folded):
        return b' hidden="1" outlineLevel="1"'
    return b' collapsed="1"' if any(row == rows.start - 1 for rows in sheet.folded) else b""


def _area(styled: Styled) -> bytes:
    """The attribute that tells which rectangle holds all cells."""
    left, right = (letters(end(place.column for place, _ in styled)) for end in (min, max))
    return f'ref="{left}{styled[0][0].row}:{right}{styled[-1][0].row}"'.encode()


def _without_corners(data: bytes) -> bytes:
    at = [*_AFTER_IGNORED.finditer(data)][0].start()
    return data[:at] + IGNORED + data[at:]


def _with_jumps(data: bytes, sheet: Sheet) -> bytes:
    """A sheet whose cells lead to others; Google Sheets keeps such links, and drops those of the function HYPERLINK."""
    if not sheet.jumps:
        return data
    links = "".join(
        f"<hyperlink ref={quoteattr(cell)} location={quoteattr(f'{quoted(name)}!A1')} display={quoteattr(name)} />"
        for cell, name in sheet.jumps.items()
    )
    return data.replace(b"<pageMargins", f"<hyperlinks>{links}</hyperlinks><pageMargins".encode(), 1)


def _cut_own(data: bytes) -> tuple[list[bytes], list[str]]:
    pieces = _OWN.split(data.decode())
    return [piece.encode() for piece in pieces[::2]], pieces[1::2]


def own_text(slot: str | Printed, book: Book, portfolio: int) -> bytes:
    """The title of a portfolio's workbook, the time of its prices, or a print area, as the parts of a file spell them."""
    if slot == TITLE:
        return escape(book.titles[portfolio]).encode()
    if isinstance(slot, Printed):
        area = print_area([*book.sheets.values()][slot.sheet], slot, portfolio)
        name = f'<definedName name="_xlnm.Print_Area" localSheetId="{slot.sheet}">{escape(area)}</definedName>'
        return name.encode() if area else b""
    return f"{book.times[portfolio]:%Y-%m-%dT%H:%M:%SZ}".encode()


def content(slot: Slot, block: Block, value) -> bytes:
    """What follows the address and the style of a cell: its type, its formula, its value, its end."""
    if hasattr(value, "item"):
        value = value.item()
    if slot.point is not None:
        return point(slot.point, value)
    if slot.formula is None:
        return typed_content(value, block.style.format)
    kind, text = cached_text(value)
    return b"%s>%s<v>%s</v></c>" % (kind, slot.formula, text)


def typed_content(value, format: str) -> bytes:
    """The rest of a typed cell; a blank one is None, NaN or "", and text stays text whatever it begins with."""
    if value is None or value != value or (isinstance(value, str) and not value):
        return b" />"
    if format not in ("text", "flag") and not isinstance(value, str):
        value = sheet_number(value)
    if isinstance(value, datetime.datetime):
        value = time_text(value)
    if value == math.inf:
        value = "none"
    if isinstance(value, str):
        space = ' xml:space="preserve"' if value != value.strip() else ""
        return f' t="inlineStr"><is><t{space}>{escape(value)}</t></is></c>'.encode()
    kind, text = cached_text(value)
    return b"%s><v>%s</v></c>" % (kind or b' t="n"', text)


def cached_text(value) -> tuple[bytes, bytes]:
    """A value as a cell's type attribute and content: numbers, text, TRUE and FALSE, "none" and errors."""
    if isinstance(value, bool):
        return b' t="b"', b"1" if value else b"0"
    if isinstance(value, str):
        return b' t="str"', escape(value).encode()
    if math.isnan(value) or value == -math.inf:
        return b' t="e"', b"#NUM!"
    if value == math.inf:
        return b' t="str"', b"none"
    return b"", number_text(value)


def woven(pieces: Sequence[bytes], texts: Sequence[bytes]) -> list[bytes]:
    """The pieces of a part with the texts of its slots between them."""
    whole = [b""] * (len(pieces) + len(texts))
    whole[0::2], whole[1::2] = pieces, texts
    return whole
