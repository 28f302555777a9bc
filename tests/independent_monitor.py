"""Monitor, Replay and Compare reckoned a second time: a log and a history followed row by row."""

import math
import statistics
from typing import NamedTuple

from independent import Account, fewer, filled
from independent_plan import nearer
from independent_sheets import gained


class Entry(NamedTuple):
    """A row of a log: the position that it is of (None is one that nobody knows), and what is typed."""

    place: int | None
    type: str | None
    fill: float | None
    price: float | None
    fee: float | None
    funding: float | None
    transfer: float | None

    def is_read(self) -> bool:
        """Whether it names a position, has the figure that its type asks for, and a price beside a fill."""
        asked = {
            "fill": self.fill,
            "settlement": self.fill,
            "funding": self.funding,
            "fee": self.fee,
            "transfer": self.transfer,
        }
        is_whole = self.type is None or asked[self.type] is not None
        return self.place is not None and is_whole and (self.fill is None or self.price is not None)


class State:
    """A position along its log: size, entry, and what it booked [coin]."""

    def __init__(self, one: dict) -> None:
        row = one["told"].row
        self.qty, self.entry = row.qty, row.entry or one["leg"].now
        self.start = gained(row.qty, row.entry, one["leg"].now) if row.qty else 0.0
        self.margin = row.margin if row.margin is not None else one["before"] if row.qty else 0.0
        self.realized = self.fees = self.funding = self.funding_usd = self.moved = 0.0
        self.unpriced = 0

    def take(self, entry: Entry) -> None:
        """One row of the log."""
        if entry.fill is not None:
            self.qty, self.entry, gain = filled(self.qty, self.entry, entry.fill, entry.price)
            self.realized += gain
        self.fees += entry.fee or 0.0
        self.moved += entry.transfer or 0.0
        self.funding += entry.funding or 0.0
        self.funding_usd += (entry.funding or 0.0) * (entry.price or 0.0)
        self.unpriced += entry.funding is not None and entry.price is None

    @property
    def booked(self) -> float:
        return self.realized + self.funding - self.fees

    @property
    def balance(self) -> float:
        return self.margin + self.moved + self.booked


def after_log(everyone: list[dict], log: list[Entry]) -> tuple[list[State], int]:
    """Every position after the log, and how many rows are not read."""
    states = [State(one) for one in everyone]
    for entry in log:
        if entry.is_read():
            states[entry.place].take(entry)
    return states, sum(not entry.is_read() for entry in log)


def monitor(assets, everyone, log, prices, marks, band) -> dict[str, object]:
    """The columns of the Monitor sheet, of positions and of assets, after a log.

    `prices` are those of the assets now, `marks` those of contracts that are typed, None where they follow their coin.
    """
    states, unread = after_log(everyone, log)
    rows, legs = [], []
    for one, state, mark in zip(everyone, states, marks):
        told = one["told"]
        spot = told.spot if told.owner is None else prices[told.owner]
        mark = one["leg"].now * spot / told.spot if mark is None else mark
        leg = one["leg"]._replace(qty=state.qty, entry=state.entry if state.qty else mark, now=mark)
        leg = leg._replace(rule=leg.pinned())
        legs.append(leg)
        open_pnl = gained(state.qty, leg.entry, mark)
        rows.append({
            "Average entry; the price used when flat": leg.entry,
            "Realised PnL, before fees": state.realized, "Fees paid": state.fees, "Funding received": state.funding,
            "Funding rows without a price": state.unpriced,
            "Funding received, at its own prices": None if state.unpriced else state.funding_usd,
            "Margin moved": state.moved, "Unrealised PnL": open_pnl, "Booked: realised + funding - fees": state.booked,
            "Gain altogether": state.booked + open_pnl, "Margin balance": state.balance,
            "Exposure to its asset": state.qty / mark * spot / (told.row.beta or 1.0),
            "spot": spot, "gain": state.booked + open_pnl, "open": open_pnl,
        })  # fmt: skip
    for members in {id(one["members"]): one["members"] for one in everyone}.values():
        places = [next(i for i, each in enumerate(everyone) if each is one) for one in members]
        margin = sum(states[i].balance for i in places)
        account = Account(margin, tuple(legs[i] for i in places))
        if len(places) == 1 and margin < 0 and legs[places[0]].qty:  # a debt counts as a worse entry
            leg = legs[places[0]]
            account = Account(0.0, (leg._replace(entry=leg.qty / (leg.qty / leg.entry + margin)),))
        above, below = (account.above(), account.below()) if account.size and account.lives() else (None, None)
        if not account.size:
            above = below = math.inf
        for i in places:
            leg, row = legs[i], rows[i]
            used = account.legs[0] if len(places) == 1 else leg
            row["Maintenance margin"] = used.maintenance(leg.size)
            row["Margin ratio, 1 is liquidation"] = account.ratio()
            row["Liquidated above"], row["Liquidated below"] = (
                None if each is None else each * leg.now for each in (above, below)
            )
            sides = row["Liquidated above"], row["Liquidated below"]
            row["Liquidation price"] = None if None in sides else nearer(*sides, leg.now)
    found = [watched(place, asset, everyone, rows, states, prices[place], band) for place, asset in enumerate(assets)]
    for one, state, leg, row in zip(everyone, states, legs, rows):
        asset, told = found[one["told"].asset], one["told"]
        aim = asset["Hedge to go back to"] * told.share / (row["spot"] / leg.now / (told.row.beta or 1.0))
        step = leg.rule.face * leg.rule.lot
        fee = leg.size * leg.rule.taker
        converted = max(row["gain"] - fee, 0.0)
        row |= {
            "Position to go back to": aim, "Trade that closes, sell < 0": -state.qty / leg.rule.face, "Its fee": fee,
            "Re-hedge trade, sell < 0": fewer(aim, state.qty, step) * leg.rule.lot if asset["Outside"] else 0.0,
            "PnL that it realises, after the fee": row["open"] - fee, "Coins gained, to convert": converted,
            "Their worth": converted * row["spot"],
        }  # fmt: skip
        if told.owner is not None:
            found[told.owner]["Coins kept, once all is closed"] -= fee + converted
    return {"positions": rows, "assets": found, "unread": unread}


