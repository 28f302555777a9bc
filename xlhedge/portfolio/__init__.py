"""Portfolios from files: holdings and settings in, checked, with every mistake told by file, row and column."""

from .fields import HOLDINGS, SETTINGS, Field
from .mistakes import RowError, RowErrors
from .read import Holding, Portfolio, own_table, read_portfolios
from .settings import override_mistakes

__all__ = [
    "HOLDINGS", "SETTINGS", "Field", "Holding", "Portfolio", "RowError", "RowErrors", "override_mistakes",
    "own_table", "read_portfolios",
]  # fmt: skip
