"""The Allocation sheet: weights, drift from target, the two ways back side by side, and a picture of before and after."""

from typing import NamedTuple

from ...elementary import both, given, larger, snapped, total, where
from ...formula import Cell, as_cell
from ...ranges import highest_where, picked, position, sum_where
from ..grid.cells import Style
from ..grid.columns import Columns, NamedColumns
from ..grid.record import SheetRecord
from ..grid.chart import Chart, Series
from ..grid.sheet import Sheet
from .chart_cells import spread
from .inputs import Held, Settings
from .plan_figures import Size
from .positions import PositionColumns


class Weights(NamedTuple):
    """Where the portfolio stands: columns of its assets, and the value [USD] and the sum of targets of the whole."""

    asset: Cell
    number: Cell
    first: Cell
    price: Cell
    value: Cell
    hedge: Cell
    weight: Cell
    hedged_weight: Cell
    goal: Cell
    drift: Cell
    hedged_drift: Cell
    is_breach: Cell
    whole: Cell
    total_goal: Cell


class Goals(NamedTuple):
    """What would bring each asset back to its target: spot trades [USD, coin], or a hedge [ratio, USD of the asset].

    `costs` are the fees and the tax of all spot trades [USD], 0 where the mode is not to trade spot.
    """

    table: NamedColumns
    spot_usd: Cell
    spot_coins: Cell
    costs: Cell
    ratio_goal: Cell
    hedge_goal: Cell


class WaysBack(NamedTuple):
    """The hedge that the trades of the plan add [USD of the asset], and the weight after the way that the mode chooses."""

    hedge_usd: Cell
    weight_after: Cell


def weights(sheet: Sheet, held: Held, settings: Settings, positions: PositionColumns) -> Weights:
    """The table object Allocation_weights with its totals; a row without an asset counts as one of price 1."""
    sheet.section("Weights and drift")
    table = NamedColumns(sheet, held.count)
    sheet.freeze = f"B{table.first}"
    asset = table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    coins = table.computed("Coins", "coin", held.coins, "coin", role="link")
    price = where(held.price > 0, held.price, 1.0)
    price = table.computed("Price", "USD/coin", price, "price", role="link")
    value = table.computed("Value", "USD", coins * price, "usd")
    number = _number(table)
    hedge = table.computed("Open hedge", "USD", sum_where(positions.hedge, positions.row, number), "usd")
    whole = table.total(value, "usd")
    weight = table.computed("Physical weight", "fraction", value / whole, "share")
    hedged_weight = table.computed("Hedged weight", "fraction", (value + hedge) / whole, "share")
    goal = where(given(held.target_weight), held.target_weight, hedged_weight)
    goal = where(given(held.hedge_ratio), (1 - held.hedge_ratio) * weight, goal)
    goal = table.computed("Target", "fraction", goal, "share")
    drift = table.computed("Drift", "fraction", weight - goal, "share")
    hedged_drift = table.computed("Hedged drift", "fraction", hedged_weight - goal, "share")
    is_breach = abs(hedged_drift) > settings.band
    is_breach = table.computed("Outside the band", "TRUE or FALSE", is_breach, "flag", alarm="notice")
    first = where(held.asset == "", number, position(held.asset, held.asset))
    first = table.computed("First row of this asset", "number", first, "number", role="link")
    table.close("Allocation_weights")
    table.totals(*((column, "share") for column in (weight, hedged_weight, drift, hedged_drift)))
    total_goal = table.total(goal, "share")
    sleeve = table.end + 1
    sheet.text(sleeve, 1, "Cash sleeve (hedged)")
    sheet.computed(sleeve, value.node.column, -total(hedge), Style("calc", "usd"))
    sheet.computed(sleeve, hedged_weight.node.column, -total(hedge) / whole, Style("calc", "share"))
    return Weights(
        asset,
        number,
        first,
        price,
        value,
        hedge,
        weight,
        hedged_weight,
        goal,
        drift,
        hedged_drift,
        is_breach,
        whole,
        total_goal,
    )


def _number(table: NamedColumns) -> Cell:
    """The numbers 1, 2, 3 ... of the rows, by which positions name their assets."""
    return table.numbered("Row on Inputs", "number", width=9)


