"""A table that is an Excel table object too: its header texts are its columns' names, so that its units stand above them."""

from typing import NamedTuple

from .book import Columns, Sheet


class TableObject(NamedTuple):
    """An Excel table: its name, the names of its columns, and where its header and its rows are.

    It has no filter buttons: its rows follow those of Inputs, so that sorting them here would mislead.
    """

    name: str
    headers: tuple[str, ...]
    row: int
    column: int
    rows: int


class NamedColumns(Columns):
    """A table laid out column by column: unit, header, then a block of rows; `close` makes it a table object."""

    def __init__(self, sheet: Sheet, row: int, rows: int) -> None:
        super().__init__(sheet, row, rows, may_be_blank=True)
        self._start, self._headers = self.column, []

    def _head(self, header: str, unit: str, width: float) -> int:
        column, self.column = self.column, self.column + 1
        self.sheet.text(self.row, column, unit, "unit")
        self.sheet.text(self.row + 1, column, header, "header")
        self.sheet.widths[column] = max(width, self.sheet.widths.get(column, 0))
        self._headers.append(header)
        return column

    def close(self, name: str) -> None:
        """All columns are there: make them a table object of this name."""
        self.sheet.tables.append(TableObject(name, tuple(self._headers), self.row + 1, self._start, self.rows))
