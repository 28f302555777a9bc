"""LAMBDA names evaluated by IronCalc, an engine that knows LAMBDA: every function that can be one, with its examples."""

import re

import ironcalc
import pytest
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

import xlhedge.functions  # noqa: F401 - fills the registry
from xlhedge.examples import same
from xlhedge.expression import parse_value
from xlhedge.formula import lambda_definition
from xlhedge.nodes import letters
from xlhedge.registry import FUNCTIONS

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
