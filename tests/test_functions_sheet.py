"""The Functions sheet: every function, its example live and right in all three modes."""

import re

import pytest
from one_sheet import sample
from ooxml import validate
from openpyxl import load_workbook
from test_referee import differences

from xlhedge.examples import example_arguments, same
from xlhedge.expression import parse_value
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid.sheet import Book
from xlhedge.ooxml.lint import lint
from xlhedge.workbook.portfolios import Portfolios
from xlhedge.workbook.sheets.functions import FUNCTIONS_SHEET, LINE, functions

MODES = ("native", "addin", "calc", "lambda")
TRACEABLE = {f.name for f in FUNCTIONS.values() if f.traceable}
LIVE = {"native": TRACEABLE, "addin": {*FUNCTIONS}, "calc": {*FUNCTIONS}, "lambda": TRACEABLE}
WHY = {
    "a table": {f.name for f in FUNCTIONS.values() if f.returns.kind == "table"},
    "a look-up": {"CONTRACT_SPEC", "LIQ_PRICE_VENUE", "MARKET"},
    "the version of the add-in": {"XLHEDGE_VERSION"},
    "a calculation with tables": {"PORTFOLIO_VAR", "HISTORICAL_VAR"},
    "a calculation step by step along lists": {
        "AVG_ENTRY", "REALIZED_PNL", "MAINT_AMOUNTS", "MAINT_TIER", "LIQ_PRICE_TIERED", "TIER_LEVERAGE",
    },
}  # fmt: skip


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


def places(page) -> dict[str, dict[str, int]]:
    """By function: the row of each of the labels Arguments, Optional, Result and Expected."""
    found, name = {}, ""
    for row in range(5, page.max_row + 1):
        first = page.cell(row, 1).value
        name = first if first in FUNCTIONS else name
        if first in ("Arguments", "Optional", "Result", "Expected"):
            found.setdefault(name, {})[first] = row
    return found


def results(path) -> dict[str, tuple]:
    """By function: the live result and the expected one beside or below it, as a cell or rows of cells."""
    page, found = load_workbook(path, data_only=True)["Functions"], {}

    def block(row: int, like):
        lines = like if isinstance(like, list) else [[like]]
        values = [[page.cell(row + i, 2 + j).value for j in range(len(line))] for i, line in enumerate(lines)]
        return [["" if value is None else value for value in line] for line in values]

    for name, rows in places(page).items():
        like = parse_value(FUNCTIONS[name].examples[0].expected)
        if isinstance(like, list) and "Expected" in rows:
            found[name] = block(rows["Result"], like), block(rows["Expected"], like)
        else:
            found[name] = page.cell(rows["Result"], 2).value, page.cell(rows["Result"], 4).value
    return found


@pytest.mark.parametrize("mode", MODES)
def test_every_function_is_there_and_its_live_result_is_the_expected_one(books, mode):
    found = results(books[mode])
    assert set(found) == set(FUNCTIONS)
    for name in LIVE[mode]:
        expected = parse_value(FUNCTIONS[name].examples[0].expected)
        assert same(found[name][0], expected) and same(found[name][1], expected), name


@pytest.mark.parametrize("mode", MODES)
def test_what_is_not_live_says_why(books, mode):
    page = load_workbook(books[mode])["Functions"]
    told = {name: page.cell(rows["Result"], 2).value for name, rows in places(page).items() if name not in LIVE[mode]}
    reasons = {name: f"{what}: needs the add-in" for what, names in WHY.items() for name in names}
    assert told == ({} if mode in ("addin", "calc") else reasons)


@pytest.mark.parametrize("mode", MODES)
def test_every_argument_is_a_cell(books, mode):
    page = load_workbook(books[mode])["Functions"]
    for name, rows in places(page).items():
        heads = [
            page.cell(rows[label], c).value
            for label in ("Arguments", "Optional")
            if label in rows
            for c in range(2, 13)
        ]
        heads = list(dict.fromkeys(str(head).split(" ")[0] for head in heads if head))
        assert heads == ([p.name for p in FUNCTIONS[name].parameters] if name in LIVE[mode] else []), name


@pytest.mark.parametrize("mode", MODES)
def test_clean_files(books, mode):
    assert lint(books[mode]) == [] and validate(books[mode]) == []


