"""How a worksheet function is called from a spreadsheet: cells in, cells out, error values instead of exceptions.

A cell is a number, a text, TRUE or FALSE, None when blank, a date, or an Excel error word. A range is a list of
rows. This is the only place where errors become Excel's words and where "none" becomes infinity and back.
"""

import logging
import math
from collections.abc import Sequence

from .call import LISTS, Table, convert, evaluate
from .errors import EXCEL_ERRORS, NUM, VALUE, Described, InputError, NoResultError, XlhedgeError
from .registry import Function, Parameter

log = logging.getLogger(__name__)

NONE_TEXT = "none"


class _CellError(Exception):
    """An error word met among the arguments, which is the result of the whole call."""

    def __init__(self, word: str) -> None:
        self.word = word


def sheet_call(function: Function, arguments: Sequence):
    """Call a function with cells and ranges; the result is a cell or a list of rows, never an exception."""
    try:
        cells = [*arguments, *[None] * (len(function.parameters) - len(arguments))]
        if len(cells) > len(function.parameters):
            return VALUE
        cells = [_single(cell) for cell in cells]
        if _is_for_each_alone(function, cells):
            return _element_by_element(function, cells)
        return _from_columns(function, cells)
    except _CellError as error:
        return error.word
    except XlhedgeError as error:
        return error.word
    except Exception:
        log.exception("unexpected error in %s", function.name)
        return VALUE


def first_error(function: Function, arguments: Sequence, result) -> str:
    """Which cell of a result is the first that shows an error word, and why; "" where no cell does.

    A cell that only shows the error of a cell among the arguments is passed over: whoever made that one says why.
    """
    rows = result if _is_range(result) else [[result]]
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if is_error(cell) and (why := _reason(function, arguments, i, j)):
                return f"{function.name}{_place(rows, i, j)}: {why}"
    return ""


def _place(rows: list[list], i: int, j: int) -> str:
    """Where a cell stands among others; the row or the column alone where there is one of the other."""
    places = [f"row {i + 1}"] * (len(rows) > 1) + [f"column {j + 1}"] * (len(rows[0]) > 1)
    return f" {', '.join(places)}" if places else ""


def _reason(function: Function, arguments: Sequence, i: int, j: int) -> str:
    """Why one cell of a result shows an error word; "" where an argument does."""
    cells = []
    for parameter, cell in zip(function.parameters, arguments):
        cell = _single(cell) if parameter.kind in (*LISTS, "axis", "matrix") else _picked(_single(cell), i, j)
        if is_error(cell):
            return ""
        if parameter.kind == "number" and isinstance(cell, bool):  # which Python takes for 1 or 0, and a sheet refuses
            return f"{parameter.name} {parameter.rule} (got {str(cell).upper()})"
        cells.append(None if _is_blank(cell) else math.inf if cell == NONE_TEXT else cell)
    try:
        evaluate(function, [*cells, *[None] * (len(function.parameters) - len(cells))])
    except XlhedgeError as error:
        return str(error).removeprefix(f"{function.name}: ")
    return function.no_result or "there is no finite result"


def _picked(cell, i: int, j: int):
    """The cell of a range that stands beside a cell of the result; a row or a column stands beside each."""
    return cell[i % len(cell)][j % len(cell[0])] if _is_range(cell) else cell


def is_error(cell: object) -> bool:
    """Whether a cell holds an Excel error value."""
    return isinstance(cell, str) and cell.startswith("#") and cell in EXCEL_ERRORS


def _is_blank(cell: object) -> bool:
    return cell is None or (cell.__class__ is str and cell == "")


