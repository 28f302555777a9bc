"""Portfolios from files: holdings and settings in, checked, with every mistake told by file, row and column."""

from .fields import HOLDINGS, SETTINGS, Field
from .read import Holding, Portfolio, RowError, RowErrors, read_portfolios

__all__ = ["HOLDINGS", "SETTINGS", "Field", "Holding", "Portfolio", "RowError", "RowErrors", "read_portfolios"]
