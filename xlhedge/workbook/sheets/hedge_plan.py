"""The Hedge plan sheet: ticket, contract, size, maintenance, margin and liquidation, carry, each position on a row."""

import xlhedge

from ...elementary import NONE, both, given, snapped, total, where
from ...formula import Cell
from ...portfolio.fields import HOLDING_FIELDS
from ...ranges import picked, sum_where
from ..grid.cells import Style
from ..grid.columns import Columns
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from .allocation import Goals, Weights
from .contracts import METHODS, UNKNOWN, ContractColumns
from .inputs import Held, Settings
from .maintenance import maintenance
from .margin_rule import margin_rule
from .accounts import account
from .carry import carry
from .margins import fills, margins
from .plan_figures import CONTRACT_WIDTH, LABEL_WIDTH, Exposure, Frames, Links, Margins, Size, Ticket
from .positions import PositionColumns

HEAD_ROW = 3
TITLES = (
    ("Order ticket: what to trade and to transfer; the limit is the contract's price on Positions", 2),
    ("Contract figures, from the Contracts sheet and the own figures on Positions", 2),
    ("Size: short < 0, sell < 0", 3),
    ("Exposure of each asset after these trades", 3),
    ("Maintenance: the rate of the position's size", 2),
    ("Margin", 4),
    ("Liquidation, and what the margin carries", 2),
    ("Carry: received > 0, paid < 0", 6),
    ("Cross accounts: positions that share their margin; prices as a multiple of the coin's price now", 2),
    ("Working: each figure by each liquidation method, folded away", 0),
)
"""The title of each table, and how many rows there are between its last row and the next title."""


def frames(sheet: Sheet, held: Held, positions: PositionColumns) -> Frames:
    """Every table with its title and its first column: those further down stand where the ones above will end."""
    made, row = [], sheet.below()
    for (title, between), name in zip(TITLES, Frames._fields, strict=True):
        sheet.text(row, 1, title, "section")
        of_assets = name == "assets"
        table = Columns(sheet, held.count if of_assets else positions.count, row=row + 1, may_be_blank=True)
        if of_assets:
            table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
        else:
            table.computed("Position", "text", positions.label, "text", role="link", width=LABEL_WIDTH)
        made.append(table)
        row = table.end + between
    sheet.fold(made[-1].row)
    found = Frames(*made)
    sheet.working(found.account.row - 1, 1)
    return found


def links(
    frames: Frames, held: Held, settings: Settings, positions: PositionColumns, contracts: ContractColumns
) -> Links:
    """The contract of each position: its row on Contracts and its figures."""
    table, at = frames.figures, positions
    name = where(at.listed_as == "", at.contract, at.listed_as)
    name = table.computed("Contract", "text", where(name == "", "", name), "text", role="link", width=CONTRACT_WIDTH)
    place = table.computed("Row on Contracts", "number", at.place, "number", role="link")

    def listed(column: Cell, otherwise) -> Cell:
        found = picked(column, place)
        return where(place > 0, where(given(found), found, otherwise), otherwise)

    def put(header: str, unit: str, format: str, cell: Cell) -> Cell:
        return table.computed(header, unit, cell, format, role="link")

    face = put("Face", "USD", "number", where(given(at.face), at.face, listed(contracts.face, 0.0)))
    lot = put("Lot", "contracts", "number", listed(contracts.lot, 1.0))
    tick = put("Tick, 0 if unknown", "USD/coin", "number", listed(contracts.tick, 0.0))
    fee = where(given(at.fee), at.fee, listed(contracts.taker, settings.fee))
    taker = put("Taker fee", "fraction", "rate", fee)
    hours = put("Funding every", "hours", "hours", listed(contracts.funding_hours, settings.funding_hours))
    method = put("Liquidation method", "word", "text", _method(at, place, contracts))
    fee = where(method == "product", taker, 0.0)
    fee = where(both(given(at.fee), method == "product"), at.fee, listed(contracts.liq_fee, fee))
    liq_fee = put("Fee in the liquidation price", "fraction", "rate", fee)
    rate = settings.funding_rate * hours / settings.funding_hours
    rate = where(at.is_dated, 0.0, where(given(at.funding_rate), at.funding_rate, rate))
    rate = table.computed("Funding rate, 0 if dated", "fraction", rate, "rate")
    price = put("Price", "USD/coin", "price", at.price)
    leverage = put("Leverage", "x", "factor", where(given(at.leverage), at.leverage, _usual_leverage(table.sheet)))
    own = picked(held.volatility, at.coin_row)
    volatility = where(at.coin_row > 0, where(given(own), own, settings.volatility), settings.volatility)
    volatility = put("Volatility assumed", "fraction a year", "share", volatility)
    until = put("Listed until", "date or none", "date", listed(contracts.listed_until, NONE))
    settlement = put("Fee of settlement", "fraction", "rate", listed(contracts.settlement_fee, taker))
    dated = put("Facts from", "date or none", "date", listed(contracts.dated, NONE))
    usual, usual_dated = _usual_premiums(table.sheet)
    far = abs(at.price / at.spot - 1) > where(at.is_dated, usual_dated, usual)
    far = table.computed("Far from the price of its coin", "TRUE or FALSE", far, "flag", alarm="notice", width=15)
    return Links(
        name, place, face, lot, tick, taker, hours, method, liq_fee, rate, price, leverage, volatility, until, settlement, dated,
        far,
    )  # fmt: skip


