"""The worksheet functions: one module for each group of the catalogue, nothing but arithmetic.

Importing this package registers them all, in the order of the catalogue.
"""

# ruff: noqa: F401, I001 - the order is that of the catalogue
from . import pnl, sizing
from . import margin, liquidation, leverage_tiers
from . import carry, portfolio, risk
from . import scenarios, replay, venues, market
