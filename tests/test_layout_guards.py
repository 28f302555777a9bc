"""What does not fit together in a workbook fails when it is built, and the message names both."""

import pytest
from books import SAMPLES

from xlhedge.formula import Cell
from xlhedge.intake import read_portfolios
from xlhedge.nodes import Ref
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid.cells import LayoutError, Rule, Style
from xlhedge.workbook.grid.columns import NamedColumns
from xlhedge.workbook.grid.overlap import check_overlaps
from xlhedge.workbook.grid.chart import Chart, Series
from xlhedge.workbook.grid.sheet import Book
from xlhedge.workbook.grid.typed import Form, Typed
from xlhedge.workbook.model import build_model
from xlhedge.workbook.sheets import SHEETS
from xlhedge.workbook.sheets import scenarios as scenarios_sheet
from xlhedge.workbook.sheets.allocation import weights
from xlhedge.workbook.sheets.checks import CHECKS
from xlhedge.workbook.sheets.inputs import INPUTS
from xlhedge.workbook.sheets.replay import REPLAY
from xlhedge.workbook.sheets.scenarios import SCENARIOS


@pytest.fixture(scope="module")
def portfolio():
    return read_portfolios(SAMPLES / "btc-50.csv")[0][0]


@pytest.fixture
def sheet():
    return Book().sheet("Page", "for a test", {"price"})


def chart(title: str, row: int) -> Chart:
    ref = Ref("Page", 1, 1, 3, 0)
    return Chart("scatter", title, "x", "y", (Series("y", ref, ref, "main"),), row, 1)


def instead(old, new):
    return [new if record is old else record for record in SHEETS]


# ---- what stands on a sheet


def two_blocks(sheet):
    sheet.text(5, 1, "Alpha")
    sheet.typed(4, 1, [1.0, 2.0], Style("input", "price"), name="price", rows=2)


def a_chart_over_cells(sheet):
    sheet.text(8, 2, "Alpha")
    sheet.chart(chart("Value", 5))


def two_charts(sheet):
    sheet.chart(chart("Value", 5))
    sheet.chart(chart("Margin", 9))


def two_tables(sheet):
    for name in ("First", "Second"):
        table = NamedColumns(sheet, 3)
        table.row = 5
        table._headers = ["a", "b"]
        table.close(name)


@pytest.mark.parametrize(
    ("lay_out", "named"),
    [(two_blocks, ("'Alpha'", "'price'")), (a_chart_over_cells, ("'Alpha'", "'Value'")), (two_charts, ("'Value'", "'Margin'")),
     (two_tables, ("First", "Second"))],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_overlaps_name_both(sheet, lay_out, named):
    lay_out(sheet)
    with pytest.raises(LayoutError, match="Page: .*overlap") as caught:
        check_overlaps(sheet)
    assert all(name in str(caught.value) for name in named)


@pytest.mark.parametrize(
    ("put", "told"),
    [
        (lambda s: s.typed(4, 1, 1.0, Style("input", "price"), name="price", rule=Rule("lst", (), "")), "'lst' is no kind of rule"),
        (lambda s: s.text(4, 1, "Alpha", "titel"), "'titel' is no role of a cell"),
        (lambda s: s.computed(4, 1, 1.0, Style("calc", "uds")), "'uds' is no format of a cell"),
        (lambda s: s.computed(4, 1, 1.0, Style("calc", "usd", "distnace")), "'distnace' is no alarm of a cell"),
        (lambda s: s.typed(4, 1, 1.0, Style("input", "price"), name="prise"), "'prise', which the sheet's record does not declare"),
        (lambda s: s.typed(4, 1, 1.0, Style("input", "price")), "'', which the sheet's record does not declare"),
        (lambda s: [s.named("now", Cell(Ref("Page", 1, r, 0, 0), 1.0)) for r in (1, 2)], "the name now is given to two cells"),
    ],
)  # fmt: skip
def test_slips_are_told_where_they_are_made(sheet, put, told):
    with pytest.raises(LayoutError, match=told):
        put(sheet)


# ---- the list of sheets


def without_a_setting():
    form, *rest = INPUTS.settings
    shorter = form._replace(fields=tuple(field for field in form.fields if field.name != "rally"))
    return instead(INPUTS, INPUTS._replace(settings=(shorter, *rest)))


def a_setting_twice():
    twice = Form("", (Typed("rally", "Rally"),))
    return instead(SCENARIOS, SCENARIOS._replace(settings=(*SCENARIOS.settings, twice)))


def a_declared_cell_that_nobody_writes():
    more = Form("", (Typed("pace", "Pace"),))
    return instead(REPLAY, REPLAY._replace(kept=(*REPLAY.kept, more)))


def a_value_that_looks_like_a_formula():
    return instead(CHECKS, CHECKS._replace(fixed=()))


def a_part_twice():
    return instead(REPLAY, REPLAY._replace(parts=(weights, *REPLAY.parts)))


def a_circle():
    def hedged(sheet, replay):
        return None

    return instead(REPLAY, REPLAY._replace(parts=(hedged, *REPLAY.parts[1:])))


@pytest.mark.parametrize(
    ("records", "told"),
    [
        (lambda: [record for record in SHEETS if record.name != "Stress"], "takes stress, which no part of a sheet"),
        (lambda: [record for record in SHEETS if record.name != "Checks"], "takes checks, which no part of a sheet in the list returns"),
        (lambda: [*SHEETS, REPLAY._replace(parts=(), kept=())], "two sheets of the list are called Replay"),
        (without_a_setting, "settings that no sheet shows: rally"),
        (a_setting_twice, "settings that are shown twice: rally"),
        (a_declared_cell_that_nobody_writes, "Replay: pace is declared 1 times and there 0 times"),
        (a_value_that_looks_like_a_formula, "Checks!D.* looks like a formula and holds 0, which is not fixed"),
        (a_part_twice, "Allocation and Replay both have a part weights"),
        (a_circle, "parts need each other in a circle"),
    ],
)  # fmt: skip
def test_a_list_that_does_not_fit_together(portfolio, records, told):
    with pytest.raises(LayoutError, match=told):
        build_model(portfolio, records=records())


def test_a_title_that_is_written_otherwise_than_declared_is_told_when_it_is_read(portfolio, tmp_path, monkeypatch):
    renamed = scenarios_sheet.LADDER._replace(title="Ladder of prices")
    monkeypatch.setattr(scenarios_sheet, "LADDER", renamed)  # the record still declares the old one
    write(build_model(portfolio), tmp_path / "first.xlsx")
    (mistake,) = read_portfolios(tmp_path / "first.xlsx")[1]
    assert str(mistake).startswith("first.xlsx Scenarios Price ladder: is not on the sheet")
