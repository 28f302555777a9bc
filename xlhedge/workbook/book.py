"""A workbook before it is written: sheets of blocks, each block one formula (or input, or text) with its values.

Values have three axes: the rows of the block, its columns, and the portfolios of one shape that are computed together.
"""

import datetime
from typing import NamedTuple

import numpy as np

from ..elementary import total
from ..formula import Cell, as_cell
from ..nodes import Context, Name, Ref, called, letters
from .numbers import number
from .told import Told

LEAST_WIDTH = {"coin": 18, "usd": 15, "usd2": 16, "contracts": 15, "limit": 15, "price": 14}
"""Widths that numbers of a format need: ten million coins of a cheap asset, ten thousand million USD."""


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
    validation: tuple = ()
    is_single: tuple[bool, bool] = (True, True)
    shown: np.ndarray | None = None
    is_own: bool = False

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.values.shape[0], self.values.shape[1]

    @property
    def is_filled(self) -> np.ndarray:
        """Which cells hold something, whatever it is."""
        return ~(np.equal(self.values, None) | (self.values != self.values)).astype(bool)

    def value(self, i: int, j: int, portfolio: int):
        """The value of one cell."""
        if self.shown is not None and not self.shown[i, j, min(portfolio, self.shown.shape[2] - 1)]:
            return ""
        return self.values[i, j, min(portfolio, self.values.shape[2] - 1)]

    def formula(self, mode: str, sheet: str, i: int, j: int) -> str:
        """The formula of one cell of the block, with its leading =."""
        row, column = (None if single else k for single, k in zip(self.is_single, (i, j)))
        return "=" + self.node.render(Context(mode, sheet, row, column))[0]


class Chart(NamedTuple):
    """A line, scatter or bars chart over rows of a sheet: categories, series (title and column), titles and place."""

    kind: str
    title: str
    x_title: str
    y_title: str
    categories: Ref
    series: tuple[tuple[str, Ref], ...]
    anchor: str


class Sheet:
    """One sheet: blocks, column widths, charts, table objects and print settings."""

    def __init__(self, name: str, purpose: str) -> None:
        self.name, self.purpose = name, purpose
        self.blocks: list[Block] = []
        self.widths: dict[int, float] = {}
        self.charts: list[Chart] = []
        self.scales: list[Ref] = []
        self.hidden_rows: list[Columns] = []
        self.tables: list = []
        self.freeze = ""
        self.flag_column = 8
        self.landscape = True
        self.breaks: list[int] = []
        self.scale = 100
        self.told: tuple[Told | None, ...] = ()

    def text(self, row: int, column: int, text: str | np.ndarray | None, role: str = "label") -> None:
        """A fixed text, or one for each portfolio; None is a blank cell that only looks like its neighbours."""
        is_own = isinstance(text, np.ndarray)
        if role in ("header", "section"):
            for told in filter(None, self.told):
                told.check_layout(row, column, text or "")
        self.blocks.append(Block(row, column, None, _block_values(text, 1, 1), Style(role), is_own=is_own))

    def typed(
        self, row, column, value, style: Style, *, rows=0, columns=0, comment="", validation=(), blank=np.nan
    ) -> Cell:
        """Values that a user types; None is a blank cell, which counts as "" among texts and as `blank` among numbers.

        A spreadsheet counts a blank as 0 in arithmetic: `blank` must be 0 where formulas use it without asking.
        """
        raw, is_own = _block_values(value, rows, columns), isinstance(value, np.ndarray)
        if style.role == "input" and any(self.told):
            is_asset = validation[:1] == ("range",)
            raw, is_own = self._as_told(raw, row, column, style.format, is_asset), True
        if style.format not in ("text", "flag"):
            numbers = _numbers(raw)
            raw = raw if _holds_text(raw) else numbers
        self.blocks.append(Block(row, column, None, raw, style, comment, validation, is_own=is_own))
        if style.format == "text":
            values = np.where(np.equal(raw, None), "", raw)
        elif style.format == "flag":
            values = raw.astype(bool)
        else:
            values = np.where(np.equal(raw, None) | (raw != raw), blank, numbers)
        return Cell(Ref(self.name, column, row, rows, columns), values)

    def _as_told(self, first: np.ndarray, row: int, column: int, format: str, is_asset: bool) -> np.ndarray:
        """What was typed into the workbooks that the portfolios were read from, else what is typed at first."""
        raw = np.array(np.broadcast_to(first, (*first.shape[:2], len(self.told))), dtype=object)
        raw[raw != raw] = None  # noqa: PLR0124 - blanks among numbers
        for k, told in enumerate(self.told):
            if told is not None:
                raw[:, :, k] = told.over(raw[:, :, k], row, column, format, is_asset)
        return raw

    def computed(self, row, column, cell, style: Style, *, rows=0, columns=0, shown=None) -> Cell:
        """A formula over a block, with "" where it is not `shown`; the result refers to the block."""
        cell = as_cell(cell)
        values = np.broadcast_to(np.asarray(cell.value), _shape(cell.value, rows, columns))
        if shown is not None:
            shown = np.broadcast_to(shown, values.shape)
        is_single = (rows == 0, columns == 0)
        self.blocks.append(Block(row, column, cell.node, values, style, is_single=is_single, shown=shown))
        return Cell(Ref(self.name, column, row, rows, columns), values)


