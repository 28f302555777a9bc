"""Kraken Futures: account log, in which a trade is two rows, one of the position and one of the wallet.

Both rows tell the time, the price and, in newer logs, the contract, but not each other; they stand one after the other, or
are joined by these and by their size. A fee that was paid in KFEE has no row of the wallet. Of logs without a column for the contract it is inferred that
funding is that of the coin's perpetual (PI).
"""

from typing import TYPE_CHECKING

from ..entry import FEE, FILL, FUNDING, REALISED, SETTLEMENT, TRANSFER, Chunk, Format, Told
from ..frame import as_fills, as_transfers, is_blank, ledger_rows, listed, numbers, positive, reasons, times

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

VENUE = "kraken"
TRADE = r"^(?:(?:futures|derivatives)[ _])?(?:trade|liquidation|partial liquidation|assignor|assignee|unwind)|^covered liquidation"
FUNDED = "funding rate change"
SINGLE = "f-"
"""How the margin accounts begin whose one coin is the collateral of inverse contracts; cash and flex are other wallets."""
PERPETUAL = "funding is taken as that of the perpetual of the coin, for no contract stands beside it"
MOVES = ("cross-exchange transfer", "transfer", "subaccount transfer")


def read_log(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Rows as they stand: change and new balance of a contract in USD, or of the wallet in coin; fees paid > 0."""
    kind, symbol = (frame[name].str.strip().str.lower() for name in ("type", "symbol"))
    wallet = frame["account"].str.strip().str.lower()
    known = kind.str.contains(TRADE) | (kind == "settlement")
    closes = ~known & symbol.str.contains("_") & ~is_blank(frame["trade_price"]) & ~is_blank(frame["change"])
    is_trade = known | kind.isin({*kind[closes]})
    is_funding = kind == FUNDED
    is_position = is_trade & symbol.str.contains("_")
    contract = _contracts(frame, symbol, is_position, is_funding)
    of_contract = (is_trade | is_funding) & (contract.str.contains("_"))
    found = listed(contract[of_contract], VENUE, told).reindex(frame.index)
    why = found["left_out"].fillna("")
    why = why.mask(
        (why == "") & ~of_contract & ~wallet.str.startswith(SINGLE), "rows of other wallets (" + wallet + ")"
    )
    kept = why == ""
    frame, kind, symbol, found, contract, of_contract = (
        each[kept] for each in (frame, kind, symbol, found, contract, of_contract)
    )
    is_trade, is_funding, is_position = is_trade[kept], is_funding[kept], is_position[kept]

    change, balance, price = (numbers(frame[name], told) for name in ("change", "new_balance", "trade_price"))
    profit, fee, funding = (numbers(frame[name], told) for name in ("realized_pnl", "fee", "realized_funding"))
    price = price.fillna(numbers(frame["mark_price"], told).where(kind == "settlement"))
    positive(price[is_position], frame["trade_price"][is_position], told)
    usd = is_position * found["face"].astype(float)
    entry = numbers(frame["new_average_entry_price"], told)
    moved = ~is_trade & ~is_funding
    numbers(frame["change"][is_position | moved], told, needed=True)
    rows = ledger_rows(
        told, frame.index, VENUE,
        time=times(frame["datetime"], told),
        contract=found["contract"].where(of_contract, symbol.str.upper().replace("XBT", "BTC")),
        type=kind.mask(is_trade, FILL).mask(kind == "settlement", SETTLEMENT).mask(is_funding, FUNDING).mask(moved, TRANSFER),
        qty=(change * usd).where(is_position),
        price=price.where(is_trade, numbers(frame["mark_price"], told).where(is_funding)),
        fee=fee.where(is_trade & ~is_position),
        amount=funding.fillna(change).where(is_funding, change.where(moved)),
        id=frame["uid"].str.strip(),
        position=(balance * usd).where(is_position),
        entry=entry.where(is_position & (entry > 0) & (balance != 0)),
        balance=balance.mask(is_position),
        profit=profit.where(is_trade & ~is_position),
    )  # fmt: skip
    notes = as_fills(frame["type"][closes[kept]]) + as_transfers(frame["type"][moved & ~kind.isin(MOVES)])
    notes += [PERPETUAL] if "contract" not in frame and is_funding.any() else []
    return Chunk(rows, reasons(why), tuple(notes))


def _contracts(
    frame: "pd.DataFrame", symbol: "pd.Series", is_position: "pd.Series", is_funding: "pd.Series"
) -> "pd.Series":
    """The contract of each row; of a wallet's row without one the coin, by which it is joined."""
    told = frame["contract"].str.strip().str.lower() if "contract" in frame else symbol.where(is_position, "")
    told = told.mask(is_blank(told), symbol)
    perpetual = "pi_" + symbol + "usd"
    return told.mask(is_funding & ~told.str.contains("_"), perpetual)


def paired(rows: "pd.DataFrame", of: "np.ndarray") -> "pd.DataFrame":
    """One row for each trade: the fee, profit and balance of the wallet's row in that of the position.

    `of` is the file of each row, all oldest first. The two stand one after the other; those that do not are joined by size.
    """
    rows = rows.astype({"type": object, "contract": object})
    is_trade = rows["type"].isin((FILL, SETTLEMENT))
    legs = rows[["time", "price"]].assign(
        name=_names(rows, is_trade), is_wallet=rows["qty"].isna(), place=rows.index,
        size=rows["qty"].abs().fillna(rows["fee"].abs()).fillna(0.0),
    )[is_trade]  # fmt: skip
    legs["event"] = legs.groupby(["time", "price", "name"], sort=False, dropna=False).ngroup()
    pairs = _neighbours(legs, of[legs.index])
    left = ~legs["place"].isin([*pairs, *pairs.values()])
    pairs |= _by_size(legs[left])
    places, wallets = [*pairs], [*pairs.values()]
    for name in ("fee", "profit", "balance"):
        rows.loc[places, name] = rows.loc[wallets, name].to_numpy()
    rows = rows.drop(index=wallets)
    alone = rows["type"].isin((FILL, SETTLEMENT)) & rows["qty"].isna()
    has_profit = alone & (rows["profit"].fillna(0.0) != 0)
    rows.loc[alone, ["type", "price"]] = [FEE, float("nan")]
    rows.loc[has_profit, "type"] = REALISED
    rows.loc[has_profit, "amount"] = rows["profit"]
    rows.loc[alone, "profit"] = float("nan")
    return rows


def _names(rows: "pd.DataFrame", is_trade: "pd.Series") -> "pd.Series":
    """What the two rows of a trade have in common: the contract, or its coin where the wallet's rows tell no more."""
    if not (is_trade & ~rows["contract"].str.contains("_")).any():
        return rows["contract"]
    coin = rows["contract"].str.extract(r"^[A-Z]{2}_([A-Z0-9]+?)USD")[0].str.replace("XBT", "BTC")
    return coin.fillna(rows["contract"])


def _neighbours(legs: "pd.DataFrame", of: "np.ndarray") -> dict[int, int]:
    """The wallet's row of each position's that has it beside it, on the side on which more of all have it."""
    import numpy as np

    place, event, is_wallet = (legs[name].to_numpy() for name in ("place", "event", "is_wallet"))
    one = (np.diff(place) == 1) & (np.diff(event) == 0) & (np.diff(of) == 0)
    behind, before = one & ~is_wallet[:-1] & is_wallet[1:], one & is_wallet[:-1] & ~is_wallet[1:]
    if behind.sum() >= before.sum():
        return dict(zip(place[:-1][behind].tolist(), place[1:][behind].tolist()))
    return dict(zip(place[1:][before].tolist(), place[:-1][before].tolist()))


def _by_size(legs: "pd.DataFrame") -> dict[int, int]:
    """The wallet's row of each position's: of one time, price and contract the largest fee belongs to the largest size."""
    legs = legs.sort_values("size", ascending=False, kind="stable")
    legs = legs.assign(rank=legs.groupby(["event", "is_wallet"], sort=False).cumcount())
    wallets = legs[legs["is_wallet"]]
    pairs = legs[~legs["is_wallet"]].merge(wallets, on=["event", "rank"], suffixes=("", "_of_wallet"))
    return dict(zip(pairs["place"].tolist(), pairs["place_of_wallet"].tolist()))


COLUMNS = (
    "uid", "datetime", "account", "type", "symbol", "change", "new_balance", "new_average_entry_price", "trade_price",
    "mark_price", "funding_rate", "realized_pnl", "fee", "realized_funding", "collateral",
)  # fmt: skip
FORMATS = (
    Format("Kraken Futures account log", VENUE, (*COLUMNS, "contract"), "UTC", read_log, pair=paired),
    Format("Kraken Futures account log (older)", VENUE, COLUMNS, "UTC", read_log, pair=paired),
)
