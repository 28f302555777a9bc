"""Two layouts beside Columns: a panel of labelled cells, and a table whose rows each follow from the row above."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace

import numpy as np

from ..formula import Cell, as_cell
from ..nodes import Ref, Template
from .book import LEAST_WIDTH, Book, Columns, Sheet, Style


class Panel:
    """Labelled cells below each other: label, value, unit. With a prefix every value gets a defined name."""

    def __init__(
        self, book: Book, sheet: Sheet, row: int, column: int, title: str, *, span: int = 1, prefix: str = ""
    ) -> None:
        self.book, self.sheet, self.row, self.column, self.span, self.prefix = book, sheet, row, column, span, prefix
        sheet.text(row, column, title, "section")

    def typed(self, name: str, label: str, unit: str, value, format: str, **how) -> Cell:
        """A value that a user types; `how` is passed on to Sheet.typed."""
        row, column = self._label(label, unit)
        return self._named(name, self.sheet.typed(row, column, value, Style("input", format), **how))

    def computed(
        self, name: str, label: str, unit: str, cell, format: str, *, role="calc", alarm="", shown: Cell | None = None
    ) -> Cell:
        """A formula, blank where it is not `shown`."""
        row, column = self._label(label, unit)
        style = Style(role, format, alarm)
        if shown is not None:
            return self._named(name, computed_where(self.sheet, row, column, shown, cell, style))
        return self._named(name, self.sheet.computed(row, column, cell, style))

    def _label(self, label: str, unit: str) -> tuple[int, int]:
        self.row += 1
        self.sheet.text(self.row, self.column, label)
        self.sheet.text(self.row, self.column + self.span + 1, unit, "unit")
        return self.row, self.column + self.span

    def _named(self, name: str, cell: Cell) -> Cell:
        return self.book.named(f"{self.prefix}_{name}", cell) if self.prefix else cell


class Running(Columns):
    """A table whose rows each follow from the row above; the first row, below header and unit, is where it starts."""

    @property
    def start(self) -> int:
        """The row that the others follow from."""
        return self.row + 2

    @property
    def first(self) -> int:
        """The first row that follows from one above."""
        return self.row + 3

    def follow(
        self, typed: Mapping[str, Cell], start: Mapping[str, object], step: Callable, started: Cell | None = None
    ) -> SimpleNamespace:
        """Put the columns that `step(row, above, put)` computes; return them by name, without the row of the start.

        `row` has the typed cells of a row, `above` those columns of the row above that `start` names, and
        `put(name, header, unit, cell, format, ...)` makes a column. The start is a formula, or a number that is typed;
        its formulas are blank unless `started`.
        """
        values = self._walk(typed, start, step)
        places = {name: self.column + offset for offset, name in enumerate(values)}
        above = {
            name: Cell(Ref(self.sheet.name, places[name], self.start, self.rows), values[name][:-1]) for name in start
        }
        made = {}

        def put(name: str, header: str, unit: str, cell, format: str, **how) -> Cell:
            if name in start:
                self._begin(start[name], started, Style(how.get("role", "calc"), format))
            made[name] = self.computed(header, unit, cell, format, **how)
            return made[name]

        step(SimpleNamespace(**typed), SimpleNamespace(**above), put)
        return SimpleNamespace(**made)

    def computed(self, header: str, unit: str, cell, format: str, *, shown: Cell | None = None, **how) -> Cell:
        """A column of one formula, blank where it is not `shown`."""
        if shown is None:
            return super().computed(header, unit, cell, format, **how)
        column = self._head(header, unit, max(how.get("width", 13), LEAST_WIDTH.get(format, 0)))
        return computed_where(self.sheet, self.first, column, shown, cell, Style("calc", format), rows=self.rows)

    def _begin(self, value, started: Cell | None, style: Style) -> None:
        """The cell of the next column in the row of the start."""
        if not isinstance(value, Cell):
            self.sheet.typed(self.start, self.column, value, style)
        elif started is None:
            self.sheet.computed(self.start, self.column, value, style)
        else:
            computed_where(self.sheet, self.start, self.column, started, value, style)

    def _walk(self, typed: Mapping[str, Cell], start: Mapping[str, object], step: Callable) -> dict[str, np.ndarray]:
        """The values of all columns, row after row, below those of the start; nobody reads their formulas."""
        above = SimpleNamespace(**{name: Cell(None, as_cell(value).value) for name, value in start.items()})
        rows = []
        for i in range(self.rows):
            made = {}

            def put(name: str, header: str, unit: str, cell, format: str, *, shown=None, made=made, **_) -> Cell:
                cell = as_cell(cell)
                value = cell.value if shown is None else _shown(shown, cell)
                made[name] = Cell(None, np.asarray(value).reshape(1, 1, -1))
                return made[name]

            row = {name: Cell(None, cell.value[i : i + 1]) for name, cell in typed.items()}
            step(SimpleNamespace(**row), above, put)
            above = SimpleNamespace(**made)
            rows.append(made)
        columns = {name: [made[name].value for made in rows] for name in rows[0]}
        for name, value in start.items():
            columns[name].insert(0, np.asarray(as_cell(value).value).reshape(1, 1, -1))
        return {name: _stacked(values) for name, values in columns.items()}


def part(column: Cell, index: int) -> Cell:
    """One cell of a column."""
    return Cell(column.node._replace(row=column.node.row + index, rows=0), column.value[index : index + 1])


def computed_where(sheet: Sheet, row: int, column: int, shown: Cell, cell, style: Style, *, rows: int = 0) -> Cell:
    """A formula that gives an empty text where it is not `shown`; in further arithmetic that counts as missing."""
    cell = as_cell(cell)
    node = Template('IF({0},{1},"")', (shown.node, cell.node))
    return sheet.computed(row, column, Cell(node, _shown(shown, cell)), style, rows=rows, shown=shown.value)


def _shown(shown: Cell, cell: Cell) -> np.ndarray:
    return np.where(shown.value, cell.value, np.nan)


def _stacked(rows: list[np.ndarray]) -> np.ndarray:
    portfolios = max(row.shape[2] for row in rows)
    whole = (1, 1, portfolios)
    return np.concatenate([row if row.shape == whole else np.broadcast_to(row, whole) for row in rows])
