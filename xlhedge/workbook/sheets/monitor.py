"""The Monitor sheet: every open position after the log that the user types into, the hedge of each asset, and what to do."""

from typing import NamedTuple

import numpy as np

import xlhedge

from ...elementary import NONE, both, given, larger, smaller, where
from ...formula import Cell
from ...nodes import Template, Whole
from ...ranges import blank_as_0, highest_where, known_over, picked, sum_where
from ..grid.columns import Columns
from ..grid.panel import Panel
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.typed import Form, Typed, TypedTable, number_rule
from ..portfolios import Portfolios, padded, stacked
from .accounts import account_of
from .allocation import Weights
from .inputs import Held, Settings
from .log import ABOVE_0, ANY_NUMBER, LOG, Log, write_log
from .contracts import ContractColumns
from .maintenance import maintenance_of
from .margin_rule import rule_of
from .plan_figures import LABEL_WIDTH, Exposure, Links, Margins, Size
from .positions import PositionColumns
from .tiers import TierColumns

BAND = 0.02  # around the target hedge ratio, where the settings name none
NOT_NEGATIVE = number_rule(">= 0")
SUMMARY_TITLE = "Where every position stands now"
ASSETS_TITLE = "Assets: the hedge now, and when to hedge anew"
BANDS = Form("Typed", (
    Typed("band_below", "Re-hedge band below the target", "fraction", "share", NOT_NEGATIVE, blank=0.0),
    Typed("band_above", "Re-hedge band above the target", "fraction", "share", NOT_NEGATIVE, blank=0.0),
), prefix="monitor_")  # fmt: skip
STARTS = TypedTable("Positions: what was before the log, what is known of now, and what follows", (
    Typed("start_qty", "Before the log", "USD", "usd", ANY_NUMBER, blank=0.0),
    Typed("start_entry", "Its entry", "USD/coin", "price", ABOVE_0),
    Typed("start_margin", "Its margin", "coin", "coin", ANY_NUMBER, blank=0.0),
    Typed("mark_now", "Mark now, or blank", "USD/coin", "price", ABOVE_0),
    Typed("margin_now", "Margin now, or blank", "coin", "coin", ANY_NUMBER),
), before=(ASSETS_TITLE,), follows="positions")  # fmt: skip
OWNED = TypedTable(ASSETS_TITLE, (
    Typed("price_now", "Price now, or blank", "USD/coin", "price", ABOVE_0),
    Typed("coins_now", "Coins now, or blank", "coin", "coin", NOT_NEGATIVE),
), before=(LOG.title,), follows="assets")  # fmt: skip
WORKING = len(LOG.fields) + 14
"""The column to the right of the log where working begins."""


class MonitorFrames(NamedTuple):
    """The tables of the sheet, which know of one another before they are filled; the working stands right of the log."""

    summary: Columns
    positions: Columns
    assets: Columns
    log: int
    account: Columns
    working: Columns
    maintenance: Columns


class Started(NamedTuple):
    """What each position was before the log: qty [USD], entry, size at entry [coin] and margin [coin]; and what is known of now."""

    qty: Cell
    entry: Cell
    cost: Cell
    margin: Cell
    mark_now: Cell
    margin_now: Cell


class Now(NamedTuple):
    """What is known of now: the price of each asset, the coins of each as typed, and the price of each contract."""

    price: Cell
    coins: Cell
    mark: Cell


class Watched(NamedTuple):
    """Each position after the log: its size, entry, gains [coin] and margin, and where it is liquidated."""

    qty: Cell
    entry: Cell
    unrealized: Cell
    booked: Cell
    gain: Cell
    start_pnl: Cell
    hedge: Cell
    margin: Cell
    ratio: Cell
    liq: Cell
    distance: Cell
    away: Cell
    differs: Cell


class Monitor(NamedTuple):
    """How many rows of the log are not read, how many cells are out of its frame; of each position its margin ratio and distance."""

    unread: Cell
    outside: Cell
    ratio: Cell
    near: Cell
    differs: Cell


