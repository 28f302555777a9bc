"""How venues round the value of what is traded, so that a difference of that much is explained and one of more is not."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from ..functions.position import Fill, after_fill
from .walk import Step

if TYPE_CHECKING:
    import numpy as np

SATOSHIS = 10**8
SATOSHI_DECIMALS, MOST_DECIMALS = 8, 12
"""Decimals of a satoshi, and those beyond which a number of coins says no more than noise."""
NOISE = 0.01
"""Parts of a unit by which a number that is whole in it may be off as it is held."""
FINER = datetime(2021, 1, 1, tzinfo=UTC).timestamp() * 1e6
"""When BitMEX's values became finer, in microseconds: executions of 2020 are in whole satoshi, those of 2026 in hundredths."""


def decimals_told(*columns: "np.ndarray") -> int:
    """How many decimals the coarsest of some columns of coins is told with: 8, as venues tell at least, to 12."""
    import numpy as np

    def told(column: "np.ndarray") -> int:
        known = column[~np.isnan(column)]
        for digits in range(SATOSHI_DECIMALS, MOST_DECIMALS):
            units = known * 10.0**digits
            if np.all(np.abs(units - np.rint(units)) < NOISE):
                return digits
        return MOST_DECIMALS

    return min(map(told, columns))


def rounded_off(decimals: int, count: "float | np.ndarray") -> "float | np.ndarray":
    """How far [coin] a sum of `count` amounts may be off that are each rounded to some decimals, as it is itself at both ends.

    Each is half a unit off at most, and where they are independent no more than three times the root of their number of it.
    """
    return 10.0**-decimals * (1 + 1.5 * count**0.5)


class Rounding(NamedTuple):
    """A venue's rounding: the position after a fill as it keeps it, and the rule in words."""

    after: Callable[[Fill, Step], Fill]
    rule: str


def _bitmex(position: Fill, step: Step) -> Fill:
    """The position after a fill of contracts of one USD: costs, values and profits are whole satoshi.

    What is closed takes its share of the cost or of the value, and the rest is what is left of it.
    """
    if math.isnan(position.cost) or not (position.qty.is_integer() and step.qty.is_integer()):
        return after_fill(position, step.qty, step.price)
    parts = 1 if step.time < FINER else 100
    qty, fill, cost = int(position.qty), int(step.qty), round(position.cost * SATOSHIS)
    value, new = round(fill * round(SATOSHIS * parts / step.price) / parts), qty + fill
    if qty * fill >= 0:
        return Fill(float(new), (cost + value) / SATOSHIS, 0.0)
    if qty * new > 0:
        kept = round(cost * new / qty)
        return Fill(float(new), kept / SATOSHIS, (cost - kept + value) / SATOSHIS)
    closing = round(value * qty / -fill)
    return Fill(float(new), (value - closing) / SATOSHIS, (cost + closing) / SATOSHIS)


ROUNDING = {
    "bitmex": Rounding(_bitmex, "the venue rounds the value of each contract to 0.01 satoshi, up to 2020 to 1 satoshi"),
}
"""By venue; a venue that is not here is taken to round amounts alone."""
