"""Cells that stand for ranges: parts of them, look-ups in them, counts and choices, with text and value in one hand."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .elementary import NO_RESULT, exists, where
from .formula import Cell, as_cell, summed
from .nodes import Across, Template, Whole


def at(column: Cell, index: int) -> Cell:
    """One cell of a column, counted from 0."""
    return Cell(column.node._replace(row=column.node.row + index, rows=0), column.value[index : index + 1])


def below(column: Cell, count: int = 1) -> Cell:
    """A column without its first cells."""
    node = column.node
    return Cell(node._replace(row=node.row + count, rows=node.rows - count), column.value[count:])


def column_of(table: Cell, index: int) -> Cell:
    """One column of a table, counted from 0."""
    node = table.node._replace(column=table.node.column + index, columns=0)
    return Cell(node, table.value[:, index : index + 1])


def beside(*cells: Cell) -> Cell:
    """Cells or columns that stand side by side, as one range."""
    _check_neighbours(cells, "column")
    values = np.broadcast_arrays(*(np.asarray(cell.value) for cell in cells))
    return Cell(cells[0].node._replace(columns=len(cells)), np.concatenate(values, axis=1))


def one_below_another(*cells: Cell) -> Cell:
    """Single cells that stand below each other, as one column."""
    _check_neighbours(cells, "row")
    values = np.broadcast_arrays(*(np.asarray(cell.value) for cell in cells))
    return Cell(cells[0].node._replace(rows=len(cells)), np.concatenate(values))


def _check_neighbours(cells: Sequence[Cell], axis: str) -> None:
    first = getattr(cells[0].node, axis)
    if any(getattr(cell.node, axis) != first + i for i, cell in enumerate(cells)):
        raise ValueError(f"cells that are to be one range do not stand {axis} by {axis}: {[c.node for c in cells]}")


def hidden_unless(shown: Cell, cell) -> Cell:
    """A formula that gives an empty text where it is not `shown`; in further arithmetic that counts as missing."""
    cell = as_cell(cell)
    return Cell(Template('IF({0},{1},"")', (shown.node, cell.node)), np.where(shown.value, cell.value, np.nan))


def chosen(word: Cell, results: Mapping[str, object]):
    """The result of the word that a cell holds; no result where it holds none of them."""
    found = NO_RESULT
    for name, result in results.items():
        found = where(word == name, result, found)
    return found


def is_one_of(word: Cell, words: Sequence[str]) -> Cell:
    """Whether a cell holds one of some words."""
    found = word == words[0]
    for other in words[1:]:
        found = found | (word == other)
    return found


def times_found(column: Cell, word: str) -> Cell:
    """How many cells of a column hold a word."""
    found = np.sum(np.asarray(column.value) == word, axis=0, keepdims=True) * 1.0
    return Cell(Template(f'COUNTIF({{0}},"{word}")', (Whole(column.node),)), found)


def first_found(column: Cell, word: str) -> Cell:
    """Where a word first stands in a column, counted from 1; 0 where it does not."""
    is_word = np.asarray(column.value) == word
    found = np.where(is_word.any(axis=0), is_word.argmax(axis=0) + 1.0, 0.0)[None]
    return Cell(Template(f'IFERROR(MATCH("{word}",{{0}},0),0)', (Whole(column.node),)), found)


def over(excel: str, function: Callable, *columns: Cell) -> Cell:
    """A spreadsheet function such as "SUM({0})" over whole columns; `function` reduces their values along the rows."""
    value = function(*(np.asarray(column.value) for column in columns))
    return Cell(Template(excel, tuple(Whole(column.node) for column in columns)), value)


def sum_where(values: Cell, keys: Cell, key: Cell) -> Cell:
    """The sum of a column over the rows whose number among `keys` equals `key`; a blank cell counts as 0."""
    column, numbers = np.asarray(values.value), np.asarray(keys.value)
    is_own = numbers[None, :] == np.atleast_3d(key.value)[:, None]
    value = summed(np.where(is_own, column[None, :], 0.0), axis=1)[:, 0]
    arguments = tuple((Whole(keys.node), key.node, Whole(values.node)))
    return Cell(Template("SUMIF({0},{1},{2})", arguments), value)


def blank_as_0(cell: Cell) -> Cell:
    """Typed cells as arithmetic takes them, where others ask whether they hold a number."""
    return Cell(cell.node, np.nan_to_num(cell.value))


def same_text(first: Cell, second: Cell) -> Cell:
    """Whether two cells hold the same text, in whatever case, as a spreadsheet compares them."""
    return first.traced("{0}={1}", lambda a, b: _folded(a) == _folded(b), (first, second))


def _folded(values) -> np.ndarray:
    return np.frompyfunc(lambda text: str(text).casefold(), 1, 1)(np.asarray(values, object))


def position_of_text(key: Cell, keys: Cell) -> Cell:
    """Where a text first stands among others, in whatever case, counted from 1; 0 where it does not."""
    return position(Cell(key.node, _folded(key.value)), Cell(keys.node, _folded(keys.value)))


def sum_beside(values: Cell, keys: Cell, key: Cell) -> Cell:
    """The sum over the columns of a table, row by row, where the number above them equals `key`."""
    is_own = np.asarray(keys.value) == np.asarray(key.value)
    value = summed(np.where(is_own, np.asarray(values.value), 0.0), axis=1)
    return Cell(Template("SUMIF({0},{1},{2})", (Across(keys.node), key.node, Across(values.node))), value)


def element_of(table: Cell, place: Cell) -> Cell:
    """Of each row of a table the element in a column, counted from 1; to be used where there is one, as 0 is the whole row."""
    values, index = np.asarray(table.value), np.maximum(np.asarray(place.value), 1).astype(int) - 1
    shape = (len(values), index.shape[1], max(values.shape[2], index.shape[2]))
    values = np.broadcast_to(values, (*values.shape[:2], shape[2]))
    taken = np.take_along_axis(values, np.broadcast_to(index, shape), axis=1)
    return Cell(Template("INDEX({0},{1})", (Across(table.node), place.node)), taken)


def words(*parts) -> Cell:
    """Texts in one, with a space between each two that hold something."""
    cells = [as_cell(part) for part in parts]
    text = '&" "&'.join(f"{{{i}}}" for i in range(len(cells)))
    return cells[0].traced(f"TRIM({text})", _spaced, tuple(cells))


def _spaced(*parts) -> np.ndarray:
    joined = sum((np.asarray(part, object) + " " for part in parts[1:]), np.asarray(parts[0], object) + " ")
    return np.frompyfunc(lambda text: " ".join(text.split()), 1, 1)(joined)


def known_over(excel: str, column: Cell, value) -> Cell:
    """A spreadsheet function over a whole column of which the value is known for each portfolio."""
    return Cell(Template(excel, (Whole(column.node),)), np.reshape(value, (1, 1, -1)))


def sum_across(cell: Cell) -> Cell:
    """The sum over the columns of a table, row by row."""
    value = summed(np.asarray(cell.value), axis=1)
    return Cell(Template("SUMPRODUCT({0})", (Across(cell.node),)), value)


def each_of(column: Cell) -> Cell:
    """A whole column for every row of another: its elements lie along the second axis, to be reduced by `highest_of`."""
    return Cell(Whole(column.node), np.swapaxes(np.atleast_3d(column.value), 0, 1))


def highest_of(cell: Cell) -> Cell:
    """The largest element for each row of what was made of `each_of` columns; any spreadsheet evaluates it as an array."""
    return Cell(
        Template("SUMPRODUCT(MAX({0}))", (cell.node,)), np.asarray(cell.value, float).max(axis=1, keepdims=True)
    )


def sum_of(cell: Cell) -> Cell:
    """The sum for each row of what was made of `each_of` columns."""
    return Cell(Template("SUMPRODUCT({0})", (cell.node,)), summed(np.asarray(cell.value), axis=1))


def turned(column: Cell, positions: Cell) -> Cell:
    """A column as a row: the elements at the positions, counted from 1, that stand in a row."""
    index = np.asarray(positions.value)[0, :, 0].astype(int) - 1
    values = np.asarray(column.value)[index, 0, :][None, :, :]
    return Cell(Template("INDEX({0},{1})", (Whole(column.node), positions.node)), values)


def look_up(key: Cell, keys: Cell, values: Cell) -> Cell:
    """The value beside the first of `keys` that equals `key`; #N/A (here NaN) where there is none."""
    place, found = _match(key, keys)
    column = np.broadcast_to(values.value, np.broadcast_shapes(np.shape(values.value), np.shape(keys.value)))
    taken = np.take_along_axis(column, place, axis=0)
    missing = "" if taken.dtype == object else np.nan
    node = Template("INDEX({2},MATCH({0},{1},0))", (key.node, Whole(keys.node), Whole(values.node)))
    return Cell(node, np.where(found, taken, missing))


