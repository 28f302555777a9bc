"""Blocks of cells before they are written: a formula, typed values or a text, with their look and their rule.

Values have three axes: the rows of the block, its columns, and the portfolios of one shape that are computed together.
"""

import datetime
import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from ...nodes import Context, letters
from .numbers import sheet_number

DIGITS = re.compile(r"(\d+)")
LEAST_RENDERED = 3
"""Rows from which on a column of formulas is rendered from its first two."""

TYPED_ROLES = ("input", "memo")
"""The roles of cells that a user may type into."""


class LayoutError(Exception):
    """A mistake of ours in laying out a workbook: it names the sheet and both of what does not fit together."""


class Rule(NamedTuple):
    """What may be typed into a cell: a list of words, a range of cells (a hint lets others in), bounds on a number, or a flag; and the message."""

    kind: str
    detail: object
    message: str

    def checked(self) -> "Rule":
        """The rule itself, or LayoutError where its kind is none."""
        if self.kind not in RULES:
            raise LayoutError(f"{self.kind!r} is no kind of rule; the kinds are {', '.join(RULES)}")
        return self


RULES = ("list", "range", "hint", "number", "flag")


class Style(NamedTuple):
    """How a cell looks: its role (see `theme`), its number format, and the condition that may colour it."""

    role: str
    format: str = "text"
    alarm: str = ""


class Block(NamedTuple):
    """A rectangle of cells with one formula, or with typed values when `node` is None.

    A formula gives "" where it is not `shown`. What is typed is the portfolio's own, or stands in every workbook.
    """

    row: int
    column: int
    node: object
    values: np.ndarray
    style: Style
    comment: str = ""
    rule: Rule | None = None
    is_single: tuple[bool, bool] = (True, True)
    shown: np.ndarray | None = None
    is_own: bool = False
    typed: str = ""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.values.shape[0], self.values.shape[1]

    @property
    def area(self) -> str:
        """The addresses of its corners, such as B3:B9."""
        rows, columns = self.shape
        first, last = f"{letters(self.column)}{self.row}", f"{letters(self.column + columns - 1)}{self.row + rows - 1}"
        return first if first == last else f"{first}:{last}"

    @property
    def is_filled(self) -> np.ndarray:
        """Which cells hold something, whatever it is."""
        return ~(np.equal(self.values, None) | (self.values != self.values)).astype(bool)

    def value(self, i: int, j: int, portfolio: int):
        """The value of one cell."""
        if self.shown is not None and not self.shown[i, j, min(portfolio, self.shown.shape[2] - 1)]:
            return ""
        return self.values[i, j, min(portfolio, self.values.shape[2] - 1)]

    def formulas(self, mode: str, sheet: str) -> list[list[str]]:
        """The formulas of all cells, row by row.

        Down a column formulas differ in the rows of their relative references alone, which grow with the row: two of them tell
        all others, which spares most of the rendering.
        """
        rows, columns = self.shape
        down = [_column(partial(self.formula, mode, sheet, j=j), rows) for j in range(columns)]
        return [[column[i] for column in down] for i in range(rows)]

    def formula(self, mode: str, sheet: str, i: int, j: int) -> str:
        """The formula of one cell of the block, with its leading =."""
        row, column = (None if single else k for single, k in zip(self.is_single, (i, j)))
        return "=" + self.node.render(Context(mode, sheet, row, column))[0]


def _column(formula: Callable[[int], str], rows: int) -> list[str]:
    """The formulas of so many rows, of which `formula` renders one."""
    if rows < LEAST_RENDERED:
        return [formula(i) for i in range(rows)]
    first, second = (DIGITS.split(formula(i)) for i in range(2))
    grows = [i for i, pair in enumerate(zip(first, second)) if pair[0] != pair[1]]
    if len(first) != len(second) or any(not first[i].isdigit() or int(second[i]) != int(first[i]) + 1 for i in grows):
        return [formula(i) for i in range(rows)]
    texts, starts = [], [int(first[i]) for i in grows]
    for row in range(rows):
        for i, start in zip(grows, starts):
            first[i] = str(start + row)
        texts.append("".join(first))
    return texts


def block_values(value, rows: int, columns: int) -> np.ndarray:
    """Values as an array with three axes; a flat list goes down the rows, or across when there is one row."""
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, (list, tuple)):
        value = [value]
    flat = np.empty(len(value), dtype=object)
    flat[:] = list(value)
    return flat.reshape(max(rows, 1), max(columns, 1), 1)


def full_shape(value, rows: int, columns: int) -> tuple[int, int, int]:
    """The full shape of a block whose values may be the same along an axis."""
    portfolios = np.shape(value)[2] if np.ndim(value) == 3 else 1
    return max(rows, 1), max(columns, 1), portfolios


def typed_numbers(values: np.ndarray) -> np.ndarray:
    """Typed values as a spreadsheet calculates with them; blanks and texts are NaN."""
    if not holds_text(values):
        try:
            return values.astype(float)
        except TypeError:
            pass  # there are times
    return np.array([_number(value) for value in values.flat], dtype=float).reshape(values.shape)


def holds_text(values: np.ndarray) -> bool:
    """Whether a text is among typed values."""
    return values.dtype == object and str in {*map(type, values.flat)}


def _number(value: object) -> float:
    return sheet_number(value) if isinstance(value, (int, float, datetime.datetime)) else np.nan
