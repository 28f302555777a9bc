"""The Hedge plan sheet: size, maintenance, margin and liquidation, carry, each asset on a row."""

from collections.abc import Callable
from typing import NamedTuple

import xlhedge

from ...elementary import NONE, both, given, total, where
from ...formula import Cell
from ...functions.position import Fill, after_fill
from ...ranges import picked, position
from ..grid.cells import Style
from ..grid.columns import Columns
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from .allocation import WaysBack
from .contracts import METHODS, UNKNOWN, ContractColumns, by_method
from .inputs import Held, Settings
from .maintenance import maintenance
from .plan_figures import Carry, Frames, Links, Maintenance, Margins, Size

TITLES = (
    ("Contract figures, from the Contracts sheet and the own figures on Inputs", 2),
    ("Size: short < 0, sell < 0", 3),
    ("Maintenance: the rate of the position's size", 2),
    ("Margin and liquidation", 2),
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
    table = frames.figures
    table.computed("Contract", "text", where(held.contract == "", "", held.contract), "text", role="link", width=25)
    place = where(held.contract == "", 0, position(held.contract, contracts.key))
    place = table.computed("Row on Contracts", "number", place, "number", role="link")

    def listed(column: Cell, otherwise) -> Cell:
        found = picked(column, place)
        return where(place > 0, where(given(found), found, otherwise), otherwise)

    def put(header: str, unit: str, format: str, cell: Cell) -> Cell:
        return table.computed(header, unit, cell, format, role="link")

    face = put("Face", "USD", "number", where(given(held.face), held.face, listed(contracts.face, 0.0)))
    lot = put("Lot", "contracts", "number", listed(contracts.lot, 1.0))
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
    # A row without an asset counts as one of price 1 and leverage 1, so that nothing divides by a blank.
    price = put("Price", "USD/coin", "price", where(held.price > 0, held.price, 1.0))
    leverage = put("Leverage", "x", "factor", where(given(held.leverage), held.leverage, 1.0))
    until = put("Listed until", "date or none", "date", listed(contracts.listed_until, NONE))
    return Links(place, face, lot, taker, hours, method, liq_fee, rate, price, leverage, until)


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
    table.totals(*((cell, "usd") for cell in (goal, trade, qty, residual, exposure)))
    row = table.end + 1
    table.sheet.text(row, 1, "Cash from spot trades")
    cash = where(is_spot, -total(ways_back.spot_usd), 0.0)
    proceeds = table.sheet.computed(row, 2, cash, Style("calc", "usd"))
    table.sheet.text(row, 3, "USD", "unit")
    return Size(coins, goal, contracts, trade, qty, ratio, over, proceeds)


def margins(
    frames: Frames, held: Held, settings: Settings, links: Links, size: Size, maintenance: Maintenance
) -> Margins:
    """The margin that the position needs, what is planned, and where it would be liquidated."""
    table, qty, price = frames.margin, size.qty, links.price
    entry_now = where(given(held.entry), held.entry, price)
    opened = table.computed("Size at entry, before", "coin", held.qty / entry_now, "coin")
    cost = after_fill(Fill(held.qty, opened, 0.0), size.trade, price).cost
    cost = table.computed("Size at entry, after", "coin", cost, "coin")
    entry = table.computed("Entry after", "USD/coin", where(qty == 0, price, qty / cost), "price")
    initial = xlhedge.initial_margin(qty, price, links.leverage)
    initial = table.computed("Initial margin", "coin", initial, "coin")
    kept = xlhedge.maint_margin(qty, price, maintenance.mmr, maintenance.amount)
    kept = table.computed("Maintenance margin", "coin", kept, "coin")
    rise = price * (1 + settings.rally) / entry - 1
    drop = 1 - price * (1 - settings.fall) / entry
    move = table.computed("Move to survive, from entry", "fraction", where(qty > 0, drop, rise), "share")
    figures = _Figures(frames, qty, entry, links, maintenance)
    needed = figures.by_method(xlhedge.margin_for_move, "Coins to survive", move, "coin", "coin")
    needed = table.computed("Coins to survive it", "coin", needed, "coin")
    spare = needed * (1 + settings.margin_buffer)
    at_least = where(spare > initial, spare, initial)
    margin = where(qty == 0, 0.0, where(given(held.margin), held.margin, at_least))
    margin = table.computed("Margin planned", "coin", margin, "coin")
    top_up = at_least - where(given(held.margin), held.margin, 0.0)
    table.computed("Top-up, sweep < 0", "coin", top_up, "coin")
    liq = figures.by_method(xlhedge.liq_price, "Liquidation", margin, "price", "USD/coin or none")
    liq = table.computed("Liquidation price", "USD/coin or none", liq, "price")
    distance = xlhedge.liq_distance(liq, price)
    distance = table.computed("Distance to it", "fraction or none", distance, "share", alarm="distance")
    used = xlhedge.margin_ratio(qty, entry, price, margin, maintenance.mmr, maintenance.amount)
    table.computed("Margin ratio", "fraction", used, "share")
    note = (
        'Posted coins stay yours. "none": the margin covers the position at any price. Margin ratio 1 is liquidation.'
    )
    table.sheet.text(table.end, 1, note, "note")
    return Margins(entry, initial, kept, needed, margin, liq, distance)


class _Figures(NamedTuple):
    """What the working needs to know of each position."""

    frames: Frames
    qty: Cell
    entry: Cell
    links: Links
    maintenance: Maintenance

    def by_method(self, function: Callable, title: str, third: Cell, format: str, unit: str) -> Cell:
        """LIQ_PRICE of a margin, or MARGIN_FOR_MOVE of a move, by each row's method; the four figures are in the working."""
        at = self.maintenance

        def figure(method: str, *slope: Cell) -> Cell:
            one = function(self.qty, self.entry, third, at.mmr, at.amount, self.links.liq_fee, method, *slope)
            return self.frames.working.computed(f"{title}: {method}", unit, one, format)

        return by_method(self.links.method, at.slope, figure, METHODS[::-1])


def carry(
    frames: Frames, held: Held, settings: Settings, links: Links, size: Size, maintenance: Maintenance, margins: Margins
) -> Carry:
    """Funding, fees, what the hedge costs to the horizon, and what adverse funding does to the margin."""
    table, qty, rate, hours = frames.carry, size.qty, links.funding_rate, links.funding_hours
    coin = xlhedge.funding_payment(qty, links.price, rate)
    table.computed("Funding each interval", "coin", coin, "coin")
    usd = xlhedge.funding_payment(qty, links.price, rate, "usd")
    usd = table.computed("Funding each interval", "USD", usd, "usd2")
    month = xlhedge.funding_cost(qty, rate, hours, 30.0)
    month = table.computed("Funding, 30 days", "USD", month, "usd")
    table.computed("Funding, 30 days", "coin", month / links.price, "coin")
    table.computed("Funding rate a year", "fraction", xlhedge.funding_apr(rate, hours), "share")
    fees = -(abs(size.trade) + abs(qty)) * links.taker
    fees = table.computed("Fees, open and close", "USD", fees, "usd")
    cost = xlhedge.funding_cost(qty, rate, hours, settings.horizon_days) + fees
    cost = table.computed("Carry to the horizon", "USD", cost, "usd")
    even = xlhedge.break_even_days(qty, rate, hours, links.taker, links.taker)
    table.computed("Funding repays the fees in", "days or none", even, "days")
    sold = -where(size.trade < 0, size.trade, 0.0) / links.price
    basis = where(given(held.cost_basis), held.cost_basis, links.price)
    received = xlhedge.funding_cost(-sold * links.price, rate, hours, settings.horizon_days)
    paid = 2.0 * sold * links.price * links.taker
    better = xlhedge.tax_deferral(
        sold, links.price, basis, settings.tax_spot, settings.tax_futures, settings.horizon_days, links.price,
        settings.discount_rate, received, paid,
    )  # fmt: skip
    better = table.computed("Better than selling, price unchanged", "USD today", better, "usd")
    against = settings.adverse_funding_rate * where(qty > 0, 1.0, -1.0)
    adverse = xlhedge.funding_cost(qty, against, settings.funding_hours, settings.horizon_days)
    left = margins.margin + adverse / links.price
    left = table.computed("Margin after adverse funding", "coin", left, "coin")
    kept = where(left > 0, left, 0.0)  # a margin that is used up is no less than nothing
    figures = _Figures(frames, qty, margins.entry, links, maintenance)
    then = figures.by_method(xlhedge.liq_price, "After funding", kept, "price", "USD/coin or none")
    table.computed("Liquidation price then", "USD/coin or none", then, "price")
    table.totals((usd, "usd2"), (month, "usd"), (fees, "usd"), (cost, "usd"), (better, "usd"))
    return Carry(cost, left)


HEDGE_PLAN = SheetRecord(
    "Hedge plan",
    "What to trade, what margin it takes, where it would be liquidated, and what it costs to carry.",
    (frames, links, size, maintenance, margins, carry),
    fixed=("Total",),
)
