"""Margin and liquidation of an inverse position."""

from ..elementary import (
    NO_RESULT,
    NONE,
    both,
    exists,
    floor,
    highest,
    larger,
    lowest,
    sign,
    snapped,
    sqrt,
    total,
    where,
)  # fmt: skip
from ..parameters import (
    AMOUNT,
    DAYS,
    ENTRY,
    FACE,
    FLOORS,
    INTERVAL_HOURS,
    LEVERAGE,
    LIQ_FEE,
    LIQ_METHOD,
    MARGIN,
    MMR,
    MOVE,
    OPEN_QTY,
    PRICE,
    QTY,
    RATE,
    RATES,
    TIER_METHOD,
    number,
    vector,
    word,
)  # fmt: skip
from ..registry import Returns, worksheet
from .calendar import payments

GROUP = "Margin and liquidation"
COIN = Returns("coin")
PRICE_OR_NONE = Returns("USD/coin", allows_none=True)

SLOPE = number("rise of the maintenance rate per coin of size, for method slope", "1/coin", ">= 0")
LIQ = number('liquidation price, or "none"', "USD/coin", "> 0", allows_none=True)


def price_or_none(numerator, backing):
    """numerator/backing where both have one sign, else no price exists."""
    return where(numerator * backing > 0, numerator / backing, NONE)


@worksheet(GROUP, COIN)
def initial_margin(qty: QTY, price: PRICE, leverage: LEVERAGE, fee: LIQ_FEE = 0.0):
    """Coins to post when opening; some venues add the closing fee.

    Formula: |Q| / P (1/leverage + fee)
    Source: Bybit help, Initial Margin (Inverse Contract): 12,000 USD at 8,000 and 50x take 0.03 BTC
    Example: INITIAL_MARGIN(-600000, 60000, 100) = 0.1
    Example: INITIAL_MARGIN(12000, 8000, 50) = 0.03
    """
    return abs(qty) / price * (1 / leverage + fee)


@worksheet(GROUP, COIN)
def maint_margin(qty: QTY, price: PRICE, mmr: MMR, amount: AMOUNT = 0.0):
    """Coins below which the venue liquidates.

    Formula: mmr |Q|/P - amount
    Source: Binance FAQ ceccfcfb: 100 contracts of 100 USD at 25,000 and 0.4 % need 0.0016 BTC
    Example: MAINT_MARGIN(10000, 25000, 0.004) = 0.0016
    Example: MAINT_MARGIN(-600000, 60000, 0.005) = 0.05
    """
    return mmr * abs(qty) / price - amount


@worksheet(GROUP, Returns("coin", "vector"), traceable=False)
def maint_amounts(floors: FLOORS, rates: RATES):
    """Maintenance amounts that make margin continuous from tier to tier.

    Formula: c_0 = 0; c_n = c_(n-1) + floor_n (rate_n - rate_(n-1))
    Source: Binance FAQ ceccfcfb (maintenance amount): 0.56 + 50 (0.05 - 0.025) = 1.81
    Example: MAINT_AMOUNTS({0;10;50}, {0.004;0.01;0.025}) = {0;0.06;0.81}
    """
    amounts, steps = rates * 0, floors[1:] * (rates[1:] - rates[:-1])
    amounts[1:] = steps.cumsum(axis=0)
    return amounts


@worksheet(GROUP, Returns("fraction or coin"), traceable=False)
def maint_tier(
    notional: number("size of the position, in the unit of the floors", "coin", ">= 0"), floors: FLOORS, rates: RATES,
    item: word("what to look up: the rate or the maintenance amount", "rate", "amount") = "rate",
):  # fmt: skip
    """Maintenance rate, or maintenance amount, of the tier that a position falls into.

    Formula: the tier with floor <= notional < next floor
    Source: Binance FAQ ceccfcfb (leverage and maintenance margin of coin-margined contracts)
    Example: MAINT_TIER(20, {0;10;50}, {0.004;0.01;0.025}) = 0.01
    Example: MAINT_TIER(20, {0;10;50}, {0.004;0.01;0.025}, "amount") = 0.06
    """
    values = rates if item == "rate" else maint_amounts(floors, rates)
    steps = values.copy()
    steps[1:] -= values[:-1]
    return total((floors <= notional) * steps)


