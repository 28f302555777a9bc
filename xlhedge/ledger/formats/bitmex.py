"""BitMEX: trade history and wallet history as its pages export them, and wallet history and positions as its API gives them."""

from typing import TYPE_CHECKING

from ..entry import FEE, FILL, FUNDING, REALISED, SETTLEMENT, STATEMENT, TRANSFER, Chunk, Format, Told
from ..frame import (
    SATOSHIS, as_transfers, browser_times, choices, ledger_rows, listed, numbers, above_zero, positive, reasons, refuse,
)  # fmt: skip

if TYPE_CHECKING:
    import pandas as pd

VENUE = "bitmex"
COIN = "BTC"
"""The coin that its inverse contracts settle in."""
SATOSHI, WHOLE = "XBt", "XBT"
"""How a currency calls amounts in satoshi and those in whole coins: the last letter tells them apart."""
WHOLE_SATOSHI = "must be whole satoshi (XBt): amounts in coins need a column currency that says XBT"
SIDES = {"buy": 1.0, "sell": -1.0}
EXECUTIONS = {"trade": FILL, "settlement": SETTLEMENT, "funding": FUNDING}
COMPLETED = "completed"


def read_trades(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Executions: contracts without a sign beside their side; fees and funding paid > 0, in satoshi, or in coins where the value is."""
    import numpy as np

    kind = frame["exectype"].str.strip().str.lower()
    is_execution = kind.isin(list(EXECUTIONS))
    orders = ("rows that are no executions (" + frame["exectype"].str.strip() + ")").where(~is_execution, "")
    left_out = reasons(orders)
    frame, kind = frame[is_execution], kind[is_execution].map(EXECUTIONS)
    found = listed(frame["symbol"], VENUE, told)
    left_out |= reasons(found["left_out"])
    inverse = found["left_out"] == ""
    frame, kind, found = frame[inverse], kind[inverse], found[inverse]

    is_funding = kind == FUNDING
    contracts = numbers(frame["lastqty"], told, needed=True)
    price = above_zero(frame["lastpx"], told)
    positive(contracts, frame["lastqty"], told)
    value = numbers(frame["execcost"], told).abs()
    in_coins = value.between(*(contracts * found["face"] / price * share for share in (0.5, 2.0)))
    paid = _coins(frame["execcomm"], told, in_coins).fillna(0.0)
    side = choices(frame["side"].mask(is_funding, "buy"), told, SIDES)
    size = contracts * found["face"]
    rows = ledger_rows(
        told, frame.index, VENUE,
        time=browser_times(frame["transacttime"], told),
        contract=found["contract"],
        type=kind,
        qty=(size * side).mask(is_funding),
        price=price,
        fee=paid.mask(is_funding),
        amount=(0.0 - paid).where(is_funding),
        id=frame["execid"] if "execid" in frame else "",
        size=size.where(is_funding, np.nan),
    )  # fmt: skip
    return Chunk(rows, left_out)


def read_wallet(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Wallet history: what each row moved, in satoshi or, of currency XBT, in coins, received > 0, the fee within it.

    An opening fee is told twice, as an amount and as a fee: the same money, as the fee of a funding is its amount.
    """
    status = frame["transactstatus"].str.strip()
    currency = _currency(frame)
    kind = frame["transacttype"].str.strip().str.lower()
    why = ("rows that are not completed (" + status + ")").where(status.str.lower() != COMPLETED, "")
    why = why.mask((why == "") & (kind == "unrealisedpnl"), "unrealised profit")
    why = why.mask((why == "") & ~currency.isin((SATOSHI, WHOLE)), "rows in another currency (" + currency + ")")
    left_out = reasons(why)
    frame, kind, in_coins = (each[why == ""] for each in (frame, kind, currency == WHOLE))

    amount = _coins(frame["amount"], told, in_coins, needed=True)
    fee = _coins(frame["fee"], told, in_coins).fillna(0.0)
    is_profit, is_funding = kind == "realisedpnl", kind == "funding"
    of_contract = is_profit | is_funding
    found = listed(frame["address"][of_contract], VENUE, told).astype(object).reindex(frame.index)
    other = found["left_out"].fillna("") != ""
    left_out |= reasons(found["left_out"].fillna(""))

    is_fee = is_profit & (_nearest(amount + fee) == 0) & (fee != 0)
    types = (
        kind.map({"realisedpnl": REALISED, "funding": FUNDING})
        .fillna(TRANSFER)
        .mask(is_fee, FEE)
        .mask(other, STATEMENT)
    )
    whole = is_funding | other
    rows = ledger_rows(
        told, frame.index, VENUE,
        time=browser_times(frame["transacttime"], told),
        contract=found["contract"].where(of_contract & ~other, COIN),
        type=types,
        fee=fee.mask(whole | (fee == 0)),
        amount=amount.where(whole, _nearest(amount + fee)).mask(is_fee & ~other),
        id=frame["transactid"] if "transactid" in frame else "",
        balance=_coins(frame["walletbalance"], told, in_coins),
    )  # fmt: skip
    usual = ("realisedpnl", "funding", "deposit", "withdrawal", "transfer")
    return Chunk(rows, left_out, tuple(as_transfers(frame["transacttype"][~kind.isin(usual)])))


def read_positions(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Positions of the API: the entry is the size by its cost in satoshi, for the price beside it is rounded."""
    found = listed(frame["symbol"], VENUE, told)
    left_out = reasons(found["left_out"])
    inverse = found["left_out"] == ""
    frame, found = frame[inverse], found[inverse]
    position = numbers(frame["currentqty"], told, needed=True) * found["face"]
    cost = _coins(frame["poscost"], told, _currency(frame) == WHOLE).abs()
    rows = ledger_rows(
        told, frame.index, VENUE,
        time=browser_times(frame["timestamp"], told),
        contract=found["contract"],
        type=STATEMENT,
        position=position,
        entry=(position.abs() / cost).where((position != 0) & (cost > 0)),
    )  # fmt: skip
    return Chunk(rows, left_out)


def _currency(frame: "pd.DataFrame") -> "pd.Series":
    """The currency of each row, of which the export may have no column: then amounts are in satoshi."""
    import pandas as pd

    return frame["currency"].str.strip() if "currency" in frame else pd.Series(SATOSHI, frame.index, dtype=object)


def _coins(column: "pd.Series", told: Told, in_coins: "pd.Series", needed: bool = False) -> "pd.Series":
    """Amounts in coins; those in satoshi must be whole, for a fraction is an amount in coins of an export that does not say so."""
    found = numbers(column, told, needed)
    refuse(told, column, ~in_coins & (found % 1 > 0), WHOLE_SATOSHI)
    return found.where(in_coins, found / SATOSHIS)


def _nearest(coins: "pd.Series") -> "pd.Series":
    """Sums of amounts in coins as the nearest numbers to whole satoshi."""
    return (coins * SATOSHIS).round() / SATOSHIS


FORMATS = (
    Format(
        "BitMEX trade history", VENUE,
        ("transacttime", "symbol", "exectype", "side", "lastqty", "lastpx", "execcost", "execcomm"), "browser", read_trades,
    ),
    Format(
        "BitMEX wallet history", VENUE,
        ("transacttime", "transacttype", "amount", "fee", "address", "transactstatus", "walletbalance"),
        "browser", read_wallet, summary=2,
    ),
    Format(
        "BitMEX wallet history (API)", VENUE,
        ("transacttime", "transacttype", "transactstatus", "currency", "amount", "fee", "walletbalance", "transactid", "address"),
        "UTC", read_wallet, summary=1,
    ),
    Format(
        "BitMEX positions (API)", VENUE,
        ("timestamp", "symbol", "currentqty", "avgentryprice", "poscost"), "UTC", read_positions,
    ),
)  # fmt: skip
