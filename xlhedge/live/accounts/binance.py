"""Binance COIN-M: incomes tell funding, transfers and which contracts were traded since when; fills are asked by contract."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...ledger.entry import FEE, FILL, FUNDING, REALISED, TRANSFER
from .told import MAY_MOVE, MAY_TRADE, Access, Held, Move, Other, Wallet, number, optional, paged, rows_of

if TYPE_CHECKING:
    import ccxt

AT_ONCE = 1000
MAY = {
    "enableSpotAndMarginTrading": MAY_TRADE, "enableMargin": MAY_TRADE, "enableFutures": MAY_TRADE,
    "enableVanillaOptions": MAY_TRADE, "enablePortfolioMarginTrading": MAY_TRADE, "enableFixApiTrade": MAY_TRADE,
    "enableWithdrawals": MAY_MOVE, "enableInternalTransfer": MAY_MOVE, "permitsUniversalTransfer": MAY_MOVE,
}  # fmt: skip
OF_FILLS = ("COMMISSION", "REALIZED_PNL")
"""Incomes that the fills tell too."""
KINDS = {"FUNDING_FEE": FUNDING, "DELIVERED_SETTELMENT": REALISED}


def rights(ask: "ccxt.binancecoinm") -> tuple[str, ...]:
    """The restrictions of the key, each a flag."""
    told = ask.sapiGetAccountApiRestrictions()
    if "enableReading" not in told:
        raise ValueError("no restrictions")
    return tuple(dict.fromkeys(may for flag, may in MAY.items() if str(told.get(flag)).lower() == "true"))


def positions(ask: "ccxt.binancecoinm") -> Iterator[Held]:
    """Sizes are contracts with their sign."""
    for each in rows_of(ask.dapiPrivateGetPositionRisk()):
        if size := number(each["positionAmt"]):
            is_isolated = each["marginType"] == "isolated"
            margin = _posted(each) if is_isolated else None
            yield Held(each["symbol"], size, number(each["entryPrice"]), margin, optional(each.get("leverage")), "" if is_isolated else "cross")  # fmt: skip


def _posted(position: dict) -> float:
    """The margin of an isolated position, which the venue tells with its unrealised profit in it unless it tells it apart."""
    if position.get("isolatedWallet"):
        return number(position["isolatedWallet"])
    return number(position["isolatedMargin"]) - number(position["unRealizedProfit"])


def wallets(ask: "ccxt.binancecoinm") -> Iterator[Wallet]:
    """The wallet of each coin; what is posted to isolated positions is part of it."""
    for each in rows_of(ask.dapiPrivateGetBalance()):
        yield Wallet(each["asset"], number(each["balance"]), "cross")


def moves(ask: "ccxt.binancecoinm", since: int) -> Iterator[Move | Other]:
    """Incomes, which come oldest first, and then the fills of each contract that they name, from the first trade of it on."""

    def incomes(start: int) -> tuple[list, int | None]:
        rows = ask.dapiPrivateGetIncome({"startTime": start, "endTime": ask.milliseconds(), "limit": AT_ONCE})
        return rows, int(rows[-1]["time"]) if len(rows) >= AT_ONCE else None

    first: dict[str, int] = {}
    for row in paged(incomes, _event, "binance", since):
        if row["incomeType"] in OF_FILLS:
            trade = int(row["tradeId"] or 0)
            first[row["symbol"]] = min(first.get(row["symbol"], trade), trade)
        else:
            yield _income(row)
    for symbol, trade in first.items():

        def fills(start: int, symbol: str = symbol) -> tuple[list, int | None]:
            rows = ask.dapiPrivateGetUserTrades({"symbol": symbol, "fromId": start, "limit": AT_ONCE})
            return rows, int(rows[-1]["id"]) + 1 if len(rows) >= AT_ONCE else None

        for row in paged(fills, lambda row: row["id"], "binance", trade):
            size = number(row["qty"]) * {"BUY": 1, "SELL": -1}[row["side"]]
            yield Move(int(row["time"]), FILL, symbol, size, number(row["price"]), number(row["commission"]), None, str(row["id"]))  # fmt: skip


def _event(row: dict) -> tuple:
    return row["incomeType"], row["symbol"], str(row["tranId"]), str(row.get("tradeId")), row["asset"]


def _income(row: dict) -> Move | Other:
    time, kind, amount, name = int(row["time"]), row["incomeType"], number(row["income"]), str(row["tranId"])
    if kind in KINDS:
        return Move(time, KINDS[kind], row["symbol"], amount=amount, id=name)
    if kind == "INSURANCE_CLEAR":
        return Move(time, FEE, row["symbol"], fee=-amount, id=name)
    if not amount:
        return Other(f"incomes of the type {kind.lower()}")
    what = "" if kind == "TRANSFER" else f"incomes of the type {kind.lower()}"
    return Move(time, TRANSFER, row["asset"], amount=amount, id=name, what=what)


ACCESS = Access(rights, positions, wallets, moves, 360)
