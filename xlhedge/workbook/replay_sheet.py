"""The Replay sheet: a hedge followed row by row through a history of prices and funding that the user may paste."""

import math
import random
import warnings
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace

import numpy as np

import xlhedge

from ..elementary import both, given, larger, sqrt, where
from ..formula import Cell, as_cell, look_up, summed
from ..functions.position import Fill, after_fill
from ..nodes import Template, Whole
from .book import LEAST_WIDTH, Book, Chart, Columns, Sheet
from .layout import Panel, Running, part
from .monitor import ABOVE_0, ANY_NUMBER, BAND, NOT_NEGATIVE, is_priced
from .stack import Stack

PANEL_ROW = 4
TABLE_ROW = PANEL_ROW + 20
ROWS = 120
SHIPPED = 90
SEED = 20
VOLATILITY, STEPS_A_YEAR = 0.6, 365.0
USUAL_FUNDING, FUNDING_NOISE, REVERSION = 0.0003, 0.0002, 0.2
SHIPPED_NOTE = (
    f"The history as shipped is made up: {SHIPPED} days from a random generator with a fixed seed, {VOLATILITY:.0%} volatility, "
    "no drift, and one funding rate a day, the sum of its three payments. Paste a real one over the blue columns."
)


def example_history(price: float, rows: int = SHIPPED) -> list[tuple[float, float, float]]:
    """Made-up days: number, price (a random walk without drift), funding rate (it reverts to its usual level)."""
    factors, rates = _walk(rows)
    return list(zip(map(float, range(rows)), _six_digits(price * factors).tolist(), rates))


def _six_digits(numbers: np.ndarray) -> np.ndarray:
    """Positive numbers as one would type them: an integer of six digits times or by a power of ten."""
    digits = 5 - np.floor(np.log10(numbers))
    up, down = 10.0 ** np.maximum(digits, 0.0), 10.0 ** np.maximum(-digits, 0.0)
    return np.rint(numbers * up / down) / up * down


@cache
def _walk(rows: int) -> tuple[np.ndarray, list[float]]:
    """The price, as a multiple of the first, and the funding rate of each day."""
    source, factors, rates = random.Random(SEED), [], []
    step, rate, factor = VOLATILITY / math.sqrt(STEPS_A_YEAR), USUAL_FUNDING, 1.0
    for _ in range(rows):
        factors.append(factor)
        rates.append(round(rate, 6))
        factor *= math.exp(step * source.gauss(0.0, 1.0) - step * step / 2)
        rate += REVERSION * (USUAL_FUNDING - rate) + FUNDING_NOISE * source.gauss(0.0, 1.0)
    return np.array(factors), rates


def build_replay(book: Book, stack: Stack, held, settings, links, plan) -> SimpleNamespace:
    """The Replay sheet; returns its columns as `path` and its statistics by name."""
    sheet = book.sheet(
        "Replay",
        "A hedge along a history: each row pays funding, tests the margin, then re-hedges if the hedge ratio has left its band.",
    )
    sheet.text(3, 1, SHIPPED_NOTE, "note")
    base = _inputs(book, sheet, stack, held, links, plan)
    out = SimpleNamespace(path=_path(sheet, stack, base))
    _statistics(book, sheet, base, out)
    _chart(sheet, out.path)
    sheet.widths[1] = 34
    sheet.widths[2] = sheet.widths[8] = LEAST_WIDTH["coin"]
    sheet.freeze = "B4"
    return out


