"""Liquidation of inverse positions and accounts: at which price, after what, and how likely."""

from math import pi

from ..elementary import (
    NO_RESULT,
    NONE,
    at_least,
    both,
    exists,
    exp,
    highest,
    larger,
    log,
    lowest,
    normal,
    shared,
    sign,
    smaller,
    sqrt,
    total,
    where,
)  # fmt: skip
from ..parameters import (
    AMOUNT,
    ASSET_SLOPES,
    DAYS,
    ENTRY,
    FLOORS,
    INTERVAL_HOURS,
    LIQ_FEE,
    LIQ_METHOD,
    MARGIN,
    METHOD_SLOPE,
    MMR,
    PRICE,
    QTY,
    RATE,
    RATES,
    TIER_METHOD,
    number,
    vector,
    word,
    words,
)  # fmt: skip
from ..registry import Returns, worksheet
from .calendar import DAYS_A_YEAR, payments
from .margin import GROUP, rate_of
from .margin import maint_amounts as amounts_of_tiers

PRICE_OR_NONE = Returns("USD/coin", allows_none=True)

LIQ = number('liquidation price, or "none"', "USD/coin", "> 0", allows_none=True)
SIDE = word(
    "adverse: where the position loses; other: the second price, where a slope or several contracts give one",
    "adverse",
    "other",
)
ACCOUNT_SIDE = word(
    "adverse: where the net position loses; other: the opposite; above or below the prices at which the account is sound",
    "adverse", "other", "above", "below",
)  # fmt: skip


SQRT_2_PI = sqrt(2 * pi)


def price_or_none(numerator, backing):
    """numerator/backing where both have one sign, else no price exists."""
    return where(numerator * backing > 0, numerator / backing, NONE)


def first_price(qty, worth, backing, share=1.0):
    """The first price on the way to a loss where the equity is down to the maintenance, which is never below 0.

    At x = Q/P coins the equity is worth - x, gone at x = worth, and the maintenance by the formula at share x = backing. On
    the way to a loss x grows, for a long from above 0 and for a short from below: the smaller x of both comes first.
    """
    return where(share * worth < backing, price_or_none(qty, worth), price_or_none(qty * share, backing))


def solved(qty, entry, margin, amount, rate, slope, method, side="adverse"):
    """Price at which the equity falls to `rate` |Q|/P - amount, or to what else the method makes of the rate."""
    worth = qty / entry + margin
    if method == "slope":
        return NO_RESULT if slope is None else _slope_price(qty, 1 + sign(qty) * rate, worth, amount, slope, side)
    if side == "other":
        return NONE
    if method == "entry":
        return first_price(qty, worth, worth + amount - rate * abs(qty) / entry)
    return first_price(qty, worth, worth + amount, 1 + sign(qty) * rate)


def _slope_price(qty, share, worth, amount, slope, side):
    """Liquidation where maintenance is (mmr + slope q) q at q coins: share x + slope x^2 = backing at x = Q/P.

    The root on the side of the loss is written as 2c / (b + sqrt(b^2 + 4ac)), which stays exact as the slope goes to
    zero; the other one belongs to a short whose maintenance outgrows its equity as the price falls.
    """
    backing = worth + amount
    inside = shared("inside", share * share + 4 * slope * backing)
    high = shared("high", share + sqrt(at_least(0.0, inside)))
    if side == "adverse":
        reached = first_price(qty, worth, 2 * backing / high)
    else:
        reached = price_or_none(qty * 2 * slope, -high)
    # Below its maintenance at every price: a short whose equity never meets the curve, or is gone where it does.
    return where(both(inside >= 0, 2 * slope * worth + high >= 0), reached, NO_RESULT)


