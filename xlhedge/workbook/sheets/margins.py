"""Margin on the Hedge plan: what each position must have, what is posted, and where it is liquidated."""

import numpy as np

import xlhedge

from ...elementary import both, given, larger, where
from ...functions.calendar import payments
from ...functions.position import Fill, after_fill
from ...formula import Cell
from ...ranges import blank_as_0
from .accounts import Account
from .inputs import Settings
from .margin_rule import MarginRule
from .plan_figures import Fills, Frames, Links, Maintenance, Margins, Size
from .positions import PositionColumns

NOTES = (
    'Posted coins stay yours. "none": the margin covers the position at any price. Margin ratio 1 is liquidation.',
    "What is posted is typed on Positions and follows no price; a trade of an open position pays its loss and its fee out of it. "
    "Where nothing is typed the figures rest on the margin planned.",
    "In a cross account margin, ratio and prices are those of the account; its needs are divided among its positions by size.",
)


def fills(frames: Frames, positions: PositionColumns, links: Links, size: Size) -> Fills:
    """What the trade of the plan does to the entry, what it realises and what it costs."""
    put, price, qty = frames.size.computed, links.price, size.qty
    opened = where(given(positions.entry), positions.entry, price)
    opened = put("Size at entry, now", "coin", positions.qty / opened, "coin")
    filled = after_fill(Fill(positions.qty, opened, 0.0), size.trade, price)
    cost = put("Size at entry, after", "coin", filled.cost, "coin")
    entry = put("Entry after", "USD/coin", where(qty == 0, price, qty / cost), "price")
    realized = put("Realised by the trade", "coin", filled.realized, "coin")
    fee = put("Fee of the trade", "coin", xlhedge.trade_fee(size.trade, price, links.taker), "coin")
    return Fills(entry, realized, fee)


def margins(
    frames: Frames, settings: Settings, positions: PositionColumns, links: Links, size: Size, fills: Fills,
    maintenance: Maintenance, margin_rule: MarginRule, account: Account,
) -> Margins:  # fmt: skip
    """What is posted after the trade and what is required; liquidation with the one, else with the other."""
    put, price, qty, (entry, realized, fee) = frames.margin.computed, links.price, size.qty, fills
    leverage = where(
        maintenance.initial * links.leverage > 1,
        1 / where(maintenance.initial > 0, maintenance.initial, 1.0),
        links.leverage,
    )
    leverage = put("Leverage that the venue allows here", "x", leverage, "factor", width=15)
    initial = put("Initial margin", "coin", xlhedge.initial_margin(qty, price, leverage), "coin")
    needed = _needed(frames, settings, links, size, entry, account, margin_rule)
    expected = where(qty > 0, links.funding_rate, -links.funding_rate)
    adverse_rate = larger(settings.adverse_funding_rate * links.funding_hours / settings.funding_hours, expected)
    adverse_rate = where(positions.is_dated, 0.0, adverse_rate)
    adverse_rate = put("Adverse funding rate, 0 if dated", "fraction", adverse_rate, "rate")
    times = links.funding_hours, settings.horizon_days
    adverse = adverse_rate * payments(*times) * abs(qty) / price
    adverse = put("Adverse funding to the horizon", "coin", adverse, "coin")
    safe = put("Coins to survive both", "coin", needed + adverse, "coin")
    required = account.at_least(safe, initial, 1.0)
    required = put("Margin required", "coin", where(qty == 0, 0.0, required), "coin")
    planned = account.at_least(safe, initial, 1 + settings.margin_buffer)
    planned = put("Margin planned", "coin", where(qty == 0, 0.0, planned), "coin")
    told = frames.working.computed("Margin told, 1 if so", "1 or 0", 1.0 * given(positions.margin), "number")
    is_posted = frames.working.computed("Margin is posted", "TRUE or FALSE", account.total(told) > 0, "flag")
    was_open = put("Size before the trade", "coin", abs(positions.qty) / price, "coin")
    is_new = where(account.is_cross, account.total(was_open) == 0, positions.qty == 0)
    # Where a position is open its trade pays out of the margin; the fee that opens one is transferred beside the margin.
    given_margin = where(given(positions.margin), blank_as_0(positions.margin), 0.0)
    after = given_margin + where(is_new, 0.0, realized - fee)
    posted = put("Posted after the trade", "coin", where(is_posted, after, 0.0), "coin")
    sound = where(account.is_cross, posted, larger(posted, 0.0))
    margin = put("Margin the figures rest on", "coin", where(is_posted, sound, planned), "coin")
    top_up = put("Top-up, sweep < 0", "coin", planned - posted, "coin")
    transfer = top_up + where(is_new, fee, 0.0)
    transfer = put("To transfer, with the fee that opens", "coin", transfer, "coin", width=15)
    before = put("Before the trade", "coin", margin - realized + fee, "coin")
    put = frames.liquidation.computed
    kept = put("Maintenance margin", "coin", margin_rule.maintenance(qty, entry, price), "coin")
    pnl = put("Unrealised PnL", "coin", qty / entry - qty / price, "coin")
    lacks_initial = put("Lacks of the initial margin", "fraction", account.lacking(margin, initial), "share")
    lacks_required = put("Lacks of the margin required", "fraction", account.lacking(margin, required), "share")
    ratio = where(
        account.is_cross, account.ratio(margin, pnl, kept), margin_rule.ratio(qty, entry, price, margin, kept)
    )
    ratio = put("Margin ratio", "fraction", ratio, "share")
    liq, above, below = _liquidation(frames, links, size, entry, margin, account, margin_rule)
    distance = where(ratio >= 1, 0.0, xlhedge.liq_distance(liq, price))
    distance = put("Distance to it, 0 if liquidated", "fraction or none", distance, "share", alarm="distance", width=15)
    up, down = (
        frames.working.computed(
            f"Probability to touch the one {side}", "fraction",
            _rounded(xlhedge.liq_probability(price, each, links.volatility, settings.horizon_days)), "share",
        )
        for side, each in (("above", above), ("below", below))
    )  # fmt: skip
    chance = larger(up, down)
    chance = where(qty == 0, 0.0, where(ratio >= 1, 1.0, chance))  # what is liquidated already has touched it
    chance = put("Probability to touch it by the horizon", "fraction", chance, "share", width=15)
    put_working = frames.working.computed
    carried = margin_rule.carried(
        put_working, price, larger(margin + pnl, 0.0), settings.rally, adverse_rate, times, links.face
    )
    carried = where(both(qty < 0, ~account.is_cross), carried, 0.0)
    carried = put("Short that this margin carries", "contracts", carried, "contracts", width=15)
    for row, note in enumerate(NOTES, frames.margin.end):
        frames.margin.sheet.text(row, 1, note, "note")
    return Margins(
        entry, initial, kept, adverse, needed, required, planned, is_posted, posted, margin, top_up, transfer, before, pnl,
        lacks_initial, lacks_required, ratio, liq, distance, above, below, chance, carried,
    )  # fmt: skip


