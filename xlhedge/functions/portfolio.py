"""Portfolio weights, drift from target, and the two ways back: spot trades or hedges."""

from ..elementary import at_least, both, highest, shared, snapped, total, where
from ..parameters import (
    ASSET_COINS,
    ASSET_PRICES,
    ASSET_QTYS,
    BAND,
    DAYS,
    HEDGE_ROUNDING,
    PRICE,
    TARGETS,
    Parameter,
    number,
    vector,
)  # fmt: skip
from ..registry import Returns, worksheet
from .calendar import DAYS_A_YEAR
from .sizing import hedge_lots

GROUP = "Portfolio and rebalancing"
WEIGHT_VECTOR = Returns("fraction", "vector")

FACES = vector("USD face of one contract on each asset; 0 = no contract", "USD", ">= 0")
NOISE = 1e-12
"""What exceeds the band by a smaller share of the portfolio does so by the noise of binary arithmetic."""

TAX = "tax rate on the gain, a loss earns a credit,"


@worksheet(GROUP, WEIGHT_VECTOR)
def weights(coins: ASSET_COINS, prices: ASSET_PRICES, qtys: ASSET_QTYS = 0.0):
    """Weight of each asset in the portfolio: physical, or with qtys what is left exposed after the hedges.

    The hedged part is a cash sleeve: hedged weights sum to 1 together with it.

    Formula: (coins P + Q) / sum(coins P)
    Source: NET_EXPOSURE in USD over the portfolio's value
    Example: WEIGHTS({8.5;15}, {10000;1000}) = {0.85;0.15}
    Example: WEIGHTS({8.5;15}, {10000;1000}, {-15000;0}) = {0.7;0.15}
    No result: the portfolio has no value
    """
    return (coins * prices + qtys) / total(coins * prices)


@worksheet(GROUP, WEIGHT_VECTOR)
def drift(coins: ASSET_COINS, prices: ASSET_PRICES, targets: TARGETS, qtys: ASSET_QTYS = 0.0):
    """Drift of each asset from its target weight; overweight > 0.

    Formula: (coins P + Q) / sum(coins P) - target
    Source: WEIGHTS
    Example: DRIFT({8.5;15}, {10000;1000}, {0.7;0.3}) = {0.15;-0.15}
    No result: the portfolio has no value
    """
    return weights(coins, prices, qtys) - targets


@worksheet(GROUP, Returns("coin", "vector"), rules=("sum(targets) <= 1",))
def rebalance_trades(
    coins: ASSET_COINS, prices: ASSET_PRICES, targets: TARGETS, band: BAND = 0.0,
    min_trade: number("trades of a smaller value are left out", "USD", ">= 0") = 0.0,
    never_sell: Parameter("flag", "sell nothing: reach the target by purchases with new money") = False,
):  # fmt: skip
    """Coins of each asset to buy (> 0) or sell (< 0) to go back to target; the overweight one is sold.

    With never_sell an asset with the target 0 stays as it is and is no part of the reckoning; the others come to their targets
    in proportion. An overweight asset within its band moves nothing.

    Formula: (target V - coins P) / P where |target V - coins P| > band V, V = sum(coins P); with never_sell where
    ... target V - coins P > band V, and V is the least value at which nothing beyond its band is overweight:
    ... max(W, coins P / target where coins P - target W > band W), W = sum(coins P) over the targets above 0
    Source: 85/15 back to 70/30: sell 15 points of the portfolio, 15/85 = 17.65 % of the coin
    Example: REBALANCE_TRADES({8.5;15}, {10000;1000}, {0.7;0.3}) = {-1.5;15}
    Example: REBALANCE_TRADES({8.5;15}, {10000;1000}, {0.7;0.3}, 0.2) = {0;0}
    Example: REBALANCE_TRADES({8.5;15}, {10000;1000}, {0.7;0.3}, 0, 0, TRUE) = {0;21.428571428571427}
    Example: REBALANCE_TRADES({1;70;29}, {1;1;1}, {0;0.5;0.5}, 0, 0, TRUE) = {0;0;41}
    """
    value = coins * prices
    # Products rather than conditions: within a sum Excel takes only arithmetic row by row. 1 stands in for a target of 0.
    no_target = 1.0 * (targets <= 0)
    whole = shared("whole", total(value * (1 - never_sell * no_target)))
    is_over = (1 - no_target) * (value - (targets + band) * whole > NOISE * whole)
    least = highest(is_over * value / (targets + no_target))
    goal = shared("goal", where(never_sell, at_least(whole, least), whole))
    trade = shared("trade", targets * goal - value)
    is_bought = trade - band * goal > NOISE * goal
    wanted = where(never_sell, is_bought, snapped(abs(trade) - band * goal) > 0)
    return where(both(wanted, abs(trade) >= min_trade), trade / prices, 0.0)


