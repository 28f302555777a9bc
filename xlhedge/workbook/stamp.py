"""Finished workbooks of many portfolios of one shape."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..portfolio import Portfolio
from ..portfolio.scenarios import Scenario
from .book import Book
from .model import EMPTY, build_model, failed_checks
from .writer import render


class Stamped(NamedTuple):
    """A finished workbook: its bytes, the figures of its row in results.csv, and the checks that say FALSE."""

    content: bytes
    figures: dict[str, object]
    failed: tuple[str, ...]


def shape(portfolio: Portfolio) -> Hashable:
    """What portfolios must have in common to be stamped together."""
    return len(portfolio.holdings)


def stamp(
    portfolios: Sequence[Portfolio], mode: str = "native", scenarios: Mapping[str, tuple[Scenario, ...]] = EMPTY
) -> Iterator[Stamped]:
    """The finished workbooks of portfolios of one shape, in their order."""
    for portfolio in portfolios:
        book = build_model(portfolio, mode, scenarios=scenarios)
        yield Stamped(render(book), figures(book), tuple(failed_checks(book)))


def figures(book: Book) -> dict[str, object]:
    """What results.csv tells of a portfolio."""
    return {}
