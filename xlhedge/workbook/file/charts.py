"""Charts of a finished workbook: the values that they show are in the file too, and each says in words what it shows.

A viewer that does not calculate draws from these values; without them its preview is blank.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from ...ooxml.area import Area
from ..grid.numbers import number_text
from ..grid.chart import INVISIBLE, Chart
from ..grid.sheet import Sheet
from .part import Slot

_REFERENCE = re.compile(r"<(num|str)Ref>(<f>[^<]*!([^<]*)</f>)</\1Ref>")
_NAME = re.compile(rb'(<cNvPr id="\d+" name="[^"]*")')


def described(data: bytes, charts: Iterator[Chart]) -> bytes:
    """A drawing whose charts, the next ones in their order, have alternative texts."""
    return _NAME.sub(lambda found: found[1] + b" descr=" + quoteattr(_words(next(charts))).encode(), data)


def _words(chart: Chart) -> str:
    """What a chart shows, for those who do not see it."""
    names = dict.fromkeys(series.name for series in chart.series if series.look != INVISIBLE)
    return f"{chart.title}. Shown: {', '.join(names)} [{chart.y_title}] along {chart.x_title or 'the bars'}."


def cut_chart(data: bytes, sheet: Sheet) -> tuple[list[bytes], list[Slot]]:
    """Cut a chart of a sheet open at the values of its ranges, which openpyxl leaves out."""
    places = {
        (block.row + i, block.column + j): Slot(number, i, j, None)
        for number, block in enumerate(sheet.blocks)
        for i in range(block.shape[0])
        for j in range(block.shape[1])
    }
    pieces, slots, before, at = [], [], "", 0
    text = data.decode()
    for found in _REFERENCE.finditer(text):
        area = Area.parse(found[3])
        cells = [
            (row, column) for row in range(area.top, area.bottom + 1) for column in range(area.left, area.right + 1)
        ]
        is_text = any(sheet.blocks[places[cell].block].style.format == "text" for cell in cells if cell in places)
        kind, format = ("str", "") if is_text else ("num", "<formatCode>General</formatCode>")
        before += text[at : found.start()] + f'<{kind}Ref>{found[2]}<{kind}Cache>{format}<ptCount val="{len(cells)}" />'
        for number, cell in enumerate(cells):
            if cell in places:
                pieces.append(before.encode())
                slots.append(places[cell]._replace(point=number))
                before = ""
        before += f"</{kind}Cache></{kind}Ref>"
        at = found.end()
    return [*pieces, (before + text[at:]).encode()], slots


def point(number: int, value) -> bytes:
    """A point of a series, none where it has no value."""
    if value is None or value == "" or isinstance(value, float) and not abs(value) < float("inf"):
        return b""
    before, after = around_point(number)
    return before + (escape(value).encode() if isinstance(value, str) else number_text(value)) + after


def around_point(number: int) -> tuple[bytes, bytes]:
    """What stands before and after the value of a point."""
    return b'<pt idx="%d"><v>' % number, b"</v></pt>"
