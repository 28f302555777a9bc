"""The tasks of a run, and what becomes of each: a row of plain values."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..portfolio import RowError

WRITTEN, FAILED, CHECKED = "written", "failed", "checked"
LONGEST_VALUE = 200


class Task(NamedTuple):
    """A portfolio to be done: its number in the input, the source's group, and the file that it becomes.

    `key` stands for everything that the file depends on. What has the file's name already may be written over if
    `force` says so, or if it is `known` from an earlier run and damaged.
    """

    number: int
    group: Any
    file: str
    key: str
    force: bool
    known: bool


def failed(number: int, portfolio: str, errors: Sequence[RowError]) -> dict:
    """The row of a portfolio that has no workbook."""
    return {
        "number": number, "portfolio": portfolio, "status": FAILED,
        "errors": [mistake(error) for error in errors],
    }  # fmt: skip


def mistake(error: RowError) -> dict:
    """A mistake as the journal and errors.csv tell it."""
    told = {"file": error.file, "row": error.row or None, "column": error.column}
    return told | {"value": plain(error.value), "rule": error.rule, "message": str(error)}


def cannot(task: Task, what: str, why: str) -> RowError:
    """A mistake of a workbook that is none of its input's."""
    return RowError(task.file, 0, "(workbook)", None, f"cannot {what}: {why}", task.group.name)


def plain(value: object) -> object:
    """A value that JSON and CSV can take: numpy's as Python's, times as text, long text cut."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."
