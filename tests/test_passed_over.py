"""What is put into a sheet of ours where nothing is read is told by sheet and cells; of what nobody touched nothing is told."""

import pytest
from books import SAMPLES, build_sample, write_template
from openpyxl import load_workbook
from openpyxl.comments import Comment
from test_own_typed import edited, place
from test_survives import row_of
from test_typed_again import row_with

from xlhedge.intake import read_portfolios
from xlhedge.intake.tables import open_holdings
from xlhedge.workbook.sheets.compare import MOVES

OVER = "what was typed over formulas is not carried over"
FORMULAS = "formulas in cells that are typed are carried over as their values"
BESIDE = "what stands beside or below its tables is not carried over"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    return build_sample(2, tmp_path_factory.mktemp("first"))


@pytest.fixture
def told(first, tmp_path):
    """A function that types into the workbook and gives the notes of the portfolio that is read from it."""

    def read(changes: dict) -> tuple[str, ...]:
        portfolios, errors = read_portfolios(edited(first, tmp_path / "filled.xlsx", changes))
        assert errors == []
        return portfolios[0].notes

    return read


# ---- untouched


@pytest.mark.parametrize("mode", ["native", "addin", "lambda"])
@pytest.mark.parametrize("number", [0, "template"])
def test_nothing_is_told_of_what_nobody_touched(number, mode, tmp_path):
    path = tmp_path / "template.xlsx"
    if number == "template":
        write_template(path, mode)
    else:
        path = build_sample(number, tmp_path, mode)
    assert open_holdings(path).notes == ()
    load_workbook(path).save(path)
    assert open_holdings(path).notes == ()


def test_nothing_is_told_of_what_libreoffice_saved(calc, first, tmp_path):
    with calc.open(first) as book:
        book.recalculate()
        saved = book.save(tmp_path / "saved.xlsx")
    assert open_holdings(saved).notes == ()


def test_nothing_is_told_of_what_is_read(told):
    beside = {("Monitor", "E30"): 95.0, ("Monitor", "B44"): 1.0}  # the last position, and the last asset
    assert told({("Inputs", "C7"): 3.5, ("Contracts", "B7"): 20} | beside) == ()


# ---- typed over, beside, below, commented


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({("Hedge plan", "D7"): -5}, f"sheet Hedge plan D7: {OVER}"),
        ({("Checks", "F9"): True}, f"sheet Checks F9: {OVER}"),
        ({("Allocation", "C8"): "later"}, f"sheet Allocation C8: {OVER}"),
        ({("Checks", "D9"): 7}, f"sheet Checks D9: {OVER}"),
        ({("Hedge plan", f"{c}7"): 1 for c in "EDGFBC"}, f"sheet Hedge plan B7, C7, D7, E7, F7 and 1 more: {OVER}"),
        ({("About", "J3"): "call the venue"}, f"sheet About J3: {BESIDE}"),
        ({("Inputs", "R5"): "note", ("Inputs", "R7"): "mine"}, f"sheet Inputs R5, R7: {BESIDE}"),
        ({("Hedge plan", "AC7"): "=1+1"}, f"sheet Hedge plan AC7: {BESIDE}"),
        ({("Monitor", "E31"): 61_000, ("Monitor", "B45"): 2}, f"sheet Monitor E31, B45: {BESIDE}"),  # beside no asset
    ],
)  # fmt: skip
def test_what_is_not_carried_over(told, changes, expected):
    assert told(changes) == (expected,)


def test_rows_below_those_of_compare(first, tmp_path):
    row = place(first, "Compare", MOVES[-1][0])[0] + 1
    book = load_workbook(first)
    page = book["Compare"]
    for column, value in enumerate(("Moon", 9), 1):  # dressed as the row above, as Excel does it
        page.cell(row, column).value, page.cell(row, column)._style = value, page.cell(row - 1, column)._style
    book.save(tmp_path / "filled.xlsx")
    assert open_holdings(tmp_path / "filled.xlsx").notes == (f"sheet Compare A{row}, B{row}: {BESIDE}",)


def test_comments(first, tmp_path):
    book = load_workbook(first)
    book["Inputs"]["C7"].comment = Comment("ask the desk", "me")
    book.save(tmp_path / "filled.xlsx")
    assert open_holdings(tmp_path / "filled.xlsx").notes == ("sheet Inputs C7: comments are not carried over",)


def test_a_renamed_sheet_and_a_set_of_scenarios_too(first, tmp_path):
    book = load_workbook(first)
    mine = book.copy_worksheet(book["Stress"])
    mine.title, book["Monitor"].title = "Mine", "Monitor BTC"
    mine["A80"], book["Monitor BTC"]["Z3"] = "see mail", "see mail"
    mine["A1"] = None
    book.save(tmp_path / "filled.xlsx")
    notes = open_holdings(tmp_path / "filled.xlsx").notes
    assert f"sheet Monitor BTC Z3: {BESIDE}" in notes


# ---- blanked, and written otherwise


def test_a_list_or_a_setting_that_is_blanked_is_told(first, tmp_path):
    pages = load_workbook(first)
    row, rally = row_of(pages["Scenarios"], "Move / ratio"), row_with(pages["Inputs"], "Rally")
    blank = {("Scenarios", f"{column}{row}"): None for column in "BCDEFGH"} | {("Inputs", f"C{rally}"): None}
    (portfolio,), errors = read_portfolios(edited(first, tmp_path / "filled.xlsx", blank))
    assert errors == [] and portfolio.notes == (
        "sheet Inputs: rally is blank; the new one has its usual value",
        "sheet Scenarios: ratios is blank; the new one has its usual value",
    )


def test_other_formulas_than_before_are_told(tmp_path):
    path = build_sample(0, tmp_path, "addin")
    (portfolio,), _ = read_portfolios(path)
    assert portfolio.notes_on("addin") == read_portfolios(SAMPLES / "btc-50.csv")[0][0].notes_on("addin") == ()
    assert portfolio.notes_on("native") == (
        "its formulas were addin; those of the new one are native (see --functions)",
    )
