"""The Monitor sheet: a log of fills and funding that the user types into, and what follows from it for one asset."""

from types import SimpleNamespace

import numpy as np

import xlhedge

from ..elementary import NO_RESULT, both, given, larger, smaller, where
from ..formula import Cell, look_up
from ..functions.position import Fill, after_fill
from ..nodes import Template, Whole
from .book import LEAST_WIDTH, Book, Sheet
from .hedge_plan import METHODS
from .layout import Panel, Running, part
from .stack import Stack, stacked

PANEL_ROW = 4
LOG_ROWS = 60
BAND = 0.02  # around the target hedge ratio, where the settings name none
NO_PRICE = "price missing"
EXAMPLE = "Example: the trade of the plan"
NOT_NEGATIVE = ("number", ((">=", 0.0),), "must be 0 or more")
ABOVE_0 = ("number", ((">", 0.0),), "must be more than 0")
ANY_NUMBER = ("number", (), "must be a number")


def build_monitor(book: Book, stack: Stack, held, settings, links, plan) -> SimpleNamespace:
    """The Monitor sheet; returns its figures by name, the columns of the log among them as `log`."""
    sheet = book.sheet(
        "Monitor",
        "The open hedge of one asset. Type fills and funding into the blue rows of the log; blank rows change nothing.",
    )
    now = _now(stack, plan)
    base = SimpleNamespace()
    _typed(Panel(book, sheet, PANEL_ROW, 1, "Typed", prefix="monitor"), stack, held, now, base)
    figures = Panel(book, sheet, PANEL_ROW + 10, 1, "From the plan", prefix="monitor")
    _planned(figures, held, links, plan, base)
    out = SimpleNamespace(log=_log(sheet, figures.row + 3, now, base))
    position = Panel(book, sheet, PANEL_ROW, 5, "Position and gain, after the log", span=3)
    _position(position, base, out)
    margin = Panel(book, sheet, PANEL_ROW, 11, "Re-hedge and margin", span=3)
    working = Panel(book, sheet, position.row + 2, 5, "Working: liquidation price by method", span=3)
    _margin(margin, working, base, out)
    _unwind(Panel(book, sheet, margin.row + 2, 11, "Unwind: close the hedge, then convert", span=3), base, out)
    sheet.widths[1] = 34
    sheet.widths[8] = LEAST_WIDTH["coin"]
    sheet.freeze = "B4"
    return out


def _now(stack: Stack, plan) -> SimpleNamespace:
    """What is typed at first: the position that is open, and the trade of the plan as the first fill of the log."""
    firsts = []
    for k, (portfolio, holding) in enumerate(zip(stack.portfolios, stack.shown)):
        place = portfolio.holdings.index(holding)
        fill, qty, taker = (float(_at(cell, place, k)) for cell in (plan.trade, plan.qty, plan.links.taker))
        price = holding.values.price
        is_open = qty != 0 and fill != 0
        firsts.append((None, fill, price, abs(fill) * taker / price, None, EXAMPLE) if is_open else (None,) * 6)
    blank = [None] * (LOG_ROWS - 1)
    return SimpleNamespace(
        qty=stack.of_shown(lambda holding: holding.values.qty or 0.0),
        entry=stack.of_shown(lambda holding: holding.values.entry),
        log=[stacked([[first, *blank] for first in column]) for column in zip(*firsts)],
    )


def _at(column: Cell, row: int, portfolio: int):
    """The value of one row of a column for one portfolio."""
    return column.value[row, 0, min(portfolio, column.value.shape[2] - 1)]


def _typed(panel: Panel, stack: Stack, held, now, base) -> None:
    rule = ("range", held.asset.node, "must be an asset of the portfolio")
    base.asset = panel.typed(
        "asset", "Asset", "text", stack.of_shown(lambda holding: holding.values.asset), "text", validation=rule
    )
    for name, label, unit, format in (
        ("price_now", "Price now; blank: that of Inputs", "USD/coin", "price"),
        ("coins_now", "Coins owned now; blank: plan + gain", "coin", "coin"),
        ("margin_now", "Margin balance; blank: plan + log", "coin", "coin"),
    ):
        setattr(base, name, panel.typed(name, label, unit, None, format, validation=ABOVE_0))
    base.start_qty = panel.typed(
        "start_qty", "Position before the log", "USD", now.qty, "usd", validation=ANY_NUMBER, blank=0.0
    )
    base.start_entry = panel.typed(
        "start_entry", "Its average entry", "USD/coin", now.entry, "price", validation=ABOVE_0
    )
    band = stack.each(lambda portfolio: portfolio.settings.band or BAND)
    for name, label in (("below", "Re-hedge band below the target"), ("above", "Re-hedge band above the target")):
        cell = panel.typed(f"band_{name}", label, "fraction", band, "share", validation=NOT_NEGATIVE, blank=0.0)
        setattr(base, name, cell)


