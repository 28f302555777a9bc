"""What the Hedge plan offers to the other sheets: columns of its assets, by name."""

from typing import NamedTuple

from ...formula import Cell
from ..grid.columns import Columns


class Frames(NamedTuple):
    """The tables of the sheet, from top to bottom, each with its title and its assets."""

    figures: Columns
    size: Columns
    maintenance: Columns
    margin: Columns
    carry: Columns
    working: Columns


class Links(NamedTuple):
    """The figures of each holding's contract; 0 where there is no contract, or no face is known."""

    place: Cell
    face: Cell
    lot: Cell
    taker: Cell
    funding_hours: Cell
    method: Cell
    liq_fee: Cell
    funding_rate: Cell
    price: Cell
    leverage: Cell
    listed_until: Cell


class Size(NamedTuple):
    """The hedge after the trades of the plan: coins, goal [USD], contracts, trade [USD], position [USD], ratio.

    `proceeds` is the cash [USD] from spot trades.
    """

    coins: Cell
    goal_qty: Cell
    contracts: Cell
    trade: Cell
    qty: Cell
    ratio: Cell
    is_over_hedged: Cell
    proceeds: Cell


class Maintenance(NamedTuple):
    """The maintenance rule of each position by its size: rate, amount [coin], slope [1/coin], the largest size [USD].

    `is_known` says whether the rate is, `missing` what the plan lacks of the contract, in words, `is_assumed` whether the
    rate is the setting mmr.
    """

    mmr: Cell
    amount: Cell
    slope: Cell
    cap: Cell
    is_known: Cell
    missing: Cell
    is_assumed: Cell


class Margins(NamedTuple):
    """Entry after the trades, margins [coin], the coins that the chosen move needs, and the liquidation price."""

    entry: Cell
    initial: Cell
    maintenance: Cell
    needed: Cell
    margin: Cell
    liq: Cell
    distance: Cell


class Carry(NamedTuple):
    """What the hedge costs to the horizon [USD], and the margin [coin] that adverse funding leaves."""

    cost: Cell
    left: Cell
