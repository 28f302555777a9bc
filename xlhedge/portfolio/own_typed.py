"""What is typed on the sheets of our workbooks whose cells always stand in the same places."""

from collections.abc import Mapping

from .sheets import Sheet

SHEETS = ("Monitor", "Compare", "Replay")

Typed = Mapping[str, Mapping[tuple[int, int], object]]
"""The cells of each of these sheets by row and column."""


def own_typed(sheets: Mapping[str, Sheet]) -> Typed:
    """The cells of the sheets, formulas with their values among them: the workbook knows which are typed."""
    return {
        title: {
            (row.number, column): cell
            for row in sheets[title.lower()].rows
            for column, cell in enumerate(row.cells, 1)
            if cell is not None
        }
        for title in SHEETS
        if title.lower() in sheets
    }
