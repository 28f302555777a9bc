"""Tables laid out column by column."""

from typing import NamedTuple

from ...elementary import total
from ...formula import Cell
from ...ranges import hidden_unless
from .cells import Style
from .sheet import LEAST_WIDTH, Sheet
from .typed import Typed


class TableObject(NamedTuple):
    """An Excel table: its name, the names of its columns, and where its header and its rows are.

    It has no filter buttons: its rows follow those of Inputs, so that sorting them here would mislead.
    """

    name: str
    headers: tuple[str, ...]
    row: int
    column: int
    rows: int

    def overlaps(self, other: "TableObject") -> bool:
        """Whether a cell belongs to both."""
        apart_down = self.row > other.row + other.rows or other.row > self.row + self.rows
        apart_across = self.column >= other.column + len(other.headers) or other.column >= self.column + len(
            self.headers
        )
        return not (apart_down or apart_across)


class Columns:
    """A table laid out column by column: header, unit, then a block of rows.

    It stands at a row, or below what stands on its sheet. With `may_be_blank` the computed cells of a row are hidden
    while its first cell is blank.
    """

    def __init__(
        self, sheet: Sheet, rows: int, *, row: int | None = None, column: int = 1, may_be_blank: bool = False
    ) -> None:
        self.sheet, self.rows, self.column = sheet, rows, column
        self.row = sheet.below(0) if row is None else row
        if may_be_blank:
            sheet.hidden_rows.append(self)

    @property
    def first(self) -> int:
        """The first row below header and unit."""
        return self.row + 2

    @property
    def end(self) -> int:
        """The row below the last."""
        return self.first + self.rows

    def typed(self, field: Typed, values, **how) -> Cell:
        """A column that a user types into; `how` takes the place of what is declared."""
        column = self._head(field.label, field.unit, max(field.width, LEAST_WIDTH.get(field.format, 0)))
        style = Style(field.role, field.format, field.alarm)
        return self.sheet.typed(self.first, column, values, style, rows=self.rows, **(field.how | how))

    def numbered(self, header: str, unit: str, *, width: float = 13) -> Cell:
        """A column of the numbers 1, 2, 3 ..."""
        column = self._head(header, unit, width)
        numbers = [float(i + 1) for i in range(self.rows)]
        return self.sheet.typed(self.first, column, numbers, Style("unit", "number"), rows=self.rows)

    def computed(
        self, header: str, unit: str, cell, format: str, *, width=13, alarm="", role="calc", shown: Cell | None = None
    ) -> Cell:
        """A column of one formula, blank where it is not `shown`."""
        column = self._head(header, unit, max(width, LEAST_WIDTH.get(format, 0)))
        cell, is_shown = (cell, None) if shown is None else (hidden_unless(shown, cell), shown.value)
        return self.sheet.computed(self.first, column, cell, Style(role, format, alarm), rows=self.rows, shown=is_shown)

    def total(self, cell: Cell, format: str) -> Cell:
        """A total below a column of the table."""
        return self.sheet.computed(self.end, cell.node.column, total(cell), Style("total", format))

    def totals(self, *cells: tuple[Cell, str]) -> None:
        """A row of totals below the table, each of a column in a format."""
        self.sheet.text(self.end, 1, "Total", "total")
        for cell, format in cells:
            self.total(cell, format)

    def _head(self, header: str, unit: str, width: float) -> int:
        column, self.column = self.column, self.column + 1
        self.sheet.text(self.row, column, header, "header")
        self.sheet.text(self.row + 1, column, unit, "unit")
        self.sheet.widen(column, width)
        return column


class NamedColumns(Columns):
    """A table laid out column by column: header, then a block of rows; `close` makes it a table object, whose rows follow its header.

    A header tells the unit itself where that is not plain.
    """

    def __init__(self, sheet: Sheet, rows: int) -> None:
        super().__init__(sheet, rows, may_be_blank=True)
        self._start, self._headers = self.column, []

    @property
    def first(self) -> int:
        """The first row below the header."""
        return self.row + 1

    def _head(self, header: str, unit: str, width: float) -> int:
        column, self.column = self.column, self.column + 1
        header = f"{header}, {unit}" if "USD" in unit and "USD" not in header else header
        self.sheet.text(self.row, column, header, "header")
        self.sheet.widen(column, width)
        self._headers.append(header)
        return column

    def close(self, name: str) -> None:
        """All columns are there: make them a table object of this name."""
        self.sheet.tables.append(TableObject(name, tuple(self._headers), self.row, self._start, self.rows))