def _planned(panel: Panel, held, links, plan, base) -> None:
    for name, label, unit, format, source in (
        ("plan_price", "Price on Inputs", "USD/coin", "price", links.price),
        ("plan_coins", "Coins after the plan", "coin", "coin", plan.coins),
        ("plan_qty", "Target position", "USD", "usd", plan.goal_qty),
        ("plan_margin", "Margin planned", "coin", "coin", plan.margin),
        ("face", "Contract face", "USD", "number", links.face),
        ("lot", "Contract lot", "contracts", "number", links.lot),
        ("taker", "Taker fee", "fraction", "rate", links.taker),
        ("method", "Liquidation method", "word", "text", links.method),
        ("mmr", "Maintenance rate", "fraction", "rate", links.mmr),
        ("amount", "Maintenance amount", "coin", "coin", links.amount),
        ("slope", "Rate slope", "1/coin", "slope", links.slope),
        ("liq_fee", "Liquidation fee", "fraction", "rate", links.liq_fee),
    ):
        found = look_up(base.asset, held.asset, source)
        setattr(base, name, panel.computed(name, label, unit, found, format, role="link"))
    price = where(given(base.price_now), base.price_now, base.plan_price)
    base.price = panel.computed("price", "Price used", "USD/coin", price, "price")
    ratio = where(base.plan_coins > 0, xlhedge.hedge_ratio(base.plan_coins, base.plan_qty, base.plan_price), 0.0)
    base.target = panel.computed("target", "Target hedge ratio", "fraction", ratio, "share")


def _log(sheet: Sheet, row: int, now, base) -> SimpleNamespace:
    """The log and, beside each of its rows, the position after it; the formulas of a row build on the row above."""
    sheet.text(row - 1, 1, "Log: fills (buy > 0, sell < 0), fees (paid > 0) and funding (received > 0)", "section")
    table = Running(sheet, row, LOG_ROWS, column=2)
    sheet.text(table.start, 1, "Before the log", "note")
    typed, filled = {}, 0.0
    for values, (name, header, unit, format, width, rule) in zip(now.log, (
        ("time", "Time", "UTC", "time", 17, ()), ("fill", "Fill", "USD", "usd", 13, ANY_NUMBER),
        ("price", "Price", "USD/coin", "price", 13, ABOVE_0), ("fee", "Fee", "coin", "coin", 13, ANY_NUMBER),
        ("funding", "Funding", "coin", "coin", 13, ANY_NUMBER), ("note", "Note", "text", "text", 30, ()),
    )):  # fmt: skip
        typed[name] = table.typed(header, unit, values, format, width=width, validation=rule)
        filled = filled + sheet.blocks[-1].is_filled
    how = _read_as(SimpleNamespace(**typed), filled)
    read = Running(sheet, row, LOG_ROWS).computed("Read as", "text", how, "text")
    entry = where(given(base.start_entry), base.start_entry, base.plan_price)
    zeros = dict.fromkeys(("realized", "fees", "funding", "funding_usd"), 0.0)
    start = {"price": base.price, "qty": base.start_qty, "cost": base.start_qty / entry, **zeros}
    log = table.follow(typed, start, lambda row, above, put: _row(row, above, put, base))
    log.read = read
    sheet.hidden_rows.append(table)
    return log


def _read_as(row, filled: np.ndarray) -> Cell:
    """How a row is read, of which so many cells are filled; an empty text only where the whole row is blank."""
    is_filled, is_funded = given(row.fill), given(row.funding)
    read = where(is_filled, where(is_funded, "fill and funding", "fill"), where(is_funded, "funding", "fee"))
    is_used = is_filled | is_funded | given(row.fee)
    typed = Cell(Template("COUNTA({0}:{1})", (row.time.node, row.note.node)), filled)
    return where(is_used, where(is_priced(row.price), read, NO_PRICE), where(typed > 0, "nothing", ""))


def is_priced(price: Cell) -> Cell:
    """Whether a cell holds a price."""
    return both(given(price), price > 0)


def _row(row, above, put, base) -> None:
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
    unrealized = put("unrealized", "Unrealised PnL, price now", "coin", cost - qty / base.price, "coin")
    put("unrealized_usd", "Unrealised PnL, price now", "USD", unrealized * base.price, "usd2")
    put("fees", "Fees", "coin", above.fees + where(both(priced, given(row.fee)), row.fee, 0.0), "coin")
    received = where(both(priced, given(row.funding)), row.funding, 0.0)
    put("funding", "Funding", "coin", above.funding + received, "coin")
    put("funding_usd", "Funding, at its own prices", "USD", above.funding_usd + received * price, "usd2")


