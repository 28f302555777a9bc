"""OKX: fills in a list of their own, funding and transfers among the bills; fees are paid below 0."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...ledger.entry import FILL, FUNDING, SETTLEMENT, TRANSFER
from .told import (
    MAY_MOVE, MAY_TRADE, Access, Held, Move, Other, Wallet, beyond_reading, number, optional, paged, rows_of,
)  # fmt: skip

if TYPE_CHECKING:
    import ccxt

AT_ONCE = 100
TRANSFERS, DELIVERIES, FUNDINGS = "1", "3", "8"
"""Types of bills."""


def rights(ask: "ccxt.okx") -> tuple[str, ...]:
    """The configuration of the account tells what the key may do."""
    told = ask.privateGetAccountConfig()["data"][0]["perm"]
    return beyond_reading(told.split(","), ("read_only",), {"trade": MAY_TRADE, "withdraw": MAY_MOVE})


def positions(ask: "ccxt.okx") -> Iterator[Held]:
    """Sizes are contracts, below 0 for a short of a net position, without a sign where long and short are held apart."""
    for each in rows_of(ask.privateGetAccountPositions()["data"]):
        size = number(each["pos"]) * (-1 if each["posSide"] == "short" else 1)
        if not size or each["instType"] not in ("SWAP", "FUTURES"):
            continue
        is_isolated = each["mgnMode"] == "isolated"
        margin = number(each["margin"]) if is_isolated else None
        yield Held(each["instId"], size, number(each["avgPx"]), margin, optional(each.get("lever")), "" if is_isolated else "cross")  # fmt: skip


def wallets(ask: "ccxt.okx") -> Iterator[Wallet]:
    """What the trading account holds of each coin."""
    for account in rows_of(ask.privateGetAccountBalance()["data"]):
        for each in account["details"]:
            yield Wallet(each["ccy"], number(each["cashBal"]), "cross")


def moves(ask: "ccxt.okx", since: int) -> Iterator[Move | Other]:
    """Fills of swaps and futures, and the bills that are no fills; each list from its newest row back."""
    for kind in ("SWAP", "FUTURES"):
        for row in _back(ask.privateGetTradeFillsHistory, {"instType": kind}, since):
            size = number(row["fillSz"]) * {"buy": 1, "sell": -1}[row["side"]]
            yield Move(int(row["ts"]), FILL, row["instId"], size, number(row["fillPx"]), -number(row["fee"]), None, row["tradeId"])  # fmt: skip
    for kind in (FUNDINGS, TRANSFERS, DELIVERIES):
        for row in _back(ask.privateGetAccountBillsArchive, {"type": kind}, since):
            yield _bill(row, kind)


def _back(ask, about: dict, since: int) -> Iterator[dict]:
    def page(after: str | None) -> tuple[list, str | None]:
        rows = ask({**about, "begin": since, "limit": AT_ONCE, **({"after": after} if after else {})})["data"]
        return rows, rows[-1]["billId"] if len(rows) >= AT_ONCE else None

    return reversed([*paged(page, lambda row: row["billId"], "okx")])


def _bill(row: dict, kind: str) -> Move | Other:
    time, name, balance = int(row["ts"]), row["billId"], number(row["bal"])
    if kind == TRANSFERS:
        return Move(time, TRANSFER, row["ccy"], amount=number(row["balChg"]), id=name, balance=balance)
    if kind == FUNDINGS:
        amount = number(row["pnl"]) or number(row["balChg"]) or number(row.get("posBalChg"))
        return Move(time, FUNDING, row["instId"], amount=amount, id=name, balance=balance)
    sign = {"112": -1, "113": 1}.get(row["subType"])
    if sign is None:
        return Other("bills of a delivery that close no position")
    return Move(time, SETTLEMENT, row["instId"], sign * number(row["sz"]), number(row["px"]), -number(row["fee"]), None, name, balance=balance)  # fmt: skip


ACCESS = Access(rights, positions, wallets, moves, 92)
