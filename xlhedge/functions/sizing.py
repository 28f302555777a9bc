"""Sizing of a hedge and the exposure that is left."""

from ..elementary import NO_RESULT, both, ceil, count, floor, larger, mean, nearest, smaller, snapped, total, where
from ..parameters import (
    COINS,
    CONTRACTS,
    ENTRY,
    FACE,
    HEDGE_ROUNDING,
    LOT_ROUNDING,
    PRICE,
    QTY,
    UNIT,
    number,
    vector,
    word,
)  # fmt: skip
from ..registry import Returns, worksheet
from .pnl import COIN_OR_USD

GROUP = "Sizing and exposure"
CONTRACTS_RESULT = Returns("contracts")
FRACTION = Returns("fraction")

RATIO = number("share of the coins to hedge; 1 = all, negative adds exposure", "fraction")
OWNED = number("all coins owned, posted margin included once", "coin", "> 0")
RETURNS = vector("returns, in the same order as the other list", "fraction")


def whole_lots(contracts, rounding):
    """Contracts rounded to whole ones: nearest, down (toward zero) or up (away from zero)."""
    exact = snapped(contracts)
    if rounding == "nearest":
        return nearest(exact)
    return (
        where(exact < 0, ceil(exact), floor(exact))
        if rounding == "down"
        else where(exact < 0, floor(exact), ceil(exact))
    )


def hedge_lots(target, qty, face, rounding):
    """Contracts that take a position from `qty` to its target, rounded so that it ends at or within the target."""
    exact = snapped((target - qty) / face)
    if rounding == "nearest":
        return nearest(exact)
    up = target <= 0 if rounding == "less" else target > 0
    return where(up, ceil(exact), floor(exact))


@worksheet(GROUP, CONTRACTS_RESULT)
def hedge_size(
    coins: COINS, price: PRICE, ratio: RATIO = 1.0, face: FACE = 1.0,
    existing_qty: number("signed USD face already open, short < 0", "USD") = 0.0, rounding: HEDGE_ROUNDING = "less",
):  # fmt: skip
    """Contracts to trade so that a share of the coins is hedged; sell < 0.

    Formula: (-ratio coins P - existing_qty) / face, rounded
    Source: Q* = -h coins P makes coins + Q*/P = (1 - h) coins
    Example: HEDGE_SIZE(50, 60000, 0.2, 100) = -6000
    Example: HEDGE_SIZE(50, 60000, 0.2, 10) = -60000
    Example: HEDGE_SIZE(50, 60000, 0.2) = -600000
    Example: HEDGE_SIZE(52, 50000, 0.2, 100, -600000) = 800
    Example: HEDGE_SIZE(1, 60050, 1, 100) = -600
    Example: HEDGE_SIZE(1, 60050, 1, 100, 0, "more") = -601
    """
    return hedge_lots(-ratio * coins * price, existing_qty, face, rounding)


@worksheet(GROUP, CONTRACTS_RESULT)
def coins_to_contracts(
    coins: number("coins, signed", "coin"), price: PRICE, face: FACE, rounding: LOT_ROUNDING = "nearest"
):
    """Contracts whose USD face equals the value of some coins.

    Formula: coins P / face, rounded
    Source: Binance FAQ be2c7d9d (contract size in USD)
    Example: COINS_TO_CONTRACTS(10, 60000, 100) = 6000
    Example: COINS_TO_CONTRACTS(0.01, 65432.1, 100, "down") = 6
    """
    return whole_lots(coins * price / face, rounding)


@worksheet(GROUP, Returns("coin"))
def contracts_to_coins(contracts: CONTRACTS, price: PRICE, face: FACE):
    """Coins that some contracts stand for at a price.

    Formula: contracts face / P
    Source: Binance FAQ be2c7d9d: 10 contracts of 100 USD at 9,800 are 0.10204 BTC
    Example: CONTRACTS_TO_COINS(-6000, 60000, 100) = -10
    """
    return contracts * face / price