def _inputs(book: Book, sheet: Sheet, stack: Stack, held, links, plan) -> SimpleNamespace:
    panel, base = Panel(book, sheet, PANEL_ROW, 1, "Typed", prefix="replay"), SimpleNamespace()
    rule = ("range", held.asset.node, "must be an asset of the portfolio")
    base.asset = panel.typed(
        "asset", "Asset", "text", stack.of_shown(lambda holding: holding.values.asset), "text", validation=rule
    )
    band = stack.each(lambda portfolio: portfolio.settings.band or BAND)
    for name, label, unit, value, format in (
        ("below", "Re-hedge band below the ratio", "fraction", band, "share"),
        ("above", "Re-hedge band above the ratio", "fraction", band, "share"),
        ("steps_a_year", "Rows a year", "rows", STEPS_A_YEAR, "number"),
        ("least_returns", "Returns that statistics need", "rows", 3.0, "number"),
    ):
        cell = panel.typed(name, label, unit, value, format, validation=NOT_NEGATIVE, blank=0.0)
        setattr(base, name, cell)
    panel = Panel(book, sheet, panel.row + 2, 1, "From the plan", prefix="replay")
    for name, label, unit, format, source in (
        ("coins", "Coins", "coin", "coin", plan.coins), ("ratio", "Hedge ratio", "fraction", "share", plan.ratio),
        ("margin", "Posted margin", "coin", "coin", plan.margin), ("fee", "Taker fee", "fraction", "rate", links.taker),
        ("mmr", "Maintenance rate", "fraction", "rate", links.mmr),
    ):  # fmt: skip
        found = look_up(base.asset, held.asset, source)
        setattr(base, name, panel.computed(name, label, unit, found, format, role="link"))
    base.wallet = panel.computed("wallet", "Coins not posted", "coin", base.coins - base.margin, "coin")
    base.low = panel.computed("low", "Re-hedge below", "fraction", base.ratio - base.below, "share")
    base.high = panel.computed("high", "Re-hedge above", "fraction", base.ratio + base.above, "share")
    return base


def _path(sheet: Sheet, stack: Stack, base) -> SimpleNamespace:
    """The history, and the state after each of its rows; in the first the hedge opens."""
    sheet.text(TABLE_ROW - 1, 1, "History, and the hedge along it", "section")
    blank = [None] * (ROWS - SHIPPED)
    days, _, rates = ([*column, *blank] for column in zip(*example_history(1.0)))
    prices = np.full((ROWS, 1, len(stack)), np.nan)
    now = stack.of_shown(lambda holding: holding.values.price).astype(float)
    prices[:SHIPPED] = _six_digits(_walk(SHIPPED)[0][:, None, None] * now)
    table, typed = Columns(sheet, TABLE_ROW, ROWS), {}
    for values, (name, header, unit, format, rule) in zip((days, prices, rates), (
        ("time", "Day or time", "days or date", "number", ()), ("price", "Price", "USD/coin", "price", ABOVE_0),
        ("rate", "Funding rate", "fraction, of the row", "rate", ANY_NUMBER),
    )):  # fmt: skip
        how = {"validation": rule, "blank": 0.0 if name == "rate" else np.nan}
        typed[name] = table.typed(header, unit, values, format, alarm="date" if name == "time" else "", **how)
    first = part(typed["price"], 0)
    value, opened = base.coins * first, base.ratio * base.coins
    fee = abs(opened) * base.fee
    account, hedged = base.margin - fee, value - fee * first
    start = {
        "step": as_cell(0.0), "used": as_cell(0.0), "trade": -opened * first, "qty": -opened * first, "cost": -opened,
        "account": account, "left": account, "unhedged": value, "hedged": hedged, "high_unhedged": value, "high_hedged": hedged,
        "shown_step": as_cell(0.0), "shown_unhedged": value, "shown_hedged": hedged,
    }  # fmt: skip
    rest = {name: _below(cell) for name, cell in typed.items()}
    running = Running(sheet, TABLE_ROW, ROWS - 1, column=table.column)
    path = running.follow(rest, start, lambda row, above, put: _row(row, above, put, base), is_priced(first))
    path.price, path.rate = rest["price"], rest["rate"]
    return path


def _below(column: Cell) -> Cell:
    """A column without its first row."""
    node = column.node
    return Cell(node._replace(row=node.row + 1, rows=node.rows - 1), column.value[1:])