@worksheet(GROUP, PRICE_OR_NONE, rules=("mmr + fee < 1",))
def liq_price(
    qty: QTY, entry: ENTRY, margin: MARGIN, mmr: MMR, amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0,
    method: LIQ_METHOD = "mark",
    slope: SLOPE = 0.0,
):  # fmt: skip
    """Price at which the position is liquidated, or "none" when the margin covers it at any price.

    Formula: mark: Q (1 + s (mmr + fee)) / (Q/E + margin + amount)
    ... | product: Q (1 + s mmr)(1 + s fee) / (Q/E + margin + amount)
    ... | entry: Q / (Q/E + margin + amount - (mmr + fee) |Q|/E)
    ... | slope: |Q|/q, q the root of margin + s (|Q|/E - q) = (mmr + fee) q + slope q^2
    Source: Binance FAQ be2c7d9d and Bybit help 2026-05-27 (mark); OKX position payloads (product)
    Source: BitMEX, liquidation, and Bybit help before 2026 (entry); Deribit support 25944826427293 (slope)
    Example: LIQ_PRICE(-600000, 60000, 2.5, 0.005) = 79600
    Example: LIQ_PRICE(-600000, 60000, 0.1, 0.005) = 60303.0303030303
    Example: LIQ_PRICE(-600000, 60000, 1, 0.005) = 66333.33333333333
    Example: LIQ_PRICE(-600000, 60000, 5, 0.005) = 119400
    Example: LIQ_PRICE(-600000, 60000, 10, 0.005) = "none"
    Example: LIQ_PRICE(30000, 30000, 0.5, 0.1, 0, 0, "entry") = 21428.571428571428
    No result: the position is below its maintenance margin at every price
    """
    s = sign(qty)
    backing = qty / entry + margin + amount
    if method == "mark":
        return price_or_none(qty * (1 + s * (mmr + fee)), backing)
    if method == "product":
        return price_or_none(qty * (1 + s * mmr) * (1 + s * fee), backing)
    if method == "entry":
        return price_or_none(qty, backing - (mmr + fee) * abs(qty) / entry)
    return _slope_price(qty, s, 1 + s * (mmr + fee), s * backing, slope)


