"""The groups that inputs belong to, in the order in which a diff goes from the one plan to the other."""

from ..portfolio.fields import ASSET_COLUMNS, POSITION_COLUMNS

GROUPS = ("prices", "holdings", "positions", "settings", "contracts")

OF_PRICES = ("price", "mark", "funding_rate")
"""Columns of prices: what the market says of an asset or a contract."""
OF_CONTRACTS = ("face", "mmr", "fee")
"""Columns by which a row states facts of its contract."""
PRICE_SETTINGS = ("price_time", "price_source")
"""Settings that come with the prices."""

HOLDING_CELLS = tuple(name for name in ("kind", *ASSET_COLUMNS) if name not in ("portfolio", "asset", *OF_PRICES))
POSITION_CELLS = tuple(name for name in POSITION_COLUMNS if name not in ("venue", *OF_PRICES, *OF_CONTRACTS))


def group_of(column: str) -> str:
    """The group of a column of holdings."""
    groups = {"prices": OF_PRICES, "contracts": OF_CONTRACTS, "holdings": HOLDING_CELLS}
    return next((name for name, columns in groups.items() if column in columns), "positions")
