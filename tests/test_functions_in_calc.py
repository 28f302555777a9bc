"""Every worksheet function called in Calc through the add-in: its examples, cells, ranges, errors; equal to Python.

All calls stand in one workbook, which openpyxl writes and Calc recalculates once.
"""

import math

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from xlhedge.errors import DIV0, NA, NAME, NULL, NUM, REF, VALUE
from xlhedge.examples import example_arguments
from xlhedge.hosts.office.addin import gives_text, must_be_single
from xlhedge.nodes import letters
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import is_error, sheet_call

ERRORS = {
    DIV0: "=1/0",
    NA: "=NA()",
    NUM: "=SQRT(-1)",
    VALUE: '="a"*1',
    REF: "=INDEX(A1:A2,9)",
    NAME: "=NO_SUCH_NAME",
    NULL: "=A1:A2 B1:B2",
}
"""A formula for each error value that a cell can hold."""


class Calls:
    """A workbook of calls: arguments on one sheet, results on another, and what each result should be."""

    def __init__(self) -> None:
        self.book = Workbook()
        self.inputs, self.results = self.book.active, self.book.create_sheet("Results")
        self.inputs.title = "Inputs"
        self.input_row = self.result_row = 1
        self.wanted = {}

    def place(self, arguments) -> list[str]:
        """Put arguments side by side into cells; returns the reference to each."""
        column, references, height = 1, [], 1
        for argument in arguments:
            rows = argument if isinstance(argument, list) else [[argument]]
            for i, row in enumerate(rows):
                for j, value in enumerate(row):
                    self.inputs.cell(self.input_row + i, column + j).value = ERRORS.get(value, value)
            first = f"{letters(column)}{self.input_row}"
            last = f"{letters(column + len(rows[0]) - 1)}{self.input_row + len(rows) - 1}"
            references.append(f"Inputs!{first}" + (f":{last}" if isinstance(argument, list) else ""))
            column, height = column + len(rows[0]), max(height, len(rows))
        self.input_row += height
        return references

    def add(self, formula: str, wanted, about: str) -> None:
        """Put a formula into as many cells as its result has, each result in rows of its own."""
        rows = wanted if isinstance(wanted, list) else [[wanted]]
        top = self.result_row
        where = f"A{top}:{letters(len(rows[0]))}{top + len(rows) - 1}"
        self.results[f"A{top}"] = ArrayFormula(where, formula) if isinstance(wanted, list) else formula
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                self.wanted[f"{letters(j + 1)}{top + i}"] = (value, f"{about}: {formula}")
        self.result_row += len(rows)

    def call(self, function, arguments, about: str, wanted=None) -> None:
        """Call a function with arguments in cells; the result should be what Python makes of them."""
        formula = f"={function.name}({','.join(self.place(arguments))})"
        self.add(formula, sheet_call(function, arguments) if wanted is None else wanted, about)


def difference(got, wanted) -> float:
    """Relative difference of two cells; infinite if they are not of one kind. Calc has 1 and 0 for TRUE and FALSE."""
    if isinstance(got, (float, bool)) and isinstance(wanted, (float, int)):
        got, wanted = float(got), float(wanted)
        return abs(got - wanted) / max(abs(got), abs(wanted)) if got != wanted else 0.0
    return 0.0 if got == wanted and isinstance(got, str) else math.inf


def changed(arguments: list, position: int, value) -> list:
    return [*arguments[:position], value, *arguments[position + 1 :]]


def of_a_range(function, parameter) -> bool:
    """Whether this argument may be a range in Calc."""
    return not gives_text(function) or must_be_single(parameter)


def add_examples(calls: Calls, function) -> None:
    for example in function.examples:
        arguments = example_arguments(function, example)
        calls.add("=" + example.call, sheet_call(function, arguments), "as written")
        calls.call(function, arguments, "from cells")


