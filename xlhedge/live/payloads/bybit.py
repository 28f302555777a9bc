"""Bybit: instruments-info and risk-limit of the category inverse (V5)."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import (
    Ask, LINEAR, NO_FUTURE, NOT_YET, OTHER_CURRENCY, Endpoint, Item, LeftOut, Row, Spec, Tier, TierRule, at, kind, unless,
)  # fmt: skip

PAGES = 200
"""Pages of a list that are asked for at most."""
ONE_USD = "sizes are in USD, so a contract is 1 USD"


def instrument(row: Row) -> Iterator[Item]:
    """One contract: qty in USD, funding interval in minutes; a perpetual has a delivery time when it is delisted."""
    symbol, of = row.text("symbol"), row.text("contractType")
    if not of.startswith("Inverse"):
        yield LeftOut(symbol, LINEAR if of.startswith("Linear") else NO_FUTURE)
    elif row.text("quoteCoin") != "USD" or row.text("settleCoin") not in ("", row.text("baseCoin")):
        yield LeftOut(symbol, OTHER_CURRENCY)
    elif row.text("status") == "PreLaunch":
        yield LeftOut(symbol, NOT_YET)
    else:
        dated, end = of == "InverseFutures", row.day("deliveryTime")
        minutes = row.number("fundingInterval")
        yield Spec(
            symbol,
            {
                "kind": kind(end if dated else None),
                "coin": row.coin("baseCoin"),
                "expiry": end if dated else None,
                "listed_until": None if dated else end,
                "face": 1.0,
                "lot": row.number("lotSizeFilter", "qtyStep"),
                "tick": row.number("priceFilter", "tickSize"),
                "funding_hours": None if dated or not minutes else minutes / 60,
                "settlement_fee": row.number("deliveryFeeRate") if dated else None,
                "max_leverage": row.number("leverageFilter", "maxLeverage"),
            },
            inferred={"face": ONE_USD},
            halted=unless(row.text("status"), "Trading"),
        )


def risk_limit(row: Row) -> Iterator[Item]:
    """One tier: limit and deduction in coin; rates are fractions, or percents, which the leverage tells apart."""
    rate, imr, leverage = row.needed("maintenanceMargin"), row.number("initialMargin"), row.number("maxLeverage")
    scale = 100 if imr and leverage and imr * leverage > 10 else 1
    amount = row.number("mmDeduction")
    if amount is None and row.get("isLowestRisk") == 1:
        amount = 0.0
    limit = row.needed("riskLimitValue")
    yield Tier(row.text("symbol"), None, limit, rate / scale, imr and imr / scale, amount, leverage)


ENDPOINTS = (
    Endpoint(
        "bybit", "/v5/market/instruments-info",
        "https://api.bybit.com/v5/market/instruments-info?category=inverse&limit=1000",
        "lot, tick, funding, leverage, expiry, end of trading",
        at("result", "list"), frozenset(("symbol", "contractType", "baseCoin")),
        instrument, time=at("time"), more=at("result", "nextPageCursor"),
    ),
    Endpoint(
        "bybit", "/v5/market/risk-limit",
        "https://api.bybit.com/v5/market/risk-limit?category=inverse",
        "tiers with amounts",
        at("result", "list"), frozenset(("symbol", "riskLimitValue")), risk_limit,
        TierRule("marginal", "coin"), time=at("time"), more=at("result", "nextPageCursor"),
    ),
)  # fmt: skip


def ask(asked: Ask) -> Iterator[list[object]]:
    """Every page of both."""
    instruments = pages(asked, "publicGetV5MarketInstrumentsInfo", category="inverse", limit=1000)
    yield [*instruments, *pages(asked, "publicGetV5MarketRiskLimit", category="inverse")]


def pages(asked: Ask, method: str, **wanted: object) -> Iterator[object]:
    """The pages of a list, each of which names the next."""
    for _ in range(PAGES):
        page = asked(method, wanted)
        if isinstance(page, dict) and at("result", "list")(page) == [] and "cursor" in wanted:
            return
        yield page
        following = at("result", "nextPageCursor")(page)
        if not following or following == wanted.get("cursor"):
            return
        wanted = wanted | {"cursor": following}
