"""OKX: fills in a list of their own, everything else among the bills; fees are paid below 0."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...ledger.entry import FILL, FUNDING, SETTLEMENT, STATEMENT, TRANSFER
from .told import (
    MAY_MOVE, MAY_TRADE, Access, Held, Move, Other, Wallet, beyond_reading, number, optional, paged, rows_of,
)  # fmt: skip

if TYPE_CHECKING:
    import ccxt

AT_ONCE = 100
TRANSFERS, DELIVERIES, FUNDINGS = "1", "3", "8"
OF_FILLS = ("2", "5", "9")
"""Types of bills; the last are trades, liquidations and automatic deleveraging."""
CLOSED = {"112": -1, "113": 1}
"""What a delivery does to a position, a long and a short one, by the subtype of its bill."""


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
    """Fills of swaps and futures, and the bills; each list from its newest row back."""
    for kind in ("SWAP", "FUTURES"):
        for row in _back(ask.privateGetTradeFillsHistory, {"instType": kind}, since):
            size = number(row["fillSz"]) * {"buy": 1, "sell": -1}[row["side"]]
            yield Move(int(row["ts"]), FILL, row["instId"], size, number(row["fillPx"]), -number(row["fee"]), None, row["tradeId"])  # fmt: skip
    for row in _back(ask.privateGetAccountBillsArchive, {}, since):
        yield _bill(row)


def _back(ask, about: dict, since: int) -> Iterator[dict]:
    def page(after: str | None) -> tuple[list, str | None]:
        rows = ask({**about, "begin": since, "limit": AT_ONCE, **({"after": after} if after else {})})["data"]
        return rows, rows[-1]["billId"] if len(rows) >= AT_ONCE else None

    return reversed([*paged(page, lambda row: row["billId"], "okx")])


def _bill(row: dict) -> Move | Other:
    time, kind, name, balance = int(row["ts"]), row["type"], row["billId"], number(row["bal"])
    change, symbol = number(row["balChg"]), row.get("instId") or ""
    if kind == FUNDINGS:
        amount = number(row["pnl"]) or change or number(row.get("posBalChg"))
        return Move(time, FUNDING, symbol, amount=amount, id=name, balance=balance)
    is_contract = row.get("instType") in ("SWAP", "FUTURES")
    if is_contract and kind == DELIVERIES and (sign := CLOSED.get(row["subType"])):
        fee = -number(row["fee"])
        return Move(
            time, SETTLEMENT, symbol, sign * number(row["sz"]), number(row["px"]), fee, None, name, balance=balance
        )
    if is_contract and kind in OF_FILLS:  # the fills tell of it; how the wallet stands after it only the bill
        return Move(time, STATEMENT, row["ccy"], id=name, balance=balance)
    if row.get("instType") in ("SPOT", "MARGIN", "OPTION"):
        what = f"rows of {row['instType'].lower()} markets"
        return Move(time, STATEMENT, row["ccy"], amount=change, id=name, balance=balance, what=what)
    if not change:
        return Other(f"bills of the type {kind}")
    what = "" if kind == TRANSFERS else f"bills of the type {kind}"
    return Move(time, TRANSFER, row["ccy"], amount=change, id=name, balance=balance, what=what)


ACCESS = Access(rights, positions, wallets, moves, 92)