@worksheet(GROUP, PRICE_OR_NONE, rules=("mmr + fee < 1",))
def liq_price(
    qty: QTY, entry: ENTRY, margin: MARGIN, mmr: MMR, amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0,
    method: LIQ_METHOD = "mark",
    slope: METHOD_SLOPE = None, side: SIDE = "adverse",
):  # fmt: skip
    """Price at which the position is liquidated, or "none" when the margin covers it at any price.

    Maintenance that grows with the size can liquidate a short on both sides: the coins it asks for grow as the price falls.
    An amount or a rebate never takes the maintenance below 0: the equity is gone at Q / (Q/E + margin), which then comes first.

    Formula: mark: Q (1 + s (mmr + fee)) / (Q/E + margin + amount)
    ... | product: Q (1 + s mmr)(1 + s fee) / (Q/E + margin + amount)
    ... | entry: Q / (Q/E + margin + amount - (mmr + fee) |Q|/E)
    ... | slope: |Q|/q, q the root of margin + amount + s (|Q|/E - q) = (mmr + fee) q + slope q^2, the other root for side other
    Source: Binance FAQ be2c7d9d and Bybit help 2026-05-27 (mark); OKX position payloads (product)
    Source: BitMEX, liquidation, and Bybit help before 2026 (entry); Deribit support 25944826427293 (slope)
    Example: LIQ_PRICE(-600000, 60000, 2.5, 0.005) = 79600
    Example: LIQ_PRICE(-600000, 60000, 0.1, 0.005) = 60303.0303030303
    Example: LIQ_PRICE(-600000, 60000, 1, 0.005) = 66333.33333333333
    Example: LIQ_PRICE(-600000, 60000, 5, 0.005) = 119400
    Example: LIQ_PRICE(-600000, 60000, 10, 0.005) = "none"
    Example: LIQ_PRICE(30000, 30000, 0.5, 0.1, 0, 0, "entry") = 21428.571428571428
    Example: LIQ_PRICE(-300000000, 60000, 2368.33, 0.01, 0, 0, "slope", 0.00005) = 94823.14778113813
    Example: LIQ_PRICE(-300000000, 60000, 2368.33, 0.01, 0, 0, "slope", 0.00005, "other") = 18032.947397968663
    No result: the position is below its maintenance margin at every price
    """
    s = sign(qty)
    # What is called most takes the short way: without an amount and a rebate no maintenance is below 0.
    if method == "mark" and side == "adverse" and amount.__class__ is fee.__class__ is float and amount == 0 <= fee:
        return price_or_none(qty * (1 + s * (mmr + fee)), qty / entry + margin)
    return solved(qty, entry, margin, amount, rate_of(method, s, mmr, fee), slope, method, side)


@worksheet(GROUP, PRICE_OR_NONE)
def margin_call_price(
    qty: QTY, entry: ENTRY, margin: MARGIN, mmr: MMR,
    ratio: number("margin ratio at which to act; 1 is liquidation", "fraction", "> 0, <= 1"),
    amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0, method: LIQ_METHOD = "mark", slope: METHOD_SLOPE = None,
):  # fmt: skip
    """Price at which the margin ratio reaches a level on the way to liquidation, or "none" if it never does.

    Formula: mark: Q (1 + s (mmr + fee)/ratio) / (Q/E + margin + amount/ratio); LIQ_PRICE with rate, amount and slope over ratio
    ... ; a short with mmr + fee >= ratio reaches the level going down: "none" where the margin covers the notional
    Source: MARGIN_RATIO solved for the price
    Example: MARGIN_CALL_PRICE(-600000, 60000, 2.5, 0.005, 0.8) = 79500
    Example: MARGIN_CALL_PRICE(-600000, 60000, 2.5, 0.005, 1) = 79600
    Example: MARGIN_CALL_PRICE(600000, 60000, 20, 0.01, 0.008) = 45000
    No result: the ratio is beyond the level at every price
    """
    rate, spared = rate_of(method, sign(qty), mmr, fee) / ratio, amount / ratio
    rate = rate if method == "slope" else at_least(0.0, rate)  # which is the same: no maintenance either way
    curve = None if slope is None else slope / ratio
    reached = solved(qty, entry, margin, spared, rate, curve, method)
    worth = qty / entry + margin
    backing = worth + spared
    if method == "entry":
        return where(both(qty > 0, backing <= rate * qty / entry), NO_RESULT, reached)
    # A short whose rate is the level or more is sound above a price only, Q (share - root) / 2 backing, and while it has equity.
    share = 1 - rate
    root = -share
    if method == "slope":
        root = NO_RESULT if slope is None else sqrt(at_least(0.0, share * share + 4 * curve * backing))
    is_sound = both(backing > 0, (share - root) * worth < 2 * backing)
    low = where(is_sound, price_or_none(qty, worth), NO_RESULT)
    return where(both(qty < 0, share <= 0), low, reached)


