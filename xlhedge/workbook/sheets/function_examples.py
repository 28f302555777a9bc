"""The worked example of a worksheet function on the sheet Functions: its arguments as typed cells, its result as formulas.

What the example gives stands under Arguments, what it leaves out under Optional with its default. A list goes down its
column, a table goes over several, and a result of several cells is a formula for each of them.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

import xlhedge.functions  # noqa: F401 - registers the functions

from ...call import LISTS
from ...elementary import where
from ...errors import EXCEL_ERRORS
from ...examples import example_arguments
from ...expression import parse_value
from ...formula import Cell, as_cell, trace
from ...nodes import WITH_ADDIN, Const, Context, FunctionCall, Ref, Template
from ...registry import FUNCTIONS, Function, Parameter
from ...sheet import sheet_call
from ..grid.typed import FilledSheet, Typed, TypedTable

ARGUMENTS, OPTIONAL = "Arguments", "Optional"
FORMATS = {"word": "text", "words": "text", "text": "text", "flag": "flag"}
LONGEST = 8000
"""Characters of a formula, for which Excel has room for 8,192; a longer one has its optional words fixed."""


class Column(NamedTuple):
    """A column of typed cells: one argument, or a column of one that is a table; `label` is None for a blank cell."""

    parameter: Parameter
    field: Typed
    values: tuple
    is_list: bool
    is_given: bool


@cache
def columns(function: Function) -> tuple[Column, ...]:
    """Every argument of a function with the values of its first example, or with its default."""
    given = example_arguments(function, function.examples[0])
    length = max((len(_flat(a)) for p, a in zip(function.parameters, given) if p.kind in LISTS), default=1)
    found = []
    for place, parameter in enumerate(function.parameters):
        is_given = place < len(given)
        argument = given[place] if is_given else _default(parameter, length)
        is_list = isinstance(argument, list)
        if is_list and parameter.kind == "matrix":
            parts = [(f" {number}", tuple(values)) for number, values in enumerate(zip(*argument), 1)]
        else:
            parts = [("", tuple(_flat(argument)) if is_list else (argument,))]
        for suffix, values in parts:
            name, unit = f"{function.name}.{parameter.name}{suffix}", parameter.unit or parameter.kind
            field = Typed(name, parameter.name + suffix, unit, FORMATS.get(parameter.kind, "number"))
            found.append(Column(parameter, field, values, is_list, is_given))
    return tuple(found)


def _flat(argument) -> list:
    return [item for line in argument for item in line] if isinstance(argument, list) else [argument]


def _default(parameter: Parameter, length: int):
    """What stands for an argument that the example leaves out: its default, for each element of the lists; None is blank."""
    value = 0.0 if parameter.needed_with else parameter.default
    is_list = parameter.kind in LISTS and length > 1 and value is not None
    return [[value]] * length if is_list else value


@cache
def tables(function: Function) -> tuple[TypedTable, ...]:
    """The cells of a function's example that a user may type over: the given ones, and the optional ones."""
    titled = (
        (title, [column for column in columns(function) if column.is_given is is_given])
        for title, is_given in ((ARGUMENTS, True), (OPTIONAL, False))
    )
    return tuple(
        TypedTable(title, tuple(column.field for column in part), rows=max(len(column.values) for column in part))
        for title, part in titled if part
    )  # fmt: skip


def needs_addin(function: Function, mode: str) -> str:
    """Why the example is not calculated in the sheet; "" where it is."""
    if mode in WITH_ADDIN or function.traceable:
        return ""
    kinds = {p.kind for p in function.parameters}
    if function.returns.kind == "table":
        what = "a table"
    elif "text" in kinds:
        what = "a look-up"
    elif not kinds:
        what = "the version of the add-in"
    else:
        what = "a calculation with tables" if "matrix" in kinds else "a calculation step by step along lists"
    return f"{what}: needs the add-in"


def is_fixed(function: Function, column: Column, mode: str) -> bool:
    """Whether an optional argument cannot be typed over.

    Those are words, where the formula that chooses among them would be too long, and what is left out: a spreadsheet hands
    over a blank cell as 0. One number alone may be blank, as its formula asks for that.
    """
    if column.is_given:
        return False
    if column.parameter.choices:
        return mode == "native" and function.traceable and _is_too_long(function)
    return column.values == (None,) and not function.traceable


