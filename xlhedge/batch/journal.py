"""What a run has done, so that a later one can go on: a row of JSON for each portfolio.

A worker adds a segment for each chunk once the chunk's workbooks are on the disk; a run that ends puts its segments
together, in the order of the input. A row is a dictionary of plain values: number (the position in the input),
portfolio, status, and for a finished workbook key, file, bytes, sha256, figures, checks, warnings, price_time,
price_source; for a failed one errors.
"""

import hashlib
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .json_lines import dumped, loaded
from .destination import HIDDEN, Folder, Remote

ENDING = ".jsonl"
BEGUN = "begun"


def begin(place: Folder | Remote) -> None:
    """Remember that a run began here."""
    place.write(f"{HIDDEN}/{place.label}-{BEGUN}{ENDING}", b"")


def retract(place: Folder | Remote) -> None:
    """Forget that a run began here, if it did nothing."""
    begun = f"{place.label}-{BEGUN}{ENDING}"
    if [name for name in _files(place) if _label(name) == place.label] == [begun]:
        place.remove(f"{HIDDEN}/{begun}")


def add_segment(place: Folder | Remote, lines: Iterable["Line"]) -> None:
    """Remember the rows of one chunk."""
    content = b"".join(line.content for line in lines)
    place.write(f"{HIDDEN}/{place.label}-{hashlib.sha256(content).hexdigest()[:16]}{ENDING}", content)


def labels(place: Folder | Remote) -> set[str]:
    """The labels of the runs that are remembered in a place."""
    return {_label(name) for name in _files(place)}


def header(place: Folder | Remote, label: str) -> dict:
    """What the finished run of a label said of itself; empty when there is none."""
    name = label + ENDING
    return loaded(next(place.lines(f"{HIDDEN}/{name}"), b"")) if name in _files(place) else {}


def rows(place: Folder | Remote, label: str | None = None) -> Iterator[dict]:
    """Every row that is remembered, of one label or of all; a damaged line is passed over."""
    for name in _files(place):
        if label is None or name == label + ENDING:
            for line in place.lines(f"{HIDDEN}/{name}"):
                if "portfolio" in (row := loaded(line)):
                    yield row


def finish(place: Folder | Remote, header: dict, rows: "Rows") -> None:
    """Put the rows of a run that ended into one file below what it says of itself, and remove its segments."""
    with place.writer(f"{HIDDEN}/{place.label}{ENDING}") as file:
        file.write(dumped(header))
        file.writelines(rows.contents())
    for name in _files(place):
        if name.startswith(f"{place.label}-"):
            place.remove(f"{HIDDEN}/{name}")


def forget(place: Folder | Remote) -> None:
    """Remove what earlier runs remembered: a run of everything forgets all, a shard its own."""
    for label in labels(place) if place.label == "all" else (place.label,):
        remove(place, label)


def remove(place: Folder | Remote, label: str) -> None:
    """Remove what the runs of a label remembered."""
    for name in _files(place):
        if _label(name) == label:
            place.remove(f"{HIDDEN}/{name}")


def _label(name: str) -> str:
    return name.removesuffix(ENDING).partition("-")[0]


def _files(place: Folder | Remote) -> list[str]:
    return [name for name in place.names(HIDDEN) if name.endswith(ENDING)]


class Line(NamedTuple):
    """A row as the journal has it, with what is told of it at once: its number, its status, its file or else its name, its mistakes."""

    number: int
    status: str
    name: str
    mistakes: tuple[str, ...]
    content: bytes

    @classmethod
    def of(cls, row: dict) -> "Line":
        """The line of a row."""
        mistakes = tuple(error["message"] for error in row.get("errors", ()))
        return cls(row["number"], row["status"], row.get("file") or row["portfolio"], mistakes, dumped(row))


class Rows:
    """Rows kept on the disk as they come, and read back by number: memory does not grow with them."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()
        self._offsets = array("q")
        self._end = 0

    def add(self, line: Line) -> int:
        """Keep a row at its number; where it stands is returned."""
        at = self._end
        self._file.seek(at)
        self._file.write(line.content)
        self._end += len(line.content)
        if line.number >= len(self._offsets):
            self._offsets.extend([-1] * (line.number + 1 - len(self._offsets)))
        self._offsets[line.number] = at
        return at

    def at(self, offset: int) -> dict:
        """The row that stands somewhere."""
        return loaded(self._content(offset))

    def numbered(self, number: int) -> dict:
        """The row of a number in the input."""
        return self.at(self._offsets[number])

    def contents(self) -> Iterator[bytes]:
        """The rows as they are kept, in the order of the input."""
        return (self._content(offset) for offset in self._offsets if offset >= 0)

    def __iter__(self) -> Iterator[dict]:
        """The rows in the order of the input."""
        return map(loaded, self.contents())

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()

    def _content(self, offset: int) -> bytes:
        self._file.seek(offset)
        return self._file.readline()
