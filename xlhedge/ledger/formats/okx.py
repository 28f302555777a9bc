"""OKX: trading history of an account, whose first line tells the account and the zone of its times.

The files that are public are of USDT contracts. Of inverse ones it is inferred that an amount in coins is a whole number of
contracts at the filled price, and that Position Balance has no sign; it is 0 throughout in some exports, and then not used.
"""

from typing import TYPE_CHECKING

from ...errors import counted
from ..entry import FILL, FUNDING, SETTLEMENT, STATEMENT, TRANSFER, Chunk, Format, Told
from ..frame import (
    MONEY, as_transfers, is_blank, ledger_rows, listed, numbers, other_coins, positive, reasons, refuse, times,
)  # fmt: skip

if TYPE_CHECKING:
    import pandas as pd

VENUE = "okx"
MARK = "\ufeff"
"""The byte order mark, which the venue puts before every line, or every cell."""
CONTRACTS = "CONT"
INFERRED = "amounts in coins are taken as whole contracts at the filled price, which the venue does not document"
UNSIDED = {f"{kind} of no side": kind for kind in (FILL, SETTLEMENT)}
"""Types of trades whose action tells no side, until all of a file is there; the position that they close does."""
DELIVERIES = "deliver|expir|exercis"
NO_SIDE = "{} of action {} tell no side: each closes what is open, or is not counted where nothing is, but its position is compared"
NETTED = "{} is held long and short at once and counts as what is left of both: the venue's positions are not compared"
MOVES = ("transfer in", "transfer out", "deposit", "withdrawal")


def read_history(frame: "pd.DataFrame", told: Told) -> Chunk:
    """A row for each fill, funding and transfer; sizes without a sign, fees paid < 0, funding in Balance Change or PnL."""
    import numpy as np
    import pandas as pd

    frame = frame.apply(lambda column: column.str.strip(MARK) if column.iloc[0].startswith(MARK) else column)
    action, trade = (frame[name].str.strip().str.lower() for name in ("action", "trade_type"))
    unit = frame["balance_unit"].str.strip().str.upper()
    has_contract = ~is_blank(frame["symbol"])
    is_spot = has_contract & trade.str.contains("spot|margin")
    found = listed(frame["symbol"][has_contract & ~is_spot], VENUE, told).reindex(frame.index)
    why = found["left_out"].fillna("").mask(is_spot, "spot trades (" + frame["symbol"] + ")")
    why = why.mask((why == "") & unit.isin(MONEY), "rows in " + unit)
    left_out = reasons(why)
    kept = (why == "") | ~unit.isin(MONEY)
    frame, action, unit, found, why = (each[kept] for each in (frame, action, unit, found, why))

    side, of_contract = _side(action), found["contract"].notna()
    types = pd.Series(TRANSFER, frame.index)
    moved = numbers(frame["position_change"], told).fillna(0.0)
    types[of_contract & (moved == 0) & action.str.contains("funding|expense|income")] = FUNDING
    traded = of_contract & (types != FUNDING) & (side.notna() | (moved != 0))
    types[traded] = action[traded].str.contains(DELIVERIES).map({True: SETTLEMENT, False: FILL})
    types[why != ""] = STATEMENT
    unsided = (why == "") & traded & side.isna()
    is_trade, is_funding = types.isin((FILL, SETTLEMENT)), types == FUNDING
    price, change, profit = (numbers(frame[name], told) for name in ("filled_price", "balance_change", "pnl"))
    positive(price[is_trade], frame["filled_price"][is_trade], told)
    usd, in_coins = _usd(frame, found, is_trade, price, told)
    fee_unit = frame["fee_unit"].str.upper().where(is_trade, "")
    size = numbers(frame["position_balance"], told) * found["face"]
    told_size = is_trade & ~in_coins & (moved != 0)
    time = times(frame["time"], told)
    size, two_sided = _of_one_side(size.where(told_size), frame["symbol"], action, time)
    line = next((cell.strip(MARK + " ") for row in told.above for cell in row if "uid:" in cell.lower()), "")
    rows = ledger_rows(
        told, frame.index, VENUE,
        account=line.partition(":")[2].strip() or told.account,
        time=time,
        contract=found["contract"].where(is_trade | is_funding, unit),
        type=types.mask(unsided, types + " of no side"),
        qty=(usd * side.fillna(np.sign(moved))).where(is_trade),
        price=price.where(is_trade | (is_funding & (price > 0))),
        fee=(0.0 - numbers(frame["fee"], told).fillna(0.0)).where(is_trade & ((fee_unit == "") | (fee_unit == found["coin"]))),
        amount=change.where(~(is_funding & (change.fillna(0.0) == 0)), profit).mask(is_trade),
        id=frame["id"],
        size=size,
        balance=numbers(frame["balance"], told),
        profit=profit.where(is_trade),
    )  # fmt: skip
    odd = frame["action"][(types == TRANSFER) & ~action.isin(MOVES)]
    notes = as_transfers(odd, "action")
    notes += [INFERRED] if in_coins.any() else []
    notes += [
        NO_SIDE.format(counted(count, "row"), name or "(blank)")
        for name, count in frame["action"][unsided].value_counts().items()
    ]
    notes += [NETTED.format(name) for name in two_sided]
    notes += other_coins(fee_unit[is_trade], found["coin"][is_trade])
    return Chunk(
        rows, left_out, tuple(notes), tuple(found["contract"][frame["symbol"].isin(two_sided)].dropna().unique())
    )


