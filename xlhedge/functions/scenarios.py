"""Scenarios: one price ladder, grids, and named stresses over a portfolio."""

from typing import NamedTuple

from ..call import Table
from ..elementary import both, exists, larger, sign, smaller, where
from ..errors import Described, InputError
from ..parameters import (
    AMOUNT,
    ASSET_COINS,
    ASSET_ENTRIES,
    ASSET_PRICES,
    ASSET_QTYS,
    ASSET_SLOPES,
    COINS,
    ENTRY,
    FUNDING,
    INTERVAL_HOURS,
    LIQ_FEE,
    LIQ_METHOD,
    MARGIN,
    METHOD_SLOPE,
    MMR,
    PRICE,
    QTY,
    Parameter,
    axis,
    vector,
    word,
    words,
)  # fmt: skip
from ..registry import Domain, Returns, worksheet
from .carry import funding_cost
from .liquidation import margin_call_price
from .margin import margin_ratio
from .pnl import inverse_pnl

GROUP = "Scenarios"
WHEN_OPENED = "when the hedge was opened, posted margin included once; its PnL and funding come on top"
COINS_THEN = COINS._replace(meaning=f"all coins owned {WHEN_OPENED}")
ASSET_COINS_THEN = ASSET_COINS._replace(meaning=f"coins owned of each asset {WHEN_OPENED}")
MARGIN_OR_ALL = MARGIN._replace(meaning="posted margin, part of the coins; 0 = margin is not modelled")
PRICES = axis("prices, one row each", "USD/coin", "> 0")
PEAK = axis("highest price on the way (a long: the lowest), one for each row or one for all", "USD/coin", "> 0")


class Rule(NamedTuple):
    """How the venue reckons maintenance."""

    mmr: float = 0.0
    amount: float = 0.0
    fee: float = 0.0
    method: str = "mark"
    slope: float | None = None


NO_RULE = Rule()


class ScenarioOutcome(NamedTuple):
    """What a hedged holding is worth at one price."""

    spot_value: float
    pnl_coin: float
    pnl_usd: float
    net_value: float
    exposure_coin: float
    coin_weight: float
    margin_ratio: float
    liquidated: float


def used_margin(qty, entry, price, margin, rule: Rule):
    """The margin ratio by a venue's rule, whose method may be one word or one for each asset."""
    if isinstance(rule.method, str):
        return margin_ratio(qty, entry, price, margin, *rule)
    ratio = 0.0
    for choice in LIQ_METHOD.choices:
        slope = 0.0 if rule.slope is None else rule.slope
        by_choice = margin_ratio(qty, entry, price, margin, *rule._replace(method=choice, slope=slope))
        ratio = where(rule.method == choice, by_choice, ratio)
    return ratio


def outcome(coins, qty, entry, price, margin=0.0, funding=0.0, rule=NO_RULE, peak=None) -> ScenarioOutcome:
    """Value a holding and its hedge at a price; a liquidated hedge has lost its whole margin and is gone.

    `peak` is the worst price on the way there: what it liquidates stays gone, and the margin ratio is the largest of
    both prices. `coins` are those owned when the hedge was opened. The exposure counts the PnL among the coins, hence coins + PnL + Q/P.
    """
    ratio = used_margin(qty, entry, price, margin + funding, rule)
    if peak is not None:
        worst = where(qty > 0, smaller(peak, price), larger(peak, price))
        ratio = larger(ratio, used_margin(qty, entry, worst, margin + funding, rule))
    ratio = where(margin > 0, ratio, 0.0)
    liquidated = ratio >= 1
    pnl_coin = where(liquidated, -margin, inverse_pnl(qty, entry, price, "coin", 0.0, 0.0, funding))
    spot_value, pnl_usd = coins * price, pnl_coin * price
    exposure = coins + pnl_coin + where(liquidated, 0.0, qty / price)
    net_value = spot_value + pnl_usd
    return ScenarioOutcome(
        spot_value, pnl_coin, pnl_usd, net_value, exposure, exposure * price / net_value, ratio, liquidated
    )


def fits(peak, prices):
    """The peaks of the rows, or the one of all."""
    if peak is not None and peak.size not in (1, prices.size):
        rule = f"must be one price, or one for each of the {prices.size} prices"
        raise InputError("peak", rule, Described(f"{peak.size} prices"))
    return peak


