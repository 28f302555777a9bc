"""Scenarios, Monitor and Replay reckoned a second time, by the account of `independent.py`: loops over plain numbers."""

import math
import statistics
from typing import NamedTuple

from independent import Account, Rule, fewer, filled, liquidation


class Told(NamedTuple):
    """An asset with its position after the plan: coins, what is held, and whether it is cash."""

    row: object
    coins: float
    state: Account | None
    is_cash: bool

    @property
    def prices(self) -> tuple[float, float]:
        return liquidation(self.state) if self.state else (math.inf, math.inf)


def pinned(account: Account) -> Rule:
    """The rule of a position for sizes near its own: where tiers do not follow the price, that of its tier."""
    if not account.rule.tiers or account.moving():
        return account.rule
    _, rate, amount, _ = account.tier()
    return account.rule._replace(tiers=(), mmr=rate, amount=amount)


def gained(qty: float, entry: float, price: float) -> float:
    return qty / entry - qty / price if qty else 0.0


def is_gone(account: Account, prices: tuple[float, float], price: float) -> bool:
    """Whether a price has liquidated it, on either side."""
    above, below = prices
    return account.qty != 0 and (price >= above or (below != math.inf and price <= below))


def ladder(told: Told, everything: list[Told], proceeds: float, moves) -> list[list]:
    """The rows of the price ladder, column by column."""
    account, prices, rows = told.state, told.prices, []
    whole = [(one, one.prices) for one in everything]
    for move in moves:
        now, price = told.row.price, told.row.price * (1 + move)
        opened = told.coins - gained(account.qty, account.entry, now)
        gone, size = is_gone(account, prices, price), abs(account.qty) / price
        kept = account.maintenance(size)
        used = 1.0 if gone or not account.lives(size) else kept / account.equity(size)
        used = used if account.margin > 0 and account.qty else 0.0
        pnl = -account.margin if gone else gained(account.qty, account.entry, price)
        before = gained(account.qty, account.entry, now) * now
        value = (opened + pnl) * price
        exposure = opened + pnl + (0.0 if gone else account.qty / price)
        adverse = prices[0] if account.qty < 0 else prices[1]
        squeezed = value if adverse == math.inf or not account.qty else (opened - account.margin) * price
        unhedged = gain = count = 0.0
        for one, limits in whole:
            if one.is_cash:
                unhedged += one.coins * one.row.price
                continue
            then, state = one.row.price * (1 + move), one.state
            at_entry = one.coins - (gained(state.qty, state.entry, one.row.price) if state else 0.0)
            unhedged += at_entry * then
            if state and is_gone(state, limits, then):
                gain, count = gain - state.margin * then, count + 1
            elif state:
                gain += gained(state.qty, state.entry, then) * then
        unhedged += proceeds
        change = opened * (price - now)
        rows.append([
            move, price, opened * price, gone, kept, used, pnl, pnl * price, change, change + pnl * price - before, value,
            exposure, exposure * price / value, squeezed, unhedged, unhedged + gain, count,
        ])  # fmt: skip
    return rows


def allocation(row, rule, found, settings) -> tuple[list, list]:
    """The rows of an asset in both tables of Allocation, from its price on."""
    basis = row.price if row.cost_basis is None else row.cost_basis
    tax = max(-found["spot_coins"], 0.0) * (row.price - basis) * settings.tax_spot
    ratio = -found["goal_qty"] / found["value"] if row.coins > 0 else 0.0
    share = found["spot_coins"] / row.coins if row.coins > 0 else 0.0
    names = ("value", "weight", "hedged_weight", "goal", "drift", "hedged_drift", "is_breach")
    trade = found["contracts"] * (rule.face if rule else 0.0)
    return [row.asset, row.coins, row.price, *(found[name] for name in names)], [
        row.asset, found["spot_usd"], found["spot_coins"], share, tax, ratio, found["contracts"], trade, found["weight_after"],
    ]  # fmt: skip


