"""Where things stand in a picture that has room for more of them than are in use."""

from ...elementary import ceil, where
from ...formula import Cell


def spread(place: Cell, used: Cell, places: Cell | float) -> Cell:
    """Which of so many things in use a place shows, 0 if none: they are spread evenly over the places.

    Place s of N shows the thing k of u whose middle (k - 1/2)/u of the width lies in it, if there is one.
    """
    first = ceil((place - 1) * used / places + 0.5)
    return where(first < place * used / places + 0.5, first, 0.0)
