"""Numbers as a sheet stores them: the shortest decimal that reads back as the same number; and times."""

import datetime
import json
import re

import numpy as np

try:
    import orjson
except ImportError:
    orjson = None


DAY_ZERO = datetime.datetime(1899, 12, 30)
"""Sheets store a time as the days since then, and a time of no day as one of this day."""


def sheet_number(value: float | datetime.datetime) -> float:
    """A number, TRUE or FALSE, or a time, as a sheet calculates with it."""
    if isinstance(value, datetime.datetime):
        return (value - DAY_ZERO).total_seconds() / 86400
    return float(value)


def time_text(value: datetime.datetime) -> str:
    """A time where a sheet can only show text: without its time of day at midnight, without its day if it has none."""
    return value.isoformat(" ").removeprefix(f"{DAY_ZERO:%Y-%m-%d} ").removesuffix(" 00:00:00")


def number_text(value: float) -> bytes:
    """A finite number, a whole one without a point."""
    return _canonical(repr(float(value) + 0.0).encode()).removesuffix(b".0")


def number_texts(values: np.ndarray) -> list[bytes]:
    """A row of finite numbers, each as `number_text` writes it."""
    if orjson is None:
        listed = _canonical(json.dumps(values.tolist(), separators=(",", ":")).encode())
    else:
        listed = orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)
    return (listed[1:-1] + b",").replace(b".0,", b",").split(b",")[:-1]


def _canonical(numbers: bytes) -> bytes:
    """Python's spelling as orjson's: 1e-05 is 0.00001, and 1e-07 is 1e-7."""
    if b"e-0" not in numbers:
        return numbers
    numbers = re.sub(rb"([0-9])\.?([0-9]*)e-05", rb"0.0000\1\2", numbers)
    return numbers.replace(b"e-0", b"e-")
