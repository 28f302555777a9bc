"""Portfolios from files, plain ones and our own filled in: read once, told apart, and checked as they are asked for."""

from .asked import Asked
from .read import read_portfolios

__all__ = ["Asked", "read_portfolios"]
