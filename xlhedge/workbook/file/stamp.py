"""Finished workbooks of many portfolios of one shape.

openpyxl builds the template once per shape; one execution of the model computes the values of all portfolios; then
each workbook is the template's pieces with its own values between them.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ...portfolio import Portfolio
from ...portfolio.scenarios import Scenario
from ..grid.sheet import Book
from ..model import EMPTY, build_model
from ..portfolios import shape
from ..position_rows import PositionRows
from ..selection import without
from .packing import Packed, archive, best, packer
from .slots import Part, own_text, settled, woven
from .merge import SheetMerge
from .writer import template

MOST_SHAPES = 16
"""Templates that are kept: a few megabytes each."""


class Stamped(NamedTuple):
    """A finished workbook: its bytes, the figures of its row in results.csv, its positions, and the checks that say FALSE.

    `failed` are red ones, and `ambers` amber ones.
    """

    content: bytes
    figures: dict[str, object]
    failed: tuple[str, ...]
    positions: tuple[dict[str, object], ...]
    ambers: tuple[str, ...]


class Member(NamedTuple):
    """A part of a shape's template, and what packs it; `packed` where it is the same for every portfolio."""

    part: Part
    pack: Callable[[list[bytes]], Packed]
    packed: Packed | None


_templates: OrderedDict[tuple, list[Member]] = OrderedDict()


def stamp(
    portfolios: Sequence[Portfolio], mode: str = "native", scenarios: Mapping[str, tuple[Scenario, ...]] = EMPTY,
    left: tuple[str, ...] = (),
) -> Iterator[Stamped]:  # fmt: skip
    """The finished workbooks of portfolios of one shape, in their order, without the sheets that are left out."""
    members = _template(portfolios[0], mode, scenarios, left)
    book = build_model(portfolios, mode, scenarios=scenarios, records=without(left))
    sheets = list(book.sheets.values())
    merges = {
        member.part.name: SheetMerge(member.part, sheets[member.part.sheet].blocks, book.count)
        for member in members if member.part.sheet is not None and member.packed is None
    }  # fmt: skip
    figures, positions = {name: values.tolist() for name, values in book.figures.items()}, PositionRows(book)
    failed, ambers = (_failing(book, severity) for severity in ("red", "amber"))
    for k, portfolio in enumerate(portfolios):
        packed = []
        for part, pack, done in members:
            if done is None and part.sheet is None:
                done = pack(woven(part.pieces, [own_text(slot, book, k) for slot in part.slots]))
            packed.append(done or pack(merges[part.name].pieces(k)))
        named = {name: values[k] for name, values in figures.items()}
        yield Stamped(archive(packed), named, failed[k], tuple(positions.of(portfolio, k)), ambers[k])


def _failing(book: Book, severity: str) -> list[tuple[str, ...]]:
    """The names of the checks of a severity that say FALSE, for every portfolio."""
    passed = {name: line.passed for name, line in book.checks.items() if line.severity == severity}
    lines = [[bool(passed[name][min(k, len(passed[name]) - 1)]) for k in range(book.count)] for name in passed]
    return [tuple(name for name, ok in zip(passed, column) if not ok) for column in zip(*lines)] or [()] * book.count


def _template(
    portfolio: Portfolio, mode: str, scenarios: Mapping[str, tuple[Scenario, ...]], left: tuple[str, ...]
) -> list[Member]:
    """The template of a portfolio's shape."""
    key = shape(portfolio), mode, repr(dict(scenarios)), left
    if key not in _templates:
        members, book = [], build_model([portfolio] * 2, mode, scenarios=scenarios, records=without(left))
        sheets = list(book.sheets.values())
        for part in template(book):
            if part.sheet is not None:
                part = settled(part, sheets[part.sheet].blocks)
            packed = None if part.slots else packer(part.name, part.tail, best)(part.pieces)
            members.append(Member(part, packer(part.name, part.tail), packed))
        _templates[key] = members
        while len(_templates) > MOST_SHAPES:
            _templates.popitem(last=False)
    _templates.move_to_end(key)
    return _templates[key]
