"""The Monitor sheet: a log of fills and funding that the user types into, and what follows from it for one asset."""

from typing import NamedTuple

import numpy as np

import xlhedge

from ...elementary import both, given, larger, smaller, where
from ...formula import Cell
from ...functions.position import Fill, after_fill
from ...nodes import Template
from ...ranges import at, times_found
from ..grid.cells import Rule
from ..grid.panel import Panel
from ..grid.record import SheetRecord
from ..grid.running import Running
from ..grid.sheet import LEAST_WIDTH, Sheet
from ..grid.typed import ASSET, Form, Typed, TypedTable, number_rule
from ..portfolios import Portfolios, stacked
from .inputs import Choice, Held, asset_rule, choice
from .plan_figures import CONTRACT_WIDTH, Links, Maintenance, Margins, Size
from .frames import latest_time, out_of_frame
from .margin_rule import MarginRule, rule_of_panel, rule_rows
from .tiers import TierColumns

TOP, LOG_ROWS = 4, 60
BAND = 0.02  # around the target hedge ratio, where the settings name none
NO_PRICE = "price missing"
NOT_NEGATIVE, ABOVE_0, ANY_NUMBER = number_rule(">= 0"), number_rule("> 0"), number_rule("")


def _typed(name: str, label: str, unit: str, format: str, rule: Rule | str = ABOVE_0, blank: float = np.nan) -> Typed:
    return Typed(name, label, unit, format, rule, blank=blank)


FORM = Form("Typed", (
    Typed("asset", "Asset", "text", rule=ASSET),
    _typed("price_now", "Price now; blank: that of Inputs", "USD/coin", "price"),
    _typed("coins_now", "Coins owned now; blank: plan + gain", "coin", "coin"),
    _typed("margin_now", "Margin balance; blank: before + log", "coin", "coin"),
    _typed("start_qty", "Position before the log", "USD", "usd", ANY_NUMBER, 0.0),
    _typed("start_entry", "Its average entry", "USD/coin", "price"),
    _typed("start_margin", "Margin posted before the log", "coin", "coin", ANY_NUMBER, 0.0),
    _typed("band_below", "Re-hedge band below the target", "fraction", "share", NOT_NEGATIVE, 0.0),
    _typed("band_above", "Re-hedge band above the target", "fraction", "share", NOT_NEGATIVE, 0.0),
), prefix="monitor_")  # fmt: skip

LOG = TypedTable("Log: fills (buy > 0, sell < 0), fees (paid > 0), funding (received > 0), margin moved in > 0, out < 0", (
    Typed("time", "Time", "UTC", "time", width=17),
    _typed("fill", "Fill", "USD", "usd", ANY_NUMBER),
    _typed("price", "Price", "USD/coin", "price"),
    _typed("fee", "Fee", "coin", "coin", ANY_NUMBER),
    _typed("funding", "Funding", "coin", "coin", ANY_NUMBER),
    _typed("transfer", "Margin moved", "coin", "coin", ANY_NUMBER),
    Typed("note", "Note", "text", width=30),
), rows=LOG_ROWS, first=3, is_last=True)  # fmt: skip


class Planned(NamedTuple):
    """What the plan says of the asset, and the price used and the target ratio that follow."""

    plan_price: Cell
    plan_coins: Cell
    plan_qty: Cell
    face: Cell
    lot: Cell
    taker: Cell
    price: Cell
    target: Cell
    rule: MarginRule
    choice: Choice


class Entered(NamedTuple):
    """What is typed above the log."""

    asset: Cell
    price_now: Cell
    coins_now: Cell
    margin_now: Cell
    start_qty: Cell
    start_entry: Cell
    start_margin: Cell
    band_below: Cell
    band_above: Cell


class LogRow(NamedTuple):
    """What is typed into the log."""

    time: Cell
    fill: Cell
    price: Cell
    fee: Cell
    funding: Cell
    transfer: Cell
    note: Cell


class Carried(NamedTuple):
    """What a row of the log takes over from the row above."""

    price: Cell
    qty: Cell
    cost: Cell
    realized: Cell
    fees: Cell
    funding: Cell
    funding_usd: Cell
    moved: Cell
    latest: Cell


