"""Charts as openpyxl draws them: lines over true numbers, bars beside or on one another, and lines over bars."""

from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.fill import ColorChoice, PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.drawing.text import Font as Typeface

from ...nodes import Context, Ref, quoted
from ..grid.chart import AXES, BARS, INVISIBLE, LINES, Bar, Chart, Line
from ..grid.theme import BORDER, FONT, INK, NAVY

POINT = 12_700
"""The units of a drawing in a point."""


def drawn(chart: Chart) -> ScatterChart | BarChart:
    """A chart as it is written into the drawing of its sheet."""
    is_scatter = chart.kind == "scatter"
    made = _scatter(chart) if is_scatter else _bars(chart)
    made.height, made.width, made.roundedCorners = chart.height, chart.width, False
    made.visible_cells_only = False  # rows that are folded away are drawn too
    _titles(made, chart)
    for axis, word in ((made.x_axis, chart.x_axis), (made.y_axis, chart.y_axis)):
        axis.number_format, axis.delete, axis.tickLblPos = AXES[word].format, False, "low"
        axis.scaling.min = AXES[word].least
        axis.txPr = _text(9)
        axis.spPr = GraphicalProperties(ln=LineProperties(solidFill=INK, w=POINT // 2))  # as a bar of no height
    made.y_axis.crosses = "min"
    _legend(made, chart)
    return made


def _scatter(chart: Chart) -> ScatterChart:
    made = ScatterChart(scatterStyle="lineMarker", varyColors=False)
    for series in chart.series:
        made.series.append(_line(series, Series(_reference(series.y), _reference(series.x)), LINES[series.look]))
    return made


def _bars(chart: Chart) -> BarChart:
    """Bars of categories, and lines over their middles."""
    made = BarChart(varyColors=False)
    made.type, made.gapWidth = "col", 40
    made.grouping, made.overlap = ("stacked", 100) if chart.kind == "stacked" else ("clustered", 0)
    made.x_axis.tickLblSkip, made.x_axis.noMultiLvlLbl = 1, True
    lines = LineChart(varyColors=False)
    for series in chart.series:
        plain = Series(_reference(series.y))
        if series.look in BARS:
            made.series.append(_bar(series, plain, BARS[series.look]))
        else:
            lines.series.append(_line(series, plain, LINES[series.look]))
    for part in (made, lines):
        part.set_categories(_reference(chart.series[0].x))
    if lines.series:
        made += lines
    return made


def _reference(ref: Ref) -> Reference:
    return Reference(range_string=_place(ref))


def _place(ref: Ref) -> str:
    """Cells as a chart names them, with their sheet."""
    return f"{quoted(ref.sheet)}!{ref.render(Context(sheet=ref.sheet))[0]}"


def _line(series, made: Series, look: Line) -> Series:
    """A series as a line with its dash and its markers."""
    _name(series, made)
    line = made.graphicalProperties.line
    line.solidFill, line.dashStyle, line.width = look.color, look.dash, int(look.width * POINT)
    made.marker.symbol, made.smooth = look.marker, False
    if look.marker != "none":
        made.marker.size = 5
        made.marker.graphicalProperties = GraphicalProperties(solidFill=look.color)
        made.marker.graphicalProperties.line.solidFill = look.color
    return made


def _bar(series, made: Series, look: Bar) -> Series:
    """A series as bars that keep their fill where they are negative."""
    _name(series, made)
    made.invertIfNegative = False
    if not look.color:
        made.graphicalProperties = GraphicalProperties(noFill=True)
        made.graphicalProperties.line.noFill = True
        return made
    made.graphicalProperties = GraphicalProperties(solidFill=None if look.pattern else look.color)
    if look.pattern:
        made.graphicalProperties.pattFill = PatternFillProperties(
            prst=look.pattern, fgClr=ColorChoice(srgbClr=look.color), bgClr=ColorChoice(srgbClr="FFFFFF")
        )
    made.graphicalProperties.line.solidFill, made.graphicalProperties.line.width = INK, POINT // 2
    return made


def _name(series, made: Series) -> None:
    """The name of a series, from a cell where it depends on others."""
    if series.label is None:
        made.tx = SeriesLabel(v=series.name)
    else:
        made.tx = SeriesLabel(strRef=StrRef(f=_place(series.label)))


def _titles(made, chart: Chart) -> None:
    """The titles of a chart and of its axes, and grid lines that stay behind the figures."""
    for owner, text, size in (
        (made, chart.title, 12),
        (made.x_axis, _with_unit(chart.x_title, chart.x_axis), 9),
        (made.y_axis, _with_unit(chart.y_title, chart.y_axis), 9),
    ):
        if not text:
            continue
        look = _letters(size, NAVY, bold=True)
        words = Paragraph(pPr=ParagraphProperties(defRPr=look), r=[RegularTextRun(rPr=look, t=text)])
        owner.title = Title(tx=Text(rich=RichText(p=[words])), overlay=False)
    for lines in filter(None, (made.x_axis.majorGridlines, made.y_axis.majorGridlines)):
        lines.spPr = GraphicalProperties(ln=LineProperties(solidFill=BORDER))


def _letters(size: int, color: str, *, bold: bool = False) -> CharacterProperties:
    return CharacterProperties(sz=100 * size, b=bold, solidFill=color, latin=Typeface(typeface=FONT))


def _text(size: int) -> RichText:
    """The look of labels of which the program writes the text."""
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=_letters(size, INK)), endParaRPr=_letters(size, INK))])


def _with_unit(title: str, axis: str) -> str:
    unit = AXES[axis].unit
    return f"{title} ({unit})" if unit else title


def _legend(made, chart: Chart) -> None:
    """A legend below with one entry for each look that is seen; none where there is but one."""
    drawn = (
        sorted(chart.series, key=lambda series: series.look not in BARS) if chart.kind != "scatter" else chart.series
    )
    looks = [series.look for series in drawn]
    hidden = [i for i, look in enumerate(looks) if look == INVISIBLE or look in looks[:i]]
    if len(looks) - len(hidden) == 1:
        made.legend = None
        return
    made.legend.position, made.legend.txPr = "b", _text(9)
    made.legend.legendEntry = [LegendEntry(idx=i, delete=True) for i in hidden]
