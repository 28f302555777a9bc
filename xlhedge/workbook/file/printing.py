"""How a sheet is printed: A4 across, its sections in whole pieces, without working and without tables in which nothing stands.

A sheet has a print area of rectangles. Each begins a page of its own, so that neighbours lie in one wherever they can.
Its pages, its scale and its breaks follow from the layout; how far down a rectangle goes also from what stands in it.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from openpyxl.worksheet.pagebreak import Break

from ...nodes import letters, quoted
from ..grid.cells import Block
from ..grid.chart import ROW_HEIGHT
from ..grid.sheet import COLUMN_WIDTH, MOST_ROWS, USUAL_WIDTH, Sheet

PAGE_WIDTH, PAGE_HEIGHT = 27.7, 17.6
"""Centimetres of an A4 page across within its margins, a little less than there is."""
MARGINS = {"left": 0.35, "right": 0.35, "top": 0.45, "bottom": 0.65, "header": 0.2, "footer": 0.3}
"""Inches."""
SMALLEST, LARGEST = 0.35, 0.9
"""A table that would have to be smaller goes on to the right on a further page."""
SHRUNK, LEGIBLE = 0.6, 0.5
"""A sheet is made smaller by so much at most, and no smaller than this, where that saves a page."""
CHARACTER, LINE = 0.2, 0.45
"""Centimetres of a character and of a line of a text, at its full size."""
HEAD_ROWS, LEVELS_ROW = 2, 3
"""Rows with the title, the flag and the purpose, which are repeated on every page."""
HEADINGS = ("header", "unit", "section", "title", "purpose", "failing", "note")
"""Roles of what alone is not worth a page, as are the alarm levels above a sheet."""
FAILING = 45
"""Characters of the name of the first check that fails, beside the flag."""
OVERFLOWING = ("label", "note", "section", "failing")
"""Roles of texts that run on over the cells to their right."""


class Band(NamedTuple):
    """Rows of a sheet that belong together: a section with its table and charts, up to the last column that is printed."""

    top: int
    bottom: int
    right: int


class Rectangle(NamedTuple):
    """Bands that lie on one another without a gap, and need as many pages side by side."""

    bands: tuple[Band, ...]
    pages: int

    @property
    def right(self) -> int:
        """Its last column."""
        return max(band.right for band in self.bands)

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies in it."""
        return self.bands[0].top <= row <= self.bands[-1].bottom and column <= self.right


def set_up(page, sheet: Sheet) -> None:
    """Set up a page of openpyxl: paper, scale, breaks, heads and footers, and the print area of the first portfolio."""
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
    page.print_title_rows = f"1:{HEAD_ROWS}"
    page.oddFooter.left.text, page.oddFooter.right.text = "xlhedge", "&A, page &P of &N"
    scale, breaks = sheet.scale, sheet.breaks
    if sheet.is_printed:
        for side, inches in MARGINS.items():
            setattr(page.page_margins, side, inches)
        found = _rectangles(sheet)
        scale = _scale(sheet, found)
        breaks = [row for each in found for row in _breaks(sheet, each, scale)]
        scale = int(100 * scale)
        if any(each.pages > 1 for each in found):
            page.print_title_cols = "A:A"
        page.print_area = "A1"  # each portfolio has its own
    is_fitted = not sheet.is_printed and not breaks
    page.sheet_properties.pageSetUpPr.fitToPage = is_fitted
    if is_fitted:  # Excel passes over breaks where it makes a sheet fit its pages
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    else:
        page.page_setup.scale = scale
    for row in breaks:
        page.row_breaks.append(Break(id=row - 1))


class Piece(NamedTuple):
    """A band as its end is found: the row that it reaches in any case, and the blocks, by number, that tell how far it is filled.

    Where there are such blocks and all are blank, nothing of it is printed, unless it has a chart.
    """

    top: int
    reached: int
    keys: tuple[int, ...]
    has_chart: bool


class Printed(NamedTuple):
    """What is printed of a sheet, by its number: for each rectangle its last column and its bands."""

    sheet: int
    rectangles: tuple[tuple[str, tuple[Piece, ...]], ...]


def printed(sheet: Sheet, number: int) -> Printed:
    """What is printed of a sheet, the same for all portfolios of a shape."""
    workings = _workings(sheet)
    return Printed(
        number,
        tuple(
            (letters(each.right), tuple(_piece(sheet, band, workings) for band in each.bands))
            for each in _rectangles(sheet)
        ),
    )


