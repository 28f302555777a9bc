"""The Replay sheet: a hedge followed row by row through a history of prices and funding that the user may paste."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import xlhedge

from ...elementary import both, given, larger, snapped, sqrt, where
from ...formula import Cell, as_cell
from ...functions.position import Fill, after_fill
from ...ranges import at, below, blank_as_0, first_found, times_found
from ..grid.cells import Style
from ..grid.columns import Columns
from ..grid.panel import Panel
from ..grid.record import SheetRecord
from ..grid.running import Running
from ..grid.chart import Chart, Series
from ..grid.sheet import LEAST_WIDTH, Sheet
from ..grid.typed import ASSET, Form, Typed, TypedTable
from ..portfolios import Portfolios
from .inputs import Choice, Held, asset_rule, choice
from .log import ABOVE_0, ANY_NUMBER, is_priced
from .monitor import BAND, NOT_NEGATIVE
from .example_history import SHIPPED, STEPS_A_YEAR, VOLATILITY, example_history, six_digits, walk
from .chart_cells import Marks
from .frames import latest_time, out_of_frame
from .margin_rule import MarginRule, rule_of_panel, rule_rows
from .allocation import Weights
from .statistics import counted, deviation, over_numbers, sum_of_numbers, sum_of_products, variance
from .plan_figures import LABEL_WIDTH, Exposure, Links, Maintenance, Margins, Size
from .positions import PositionColumns, first_of
from .tiers import TierColumns

TOP, TABLE_ROW = 4, 36
ROWS = 120
EXAMPLE, LIQUIDATED = "EXAMPLE", "liquidated"
CHARTED = ("shown_step", "shown_unhedged", "shown_hedged", "shown_difference")
SHIPPED_NOTE = (
    f"The history as shipped is made up: {SHIPPED} days from a random generator with a fixed seed, {VOLATILITY:.0%} volatility, "
    "no drift, and one funding rate a day, the sum of its three payments. Paste a real one over the blue columns."
)


def _typed(name: str, label: str, unit: str, format: str) -> Typed:
    return Typed(name, label, unit, format, NOT_NEGATIVE, blank=0.0)


FORM = Form("Typed", (
    Typed("asset", "Asset", "text", rule=ASSET),
    _typed("below", "Re-hedge band below the ratio", "fraction", "share"),
    _typed("above", "Re-hedge band above the ratio", "fraction", "share"),
    _typed("steps_a_year", "Rows a year", "rows", "number"),
    _typed("least_returns", "Returns that statistics need", "rows", "number"),
), prefix="replay_")  # fmt: skip

HISTORY = TypedTable("History, and the hedge along it", (
    Typed("time", "Day or time", "days or date", "number", alarm="date"),
    Typed("price", "Price", "USD/coin", "price", ABOVE_0),
    Typed("rate", "Funding rate", "fraction, of the row", "rate", ANY_NUMBER, blank=0.0),
    Typed("peak", "High since the row before", "USD/coin, or blank", "price", ABOVE_0, width=15),
), rows=ROWS, is_last=True)  # fmt: skip


class Hedged(NamedTuple):
    """What the plan says of the asset: coins, ratio and its band, margin and coins that are not posted, fee, rule of margin."""

    coins: Cell
    ratio: Cell
    margin: Cell
    fee: Cell
    rule: MarginRule
    wallet: Cell
    low: Cell
    high: Cell
    steps_a_year: Cell
    least_returns: Cell
    choice: Choice


class HistoryRow(NamedTuple):
    """What is typed into the history."""

    time: Cell
    price: Cell
    rate: Cell
    peak: Cell


class Carried(NamedTuple):
    """What a row takes over from the row above."""

    step: Cell
    used: Cell
    trade: Cell
    qty: Cell
    cost: Cell
    account: Cell
    left: Cell
    unhedged: Cell
    hedged: Cell
    high_unhedged: Cell
    high_hedged: Cell
    shown_step: Cell
    shown_unhedged: Cell
    shown_hedged: Cell
    shown_difference: Cell
    latest: Cell


class Path(NamedTuple):
    """The state after each row of the history but the first, and what was typed there; `charted` are the columns of the chart, the first row too."""

    step: Cell
    funding: Cell
    paid: Cell
    worst: Cell
    needed: Cell
    needed_now: Cell
    used: Cell
    worth: Cell
    ratio: Cell
    trade: Cell
    qty: Cell
    cost: Cell
    account: Cell
    left: Cell
    unhedged: Cell
    hedged: Cell
    event: Cell
    return_unhedged: Cell
    high_unhedged: Cell
    fall_unhedged: Cell
    return_hedged: Cell
    high_hedged: Cell
    fall_hedged: Cell
    shown_step: Cell
    shown_unhedged: Cell
    shown_hedged: Cell
    shown_difference: Cell
    latest: Cell
    price: Cell | None = None
    rate: Cell | None = None
    opening: Cell | None = None
    outside: Cell | None = None
    charted: tuple[Cell, ...] = ()


class Replay(NamedTuple):
    """What the history comes to: steps, prices that are not read, values at the end [USD], risk, trades, funding."""

    steps: Cell
    unread: Cell
    outside: Cell
    end_unhedged: Cell
    end_hedged: Cell
    volatility_unhedged: Cell
    volatility_hedged: Cell
    fall_unhedged: Cell
    fall_hedged: Cell
    effectiveness: Cell
    rehedges: Cell
    liquidated: Cell
    used: Cell
    funding: Cell
    funding_usd: Cell


def hedged(
    sheet: Sheet,
    portfolios: Portfolios,
    held: Held,
    positions: PositionColumns,
    weights: Weights,
    links: Links,
    size: Size,
    exposure: Exposure,
    maintenance: Maintenance,
    margins: Margins,
    tiers: TierColumns,
) -> Hedged:
    """What is typed above the history, and what the plan says of the asset and of its first position."""
    sheet.text(3, 1, SHIPPED_NOTE, "note")
    band = portfolios.each(lambda portfolio: portfolio.settings.band or BAND)
    asset = portfolios.of_shown(lambda holding: holding.values.asset)
    values = {"asset": asset, "below": band, "above": band, "steps_a_year": STEPS_A_YEAR, "least_returns": 3.0}
    typed = FORM.write(sheet, TOP, values, asset_rule(held))
    panel = Panel(sheet, "From the plan", sheet.below(), prefix="replay")
    chosen = choice(panel, typed["asset"], held, weights.number)
    cells = panel.of_row(chosen.row, (
        ("coins", "Coins", "coin", "coin", exposure.coins, 0.0), ("price", "Price", "USD/coin", "price", weights.price, 1.0),
    ))  # fmt: skip
    place = first_of(panel, chosen, positions)
    cells |= panel.of_row(place, (
        ("hedge", "Its exposure", "USD", "usd", size.hedge, 0.0), ("margin", "Posted margin", "coin", "coin", margins.margin, 0.0),
        ("fee", "Taker fee", "fraction", "rate", links.taker, 0.0), *rule_rows(links, maintenance),
    ))  # fmt: skip
    worth, hedge = cells["coins"] * cells.pop("price"), cells.pop("hedge")
    ratio = where(worth > 0, -hedge / where(worth > 0, worth, 1.0), 0.0)
    cells["ratio"] = panel.computed("Hedge ratio of this position", "fraction", ratio, "share", name="ratio")
    cells["rule"] = rule_of_panel(cells, tiers)
    for name, label, unit, format, cell in (
        ("wallet", "Coins not posted", "coin", "coin", cells["coins"] - cells["margin"]),
        ("low", "Re-hedge below", "fraction", "share", cells["ratio"] - typed["below"]),
        ("high", "Re-hedge above", "fraction", "share", cells["ratio"] + typed["above"]),
    ):
        cells[name] = panel.computed(label, unit, cell, format, name=name)
    return Hedged(**cells, steps_a_year=typed["steps_a_year"], least_returns=typed["least_returns"], choice=chosen)


def path(sheet: Sheet, portfolios: Portfolios, hedged: Hedged) -> Path:
    """The history, and the state after each of its rows; in the first the hedge opens."""
    sheet.text(TABLE_ROW - 1, 1, HISTORY.title, "section")
    blank = [None] * (ROWS - SHIPPED)
    days, _, rates = ([*column, *blank] for column in zip(*example_history(1.0)))
    prices = np.full((ROWS, 1, len(portfolios)), np.nan)
    now = portfolios.of_shown(lambda holding: holding.values.price).astype(float)
    prices[:SHIPPED] = six_digits(walk(SHIPPED)[0][:, None, None] * now)
    table = Columns(sheet, ROWS, row=TABLE_ROW)
    typed = HistoryRow(
        *(table.typed(field, values) for field, values in zip(HISTORY.fields, (days, prices, rates, [None] * ROWS)))
    )
    first = at(typed.price, 0)
    value, opened = hedged.coins * first, hedged.ratio * hedged.coins
    fee = abs(opened) * hedged.fee
    used = sheet.computed(TABLE_ROW - 4, 2, _opening(hedged, first, opened, fee), Style("calc", "share"))
    sheet.text(TABLE_ROW - 4, 1, "Margin ratio at the opening")
    sheet.text(TABLE_ROW - 4, 3, "fraction", "unit")
    alive, zero = where(used < 1, 1.0, 0.0), as_cell(0.0)
    account = alive * (hedged.margin - fee)
    worth = (hedged.wallet + account) * first
    start = Carried(
        step=zero, used=used, trade=-opened * first, qty=-opened * first * alive, cost=-opened * alive, account=account,
        left=account, unhedged=value, hedged=worth, high_unhedged=value, high_hedged=worth,
        shown_step=zero, shown_unhedged=value, shown_hedged=worth, shown_difference=worth - value,
        latest=blank_as_0(at(typed.time, 0)),
    )  # fmt: skip
    rest = HistoryRow(*map(below, typed))
    running = Running(sheet, ROWS - 1, row=TABLE_ROW, column=table.column)
    made = running.follow(rest, start, lambda row, above, put: _row(row, above, put, hedged), Path, is_priced(first))
    _mark_example(sheet, typed, rates)
    sheet.working(TABLE_ROW - 1, 1)
    outside = out_of_frame(sheet, typed, made.latest)
    charted = tuple(_with_start(start, made, name) for name in CHARTED)
    return made._replace(price=rest.price, rate=rest.rate, opening=used, outside=outside, charted=charted)


def _with_start(start: Carried, made: Path, name: str) -> Cell:
    """A column together with the cell that it starts from."""
    node, values = getattr(made, name).node, getattr(made, name).value
    first = np.broadcast_to(getattr(start, name).value, values[:1].shape)
    return Cell(node._replace(row=node.row - 1, rows=node.rows + 1), np.concatenate([first, values]))


def _mark_example(sheet: Sheet, typed: HistoryRow, rates: list) -> None:
    """A word in the flag's own colour while the history is the one that is shipped, which its funding rates tell."""
    row = TABLE_ROW - 4
    sheet.text(row, 5, "Sum of the funding rates as shipped")
    total = float(np.nansum(np.array(rates, dtype=float)))
    shipped = sheet.typed(row, REPLAY.flag_column, total, Style("unit", "rate"))
    told = over_numbers("SUM({0})", sum_of_numbers, blank_as_0(typed.rate))
    word = where(snapped(told - shipped) == 0, EXAMPLE, "")
    sheet.computed(2, REPLAY.flag_column, word, Style("flag", "text", "example"))


