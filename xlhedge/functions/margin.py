"""Margin: what a position must have, by the venue's rule of maintenance."""

from ..elementary import (
    NO_RESULT,
    NONE,
    at_least,
    both,
    exists,
    floor,
    larger,
    shared,
    sign,
    smaller,
    snapped,
    sqrt,
    total,
    where,
)  # fmt: skip
from ..parameters import (
    AMOUNT,
    CLOSING_FEE,
    DAYS,
    ENTRY,
    FACE,
    FLOORS,
    INTERVAL_HOURS,
    LEVERAGE,
    LIQ_FEE,
    LIQ_METHOD,
    MARGIN,
    METHOD_SLOPE,
    MMR,
    MOVE,
    OPEN_QTY,
    PRICE,
    QTY,
    RATES,
    SLOPE,
    number,
    word,
)  # fmt: skip
from ..registry import Returns, worksheet
from .calendar import payments

GROUP = "Margin and liquidation"
COIN = Returns("coin")
NOISE = 1e-12
"""An equity that exceeds the maintenance by a smaller share of the sizes it is made of does not exceed it."""

ADVERSE_MOVE = MOVE._replace(meaning="adverse price move from today's price; a favourable one is negative")
ADVERSE_RATE = number(
    "adverse funding rate per interval; a cost, on whichever side the position is", "fraction", ">= 0, < 1"
)


def rate_of(method, s, mmr, fee):
    """Maintenance rate with the closing fee in it; `product` charges the fee on the maintenance too."""
    return mmr + fee + s * mmr * fee if method == "product" else mmr + fee


def asked(method, size, opened, qty, mmr, amount, fee, slope):
    """Coins that a venue asks for when a position of `opened` coins at its entry has become `size` coins.

    The closing fee is counted, the maintenance amount deducted; never below 0. Every function of margin goes by this rule.
    """
    if method == "mark":
        line = (mmr + fee) * size
    elif method == "entry":
        line = (mmr + fee) * opened
    elif method == "slope":
        line = NO_RESULT if slope is None else (mmr + fee + slope * size) * size
    else:
        line = rate_of(method, sign(qty), mmr, fee) * size
    return at_least(0.0, line - amount)


@worksheet(GROUP, COIN)
def initial_margin(qty: QTY, price: PRICE, leverage: LEVERAGE, fee: CLOSING_FEE = 0.0):
    """Coins to post when opening; some venues add the closing fee.

    Formula: |Q| / P (1/leverage + fee)
    Source: Bybit help, Initial Margin (Inverse Contract): 12,000 USD at 8,000 and 50x take 0.03 BTC
    Example: INITIAL_MARGIN(-600000, 60000, 100) = 0.1
    Example: INITIAL_MARGIN(12000, 8000, 50) = 0.03
    """
    return abs(qty) / price * (1 / leverage + fee)


@worksheet(GROUP, COIN)
def maint_margin(qty: QTY, price: PRICE, mmr: MMR, amount: AMOUNT = 0.0, slope: SLOPE = 0.0):
    """Coins below which the venue liquidates, never below 0.

    Formula: (mmr + slope |Q|/P) |Q|/P - amount
    Source: Binance FAQ ceccfcfb: 100 contracts of 100 USD at 25,000 and 0.4 % need 0.0016 BTC
    Source: Deribit support 25944826427293 (slope: 1 % and 0.005 % more for each BTC)
    Example: MAINT_MARGIN(10000, 25000, 0.004) = 0.0016
    Example: MAINT_MARGIN(-600000, 60000, 0.005) = 0.05
    Example: MAINT_MARGIN(-300000000, 60000, 0.01, 0, 0.00005) = 1300
    """
    size = abs(qty) / price
    return larger(0.0, (mmr + slope * size) * size - amount)


def of_tier(notional, floors, values):
    """The value of the tier with floor <= notional < next floor."""
    begun = floors <= notional
    is_in = begun.copy()
    is_in[:-1] &= ~begun[1:]
    return total(is_in * values)


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


@worksheet(GROUP, Returns("{item}"), traceable=False)
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
    return of_tier(notional, floors, values)


