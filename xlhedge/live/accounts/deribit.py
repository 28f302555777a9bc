"""Deribit: one log for each coin, in USD; funding comes at the settlement of a session.

The balances of the log are not read: a settlement pays out what a position gained in the session, open as it is.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...ledger.entry import FILL, FUNDING, SETTLEMENT, STATEMENT, TRANSFER
from .told import MAY_MORE, MAY_MOVE, MAY_TRADE, Access, Held, Move, Other, Wallet, number, optional, paged, rows_of

if TYPE_CHECKING:
    import ccxt

COINS = ("BTC", "ETH")
AT_ONCE = 250
FUTURE = re.compile(r"(BTC|ETH)-(PERPETUAL|\d{1,2}[A-Z]{3}\d\d)", re.ASCII)
"""What the contracts are called that are settled in these coins, apart from options."""
MAY = {"trade": MAY_TRADE, "block_trade": MAY_TRADE, "wallet": MAY_MOVE}
TRADES = {"trade": FILL, "delivery": SETTLEMENT, "liquidation": FILL}
TRANSFERS = ("transfer", "deposit", "withdrawal")


def rights(ask: "ccxt.deribit") -> tuple[str, ...]:
    """The scope of a session that the key opens by a signature, so that the secret is not sent, and that is not used."""
    time, nonce = str(ask.milliseconds()), str(ask.nonce())
    signature = hmac.new(ask.secret.encode(), f"{time}\n{nonce}\n".encode(), hashlib.sha256).hexdigest()
    about = {"client_id": ask.apiKey, "timestamp": time, "nonce": nonce, "signature": signature, "data": ""}
    scope = ask.publicGetAuth({"grant_type": "client_signature", **about})["result"]["scope"]
    writing = [word.removesuffix(":read_write") for word in scope.split() if word.endswith(":read_write")]
    return tuple(dict.fromkeys(MAY.get(word, MAY_MORE) for word in writing))


def positions(ask: "ccxt.deribit") -> Iterator[Held]:
    """Sizes are in USD with their sign; positions of a coin share its wallet."""
    for coin in COINS:
        for each in rows_of(ask.privateGetGetPositions({"currency": coin, "kind": "future"})["result"]):
            if number(each["size"]):
                yield Held(each["instrument_name"], number(each["size"]), number(each["average_price"]), None, optional(each.get("leverage")), coin)  # fmt: skip


def wallets(ask: "ccxt.deribit") -> Iterator[Wallet]:
    """The wallet of each coin, after the last settlement and the fees since."""
    for coin in COINS:
        yield Wallet(coin, number(ask.privateGetGetAccountSummary({"currency": coin})["result"]["balance"]), coin)


def moves(ask: "ccxt.deribit", since: int) -> Iterator[Move | Other]:
    """The log of each coin, which the venue gives from its newest row back."""
    for coin in COINS:

        def page(more: object, coin: str = coin) -> tuple[list, object]:
            about = {"currency": coin, "start_timestamp": since, "end_timestamp": ask.milliseconds(), "count": AT_ONCE}
            answer = ask.privateGetGetTransactionLog({**about, **({"continuation": more} if more else {})})["result"]
            return answer["logs"], answer.get("continuation") or None

        for row in reversed([*paged(page, lambda row: row["id"], "deribit")]):
            yield _move(row, coin)


def _move(row: dict, coin: str) -> Move | Other:
    time, kind, symbol, name = int(row["timestamp"]), row["type"], row.get("instrument_name") or "", str(row["id"])
    change = number(row["change"])
    if symbol and not FUTURE.fullmatch(symbol):
        return Move(time, STATEMENT, coin, amount=change, id=name, what="rows of options and other contracts")
    if kind in TRADES:
        size = number(row["amount"]) * {"buy": 1, "sell": -1}[row["side"].split()[-1]]
        return Move(
            time, TRADES[kind], symbol, size, number(row.get("price") or row.get("settlement_price")), number(row["commission"]), None,
            row.get("trade_id") or name, number(row["position"]),
        )  # fmt: skip
    if kind == "settlement":
        told = row.get("total_interest_pl", row.get("interest_pl"))
        return Move(time, FUNDING, symbol, amount=number(told), id=name, position=number(row["position"]))
    if not change:
        return Other(f"rows of the type {kind}")
    return Move(
        time, TRANSFER, coin, amount=change, id=name, what="" if kind in TRANSFERS else f"rows of the type {kind}"
    )


ACCESS = Access(rights, positions, wallets, moves, None, in_usd=True)
