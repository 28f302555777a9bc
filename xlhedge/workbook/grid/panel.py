"""Labelled cells below each other, each with its unit."""

from ...formula import Cell
from ...elementary import where
from ...ranges import hidden_unless, look_up, picked
from .cells import Style
from .sheet import Sheet


class Panel:
    """Labelled formulas below a title, if there is one: label, value, unit. With a prefix every named value gets a defined name."""

    def __init__(self, sheet: Sheet, title: str, row: int, column: int = 1, *, span: int = 1, prefix: str = "") -> None:
        self.sheet, self.row, self.column, self.span, self.prefix = sheet, row, column, span, prefix
        if title:
            sheet.text(row, column, title, "section")

    def computed(
        self, label: str, unit: str, cell, format: str, *, name="", role="calc", alarm="", shown: Cell | None = None
    ) -> Cell:
        """A formula, blank where it is not `shown`."""
        self.row += 1
        self.sheet.text(self.row, self.column, label)
        self.sheet.text(self.row, self.column + self.span + 1, unit, "unit")
        style, column = Style(role, format, alarm), self.column + self.span
        if shown is None:
            made = self.sheet.computed(self.row, column, cell, style)
        else:
            hidden = hidden_unless(shown, cell)
            made = self.sheet.computed(self.row, column, hidden, style, shown=shown.value)
        return self.sheet.named(f"{self.prefix}_{name}", made) if self.prefix and name else made

    def of_one(self, key: Cell, keys: Cell, rows) -> dict[str, Cell]:
        """The figures of one asset, chosen by a key: of each row a name, label, unit, format and the column that holds it."""
        return {
            name: self.computed(label, unit, look_up(key, keys, column), format, name=name, role="link")
            for name, label, unit, format, column in rows
        }

    def of_row(self, place: Cell, rows) -> dict[str, Cell]:
        """The figures of one row of a table: of each a name, label, unit, format, the column, and what stands in for no row."""
        return {
            name: self.computed(
                label, unit, where(place > 0, picked(column, place), otherwise), format, name=name, role="link"
            )
            for name, label, unit, format, column, otherwise in rows
        }

    def below(self, blanks: int = 1) -> int:
        """The row after the last cell, below so many blank ones."""
        return self.row + 1 + blanks