def _row(row, above, put, base) -> None:
    """One step, as HEDGE_REPLAY takes it: funding on the coin size of now, test of the margin, re-hedge by band."""
    is_next = both(is_priced(row.price), given(above.step))
    step = put("step", "Step", "rows", above.step + 1, "limit", width=8, shown=is_next)
    shown, price = given(step), row.price

    def column(name: str, header: str, unit: str, cell, format: str, **how) -> Cell:
        return put(name, header, unit, cell, format, shown=shown, **how)

    funding = column("funding", "Funding", "coin", xlhedge.funding_payment(above.qty, price, row.rate), "coin")
    paid = above.account + funding + above.cost - above.qty / price
    paid = column("paid", "Margin after funding, PnL included", "coin", paid, "coin")
    needed = column("needed", "Maintenance margin", "coin", xlhedge.maint_margin(above.qty, price, base.mmr), "coin")
    is_tested = both(above.qty != 0, base.margin > 0)
    used = where(is_tested, where(paid > needed, needed / paid, 1.0), above.used)
    used = column("used", "Margin ratio, 1 is liquidation", "fraction", used, "share")
    worth = column("worth", "Worth before re-hedging", "USD", (base.wallet + paid) * price, "usd")
    ratio = column("ratio", "Hedge ratio", "fraction", where(worth > 0, -above.qty / worth, base.ratio), "share")
    is_out = (ratio < base.low) | (ratio > base.high)
    # A liquidation closes the position for good, and its margin is lost.
    goal = where(is_out, -base.ratio * worth, above.qty)
    trade = column("trade", "Trade", "USD", where(used >= 1, 0.0, goal) - above.qty, "usd")
    qty = column("qty", "Position", "USD", above.qty + trade, "usd")
    cost = after_fill(Fill(above.qty, above.cost, 0.0), trade, price).cost
    cost = column("cost", "Size at entry", "coin", cost, "coin")
    realized = above.cost + trade / price - cost
    account = above.account + funding + realized - abs(trade) * base.fee / price
    account = column("account", "Margin account", "coin", where(used >= 1, 0.0, account), "coin")
    left = column("left", "Margin account, PnL included", "coin", account + cost - qty / price, "coin")
    unhedged = column("unhedged", "Unhedged value", "USD", base.coins * price, "usd")
    hedged = column("hedged", "Hedged value", "USD", (base.wallet + left) * price, "usd")
    event = where(both(used >= 1, above.qty != 0), "liquidated", where(trade != 0, "re-hedged", ""))
    put("event", "Event", "text", where(shown, event, ""), "text", width=12)
    _falls(above, column, {"unhedged": unhedged, "hedged": hedged})
    # Where the history has ended the chart stays at its last point.
    put("shown_step", "For the chart: step", "rows", where(shown, step, above.shown_step), "limit")
    put("shown_unhedged", "For the chart: unhedged", "USD", where(shown, unhedged, above.shown_unhedged), "usd")
    put("shown_hedged", "For the chart: hedged", "USD", where(shown, hedged, above.shown_hedged), "usd")


def _falls(above, column, values) -> None:
    """The return of each value, its high so far, and how far it is below that."""
    for name, value in values.items():
        title = name.capitalize()
        column(f"return_{name}", f"{title} return", "fraction", value / getattr(above, name) - 1, "share")
        high = larger(value, getattr(above, f"high_{name}"))
        high = column(f"high_{name}", f"{title} high so far", "USD", high, "usd")
        column(f"fall_{name}", f"{title} below its high", "fraction", value / high - 1, "share")


