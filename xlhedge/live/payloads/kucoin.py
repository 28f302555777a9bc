"""KuCoin Futures: contracts/active and contracts/risk-limit; neither states its time."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import (
    Ask, LINEAR, OTHER_CURRENCY, QUANTO, Endpoint, Item, LeftOut, Row, Spec, Tier, TierRule, at, kind, unless,
)  # fmt: skip

HOUR = 3_600_000


def contract(row: Row) -> Iterator[Item]:
    """One contract of 1 USD; its rates are those of the first level, up to the smallest risk limit in coin."""
    symbol = row.text("symbol")
    if row.get("isInverse") is not True:
        yield LeftOut(symbol, QUANTO if row.get("isQuanto") is True and row.text("settleCurrency") == "XBT" else LINEAR)
    elif row.text("quoteCurrency") != "USD" or row.text("settleCurrency") != row.text("baseCurrency"):
        yield LeftOut(symbol, OTHER_CURRENCY)
    else:
        expiry, interval = row.day("expireDate"), row.number("fundingRateGranularity")
        yield Spec(
            symbol,
            {
                "kind": kind(expiry),
                "coin": row.coin("baseCurrency"),
                "expiry": expiry,
                "face": abs(row.needed("multiplier")),
                "lot": row.number("lotSize"),
                "tick": row.number("tickSize"),
                "maker": row.number("makerFeeRate"),
                "taker": row.number("takerFeeRate"),
                "funding_hours": None if expiry or not interval else interval / HOUR,
                "settlement_fee": row.number("settlementFee") if expiry else None,
                "mmr": row.number("maintainMargin"),
                "imr": row.number("initialMargin"),
                "cap": row.number("minRiskLimit"),
                "max_leverage": row.number("maxLeverage"),
            },
            inferred={"cap": "the smallest risk limit, which the venue counts in coin"},
            halted=unless(row.text("status"), "Open"),
        )


def risk_limit(row: Row) -> Iterator[Item]:
    """One level of a contract, in coin where the contract is inverse."""
    rate, imr = row.needed("maintainMargin"), row.number("initialMargin")
    floor, cap = row.needed("minRiskLimit"), row.needed("maxRiskLimit")
    yield Tier(row.text("symbol"), floor, cap, rate, imr, leverage=row.number("maxLeverage"))


ENDPOINTS = (
    Endpoint(
        "kucoin", "/api/v1/contracts/active",
        "https://api-futures.kucoin.com/api/v1/contracts/active",
        "face, lot, tick, fees, funding, maintenance up to the smallest risk limit, expiry",
        at("data"), frozenset(("symbol", "rootSymbol", "isInverse")), contract,
        TierRule("whole-position", "coin"),
    ),
    Endpoint(
        "kucoin", "/api/v1/contracts/risk-limit",
        "https://api-futures.kucoin.com/api/v1/contracts/risk-limit/XBTUSDM",
        "tiers of one contract",
        at("data"), frozenset(("level", "maxRiskLimit", "maintainMargin")),
        risk_limit, TierRule(
            "whole-position", "coin",
            {"tier_type": "not in the payload: read as that which is never less", "tier_unit": "not in the payload"},
        ),
    ),
)  # fmt: skip


def ask(asked: Ask) -> Iterator[list[object]]:
    """The contracts, and the levels of each inverse one."""
    listed = asked("futuresPublicGetContractsActive", {})
    rows = [Row(each) for each in at("data")(listed) or () if isinstance(each, dict)]
    inverse = [row.text("symbol") for row in rows if row.get("isInverse") is True]
    yield [listed, *(asked("futuresPublicGetContractsRiskLimitSymbol", {"symbol": each}) for each in inverse)]
