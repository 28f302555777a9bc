"""Working cells of charts: lines that mark a place or a level, and places that bars are spread over."""

import numpy as np

from ...elementary import at_least, both, count, floor, where
from ...formula import Cell, as_cell
from ...nodes import Ref
from ..grid.cells import Style
from ..grid.chart import Series
from ..grid.columns import Columns
from ..grid.sheet import Sheet
from .statistics import over_numbers


class Marks:
    """A table of the lines that mark a place or a level in a scatter chart, a row each: its name and both its ends.

    Its first row is the frame, from the least to the greatest of the chart's own cells `x` and `values`: a line across
    goes from side to side of it, one up and down from its bottom to its top. A place beyond its sides is not drawn, and
    the name in the legend says so. `formats` are those of x and of the values, `span` is how many columns the names take.
    """

    def __init__(
        self, sheet: Sheet, row: int, column: int, x: Cell, *values: Cell, formats: tuple[str, str] = ("share", "usd"),
        span: int = 1,
    ) -> None:  # fmt: skip
        self._sheet, self._row, self._column, self._formats, self._span = sheet, row, column, formats, span
        sheet.text(row, column, "Lines of the chart", "header")
        for offset, header in enumerate(("x from", "x to", "y from", "y to"), span):
            sheet.text(row, column + offset, header, "header")
        ends = tuple(_end(*how, *cells) for cells in ((x,), values) for how in (("MIN", np.nanmin), ("MAX", np.nanmax)))
        (self.left, self.right), (self.low, self.high) = self._put("Frame", ends)

    def across(self, name: str, look: str, level: Cell | float) -> Series:
        """A line at a level, from side to side."""
        self._put(name, (self.left, self.right, as_cell(level), as_cell(level)))
        return self._series(name, look)

    def upright(
        self, name: str, look: str, place: Cell | float, shown: Cell | bool = True, otherwise: str = ""
    ) -> Series:
        """A line at a place, from the bottom to the top, if it is `shown` and the place lies within the frame.

        `otherwise` is what the legend says if it is not.
        """
        place = as_cell(place)
        is_there = both(as_cell(shown), both(place >= self.left, place <= self.right))
        x, top = where(is_there, place, self.left), where(is_there, self.high, self.low)
        self._put(where(is_there, name, otherwise or f"{name}: not in this picture"), (x, x, self.low, top))
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
            for column, (end, format) in enumerate(zip(ends, formats), self._column + self._span)
        ]
        return [(cells[0], cells[1]), (cells[2], cells[3])]

    def _series(self, name: str, look: str) -> Series:
        """The line of the last row."""
        label = Ref(self._sheet.name, self._column, self._row)
        x = label._replace(column=self._column + self._span, columns=2)
        y = x._replace(column=x.column + 2)
        return Series(name, x, y, look, label)


def _end(excel: str, function, *columns: Cell) -> Cell:
    """The least or the greatest number of some columns."""

    def reduced(*values: np.ndarray, **how) -> np.ndarray:
        finite = [np.where(np.isfinite(each), each, np.nan) for each in values]
        portfolios = max(each.shape[2] for each in finite)
        flat = [np.broadcast_to(each, (*each.shape[:2], portfolios)).reshape(-1, 1, portfolios) for each in finite]
        return np.nan_to_num(function(np.concatenate(flat), **how))  # 0 where there is no number, as in a spreadsheet

    texts = ",".join(f"{{{i}}}" for i in range(len(columns)))
    return over_numbers(f"{excel}({texts})", reduced, *columns)


def spread(table: Columns, place: Cell, used: Cell, title: str) -> Cell:
    """Which of so many things in use each place of a chart shows, 0 if none: they stand at equal distances in its middle.

    It is the next column of the table of the places, whose numbers are `place`; three figures that it needs stand below.
    """
    column, row = place.node.column, table.end

    def put(label: str, cell: Cell) -> Cell:
        nonlocal row
        row += 1
        table.sheet.text(row, column, label)
        return table.sheet.computed(row, column + 1, cell, Style("calc", "number"))

    places, used = count(place), put("In use", used)
    step = put("Places each", floor(places / at_least(1.0, used)))
    first = put("First place", floor((places - used * step) / 2) + floor((step + 1) / 2))
    thing = (place - first) / step + 1
    is_one = both(thing == floor(thing), both(thing >= 1, thing <= used))
    return table.computed(title, "number", where(is_one, thing, 0.0), "number")