def _usual_premiums(sheet: Sheet) -> tuple[Cell, Cell]:
    """How far the price of a perpetual and of a dated contract may be from that of its coin before it looks like a slip."""
    cells = []
    for column, text, share in (
        (5, "A perpetual's price is near its coin's within", 0.05),
        (9, "a dated one's within", 0.3),
    ):
        sheet.text(HEAD_ROW, column, text)
        cells.append(sheet.typed(HEAD_ROW, column + 3, share, Style("label", "share")))
    return cells[0], cells[1]


def _usual_leverage(sheet: Sheet) -> Cell:
    """The leverage of a row that gives none, at the head of the sheet: a formula names its cell."""
    sheet.text(HEAD_ROW, 1, "Leverage where Positions has none")
    cell = sheet.typed(HEAD_ROW, 3, HOLDING_FIELDS["leverage"].default, Style("label", "factor"))
    return sheet.named("usual_leverage", cell)


def _method(positions: PositionColumns, place: Cell, contracts: ContractColumns) -> Cell:
    """The liquidation method; a contract that its row on Positions describes is liquidated at the mark price."""
    found = picked(contracts.method, place)
    described = where(both(given(positions.face), given(positions.mmr)), METHODS[0], UNKNOWN)
    unlisted = where(positions.contract == "", METHODS[0], described)
    return where(place > 0, where(found == "", UNKNOWN, found), unlisted)


def size(
    frames: Frames,
    held: Held,
    settings: Settings,
    positions: PositionColumns,
    links: Links,
    weights: Weights,
    goals: Goals,
) -> Size:
    """What is traded of each position, and the position after it: the hedge of its asset by its share, in whole lots."""
    table, row, worth = frames.size, positions.row, positions.worth
    asked = table.computed(
        "Hedge of the asset to reach", "USD", where(row > 0, picked(goals.hedge_goal, row), 0.0), "usd"
    )
    wanted = where(links.face > 0, asked * positions.part / worth, 0.0)
    target = given(picked(held.target_weight, row)) | given(picked(held.hedge_ratio, row))
    goal = where(both(both(row > 0, settings.mode == "hedge"), target), wanted, positions.qty)
    goal = table.computed("Target position", "USD", goal, "usd")
    drift = abs(goal - positions.qty) * worth / weights.whole
    # Beyond the band the asset's positions go to their shares, all of them: one alone would take the asset off its target.
    off = 1 * (drift > settings.band)
    off = frames.working.computed("Off its share, 1 if beyond the band", "1 or 0", off, "number")
    is_off = (1 * where(row > 0, picked(weights.is_breach, row), False) + sum_where(off, row, row)) > 0
    traded = both(both(is_off, links.face > 0), settings.mode == "hedge")
    step = where(links.face > 0, links.face * links.lot, 1.0)
    # Sized as coins of the contract's own price, which is what a share of the asset's value comes to.
    coins = where(row > 0, abs(goal), 0.0) / links.price
    side = where(goal < 0, 1.0, -1.0)
    trade = links.lot * xlhedge.hedge_size(coins, links.price, side, step, positions.qty)
    contracts = table.computed("Contracts to trade", "contracts", where(traded, trade, 0.0), "contracts")
    trade = table.computed("Trade", "USD", contracts * links.face, "usd")
    qty = table.computed("Position after", "USD", positions.qty + trade, "usd")
    table.computed("Position after, in coin", "coin", xlhedge.notional_coin(qty, links.price), "coin")
    residual = table.computed("Left open by rounding or band", "USD", snapped(goal - qty), "usd2")
    hedge_trade = table.computed("Trade, as exposure to the asset", "USD", trade * worth, "usd", width=15)
    hedge = table.computed("Position after, as exposure", "USD", qty * worth, "usd", width=15)
    step = table.computed("Smallest step, as exposure", "USD", links.face * links.lot * worth, "usd2", width=15)
    table.totals((residual, "usd2"), *((cell, "usd") for cell in (goal, trade, qty, hedge_trade, hedge)))
    return Size(goal, contracts, trade, qty, hedge_trade, hedge, step)