@worksheet(GROUP, PRICE_OR_NONE, traceable=False)
def liq_price_tiered(
    qty: QTY, entry: ENTRY, margin: MARGIN, floors: FLOORS, rates: RATES, fee: LIQ_FEE = 0.0,
    method: TIER_METHOD = "mark",
):  # fmt: skip
    """Liquidation price under marginal tiers, whose rates rise with size, or "none".

    Formula: LIQ_PRICE with each tier's rate and amount; the one that comes first on the way to a loss
    Source: Binance FAQ ceccfcfb and be2c7d9d; maintenance is the largest of the tiers' lines, being continuous and convex
    Example: LIQ_PRICE_TIERED(-6000000, 60000, 20, {0;10;50}, {0.004;0.01;0.025}) = 73872.96375805026
    Example: LIQ_PRICE_TIERED(-600000, 60000, 2.5, {0;50}, {0.005;0.01}) = 79600
    No result: a rate is below that of the tier before, or with the fee it is 1 or more
    """
    amounts = amounts_of_tiers(floors, rates)
    if method == "entry":
        # Frozen at entry, so the tier is known beforehand.
        held = at_least(0.0, highest(rates * abs(qty) / entry - amounts) + fee * abs(qty) / entry)
        prices = price_or_none(qty, qty / entry + margin - held)
    else:
        each = liq_price(qty, entry, margin, rates, amounts, fee, method)
        prices = where(qty > 0, highest(where(each < NONE, each, 0.0)), lowest(each))
    is_possible = both(total(1.0 * (rates[1:] < rates[:-1])) == 0, highest(rates) + fee < 1)
    return where(is_possible, prices, NO_RESULT)


