"""Carry on the Hedge plan: funding, basis, fees, what the hedge costs to the horizon, and what adverse funding does to the margin."""

import xlhedge

from ...elementary import NONE, both, given, larger, smaller, where
from ...formula import Cell
from ...ranges import picked
from .accounts import Account
from .inputs import Held, Settings
from .margin_rule import MarginRule
from .plan_figures import Carry, Frames, Links, Margins, Size
from .positions import PositionColumns

DAYS_A_YEAR = 365.0


def carry(
    frames: Frames, held: Held, settings: Settings, positions: PositionColumns, links: Links, size: Size, margins: Margins,
    margin_rule: MarginRule, account: Account,
) -> Carry:  # fmt: skip
    """Each position's funding or basis and its fees to the horizon, and the margin that adverse funding leaves."""
    table, qty, rate, hours = frames.carry, size.qty, links.funding_rate, links.funding_hours
    price, horizon = links.price, settings.horizon_days
    coin = xlhedge.funding_payment(qty, price, rate)
    table.computed("Funding each interval, in coin", "coin", coin, "coin")
    usd = xlhedge.funding_payment(qty, price, rate, "usd")
    usd = table.computed("Funding each interval", "USD", usd, "usd2")
    month = xlhedge.funding_cost(qty, rate, hours, 30.0)
    month = table.computed("Funding, 30 days", "USD", month, "usd")
    table.computed("Funding, 30 days, in coin", "coin", month / price, "coin")
    table.computed("Funding rate a year", "fraction", xlhedge.funding_apr(rate, hours), "share")
    is_rolled = positions.days < horizon
    fees = -(abs(size.trade) + abs(qty)) * links.taker
    fees = fees - where(is_rolled, abs(qty) * (links.settlement_fee + links.taker), 0.0)
    fees = table.computed("Fees, open, roll and close", "USD", fees, "usd")
    basis = table.computed("Basis to the horizon, if dated", "USD", _basis(settings, positions, links, qty), "usd")
    expected = xlhedge.funding_cost(qty, rate, hours, horizon) + basis + fees
    expected = table.computed("Carry to the horizon, expected", "USD", expected, "usd")
    adverse = basis + fees - margins.adverse * price
    adverse = table.computed("Carry to the horizon, adverse", "USD", adverse, "usd")
    even = xlhedge.break_even_days(qty, rate, hours, links.taker, links.taker)
    table.computed("Funding repays the fees in", "days or none", even, "days")
    sold = -where(size.trade < 0, size.trade, 0.0) * positions.worth
    row = positions.row
    now = where(row > 0, picked(held.price, row), 1.0)
    now = where(now > 0, now, 1.0)
    cost = picked(held.cost_basis, row)
    cost = where(row > 0, where(given(cost), cost, now), now)
    received = xlhedge.funding_cost(-sold, rate, hours, horizon)
    paid = 2.0 * sold * links.taker
    better = xlhedge.tax_deferral(
        sold / now, now, cost, settings.tax_spot, settings.tax_futures, horizon, now, settings.discount_rate, received, paid,
    )  # fmt: skip
    better = table.computed("Better than selling, price unchanged", "USD today", better, "usd")
    left = table.computed("Margin after adverse funding", "coin", margins.margin - margins.adverse, "coin")
    spare = account.total(left) - account.total(margins.maintenance)
    spare = table.computed("Above maintenance then, of the account", "coin", spare, "coin", width=15)
    kept = where(left > 0, left, 0.0)  # a margin that is used up is no less than nothing
    working = frames.working.computed
    alone = margin_rule.liquidation(working, "After funding", qty, margins.entry, price, kept)
    alone = working("Liquidation alone, after funding", "USD/coin or none", alone, "price")
    other = margin_rule.other_side(qty, margins.entry, kept)
    other = working("Other side alone, after funding", "USD/coin or none", other, "price")
    multiples = account.prices(" after funding", account.total(left))
    liq, above, below = account.sides(table.computed, " then", alone, other, multiples)
    away = xlhedge.liq_distance(liq, price)
    away = where(liq == above, larger(away, 0.0), smaller(away, 0.0))  # a price that is passed already is no way to go
    is_gone = (spare <= 0) | (margins.distance == 0)
    later = where(qty == 0, NONE, where(is_gone, 0.0, where(liq == NONE, NONE, away)))
    title = "Distance to it then, 0 if liquidated"
    later = table.computed(title, "fraction or none", later, "share", alarm="distance", width=15)
    # A rate that rises with the size can liquidate a short as the price falls too, and an account on either side.
    low, high = price * (1 - settings.fall), price * (1 + settings.rally)
    fallen = both(both(qty < 0, below < NONE), below >= low)
    near = fallen | both(both(qty > 0, above < NONE), above <= high)
    near = table.computed("Liquidated on the other side", "TRUE or FALSE", near, "flag", alarm="bad", width=15)
    table.totals((usd, "usd2"), *((cell, "usd") for cell in (month, fees, basis, expected, adverse, better)))
    return Carry(expected, adverse, fees, basis, left, spare, liq, later, above, below, near)


def _basis(settings: Settings, positions: PositionColumns, links: Links, qty: Cell) -> Cell:
    """What the basis of a dated contract brings by the horizon at an unchanged price of the coin [USD].

    The premium shrinks evenly to the expiry; beyond it the position is rolled at a premium of so much a year.
    """
    days, spot, price, horizon = positions.days, positions.spot, links.price, settings.horizon_days
    is_known = both(positions.is_dated, days < NONE)
    left = where(days > horizon, 1 - horizon / where(days > horizon, days, 1.0), 0.0)
    end = spot + (price - spot) * left
    shrunk = xlhedge.inverse_pnl(qty, price, end) * spot
    rolled = -qty * settings.roll_premium * larger(horizon - where(is_known, days, horizon), 0.0) / DAYS_A_YEAR
    return where(is_known, shrunk + rolled, 0.0)
