"""What the parts of the Dashboard offer to each other, and where its working begins."""

from typing import NamedTuple

from ...formula import Cell

MOST_ORDERS = 8
"""Orders that are shown one by one; those beyond them are counted."""

NAME_WIDTH = 20
"""Of a column of names."""
WORKING_ROW = 56
"""The row of the working, below the page."""


class Ranked(NamedTuple):
    """Of each position: its place among what is to do and among those that are open (0 if none), and how far its liquidation is.

    `name` is short where that tells it apart. `is_trade` says that it is traded; without that only its margin moves, and it comes after those that are.

    `distance` is that at once (`rounded` to the millionth), `later` once adverse funding is paid; both are "none" where nothing liquidates it, or nothing is open.
    """

    number: Cell
    name: Cell
    is_trade: Cell
    order: Cell
    opened: Cell
    distance: Cell
    rounded: Cell
    later: Cell


class Net(NamedTuple):
    """The exposure to coins [USD] before the trades of the plan, after them, and at the targets."""

    before: Cell
    after: Cell
    goal: Cell


class Working(NamedTuple):
    """The lines of the page by number: the position of the order that each shows, and the failing check."""

    line: Cell
    order: Cell
    failing: Cell
