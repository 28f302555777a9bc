"""Bybit, a unified account: one log in weeks, where Change is what moved the wallet, whatever the signs of its parts."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from ...ledger.entry import FILL, FUNDING, SETTLEMENT, STATEMENT, TRANSFER
from .told import MAY_MOVE, MAY_TRADE, Access, Held, Move, Other, Wallet, number, optional, paged, rows_of, windows

if TYPE_CHECKING:
    import ccxt

TRADES = {"TRADE": FILL, "LIQUIDATION": FILL, "ADL": FILL, "BLOCKTRADE": FILL, "DELIVERY": SETTLEMENT}
MOVES = ("TRANSFER_IN", "TRANSFER_OUT")


def rights(ask: "ccxt.bybit") -> tuple[str, ...]:
    """The key says whether it can only read, and which wallets it may move."""
    told = ask.privateGetV5UserQueryApi()["result"]
    if str(told["readOnly"]) == "1":
        return ()
    return (MAY_TRADE, MAY_MOVE) if told.get("permissions", {}).get("Wallet") else (MAY_TRADE,)


def positions(ask: "ccxt.bybit") -> Iterator[Held]:
    """Sizes are contracts of 1 USD without a sign; whether margin is shared is a setting of the whole account."""
    is_isolated = ask.privateGetV5AccountInfo()["result"]["marginMode"] == "ISOLATED_MARGIN"

    def page(cursor: str | None) -> tuple[list, str | None]:
        about = {"category": "inverse", "limit": 200, **({"cursor": cursor} if cursor else {})}
        answer = ask.privateGetV5PositionList(about)["result"]
        return answer["list"], answer.get("nextPageCursor") or None

    for each in paged(page, lambda row: (row["symbol"], str(row.get("positionIdx"))), "bybit"):
        size = number(each["size"]) * {"Buy": 1, "Sell": -1}.get(each["side"], 0)
        if size:
            margin = number(each.get("positionBalance")) if is_isolated else None
            yield Held(each["symbol"], size, number(each["avgPrice"]), margin, optional(each.get("leverage")), "" if is_isolated else "unified")  # fmt: skip


def wallets(ask: "ccxt.bybit") -> Iterator[Wallet]:
    """What the unified account holds of each coin."""
    for account in rows_of(ask.privateGetV5AccountWalletBalance({"accountType": "UNIFIED"})["result"]["list"]):
        for each in account["coin"]:
            yield Wallet(each["coin"], number(each["walletBalance"]), "unified")


def moves(ask: "ccxt.bybit", since: int) -> Iterator[Move | Other]:
    """The transaction log, a week at a time, newest first in each page."""
    for first, last in windows(since, ask.milliseconds(), 7):

        def page(cursor: str | None, first: int = first, last: int = last) -> tuple[list, str | None]:
            about = {"accountType": "UNIFIED", "startTime": first, "endTime": last, "limit": 50}
            answer = ask.privateGetV5AccountTransactionLog({**about, **({"cursor": cursor} if cursor else {})})[
                "result"
            ]
            return answer["list"], (answer.get("nextPageCursor") or None) if answer["list"] else None

        for row in reversed([*paged(page, lambda row: row["id"], "bybit")]):
            yield _move(row)


def _move(row: dict) -> Move | Other:
    time, kind, symbol = int(row["transactionTime"]), row["type"], row.get("symbol") or ""
    change, balance = Decimal(row["change"] or 0), number(row["cashBalance"])
    if row.get("category") in ("linear", "spot", "option"):
        what = f"rows of {row['category']} markets"
        return Move(time, STATEMENT, row["currency"], amount=float(change), id=row["id"], balance=balance, what=what)
    if kind == "SETTLEMENT":
        return Move(time, FUNDING, symbol, amount=float(change), id=row["id"], balance=balance)
    if kind not in TRADES:
        what = "" if kind in MOVES else f"rows of the type {kind.lower()}"
        return Move(time, TRANSFER, row["currency"], amount=float(change), id=row["id"], balance=balance, what=what)
    size = number(row["qty"]) * {"Buy": 1, "Sell": -1}[row["side"]]
    fee = Decimal(row["cashFlow"] or 0) - change
    name = row.get("tradeId") or row["id"]
    return Move(time, TRADES[kind], symbol, size, number(row["tradePrice"]), float(fee), None, name, number(row["size"]), None, balance)  # fmt: skip


ACCESS = Access(
    rights, positions, wallets, moves, 730,
    notes=("the coins of a unified account are margin for all its positions; only the wallet of each one's coin is told",),
)  # fmt: skip
