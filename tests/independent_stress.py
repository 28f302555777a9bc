"""Stress sheets and one way of Compare reckoned a second time: the portfolio followed through the rows of a set."""

from independent import Account, Leg, filled
from independent_plan import grouped
from independent_sheets import open_gain


def stressed(
    assets: list[dict], everyone: list[dict], proceeds: float, rows, hours: float
) -> list[tuple[float, int, bool]]:
    """After each row the value of all [USD], how many positions are gone, and whether a coin has no move."""
    found = []
    opened = [
        asset["coins"] - sum(open_gain(one) for one in everyone if one["told"].owner == place)
        for place, asset in enumerate(assets)
    ]
    for row in rows:
        if not row.continues:
            funding = basis = 0.0
            gone: set[int] = set()
        funding += (row.funding_rate or 0.0) * (row.days or 0.0) * 24 / hours
        basis += row.basis or 0.0
        ends = [moved(asset, row) for asset in assets]
        for members in grouped(everyone):
            legs = tuple(one["leg"] for one in members)
            if not sum(leg.size for leg in legs):
                continue
            factors = [row_factor(one, ends, row) for one in members]
            peaks = [] if row.peak is None else [[1 + row.peak] * len(members)]
            if any(is_sunk(members, each, funding, basis) for each in (factors, *peaks)):
                gone |= {id(one) for one in members}
        value = proceeds + sum(coins * asset["row"].price * end for coins, asset, end in zip(opened, assets, ends))
        for one in everyone:
            value += worth(one, row_factor(one, ends, row), funding, basis, id(one) in gone)
        untold = row.other is None and any(
            asset["row"].kind != "cash" and asset["row"].asset not in row.moves for asset in assets
        )
        found.append((value, len(gone), untold))
    return found


def moved(asset: dict, row) -> float:
    """The factor of the price of an asset at the end of a row: its own move, else that of the other coins; cash stands still."""
    own = row.moves.get(asset["row"].asset)
    if own is None and asset["row"].kind != "cash":
        own = row.other
    return 1 + (own or 0.0)


def row_factor(one: dict, ends: list[float], row) -> float:
    """The factor of the price of a position's contract: that of its coin."""
    owner = one["told"].owner
    return 1 + (row.other or 0.0) if owner is None else ends[owner]


def is_sunk(members: list[dict], factors: list[float], funding: float, basis: float) -> bool:
    """Whether what funding, basis and prices leave of an account is no more than its maintenance.

    Funding is paid before the move, in coin at the price of now; basis is a gain at the price then.
    """
    left = 0.0
    for one, factor in zip(members, factors):
        leg, price = one["leg"], one["leg"].now * factor
        left += one["margin"] + leg.gain(leg.size / factor) - leg.maintenance(leg.size / factor)
        left -= (funding if one["told"].is_funded else 0.0) * one["qty"] / leg.now
        left += basis * abs(one["qty"]) / price
    return left <= 0


def worth(one: dict, factor: float, funding: float, basis: float, is_gone: bool) -> float:
    """What a position is worth at the end of a row beside the coins [USD at the price of its coin]."""
    leg, scale = one["leg"], one["told"].spot / one["leg"].now
    if is_gone:
        return -one["margin"] * leg.now * factor * scale
    paid = funding * one["qty"] if one["told"].is_funded else 0.0
    return (leg.gain(leg.size / factor) * leg.now * factor - paid + basis * abs(one["qty"])) * scale


def compared(asset: dict, one: dict, settings, moves) -> dict[str, object]:
    """The inverse perpetual of Compare: as large as the hedge of the plan, by the contract of the first position."""
    leg, price, coins = one["leg"], asset["row"].price, asset["row"].coins
    after = asset["coins"]
    ratio = -asset["hedge_after"] / after / price if after > 0 else 0.0
    step = leg.rule.face * leg.rule.lot
    contracts = int(round(min(max(ratio, 0.0), 1.0) * coins * price / step, 6)) * leg.rule.lot
    qty = -contracts * leg.rule.face
    rule = leg.pinned()
    if leg.moving():  # it stands for any position of that size: the tier of the plan's position counts
        _, rate, amount, _ = leg.tier()
        rule = rule._replace(tiers=(), mmr=rate, amount=amount)
    short = Leg(rule, qty, price, price)
    rate, hours = (one["rate"], leg.rule.hours)
    funding = -rate * qty * settings.horizon_days * 24 / hours / price
    fee = abs(qty) / price * leg.rule.taker
    values = []
    for end in (price * (1 + move) for move in moves):
        _, _, pnl = filled(qty, price, -qty, end) if qty else (0.0, 0.0, 0.0)
        values.append((coins + pnl - fee - abs(qty) / end * leg.rule.taker + funding) * end)
    return {
        "Inverse contracts": -contracts, "Inverse position; not rounded if no contract is known": qty,
        "Reduction of exposure": -qty / price,
        "Margin to survive the rally": max(Account(0.0, (short,)).need(1 / (1 + settings.rally)), 0.0) if qty else 0.0,
        "Fees, open and close": -2 * fee * price, "Funding paid in coin": funding, "Funding": funding * price,
        "Together": -2 * fee * price + funding * price, "values": values,
    }  # fmt: skip
