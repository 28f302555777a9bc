"""Rows kept aside on disk until all of a portfolio's are together: a table of any size, in any order, fits in memory.

Rows are kept as JSON. SQLite's database without a name is a temporary file that goes when it is closed.
"""

import datetime
import json
import math
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import NamedTuple

from ..errors import FileError
from ..rows import Grouped, Row, Uncalculated, Unclear

PLAIN = frozenset((str, int, float, bool, type(None)))
TIMES = {kind.__name__: kind for kind in (datetime.datetime, datetime.date, datetime.time)}
MOST_AT_ONCE = 1000  # rows of one run; a portfolio of a million rows must not be held as one text

_encode = json.JSONEncoder(separators=(",", ":")).encode


class Spooled(NamedTuple):
    """A portfolio's place among all, its name, what its table is, and its rows: their numbers, and their cells."""

    index: int
    name: str
    origin: bytes
    numbers: str
    cells: str


class Spool:
    """Takes rows in any order and gives them back by portfolio, in the order in which the portfolios first appeared."""

    def __init__(self) -> None:
        self._indices: dict[str, int] = {}
        self._dropped, self._is_sorted, self._last = 0, True, -1
        self._origin = 0
        self._name, self._index, self._numbers, self._rows = None, 0, [], []
        try:
            self._store = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._run("pragma journal_mode=off")
            self._run("begin")
            self._run("create table origins (number integer primary key, content blob)")
            self._run("create table runs (portfolio integer, origin integer, numbers text, cells text)")
        except sqlite3.Error as error:
            raise _full(error) from None

    def __len__(self) -> int:
        return len(self._indices)

    def __contains__(self, name: str) -> bool:
        return name in self._indices

    def __iter__(self) -> Iterator[str]:
        return iter(self._indices)

    def index(self, name: str) -> int:
        """The place of a portfolio, which need not have a row yet."""
        return self._indices.setdefault(name, len(self._indices) + self._dropped)

    def rename(self, name: str, other: str) -> None:
        """Call the last of the portfolios otherwise."""
        self._flush()
        self._indices[other] = self._indices.pop(name)

    def drop(self, name: str) -> None:
        """Forget a portfolio, if there is one of this name."""
        self._flush()
        self._dropped += self._indices.pop(name, None) is not None

    def begin(self, origin: bytes) -> None:
        """Go on to another table; `origin` comes back with the rows that are added from now on."""
        self._flush()
        self._origin += 1
        self._run("insert into origins values (?, ?)", (self._origin, origin))

    def add(self, name: str, row: Row) -> None:
        """Keep one row of a portfolio."""
        if name != self._name or len(self._rows) == MOST_AT_ONCE:
            self._flush()
            self._name, self._index = name, self.index(name)
        self._numbers.append(row.number)
        self._rows.append(row.cells)

    def kept(self) -> Iterator[Spooled]:
        """Every portfolio with its rows, once all have been added."""
        self._flush()
        if not self._is_sorted:
            self._run("create index if not exists by_portfolio on runs (portfolio)")
        order = "rowid" if self._is_sorted else "portfolio, rowid"
        rows = self._run(f"select portfolio, origin, numbers, cells from runs order by {order}")
        runs = groupby(rows, lambda run: run[0])
        at, of_one, origin, content = -1, (), 0, b""
        for name, index in self._indices.items():
            while at < index:
                at, of_one = next(runs, (math.inf, ()))
            found = [*of_one] if at == index else []
            if found and found[0][1] != origin:
                origin = found[0][1]
                ((content,),) = self._run("select content from origins where number = ?", (origin,))
            yield Spooled(index, name, content, " ".join(run[2] for run in found), ",".join(run[3] for run in found))

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        self._is_sorted, self._last = self._is_sorted and self._index >= self._last, self._index
        run = (self._index, self._origin, " ".join(map(str, self._numbers)), encoded(self._rows))
        self._name, self._numbers, self._rows = None, [], []
        self._run("insert into runs values (?, ?, ?, ?)", run)

    def _run(self, statement: str, values: Sequence = ()) -> sqlite3.Cursor:
        try:
            return self._store.execute(statement, values)
        except sqlite3.Error as error:
            raise _full(error) from None


def _full(error: sqlite3.Error) -> FileError:
    return FileError(f"the rows cannot be kept in a temporary file ({error}); set TMPDIR to a folder with more room")


def encoded(rows: list[list]) -> str:
    """The cells of rows as JSON, without the brackets around all of them; objects stand for what JSON has not."""
    if not PLAIN.issuperset(map(type, chain.from_iterable(rows))):
        rows = [[cell if type(cell) in PLAIN else _named(cell) for cell in cells] for cells in rows]
    return _encode(rows)[1:-1]


def rows_of(numbers: str, cells: str) -> list[Row]:
    """The rows that were kept."""
    return list(map(Row, map(int, numbers.split()), json.loads(f"[{cells}]", object_hook=_unnamed)))


def _named(cell: object) -> dict[str, object]:
    if isinstance(cell, Unclear):
        return {"unclear": [str(cell), cell.rule]}
    if isinstance(cell, Uncalculated):
        return {"formula": str(cell)}
    if isinstance(cell, Grouped):
        return {"grouped": str(cell)}
    if type(cell).__name__ in TIMES:
        return {type(cell).__name__: cell.isoformat()}
    if isinstance(cell, datetime.timedelta):
        return {"timedelta": cell.total_seconds()}
    return {"other": str(cell)}


def _unnamed(cell: dict[str, object]) -> object:
    ((kind, value),) = cell.items()
    if kind in TIMES:
        return TIMES[kind].fromisoformat(value)
    if kind == "timedelta":
        return datetime.timedelta(seconds=value)
    if kind == "unclear":
        return Unclear(*value)
    return Uncalculated(value) if kind == "formula" else Grouped(value) if kind == "grouped" else value
