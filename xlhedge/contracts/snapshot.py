"""MARKET: the user's last snapshot of the market, as a cell asks for it.

It is the file that XLHEDGE_MARKET names, else market.csv beside the user's own table of contracts. No function ever asks a
venue: what a cell shows is what the file says, with its time. Here a field may have any name, and a value may be a text.
"""

import math
import os
import re
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from xlhedge.contracts.lookup import ENVIRONMENT
from xlhedge.contracts.quotes import COLUMNS, PLAIN, TIMES, field_name, read_lines, stamped, utc
from xlhedge.contracts.tables import symbol_key
from xlhedge.errors import FileError, InputError, NotAvailableError, shown

NAME = "market.csv"
FILE = "XLHEDGE_MARKET"
"""The environment variable that names the snapshot."""

SAMPLE = "sample"
"""A venue that exists nowhere, whose figures are those of the worked example: to try a formula without a snapshot."""

SAMPLE_SYMBOL = "BTCUSD"
SAMPLE_ROWS = {"mark": 60000.0, "index": 60000.0, "funding rate": 0.0001, "time": "2026-01-01T00:00:00Z"}

Key = tuple[str, str, str]
NO_TIME = datetime.min.replace(tzinfo=UTC)


class Doubtful(tuple):
    """Two values of one figure at one time."""


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
    wanted = venue.strip().lower(), symbol_key(symbol.strip()), field_name(field)
    if wanted[0] == SAMPLE:
        if wanted[1] == symbol_key(SAMPLE_SYMBOL) and wanted[2] in SAMPLE_ROWS:
            return SAMPLE_ROWS[wanted[2]]
        raise NotAvailableError(f"the venue {SAMPLE} has {', '.join(SAMPLE_ROWS)} of {SAMPLE_SYMBOL} alone")
    path = snapshot_path()
    if path is None:
        raise NotAvailableError(
            f"there is no snapshot of the market: set {FILE} to one, or put {NAME} beside your own table of contracts "
            f"({ENVIRONMENT}), with the columns {', '.join(COLUMNS)}, {TIMES[0]}"
        )
    rows = _found(*stamped(path))
    if wanted not in rows:
        what = f"{path.name} does not have {shown(field)} of {shown(symbol)} at {shown(venue)}"
        raise NotAvailableError(f"{what}{_near(rows, wanted)}: add a row for it to {path}")
    found = rows[wanted]
    if isinstance(found, Doubtful):
        both = " and ".join(map(shown, found))
        raise FileError(f"{path.name}, {field} of {symbol} at {venue}: has two values of one time ({both})")
    if isinstance(found, str) and wanted[2] != "time" and _SEPARATED.fullmatch(found):
        raise FileError(f"{path.name}, {field} of {symbol} at {venue}: {PLAIN} (got {shown(found)})")
    return found


def _near(rows: dict[Key, float | str | Doubtful], wanted: Key) -> str:
    """The name that the first unknown one of venue, symbol and field may be a slip for, as a question."""
    for place, name in enumerate(wanted):
        known = dict.fromkeys(key[place] for key in rows if key[:place] == wanted[:place])
        if name not in known:
            near = get_close_matches(name, known, 1, NEAR)
            return f" (did you mean {near[0]}?)" if near else f" (it has {', '.join([*known][:8])})" if known else ""
    return ""


def snapshot_path() -> Path | None:
    """Name the snapshot: the file that is told, or the one beside the user's own contracts; None where there is neither."""
    if told := os.environ.get(FILE):
        return Path(told)
    table = os.environ.get(ENVIRONMENT)
    path = Path(table).with_name(NAME) if table and Path(table).name else None
    return path if path and path.is_file() else None


@lru_cache(maxsize=2)
def _found(path: Path, modified: int, size: int) -> dict[Key, float | str | Doubtful]:
    """The figures of a file by venue, symbol and field; of two for the same the later one, by row where there is no time."""
    found: dict[Key, float | str | Doubtful] = {}
    since: dict[Key, tuple[datetime, str]] = {}
    for _, venue, symbol, field, value, time, _ in read_lines(path, modified, size):
        when, name = _moment(time), field_name(field)
        places = ((name, _value(value)), ("time", time)) if name != "time" else ((name, value),)
        for name, cell in places:
            key = venue.lower(), symbol_key(symbol), name
            before = since.get(key, when)
            if cell == "" or when < before:
                continue
            is_doubtful = key in found and when == before and when[0] > NO_TIME and found[key] != cell
            found[key], since[key] = Doubtful((found[key], cell)) if is_doubtful else cell, when
    return found


def _moment(text: str) -> tuple[datetime, str]:
    """What times are compared by: a time with its zone, else the text, which comes before any time."""
    try:
        return utc(text), ""
    except ValueError:
        return NO_TIME, text


def _value(text: str) -> float | str:
    """A number where the text is a finite one, else the text."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text