def _opening(hedged: Hedged, price: Cell, opened: Cell, fee: Cell) -> Cell:
    """The margin ratio as the hedge opens; 0 where no margin is modelled."""
    qty, margin = -opened * price, hedged.margin - fee
    used = hedged.rule.ratio(qty, price, price, margin, hedged.rule.maintenance(qty, price, price))
    return where(both(hedged.margin > 0, is_priced(price)), used, 0.0)


def _row(row: HistoryRow, above: Carried, put: Callable, base: Hedged) -> None:
    """One step, as HEDGE_REPLAY takes it: funding on the coin size of now, test of the margin, re-hedge by band."""
    is_next = both(is_priced(row.price), given(above.step))
    step = put("step", "Step", "rows", above.step + 1, "limit", width=8, shown=is_next)
    shown, price = given(step), row.price

    def column(name: str, header: str, unit: str, cell, format: str, **how) -> Cell:
        return put(name, header, unit, cell, format, shown=shown, **how)

    funding = column("funding", "Funding", "coin", xlhedge.funding_payment(above.qty, price, row.rate), "coin")
    paid = above.account + funding + above.cost - above.qty / price
    paid = column("paid", "Margin after funding, PnL included", "coin", paid, "coin")
    high = where(given(row.peak), larger(row.peak, price), price)
    worst = column("worst", "Price at which it is tested", "USD/coin", high, "price")
    entry = where(above.qty == 0, price, above.qty / where(above.cost == 0, 1.0, above.cost))
    kept = where(above.qty == 0, 0.0, base.rule.maintenance(above.qty, entry, worst))
    needed = column("needed", "Maintenance margin", "coin", kept, "coin")
    # A long, and a short whose rate rises with its size, can be worse off at the price than at the high before it.
    kept = where(above.qty == 0, 0.0, base.rule.maintenance(above.qty, entry, price))
    now = column("needed_now", "Maintenance margin at the price", "coin", kept, "coin")
    is_tested, equity = both(above.qty != 0, base.margin > 0), paid + above.qty / price - above.qty / worst
    used = larger(where(equity > needed, needed / equity, 1.0), where(paid > now, now / paid, 1.0))
    used = where(is_tested, used, above.used)
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
    event = where(both(used >= 1, above.qty != 0), LIQUIDATED, where(trade != 0, "re-hedged", ""))
    put("event", "Event", "text", where(shown, event, ""), "text", width=12)
    _falls(above, column, {"unhedged": unhedged, "hedged": hedged})
    # Where the history has ended the chart stays at its last point.
    put("shown_step", "For the chart: step", "rows", where(shown, step, above.shown_step), "limit")
    for name, value in (("unhedged", unhedged), ("hedged", hedged), ("difference", hedged - unhedged)):
        value = where(shown, value, getattr(above, f"shown_{name}"))
        put(f"shown_{name}", f"For the chart: {name}", "USD", value, "usd")
    put("latest", "Latest time so far", "days or date", latest_time(row.time, above.latest), "number")


