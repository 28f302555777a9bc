"""Rows of a table, whatever the table is stored in."""

import re
from typing import NamedTuple

MOST_COLUMNS, WIDE_ROWS = 200, 1000
"""Columns of a table; a sheet beside it may be wider in so many rows, as one with all assets and positions side by side is."""
EMPTY = "is empty; it needs a header row and at least one row below it"


class Row(NamedTuple):
    """One row: its number in the file, and its cells as text, numbers or None."""

    number: int
    cells: list


GROUPS = r"[1-9][0-9]{0,2}(\.[0-9]{3})+"
"""Digits whose points may stand for thousands, such as 60.000."""
_GROUPED = re.compile(rf"[+-]?{GROUPS}%?")


class Grouped(str):
    """A text such as 60.000, where a point may stand for thousands: sixty thousand or sixty."""


class Pointed(str):
    """A text with a comma in a table that spells decimals with a point: 1,200 is one thousand and two hundred."""


def read_grouped(cell):
    """A cell of a table whose points may stand for thousands: a text such as 60.000 is told apart."""
    return Grouped(cell) if isinstance(cell, str) and _GROUPED.fullmatch(cell) else cell


STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?", re.ASCII)


def safe_text(text: str) -> str:
    """A text as it is written into a CSV file: one that a spreadsheet would run as a formula has an apostrophe before it."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) and not _NUMBER.fullmatch(text) else text


def unsafe_text(text: str) -> str:
    """A text as it was before `safe_text`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(STARTS_A_FORMULA) else text


class Uncalculated(str):
    """A formula of a workbook that has no value in the file."""


class Unclear(str):
    """A cell as it was typed, with the rule that it breaks, found where more than the cell was looked at."""

    def __new__(cls, text: str, rule: str) -> "Unclear":
        made = super().__new__(cls, text)
        made.rule = rule
        return made

    def __getnewargs__(self) -> tuple[str, str]:
        return str(self), self.rule
