"""Whether a table of ours is spelled as ours are, so that it can be read row by row: no decimal commas, signs of currencies or totals."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from ..portfolio.fields import DOLLARS, HOLDING_FIELDS
from ..portfolio.tables import delimiter_of
from ..rows import Row
from .headings import coin_of, title
from .subtotals import says_total

AT_ONCE, OVERLAP = 4 * 2**20, 64
TOGETHER = 1000
_SIGNS = tuple(sign.encode() for sign in ("€", "£", "\u00a0", "\u202f", "\u2009"))
_DIGITS = b"0123456789"
_KINDS = bytes(
    0x30 if byte in _DIGITS else 0x61 if chr(byte).isalpha() or byte in b" '" else byte for byte in range(256)
)
"""Bytes by what they are: 0 is any digit, a any letter or what may stand between digits."""
_UNIT_BEHIND = b"0a"
_UNITS = re.compile(rb"""[0-9](?:[ '][0-9]{3}|[ ]?[A-Za-z]{2,6}[.]?[ ]?["\r\n,;\t])""")
_WORDS = (b"total", b"sum", b"gesamt", b"ergebnis", b"net worth")
_COMMA = re.compile(rb"[0-9],[0-9]")
_QUOTED_COMMA = re.compile(rb'"[-+( ]{0,2}[0-9][0-9. ]{0,15},[0-9]')


def is_ours(header: Sequence[str], cells: Sequence[object], notes: Sequence[str]) -> bool:
    """Whether a header, by normal names and as it is written, is that of a table of ours: known columns, each once, and dollars."""
    names = [name for name in header if name and name not in notes]
    if not {"asset", "coins"} <= {*names} <= {*HOLDING_FIELDS} or len({*names}) < len(names):
        return False
    if "account" in names and not {"venue", "contract", "face"} & {*names}:
        return False  # where coins lie, and no account of a position
    if any(name == "coins" and coin_of(title(cell)) for name, cell in zip(header, cells)):
        return False  # of one coin, as it says
    in_usd = [each for name, each in zip(header, map(title, cells)) if name in HOLDING_FIELDS and _is_price(name)]
    return all(each.unit in ("", *DOLLARS) for each in in_usd)


def _is_price(name: str) -> bool:
    return HOLDING_FIELDS[name].unit == "USD/coin"


def is_plain_text(path: Path) -> bool:
    """Whether a CSV file has nothing in it that has to be understood from the whole of it."""
    pattern = _QUOTED_COMMA if (told := delimiter_of(path)) == "," else _COMMA
    sign = b'"' if told == "," else b","
    before = b""
    with open(path, "rb") as file:
        while content := file.read(AT_ONCE):
            content = before + content
            if b"$" in content or not content.isascii() and any(each in content for each in _SIGNS):
                return False
            if _UNIT_BEHIND in content.translate(_KINDS) and _UNITS.search(content):
                return False
            if sign in content and pattern.search(content):
                return False
            lower = content.lower()
            if any(word in lower for word in _WORDS):
                return False
            before = content[-OVERLAP:]
    return True


def are_plain(header: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether the rows of a workbook have no text where numbers belong, and no total."""
    fields = [HOLDING_FIELDS.get(name) for name in header]
    for first in range(0, len(rows), TOGETHER):
        for field, cells in zip(fields, zip_longest(*(row.cells for row in rows[first : first + TOGETHER]))):
            if field and field.kind == "number" and any(issubclass(kind, str) for kind in {*map(type, cells)}):
                return False
            if field and field.name == "asset" and any(map(says_total, {*cells})):
                return False
    return True
