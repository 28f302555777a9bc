"""The template workbook: the same model with room for twenty assets and forty positions, and an example to type over."""

from pathlib import Path

from ..intake import read_portfolios
from ..workbook.grid.sheet import Book
from ..workbook.model import build_model
from ..workbook.portfolios import Room

HERE = Path(__file__).parent
ROOM = Room(20, 40, 1500)


def build_template(mode: str = "native") -> Book:
    """The template with formulas as plain arithmetic, worksheet functions or LAMBDA names."""
    portfolios, _ = read_portfolios(HERE / "holdings.csv", HERE / "settings.csv")
    return build_model(portfolios[0]._replace(source="template.csv"), mode, ROOM)
