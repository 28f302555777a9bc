"""Dated contracts by a rule for each venue: what a symbol says of its expiry, and whether the venue's calendar has it.

A series is a row of the tables whose symbol ends in a pattern of the date, such as BTCUSD_{YYMMDD}: its facts are those
of every contract of the series.
"""

import calendar
import re
from datetime import date, timedelta

from xlhedge.contracts.tables import symbol_key
from xlhedge.errors import NotAvailableError, shown

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
LETTERS = "FGHJKMNQUVXZ"
"""The months of a year, as futures markets name them."""

PATTERNS = {
    "{YYMMDD}": re.compile(r"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)", re.ASCII),
    "{DMMMYY}": re.compile(r"(?P<day>\d\d?)(?P<month>[A-Z]{3})(?P<year>\d\d)", re.ASCII),
    "{MYY}": re.compile(rf"(?P<month>[{LETTERS}])(?P<year>\d\d)", re.ASCII),
}
"""How a date stands in a symbol: 261225, 25DEC26, or Z26 for the last Friday of December 2026."""

CALENDARS = {
    "quarter": "on the last Friday of March, June, September and December",
    "month": "on the last Friday of a month",
    "week": "on Fridays",
}
FRIDAY = 4


def is_series(symbol: str) -> bool:
    """Whether a symbol of the tables stands for a series of dated contracts."""
    return symbol.endswith(tuple(PATTERNS))


def expiry(series: str, days: str, symbol: str, venue: str) -> tuple[str, date] | None:
    """Return the contract of a series that a symbol means, as the venue writes it, and its expiry; None if it means none.

    `days` is the venue's calendar. NotAvailableError for a date that does not exist, or that the calendar does not have.
    """
    stem, _, name = series.partition("{")
    key, stem_key = symbol_key(symbol), symbol_key(stem)
    if not key.startswith(stem_key) or not (found := PATTERNS["{" + name].fullmatch(key[len(stem_key) :])):
        return None
    try:
        day = _day(**found.groupdict())
    except ValueError:
        raise NotAvailableError(f"{venue} has no contract {shown(symbol)}: there is no such date") from None
    if not _is_on(days, day):
        after = next(each for each in (day + timedelta(ahead) for ahead in range(1, 100)) if _is_on(days, each))
        raise NotAvailableError(
            f"{venue} has no contract {shown(symbol)}: its dated contracts expire {CALENDARS[days]} "
            f"(the next after {day} is {after}, {stem}{_written(name, after)})"
        )
    return stem + _written(name, day), day


def _day(year: str, month: str, day: str | None = None) -> date:
    """The date of its parts, or ValueError."""
    at = 2000 + int(year)
    number = int(month) if month.isdigit() else 1 + (MONTHS if len(month) == 3 else [*LETTERS]).index(month)
    return date(at, number, int(day)) if day else last_friday(at, number)


def last_friday(year: int, month: int) -> date:
    """The last Friday of a month."""
    last = date(year, month, calendar.monthrange(year, month)[1])
    return last - timedelta((last.weekday() - FRIDAY) % 7)


def _is_on(days: str, day: date) -> bool:
    if days == "week":
        return day.weekday() == FRIDAY
    return day == last_friday(day.year, day.month) and (days == "month" or day.month % 3 == 0)


def _written(name: str, day: date) -> str:
    """The date as it stands in a symbol."""
    match name:
        case "YYMMDD}":
            return f"{day:%y%m%d}"
        case "DMMMYY}":
            return f"{day.day}{MONTHS[day.month - 1]}{day:%y}"
        case _:
            return f"{LETTERS[day.month - 1]}{day:%y}"