@pytest.mark.parametrize("mode", ["native", "calc"])
def test_the_live_cells_recalculate_without_error(books, mode, calc, addin_calc):
    with (addin_calc if mode == "calc" else calc).open(books[mode]) as book:
        book.recalculate()
        assert differences(books[mode], book) == []


def test_formulas_are_arithmetic_or_calls(books):
    native, calls = ({c.value for row in load_workbook(books[m])["Functions"] for c in row if c.data_type == "f"}
                     for m in ("native", "addin"))  # fmt: skip
    assert not any(f"{name}(" in formula for formula in native for name in FUNCTIONS)
    assert {re.search(rf"\b({'|'.join(FUNCTIONS)})\(", formula)[1] for formula in calls} == LIVE["addin"]
    assert max(map(len, native)) < 8192


# function, argument, value out of its domain or not a choice, and the error that the function gives
TYPED = [
    ("INVERSE_PNL", "entry", -1, "#NUM!"), ("LIQ_PRICE", "mmr", 1, "#NUM!"), ("LIQ_PRICE", "margin", -1, "#NUM!"),
    ("REHEDGE", "low", 0.9, "#NUM!"), ("TARGET_PRICE", "pnl", -100, "#NUM!"), ("WEIGHTS", "prices", 0, "#NUM!"),
    ("LIQ_PRICE_CROSS", "fees", 1, "#NUM!"), ("DRIFT", "targets", 2, "#NUM!"),
]  # fmt: skip
CHANGED = [
    ("INVERSE_PNL", {"unit": "usd", "fee_open": 0.001}, {}), ("LIQ_PRICE", {"method": "slope", "slope": 0.0001}, {}),
    ("LIQ_PRICE_AFTER_FUNDING", {"price": 50000}, {}), ("HEDGE_SIZE", {"rounding": "more", "ratio": 0.123}, {}),
    ("FUNDING_APR", {"compound": True}, {}), ("REBALANCE_TRADES", {"band": 0.05}, {}),
]  # fmt: skip


@pytest.mark.parametrize("mode", ["native", "calc"])
def test_what_is_typed_gives_what_the_function_gives(books, mode, calc, addin_calc):
    """An error out of the domain, and the result of changed arguments, the optional ones too."""
    page = load_workbook(books[mode])["Functions"]
    at = places(page)
    with (addin_calc if mode == "calc" else calc).open(books[mode]) as book:
        for name, changes, error in [*((n, {a: v}, e) for n, a, v, e in TYPED), *CHANGED]:
            before = {}
            for argument, value in changes.items():
                cell = cell_of(page, at[name], argument)
                before[cell] = page[cell].value
                book.set("Functions", cell, value)
            book.recalculate()
            told = book.get("Functions", f"B{at[name]['Result']}")
            expected = error or called_with(FUNCTIONS[name], changes)
            assert same(getattr(told, "word", told), expected) or str(told) == str(expected), (name, told, expected)
            for cell, value in before.items():
                book.set("Functions", cell, value)


def cell_of(page, rows: dict[str, int], argument: str) -> str:
    """The address of the first cell of an argument."""
    return next(
        page.cell(rows[label] + 2, column).coordinate
        for label in ("Arguments", "Optional") if label in rows for column in range(2, 13)
        if page.cell(rows[label], column).value == argument
    )  # fmt: skip


def called_with(function, changes: dict):
    """What the function gives for its example with some arguments changed; the first cell of a list."""
    given = dict(zip((p.name for p in function.parameters), example_arguments(function, function.examples[0])))
    arguments = [(given | changes).get(p.name) for p in function.parameters]
    result = sheet_call(function, arguments)
    return result[0][0] if isinstance(result, list) else result


def test_everything_is_told_and_nothing_is_clipped(books):
    page = load_workbook(books["native"])["Functions"]
    text = " ".join(str(c.value) for row in page.iter_rows(min_col=2, max_col=2) for c in row if c.value is not None)
    for function in FUNCTIONS.values():
        for told in (function.signature, function.summary, function.formula, *function.sources):
            assert " ".join(told.split()) in text, (function.name, told)
    assert max(len(str(c.value)) for row in page for c in row if c.data_type == "s") <= LINE