@cache
def _is_too_long(function: Function) -> bool:
    cells = [Cell(Ref("", 2, 100, rows=len(c.values) * c.is_list), _array(c.values)) for c in columns(function)]
    return len(_traced(function, cells).text(Context("native", "", 0))) > LONGEST


def _array(values: Sequence) -> np.ndarray:
    numbers = [np.nan if value is None else value for value in values]
    return np.array(numbers, dtype=object if any(isinstance(v, str) for v in values) else None).reshape(-1, 1, 1)


def live(function: Function, cells: Sequence, values: Sequence[tuple], mode: str) -> list[list[Cell]]:
    """The formulas of the result over the cells of `columns`, whose values are given too: rows of cells.

    A list that is written out as arithmetic is one cell with as many rows.
    """
    if function.traceable and (mode not in WITH_ADDIN or function.returns.kind != "vector"):
        traced = _traced(function, cells)
        is_flag = function.returns.kind == "flag" and np.isfinite(traced.value).all()
        node = traced.node.expansion if function.returns.kind == "vector" else traced.node  # no LAMBDA gives a list
        return [[Cell(node, np.asarray(traced.value, dtype=bool) if is_flag else traced.value)]]
    result = sheet_call(function, [*_arguments(function, values)])
    nodes = [*_nodes(function, cells)]
    while nodes and nodes[-1] == Const(None):
        nodes.pop()
    call = FunctionCall(function.name, tuple(nodes), None)
    if not isinstance(result, list):
        result = [[result]]
        if not isinstance(parse_value(function.examples[0].expected), list):
            return [[Cell(call, _valued(result[0][0]))]]
    return [
        [Cell(Template("INDEX({0},{1},{2})", (call, Const(i), Const(j))), _valued(item)) for j, item in enumerate(row, 1)]
        for i, row in enumerate(result, 1)
    ]  # fmt: skip


def _valued(item) -> np.ndarray:
    value = np.empty((1, 1, 1), dtype=object)
    value[:] = np.nan if isinstance(item, str) and item in EXCEL_ERRORS else item
    return value


def _traced(function: Function, cells: Sequence[Cell]) -> Cell:
    """The result as arithmetic with the domain of every argument; a blank optional number is as if it were left out."""
    cells = [*cells]
    for place, (column, cell) in enumerate(zip(columns(function), cells)):
        if column.values == (None,) and isinstance(cell, Cell):
            without = trace(function, [*cells[:place], None, *cells[place + 1 :]], guarded=True)
            is_given = cell.traced("ISNUMBER({0})", lambda value: value == value, (cell,))
            return where(is_given, trace(function, cells, guarded=True), without)
    return trace(function, cells, guarded=True)


def _by_parameter(function: Function, parts: Sequence) -> Iterator[tuple[Parameter, list]]:
    """The parts of each argument: one, or as many as a table has columns."""
    for parameter in function.parameters:
        yield parameter, [part for column, part in zip(columns(function), parts) if column.parameter is parameter]


def _arguments(function: Function, values: Sequence[tuple]) -> Iterator:
    """The arguments as a sheet would hand them over."""
    lists = {column.parameter.name for column in columns(function) if column.is_list}
    for parameter, parts in _by_parameter(function, values):
        yield [*map(list, zip(*parts))] if parameter.name in lists else parts[0][0]


def _nodes(function: Function, cells: Sequence[Cell]) -> Iterator:
    """A reference to the cells of each argument."""
    for _, parts in _by_parameter(function, cells):
        first = as_cell(parts[0]).node
        yield first._replace(columns=len(parts)) if len(parts) > 1 else first


def read_functions(filled: FilledSheet) -> dict[str, tuple]:
    """The examples that somebody typed over, by function and argument."""
    titles = sorted(row for row in filled.rows if filled.at(row, 1) in FUNCTIONS)
    changed = {}
    for title, end in zip(titles, [*titles[1:], max(filled.rows, default=0) + 1]):
        function, part = FUNCTIONS[filled.at(title, 1)], filled.between(title, end)
        shown = {column.field.name: column.values for column in columns(function)}
        for table in tables(function):
            first = next((row for row in sorted(part.rows) if part.at(row, 1) == table.title), None)
            if first is None:
                continue
            found: dict[str, list] = {}
            for each in table._replace(title="").read(filled.between(first, end)):
                found.setdefault(each.name, []).append(each.value)
            for name, values in found.items():
                typed = tuple(values[: len(shown[name])])
                if typed != shown[name]:
                    changed[name] = typed
    return changed