def _falls(above: Carried, column: Callable, values: dict[str, Cell]) -> None:
    """The return of each value, its high so far, and how far it is below that."""
    for name, value in values.items():
        title = name.capitalize()
        column(f"return_{name}", f"{title} return", "fraction", value / getattr(above, name) - 1, "share")
        high = larger(value, getattr(above, f"high_{name}"))
        high = column(f"high_{name}", f"{title} high so far", "USD", high, "usd")
        column(f"fall_{name}", f"{title} below its high", "fraction", value / high - 1, "share")


def replay(sheet: Sheet, hedged: Hedged, path: Path) -> Replay:
    """What the history comes to, and a chart of both values along it."""
    put, cells = Panel(sheet, "Result", TOP, 5, span=3).computed, {}
    steps = put("Steps replayed", "rows", over_numbers("COUNT({0})", counted, path.step), "limit")
    is_enough = steps >= hedged.least_returns
    unread = over_numbers("COUNT({0})", counted, path.price) - steps
    unread = put("Prices not read: a blank row is before them", "rows", unread, "limit")
    outside = put("Texts for numbers, falling times, cells below", "cells", path.outside, "limit")
    names = ("unhedged", "hedged")
    for name in names:
        end = at(getattr(path, f"shown_{name}"), ROWS - 2)
        cells[f"end_{name}"] = put(f"Value at the end, {name}", "USD", end, "usd")
    for name in names:
        spread = over_numbers("STDEV({0})", deviation, getattr(path, f"return_{name}")) * sqrt(hedged.steps_a_year)
        spread = put(f"Volatility a year, {name}", "fraction", spread, "share", shown=is_enough)
        cells[f"volatility_{name}"] = spread
    for name in names:
        fall = over_numbers("MIN({0})", np.nanmin, getattr(path, f"fall_{name}"))
        cells[f"fall_{name}"] = put(f"Largest fall from a high, {name}", "fraction", fall, "share")
    kept = over_numbers("VAR({0})", variance, path.return_hedged) / over_numbers(
        "VAR({0})", variance, path.return_unhedged
    )
    spread = cells["volatility_unhedged"]
    shown = both(given(spread), spread != 0)
    kept = put("Hedge effectiveness, variance removed", "fraction", 1 - kept, "share", shown=shown)
    rehedges = put("Re-hedges", "trades", times_found(path.event, "re-hedged"), "limit")
    gone = (times_found(path.event, LIQUIDATED) > 0) | (path.opening >= 1)
    gone = put("Liquidated", "TRUE or FALSE", gone, "flag", alarm="bad")
    used = put("Highest margin ratio", "fraction", over_numbers("MAX({0})", np.nanmax, path.used), "share")
    funding = put("Funding received", "coin", over_numbers("SUM({0})", sum_of_numbers, path.funding), "coin")
    usd = over_numbers("SUMPRODUCT({0},{1})", sum_of_products, path.funding, path.price)
    usd = put("Funding received, at its own prices", "USD", usd, "usd")
    _chart(sheet, path)
    sheet.widths[1] = 34
    sheet.widths[2], sheet.widths[8] = LABEL_WIDTH, LEAST_WIDTH["coin"]
    return Replay(steps, unread, outside, **cells, effectiveness=kept, rehedges=rehedges, liquidated=gone, used=used,
                  funding=funding, funding_usd=usd)  # fmt: skip


def _chart(sheet: Sheet, path: Path) -> None:
    """Both values along the history, from the columns that stay at the last point, and where the hedge is liquidated."""
    step, *values = path.charted
    looks = (("Unhedged", "plain path"), ("Hedged", "main path"), ("Hedged less unhedged", "second path"))
    lines = tuple(Series(name, step.node, value.node, look) for (name, look), value in zip(looks, values))
    marks = Marks(sheet, TABLE_ROW - 12, 10, step, *values, formats=("limit", "usd"), span=3)
    gone = first_found(path.event, LIQUIDATED)
    lines += (marks.upright("Liquidated", "red", gone, (gone > 0) | (path.opening >= 1), "Never liquidated"),)
    sheet.chart(Chart("scatter", "Value along the history", "step", "USD", lines, TOP, 10, x_axis="number"))


REPLAY = SheetRecord(
    "Replay",
    "A hedge along a history: each row pays funding, tests the margin, then re-hedges if the hedge ratio has left its band.",
    (hedged, path, replay),
    kept=(FORM, HISTORY),
    printed_with=frozenset(field.name for field in HISTORY.fields),
)
