"""The public payloads in which venues tell their contracts: one file a venue says how each of them becomes facts."""

from collections.abc import Callable, Iterator

from xlhedge.live.payloads import (
    binance, bitmex, bybit, deribit, gate, htx, kraken, kucoin, mexc, okx, phemex,
)  # fmt: skip
from xlhedge.live.payloads.told import Ask, Endpoint

VENUES = (binance, bitmex, bybit, deribit, gate, htx, kraken, kucoin, mexc, okx, phemex)

ENDPOINTS: tuple[Endpoint, ...] = tuple(endpoint for venue in VENUES for endpoint in venue.ENDPOINTS)
"""Every payload that is known, by venue."""

QUESTIONS: dict[str, Callable[[Ask], Iterator[list[object]]]] = {
    venue.ENDPOINTS[0].venue: venue.ask for venue in VENUES if hasattr(venue, "ask")
}
"""How each venue that can be asked is asked for its payloads: lists of those that are put together."""
