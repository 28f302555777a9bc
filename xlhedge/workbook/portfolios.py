"""Portfolios of one shape, computed together: what differs among them lies along the third axis of every value."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..portfolio import Holding, Portfolio
from ..portfolio.positions import Position
from .grid.sheet import numbered

FORMULA_MARKS = ("=", "+", "-", "@")
"""A text that begins with one of these is kept from becoming a formula when somebody edits its cell."""


COMMON = ("Contracts", "Tiers", "Functions")
"""Sheets that are the same for all portfolios that are computed together."""


def shape(portfolio: Portfolio) -> Hashable:
    """What portfolios must have in common to be computed together.

    The rows for holdings and positions, and the numbers of list items, decide which cells there are; a text that looks like
    a formula has a style of its own; the user's own contracts and scenarios, and what is kept of sheets that are the same
    for all, belong to the shape; what else was typed into a workbook that the portfolio was read from belongs to it alone.
    """
    rows = [each.values._asdict() for each in (*portfolio.holdings, *portfolio.positions)]
    told = portfolio.settings._asdict()
    marked = [(i, name) for i, row in enumerate(rows) for name, value in row.items() if _looks_like_a_formula(value)]
    marked += [name for name, value in told.items() if _looks_like_a_formula(value)]
    marked += [len(portfolio.holdings), len(portfolio.positions)] if marked else []
    lists = tuple((name, len(value)) for name, value in told.items() if isinstance(value, tuple))
    kept = {sheet: names for sheet, names in portfolio.kept.items() if sheet not in COMMON}
    for sheet, names in kept.items():
        for name, typed in names.items():
            marked += [(sheet, name, i) for i, value in numbered(typed) if _looks_like_a_formula(value)]
    facts, typed = portfolio.contracts and portfolio.contracts.facts, tuple((s, *names) for s, names in kept.items())
    common = repr([portfolio.stress, portfolio.sets, *(portfolio.kept.get(sheet) for sheet in COMMON)])
    return room_for(portfolio), lists, tuple(marked), facts, common, typed


def _looks_like_a_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith(FORMULA_MARKS)


class Room(NamedTuple):
    """How many rows a workbook has: for assets, positions and the log, then on Contracts, Tiers and each stress sheet.

    Where a sheet's number is missing or 0, it has some blank rows below those in use.
    """

    assets: int = 0
    positions: int = 0
    log: int = 0
    contracts: int = 0
    tiers: int = 0
    scenarios: tuple[int, ...] = ()

    def larger(self, other: "Room") -> "Room":
        """The room that both ask for."""
        return Room(*map(max, self, other))

    @property
    def numbers(self) -> tuple[int, ...]:
        """All of them in a row, as the mark of a workbook has them."""
        return (*self[:-1], *self.scenarios)

    @classmethod
    def of(cls, numbers: Sequence[int]) -> "Room":
        """The room that numbers in a row tell."""
        plain = len(cls._fields) - 1
        return cls(*numbers[:plain], scenarios=tuple(numbers[plain:]))


NO_ROOM = Room()
STEPS = (4, 8, 16, 24, 40)
"""Rows of the tables that follow a portfolio: few numbers of them make few templates. Beyond the last in steps of as many."""

LOG_STEPS, SPARE_LOG = (60, 250, 1000), 20
"""Rows of the log, and the fewest of them that are blank when a workbook is written."""


def rows_in_use(portfolio: Portfolio) -> Room:
    """The rows that a portfolio fills, at least one in each table."""
    logged = (len(typed) for typed in portfolio.kept.get("Monitor", {}).values() if isinstance(typed, tuple))
    return Room(max(1, len(portfolio.holdings)), max(1, len(portfolio.positions)), max((1, *logged)))


def room_for(portfolio: Portfolio) -> Room:
    """The rows that a portfolio has, with at least a blank one below the last, and some below what is logged."""
    used = rows_in_use(portfolio)
    return Room(rounded(used.assets + 1), rounded(used.positions + 1), rounded(used.log + SPARE_LOG, LOG_STEPS))


def rounded(count: int, steps: tuple[int, ...] = STEPS) -> int:
    """The rows of a table that is to hold so many."""
    return next((step for step in steps if step >= count), -(-count // steps[-1]) * steps[-1])


class Portfolios:
    """Portfolios of one shape, and the room that their workbooks have: at least some, or `exactly` that if they fit."""

    def __init__(self, portfolios: Sequence[Portfolio], room: Room = NO_ROOM, exactly: bool = False) -> None:
        self.portfolios = tuple(portfolios)
        self.first = self.portfolios[0]
        self.room = (rows_in_use if exactly else room_for)(self.first).larger(room)

    def __len__(self) -> int:
        return len(self.portfolios)

    def each(self, value: Callable[[Portfolio], object]) -> np.ndarray:
        """A value of each portfolio, or a list of values that go down the rows of a column."""
        return stacked([value(portfolio) for portfolio in self.portfolios])

    @cached_property
    def rows(self) -> list[list[dict]]:
        """The holdings of each portfolio as dictionaries."""
        return [[holding.values._asdict() for holding in portfolio.holdings] for portfolio in self.portfolios]

    @cached_property
    def positions(self) -> list[list[dict]]:
        """The positions of each portfolio as dictionaries: the contract by its name on Contracts, and the row there that it is of."""
        return [[_position(position) for position in portfolio.positions] for portfolio in self.portfolios]

    def kept(self, sheet: str) -> tuple[Mapping[str, object], ...]:
        """What each portfolio's own workbook, if it was read from one, says on a sheet, by name."""
        found = tuple(portfolio.kept.get(sheet, {}) for portfolio in self.portfolios)
        return found if sheet not in COMMON and any(found) else ()

    @cached_property
    def shown(self) -> list[Holding]:
        """The holding of each portfolio that the sheets of one asset begin with."""
        return [_shown(portfolio) for portfolio in self.portfolios]

    def of_shown(self, value: Callable[[Holding], object]) -> np.ndarray:
        """A value, or a list of values, of each portfolio's shown holding."""
        return stacked([value(holding) for holding in self.shown])


def rows_of(in_use: int, spare: int, room: int) -> int:
    """The rows of a table of which so many are in use: as many as there is room for, or some spare ones below them."""
    return max(in_use, room) if room else in_use + spare


def _position(position: Position) -> dict:
    told, hedge = position.values._asdict(), position.hedge
    return told | {"contract": hedge.key or hedge.symbol, "listed_as": hedge.series, "expiry": hedge.expiry}


def _shown(portfolio: Portfolio) -> Holding:
    """The asset asked for, or the largest holding that has a contract, or the largest holding."""
    asked = portfolio.settings.scenario_asset
    if asked:
        return next(h for h in portfolio.holdings if h.values.asset.upper() == asked.upper())

    hedged = {position.holding for position in portfolio.positions}

    def weight(holding: Holding) -> tuple[bool, float]:
        return portfolio.holdings.index(holding) in hedged, holding.values.coins * holding.values.price

    return max((h for h in portfolio.holdings if not h.is_cash), key=weight, default=portfolio.holdings[0])


def padded(values: list, rows: int) -> list:
    """Values of a column with blanks below them."""
    return values + [None] * (rows - len(values))


def stacked(values: Sequence) -> np.ndarray:
    """Values, or lists of values as long as one another, side by side along the third axis."""
    array = np.array([value if isinstance(value, list) else [value] for value in values], dtype=object)
    return array.T[:, None, :]
