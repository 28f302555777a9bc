"""A mail merge: the sheets of many portfolios from one template: what all have in common is joined once, the rest put between."""

from collections.abc import Sequence

import numpy as np

from ..grid.cells import Block
from ..grid.numbers import number_texts
from .charts import around_point
from .part import Part, Slot
from .slots import content, woven

NUMBER, BLANK, INFINITE, NAN, YES, NO, OTHER = range(7)
"""Kinds of values: numbers, those that their kind tells, and others, such as texts."""


class SheetMerge:
    """One sheet of many portfolios."""

    def __init__(self, part: Part, blocks: Sequence[Block], portfolios: int) -> None:
        self._joined: list[bytes] = []
        self._varying: list[tuple[int, list[bytes]]] = []
        kinds, numbers = _kinds_and_numbers(part, blocks, portfolios)
        is_one_kind = (kinds == kinds[:, :1]).all(axis=1)
        is_constant = is_one_kind & (numbers == numbers[:, :1]).all(axis=1)
        is_number = is_one_kind & (kinds[:, 0] == NUMBER)
        is_constant[-1:] = is_number[-1:] = False  # the last slot whole: what follows it is packed by itself
        rows, texts = [], [part.pieces[0]]
        for row, (slot, piece) in enumerate(zip(part.slots, part.pieces[1:])):
            block = blocks[slot.block]
            if is_constant[row]:
                texts += [content(slot, block, block.value(slot.i, slot.j, 0)), piece]
                continue
            if is_number[row]:
                before, after = _around_number(slot)
            else:
                before, after = b"", b""
                self._varying.append((len(rows), _contents(block, slot, portfolios)))
            self._joined.append(b"".join([*texts, before]))
            texts = [after, piece]
            rows.append(row)
        self._joined.append(b"".join(texts))
        self._numbers = np.where(kinds[rows] == NUMBER, numbers[rows], 0.0).T.copy()

    def pieces(self, portfolio: int) -> list[bytes]:
        """The sheet of one portfolio, in pieces."""
        texts = number_texts(self._numbers[portfolio])
        for position, contents in self._varying:
            texts[position] = contents[portfolio]
        return woven(self._joined, texts)


def _kinds_and_numbers(part: Part, blocks: Sequence[Block], portfolios: int) -> tuple[np.ndarray, np.ndarray]:
    """The kind and the number of every slot of a sheet, for every portfolio."""
    starts, kinds, numbers, at = {}, [], [], 0
    for index in dict.fromkeys(slot.block for slot in part.slots):
        block = blocks[index]
        values = np.broadcast_to(block.values, (*block.shape, portfolios)).reshape(-1, portfolios)
        kind, number = _of_block(block, values)
        if block.shown is not None:
            kind[~np.broadcast_to(block.shown, (*block.shape, portfolios)).reshape(-1, portfolios)] = BLANK
        starts[index], at = at, at + len(values)
        kinds.append(kind)
        numbers.append(number)
    rows = [starts[slot.block] + slot.i * blocks[slot.block].shape[1] + slot.j for slot in part.slots]
    return np.concatenate(kinds)[rows], np.concatenate(numbers)[rows]


def _of_block(block: Block, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The kinds and the numbers of a block's values; of other values, whether they differ from the first."""
    if values.dtype == bool:
        return np.where(values, np.int8(YES), np.int8(NO)), np.zeros(values.shape)
    if values.dtype.kind not in "fi":
        return np.full(values.shape, OTHER, np.int8), _unlike_the_first(values).astype(float)
    kinds = np.zeros(values.shape, np.int8)
    kinds[np.isnan(values) | (values == -np.inf)] = NAN
    kinds[values == np.inf] = INFINITE
    return kinds, np.where(kinds == NUMBER, values, 0.0) + 0.0


def _unlike_the_first(values: np.ndarray) -> np.ndarray:
    """Whether values differ from the first of their row; 1 and TRUE do, which Python holds for equal."""
    unlike = values != values[:, :1]
    if values.dtype == object:
        types = np.frompyfunc(type, 1, 1)(values)
        unlike |= types != types[:, :1]
    return unlike


def _contents(block: Block, slot: Slot, portfolios: int) -> list[bytes]:
    """The rest of a cell for every portfolio; the same text is made only once."""
    values = np.broadcast_to(block.values[slot.i, slot.j], portfolios).tolist()
    if block.shown is not None:
        shown = np.broadcast_to(block.shown[slot.i, slot.j], portfolios).tolist()
        values = [value if is_shown else "" for value, is_shown in zip(values, shown)]
    made: dict[tuple[type, object], bytes] = {}
    keys = zip(map(type, values), values)
    return [made.get(key) or made.setdefault(key, content(slot, block, key[1])) for key in keys]


def _around_number(slot: Slot) -> tuple[bytes, bytes]:
    """What stands before and after a number in its cell, or in its point of a chart."""
    if slot.point is not None:
        return around_point(slot.point)
    if slot.formula is None:
        return b' t="n"><v>', b"</v></c>"
    return b">%s<v>" % slot.formula, b"</v></c>"