def print_area(sheet: Sheet, plan: Printed, portfolio: int) -> str:
    """The print area of a portfolio's sheet, as the name that stands for it says it; "" where nothing is to be printed."""
    if not sheet.is_used(portfolio):
        return ""
    found = []
    for right, pieces in plan.rectangles:
        run: list[tuple[int, int]] = []  # the first and the last row of bands that lie on one another
        for piece in pieces:
            end = _end(sheet, piece, portfolio)
            if end and run:
                run[-1] = run[-1][0], end
            elif end:
                run.append((piece.top, end))
            elif run:
                found, run = [*found, (right, *run[0])], []
        found += [(right, *rows) for rows in run]
    return ",".join(f"{quoted(sheet.name)}!$A${top}:${right}${end}" for right, top, end in found)


def _piece(sheet: Sheet, band: Band, workings: list[tuple[int, int, int]]) -> Piece:
    inside = [
        (number, block) for number, block in enumerate(sheet.blocks)
        if band.top <= block.row <= band.bottom and block.column <= band.right and not _is_working(workings, block)
    ]  # fmt: skip
    tall = [(number, block) for number, block in inside if block.shape[0] > 2 and block.style.role != "unit"]
    keys = [number for number, block in tall if block.column == 1] or [number for number, block in tall if block.typed]
    rows = [
        block.row + block.shape[0] - 1 for _, block in inside
        if block.shape[0] <= 2 and block.style.role not in HEADINGS and block.row > LEVELS_ROW
    ]  # fmt: skip
    charts = [chart.row + chart.rows for chart in sheet.charts if band.top <= chart.row <= band.bottom]
    return Piece(band.top, max(rows + charts, default=0), tuple(keys), bool(charts))


def _end(sheet: Sheet, piece: Piece, portfolio: int) -> int:
    """The last row of a band in which something stands; 0 where nothing but headings does."""
    ends = [_filled_to(sheet, number, portfolio) for number in piece.keys]
    return max((piece.reached, *ends)) if any(ends) or piece.has_chart or not ends else 0


def _filled_to(sheet: Sheet, number: int, portfolio: int) -> int:
    """The last row of a block in which something is seen; 0 where nothing is. It is found for all portfolios at once."""
    if number not in sheet.ends:
        block = sheet.blocks[number]
        is_filled = block.is_filled if block.values.dtype.kind in "bf" else block.is_filled & (block.values != "")
        if block.shown is not None:
            is_filled = is_filled & block.shown.astype(bool)
        in_rows = is_filled.any(axis=1)
        ends = block.row + len(in_rows) - 1 - in_rows[::-1].argmax(axis=0)
        sheet.ends[number] = [int(end) for end in np.where(in_rows.any(axis=0), ends, 0)]
    ends = sheet.ends[number]
    return ends[min(portfolio, len(ends) - 1)]


def _rectangles(sheet: Sheet) -> list[Rectangle]:
    found: list[Rectangle] = []
    for band in _bands(sheet):
        pages = math.ceil(_width(sheet, band.right) * SMALLEST / PAGE_WIDTH)
        together = found and found[-1].pages == pages and found[-1].bands[-1].bottom + 1 == band.top
        if together and not _has_working(sheet, found[-1].bands[0].top, band.bottom, max(found[-1].right, band.right)):
            found[-1] = Rectangle((*found[-1].bands, band), pages)
        else:
            found.append(Rectangle((band,), pages))
    return [_with_head(sheet, each) for each in found]


def _with_head(sheet: Sheet, rectangle: Rectangle) -> Rectangle:
    """A rectangle as wide as the head above it, unless working would come into it."""
    right = _column_at(sheet, sheet.flag_column + 1, CHARACTER * FAILING)
    first, *others = rectangle.bands
    wider = rectangle._replace(bands=(first._replace(right=max(first.right, right)), *others))
    is_free = not any(wider.holds(row, column) for row, column, _ in sheet.workings)
    return wider if is_free else rectangle


def _bands(sheet: Sheet) -> list[Band]:
    """The sections of a sheet that are printed; what stands above the first belongs to it."""
    workings = _workings(sheet)
    blocks = [block for block in sheet.blocks if block.row > HEAD_ROWS and not _is_working(workings, block)]
    starts = {block.row for block in blocks if block.style.role == "section" and block.column == 1}
    widest = max(map(_right, blocks), default=0)
    for row, column, last in sheet.workings:
        if column == 1 or column <= widest:
            starts |= {row, last + 1} - {1}
    edges = [1, *sorted(starts)[1:], max(_bottom(sheet), 1) + 1]
    found = []
    for top, after in zip(edges, edges[1:]):
        inside = [block for block in blocks if top <= block.row < after]
        charts = [chart for chart in sheet.charts if top <= chart.row < after]
        if inside or charts:
            ends = [*map(_right, inside), *(_overflow(sheet, block) for block in inside)]
            ends += [_column_at(sheet, chart.column, chart.width) for chart in charts]
            found.append(Band(top, after - 1, max(ends)))
    return found


def _workings(sheet: Sheet) -> list[tuple[int, int, int]]:
    """Where working begins, by row and column, and its last row."""
    return [(row, column, last or _last_of_section(sheet, row, column)) for row, column, last in sheet.workings]


