"""Kraken Futures: account log, in which a trade is two rows, one of the position and one of the wallet.

Both rows tell the time, the price and, in newer logs, the contract, but not each other; they are joined by these and by their
size. A fee that was paid in KFEE has no row of the wallet. Of logs without a column for the contract it is inferred that
funding is that of the coin's perpetual (PI).
"""

from typing import TYPE_CHECKING

from ..entry import FEE, FILL, FUNDING, REALISED, SETTLEMENT, TRANSFER, Chunk, Format, Told
from ..frame import as_transfers, is_blank, ledger_rows, listed, numbers, positive, reasons, times

if TYPE_CHECKING:
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
    is_trade = kind.str.contains(TRADE) | (kind == "settlement")
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
    odd = frame["type"][moved & ~kind.isin(MOVES)]
    inferred = [PERPETUAL] if "contract" not in frame and is_funding.any() else []
    return Chunk(rows, reasons(why), (*as_transfers(odd), *inferred))


def _contracts(
    frame: "pd.DataFrame", symbol: "pd.Series", is_position: "pd.Series", is_funding: "pd.Series"
) -> "pd.Series":
    """The contract of each row; of a wallet's row without one the coin, by which it is joined."""
    told = frame["contract"].str.strip().str.lower() if "contract" in frame else symbol.where(is_position, "")
    told = told.mask(is_blank(told), symbol)
    perpetual = "pi_" + symbol + "usd"
    return told.mask(is_funding & ~told.str.contains("_"), perpetual)


def joined(rows: "pd.DataFrame") -> "pd.DataFrame":
    """One row for each trade: the fee, profit and balance of the wallet's row in that of the position."""
    import pandas as pd

    rows = rows.astype({"type": object, "contract": object})
    is_trade = rows["type"].isin((FILL, SETTLEMENT))
    is_wallet = is_trade & rows["qty"].isna()
    by_coin = is_trade & ~rows["contract"].str.contains("_")
    coin = (
        rows["contract"].str.extract(r"^[A-Z]{2}_([A-Z0-9]+?)USD")[0].str.replace("XBT", "BTC").fillna(rows["contract"])
    )
    legs = pd.DataFrame({
        "time": rows["time"], "price": rows["price"], "of": coin if by_coin.any() else rows["contract"],
        "size": rows["qty"].abs().fillna(rows["fee"].abs()).fillna(0.0), "place": rows.index,
    })  # fmt: skip
    legs = legs[is_trade].sort_values("size", ascending=False, kind="stable")
    legs["rank"] = legs.assign(wallet=is_wallet).groupby(["time", "price", "of", "wallet"], sort=False).cumcount()
    key = ["time", "price", "of", "rank"]
    wallets = legs[is_wallet.reindex(legs.index)]
    pairs = legs[~is_wallet.reindex(legs.index)].merge(wallets, on=key, suffixes=("", "_of_wallet"))
    for name in ("fee", "profit", "balance"):
        rows.loc[pairs["place"], name] = rows.loc[pairs["place_of_wallet"], name].to_numpy()
    rows = rows.drop(index=pairs["place_of_wallet"])
    alone = rows["type"].isin((FILL, SETTLEMENT)) & rows["qty"].isna()
    has_profit = alone & (rows["profit"].fillna(0.0) != 0)
    rows.loc[alone, ["type", "price"]] = [FEE, float("nan")]
    rows.loc[has_profit, "type"] = REALISED
    rows.loc[has_profit, "amount"] = rows["profit"]
    rows.loc[alone, "profit"] = float("nan")
    return rows.reset_index(drop=True)


COLUMNS = (
    "uid", "datetime", "account", "type", "symbol", "change", "new_balance", "new_average_entry_price", "trade_price",
    "mark_price", "funding_rate", "realized_pnl", "fee", "realized_funding", "collateral",
)  # fmt: skip
FORMATS = (
    Format("Kraken Futures account log", VENUE, (*COLUMNS, "contract"), "UTC", read_log, joined),
    Format("Kraken Futures account log (older)", VENUE, COLUMNS, "UTC", read_log, joined),
)
