"""The Scenarios sheet: a price ladder, a price x hedge-ratio heat map, margins, and a chart."""

from types import SimpleNamespace

import numpy as np

import xlhedge

from ..elementary import both, total, where
from ..formula import look_up
from ..portfolio import Holding, Portfolio
from ..portfolio.fields import SETTING_FIELDS
from .book import LEAST_WIDTH, Book, Chart, Columns, Style
from .stack import Stack, stacked

CHOICE_ROW = 5


def build_scenarios(book: Book, stack: Stack, held, plan) -> SimpleNamespace:
    """The Scenarios sheet for one asset, chosen on it, and for the whole portfolio."""
    sheet = book.sheet(
        "Scenarios", "What the hedged holding is worth along the price, at other hedge ratios and with other margins."
    )
    out = SimpleNamespace()
    base = _base(book, sheet, stack, held, plan)
    row = _ladder(book, sheet, stack, base, out)
    row = _grid(book, sheet, row, stack, base, out)
    row = _carry(book, sheet, row, stack, base, out)
    _margins(book, sheet, row, stack, base, out)
    for column in range(3, 9):  # of the heat map
        sheet.widths[column] = max(sheet.widths[column], LEAST_WIDTH["usd"])
    sheet.widths[2] = LEAST_WIDTH["coin"]
    sheet.freeze = "B4"
    return out


def _base(book: Book, sheet, stack: Stack, held, plan) -> SimpleNamespace:
    """The asset of the ladder, and what the plan says of it."""
    sheet.text(CHOICE_ROW - 1, 1, "Asset shown", "section")
    chosen = sheet.typed(
        CHOICE_ROW,
        2,
        stack.of_shown(lambda holding: holding.values.asset),
        Style("input", "text"),
        validation=("range", held.asset.node, "must be an asset of the portfolio"),
    )
    sheet.text(CHOICE_ROW, 1, "Asset")
    sheet.text(CHOICE_ROW, 3, "text", "unit")
    chosen = book.named("scenario_asset", chosen)
    base = SimpleNamespace(row=CHOICE_ROW + 12)
    rows = (
        ("price", "Price", "USD/coin", "price", plan.links.price), ("coins", "Coins", "coin", "coin", plan.coins),
        ("qty", "Position", "USD", "usd", plan.qty), ("entry", "Entry", "USD/coin", "price", plan.entry),
        ("margin", "Posted margin", "coin", "coin", plan.margin), ("mmr", "Maintenance rate", "fraction", "rate", plan.links.mmr),
        ("liq", "Liquidates at", "USD/coin or none", "price", plan.liq),
        ("hours", "Funding every", "hours", "hours", plan.links.funding_hours),
    )  # fmt: skip
    for offset, (name, label, unit, format, source) in enumerate(rows, CHOICE_ROW + 1):
        sheet.text(offset, 1, label)
        cell = sheet.computed(offset, 2, look_up(chosen, held.asset, source), Style("link", format))
        sheet.text(offset, 3, unit, "unit")
        setattr(base, name, book.named(f"scenario_{name}", cell))
    # The coins at entry: those owned now without the gain that the position has made since.
    opened = base.coins - xlhedge.inverse_pnl(base.qty, base.entry, base.price)
    sheet.text(CHOICE_ROW + 9, 1, "Coins before its PnL")
    sheet.text(CHOICE_ROW + 9, 3, "coin", "unit")
    base.opened = book.named(
        "scenario_coins_at_entry", sheet.computed(CHOICE_ROW + 9, 2, opened, Style("calc", "coin"))
    )
    _portfolio_totals(book, sheet, held, plan, base)
    return base


def _portfolio_totals(book: Book, sheet, held, plan, base) -> None:
    """What the ladder of the whole portfolio needs: sums over the assets, so that each of its rows is short."""
    at_entry = plan.coins * plan.links.price - plan.qty * (plan.links.price - plan.entry) / plan.entry
    rows = (
        (
            "coin_value",
            "Coins of the portfolio, without the gains of its hedges",
            total(at_entry * (held.kind == "coin")),
        ),
        (
            "cash_value",
            "Cash of the portfolio",
            total(plan.coins * plan.links.price * (held.kind == "cash")) + plan.proceeds,
        ),
        ("face", "All hedges at their entry prices", total(plan.qty)),
        ("moved_face", "All hedges at the prices of now", total(plan.qty * plan.links.price / plan.entry)),
    )
    sheet.text(CHOICE_ROW - 1, 5, "Whole portfolio", "section")
    for offset, (name, label, cell) in enumerate(rows, CHOICE_ROW):
        sheet.text(offset, 5, label)
        sheet.text(offset, 10, "USD", "unit")
        setattr(base, name, book.named(f"portfolio_{name}", sheet.computed(offset, 9, cell, Style("calc", "usd"))))