class Log(NamedTuple):
    """The state after each row of the log, and how each is read."""

    price: Cell
    fill: Cell
    qty: Cell
    cost: Cell
    entry: Cell
    realized: Cell
    unrealized: Cell
    unrealized_usd: Cell
    fees: Cell
    funding: Cell
    funding_usd: Cell
    moved: Cell
    latest: Cell
    outside: Cell | None = None
    read: Cell | None = None


class Monitor(NamedTuple):
    """The position after the log, its entry, gains in coin, and how many rows of the log are not read, and how many cells are out of its frame."""

    qty: Cell
    entry: Cell
    unrealized: Cell
    booked: Cell
    moved: Cell
    gain: Cell
    unread: Cell
    outside: Cell
    end: int


class Watched(NamedTuple):
    """The coins owned; `end` is the row below the figures of the margin."""

    coins: Cell
    end: int


def entered(sheet: Sheet, portfolios: Portfolios, held: Held, margins: Margins) -> Entered:
    """What is typed above the log: the asset, and what is known better than the plan knows it."""
    band = portfolios.each(lambda portfolio: portfolio.settings.band or BAND)
    values = dict.fromkeys(field.name for field in FORM.fields) | {
        "asset": portfolios.of_shown(lambda holding: holding.values.asset),
        "start_qty": portfolios.of_shown(lambda holding: holding.values.qty or 0.0),
        "start_entry": portfolios.of_shown(lambda holding: holding.values.entry),
        "start_margin": _of_shown(portfolios, margins.before),
        "band_below": band, "band_above": band,
    }  # fmt: skip
    return Entered(**FORM.write(sheet, TOP, values, asset_rule(held)))


def _of_shown(portfolios: Portfolios, column: Cell) -> np.ndarray:
    """The value that a column has for the shown asset of each portfolio, to be typed: it follows no later price."""
    places = (one.holdings.index(shown) for one, shown in zip(portfolios.portfolios, portfolios.shown))
    values = (float(column.value[row, 0, min(k, column.value.shape[2] - 1)]) for k, row in enumerate(places))
    return stacked([value if np.isfinite(value) else None for value in values])


def planned(
    sheet: Sheet, held: Held, links: Links, size: Size, maintenance: Maintenance, tiers: TierColumns, entered: Entered
) -> Planned:
    """What the plan says of the asset."""
    panel = Panel(sheet, "From the plan", sheet.below(), prefix="monitor")
    chosen = choice(panel, entered.asset, held, links.number)
    cells = panel.of_one(chosen.used, held.asset, (
        ("plan_price", "Price on Inputs", "USD/coin", "price", links.price),
        ("plan_coins", "Coins after the plan", "coin", "coin", size.coins),
        ("plan_qty", "Target position", "USD", "usd", size.goal_qty),
        ("face", "Contract face", "USD", "number", links.face),
        ("lot", "Contract lot", "contracts", "number", links.lot),
        ("taker", "Taker fee", "fraction", "rate", links.taker),
        *rule_rows(links, maintenance),
    ))  # fmt: skip
    rule = rule_of_panel(cells, tiers)
    price = where(given(entered.price_now), entered.price_now, cells["plan_price"])
    price = panel.computed("Price used", "USD/coin", price, "price", name="price")
    coins = cells["plan_coins"]
    target = where(coins > 0, xlhedge.hedge_ratio(coins, cells["plan_qty"], cells["plan_price"]), 0.0)
    target = panel.computed("Target hedge ratio", "fraction", target, "share", name="target")
    return Planned(**cells, price=price, target=target, rule=rule, choice=chosen)


