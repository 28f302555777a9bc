"""Kraken Futures: instruments, with the margin levels of each; fees and the funding interval are not among them."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import (
    Ask, COINS, LINEAR, NO_FUTURE, Endpoint, Item, LeftOut, Malformed, Row, Spec, Tier, TierRule, at, kind,
)  # fmt: skip


def instrument(row: Row) -> Iterator[Item]:
    """One contract and its levels, in contracts; the levels of retail clients are another list, which is not read."""
    symbol, of = row.text("symbol").upper(), row.text("type")
    if of != "futures_inverse":
        yield LeftOut(symbol, NO_FUTURE if "index" in of else LINEAR)
        return
    expiry, digits = row.day("lastTradingTime"), row.number("contractValueTradePrecision")
    yield Spec(
        symbol,
        {
            "kind": kind(expiry),
            "coin": row.coin("base") or _coin(symbol),
            "expiry": expiry,
            "face": row.needed("contractSize"),
            "lot": None if digits is None else 10.0**-digits,
            "tick": row.number("tickSize"),
            "cap": row.number("maxPositionSize"),
        },
        halted="not tradeable" if row.get("tradeable") is False else "",
    )
    for level in row.rows("marginLevels"):
        floor, rate = level.needed("contracts"), level.needed("maintenanceMargin")
        yield Tier(symbol, floor, None, rate, level.number("initialMargin"))


def _coin(symbol: str) -> str:
    """The coin in PI_XBTUSD, where the row has no base."""
    pair = symbol.split("_")[1] if "_" in symbol else ""
    if not pair.endswith("USD") or pair == "USD":
        raise Malformed("base is missing, and the symbol does not tell the coin")
    return COINS.get(pair[:-3], pair[:-3])


ENDPOINTS = (
    Endpoint(
        "kraken", "/derivatives/api/v3/instruments",
        "https://futures.kraken.com/derivatives/api/v3/instruments",
        "face, lot, tick, tiers, largest position, expiry",
        at("instruments"), frozenset(("symbol", "type")), instrument,
        TierRule("whole-position", "contracts", {"tier_type": "not in the payload; as the venue's help has it"}),
        time=at("serverTime"),
    ),
)  # fmt: skip


def ask(asked: Ask) -> Iterator[list[object]]:
    """The one payload."""
    yield [asked("publicGetInstruments", {})]