def exposure(
    frames: Frames, held: Held, settings: Settings, positions: PositionColumns, links: Links, weights: Weights, goals: Goals,
    size: Size, margins: Margins,
) -> Exposure:  # fmt: skip
    """What the positions make of each asset; and the coins of which margin can be posted, without unrealised PnL."""
    table, is_spot, number, price = frames.assets, settings.mode == "spot", weights.number, weights.price
    coins = held.coins + where(is_spot, goals.spot_coins, 0.0)
    coins = table.computed("Coins after", "coin", coins, "coin")
    wanted = table.computed("Hedge to reach", "USD", where(is_spot, weights.hedge, goals.hedge_goal), "usd")
    hedge = table.computed("Hedge after", "USD", sum_where(size.hedge, positions.row, number), "usd")
    table.computed("Left open by shares, rounding or band", "USD", snapped(wanted - hedge), "usd2", width=15)
    coin = table.computed("Net exposure in coin", "coin", xlhedge.net_exposure(coins, hedge, price), "coin")
    usd = table.computed("Net exposure", "USD", xlhedge.net_exposure(coins, hedge, price, "usd"), "usd")
    ratio = where(coins > 0, xlhedge.hedge_ratio(coins, hedge, price), 0.0)
    ratio = table.computed("Hedge ratio after", "fraction", ratio, "share")
    step = table.computed("A step of each position", "USD", sum_where(size.step, positions.row, number), "usd2")
    over = table.computed(
        "Over-hedged", "TRUE or FALSE", xlhedge.over_hedged(coins, hedge, price, step), "flag", alarm="bad"
    )
    # A wallet balance leaves out the unrealised PnL, which the coins owned count.
    wallet = coins - sum_where(margins.pnl, positions.coin_row, number)
    wallet = table.computed("Coins without unrealised PnL", "coin", wallet, "coin")
    posted = table.computed(
        "Margin in this coin", "coin", sum_where(margins.margin, positions.coin_row, number), "coin"
    )
    there, parts = (sum_where(each, positions.row, number) for each in (positions.there, positions.part))
    shares = table.computed("Shares of its positions, 1 if none", "fraction", where(there > 0, parts, 1.0), "share")
    table.totals((hedge, "usd"), (usd, "usd"))
    row = table.end + 1
    table.sheet.text(row, 1, "Cash of spot trades, less fees, tax")
    cash = where(is_spot, -total(goals.spot_usd), 0.0) - goals.costs
    proceeds = table.sheet.computed(row, 2, cash, Style("calc", "usd"))
    table.sheet.text(row, 3, "USD", "unit")
    return Exposure(coins, wanted, hedge, coin, usd, ratio, step, over, wallet, posted, shares, proceeds)


def ticket(frames: Frames, positions: PositionColumns, links: Links, size: Size, margins: Margins) -> Ticket:
    """What a desk has to do, each position on a row."""
    table, trade, qty, before = frames.ticket, size.trade, size.qty, positions.qty
    side = where(trade < 0, "sell", where(trade > 0, "buy", ""))
    side = table.computed("Side", "text", side, "text")
    table.computed("Contracts", "contracts", abs(size.contracts), "contracts", role="link")
    name = where(positions.contract == "", "", positions.contract)
    contract = table.computed("Contract", "text", name, "text", role="link", width=CONTRACT_WIDTH)
    limit = xlhedge.round_tick(links.price, where(links.tick > 0, links.tick, 1.0))
    limit = where(both(links.tick > 0, limit > 0), limit, links.price)  # a price below half a tick would be 0
    limit = table.computed("Limit, at the tick", "USD/coin", limit, "price", shown=trade != 0)
    reduces = where(before * qty < 0, "reverses", where(qty == 0, "closes", "reduces"))
    what = where(before == 0, "opens", where(before * trade > 0, "adds", reduces))
    effect = table.computed("Effect", "text", where(trade == 0, "", what), "text")
    table.computed("Margin to transfer, back < 0", "coin", margins.transfer, "coin", role="link")
    table.computed("Coin of the margin", "text", positions.coin, "text", role="link")
    return Ticket(side, contract, limit, effect)


HEDGE_PLAN = SheetRecord(
    "Hedge plan",
    "What to trade, what margin it takes, where it would be liquidated, and what it costs to carry.",
    (frames, links, size, fills, maintenance, margin_rule, account, margins, exposure, carry, ticket),
    fixed=("Total",),
)
