"""The working of the Dashboard's pictures, far below its page: exposure step by step, liquidations, and the carry day by day."""

from typing import NamedTuple

import numpy as np


from ...elementary import NONE, at_least, both, given, highest, larger, lowest, smaller, snapped, total, where
from ...formula import Cell
from ...ranges import at, each_of, lowest_number, picked, position, rank_of, stacked_cells, sum_of, summed_to, words
from ..grid.cells import Style
from ..grid.columns import Columns
from ..grid.sheet import LEAST_WIDTH, Sheet
from .allocation import Goals
from .carry import DAYS_A_YEAR
from .chart_cells import spread
from .dashboard_figures import MOST_ORDERS, NAME_WIDTH, WORKING_ROW, Net, Ranked, Working
from .inputs import Held, Settings
from .plan_figures import Carry, Links, Margins, Size
from .positions import DATED, PositionColumns
from .stress import Stress

STEPS_COLUMN, FALLS_COLUMN, MAP_COLUMN, PATH_COLUMN, STRESS_COLUMN = 21, 30, 44, 55, 72
POINTS = 13
"""Days at which the carry is shown: the first, the last, and some between."""
BEFORE, SPOT, FURTHER, AFTER = "Before", "Spot trades", "Further orders", "After"
MOST_SCENARIOS = 12
"""Scenarios that have bars."""
SHORT, GONE = 16, "†"
"""Characters of a scenario's name that its bar has, and what follows them where it liquidates a hedge."""
FURTHEST = 2.0
"""How many times the highest line a bar of the map goes at most."""


class Falls(NamedTuple):
    """The waterfall, a row for each bar: its label, the bar that it stands on, and what is seen of it; the target beside it.

    A bar that rises or falls through zero has a part above and one below.
    """

    label: Cell
    base: Cell
    level: Cell
    rise: Cell
    rise_below: Cell
    fall: Cell
    fall_below: Cell
    target: Cell


class LiqMap(NamedTuple):
    """A bar for each open position: the move survived at once and after adverse funding, and the levels beside it."""

    label: Cell
    now: Cell
    later: Cell
    move: Cell
    amber: Cell
    red: Cell


class Bars(NamedTuple):
    """The first scenarios of Stress, a row each: a name with what it liquidates, and the change of the value hedged and unhedged [USD]."""

    label: Cell
    hedged: Cell
    unhedged: Cell


class CarryPath(NamedTuple):
    """What the plan has earned or cost [USD] if it is closed on a day, and the day on which it has paid for itself."""

    day: Cell
    expected: Cell
    adverse: Cell
    mark_day: Cell
    mark: Cell
    break_even: Cell


def falls(
    sheet: Sheet, held: Held, settings: Settings, positions: PositionColumns, goals: Goals, size: Size, net: Net, working: Working,
    ranked: Ranked,
) -> Falls:  # fmt: skip
    """The exposure before, each step of the plan, and the exposure after."""
    rows = MOST_ORDERS + 4
    steps = Columns(sheet, rows, row=WORKING_ROW + 1, column=STEPS_COLUMN)
    number = steps.numbered("Step", "number")
    first, column = steps.first, steps.column
    for offset, (title, unit, width) in enumerate(
        (("Label", "text", NAME_WIDTH), ("Change", "USD", LEAST_WIDTH["usd"]))
    ):
        sheet.text(steps.row, column + offset, title, "header")
        sheet.text(steps.row + 1, column + offset, unit, "unit")
        sheet.widen(column + offset, width)
    steps.column += 2
    order, is_coin = working.order, 1.0 * (held.kind != "cash")

    def put(row: int, column: int, cell, rows: int = 0, format: str = "usd") -> Cell:
        return sheet.computed(first + row, column, cell, Style("calc", format), rows=rows)

    names = (
        put(0, column, BEFORE, format="text"),
        put(1, column, SPOT, format="text"),
        put(2, column, _short(ranked, order), MOST_ORDERS, "text"),
        put(rows - 2, column, FURTHER, format="text"),
        put(rows - 1, column, AFTER, format="text"),
    )
    before = put(0, column + 1, net.before)
    spot = put(1, column + 1, where(settings.mode == "spot", total(is_coin * goals.spot_usd), 0.0))
    trades = put(2, column + 1, where(order > 0, picked(size.hedge_trade, order), 0.0), MOST_ORDERS)
    further = put(rows - 2, column + 1, snapped(net.after - net.before - spot - total(trades)))
    change = stacked_cells(before, spot, trades, further, put(rows - 1, column + 1, 0.0))
    label = stacked_cells(*names)
    end = steps.computed("Exposure then", "USD", summed_to(change, number), "usd")
    is_end = steps.computed(
        "First or last", "1 or 0", 1.0 * (number == 1.0) + 1.0 * (number == at(number, rows - 1)), "number"
    )
    used = steps.computed("Shown", "1 or 0", where(is_end > 0, 1.0, 1.0 * (change != 0)), "number")
    rank = steps.computed("Bar", "number", rank_of(used, number), "number")
    return _bars(sheet, rows, net, label, change, end, is_end, used, rank)


