"""Which format an export is, by its header alone: a file's name says nothing."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import Unreadable, shown
from ..portfolio.fields import HOLDING_FIELDS
from ..portfolio.tables import beginning, normal_name
from ..rows import EMPTY, Row
from .entry import Format
from .formats import FORMATS
from .frame import exported_name


class Foreign(Unreadable):
    """A table that is nothing like an export, such as a note beside the exports of a folder."""


ALIKE = 0.6
"""From which share of a format's columns on a table is an export that changed, and not something else."""
LOOKED_THROUGH = 30
"""Rows among which a header may stand: exports put an account, a zone or a title above it."""
DELIMITERS = ",;\t"


class Header(NamedTuple):
    """A header that was recognised: its format, its place among the rows, its cells, and what stands above it."""

    format: Format
    place: int
    cells: tuple[str, ...]
    above: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> list[str]:
        """The normal names of the columns, each once; a further column of a name has its place added."""
        found = [exported_name(cell) for cell in self.cells]
        return [name if name and name not in found[:i] else f"{name}_{i + 1}" for i, name in enumerate(found)]


def texts(row: Row) -> tuple[str, ...]:
    """The cells of a row as texts, without the blank ones at its end."""
    cells = ["" if cell is None else str(cell) for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def find_header(rows: Sequence[Row]) -> Header | None:
    """The header among the first rows of a table; of several formats that it fits, the one that asks for most columns."""
    for place, row in enumerate(rows[:LOOKED_THROUGH]):
        names = {exported_name(cell) for cell in texts(row)}
        fitting = [each for each in FORMATS if names.issuperset(each.header)]
        if fitting:
            chosen = max(fitting, key=lambda each: len(each.header))
            return Header(chosen, place, texts(row), tuple(texts(above) for above in rows[:place]))
    return None


def delimiter_of(path: Path) -> str:
    """The separator by which a CSV file has a header that is known; "" where it has none by any."""
    try:
        lines = beginning(path).splitlines(keepends=True)
    except OSError as error:
        raise Unreadable(path, f"cannot be read: {error.strerror}") from None
    for delimiter in DELIMITERS:
        rows = []
        try:
            for cells in csv.reader(lines, delimiter=delimiter):
                rows.append(Row(0, [cell.strip() for cell in cells]))
                if len(rows) == LOOKED_THROUGH:
                    break
        except csv.Error:
            pass  # the rows above may hold a header; who reads the whole file tells what is wrong
        if find_header(rows):
            return delimiter
    return ""


def unknown(name: str, rows: Sequence[Row]) -> Unreadable:
    """The error for a table whose header is none of ours: what was found, and which format comes nearest."""
    filled = [row for row in rows[:LOOKED_THROUGH] if texts(row)]
    if not filled:
        return Unreadable(name, EMPTY)
    for row in filled:
        if {"asset", "coins"} <= {normal_name(cell) for cell in texts(row)} & HOLDING_FIELDS.keys():
            return Foreign(
                name, "is a table of holdings, which build reads; import reads exports of fills, funding and transfers"
            )
    likeness, columns, near = max(
        ((_likeness(row, each), texts(row), each) for row in filled for each in FORMATS), key=lambda found: found[0]
    )
    if not likeness:
        held = ", ".join(shown(cell) for cell in texts(filled[0])[:5])
        return Foreign(name, f"is no export that is known: no row names its columns (the first holds {held})")
    names = {exported_name(cell) for cell in columns}
    missing = [column for column in near.header if column not in names]
    what = f"column {missing[0]} is" if len(missing) == 1 else f"columns {', '.join(missing)} are"
    held = ", ".join(shown(cell) for cell in columns[:8]) + (" ..." if len(columns) > 8 else "")
    kind = Unreadable if likeness >= ALIKE else Foreign
    return kind(
        name, f"is no export that is known; the nearest is {near.name}, of which {what} missing (its header: {held})"
    )


def _likeness(row: Row, format: Format) -> float:
    """The share of a format's columns that a row names."""
    names = {exported_name(cell) for cell in texts(row)}
    return len(names & {*format.header}) / len(format.header)