@worksheet(GROUP, COIN_OR_USD)
def net_exposure(coins: COINS, qty: QTY, price: PRICE, unit: UNIT = "coin"):
    """Exposure that is left after the hedge.

    Formula: coin: coins + Q/P; USD: coins P + Q
    Source: the delta of an inverse position is Q/P coin
    Example: NET_EXPOSURE(50, -600000, 60000) = 40
    Example: NET_EXPOSURE(50, -600000, 60000, "usd") = 2400000
    """
    return coins + qty / price if unit == "coin" else coins * price + qty


@worksheet(GROUP, FRACTION)
def hedge_ratio(coins: OWNED, qty: QTY, price: PRICE):
    """Share of the coins that a position hedges; 1 is a synthetic dollar.

    Formula: -Q / (coins P)
    Source: NET_EXPOSURE = (1 - ratio) coins
    Example: HEDGE_RATIO(50, -600000, 60000) = 0.2
    Example: HEDGE_RATIO(52, -600000, 50000) = 0.23076923076923078
    """
    return -qty / (coins * price)


@worksheet(GROUP, Returns("TRUE or FALSE", "flag"))
def over_hedged(
    coins: COINS, qty: QTY, price: PRICE,
    face: number("USD face of one contract, the tolerance", "USD", ">= 0") = 0.0,
):  # fmt: skip
    """Whether the position shorts more than the coins, by more than one contract.

    Formula: coins P + Q < -face
    Source: NET_EXPOSURE in USD
    Example: OVER_HEDGED(50, -600000, 60000) = FALSE
    Example: OVER_HEDGED(9, -600000, 60000, 100) = TRUE
    """
    return coins * price + qty < -face


@worksheet(GROUP, FRACTION)
def hedged_weight(
    ratio: number("share of the coins hedged at entry", "fraction", ">= 0, <= 1"), entry: ENTRY, price: PRICE
):
    """The coin's share of a hedged holding after a move; the rest behaves like cash.

    Formula: (1-h) P / ((1-h) P + h E)
    Source: (1-h) coins stay exposed, h coins E are fixed in USD
    Example: HEDGED_WEIGHT(0.2, 60000, 60000) = 0.8
    Example: HEDGED_WEIGHT(0.2, 60000, 50000) = 0.7692307692307693
    Example: HEDGED_WEIGHT(0.2, 60000, 90000) = 0.8571428571428571
    """
    exposed = (1 - ratio) * price
    return exposed / (exposed + ratio * entry)


@worksheet(GROUP, COIN_OR_USD)
def coin_delta(qty: QTY, price: PRICE, unit: UNIT = "coin"):
    """Exposure that a position adds to the coins owned, unrealised PnL counted among them.

    Formula: coin: Q/P; USD: Q
    Source: the value of coins and position together, (W + Q/E) P - Q, moves by W + Q/E = coins now + Q/P per USD
    Example: COIN_DELTA(-600000, 60000) = -10
    Example: COIN_DELTA(-600000, 60000, "usd") = -600000
    """
    return qty / price if unit == "coin" else qty


@worksheet(GROUP, Returns("coin per (USD/coin)^2"))
def coin_gamma(qty: QTY, price: PRICE):
    """Curvature of a position's coin PnL in the price; its USD PnL has none.

    Formula: -2 Q / P^3
    Source: second derivative of Q (1/E - 1/P)
    Example: COIN_GAMMA(-600000, 60000) = 0.000000005555555555555556
    """
    return -2 * qty / price**3


@worksheet(GROUP, FRACTION)
def min_var_hedge(spot_returns: RETURNS, futures_returns: RETURNS):
    """Hedge ratio with the least variance of spot plus hedge.

    Formula: Cov(spot, futures) / Var(futures)
    Source: Ederington (1979), The Hedging Performance of the New Futures Markets, Journal of Finance 34
    Example: MIN_VAR_HEDGE({0.01;-0.02;0.03}, {0.011;-0.019;0.028}) = 1.0565038257798705
    No result: there are fewer than three returns, or the futures returns do not vary
    """
    spot, futures = spot_returns - mean(spot_returns), futures_returns - mean(futures_returns)
    variance = total(futures * futures)
    enough = both(count(futures_returns) >= 3, variance > 0)
    return where(enough, total(spot * futures) / variance, NO_RESULT)


