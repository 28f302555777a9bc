"""Scenario sets: sheets of scenarios of one's own, of which every workbook has a blank one to be typed into and copied.

A copy that a spreadsheet makes of such a sheet is a further set. No other sheet knows of it: its state stands on itself. Nor
has it a chart, which LibreOffice leaves with the figures of the sheet that was copied: each row has bars of text.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from ...elementary import total, where
from ...formula import Cell
from ...portfolio.scenarios import Scenario
from ...nodes import Template
from ..grid.cells import Style
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.theme import COMPLETE, TO_LOOK_AT
from ..portfolios import Portfolios, rows_of
from .frames import beneath
from .inputs import Settings
from .stress import NOTES, SPARE, STRESS, Stress, rows_wanted, scenario_rows
from .stress_rows import RESULTS, Results, Typing

BLANK_SET = "Scenario set"
"""The name of the blank one."""
BLANK_ROWS = 20
STATE_ROW = 3
PURPOSE = (
    "Scenarios of your own: type into the blue cells. A copy of this sheet, made with Move or Copy, is a further set."
)


def scenario_set(
    sheet: Sheet, portfolios: Portfolios, settings: Settings, stress: Stress, scenarios: Sequence[Scenario], number: int
) -> None:
    """A sheet of some scenarios, or of none yet, the number-th such sheet behind Stress."""
    for row, note in enumerate(NOTES, STATE_ROW + 1):
        sheet.text(row, 1, note, "note")
    spare = max(SPARE, BLANK_ROWS - len(scenarios))
    sheet.rows = rows_of(len(scenarios), spare, rows_wanted(portfolios, number))
    _state(sheet, *scenario_rows(sheet, sheet.below(2), portfolios, scenarios, stress.panel, settings))


def _state(sheet: Sheet, typing: Typing, made: Results) -> None:
    """Whether anything is typed, and whether it is to be relied on."""
    sheet.text(STATE_ROW, 1, "State of this set", "label")
    named, amiss = total(1 * (typing.scenario != "")), total(1 * (made.amiss != ""))
    outside = beneath(typing.scenario, typing.move)
    word = where(amiss + outside > 0, TO_LOOK_AT, where(named > 0, COMPLETE, "blank"))
    sheet.computed(STATE_ROW, 2, word, Style("flag", "text", "state"))
    below = _counted("cells below the last row, where no formula looks: ", outside)
    told = where(outside > 0, below, where(amiss > 0, _counted("rows to be looked at: ", amiss), ""))
    sheet.computed(STATE_ROW, 3, told, Style("note"))


def _counted(what: str, number: Cell) -> Cell:
    """What there is, and how much of it."""
    words = np.frompyfunc(lambda n: f"{what}{n:.0f}", 1, 1)(np.asarray(number.value))
    return Cell(Template(f'"{what}"&{{0}}', (number.node,)), words)


def set_record(name: str, scenarios: Sequence[Scenario], number: int) -> SheetRecord:
    """The sheet of a set under a name."""
    part = partial(scenario_set, scenarios=scenarios, number=number)
    return SheetRecord(name, PURPOSE, (part,), tables=STRESS.tables)


def is_of_scenarios(record: SheetRecord) -> bool:
    """Whether a sheet is Stress or a set."""
    return record.tables == STRESS.tables


def rows_there(formulas: Mapping[str, str]) -> int:
    """How many rows a sheet of scenarios has, told by the formulas of its last column of results."""
    return sum(address.startswith(RESULTS[-1]) and address[len(RESULTS[-1]) :].isdigit() for address in formulas)
