"""Formulas that stand once in a file for many cells, as Excel itself stores what was filled down or across.

Excel keeps no shared formula that names another sheet, an add-in's function or a LAMBDA, or that has a list of constants or a
range between two results ([MS-XLSB] 2.5.98.98): those stay written out in each cell, and so do all of the other modes.
"""

import re
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from ...nodes import letters
from ...ooxml.area import column_number
from ..grid.cells import Block

SHORTEST = 30
"""Characters from which on a formula is shorter by its number than by its text."""
_UNSHARED = re.compile(r"[!{]|:(?!\$?[A-Z]{1,3}\$?\d)|\):")
_QUOTED = re.compile(r'"[^"]*"')
_REFERENCE = re.compile(r"(?<![A-Za-z0-9_.$])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![A-Za-z0-9_.(])")


def elements(
    block: Block, formulas: Sequence[Sequence[str]], mode: str, number: Callable[[], int]
) -> list[list[bytes]]:
    """The element <f> of each cell of a block, row by row; each formula that is shared takes a `number` of its sheet."""
    texts = [[escape(formula.removeprefix("=")).encode() for formula in row] for row in formulas]
    made = [[b"<f>%s</f>" % text for text in row] for row in texts]
    for cells in _spreads(block, formulas) if mode == "native" else ():
        (i, j), si = cells[0], number()
        area = f"{_at(block, *cells[0])}:{_at(block, *cells[-1])}".encode()
        made[i][j] = b'<f t="shared" ref="%s" si="%d">%s</f>' % (area, si, texts[i][j])
        for i, j in cells[1:]:
            made[i][j] = b'<f t="shared" si="%d"/>' % si
    return made


def _spreads(block: Block, formulas: Sequence[Sequence[str]]) -> list[list[tuple[int, int]]]:
    """The cells that share a formula: the whole block where it has but one, else each of its columns that has."""
    columns = range(len(formulas[0]))
    whole = _spread(block, formulas, columns)
    return [whole] if whole else [*filter(None, (_spread(block, formulas, [j]) for j in columns))]


def _spread(block: Block, formulas: Sequence[Sequence[str]], columns: Sequence[int]) -> list[tuple[int, int]]:
    """The cells of some columns of a block, row by row, where all of them have one formula that Excel shares; else none."""
    cells = [(i, j) for i in range(len(formulas)) for j in columns]
    first = formulas[0][columns[0]]
    if len(cells) == 1 or len(first) < SHORTEST or _UNSHARED.search(_QUOTED.sub("", first)):
        return []
    moved = _moved(first, block.row, block.column + columns[0])
    same = all(_moved(formulas[i][j], block.row + i, block.column + j) == moved for i, j in cells)
    return cells if same else []


def _moved(formula: str, row: int, column: int) -> str:
    """A formula with its relative references as distances from the cell that it stands in."""

    def distance(found: re.Match) -> str:
        fixed, name, fixed_row, number = found.groups()
        across = name if fixed else f"[{column_number(name) - column}]"
        return f"{fixed}{across}{fixed_row}{number if fixed_row else f'[{int(number) - row}]'}"

    pieces = re.split(r'("[^"]*")', formula)
    return "".join(piece if i % 2 else _REFERENCE.sub(distance, piece) for i, piece in enumerate(pieces))


def _at(block: Block, i: int, j: int) -> str:
    return f"{letters(block.column + j)}{block.row + i}"