def bands(sheet: Sheet, portfolios: Portfolios) -> Cell:
    """How far the hedge ratio may leave its target, below and above."""
    band = portfolios.each(lambda portfolio: portfolio.settings.band or BAND)
    return BANDS.write(sheet, 4, {"band_below": band, "band_above": band})


def monitor_frames(sheet: Sheet, held: Held, positions: PositionColumns, portfolios: Portfolios) -> MonitorFrames:
    """The tables, each with its title and first column, and the row of the log below them."""
    made, row = [], sheet.below(4)
    for title in (SUMMARY_TITLE, STARTS.title):
        sheet.text(row, 1, title, "section")
        made.append(Columns(sheet, positions.count, row=row + 1, may_be_blank=True))
        made[-1].computed("Position", "text", positions.label, "text", role="link", width=LABEL_WIDTH)
        row = made[-1].end + 1
    sheet.text(row, 1, ASSETS_TITLE, "section")
    assets = Columns(sheet, held.count, row=row + 1, may_be_blank=True)
    assets.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    row = assets.end + 1
    account = Columns(sheet, positions.count, row=row + 1, column=WORKING)
    working = Columns(sheet, positions.count, row=account.end + 2, column=WORKING)
    rates = Columns(sheet, positions.count, row=working.end + 2, column=WORKING)
    titles = (
        "Working: cross accounts",
        "Working: by each liquidation method",
        "Working: the rate of the size after the log",
    )
    for title, table in zip(titles, (account, working, rates)):
        sheet.text(table.row - 1, WORKING, title, "section")
    return MonitorFrames(*made, assets, row, account, working, rates)


def started(
    portfolios: Portfolios, positions: PositionColumns, links: Links, margins: Margins, monitor_frames: MonitorFrames
) -> Started:
    """What is typed of each position: what it was before the log, and what is known of now."""
    rows, table = positions.count, monitor_frames.positions
    told = {
        name: stacked([padded([row[name] for row in each], rows) for each in portfolios.positions])
        for name in ("qty", "entry")
    }
    values = {
        "start_qty": told["qty"], "start_entry": told["entry"],
        "start_margin": _before(portfolios, positions, margins), "mark_now": [None] * rows, "margin_now": [None] * rows,
    }  # fmt: skip
    cells = {field.name: table.typed(field, values[field.name]) for field in STARTS.fields}
    qty, entry = cells["start_qty"], cells["start_entry"]
    cost = qty / where(given(entry), entry, links.price)
    cost = table.computed("Size at entry, before", "coin", cost, "coin")
    return Started(qty, entry, cost, cells["start_margin"], cells["mark_now"], cells["margin_now"])


def _before(portfolios: Portfolios, positions: PositionColumns, margins: Margins) -> np.ndarray:
    """The margin of each position that was open, typed so that it follows no later price; blank for what is not open yet.

    What a ledger's rows have put into it stands in the log, and is not counted twice.
    """
    rows, count = positions.count, len(portfolios)
    table = np.full((rows, 1, count), None, dtype=object)
    before = np.broadcast_to(margins.before.value, (rows, 1, count))
    for k, portfolio in enumerate(portfolios.portfolios):
        for i, position in enumerate(portfolio.positions):
            gained = position.traded.gained if position.traded else 0.0
            if position.values.margin is not None:
                table[i, 0, k] = position.values.margin - gained
            elif position.values.qty and np.isfinite(before[i, 0, k]):
                table[i, 0, k] = float(before[i, 0, k]) - gained
    return table


def log(
    sheet: Sheet, portfolios: Portfolios, positions: PositionColumns, started: Started, monitor_frames: MonitorFrames
) -> Log:
    """The log, and the state of its position after each row."""
    return write_log(sheet, monitor_frames.log, portfolios.room.log, positions, started.qty, started.cost)