@worksheet(GROUP, Returns("USD and coin", "table"), rules=("margin <= coins",), traceable=False)
def scenario_ladder(
    coins: COINS_THEN, qty: QTY, entry: ENTRY, prices: PRICES, margin: MARGIN_OR_ALL = 0.0, mmr: MMR = 0.0, funding: FUNDING = 0.0,
    amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0, method: LIQ_METHOD = "mark", slope: METHOD_SLOPE = None, peak: PEAK = None,
    squeeze: Parameter("flag", "add a column: the value at this price had the hedge been liquidated on the way") = False,
):  # fmt: skip
    """A hedged holding along a ladder of prices: PnL, value, exposure, margin.

    Where the margin is used up, at the price or at a peak on the way to it, the hedge has been liquidated: the margin is
    lost and the coins are unhedged. Without a peak the rows are end points, reached by no higher price than their own.

    Formula: net value = (coins + Q (1/E - 1/P) + funding) P; coin weight = exposure P / net value; after a squeeze
    ... (coins - margin) P, or the net value where no price liquidates the hedge
    Source: INVERSE_PNL, NET_EXPOSURE and MARGIN_RATIO row by row; with a peak the margin ratio is the larger one of both prices
    Example: SCENARIO_LADDER(50, -600000, 60000, {50000;120000}, 10, 0.005) = {"price","move","spot value","PnL coin","PnL USD","net value","exposure coin","coin weight","margin ratio","liquidated";50000,-0.16666666666666663,2500000,2,100000,2600000,40,0.7692307692307693,0.005,FALSE;120000,1,6000000,-5,-600000,5400000,40,0.8888888888888888,0.005,FALSE}
    Example: SCENARIO_LADDER(50, -600000, 60000, {60000}, 5, 0.005, 0, 0, 0, "mark", 0, 132000) = {"price","move","spot value","PnL coin","PnL USD","net value","exposure coin","coin weight","margin ratio","liquidated";60000,0,3000000,-5,-300000,2700000,45,1,1,TRUE}
    """
    result = outcome(
        coins, qty, entry, prices, margin, funding, Rule(mmr, amount, fee, method, slope), fits(peak, prices)
    )
    headers = ["price", "move", "spot value", "PnL coin", "PnL USD", "net value", "exposure coin", "coin weight"]
    columns = (prices, prices / entry - 1, *result)
    table = [column + 0 * prices if i < 9 else column & (prices > 0) for i, column in enumerate(columns)]
    headers += ["margin ratio", "liquidated"]
    if squeeze:
        liq = margin_call_price(qty, entry, margin + funding, mmr, 1.0, amount, fee, method, slope)
        can_be = both(margin > 0, exists(liq))
        headers, table = [*headers, "after a squeeze"], [*table, where(can_be, (coins - margin) * prices, table[5])]
    return Table(headers, table)


@worksheet(GROUP, Returns("depends on output", "table"), rules=("margin <= coins",), traceable=False)
def scenario_grid(
    coins: COINS_THEN, entry: ENTRY, prices: PRICES, ratios: axis("hedge ratios, one column each", "fraction", ">= 0"),
    output: word(
        "what the grid shows", "net_value", "pnl_coin", "pnl_usd", "exposure_coin", "coin_weight", "margin_ratio"
    ) = "net_value",
    margin: MARGIN_OR_ALL = 0.0, mmr: MMR = 0.0,
    amount: AMOUNT = 0.0, fee: LIQ_FEE = 0.0, method: LIQ_METHOD = "mark", slope: METHOD_SLOPE = None, peak: PEAK = None,
):  # fmt: skip
    """One output of a hedged holding over prices and hedge ratios, as end points or after a peak on the way.

    Formula: SCENARIO_LADDER with qty = -ratio coins entry
    Source: SCENARIO_LADDER
    Example: SCENARIO_GRID(50, 60000, {50000;80000}, {0,0.2,1}) = {"net_value",0,0.2,1;50000,2500000,2600000,3000000;80000,4000000,3800000,3000000}
    Example: SCENARIO_GRID(50, 60000, {60000}, {0,0.2}, "net_value", 5, 0.005, 0, 0, "mark", 0, 132000) = {"net_value",0,0.2;60000,3000000,2700000}
    """
    price, ratio, high = prices[:, None], ratios[None, :], fits(peak, prices)
    rule = Rule(mmr, amount, fee, method, slope)
    result = outcome(
        coins, -ratio * coins * entry, entry, price, margin, 0.0, rule, None if high is None else high[:, None]
    )
    return Table([output, *ratios.tolist()], [prices, *getattr(result, output).T], is_grid=True)


