"""Gate: the contracts of futures settled in BTC, and their risk_limit_tiers; neither states its time."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import (
    Ask,
    LINEAR,
    QUANTO,
    Endpoint,
    Item,
    LeftOut,
    Row,
    Spec,
    Tier,
    TierRule,
    itself,
    kind,
    unless,
)

PRINTED = "as the payload prints it; a client's own rate may differ"


def contract(row: Row) -> Iterator[Item]:
    """One contract; the inverse ones have a multiplier of 0 and are of 1 USD. Its rate is that of the first risk limit."""
    name = row.text("name")
    coin, _, quote = name.partition("_")
    if row.text("type") != "inverse" or quote.split("_")[0] != "USD":
        yield LeftOut(name, QUANTO if quote == "USD" else LINEAR)
        return
    expiry, seconds = row.day("expire_time", unit=1), row.number("funding_interval")
    ending = row.day("delisted_time", unit=1) or row.day("delisting_time", unit=1)
    leaves = row.get("in_delisting") is True or row.text("status") in ("delisting", "delisted")
    yield Spec(
        name,
        {
            "kind": kind(expiry),
            "coin": coin.upper(),
            "expiry": expiry,
            "listed_until": ending if leaves else None,
            "face": abs(row.number("quanto_multiplier") or 1.0),
            "lot": 1.0,
            "tick": row.number("order_price_round"),
            "maker": row.number("maker_fee_rate"),
            "taker": row.number("taker_fee_rate"),
            "funding_hours": None if expiry or not seconds else seconds / 3600,
            "settlement_fee": row.number("settle_fee_rate") if expiry else None,
            "mmr": row.number("maintenance_rate"),
            "cap": row.number("risk_limit_base"),
            "max_leverage": row.number("leverage_max"),
        },
        inferred={
            "face": "a multiplier of 0 stands for 1 USD",
            "lot": "sizes are whole contracts",
            "cap": "the first risk limit, counted in the coin of settlement",
            "maker": PRINTED,
            "taker": PRINTED,
        },
        halted=unless(row.text("status"), "trading", "delisting"),
    )


def tier(row: Row) -> Iterator[Item]:
    """One tier in coin; the answer to a question about one contract does not name it."""
    rate, imr, limit = row.needed("maintenance_rate"), row.number("initial_rate"), row.needed("risk_limit")
    yield Tier(row.text("contract"), None, limit, rate, imr, row.number("deduction"), row.number("leverage_max"))


COIN = {"tier_unit": "not in the payload: limits are counted in the coin of settlement"}

ENDPOINTS = (
    Endpoint(
        "gate", "/api/v4/futures/btc/contracts",
        "https://api.gateio.ws/api/v4/futures/btc/contracts",
        "tick, fees, funding, maintenance up to the first risk limit, end of trading",
        itself, frozenset(("name", "quanto_multiplier", "maintenance_rate")),
        contract, TierRule("marginal", "coin", COIN),
    ),
    Endpoint(
        "gate", "/api/v4/futures/btc/risk_limit_tiers",
        "https://api.gateio.ws/api/v4/futures/btc/risk_limit_tiers",
        "tiers with amounts",
        itself,
        frozenset(("tier", "risk_limit", "maintenance_rate")), tier, TierRule("marginal", "coin", COIN),
    ),
)  # fmt: skip


def ask(asked: Ask) -> Iterator[list[object]]:
    """Both, of the contracts settled in BTC."""
    both = ("publicFuturesGetSettleContracts", "publicFuturesGetSettleRiskLimitTiers")
    yield [asked(method, {"settle": "btc"}) for method in both]