def now(
    held: Held,
    positions: PositionColumns,
    weights: Weights,
    links: Links,
    started: Started,
    monitor_frames: MonitorFrames,
) -> Now:
    """Prices and coins of now: those typed here, else those of Inputs."""
    table = monitor_frames.assets
    price, coins = (table.typed(field, [None] * held.count) for field in OWNED.fields)
    price = table.computed("Price used", "USD/coin", where(given(price), price, weights.price), "price")
    row = positions.coin_row
    moved = where(row > 0, picked(price, row) / positions.spot, 1.0)
    mark = where(given(started.mark_now), started.mark_now, links.price * moved)
    mark = monitor_frames.positions.computed("Price used", "USD/coin", mark, "price")
    return Now(price, coins, mark)


def watched(
    positions: PositionColumns, settings: Settings, links: Links, contracts: ContractColumns, tiers: TierColumns,
    started: Started, log: Log, now: Now, monitor_frames: MonitorFrames,
) -> Watched:  # fmt: skip
    """Position, gains and margin of each position after the log, and its liquidation price."""
    put, number, mark = monitor_frames.positions.computed, positions.number, now.mark
    typed = log.typed

    def logged(column: Cell) -> Cell:
        return sum_where(blank_as_0(column), log.place, number)

    last = highest_where(log.number, (log.place, "=", number))
    last = put("Its last row in the log", "number", last, "limit")
    qty = put("Qty", "USD", where(last > 0, picked(log.qty, last), started.qty), "usd")
    cost = where(last > 0, picked(log.cost, last), started.cost)
    cost = put("Size at entry", "coin", cost, "coin")
    entry = put(
        "Average entry; the price used when flat", "USD/coin", where(qty == 0, mark, qty / cost), "price", width=15
    )
    here = links._replace(price=mark)
    at = maintenance_of(monitor_frames.maintenance, positions, settings, here, qty, entry, contracts, tiers)
    margin_rule = rule_of(here, at, tiers)
    realized = put("Realised PnL, before fees", "coin", logged(log.realized), "coin")
    fees = put("Fees paid", "coin", logged(typed.fee), "coin")
    funding = put("Funding received", "coin", logged(typed.funding), "coin")
    told, unpriced = _funding_usd(log, number)
    unpriced = put("Funding rows without a price", "rows", unpriced, "limit")
    put("Funding received, at its own prices", "USD, or blank", told, "usd2", width=15, shown=unpriced == 0)
    moved = put("Margin moved", "coin", logged(typed.transfer), "coin")
    unrealized = put("Unrealised PnL", "coin", cost - qty / mark, "coin")
    put("Unrealised PnL, in USD", "USD", unrealized * mark, "usd2")
    booked = put("Booked: realised + funding - fees", "coin", realized + funding - fees, "coin", width=15)
    gain = put("Gain altogether", "coin", booked + unrealized, "coin")
    put("Gain altogether, in USD", "USD", gain * mark, "usd2")
    balance = where(given(started.margin_now), started.margin_now, started.margin + moved + booked)
    margin = put("Margin balance", "coin", balance, "coin")
    # No margin is below 0: what fees and losses took beyond it counts as a worse entry, with the same equity.
    short = smaller(margin, 0.0)
    worse = where(qty == 0, entry, qty / (qty / entry + short))
    worse = monitor_frames.working.computed("Entry, less a balance below 0", "USD/coin", worse, "price")
    account, left = account_of(monitor_frames.account, positions, margin_rule, qty, entry, mark), larger(margin, 0.0)
    kept = where(account.is_cross, margin_rule.maintenance(qty, entry, mark), margin_rule.maintenance(qty, worse, mark))
    kept = put("Maintenance margin", "coin", kept, "coin")
    alone = margin_rule.ratio(qty, worse, mark, left, kept)
    ratio = put(
        "Margin ratio, 1 is liquidation",
        "fraction",
        where(account.is_cross, account.ratio(margin, unrealized, kept), alone),
        "share",
    )
    working = monitor_frames.working.computed
    alone = margin_rule.liquidation(working, "Liquidation", qty, worse, mark, left)
    alone = working("Liquidation alone", "USD/coin or none", alone, "price")
    other = working("Other side alone", "USD/coin or none", margin_rule.other_side(qty, worse, left), "price")
    liq, *_ = account.sides(put, "", alone, other, account.prices("", account.total(margin)))
    distance = where(ratio >= 1, 0.0, xlhedge.liq_distance(liq, mark))
    distance = put("Distance to it, 0 if liquidated", "fraction or none", distance, "share", alarm="distance", width=15)
    away = put(
        "Distance, without its sign", "fraction, or blank", abs(distance), "share", shown=both(qty != 0, liq < NONE)
    )
    hedge = put(
        "Exposure to its asset",
        "USD",
        qty / mark * positions.spot / positions.beta_used * _moved(positions, now),
        "usd",
    )
    differs = put("Differs from Positions", "TRUE or FALSE", qty != positions.qty, "flag", alarm="notice")
    pnl = started.cost - started.qty / links.price
    pnl = put("Gain before the log, at the plan's price", "coin", pnl, "coin", width=15)
    return Watched(qty, entry, unrealized, booked, gain, pnl, hedge, margin, ratio, liq, distance, away, differs)


