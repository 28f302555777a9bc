"""Allocation, Hedge plan and Scenarios reckoned a second time: rows of their tables by the accounts of `independent.py`.

None stands for a cell that the model does not tell, and inf for "none".
"""

import math

from independent import Account, Leg
from independent_plan import nearer, sides


def labelled(one: dict) -> str:
    """The name of a position: asset, contract and account."""
    told = one["told"]
    return " ".join(filter(None, (told.row.asset, *told.name, told.row.account)))


def gained(qty: float, entry: float, price: float) -> float:
    """PnL [coin]."""
    return qty / entry - qty / price if qty else 0.0


def open_gain(one: dict) -> float:
    """Unrealised PnL of a position of the plan [coin]."""
    return gained(one["qty"], one["leg"].entry, one["leg"].now)


# ---- Allocation


def allocation(asset: dict) -> tuple[list, list]:
    """The rows of an asset in both tables of Allocation, the first without the number of the row."""
    row, coins = asset["row"], asset["row"].coins
    ratio = -asset["aim"] / asset["value"] if coins > 0 else 0.0
    share = asset["spot_coins"] / coins if coins > 0 else 0.0
    names = ("hedge", "weight", "hedged_weight", "goal", "drift", "hedged_drift", "is_breach")
    return [row.asset, coins, row.price, asset["value"], *(asset[name] for name in names)], [
        row.asset, asset["spot_usd"], asset["spot_coins"], share, asset["tax"], asset["fee"], ratio, asset["aim"],
        asset["hedge_trade"], asset["weight_after"],
    ]  # fmt: skip


# ---- Hedge plan


def sized(one: dict, assets: list[dict]) -> list:
    """The row of a position in the table Size."""
    told, rule = one["told"], one["leg"].rule
    return [
        labelled(one), assets[told.asset]["aim"], one["goal"], one["contracts"], one["trade"], one["qty"],
        one["qty"] / told.mark, round(one["goal"] - one["qty"], 6), one["trade"] * told.worth, one["qty"] * told.worth,
        rule.face * rule.lot * told.worth, told.row.qty / told.row.entry if told.row.qty else 0.0,
        one["qty"] / one["leg"].entry, one["leg"].now if one["qty"] == 0 else one["leg"].entry, one["realized"], one["fee"],
    ]  # fmt: skip


def exposed(place: int, asset: dict, everyone: list[dict]) -> list:
    """The row of an asset in the table of exposures."""
    price, coins, hedge = asset["row"].price, asset["coins"], asset["hedge_after"]
    own = [one for one in everyone if one["told"].asset == place]
    in_it = [one for one in everyone if one["told"].owner == place]
    step = sum(one["leg"].rule.face * one["leg"].rule.lot * one["told"].worth for one in own)
    return [
        asset["row"].asset, coins, asset["aim_after"], hedge, round(asset["aim_after"] - hedge, 6), coins + hedge / price,
        coins * price + hedge, -hedge / coins / price if coins > 0 else 0.0, step, coins * price + hedge < -step,
        coins - sum(map(open_gain, in_it)), sum(one["margin"] for one in in_it),
    ]  # fmt: skip


def margin_rows(one: dict, settings) -> tuple[list, list]:
    """The rows of a position in the tables of margins and of liquidation; prices of liquidation only of what lives."""
    leg, told, row, members = one["leg"], one["told"], one["told"].row, one["members"]
    worst = 1 - settings.fall if one["qty"] > 0 else 1 + settings.rally
    move = 1 - leg.now * worst / leg.entry if one["qty"] > 0 else leg.now * worst / leg.entry - 1
    alone = Account(0.0, (leg,)).needed(worst) if one["qty"] else None
    size = sum(each["leg"].size for each in members)
    needed = alone
    if one["is_cross"]:
        whole = Account(0.0, tuple(each["leg"] for each in members))
        needed = max(0.0, whole.need(1 / (1 + settings.rally)), whole.need(1 / (1 - settings.fall))) * (
            leg.size / size if size else 0.0
        )
    sums = {name: sum(each[name] for each in members) for name in ("margin", "initial", "required")}
    lacks = [max(1 - sums["margin"] / sums[name], 0.0) if sums[name] > 0 else 0.0 for name in ("initial", "required")]
    figures = [None] * 5
    if one["account"].lives():
        above, below = sides(one, one["account"])
        liq = nearer(above, below, leg.now)
        figures = [above, below, liq, liq / leg.now - 1, None]
    margin = [
        labelled(one), None, one["initial"], move, alone, needed, one["worse"], one["adverse"],
        None if needed is None else needed + one["adverse"], one["required"], one["planned"], abs(row.qty) / told.mark,
        one["posted"] or 0.0, one["margin"], one["top_up"], one["transfer"], one["before"],
    ]  # fmt: skip
    return margin, [labelled(one), one["maintenance"], open_gain(one), *lacks, one["margin_ratio"], *figures]