def _slope_price(qty, s, share, size, slope):
    """Liquidation where maintenance is (mmr + slope q) q at q coins: share q + s slope q^2 = size.

    The root is written as 2c / (b + sqrt(b^2 + 4ac)), which stays exact as the slope goes to zero.
    """
    inside = share * share + 4 * s * slope * size
    root = 2 * size / (share + sqrt(larger(inside, 0.0)))
    reached = where(root > 0, abs(qty) / root, NONE)
    # A short whose equity never meets the curve is below its maintenance at every price.
    return where(inside >= 0, reached, NO_RESULT)


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
    No result: the rates must not fall from tier to tier, and with the fee they must stay below 1
    """
    amounts = maint_amounts(floors, rates)
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
):  # fmt: skip
    """Reference price at which an account with several contracts on one coin is liquidated, or "none".

    Formula: sum((Q + mmr |Q|) / (1 + basis)) / (balance + sum(Q/E + amount))
    Source: Binance FAQ be2c7d9d (cross margin), solved for a common reference price
    Example: LIQ_PRICE_CROSS({-600000}, {60000}, {0.005}, 2.5) = 79600
    Example: LIQ_PRICE_CROSS({-600000;200000}, {60000;58000}, {0.005;0.01}, 1) = 71149.06832298136
    No result: the account is below its maintenance at every price
    """
    needed = total((qtys + mmrs * abs(qtys)) / (1 + basis))
    backing = balance + total(qtys / entries + amounts)
    sunk = both(needed * backing <= 0, backing < needed)
    return where(sunk, NO_RESULT, price_or_none(needed, backing))


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


@worksheet(GROUP, COIN)
def margin_for_move(
    qty: QTY, entry: ENTRY, move: MOVE, mmr: MMR, amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0,
    method: LIQ_METHOD = "mark", slope: SLOPE = 0.0,
):  # fmt: skip
    """Coins to post so that an adverse move from the entry does not liquidate the position.

    Formula: the margin at which LIQ_PRICE is E (1 - s move); for mark (|Q|/E)(move + mmr + fee) / (1 - s move) - amount;
    ... never below 0
    Source: LIQ_PRICE solved for the margin
    Example: MARGIN_FOR_MOVE(-600000, 60000, 0.1, 0.005) = 0.9545454545454545
    Example: MARGIN_FOR_MOVE(-600000, 60000, 0.2, 0.005) = 1.7083333333333333
    Example: MARGIN_FOR_MOVE(-600000, 60000, 0.25, 0.005) = 2.04
    Example: MARGIN_FOR_MOVE(-600000, 60000, 0.5, 0.005) = 3.3666666666666667
    Example: MARGIN_FOR_MOVE(-600000, 60000, 1, 0.005) = 5.025
    Example: MARGIN_FOR_MOVE(-600000, 60000, 0.25, 0.005, 0, 0, "entry") = 2.05
    No result: a long cannot survive a fall of 100 % or more
    """
    s, opened = sign(qty), abs(qty) / entry
    left = 1 - s * move
    size = opened / left
    if method == "mark":
        maintenance = (mmr + fee) * size
    elif method == "product":
        maintenance = (mmr + fee + s * mmr * fee) * size
    elif method == "entry":
        maintenance = (mmr + fee) * opened
    else:
        maintenance = (mmr + fee + slope * size) * size
    needed = move * size + maintenance - amount
    return where(left > 0, larger(needed, 0.0), NO_RESULT)


@worksheet(GROUP, Returns("x"))
def max_leverage(qty: OPEN_QTY, move: MOVE, mmr: MMR):
    """Largest leverage at which an adverse move does not liquidate the position; only the sign of qty counts.

    Formula: (1 - s move) / (move + mmr)
    Source: MARGIN_FOR_MOVE as a share of |Q|/E
    Example: MAX_LEVERAGE(-1, 0.25, 0.005) = 4.901960784313726
    Example: MAX_LEVERAGE(1, 0.25, 0.005) = 2.9411764705882355
    No result: a long cannot survive a fall of 100 % or more, and move or mmr must be > 0
    """
    left = 1 - sign(qty) * move
    return where(both(left > 0, move + mmr > 0), left / (move + mmr), NO_RESULT)


@worksheet(GROUP, Returns("fraction"))
def margin_ratio(qty: QTY, entry: ENTRY, price: PRICE, margin: MARGIN, mmr: MMR, amount: AMOUNT = 0.0):
    """Maintenance margin as a share of the equity; 1 is liquidation, and the ratio stays there beyond it.

    Formula: (mmr |Q|/P - amount) / (margin + Q (1/E - 1/P)), 1 where the equity does not exceed the maintenance
    Source: OKX help 10722087776781 gives the inverse of this ratio; Binance shows this one
    Example: MARGIN_RATIO(-600000, 60000, 60000, 2.5, 0.005) = 0.02
    Example: MARGIN_RATIO(-600000, 60000, 79600, 2.5, 0.005) = 1
    Example: MARGIN_RATIO(-600000, 60000, 90000, 2.5, 0.005) = 1
    """
    maintenance = maint_margin(qty, price, mmr, amount)
    equity = margin + qty * (price - entry) / (entry * price)
    return where(equity > maintenance, maintenance / equity, where(qty == 0, 0.0, 1.0))


@worksheet(GROUP, Returns("contracts"))
def max_qty(
    balance: number("coins in the account", "coin", ">= 0"), price: PRICE, leverage: LEVERAGE,
    fee: LIQ_FEE = 0.0, face: FACE = 1.0,
):  # fmt: skip
    """Largest whole number of contracts that a balance can carry.

    Formula: floor(balance L P / ((1 + fee L) face))
    Source: INITIAL_MARGIN with its fee, solved for the position
    Example: MAX_QTY(0.1, 60000, 100, 0, 100) = 6000
    Example: MAX_QTY(0.1, 60000, 100, 0.0005, 100) = 5714
    No result: a rebate this large leaves no limit
    """
    cost = 1 + fee * leverage
    return where(cost > 0, floor(snapped(balance * leverage * price / (cost * face))), NO_RESULT)


@worksheet(GROUP, PRICE_OR_NONE)
def liq_price_after_funding(
    qty: QTY, entry: ENTRY, margin: MARGIN, mmr: MMR, rate: RATE, interval_hours: INTERVAL_HOURS, days: DAYS,
    price: number("price at which the funding is paid; the entry unless given", "USD/coin", "> 0") = None,
    method: LIQ_METHOD = "mark",
):  # fmt: skip
    """Liquidation price once funding has changed the margin for some days, or "none".

    Formula: LIQ_PRICE with margin - rate n Q/price, n = 24 days / interval_hours
    Source: FUNDING_PAYMENT n times at one price, then LIQ_PRICE
    Example: LIQ_PRICE_AFTER_FUNDING(-600000, 60000, 2.5, 0.005, -0.0001, 8, 30) = 78656.12648221344
    Example: LIQ_PRICE_AFTER_FUNDING(-600000, 60000, 2.5, 0.005, 0, 8, 30) = 79600
    No result: funding uses up the margin before then
    """
    left = margin - rate * payments(interval_hours, days) * qty / (entry if price is None else price)
    return where(left >= 0, liq_price(qty, entry, left, mmr, 0.0, 0.0, method), NO_RESULT)