def goals(sheet: Sheet, held: Held, settings: Settings, weights: Weights) -> Goals:
    """The table object Allocation_trades up to the hedge that each asset asks for."""
    sheet.section("Two ways back to target")
    table = NamedColumns(sheet, held.count)
    table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    # Spot trades bring the hedged weight to its target: an open hedge has done its part already.
    usd = weights.goal * weights.whole - (weights.value + weights.hedge)
    wanted = both(abs(snapped(weights.hedged_drift)) > settings.band, abs(usd) >= settings.min_trade)
    spot_usd = table.computed("Spot trade", "USD", where(wanted, usd, 0.0), "usd")
    spot_coins = table.computed("Spot trade in coins", "coin", spot_usd / weights.price, "coin")
    share = where(held.coins > 0, spot_coins / held.coins, 0.0)
    table.computed("Share of the coins", "fraction", share, "share")
    gain = larger(-spot_coins, 0.0) * (weights.price - where(given(held.cost_basis), held.cost_basis, weights.price))
    spot_tax = table.computed("Tax on the sale now", "USD", gain * settings.tax_spot, "usd")
    fee = abs(spot_usd) * where(held.kind == "coin", settings.fee, 0.0)
    fee = table.computed("Fee of the spot trade", "USD", fee, "usd")
    costs = where(settings.mode == "spot", table.total(spot_tax, "usd") + table.total(fee, "usd"), 0.0)
    # What nothing is asked of stays as it is, long or short.
    value = where(held.coins > 0, weights.value, 1.0)
    ratio = where(given(held.target_weight), 1 - weights.goal * weights.whole / value, -weights.hedge / value)
    ratio = where(held.coins > 0, where(given(held.hedge_ratio), held.hedge_ratio, ratio), 0.0)
    is_free = settings.long_underweight | ~(given(held.target_weight) | given(held.hedge_ratio))
    ratio = where(is_free, ratio, larger(ratio, 0.0))
    ratio_goal = table.computed("Hedge ratio to reach", "fraction", ratio, "share")
    hedge_goal = table.computed("Hedge to reach", "USD", -ratio_goal * weights.value, "usd")
    return Goals(table, spot_usd, spot_coins, costs, ratio_goal, hedge_goal)


def ways_back(
    sheet: Sheet, settings: Settings, positions: PositionColumns, weights: Weights, goals: Goals, size: Size
) -> WaysBack:
    """The rest of the table object Allocation_trades with its totals: what the trades of the plan make of each asset."""
    table = goals.table
    hedge_usd = sum_where(size.hedge_trade, positions.row, weights.number)
    hedge_usd = table.computed("Hedge trade in USD", "USD", hedge_usd, "usd")
    traded = where(settings.mode == "spot", goals.spot_usd, hedge_usd)
    after = (weights.value + (weights.hedge + traded)) / (weights.whole - goals.costs)
    weight_after = table.computed("Hedged weight after", "fraction", after, "share")
    table.close("Allocation_trades")
    table.totals((goals.spot_usd, "usd"), (hedge_usd, "usd"), (weight_after, "share"))
    sheet.note(
        "Spot trades sell coins now, and their fees and tax leave the portfolio. Hedge trades keep the coins: short what is "
        "overweight, close later. Sell < 0, buy > 0."
    )
    return WaysBack(hedge_usd, weight_after)


def picture(sheet: Sheet, held: Held, weights: Weights, ways_back: WaysBack) -> None:
    """Bars of each asset before and after; the assets in use are spread over a picture with room for all rows."""
    picture = sheet.below(3)
    working = picture + 21
    sheet.text(working, 1, "Working: the places of the picture, folded away", "section")
    sheet.fold(working + 1)
    table = Columns(sheet, held.count, row=working + 1)
    place = table.numbered("Place", "number")
    used = highest_where(place, (held.asset, "<>", as_cell("")))
    shown = spread(table, place, used, "Row of the asset")
    asset = where(shown > 0, picked(weights.asset, shown), "")
    asset = table.computed("Asset shown", "text", asset, "text")

    def bars(title: str, column: Cell, look: str) -> Series:
        cell = table.computed(title, "fraction", where(shown > 0, picked(column, shown), 0.0), "share")
        return Series(title, asset.node, cell.node, look)

    series = (
        bars("Physical weight now", weights.weight, "pale"), bars("Hedged weight now", weights.hedged_weight, "middle"),
        bars("Target", weights.goal, "hatched"), bars("Hedged weight after", ways_back.weight_after, "dark"),
    )  # fmt: skip
    title = "Weights before and after the trades of the plan"
    sheet.chart(Chart("bars", title, "asset", "share of the portfolio", series, picture, 1, "text", "share", 30.0, 9.5))


ALLOCATION = SheetRecord(
    "Allocation",
    "Where the portfolio stands against its targets, and what brings it back: trading spot, or hedging and keeping the coins.",
    (weights, goals, ways_back, picture),
    freeze="",
    fixed=("Total",),
)
