"""Formulas that a file states once for several cells, as Excel stores what was filled down, written out for each of them."""

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


class SharedFormula:
    """A formula as it stands in one cell, to be moved to others."""

    def __init__(self, text: str, row: int, column: int) -> None:
        self._row, self._column, self._pieces = row, column, [""]
        for number, piece in enumerate(_QUOTED.split(text)):
            if number % 2:
                self._pieces[-1] += piece
            else:
                self._take_in(piece)

    def at(self, row: int, column: int) -> str:
        """The formula in another cell: what it refers to without $ has moved along."""
        down, right = row - self._row, column - self._column
        return "".join(p if isinstance(p, str) else _moved(*p, down, right) for p in self._pieces)

    def _take_in(self, piece: str) -> None:
        end = 0
        for found in _REFERENCE.finditer(piece):
            self._pieces[-1] += piece[end : found.start()]
            groups = [group for group in found.groups() if group is not None]
            pairs = [(groups[i] == "$", groups[i + 1]) for i in (0, 2)]
            colon = "" if found[2] else ":"
            self._pieces += [pairs[0], colon, pairs[1], ""]
            end = found.end()
        self._pieces[-1] += piece[end:]


def _moved(is_fixed: bool, place: str, down: int, right: int) -> str:
    """One half of a reference, a column or a row, moved unless it is fixed."""
    if is_fixed:
        return f"${place}"
    if place.isdigit():
        return str((int(place) + down - 1) % ROWS + 1)
    return letters((column_number(place.upper()) + right - 1) % COLUMNS + 1)
