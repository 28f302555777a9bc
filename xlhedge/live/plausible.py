"""What a figure of the market must be like to be written down; what is not is left out and told."""

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from ..errors import shown
from .quotes import HOUR, Figure
from .table import Row, iso

LARGEST_RATE = 0.01
"""Funding of this share of a position, or more, for one interval is not believed."""
LARGEST_BASIS = 0.2
"""A mark this far from the index, or further, is not believed, and neither is the index."""
OLDEST, AHEAD = 24 * HOUR, HOUR / 12
"""How old a figure may be, and how far its time may be ahead of this computer's clock [ms]."""
TOO_OLD, TOO_NEW = "must not be older than a day", "must not be of the future by this computer's clock"
MOST_NAMED = 5
LONGEST = 24.0
"""The longest interval of funding [h]."""


class Gap(NamedTuple):
    """What was asked for and is not there: of which venue, which contract or coin ("" = all), and why, as a clause."""

    venue: str
    symbol: str
    reason: str

    def __str__(self) -> str:
        return f"{' '.join(filter(None, (self.venue, self.symbol)))}: {self.reason}"


def believed(venue: str, symbol: str, figures: Iterable[Figure], now: int) -> tuple[list[Row], list[Gap]]:
    """The figures of one contract or coin that can be believed at a time [ms], as rows, and what is wrong with the others."""
    rows, gaps = [], []
    for figure in figures:
        found = _row(venue, symbol, figure, now)
        (rows if isinstance(found, Row) else gaps).append(found)
    value = {row.field: row.value for row in rows}
    if "mark" in value and "index" in value and abs(value["mark"] / value["index"] - 1) >= LARGEST_BASIS:
        reason = f"mark of {value['mark']:.10g} and index of {value['index']:.10g} must be within {LARGEST_BASIS:.0%} of each other; both are left out"
        gaps.append(Gap(venue, symbol, reason))
        rows = [row for row in rows if row.field not in ("mark", "index")]
    return rows, gaps


def gathered(gaps: list[Gap]) -> list[Gap]:
    """The gaps of a venue, those of a clock that is wrong as one."""
    for rule in (TOO_OLD, TOO_NEW):
        late = [gap for gap in gaps if f" {rule} (" in gap.reason]
        if len(late) > 1:
            names = [*dict.fromkeys(gap.symbol for gap in late)]
            of = ", ".join(names) if len(names) <= MOST_NAMED else f"{len(names)} contracts"
            got = late[0].reason.partition(rule)[2].replace("it is left out", "they are left out")
            gaps = [gap for gap in gaps if gap not in late]
            gaps.append(Gap(late[0].venue, "", f"{len(late)} figures of {of} {rule}{got}"))
    return gaps


def _row(venue: str, symbol: str, figure: Figure, now: int) -> Row | Gap:
    if figure.value is None or figure.value == "":
        return Gap(venue, symbol, f"{figure.field} is not told")
    try:
        value = float(figure.value)
        time = now if figure.time is None else int(figure.time)
    except (TypeError, ValueError, OverflowError):
        return Gap(venue, symbol, f"{figure.field} must be a number (got {shown(figure.value)})")
    for broken in _broken(figure.field, value, time, now):
        return Gap(venue, symbol, f"{figure.field} {broken}; it is left out")
    source = figure.source if figure.time is not None else f"{figure.source}; the time is that of reading"
    written = datetime.fromtimestamp(value / 1000, UTC).date().isoformat() if figure.field == "expiry" else value
    return Row(venue, symbol, figure.field, written, iso(min(time, now)), source)


def _broken(field: str, value: float, time: int, now: int) -> Iterator[str]:
    """The rules that a figure breaks, each as the end of a sentence."""
    got = f"(got {value:.10g})"
    if not math.isfinite(value):
        yield f"must be a finite number {got}"
    elif field == "funding rate":
        if abs(value) >= LARGEST_RATE:
            yield f"must be below {LARGEST_RATE:.0%} an interval {got}"
    elif value <= 0:
        yield f"must be > 0 {got}"
    elif field == "funding hours" and value > LONGEST:
        yield f"must be at most {LONGEST:g} {got}"
    elif field == "expiry" and not now < value < now + 20 * 366 * 24 * HOUR:
        yield "must be a day to come"
    if not 0 < time < 4e12:
        yield "has a time that cannot be read"
    elif time < now - OLDEST:
        yield f"{TOO_OLD} (got {iso(time)})"
    elif time > now + AHEAD:
        yield f"{TOO_NEW} (got {iso(time)})"
