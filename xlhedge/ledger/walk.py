"""A contract's position row by row, beside what the venue says that it is."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from ..functions.position import DUST, FLAT, Fill, after_fill

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

AT_ONCE = 10_000
"""Rows that are held as records at a time."""
NEAR = 1e-9
"""Two positions are the same when they differ by less than this share of the larger one."""


class Gap(NamedTuple):
    """Where the venue's position is not that of the rows before it: a fill is missing.

    `missing` [USD] is what would have to be bought (> 0) or sold since `since`, the time of the row before; `time`, `file` and
    `row` are those of the row by which it is noticed.
    """

    account: str
    venue: str
    contract: str
    time: "pd.Timestamp"
    since: "pd.Timestamp | None"
    missing: float
    file: str
    row: int

    @property
    def told(self) -> str:
        """What is missing, in words."""
        what = f"{abs(self.missing):,.10g} USD {'bought' if self.missing > 0 else 'sold'}"
        since = "" if self.since is None else f" after {self.since:%Y-%m-%d %H:%M:%S}"
        return f"{what} are missing{since} up to {self.time:%Y-%m-%d %H:%M:%S} UTC ({self.file} row {self.row})"

    def __str__(self) -> str:
        of = " ".join(filter(None, (self.venue, self.account, self.contract)))
        return f"gap: {of}: {self.told}"


class Step(NamedTuple):
    """One row: its time, its signed USD and price where it is a fill, and the venue's position or size after it; NaN is not told."""

    time: int
    qty: float
    price: float
    position: float
    size: float


class Steps(NamedTuple):
    """The rows of a contract in the order of time, as a column for each field of a step."""

    time: "np.ndarray"
    qty: "np.ndarray"
    price: "np.ndarray"
    position: "np.ndarray"
    size: "np.ndarray"

    def moments(self) -> Iterator[list[Step]]:
        """The steps of each time; no more than some are held at once."""
        for _, steps in groupby(self._each(), key=attrgetter("time")):
            yield [*steps]

    def _each(self) -> Iterator[Step]:
        for begin in range(0, len(self.time), AT_ONCE):
            yield from map(Step, *(column[begin : begin + AT_ONCE].tolist() for column in self))


class Walked(NamedTuple):
    """A position after all rows; NaN is not known.

    `opening` [USD] was open before the first row. `realised` [coin] has an element for each row, which is NaN where what was
    closed had no entry in the rows. `missing` has the number of each row by which a gap was noticed, that of the row before
    it, and what is missing [USD].
    """

    position: Fill
    opening: float
    realised: "np.ndarray"
    missing: list[tuple[int, int | None, float]]


def exact(position: Fill, step: Step) -> Fill:
    """The position after a fill, without any rounding."""
    return after_fill(position, step.qty, step.price)


def walk(steps: Steps, after: Callable[[Fill, Step], Fill] = exact) -> Walked:
    """Go through the rows of a contract.

    `after` gives the position after a fill, such as by the venue's own rounding. Rows of one time may stand in any order: the
    venue's position is met when any of them has it.
    """
    found = [_walked(steps, opening, after) for opening in _openings(steps)]
    return min(found, key=lambda each: len(each.missing))


def _openings(steps: Steps) -> list[float]:
    """What may have been open before the first row, by the first that tells a position."""
    moved = 0.0
    for rows in steps.moments():
        in_order = set()
        for step in rows:
            moved += step.qty if step.qty == step.qty else 0.0
            if step.position == step.position:
                in_order.add(round(step.position - moved, 6))
        if len(in_order) == 1:
            opening = in_order.pop()
            return [opening if abs(opening) > NEAR * max(1.0, abs(moved)) else 0.0]
        told = {step.position - moved for step in rows if step.position == step.position}
        sizes = [step.size for step in rows if step.size == step.size]
        told |= {sign * size - moved for size in sizes for sign in (1, -1)}
        if told:
            nothing = [opening for opening in told if abs(opening) <= NEAR * max(1.0, abs(moved))]
            if nothing:
                return [0.0]
            return sorted({sign * sizes[-1] - moved for sign in (1, -1)} if sizes else told, key=abs)
    return [0.0]


def _walked(steps: Steps, opening: float, after: Callable[[Fill, Step], Fill]) -> Walked:
    import numpy as np

    position = Fill(opening, math.nan, 0.0) if opening else FLAT
    realised, missing, largest = np.zeros(len(steps.time)), [], abs(opening)
    number, noticed = 0, None
    for rows in steps.moments():
        for step in rows:
            if step.qty == step.qty:
                before, position = position, after(position, step)
                largest = max(largest, abs(position.qty))
                if abs(position.qty) <= DUST * largest:
                    position, largest = after(before, step._replace(qty=-before.qty)), 0.0
                realised[number] = position.realized
            number += 1
        if lost := _lost(position.qty, rows):
            missing.append((number - 1, noticed, lost))
            position = _with_the_missing(position, lost)
            largest = max(largest, abs(position.qty))
        noticed = number - 1
    return Walked(position, opening, realised, missing)


def _lost(ours: float, steps: Sequence[Step]) -> float:
    """What the venue's position is more than ours; 0 where any of some rows has ours, or none tells one."""
    lost = 0.0
    for step in steps:
        theirs = step.position if step.position == step.position else math.copysign(step.size, ours)
        if theirs != theirs:
            continue
        lost = theirs - ours
        if abs(lost) <= NEAR * max(1.0, abs(ours), abs(theirs)):
            return 0.0
    return lost


def _with_the_missing(position: Fill, lost: float) -> Fill:
    """The venue's position: its entry stays where the missing fill only reduced it, else it is not known."""
    qty = position.qty + lost
    if qty == 0:
        return FLAT
    reduced = position.qty * qty > 0 and abs(qty) < abs(position.qty)
    return Fill(qty, position.cost * qty / position.qty if reduced else math.nan, 0.0)
