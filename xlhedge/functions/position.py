"""A position step by step: what each fill does to size, entry and realised PnL."""

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
    """The position after each of the fills, from flat."""
    fills, position = [], FLAT
    for fill, price in zip(qtys.tolist(), prices.tolist()):
        position = after_fill(position, fill, price)
        fills.append(position)
    return fills
