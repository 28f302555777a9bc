"""LAMBDA names evaluated by IronCalc, an engine that knows LAMBDA: every function that can be one, with its examples."""

import re

import ironcalc
import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

import xlhedge.functions  # noqa: F401 - fills the registry
from xlhedge.examples import example_arguments, same
from xlhedge.expression import parse_value
from xlhedge.formula import lambda_definition
from xlhedge.nodes import letters
from xlhedge.registry import FUNCTIONS, excel_literal
from xlhedge.sheet import sheet_call

SCALAR = [f for f in FUNCTIONS.values() if f.traceable and f.returns.kind in ("number", "flag")]
EXAMPLES = [(f, example) for f in SCALAR for example in f.examples]
BAD = [  # calls that must be errors: out of domain, no result, unknown word
    "LIQ_PRICE(-600000,-60000,2.5,0.005)", "LIQ_PRICE(-600000,60000,-1,0.005)", 'INVERSE_PNL(-600000,60000,50000,"btc")',
    "TARGET_PRICE(-600000,60000,-20)", "HEDGED_WEIGHT(1.5,60000,60000)", "REHEDGE(52,-600000,50000,0.2,0.3,0.22)",
    "MARGIN_FOR_MOVE(600000,60000,1,0.005)", "MAX_QTY(0.1,0,100)",
]  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, object]:
    """Every call's result. A workbook for each function: IronCalc takes an argument such as basis for the name BASIS."""
    folder, found = tmp_path_factory.mktemp("lambda"), {}
    for function in SCALAR:
        book, path = Workbook(), folder / f"{function.name}.xlsx"
        book.defined_names[function.name] = DefinedName(
            function.name, attr_text=lambda_definition(function, prefixed=True)
        )
        calls = [example.call for example in function.examples] + [
            call for call in BAD if call.startswith(function.name + "(")
        ]
        for row, call in enumerate(calls, 1):
            book.active.cell(row, 1, "=" + with_ranges(call, book.active, row))
        book.save(path)
        model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
        model.evaluate()
        found |= {call: model.get_cell_value(0, row, 1) for row, call in enumerate(calls, 1)}
    return found


def with_ranges(call: str, sheet, row: int) -> str:
    """The call with its arrays put into cells, as a user has them."""
    places = iter(range(3, 100))

    def place(found: re.Match) -> str:
        column = next(places)
        values = parse_value(found[0])
        for i, (value,) in enumerate(values):
            sheet.cell(100 * row + i, column, value)
        return f"{letters(column)}{100 * row}:{letters(column)}{100 * row + len(values) - 1}"

    return re.sub(r"\{[^}]*\}", place, call)


@pytest.mark.parametrize("function,example", EXAMPLES, ids=[example.call for _, example in EXAMPLES])
def test_the_examples(results, function, example):
    found, expected = results[example.call], parse_value(example.expected)
    assert same(float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else found, expected)


@pytest.mark.parametrize("call", BAD)
def test_wrong_arguments_are_errors(results, call):
    assert str(results[call]).startswith("#"), results[call]


def test_definitions_fit_a_name():
    """Excel takes at most 8,192 characters in a formula."""
    assert max(len(lambda_definition(function, prefixed=True)) for function in SCALAR) < 8192


OUTSIDE = {">": 0, ">=": -1, "<": 0, "<=": 1, "!=": 0}
"""What to add to a bound to be outside it."""
NO_ARRAYS = r"\b(ROUND|INT|NORMSDIST)\("
"""Functions that IronCalc does not take an array in: it says so in the good rows, and the bad one is bad."""


def bad_rows(function) -> list[tuple[str, list]]:
    """Each number of the first example as a column of three, the middle one out of its domain: its name and the arguments."""
    arguments, found = example_arguments(function, function.examples[0]), []
    for i, (parameter, value) in enumerate(zip(function.parameters, arguments)):
        if parameter.kind == "number" and parameter.domain.bounds and not isinstance(value, list):
            operator, bound = parameter.domain.bounds[0]
            column = [[value], [bound + OUTSIDE[operator]], [value]]
            found.append((parameter.name, [*arguments[:i], column, *arguments[i + 1 :]]))
    return found


@pytest.mark.parametrize("function", [f for f in SCALAR if bad_rows(f)], ids=lambda function: function.name)
def test_one_bad_row_is_one_bad_result(tmp_path, function):
    book, path = Workbook(), tmp_path / "rows.xlsx"
    name, sheet = function.name, book.active
    book.defined_names[name] = DefinedName(name, attr_text=lambda_definition(function, prefixed=True))
    for row, (_, arguments) in enumerate(bad_rows(function)):
        spelled = [as_array(value) if isinstance(value, list) else excel_literal(value) for value in arguments]
        call, first = with_ranges(f"{name}({','.join(spelled)})", sheet, row + 1), 5000 + 3 * row
        sheet.cell(first, 1, ArrayFormula(f"A{first}:A{first + 2}", f"={call}"))
    book.save(path)
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
    model.evaluate()
    for row, (parameter, arguments) in enumerate(bad_rows(function)):
        wanted = [cell for (cell,) in sheet_call(function, arguments)]
        found = [model.get_cell_value(0, 5000 + 3 * row + i, 1) for i in range(3)]
        assert str(found[1]).startswith("#") and str(wanted[1]).startswith("#"), (parameter, found)
        if not (re.search(NO_ARRAYS, lambda_definition(function)) and found[0] == found[2] == "#N/IMPL!"):
            assert all(same(found[i], wanted[i]) for i in (0, 2)), (parameter, found, wanted)


def as_array(column: list) -> str:
    return "{" + ";".join(excel_literal(value) for (value,) in column) + "}"
