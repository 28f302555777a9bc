"""The plan of a whole portfolio by the independent model: positions, what they hedge, and the accounts that they share."""

import datetime
import math
from typing import NamedTuple

from independent import Account, Leg, Rule, effect, fewer, filled, limit, rule_of, touched

import xlhedge.contracts as contracts


class Told(NamedTuple):
    """A position as its row tells it: the place of its asset, what its contract is, and the prices of coin and contract.

    `name` are venue and symbol, `owner` is the place of the coin of its margin among the assets, None where it is not held; `days` is the time to its expiry,
    None of a perpetual; `account` names a cross account, "" is none.
    """

    row: object
    rule: Rule
    asset: int
    owner: int | None
    coin: str
    name: tuple[str | None, str | None]
    share: float
    spot: float
    mark: float
    expiry: datetime.datetime | None
    days: float | None
    account: str

    @property
    def worth(self) -> float:
        """The USD that the asset gains for a rise by its own 100 %, for a USD of face of a long."""
        return self.spot / self.mark / (self.row.beta or 1.0)

    @property
    def is_funded(self) -> bool:
        """Whether funding is paid on it: a dated contract has none."""
        return self.days is None


def told_of(portfolio) -> list[Told]:
    """The positions of a portfolio from their rows and the facts of their contracts."""
    settings, rows = portfolio.settings, [holding.values for holding in portfolio.holdings]
    places = {row.asset.upper(): place for place, row in enumerate(rows)}
    found = []
    for position in portfolio.positions:
        row, facts = position.values, None
        if row.venue:
            facts = contracts.contract(row.venue, row.contract or row.asset, table=portfolio.contracts)
        coin = (facts and facts.get("coin") or row.asset).upper()
        owner, expiry = places.get(coin), row.expiry or (facts and facts.get("expiry"))
        expiry = datetime.datetime.fromisoformat(expiry) if isinstance(expiry, str) else expiry
        spot = row.mark if owner is None else rows[owner].price
        days = (expiry - settings.price_time) / datetime.timedelta(days=1) if expiry else None
        name = (facts.venue, facts.symbol) if facts else (None, row.contract)
        found.append(Told(
            row, rule_of(row, facts, settings), places[row.asset.upper()], owner, coin, name, 0.0, spot,
            row.mark or spot, expiry, days, (row.account or "").lower(),
        ))  # fmt: skip
    return [one._replace(share=shared(one, found)) for one in found]


def shared(one: Told, everyone: list[Told]) -> float:
    """The share of the hedge of its asset: its own, or an even part of what the others leave."""
    if one.row.share is not None:
        return one.row.share
    shares = [other.row.share for other in everyone if other.asset == one.asset]
    return max(1 - sum(share for share in shares if share is not None), 0.0) / shares.count(None)


def weighed(portfolio, positions) -> list[dict[str, float]]:
    """Value, weights, target and drift of each asset, and the two ways back."""
    settings, rows = portfolio.settings, [holding.values for holding in portfolio.holdings]
    whole, found = sum(row.coins * row.price for row in rows), []
    for place, row in enumerate(rows):
        value, hedge = row.coins * row.price, sum(p.row.qty * p.worth for p in positions if p.asset == place)
        weight, hedged = value / whole, (value + hedge) / whole
        goal = hedged if row.target_weight is None else row.target_weight
        goal = goal if row.hedge_ratio is None else (1 - row.hedge_ratio) * weight
        usd = goal * whole - value - hedge
        is_wanted = abs(round(hedged - goal, 6)) > settings.band and abs(usd) >= settings.min_trade
        is_asked = row.target_weight is not None or row.hedge_ratio is not None
        aim = goal * whole - value if row.coins > 0 else 0.0
        found.append({
            "value": value, "hedge": hedge, "weight": weight, "hedged_weight": hedged, "goal": goal, "drift": weight - goal,
            "hedged_drift": hedged - goal, "is_breach": abs(hedged - goal) > settings.band, "whole": whole,
            "is_asked": is_asked,
            "spot_usd": usd if is_wanted else 0.0, "spot_coins": usd / row.price if is_wanted else 0.0,
            "aim": aim if settings.long_underweight or not is_asked else min(aim, 0.0),
        })  # fmt: skip
    return found