def _position(panel: Panel, base, out) -> None:
    last = {name: part(column, LOG_ROWS - 1) for name, column in vars(out.log).items()}
    out.qty = panel.computed("", "Position", "USD", last["qty"], "usd")
    out.size = panel.computed("", "Position, at the price used", "coin", out.qty / base.price, "coin")
    entry = where(out.qty == 0, base.price, out.qty / last["cost"])
    out.entry = panel.computed("", "Average entry; the price used when flat", "USD/coin", entry, "price")
    out.unrealized = panel.computed("", "Unrealised PnL", "coin", last["unrealized"], "coin")
    out.unrealized_usd = panel.computed("", "Unrealised PnL", "USD", last["unrealized_usd"], "usd2")
    out.realized = panel.computed("", "Realised PnL, before fees", "coin", last["realized"], "coin")
    out.funding = panel.computed("", "Funding received", "coin", last["funding"], "coin")
    out.funding_usd = panel.computed("", "Funding received, at its own prices", "USD", last["funding_usd"], "usd2")
    out.fees = panel.computed("", "Fees paid", "coin", last["fees"], "coin")
    booked = out.realized + out.funding - out.fees
    out.booked = panel.computed("", "Booked: realised + funding - fees", "coin", booked, "coin")
    out.gain = panel.computed("", "Gain altogether", "coin", out.booked + out.unrealized, "coin")
    out.gain_usd = panel.computed("", "Gain altogether, at the price used", "USD", out.gain * base.price, "usd2")
    out.unread = panel.computed("", f'Rows of the log not read: "{NO_PRICE}"', "rows", _unread(out.log.read), "limit")


def _unread(read: Cell) -> Cell:
    """How many rows of the log cannot be read."""
    found = np.sum(np.asarray(read.value) == NO_PRICE, axis=0, keepdims=True) * 1.0
    return Cell(Template(f'COUNTIF({{0}},"{NO_PRICE}")', (Whole(read.node),)), found)


def _margin(panel: Panel, working: Panel, base, out) -> None:
    # The plan's coins include what the position before the log had gained by then.
    entry = where(given(base.start_entry), base.start_entry, base.plan_price)
    before = xlhedge.inverse_pnl(base.start_qty, entry, base.plan_price)
    coins = where(given(base.coins_now), base.coins_now, base.plan_coins - before + out.gain)
    out.coins = panel.computed("", "Coins owned", "coin", coins, "coin")
    ratio = where(out.coins > 0, xlhedge.hedge_ratio(out.coins, out.qty, base.price), 0.0)
    out.ratio = panel.computed("", "Hedge ratio", "fraction", ratio, "share")
    out.low = panel.computed("", "Re-hedge below", "fraction", base.target - base.below, "share")
    out.high = panel.computed("", "Re-hedge above", "fraction", base.target + base.above, "share")
    trade = xlhedge.rehedge(out.coins, out.qty, base.price, base.target, out.low, out.high, base.face * base.lot)
    trade = where(both(base.face > 0, out.coins > 0), trade * base.lot, 0.0)
    out.trade = panel.computed("", "Re-hedge trade, sell < 0", "contracts", trade, "contracts")
    out.trade_usd = panel.computed("", "Re-hedge trade, sell < 0", "USD", out.trade * base.face, "usd")
    margin = where(given(base.margin_now), base.margin_now, base.plan_margin + out.booked)
    out.margin = panel.computed("", "Margin balance, before unrealised PnL", "coin", margin, "coin")
    # No margin is below 0: what fees and losses took beyond it counts as a worse entry, with the same equity.
    short = smaller(out.margin, 0.0)
    worse = where(out.qty == 0, out.entry, out.qty / (out.qty / out.entry + short))
    out.worse = working.computed("", "Entry, less a margin balance below 0", "USD/coin", worse, "price")
    left = larger(out.margin, 0.0)
    used = xlhedge.margin_ratio(out.qty, out.worse, base.price, left, base.mmr, base.amount)
    out.used = panel.computed("", "Margin ratio, 1 is liquidation", "fraction", used, "share")
    prices = {}
    for method in METHODS:
        slope = (base.slope,) if method == "slope" else ()
        one = (out.qty, out.worse, left, base.mmr, base.amount, base.liq_fee, method, *slope)
        prices[method] = working.computed("", method, "USD/coin or none", xlhedge.liq_price(*one), "price")
    liq = NO_RESULT
    for method in METHODS:
        liq = where(base.method == method, prices[method], liq)
    out.liq = panel.computed("", "Liquidation price", "USD/coin or none", liq, "price")
    distance = xlhedge.liq_distance(out.liq, base.price)
    out.distance = panel.computed("", "Distance to it", "fraction or none", distance, "share", alarm="distance")


def _unwind(panel: Panel, base, out) -> None:
    contracts = where(base.face > 0, -out.qty / base.face, 0.0)
    out.closing = panel.computed("", "Trade that closes, sell < 0", "contracts", contracts, "contracts")
    out.fee = panel.computed("", "Its fee", "coin", xlhedge.trade_fee(out.qty, base.price, base.taker), "coin")
    out.closed = panel.computed("", "PnL that it realises, after the fee", "coin", out.unrealized - out.fee, "coin")
    out.converted = panel.computed("", "Coins gained, to convert", "coin", larger(out.gain - out.fee, 0.0), "coin")
    out.converted_usd = panel.computed("", "Their worth", "USD", out.converted * base.price, "usd2")
    out.kept = panel.computed("", "Coins kept, free of the hedge", "coin", out.coins - out.fee - out.converted, "coin")
