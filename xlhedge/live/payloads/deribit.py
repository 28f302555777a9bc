"""Deribit: get_instruments; maintenance, which rises with the position, is not among them."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import (
    Ask, LINEAR, NO_FUTURE, OTHER_CURRENCY, Endpoint, Item, LeftOut, Row, Spec, at, kind,
)  # fmt: skip


def instrument(row: Row) -> Iterator[Item]:
    """One contract; the smallest trade is in USD. A perpetual expires in the year 3000."""
    symbol = row.text("instrument_name")
    if row.text("kind") != "future":
        yield LeftOut(symbol, NO_FUTURE)
    elif (row.text("instrument_type") or row.text("future_type")) != "reversed":
        yield LeftOut(symbol, LINEAR)
    elif row.text("quote_currency") != "USD":
        yield LeftOut(symbol, OTHER_CURRENCY)
    else:
        perpetual = row.text("settlement_period") == "perpetual"
        expiry, face = None if perpetual else row.day("expiration_timestamp"), row.needed("contract_size")
        smallest = row.number("min_trade_amount")
        yield Spec(
            symbol,
            {
                "kind": kind(expiry),
                "coin": row.coin("base_currency"),
                "expiry": expiry,
                "face": face,
                "lot": smallest and smallest / face,
                "tick": row.number("tick_size"),
                "maker": row.number("maker_commission"),
                "taker": row.number("taker_commission"),
                "liq_fee": row.number("max_liquidation_commission"),
                "max_leverage": row.number("max_leverage"),
            },
            halted="not active" if row.get("is_active") is False else "",
        )


ENDPOINTS = (
    Endpoint(
        "deribit", "/public/get_instruments",
        "https://www.deribit.com/api/v2/public/get_instruments?currency=any&kind=future",
        "face, lot, tick, fees, leverage, expiry",
        at("result"), frozenset(("instrument_name", "kind", "contract_size")),
        instrument, time=at("usOut"), time_unit=1_000_000,
    ),
)  # fmt: skip


def ask(asked: Ask) -> Iterator[list[object]]:
    """The futures of every currency."""
    yield [asked("publicGetGetInstruments", {"currency": "any", "kind": "future"})]
