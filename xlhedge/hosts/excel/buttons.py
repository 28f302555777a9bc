"""What the buttons of the ribbon tab ask Python for, through xlwings; none of it is a worksheet function."""

import xlwings

from .new_set import new_set
from .refresh import Page, refreshed

SHEETS = ("Inputs", "Positions", "Contracts", "Tiers")
"""The sheets of which Excel hands over the values and the formulas, in this order."""
BLANK = [None] * 4


@xlwings.func
@xlwings.arg("pages", ndim=2, err_to_str=True)
def refresh_prices(*pages):
    """What the button Refresh prices says, and a row for each cell that changes: its sheet, row, column and value.

    The first row holds the message alone and the last one nothing, so that there is always a table.
    """
    given = {
        name: Page(values, formulas)
        for name, values, formulas in zip(SHEETS, pages[::2], pages[1::2])
        if any(cell is not None for row in values for cell in row)
    }
    found = refreshed(given)
    return [[found.told, *BLANK[1:]], *map(list, found.cells), BLANK]


@xlwings.func
@xlwings.arg("names", ndim=1)
@xlwings.arg("pages", ndim=2, err_to_str=True)
def new_scenario_set(names, *pages):
    """What the button New scenario set copies: the sheet and the name of its copy, then a row for each area to be blanked.

    `pages` are in turn the name and the values of each sheet that may be one of scenarios. The last row holds nothing; where
    nothing can be copied the first says why, and has no name.
    """
    given = {name: values for ((name,),), values in zip(pages[::2], pages[1::2])}
    made = new_set(names, given)
    return [[made.source or made.told, made.name], *([area, None] for area in made.blanked), [None, None]]
