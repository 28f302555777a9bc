"""Turn one cell into the value of its field, or say which rule it breaks."""

import datetime
import math
import re

from .fields import Field

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_TIMES = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
LONGEST_TEXT = 64


class Broken(Exception):
    """A cell that breaks the rule of its field."""

    def __init__(self, rule: str) -> None:
        self.rule = rule


def read_value(field: Field, cell: object):
    """The value of a cell; None when it is blank; `Broken` with the rule when it is wrong."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if isinstance(cell, str) and cell.startswith("#") and cell.rstrip("!?/A0").isupper():
        raise Broken("must not be an error value")
    return _READERS[field.kind](field, cell)


def _number(field: Field, cell: object) -> float:
    value = _plain_number(field, cell)
    if not math.isfinite(value) or not all(field.domain.conditions(value)):
        raise Broken(field.rule)
    return value


def _plain_number(field: Field, cell: object) -> float:
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        raise Broken("must be a plain number such as 1234.5")
    if not isinstance(cell, str):
        return float(cell)
    text = cell.strip()
    share = text.endswith("%") and field.unit.startswith("fraction")
    if share:
        text = text[:-1].strip()
    if not _NUMBER.fullmatch(text):
        raise Broken("must be a plain number such as 1234.5, with a point and no thousands separator")
    return float(text) / 100 if share else float(text)


def _numbers(field: Field, cell: object) -> tuple[float, ...]:
    parts = [part for part in re.split(r"[;\s]+", cell.strip()) if part] if isinstance(cell, str) else [cell]
    if len(parts) > 50:
        raise Broken("must be a list of at most 50 numbers")
    return tuple(_number(field, part) for part in parts)


def _text(field: Field, cell: object) -> str:
    text = f"{cell:g}" if isinstance(cell, float) else str(cell)
    text = text.strip()
    if len(text) > LONGEST_TEXT or any(not character.isprintable() for character in text):
        raise Broken(field.rule)
    return text


def _word(field: Field, cell: object) -> str:
    word = str(cell).strip().lower()
    if word not in field.choices:
        raise Broken(field.rule)
    return word


def _flag(field: Field, cell: object) -> bool:
    word = str(cell).strip().lower()
    if word not in ("true", "false", "yes", "no", "1", "0"):
        raise Broken(field.rule)
    return word in ("true", "yes", "1")


def _time(field: Field, cell: object) -> datetime.datetime:
    if isinstance(cell, datetime.datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, datetime.date):
        return datetime.datetime(cell.year, cell.month, cell.day)
    text = str(cell).strip().removesuffix("Z").removesuffix(" UTC")
    for form in _TIMES:
        try:
            return datetime.datetime.strptime(text, form)
        except ValueError:
            continue
    raise Broken(field.rule)


_READERS = {"number": _number, "numbers": _numbers, "text": _text, "word": _word, "flag": _flag, "time": _time}
