"""The Allocation sheet: weights, drift from target, the two ways back side by side, and a picture of before and after."""

from typing import NamedTuple

import xlhedge

from ...elementary import both, ceil, count, given, larger, snapped, total, where
from ...formula import Cell, as_cell
from ...ranges import highest_where, picked
from ..grid.cells import Style
from ..grid.columns import Columns, NamedColumns
from ..grid.record import SheetRecord
from ..grid.sheet import Chart, Sheet
from .inputs import Held, Settings
from .plan_figures import Links


class Weights(NamedTuple):
    """Where the portfolio stands: columns of its assets, and the value [USD] and the sum of targets of the whole."""

    asset: Cell
    value: Cell
    weight: Cell
    hedged_weight: Cell
    goal: Cell
    drift: Cell
    hedged_drift: Cell
    is_breach: Cell
    whole: Cell
    total_goal: Cell


class WaysBack(NamedTuple):
    """What brings each asset back to its target: spot trades [USD, coin], or a hedge [ratio, contracts] and its weight after."""

    spot_usd: Cell
    spot_coins: Cell
    ratio_goal: Cell
    contracts: Cell
    weight_after: Cell


def weights(sheet: Sheet, held: Held, settings: Settings, links: Links) -> Weights:
    """The table object Allocation_weights with its totals."""
    sheet.section("Weights and drift")
    table = NamedColumns(sheet, held.count)
    sheet.freeze = f"B{table.first}"
    asset = table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    coins = table.computed("Coins", "coin", held.coins, "coin", role="link")
    price = table.computed("Price", "USD/coin", links.price, "price", role="link")
    value = table.computed("Value", "USD", coins * price, "usd")
    whole = table.total(value, "usd")
    weight = table.computed("Physical weight", "fraction", value / whole, "share")
    hedged_weight = table.computed("Hedged weight", "fraction", (value + held.qty) / whole, "share")
    goal = where(given(held.target_weight), held.target_weight, hedged_weight)
    goal = where(given(held.hedge_ratio), (1 - held.hedge_ratio) * weight, goal)
    goal = table.computed("Target", "fraction", goal, "share")
    drift = table.computed("Drift", "fraction", weight - goal, "share")
    hedged_drift = table.computed("Hedged drift", "fraction", hedged_weight - goal, "share")
    is_breach = abs(hedged_drift) > settings.band
    is_breach = table.computed("Outside the band", "TRUE or FALSE", is_breach, "flag", alarm="notice")
    table.close("Allocation_weights")
    table.totals(*((column, "share") for column in (weight, hedged_weight, drift, hedged_drift)))
    total_goal = table.total(goal, "share")
    sleeve = table.end + 1
    sheet.text(sleeve, 1, "Cash sleeve (hedged)")
    sheet.computed(sleeve, value.node.column, -total(held.qty), Style("calc", "usd"))
    sheet.computed(sleeve, hedged_weight.node.column, -total(held.qty) / whole, Style("calc", "share"))
    return Weights(asset, value, weight, hedged_weight, goal, drift, hedged_drift, is_breach, whole, total_goal)


def ways_back(sheet: Sheet, held: Held, settings: Settings, links: Links, weights: Weights) -> WaysBack:
    """The table object Allocation_trades with its totals."""
    sheet.section("Two ways back to target")
    table = NamedColumns(sheet, held.count)
    table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    # Spot trades bring the hedged weight to its target: an open hedge has done its part already.
    usd = weights.goal * weights.whole - (weights.value + held.qty)
    wanted = both(abs(snapped(weights.hedged_drift)) > settings.band, abs(usd) >= settings.min_trade)
    spot_usd = table.computed("Spot trade", "USD", where(wanted, usd, 0.0), "usd")
    spot_coins = table.computed("Spot trade in coins", "coin", spot_usd / links.price, "coin")
    share = where(held.coins > 0, spot_coins / held.coins, 0.0)
    table.computed("Share of the coins", "fraction", share, "share")
    gain = larger(-spot_coins, 0.0) * (links.price - where(given(held.cost_basis), held.cost_basis, links.price))
    spot_tax = table.computed("Tax on the sale now", "USD", gain * settings.tax_spot, "usd")
    ratio = 1 - weights.goal * weights.whole / where(held.coins > 0, weights.value, 1.0)
    ratio = where(held.coins > 0, ratio, 0.0)
    ratio = where(settings.long_underweight, ratio, larger(ratio, 0.0))
    ratio_goal = table.computed("Hedge ratio to reach", "fraction", ratio, "share")
    needed = both(both(weights.is_breach, links.face > 0), settings.mode == "hedge")
    trade = links.lot * xlhedge.hedge_size(held.coins, links.price, ratio_goal, links.face * links.lot, held.qty)
    contracts = table.computed("Hedge trade", "contracts", where(needed, trade, 0.0), "contracts")
    hedge_usd = table.computed("Hedge trade in USD", "USD", contracts * links.face, "usd")
    traded = where(settings.mode == "spot", spot_usd, hedge_usd)
    after = (weights.value + (held.qty + traded)) / weights.whole
    weight_after = table.computed("Hedged weight after", "fraction", after, "share")
    table.close("Allocation_trades")
    table.totals((spot_usd, "usd"), (spot_tax, "usd"), (hedge_usd, "usd"), (weight_after, "share"))
    sheet.note(
        "Spot trades sell coins now. Hedge trades keep the coins: short what is overweight, close later. Sell < 0, buy > 0."
    )
    return WaysBack(spot_usd, spot_coins, ratio_goal, contracts, weight_after)


def picture(sheet: Sheet, held: Held, weights: Weights, ways_back: WaysBack) -> None:
    """Bars of each asset before and after; the assets in use are spread over the places of a picture with room for all.

    Place s of N shows the asset k of u whose middle (k - 1/2)/u of the width lies in it, if there is one.
    """
    picture = sheet.below(3)
    working = picture + 21
    sheet.text(working, 1, "Working: the places of the picture", "section")
    sheet.text(working + 1, 1, "Places")
    sheet.text(working + 2, 1, "Last row in use")
    table = Columns(sheet, held.count, row=working + 4)
    place = table.numbered("Place", "number")
    places = sheet.computed(working + 1, 2, count(place), Style("calc", "number"))
    used = highest_where(place, (held.asset, "<>", as_cell("")))
    used = sheet.computed(working + 2, 2, used, Style("calc", "number"))
    first = ceil((place - 1) * used / places + 0.5)
    first = where(first < place * used / places + 0.5, first, 0.0)
    shown = table.computed("Row of the asset", "number", first, "number")
    asset = table.computed("Asset shown", "text", where(shown > 0, picked(weights.asset, shown), ""), "text")
    series = []
    for title, column in (
        ("Physical weight now", weights.weight), ("Hedged weight now", weights.hedged_weight),
        ("Target", weights.goal), ("Hedged weight after", ways_back.weight_after),
    ):  # fmt: skip
        cell = where(shown > 0, picked(column, shown), 0.0)
        series.append((title, table.computed(title, "fraction", cell, "share").node))
    title = "Weights before and after the trades of the plan"
    sheet.chart(Chart("bars", title, "asset", "share of the portfolio", asset.node, tuple(series), picture, 1))


ALLOCATION = SheetRecord(
    "Allocation",
    "Where the portfolio stands against its targets, and what brings it back: trading spot, or hedging and keeping the coins.",
    (weights, ways_back, picture),
    freeze="",
    fixed=("Total",),
)
