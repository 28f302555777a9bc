"""Formulas that a file states once for several cells, as Excel stores what was filled down, written out for each of them."""

import functools
import itertools
import re

from ..nodes import letters
from .area import COLUMNS, ROWS, column_number

_QUOTED = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')""")
_NAMES = r"(?<![\w.$\[\\])"
_REFERENCE = re.compile(
    rf"{_NAMES}(\$?)([A-Za-z]{{1,3}})(\$?)([0-9]{{1,7}})(?![\w.(\[!\\])"
    rf"|{_NAMES}(\$?)([A-Za-z]{{1,3}}):(\$?)([A-Za-z]{{1,3}})(?![\w.(\[!\\])"
    rf"|{_NAMES}(\$?)([0-9]{{1,7}}):(\$?)([0-9]{{1,7}})(?![\w.(\[!\\])"
)
"""A cell, whole columns, whole rows; not what only looks like one in a name, a function or a table."""


MOST_KEPT = 8_192
"""Shared formulas that are kept, with what they are in other cells: workbooks of one kind have the same ones."""

MOST_CELLS = 1_000
"""Cells of each for which that is kept."""


class SharedFormula:
    """A formula as it stands in one cell, to be moved to others: its text, with a gap wherever that depends on the cell."""

    def __init__(self, text: str, row: int, column: int) -> None:
        self._row, self._column = row, column
        self._texts, self._gaps, self._moved = [""], [], {}
        for number, piece in enumerate(_QUOTED.split(text)):
            if number % 2:
                self._texts[-1] += piece
            else:
                self._take_in(piece)

    def at(self, row: int, column: int) -> str:
        """The formula in another cell: what it refers to without $ has moved along."""
        way = down, right = row - self._row, column - self._column
        if way not in self._moved:
            moved = [
                letters((number + right - 1) % COLUMNS + 1) if is_column else str((number + down - 1) % ROWS + 1)
                for is_column, number in self._gaps
            ]
            pieces = itertools.chain.from_iterable(zip(self._texts, moved))
            if len(self._moved) >= MOST_CELLS:
                self._moved.clear()
            self._moved[way] = "".join([*pieces, self._texts[-1]])
        return self._moved[way]

    def _take_in(self, piece: str) -> None:
        end = 0
        for found in _REFERENCE.finditer(piece):
            self._texts[-1] += piece[end : found.start()]
            groups = [group for group in found.groups() if group is not None]
            self._take_in_half(*groups[:2])
            self._texts[-1] += "" if found[2] else ":"
            self._take_in_half(*groups[2:])
            end = found.end()
        self._texts[-1] += piece[end:]

    def _take_in_half(self, fixed: str, place: str) -> None:
        """One half of a reference, a column or a row, which moves unless it is fixed."""
        if fixed:
            self._texts[-1] += f"${place}"
        else:
            self._gaps.append((False, int(place)) if place.isdigit() else (True, column_number(place.upper())))
            self._texts.append("")


@functools.lru_cache(MOST_KEPT)
def shared_formula(text: str, row: int, column: int) -> SharedFormula:
    """A formula as it stands in a cell."""
    return SharedFormula(text, row, column)
