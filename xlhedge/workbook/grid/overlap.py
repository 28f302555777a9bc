"""A sheet on which two things stand in one place is a mistake of ours, told by the names of both."""

from collections.abc import Iterator

from ...nodes import letters
from .cells import Block, LayoutError
from .chart import Chart
from .sheet import COLUMN_WIDTH, USUAL_WIDTH, Sheet


def check_overlaps(sheet: Sheet) -> None:
    """Raise LayoutError where two blocks, a chart and a block, two charts or two table objects overlap."""
    owner: dict[tuple[int, int], Block] = {}
    for block in sheet.blocks:
        rows, columns = block.shape
        for place in ((block.row + i, block.column + j) for i in range(rows) for j in range(columns)):
            if place in owner:
                raise LayoutError(f"{sheet.name}: {_told(owner[place])} and {_told(block)} overlap")
            owner[place] = block
    taken: dict[tuple[int, int], Chart] = {}
    for chart in sheet.charts:
        for place in _places(sheet, chart):
            if place in owner or place in taken:
                other = _told(owner[place]) if place in owner else f"the chart {taken[place].title!r}"
                raise LayoutError(f"{sheet.name}: {other} and the chart {chart.title!r} overlap")
            taken[place] = chart
    for i, table in enumerate(sheet.tables):
        for other in sheet.tables[:i]:
            if table.overlaps(other):
                raise LayoutError(f"{sheet.name}: the tables {other.name} and {table.name} overlap")


def _places(sheet: Sheet, chart: Chart) -> Iterator[tuple[int, int]]:
    """The cells that a chart covers."""
    column, left = chart.column, chart.width
    while left > 0:
        yield from ((row, column) for row in range(chart.row, chart.row + chart.rows))
        width = max(22, sheet.widths.get(1, 0)) if column == 1 else sheet.widths.get(column, USUAL_WIDTH)
        left -= width * COLUMN_WIDTH
        column += 1


def _told(block: Block) -> str:
    """A block by what it is: its text, the name of what is typed, or its formula."""
    if block.node is None and not block.typed and block.values.size == 1:
        what = f"the text {str(block.values.flat[0])[:40]!r}"
    elif block.node is None:
        what = f"the typed cells {block.typed!r}" if block.typed else "the fixed cells"
    else:
        what = f"the formula {block.formula('addin', '', 0, 0)[:40]}"
    return f"{what} in {letters(block.column)}{block.row} ({block.area})"
