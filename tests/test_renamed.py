"""A title, label, header or head that was changed in a filled-in workbook is told by its text: nothing else is read instead.

Formulas stand beside and below what is typed, under the same words. So each text is changed in turn in what a file with
all its values says, and the mistake must name it.
"""

import pytest
from books import build_sample
from openpyxl import load_workbook

from xlhedge.errors import Unreadable
from xlhedge.intake import read_portfolios
from xlhedge.intake.filled_in import read_filled_in
from xlhedge.intake.tables import HOLDING_SHEETS, SIDE_SHEETS
from xlhedge.ooxml.cells import SheetRows, read_sheets
from xlhedge.rows import Row
from xlhedge.workbook.grid.typed import FilledSheet, Form, TypedTable
from xlhedge.workbook.sheets import SHEETS
from xlhedge.workbook.sheets.functions import FUNCTIONS_SHEET
from xlhedge.workbook.sheets.stress import MOVES

READ = [record for record in SHEETS if record.typed and record is not FUNCTIONS_SHEET]
DECLARED = [(record, declared) for record in READ for declared in record.typed if declared is not MOVES]


@pytest.fixture(scope="module")
def sheets(tmp_path_factory) -> dict[str, SheetRows]:
    read = read_sheets(build_sample(0, tmp_path_factory.mktemp("renamed")), HOLDING_SHEETS, SIDE_SHEETS)
    return {key: SheetRows(sheet.name, [*sheet.rows]) for key, sheet in read.items()}


def key(record) -> str:
    return "holdings" if record.name == "Inputs" else record.name.lower()


def texts(declared, filled: FilledSheet) -> list[tuple[str, int, int]]:
    """Every text that a declaration looks for, with its row and column."""
    column = declared.column if isinstance(declared, Form) else 1
    titles = [(declared.title, filled.find(declared.title, column), column)] if declared.title else []
    if isinstance(declared, Form):
        rows = {found.name: found.row for found in declared.read(filled)}
        return titles + [(field.label, rows[field.name], column) for field in declared.fields]
    if isinstance(declared, TypedTable):
        row, columns = declared.headers(filled)
        return titles + [(field.label, row, columns[field.name]) for field in declared.fields]
    return [*titles, (declared.head, filled.after(titles[0][1]), 1)]


def renamed(sheet: SheetRows, row: int, column: int) -> SheetRows:
    changed = [
        Row(
            each.number, ["otherwise" if each.number == row and c == column else v for c, v in enumerate(each.cells, 1)]
        )
        for each in sheet.rows
    ]
    return SheetRows(sheet.name, changed)


def test_nothing_is_told_of_what_nobody_renamed(sheets):
    assert read_filled_in(sheets, {}).mistakes == ()


@pytest.mark.parametrize(
    ("record", "declared"), DECLARED, ids=lambda value: getattr(value, "title", "") or getattr(value, "name", "")
)
def test_every_text_that_is_looked_for_is_missed(sheets, record, declared):
    sheet = sheets[key(record)]
    for text, row, column in texts(declared, FilledSheet(sheet.name, sheet.rows)):
        told = read_filled_in(sheets | {key(record): renamed(sheet, row, column)}, {}).mistakes
        assert text in {mistake.column for mistake in told}, (text, row, column, told)


# ---- whole sheets


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    return build_sample(0, tmp_path_factory.mktemp("first"))


@pytest.mark.parametrize("title", ["Eingaben", "Portfolio"])
def test_a_renamed_inputs_sheet_is_read(first, tmp_path, title):
    book = load_workbook(first)
    book["Inputs"].title = title
    book.save(tmp_path / "filled.xlsx")
    (portfolio,), errors = read_portfolios(tmp_path / "filled.xlsx")
    assert (portfolio.assets, portfolio.notes, errors) == (["BTC"], (), [])


def test_workbooks_without_inputs_or_contracts(first, tmp_path):
    book = load_workbook(first)
    del book["Contracts"]
    book.save(tmp_path / "filled.xlsx")
    (portfolio,), errors = read_portfolios(tmp_path / "filled.xlsx")
    assert errors == [] and portfolio.notes == ("there is no sheet Contracts: the new one is as xlhedge begins it",)
    del book["Inputs"]
    book.save(tmp_path / "filled.xlsx")
    with pytest.raises(
        Unreadable, match="filled.xlsx: has no sheet Inputs, from which holdings are read .its sheets: Dashboard"
    ):
        read_portfolios(tmp_path / "filled.xlsx")
