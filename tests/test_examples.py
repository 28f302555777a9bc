"""Every worked example of the registry: in a sheet, by the public function, and as the docstring shows it."""

import math

import numpy as np
import pytest

import xlhedge
from xlhedge.document import docstring, python_example
from xlhedge.examples import example_arguments, run_all, same
from xlhedge.expression import parse_value
from xlhedge.registry import FUNCTIONS

OUTCOMES = {outcome.example.call: outcome for outcome in run_all()}
EXAMPLES = [(function, number) for function in FUNCTIONS.values() for number in range(len(function.examples))]
NAMES = [f"{function.name}-{number}" for function, number in EXAMPLES]


def cells(result):
    """A Python result as the sheet shows it: a table as rows under its headers, a vector as a column."""
    if hasattr(result, "columns"):
        frame = result.reset_index() if result.index.name else result
        rows = frame.itertuples(index=False, name=None)
        return [list(frame.columns), *([plain(item) for item in row] for row in rows)]
    if hasattr(result, "ndim") and result.ndim:
        return [[plain(item)] for item in result.tolist()]
    return plain(result)


def plain(item):
    item = item.item() if hasattr(item, "item") else item
    return "none" if item == math.inf else item


def python_arguments(function, example) -> list:
    """The arguments of an example as Python takes them: flat lists, and inf for "none"."""
    given = zip(function.parameters, example_arguments(function, example))
    return [flat(p.kind, math.inf if a == "none" else a) for p, a in given]


def flat(kind: str, argument):
    return [item for row in argument for item in row] if isinstance(argument, list) and kind != "matrix" else argument


@pytest.mark.parametrize("call", OUTCOMES)
def test_example_in_a_sheet(call):
    outcome = OUTCOMES[call]
    assert outcome.passed, f"{call} should be {outcome.example.expected}: {outcome.error}"


@pytest.mark.parametrize(("function", "number"), EXAMPLES, ids=NAMES)
def test_example_in_python(function, number):
    example = function.examples[number]
    result = cells(getattr(xlhedge, function.python_name)(*python_arguments(function, example)))
    assert same(result, parse_value(example.expected)), f"{example.call} gave {result}, not {example.expected}"


@pytest.mark.parametrize(("function", "number"), EXAMPLES, ids=NAMES)
def test_example_as_the_docstring_shows_it(function, number):
    call, _, shown = python_example(function, number).strip().removeprefix(">>> ").partition("\n")
    result = eval(call.partition("  #")[0], {"xlhedge": xlhedge, "math": math})
    if function.returns.kind == "table":
        assert not shown, "a table is shown as a call alone"
        shown = repr(parse_value(function.examples[number].expected))
    assert same(cells(result), cells(eval(shown, {"array": np.array, "inf": math.inf}))), f"{call} gave {result}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring_tells_everything(name):
    function = FUNCTIONS[name]
    text = getattr(xlhedge, function.python_name).__doc__
    assert text == docstring(function)
    told = [function.summary, "Formula:", "Source:", "Example:", "Result:"]
    told += [f"    {parameter.name}: " for parameter in function.parameters]
    assert [part for part in told if part not in text] == []
    assert max(map(len, text.splitlines())) <= 110 or function.returns.kind == "table"
