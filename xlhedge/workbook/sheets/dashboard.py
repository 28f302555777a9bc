"""The Dashboard: six figures, what to order, what fails, and four pictures, on one page."""

import numpy as np

from ...elementary import NONE, highest, snapped, total, where
from ...formula import Cell
from ...nodes import Template, Whole, quoted
from ...ranges import at, hidden_unless, lowest_number, picked, place_of_number, position, rank_of, sum_where, words
from ..grid.cells import Style
from ..grid.columns import Columns
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from .about import NOT_GIVEN
from .allocation import Goals, Weights
from .checks import CHECKS, SUBJECT_COLUMN, Checks
from .dashboard_charts import pictures
from .dashboard_figures import MOST_ORDERS, NAME_WIDTH, WORKING_ROW, Net, Ranked, Working
from .dashboard_working import carry_path, falls, liq_map, stress_bars
from .inputs import Held, Settings
from .plan_figures import Carry, Exposure, Links, Margins, Size, Ticket
from .positions import PositionColumns

TILE_ROW, TICKET_ROW = 5, 11
LABEL_WIDTH, FIGURE_WIDTH = 20.3, 15
POSTED = "(margin as posted, before transfers)"
WORKING = "Working of this page, folded away"


def ranked(sheet: Sheet, positions: PositionColumns, size: Size, margins: Margins, carry: Carry) -> Ranked:
    """The working far below the page: the positions in the order in which the page shows them."""
    sheet.stand_apart(WORKING_ROW)
    sheet.text(WORKING_ROW, 1, WORKING, "section")
    sheet.fold(WORKING_ROW + 1)
    table = Columns(sheet, positions.count, row=WORKING_ROW + 1)
    number = table.numbered("Position", "number")
    short = table.computed("Asset and venue", "text", words(positions.asset, positions.venue), "text")
    name = where(sum_where(positions.there, short, short) > 1, positions.contract, short)
    name = table.computed("Short name", "text", name, "text", width=NAME_WIDTH)
    is_trade = table.computed("Traded", "1 or 0", 1.0 * (size.trade != 0), "number")
    moves = where(is_trade > 0, 0.0, 1.0 * (snapped(margins.transfer) != 0))
    moves = table.computed("Only margin moves", "1 or 0", moves, "number")
    after = where(moves > 0, total(is_trade) + rank_of(moves, number), 0.0)
    order = table.computed("Order", "number", where(is_trade > 0, rank_of(is_trade, number), after), "number")
    is_open = table.computed("Open after", "1 or 0", 1.0 * (size.qty != 0), "number")
    opened = table.computed("Shown as", "number", rank_of(is_open, number), "number")
    distance = where(is_open > 0, abs(margins.distance), NONE)
    distance = table.computed("Distance", "fraction or none", where(margins.distance == NONE, NONE, distance), "share")
    rounded = table.computed("Distance, rounded", "fraction or none", _rounded(distance), "share")
    later = where(carry.later == NONE, NONE, abs(carry.later))
    later = table.computed("After adverse funding", "fraction or none", later, "share")
    return Ranked(number, name, is_trade, order, opened, distance, rounded, later)


def _rounded(distance: Cell) -> Cell:
    """A distance to the millionth, so that of two that are alike the first is the nearest in any spreadsheet."""
    return where(distance == NONE, NONE, snapped(distance))


