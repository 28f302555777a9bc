"""The user's last snapshot of the market: marks, index prices and funding rates from a small CSV file.

It lies beside the user's own table of contracts and is called market.csv. No function ever asks a venue: what a cell
shows is what the file says, with its time.
"""

import csv
import math
import os
from functools import lru_cache
from pathlib import Path

from xlhedge.contracts.lookup import ENVIRONMENT
from xlhedge.contracts.tables import symbol_key
from xlhedge.errors import FileError, InputError, NotAvailableError, shown

NAME = "market.csv"
COLUMNS = ("venue", "symbol", "field", "value")
TIMES = ("as_of", "time")
"""The column that says when a row was true: either name."""

SAMPLE = "sample"
"""A venue that exists nowhere, whose figures are those of the worked example: to try a formula without a snapshot."""

SAMPLE_SYMBOL = "BTCUSD"
SAMPLE_ROWS = {"mark": 60000.0, "index": 60000.0, "funding rate": 0.0001, "time": "2026-01-01T00:00:00Z"}

Key = tuple[str, str, str]


def market(venue: str, symbol: str, field: str) -> float | str:
    """Look up a figure of the snapshot; the field `time` gives when the contract's latest row was true."""
    for name, value in (("venue", venue), ("symbol", symbol), ("field", field)):
        if not isinstance(value, str) or not value.strip():
            raise InputError(name, "must be a text", value)
    wanted = venue.strip().lower(), symbol_key(symbol.strip()), _field(field)
    if wanted[0] == SAMPLE:
        if wanted[1] == symbol_key(SAMPLE_SYMBOL) and wanted[2] in SAMPLE_ROWS:
            return SAMPLE_ROWS[wanted[2]]
        raise NotAvailableError(f"the venue {SAMPLE} has {', '.join(SAMPLE_ROWS)} of {SAMPLE_SYMBOL} alone")
    path = snapshot_path()
    if path is None:
        raise NotAvailableError(
            f"there is no snapshot of the market: set {ENVIRONMENT} to a table of your own and put {NAME} beside it, "
            f"with the columns {', '.join(COLUMNS)}, {TIMES[0]}"
        )
    rows = _rows(path)
    if wanted not in rows:
        what = f"{shown(field)} of {shown(symbol)} at {shown(venue)}"
        raise NotAvailableError(f"{path.name} does not have {what}: add a row for it to {path}")
    return rows[wanted]


def snapshot_path() -> Path | None:
    """Name the snapshot beside the user's own table of contracts, or None where there is no such file."""
    table = os.environ.get(ENVIRONMENT)
    path = Path(table).with_name(NAME) if table and Path(table).name else None
    return path if path and path.is_file() else None


def _rows(path: Path) -> dict[Key, float | str]:
    try:
        stamp = os.stat(path)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from error
    return _read_once(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=2)
def _read_once(path: Path, modified: int, size: int) -> dict[Key, float | str]:
    """The figures by venue, symbol and field; of two for the same the later one, by time and then by row."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
            header = lines[0].keys() if lines else COLUMNS
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{path} cannot be read as CSV in UTF-8: {error}") from error
    if missing := [column for column in COLUMNS if column not in header]:
        raise FileError(f"{path.name} must have the columns {', '.join(COLUMNS)}: {', '.join(missing)} is missing")
    found: dict[Key, float | str] = {}
    since: dict[Key, str] = {}
    for line in lines:
        when = next((line[column] for column in TIMES if line.get(column)), "").strip()
        venue, symbol, field, value = ((line[column] or "").strip() for column in COLUMNS)
        places = ((field, _value(value)), ("time", when)) if _field(field) != "time" else ((field, value),)
        for name, cell in places:
            key = venue.lower(), symbol_key(symbol), _field(name)
            if cell != "" and when >= since.get(key, ""):
                found[key], since[key] = cell, when
    return found


def _field(name: str) -> str:
    """A field's name as it is compared: small letters, and words apart by one space."""
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())


def _value(text: str) -> float | str:
    """A number where the text is a finite one, else the text."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text
