"""Margin and carry on the Hedge plan: what a position must have, what is posted, where it is liquidated, what it costs."""

import numpy as np

import xlhedge

from ...elementary import given, larger, where
from ...functions.calendar import payments
from ...functions.position import Fill, after_fill
from .inputs import Held, Settings
from .plan_figures import Carry, Fills, Frames, Links, Maintenance, Margins, Size
from .margin_rule import MarginRule


def fills(frames: Frames, held: Held, links: Links, size: Size) -> Fills:
    """What the trade of the plan does to the entry, and what it realises."""
    put, price, qty = frames.margin.computed, links.price, size.qty
    opened = put("Size at entry, now", "coin", held.qty / where(given(held.entry), held.entry, price), "coin")
    filled = after_fill(Fill(held.qty, opened, 0.0), size.trade, price)
    cost = put("Size at entry, after", "coin", filled.cost, "coin")
    entry = put("Entry after", "USD/coin", where(qty == 0, price, qty / cost), "price")
    realized = put("Realised by the trade", "coin", filled.realized, "coin")
    return Fills(entry, realized)


def margins(
    frames: Frames,
    held: Held,
    settings: Settings,
    links: Links,
    size: Size,
    fills: Fills,
    maintenance: Maintenance,
    margin_rule: MarginRule,
) -> Margins:
    """What is posted after the trade and what is required; liquidation with the one, else with the other."""
    put, price, qty, (entry, realized) = frames.margin.computed, links.price, size.qty, fills
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
    needed = margin_rule.needed(frames.working.computed, qty, entry, price, move)
    needed = put("Coins to survive it", "coin", needed, "coin")
    expected = where(qty > 0, links.funding_rate, -links.funding_rate)
    adverse_rate = larger(settings.adverse_funding_rate * links.funding_hours / settings.funding_hours, expected)
    adverse_rate = put("Adverse funding rate", "fraction", adverse_rate, "rate")
    times = links.funding_hours, settings.horizon_days
    adverse = adverse_rate * payments(*times) * abs(qty) / price
    adverse = put("Adverse funding to the horizon", "coin", adverse, "coin")
    safe = put("Coins to survive both", "coin", needed + adverse, "coin")
    required = put("Margin required", "coin", where(qty == 0, 0.0, larger(safe, initial)), "coin")
    spare = safe * (1 + settings.margin_buffer)
    planned = put("Margin planned", "coin", where(qty == 0, 0.0, larger(spare, initial)), "coin")
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
    before = put("Before the trade", "coin", margin - realized + fee, "coin")
    kept = put("Maintenance margin", "coin", margin_rule.maintenance(qty, entry, price), "coin")
    ratio = put("Margin ratio", "fraction", margin_rule.ratio(qty, entry, price, margin, kept), "share")
    liq = margin_rule.liquidation(frames.working.computed, "Liquidation", qty, entry, price, margin)
    liq = put("Liquidation price", "USD/coin or none", liq, "price")
    distance = put("Distance to it", "fraction or none", xlhedge.liq_distance(liq, price), "share", alarm="distance")
    other = margin_rule.other_side(qty, entry, margin)
    other = put("Liquidation on the other side", "USD/coin or none", other, "price")
    chance = xlhedge.liq_probability(price, liq, links.volatility, settings.horizon_days)
    # Logarithms and error functions differ in their last digit from machine to machine; the bytes of a file must not.
    chance = chance.traced("ROUND({0},13)", lambda value: np.round(value, 13), (chance,))
    chance = put("Probability to touch it by the horizon", "fraction", where(qty == 0, 0.0, chance), "share", width=15)
    put_working = frames.working.computed
    carried = margin_rule.carried(put_working, price, margin, settings.rally, adverse_rate, times, links.face)
    carried = where(qty < 0, carried, 0.0)
    carried = put("Short that this margin carries", "contracts", carried, "contracts", width=15)
    notes = (
        'Posted coins stay yours. "none": the margin covers the position at any price. Margin ratio 1 is liquidation.',
        "What is posted is typed on Inputs and follows no price; a trade of an open position pays its loss and its fee out of it. "
        "Where nothing is typed the figures rest on the margin planned.",
    )
    for row, note in enumerate(notes, frames.margin.end):
        frames.margin.sheet.text(row, 1, note, "note")
    return Margins(
        entry, initial, kept, adverse, needed, required, planned, is_posted, posted, margin, top_up, transfer, before, ratio,
        liq, distance, other, chance, carried,
    )  # fmt: skip


def carry(
    frames: Frames, held: Held, settings: Settings, links: Links, size: Size, margins: Margins, margin_rule: MarginRule
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
    liq = margin_rule.liquidation(frames.working.computed, "After funding", qty, margins.entry, links.price, kept)
    liq = table.computed("Liquidation price then", "USD/coin or none", liq, "price")
    table.totals((usd, "usd2"), (month, "usd"), (fees, "usd"), (expected, "usd"), (adverse, "usd"), (better, "usd"))
    return Carry(expected, adverse, fees, left, liq)
