"""The Functions sheet: every function, its example live and right in all three modes."""

import pytest
from one_sheet import sample
from ooxml import validate
from openpyxl import load_workbook
from test_referee import differences, formula_cells

from xlhedge.examples import same
from xlhedge.expression import parse_value
from xlhedge.registry import FUNCTIONS
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid.sheet import Book
from xlhedge.ooxml.lint import lint
from xlhedge.workbook.portfolios import Portfolios
from xlhedge.workbook.sheets.functions import FUNCTIONS_SHEET, LINE, functions

MODES = ("native", "addin", "lambda")
LISTS = {
    f.name for f in FUNCTIONS.values()
    if f.returns.kind in ("vector", "table") or any(p.kind == "matrix" for p in f.parameters)
}  # fmt: skip
LIVE = {
    "native": {f.name for f in FUNCTIONS.values() if f.traceable} - LISTS,
    "addin": set(FUNCTIONS) - LISTS,
    "lambda": {f.name for f in FUNCTIONS.values() if f.traceable} - LISTS,
}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """The sheet alone, in each mode."""
    folder, paths = tmp_path_factory.mktemp("functions"), {}
    for mode in MODES:
        book = Book(mode)
        functions(book.sheet(*FUNCTIONS_SHEET[:2], FUNCTIONS_SHEET.names), Portfolios([sample(0)]), mode)
        paths[mode] = folder / f"{mode}.xlsx"
        write(book, paths[mode])
    return paths


def results(path) -> dict[str, tuple]:
    """By function: the live cell and the expected one beside it."""
    page, found, name = load_workbook(path, data_only=True)["Functions"], {}, ""
    for row in range(5, page.max_row + 1):
        first = page.cell(row, 1).value
        name = first if first in FUNCTIONS else name
        if first == "Result":
            found[name] = (page.cell(row, 2).value, page.cell(row, 4).value)
    return found


@pytest.mark.parametrize("mode", MODES)
def test_every_function_is_there_and_its_live_result_is_the_expected_one(books, mode):
    found = results(books[mode])
    assert set(found) == set(FUNCTIONS)
    for name in LIVE[mode]:
        expected = parse_value(FUNCTIONS[name].examples[0].expected)
        assert same(found[name][0], expected) and same(found[name][1], expected), name
    for name in set(FUNCTIONS) - LIVE[mode]:
        assert found[name][0] in ("add-in", "several cells"), name
    assert len(formula_cells(books[mode])) == len(LIVE[mode]) > 40


@pytest.mark.parametrize("mode", MODES)
def test_clean_files(books, mode):
    assert lint(books[mode]) == [] and validate(books[mode]) == []


@pytest.mark.parametrize("mode", ["native", "addin"])
def test_the_live_cells_recalculate_without_error(books, mode, calc, addin_calc):
    with (addin_calc if mode == "addin" else calc).open(books[mode]) as book:
        book.recalculate()
        assert differences(books[mode], book) == []


def test_formulas_are_arithmetic_or_calls(books):
    native, calls = ({c.value for row in load_workbook(books[m])["Functions"] for c in row if c.data_type == "f"}
                     for m in ("native", "addin"))  # fmt: skip
    assert not any(f"{name}(" in formula for formula in native for name in FUNCTIONS)
    assert {formula.split("(")[0][1:] for formula in calls} == LIVE["addin"]


def test_everything_is_told_and_nothing_is_clipped(books):
    page = load_workbook(books["native"])["Functions"]
    text = " ".join(str(c.value) for row in page.iter_rows(min_col=2, max_col=2) for c in row if c.value is not None)
    for function in FUNCTIONS.values():
        for told in (function.signature, function.summary, function.formula, *function.sources):
            assert " ".join(told.split()) in text, (function.name, told)
    assert max(len(str(c.value)) for row in page for c in row if c.data_type == "s") <= LINE