def traded(one: Told, own: list, asset: dict, settings) -> tuple[float, float]:
    """The position to reach [USD], and the contracts to trade; `own` are the positions of its asset, which move together."""
    step, qty = one.rule.face * one.rule.lot, one.row.qty
    if settings.mode == "spot" or not asset["is_asked"]:
        return qty, 0.0

    def off(each: Told) -> float:
        return abs(asset["aim"] * each.share - each.row.qty * each.worth) / asset["whole"]

    goal = asset["aim"] * one.share / one.worth
    is_off = asset["is_breach"] or any(off(each) > settings.band for each in own)
    return goal, one.rule.lot * fewer(goal, qty, step) if is_off else 0.0


def alone(one: Told, goal: float, contracts_traded: float, settings) -> dict[str, object]:
    """What the trade of a position makes of it, before anything is said of margins."""
    row, rule, price, trade = one.row, one.rule, one.mark, contracts_traded * one.rule.face
    qty, entry, realized = filled(row.qty, row.entry, trade, price)
    leg, fee = Leg(rule, qty, entry, price), abs(trade) * rule.taker / price
    leverage = min(row.leverage, 1 / leg.initial_rate() if leg.initial_rate() else math.inf)
    expected = (
        settings.funding_rate * rule.hours / settings.funding_hours if row.funding_rate is None else row.funding_rate
    )
    expected = expected if one.is_funded else 0.0
    worse = max(settings.adverse_funding_rate * rule.hours / settings.funding_hours, expected if qty > 0 else -expected)
    payments = settings.horizon_days * 24 / rule.hours
    adverse = worse * payments * leg.size if one.is_funded else 0.0
    is_rolled = one.days is not None and one.days < settings.horizon_days
    fees = (abs(trade) + abs(qty)) * rule.taker + (abs(qty) * (rule.settlement + rule.taker) if is_rolled else 0.0)
    basis = based(one, qty, settings)
    return {
        "told": one, "leg": leg, "goal": goal, "contracts": contracts_traded, "trade": trade, "qty": qty,
        "entry": entry if qty else None, "realized": realized, "fee": fee, "initial": leg.size / leverage,
        "rate": expected, "worse": worse if one.is_funded else 0.0, "payments": payments, "adverse": adverse,
        "fees_usd": fees, "basis_usd": basis, "maintenance": leg.maintenance(leg.size),
        "carry_expected_usd": -expected * payments * qty + basis - fees, "carry_adverse_usd": -adverse * price + basis - fees,
        "side": "sell" if trade < 0 else "buy" if trade > 0 else None, "limit": limit(price, rule.tick),
        "effect": effect(row.qty, qty) if trade else None, "residual_usd": round(goal - qty, 6),
    }  # fmt: skip


def based(one: Told, qty: float, settings) -> float:
    """What the basis of a dated contract brings to the horizon: day by day its premium shrinks, then it is rolled."""
    if one.days is None:
        return 0.0
    horizon = settings.horizon_days
    left = max(one.days - horizon, 0.0) / one.days if one.days else 0.0
    end = one.spot + left * (one.mark - one.spot)
    return (qty / one.mark - qty / end) * one.spot - qty * settings.roll_premium * max(horizon - one.days, 0.0) / 365