def carried(row, rule, found, held, settings) -> list:
    """The row of a position in the table Carry of the Hedge plan; None is the price that a margin already lost has none of."""
    rate, qty, after = row.funding_rate, held["qty"], held["after"]
    rate = settings.funding_rate * rule.hours / settings.funding_hours if rate is None else rate
    day, payments = 24 / rule.hours, settings.horizon_days * 24 / rule.hours
    trade = found["contracts"] * rule.face
    income = -rate * qty * day
    even = 2 * abs(qty) * rule.taker / income if income > 0 else math.inf if qty else 0.0
    basis = row.price if row.cost_basis is None else row.cost_basis
    sold = max(-trade, 0.0) / row.price
    kept = sold * (
        row.price - settings.tax_spot * (row.price - basis)
    )  # by selling now, or unhedged at the same price later
    gain = (1 - settings.tax_futures) * sold * row.price * (rate * payments - 2 * rule.taker)
    better = (kept + gain) / (1 + settings.discount_rate) ** (settings.horizon_days / 365) - kept
    liq = liquidation(after)[0 if qty < 0 else 1] if after.ratio() < 1 else None
    return [
        row.asset, -rate * qty / row.price, -rate * qty, income * 30, income * 30 / row.price, rate * 365 * day,
        -held["fees_usd"], held["carry_expected_usd"], held["carry_adverse_usd"], even, better,
        held["state"].margin - held["adverse"], liq,
    ]  # fmt: skip


def heat_map(told: Told, moves, ratios) -> list[list[float]]:
    """The value of the coins over moves and ratios, hedged at the price of now."""
    rows, now = [], told.row.price
    for price in (now * (1 + move) for move in moves):
        rows.append([told.coins * price + gained(-r * told.coins * now, now, price) * price for r in ratios])
    return rows


def carry(told: Told, rates, days) -> list[list[float]]:
    """Funding received over rates and days."""
    return [[-rate * told.state.qty * day * 24 / told.state.rule.hours for day in days] for rate in rates]


def survived(account: Account, coins: float, moves) -> list[list]:
    """Coins that survive some moves from the entry, and as a share of those owned.

    None where a long loses all, and where tiers count and the move lies behind the price of now.
    """
    rows = []
    for move in moves:
        worst = account.entry * (1 - account.side * move)
        is_ahead = worst > account.now if account.side < 0 else worst < account.now
        if worst <= 0 or (account.moving() and not is_ahead):
            rows.append([move, None, None])
            continue
        needed = account._replace(now=account.now if is_ahead else worst).required(worst)
        rows.append([move, needed, needed / coins if coins > 0 else 0.0])
    return rows


def by_margin(account: Account, shares) -> list[list]:
    """Liquidation for some margins, as shares of the size at entry; None where the position is below it already."""
    rows = []
    for share in shares:
        one = account._replace(margin=share * account.opened)
        price = liquidation(one)[0 if one.side < 0 else 1] if one.ratio() < 1 else None
        rows.append([share, one.margin, price, None if price is None else price / one.now - 1])
    return rows


class Start(NamedTuple):
    """What a log begins with, and what the plan says: `target` position [USD], `coins` after the plan."""

    qty: float
    entry: float | None
    margin: float
    coins: float
    target: float
    plan_price: float
    rule: Rule


