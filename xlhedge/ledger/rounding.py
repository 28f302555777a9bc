"""How venues round the value of what is traded, so that a difference of that much is explained and one of more is not."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from .walk import Step


class Rounding(NamedTuple):
    """A venue's rounding: the coin that one USD of a fill comes to, and the rule in words."""

    value: Callable[[Step], float]
    rule: str


FINER = datetime(2021, 1, 1, tzinfo=UTC).timestamp() * 1e6
"""When BitMEX's values became finer, in microseconds: executions of 2020 are in whole satoshi, those of 2026 in hundredths."""


def _bitmex(step: Step) -> float:
    """1/price to the satoshi until 2020, to its hundredth since; its contracts are of one USD."""
    return round(1.0 / step.price, 8 if step.time < FINER else 10)


ROUNDING = {
    "bitmex": Rounding(_bitmex, "the venue rounds the value of each contract to 0.01 satoshi, up to 2020 to 1 satoshi"),
}
"""By venue; a venue that is not here is taken to round amounts alone."""