def margined(everyone: list[dict], settings) -> None:
    """Give each position what its account says: margins, ratio, and the account itself now and after adverse funding."""
    for members in grouped(everyone):
        is_cross, is_told = len(members) > 1, any(one["told"].row.margin is not None for one in members)
        legs = tuple(one["leg"] for one in members)
        whole, size = Account(0.0, legs), sum(leg.size for leg in legs)
        rally, fall = 1 + settings.rally, 1 - settings.fall
        if is_cross:
            needed = max(0.0, whole.need(1 / rally), whole.need(1 / fall))
        else:
            needed = whole.needed(fall if legs[0].qty > 0 else rally) if size else 0.0
        safe, initial = needed + sum(one["adverse"] for one in members), sum(one["initial"] for one in members)
        is_new = all(one["told"].row.qty == 0 for one in members)
        for one in members:
            part = one["leg"].size / size if size else 0.0
            one["required"], one["planned"] = (
                max(safe * factor, initial) * part for factor in (1.0, 1 + settings.margin_buffer)
            )
            paid = 0.0 if is_new else one["realized"] - one["fee"]
            one["posted"] = (one["told"].row.margin or 0.0) + paid if is_told else None
            one["top_up"] = one["planned"] - (one["posted"] or 0.0)
            one["transfer"] = one["top_up"] + (one["fee"] if is_new else 0.0)
            one["margin"] = one["planned"] if one["posted"] is None else one["posted"]
            if not is_cross:
                one["margin"] = max(one["margin"], 0.0)
            one["before"] = one["margin"] - one["realized"] + one["fee"]
        margin, adverse = (sum(one[name] for one in members) for name in ("margin", "adverse"))
        left = margin - adverse if is_cross else max(margin - adverse, 0.0)
        now, after = whole._replace(margin=margin), whole._replace(margin=left)
        for one in members:
            one |= {
                "account": now,
                "after": after,
                "is_cross": is_cross,
                "margin_ratio": now.ratio(),
                "members": members,
            }


def grouped(everyone: list[dict]) -> list[list[dict]]:
    """Positions by the accounts whose margin they share; one without a name is alone."""
    found: dict[object, list[dict]] = {}
    for number, one in enumerate(everyone):
        found.setdefault(one["told"].account or number, []).append(one)
    return [*found.values()]


def planned(portfolio) -> tuple[list[dict], list[dict]]:
    """Assets and positions of a portfolio after the trades of the plan."""
    settings, positions = portfolio.settings, told_of(portfolio)
    assets = weighed(portfolio, positions)
    everyone = [
        alone(
            one,
            *traded(one, [each for each in positions if each.asset == one.asset], assets[one.asset], settings),
            settings,
        )
        for one in positions
    ]
    margined(everyone, settings)
    for one in everyone:
        owner = one["told"].owner
        own = None if owner is None else portfolio.holdings[owner].values.volatility
        one["volatility"] = own or settings.volatility
    for place, (asset, holding) in enumerate(zip(assets, portfolio.holdings)):
        row, own = holding.values, [one for one in everyone if one["told"].asset == place]
        asset["row"], asset["coins"] = row, row.coins + (asset["spot_coins"] if settings.mode == "spot" else 0.0)
        asset["hedge_after"] = sum(one["qty"] * one["told"].worth for one in own)
        asset["hedge_trade"] = sum(one["trade"] * one["told"].worth for one in own)
        asset["aim_after"] = asset["hedge"] if settings.mode == "spot" else asset["aim"]
        change = asset["spot_usd"] if settings.mode == "spot" else asset["hedge_trade"]
        asset["left"] = asset["value"] + asset["hedge"] + change
        basis, sold = row.price if row.cost_basis is None else row.cost_basis, max(-asset["spot_coins"], 0.0)
        asset["tax"] = sold * (row.price - basis) * settings.tax_spot
        asset["fee"] = abs(asset["spot_usd"]) * settings.fee if row.kind == "coin" else 0.0
    cost = sum(asset["tax"] + asset["fee"] for asset in assets) if settings.mode == "spot" else 0.0
    for asset in assets:
        asset["weight_after"], asset["cost"] = asset["left"] / (asset["whole"] - cost), cost
    return assets, everyone


def asset_figures(asset: dict, settings) -> dict[str, object]:
    """What the plan tells of an asset."""
    row, coins, hedge = asset["row"], asset["coins"], asset["hedge_after"]
    return {
        "asset": row.asset, "coins": row.coins, "price": row.price, "weight_before": asset["hedged_weight"],
        "weight_after": asset["weight_after"], "exposure_coin": coins + hedge / row.price,
        "exposure_usd": coins * row.price + hedge, "ratio": -hedge / coins / row.price if coins > 0 else 0.0,
        "spot_trade_coins": asset["spot_coins"] if settings.mode == "spot" else 0.0,
        "target": asset["goal"] if asset["is_asked"] else None,
    }  # fmt: skip


