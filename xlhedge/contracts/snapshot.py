"""The user's last snapshot of the market: marks, index prices and funding rates from a small CSV file.

It lies beside the user's own table of contracts and is called market.csv. No function ever asks a venue: what a cell
shows is what the file says, with its time.
"""

import csv
import math
import os
import re
from difflib import get_close_matches
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

DELIMITERS = ",;\t"
NEAR = 0.7
"""How alike two names must be, from 0 to 1, for the one to be a slip for the other."""
_SEPARATED = re.compile(
    r"(?![0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2,4}$)[+-]?[0-9][0-9.,'\u2019 \u00a0\u202f]*[,.'\u2019 \u00a0\u202f][0-9]+ ?%?"
)
"""60.999,5 or 60,999: a number with separators that are not understood, or in two ways; not a date such as 20.11.2026."""


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
        what = f"{path.name} does not have {shown(field)} of {shown(symbol)} at {shown(venue)}"
        raise NotAvailableError(f"{what}{_near(rows, wanted)}: add a row for it to {path}")
    found = rows[wanted]
    if isinstance(found, str) and wanted[2] != "time" and _SEPARATED.fullmatch(found):
        rule = "must be a plain number such as 1234.5, with a point and no other separator"
        raise FileError(f"{path.name}, {field} of {symbol} at {venue}: {rule} (got {shown(found)})")
    return found


def _near(rows: dict[Key, float | str], wanted: Key) -> str:
    """The name that the first unknown one of venue, symbol and field may be a slip for, as a question."""
    for place, name in enumerate(wanted):
        known = dict.fromkeys(key[place] for key in rows if key[:place] == wanted[:place])
        if name not in known:
            near = get_close_matches(name, known, 1, NEAR)
            return f" (did you mean {near[0]}?)" if near else f" (it has {', '.join([*known][:8])})" if known else ""
    return ""


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
            first = file.readline()
            file.seek(0)
            lines = list(csv.DictReader(file, delimiter=max(DELIMITERS, key=first.count)))
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
