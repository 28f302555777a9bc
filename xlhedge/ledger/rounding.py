"""How venues round the value of what is traded, so that a difference of that much is explained and one of more is not."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from ..functions.position import Fill, after_fill
from .walk import Step

SATOSHIS = 10**8
FINER = datetime(2021, 1, 1, tzinfo=UTC).timestamp() * 1e6
"""When BitMEX's values became finer, in microseconds: executions of 2020 are in whole satoshi, those of 2026 in hundredths."""


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