@worksheet(GROUP, PRICE_OR_NONE)
def liq_price_cross(
    qtys: vector("signed USD face of each position, short < 0", "USD"),
    entries: vector("average entry of each position", "USD/coin", "> 0"),
    mmrs: vector("maintenance rate of each position", "fraction", ">= 0, < 1"),
    balance: number("coins in the account, unrealised PnL excluded", "coin", ">= 0"),
    basis: vector("price of each contract relative to the reference, minus 1", "fraction", "> -1") = 0.0,
    amounts: vector("maintenance amount of each position", "coin", ">= 0") = 0.0,
    fees: vector("fee rate of each liquidation", "fraction", "> -1, < 1") = 0.0,
    methods: words("how the venue values each maintenance", *LIQ_METHOD.choices) = "mark",
    slopes: ASSET_SLOPES = None,
    side: ACCOUNT_SIDE = "adverse",
):  # fmt: skip
    """Reference price at which an account with several contracts on one coin is liquidated, or "none".

    Where maintenance grows with size, or where amounts or rebates would take that of the account below 0, an account can be
    liquidated on both sides; if it has one price without a slope, that is the adverse one wherever it lies.

    Formula: 1/u, u the root of A + B u + C u^2, A = balance + sum(Q/E + amount) - sum((mmr + fee) |Q|/E) over method entry,
    ... B = -sum((Q + r |Q|) / (1 + basis)), r = mmr + fee (mark, slope), mmr + fee + s mmr fee (product), 0 (entry),
    ... C = -sum(slope Q^2 / (1 + basis)^2); above: the smaller root, below: the larger one; no further than where the
    ... equity is gone, sum(Q / (1 + basis)) / (balance + sum(Q/E))
    Source: Binance FAQ be2c7d9d (cross margin), solved for a common reference price; the other methods as in LIQ_PRICE
    Example: LIQ_PRICE_CROSS({-600000}, {60000}, {0.005}, 2.5) = 79600
    Example: LIQ_PRICE_CROSS({-600000;200000}, {60000;58000}, {0.005;0.01}, 1) = 71149.06832298136
    Example: LIQ_PRICE_CROSS({-300000000}, {60000}, {0.01}, 2368.33, 0, 0, 0, "slope", 0.00005, "below") = 18032.947397968663
    No result: the account is below its maintenance at every price
    """
    at_entry, with_fee = 1.0 * (methods == "entry"), 1.0 * (methods == "product")
    asked = (mmrs + fees) * abs(qtys)
    needed = total((qtys + (1 - at_entry) * (asked + with_fee * (mmrs * fees * qtys))) / (1 + basis))
    needed = shared("needed", needed)
    backing = shared("backing", balance + total(qtys / entries + amounts - at_entry * (asked / entries)))
    # The equity is worth - net u, and the maintenance of the whole account is never below 0: it is gone at worth/net.
    net, worth = shared("net", total(qtys / (1 + basis))), shared("worth", balance + total(qtys / entries))
    sunk = both(needed * backing <= 0, backing < needed) | both(net * worth <= 0, worth < net)
    # Between which u = 1/P and which price the account is sound; 0 is no bound.
    if slopes is None:
        curve, least, most = 0.0, where(needed < 0, backing / needed, 0.0), where(needed > 0, needed / backing, 0.0)
        sunk = sunk | (total((methods == "slope") + 0 * qtys) > 0)  # which a formula cannot know beforehand
    else:
        curve = shared("curve", total((methods == "slope") * (slopes * (qtys / (1 + basis)) ** 2)))
        inside = shared("inside", needed * needed + 4 * curve * backing)
        root = shared("root", sqrt(at_least(0.0, inside)))
        # Each root in the form that stays exact as the curve goes to zero.
        least = where(needed < 0, 2 * backing / (needed - root), 0.0)
        falling = where(curve > 0, 2 * curve / (root - needed), 0.0)
        most = where(needed > 0, (needed + root) / (2 * backing), falling)
        sunk = sunk | both(curve > 0, inside <= 0)
    least = shared("least", at_least(at_least(0.0, least), where(net < 0, worth / net, 0.0)))
    most = shared("most", at_least(most, where(net > 0, net / worth, 0.0)))
    above, below = where(least > 0, 1 / least, NONE), where(most > 0, most, NONE)
    price = below
    if side == "above":
        price = above
    elif side == "adverse":
        # Without a slope the only price is the adverse one wherever it lies.
        price = where(both(net < 0, (least > 0) | (curve > 0)) | both(curve <= 0, most <= 0), above, below)
    elif side == "other":
        has_main = (curve > 0) | (where(net < 0, least, most) > 0)
        price = where(has_main, where(net < 0, below, above), NONE)
    return where(sunk | (least * most >= 1), NO_RESULT, price)


@worksheet(GROUP, PRICE_OR_NONE)
def bankruptcy_price(qty: QTY, entry: ENTRY, margin: MARGIN, fee: LIQ_FEE = 0.0):
    """Price at which the posted margin is used up, or "none".

    Formula: Q (1 + s fee) / (Q/E + margin)
    Source: Bybit help 360039261334: 10,000 long at 8,000 with 0.5 BTC and 7.5 bp is bankrupt at 5,718.57
    Example: BANKRUPTCY_PRICE(10000, 8000, 0.5, 0.00075) = 5718.571428571428
    Example: BANKRUPTCY_PRICE(-600000, 60000, 2.5) = 80000
    """
    return price_or_none(qty * (1 + sign(qty) * fee), qty / entry + margin)