def _moves(portfolio: Portfolio, shown: Holding) -> list[float]:
    if not portfolio.settings.ladder_prices:
        return list(portfolio.settings.shocks)
    return [price / shown.values.price - 1 for price in portfolio.settings.ladder_prices]


def _ladder(book: Book, sheet, stack: Stack, base, out) -> int:
    moves = stacked([_moves(*one) for one in zip(stack.portfolios, stack.shown)])
    sheet.text(base.row - 1, 1, "Price ladder", "section")
    table = Columns(sheet, base.row, len(moves))
    out.move = table.typed("Move", "fraction", moves, "share")
    book.named("ladder_moves", out.move)
    out.price = table.computed("Price", "USD/coin", base.price * (1 + out.move), "price")
    out.spot_value = table.computed("Unhedged value", "USD", base.opened * out.price, "usd")
    used = xlhedge.margin_ratio(base.qty, base.entry, out.price, base.margin, base.mmr)
    is_gone = where(base.qty < 0, out.price >= base.liq, both(base.qty > 0, out.price <= base.liq))
    out.liquidated = table.computed("Liquidated", "TRUE or FALSE", is_gone, "flag", alarm="bad")
    used = where(out.liquidated, 1.0, used)
    out.margin_ratio = table.computed("Margin ratio", "fraction", where(base.margin > 0, used, 0.0), "share")
    pnl = where(out.liquidated, -base.margin, xlhedge.inverse_pnl(base.qty, base.entry, out.price))
    out.pnl_coin = table.computed("Hedge PnL", "coin", pnl, "coin")
    out.pnl_usd = table.computed("Hedge PnL", "USD", out.pnl_coin * out.price, "usd")
    out.spot_change = table.computed("Change of the coins' value", "USD", base.opened * (out.price - base.price), "usd")
    out.net_change = table.computed("Net change", "USD", out.spot_change + out.pnl_usd, "usd")
    out.net_value = table.computed("Hedged value", "USD", out.spot_value + out.pnl_usd, "usd")
    short = where(out.liquidated, 0.0, xlhedge.notional_coin(base.qty, out.price))
    out.exposure = table.computed("Net exposure", "coin", base.opened + out.pnl_coin + short, "coin")
    out.coin_weight = table.computed("Coin weight", "fraction", out.exposure * out.price / out.net_value, "share")
    _whole_portfolio(table, base, out)
    sheet.charts.append(Chart(
        "line", "Value along the price", "price move", "USD", out.move.node,
        (("Unhedged", out.spot_value.node), ("Hedged", out.net_value.node)), f"A{table.first + len(moves) + 2}",
    ))  # fmt: skip
    sheet.charts.append(Chart(
        "line", "Margin ratio along the price: 100 % is liquidation", "price move", "fraction", out.move.node,
        (("Margin ratio", out.margin_ratio.node),), f"I{table.first + len(moves) + 2}",
    ))  # fmt: skip
    return table.first + len(moves) + 21


def _whole_portfolio(table: Columns, base, out) -> None:
    """All coins move together, cash stays; liquidations are left to the ladder of each asset."""
    unhedged = base.coin_value * (1 + out.move) + base.cash_value
    out.all_unhedged = table.computed("Portfolio unhedged", "USD", unhedged, "usd")
    gain = base.moved_face * (1 + out.move) - base.face
    out.all_hedged = table.computed("Portfolio hedged", "USD", out.all_unhedged + gain, "usd")


