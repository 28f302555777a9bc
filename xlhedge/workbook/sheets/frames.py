"""What stands outside the frame of a table, or cannot be read in it: counted, so that a check can turn red."""

import numpy as np

from ...elementary import given, larger, total, where
from ...formula import Cell
from ...nodes import Ref, Template, Whole
from ...ranges import below as without_first
from ..grid.sheet import Sheet

ROWS_BELOW = 1000
"""How far below a table something typed is looked for."""


TEXTS = ("position", "type", "note")


def latest_time(time: Cell, above: Cell) -> Cell:
    """The latest time so far, this row's included."""
    return where(given(time), larger(time, above), above)


def out_of_frame(sheet: Sheet, typed: tuple, latest: Cell) -> Cell:
    """How many cells of a log are texts where a number is due, times before an earlier row's, or stand below its last row.

    `typed` are its columns by name, of which TEXTS hold text; `latest` the latest times, from the row that the state
    starts in or the one after it.
    """
    numbers = {name: column for name, column in typed._asdict().items() if name not in TEXTS}
    texts = sum(_texts(sheet, name, column) for name, column in numbers.items())
    time = typed.time if typed.time.node.rows == latest.node.rows else without_first(typed.time)
    falls = total(1.0 * both_each(given(time), time < latest))
    return texts + falls + beneath(typed[0], typed[-1])


def both_each(first: Cell, second: Cell) -> Cell:
    """Both conditions row by row, within a sum over whole columns."""
    return (1 * first) * (1 * second)


def _texts(sheet: Sheet, name: str, column: Cell) -> Cell:
    """How many cells that are typed under a name hold a text."""
    raw = next(block.values for block in sheet.blocks if block.typed == name)
    is_text = np.vectorize(lambda value: isinstance(value, str), otypes=[float])(raw)
    counted = is_text.sum(axis=0, keepdims=True)
    return Cell(Template("SUMPRODUCT(ISTEXT({0})*1)", (Whole(column.node),)), counted)


def beneath(first: Cell, last: Cell, rows: int = ROWS_BELOW) -> Cell:
    """How many cells below the last row of a table, told by its first and last column, hold anything; none do in what is built."""
    at = first.node
    area = Ref(at.sheet, at.column, at.row + at.rows, rows, last.node.column - at.column + 1)
    return Cell(Template("COUNTA({0})", (Whole(area),)), np.zeros((1, 1, 1)))
