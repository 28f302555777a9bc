"""The Allocation sheet: weights, drift from target, the two ways back side by side, and a picture of before and after."""

from types import SimpleNamespace

import xlhedge

from ..elementary import both, ceil, count, given, larger, snapped, total, where
from ..formula import as_cell, highest_where, picked
from .book import Book, Chart, Columns, Sheet, Style
from .table_object import NamedColumns

TABLE_ROW = 5
PICTURE_ROWS = 21


def build_allocation(
    book: Book, held: SimpleNamespace, settings: SimpleNamespace, links: SimpleNamespace
) -> SimpleNamespace:
    """The Allocation sheet; returns its columns by name."""
    sheet = book.sheet(
        "Allocation",
        "Where the portfolio stands against its targets, and what brings it back: trading spot, or hedging and keeping the coins.",
    )
    out = SimpleNamespace()
    row = _weights(sheet, held, settings, links, out)
    row = _ways_back(sheet, row, held, settings, links, out)
    _picture(sheet, row, held, out)
    sheet.freeze = f"B{TABLE_ROW + 2}"
    return out


def _weights(sheet: Sheet, held, settings, links, out) -> int:
    """The table object Allocation_weights with its totals; returns the row of the next table."""
    sheet.text(TABLE_ROW - 1, 1, "Weights and drift", "section")
    table = NamedColumns(sheet, TABLE_ROW, held.count)
    out.asset = table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    coins = table.computed("Coins", "coin", held.coins, "coin", role="link")
    price = table.computed("Price", "USD/coin", links.price, "price", role="link")
    out.value = table.computed("Value", "USD", coins * price, "usd")
    whole = table.total(out.value, "usd")
    out.whole = whole
    out.weight = table.computed("Physical weight", "fraction", out.value / whole, "share")
    out.hedged_weight = table.computed("Hedged weight", "fraction", (out.value + held.qty) / whole, "share")
    goal = where(given(held.target_weight), held.target_weight, out.hedged_weight)
    out.goal = table.computed(
        "Target", "fraction", where(given(held.hedge_ratio), (1 - held.hedge_ratio) * out.weight, goal), "share"
    )
    out.drift = table.computed("Drift", "fraction", out.weight - out.goal, "share")
    out.hedged_drift = table.computed("Hedged drift", "fraction", out.hedged_weight - out.goal, "share")
    is_breach = abs(out.hedged_drift) > settings.band
    out.is_breach = table.computed("Outside the band", "TRUE or FALSE", is_breach, "flag", alarm="notice")
    table.close("Allocation_weights")
    for column in (out.weight, out.hedged_weight, out.drift, out.hedged_drift):
        table.total(column, "share")
    out.total_goal = table.total(out.goal, "share")
    row = table.first + held.count
    sheet.text(row, 1, "Total", "total")
    sheet.text(row + 1, 1, "Cash sleeve (hedged)")
    sheet.computed(row + 1, out.value.node.column, -total(held.qty), Style("calc", "usd"))
    sheet.computed(row + 1, out.hedged_weight.node.column, -total(held.qty) / whole, Style("calc", "share"))
    return row + 4


def _ways_back(sheet: Sheet, row: int, held, settings, links, out) -> int:
    """The table object Allocation_trades with its totals; returns the row of the picture."""
    sheet.text(row - 1, 1, "Two ways back to target", "section")
    table = NamedColumns(sheet, row, held.count)
    table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    usd = out.goal * out.whole - out.value
    wanted = both(abs(snapped(out.drift)) > settings.band, abs(usd) >= settings.min_trade)
    out.spot_usd = table.computed("Spot trade", "USD", where(wanted, usd, 0.0), "usd")
    out.spot_coins = table.computed("Spot trade in coins", "coin", out.spot_usd / links.price, "coin")
    share = where(held.coins > 0, out.spot_coins / held.coins, 0.0)
    out.spot_share = table.computed("Share of the coins", "fraction", share, "share")
    gain = larger(-out.spot_coins, 0.0) * (links.price - where(given(held.cost_basis), held.cost_basis, links.price))
    out.spot_tax = table.computed("Tax on the sale now", "USD", gain * settings.tax_spot, "usd")
    ratio = where(held.coins > 0, 1 - out.goal * out.whole / where(held.coins > 0, out.value, 1.0), 0.0)
    ratio = where(settings.long_underweight, ratio, larger(ratio, 0.0))
    out.ratio_goal = table.computed("Hedge ratio to reach", "fraction", ratio, "share")
    needed = both(both(out.is_breach, links.face > 0), settings.mode == "hedge")
    trade = links.lot * xlhedge.hedge_size(held.coins, links.price, out.ratio_goal, links.face * links.lot, held.qty)
    out.contracts = table.computed("Hedge trade", "contracts", where(needed, trade, 0.0), "contracts")
    out.hedge_usd = table.computed("Hedge trade in USD", "USD", out.contracts * links.face, "usd")
    after = held.qty + out.hedge_usd
    out.weight_after = table.computed("Hedged weight after", "fraction", (out.value + after) / out.whole, "share")
    table.close("Allocation_trades")
    total_row = table.first + held.count
    sheet.text(total_row, 1, "Total", "total")
    for column, format in (
        (out.spot_usd, "usd"),
        (out.spot_tax, "usd"),
        (out.hedge_usd, "usd"),
        (out.weight_after, "share"),
    ):
        table.total(column, format)
    sheet.text(
        total_row + 1,
        1,
        "Spot trades sell coins now. Hedge trades keep the coins: short what is overweight, close later. Sell < 0, buy > 0.",
        "note",
    )
    return total_row + 5


def _picture(sheet: Sheet, row: int, held, out) -> None:
    """Bars of each asset before and after; the assets in use are spread over the places of a picture with room for all.

    Place s of N shows the asset k of u whose middle (k - 1/2)/u of the width lies in it, if there is one.
    """
    working = row + PICTURE_ROWS
    sheet.text(working, 1, "Working: the places of the picture", "section")
    sheet.text(working + 1, 1, "Places")
    sheet.text(working + 2, 1, "Last row in use")
    table = Columns(sheet, working + 4, held.count)
    numbers = [float(i + 1) for i in range(held.count)]
    place = table.typed("Place", "number", numbers, "number", role="unit")
    places = sheet.computed(working + 1, 2, count(place), Style("calc", "number"))
    used = highest_where(place, (held.asset, "<>", as_cell("")))
    used = sheet.computed(working + 2, 2, used, Style("calc", "number"))
    first = ceil((place - 1) * used / places + 0.5)
    first = where(first < place * used / places + 0.5, first, 0.0)
    shown = table.computed("Row of the asset", "number", first, "number")
    asset = table.computed("Asset shown", "text", where(shown > 0, picked(out.asset, shown), ""), "text")
    series = []
    for title, column in (
        ("Physical weight now", out.weight),
        ("Hedged weight now", out.hedged_weight),
        ("Target", out.goal),
        ("Hedged weight after", out.weight_after),
    ):
        cell = where(shown > 0, picked(column, shown), 0.0)
        series.append((title, table.computed(title, "fraction", cell, "share").node))
    title = "Weights before and after the hedge trades"
    sheet.charts.append(Chart("bars", title, "asset", "share of the portfolio", asset.node, tuple(series), f"A{row}"))
