"""Every line of the Checks sheet can turn red: those that only a finished workbook can break, typed into one in LibreOffice."""

import pytest
from books import SAMPLES, build_sample
from openpyxl import load_workbook
from test_model import BROKEN, ON_CONTRACTS

from xlhedge.intake import read_portfolios
from xlhedge.workbook.model import build_model
from xlhedge.workbook.sheets.checks import FLAG_ROW, HEADER_ROW

# The check, the sheet, what a reader finds the cell by (a text, rows below it, columns to its right), and what is typed.
TYPED = [
    ("No text stands where a number is due", "Inputs", ("Cost basis", 2, 0), "plenty"),
    ("Weights add up to 1", "Allocation", ("Physical weight", 1, 0), 0.5),
    ("Holdings and stresses start from the same value", "Stress", ("Value now", 0, 1), 1.0),
    ("Trades are whole contracts", "Hedge plan", ("Contracts to trade", 2, 0), -1.5),
    ("Every row of the log and of the history is read", "Monitor", ("Fill", 4, 0), -100.0),
]  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return build_sample(0, tmp_path_factory.mktemp("checks"))


def lines(book) -> dict[str, object]:
    """What each line says, by its name."""
    cells = book.cells("Checks")
    rows = (row for row in range(HEADER_ROW + 1, HEADER_ROW + 60) if f"A{row}" in cells)
    return {cells[f"A{row}"]: cells[f"F{row}"] for row in rows}


@pytest.mark.parametrize(("check", "sheet", "place", "value"), TYPED, ids=[row[0] for row in TYPED])
def test_a_line_turns_red_with_the_flags(calc, path, check, sheet, place, value):
    text, down, right = place
    page = load_workbook(path)[sheet]
    cell = next(cell for row in page for cell in row if cell.value == text).offset(down, right)
    with calc.open(path) as book:
        book.recalculate()
        assert set(lines(book).values()) == {True} and book.get("Checks", f"F{FLAG_ROW}") is True
        book.set(sheet, cell.coordinate, value)
        book.recalculate()
        assert lines(book)[check] is False and book.get("Checks", f"F{FLAG_ROW}") is False
        assert "see Checks" in book.cells("Inputs").values()


def test_every_line_is_turned_red_by_some_test():
    (portfolio,), _ = read_portfolios(SAMPLES / "btc-50.csv")
    turned = {row[0] for row in TYPED} | {row[0] for row in BROKEN} | {row[2] for row in ON_CONTRACTS}
    assert turned == {*build_model(portfolio).checks}
