"""Addresses of cells and of rectangles of cells, as sheets and tables spell them."""

import re
from functools import lru_cache
from typing import NamedTuple

ROWS, COLUMNS = 1_048_576, 16_384
CELL = re.compile("([A-Z]+)([0-9]+)")
CORNER = re.compile("([A-Z]*)([0-9]*)")


class Area(NamedTuple):
    """A rectangle of cells, by one-based numbers, both ends included."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def parse(cls, ref: str) -> "Area":
        """Read A1, A1:C9, A:C or 1:9; anything else is a ValueError."""
        if cell := CELL.fullmatch(ref):  # nearly all are single cells
            left, top = column_number(cell[1]), int(cell[2])
            return cls(left, top, left, top)
        first, _, last = ref.replace("$", "").upper().partition(":")
        corners = CORNER.fullmatch(first), CORNER.fullmatch(last or first)
        if not all(corners):
            raise ValueError(f"{ref!r} is not the address of cells")
        (left, top), (right, bottom) = (corner.groups() for corner in corners)
        left, right = sorted((column_number(left) or 1, column_number(right) or COLUMNS))
        top, bottom = sorted((int(top or 1), int(bottom or ROWS)))
        return cls(left, top, right, bottom)

    @property
    def size(self) -> int:
        """The number of its cells."""
        return (self.right - self.left + 1) * (self.bottom - self.top + 1)

    def meets(self, other: "Area") -> bool:
        """Whether the two have a cell in common."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )


@lru_cache(COLUMNS)
def column_number(letters: str) -> int:
    """Number of a column, one-based: AB is 28, and no letters are 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