def _short(ranked: Ranked, row: Cell) -> Cell:
    """The short name of a position; "" where there is none."""
    return where(row > 0, picked(ranked.name, row), "")


def _bars(
    sheet: Sheet, rows: int, net: Net, label: Cell, change: Cell, end: Cell, is_end: Cell, used: Cell, rank: Cell
) -> Falls:
    """The steps in use, spread over the width of the picture."""
    table = Columns(sheet, rows, row=WORKING_ROW + 1, column=FALLS_COLUMN)
    place = table.numbered("Place", "number")
    shown = spread(table, place, total(used), "Bar shown")
    step = table.computed("Step shown", "number", where(shown > 0, position(shown, rank), 0.0), "number")
    is_there = step > 0

    def of_step(cell: Cell, otherwise=0.0) -> Cell:
        return where(is_there, picked(cell, step), otherwise)

    def put(title: str, cell: Cell) -> Cell:
        return table.computed(title, "USD", cell, "usd")

    name = table.computed("Bar", "text", of_step(label, ""), "text", width=NAME_WIDTH)
    to = put("To", of_step(end))
    start = put("From", where(of_step(is_end) > 0, 0.0, to - of_step(change)))
    low, high = smaller(start, to), larger(start, to)
    is_level = of_step(is_end) > 0
    level = put("Exposure", where(is_level, to, 0.0))
    base = put("Base", where(is_level, 0.0, at_least(0.0, low) - at_least(0.0, -high)))
    above, below = at_least(0.0, high) - at_least(0.0, low), at_least(0.0, -high) - at_least(0.0, -low)
    is_rise = to >= start
    rise = put("Bought", where(is_level, 0.0, where(is_rise, above, 0.0)))
    rise_below = put("Bought, below zero", where(is_level, 0.0, where(is_rise, below, 0.0)))
    fall = put("Sold", where(is_level, 0.0, where(is_rise, 0.0, above)))
    fall_below = put("Sold, below zero", where(is_level, 0.0, where(is_rise, 0.0, below)))
    target = put("Target", where(place > 0, net.goal, 0.0))
    return Falls(name, base, level, rise, rise_below, fall, fall_below, target)


def liq_map(sheet: Sheet, positions: PositionColumns, settings: Settings, size: Size, ranked: Ranked) -> LiqMap:
    """The open positions, spread over the width of the picture; a bar ends at some times the highest line, however far it would go."""
    table = Columns(sheet, positions.count, row=WORKING_ROW + 1, column=MAP_COLUMN)
    place = table.numbered("Place", "number")
    is_open = 1.0 * (ranked.opened > 0)
    shown = spread(table, place, total(is_open), "Open position shown")
    row = table.computed("Its row", "number", where(shown > 0, position(shown, ranked.opened), 0.0), "number")
    label = words(_short(ranked, row), where(row > 0, where(picked(ranked.distance, row) == 0, GONE, ""), ""))
    label = table.computed("Label", "text", label, "text", width=NAME_WIDTH)
    move = where(row > 0, where(picked(size.qty, row) > 0, settings.fall, settings.rally), settings.rally)
    furthest = FURTHEST * larger(larger(settings.rally, settings.fall), settings.amber_distance)

    def put(title: str, distance: Cell) -> Cell:
        found = where(row > 0, picked(distance, row), 0.0)
        return table.computed(title, "fraction", where(found == NONE, furthest, smaller(found, furthest)), "share")

    now, later = put("Move survived at once", ranked.distance), put("After adverse funding", ranked.later)
    levels = (
        table.computed(title, "fraction", where(place > 0, level, 0.0), "share")
        for title, level in (
            ("Move to survive", move),
            ("Amber", settings.amber_distance),
            ("Red", settings.red_distance),
        )
    )
    return LiqMap(label, now, later, *levels)