def monitor(start: Start, log, price: float, band: float) -> dict[str, object]:
    """The position after a log of (fill, price, fee, funding, moved), its margin, the re-hedge and the unwinding."""
    qty, entry = start.qty, start.entry or start.plan_price
    realized = fees = funding = funding_usd = moved = unread = 0.0
    for fill, at, fee, received, transfer in log:
        moved += transfer or 0.0
        if at is None:
            unread += any(each is not None for each in (fill, fee, received))
            continue
        qty, entry, gain = filled(qty, entry, fill or 0.0, at)
        realized, fees, funding = realized + gain, fees + (fee or 0.0), funding + (received or 0.0)
        funding_usd += (received or 0.0) * at
    booked, open_pnl = realized + funding - fees, gained(qty, entry, price)
    coins = start.coins - gained(start.qty, start.entry, start.plan_price) + booked + open_pnl
    margin, step = start.margin + moved + booked, start.rule.face * start.rule.lot
    account = Account(start.rule, qty, entry, price, max(margin, 0.0))
    if margin < 0 and qty:  # the debt counts as a worse entry
        account = account._replace(entry=qty / (qty / entry + margin))
    ratio = -qty / coins / price if coins > 0 else 0.0
    target = -start.target / start.coins / start.plan_price if start.coins > 0 else 0.0
    is_within = coins <= 0 or target - band <= ratio <= target + band
    trade = 0.0 if is_within else fewer(-target * coins * price, qty, step) * start.rule.lot
    above, below = liquidation(account) if account.ratio() < 1 else (None, None)
    fee = abs(qty) / price * start.rule.taker
    converted = max(booked + open_pnl - fee, 0.0)
    return {
        "qty": qty, "entry": entry if qty else price, "unrealized": open_pnl, "unrealized_usd": open_pnl * price,
        "realized": realized, "funding": funding, "funding_usd": funding_usd, "fees": fees, "booked": booked, "moved": moved,
        "gain": booked + open_pnl, "unread": unread, "coins": coins, "ratio": ratio, "trade": trade, "margin": margin,
        "used": account.ratio(), "liq": above if qty < 0 else below, "closing": -qty / start.rule.face, "closed": open_pnl - fee,
        "converted_usd": converted * price, "kept": coins - fee - converted,
    }  # fmt: skip


def replay(told: Told, history, band: float, a_year: float) -> dict[str, object]:
    """A hedge along a history of (price, funding rate, high since the row before): funding, test, re-hedge by band."""
    state, coins = told.state, told.coins
    rule, ratio, margin = pinned(state), -state.qty / coins / told.row.price, state.margin
    first = history[0][0]
    qty, entry, account = -ratio * coins * first, first, margin - abs(ratio) * coins * rule.taker
    wallet, highest = coins - margin, 0.0

    def tested(price):
        return Account(rule, qty, entry, price, account).ratio() if margin > 0 else 0.0

    highest = tested(first)
    gone = highest >= 1
    qty, account = (0.0, 0.0) if gone else (qty, account)
    values, held, rehedges, funding, funding_usd = [(wallet + account) * first], [coins * first], 0, 0.0, 0.0
    used = []
    for price, rate, peak in history[1:]:
        paid = -rate * qty / price
        account, funding, funding_usd = account + paid, funding + paid, funding_usd + paid * price
        used.append(max(tested(price), tested(max(peak or price, price))) if qty else (used or [highest])[-1])
        if qty and used[-1] >= 1:
            gone, qty, account = True, 0.0, 0.0
        worth = (wallet + account + gained(qty, entry, price)) * price
        now = -qty / worth if worth > 0 else ratio
        if not gone and not ratio - band <= now <= ratio + band:
            trade = -ratio * worth - qty
            qty, entry, realized = filled(qty, entry, trade, price)
            account += realized - abs(trade) * rule.taker / price
            rehedges += trade != 0
        values.append((wallet + account + gained(qty, entry, price)) * price)
        held.append(coins * price)
    returns = [[b / a - 1 for a, b in zip(line, line[1:])] for line in (held, values)]
    falls = [min(v / max(line[: i + 1]) - 1 for i, v in enumerate(line) if i) for line in (held, values)]
    spread = [statistics.stdev(each) * math.sqrt(a_year) for each in returns]
    return {
        "steps": len(history) - 1.0, "unread": 0.0, "end_unhedged": held[-1], "end_hedged": values[-1],
        "volatility_unhedged": spread[0], "volatility_hedged": spread[1], "fall_unhedged": falls[0], "fall_hedged": falls[1],
        "effectiveness": 1 - spread[1] ** 2 / spread[0] ** 2, "rehedges": float(rehedges), "liquidated": gone,
        "used": max(used), "funding": funding, "funding_usd": funding_usd,
    }  # fmt: skip