@worksheet(GROUP, Returns("fraction", allows_none=True))
def liq_distance(liq: LIQ, price: PRICE):
    """Move from the price to the liquidation price; "none" stays "none".

    Formula: liq / P - 1
    Source: definition; alarms at 30 % and 15 %
    Example: LIQ_DISTANCE(79600, 60000) = 0.32666666666666666
    Example: LIQ_DISTANCE("none", 60000) = "none"
    """
    return where(exists(liq), liq / price - 1, NONE)


@worksheet(GROUP, Returns("fraction"))
def liq_probability(
    price: PRICE, liq: LIQ, volatility: number("annual volatility", "fraction a year", "> 0"), days: DAYS,
    drift: number("expected growth of the price", "fraction a year") = 0.0,
):  # fmt: skip
    """Probability that the price touches the liquidation price within some days, by a geometric Brownian motion.

    Formula: N((-a + w T)/(v sqrt T)) + exp(2 w a/v^2) N((-a - w T)/(v sqrt T)), a = |ln(liq/P)|,
    ... w = (drift - v^2/2) sign(ln(liq/P)), T = days/365; 0 for "none"
    Source: first passage of a Brownian motion with drift (reflection principle), e.g. Harrison, Brownian Motion and Stochastic Flow Systems, 1985
    Example: LIQ_PROBABILITY(60000, 79600, 0.6, 30) = 0.0868796709
    Example: LIQ_PROBABILITY(60000, 92343, 0.6, 90) = 0.1183270093
    Example: LIQ_PROBABILITY(60000, 40000, 0.8, 90) = 0.3725703762
    Example: LIQ_PROBABILITY(60000, "none", 0.6, 30) = 0
    """
    away = shared("away", log(where(exists(liq), liq, price) / price))
    far, years = shared("far", abs(away)), days / DAYS_A_YEAR
    # w/v rather than w: the square of a volatility can be beyond all numbers.
    speed = shared("speed", sign(away) * (drift / volatility - volatility / 2))
    spread = shared("spread", volatility * sqrt(years))
    width = where(spread > 0, spread, 1.0)
    beyond = shared("beyond", far / width + speed * sqrt(years))
    nearer = shared("nearer", far / width - speed * sqrt(years))
    # exp(2wa/v^2) grows without limit while N(-beyond) vanishes; far out their product goes by Mills' ratio.
    tilt = smaller(2 * speed * (far / volatility), 700.0)
    tail = 1 - 1 / larger(beyond * beyond, 1.0)
    remote = exp(-nearer * nearer / 2) * tail / (larger(beyond, 1.0) * SQRT_2_PI)
    reflected = where(beyond > 30, remote, exp(tilt) * normal(-beyond))
    touched = where(spread > 0, smaller(normal(-nearer) + reflected, 1.0), where(far > 0, 0.0, 1.0))
    return where(exists(liq), touched, 0.0)


@worksheet(GROUP, PRICE_OR_NONE)
def liq_price_after_funding(
    qty: QTY, entry: ENTRY, margin: MARGIN, mmr: MMR, rate: RATE, interval_hours: INTERVAL_HOURS, days: DAYS,
    price: number("price at which the funding is paid; the entry unless given", "USD/coin", "> 0") = None,
    method: LIQ_METHOD = "mark", amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0, slope: METHOD_SLOPE = None,
):  # fmt: skip
    """Liquidation price once funding has changed the margin for some days, or "none".

    Formula: LIQ_PRICE with margin - rate n Q/price, n = 24 days / interval_hours
    Source: FUNDING_PAYMENT n times at one price, then LIQ_PRICE
    Example: LIQ_PRICE_AFTER_FUNDING(-600000, 60000, 2.5, 0.005, -0.0001, 8, 30) = 78656.12648221344
    Example: LIQ_PRICE_AFTER_FUNDING(-600000, 60000, 2.5, 0.005, 0, 8, 30) = 79600
    No result: funding uses up the margin before then
    """
    left = shared("left", margin - rate * payments(interval_hours, days) * qty / (entry if price is None else price))
    return where(left >= 0, liq_price(qty, entry, left, mmr, amount, fee, method, slope), NO_RESULT)
