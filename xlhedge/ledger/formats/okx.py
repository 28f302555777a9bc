"""OKX: trading history of an account, whose first line tells the account and the zone of its times.

The files that are public are of USDT contracts. Of inverse ones it is inferred that an amount in coins is a whole number of
contracts at the filled price, and that Position Balance has no sign; it is 0 throughout in some exports, and then not used.
"""

from typing import TYPE_CHECKING

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
MOVES = ("transfer in", "transfer out", "deposit", "withdrawal")


def read_history(frame: "pd.DataFrame", told: Told) -> Chunk:
    """A row for each fill, funding and transfer; sizes without a sign, fees paid < 0, funding in Balance Change or PnL."""
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
    types[of_contract & side.notna()] = FILL
    types[of_contract & side.notna() & action.str.contains("delivery")] = SETTLEMENT
    types[of_contract & action.str.startswith("funding")] = FUNDING
    types[why != ""] = STATEMENT
    is_trade, is_funding = types.isin((FILL, SETTLEMENT)), types == FUNDING
    price, change, profit = (numbers(frame[name], told) for name in ("filled_price", "balance_change", "pnl"))
    positive(price[is_trade], frame["filled_price"][is_trade], told)
    usd, in_coins = _usd(frame, found, is_trade, price, told)
    fee_unit = frame["fee_unit"].str.upper().where(is_trade, "")
    size = numbers(frame["position_balance"], told) * found["face"]
    told_size = is_trade & ~in_coins & (numbers(frame["position_change"], told).fillna(0.0) != 0)
    time = times(frame["time"], told)
    size, two_sided = _of_one_side(size.where(told_size), frame["symbol"], action, time)
    line = next((cell.strip(MARK + " ") for row in told.above for cell in row if "uid:" in cell.lower()), "")
    rows = ledger_rows(
        told, frame.index, VENUE,
        account=line.partition(":")[2].strip() or told.account,
        time=time,
        contract=found["contract"].where(is_trade | is_funding, unit),
        type=types,
        qty=(usd * side).where(is_trade),
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
    notes += [f"{name} is held long and short at once: the venue's positions are not compared" for name in two_sided]
    return Chunk(rows, left_out, (*notes, *other_coins(fee_unit[is_trade], found["coin"][is_trade])))


def _side(action: "pd.Series") -> "pd.Series":
    """1 for an action that buys, such as Open long, Close short or Delivery short; -1 for one that sells; NaN for any other."""
    words = action.str.extract(r"(open)?[^a-z]*(long|short|buy|sell)$")
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


FORMATS = (
    Format(
        "OKX trading history", VENUE,
        (
            "id", "order_id", "time", "trade_type", "symbol", "action", "amount", "trading_unit", "filled_price", "pnl", "fee",
            "fee_unit", "position_change", "position_balance", "balance_change", "balance", "balance_unit",
        ),
        "browser", read_history,
    ),
)  # fmt: skip