def _is_working(workings: list[tuple[int, int, int]], block: Block) -> bool:
    return any(row <= block.row <= last and block.column >= column for row, column, last in workings)


def _has_working(sheet: Sheet, top: int, bottom: int, right: int) -> bool:
    return any(top <= row <= bottom and column <= right for row, column, _ in sheet.workings)


def _last_of_section(sheet: Sheet, row: int, column: int) -> int:
    """The row above the next section, which ends what begins in a cell."""
    below = (b.row for b in sheet.blocks if b.style.role == "section" and b.row > row and b.column <= column)
    return min(below, default=MOST_ROWS + 1) - 1


def _bottom(sheet: Sheet) -> int:
    return max([*(b.row + b.shape[0] - 1 for b in sheet.blocks), *(c.row + c.rows - 1 for c in sheet.charts)])


def _right(block: Block) -> int:
    return block.column + block.shape[1] - 1


def _width(sheet: Sheet, right: int) -> float:
    """Centimetres of the columns up to one."""
    return COLUMN_WIDTH * sum(_characters(sheet, column) for column in range(1, right + 1))


def _characters(sheet: Sheet, column: int) -> float:
    width = sheet.widths.get(column, USUAL_WIDTH)
    return max(22, width if 1 in sheet.widths else 0) if column == 1 else width


def _column_at(sheet: Sheet, column: int, width: float) -> int:
    """The column in which something ends that is so wide [cm] and begins in another."""
    while (width := width - COLUMN_WIDTH * _characters(sheet, column)) > 0:
        column += 1
    return column


def _overflow(sheet: Sheet, block: Block) -> int:
    """The last column over which a text runs on."""
    if block.style.role not in OVERFLOWING or block.node is not None or block.is_own:
        return block.column
    longest = max(len(str(value)) for value in block.values.flat)
    return _column_at(sheet, block.column, CHARACTER * 0.85 * longest)


def _scale(sheet: Sheet, rectangles: list[Rectangle]) -> float:
    """How large the sheet is printed, so that the widest rectangle fits as many pages as it has."""
    first = _width(sheet, 1)
    needed = [(_width(sheet, each.right) + (each.pages - 1) * first) / each.pages for each in rectangles]
    wide = max((0.0, *(1.08 * width for width, each in zip(needed, rectangles) if each.pages > 1)))
    widest = min(LARGEST, PAGE_WIDTH / max(1e-9, wide, *needed))
    smaller = (widest * (1 - step / 40) for step in range(int(40 * (1 - SHRUNK)) + 1))
    return min(
        (scale for scale in smaller if scale == widest or scale >= LEGIBLE),
        key=lambda scale: (sum(_pages(sheet, each, scale) for each in rectangles), -scale),
    )


def _pages(sheet: Sheet, rectangle: Rectangle, scale: float) -> int:
    """The pages on one another that a rectangle takes."""
    room, used, pages = PAGE_HEIGHT / scale - _head(sheet), 0.0, 1
    for piece in _pieces(sheet, rectangle):
        height = sum(_height(sheet, row) for row in piece)
        if used and used + height > room:
            pages, used = pages + 1, 0.0
        pages, used = pages + int((used + height) // room), (used + height) % room
    return pages


def _head(sheet: Sheet) -> float:
    return sum(_height(sheet, row) for row in range(1, HEAD_ROWS + 1))


def _breaks(sheet: Sheet, rectangle: Rectangle, scale: float) -> Iterator[int]:
    """The rows before which a page ends: those of the sections, or of the charts, that no longer fit on it."""
    room, used = PAGE_HEIGHT / scale - _head(sheet), 0.0
    for piece in _pieces(sheet, rectangle):
        height = sum(_height(sheet, row) for row in piece)
        if used and used + height > room:
            yield piece.start
            used = 0.0
        used = (used + height) % room


def _pieces(sheet: Sheet, rectangle: Rectangle) -> Iterator[range]:
    """The rows of the bands; those that begin with a chart are pieces of their own."""
    for band in rectangle.bands:
        rows = {chart.row for chart in sheet.charts if band.top < chart.row <= band.bottom}
        edges = [band.top, *sorted(rows), band.bottom + 1]
        yield from (range(*pair) for pair in zip(edges, edges[1:]))


def _height(sheet: Sheet, row: int) -> float:
    """Centimetres of a row: headers of a few lines make it higher."""
    lines = [
        math.ceil(len(str(block.values.flat[0])) / max(1.0, 0.95 * _characters(sheet, block.column)))
        for block in sheet.blocks if block.row == row and block.style.role == "header"
    ]  # fmt: skip
    return max(ROW_HEIGHT, LINE * max(lines, default=1), 0.75 if row == 1 else 0)
