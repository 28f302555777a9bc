"""Portfolios of one shape, computed together: what differs among them lies along the third axis of every value."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cached_property

import numpy as np

from ..portfolio import Holding, Portfolio

FORMULA_MARKS = ("=", "+", "-", "@")
"""A text that begins with one of these is kept from becoming a formula when somebody edits its cell."""


COMMON = ("Contracts", "Tiers", "Functions")
"""Sheets that are the same for all portfolios that are computed together."""


def shape(portfolio: Portfolio) -> Hashable:
    """What portfolios must have in common to be computed together.

    The numbers of holdings and of list items decide which cells there are; a text that looks like a formula has a
    style of its own; the user's own contracts and scenarios, and what is kept of sheets that are the same for all,
    belong to the shape; what else was typed into a workbook that the portfolio was read from belongs to it alone.
    """
    rows = [holding.values._asdict() for holding in portfolio.holdings]
    told = portfolio.settings._asdict()
    marked = [(i, name) for i, row in enumerate(rows) for name, value in row.items() if _looks_like_a_formula(value)]
    marked += [name for name, value in told.items() if _looks_like_a_formula(value)]
    lists = tuple((name, len(value)) for name, value in told.items() if isinstance(value, tuple))
    kept = {sheet: names for sheet, names in portfolio.kept.items() if sheet not in COMMON}
    for sheet, names in kept.items():
        for name, typed in names.items():
            values = typed if isinstance(typed, tuple) else (typed,)
            marked += [(sheet, name, i) for i, value in enumerate(values) if _looks_like_a_formula(value)]
    facts, typed = portfolio.contracts and portfolio.contracts.facts, tuple((s, *names) for s, names in kept.items())
    common = repr([portfolio.stress, portfolio.sets, *(portfolio.kept.get(sheet) for sheet in COMMON)])
    return len(rows), lists, tuple(marked), facts, common, typed


def _looks_like_a_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith(FORMULA_MARKS)


class Portfolios:
    """Portfolios of one shape."""

    def __init__(self, portfolios: Sequence[Portfolio]) -> None:
        self.portfolios = tuple(portfolios)
        self.first = self.portfolios[0]

    def __len__(self) -> int:
        return len(self.portfolios)

    def each(self, value: Callable[[Portfolio], object]) -> np.ndarray:
        """A value of each portfolio, or a list of values that go down the rows of a column."""
        return stacked([value(portfolio) for portfolio in self.portfolios])

    @cached_property
    def rows(self) -> list[list[dict]]:
        """The holdings of each portfolio as dictionaries, with the name of the contract that hedges them."""
        return [
            [h.values._asdict() | {"contract": h.hedge.key if h.hedge else None} for h in portfolio.holdings]
            for portfolio in self.portfolios
        ]

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


def _shown(portfolio: Portfolio) -> Holding:
    """The asset asked for, or the largest holding that has a contract, or the largest holding."""
    asked = portfolio.settings.scenario_asset
    if asked:
        return next(h for h in portfolio.holdings if h.values.asset.upper() == asked.upper())

    def weight(holding: Holding) -> tuple[bool, float]:
        return holding.hedge is not None, holding.values.coins * holding.values.price

    return max((h for h in portfolio.holdings if not h.is_cash), key=weight, default=portfolio.holdings[0])


def stacked(values: Sequence) -> np.ndarray:
    """Values, or lists of values as long as one another, side by side along the third axis."""
    array = np.array([value if isinstance(value, list) else [value] for value in values], dtype=object)
    return array.T[:, None, :]
