"""A mistake in an input, told by file, row, column, value and rule; and all mistakes of an input at once."""

from pathlib import Path
from typing import NamedTuple

from ..errors import Unreadable, XlhedgeError, shown

MOST_TOLD = 50


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
