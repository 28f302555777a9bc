"""Random arguments for every scalar function, three ways in one workbook: native formula, add-in call, and Python.

The sets are seeded and drawn from the domains in the registry, one in six of them out of its domain.
"""

import math
import random

import numpy
import pytest
from strategies import out_of_domain, random_arguments
from test_functions_in_calc import Calls, difference

from xlhedge.errors import XlhedgeError
from xlhedge.formula import Cell, trace
from xlhedge.nodes import Context, Ref
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import is_error, sheet_call

SETS, SEED = 5000, 20260101
SCALAR = [
    f for f in FUNCTIONS.values()
    if f.returns.kind in ("number", "flag") and f.parameters and all(p.kind != "text" for p in f.parameters)
]  # fmt: skip


def cells(arguments) -> list:
    """Arguments as a sheet hands them over: lists as columns, "none" as text."""
    return [column(a) if isinstance(a, list) else "none" if a == math.inf else a for a in arguments]


def column(values: list) -> list[list]:
    """A list as a column; a table is one already."""
    return [value if isinstance(value, list) else [value] for value in values]


def written(value):
    """A number with fifteen digits: openpyxl writes sixteen, which is one too few for some."""
    if isinstance(value, list):
        return [written(item) for item in value]
    return float(f"{value:.15g}") if isinstance(value, float) else value


def traced(function, arguments, references) -> Cell | None:
    """The native formula on cells that hold the arguments; words, flags and omitted arguments are written out."""
    if not function.traceable:
        return None
    given = []
    for argument, reference in zip(arguments, references, strict=True):
        if isinstance(argument, (str, bool)) or argument is None:
            given.append(argument)
            continue
        first = reference.partition("!")[2].partition(":")[0]
        rows = len(argument) if isinstance(argument, list) else 0
        column, row = ord(first[0]) - 64, int(first[1:])
        given.append(Cell(Ref("Inputs", column, row, rows=rows), numpy.asarray(argument)))
    try:
        return trace(function, given, guarded=True)
    except XlhedgeError:
        return None


class Set:
    """One set of arguments: the cells of its two formulas, and what Python says."""

    def __init__(self, calls: Calls, function, arguments) -> None:
        self.function, self.arguments = function, arguments
        sheet, references = cells(arguments), calls.place(cells(arguments))
        self.wanted, self.row = sheet_call(function, sheet), calls.result_row
        formula = traced(function, arguments, references)
        self.is_native = formula is not None
        if self.is_native:
            call, expanded = (formula.text(Context(mode, "Results")) for mode in ("calc", "native"))
            calls.results[f"B{self.row}"] = f"={expanded}"
        else:
            given = ["" if a is None else reference for a, reference in zip(arguments, references, strict=True)]
            call = f"{function.name}({','.join(given)})"
        calls.results[f"A{self.row}"] = f"={call}"
        calls.result_row += 1

    def __repr__(self) -> str:
        return f"{self.function.name}{tuple(self.arguments)}"


@pytest.fixture(scope="module")
def sets(addin_office, tmp_path_factory):
    rng, calls, sets = random.Random(SEED), Calls(), []
    while len(sets) < SETS:
        function = SCALAR[len(sets) % len(SCALAR)]
        arguments = (out_of_domain(function, rng) if rng.random() < 1 / 6 else None) or random_arguments(function, rng)
        drawn = Set(calls, function, [written(argument) for argument in arguments])
        # A power too small for a number is 0 in Python and in Excel, but an error in Calc.
        drawn.is_native &= not (function.name == "BASIS_APR" and drawn.wanted == -1.0)
        sets.append(drawn)
    folder = tmp_path_factory.mktemp("random")
    calls.book.save(folder / "random.xlsx")
    with addin_office.running().open(folder / "random.xlsx") as book:
        got = book.cells("Results")
    for each in sets:
        each.addin, each.native = got.get(f"A{each.row}"), got.get(f"B{each.row}")
    return sets


def apart(sets, which: str, tolerance: float) -> dict:
    """The sets whose cell differs from Python."""
    pairs = {repr(each): (getattr(each, which), each.wanted) for each in sets}
    return {each: pair for each, pair in pairs.items() if not difference(*pair) <= tolerance}


def test_addin_is_python(sets):
    assert apart(sets, "addin", 0.0) == {}


def test_native_formula_is_python(sets):
    assert apart([each for each in sets if each.is_native], "native", 1e-12) == {}


def test_the_sets_cover_every_scalar_function(sets):
    assert {each.function.name for each in sets} == {f.name for f in SCALAR}
    assert sum(is_error(each.wanted) for each in sets) > SETS / 10
    assert sum(each.wanted == "none" for each in sets) > 100
    traceable = [each for each in sets if each.function.traceable]
    assert sum(each.is_native for each in traceable) > 0.9 * len(traceable) and len(traceable) > 0.85 * SETS
