"""Turn one cell into the value of its field, or say which rule it breaks."""

import datetime
import math
import re

from ..errors import EXCEL_ERRORS
from ..rows import Grouped, Pointed, Uncalculated, Unclear
from .fields import InputField
from .numerals import plain_text

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
SMALLEST = 1e-12
"""A number nearer to 0 than this is a slip, and quotients of such numbers overflow."""
LONGEST_TEXT = 64


class Broken(Exception):
    """A cell that breaks the rule of its field."""

    def __init__(self, rule: str) -> None:
        self.rule = rule


def read_value(field: InputField, cell: object):
    """The value of a cell; None when it is blank; `Broken` with the rule when it is wrong."""
    if isinstance(cell, str):
        if isinstance(cell, Uncalculated):
            raise Broken(
                "is a formula that was never calculated: open the file in a spreadsheet, save it and try again"
            )
        if isinstance(cell, Unclear):
            raise Broken(cell.rule)
        cell = cell if isinstance(cell, (Grouped, Pointed)) else cell.strip()
        if cell.startswith("#") and cell.upper() in EXCEL_ERRORS:
            raise Broken("is an error value: mend the formula that gives it")
    if cell is None or cell == "":
        return None
    return _READERS[field.kind](field, cell)


def _number(field: InputField, cell: object) -> float:
    value = _plain_number(field, cell)
    if not math.isfinite(value) or not all(field.domain.conditions(value)):
        raise Broken(field.rule)
    if 0 < abs(value) < SMALLEST:
        raise Broken(f"must not be nearer to 0 than {SMALLEST:g}")
    return value


def _plain_number(field: InputField, cell: object) -> float:
    """A number as it is typed in a sheet, written in text or formatted by a spreadsheet; 1,5 and 1.234,5 are refused."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        raise Broken("must be a plain number such as 1234.5")
    if isinstance(cell, Grouped):
        raise Broken(f"may have a point for thousands or for decimals: write {cell.replace('.', '')} or {_short(cell)}")
    if not isinstance(cell, str):
        return float(cell) if abs(cell) < 1e300 else math.inf
    text, share = _share(field, cell)
    if not _NUMBER.fullmatch(text):
        spelled = plain_text(cell, field.unit)
        if isinstance(spelled, Unclear):
            raise Broken(spelled.rule)
        text, share = _share(field, spelled or cell)
    if not _NUMBER.fullmatch(text):
        such = "0.2 or 20%" if field.is_fraction else "1234.5"
        raise Broken(f"must be a plain number such as {such}, with a point and no other separator or sign")
    return float(text) / 100 if share else float(text)


def _share(field: InputField, cell: str) -> tuple[str, bool]:
    """The number of a text, and whether it is in percent where that is a share."""
    is_share = cell.endswith("%") and field.is_fraction
    return (cell[:-1].strip() if is_share else cell), is_share


def _short(cell: str) -> str:
    """A number in groups of three digits, with its last point as the decimal one and a digit more or less behind it."""
    whole, _, decimals = cell.rpartition(".")
    digits = decimals.rstrip("%")
    short = digits.rstrip("0") or "0"
    return f"{whole.replace('.', '')}.{short if short != digits else digits + '0'}{decimals[len(digits) :]}"


def _numbers(field: InputField, cell: object) -> tuple[float, ...]:
    parts = [part for part in re.split(r"[;\s]+", cell) if part] if isinstance(cell, str) else [cell]
    if not 1 <= len(parts) <= 50:
        raise Broken("must be a list of 1 to 50 numbers")
    try:
        return tuple(_number(field, part) for part in parts)
    except Broken as broken:
        hint = "; a list has ; or spaces between its numbers" if len(parts) == 1 else ""
        raise Broken(broken.rule + hint) from None


def _text(field: InputField, cell: object) -> str:
    if isinstance(cell, (bool, datetime.date, datetime.time, datetime.timedelta)):
        raise Broken("must be text, not a date or TRUE: format the cell as text and type it again")
    text = f"{cell:.15g}" if isinstance(cell, float) else str(cell)
    if len(text) > LONGEST_TEXT or not text.isprintable():
        raise Broken(field.rule)
    return text


def _word(field: InputField, cell: object) -> str:
    word = str(cell).lower()
    if word not in field.choices:
        raise Broken(field.rule)
    return word


def _flag(field: InputField, cell: object) -> bool:
    word = f"{cell:g}" if isinstance(cell, float) else str(cell).lower()
    if word not in ("true", "false", "yes", "no", "1", "0"):
        raise Broken(field.rule)
    return word in ("true", "yes", "1")


def _time(field: InputField, cell: object) -> datetime.datetime:
    """A time in UTC; one with another offset is converted."""
    try:
        if isinstance(cell, datetime.datetime):
            time = cell
        elif isinstance(cell, datetime.date):
            time = datetime.datetime(cell.year, cell.month, cell.day)
        else:
            time = datetime.datetime.fromisoformat(str(cell).removesuffix("UTC").strip())
        return time if time.tzinfo is None else time.astimezone(datetime.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise Broken(field.rule) from None


_READERS = {
    "number": _number, "numbers": _numbers, "text": _text, "word": _word, "flag": _flag, "time": _time,
}  # fmt: skip
