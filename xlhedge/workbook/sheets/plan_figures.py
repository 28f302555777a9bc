"""What the Hedge plan offers to the other sheets: columns of its assets, by name."""

from typing import NamedTuple

from ...formula import Cell
from ..grid.columns import Columns

CONTRACT_WIDTH = 25
"""Of a column that shows the name of a contract."""


class Frames(NamedTuple):
    """The tables of the sheet, from top to bottom, each with its title and its assets."""

    ticket: Columns
    figures: Columns
    size: Columns
    maintenance: Columns
    margin: Columns
    carry: Columns
    working: Columns


class Links(NamedTuple):
    """The figures of each holding's contract; 0 where there is no contract, or no face is known."""

    number: Cell
    contract: Cell
    place: Cell
    face: Cell
    lot: Cell
    tick: Cell
    taker: Cell
    funding_hours: Cell
    method: Cell
    liq_fee: Cell
    funding_rate: Cell
    price: Cell
    leverage: Cell
    volatility: Cell
    listed_until: Cell


class Size(NamedTuple):
    """The hedge after the trades of the plan: coins, goal [USD], contracts, trade, position and net exposure [USD], ratio.

    `proceeds` is the cash [USD] from spot trades.
    """

    coins: Cell
    goal_qty: Cell
    contracts: Cell
    trade: Cell
    qty: Cell
    exposure: Cell
    ratio: Cell
    is_over_hedged: Cell
    proceeds: Cell


class Fills(NamedTuple):
    """The average entry [USD/coin] after the trade of the plan, and what the trade realises [coin]."""

    entry: Cell
    realized: Cell


class Maintenance(NamedTuple):
    """The maintenance rule of each position by its size: rate, amount [coin], slope [1/coin], the largest size [USD].

    `is_laddered` says that the tier changes with the price, as sizes are counted in coins; `is_beyond` that the size is,
    or comes to be after the fall, beyond what is known; `is_known` whether the rate is; `initial` is the venue's initial
    rate, 0 if unknown, and `missing` what the plan lacks of the contract, in words; `is_assumed`
    says that the rate is the setting mmr.
    """

    mmr: Cell
    amount: Cell
    slope: Cell
    is_laddered: Cell
    cap: Cell
    is_beyond: Cell
    is_known: Cell
    initial: Cell
    missing: Cell
    is_assumed: Cell


class Margins(NamedTuple):
    """Entry after the trades, margins [coin] and prices of liquidation.

    `posted` is what the plan's own trade leaves of the margin that is posted (`is_posted`), `required` what the move, adverse
    funding and the venue's initial margin ask for, `planned` the same with the buffer, and `margin` what the figures
    rest on: what is posted, else what is planned; `before` is what that was before the trade. `adverse` is the funding [coin]
    paid to the horizon in the adverse case. `carried` is the largest short, in contracts opened at the price of now, that the
    margin carries through the rally and that funding.
    """

    entry: Cell
    initial: Cell
    maintenance: Cell
    adverse: Cell
    needed: Cell
    required: Cell
    planned: Cell
    is_posted: Cell
    posted: Cell
    margin: Cell
    top_up: Cell
    transfer: Cell
    before: Cell
    ratio: Cell
    liq: Cell
    distance: Cell
    other_liq: Cell
    probability: Cell
    carried: Cell


class Ticket(NamedTuple):
    """What a desk has to do with each position: sell or buy, at which limit [USD/coin], and what that does to the position."""

    side: Cell
    limit: Cell
    effect: Cell


class Carry(NamedTuple):
    """What the hedge costs to the horizon [USD], as expected and in the adverse case, and the margin [coin] that adverse funding leaves.

    `fees` [USD] are those of opening and closing; `liq` is the liquidation price of the margin that is left.
    """

    expected: Cell
    adverse: Cell
    fees: Cell
    left: Cell
    liq: Cell
