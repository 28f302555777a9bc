"""The formats that are known, one file for each venue; a new venue is one file and one line here."""

from ..entry import Format
from . import binance, bitmex, blofin, bybit, deribit, kraken, kucoin, mexc, okx, plain

FORMATS: tuple[Format, ...] = tuple(
    each
    for venue in (bitmex, bybit, binance, okx, deribit, kraken, kucoin, mexc, blofin, plain)
    for each in venue.FORMATS
)