def log(sheet: Sheet, entered: Entered, planned: Planned) -> Log:
    """The log and, beside each of its rows, the position after it; the formulas of a row build on the row above."""
    row = sheet.section(LOG.title)
    table = Running(sheet, LOG_ROWS, row=row, column=2)
    sheet.text(table.start, 1, "Before the log", "note")
    typed, filled = {}, 0.0
    for field in LOG.fields:
        typed[field.name] = table.typed(field, [None] * LOG_ROWS)
        filled = filled + sheet.filled(field.name)
    typed = LogRow(**typed)
    read = Running(sheet, LOG_ROWS, row=row).computed("Read as", "text", _read_as(typed, filled), "text")
    cost = entered.start_qty / _start_entry(entered, planned)
    start = Carried(planned.price, entered.start_qty, cost, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    made = table.follow(typed, start, lambda row, above, put: _row(row, above, put, planned), Log)
    sheet.hidden_rows.append(table)
    outside = out_of_frame(sheet, typed, made.latest)
    return made._replace(read=read, outside=outside)


def _start_entry(entered: Entered, planned: Planned) -> Cell:
    """The average entry before the log; the price on Inputs where none is typed."""
    return where(given(entered.start_entry), entered.start_entry, planned.plan_price)


def _read_as(row: LogRow, filled: np.ndarray) -> Cell:
    """How a row is read, of which so many cells are filled; an empty text only where the whole row is blank.

    A transfer of margin needs no price.
    """
    is_filled, is_funded, is_moved = given(row.fill), given(row.funding), given(row.transfer)
    read = where(is_filled, where(is_funded, "fill and funding", "fill"), where(is_funded, "funding", "fee"))
    is_used = is_filled | is_funded | given(row.fee)
    typed = Cell(Template("COUNTA({0}:{1})", (row.time.node, row.note.node)), filled)
    otherwise = where(is_moved, "margin moved", where(typed > 0, "nothing", ""))
    return where(is_used, where(is_priced(row.price), read, NO_PRICE), otherwise)


def is_priced(price: Cell) -> Cell:
    """Whether a cell holds a price."""
    return both(given(price), price > 0)


def _row(row: LogRow, above: Carried, put, planned: Planned) -> None:
    """The position and its totals after a row of the log."""
    priced = is_priced(row.price)
    price = put("price", "Price used", "USD/coin", where(priced, row.price, above.price), "price")
    fill = where(both(priced, given(row.fill)), row.fill, 0.0)
    fill = put("fill", "Fill used", "USD", fill, "usd")
    position = after_fill(Fill(above.qty, above.cost, 0.0), fill, price)
    qty = put("qty", "Position", "USD", position.qty, "usd")
    cost = put("cost", "Size at entry", "coin", position.cost, "coin")
    put("entry", "Average entry", "USD/coin", qty / cost, "price", shown=qty != 0)
    # Adding changes the size at entry by fill/price; whatever else it changes by has been realised.
    realized = above.realized + (above.cost + fill / price - cost)
    put("realized", "Realised PnL", "coin", realized, "coin")
    unrealized = put("unrealized", "Unrealised PnL, price now", "coin", cost - qty / planned.price, "coin")
    put("unrealized_usd", "Unrealised PnL, price now", "USD", unrealized * planned.price, "usd2")
    put("fees", "Fees", "coin", above.fees + where(both(priced, given(row.fee)), row.fee, 0.0), "coin")
    received = where(both(priced, given(row.funding)), row.funding, 0.0)
    put("funding", "Funding", "coin", above.funding + received, "coin")
    put("funding_usd", "Funding, at its own prices", "USD", above.funding_usd + received * price, "usd2")
    put("moved", "Margin moved", "coin", above.moved + where(given(row.transfer), row.transfer, 0.0), "coin")
    put("latest", "Latest time so far", "UTC", latest_time(row.time, above.latest), "number")


def monitor(sheet: Sheet, planned: Planned, log: Log) -> Monitor:
    """The position after the log, and what it gained."""
    last = Carried(*(at(getattr(log, name), LOG_ROWS - 1) for name in Carried._fields))
    panel = Panel(sheet, "Position and gain, after the log", TOP, 5, span=3)
    price, put = planned.price, panel.computed
    qty = put("Position", "USD", last.qty, "usd")
    put("Position, at the price used", "coin", qty / price, "coin")
    entry = where(qty == 0, price, qty / last.cost)
    entry = put("Average entry; the price used when flat", "USD/coin", entry, "price")
    unrealized = put("Unrealised PnL", "coin", at(log.unrealized, LOG_ROWS - 1), "coin")
    put("Unrealised PnL", "USD", at(log.unrealized_usd, LOG_ROWS - 1), "usd2")
    realized = put("Realised PnL, before fees", "coin", last.realized, "coin")
    funding = put("Funding received", "coin", last.funding, "coin")
    put("Funding received, at its own prices", "USD", last.funding_usd, "usd2")
    fees = put("Fees paid", "coin", last.fees, "coin")
    booked = put("Booked: realised + funding - fees", "coin", realized + funding - fees, "coin")
    moved = put("Margin moved in, out < 0", "coin", last.moved, "coin")
    gain = put("Gain altogether", "coin", booked + unrealized, "coin")
    put("Gain altogether, at the price used", "USD", gain * price, "usd2")
    unread = put(f'Rows of the log not read: "{NO_PRICE}"', "rows", times_found(log.read, NO_PRICE), "limit")
    outside = put("Texts for numbers, falling times, cells below the log", "cells", log.outside, "limit")
    return Monitor(qty, entry, unrealized, booked, moved, gain, unread, outside, panel.below())


def watched(sheet: Sheet, entered: Entered, planned: Planned, monitor: Monitor) -> Watched:
    """The re-hedge, the margin that is left and its liquidation price."""
    panel = Panel(sheet, "Re-hedge and margin", TOP, 11, span=3)
    working = Panel(sheet, "Working: liquidation price by method", monitor.end, 5, span=3)
    price, put = planned.price, panel.computed
    # The plan's coins include what the position before the log had gained by then.
    before = xlhedge.inverse_pnl(entered.start_qty, _start_entry(entered, planned), planned.plan_price)
    coins = where(given(entered.coins_now), entered.coins_now, planned.plan_coins - before + monitor.gain)
    coins = put("Coins owned", "coin", coins, "coin")
    ratio = where(coins > 0, xlhedge.hedge_ratio(coins, monitor.qty, price), 0.0)
    put("Hedge ratio", "fraction", ratio, "share")
    low = put("Re-hedge below", "fraction", planned.target - entered.band_below, "share")
    high = put("Re-hedge above", "fraction", planned.target + entered.band_above, "share")
    trade = xlhedge.rehedge(coins, monitor.qty, price, planned.target, low, high, planned.face * planned.lot)
    trade = where(both(planned.face > 0, coins > 0), trade * planned.lot, 0.0)
    trade = put("Re-hedge trade, sell < 0", "contracts", trade, "contracts")
    put("Re-hedge trade, sell < 0", "USD", trade * planned.face, "usd")
    balance = entered.start_margin + monitor.moved + monitor.booked
    margin = where(given(entered.margin_now), entered.margin_now, balance)
    margin = put("Margin balance, before unrealised PnL", "coin", margin, "coin")
    # No margin is below 0: what fees and losses took beyond it counts as a worse entry, with the same equity.
    short = smaller(margin, 0.0)
    worse = where(monitor.qty == 0, monitor.entry, monitor.qty / (monitor.qty / monitor.entry + short))
    worse = working.computed("Entry, less a margin balance below 0", "USD/coin", worse, "price")
    left, rule = larger(margin, 0.0), planned.rule
    kept = put("Maintenance margin", "coin", rule.maintenance(monitor.qty, worse, price), "coin")
    put("Margin ratio, 1 is liquidation", "fraction", rule.ratio(monitor.qty, worse, price, left, kept), "share")
    liq = rule.liquidation(working.computed, "Liquidation", monitor.qty, worse, price, left)
    liq = put("Liquidation price", "USD/coin or none", liq, "price")
    distance = xlhedge.liq_distance(liq, price)
    put("Distance to it", "fraction or none", distance, "share", alarm="distance")
    return Watched(coins, panel.below())


def unwind(sheet: Sheet, planned: Planned, monitor: Monitor, watched: Watched) -> None:
    """What closing the hedge and converting the gain would bring."""
    panel = Panel(sheet, "Unwind: close the hedge, then convert", watched.end, 11, span=3)
    price, put = planned.price, panel.computed
    contracts = where(planned.face > 0, -monitor.qty / planned.face, 0.0)
    put("Trade that closes, sell < 0", "contracts", contracts, "contracts")
    fee = put("Its fee", "coin", xlhedge.trade_fee(monitor.qty, price, planned.taker), "coin")
    put("PnL that it realises, after the fee", "coin", monitor.unrealized - fee, "coin")
    converted = put("Coins gained, to convert", "coin", larger(monitor.gain - fee, 0.0), "coin")
    put("Their worth", "USD", converted * price, "usd2")
    put("Coins kept, free of the hedge", "coin", watched.coins - fee - converted, "coin")
    sheet.widths[1] = 34
    sheet.widths[8] = LEAST_WIDTH["coin"]
    sheet.widen(2, CONTRACT_WIDTH)


MONITOR = SheetRecord(
    "Monitor",
    "The open hedge of one asset. Type fills and funding into the blue rows of the log; blank rows change nothing.",
    (entered, planned, log, monitor, watched, unwind),
    kept=(FORM, LOG),
    fixed=(0.0,),
)
