"""The template workbook: the same model with room for twenty assets and forty positions, and an example to type over."""

from pathlib import Path

from ..intake import Asked, read_portfolios
from ..portfolio import Portfolio
from ..workbook.grid.sheet import Book
from ..workbook.model import build_model
from ..workbook.portfolios import Room

HERE = Path(__file__).parent
ROOM = Room(20, 40, 1500)


def example(prices: Path | None = None) -> Portfolio:
    """The portfolio of the template, at the prices of a snapshot where one is given."""
    (portfolio,), _ = read_portfolios(Asked(HERE / "holdings.csv", HERE / "settings.csv", prices=prices, replaces=True))
    return portfolio._replace(source="template.csv")


def build_template(mode: str = "native", portfolio: Portfolio | None = None) -> Book:
    """The template with formulas as plain arithmetic, worksheet functions or LAMBDA names, and its portfolio unless given."""
    return build_model(portfolio or example(), mode, ROOM)
