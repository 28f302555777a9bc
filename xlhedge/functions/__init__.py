"""The worksheet functions: one module for each group of the catalogue, nothing but arithmetic.

Importing this package registers them all, in the order of the catalogue.
"""

from . import (
    pnl,
    sizing,
    margin,
    liquidation,
    leverage_tiers,
    carry,
    portfolio,
    risk,
    scenarios,
    replay,
    venues,
    market,
)  # noqa: F401, I001