@worksheet(GROUP, Returns("contracts", "vector"))
def rebalance_hedges(
    coins: ASSET_COINS, prices: ASSET_PRICES, targets: TARGETS, faces: FACES, qtys: ASSET_QTYS = 0.0, band: BAND = 0.0,
    rounding: HEDGE_ROUNDING = "less",
):  # fmt: skip
    """Contracts on each asset that bring its hedged weight back to target without selling coins; sell < 0.

    Formula: (target V - coins P - Q) / face, V = sum(coins P), where the hedged drift exceeds the band
    Source: HEDGE_SIZE with the target exposure target V
    Example: REBALANCE_HEDGES({8.5;15}, {10000;1000}, {0.7;0.3}, {100;10}) = {-150;1500}
    Example: REBALANCE_HEDGES({8.5;15}, {10000;1000}, {0.7;0.3}, {100;10}, {-15000;0}) = {0;1500}
    """
    value = coins * prices
    goal = targets * total(value) - value
    wanted = both(faces > 0, snapped(abs(goal - qtys) - band * total(value)) > 0)
    return where(wanted, hedge_lots(goal, qtys, where(faces > 0, faces, 1.0), rounding), 0.0)


@worksheet(GROUP, Returns("USD"))
def tax_deferral(
    coins: number("coins to reduce by, or to hedge", "coin", ">= 0"), price: PRICE,
    cost_basis: number("what a coin cost", "USD/coin", ">= 0"),
    tax_spot: number(TAX + " of coins sold", "fraction", ">= 0, <= 1"),
    tax_futures: number(TAX + " of the hedge", "fraction", ">= 0, <= 1"), days: DAYS,
    exit_price: number("price at which the coins are sold at the horizon", "USD/coin", "> 0"),
    discount_rate: number("annual rate that money earns meanwhile", "fraction a year", "> -1"),
    funding: number("funding received until then, paid < 0", "USD") = 0.0,
    fees: number("fees of the hedge", "USD") = 0.0,
):  # fmt: skip
    """Advantage today of hedging now and selling at the horizon over selling now; a comparison, not advice.

    Formula: ((n P1 - t_spot n (P1 - basis)) + (1 - t_futures)(n (P0 - P1) + funding - fees)) / (1 + r)^(d/365)
    ... - (n P0 - t_spot n (P0 - basis)), n coins, P0 = price, P1 = exit_price
    Source: linear taxes on both legs; whether a hedge counts as a sale is for the user's own adviser
    Example: TAX_DEFERRAL(10, 60000, 20000, 0.25, 0.25, 365, 60000, 0.05) = -23809.523809523846
    Example: TAX_DEFERRAL(10, 60000, 20000, 0.25, 0.1, 365, 60000, 0, 65700, 600) = 58590
    """
    sell_now = coins * price - tax_spot * coins * (price - cost_basis)
    sell_later = coins * exit_price - tax_spot * coins * (exit_price - cost_basis)
    hedge = (1 - tax_futures) * (coins * (price - exit_price) + funding - fees)
    return (sell_later + hedge) / (1 + discount_rate) ** (days / DAYS_A_YEAR) - sell_now
