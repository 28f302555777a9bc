"""Contracts that end: what may still be done on one whose trading ends or has ended, and on a dated one.

A new hedge on it is refused; what is open may be booked, reduced and computed, with a warning.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence

from ..contracts import Contract
from .fields import HoldingValues, SettingValues
from .mistakes import RowError, Tables
from .positions import Position, goals

today: Callable[[], datetime.date] = datetime.date.today
"""Asked for the day that dates are compared with; tests put their own in its place."""


def refusals(
    tables: Tables,
    holdings: Sequence[HoldingValues],
    positions: Sequence[Position],
    facts: Sequence[Contract | None],
    settings: SettingValues,
    value: float,
) -> Iterator[RowError]:
    """A mistake for each position whose hedge cannot be opened on its contract; `value` is that of the portfolio."""
    for place, holding in enumerate(holdings):
        own = [(position, found) for position, found in zip(positions, facts) if position.holding == place]
        wanted = goals(holding, [position for position, _ in own], settings, value)
        for (position, found), goal in zip(own, wanted):
            day = found and found.ends
            if day and has_ended(day) and _grows(found, position.values, goal):
                values = position.values
                yield tables.error(position.row, "contract", values.contract or values.venue, no_longer(found))


def no_longer(found: Contract) -> str:
    """That trading in a contract has ended."""
    day = found.ends
    how = "expired" if found.is_dated and day == found.get("expiry") else "is no longer listed: trading ended"
    return (
        f"{found.venue} {found.symbol} {how} on {day}, so no new hedge can be opened on it; a position that is open (qty and "
        "entry) may be booked and reduced"
    )


def warning(found: Contract) -> str | None:
    """What a row with a contract that ends should know, or None."""
    day = found.ends
    if day is None:
        return None
    name = f"{found.venue} {found.symbol}"
    if has_ended(day):
        return f"trading in {name} ended on {day}: an open position can be booked and reduced, and no new one opened"
    return None if found.is_dated and day == found.get("expiry") else f"trading in {name} ends on {day}"


def has_ended(day: str) -> bool:
    """Whether trading has ended by today that ends on a day; on the day itself it has."""
    return day <= today().isoformat()


def _grows(found: Contract, values: HoldingValues, goal: float) -> bool:
    """Whether a position becomes larger, or changes sides, by at least a lot, as the Hedge plan trades it."""
    step = (values.face or found.get("face") or 0.0) * found.get("lot", 1.0)
    held = values.qty or 0.0
    more = abs(goal) - abs(held) if goal * held >= 0 else abs(goal)
    return more >= step if step else more > 0