def _statistics(book: Book, sheet: Sheet, base, out) -> None:
    path, panel = out.path, Panel(book, sheet, PANEL_ROW, 5, "Result", span=3)
    out.steps = panel.computed("", "Steps replayed", "rows", _over("COUNT({0})", _count, path.step), "limit")
    is_enough = out.steps >= base.least_returns
    unread = _over("COUNT({0})", _count, path.price) - out.steps
    out.unread = panel.computed("", "Prices not read: a blank row is before them", "rows", unread, "limit")
    both_values = ("unhedged", "hedged")
    for name in both_values:
        end = part(getattr(path, f"shown_{name}"), ROWS - 2)
        setattr(out, f"end_{name}", panel.computed("", f"Value at the end, {name}", "USD", end, "usd"))
    for name in both_values:
        spread = _over("STDEV({0})", _deviation, getattr(path, f"return_{name}")) * sqrt(base.steps_a_year)
        cell = panel.computed("", f"Volatility a year, {name}", "fraction", spread, "share", shown=is_enough)
        setattr(out, f"volatility_{name}", cell)
    for name in both_values:
        fall = _over("MIN({0})", np.nanmin, getattr(path, f"fall_{name}"))
        setattr(out, f"fall_{name}", panel.computed("", f"Largest fall from a high, {name}", "fraction", fall, "share"))
    kept = _over("VAR({0})", _variance, path.return_hedged) / _over("VAR({0})", _variance, path.return_unhedged)
    shown = both(given(out.volatility_unhedged), out.volatility_unhedged != 0)
    out.effectiveness = panel.computed(
        "", "Hedge effectiveness, variance removed", "fraction", 1 - kept, "share", shown=shown
    )
    out.rehedges = panel.computed("", "Re-hedges", "trades", _events(path.event, "re-hedged"), "limit")
    out.liquidated = panel.computed(
        "", "Liquidated", "TRUE or FALSE", _events(path.event, "liquidated") > 0, "flag", alarm="bad"
    )
    out.used = panel.computed("", "Highest margin ratio", "fraction", _over("MAX({0})", np.nanmax, path.used), "share")
    out.funding = panel.computed("", "Funding received", "coin", _over("SUM({0})", _sum, path.funding), "coin")
    usd = _over("SUMPRODUCT({0},{1})", _sum_of_products, path.funding, path.price)
    out.funding_usd = panel.computed("", "Funding received, at its own prices", "USD", usd, "usd")


def _chart(sheet: Sheet, path: SimpleNamespace) -> None:
    """Both values along the history, from the columns that stay at the last point."""
    step, unhedged, hedged = (
        column.node._replace(row=TABLE_ROW + 2, rows=ROWS)
        for column in (path.shown_step, path.shown_unhedged, path.shown_hedged)
    )
    series = (("Unhedged", unhedged), ("Hedged", hedged))
    sheet.charts.append(Chart("scatter", "Value along the history", "step", "USD", step, series, f"J{PANEL_ROW}"))


def _over(excel: str, function: Callable, *columns: Cell) -> Cell:
    """A spreadsheet function over whole columns; like numpy's nan-functions it passes over the empty texts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of too few values, which NaN tells
        value = function(*(np.asarray(column.value, dtype=float) for column in columns), axis=0, keepdims=True)
    return Cell(Template(excel, tuple(Whole(column.node) for column in columns)), value)


def _count(values: np.ndarray, **how) -> np.ndarray:
    return np.isfinite(values).sum(**how) * 1.0


def _sum(values: np.ndarray, **how) -> np.ndarray:
    return summed(np.where(np.isnan(values), 0.0, values), **how)


def _deviation(values: np.ndarray, **how) -> np.ndarray:
    return np.sqrt(_variance(values, **how))


def _variance(values: np.ndarray, **how) -> np.ndarray:
    count = _count(values, **how)
    return _sum((values - _sum(values, **how) / count) ** 2, **how) / (count - 1)


def _sum_of_products(first: np.ndarray, second: np.ndarray, **how) -> np.ndarray:
    return _sum(first * second, **how)


def _events(events: Cell, word: str) -> Cell:
    """How many rows tell of an event."""
    found = np.sum(np.asarray(events.value) == word, axis=0, keepdims=True) * 1.0
    return Cell(Template(f'COUNTIF({{0}},"{word}")', (Whole(events.node),)), found)
