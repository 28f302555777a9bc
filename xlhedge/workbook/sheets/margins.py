"""Margin and carry on the Hedge plan: what a position must have, what is posted, where it is liquidated, what it costs."""

from collections.abc import Callable
from typing import NamedTuple

import xlhedge

from ...elementary import NONE, given, larger, sign, where
from ...formula import Cell
from ...functions.calendar import payments
from ...functions.position import Fill, after_fill
from ...ranges import each_of, highest_of
from .contracts import METHODS, by_method
from .inputs import Held, Settings
from .plan_figures import Carry, Frames, Links, Maintenance, Margins, Size
from .tiers import TierColumns


def margins(
    frames: Frames,
    held: Held,
    settings: Settings,
    links: Links,
    size: Size,
    maintenance: Maintenance,
    tiers: TierColumns,
) -> Margins:
    """What is posted after the trade and what is required; liquidation with the one, else with the other."""
    put, price, qty = frames.margin.computed, links.price, size.qty
    opened = put("Size at entry, now", "coin", held.qty / where(given(held.entry), held.entry, price), "coin")
    filled = after_fill(Fill(held.qty, opened, 0.0), size.trade, price)
    cost = put("Size at entry, after", "coin", filled.cost, "coin")
    entry = put("Entry after", "USD/coin", where(qty == 0, price, qty / cost), "price")
    realized = put("Realised by the trade", "coin", filled.realized, "coin")
    fee = put("Fee of the trade", "coin", xlhedge.trade_fee(size.trade, price, links.taker), "coin")
    leverage = where(
        maintenance.initial * links.leverage > 1,
        1 / where(maintenance.initial > 0, maintenance.initial, 1.0),
        links.leverage,
    )
    leverage = put("Leverage that the venue allows here", "x", leverage, "factor", width=15)
    initial = put("Initial margin", "coin", xlhedge.initial_margin(qty, price, leverage), "coin")
    rise = price * (1 + settings.rally) / entry - 1
    drop = 1 - price * (1 - settings.fall) / entry
    move = put("Move to survive, from entry", "fraction", where(qty > 0, drop, rise), "share")
    rules = _Rules(frames, held, links, maintenance, tiers, qty, entry)
    needed = put("Coins to survive it", "coin", rules.needed(move), "coin")
    expected = where(qty > 0, links.funding_rate, -links.funding_rate)
    adverse_rate = larger(settings.adverse_funding_rate * links.funding_hours / settings.funding_hours, expected)
    adverse_rate = put("Adverse funding rate", "fraction", adverse_rate, "rate")
    times = payments(links.funding_hours, settings.horizon_days)
    adverse = put("Adverse funding to the horizon", "coin", adverse_rate * times * abs(qty) / price, "coin")
    safe = put("Coins to survive both", "coin", needed + adverse, "coin")
    required = put("Margin required", "coin", where(qty == 0, 0.0, larger(safe, initial)), "coin")
    spare = safe * (1 + settings.margin_buffer)
    planned = put("Margin planned, with the buffer", "coin", where(qty == 0, 0.0, larger(spare, initial)), "coin")
    is_posted = put("Margin is posted", "TRUE or FALSE", given(held.margin), "flag")
    # Where a position is open its trade pays out of the margin; the fee that opens one is transferred beside the margin.
    after = where(held.qty == 0, held.margin, held.margin + realized - fee)
    posted = where(is_posted, after, 0.0)
    posted = put("Posted after the trade", "coin", posted, "coin")
    margin = where(is_posted, larger(posted, 0.0), planned)
    margin = put("Margin the figures rest on", "coin", margin, "coin")
    top_up = put("Top-up, sweep < 0", "coin", planned - posted, "coin")
    transfer = put(
        "To transfer, with the fee that opens", "coin", top_up + where(held.qty == 0, fee, 0.0), "coin", width=15
    )
    kept = put("Maintenance margin", "coin", rules.asked(), "coin")
    ratio = put("Margin ratio", "fraction", _ratio(qty, entry, price, margin, kept), "share")
    liq = put("Liquidation price", "USD/coin or none", rules.liquidation("Liquidation", margin), "price")
    distance = put("Distance to it", "fraction or none", xlhedge.liq_distance(liq, price), "share", alarm="distance")
    other = put("Liquidation on the other side", "USD/coin or none", rules.other_side(margin), "price")
    chance = xlhedge.liq_probability(price, liq, links.volatility, settings.horizon_days)
    chance = put("Probability to touch it by the horizon", "fraction", where(qty == 0, 0.0, chance), "share", width=15)
    notes = (
        'Posted coins stay yours. "none": the margin covers the position at any price. Margin ratio 1 is liquidation.',
        "What is posted is typed on Inputs and follows no price; a trade of an open position pays its loss and its fee out of it. "
        "Where nothing is typed the figures rest on the margin planned.",
    )
    for row, note in enumerate(notes, frames.margin.end):
        frames.margin.sheet.text(row, 1, note, "note")
    return Margins(
        entry, initial, kept, adverse_rate, adverse, needed, required, planned, is_posted, posted, margin, top_up, transfer, ratio,
        liq, distance, other, chance,
    )  # fmt: skip


def _ratio(qty: Cell, entry: Cell, price: Cell, margin: Cell, kept: Cell) -> Cell:
    """Maintenance as a share of the equity; 1 where the equity does not exceed it."""
    equity = margin + qty * (price - entry) / (entry * price)
    return where(equity > kept, kept / equity, where(qty == 0, 0.0, 1.0))


