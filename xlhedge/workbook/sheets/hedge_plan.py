"""The Hedge plan sheet: size, maintenance, margin and liquidation, carry, each asset on a row."""

import xlhedge

from ...elementary import NONE, both, given, total, where
from ...formula import Cell
from ...portfolio.fields import HOLDING_FIELDS
from ...ranges import picked, position
from ..grid.cells import Style
from ..grid.columns import Columns
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from .allocation import WaysBack
from .contracts import METHODS, UNKNOWN, ContractColumns
from .inputs import Held, Settings
from .maintenance import maintenance
from .margin_rule import margin_rule
from .margins import carry, fills, margins
from .plan_figures import CONTRACT_WIDTH, Frames, Links, Margins, Size, Ticket

HEAD_ROW = 3
TITLES = (
    ("Order ticket: what to trade and to transfer; the limit is the price on Inputs", 2),
    ("Contract figures, from the Contracts sheet and the own figures on Inputs", 2),
    ("Size: short < 0, sell < 0", 3),
    ("Maintenance: the rate of the position's size", 2),
    ("Margin and liquidation", 3),
    ("Carry: received > 0, paid < 0", 6),
    ("Working: each figure by each liquidation method", 0),
)
"""The title of each table, and how many rows there are between its last asset and the next title."""


def frames(sheet: Sheet, held: Held) -> Frames:
    """Every table with its title and its assets: those further down stand where the ones above will end."""
    made, row = [], sheet.below()
    for title, between in TITLES:
        sheet.text(row, 1, title, "section")
        table = Columns(sheet, held.count, row=row + 1, may_be_blank=True)
        table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
        made.append(table)
        row = table.end + between
    return Frames(*made)


def links(frames: Frames, held: Held, settings: Settings, contracts: ContractColumns) -> Links:
    """The contract of each asset: its row on Contracts and its figures."""
    table, number = frames.figures, frames.working.numbered("Row", "of the asset")
    name = where(held.contract == "", "", held.contract)
    name = table.computed("Contract", "text", name, "text", role="link", width=CONTRACT_WIDTH)
    place = where(held.contract == "", 0, position(held.contract, contracts.key))
    place = table.computed("Row on Contracts", "number", place, "number", role="link")

    def listed(column: Cell, otherwise) -> Cell:
        found = picked(column, place)
        return where(place > 0, where(given(found), found, otherwise), otherwise)

    def put(header: str, unit: str, format: str, cell: Cell) -> Cell:
        return table.computed(header, unit, cell, format, role="link")

    face = put("Face", "USD", "number", where(given(held.face), held.face, listed(contracts.face, 0.0)))
    lot = put("Lot", "contracts", "number", listed(contracts.lot, 1.0))
    tick = put("Tick, 0 if unknown", "USD/coin", "number", listed(contracts.tick, 0.0))
    fee = where(given(held.fee), held.fee, listed(contracts.taker, settings.fee))
    taker = put("Taker fee", "fraction", "rate", fee)
    hours = put("Funding every", "hours", "hours", listed(contracts.funding_hours, settings.funding_hours))
    method = put("Liquidation method", "word", "text", _method(held, place, contracts))
    fee = where(method == "product", taker, 0.0)
    fee = where(both(given(held.fee), method == "product"), held.fee, listed(contracts.liq_fee, fee))
    liq_fee = put("Fee in the liquidation price", "fraction", "rate", fee)
    rate = settings.funding_rate * hours / settings.funding_hours
    rate = where(given(held.funding_rate), held.funding_rate, rate)
    rate = table.computed("Funding rate", "fraction", rate, "rate")
    # A row without an asset counts as one of price 1, so that nothing divides by a blank.
    price = put("Price", "USD/coin", "price", where(held.price > 0, held.price, 1.0))
    leverage = put("Leverage", "x", "factor", where(given(held.leverage), held.leverage, _usual_leverage(table.sheet)))
    volatility = where(given(held.volatility), held.volatility, settings.volatility)
    volatility = put("Volatility assumed", "fraction a year", "share", volatility)
    until = put("Listed until", "date or none", "date", listed(contracts.listed_until, NONE))
    return Links(
        number, name, place, face, lot, tick, taker, hours, method, liq_fee, rate, price, leverage, volatility, until
    )


