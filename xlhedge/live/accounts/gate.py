"""Gate: contracts of 1 USD that are settled in BTC; fills in one list, funding and transfers in the book of the account."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...ledger.entry import FILL, FUNDING, TRANSFER
from .told import Access, Held, Move, Wallet, number, optional, paged, rows_of

if TYPE_CHECKING:
    import ccxt

AT_ONCE = 100
BTC = {"settle": "btc"}


def rights(ask: "ccxt.gate") -> None:
    """The venue does not tell."""


def positions(ask: "ccxt.gate") -> Iterator[Held]:
    """Sizes are contracts with their sign; a leverage of 0 says that margin is shared."""
    for each in rows_of(ask.privateFuturesGetSettlePositions(BTC)):
        if size := number(each["size"]):
            own = optional(each["leverage"])
            margin = number(each["margin"]) if own else None
            leverage = own or optional(each.get("cross_leverage_limit"))
            yield Held(each["contract"], size, number(each["entry_price"]), margin, leverage, "" if own else "cross")


def wallets(ask: "ccxt.gate") -> Iterator[Wallet]:
    """The wallet that BTC contracts are margined in."""
    told = ask.privateFuturesGetSettleAccounts(BTC)
    yield Wallet("BTC", number(told["total"]), "cross")


def moves(ask: "ccxt.gate", since: int) -> Iterator[Move]:
    """Fills with their fees, and of the book what is no part of them."""
    for row in _all(ask.privateFuturesGetSettleMyTradesTimerange, {}, since, lambda row: str(row["trade_id"])):
        time, size = round(1000 * number(row["create_time"])), number(row["size"])
        yield Move(
            time, FILL, row["contract"], size, number(row["price"]), number(row["fee"]), None, str(row["trade_id"])
        )
    for kind, type_ in (("fund", FUNDING), ("dnw", TRANSFER)):
        for row in _all(ask.privateFuturesGetSettleAccountBook, {"type": kind}, since, _booking):
            symbol = row["contract"] if type_ == FUNDING else "BTC"
            name = str(row.get("id") or "")
            yield Move(round(1000 * number(row["time"])), type_, symbol, amount=number(row["change"]), id=name, balance=number(row["balance"]))  # fmt: skip


def _booking(row: dict) -> tuple:
    return row.get("id") or (row["time"], row["change"], row["balance"], row.get("contract"))


def _all(ask, about: dict, since: int, key) -> Iterator[dict]:
    """The rows of a list, oldest first, from a time on, which the venue counts in seconds."""

    def page(offset: int) -> tuple[list, int | None]:
        rows = ask({**BTC, **about, "from": since // 1000, "limit": AT_ONCE, "offset": offset})
        return rows, offset + len(rows) if len(rows) >= AT_ONCE else None

    return reversed([*paged(page, key, "gate", 0)])


ACCESS = Access(rights, positions, wallets, moves, 365)
