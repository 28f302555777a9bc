"""Portfolios from plain tables: holdings and settings in, checked, with every mistake told by file, row and column."""

from .assemble import Holding, Portfolio, own_table
from .fields import HOLDINGS, SETTINGS, InputField
from .mistakes import RowError, RowErrors
from .settings import override_mistakes

__all__ = [
    "HOLDINGS", "SETTINGS", "InputField", "Holding", "Portfolio", "RowError", "RowErrors", "override_mistakes",
    "own_table",
]  # fmt: skip
