"""What the button New scenario set does to an open workbook: which sheet is copied, how the copy is called, what is blanked on it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xlhedge.nodes import letters
from xlhedge.rows import Row
from xlhedge.workbook.grid.typed import FilledSheet
from xlhedge.workbook.model import legal_sheet_name
from xlhedge.workbook.sheets.scenario_set import BLANK_SET
from xlhedge.workbook.sheets.stress import STRESS, is_set, typed_columns
from xlhedge.workbook.sheets.stress_rows import TABLE

Page = Sequence[Sequence[object]]
"""The values of a sheet, in rows from A1 on."""


class NewSet(NamedTuple):
    """The sheet that is copied, the name of its copy, and the areas of the copy that are blanked; or why nothing is: `told`."""

    source: str = ""
    name: str = ""
    blanked: tuple[str, ...] = ()
    told: str = ""


def new_set(names: Sequence[str], pages: Mapping[str, Page]) -> NewSet:
    """How a workbook gets a further blank set, by the names of all its sheets and the values of those that may be sets."""
    filled = {name: FilledSheet(name, _rows(page)) for name, page in pages.items()}
    sets = {name: _typed_areas(sheet, len(pages[name])) for name, sheet in filled.items() if is_set(sheet)}
    if not sets:
        return NewSet(told="Nothing was changed: this workbook has no sheet of scenarios that could be copied.")
    source = min(sets, key=lambda name: (bool(sets[name]), name == STRESS.name))
    return NewSet(source, legal_sheet_name(BLANK_SET, names), sets[source])


def _rows(page: Page) -> list[Row]:
    return [Row(number, [None if cell == "" else cell for cell in cells]) for number, cells in enumerate(page, 1)]


def _typed_areas(sheet: FilledSheet, last: int) -> tuple[str, ...]:
    """The areas of what is typed on a set, none where it is blank."""
    first, columns = TABLE.first_row(sheet), typed_columns(sheet)
    if all(sheet.at(row, column) is None for row in range(first, last + 1) for column in columns):
        return ()
    return tuple(f"{letters(column)}{first}:{letters(column)}{last}" for column in columns)
