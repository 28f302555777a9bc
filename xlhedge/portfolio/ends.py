"""Contracts that end: what may still be done on one whose trading ends or has ended, and on a dated one.

A new hedge on it is refused; what is open may be booked, reduced and computed, with a warning.
"""

import datetime
from collections.abc import Callable

from ..contracts import Contract
from .fields import HoldingValues, SettingValues

today: Callable[[], datetime.date] = datetime.date.today
"""Asked for the day that dates are compared with; tests put their own in its place."""

SNAP = 1e-9
"""A drift this far beyond the band is within it, as on the Allocation sheet."""


def refusal(found: Contract, values: HoldingValues, settings: SettingValues, value: float) -> str | None:
    """Why the hedge that a row asks for cannot be opened on its contract, or None; `value` is that of the portfolio."""
    if not grows(found, values, settings, value):
        return None
    name, day = f"{found.venue} {found.symbol}", found.ends
    if day and has_ended(day):
        return (
            f"{name} {'expired' if found.is_dated and day == found.get('expiry') else 'is no longer listed: trading ended'} "
            f"on {day}, so no new hedge can be opened on it; a position that is open (qty and entry) may be booked and reduced"
        )
    return dated_refusal(found)


def dated_refusal(found: Contract) -> str | None:
    """Why no new hedge on a dated contract is planned here: what plans one has no row for its price yet."""
    return (
        "a dated contract has its own price and no funding, and a hedge with one is not planned yet"
        if found.is_dated
        else None
    )


def warning(found: Contract, values: HoldingValues) -> str | None:
    """What a row with a contract that ends should know, or None."""
    day = found.ends
    if day is None:
        return None
    name = f"{found.venue} {found.symbol}"
    if has_ended(day):
        return f"trading in {name} ended on {day}: an open position can be booked and reduced, and no new one opened"
    if found.is_dated:
        return (
            f"{name} expires on {day}; it has no funding, and what is planned here counts some unless funding_rate is 0"
        )
    return f"trading in {name} ends on {day}"


def has_ended(day: str) -> bool:
    """Whether trading has ended by today that ends on a day; on the day itself it has."""
    return day <= today().isoformat()


def grows(found: Contract, values: HoldingValues, settings: SettingValues, value: float) -> bool:
    """Whether the hedge of a row becomes larger, or changes sides, by at least a lot, as the Allocation sheet trades it."""
    step = (values.face or found.get("face") or 0.0) * found.get("lot", 1.0)
    held = values.qty or 0.0
    goal = goal_qty(values, settings, value)
    more = abs(goal) - abs(held) if goal * held >= 0 else abs(goal)
    return more >= step if step else more > 0


def goal_qty(values: HoldingValues, settings: SettingValues, value: float) -> float:
    """The position [USD] that the hedge of a row is to become; the one it has where nothing is asked, or within the band."""
    held, worth = values.qty or 0.0, values.coins * values.price
    if values.hedge_ratio is not None:
        exposure = (1 - values.hedge_ratio) * worth
    elif values.target_weight is not None:
        exposure = values.target_weight * value
    else:
        return held
    drift = abs(worth + held - exposure)
    if settings.mode == "spot" or worth <= 0 or drift <= (settings.band + SNAP) * value:
        return held
    return exposure - worth if settings.long_underweight else min(exposure - worth, 0.0)
