"""A snapshot of the market as a file: one figure a row, read, laid over an older one and written whole."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from ..errors import Unreadable
from ..files import file_bytes, replacing


class Row(NamedTuple):
    """One figure: whose, of which contract or coin, which field, its value, its time in UTC, and where it is from.

    Fields are price [USD], mark and index [USD/coin], funding rate [fraction an interval], funding hours [h] and expiry
    (a day); prices are of coins, whose names stand as symbol.
    """

    venue: str
    symbol: str
    field: str
    value: float | str
    time: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What a newer row must have in common to take its place."""
        return self.venue.lower(), self.symbol.upper(), self.field


COLUMNS = Row._fields


def iso(milliseconds: float) -> str:
    """A time as a snapshot has it, such as 2026-11-29T08:00:00Z."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(path: Path) -> list[Row]:
    """Read a snapshot that was written here; Unreadable for any other file, so that nothing is written over it."""
    content = file_bytes(path)
    try:
        text = content.decode("utf-8-sig")
        header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    except (UnicodeDecodeError, csv.Error, ValueError):
        raise Unreadable(path.name, "is no snapshot of the market, and is not written over") from None
    if tuple(header) != COLUMNS:
        rule = f"must have the columns {', '.join(COLUMNS)} to be a snapshot of the market; it is not written over"
        raise Unreadable(path.name, rule)
    rows = []
    for number, line in enumerate(lines, 2):
        if len(line) != len(COLUMNS):
            raise Unreadable(path.name, f"must have {len(COLUMNS)} cells in a row (got {len(line)})", number)
        rows.append(Row(*line)._replace(value=_value(line[3])))
    return rows


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


class LaidOver(NamedTuple):
    """The rows of a renewed snapshot, and those of them that are of the older one."""

    rows: tuple[Row, ...]
    kept: tuple[Row, ...]


def laid_over(old: Iterable[Row], new: Sequence[Row]) -> LaidOver:
    """The new rows, but the old one where it is the later of the two, and then the old ones of other figures.

    An old row whose time is later than that of every new one is of a clock that went wrong, and gives way.
    """
    latest, before = max((row.time for row in new), default=""), {row.key: row for row in old}
    rows, kept = [], []
    for row in new:
        one = before.pop(row.key, row)
        is_later = row.time < one.time <= latest
        rows.append(one if is_later else row)
        kept += [one] * is_later
    return LaidOver((*rows, *before.values()), (*kept, *before.values()))


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write a snapshot whole, or not at all."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(row._replace(value=row.value if isinstance(row.value, str) else repr(row.value)) for row in rows)
    try:
        with replacing(path, ".prices-") as file:
            file.write(text.getvalue().encode("utf-8"))
    except OSError as error:
        raise Unreadable(path, f"cannot be written: {error.strerror}") from None