def _rounded(chance: Cell) -> Cell:
    """Logarithms and error functions differ in their last digit from machine to machine; the bytes of a file must not."""
    return chance.traced("ROUND({0},13)", lambda value: np.round(value, 13), (chance,))


def _needed(
    frames: Frames, settings: Settings, links: Links, size: Size, entry: Cell, account: Account, rule: MarginRule
) -> Cell:
    """Coins to survive the move: of an isolated position by its own, of an account the larger need of both moves, divided."""
    put, price, qty = frames.margin.computed, links.price, size.qty
    rise = price * (1 + settings.rally) / entry - 1
    drop = 1 - price * (1 - settings.fall) / entry
    move = put("Move to survive, from entry", "fraction", where(qty > 0, drop, rise), "share")
    alone = put("Alone it needs", "coin", rule.needed(frames.working.computed, qty, entry, price, move), "coin")

    def at(title: str, worst: Cell) -> Cell:
        need = rule.maintenance(qty, entry, worst) - qty / entry + qty / worst
        return account.put(f"Need after the {title}", "coin", need, "coin")

    rally, fall = at("rally", price * (1 + settings.rally)), at("fall", price * (1 - settings.fall))
    both_ways = larger(larger(account.total(rally), account.total(fall)), 0.0)
    together = account.put("Need of the account", "coin", where(account.is_cross, both_ways, 0.0), "coin")
    needed = where(account.is_cross, together * account.share, alone)
    return put("Coins to survive it", "coin", needed, "coin")


def _liquidation(
    frames: Frames, links: Links, size: Size, entry: Cell, margin: Cell, account: Account, rule: MarginRule
) -> tuple[Cell, Cell, Cell]:
    """The nearest price of liquidation, and those above and below today's."""
    put, working, price, qty = frames.liquidation.computed, frames.working.computed, links.price, size.qty
    alone = rule.liquidation(working, "Liquidation", qty, entry, price, margin)
    alone = working("Liquidation alone", "USD/coin or none", alone, "price")
    other = working("Liquidation alone, other side", "USD/coin or none", rule.other_side(qty, entry, margin), "price")
    return account.sides(put, "", alone, other, account.prices("", account.total(margin)))