def to_cell(value, allows_none: bool = True):
    """A Python result as a cell: infinity is "none" where that can be, NaN is #NUM!, numpy types become plain ones."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, tuple):
        return ";".join(f"{item:.15g}" for item in value)
    if isinstance(value, float):
        if math.isfinite(value):
            return value + 0.0  # -0.0 would show as -0
        return NONE_TEXT if allows_none and value == math.inf else NUM
    return value


def _is_range(cell: object) -> bool:
    return isinstance(cell, (list, tuple))


def _single(cell):
    """A range of one cell is that cell; a flat list is one row."""
    if not _is_range(cell):
        return cell
    rows = [list(row) if _is_range(row) else [row] for row in cell] if any(map(_is_range, cell)) else [list(cell)]
    if not rows or len({len(row) for row in rows}) != 1 or not rows[0]:
        raise _CellError(VALUE)
    return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def _scalar(parameter: Parameter, cell):
    """One cell as the value that `convert` expects; an error word ends the call."""
    if is_error(cell):
        raise _CellError(cell)
    if _is_blank(cell):
        if parameter.required:
            raise _CellError(VALUE)
        return parameter.default
    if parameter.kind in ("word", "words", "text"):
        return cell
    if parameter.kind == "flag":
        if isinstance(cell, (bool, float, int)):
            return bool(cell)
        raise _CellError(VALUE)
    if parameter.allows_none and cell == NONE_TEXT:
        return math.inf
    if isinstance(cell, bool) or not isinstance(cell, (float, int)):
        raise _CellError(VALUE)
    return float(cell)


def _from_columns(function: Function, cells: list):
    """Call a function of numbers: ranges become arrays, and each wrong cell of one is wrong alone."""
    kept = _kept_rows(function, cells)
    values, wrong_cells, row_result = [], [], False
    for parameter, cell in zip(function.parameters, cells):
        if not _is_range(cell):
            if parameter.kind == "times":
                value = [_time(cell)]
            elif parameter.idle_with and _is_blank(cell):  # which the list beside it may allow
                value = None
            else:
                value = _scalar(parameter, cell)
        elif parameter.kind == "number":
            value, wrong = _array(parameter, cell)
            wrong_cells.append(wrong)
        elif parameter.kind == "matrix":
            value = [[_scalar(parameter, item) for item in row] for row in _kept_cells(function, parameter, cell, kept)]
        elif parameter.kind in ("vector", "words", "axis", "times"):
            flat = [item for row in cell for item in row]
            if parameter.kind != "axis":
                flat = [item for item, keep in zip(flat, kept) if keep] if len(flat) == len(kept) else flat
            else:
                flat = [item for item in flat if not _is_blank(item)]
            value = [
                _time(item) if parameter.kind == "times"
                else None if parameter.idle_with and _is_blank(item)
                else _scalar(parameter, item)
                for item in flat
            ]  # fmt: skip
            if parameter.needed_with:
                value = _asked_for(function, parameter, value, values)
            row_result = row_result or (parameter.kind == "vector" and len(cell) == 1)
        else:
            raise InputError(parameter.name, parameter.rule, Described("a range"))
        values.append(value)
    allows_none, is_vector = function.returns.allows_none, function.returns.kind == "vector"
    try:
        result = evaluate(function, values)
    except NoResultError:
        if not is_vector:
            raise
        return _aligned([NUM] * max(sum(kept), 1), kept, row_result)
    if is_vector:
        return _aligned([to_cell(item, allows_none) for item in result.tolist()], kept, row_result)
    if isinstance(result, Table):
        return [[to_cell(item, allows_none) for item in row] for row in result.rows()]
    if not hasattr(result, "ndim"):
        return to_cell(result)
    rows = [
        [to_cell(item, allows_none) if item.__class__ is not bool else item for item in row] for row in result.tolist()
    ]
    for words in reversed(wrong_cells):  # so that the first argument's error is the one to see
        _overlay(rows, words)
    if function.returns.kind == "flag":
        rows = [[bool(item) if item.__class__ is float else item for item in row] for row in rows]
    return rows


def _asked_for(function: Function, parameter: Parameter, items: list, before: list) -> list:
    """A list with 0 for its blanks, none of which may stand beside the word that asks for this argument."""
    name, choice = parameter.needed_with
    word = function.value_of(name, before)
    words = word if isinstance(word, list) else [word] * len(items)
    for row, (item, beside) in enumerate(zip(items, words), 1):
        if item is None and isinstance(beside, str) and beside.strip().lower() == choice:
            raise InputError(parameter.name, f"must be given with {name} {choice}", Described(f"a blank in row {row}"))
    return [0.0 if item is None else item for item in items]


def _kept_rows(function: Function, cells: list) -> list[bool]:
    """Which positions of paired lists to keep: those that are blank in every list are left out."""
    lists = [
        [item for row in cell for item in row]
        for parameter, cell in zip(function.parameters, cells)
        if parameter.kind in LISTS and _is_range(cell)
    ]
    length = max(map(len, lists), default=0)
    alike = [items for items in lists if len(items) == length]
    return [any(not _is_blank(items[i]) for items in alike) for i in range(length)]


def _kept_cells(function: Function, parameter: Parameter, rows: list[list], kept: list[bool]) -> list[list]:
    """A table without the columns of the elements that are left out, and without blank rows.

    Where the result has a numbered row for each, only those at the end are left out: a gap would shift the numbers.
    """
    if parameter.square and len(rows) == len(kept):
        rows = [row for row, keep in zip(rows, kept) if keep]
    elif not parameter.square:
        end = len(rows)
        while end and all(map(_is_blank, rows[end - 1])):
            end -= 1
        rows = rows[:end]
        if function.returns.kind != "table":
            rows = [row for row in rows if not all(map(_is_blank, row))]
    if rows and len(rows[0]) == len(kept):
        rows = [[item for item, keep in zip(row, kept) if keep] for row in rows]
    return rows


def _aligned(cells: list, kept: list[bool], is_row: bool) -> list[list]:
    """The cells of a vector beside the rows that they belong to; a blank row stays blank."""
    left = iter(cells)
    cells = [next(left) if keep else "" for keep in kept] if kept else cells
    return [cells] if is_row else [[cell] for cell in cells]


def _time(cell):
    if is_error(cell):
        raise _CellError(cell)
    if _is_blank(cell):
        raise _CellError(VALUE)
    return cell


def _array(parameter: Parameter, rows: list[list]):
    """A range as an array, and the error words of its wrong cells (None where every cell is a number)."""
    import numpy

    types = {type(item) for row in rows for item in row}
    if types <= {float, int}:
        return numpy.array(rows, dtype=float), None
    values = numpy.full((len(rows), len(rows[0])), numpy.nan)
    words = numpy.full(values.shape, None, dtype=object)
    for position in numpy.ndindex(values.shape):
        try:
            values[position] = _scalar(parameter, rows[position[0]][position[1]])
        except _CellError as error:
            words[position] = error.word
    return values, words


def _overlay(rows: list[list], words) -> None:
    """Put the error words of one argument into the result."""
    if words is None:
        return
    import numpy

    words = numpy.broadcast_to(words, (len(rows), len(rows[0])))
    for i, j in zip(*numpy.nonzero(words != None)):  # noqa: E711 - element by element
        rows[i][j] = words[i, j]


def _is_for_each_alone(function: Function, cells: list) -> bool:
    """Whether the cells of a range need a call each: for look-ups, and where a blank stands for no number at all."""
    if any(p.kind == "text" for p in function.parameters):
        return True
    optional = (
        cell
        for p, cell in zip(function.parameters, cells)
        if p.default is None and p.kind == "number" and _is_range(cell)
    )
    return function.returns.kind == "number" and any(
        _is_blank(item) for rows in optional for row in rows for item in row
    )


def _element_by_element(function: Function, cells: list):
    """Call a look-up once, or for every cell of the ranges among its arguments."""
    ranges = [cell for cell in cells if _is_range(cell)]
    if not ranges:
        values = [_scalar(p, cell) for p, cell in zip(function.parameters, cells)]
        return to_cell(evaluate(function, [convert(p, value) for p, value in zip(function.parameters, values)]))
    height, width = max(len(r) for r in ranges), max(len(r[0]) for r in ranges)
    if any(len(r) not in (1, height) or len(r[0]) not in (1, width) for r in ranges):
        return VALUE
    return [
        [sheet_call(function, [_picked(cell, i, j) for cell in cells]) for j in range(width)] for i in range(height)
    ]
