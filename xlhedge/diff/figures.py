"""The figures of a plan that a diff splits, read from those that the sheets declare."""

import math
from collections.abc import Hashable, Sequence
from typing import NamedTuple

from ..plan import value_at
from ..portfolio import Portfolio
from ..workbook.grid.sheet import Book
from ..workbook.model import build_model
from ..workbook.portfolios import shape
from ..workbook.position_rows import PositionRows, plain_number, plain_price

USD = "USD"
NEAREST = "nearest_liquidation"


class Figure(NamedTuple):
    """A figure: its name, of what it is ("" = all), its unit."""

    name: str
    of: str
    unit: str


class Value(NamedTuple):
    """What a figure is in one plan: a number, "none" where no price liquidates, None if unknown; and whose it is."""

    value: float | str | None
    whose: str = ""

    @property
    def is_number(self) -> bool:
        """Whether it can be subtracted."""
        return isinstance(self.value, float)


Figures = dict[Figure, Value]


def figures_of(portfolios: Sequence[Portfolio]) -> list[Figures]:
    """The figures of each plan; portfolios of one shape are computed together."""
    of_shape: dict[Hashable, list[int]] = {}
    for i, portfolio in enumerate(portfolios):
        of_shape.setdefault(shape(portfolio), []).append(i)
    found: dict[int, Figures] = {}
    for places in of_shape.values():
        book = build_model([portfolios[i] for i in places])
        rows = PositionRows(book)
        for k, i in enumerate(places):
            found[i] = _figures(book, portfolios[i], [*rows.of(portfolios[i], k)], k)
    return [found[i] for i in range(len(portfolios))]


def _figures(book: Book, portfolio: Portfolio, positions: list[dict], k: int) -> Figures:
    exposure = book.parts["exposure"]

    def of_assets(column) -> float | None:
        return _sum(plain_number(value_at(column, i, k)) for i in range(len(portfolio.holdings)))

    found = {
        Figure("value_usd", "", USD): plain_number(value_at(book.parts["weights"].whole, 0, k)),
        Figure("exposure_usd", "", USD): of_assets(exposure.usd),
        Figure("hedge_to_reach_usd", "", USD): of_assets(exposure.wanted),
    }
    for key in ("required", "planned"):
        for coin in dict.fromkeys(position["coin"] for position in positions):
            told = _sum(_margin(position, key) for position in positions if position["coin"] == coin)
            found[Figure(f"margin_{key}", coin, coin)] = told
    found[Figure("carry_expected_usd", "", USD)] = _sum(position["carry_expected_usd"] for position in positions)
    values = {figure: Value(value) for figure, value in found.items()}
    return values | {Figure(NEAREST, "", "USD/coin"): _nearest(book, positions, k)}


def _margin(position: dict, key: str) -> float | None:
    """A margin of a position; unknown where its maintenance is, which the plan's checks tell and its sums take as none."""
    return None if position["maintenance"] is None else position[key]


def _nearest(book: Book, positions: list[dict], k: int) -> Value:
    """The price of liquidation that is nearest, and the position whose it is; unknown where the maintenance of any is."""
    if any(position["maintenance"] is None for position in positions):
        return Value(None)
    asset, price, distance = (book.figures[f"nearest_{name}"][k] for name in ("asset", "liquidation", "distance"))
    near = plain_price(distance)
    whose = (
        " ".join(filter(None, (position["asset"], position["venue"], position["contract"], position["account"])))
        for position in positions
        if position["asset"] == asset and _way(position["distance"]) == near
    )
    return Value(plain_price(price), next(whose, "" if asset == "none" else str(asset)))


def _way(distance: float | str | None) -> float | str | None:
    return abs(distance) if isinstance(distance, float) else distance


def _sum(values) -> float | None:
    """A sum, unknown where one of its terms is."""
    values = [*values]
    return None if None in values else math.fsum(values)
