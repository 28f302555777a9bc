"""What the Hedge plan offers to the other sheets: columns of its assets, by name."""

from typing import NamedTuple

from ...formula import Cell
from ..grid.columns import Columns

CONTRACT_WIDTH = 30
"""Of a column that shows the name of a contract."""


LABEL_WIDTH = 34
"""Of a column that shows the name of a position."""


class Frames(NamedTuple):
    """The tables of the sheet, from top to bottom, each with its title: of positions, and `assets` of the assets."""

    ticket: Columns
    figures: Columns
    size: Columns
    assets: Columns
    maintenance: Columns
    margin: Columns
    liquidation: Columns
    carry: Columns
    account: Columns
    working: Columns


class Links(NamedTuple):
    """The figures of each position's contract; 0 where there is no contract, or no face is known.

    `price` is the contract's own; `settlement_fee` is what the settlement of a dated one costs, `dated`
    the day of the oldest fact.
    """

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
    settlement_fee: Cell
    dated: Cell
    is_far: Cell


class Size(NamedTuple):
    """Each position after the trades of the plan: goal [USD], contracts, trade and position [USD].

    `hedge_trade` and `hedge` are the trade and the position as exposure to the asset [USD], `step` a lot of it.
    """

    goal_qty: Cell
    contracts: Cell
    trade: Cell
    qty: Cell
    hedge_trade: Cell
    hedge: Cell
    step: Cell


class Exposure(NamedTuple):
    """Each asset after the trades of the plan: coins, the hedge to reach and that reached [USD], net exposure [coin, USD], ratio of its hedge, a step of it [USD].

    `wallet` are the coins that can be posted in all, and `posted` those on which the figures rest; `shares` is what the shares
    of its positions add up to, 1 where it has none, and `proceeds` the cash [USD] from spot trades, less their fees and tax.
    """

    coins: Cell
    wanted: Cell
    hedge: Cell
    coin: Cell
    usd: Cell
    ratio: Cell
    step: Cell
    is_over_hedged: Cell
    wallet: Cell
    posted: Cell
    shares: Cell
    proceeds: Cell


class Fills(NamedTuple):
    """The average entry [USD/coin] after the trade of the plan, what the trade realises and what it costs [coin]."""

    entry: Cell
    realized: Cell
    fee: Cell


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
    """Margins [coin] and prices of liquidation of each position after the trades of the plan.

    `posted` is what the plan's own trade leaves of the margin that is posted (`is_posted`), `required` what the move, adverse
    funding and the venue's initial margin ask for, `planned` the same with the buffer, and `margin` what the figures
    rest on: what is posted, else what is planned; `before` is what that was before the trade. `adverse` is the funding [coin]
    paid to the horizon in the adverse case. In a cross account needs and requirements are those of the account, divided among
    its positions by their size. `lacks_initial` and `lacks_required` are the shares of those that are not there. `above` and `below` are the prices of the contract at which it is liquidated on either side,
    `liq` is that on the side of the loss, and `carried` the largest short, in contracts opened at the price of now, that an
    isolated margin carries through the rally and that funding.
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
    pnl: Cell
    lacks_initial: Cell
    lacks_required: Cell
    ratio: Cell
    liq: Cell
    distance: Cell
    above: Cell
    below: Cell
    probability: Cell
    carried: Cell


class Ticket(NamedTuple):
    """What a desk has to do with each position: sell or buy, which contract, at which limit [USD/coin], and what that does to the position."""

    side: Cell
    contract: Cell
    limit: Cell
    effect: Cell


class Carry(NamedTuple):
    """What the hedge costs to the horizon [USD], as expected and in the adverse case, and the margin [coin] that adverse funding leaves.

    `spare` is what that is above the maintenance. `fees` [USD] are those of opening and closing; `above` and `below` are the prices of liquidation of the margin that is left,
    `liq` the nearer, `later` [fraction] how far it is (0 where adverse funding or the margin alone liquidates); `other_near` says that the other is within the move that is to be survived.
    """

    expected: Cell
    adverse: Cell
    fees: Cell
    basis: Cell
    left: Cell
    spare: Cell
    liq: Cell
    later: Cell
    above: Cell
    below: Cell
    other_near: Cell
