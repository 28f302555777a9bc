"""The Functions sheet: the catalogue of worksheet functions, each with its worked example calculated live.

A function is a few rows: what it is, every argument of its example as typed cells (see `function_examples`), and the result
that the sheet calculates from them beside the one that the catalogue expects.
"""

import textwrap
from functools import lru_cache

from ...expression import parse_value
from ...formula import Cell
from ...nodes import WITH_ADDIN
from ...registry import FUNCTIONS, Function
from ..grid.cells import Style
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..portfolios import Portfolios
from .function_examples import Column, columns, is_fixed, live, needs_addin, tables

FIRST_ROW = 5
MOST_COLUMNS = 10
PAGE_ROWS, SCALE = 38, 70
"""Rows and percentage of a printed page, on which no function is cut in two and every group starts anew."""

LINE = 130
"""Characters that fit beside the name before a text goes on in the next row."""

STYLES = {"flag": "flag", "text": "text"}
NEEDS_ADDIN = ' "Needs the add-in": a workbook whose formulas call the add-in shows it live.'


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
    told_of_addin = "" if mode in WITH_ADDIN else NEEDS_ADDIN
    sheet.text(3, 1, f"{len(FUNCTIONS)} functions, each with all its arguments.{told_of_addin}", "note")
    sheet.widths = {1: 34} | dict.fromkeys(range(2, 2 + MOST_COLUMNS), 15)
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
    if why := needs_addin(function, mode):
        sheet.text(row, 1, "Result", "note")
        sheet.text(row, 2, why, "note")
        sheet.text(row + 1, 1, "Expected", "note")
        row += 1
        for line in textwrap.wrap(function.examples[0].expected, LINE, break_on_hyphens=False):
            sheet.text(row, 2, line)
            row += 1
        return row
    cells: list[Cell | str | None] = []
    for table in tables(function):
        part = [column for column in columns(function) if column.field in table.fields]
        sheet.text(row, 1, table.title, "note")
        cells += (_typed(sheet, mode, row, place, function, column, told) for place, column in enumerate(part, 2))
        row += 2 + table.rows
    values = [told.get(column.field.name, column.values) for column in columns(function)]
    return _results(sheet, row, function, live(function, cells, values, mode))


def _typed(
    sheet: Sheet, mode: str, row: int, place: int, function: Function, column: Column, told: dict
) -> Cell | str | None:
    """The header, unit and cells of one column; the default itself where it is fixed."""
    field = column.field
    sheet.text(row, place, field.label, "header")
    sheet.text(row + 1, place, field.unit, "unit")
    if is_fixed(function, column, mode):
        default = column.values[0]
        for below in range(len(column.values) if default is not None else 0):
            sheet.text(row + 2 + below, place, default)
        return default
    values = told.get(field.name, column.values)
    return sheet.typed(row + 2, place, [*values], Style("input", field.format), name=field.name,
                       rows=len(values) if column.is_list else 0)  # fmt: skip


def _results(sheet: Sheet, row: int, function: Function, found: list[list[Cell]]) -> int:
    """The live result and below it, or beside a single one, what the catalogue expects; returns the row below."""
    expected, style = parse_value(function.examples[0].expected), STYLES.get(function.returns.kind, "number")
    sheet.text(row, 1, "Result", "note")
    if not isinstance(expected, list):
        sheet.computed(row, 2, found[0][0], Style("calc", style))
        sheet.text(row, 3, "expected", "unit")
        sheet.typed(row, 4, expected, Style("label", style))
        return row + 1
    height = len(expected)
    if len(found) < height:
        sheet.computed(row, 2, found[0][0], Style("calc", style), rows=height)
    else:
        for i, line in enumerate(found):
            for j, cell in enumerate(line):
                sheet.computed(row + i, 2 + j, cell, Style("calc", _format(expected[i][j])))
    sheet.text(row + height, 1, "Expected", "note")
    for i, line in enumerate(expected):
        for j, item in enumerate(line):
            sheet.typed(row + height + i, 2 + j, item, Style("label", _format(item)))
    return row + 2 * height


def _format(item: object) -> str:
    """The number format of one cell of a table."""
    return "text" if isinstance(item, str) else "flag" if isinstance(item, bool) else "number"


FUNCTIONS_SHEET = SheetRecord(
    "Functions",
    "What the add-in's functions compute. Change an example's blue cells and its result follows.",
    (functions,),
    tables=tuple(table for function in FUNCTIONS.values() for table in tables(function)),
    optional=frozenset(
        column.field.name
        for function in FUNCTIONS.values()
        for column in columns(function)
        if needs_addin(function, "native") or is_fixed(function, column, "native")
    ),
    tab="reference",
    printed=False,
)