def position(key: Cell, keys: Cell) -> Cell:
    """Where `key` first stands among `keys`, counted from 1; 0 where it does not."""
    place, found = _match(key, keys)
    node = Template("IFERROR(MATCH({0},{1},0),0)", (key.node, Whole(keys.node)))
    return Cell(node, np.where(found, place + 1, 0))


def summed_to(values: Cell, numbers: Cell) -> Cell:
    """Of each row the sum of a column up to it; `numbers` are 1, 2, 3 ... beside the values."""
    node = Template('SUMIF({0},"<="&{1},{2})', (Whole(numbers.node), numbers.node, Whole(values.node)))
    return Cell(node, np.cumsum(values.value, axis=0))


def rank_of(flags: Cell, numbers: Cell) -> Cell:
    """Of each row whose flag is 1 which of them it is, counted from 1, else 0; `numbers` are 1, 2, 3 ... beside the flags."""
    return where(flags > 0, summed_to(flags, numbers), 0)


def stacked_cells(*cells: Cell) -> Cell:
    """Cells and columns that stand below each other on one sheet, as one column."""
    first, count = cells[0].node, max(np.shape(cell.value)[2] for cell in cells)
    values = [np.broadcast_to(cell.value, (*np.shape(cell.value)[:2], count)) for cell in cells]
    made = np.concatenate([np.asarray(each, object) if each.dtype.kind in "OU" else each for each in values])
    return Cell(first._replace(rows=len(made)), made)


