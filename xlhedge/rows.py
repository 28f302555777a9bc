"""Rows of a table, whatever the table is stored in."""

from typing import NamedTuple

MOST_COLUMNS = 200
EMPTY = "is empty; it needs a header row and at least one row below it"


class Row(NamedTuple):
    """One row: its number in the file, and its cells as text, numbers or None."""

    number: int
    cells: list


class Uncalculated(str):
    """A formula of a workbook that has no value in the file."""
