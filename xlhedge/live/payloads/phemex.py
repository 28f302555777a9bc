"""Phemex: products, with the risk limits of each contract where the payload has them; it does not state its time."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import (
    Ask, LINEAR, NO_FUTURE, NOT_YET, Endpoint, Item, LeftOut, Malformed, Row, Spec, Tier, TierRule, unless,
)  # fmt: skip


IN_COIN = "not in the payload: limits are counted in the coin of settlement"


def products(payload: object) -> object:
    """The products, each beside the risk limits that the payload lists under its symbol."""
    data = payload.get("data") if isinstance(payload, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("products"), list):
        return None
    every, of = data.get("riskLimits"), {}
    if isinstance(every, list):
        of = {str(each.get("symbol")): each.get("riskLimits") for each in every if isinstance(each, dict)}
        every = None
    return [
        {"riskLimits": of.get(str(each.get("symbol")), every), **each} if isinstance(each, dict) else each
        for each in data["products"]
    ]


def product(row: Row) -> Iterator[Item]:
    """One contract; funding interval in seconds, limits in the coin of settlement."""
    symbol, coin = row.text("symbol"), row.coin("settleCurrency")
    if row.text("type") != "Perpetual":
        yield LeftOut(symbol, NO_FUTURE)
    elif row.text("contractUnderlyingAssets") != "USD" or not row.text("displaySymbol").startswith(f"{coin} /"):
        yield LeftOut(symbol, LINEAR)
    elif row.text("status") in ("Preview", "Prelisted"):
        yield LeftOut(symbol, NOT_YET)
    else:
        seconds = row.number("fundingInterval")
        yield Spec(
            symbol,
            {
                "kind": "inverse",
                "coin": coin,
                "face": _amount(row, "contractSize"),
                "lot": row.number("lotSize"),
                "tick": row.number("tickSize"),
                "funding_hours": seconds and seconds / 3600,
                "max_leverage": row.number("maxLeverage"),
            },
            halted=unless(row.text("status"), "Listed"),
        )
        for each in row.rows("riskLimits"):
            yield Tier(
                symbol, None, each.needed("limit"), _rate(each, "maintenanceMargin"), _rate(each, "initialMargin")
            )


def _rate(row: Row, name: str) -> float:
    """A rate such as "0.5%", else in parts of a hundred million."""
    text = row.text(name)
    return Row({name: text[:-1]}).needed(name) / 100 if text.endswith("%") else row.needed(f"{name}Er") / 1e8


def _amount(row: Row, name: str) -> float:
    """A number that may stand before its unit, as in "1 USD"."""
    words = row.text(name).split() or [""]
    if words[1:] not in ([], ["USD"]):
        raise Malformed(f"{name} must be in USD (got {row.text(name)!r})")
    return Row({name: words[0]}).needed(name)


ENDPOINTS = (
    Endpoint(
        "phemex", "/public/products",
        "https://api.phemex.com/public/products",
        "face, lot, tick, funding, leverage, tiers",
        products, frozenset(("symbol", "type", "displaySymbol")), product,
        TierRule(
            "whole-position", "coin",
            {"tier_type": "not in the payload: read as that which is never less", "tier_unit": IN_COIN},
        ),
    ),
)  # fmt: skip


def ask(asked: Ask) -> Iterator[list[object]]:
    """The payload that has the risk limits."""
    yield [asked("publicGetCfgV2Products", {})]
