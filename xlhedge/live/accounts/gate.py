"""Gate: contracts of 1 USD that are settled in BTC; fills in one list, funding and transfers in the book of the account."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...ledger.entry import FILL, FUNDING, STATEMENT, TRANSFER
from .told import Access, Held, Move, Wallet, number, optional, paged, rows_of

if TYPE_CHECKING:
    import ccxt

AT_ONCE = 100
BTC = {"settle": "btc"}
OF_FILLS = ("pnl", "fee")


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
    """Fills with their fees, and the book of the account."""
    for row in _all(ask.privateFuturesGetSettleMyTradesTimerange, {}, since, lambda row: str(row["trade_id"])):
        time, size = round(1000 * number(row["create_time"])), number(row["size"])
        yield Move(
            time, FILL, row["contract"], size, number(row["price"]), number(row["fee"]), None, str(row["trade_id"])
        )
    for row in _all(ask.privateFuturesGetSettleAccountBook, {}, since, _booking):
        yield _booked(row)


def _booked(row: dict) -> Move:
    """A row of the book of the account; what the fills tell is there for how the wallet stands after it."""
    time, kind, name = round(1000 * number(row["time"])), row["type"], str(row.get("id") or "")
    change, balance = number(row["change"]), number(row["balance"])
    if kind == "fund":
        return Move(time, FUNDING, row["contract"], amount=change, id=name, balance=balance)
    if kind in OF_FILLS:
        return Move(time, STATEMENT, "BTC", id=name, balance=balance)
    what = "" if kind == "dnw" else f"rows of the type {kind}"
    return Move(time, TRANSFER, "BTC", amount=change, id=name, balance=balance, what=what)


def _booking(row: dict) -> tuple:
    return row.get("id") or (row["time"], row["change"], row["balance"], row.get("contract"))


def _all(ask, about: dict, since: int, key) -> Iterator[dict]:
    """The rows of a list, oldest first, from a time on, which the venue counts in seconds."""

    def page(offset: int) -> tuple[list, int | None]:
        rows = ask({**BTC, **about, "from": since // 1000, "limit": AT_ONCE, "offset": offset})
        return rows, offset + len(rows) if len(rows) >= AT_ONCE else None

    return reversed([*paged(page, key, "gate", 0)])


ACCESS = Access(rights, positions, wallets, moves, 365)