@worksheet(GROUP, FRACTION)
def hedge_effectiveness(
    unhedged: vector("returns of the holding alone", "fraction"),
    hedged: vector("returns of the holding with its hedge, in the same order", "fraction"),
):
    """Share of the variance that the hedge removed; 1 is all of it.

    It is no test of hedge accounting: the band of 80 to 125 % was IAS 39's for another ratio, the dollar offset of gains
    and losses, and IFRS 9 has dropped it.

    Formula: 1 - Var(hedged) / Var(unhedged)
    Source: Ederington (1979), The Hedging Performance of the New Futures Markets, Journal of Finance 34
    Example: HEDGE_EFFECTIVENESS({0.01;-0.02;0.03}, {0.001;-0.002;0.003}) = 0.99
    No result: there are fewer than three returns, or the unhedged returns do not vary
    """
    before, after = unhedged - mean(unhedged), hedged - mean(hedged)
    variance = total(before * before)
    enough = both(count(unhedged) >= 3, variance > 0)
    return where(enough, 1 - total(after * after) / variance, NO_RESULT)


@worksheet(GROUP, CONTRACTS_RESULT, rules=("low <= ratio", "ratio <= high"))
def rehedge(
    coins: COINS, qty: QTY, price: PRICE, ratio: number("hedge ratio to go back to", "fraction", ">= 0"),
    low: number("ratio below which to re-hedge", "fraction"), high: number("ratio above which to re-hedge", "fraction"),
    face: FACE = 1.0, reset: word("go back to the target or to the nearer edge of the band", "target", "edge") = "target",
    rounding: HEDGE_ROUNDING = "less",
):  # fmt: skip
    """Contracts to trade when the hedge ratio has left its band, else 0; sell < 0.

    Without coins there is nothing to hedge: the goal is then 0, and what is open is closed. Of an open size that is not whole
    contracts less than one is left: with rounding "less" a long, with "more" a short.

    Formula: 0 while low coins P <= -Q <= high coins P; else (-ratio coins P - Q) / face, rounded
    Source: HEDGE_SIZE with a band. Galoy stablesats, hedging/src/okex/hedge_adjustment.rs, has the band; outside it that
    ... program goes to a safe ratio within the band, rounds to the nearest contract, and closes what hedges nothing
    Example: REHEDGE(52, -600000, 50000, 0.2, 0.18, 0.22, 100) = 800
    Example: REHEDGE(52, -600000, 50000, 0.2, 0.18, 0.22, 100, "edge") = 280
    Example: REHEDGE(50, -600000, 60000, 0.2, 0.18, 0.22, 100) = 0
    Example: REHEDGE(0, -600000, 60000, 0.2, 0.18, 0.22, 100) = 6000
    Example: REHEDGE(51, -600000, 50100, 0.2, 0.18, 0.22, 100, "target", "more") = 889
    """
    worth = coins * price
    least, most = low * worth, high * worth
    goal = ratio * worth if reset == "target" else smaller(larger(-qty, least), most)
    trade = hedge_lots(-goal, qty, face, rounding)
    return where(both(-qty >= least, -qty <= most), 0.0, trade)


@worksheet(GROUP, CONTRACTS_RESULT)
def beta_hedge(
    value: number("value of what is held, such as another coin", "USD"),
    beta: number("move of what is held for a move of 1 of the proxy", "fraction"),
    price: number("price of the proxy", "USD/coin", "> 0"), face: FACE = 1.0,
    existing_qty: number("signed USD face already open, short < 0", "USD") = 0.0, rounding: HEDGE_ROUNDING = "less",
):  # fmt: skip
    """Contracts of a proxy, such as BTC for an altcoin, whose moves offset those of what is held; sell < 0.

    What the proxy does not explain stays, and the margin is the proxy's coin. The price does not change the number of
    contracts, whose face is in USD; NOTIONAL_COIN turns it into coins of the proxy.

    Formula: (-beta value - existing_qty) / face, rounded
    Source: beta is MIN_VAR_HEDGE of the returns; Hull, Options, Futures and Other Derivatives, cross hedging
    Example: BETA_HEDGE(900000, 1.3, 60000, 100) = -11700
    Example: BETA_HEDGE(900000, 1.3, 60000, 100, -1200000) = 300
    Example: BETA_HEDGE(900050, 1.3, 60000, 100) = -11700
    """
    return hedge_lots(-beta * value, existing_qty, face, rounding)
