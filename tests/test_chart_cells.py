"""A chart as it is declared and written, the texts of its axes, and the cells that stand behind its lines and bars."""

from xml.etree import ElementTree

import numpy as np
import pytest
from openpyxl import Workbook
from test_charts import C, drawn

from xlhedge.formula import as_cell
from xlhedge.nodes import Ref
from xlhedge.workbook.file.writer import render
from xlhedge.workbook.grid.cells import LayoutError, Style
from xlhedge.workbook.grid.chart import AXES, INVISIBLE, Chart, Series
from xlhedge.workbook.grid.columns import Columns
from xlhedge.workbook.grid.sheet import Book
from xlhedge.workbook.sheets.chart_cells import Marks, spread


def test_a_legend_has_one_entry_for_each_look_that_is_seen():
    """Of an invisible base, a bar, the same below zero and a line the second and the first are left out of the legend."""
    x = Ref("Page", 1, 5, 3)
    looks = (("Base", INVISIBLE), ("Sold", "fall"), ("Sold", "fall"), ("Target", "target"))
    series = tuple(Series(name, x, x._replace(column=i), look) for i, (name, look) in enumerate(looks, 2))
    (root,) = page_with(Chart("stacked", "Steps", "", "USD", series, 10, 1, x_axis="text"))
    hidden = [e.find(f"{C}idx").get("val") for e in root.iter(f"{C}legendEntry")]
    assert hidden == ["0", "2"] and root.find(f".//{C}grouping").get("val") == "stacked"
    assert [len(root.find(f".//{C}{kind}").findall(f"{C}ser")) for kind in ("barChart", "lineChart")] == [3, 1]


def page_with(chart: Chart) -> list[ElementTree.Element]:
    """The chart as it is written from a sheet with a text and numbers in columns A to E of rows 5 to 7."""
    book = Book()
    sheet = book.sheet("Page", "for a test", {"x", "y"})
    for column in range(1, 6):
        sheet.typed(5, column, [1.0, 2.0, 3.0], style("usd"), name="y", rows=3)
    sheet.chart(chart)
    return drawn(render(book))["Page"]


def style(format: str):
    return Style("input", format)


def sound(**how) -> Chart:
    ref = Ref("Page", 1, 5, 3)
    made = Chart("scatter", "Value", "day", "USD", (Series("Hedged", ref, ref, "main"),), 10, 1)
    return made._replace(**how)


@pytest.mark.parametrize(
    ("chart", "told"),
    [
        (sound(kind="pie"), "Page: 'pie' is no kind of the chart 'Value'"),
        (sound(x_axis="hours"), "Page: 'hours' is no axis of the chart 'Value'"),
        (sound(series=(Series("Hedged", Ref("Page", 1, 5, 3), Ref("Page", 1, 5, 3), "dark"),)), "'dark' is no look"),
        (sound(series=(Series("Hedged", Ref("Page", 1, 5, 3), Ref("Plan", 1, 5, 3), "main"),)), "cells of the sheet Plan"),
        (sound(series=(Series("Hedged", Ref("Page", 1, 5, 3), Ref("Page", 2, 5, 4), "main"),)), "3 places and 4 values"),
    ],
)  # fmt: skip
def test_a_slip_is_told(chart, told):
    with pytest.raises(LayoutError, match=told):
        Book().sheet("Page", "for a test").chart(chart)


AXIS_TEXTS = [
    # by hand: a million from 1,000,000 on; below it all digits; a minus sign always
    ("usd", 2_000_000, "2.0M"), ("usd", 1_250_000, "1.25M"), ("usd", 500_000, "500,000"), ("usd", 0, "0"),
    ("usd", -250_000, "-250,000"), ("usd", -2_000_000, "-2,000,000"), ("usd", 1e12, "1,000,000.0M"),
    ("move", -0.5, "-50%"), ("move", 2, "200%"), ("share", 0.03, "3.0%"), ("share", 0.5, "50%"), ("share", -0.5, "-50.0%"),
    ("number", 90, "90"),
]  # fmt: skip


def test_numbers_of_axes_in_calc(calc, tmp_path):
    book = Workbook()
    for row, (axis, value, _) in enumerate(AXIS_TEXTS, 1):
        format = AXES[axis].format.replace('"', '""')
        book.active.cell(row, 1, f'=TEXT({value},"{format}")')
    book.save(tmp_path / "axes.xlsx")
    with calc.open(tmp_path / "axes.xlsx") as opened:
        opened.recalculate()
        found = [opened.get(opened.sheets()[0], f"A{row}") for row in range(1, len(AXIS_TEXTS) + 1)]
    assert found == [text for *_, text in AXIS_TEXTS]


# ---- working cells


def marks() -> tuple[Book, Marks]:
    """Lines over x from -0.5 to 1 and values from -30 to 400, of which one is "none"."""
    book = Book()
    sheet = book.sheet("Page", "for a test", {"x", "y", "z"})
    x = sheet.typed(5, 1, [-0.5, 0.0, 1.0], style("share"), name="x", rows=3)
    y = sheet.typed(5, 2, [100.0, 400.0, np.inf], style("usd"), name="y", rows=3)
    z = sheet.typed(5, 3, [0.0, -30.0, 20.0], style("usd"), name="z", rows=3)
    return book, Marks(sheet, 20, 1, x, y, z)


@pytest.mark.parametrize(
    ("draw", "label", "ends"),
    [
        (lambda m: m.across("Level", "amber", 250.0), "Level", (-0.5, 1, 250, 250)),
        (lambda m: m.upright("Now", "now", 0.0), "Now", (0, 0, -30, 400)),
        (lambda m: m.upright("Edge", "red", 1.0), "Edge", (1, 1, -30, 400)),
        (lambda m: m.upright("Far", "red", 1.5), "Far: not in this picture", (-0.5, -0.5, -30, -30)),
        (lambda m: m.upright("No", "red", 0.5, False, "Never"), "Never", (-0.5, -0.5, -30, -30)),
    ],
)  # fmt: skip
def test_a_line_goes_from_end_to_end_of_what_the_chart_shows(draw, label, ends):
    book, made = marks()
    series = draw(made)
    cells = {(b.row, b.column): b.value(0, 0, 0) for b in book.sheets["Page"].blocks if b.shape == (1, 1)}
    assert series.label.row == series.x.row == 22 and (series.x.column, series.y.column) == (2, 4)
    assert (cells[22, 1], *(cells[22, column] for column in range(2, 6))) == (label, *ends)
    assert tuple(cells[21, column] for column in range(2, 6)) == (-0.5, 1, -30, 400)


@pytest.mark.parametrize(
    ("places", "used", "at"),
    [(8, 7, range(1, 8)), (8, 8, range(1, 9)), (20, 1, [10]), (20, 2, [5, 15]), (20, 3, [4, 10, 16]), (12, 5, [2, 4, 6, 8, 10]),
     (5, 0, [])],
)  # fmt: skip
def test_bars_stand_at_equal_distances_in_the_middle(places, used, at):
    sheet = Book().sheet("Page", "for a test", {"x"})
    table = Columns(sheet, places, row=5)
    made = spread(table, table.numbered("Place", "number"), as_cell(float(used)), "Shown")
    shown = np.broadcast_to(made.value, (places, 1, 1))[:, 0, 0]
    assert [int(place) for place in np.flatnonzero(shown) + 1] == [*at]
    assert [k for k in shown if k] == [*range(1, used + 1)]