def _moved(positions: PositionColumns, now: Now) -> Cell:
    """The price of a position's coin now over that of the plan."""
    row = positions.coin_row
    return where(row > 0, picked(now.price, row) / positions.spot, 1.0)


def _funding_usd(log: Log, number: Cell) -> tuple[Cell, Cell]:
    """Funding of each position at the prices of its rows [USD], and how many of its rows have funding and no price."""
    place, funding, price = log.place, log.typed.funding, log.typed.price
    own = np.asarray(place.value)[None, :] == np.asarray(number.value)[:, None]
    is_told, is_priced = (~np.isnan(np.asarray(each.value, float))[None, :] for each in (funding, price))
    usd = np.nan_to_num(np.asarray(funding.value, float)) * np.nan_to_num(np.asarray(price.value, float))
    nodes = (Whole(place.node), number.node, Whole(funding.node), Whole(price.node))
    told = Cell(Template("SUMPRODUCT(({0}={1})*1,{2},{3})", nodes), (own * usd[None, :]).sum(axis=1))
    missing = "SUMPRODUCT(({0}={1})*ISNUMBER({2})*(1-ISNUMBER({3})))"
    return told, Cell(Template(missing, nodes), 1.0 * (own & is_told & ~is_priced).sum(axis=1))


def summary(monitor_frames: MonitorFrames, now: Now, watched: Watched) -> None:
    """What to look at first: each position, its margin and how far it is from its liquidation."""
    table = monitor_frames.summary
    for header, unit, format, cell, alarm in (
        ("Qty", "USD", "usd", watched.qty, ""), ("Entry", "USD/coin", "price", watched.entry, ""),
        ("Price", "USD/coin", "price", now.mark, ""), ("Gain altogether", "coin", "coin", watched.gain, ""),
        ("Margin balance", "coin", "coin", watched.margin, ""), ("Margin ratio", "fraction", "share", watched.ratio, ""),
        ("Liquidation price", "USD/coin or none", "price", watched.liq, ""),
        ("Distance to it, 0 if liquidated", "fraction or none", "share", watched.distance, "distance"),
    ):  # fmt: skip
        table.computed(header, unit, cell, format, role="link", alarm=alarm)