def _grid(book: Book, sheet, row: int, stack: Stack, base, out) -> int:
    """A figure of the holding over price moves and hedge ratios, hedged anew at the price of now; margin not modelled."""
    moves, ratios = out.move.value, _across(stack, "ratios")
    words = SETTING_FIELDS["grid_shows"]
    sheet.text(row, 1, "Heat map shows")
    how = {"comment": words.meaning, "validation": ("list", words.choices, words.rule)}
    shows = sheet.typed(row, 2, stack.each(lambda p: p.settings.grid_shows), Style("input", "text"), **how)
    shows = book.named("grid_shows", shows)
    row += 3
    sheet.text(
        row - 1, 1, "Heat map in USD: price move (down) and hedge ratio (across), hedged at today's price", "section"
    )
    sheet.text(row, 1, "Move / ratio", "header")
    out.grid_ratio = sheet.typed(row, 2, ratios, Style("input", "share"), columns=ratios.shape[1])
    book.named("grid_ratios", out.grid_ratio)
    out.grid_move = sheet.computed(row + 1, 1, out.move, Style("calc", "share"), rows=len(moves))
    price, hedged = base.price * (1 + out.grid_move), out.grid_ratio * base.coins * base.price
    pnl = xlhedge.inverse_pnl(-hedged, base.price, price, "usd")
    exposure = base.coins * (1 - out.grid_ratio) * price
    cell = where(shows == "value", base.coins * price + pnl, where(shows == "pnl", pnl, exposure))
    out.grid = sheet.computed(row + 1, 2, cell, Style("calc", "usd"), rows=len(moves), columns=ratios.shape[1])
    sheet.scales.append(out.grid.node)
    return row + len(moves) + 3


def _across(stack: Stack, setting: str) -> np.ndarray:
    """A list among the settings as a row."""
    return stack.each(lambda portfolio: list(getattr(portfolio.settings, setting))).swapaxes(0, 1)


def _carry(book: Book, sheet, row: int, stack: Stack, base, out) -> int:
    """Funding received over funding rates and horizons."""
    rates, days = stack.each(lambda p: list(p.settings.carry_rates)), _across(stack, "carry_days")
    sheet.text(
        row - 1, 1, "Carry table in USD: funding rate each interval (down) and days (across); received > 0", "section"
    )
    sheet.text(row, 1, "Rate / days", "header")
    out.carry_days = sheet.typed(row, 2, days, Style("input", "days"), columns=days.shape[1])
    out.carry_rate = sheet.typed(row + 1, 1, rates, Style("input", "rate"), rows=len(rates))
    book.named("carry_days", out.carry_days)
    book.named("carry_rates", out.carry_rate)
    cell = xlhedge.funding_cost(base.qty, out.carry_rate, base.hours, out.carry_days)
    out.carry = sheet.computed(row + 1, 2, cell, Style("calc", "usd"), rows=len(rates), columns=days.shape[1])
    sheet.scales.append(out.carry.node)
    return row + len(rates) + 3


def _margins(book: Book, sheet, row: int, stack: Stack, base, out) -> None:
    """Coins to survive some rallies, and liquidation prices for some margins."""
    rallies, shares = (
        stack.each(lambda p, n=name: list(getattr(p.settings, n))) for name in ("rallies", "margin_shares")
    )
    sheet.text(row - 1, 1, "Coins to survive a move against the position, from its entry", "section")
    table = Columns(sheet, row, len(rallies))
    out.rally = table.typed("Move", "fraction", rallies, "share")
    book.named("margin_moves", out.rally)
    out.survive = table.computed(
        "Margin needed", "coin", xlhedge.margin_for_move(base.qty, base.entry, out.rally, base.mmr), "coin"
    )
    out.survive_share = table.computed(
        "Share of the coins", "fraction", where(base.coins > 0, out.survive / base.coins, 0.0), "share"
    )
    row = table.first + len(rallies) + 2
    sheet.text(row - 1, 1, "Liquidation price for a posted margin", "section")
    table = Columns(sheet, row, len(shares))
    out.margin_share = table.typed("Margin", "share of the hedge", shares, "share")
    book.named("margin_shares", out.margin_share)
    size = abs(xlhedge.notional_coin(base.qty, base.entry))
    out.margin = table.computed("Margin", "coin", out.margin_share * size, "coin")
    out.margin_liq = table.computed(
        "Liquidation price", "USD/coin or none", xlhedge.liq_price(base.qty, base.entry, out.margin, base.mmr), "price"
    )
    out.margin_distance = table.computed(
        "Distance to it",
        "fraction or none",
        xlhedge.liq_distance(out.margin_liq, base.price),
        "share",
        alarm="distance",
    )