def _side(action: "pd.Series") -> "pd.Series":
    """1 for an action that buys, such as Open long, Close short (ADL) or Delivery short; -1 for one that sells; NaN for any other."""
    words = action.str.extract(r"(open)?[^a-z]*\b(long|short|buy|sell)\b")
    buys = (words[1] == "buy") | ((words[1] == "long") == words[0].notna()) & words[1].isin(("long", "short"))
    return buys.map({True: 1.0, False: -1.0}).where(words[1].notna())


def _usd(
    frame: "pd.DataFrame", found: "pd.DataFrame", is_trade: "pd.Series", price: "pd.Series", told: Told
) -> "tuple[pd.Series, pd.Series]":
    """The size of each trade in USD, and which amounts are in coins."""
    unit, face = frame["trading_unit"].str.upper(), found["face"].astype(float)
    in_coins = is_trade & (unit == found["coin"])
    wrong = is_trade & ~in_coins & (unit != CONTRACTS)
    refuse(told, frame["trading_unit"], wrong, "must be cont or the coin of the contract")
    amount = numbers(frame["amount"], told)
    positive(amount[is_trade], frame["amount"][is_trade], told)
    contracts = amount.where(~in_coins, (amount * price / face).round())
    return contracts * face, in_coins


def _of_one_side(
    size: "pd.Series", symbol: "pd.Series", action: "pd.Series", time: "pd.Series"
) -> "tuple[pd.Series, list[str]]":
    """The sizes of contracts that are never held long and short at once, and the names of those that are."""
    told = size.notna()
    turned = time.size > 1 and time.iloc[0] > time.iloc[-1]
    order = time[::-1] if turned else time
    places = order[told.reindex(order.index)].sort_values(kind="stable").index
    is_long, symbol_of = action[places].str.endswith("long"), symbol[places]
    both = symbol_of.map(lambda _: True)
    for chosen in (is_long, ~is_long):
        both &= size[places].where(chosen).groupby(symbol_of).ffill().fillna(0.0) > 0
    two_sided = sorted({*symbol_of[both]})
    return size.mask(symbol.isin(two_sided)), two_sided


def closing(rows: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of a file in which a trade of no side closes what is open by the rows before it; where nothing is, it is no fill."""
    if not (open_ := rows["type"].isin(list(UNSIDED))).any():
        return rows
    rows = rows.astype({"type": object, "contract": object})
    turned = rows["time"].iloc[0] > rows["time"].iloc[-1]
    order = (rows[::-1] if turned else rows).sort_values("time", kind="stable").index
    held: dict[str, float] = {}
    columns = (rows["contract"][order], rows["qty"][order].fillna(0.0), open_[order])
    for place, contract, qty, unsided in zip(order, *columns):
        before = held.get(contract, 0.0)
        if unsided:
            closes = qty < 0 and before != 0
            qty = abs(qty) * (-1.0 if before > 0 else 1.0) if closes else 0.0
            rows.loc[place, "type"] = UNSIDED[rows["type"][place]] if closes else STATEMENT
            rows.loc[place, "qty"] = qty if closes else float("nan")
            if not closes:
                rows.loc[place, ["price", "fee", "profit"]] = float("nan")
        held[contract] = before + qty
    return rows


FORMATS = (
    Format(
        "OKX trading history", VENUE,
        (
            "id", "order_id", "time", "trade_type", "symbol", "action", "amount", "trading_unit", "filled_price", "pnl", "fee",
            "fee_unit", "position_change", "position_balance", "balance_change", "balance", "balance_unit",
        ),
        "browser", read_history, closing,
    ),
)  # fmt: skip
