"""The Functions sheet: the catalogue of worksheet functions, each with its worked example calculated live.

A function is a few rows: what it is, its example's arguments as typed cells (a list goes down its column), and the
result that the sheet calculates from them beside the one that the catalogue expects.
"""

import textwrap
from functools import cache

import numpy as np

import xlhedge.functions  # noqa: F401 - registers the functions

from ..examples import example_arguments
from ..expression import parse_value
from ..formula import Cell, trace
from ..nodes import FunctionCall
from ..registry import FUNCTIONS, Function, Parameter
from .book import Book, Sheet, Style

FIRST_ROW = 5
MOST_ARGUMENTS = 10
PAGE_ROWS, SCALE = 38, 70
"""Rows and percentage of a printed page, on which no function is cut in two and every group starts anew."""

LINE = 130
"""Characters that fit beside the name before a text goes on in the next row."""

ADDIN_ONLY = "add-in"
SPILLS = "several cells"


def build_functions(book: Book) -> None:
    """The Functions sheet; in native mode the live cells spell out the arithmetic, else they are the calls."""
    built = _built(book.mode)
    sheet = book.sheet(built.name, built.purpose)
    sheet.blocks, sheet.widths, sheet.freeze = [*built.blocks], built.widths, built.freeze
    sheet.breaks, sheet.scale = built.breaks, built.scale


@cache
def _built(mode: str) -> Sheet:
    """The sheet, which is the same in every workbook of a mode."""
    book = Book(mode)
    sheet = book.sheet(
        "Functions", "What the add-in's functions compute. Change an example's blue cells and its result follows."
    )
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
        row = _function(book, sheet, row, function) + 1
        if start > FIRST_ROW and (is_new or row - top > PAGE_ROWS):
            sheet.breaks.append(start)
            top = start
    sheet.freeze = "B4"
    return sheet


def _groups() -> dict[str, None]:
    """The groups in the order of the catalogue."""
    return dict.fromkeys(function.group for function in FUNCTIONS.values())


def _function(book: Book, sheet: Sheet, row: int, function: Function) -> int:
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
    return _example(book, sheet, row, function)


def _example(book: Book, sheet: Sheet, row: int, function: Function) -> int:
    """The first example's expected result, with its arguments as typed cells and the live result where there is one."""
    example = function.examples[0]
    expected = parse_value(example.expected)
    if isinstance(expected, list) or not (function.traceable or book.mode == "addin"):
        sheet.text(row, 1, "Result", "note")
        sheet.text(row, 2, SPILLS if isinstance(expected, list) and book.mode == "addin" else ADDIN_ONLY, "note")
        sheet.text(row, 3, "expected", "unit")
        for line in textwrap.wrap(example.expected, LINE, break_on_hyphens=False):
            sheet.text(row, 4, line)
            row += 1
        return row
    cells, height = [], 0
    for column, (parameter, argument) in enumerate(zip(function.parameters, example_arguments(function, example)), 2):
        sheet.text(row, column, parameter.name, "header")
        sheet.text(row + 1, column, parameter.unit or parameter.kind, "unit")
        cells.append(_typed(sheet, row + 2, column, parameter, argument))
        height = max(height, cells[-1].node.rows, 1)
    if cells:
        sheet.text(row, 1, "Arguments", "note")
        row += 2 + height
    style = {"flag": "flag", "text": "text"}.get(function.returns.kind, "number")
    sheet.text(row, 1, "Result", "note")
    sheet.computed(row, 2, _live(function, cells, expected), Style("calc", style))
    sheet.text(row, 3, "expected", "unit")
    sheet.typed(row, 4, expected, Style("label", style))
    return row + 1


def _typed(sheet: Sheet, row: int, column: int, parameter: Parameter, argument) -> Cell:
    """One argument: a number, word or flag in a cell, or a list going down; a table is told in the call alone."""
    format = {"word": "text", "text": "text", "flag": "flag"}.get(parameter.kind, "number")
    style = Style("input", format)
    if not isinstance(argument, list):
        return sheet.typed(row, column, argument, style)
    flat = [item for line in argument for item in line]
    return sheet.typed(row, column, flat, style, rows=len(flat))


def _live(function: Function, cells: list[Cell], expected) -> Cell:
    """The example as a formula over its typed cells."""
    if function.traceable:
        return trace(function, [*cells, *(p.default for p in function.parameters[len(cells) :])])
    value = np.empty((1, 1, 1), dtype=object)
    value[:] = expected
    return Cell(FunctionCall(function.name, tuple(cell.node for cell in cells), None), value)