def add_ranges(calls: Calls, function, arguments) -> None:
    for i, parameter in enumerate(function.parameters[: len(arguments)]):
        if parameter.kind == "number" and isinstance(arguments[i], float) and of_a_range(function, parameter):
            column = [[arguments[i]], [arguments[i] / 2], [-1.0]]
            calls.call(function, changed(arguments, i, column), f"{parameter.name} a column")
            row = [[arguments[i], arguments[i] * 1.25]]
            calls.call(function, changed(arguments, i, row), f"{parameter.name} a row")


def add_errors(calls: Calls, function, arguments) -> None:
    for i, parameter in enumerate(function.parameters[: len(arguments)]):
        for word in ERRORS:
            calls.call(function, changed(arguments, i, word), f"{word} for {parameter.name}", word)
        if isinstance(arguments[i], list):
            # Calc itself refuses to hand a range to an add-in if one of its cells is an error.
            wrong = [list(row) for row in arguments[i]]
            wrong[-1][-1] = NA
            calls.call(function, changed(arguments, i, wrong), f"#N/A in {parameter.name}", VALUE)


def add_mistakes(calls: Calls, function, arguments) -> None:
    for i, parameter in enumerate(function.parameters[: len(arguments)]):
        for operator, bound in parameter.domain.bounds if parameter.kind == "number" else ():
            beyond = bound + {">": -1.0, ">=": -1.0, "<": 1.0, "<=": 1.0, "!=": 0.0}[operator]
            calls.call(function, changed(arguments, i, beyond), f"{parameter.name} out of its domain", NUM)
        wrong = {"flag": "maybe", "word": "no such word", "text": None, "times": None}.get(parameter.kind, "abc")
        if wrong:
            calls.call(function, changed(arguments, i, wrong), f"wrong {parameter.name}", VALUE)
        if parameter.kind == "word":
            calls.call(function, changed(arguments, i, 5.0), f"a number for {parameter.name}", VALUE)


def add_blanks(calls: Calls, function, arguments) -> None:
    """A reference to one blank cell arrives as 0, as everywhere in Calc; a range of blank cells arrives as blank."""
    for i, parameter in enumerate(function.parameters[: len(arguments)]):
        is_word = parameter.kind in ("word", "text")
        wanted = sheet_call(function, changed(arguments, i, None if is_word else 0.0))
        calls.call(function, changed(arguments, i, None), f"blank {parameter.name}", wanted)
        if parameter.required and of_a_range(function, parameter) and not gives_text(function):
            calls.call(function, changed(arguments, i, [[None, None]]), f"blanks for {parameter.name}")
    if function.parameters and function.parameters[0].required:
        calls.add(f"={function.name}()", VALUE, "no argument")
    calls.add(f"={function.name}({','.join('1' * (len(function.parameters) + 1))})", VALUE, "too many arguments")


@pytest.fixture(scope="module")
def calls(addin_office, tmp_path_factory):
    """The workbook's calls and the cells that Calc calculated."""
    folder, calls = tmp_path_factory.mktemp("functions"), Calls()
    for function in FUNCTIONS.values():
        arguments = example_arguments(function, function.examples[0])
        add_examples(calls, function)
        for add in (add_ranges, add_errors, add_mistakes, add_blanks):
            add(calls, function, arguments)
    calls.book.save(folder / "calls.xlsx")
    with addin_office.running().open(folder / "calls.xlsx") as book:
        calls.got = book.cells("Results")
    return calls


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_in_calc_is_the_function_in_python(calls, name):
    mine = {where: each for where, each in calls.wanted.items() if f"={name}(" in each[1]}
    wrong = {
        f"{about} ({where})": (calls.got.get(where), wanted)
        for where, (wanted, about) in mine.items()
        if not difference(calls.got.get(where), wanted) <= 1e-15
    }
    assert len(mine) >= 2 and wrong == {}


def test_the_calls_cover_every_kind_of_result(calls):
    values = [wanted for wanted, _ in calls.wanted.values()]
    assert len(values) > 3000
    assert {type(value) for value in values} >= {float, bool, str}
    assert {value for value in values if is_error(value)} >= set(ERRORS)
