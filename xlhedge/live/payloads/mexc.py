"""MEXC: contract/detail, with the steps by which the rates rise; it does not state its time."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import (
    Ask, LINEAR, QUANTO, Endpoint, Item, LeftOut, Malformed, Row, Spec, Tier, TierRule, at,
)  # fmt: skip

ENABLED = 0
LEVELS = 1000
"""Levels that a contract may have at most."""


def contract(row: Row) -> Iterator[Item]:
    """One contract and its tiers, in contracts: a list of its own, else a first volume and equal steps."""
    symbol, coin, state = row.text("symbol"), row.coin("baseCoin"), row.number("state")
    if row.coin("settleCoin") != coin or row.text("quoteCoin") != "USD":
        yield LeftOut(symbol, LINEAR if row.text("settleCoin") == row.text("quoteCoin") else QUANTO)
        return
    yield Spec(
        symbol,
        {
            "kind": "inverse",
            "coin": coin,
            "face": row.needed("contractSize"),
            "lot": row.number("volUnit"),
            "tick": row.number("priceUnit"),
            "maker": row.number("makerFeeRate"),
            "taker": row.number("takerFeeRate"),
            "max_leverage": row.number("maxLeverage"),
        },
        halted="" if state in (None, ENABLED) else f"state {state:g}",
    )
    if row.text("riskLimitType") not in ("", "BY_VOLUME"):
        return
    if row.text("riskLimitMode") == "CUSTOM":
        for each in row.rows("riskLimitCustom"):
            yield Tier(symbol, None, each.needed("maxVol"), each.needed("mmr"), each.number("imr"))
        return
    first, step, levels = row.number("riskBaseVol"), row.number("riskIncrVol"), row.number("riskLevelLimit")
    rate, imr = row.number("maintenanceMarginRate"), row.number("initialMarginRate")
    if levels and not 1 <= levels <= LEVELS:
        raise Malformed(f"riskLevelLimit must be from 1 to {LEVELS:,} (got {levels:g})")
    for level in range(int(levels or 1) if first and rate else 0):
        yield Tier(
            symbol,
            None,
            first + level * (step or 0),
            _exact(rate + level * (row.number("riskIncrMmr") or 0)),
            imr and _exact(imr + level * (row.number("riskIncrImr") or 0)),
        )
        if not step:
            return


def _exact(rate: float) -> float:
    """A sum without the dust of binary fractions."""
    return float(f"{rate:.12g}")


ENDPOINTS = (
    Endpoint(
        "mexc", "/api/v1/contract/detail",
        "https://api.mexc.com/api/v1/contract/detail",
        "face, lot, tick, fees, tiers",
        at("data"), frozenset(("symbol", "settleCoin", "contractSize")), contract,
        TierRule("whole-position", "contracts", {"tier_type": "not in the payload: read as that which is never less"}),
    ),
)  # fmt: skip


def ask(asked: Ask) -> Iterator[list[object]]:
    """The one payload."""
    yield [asked("contractPublicGetDetail", {})]
