"""A snapshot of the market: a CSV file with a row for each figure, its time and where it is from; nothing here asks a venue."""

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from xlhedge.contracts.fields import read_number
from xlhedge.contracts.tables import Problem, TableError, symbol_key
from xlhedge.errors import FileError

COLUMNS = ("venue", "symbol", "field", "value")
TIMES = ("time", "as_of")
"""The column that says when a row was true: either name."""

DELIMITERS = ",;\t"
PLAIN = "must be a plain number such as 1234.5, with a point and no other separator"
AHEAD = timedelta(minutes=5)
"""How far a time may be in the future: clocks are seldom of one mind."""

PRICE, MARK, INDEX, BID, ASK = "price", "mark", "index", "bid", "ask"
FUNDING, HOURS, EXPIRY = "funding rate", "funding hours", "expiry"


class Line(NamedTuple):
    """A row of the file as it is written, blanks as "", and the number of its last line."""

    row: int
    venue: str
    symbol: str
    field: str
    value: str
    time: str
    source: str


class Quote(NamedTuple):
    """A figure of the market: of a contract at a venue, or, a `price`, of a coin at a place; its time [UTC] and source, or ""."""

    venue: str
    symbol: str
    field: str
    value: float | date
    time: datetime
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from the figures of others, whatever their times."""
        return self.venue.lower(), symbol_key(self.symbol), self.field


class Snapshot(NamedTuple):
    """The figures of a file, in its order, and the file's name."""

    name: str
    quotes: tuple[Quote, ...]


def stamped(path: Path) -> tuple[Path, int, int]:
    """A file with its time of change and its size, so that one that stays the same is read once; FileError where there is none."""
    try:
        stamp = os.stat(path)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from error
    return path, stamp.st_mtime_ns, stamp.st_size


@lru_cache(maxsize=2)
def read_lines(path: Path, modified: int, size: int) -> tuple[Line, ...]:
    """Read the rows of a snapshot that is `stamped`; FileError where it is none."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            reader = csv.DictReader(file, delimiter=max(DELIMITERS, key=first.count))
            cells = [(reader.line_num, line) for line in reader]
            header = reader.fieldnames or COLUMNS
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{path} cannot be read as CSV in UTF-8: {error}") from error
    if missing := [column for column in COLUMNS if column not in header]:
        raise FileError(f"{path.name} must have the columns {', '.join(COLUMNS)}: {', '.join(missing)} is missing")
    return tuple(
        Line(row, *(_cell(line, column) for column in COLUMNS), _time_cell(line), _cell(line, "source"))
        for row, line in cells
    )


def _cell(line: dict, column: str) -> str:
    return (line.get(column) or "").strip()


def _time_cell(line: dict) -> str:
    return next(filter(None, (_cell(line, column) for column in TIMES)), "")


def field_name(name: str) -> str:
    """A field's name as it is compared: small letters, and words apart by one space."""
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())


def _bounded(text: str, holds: Callable[[float], bool], rule: str) -> float:
    try:
        number = read_number(text)
    except ValueError:
        raise ValueError(PLAIN) from None
    if not holds(number):
        raise ValueError(rule)
    return number


def _price(text: str) -> float:
    return _bounded(text, lambda x: x > 0, "must be a number > 0 USD/coin")


def _rate(text: str) -> float:
    return _bounded(text, lambda x: -1 < x < 1, "must be a fraction > -1 and < 1, such as 0.0001")


def _hours(text: str) -> float:
    return _bounded(text, lambda x: 0 < x <= 24, "must be a number > 0 and <= 24 hours")


def _day(text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise ValueError("must be a date such as 2027-03-26") from None


READERS: dict[str, Callable[[str], float | date]] = {
    PRICE: _price, MARK: _price, INDEX: _price, FUNDING: _rate, HOURS: _hours, EXPIRY: _day, BID: _price, ASK: _price,
}  # fmt: skip
"""The fields of a snapshot, and what turns the text of each into its value; ValueError with the rule that it breaks."""


def read_snapshot(path: Path, now: datetime | None = None) -> Snapshot:
    """Read a snapshot of which every row must be right; TableError with all mistakes. `now` [UTC] is the clock's unless given."""
    path, now = Path(path), now or datetime.now(UTC)
    quotes, problems, first = [], [], {}
    for line in read_lines(*stamped(path)):
        if not any(line[1:]):
            continue
        wrong = [Problem(path.name, line.row, *mistake) for mistake in _mistakes(line, now)]
        if not wrong:
            quote = _quote(line)
            row, earlier = first.setdefault((*quote.key, quote.time), (line.row, quote))
            if earlier.value != quote.value:
                rule = f"is {_said(earlier.value)} in row {row}, of the same time: keep one of the two"
                wrong.append(Problem(path.name, line.row, "value", rule, line.value))
            quotes.append(quote)
        problems += wrong
    if problems:
        raise TableError(path.name, problems)
    if not quotes:
        raise FileError(f"{path.name} has a header and no figures below it")
    return Snapshot(path.name, tuple(quotes))


def _said(value: float | date) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _mistakes(line: Line, now: datetime) -> Iterator[tuple[str, str, str]]:
    """Column, broken rule and text of each mistake of a row."""
    for column in ("venue", "symbol"):
        if not getattr(line, column):
            yield column, "is required", ""
    field = field_name(line.field)
    if field not in READERS:
        close = get_close_matches(field, READERS, 1)
        yield (
            "field",
            f"must be one of {', '.join(READERS)}" + (f"; did you mean {close[0]}?" if close else ""),
            line.field,
        )
    else:
        try:
            READERS[field](line.value)
        except ValueError as error:
            yield "value", f"{field} {error}", line.value
    try:
        time = utc(line.time)
    except ValueError as error:
        yield "time", str(error), line.time
    else:
        if time > now + AHEAD:
            yield "time", f"must not be in the future: it is {now:%Y-%m-%dT%H:%M:%SZ} now", line.time


def utc(text: str) -> datetime:
    """The time that a text with a zone states, in UTC; ValueError with the rule that it breaks."""
    try:
        time = datetime.fromisoformat(text.removesuffix("UTC").strip() + ("+00:00" if text.endswith("UTC") else ""))
    except ValueError:
        raise ValueError("must be a time such as 2026-11-20T08:00:00Z") from None
    if time.tzinfo is None:
        raise ValueError("must be a time with its zone, such as 2026-11-20T08:00:00Z")
    return time.astimezone(UTC)


def _quote(line: Line) -> Quote:
    field = field_name(line.field)
    return Quote(line.venue, line.symbol, field, READERS[field](line.value), utc(line.time), line.source)


def latest(quotes: Iterable[Quote]) -> Quote | None:
    """The latest of some quotes; of several of one time the first by venue and symbol."""
    return min(quotes, key=lambda quote: (-quote.time.timestamp(), *quote.key), default=None)