class _Rules(NamedTuple):
    """The venue's rule of each position, and the figures that follow from it."""

    frames: Frames
    held: Held
    links: Links
    maintenance: Maintenance
    tiers: TierColumns
    qty: Cell
    entry: Cell

    def needed(self, move: Cell) -> Cell:
        """Coins to survive a move from the entry."""
        one = self._by_method(xlhedge.margin_for_move, "Coins to survive", move, "coin", "coin")
        opened = abs(self.qty) / self.entry
        size = opened / (1 - sign(self.qty) * move)
        now = abs(self.qty) / self.links.price
        start, rate, amount, is_own = self._ladder()
        # The largest need on the way: at the end of the move, and where a tier ends that the position comes through.
        reached = (start + size + abs(start - size)) / 2
        need = sign(self.qty) * (reached - opened) + rate * reached - amount
        need = highest_of(is_own * (start <= larger(now, size)) * need)
        need = self.frames.working.computed("Coins to survive: by tiers", "coin", self._if_laddered(need), "coin")
        return where(self.maintenance.is_laddered, need, one)

    def liquidation(self, title: str, margin: Cell) -> Cell:
        """The liquidation price of a margin: the first on the way to a loss."""
        one = self._by_method(xlhedge.liq_price, title, margin, "price", "USD/coin or none")
        opened, now = abs(self.qty) / self.entry, abs(self.qty) / self.links.price
        start, rate, amount, is_own = self._ladder()
        # Coins at which the equity meets the line of each tier. A short shrinks: the largest of them comes first.
        met = (opened - margin - amount) / (1 - rate)
        short = highest_of(is_own * (start <= now) * (met >= start) * met)
        # A long grows, and can be liquidated where it enters a tier: the smallest comes first.
        met = (opened + margin + amount) / (1 + rate)
        long = 1 / highest_of(is_own / ((met + start + abs(met - start)) / 2))
        size = where(self.qty < 0, short, where(self.qty > 0, long, 0.0))
        size = self.frames.working.computed(f"{title}: size by tiers", "coin", self._if_laddered(size), "coin")
        price = where(size > 0, abs(self.qty) / where(size > 0, size, 1.0), NONE)
        return where(self.maintenance.is_laddered, price, one)

    def other_side(self, margin: Cell) -> Cell:
        """The liquidation price on the side of a gain, which a rate that rises with the size can have."""
        at = self.maintenance
        other = xlhedge.liq_price(
            self.qty, self.entry, margin, at.mmr, at.amount, self.links.liq_fee, "slope", at.slope, "other"
        )
        return where(self.links.method == "slope", where(self.qty == 0, NONE, other), NONE)

    def asked(self) -> Cell:
        """The maintenance margin at the price of now, by the method of each row."""
        at, fee, s = self.maintenance, self.links.liq_fee, sign(self.qty)
        size, opened = abs(self.qty) / self.links.price, abs(self.qty) / self.entry
        rate = at.mmr + fee + where(self.links.method == "product", s * at.mmr * fee, 0.0)
        rate = self.frames.working.computed("Maintenance rate with the fee", "fraction", rate, "rate")
        slope = where(self.links.method == "slope", at.slope, 0.0)
        return larger(0.0, where(self.links.method == "entry", rate * opened, (rate + slope * size) * size) - at.amount)

    def _by_method(self, function: Callable, title: str, third: Cell, format: str, unit: str) -> Cell:
        """LIQ_PRICE of a margin, or MARGIN_FOR_MOVE of a move, by each row's method; the four figures are in the working."""
        at = self.maintenance

        def figure(method: str, *slope: Cell) -> Cell:
            one = function(self.qty, self.entry, third, at.mmr, at.amount, self.links.liq_fee, method, *slope)
            return self.frames.working.computed(f"{title}: {method}", unit, one, format)

        return by_method(self.links.method, at.slope, figure, METHODS[::-1])

    def _ladder(self) -> tuple[Cell, Cell, Cell, Cell]:
        """Of each tier: where it begins [coin], its rate with the fee, its amount, and whether it is the contract's."""
        fee = self.links.liq_fee
        on_rate = 1 + where(self.links.method == "product", sign(self.qty) * fee, 0.0)
        rate = each_of(self.tiers.rate) * on_rate + fee
        return (
            each_of(self.tiers.start),
            rate,
            each_of(self.tiers.amount),
            1.0 * (each_of(self.tiers.key) == self.held.contract),
        )

    def _if_laddered(self, figure: Cell) -> Cell:
        return where(self.maintenance.is_laddered, figure, 0.0)


def carry(
    frames: Frames, held: Held, settings: Settings, links: Links, size: Size, maintenance: Maintenance, margins: Margins,
    tiers: TierColumns,
) -> Carry:  # fmt: skip
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
    expected = xlhedge.funding_cost(qty, rate, hours, settings.horizon_days) + fees
    expected = table.computed("Carry to the horizon, expected", "USD", expected, "usd")
    adverse = table.computed("Carry to the horizon, adverse", "USD", fees - margins.adverse * links.price, "usd")
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
    left = table.computed("Margin after adverse funding", "coin", margins.margin - margins.adverse, "coin")
    kept = where(left > 0, left, 0.0)  # a margin that is used up is no less than nothing
    rules = _Rules(frames, held, links, maintenance, tiers, qty, margins.entry)
    liq = rules.liquidation("After funding", kept)
    liq = table.computed("Liquidation price then", "USD/coin or none", liq, "price")
    table.totals((usd, "usd2"), (month, "usd"), (fees, "usd"), (expected, "usd"), (adverse, "usd"), (better, "usd"))
    return Carry(expected, adverse, fees, left, liq)
