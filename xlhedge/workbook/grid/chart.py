"""Charts as they are declared: what is drawn from which cells of a sheet, and with which look.

A line is told apart from the others by its dash and its marker, a bar by its lightness or its hatching, so that a chart
survives being printed in grey.
"""

from typing import NamedTuple

from ...nodes import Ref, letters
from .cells import LayoutError
from .theme import AMBER_TEXT, GREEN_TEXT, GREY, INK, NAVY, RED_TEXT

ROW_HEIGHT = 0.529
"""Centimetres of a row of 15 points."""

KINDS = ("scatter", "bars", "stacked")
"""Lines over true numbers; bars beside each other; bars on one another."""


INVISIBLE = "base"
"""The look of bars that are not seen."""


class Line(NamedTuple):
    """How a line is drawn: its colour, its dash, the marker of its points, its width [points]."""

    color: str
    dash: str
    marker: str = "none"
    width: float = 2.25


class Bar(NamedTuple):
    """How a bar is filled: its colour ("" for an invisible one that others stand on), and its pattern if it has one."""

    color: str
    pattern: str = ""


LINES = {
    # What a chart is about: first what it is compared with, then itself, then others.
    "plain": Line(GREY, "dash", "circle"),
    "main": Line(NAVY, "solid", "square"),
    "second": Line("B45309", "sysDash", "triangle"),
    "third": Line("0F766E", "lgDashDot", "diamond"),
    # Some of these without markers, for lines of many points.
    "plain path": Line(GREY, "dash"),
    "main path": Line(NAVY, "solid"),
    "second path": Line("B45309", "sysDash"),
    # Lines that mark a place or a level.
    "now": Line(INK, "sysDot", width=1.5),
    "target": Line(GREEN_TEXT, "lgDash", width=1.75),
    "rally": Line(NAVY, "lgDashDotDot", width=1.75),
    "amber": Line(AMBER_TEXT, "dashDot", width=1.75),
    "red": Line(RED_TEXT, "sysDashDotDot", width=1.75),
}
"""The looks of lines."""

BARS = {
    "pale": Bar("D5DAE0"),
    "middle": Bar("8FA3BC"),
    "hatched": Bar("B45309", "wdUpDiag"),
    "dark": Bar(NAVY),
    "rise": Bar("B9D7C3"),
    "fall": Bar("B45309"),
    INVISIBLE: Bar(""),
}
"""The looks of bars; the next bars of a stack stand on the invisible one."""


class Axis(NamedTuple):
    """The numbers of an axis: their format, the unit that this adds to its title, and where it begins if that is fixed.

    Numbers below zero are in the first section of a format, with others: Calc shows a minus sign in no other section, and
    Excel in none that only they are in.
    """

    format: str
    unit: str = ""
    least: float | None = None


AXES = {
    "usd": Axis('[<1000000]#,##0;#,##0.0##,,"M"', "M = million"),
    "move": Axis("0%", least=-1.0),
    "share": Axis("[<0.05]0.0%;0%"),
    "number": Axis("#,##0"),
    "text": Axis("General"),
}
"""The axes by what they show; no price falls by more than 100 %."""


class Series(NamedTuple):
    """A line, the bars of one kind, or a line that marks a level: its name, its cells along the axis, its values, its look.

    `x` and `y` are as many cells each, down a column or along a row. A look of `BARS` makes bars, one of `LINES` a line; among
    bars a line goes over the middles of the bars. `label` is a cell with the name, where that depends on other cells. Of
    series of one look only the first is in the legend, and an invisible one is not.
    """

    name: str
    x: Ref
    y: Ref
    look: str
    label: Ref | None = None


class Chart(NamedTuple):
    """A chart: its kind (one of `KINDS`), its titles, what it draws, the cell of its upper left corner, its size [cm].

    `x_axis` and `y_axis` are words of `AXES`. All cells are on the chart's own sheet, so that a copy of that takes its chart
    along; they may be folded away.
    """

    kind: str
    title: str
    x_title: str
    y_title: str
    series: tuple[Series, ...]
    row: int
    column: int
    x_axis: str = "move"
    y_axis: str = "usd"
    width: float = 22.0
    height: float = 8.5

    @property
    def anchor(self) -> str:
        """The address of the cell that its upper left corner is in."""
        return f"{letters(self.column)}{self.row}"

    @property
    def rows(self) -> int:
        """How many rows it covers."""
        return int(self.height / ROW_HEIGHT) + 1

    def checked(self, sheet: str) -> "Chart":
        """The chart itself, or LayoutError where a word of it is unknown or cells are elsewhere than on this sheet."""
        words = [("kind", self.kind, KINDS), ("axis", self.x_axis, AXES), ("axis", self.y_axis, AXES)]
        looks = LINES if self.kind == "scatter" else {**BARS, **LINES}
        words += [("look", series.look, looks) for series in self.series]
        for what, word, known in words:
            if word not in known:
                raise LayoutError(f"{sheet}: {word!r} is no {what} of the chart {self.title!r}")
        for series in self.series:
            refs = [ref for ref in (series.x, series.y, series.label) if ref is not None]
            if away := {ref.sheet for ref in refs} - {sheet}:
                raise LayoutError(f"{sheet}: the chart {self.title!r} shows cells of the sheet {away.pop()}")
            if _size(series.x) != _size(series.y):
                raise LayoutError(
                    f"{sheet}: {series.name!r} of the chart {self.title!r} has {_size(series.x)} places and {_size(series.y)} values"
                )
        return self


def _size(ref: Ref) -> int:
    return max(ref.rows, 1) * max(ref.columns, 1)
