"""Deribit: transaction log of one coin, whose name the file's name tells (transaction_log-7003-BTC-...).

The venue documents that Amount and Position of inverse futures are in USD, that Change of a trade is its fee and that of a
settlement the session's profit with its funding. It is inferred that the sizes of older logs (Size, Base Amount) are in USD
too where they are whole contracts, and else in coins.
"""

import re
from typing import TYPE_CHECKING

from ...errors import counted
from ..entry import FILL, FUNDING, SETTLEMENT, STATEMENT, TRANSFER, Chunk, Format, Told
from ..frame import ISO, as_transfers, choices, is_blank, ledger_rows, listed, numbers, positive, reasons, refuse, times

if TYPE_CHECKING:
    import pandas as pd

VENUE = "deribit"
MOVED = "position move"
TRADES = {"trade": FILL, "liquidation": FILL, MOVED: FILL, "delivery": SETTLEMENT, "settlement": FUNDING}
MOVES = ("deposit", "withdrawal", "transfer")
SIDES = {f"{part}{word}": sign for part in ("open ", "close ", "") for word, sign in (("buy", 1.0), ("sell", -1.0))}
LAYOUTS = (ISO, "%d/%m/%y %H:%M:%S", "%d %b %Y %H:%M:%S")
NAME = re.compile(r"transaction_log-(\d+)-([A-Z]{2,6})-")
MOVES_AWAY = "position moves ({}) that tell no side are not counted, but the position after them is compared"
SESSIONS = "profit is paid once a day, for open positions too, so balances are compared where nothing is open"


def read_log(frame: "pd.DataFrame", told: Told) -> Chunk:
    """A row for each trade, settlement and transfer: fees paid > 0, funding received > 0 and apart from the session's profit."""
    import numpy as np

    account, coin = _account_and_coin(frame, told)
    kind = frame["type"].str.strip().str.lower()
    instrument = frame["instrument"].str.strip()
    has_contract = ~is_blank(instrument)
    is_spot = has_contract & instrument.str.contains(r"^[A-Z0-9]+_[A-Z0-9]+$")
    found = listed(instrument[has_contract & ~is_spot], VENUE, told).reindex(frame.index)
    why = found["left_out"].fillna("").mask(is_spot, "spot trades (" + instrument + ")")
    sided = frame["side"].str.strip().str.lower().isin(list(SIDES))
    moved = (why == "") & (kind == MOVED) & ~sided

    funding = numbers(frame["funding"], told).fillna(0.0)
    types = kind.map(TRADES).where(has_contract, TRANSFER).fillna(TRANSFER).mask(why != "", STATEMENT)
    is_trade, is_session = types.isin((FILL, SETTLEMENT)) & ~moved, (types == FUNDING) | moved
    types = types.mask(is_session & (funding == 0), STATEMENT)
    is_funding = types == FUNDING
    size_of = next(name for name in ("amount", "size", "base_amount") if name in frame)
    price, position, change = (numbers(frame[name], told) for name in ("price", "position", "change"))
    positive(price[is_trade], frame["price"][is_trade], told)
    side = choices(frame["side"].where(is_trade, "buy"), told, SIDES).astype(float)
    size = numbers(frame[size_of], told).where(is_trade).abs()
    positive(size[is_trade], frame[size_of][is_trade], told)
    size, in_coins = _usd(size, price, found["face"].astype(float), size_of)
    refuse(told, frame["change"], ~is_trade & ~is_session & change.isna(), "must be what moved the wallet")

    fee = numbers(frame["fee_charged" if "fee_charged" in frame else "fee_paid"], told).fillna(0.0)
    from_credit = is_trade & (fee > 0) & (change == 0)
    index_price = numbers(frame["index_price" if "index_price" in frame else "mark_price"], told)
    balance, equity = (numbers(frame[name], told) for name in ("balance", "equity"))
    rows = ledger_rows(
        told, frame.index, VENUE,
        account=account,
        time=times(frame["date"], told, LAYOUTS),
        contract=found["contract"].where(is_trade | is_session, coin),
        type=types,
        qty=(size * side).where(is_trade, position.where(is_funding)),
        price=price.where(is_trade, index_price.where(is_funding & (index_price > 0))),
        fee=fee.mask(from_credit, 0.0).where(is_trade),
        amount=funding.where(is_funding, change.mask(is_trade | is_session)),
        id=frame["id"].str.strip(),
        position=position.where(is_trade | is_session),
        balance=balance.where(balance == equity, np.nan),
    )  # fmt: skip
    odd = frame["type"][(types == TRANSFER) & ~kind.isin(MOVES)]
    notes = as_transfers(odd)
    notes += [MOVES_AWAY.format(int(moved.sum()))] if moved.any() else []
    notes += [SESSIONS] if (kind == "settlement").any() else []
    credited = int(from_credit.sum())
    notes += [f"{counted(credited, 'fee')} paid from the fee balance, not from the wallet"] if credited else []
    notes += [f"{size_of.replace('_', ' ')} is taken as coins, which the venue does not document"] if in_coins else []
    return Chunk(rows, reasons(why), tuple(notes))


