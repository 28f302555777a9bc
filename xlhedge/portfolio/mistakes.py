"""A mistake in an input, told by file, row, column, value and rule; and all mistakes of an input at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import Unreadable, XlhedgeError, shown

MOST_TOLD = 50
BEYOND = 2**40
"""The rows of each further table of a portfolio are numbered beyond so many: no table has as many rows."""


class RowError(NamedTuple):
    """One mistake: where it is, the value met, and the rule that it breaks.

    `row` is 0 for what stands in no row. `portfolio` is the one that it spoils, "" for all of the file.
    """

    file: str
    row: int
    column: str
    value: object
    rule: str
    portfolio: str = ""

    def __str__(self) -> str:
        where = f"{self.file} row {self.row}," if self.row else self.file
        value = str(self.value).upper() if isinstance(self.value, bool) else shown(self.value)
        got = "" if self.value is None else f" (got {value})"
        return f"{where} {self.column}: {self.rule}{got}"


class Tables:
    """The tables that the rows of a portfolio stand in, by their names; a row's number says in which of them it stands."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def error(self, row: int, column: str, value: object, rule: str) -> RowError:
        """A mistake in a row."""
        return RowError(self._name(row), row % BEYOND, column, value, rule)

    def at(self, row: int) -> str:
        """Where a row stands."""
        return f"{self._name(row)} row {row % BEYOND}"

    def other(self, other: int, row: int) -> str:
        """Where another row stands, as a mistake in a row calls it."""
        return f"row {other % BEYOND}" if other // BEYOND == row // BEYOND else self.at(other)

    def is_further(self, error: RowError) -> bool:
        """Whether a mistake is in a further table, so that what it tells of the holdings may be lost."""
        return error.file in self._names[1:]

    def order(self, error: RowError) -> tuple[int, int]:
        """What mistakes are sorted by: their table, and their row."""
        return (self._names.index(error.file) if error.file in self._names else 0), error.row

    def _name(self, row: int) -> str:
        return self._names[row // BEYOND]


class RowErrors(XlhedgeError):
    """All mistakes of an input, at once, one a line."""

    def __init__(self, errors: list[RowError]) -> None:
        self.errors = errors
        told = [str(error) for error in errors[:MOST_TOLD]]
        if len(errors) > MOST_TOLD:
            told.append(f"... and {len(errors) - MOST_TOLD:,} more")
        super().__init__("\n".join(told))


def file_mistake(error: Unreadable) -> RowError:
    """A file that cannot be read, as a mistake in it."""
    return RowError(Path(error.file).name, error.row, "(file)", None, error.rule)
