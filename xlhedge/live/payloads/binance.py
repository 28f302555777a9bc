"""Binance COIN-M: exchangeInfo, and leverageBracket, which the venue gives to a client's key alone."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import (
    Ask, LINEAR, NOT_YET, OTHER_CURRENCY, Endpoint, Item, LeftOut, Row, Spec, Tier, TierRule, at, itself, kind, unless,
)  # fmt: skip

NEVER = "2100-12-25"
"""The delivery date of a perpetual that is not delisted."""


def symbol(row: Row) -> Iterator[Item]:
    """One contract; a perpetual has another delivery date than 2100-12-25 when it is delisted."""
    name = row.text("symbol")
    if row.text("marginAsset") != row.text("baseAsset"):
        yield LeftOut(name, LINEAR)
    elif row.text("quoteAsset") != "USD":
        yield LeftOut(name, OTHER_CURRENCY)
    elif row.text("contractStatus") == "PENDING_TRADING":
        yield LeftOut(name, NOT_YET)
    else:
        dated, end = row.text("contractType") not in ("PERPETUAL", ""), row.day("deliveryDate")
        filters = {each.text("filterType"): each for each in row.rows("filters")}
        price, size = (filters.get(of, Row({})) for of in ("PRICE_FILTER", "LOT_SIZE"))
        yield Spec(
            name,
            {
                "kind": kind(end if dated else None),
                "coin": row.coin("marginAsset"),
                "expiry": end if dated else None,
                "listed_until": None if dated or end is None or end >= NEVER else end,
                "face": row.needed("contractSize"),
                "lot": size.number("stepSize"),
                "tick": price.number("tickSize"),
                "liq_fee": row.number("liquidationFee"),
            },
            tiers=row.text("pair"),
            halted=unless(row.text("contractStatus"), "TRADING"),
        )


def bracket(row: Row) -> Iterator[Item]:
    """The tiers of a contract, or of all those of a pair, in coin; those of USD-M are in USD and left out."""
    name, brackets = row.text("symbol") or row.text("pair"), row.rows("brackets")
    if brackets and all(each.get("qtyCap") is None for each in brackets):
        yield LeftOut(name, LINEAR)
        return
    for each in brackets:
        floor = each.number("qtyFloor")
        yield Tier(
            name,
            each.number("qtylFloor") if floor is None else floor,  # the venue's own documents spell it so
            each.needed("qtyCap"),
            each.needed("maintMarginRatio"),
            amount=each.number("cum"),
            leverage=each.number("initialLeverage"),
        )


ENDPOINTS = (
    Endpoint(
        "binance", "/dapi/v1/exchangeInfo",
        "https://dapi.binance.com/dapi/v1/exchangeInfo",
        "face, lot, tick, fee of a liquidation, expiry, end of trading",
        at("symbols"), frozenset(("symbol", "marginAsset", "contractSize")), symbol,
        time=at("serverTime"),
    ),
    Endpoint(
        "binance", "/dapi/v2/leverageBracket",
        "https://dapi.binance.com/dapi/v2/leverageBracket (asks for a key)",
        "tiers with amounts, leverage",
        itself, frozenset(("brackets",)), bracket, TierRule("marginal", "coin")
    ),
)  # fmt: skip


def ask(asked: Ask) -> Iterator[list[object]]:
    """The contracts; their brackets are private."""
    yield [asked("dapiPublicGetExchangeInfo", {})]