def _account_and_coin(frame: "pd.DataFrame", told: Told) -> tuple[str, str]:
    """The account's number and the coin, by the name of the file; the coin else by the first instrument that has one."""
    if named := NAME.search(told.file):
        return named[1], named[2]
    coins = frame["instrument"].str.extract(r"^([A-Z]{2,6})-")[0].dropna()
    if coins.empty:
        rule = "tells no coin: keep the name that the venue gave it, such as transaction_log-7003-BTC-1767571200-1768003200.csv"
        refuse(told, frame["instrument"], is_blank(frame["instrument"]), rule)
    return told.account, "" if coins.empty else coins.iloc[0]


def _usd(size: "pd.Series", price: "pd.Series", face: "pd.Series", column: str) -> "tuple[pd.Series, bool]":
    """Sizes in USD, and whether the column had them in coins: one of an older log that holds other than whole contracts."""
    in_coins = column != "amount" and bool((size.dropna() % face[size.notna()] > 1e-9).any())
    return ((size * price / face).round() * face if in_coins else size), in_coins


def compared_where_flat(rows: "pd.DataFrame") -> "pd.DataFrame":
    """The rows without the balances at which a position is open: those hold profit that no fill has realised yet."""
    import numpy as np

    order = rows["time"].argsort(kind="stable").to_numpy()
    if len(rows) > 1 and rows["time"].iloc[0] > rows["time"].iloc[-1]:
        order = rows["time"][::-1].argsort(kind="stable").to_numpy()
        order = len(rows) - 1 - order
    is_open = np.zeros(len(rows), dtype=bool)
    contracts = rows["contract"].to_numpy(dtype=object)[order]
    position = rows["position"].to_numpy()[order]
    for name in {*contracts[~np.isnan(position)]}:
        own = np.where(contracts == name, position, np.nan)
        told = np.maximum.accumulate(np.where(np.isnan(own), -1, np.arange(len(own))))
        is_open |= (told >= 0) & (own[np.maximum(told, 0)] != 0)
    closed = np.empty(len(rows), dtype=bool)
    closed[order] = ~is_open
    return rows.assign(balance=rows["balance"].where(closed))


COMMON = (
    "id", "userseq", "date", "instrument", "type", "side", "position", "price", "mark_price", "cash_flow", "funding", "change",
    "balance", "equity", "trade_id",
)  # fmt: skip
FORMATS = tuple(
    Format(f"Deribit transaction log{which}", VENUE, (*COMMON, *further), "UTC", read_log, compared_where_flat)
    for which, further in (
        ("", ("amount", "base_amount", "index_price", "fee_charged")),
        (" (older, Base Amount)", ("base_amount", "index_price", "fee_charged")),
        (" (oldest, Size)", ("size", "fee_paid")),
    )
)