def _usual_leverage(sheet: Sheet) -> Cell:
    """The leverage of a row that gives none, at the head of the sheet: a formula names its cell."""
    sheet.text(HEAD_ROW, 1, "Leverage where Inputs has none")
    cell = sheet.typed(HEAD_ROW, 3, HOLDING_FIELDS["leverage"].default, Style("label", "factor"))
    return sheet.named("usual_leverage", cell)


def _method(held: Held, place: Cell, contracts: ContractColumns) -> Cell:
    """The liquidation method; a contract that its row on Inputs describes is liquidated at the mark price."""
    found = picked(contracts.method, place)
    described = where(both(given(held.face), given(held.mmr)), METHODS[0], UNKNOWN)
    unlisted = where(held.contract == "", METHODS[0], described)
    return where(place > 0, where(found == "", UNKNOWN, found), unlisted)


def size(frames: Frames, held: Held, settings: Settings, links: Links, ways_back: WaysBack) -> Size:
    """What is traded, and the position and the exposure after it."""
    table, is_spot = frames.size, settings.mode == "spot"
    coins = held.coins + where(is_spot, ways_back.spot_coins, 0.0)
    coins = table.computed("Coins after", "coin", coins, "coin")
    wanted = where(links.face > 0, -ways_back.ratio_goal * held.coins * links.price, 0.0)
    goal = table.computed("Target position", "USD", where(is_spot, held.qty, wanted), "usd")
    contracts = table.computed("Contracts to trade", "contracts", ways_back.contracts, "contracts", role="link")
    trade = table.computed("Trade", "USD", contracts * links.face, "usd")
    qty = table.computed("Position after", "USD", held.qty + trade, "usd")
    table.computed("Position after", "coin", xlhedge.notional_coin(qty, links.price), "coin")
    residual = table.computed("Left open by rounding or band", "USD", goal - qty, "usd2")
    table.computed("Net exposure", "coin", xlhedge.net_exposure(coins, qty, links.price), "coin")
    exposure = xlhedge.net_exposure(coins, qty, links.price, "usd")
    exposure = table.computed("Net exposure", "USD", exposure, "usd")
    ratio = where(coins > 0, xlhedge.hedge_ratio(coins, qty, links.price), 0.0)
    ratio = table.computed("Hedge ratio after", "fraction", ratio, "share")
    over = xlhedge.over_hedged(coins, qty, links.price, links.face)
    over = table.computed("Over-hedged", "TRUE or FALSE", over, "flag", alarm="bad")
    table.totals((residual, "usd2"), *((cell, "usd") for cell in (goal, trade, qty, exposure)))
    row = table.end + 1
    table.sheet.text(row, 1, "Cash from spot trades")
    cash = where(is_spot, -total(ways_back.spot_usd), 0.0)
    proceeds = table.sheet.computed(row, 2, cash, Style("calc", "usd"))
    table.sheet.text(row, 3, "USD", "unit")
    return Size(coins, goal, contracts, trade, qty, exposure, ratio, over, proceeds)


def ticket(frames: Frames, held: Held, links: Links, size: Size, margins: Margins) -> Ticket:
    """What a desk has to do, each asset on a row."""
    table, trade, qty = frames.ticket, size.trade, size.qty
    side = where(trade < 0, "sell", where(trade > 0, "buy", ""))
    side = table.computed("Side", "text", side, "text")
    table.computed("Contracts", "contracts", abs(size.contracts), "contracts", role="link")
    table.computed(
        "Contract", "text", where(held.contract == "", "", held.contract), "text", role="link", width=CONTRACT_WIDTH
    )
    limit = where(links.tick > 0, xlhedge.round_tick(links.price, where(links.tick > 0, links.tick, 1.0)), links.price)
    limit = table.computed("Limit, at the tick", "USD/coin", limit, "price", shown=trade != 0)
    reduces = where(held.qty * qty < 0, "reverses", where(qty == 0, "closes", "reduces"))
    what = where(held.qty == 0, "opens", where(held.qty * trade > 0, "adds", reduces))
    effect = table.computed("It", "text", where(trade == 0, "", what), "text")
    table.computed("Margin to transfer, back < 0", "coin", margins.transfer, "coin", role="link")
    return Ticket(side, limit, effect)


HEDGE_PLAN = SheetRecord(
    "Hedge plan",
    "What to trade, what margin it takes, where it would be liquidated, and what it costs to carry.",
    (frames, links, size, fills, maintenance, margin_rule, margins, carry, ticket),
    fixed=("Total",),
)
