"""The working of the Dashboard's picture of the stress scenarios, beside that of the others."""

from typing import NamedTuple

from ...elementary import total, where
from ...formula import Cell
from ...ranges import picked, position, rank_of, shortened
from ..grid.columns import Columns
from ..grid.sheet import Sheet
from .chart_cells import spread
from .dashboard_figures import WORKING_ROW
from .stress import Stress

STRESS_COLUMN = 78
LONGEST = 22
"""Letters of a scenario's name that the picture shows."""


class StressBars(NamedTuple):
    """The value of the portfolio [USD] after each scenario: hedged where no hedge is liquidated, and where one is; unhedged; now."""

    label: Cell
    hedged: Cell
    lost: Cell
    unhedged: Cell
    now: Cell


def stress_bars(sheet: Sheet, stress: Stress) -> StressBars:
    """The scenarios that have a name, spread over the width of the picture."""
    rows, made = len(stress.name.value), stress.results
    names = Columns(sheet, rows, row=WORKING_ROW + 1, column=STRESS_COLUMN)
    number = names.numbered("Scenario", "number")
    is_named = names.computed("Has a name", "1 or 0", 1.0 * (stress.name != ""), "number")
    rank = names.computed("Shown as", "number", rank_of(is_named, number), "number")
    table = Columns(sheet, rows, row=WORKING_ROW + 1, column=names.column + 1)
    place = table.numbered("Place", "number")
    shown = spread(table, place, total(is_named), "Scenario shown")
    row = table.computed("Its row", "number", where(shown > 0, position(shown, rank), 0.0), "number")
    label = table.computed("Label", "text", where(row > 0, shortened(picked(stress.name, row), LONGEST), ""), "text")
    is_lost = where(row > 0, picked(made.liquidated, row), 0.0) > 0

    def put(title: str, cell: Cell) -> Cell:
        return table.computed(title, "USD", cell, "usd")

    value = put("Value", where(row > 0, picked(made.value, row), 0.0))
    hedged, lost = (
        put("No hedge liquidated", where(is_lost, 0.0, value)),
        put("A hedge liquidated", where(is_lost, value, 0.0)),
    )
    unhedged = put("Unhedged", where(row > 0, picked(made.unhedged, row), 0.0))
    return StressBars(label, hedged, lost, unhedged, put("Now", where(place > 0, stress.now, 0.0)))
