"""The public payloads in which venues tell their contracts: one file a venue says how each of them becomes facts."""

from xlhedge.market.payloads import (
    binance, bitmex, bybit, deribit, gate, htx, kraken, kucoin, mexc, okx, phemex,
)  # fmt: skip
from xlhedge.market.payloads.told import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = tuple(
    endpoint
    for venue in (binance, bitmex, bybit, deribit, gate, htx, kraken, kucoin, mexc, okx, phemex)
    for endpoint in venue.ENDPOINTS
)
"""Every payload that is known, by venue."""