@worksheet(GROUP, Returns("USD or coin", "table"), traceable=False)
def carry_grid(
    qty: QTY, price: PRICE, rates: axis("funding rates per interval, one row each", "fraction", "> -1"),
    days: axis("horizons, one column each", "days", ">= 0"), interval_hours: INTERVAL_HOURS = 8.0,
    unit: word("unit of the result", "usd", "coin") = "usd",
):  # fmt: skip
    """Funding received over funding rates and days; negative is a cost.

    Formula: -rate Q 24 days/interval_hours; in coin, over price
    Source: FUNDING_COST
    Example: CARRY_GRID(-600000, 60000, {-0.0001;0.0001}, {30,365}) = {"rate",30,365;-0.0001,-5400,-65700;0.0001,5400,65700}
    """
    grid = funding_cost(qty, rates[:, None], interval_hours, days[None, :]) / (price if unit == "coin" else 1.0)
    return Table(["rate", *days.tolist()], [rates, *grid.T], is_grid=True)


HEDGE_ENTRIES = ASSET_ENTRIES._replace(
    meaning="entry price of each hedge; may be blank beside a size of 0", idle_with="qtys"
)
MOVES = Parameter(
    "matrix", "price moves: one row for each shock, one column for each asset", "fraction", Domain.parse("> -1")
)


@worksheet(GROUP, Returns("USD", "table"), traceable=False)
def stress(
    coins: ASSET_COINS_THEN, qtys: ASSET_QTYS, entries: HEDGE_ENTRIES, prices: ASSET_PRICES, shocks: MOVES,
    margins: vector("posted margin of each hedge; 0 = not modelled", "coin", ">= 0") = 0.0,
    mmrs: vector("maintenance rate of each hedge", "fraction", ">= 0, < 1") = 0.0,
    amounts: vector("maintenance amount of each hedge", "coin", ">= 0") = 0.0,
    fees: vector("fee rate of each liquidation", "fraction", "> -1, < 1") = 0.0,
    methods: words("how the venue values each maintenance", *LIQ_METHOD.choices) = "mark",
    slopes: ASSET_SLOPES = None,
    peaks: MOVES._replace(meaning="highest moves on the way (a long: the lowest), rows and columns as the shocks") = None,
):  # fmt: skip
    """A hedged portfolio under shocks: value, change of value, and how many hedges are liquidated.

    Formula: value = sum((coins + Q (1/E - 1/P)) P) at P (1 + shock); a hedge that the shock, or a peak on the way to it,
    ... liquidates has lost its margin
    Source: SCENARIO_LADDER for each asset, summed
    Example: STRESS({50;200}, {-600000;0}, {60000;3000}, {60000;3000}, {-0.5,-0.6;1,0.5}) = {"shock","value","PnL","change","liquidations";1,2040000,-1560000,-0.43333333333333335,0;2,6300000,2700000,0.75,0}
    Example: STRESS({50}, {-600000}, {60000}, {60000}, {0.1;-0.5}, {5}, {0.005}, 0, 0, "mark", 0, {1.2;1.2}) = {"shock","value","PnL","change","liquidations";1,2970000,-30000,-0.01,1;2,1350000,-1650000,-0.55,1}
    """
    if peaks is not None and len(peaks) != len(shocks):
        raise InputError(
            "peaks", f"must have one row for each of the {len(shocks)} shocks", Described(f"{len(peaks)} rows")
        )
    rule = Rule(mmrs, amounts, fees, methods, slopes)
    now = outcome(coins, qtys, entries, prices, margins, 0.0, rule).net_value.sum()
    high = None if peaks is None else prices * (1 + peaks)
    after = outcome(coins, qtys, entries, prices * (1 + shocks), margins, 0.0, rule, high)
    value, hit = after.net_value.sum(axis=1), both(after.liquidated, sign(qtys) != 0).sum(axis=1)
    numbers = [float(i + 1) for i in range(len(value))]
    return Table(
        ["shock", "value", "PnL", "change", "liquidations"], [numbers, value, value - now, value / now - 1, 1.0 * hit]
    )