def sides(one: dict, account: Account) -> tuple[float, float]:
    """The prices of a position's contract above and below at which its account is liquidated; inf is none."""
    if account.size == 0:
        return math.inf, math.inf
    return account.above() * one["leg"].now, account.below() * one["leg"].now


def nearer(above: float, below: float, now: float) -> float:
    """The price of liquidation that is nearer by its factor, inf where there is none."""
    return min((above, below), key=lambda price: abs(math.log(price / now)))


def position_figures(one: dict, settings) -> dict[str, object]:
    """What the plan tells of a position; of a dead account nothing that rests on a price of liquidation."""
    told, row = one["told"], one["told"].row
    found = {name: one[name] for name in (
        "contracts", "side", "effect", "qty", "entry", "posted", "required", "planned", "top_up", "transfer", "initial",
        "maintenance", "margin_ratio", "carry_expected_usd", "carry_adverse_usd", "basis_usd", "fees_usd",
    )}  # fmt: skip
    found |= {
        "asset": row.asset, "coin": told.coin, "account": row.account, "share": told.share, "mark": told.mark,
        "beta": row.beta, "limit": one["limit"] if one["trade"] else None, "residual_usd": one["residual_usd"],
        "kind": "perpetual" if told.is_funded else "dated", "venue": told.name[0], "contract": told.name[1],
        "expiry": told.expiry and f"{told.expiry:%Y-%m-%d}",
    }  # fmt: skip
    if not one["account"].lives():
        return found
    above, below = sides(one, one["account"])
    near = nearer(above, below, told.mark)
    chances = (touched(told.mark, each, one["volatility"], settings.horizon_days) for each in (above, below))
    found |= {
        "liq_above": above, "liq_below": below, "distance": near / told.mark - 1,
        "probability": max(chances) if one["qty"] else 0.0,
    }  # fmt: skip
    if one["after"].lives():
        then = sides(one, one["after"])
        found |= {"liq_above_after_funding": then[0], "liq_below_after_funding": then[1]}
    if not one["is_cross"]:
        found["carries_contracts"] = carried(one, settings) if one["qty"] < 0 else 0.0
    else:
        found["carries_contracts"] = None
    return found


def carried(one: dict, settings) -> float:
    """The largest short, in contracts, that the margin of a position carries through the rally and adverse funding."""
    rule, price = one["leg"].pinned(), one["leg"].now
    # What an open position has gained or lost counts: a loss that is not realised yet is no margin for anything new.
    margin = max(one["margin"] + one["qty"] / one["leg"].entry - one["qty"] / price, 0.0)

    def asked(count: float) -> float:
        short = Account(0.0, (Leg(rule, -count * rule.face, price, price),))
        return short.needed(1 + settings.rally) + one["worse"] * one["payments"] * short.size

    low, high = 0.0, 1.0
    while asked(high) <= margin:
        low, high = high, 2 * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if asked(middle) <= margin else (low, middle)
    return float(math.floor(round(low, 6)))


HALVINGS = 60


def account_figures(members: list[dict]) -> dict[str, object]:
    """What the plan tells of a cross account."""
    first = members[0]
    found = {
        name: sum(one[name] for one in members)
        for name in ("qty", "required", "planned", "top_up", "initial", "maintenance")
    }
    found["posted"] = None if first["posted"] is None else sum(one["posted"] for one in members)
    found |= {
        "account": first["told"].row.account,
        "coin": first["told"].coin,
        "positions": len(members),
        "venue": first["told"].name[0],
    }
    found["margin_ratio"] = first["margin_ratio"]
    if first["account"].lives():
        above, below = sides(first, first["account"])
        scale = first["told"].spot / first["leg"].now
        found |= {"liq_above": above * scale, "liq_below": below * scale}
    return found
