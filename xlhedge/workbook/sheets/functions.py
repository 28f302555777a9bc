"""The Functions sheet: the catalogue of worksheet functions, each with its worked example calculated live.

A function is a few rows: what it is, its example's arguments as typed cells (a list goes down its column), and the
result that the sheet calculates from them beside the one that the catalogue expects.
"""

import textwrap
from functools import cache, lru_cache

import numpy as np

import xlhedge.functions  # noqa: F401 - registers the functions

from ...examples import example_arguments
from ...expression import parse_value
from ...formula import Cell, trace
from ...nodes import FunctionCall
from ...registry import FUNCTIONS, Function
from ..grid.cells import Style
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.typed import FilledSheet, Typed, TypedTable
from ..portfolios import Portfolios

FIRST_ROW = 5
MOST_ARGUMENTS = 10
PAGE_ROWS, SCALE = 38, 70
"""Rows and percentage of a printed page, on which no function is cut in two and every group starts anew."""

LINE = 130
"""Characters that fit beside the name before a text goes on in the next row."""

FORMATS = {"word": "text", "text": "text", "flag": "flag"}
ADDIN_ONLY = "add-in"
SPILLS = "several cells"
ARGUMENTS = "Arguments"


def functions(sheet: Sheet, portfolios: Portfolios, mode: str) -> None:
    """The Functions sheet; in native mode the live cells spell out the arithmetic, else they are the calls."""
    changed = portfolios.first.kept.get(FUNCTIONS_SHEET.name, {})
    built = _built(mode, tuple(changed.items()))
    sheet.blocks, sheet.widths = [*built.blocks], built.widths
    sheet.breaks, sheet.scale = built.breaks, built.scale


@lru_cache(maxsize=8)
def _built(mode: str, changed: tuple[tuple[str, tuple], ...]) -> Sheet:
    """The sheet, which is the same in every workbook of a mode; `changed` are examples that somebody typed over."""
    sheet, told = Sheet("Functions", "", {}, FUNCTIONS_SHEET.names), dict(changed)
    sheet.text(
        3,
        1,
        f'{len(FUNCTIONS)} functions. "{ADDIN_ONLY}": only with the add-in. "{SPILLS}": the result fills a range.',
        "note",
    )
    sheet.widths = {1: 34} | dict.fromkeys(range(2, 2 + MOST_ARGUMENTS), 15)
    sheet.scale = SCALE
    row, group, top = FIRST_ROW, "", 1
    for function in sorted(FUNCTIONS.values(), key=lambda f: list(_groups()).index(f.group)):
        start, is_new = row, function.group != group
        if is_new:
            group = function.group
            sheet.text(row, 1, group, "title")
            row += 2
        row = _function(sheet, mode, row, function, told) + 1
        if start > FIRST_ROW and (is_new or row - top > PAGE_ROWS):
            sheet.breaks.append(start)
            top = start
    return sheet


def _groups() -> dict[str, None]:
    """The groups in the order of the catalogue."""
    return dict.fromkeys(function.group for function in FUNCTIONS.values())


def _function(sheet: Sheet, mode: str, row: int, function: Function, told: dict[str, tuple]) -> int:
    """One function; returns the row below it."""
    sheet.text(row, 1, function.name, "section")
    texts = (
        ("", function.signature),
        ("", function.summary),
        ("Unit", function.result_unit or function.returns.kind),
        ("Formula", function.formula),
        *(("Source", source) for source in function.sources),
        ("Example", function.examples[0].call),
    )
    for label, text in texts:
        if label:
            sheet.text(row, 1, label, "note")
        for line in textwrap.wrap(text, LINE):
            sheet.text(row, 2, line)
            row += 1
    return _example(sheet, mode, row, function, told)


