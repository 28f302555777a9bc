"""A position step by step: what each fill does to size, entry and realised PnL."""

import math
from typing import NamedTuple

from ..elementary import where


class Fill(NamedTuple):
    """A position after a fill: its qty [USD], its size in coin at entry (qty/entry), the coin that the fill realised."""

    qty: float
    cost: float
    realized: float

    @property
    def entry(self):
        """The harmonic average entry [USD/coin]."""
        return self.qty / self.cost


FLAT = Fill(0.0, 0.0, 0.0)
DUST = 1e-12
"""What is left of a closed position, as a share of its largest size, is the noise of binary arithmetic."""


def after_fill(position: Fill, fill, price) -> Fill:
    """The position after one more fill of signed USD face at a price.

    Adding keeps a running sum of q/p (the harmonic mean). Reducing shrinks qty and cost alike. Crossing zero
    closes everything and opens the rest at the fill's price.
    """
    qty, cost, _ = position
    new = qty + fill
    adds = qty * fill >= 0
    stays = qty * new > 0
    kept = where(stays, cost * (new / where(qty == 0, 1.0, qty)), new / price)
    # The closed part, with the sign of the old position: all of it unless something of it stays.
    closed_qty, closed_cost = where(stays, -fill, qty), where(stays, cost - kept, cost)
    realized = where(adds, 0.0, closed_cost - closed_qty / price)
    return Fill(new, where(adds, cost + fill / price, kept), realized)


def run_fills(qtys, prices) -> list[Fill]:
    """The position after each of the fills, from flat; one that is closed but for binary dust is flat."""
    fills, position, largest = [], FLAT, 0.0
    for fill, price in zip(qtys.tolist(), prices.tolist()):
        before, position = position, after_fill(position, fill, price)
        largest = max(largest, abs(position.qty))
        if abs(position.qty) <= DUST * largest < math.inf:
            position, largest = after_fill(before, -before.qty, price), 0.0
        fills.append(position)
    return fills