def net(
    sheet: Sheet, held: Held, settings: Settings, positions: PositionColumns, weights: Weights, goals: Goals, links: Links, size: Size,
    exposure: Exposure, margins: Margins, carry: Carry, ranked: Ranked,
) -> Net:  # fmt: skip
    """The six figures, four lines each."""
    _prices(sheet, settings)
    is_coin = 1.0 * (held.kind != "cash")
    cash = total(weights.value * (1.0 - is_coin))
    tiles = _Tiles(sheet)
    tiles.put(
        "Value",
        ("Value, USD", weights.whole, "usd"),
        ("Cash, USD", cash, "usd"),
        ("Hedges before, USD", total(weights.hedge), "usd"),
        ("Hedges after, USD", total(exposure.hedge), "usd"),
    )
    before = total(is_coin * (weights.value + weights.hedge))
    after = total(is_coin * exposure.usd)
    before, after, *_ = tiles.put(
        "Net exposure",
        ("Before, USD", before, "usd"),
        ("After, USD", after, "usd"),
        ("Before, of value", before / weights.whole, "share"),
        ("After, of value", after / (weights.whole - goals.costs), "share"),
    )
    trade, spot = size.trade, 1.0 * (settings.mode == "spot") * is_coin * goals.spot_usd
    tiles.put(
        "Orders",
        ("Orders", total(1.0 * (trade != 0)) + total(1.0 * (spot != 0)), "contracts"),
        ("To sell, USD", total((trade < 0) * trade) + total((spot < 0) * spot), "usd"),
        ("To buy, USD", total((trade > 0) * trade) + total((spot > 0) * spot), "usd"),
        ("Fees and tax, USD", -total(abs(trade) * links.taker) - goals.costs, "usd"),
    )
    planned, moved = total(margins.planned * positions.spot), margins.transfer * positions.spot
    free = total(is_coin * exposure.wallet * weights.price) - planned
    tiles.put(
        "Margin",
        ("To post, USD", total((moved > 0) * moved), "usd"),
        ("To take back, USD", total((moved < 0) * moved), "usd"),
        ("Margin then, USD", planned, "usd"),
        ("Coins free then, USD", free, "usd"),
    )
    nearest = lowest_number(ranked.distance)
    place = place_of_number(_rounded(nearest), ranked.rounded)
    chance = where(place > 0, picked(margins.probability, place), 0.0)
    tiles.put(
        "Nearest liquidation",
        ("At once", nearest, "share", "distance"),
        ("After adverse funding", lowest_number(ranked.later), "share", "distance"),
        ("Chance by horizon", chance, "share"),
        ("At a price of", where(place > 0, picked(margins.liq, place), NONE), "price"),
    )
    tiles.put(
        "Carry to the horizon",
        ("Expected, USD", total(carry.expected), "usd"),
        ("Adverse, USD", total(carry.adverse), "usd"),
        ("Fees in both, USD", total(carry.fees), "usd"),
        ("Horizon, days", settings.horizon_days, "days"),
    )
    which = where(place > 0, picked(positions.label, place), "nothing is liquidated at any price")
    which = where(total(1 * margins.is_posted) > 0, words(which, POSTED), which)
    sheet.computed(TILE_ROW + 4, tiles.column - 4, which, Style("note"))
    goal = total(is_coin * weights.goal * weights.whole)
    return Net(before, after, goal)


def _prices(sheet: Sheet, settings: Settings) -> None:
    """The time of the prices, coloured once they are old, and their source."""
    sheet.text(3, 1, "Prices at, UTC")
    time, source = settings.price_time, settings.price_source
    told = Template(f'IF(ISNUMBER({{0}}),{{0}},"{NOT_GIVEN}")', (time.node,))
    blank = np.isnan(np.asarray(time.value, float))
    shown = np.where(blank, NOT_GIVEN, np.asarray(time.value, object))
    sheet.computed(3, 2, Cell(told, shown), Style("link", "time", "stale"))
    sheet.text(3, 5, "Stale after, hours", "unit")
    sheet.levels["stale"] = sheet.computed(3, 6, settings.price_hours, Style("link", "hours")).node
    told = Template(f'IF({{0}}="","source {NOT_GIVEN}",{{0}})', (source.node,))
    shown = np.where(np.asarray(source.value) == "", f"source {NOT_GIVEN}", np.asarray(source.value, object))
    sheet.computed(3, 3, Cell(told, shown), Style("note"))


