"""A workbook that somebody filled in is input again: stresses, gaps between the rows, and mistakes told by their cells."""

import pytest
from books import Cells, write_template
from openpyxl import load_workbook
from test_stamp import unlike

from xlhedge.intake import read_portfolios
from xlhedge.intake.source import Source
from xlhedge.workbook.file.stamp import stamp
from xlhedge.workbook.file.writer import write
from xlhedge.ooxml.lint import lint
from xlhedge.workbook.model import build_model

GONE = {f"{column}9": None for column in "ABCDEFGHIJKLMNOP"}  # the position of what stood in row 8 of Inputs
GAPS = {  # row 8 is cleared, and rows 10 and 13 are filled in
    **{f"{column}8": None for column in "ABCDEFGHIJKLMNOP"},
    "A10": "SOL", "B10": "coin", "C10": 1000, "D10": 150, "A13": "USDC", "B13": "cash", "C13": 5000, "D13": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The template, as the program writes it."""
    return write_template(tmp_path_factory.mktemp("template") / "template.xlsx")


@pytest.fixture
def filled(template, tmp_path):
    """A function that types into the template and gives its path."""

    def fill(**sheets):
        book = load_workbook(template)
        for sheet, cells in sheets.items():
            for address, value in cells.items():
                book[sheet][address] = value
        book.save(tmp_path / "filled.xlsx")
        return tmp_path / "filled.xlsx"

    return fill


def first_stress(path) -> int:
    page = load_workbook(path)["Stress"]
    return next(row for row in range(1, 60) if page.cell(row, 1).value == "Scenario") + 2


def test_gaps_between_assets(filled, tmp_path):
    portfolios, errors = read_portfolios(filled(Inputs=GAPS, Positions=GONE))
    assert errors == [] and [h.values.asset for h in portfolios[0].holdings] == ["BTC", "SOL", "USDC"]
    assert [h.row for h in portfolios[0].holdings] == [7, 10, 13]
    assert portfolios[0].settings.band == 0.0


def test_a_row_without_its_asset_is_told(filled):
    _, errors = read_portfolios(filled(Inputs={"C12": 5.0}))
    assert [(error.row, error.column) for error in errors] == [(12, "asset")]


def test_typed_stresses_are_built_again(filled, tmp_path):
    first = first_stress(filled())
    path = filled(Inputs=GAPS, Positions=GONE, Stress={
        f"A{first}": "Own crash", f"Q{first}": -0.6, f"T{first}": -0.7,  # BTC, and SOL in the fourth row of Inputs
        **dict(zip((f"{column}{first + 13}" for column in "ADEFGT"), ("Slow", 0.9, -0.0002, 60, 0.01, 0.4))),
        **dict(zip((f"{column}{first + 14}" for column in "ABC"), ("Slower", "Yes", 0.5))),
    })  # fmt: skip
    portfolios, errors = read_portfolios(path)
    assert errors == []
    stress = portfolios[0].stress
    assert len(stress) == 12 and stress[0].name == "Own crash" and stress[0].moves == {"BTC": -0.6, "SOL": -0.7}
    assert stress[-2] == ("Slow", {"SOL": 0.4}, None, -0.0002, 60.0, 0.01, 0.9, False)
    assert stress[-1] == ("Slower", {}, 0.5, None, None, None, None, True)
    write(build_model(portfolios[0]), tmp_path / "again.xlsx")
    assert lint(tmp_path / "again.xlsx") == []
    cells, page = Cells(tmp_path / "again.xlsx"), load_workbook(tmp_path / "again.xlsx", data_only=True)["Stress"]
    again = first_stress(tmp_path / "again.xlsx")
    assert [page.cell(again, column).value for column in (1, 3, 17, 18, 19)] == ["Own crash", -0.5, -0.6, -0.7, None]
    assert [page.cell(again + 10, column).value for column in (1, 3, 16, 17)] == [
        "Slow",
        None,
        "a coin has no move",
        None,
    ]
    assert [page.cell(again + 11, column).value for column in (1, 2, 16)] == ["Slower", "yes", None]
    assert cells.book["Checks"]["F3"].value is True
    assert not unlike((tmp_path / "again.xlsx").read_bytes(), next(stamp(portfolios)).content)


def test_a_mistake_in_a_stress_is_told_by_its_row(filled):
    first = first_stress(filled())
    _, errors = read_portfolios(
        filled(
            Stress={
                f"Q{first}": -1.5,
                f"B{first}": "yes",
                f"B{first + 1}": "well",
                f"Q{first + 11}": 0.2,
                f"A{first + 13}": "After a gap",
                f"B{first + 13}": "yes",
            }
        )
    )
    above = "has no scenario right above it to go on from"
    assert [(e.row, e.column, e.rule.split(",")[0]) for e in errors] == [
        (first, "BTC", "must be > -1 and <= 100"), (first, "continues", above), (first + 1, "continues", "must be one of yes"),
        (first + 11, "scenario", "is required"), (first + 13, "continues", above),
    ]  # fmt: skip


def test_a_batch_takes_the_stresses_of_a_workbook(filled):
    first = first_stress(filled())
    path = filled(Stress={f"A{first}": "Own crash", f"Q{first}": -0.6})
    source = Source(path)
    checked = [source.checker.check(group) for group in source.groups()]
    assert checked[0].stress[0].name == "Own crash" and checked[0].stress[0].moves["BTC"] == -0.6
