"""The rows of a table while it is made one of ours: cells by the role of their column, as they are, or as numbers."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..rows import Grouped, Row, Unclear
from ..portfolio.numerals import PLAIN

MOST_SAID = 10


class Body(NamedTuple):
    """Rows, whose cells are changed in place, and the places of the roles that are read; `texts` are those of names, places and types."""

    rows: list[Row]
    read: dict[str, int]
    texts: Sequence[int] = ()

    def cell(self, row: Row, role: str) -> object:
        """A cell of a row; None where there is no such column."""
        at = self.read.get(role)
        return None if at is None or at >= len(row.cells) else row.cells[at]

    def figure(self, row: Row, role: str) -> float | None:
        """A cell of a row as a number; None where it is none, or cannot be read."""
        return figure(self.cell(row, role))

    def put(self, row: Row, role: str, cell: object) -> None:
        """Write a cell of a row."""
        at = self.read[role]
        row.cells.extend([None] * (at + 1 - len(row.cells)))
        row.cells[at] = cell

    def words(self, row: Row) -> list[str]:
        """The texts of a row that are names, places or types."""
        return [row.cells[at] for at in self.texts if at < len(row.cells) and isinstance(row.cells[at], str)]

    def take_out(self, rows: Iterable[Row]) -> None:
        """Leave rows out."""
        numbers = {row.number for row in rows}
        self.rows[:] = [row for row in self.rows if row.number not in numbers]

    def worth(self, row: Row) -> float | None:
        """What the coins of a row are worth [USD], by their value or their price; None where neither is told."""
        value, coins, price = (self.figure(row, role) for role in ("value", "coins", "price"))
        return value if value is not None else None if coins is None or price is None else coins * price

    def portfolios(self) -> Iterable[list[Row]]:
        """The rows of each portfolio."""
        found: dict[object, list[Row]] = {}
        for row in self.rows:
            found.setdefault(self.cell(row, "portfolio"), []).append(row)
        return found.values()


def figure(cell: object) -> float | None:
    """A cell as a number; None where it is none, or cannot be read."""
    if isinstance(cell, (bool, Unclear, Grouped)) or not isinstance(cell, (int, float, str)):
        return None
    if not isinstance(cell, str):
        return float(cell) if abs(cell) < 1e300 else None
    digits = cell.removesuffix("%")
    return (float(digits) / 100 if digits != cell else float(digits)) if PLAIN.fullmatch(digits) else None


def listed(told: Iterable[object]) -> str:
    """A list in words, cut where it is long."""
    told = [*map(str, told)]
    more = f" and {len(told) - MOST_SAID:,} more" if len(told) > MOST_SAID else ""
    return ", ".join(told[:MOST_SAID]) + more
