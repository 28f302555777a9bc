"""Kraken Futures: one log has it all, two rows for a trade; coin-margined contracts of a coin share one wallet."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from ...ledger.entry import FILL, FUNDING, SETTLEMENT, TRANSFER
from ..exchange import REASONS, Unanswered
from .told import Access, Held, Move, Other, Wallet, number, paged, rows_of

if TYPE_CHECKING:
    import ccxt

AT_ONCE = 500
INVERSE = ("PI_", "FI_")


def rights(ask: "ccxt.krakenfutures") -> None:
    """The venue does not tell; a secret that cannot sign is found out here."""
    import base64
    import binascii

    try:
        base64.b64decode(ask.secret, validate=True)
    except binascii.Error:
        raise Unanswered("kraken", REASONS["AuthenticationError"]) from None


def positions(ask: "ccxt.krakenfutures") -> Iterator[Held]:
    """Sizes are contracts of 1 USD without a sign."""
    for each in rows_of(ask.privateGetOpenpositions()["openPositions"]):
        symbol = each["symbol"].upper()
        size = number(each["size"]) * {"long": 1, "short": -1}[each["side"]]
        if symbol.startswith(INVERSE):
            yield Held(symbol, size, number(each["price"]), None, None, _pool(symbol))
        else:
            yield Held(symbol, size, number(each["price"]), None, None, "flex")


def _pool(symbol: str) -> str:
    """The wallet that a contract is margined in: PI_XBTUSD and FI_XBTUSD_260327 share fi_xbtusd."""
    return f"fi_{symbol.split('_')[1].lower()}"


def wallets(ask: "ccxt.krakenfutures") -> Iterator[Wallet]:
    """The wallets of the coin-margined contracts."""
    for name, each in ask.privateGetAccounts()["accounts"].items():
        if each.get("type") == "marginAccount":
            coin = each["currency"]
            yield Wallet(coin.upper(), number(each["balances"].get(coin)), name.lower())


def moves(ask: "ccxt.krakenfutures", since: int) -> Iterator[Move | Other]:
    """The account log from its oldest row on: what a trade changed of the position, and what of the wallet, by its execution."""

    def page(first: int | None) -> tuple[list, int | None]:
        place = {"since": since} if first is None else {"from": first}
        rows = ask.historyGetAccountLog({"sort": "asc", "count": AT_ONCE, **place})["logs"]
        return rows, 1 + max(int(row["id"]) for row in rows) if len(rows) >= AT_ONCE else None

    log = [*paged(page, lambda row: row["id"], "kraken")]
    paid = {_trade(row): row for row in log if _is_trade(row) and row["asset"] != row["contract"]}
    for row in log:
        yield from _moves(row, paid.get(_trade(row), {}))


def _is_trade(row: dict) -> bool:
    """Whether a row tells of a position that changed, or of the wallet of one that did."""
    return bool(row.get("contract")) and row.get("trade_price") is not None


def _trade(row: dict) -> tuple:
    """What the two rows of one trade have in common."""
    return row.get("execution") or row["date"], row.get("contract"), row["info"]


def _moves(row: dict, paid: dict) -> Iterator[Move | Other]:
    time = round(datetime.fromisoformat(row["date"]).timestamp() * 1000)
    symbol, name, coin = (row.get("contract") or "").upper(), row["booking_uid"], row["asset"].upper()
    before, after = number(row.get("old_balance")), number(row.get("new_balance"))
    if symbol and not symbol.startswith(INVERSE):
        yield Other(f"contracts that are not inverse ({symbol})")
    elif symbol and row["asset"] == row["contract"]:
        kind = SETTLEMENT if "settlement" in row["info"] else FILL
        yield Move(
            time, kind, symbol, after - before, number(row["trade_price"]), number(paid.get("fee")), None, name, after,
            number(row.get("new_average_entry_price")) if after else None, None if not paid else number(paid["new_balance"]),
        )  # fmt: skip
    elif symbol:
        if number(row.get("realized_funding")):
            yield Move(time, FUNDING, symbol, amount=number(row["realized_funding"]), id=name, balance=None if _is_trade(row) else after)  # fmt: skip
    elif row.get("margin_account") in ("flex", "cash"):
        yield Other(f"rows of the wallet {row['margin_account']}")
    else:
        what = "" if "transfer" in row["info"] else f"rows of the kind {row['info']}"
        yield Move(time, TRANSFER, coin, amount=after - before, id=name, balance=after, what=what)


ACCESS = Access(rights, positions, wallets, moves, None)
