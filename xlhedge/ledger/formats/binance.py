"""Binance: trade history and transaction history of futures, in one layout for COIN-M and for the contracts that are left out.

The files that are public are of USDT contracts. Of COIN-M it is inferred that Quantity is a number of contracts.
"""

from typing import TYPE_CHECKING

from ...errors import counted
from ..entry import FEE, FILL, FUNDING, REALISED, TRANSFER, Chunk, Format, Told
from ..frame import (
    ISO, MONEY, accounts, as_transfers, choices, is_blank, ledger_rows, listed, numbers, other_coins, above_zero, reasons, refuse, times,
    with_units,
)  # fmt: skip

if TYPE_CHECKING:
    import pandas as pd

VENUE = "binance"
SIDES = {"buy": 1.0, "sell": -1.0}
SHORT_YEAR = "%y-%m-%d %H:%M:%S"
INFERRED = "Quantity is taken as a number of contracts, which the venue does not document for COIN-M"
OF_CONTRACTS = {"realized_pnl": REALISED, "commission": FEE, "funding_fee": FUNDING, "insurance_clear": FEE}
"""The types of a transaction history that belong to a contract."""
OF_WALLET = {"delivered_settelment": REALISED, "delivered_settlement": REALISED}
"""Those of a contract of which no fill of the trade history tells: they are kept in the wallet of the coin."""
MOVES = (
    "transfer", "deposit", "withdraw", "welcome_bonus", "internal_transfer", "cross_collateral_transfer",
    "coin_swap_deposit", "coin_swap_withdraw",
)  # fmt: skip


def read_trades(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Fills: contracts without a sign beside their side; the fee with its unit, paid > 0; times in the zone of the request."""
    found = listed(frame["symbol"], VENUE, told)
    left_out = reasons(found["left_out"])
    inverse = found["left_out"] == ""
    frame, found = frame[inverse], found[inverse]
    contracts = above_zero(frame["quantity"], told)
    side = choices(frame["side"], told, SIDES).astype(float)
    fee, unit = with_units(frame["fee"], told)
    rows = ledger_rows(
        told, frame.index, VENUE,
        time=times(frame["time"], told, (ISO, SHORT_YEAR)),
        account=accounts(frame, told),
        contract=found["contract"],
        type=FILL,
        qty=contracts * found["face"] * side,
        price=above_zero(frame["price"], told),
        fee=fee.where((unit == "") | (unit == found["coin"])),
        id=frame["trade_id"].str.strip(),
        profit=numbers(frame["realized_profit"], told),
    )  # fmt: skip
    notes = (INFERRED,) if len(frame) else ()
    return Chunk(rows, left_out, (*notes, *other_coins(unit, found["coin"])))


def read_transactions(frame: "pd.DataFrame", told: Told) -> Chunk:
    """What moved the wallet, received > 0: commissions, funding and realised profit by contract, and transfers; no prices."""
    kind = frame["type"].str.strip().str.lower()
    asset = frame["asset"].str.strip().str.upper()
    of_contract = kind.isin([*OF_CONTRACTS, *OF_WALLET]) & ~is_blank(frame["symbol"])
    found = listed(frame["symbol"][of_contract], VENUE, told).reindex(frame.index)
    why = found["left_out"].fillna("")
    other = (why == "") & asset.ne(found["coin"].where(of_contract, asset)) | (why == "") & asset.isin(MONEY)
    why = why.mask(other, "rows in " + asset)
    kept = why == ""
    frame, kind, asset, found, of_contract = (each[kept] for each in (frame, kind, asset, found, of_contract))
    refuse(told, frame["asset"], is_blank(frame["asset"]), "must be the coin that was moved")

    of_contract &= ~kind.isin(list(OF_WALLET))
    types = kind.map(OF_CONTRACTS).where(of_contract, kind.map(OF_WALLET)).fillna(TRANSFER)
    amount = numbers(frame["amount"], told, needed=True)
    rows = ledger_rows(
        told, frame.index, VENUE,
        time=times(frame["date_utc"], told),
        contract=found["contract"].where(of_contract, asset),
        type=types,
        fee=(0.0 - amount).where(types == FEE),
        amount=amount.where(types != FEE),
        id=frame["transaction_id"].str.strip().mask(is_blank(frame["transaction_id"]), ""),
    )  # fmt: skip
    notes = as_transfers(frame["type"][(types == TRANSFER) & ~kind.isin(MOVES)])
    wallet = kind.isin(list(OF_WALLET))
    for (name, coin), moved in amount[wallet].groupby([frame["type"][wallet].str.strip(), asset[wallet]]):
        what = f"{counted(len(moved), 'row')} of type {name}, {moved.sum():+.8f} {coin}"
        notes.append(f"{what}, {'counts' if len(moved) == 1 else 'count'} in the wallet, not by contract")
    return Chunk(rows, reasons(why), tuple(notes))


FORMATS = (
    Format(
        "Binance futures trade history", VENUE,
        ("time", "symbol", "side", "price", "quantity", "fee", "realized_profit", "trade_id"), "browser", read_trades,
    ),
    Format(
        "Binance futures transaction history", VENUE,
        ("date_utc", "type", "amount", "asset", "symbol", "transaction_id"), "UTC", read_transactions, summary=1, is_row_by_row=True,
    ),
)  # fmt: skip
