"""A finished workbook as its parts: static ones, packed once, and sheets cut open at every cell that has a value of its own.

openpyxl writes formulas without values, so that viewers, phones and pandas would see blanks. Here every cell of a
formula, and every cell that belongs to the portfolio, is a slot that gets its value afterwards: for one workbook in
`filled`, for many in `stamp`. Times and the order of everything are fixed: the same values give the same bytes.
"""

import io
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from ..nodes import letters
from .book import Block, Book, Sheet
from .numbers import number_text

try:
    from isal import isal_zlib
except ImportError:
    isal_zlib = None

TITLE = "\ue000"
"""Stands for the title of the workbook in its template."""
SMALLEST_TAIL = 4096
"""Bytes after the last slot of a sheet that are worth packing on their own."""

_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_CELL = re.compile(
    rb'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?)(?: t="[a-z]+")?(?: ?/>|><f>(.*?)</f><v ?/?>(?:</v>)?</c>)', re.DOTALL
)
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_NEW_YEAR_1980 = (0, 33)
_UNIX, _VERSION, _DEFLATED, _READABLE = 3 << 8, 20, 8, 0o600 << 16


crc32 = isal_zlib.crc32 if isal_zlib is not None else zlib.crc32


class Slot(NamedTuple):
    """A cell to be filled: which cell of which block of the sheet, and its formula if it has one."""

    block: int
    i: int
    j: int
    formula: bytes | None


class Part(NamedTuple):
    """A member of the package: `pieces` of it with a slot between each two; a slot None is the title."""

    name: str
    pieces: list[bytes]
    slots: list[Slot | None]
    sheet: int | None = None


class Packed(NamedTuple):
    """A member as it stands in the archive."""

    name: bytes
    data: bytes
    crc: int
    size: int


def fast(data: bytes) -> bytes:
    """Data packed fast, by zlib: ISA-L is faster, but was seen to pack the same data in two ways, process by process."""
    return _deflated(data, 1)


def best(data: bytes) -> bytes:
    """Data packed small."""
    return _deflated(data, 9)


def _deflated(data: bytes, level: int, is_end: bool = True) -> bytes:
    packing = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packing.compress(data) + packing.flush(zlib.Z_FINISH if is_end else zlib.Z_SYNC_FLUSH)


def cut(content: bytes, book: Book) -> list[Part]:
    """The parts of a package that openpyxl wrote from the book."""
    sheets, parts = list(book.sheets.values()), []
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        for member in source.infolist():
            data, found = source.read(member), _SHEET.fullmatch(member.filename)
            if found:
                number = int(found[1]) - 1
                parts.append(Part(member.filename, *_cut_sheet(data, sheets[number]), number))
            elif member.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", data)
                parts.append(Part(member.filename, *_cut_title(data)))
            else:
                parts.append(Part(member.filename, [data], []))
    return parts


def settled(part: Part, blocks: Sequence[Block]) -> Part:
    """A part of which the slots are filled whose value is the same whichever portfolios the book was built from."""
    pieces, slots, texts = [], [], [part.pieces[0]]
    for slot, piece in zip(part.slots, part.pieces[1:]):
        block = blocks[slot.block]
        if block.values.shape[2] == 1 and (block.shown is None or block.shown.shape[2] == 1):
            texts += [content(slot, block.value(slot.i, slot.j, 0)), piece]
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
        texts = []
        for slot in part.slots:
            if slot is None:
                texts.append(escape(book.titles[portfolio]).encode())
            else:
                value = blocks[slot.block].value(slot.i, slot.j, portfolio)
                texts.append(content(slot, value))
        members.append(packer(part, best)(woven(part, texts)))
    return archive(members)


def _cut_sheet(data: bytes, sheet: Sheet) -> tuple[list[bytes], list[Slot]]:
    """Cut a sheet open at its formulas and at the cells of the portfolio."""
    places = {
        f"{letters(block.column + j)}{block.row + i}".encode(): Slot(number, i, j, None)
        for number, block in enumerate(sheet.blocks)
        if block.node is not None or block.is_own
        for i in range(block.shape[0])
        for j in range(block.shape[1])
    }
    pieces, slots, at = [], [], 0
    for cell in _CELL.finditer(data):
        address, style, formula = cell.groups()
        slot = places.get(address)
        if slot is None:
            continue
        pieces.append(b'%s<c r="%s"%s' % (data[at : cell.start()], address, style))
        slots.append(slot._replace(formula=formula))
        at = cell.end()
    return [*pieces, data[at:]], slots


def _cut_title(data: bytes) -> tuple[list[bytes], list[None]]:
    pieces = data.split(TITLE.encode())
    return pieces, [None] * (len(pieces) - 1)


def content(slot: Slot, value) -> bytes:
    """What follows the address and the style of a cell: its type, its formula, its value, its end."""
    if hasattr(value, "item"):
        value = value.item()
    if slot.formula is None:
        return typed_content(value)
    kind, text = cached_text(value)
    return b"%s><f>%s</f><v>%s</v></c>" % (kind, slot.formula, text)


def typed_content(value) -> bytes:
    """The rest of a typed cell; a blank one is None or NaN, and text stays text whatever it begins with."""
    if value is None or value != value:
        return b" />"
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


def woven(part: Part, texts: Iterable[bytes]) -> list[bytes]:
    """The pieces of a part with the texts of its slots between them."""
    whole = [b""] * (2 * len(part.pieces) - 1)
    whole[0::2], whole[1::2] = part.pieces, texts
    return whole


def packer(part: Part, deflate: Callable = fast) -> Callable[[list[bytes]], Packed]:
    """A function that packs what a part was woven to; a tail where nothing varies, if it is most
    of the part, is packed only once."""
    name, tail = part.name.encode(), part.pieces[-1] if part.slots else b""
    if len(tail) < max(SMALLEST_TAIL, sum(map(len, part.pieces[:-1]))):

        def pack(whole: list[bytes]) -> Packed:
            data = b"".join(whole)
            return Packed(name, deflate(data), crc32(data), len(data))

        return pack
    packed_tail = best(tail)

    def pack_head(whole: list[bytes]) -> Packed:
        data = b"".join(whole[:-1])
        size = len(data) + len(tail)
        return Packed(name, _deflated(data, 9, is_end=False) + packed_tail, crc32(tail, crc32(data)), size)

    return pack_head


def archive(members: list[Packed]) -> bytes:
    """The zip archive of packed members."""
    out, directory, at = [], [], 0
    for name, data, crc, size in members:
        shared = (_VERSION, 0, _DEFLATED, *_NEW_YEAR_1980, crc, len(data), size, len(name), 0)
        out += (_LOCAL.pack(b"PK\3\4", *shared), name, data)
        directory += (_CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, *shared, 0, 0, 0, _READABLE, at), name)
        at += _LOCAL.size + len(name) + len(data)
    length = sum(map(len, directory))
    end = _END.pack(b"PK\5\6", 0, 0, len(members), len(members), length, at, 0)
    return b"".join((*out, *directory, end))
