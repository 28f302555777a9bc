"""The Allocation sheet: weights, drift from target, and the two ways back side by side: spot trades or hedges."""

from types import SimpleNamespace

import xlhedge

from ..elementary import both, given, larger, snapped, total, where
from .book import Book, Columns, Style

TABLE_ROW = 5


def build_allocation(
    book: Book, held: SimpleNamespace, settings: SimpleNamespace, links: SimpleNamespace
) -> SimpleNamespace:
    """The Allocation sheet; returns its columns by name."""
    sheet = book.sheet(
        "Allocation",
        "Where the portfolio stands against its targets, and what brings it back: trading spot, or hedging and keeping the coins.",
    )
    out = SimpleNamespace()
    sheet.text(TABLE_ROW - 1, 1, "Weights and drift", "section")
    table = Columns(sheet, TABLE_ROW, held.count, may_be_blank=True)
    out.asset = table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    out.value = table.computed("Value", "USD", held.coins * links.price, "usd")
    whole = table.total(out.value, "usd")
    out.whole = whole
    out.weight = table.computed("Weight", "fraction", out.value / whole, "share")
    out.hedged_weight = table.computed("Hedged weight", "fraction", (out.value + held.qty) / whole, "share")
    goal = where(given(held.target_weight), held.target_weight, out.hedged_weight)
    out.goal = table.computed(
        "Target", "fraction", where(given(held.hedge_ratio), (1 - held.hedge_ratio) * out.weight, goal), "share"
    )
    out.drift = table.computed("Drift", "fraction", out.weight - out.goal, "share")
    out.hedged_drift = table.computed("Hedged drift", "fraction", out.hedged_weight - out.goal, "share")
    out.is_breach = table.computed("Outside the band", "TRUE or FALSE", abs(out.hedged_drift) > settings.band, "flag")
    for column in (out.weight, out.hedged_weight, out.drift, out.hedged_drift):
        table.total(column, "share")
    out.total_goal = table.total(out.goal, "share")
    row = table.first + held.count
    sheet.text(row, 1, "Total", "total")
    sheet.text(row + 1, 1, "Cash sleeve (hedged)")
    sheet.computed(row + 1, 2, -total(held.qty), Style("calc", "usd"))
    sheet.computed(row + 1, 4, -total(held.qty) / whole, Style("calc", "share"))
    _ways_back(sheet, row + 4, held, settings, links, out)
    sheet.freeze = f"B{table.first}"
    return out


def _ways_back(sheet, row: int, held, settings, links, out) -> None:
    sheet.text(row - 1, 1, "Two ways back to target", "section")
    table = Columns(sheet, row, held.count, may_be_blank=True)
    table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    usd = out.goal * out.whole - out.value
    wanted = both(abs(snapped(out.drift)) > settings.band, abs(usd) >= settings.min_trade)
    out.spot_usd = table.computed("Spot trade", "USD", where(wanted, usd, 0.0), "usd")
    out.spot_coins = table.computed("Spot trade", "coin", out.spot_usd / links.price, "coin")
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
    out.hedge_usd = table.computed("Hedge trade", "USD", out.contracts * links.face, "usd")
    after = held.qty + out.hedge_usd
    out.weight_after = table.computed("Hedged weight after", "fraction", (out.value + after) / out.whole, "share")
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
