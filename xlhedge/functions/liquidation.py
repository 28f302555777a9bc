"""Liquidation of inverse positions and accounts: at which price, after what, and how likely."""

from math import pi

from ..elementary import (
    NO_RESULT,
    NONE,
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


def solved(qty, entry, margin, amount, rate, slope, method, side="adverse"):
    """Price at which the equity falls to `rate` |Q|/P - amount, or to what else the method makes of the rate."""
    backing = qty / entry + margin + amount
    if method == "slope":
        s = sign(qty)
        return NO_RESULT if slope is None else _slope_price(qty, s, 1 + s * rate, s * backing, slope, side)
    if side == "other":
        return NONE
    if method == "entry":
        return price_or_none(qty, backing - rate * abs(qty) / entry)
    return price_or_none(qty * (1 + sign(qty) * rate), backing)


def _slope_price(qty, s, share, size, slope, side):
    """Liquidation where maintenance is (mmr + slope q) q at q coins: share q + s slope q^2 = size.

    The root on the side of the loss is written as 2c / (b + sqrt(b^2 + 4ac)), which stays exact as the slope goes to
    zero; the other one belongs to a short whose maintenance outgrows its equity as the price falls.
    """
    inside = shared("inside", share * share + 4 * s * slope * size)
    high = shared("high", share + sqrt(larger(inside, 0.0)))
    root = 2 * size / high if side == "adverse" else where(slope > 0, -s * high / (2 * slope), 0.0)
    reached = where(root > 0, abs(qty) / root, NONE)
    # A short whose equity never meets the curve is below its maintenance at every price.
    return where(inside >= 0, reached, NO_RESULT)


@worksheet(GROUP, PRICE_OR_NONE, rules=("mmr + fee < 1",))
def liq_price(
    qty: QTY, entry: ENTRY, margin: MARGIN, mmr: MMR, amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0,
    method: LIQ_METHOD = "mark",
    slope: METHOD_SLOPE = None, side: SIDE = "adverse",
):  # fmt: skip
    """Price at which the position is liquidated, or "none" when the margin covers it at any price.

    Maintenance that grows with the size can liquidate a short on both sides: the coins it asks for grow as the price falls.

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
    if method == "mark" and side == "adverse":  # what is called most takes the short way
        return price_or_none(qty * (1 + s * (mmr + fee)), qty / entry + margin + amount)
    return solved(qty, entry, margin, amount, rate_of(method, s, mmr, fee), slope, method, side)


@worksheet(GROUP, PRICE_OR_NONE, rules=("mmr + fee < ratio",))
def margin_call_price(
    qty: QTY, entry: ENTRY, margin: MARGIN, mmr: MMR,
    ratio: number("margin ratio at which to act; 1 is liquidation", "fraction", "> 0, <= 1"),
    amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0, method: LIQ_METHOD = "mark", slope: METHOD_SLOPE = None,
):  # fmt: skip
    """Price at which the margin ratio reaches a level on the way to liquidation, or "none" if it never does.

    Formula: mark: Q (1 + s (mmr + fee)/ratio) / (Q/E + margin + amount/ratio); LIQ_PRICE with rate, amount and slope over ratio
    Source: MARGIN_RATIO solved for the price
    Example: MARGIN_CALL_PRICE(-600000, 60000, 2.5, 0.005, 0.8) = 79500
    Example: MARGIN_CALL_PRICE(-600000, 60000, 2.5, 0.005, 1) = 79600
    No result: the ratio is beyond the level at every price
    """
    rate = rate_of(method, sign(qty), mmr, fee) / ratio
    return solved(qty, entry, margin, amount / ratio, rate, None if slope is None else slope / ratio, method)


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
        held = highest(rates * abs(qty) / entry - amounts)
        prices = price_or_none(qty, qty / entry + margin - held - fee * abs(qty) / entry)
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

    Where maintenance grows with size an account can be liquidated on both sides; otherwise it has one price, which is the
    adverse one wherever it lies.

    Formula: 1/u, u the root of A + B u + C u^2, A = balance + sum(Q/E + amount) - sum((mmr + fee) |Q|/E) over method entry,
    ... B = -sum((Q + r |Q|) / (1 + basis)), r = mmr + fee (mark, slope), mmr + fee + s mmr fee (product), 0 (entry),
    ... C = -sum(slope Q^2 / (1 + basis)^2); above: the smaller root, below: the larger one
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
    sunk = both(needed * backing <= 0, backing < needed)
    if slopes is None:
        price = price_or_none(needed, backing)
        on_side = {"adverse": True, "other": False, "above": needed < 0, "below": needed > 0}[side]
        has_slope = total((methods == "slope") + 0 * qtys) > 0  # which a formula cannot know beforehand
        return where(sunk, NO_RESULT, where(has_slope, NO_RESULT, where(on_side, price, NONE)))
    curve = shared("curve", total((methods == "slope") * (slopes * (qtys / (1 + basis)) ** 2)))
    inside = shared("inside", needed * needed + 4 * curve * backing)
    root = shared("root", sqrt(larger(inside, 0.0)))
    # Each root in the form that stays exact as the curve goes to zero.
    above = where(both(needed < 0, backing < 0), (needed - root) / (2 * backing), NONE)
    rising = where(backing > 0, (needed + root) / (2 * backing), NONE)
    below = where(needed > 0, rising, where(curve > 0, 2 * curve / (root - needed), NONE))
    is_short = total(qtys / (1 + basis)) < 0
    price = {
        "adverse": where(curve > 0, where(is_short, above, below), smaller(above, below)),
        "other": where(curve > 0, where(is_short, below, above), NONE),
        "above": above,
        "below": below,
    }[side]
    return where(sunk, NO_RESULT, where(both(curve > 0, inside <= 0), NO_RESULT, price))


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
    speed = shared("speed", sign(away) * (drift - volatility * volatility / 2))
    spread = shared("spread", volatility * sqrt(years))
    width = where(spread > 0, spread, 1.0)
    beyond = shared("beyond", (far + speed * years) / width)
    nearer = shared("nearer", (far - speed * years) / width)
    # exp(2wa/v^2) grows without limit while N(-beyond) vanishes; far out their product goes by Mills' ratio.
    tilt = smaller(2 * speed * far / (volatility * volatility), 700.0)
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
    left = margin - rate * payments(interval_hours, days) * qty / (entry if price is None else price)
    return where(left >= 0, liq_price(qty, entry, left, mmr, amount, fee, method, slope), NO_RESULT)