def watched(place, asset, everyone, rows, states, price, band) -> dict[str, object]:
    """The hedge of an asset now, against its target."""
    in_it = [(row, state) for one, row, state in zip(everyone, rows, states) if one["told"].owner == place]
    coins = asset["coins"] + sum(row["gain"] - state.start for row, state in in_it)
    hedge = sum(row["Exposure to its asset"] for one, row in zip(everyone, rows) if one["told"].asset == place)
    ratio = -hedge / coins / price if coins > 0 else 0.0
    target = -asset["aim_after"] / asset["coins"] / asset["row"].price if asset["coins"] > 0 else 0.0
    return {
        "Price used": price, "Coins owned": coins, "Hedge": hedge, "Hedge ratio": ratio, "Target hedge ratio": target,
        "Re-hedge below": target - band, "Re-hedge above": target + band,
        "Outside": not target - band <= ratio <= target + band, "Hedge to go back to": -target * coins * price,
        "Coins kept, once all is closed": coins,
    }  # fmt: skip


def replay(one: dict, coins: float, price: float, history, band: float, a_year: float) -> dict[str, object]:
    """A hedge along a history of (price, funding rate, high since the row before): funding, test, re-hedge by band."""
    rule, margin = one["leg"].pinned(), one["margin"]
    ratio = -one["qty"] * one["told"].worth / coins / price
    first = history[0][0]
    qty, entry, account = -ratio * coins * first, first, margin - abs(ratio) * coins * rule.taker
    wallet = coins - margin

    def tested(at):
        leg = one["leg"]._replace(rule=rule, qty=qty, entry=entry, now=at)
        return Account(account, (leg,)).ratio() if margin > 0 else 0.0

    highest = tested(first)
    gone = highest >= 1
    qty, account = (0.0, 0.0) if gone else (qty, account)
    values, held, rehedges, funding, funding_usd = [(wallet + account) * first], [coins * first], 0, 0.0, 0.0
    used = []
    for at, rate, peak in history[1:]:
        paid = -rate * qty / at
        account, funding, funding_usd = account + paid, funding + paid, funding_usd + paid * at
        used.append(max(tested(at), tested(max(peak or at, at))) if qty else (used or [highest])[-1])
        if qty and used[-1] >= 1:
            gone, qty, account = True, 0.0, 0.0
        worth = (wallet + account + gained(qty, entry, at)) * at
        now = -qty / worth if worth > 0 else ratio
        if not gone and not ratio - band <= now <= ratio + band:
            trade = -ratio * worth - qty
            qty, entry, realized = filled(qty, entry, trade, at)
            account += realized - abs(trade) * rule.taker / at
            rehedges += trade != 0
        values.append((wallet + account + gained(qty, entry, at)) * at)
        held.append(coins * at)
    returns = [[b / a - 1 for a, b in zip(line, line[1:])] for line in (held, values)]
    falls = [min(v / max(line[: i + 1]) - 1 for i, v in enumerate(line) if i) for line in (held, values)]
    spread = [statistics.stdev(each) * math.sqrt(a_year) for each in returns]
    return {
        "steps": len(history) - 1.0, "unread": 0.0, "end_unhedged": held[-1], "end_hedged": values[-1],
        "volatility_unhedged": spread[0], "volatility_hedged": spread[1], "fall_unhedged": falls[0], "fall_hedged": falls[1],
        "effectiveness": 1 - spread[1] ** 2 / spread[0] ** 2, "rehedges": float(rehedges), "liquidated": gone,
        "used": max(used), "funding": funding, "funding_usd": funding_usd,
    }  # fmt: skip