def _numbers(values: np.ndarray) -> np.ndarray:
    """Typed values as a spreadsheet calculates with them; blanks and texts are NaN."""
    if not _holds_text(values):
        try:
            return values.astype(float)
        except TypeError:
            pass  # there are times
    return np.array([_number(value) for value in values.flat], dtype=float).reshape(values.shape)


def _holds_text(values: np.ndarray) -> bool:
    return values.dtype == object and str in {*map(type, values.flat)}


def _number(value: object) -> float:
    return number(value) if isinstance(value, (int, float, datetime.datetime)) else np.nan


def _shape(value, rows: int, columns: int) -> tuple[int, int, int]:
    """The full shape of a block whose values may be the same along an axis."""
    portfolios = np.shape(value)[2] if np.ndim(value) == 3 else 1
    return max(rows, 1), max(columns, 1), portfolios


def _block_values(value, rows: int, columns: int) -> np.ndarray:
    """Values as an array with three axes; a flat list goes down the rows, or across when there is one row."""
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, (list, tuple)):
        value = [value]
    flat = np.empty(len(value), dtype=object)
    flat[:] = list(value)
    return flat.reshape(max(rows, 1), max(columns, 1), 1)


class Columns:
    """A table laid out column by column: header, unit, then a block of rows.

    With `may_be_blank` the computed cells of a row are hidden while its first cell is blank.
    """

    def __init__(self, sheet: Sheet, row: int, rows: int, column: int = 1, *, may_be_blank: bool = False) -> None:
        self.sheet, self.row, self.rows, self.column = sheet, row, rows, column
        if may_be_blank:
            sheet.hidden_rows.append(self)

    @property
    def first(self) -> int:
        """The first row below header and unit."""
        return self.row + 2

    def typed(self, header: str, unit: str, values, format: str, *, width=13, role="input", alarm="", **how) -> Cell:
        """A column of typed values; `how` is passed on to Sheet.typed."""
        column = self._head(header, unit, max(width, LEAST_WIDTH.get(format, 0)))
        return self.sheet.typed(self.first, column, values, Style(role, format, alarm), rows=self.rows, **how)

    def computed(self, header: str, unit: str, cell, format: str, *, width=13, alarm="", role="calc") -> Cell:
        """A column of one formula."""
        column = self._head(header, unit, max(width, LEAST_WIDTH.get(format, 0)))
        return self.sheet.computed(self.first, column, cell, Style(role, format, alarm), rows=self.rows)

    def total(self, cell: Cell, format: str, row: int | None = None) -> Cell:
        """A total below a column of the table."""
        return self.sheet.computed(row or self.first + self.rows, cell.node.column, total(cell), Style("total", format))

    def _head(self, header: str, unit: str, width: float) -> int:
        column, self.column = self.column, self.column + 1
        self.sheet.text(self.row, column, header, "header")
        self.sheet.text(self.row + 1, column, unit, "unit")
        self.sheet.widths[column] = max(width, self.sheet.widths.get(column, 0))
        return column


class Book:
    """A workbook: sheets in order, defined names, the mode of its formulas, and how many portfolios it holds."""

    def __init__(self, mode: str = "native") -> None:
        self.mode = mode
        self.count = 1
        self.sheets: dict[str, Sheet] = {}
        self.names: dict[str, Ref] = {}
        self.titles = ["xlhedge"]
        self.figures: dict[str, np.ndarray] = {}
        self.told: dict[str, tuple[Told | None, ...]] = {}
        self.room = 0

    def sheet(self, name: str, purpose: str) -> Sheet:
        """A new sheet."""
        self.sheets[name] = Sheet(name, purpose)
        self.sheets[name].told = self.told.get(name, ())
        return self.sheets[name]

    def formulas(self) -> dict[str, dict[str, str]]:
        """The text of every formula by sheet and address."""
        return {
            sheet.name: {
                f"{letters(block.column + j)}{block.row + i}": block.formula(self.mode, sheet.name, i, j)
                for block in sheet.blocks if block.node is not None
                for i, j in np.ndindex(block.shape)
            }
            for sheet in self.sheets.values()
        }  # fmt: skip

    def functions(self) -> list[str]:
        """The worksheet functions that the formulas call."""
        blocks = (block for sheet in self.sheets.values() for block in sheet.blocks if block.node is not None)
        return sorted(set().union(*(called(block.node) for block in blocks)))

    def named(self, name: str, cell: Cell) -> Cell:
        """Give a cell a defined name; formulas then use the name."""
        self.names[name] = cell.node
        return Cell(Name(name), cell.value)