class _Tiles:
    """Figures side by side below headings: a label and a value on each line."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet, self.column = sheet, 1

    def put(self, title: str, *lines: tuple) -> list[Cell]:
        """A heading over two columns, and lines of a label, a figure, its format and what may colour it."""
        sheet, column = self._sheet, self.column
        self.column += 2
        sheet.widths |= {column: LABEL_WIDTH, column + 1: FIGURE_WIDTH}
        sheet.text(TILE_ROW - 1, column, title, "heading")
        sheet.text(TILE_ROW - 1, column + 1, None, "heading")
        found = []
        for row, (label, cell, format, *alarm) in enumerate(lines, TILE_ROW):
            sheet.text(row, column, label, "tile")
            role = "figure" if row < TILE_ROW + 2 else "calc"
            found.append(sheet.computed(row, column + 1, cell, Style(role, format, *alarm)))
        return found


def working(sheet: Sheet, positions: PositionColumns, checks: Checks, ranked: Ranked) -> Working:
    """Which positions and which checks the page names."""
    shown = Columns(sheet, MOST_ORDERS, row=WORKING_ROW + 1, column=13)
    number = shown.numbered("Line", "number")
    order = shown.computed("Position of the order", "number", position(number, ranked.order), "number")
    table = Columns(sheet, checks.passed.node.rows, row=WORKING_ROW + 1, column=16)
    line = table.numbered("Check", "number")
    fails = table.computed("Fails", "1 or 0", where(checks.passed, 0.0, 1.0), "number")
    rank = table.computed("Failing", "number", rank_of(fails, line), "number")
    failing = shown.computed("Line of the failing check", "number", position(number, rank), "number")
    return Working(number, order, failing)


TICKET = ("Position", "", "Side", "Contracts", "Limit, USD/coin", "Effect", "Margin to transfer", "Coin")
"""The headings of the columns, blank where the text before runs on."""


def orders(
    sheet: Sheet,
    settings: Settings,
    positions: PositionColumns,
    size: Size,
    margins: Margins,
    ticket: Ticket,
    checks: Checks,
    working: Working,
    ranked: Ranked,
) -> None:
    """What to order and to transfer, the first of it where there is more; and the checks that fail, each a link to its line."""
    beside = len(TICKET) + 1
    sheet.text(TICKET_ROW, 1, "Order ticket", "section")
    sheet.text(TICKET_ROW, beside, "First failing checks", "section")
    for column, title in enumerate((*TICKET, "Check", "", "", ""), 1):
        sheet.text(TICKET_ROW + 1, column, title or None, "header")
    first, place = TICKET_ROW + 2, working.order

    def of_line(cell: Cell) -> Cell:
        return picked(cell, place)

    is_trade = of_line(ranked.is_trade) > 0
    only = where(of_line(margins.transfer) > 0, "margin in", "margin out")
    for column, found, format in (
        (1, of_line(positions.label), "text"),
        (3, of_line(ticket.side), "text"),
        (4, abs(of_line(size.contracts)), "contracts"),
        (5, hidden_unless(is_trade, of_line(ticket.limit)), "price"),
        (6, where(is_trade, of_line(ticket.effect), only), "text"),
        (7, of_line(margins.transfer), "coin"),
        (8, of_line(positions.coin), "text"),
    ):
        found = where(place > 0, found, "") if format == "text" else hidden_unless(place > 0, found)
        shown = (np.asarray(place.value) > 0) & ((format != "price") | np.asarray(is_trade.value))
        style = Style("tile" if format == "text" else "calc", format)
        sheet.computed(first, column, found, style, rows=MOST_ORDERS, shown=shown)
    count = highest(ranked.order)
    more = Template(
        'IF({0}>{1},({0}-{1})&" more lines stand on Hedge plan","")',
        (count.node, at(working.line, MOST_ORDERS - 1).node),
    )
    left = np.asarray(count.value) - MOST_ORDERS
    told = np.where(left > 0, np.char.add(left.astype(int).astype(str), " more lines stand on Hedge plan"), "")
    more = where(settings.mode == "spot", "The spot trades stand on Allocation", Cell(more, told.astype(object)))
    sheet.computed(first + MOST_ORDERS, 1, more, Style("note"))
    failing = working.failing
    subjects = checks.names.node._replace(column=SUBJECT_COLUMN)
    text = (
        f'IF({{0}}=0,"",HYPERLINK("#{quoted(CHECKS.name)}!A"&({checks.names.node.row - 1}+{{0}}),INDEX({{1}},{{0}})'
        '&IF(INDEX({2},{0})="","",": "&INDEX({2},{0}))))'
    )
    node = Template(text, (failing.node, Whole(checks.names.node), Whole(subjects)))
    each = np.array(np.broadcast_arrays(*(line.subject.astype(object) for line in checks.lines.values())))[:, None]
    subject = Cell(subjects, np.where(each == "", "", ": " + each))
    names = picked(checks.names, failing).value.astype(object) + picked(subject, failing).value
    names = np.where(np.asarray(failing.value) > 0, names, "")
    sheet.computed(first, beside, Cell(node, names), Style("jump"), rows=MOST_ORDERS)


DASHBOARD = SheetRecord(
    "Dashboard",
    "The answer on one page: what the plan does, what to order, what it costs, what can liquidate it, and what fails.",
    (ranked, net, working, orders, falls, liq_map, carry_path, stress_bars, pictures),
    freeze="A4",
    flag_column=6,
    tab="answer",
)
