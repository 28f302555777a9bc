"""KuCoin Futures: fills in weeks with times in nanoseconds, funding by contract, transfers by coin."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ...ledger.entry import FILL, FUNDING, SETTLEMENT, TRANSFER
from .told import (
    MAY_MOVE, MAY_TRADE, Access, Held, Move, Other, Wallet, beyond_reading, number, optional, paged, rows_of, windows,
)  # fmt: skip

if TYPE_CHECKING:
    import ccxt

AT_ONCE = 100
MAY = {
    "spot": MAY_TRADE, "margin": MAY_TRADE, "futures": MAY_TRADE, "trade": MAY_TRADE, "unified": MAY_TRADE,
    "withdrawal": MAY_MOVE, "transfer": MAY_MOVE, "innertransfer": MAY_MOVE, "flextransfers": MAY_MOVE,
}  # fmt: skip
COINS = ("XBT", "ETH")
"""Coins whose wallets are always asked for; others where a position or a fill is settled in them."""
SIGNS = {"TransferIn": 1, "Deposit": 1, "TransferOut": -1, "Withdrawal": -1}


def rights(ask: "ccxt.kucoinfutures") -> tuple[str, ...]:
    """The names of what the key may do; General is to read."""
    return beyond_reading(ask.privateGetUserApiKey()["data"]["permission"].split(","), ("general",), MAY)


def _open(ask: "ccxt.kucoinfutures") -> list[dict]:
    return [each for each in rows_of(ask.futuresPrivateGetPositions()["data"]) if number(each["currentQty"])]


def positions(ask: "ccxt.kucoinfutures") -> Iterator[Held]:
    """Sizes are contracts with their sign."""
    for each in _open(ask):
        is_isolated = str(each.get("marginMode") or ("CROSS" if each.get("crossMode") else "ISOLATED")) == "ISOLATED"
        margin = number(each["posMargin"]) if is_isolated else None
        leverage = optional(each.get("leverage")) or optional(each.get("realLeverage"))
        yield Held(each["symbol"], number(each["currentQty"]), number(each["avgEntryPrice"]), margin, leverage, "" if is_isolated else "cross")  # fmt: skip


def wallets(ask: "ccxt.kucoinfutures") -> Iterator[Wallet]:
    """What each wallet holds without unrealised profit, posted margin included."""
    for coin in dict.fromkeys([*COINS, *(each["settleCurrency"] for each in _open(ask) if each["isInverse"])]):
        told = ask.futuresPrivateGetAccountOverview({"currency": coin})["data"]
        yield Wallet(coin, number(told["accountEquity"]) - number(told["unrealisedPNL"]), "cross")


def moves(ask: "ccxt.kucoinfutures", since: int) -> Iterator[Move | Other]:
    """Fills, then the funding of each contract that has one or is open, then the transfers of each coin."""
    now, held = ask.milliseconds(), _open(ask)
    symbols, coins = dict.fromkeys(each["symbol"] for each in held), dict.fromkeys(COINS)
    for first, last in windows(since, now, 7):
        for row in _fills(ask, first, last):
            symbols[row["symbol"]] = coins[row["settleCurrency"]] = None
            yield _fill(row)
    for symbol in symbols:
        yield from _funding(ask, symbol, since, now)
    for coin in coins:
        yield from _transfers(ask, coin, since, now)


def _fills(ask: "ccxt.kucoinfutures", first: int, last: int) -> Iterator[dict]:
    def page(number: int) -> tuple[list, int | None]:
        about = {"startAt": first, "endAt": last, "currentPage": number, "pageSize": AT_ONCE}
        answer = ask.futuresPrivateGetFills(about)["data"]
        return answer["items"], number + 1 if number < int(answer["totalPage"]) else None

    return reversed([*paged(page, lambda row: (row["tradeId"], row["orderId"]), "kucoin", 1)])


def _fill(row: dict) -> Move | Other:
    kind = {"trade": FILL, "liquidation": FILL, "adl": FILL, "settlement": SETTLEMENT}.get(row["tradeType"].lower())
    if kind is None:
        return Other(f"fills of the type {row['tradeType'].lower()}")
    size = number(row["size"]) * {"buy": 1, "sell": -1}[row["side"]]
    return Move(int(row["tradeTime"]) // 10**6, kind, row["symbol"], size, number(row["price"]), number(row["fee"]), None, row["tradeId"])  # fmt: skip


def _listed(question: Callable, about: dict, since: int, now: int, cursor: str, key: Callable) -> Iterator[dict]:
    """The rows of a list that is asked page by page, each from the `cursor` of the last row on; the oldest first."""

    def page(offset: object) -> tuple[list, object]:
        asked = about | {"startAt": since, "endAt": now, "maxCount": AT_ONCE} | ({"offset": offset} if offset else {})
        answer = question(asked)["data"]
        rows = answer["dataList"]
        return rows, rows[-1][cursor] if rows and answer["hasMore"] else None

    return reversed([*paged(page, key, "kucoin")])


def _funding(ask: "ccxt.kucoinfutures", symbol: str, since: int, now: int) -> Iterator[Move]:
    asked = ask.futuresPrivateGetFundingHistory, {"symbol": symbol}, since, now, "id", lambda row: row["id"]
    for row in _listed(*asked):
        yield Move(int(row["timePoint"]), FUNDING, symbol, number(row["positionQty"]), number(row["markPrice"]), None, number(row["funding"]), str(row["id"]))  # fmt: skip


def _transfers(ask: "ccxt.kucoinfutures", coin: str, since: int, now: int) -> Iterator[Move]:
    def key(row: dict) -> tuple:
        return row["offset"], row["type"]

    for row in _listed(ask.futuresPrivateGetTransactionHistory, {"currency": coin}, since, now, "offset", key):
        if sign := SIGNS.get(row["type"]):
            yield Move(
                int(row["time"]), TRANSFER, coin, amount=sign * abs(number(row["amount"])), id=str(row["offset"])
            )


ACCESS = Access(rights, positions, wallets, moves, 365)
