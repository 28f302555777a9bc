"""BitMEX: trade history and wallet history as its pages export them, and wallet history and positions as its API gives them."""

from typing import TYPE_CHECKING

from ..entry import FEE, FILL, FUNDING, REALISED, SETTLEMENT, STATEMENT, TRANSFER, Chunk, Format, Told
from ..frame import (
    SATOSHIS, as_transfers, browser_times, choices, ledger_rows, listed, numbers, positive, reasons,
)  # fmt: skip

if TYPE_CHECKING:
    import pandas as pd

VENUE = "bitmex"
COIN, CURRENCY = "BTC", "xbt"
"""The coin that its inverse contracts settle in, and how wallets call its satoshi, in small letters."""
SIDES = {"buy": 1.0, "sell": -1.0}
EXECUTIONS = {"trade": FILL, "settlement": SETTLEMENT, "funding": FUNDING}
COMPLETED = "completed"


def read_trades(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Executions: contracts without a sign beside their side; fees and funding paid > 0, in satoshi."""
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
    price = positive(numbers(frame["lastpx"], told, needed=True), frame["lastpx"], told)
    positive(contracts, frame["lastqty"], told)
    paid = numbers(frame["execcomm"], told).fillna(0.0) / SATOSHIS
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
    """Wallet history: what each row moved, in satoshi, received > 0, the fee within it.

    An opening fee is told twice, as an amount and as a fee: the same money, as the fee of a funding is its amount.
    """
    status = frame["transactstatus"].str.strip()
    currency = frame["currency"].str.strip() if "currency" in frame else status.map(lambda _: "XBt")
    kind = frame["transacttype"].str.strip().str.lower()
    why = ("rows that are not completed (" + status + ")").where(status.str.lower() != COMPLETED, "")
    why = why.mask((why == "") & (kind == "unrealisedpnl"), "unrealised profit")
    why = why.mask((why == "") & (currency.str.lower() != CURRENCY), "rows in another currency (" + currency + ")")
    left_out = reasons(why)
    frame, kind = frame[why == ""], kind[why == ""]

    amount = numbers(frame["amount"], told, needed=True)
    fee = numbers(frame["fee"], told).fillna(0.0)
    balance = numbers(frame["walletbalance"], told)
    is_profit, is_funding = kind == "realisedpnl", kind == "funding"
    of_contract = is_profit | is_funding
    found = listed(frame["address"][of_contract], VENUE, told).reindex(frame.index)
    other = found["left_out"].fillna("") != ""
    left_out |= reasons(found["left_out"].fillna(""))

    is_fee = is_profit & (amount + fee == 0) & (fee != 0)
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
        fee=fee.mask(whole | (fee == 0)) / SATOSHIS,
        amount=amount.where(whole, amount + fee).mask(is_fee & ~other) / SATOSHIS,
        id=frame["transactid"] if "transactid" in frame else "",
        balance=balance / SATOSHIS,
    )  # fmt: skip
    usual = ("realisedpnl", "funding", "deposit", "withdrawal", "transfer")
    odd = frame["transacttype"][~kind.isin(usual)]
    notes = tuple(as_transfers(odd))
    return Chunk(rows, left_out, notes)


def read_positions(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Positions of the API: the entry is the size by its cost in satoshi, for the price beside it is rounded."""
    found = listed(frame["symbol"], VENUE, told)
    left_out = reasons(found["left_out"])
    inverse = found["left_out"] == ""
    frame, found = frame[inverse], found[inverse]
    position = numbers(frame["currentqty"], told, needed=True) * found["face"]
    cost = numbers(frame["poscost"], told).abs() / SATOSHIS
    rows = ledger_rows(
        told, frame.index, VENUE,
        time=browser_times(frame["timestamp"], told),
        contract=found["contract"],
        type=STATEMENT,
        position=position,
        entry=(position.abs() / cost).where((position != 0) & (cost > 0)),
    )  # fmt: skip
    return Chunk(rows, left_out)


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
