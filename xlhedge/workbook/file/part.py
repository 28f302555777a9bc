"""A member of a finished workbook's package, cut open at what differs from one portfolio to the next."""

from collections.abc import Sequence
from typing import NamedTuple

from .printing import Printed


class Place(NamedTuple):
    """Where a cell stands on its sheet, and which cell of which block it is."""

    row: int
    column: int
    block: int
    i: int
    j: int


Styled = Sequence[tuple[Place, int]]
"""The cells of a sheet in their order, each with the number of its style."""


class Slot(NamedTuple):
    """A cell to be filled: which cell of which block of the sheet, and the element of its formula if it has one.

    A `point` of a chart shows the cell's value; it is its number in the series.
    """

    block: int
    i: int
    j: int
    formula: bytes | None
    point: int | None = None


class Part(NamedTuple):
    """A member of the package: `pieces` of it with a slot between each two.

    The title and the time are slots by their marks, a print area by what is printed."""

    name: str
    pieces: list[bytes]
    slots: list[Slot | str | Printed]
    sheet: int | None = None

    @property
    def tail(self) -> bytes:
        """What follows the last slot."""
        return self.pieces[-1] if self.slots else b""