def _example(sheet: Sheet, mode: str, row: int, function: Function, told: dict[str, tuple]) -> int:
    """The first example's expected result, with its arguments as typed cells and the live result where there is one."""
    expected = parse_value(function.examples[0].expected)
    if not _is_live(function, mode):
        sheet.text(row, 1, "Result", "note")
        sheet.text(row, 2, SPILLS if isinstance(expected, list) and mode == "addin" else ADDIN_ONLY, "note")
        sheet.text(row, 3, "expected", "unit")
        for line in textwrap.wrap(function.examples[0].expected, LINE, break_on_hyphens=False):
            sheet.text(row, 4, line)
            row += 1
        return row
    cells, height, table = [], 0, _table(function)
    for column, (field, values) in enumerate(zip(table.fields, _arguments(function).values()), 2):
        sheet.text(row, column, field.label, "header")
        sheet.text(row + 1, column, field.unit, "unit")
        is_list, values = len(values) > 1 or _is_list(function, field), told.get(field.name, values)
        cell = sheet.typed(row + 2, column, [*values], Style("input", field.format), name=field.name,
                           rows=len(values) if is_list else 0)  # fmt: skip
        cells.append(cell)
        height = max(height, len(values))
    if cells:
        sheet.text(row, 1, ARGUMENTS, "note")
        row += 2 + height
    style = {"flag": "flag", "text": "text"}.get(function.returns.kind, "number")
    sheet.text(row, 1, "Result", "note")
    sheet.computed(row, 2, _live(function, cells, expected), Style("calc", style))
    sheet.text(row, 3, "expected", "unit")
    sheet.typed(row, 4, expected, Style("label", style))
    return row + 1


def _is_live(function: Function, mode: str) -> bool:
    """Whether the example's result is calculated in the sheet: it is one cell, and each argument one cell or one column."""
    expected = parse_value(function.examples[0].expected)
    is_flat = not isinstance(expected, list) and all(p.kind != "matrix" for p in function.parameters)
    return is_flat and (function.traceable or mode == "addin")


def _arguments(function: Function) -> dict[str, tuple]:
    """The first example's arguments by name; a list goes down its column."""
    pairs = zip(function.parameters, example_arguments(function, function.examples[0]))
    return {
        parameter.name: tuple(item for line in argument for item in line) if isinstance(argument, list) else (argument,)
        for parameter, argument in pairs
    }


def _is_list(function: Function, field: Typed) -> bool:
    given = dict(zip((p.name for p in function.parameters), example_arguments(function, function.examples[0])))
    return isinstance(given[field.label], list)


@cache
def _table(function: Function) -> TypedTable:
    """The cells of a function's example that a user may type over."""
    arguments = _arguments(function)
    fields = (
        Typed(f"{function.name}.{p.name}", p.name, p.unit or p.kind, FORMATS.get(p.kind, "number"))
        for p in function.parameters if p.name in arguments
    )  # fmt: skip
    return TypedTable(ARGUMENTS, tuple(fields), rows=max(map(len, arguments.values()), default=0))


def read_functions(filled: FilledSheet) -> dict[str, tuple]:
    """The examples that somebody typed over, by function and argument."""
    titles = sorted(row for row in filled.rows if filled.at(row, 1) in FUNCTIONS)
    changed = {}
    for title, end in zip(titles, [*titles[1:], max(filled.rows, default=0) + 1]):
        function = FUNCTIONS[filled.at(title, 1)]
        part = filled.between(title, end)
        first = next((row for row in sorted(part.rows) if part.at(row, 1) == ARGUMENTS), None)
        if first is None:
            continue
        found: dict[str, list] = {}
        for each in _table(function)._replace(title="").read(filled.between(first, end)):
            found.setdefault(each.name, []).append(each.value)
        for argument, values in _arguments(function).items():
            name = f"{function.name}.{argument}"
            typed = tuple(found[name][: len(values)])
            if typed != values:
                changed[name] = typed
    return changed


def _live(function: Function, cells: list[Cell], expected) -> Cell:
    """The example as a formula over its typed cells."""
    if function.traceable:
        return trace(function, [*cells, *(p.default for p in function.parameters[len(cells) :])])
    value = np.empty((1, 1, 1), dtype=object)
    value[:] = expected
    return Cell(FunctionCall(function.name, tuple(cell.node for cell in cells), None), value)


FUNCTIONS_SHEET = SheetRecord(
    "Functions",
    "What the add-in's functions compute. Change an example's blue cells and its result follows.",
    (functions,),
    tables=tuple(_table(function) for function in FUNCTIONS.values() if _is_live(function, "addin")),
    optional=frozenset(
        field.name for function in FUNCTIONS.values() if not function.traceable for field in _table(function).fields
    ),
)
