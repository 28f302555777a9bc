"""Working cells of charts: lines that mark a place or a level, and places that rows are spread over."""

import numpy as np

from ...elementary import both, ceil, count, where
from ...formula import Cell, as_cell
from ...nodes import Ref
from ...ranges import highest_where, picked
from ..grid.cells import Style
from ..grid.chart import Series
from ..grid.columns import Columns
from ..grid.sheet import Sheet
from .statistics import over_numbers


class Marks:
    """A table of the lines that mark a place or a level in a scatter chart, a row each: its name and both its ends.

    Its first row is the frame, from the least to the greatest of the chart's own cells `x` and `values`: a line across
    goes from side to side of it, one up and down from its bottom to its top. A place beyond its sides is not drawn, and
    the name in the legend says so. `formats` are those of x and of the values.
    """

    def __init__(
        self, sheet: Sheet, row: int, column: int, x: Cell, *values: Cell, formats: tuple[str, str] = ("share", "usd")
    ) -> None:
        self._sheet, self._row, self._column, self._formats = sheet, row, column, formats
        for offset, header in enumerate(("Lines of the chart", "x from", "x to", "y from", "y to")):
            sheet.text(row, column + offset, header, "header")
        ends = (_end("MIN", np.nanmin, x), _end("MAX", np.nanmax, x), _end("MIN", np.nanmin, *values), _end("MAX", np.nanmax, *values))  # fmt: skip
        (self.left, self.right), (self.low, self.high) = self._put("Frame", ends)

    def across(self, name: str, look: str, level: Cell | float) -> Series:
        """A line at a level, from side to side."""
        self._put(name, (self.left, self.right, as_cell(level), as_cell(level)))
        return self._series(name, look)

    def upright(self, name: str, look: str, place: Cell | float, shown: Cell | bool = True) -> Series:
        """A line at a place, from the bottom to the top, if it is `shown` and the place lies within the frame."""
        place = as_cell(place)
        is_there = both(as_cell(shown), both(place >= self.left, place <= self.right))
        x = where(is_there, place, self.left)
        self._put(
            where(is_there, name, f"{name}: not in this picture"),
            (x, x, self.low, where(is_there, self.high, self.low)),
        )
        return self._series(name, look)

    def _put(self, name: Cell | str, ends: tuple[Cell, Cell, Cell, Cell]) -> list[tuple[Cell, Cell]]:
        """The next row of the table; returns the cells of x and those of y."""
        self._row += 1
        if isinstance(name, str):
            self._sheet.text(self._row, self._column, name)
        else:
            self._sheet.computed(self._row, self._column, name, Style("calc"))
        formats = (format for format in self._formats for _ in range(2))
        cells = [
            self._sheet.computed(self._row, column, end, Style("calc", format))
            for column, (end, format) in enumerate(zip(ends, formats), self._column + 1)
        ]
        return [(cells[0], cells[1]), (cells[2], cells[3])]

    def _series(self, name: str, look: str) -> Series:
        """The line of the last row."""
        label, x, y = (
            Ref(self._sheet.name, self._column + i, self._row, 0, columns) for i, columns in ((0, 0), (1, 2), (3, 2))
        )
        return Series(name, x, y, look, label)


def _end(excel: str, function, *columns: Cell) -> Cell:
    """The least or the greatest number of some columns."""

    def reduced(*values: np.ndarray, **how) -> np.ndarray:
        finite = [np.where(np.isfinite(each), each, np.nan) for each in values]
        portfolios = max(each.shape[2] for each in finite)
        flat = [np.broadcast_to(each, (*each.shape[:2], portfolios)).reshape(-1, 1, portfolios) for each in finite]
        return function(np.concatenate(flat), **how)

    texts = ",".join(f"{{{i}}}" for i in range(len(columns)))
    return over_numbers(f"{excel}({texts})", reduced, *columns)


def spread(place: Cell, used: Cell, places: Cell | float) -> Cell:
    """Which of so many things in use a place shows, 0 if none: they are spread evenly over the places.

    Place s of N shows the thing k of u whose middle (k - 1/2)/u of the width lies in it, if there is one.
    """
    first = ceil((place - 1) * used / places + 0.5)
    return where(first < place * used / places + 0.5, first, 0.0)


class Places:
    """A table of the places along a chart of bars, over which the rows in use are spread, so that spare rows leave no gap at its end.

    `names` are the column whose last cell with a text is the last row in use.
    """

    def __init__(self, sheet: Sheet, row: int, names: Cell, what: str) -> None:
        self.names, rows = names, names.node.rows
        sheet.text(row, 1, "Places")
        sheet.text(row + 1, 1, "Last row in use")
        self.table = Columns(sheet, rows, row=row + 3)
        place = self.table.numbered("Place", "number")
        places = sheet.computed(row, 2, count(place), Style("calc", "number"))
        used = sheet.computed(row + 1, 2, highest_where(place, (names, "<>", as_cell(""))), Style("calc", "number"))
        self.shown = self.table.computed(f"Row of the {what}", "number", spread(place, used, places), "number")
        self.label = self.table.computed(f"{what.capitalize()} shown", "text", self.of(names, ""), "text")

    def of(self, column: Cell, otherwise=0.0) -> Cell:
        """What a column has at each place."""
        return where(self.shown > 0, picked(column, self.shown), otherwise)

    def take(self, title: str, unit: str, column: Cell, format: str, look: str) -> Series:
        """The bars of a column: what it has at each place, 0 where no row is shown."""
        cell = self.table.computed(title, unit, self.of(column), format)
        return Series(title, self.label.node, cell.node, look)

    def level(self, title: str, unit: str, level: Cell, format: str, look: str) -> Series:
        """A line at a level over all places."""
        cell = self.table.computed(title, unit, level, format)
        return Series(title, self.label.node, cell.node, look)