def rehedged(
    held: Held, positions: PositionColumns, weights: Weights, links: Links, size: Size, exposure: Exposure, bands: dict,
    watched: Watched, now: Now, monitor_frames: MonitorFrames,
) -> None:  # fmt: skip
    """The hedge of each asset against its target, and the trades that bring it back; then what closing would bring."""
    put, number = monitor_frames.assets.computed, weights.number
    gained = sum_where(watched.gain, positions.coin_row, number) - sum_where(
        watched.start_pnl, positions.coin_row, number
    )
    # The plan's coins include what positions before the log had gained by then.
    coins = put("Coins owned", "coin", where(given(now.coins), now.coins, exposure.coins + gained), "coin")
    hedge = put("Hedge", "USD", sum_where(watched.hedge, positions.row, number), "usd")
    ratio = put("Hedge ratio", "fraction", where(coins > 0, xlhedge.hedge_ratio(coins, hedge, now.price), 0.0), "share")
    target = where(exposure.coins > 0, xlhedge.hedge_ratio(exposure.coins, exposure.wanted, weights.price), 0.0)
    target = put("Target hedge ratio", "fraction", target, "share")
    low = put("Re-hedge below", "fraction", target - bands["band_below"], "share")
    high = put("Re-hedge above", "fraction", target + bands["band_above"], "share")
    is_out = put("Outside", "TRUE or FALSE", (ratio < low) | (ratio > high), "flag", alarm="notice")
    goal = put("Hedge to go back to", "USD", -target * coins * now.price, "usd")
    put, row, mark = monitor_frames.positions.computed, positions.row, now.mark
    worth = positions.spot / mark / positions.beta_used * _moved(positions, now)
    aim = where(row > 0, picked(goal, row), 0.0) * positions.part / worth
    aim = put("Position to go back to", "USD", aim, "usd")
    step = where(links.face > 0, links.face * links.lot, 1.0)
    side = where(aim < 0, 1.0, -1.0)
    trade = links.lot * xlhedge.hedge_size(abs(aim) / mark, mark, side, step, watched.qty)
    wanted = both(links.face > 0, where(row > 0, picked(is_out, row), False))
    trade = put("Re-hedge trade, sell < 0", "contracts", where(wanted, trade, 0.0), "contracts", width=15)
    put("Re-hedge trade, in USD", "USD", trade * links.face, "usd", width=15)
    closing = where(links.face > 0, -watched.qty / where(links.face > 0, links.face, 1.0), 0.0)
    put("Trade that closes, sell < 0", "contracts", closing, "contracts", width=15)
    fee = put("Its fee", "coin", xlhedge.trade_fee(watched.qty, mark, links.taker), "coin")
    put("PnL that it realises, after the fee", "coin", watched.unrealized - fee, "coin", width=15)
    converted = put("Coins gained, to convert", "coin", larger(watched.gain - fee, 0.0), "coin", width=15)
    put("Their worth", "USD", converted * positions.spot * _moved(positions, now), "usd2")
    kept = coins - sum_where(fee, positions.coin_row, number) - sum_where(converted, positions.coin_row, number)
    monitor_frames.assets.computed("Coins kept, once all is closed", "coin", kept, "coin", width=15)


def monitor(sheet: Sheet, log: Log, watched: Watched) -> Monitor:
    """What the log says that is not read, and the position that is nearest to its liquidation."""
    panel = Panel(sheet, "Log", 4, 5, span=3)
    unread = panel.computed("Rows of the log not read", "rows", log.unread, "limit")
    outside = "Texts for numbers, falling times, cells below"
    outside = panel.computed(outside, "cells", log.outside, "limit")
    near = known_over('IF(COUNT({0})=0,"none",MIN({0}))', watched.away, _nearest(watched.away.value))
    panel.computed("Nearest liquidation", "fraction or none", near, "share", alarm="distance")
    return Monitor(unread, outside, watched.ratio, watched.away, watched.differs)


def _nearest(away: np.ndarray) -> np.ndarray:
    """The least distance of each portfolio; none is infinite."""
    return np.where(np.isnan(away), NONE, away).min(axis=0)


MONITOR = SheetRecord(
    "Monitor",
    "Every open position. Type fills, funding and transfers into the log at the bottom; blank rows change nothing.",
    (bands, monitor_frames, started, log, now, watched, summary, rehedged, monitor),
    kept=(BANDS, STARTS, OWNED, LOG),
    printed_with=frozenset(field.name for field in LOG.fields),
)
