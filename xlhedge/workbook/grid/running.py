"""A table whose rows each follow from the row above."""

from collections.abc import Callable

import numpy as np

from ...formula import Cell, as_cell
from ...nodes import Ref
from ...ranges import hidden_unless
from .cells import Style
from .columns import Columns


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

    def follow(self, typed: tuple, start: tuple, step: Callable, result: type, started: Cell | None = None):
        """Put the columns that `step(row, above, put)` computes; return them as a `result`, without the row of the start.

        `typed` and `start` are named tuples of cells: the columns that are typed, and what each of the columns of the
        same name starts from, a formula, or a number that is typed. `row` has the typed cells of a row, `above` the
        columns that `start` names in the row above, and `put(name, header, unit, cell, format, ...)` makes a column.
        The start's formulas are blank unless `started`.
        """
        begins = start._asdict()
        values = self._walk(typed, start, step)
        places = {name: self.column + offset for offset, name in enumerate(values)}
        above = start._replace(**{
            name: Cell(Ref(self.sheet.name, places[name], self.start, self.rows), values[name][:-1]) for name in begins
        })  # fmt: skip
        made = {}

        def put(name: str, header: str, unit: str, cell, format: str, **how) -> Cell:
            if name in begins:
                self._begin(begins[name], started, Style(how.get("role", "calc"), format))
            made[name] = self.computed(header, unit, cell, format, **how)
            return made[name]

        step(typed, above, put)
        return result(**made)

    def _begin(self, value, started: Cell | None, style: Style) -> None:
        """The cell of the next column in the row of the start."""
        if not isinstance(value, Cell):
            self.sheet.typed(self.start, self.column, value, style)
        elif started is None:
            self.sheet.computed(self.start, self.column, value, style)
        else:
            hidden = hidden_unless(started, value)
            self.sheet.computed(self.start, self.column, hidden, style, shown=started.value)

    def _walk(self, typed: tuple, start: tuple, step: Callable) -> dict[str, np.ndarray]:
        """The values of all columns, row after row, below those of the start; nobody reads their formulas."""
        above = start._replace(**{name: Cell(None, as_cell(value).value) for name, value in start._asdict().items()})
        rows = []
        for i in range(self.rows):
            made = {}

            def put(name: str, header: str, unit: str, cell, format: str, *, shown=None, made=made, **_) -> Cell:
                value = as_cell(cell).value if shown is None else hidden_unless(shown, cell).value
                made[name] = Cell(None, np.asarray(value).reshape(1, 1, -1))
                return made[name]

            step(type(typed)(*(Cell(None, cell.value[i : i + 1]) for cell in typed)), above, put)
            above = start._replace(**{name: made[name] for name in start._fields})
            rows.append(made)
        columns = {name: [made[name].value for made in rows] for name in rows[0]}
        for name, value in start._asdict().items():
            columns[name].insert(0, np.asarray(as_cell(value).value).reshape(1, 1, -1))
        return {name: _stacked(values) for name, values in columns.items()}


def _stacked(rows: list[np.ndarray]) -> np.ndarray:
    portfolios = max(row.shape[2] for row in rows)
    whole = (1, 1, portfolios)
    return np.concatenate([row if row.shape == whole else np.broadcast_to(row, whole) for row in rows])
