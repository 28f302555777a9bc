"""What is typed on the sheets of our workbooks whose cells always stand in the same places."""

import datetime
from collections.abc import Mapping

from ..ooxml.cells import SheetRows

SHEETS = ("Monitor", "Compare", "Replay")

FIRST_SURE_DAY = datetime.datetime(1900, 3, 1)
"""Spreadsheets number the days before it as if 1900 had been a leap year."""

Typed = Mapping[str, Mapping[tuple[int, int], object]]
"""The cells of each of these sheets by row and column."""


def own_typed(sheets: Mapping[str, SheetRows]) -> Typed:
    """The cells of the sheets, formulas with their values among them: the workbook knows which are typed."""
    return {
        title: {
            (row.number, column): _timed(cell)
            for row in sheets[title.lower()].rows
            for column, cell in enumerate(row.cells, 1)
            if cell is not None
        }
        for title in SHEETS
        if title.lower() in sheets
    }


def _timed(cell):
    """A cell in which every time is a datetime, as many days after a spreadsheet's day zero as the file stores."""
    if isinstance(cell, datetime.datetime) and cell >= FIRST_SURE_DAY:
        return cell
    if isinstance(cell, (datetime.date, datetime.time, datetime.timedelta)):
        from openpyxl.utils.datetime import WINDOWS_EPOCH, to_excel

        return WINDOWS_EPOCH + datetime.timedelta(days=to_excel(cell))
    return cell
