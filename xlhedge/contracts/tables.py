"""Tables of contract facts: reading the shipped ones and a user's own, one fact a row, and checking every row."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from xlhedge.contracts.fields import FIELDS, Value
from xlhedge.errors import FileError, shown

REQUIRED = ("venue", "symbol", "field", "value")
OPTIONAL = ("unit", "as_of", "source", "verified", "note")
EVERY = "*"
UNKNOWN = "unknown"
"""Stands for a value that a user's own table takes back: what is shipped is not believed, and nothing takes its place."""
VERIFIED = {"yes": True, "true": True, "no": False, "false": False, "": False}
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of one contract, where it is from, of when ("" = undated), and whether it was checked."""

    venue: str
    symbol: str
    field: str
    value: Value | None
    unit: str
    as_of: str
    source: str
    verified: bool
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class FactTable:
    """Facts read from one place."""

    name: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a table: the cell, the rule that it breaks and what the cell holds."""

    file: str
    row: int
    column: str
    rule: str
    value: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.rule} (got {shown(self.value)})"


class TableError(FileError):
    """A table with mistakes: `problems` holds all of them, the message the first twenty."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        rest = len(self.problems) - 20
        listed = "; ".join(map(str, self.problems[:20])) + (f"; and {rest} more" if rest > 0 else "")
        super().__init__(f"{file}: {listed}")


def symbol_key(symbol: str) -> str:
    """Reduce a symbol to what tells contracts apart: no separators, no PERP or SWAP at its end, XBT as BTC."""
    bare = re.sub(r"[-_/.:\s]", "", symbol.upper()).replace("XBT", "BTC")
    return re.sub(r"(?<=.)(PERPETUAL|PERP|SWAP)$", "", bare)


def read_table(path: str | Path) -> FactTable:
    """Read a user's own CSV file of facts: the columns REQUIRED and any of OPTIONAL, in any order."""
    header, *lines = _csv_lines(Path(path))
    return _table(Path(path).name, header, lines, range(2, len(lines) + 2))


def rows_table(
    rows: Iterable[Mapping[str, object]], name: str = "Contracts sheet", numbers: Sequence[int] | None = None
) -> FactTable:
    """Read facts from rows of cells by column name; `numbers` are those of the rows in their sheet, else 2, 3 ..."""
    rows = list(rows)
    header = list(dict.fromkeys(column for row in rows for column in row))
    lines = ([row.get(column) for column in header] for row in rows)
    return _table(name, header or REQUIRED, lines, numbers or range(2, len(rows) + 2))


@cache
def shipped_venues() -> tuple[str, ...]:
    """Name the venues that have a file in the data folder."""
    return tuple(sorted(path.stem for path in DATA.glob("*.csv")))


@cache
def shipped(venue: str) -> FactTable:
    """Read the shipped facts of one venue, once."""
    path = DATA / f"{venue}.csv"
    header, *lines = _csv_lines(path)
    return _table(path.name, ["venue", *header], ([venue, *cells] for cells in lines), range(2, len(lines) + 2))


def _csv_lines(path: Path) -> list[list[str]]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except UnicodeDecodeError as error:
        raise FileError(f"{path.name} is not UTF-8 text: save it as CSV UTF-8") from error
    except csv.Error as error:
        raise FileError(f"{path.name} is not a CSV file: {error}") from error
    except (OSError, ValueError) as error:
        raise FileError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if not lines:
        raise FileError(f"{path.name} is empty: its first row must name the columns {', '.join(REQUIRED)}")
    return lines


def _table(name: str, header: Sequence[object], lines: Iterable[Sequence[object]], numbers: Sequence[int]) -> FactTable:
    columns = [_text(column).lower() for column in header]
    if problems := list(_header_problems(name, columns, max(numbers[0] - 1, 1) if numbers else 1)):
        raise TableError(name, problems)
    facts, seen = [], {}
    for row, line in zip(numbers, lines):
        cells = [_text(cell) for cell in line]
        if not any(cells):
            continue
        by_name = dict.fromkeys(REQUIRED + OPTIONAL, "") | dict(zip(columns, cells))
        mistakes = [Problem(name, row, *mistake) for mistake in _mistakes(by_name, cells[len(columns) :], row, seen)]
        problems += mistakes
        if not mistakes:
            facts.append(_fact(by_name, f"user table {name}"))
    if problems:
        raise TableError(name, problems)
    return FactTable(name, tuple(facts))


def _text(cell: object) -> str:
    """Write a cell as a CSV file would: whole numbers without a point, dates without a time, blanks as nothing."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def _header_problems(name: str, columns: list[str], row: int) -> Iterator[Problem]:
    for column in dict.fromkeys(columns):
        if column not in REQUIRED + OPTIONAL:
            rule = "is not one of the columns " + ", ".join(REQUIRED + OPTIONAL)
            yield Problem(name, row, column[:40] or "(no name)", rule, column)
        elif columns.count(column) > 1:
            yield Problem(name, row, column, "must stand in the header once", column)
    for column in REQUIRED:
        if column not in columns:
            yield Problem(name, row, column, "is missing from the header", ",".join(columns))


def _mistakes(cells: Mapping[str, str], surplus: list[str], row: int, seen: dict) -> Iterator[tuple[str, str, str]]:
    """Yield column, broken rule and text for each mistake of a row; `seen` collects the rows of earlier facts."""
    field = cells["field"].lower()
    for column in ("venue", "symbol"):
        if not cells[column]:
            yield column, "must not be empty", ""
    if field not in FIELDS:
        yield "field", "must be one of " + ", ".join(FIELDS), cells["field"]
    else:
        try:
            _value(field, cells["value"])
        except ValueError:
            yield "value", f"{field} {FIELDS[field].rule}", cells["value"]
        if cells["unit"].lower() not in ("", FIELDS[field].unit.lower()):
            yield "unit", f"{field} must be in {FIELDS[field].unit}", cells["unit"]
    if cells["as_of"] and not _is_date(cells["as_of"]):
        yield "as_of", "must be a date such as 2026, 2026-05 or 2026-05-27", cells["as_of"]
    if cells["verified"].lower() not in VERIFIED:
        yield "verified", "must be yes or no", cells["verified"]
    if any(surplus):
        yield "(no name)", "has no header above it", ",".join(surplus)
    earlier = seen.setdefault((cells["venue"].lower(), symbol_key(cells["symbol"]), field), row)
    if earlier != row:
        yield "field", f"is stated for this contract in row {earlier} already", cells["field"]


def _value(field: str, text: str) -> Value | None:
    """The value that a text states; None where it says that it is not known after all."""
    return None if text.lower() == UNKNOWN else FIELDS[field].read(text)


def _is_date(text: str) -> bool:
    if not DATE.fullmatch(text):
        return False
    try:
        return bool(date.fromisoformat(f"{text}-01-01"[:10]))
    except ValueError:
        return False


def _fact(cells: Mapping[str, str], default_source: str) -> Fact:
    name, field = cells["field"].lower(), FIELDS[cells["field"].lower()]
    return Fact(
        venue=cells["venue"].lower(),
        symbol=cells["symbol"].upper(),
        field=name,
        value=_value(name, cells["value"]),
        unit=field.unit,
        as_of=cells["as_of"],
        source=cells["source"] or default_source,
        verified=VERIFIED[cells["verified"].lower()] and bool(cells["source"]),
        note=cells["note"],
    )
