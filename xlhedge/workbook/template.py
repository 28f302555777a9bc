"""The template workbook: the same model with room for twenty assets and an example to type over."""

from pathlib import Path

from ..portfolio import read_portfolios
from .book import Book
from .model import build_model

DATA = Path(__file__).parent / "data"
ROOM = 20


def build_template(mode: str = "native") -> Book:
    """The template with formulas as plain arithmetic, worksheet functions or LAMBDA names."""
    portfolios, _ = read_portfolios(DATA / "template.csv", DATA / "template.settings.csv")
    return build_model(portfolios[0], mode, ROOM)