def lowest_number(column: Cell) -> Cell:
    """The smallest number of a column, "none" where it holds none; an error in it is an error, not nothing."""
    text = 'IF(COUNT({0})+SUMPRODUCT(1*ISERROR({0}))=0,"none",MIN({0}))'
    return Cell(Template(text, (Whole(column.node),)), np.min(column.value, axis=0, keepdims=True))


def place_of_number(number: Cell, column: Cell) -> Cell:
    """Where a number first stands in a column, counted from 1; 0 where there is none."""
    return where(exists(number), position(number, column), 0)


def _match(key: Cell, keys: Cell) -> tuple[np.ndarray, np.ndarray]:
    """The index of the first of `keys` that equals `key`, and whether there is one."""
    is_same = np.asarray(key.value)[:, None] == np.asarray(keys.value)[None, :]
    return is_same.argmax(axis=1), is_same.any(axis=1)


def picked(values: Cell, place: Cell) -> Cell:
    """The value at a place of a column, counted from 1; to be used where there is one, as 0 is the whole column."""
    column, index = np.asarray(values.value), np.maximum(np.asarray(place.value), 1).astype(int) - 1
    if column.shape[2] == 1:  # the same for every portfolio
        taken = column[:, 0, 0][index]
    else:
        index = np.broadcast_to(index, (*index.shape[:2], column.shape[2]))
        taken = np.take_along_axis(column, index, axis=0)
    return Cell(Template("INDEX({0},{1})", (Whole(values.node), place.node)), taken)


def first_where(names: Cell, numbers: Cell, condition: Cell) -> Cell:
    """The name in the first row that meets a condition, "" where none does; `numbers` are 1, 2, 3 ... beside the names.

    Any spreadsheet evaluates it as an array.
    """
    met = np.broadcast_arrays(np.asarray(condition.value, bool), np.asarray(names.value, object))
    found = np.take_along_axis(met[1], met[0].argmax(axis=0, keepdims=True), axis=0)
    place = "ROWS({1})+1-SUMPRODUCT(MAX(({0})*(ROWS({1})+1-{2})))"
    text = f'IF(SUMPRODUCT(1*({{0}}))=0,"",INDEX({{1}},{place}))'
    node = Template(text, tuple(Whole(cell.node) for cell in (condition, names, numbers)))
    return Cell(node, np.where(met[0].any(axis=0, keepdims=True), found, ""))


def highest_where(numbers: Cell, *tests: tuple[Cell, str, Cell]) -> Cell:
    """The largest number of a column in the rows that meet tests such as (column, "<=", cell); 0 where none does."""
    met, arguments, text = True, [Whole(numbers.node)], ""
    for column, symbol, cell in tests:
        text += f"({{{len(arguments)}}}{symbol}{{{len(arguments) + 1}}})*"
        arguments += [Whole(column.node), cell.node]
        compare = {"=": np.equal, "<>": np.not_equal, "<=": np.less_equal}[symbol]
        met = met & compare(np.asarray(column.value)[None, :], np.atleast_3d(cell.value)[:, None])
    value = np.where(met, np.asarray(numbers.value)[None, :], 0.0).max(axis=1)
    return Cell(Template(f"SUMPRODUCT(MAX({text}{{0}}))", tuple(arguments)), value)