@worksheet(GROUP, Returns("fraction"))
def margin_ratio(
    qty: QTY, entry: ENTRY, price: PRICE, margin: MARGIN, mmr: MMR, amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0,
    method: LIQ_METHOD = "mark", slope: METHOD_SLOPE = None,
):  # fmt: skip
    """Maintenance margin as a share of the equity; 1 is liquidation, and the ratio stays there beyond it.

    Formula: maintenance / (margin + Q (1/E - 1/P)), 1 where the equity does not exceed the maintenance by more than the
    ... noise of binary arithmetic; the maintenance is (mmr + fee) |Q|/P - amount for mark, as LIQ_PRICE has it for the
    ... other methods, and never below 0
    Source: OKX help 10722087776781 gives the inverse of this ratio; Binance shows this one
    Example: MARGIN_RATIO(-600000, 60000, 60000, 2.5, 0.005) = 0.02
    Example: MARGIN_RATIO(-600000, 60000, 79600, 2.5, 0.005) = 1
    Example: MARGIN_RATIO(-600000, 60000, 90000, 2.5, 0.005) = 1
    Example: MARGIN_RATIO(-300000000, 60000, 60000, 2368.33, 0.01, 0, 0, "slope", 0.00005) = 0.5489099914285593
    """
    size, opened = abs(qty) / price, abs(qty) / entry
    needed = asked(method, size, opened, qty, mmr, amount, fee, slope)
    equity = margin + qty * (price - entry) / (entry * price)
    # The equity is a difference of these sizes, so it is known to their last digits only.
    is_sound = equity - needed > NOISE * (margin + opened + size)
    return where(is_sound, needed / equity, where(qty == 0, 0.0, 1.0))


@worksheet(GROUP, COIN)
def margin_for_move(
    qty: QTY, entry: ENTRY, move: MOVE, mmr: MMR, amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0,
    method: LIQ_METHOD = "mark", slope: METHOD_SLOPE = None,
):  # fmt: skip
    """Coins to post so that an adverse move from the entry does not liquidate the position.

    Formula: the margin at which LIQ_PRICE is E (1 - s move): move N + maintenance there, N = (|Q|/E) / (1 - s move); for
    ... mark N (move + mmr + fee) - amount; neither the maintenance nor the result is below 0
    Source: LIQ_PRICE solved for the margin
    Example: MARGIN_FOR_MOVE(-600000, 60000, 0.1, 0.005) = 0.9545454545454545
    Example: MARGIN_FOR_MOVE(-600000, 60000, 0.2, 0.005) = 1.7083333333333333
    Example: MARGIN_FOR_MOVE(-600000, 60000, 0.25, 0.005) = 2.04
    Example: MARGIN_FOR_MOVE(-600000, 60000, 0.5, 0.005) = 3.3666666666666667
    Example: MARGIN_FOR_MOVE(-600000, 60000, 1, 0.005) = 5.025
    Example: MARGIN_FOR_MOVE(-600000, 60000, 0.25, 0.005, 0, 0, "entry") = 2.05
    Example: MARGIN_FOR_MOVE(-300000000, 60000, 0.5, 0.01, 0, 0, "slope", 0.00005) = 2255.5555555555557
    No result: a long cannot survive a fall of 100 % or more
    """
    s, opened = sign(qty), abs(qty) / entry
    left = 1 - s * move
    size = opened / left
    needed = move * size + asked(method, size, opened, qty, mmr, amount, fee, slope)
    return where(left > 0, at_least(0.0, needed), NO_RESULT)


