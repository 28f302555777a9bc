"""Whether a table of ours is spelled as ours are, so that it can be read row by row: no decimal commas, signs of currencies or totals."""

import re
from collections.abc import Sequence
from pathlib import Path

from ..portfolio.fields import DOLLARS, HOLDING_FIELDS
from ..portfolio.tables import delimiter_of
from ..rows import Row
from .headings import title
from .left_out import TOTALS

AT_ONCE, OVERLAP = 4 * 2**20, 64
_SIGNS = tuple(sign.encode() for sign in ("$", "€", "£", "\u00a0", "\u202f", "\u2009"))
_WORDS = (b"total", b"sum", b"gesamt", b"net worth")
_COMMA = re.compile(rb"[0-9],[0-9]")
_QUOTED_COMMA = re.compile(rb'"[-+( ]{0,2}[0-9][0-9. ]{0,15},[0-9]')


def is_ours(header: Sequence[str], cells: Sequence[object], notes: Sequence[str]) -> bool:
    """Whether a header, by normal names and as it is written, is that of a table of ours: known columns, each once, and dollars."""
    names = [name for name in header if name and name not in notes]
    if not {"asset", "coins"} <= {*names} <= {*HOLDING_FIELDS} or len({*names}) < len(names):
        return False
    if "account" in names and not {"venue", "contract", "face"} & {*names}:
        return False  # where coins lie, and no account of a position
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
            if any(each in content for each in _SIGNS) or (sign in content and pattern.search(content)):
                return False
            lower = content.lower()
            if any(word in lower for word in _WORDS):
                return False
            before = content[-OVERLAP:]
    return True


def are_plain(header: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether the rows of a workbook have no text where numbers belong, and no total."""
    asset = header.index("asset")
    if any(str(row.cells[asset]).strip(" :").lower() in TOTALS for row in rows if asset < len(row.cells)):
        return False
    numbers = [i for i, name in enumerate(header) if name in HOLDING_FIELDS and HOLDING_FIELDS[name].kind == "number"]
    return not any(i < len(row.cells) and isinstance(row.cells[i], str) for row in rows for i in numbers)
