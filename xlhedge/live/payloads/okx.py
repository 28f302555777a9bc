"""OKX: instruments and position-tiers of SWAP and FUTURES (V5); neither states its time."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import (
    Ask, LINEAR, NO_FUTURE, NOT_YET, OTHER_CURRENCY, Endpoint, Item, LeftOut, Row, Spec, Tier, TierRule, at, kind, unless,
)  # fmt: skip

FAMILIES = 5
"""Families of instruments that one question may name."""


def instrument(row: Row) -> Iterator[Item]:
    """One contract of ctVal times ctMult USD; a perpetual has an expiry time when it goes offline."""
    symbol, of = row.text("instId"), row.text("instType")
    if of not in ("SWAP", "FUTURES"):
        yield LeftOut(symbol, NO_FUTURE)
    elif row.text("state") in ("preopen", "test"):
        yield LeftOut(symbol, NOT_YET)
    elif row.text("ctType") != "inverse":
        yield LeftOut(symbol, LINEAR)
    elif row.text("ctValCcy") != "USD":
        yield LeftOut(symbol, OTHER_CURRENCY)
    else:
        dated, end = of == "FUTURES", row.day("expTime")
        yield Spec(
            symbol,
            {
                "kind": kind(end if dated else None),
                "coin": row.coin("settleCcy"),
                "expiry": end if dated else None,
                "listed_until": None if dated else end,
                "face": row.needed("ctVal") * (row.number("ctMult") or 1),
                "lot": row.number("lotSz"),
                "tick": row.number("tickSz"),
                "max_leverage": row.number("lever"),
            },
            tiers=row.text("instFamily") or row.text("uly"),
            halted=unless(row.text("state"), "live"),
        )


def position_tier(row: Row) -> Iterator[Item]:
    """One tier in contracts, of a family of instruments: the payload does not say whether of its perpetual."""
    name = row.text("instId") or row.text("instFamily") or row.text("uly")
    leverage = row.number("maxLever")
    yield Tier(name, row.number("minSz"), row.needed("maxSz"), row.needed("mmr"), row.number("imr"), leverage=leverage)


ENDPOINTS = (
    Endpoint(
        "okx", "/api/v5/public/instruments",
        "https://www.okx.com/api/v5/public/instruments?instType=SWAP (or FUTURES)",
        "face, lot, tick, leverage, expiry, end of trading",
        at("data"), frozenset(("instId", "instType", "ctVal")), instrument
    ),
    Endpoint(
        "okx", "/api/v5/public/position-tiers",
        "https://www.okx.com/api/v5/public/position-tiers?instType=SWAP&tdMode=cross&instFamily=BTC-USD (or FUTURES)",
        "tiers, beside the instruments of the same type",
        at("data"), frozenset(("maxSz", "mmr", "imr", "tier")), position_tier,
        TierRule("whole-position", "contracts", {"tier_type": "not in the payload; as the venue's help has it"}, True),
    ),
)  # fmt: skip


def ask(asked: Ask) -> Iterator[list[object]]:
    """The perpetuals with their tiers, then the dated contracts with theirs, as no tier says of which it is."""
    for of in ("SWAP", "FUTURES"):
        listed = asked("publicGetPublicInstruments", {"instType": of})
        rows = [Row(each) for each in at("data")(listed) or () if isinstance(each, dict)]
        families = sorted({row.text("instFamily") for row in rows if row.text("ctType") == "inverse"} - {""})
        batches = [families[place : place + FAMILIES] for place in range(0, len(families), FAMILIES)]
        tiers = [
            asked("publicGetPublicPositionTiers", {"instType": of, "tdMode": "cross", "instFamily": ",".join(batch)})
            for batch in batches
        ]
        if rows:
            yield [listed, *tiers]