@worksheet(GROUP, COIN)
def safe_margin(
    qty: QTY, price: PRICE, move: ADVERSE_MOVE, mmr: MMR, rate: ADVERSE_RATE, interval_hours: INTERVAL_HOURS, days: DAYS,
    fee: LIQ_FEE = 0.0, amount: AMOUNT = 0.0, method: LIQ_METHOD = "mark", slope: METHOD_SLOPE = None,
):  # fmt: skip
    """Coins to post so that neither a horizon of adverse funding nor an adverse move after it liquidates a position.

    The funding is paid before the move, while the coin amounts are largest for a short. Where the venue asks for a larger
    initial margin, INITIAL_MARGIN says so.

    Formula: MARGIN_FOR_MOVE from today's price + rate n |Q|/P, n = 24 days / interval_hours; for mark
    ... (|Q|/P) ((move + mmr + fee) / (1 - s move) + rate n) - amount
    Source: MARGIN_FOR_MOVE and FUNDING_PAYMENT: 3.3666667 for the move and 0.81 for 270 payments
    Example: SAFE_MARGIN(-600000, 60000, 0.5, 0.005, 0.0003, 8, 90) = 4.176666666666667
    Example: SAFE_MARGIN(-600000, 60000, 0.5, 0.005, 0, 8, 90) = 3.3666666666666667
    No result: a long cannot survive a fall of 100 % or more
    """
    paid = rate * payments(interval_hours, days) * abs(qty) / price
    return margin_for_move(qty, price, move, mmr, amount, fee, method, slope) + paid


@worksheet(GROUP, Returns("contracts"))
def safe_hedge(
    margin: MARGIN, price: PRICE, move: ADVERSE_MOVE, mmr: MMR, rate: ADVERSE_RATE, interval_hours: INTERVAL_HOURS,
    days: DAYS, face: FACE = 1.0, fee: LIQ_FEE = 0.0, amount: AMOUNT = 0.0, method: LIQ_METHOD = "mark",
    slope: METHOD_SLOPE = None,
):  # fmt: skip
    """Largest short, in whole contracts, that a margin carries through adverse funding and a rally.

    Formula: for mark (margin + amount) P / ((move + mmr + fee) / (1 + move) + rate n) / face, rounded down, and no more than
    ... margin P / (move / (1 + move) + rate n) / face, where the equity is gone, a favourable move counted as 0
    Source: SAFE_MARGIN solved for the size of a short
    Example: SAFE_HEDGE(2.5, 60000, 0.5, 0.005, 0.0003, 8, 90, 100) = 3591
    Example: SAFE_HEDGE(2255.5555555556, 60000, 0.5, 0.01, 0, 8, 90, 10, 0, 0, "slope", 0.00005) = 30000000
    No result: a fall and no cost leave no limit
    """
    grown, available = 1 + move, margin + amount
    kept = rate_of(method, -1.0, mmr, fee)
    paid = rate * payments(interval_hours, days)
    # Coins of margin for each coin of today's size: what the loss and the funding take, and the maintenance with them.
    lost = shared("lost", at_least(0.0, move) / grown + paid)
    each = shared("each", move / grown + (kept if method == "entry" else kept / grown) + paid)
    if method == "slope":  # more for each square of the size
        coins = NO_RESULT if slope is None else _largest(each, slope / (grown * grown), available)
    else:
        coins = where(each > 0, available / each, NONE)
    coins = shared("coins", smaller(shared("most", where(lost > 0, margin / lost, NONE)), shared("coins", coins)))
    return where(exists(coins), floor(snapped(coins * price / face)), NO_RESULT)


def _largest(each, curve, available):
    """The largest x for which each x + curve x^2 is available, in the form that stays exact; none if any x is."""
    root = shared("root", sqrt(each * each + 4 * curve * available))
    return where(each > 0, 2 * available / (each + root), where(curve > 0, (root - each) / (2 * curve), NONE))


@worksheet(GROUP, Returns("x"))
def max_leverage(qty: OPEN_QTY, move: MOVE, mmr: MMR):
    """Largest leverage at which an adverse move does not liquidate the position; only the sign of qty counts.

    Formula: (1 - s move) / (move + mmr)
    Source: MARGIN_FOR_MOVE as a share of |Q|/E
    Example: MAX_LEVERAGE(-1, 0.25, 0.005) = 4.901960784313726
    Example: MAX_LEVERAGE(1, 0.25, 0.005) = 2.9411764705882355
    No result: a long cannot survive a fall of 100 % or more, or neither move nor mmr is above 0
    """
    left = 1 - sign(qty) * move
    return where(both(left > 0, move + mmr > 0), left / (move + mmr), NO_RESULT)


@worksheet(GROUP, Returns("contracts"))
def max_qty(
    balance: number("coins in the account", "coin", ">= 0"), price: PRICE, leverage: LEVERAGE,
    fee: CLOSING_FEE = 0.0, face: FACE = 1.0,
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
