"""BitMEX: instrument, a history since the venue closed; each row has its own time, limits are in satoshi."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import (
    LINEAR, NO_FUTURE, NOT_YET, OTHER_CURRENCY, QUANTO, Endpoint, Item, LeftOut, Malformed, Row, Spec, TierRule, itself,
    kind, moment, unless,
)  # fmt: skip

SATOSHI = 1e-8
TYPES = ("FFWCSX", "FFCCSX")
"""Perpetual and dated futures."""


def instrument(row: Row) -> Iterator[Item]:
    """One contract of -multiplier satoshi times USD; rates hold up to the risk limit and rise with each step above."""
    symbol = row.text("symbol")
    if row.text("typ") not in TYPES:
        yield LeftOut(symbol, NO_FUTURE)
    elif row.get("isQuanto") is True:
        yield LeftOut(symbol, QUANTO)
    elif row.get("isInverse") is not True or row.text("settlCurrency") != "XBt":
        yield LeftOut(symbol, LINEAR)
    elif row.text("quoteCurrency") != "USD":
        yield LeftOut(symbol, OTHER_CURRENCY)
    elif row.text("state") == "Unlisted":
        yield LeftOut(symbol, NOT_YET)
    else:
        dated, end, limit = row.text("typ") == "FFCCSX", row.day("expiry"), row.number("riskLimit")
        yield Spec(
            symbol,
            {
                "kind": kind(end if dated else None),
                "coin": "BTC",
                "expiry": end if dated else None,
                "listed_until": None if dated else end,
                "face": abs(row.needed("multiplier")) * SATOSHI,
                "lot": row.number("lotSize"),
                "tick": row.number("tickSize"),
                "maker": row.number("makerFee"),
                "taker": row.number("takerFee"),
                "funding_hours": None if dated else _hours(row),
                "settlement_fee": row.number("settlementFee") if dated else None,
                "mmr": row.number("maintMargin"),
                "imr": row.number("initMargin"),
                "cap": limit and limit * SATOSHI,
            },
            halted=unless(row.text("state"), "Open"),
        )


def _hours(row: Row) -> float | None:
    """The funding interval, which stands as a time of 2000-01-01."""
    from datetime import datetime

    text = row.text("fundingInterval")
    if not text:
        return None
    try:
        since = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Malformed(f"fundingInterval must be a time of 2000-01-01 (got {text!r})") from None
    return (since.day - 1) * 24 + since.hour + since.minute / 60 or None


def latest(payload: object) -> str | None:
    """The latest time of the rows."""
    times = [each.get("timestamp") for each in payload if isinstance(each, dict) and each.get("timestamp")]
    return max((moment(each) for each in times), default=None)


ENDPOINTS = (
    Endpoint(
        "bitmex", "/api/v1/instrument",
        "https://www.bitmex.com/api/v1/instrument (closed on 2026-09-23: files of before)",
        "face, lot, tick, fees, funding, maintenance up to the risk limit, expiry",
        itself, frozenset(("symbol", "settlCurrency", "isInverse")), instrument,
        TierRule("whole-position", "coin"), time=latest,
    ),
)  # fmt: skip
