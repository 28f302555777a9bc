"""HTX: swap_contract_info and contract_contract_info; its maintenance depends on the leverage chosen and is not read."""

from collections.abc import Iterator

from xlhedge.live.payloads.told import Ask, LINEAR, NOT_YET, Endpoint, Item, LeftOut, Remark, Row, Spec, at, kind

LISTED, PENDING = 1, 2
LEVERAGE = (
    "its maintenance depends on the leverage chosen (adjust factor / leverage) and is not read: state the rate of yours"
)


def contract(row: Row) -> Iterator[Item]:
    """One contract; the status 1 is listed."""
    code, of, status = row.text("contract_code").upper(), row.text("business_type"), row.number("contract_status")
    if of or "USDT" in code:
        yield LeftOut(code, LINEAR)
    elif status == PENDING:
        yield LeftOut(code, NOT_YET)
    else:
        dated, end = bool(row.get("delivery_date")), row.day("delivery_time")
        yield Spec(
            code,
            {
                "kind": kind(end if dated else None),
                "coin": row.coin("symbol"),
                "expiry": end if dated else None,
                "listed_until": None if dated else end,
                "face": row.needed("contract_size"),
                "lot": 1.0,
                "tick": row.number("price_tick"),
            },
            inferred={"lot": "sizes are whole contracts"},
            halted="" if status in (None, LISTED) else f"status {status:g}",
        )


def of_leverage(row: Row) -> Iterator[Item]:
    """What depends on the leverage chosen."""
    yield Remark(row.text("contract_code") or row.text("symbol"), LEVERAGE)


ENDPOINTS = (
    Endpoint(
        "htx", "/swap-api/v1/swap_contract_info",
        "https://api.hbdm.com/swap-api/v1/swap_contract_info; for dated contracts https://api.hbdm.com/api/v1/contract_contract_info",
        "face, tick, expiry, end of trading",
        at("data"),
        frozenset(("contract_code", "contract_size", "contract_status")), contract, time=at("ts"),
    ),
    Endpoint(
        "htx", "/swap-api/v1/swap_adjustfactor",
        "https://api.hbdm.com/swap-api/v1/swap_adjustfactor",
        "nothing: its maintenance depends on the leverage chosen, which is said",
        at("data"), frozenset(("symbol", "list")), of_leverage, time=at("ts")
    ),
)  # fmt: skip


def ask(asked: Ask) -> Iterator[list[object]]:
    """The perpetuals and the dated contracts."""
    yield [
        asked("contractPublicGetSwapApiV1SwapContractInfo", {}),
        asked("contractPublicGetApiV1ContractContractInfo", {}),
    ]