ACCOUNTS = (
    "Positions of its account", "Shares its margin", "Size of the account", "Part of the account", "Net size of the account",
    "Need after the rally", "Need after the fall", "Equity", "Maintenance",
)  # fmt: skip
"""Columns of the table of accounts that the model tells, by their headers."""


def shared_row(one: dict, settings) -> list:
    """What ACCOUNTS say beside a position; of an isolated one only how many positions there are."""
    members, leg, account = one["members"], one["leg"], one["account"]
    if not one["is_cross"]:
        return [1.0, False, *[None] * (len(ACCOUNTS) - 2)]
    alone, size = Account(0.0, (leg,)), account.size
    return [
        float(len(members)), True, size, leg.size / size if size else 1 / len(members),
        sum(each["qty"] / each["leg"].now for each in members), alone.need(1 / (1 + settings.rally)),
        alone.need(1 / (1 - settings.fall)), account.equity(1.0), account.maintenance(1.0),
    ]  # fmt: skip


def carried_row(one: dict, asset: dict, settings) -> list:
    """The row of a position in the table Carry."""
    told, rule, qty, rate, price = one["told"], one["leg"].rule, one["qty"], one["rate"], one["leg"].now
    day, income = 24 / rule.hours, -one["rate"] * one["qty"] * 24 / rule.hours
    even = 2 * abs(qty) * rule.taker / income if income > 0 else math.inf if qty else 0.0
    spot, row = asset["row"].price, asset["row"]
    basis = spot if row.cost_basis is None else row.cost_basis
    sold = max(-one["trade"], 0.0) * told.worth / spot  # coins: by selling now, or unhedged at the same price later
    kept = sold * (spot - settings.tax_spot * (spot - basis))
    gain = (1 - settings.tax_futures) * sold * spot * (rate * one["payments"] - 2 * rule.taker)
    better = (kept + gain) / (1 + settings.discount_rate) ** (settings.horizon_days / 365) - kept
    figures = [None] * 3
    if one["after"].lives():
        above, below = sides(one, one["after"])
        figures = [above, below, nearer(above, below, price)]
    members = one["members"]
    spare = sum(each["margin"] - each["adverse"] - each["maintenance"] for each in members)
    return [
        labelled(one), -rate * qty / price, -rate * qty, income * 30, income * 30 / price, rate * 365 * day,
        -one["fees_usd"], one["basis_usd"], one["carry_expected_usd"], one["carry_adverse_usd"], even, better,
        one["margin"] - one["adverse"], spare, *figures,
    ]  # fmt: skip


# ---- Scenarios


def liquidated(one: dict, factor: float) -> bool:
    """Whether a price, as a multiple of that of now, has liquidated a position on either side."""
    account = one["account"]
    if account.size == 0:
        return False
    above, below = limits(one)
    return factor >= above or (below != math.inf and factor <= below)


def limits(one: dict) -> tuple[float, float]:
    """The multiples of the price of now at which its account is liquidated; reckoned once."""
    if "limits" not in one:
        account = one["account"]
        one["limits"] = (account.above(), account.below()) if account.size else (math.inf, math.inf)
    return one["limits"]