def carry_path(
    sheet: Sheet,
    settings: Settings,
    positions: PositionColumns,
    links: Links,
    size: Size,
    margins: Margins,
    carry: Carry,
) -> CarryPath:
    """The carry of the whole plan if it is closed on each of some days, by the terms of each position."""
    each = Columns(sheet, positions.count, row=WORKING_ROW + 1, column=PATH_COLUMN)
    qty, horizon = abs(size.qty), settings.horizon_days
    days = where(horizon > 0, horizon, 1.0)
    funding = (carry.expected - carry.basis - carry.fees) / days
    funding = each.computed("Funding a day, expected", "USD", funding, "usd2")
    adverse = each.computed("Funding a day, adverse", "USD", -margins.adverse * links.price / days, "usd2")
    fees = each.computed("Fees, open and close", "USD", -(abs(size.trade) + qty) * links.taker, "usd")
    roll = each.computed("Fees of a roll", "USD", qty * (links.settlement_fee + links.taker), "usd")
    is_known = both(positions.kind == DATED, positions.days < NONE)
    dated = each.computed("Expiry is known", "1 or 0", 1.0 * is_known, "number")
    expiry = each.computed("Days to it, 1 if none", "days", where(is_known, positions.days, 1.0), "days")
    table = Columns(sheet, POINTS, row=WORKING_ROW + 1, column=each.column + 1)
    number = table.numbered("Point", "number")
    step = horizon / (at(number, POINTS - 1) - 1.0)
    day = table.computed("Day", "days", step * (number - 1.0), "days")
    held_to, spot, price, signed = (each_of(cell) for cell in (expiry, positions.spot, links.price, size.qty))
    left = (1.0 - day / held_to) * (day < held_to)
    shrunk = signed * (1.0 / price - 1.0 / (spot + (price - spot) * left)) * spot
    rolled = signed * settings.roll_premium * (day - held_to) * (day > held_to) / DAYS_A_YEAR
    basis = table.computed("Basis", "USD", sum_of(each_of(dated) * (shrunk - rolled)), "usd")
    rolls = sum_of(each_of(roll) * each_of(dated) * (held_to < day))
    paid = table.computed("Fees", "USD", total(fees) - rolls, "usd")
    expected = table.computed("Expected", "USD", total(funding) * day + basis + paid, "usd")
    worst = table.computed("Adverse", "USD", total(adverse) * day + basis + paid, "usd")
    before = table.computed(
        "Expected the point before", "USD", where(number > 1, picked(expected, number - 1), expected), "usd"
    )
    crossed = day - step * expected / (expected - before)
    crossed = where(both(before < 0, expected >= 0), crossed, NONE)
    crossed = table.computed("Breaks even", "day or none", crossed, "days")
    row = table.end + 1
    sheet.text(row, table.column - 2, "Even on day", "label")
    even = sheet.computed(row, table.column - 1, lowest_number(crossed), Style("calc", "days"))
    ends = Columns(sheet, 2, row=table.end + 3, column=each.column + 1)
    end = ends.numbered("End of the line", "number")
    is_even = even != NONE
    mark_day = ends.computed("Day", "days", where(is_even, even, 0.0), "days")
    low, high = smaller(lowest(worst), 0.0), larger(highest(expected), 0.0)
    mark = ends.computed("USD", "USD", where(is_even, where(end == 1.0, low, high), 0.0), "usd")
    return CarryPath(day, expected, worst, mark_day, mark, even)


def stress_bars(sheet: Sheet, stress: Stress) -> Bars:
    """The scenarios in use, spread over the width of the picture."""
    each = Columns(sheet, stress.scenario.node.rows, row=WORKING_ROW + 1, column=STRESS_COLUMN)
    number = each.numbered("Row of Stress", "number")
    named = each.computed("Named", "1 or 0", 1.0 * (stress.scenario != ""), "number")
    rank = each.computed("Scenario", "number", rank_of(named, number), "number")
    rows = min(MOST_SCENARIOS, each.rows)
    table = Columns(sheet, rows, row=WORKING_ROW + 1, column=each.column + 1)
    place = table.numbered("Place", "number")
    order = spread(table, place, smaller(total(named), at(place, rows - 1)), "Scenario shown")
    shown = table.computed("Its row", "number", where(order > 0, position(order, rank), 0.0), "number")
    gone = table.computed("Liquidated", "number", _of(shown, stress.results.liquidated, 0.0), "number")
    name = where(shown > 0, picked(stress.scenario, shown), "")
    sheet.text(each.end + 1, STRESS_COLUMN, "Of a name")
    short = sheet.typed(each.end + 1, STRESS_COLUMN + 1, float(SHORT), Style("label", "number"))
    label = name.traced(f'LEFT({{0}},{{2}})&IF({{1}}>0," {GONE}","")', _shortened, (name, gone, short))
    label = table.computed("Label", "text", label, "text", width=NAME_WIDTH)
    hedged = table.computed("Hedged", "USD", _of(shown, stress.results.change, 0.0), "usd")
    alone = stress.panel.assets.unhedged
    unhedged = _of(shown, stress.results.unhedged, alone) - alone
    return Bars(label, hedged, table.computed("Unhedged", "USD", unhedged, "usd"))


def _of(shown: Cell, column: Cell, otherwise) -> Cell:
    """What a column has for the scenario that is shown; a row without a name has no number."""
    found = picked(column, where(shown > 0, shown, 1.0))
    return where(shown > 0, where(given(found), found, otherwise), otherwise)


def _shortened(names: np.ndarray, counts: np.ndarray, most: np.ndarray) -> np.ndarray:
    def label(name: str, count: float, length: float) -> str:
        return name[: int(length)] + (f" {GONE}" if count > 0 else "")

    return np.frompyfunc(label, 3, 1)(names, counts, most)