def ladder(shown: int, assets: list[dict], everyone: list[dict], proceeds: float, moves) -> list[list]:
    """The rows of the price ladder of an asset; a proxy's coin moves by the root of the move that its beta says."""
    asset, rows = assets[shown], []
    own = [one for one in everyone if one["told"].asset == shown]
    first, now, coins = own[0], asset["row"].price, asset["coins"]
    opened = coins - sum(
        open_gain(one) for one in everyone if one["told"].owner == shown and one["told"].asset == shown
    )
    for move in moves:
        price, lost, pnl, gain, squeezed, short = now * (1 + move), 0, 0.0, 0.0, 0.0, 0.0
        for one in own:
            told, leg, is_own = one["told"], one["leg"], one["told"].owner == shown
            grown = (1 + move) ** (1 / (told.row.beta or 1.0))
            before, after = open_gain(one), gained(one["qty"], leg.entry, leg.now * grown)
            # Of the asset's own coin what the position had gained is among its coins; of another coin it is in that.
            before_usd = before * told.spot * (1.0 if is_own else grown)
            alive, dead = ((coin * told.spot * grown) - before_usd for coin in (after, -one["margin"]))
            is_gone = liquidated(one, grown)
            lost, gain = lost + is_gone, gain + (dead if is_gone else alive)
            squeezed += dead if min(limits(one)) < math.inf else alive
            pnl += (-one["margin"] if is_gone else after) if is_own else 0.0
            short += 0.0 if is_gone else one["qty"] * told.worth / price
        account, v = Account(first["margin"], (first["leg"],)), 1 / (1 + move)
        used = account.ratio(v) if first["margin"] > 0 else 0.0
        change = opened * (price - now)
        value, exposure = coins * now + change + gain, opened + pnl + short
        held, unhedged, count = proceeds, proceeds, 0
        for each in assets:
            moved = 1.0 if each["row"].kind == "cash" else 1 + move
            unhedged += each["coins"] * each["row"].price * moved
        for one in everyone:
            usd, leg = one["told"].spot * (1 + move), one["leg"]
            unhedged -= open_gain(one) * usd
            is_gone = liquidated(one, 1 + move)
            count += is_gone
            held += (-one["margin"] if is_gone else gained(one["qty"], leg.entry, leg.now * (1 + move))) * usd
        rows.append([
            move, price, opened * price, lost, lost > 0, account.maintenance(v), None if first["is_cross"] else used, pnl,
            gain, change, change + gain, value, exposure, exposure * price / value, coins * now + change + squeezed, unhedged,
            unhedged + held - proceeds, count,
        ])  # fmt: skip
    return rows


def heat_map(coins: float, now: float, moves, ratios) -> list[list[float]]:
    """The value of the coins over moves and ratios, hedged at the price of now."""
    rows = []
    for price in (now * (1 + move) for move in moves):
        rows.append([coins * price + gained(-r * coins * now, now, price) * price for r in ratios])
    return rows


def carry_grid(leg: Leg, rates, days) -> list[list[float]]:
    """Funding received over rates and days."""
    return [[-rate * leg.qty * day * 24 / leg.rule.hours for day in days] for rate in rates]


def survived(leg: Leg, coins: float, moves) -> list[list]:
    """Coins that survive some moves from the entry, and as a share of those owned.

    None where a long loses all, and where tiers count and the move lies behind the price of now.
    """
    rows = []
    for move in moves:
        worst = leg.entry * (1 - leg.side * move)
        is_ahead = worst > leg.now if leg.side < 0 else worst < leg.now
        if worst <= 0 or (leg.moving() and not is_ahead):
            rows.append([move, None, None])
            continue
        now = leg.now if is_ahead else worst
        needed = Account(0.0, (leg._replace(now=now, rule=leg.pinned()),)).needed(worst / now)
        rows.append([move, needed, needed / coins if coins > 0 else 0.0])
    return rows


def by_margin(leg: Leg, shares) -> list[list]:
    """Liquidation for some margins, as shares of the size at entry; None where the position is below it already."""
    rows = []
    for share in shares:
        one = Account(share * leg.opened, (leg,))
        if not one.lives():
            rows.append([share, one.margin, None, None])
            continue
        price = leg.now * (one.above() if leg.side < 0 else one.below())
        rows.append([share, one.margin, price, price / leg.now - 1])
    return rows
