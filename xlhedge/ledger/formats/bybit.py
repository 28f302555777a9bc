"""Bybit: asset changes of the unified account, the transaction log before it, and closed positions."""

from typing import TYPE_CHECKING

from ..entry import FILL, FUNDING, SETTLEMENT, STATEMENT, TRANSFER, Chunk, Format, Told
from ..frame import (
    MONEY,
    as_fills,
    as_transfers,
    browser_times,
    choices,
    is_blank,
    ledger_rows,
    listed,
    numbers,
    above_zero,
    positive,
    reasons,
    refuse,
    times,
)

if TYPE_CHECKING:
    import pandas as pd

VENUE = "bybit"
SIDES = {"buy": 1.0, "sell": -1.0}
TRADES = {
    "trade": FILL, "liquidation": FILL, "adl": FILL, "blocktrade": FILL, "block_trade": FILL, "delivery": SETTLEMENT,
    "settlement": FUNDING,
}  # fmt: skip
MOVES = ("transfer_in", "transfer_out", "transfer in", "transfer out", "deposit", "withdraw", "withdrawal", "transfer")


def read_log(frame: "pd.DataFrame", told: Told) -> Chunk:
    """A row for each trade, funding (which the venue calls settlement) and transfer: contracts without a sign.

    Change is what moved the wallet. The signs of fees and funding differ between the two layouts, so they are taken from it:
    of a trade it is the cash flow less the fee, of a funding the funding.
    """
    kind = frame["type"].str.strip().str.lower()
    currency = frame["currency"].str.strip().str.upper()
    has_contract = ~is_blank(frame["contract"])
    refuse_without = has_contract | ~kind.isin(list(TRADES))
    found = listed(frame["contract"][has_contract], VENUE, told).reindex(frame.index)
    why = found["left_out"].fillna("")
    why = why.mask((why == "") & currency.isin(MONEY), "rows in " + currency)
    refuse(told, frame["contract"], ~refuse_without & (why == ""), "must be the contract of the trade")
    in_coin = (why == "") | ~currency.isin(MONEY)
    left_out = reasons(why)
    frame, kind, currency, found, why = frame[in_coin], kind[in_coin], currency[in_coin], found[in_coin], why[in_coin]

    cash, change = (numbers(frame[name], told).fillna(0.0) for name in ("cash_flow", "change"))
    fee, funding = (numbers(frame[name], told).fillna(0.0) for name in ("fee_paid", "funding"))
    face = found["face"].astype(float)
    quantity = numbers(frame["quantity"], told)
    price = numbers(frame["filled_price"], told)
    side = choices(frame["direction"], told, SIDES | {"none": float("nan")}, needed=False).astype(float)
    known = kind.isin([*TRADES, *MOVES])
    other = ~known & found["contract"].notna() & (quantity > 0) & (price > 0) & side.notna() & (why == "")
    types = kind.map(TRADES).fillna(TRANSFER).mask(other, FILL).mask(why != "", STATEMENT)
    is_trade, is_funding = types.isin((FILL, SETTLEMENT)), types == FUNDING
    positive(quantity[is_trade], frame["quantity"][is_trade], told)
    positive(price[is_trade], frame["filled_price"][is_trade], told)
    refuse(told, frame["direction"], is_trade & side.isna(), "must be BUY or SELL")
    position = numbers(frame["position"], told) * face
    received = (cash - change).where(is_trade)
    rows = ledger_rows(
        told, frame.index, VENUE,
        account=_accounts(frame, told),
        time=_times(frame, told),
        contract=found["contract"].where(is_trade | is_funding, currency),
        type=types,
        qty=(quantity * face * side).where(is_trade),
        price=price.where(is_trade),
        fee=fee.abs().mask(received < 0, -fee.abs()).where(is_trade),
        amount=funding.abs().mask(change < 0, -funding.abs()).where(is_funding, change.mask(is_trade)),
        id=frame["trade_id"].where(is_trade & ~is_blank(frame["trade_id"]), "") if "trade_id" in frame else "",
        position=_with_side(position, quantity * face, side, is_trade, is_funding, frame),
        size=position,
        balance=numbers(frame["wallet_balance"], told),
        profit=cash.where(is_trade),
    )  # fmt: skip
    moved = (types == TRANSFER) & ~known
    notes = [*as_fills(frame["type"][other]), *as_transfers(frame["type"][moved])]
    return Chunk(rows, left_out, tuple(notes))


def _with_side(
    size: "pd.Series",
    qty: "pd.Series",
    side: "pd.Series",
    is_trade: "pd.Series",
    is_funding: "pd.Series",
    frame: "pd.DataFrame",
) -> "pd.Series":
    """The position after a row with its sign, where the row tells it; NaN where it does not.

    The direction of a funding is the side of the position. A trade that opens leaves one of its own side, one that closes the
    other: unless less is left than was traded, when it may also have turned the position round.
    """
    if "action" not in frame:
        return size.where(size == 0)
    action = frame["action"].str.strip().str.lower()
    closes = is_trade & (action == "close") & (size >= qty)
    sign = side.where(is_funding | (is_trade & (action == "open")), (-side).where(closes))
    return (size * sign).mask(size == 0, 0.0)


def with_signs(rows: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of a file with one position each: as it stands where any has a sign, else with the side that its row tells."""
    if (rows["size"] < 0).any():
        rows["position"] = rows["size"]
    return rows.assign(size=rows["size"].where(rows["position"].isna()))


def _accounts(frame: "pd.DataFrame", told: Told):
    """The account of each row, by its Uid or by the line above the header."""
    if "uid" in frame:
        return frame["uid"].str.strip()
    line = next((cell for row in told.above for cell in row if cell.lower().startswith("uid:")), "")
    return line[4:].strip() or told.account


def _times(frame: "pd.DataFrame", told: Told) -> "pd.Series":
    return times(frame["time_utc"], told) if "time_utc" in frame else browser_times(frame["time"], told)


def read_closed(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Closed positions as two fills at the time of closing: the side is the one that the profit before fees has."""
    import pandas as pd

    found = listed(frame["market"], VENUE, told)
    left_out = reasons(found["left_out"])
    inverse = found["left_out"] == ""
    frame, found = frame[inverse], found[inverse]
    size = above_zero(frame["order_quantity"], told) * found["face"]
    entry, exit_ = (above_zero(frame[name], told) for name in ("entry_price", "exit_price"))
    opening, closing, funding = (
        numbers(frame[name], told).fillna(0.0) for name in ("opening_fee", "closing_fee", "funding_fee")
    )
    gross = numbers(frame["realized_p_l"], told, needed=True) + opening + closing + funding
    qty = size.where(((gross < 0) == (exit_ < entry)) | (entry == exit_), -size)
    common = {"time": times(frame["trade_time"], told, ("%H:%M %Y-%m-%d", "ISO8601")), "contract": found["contract"]}
    opened = ledger_rows(told, frame.index, VENUE, type=FILL, qty=qty, price=entry, fee=opening, **common)
    closed = ledger_rows(told, frame.index, VENUE, type=FILL, qty=-qty, price=exit_, fee=closing, **common)
    paid = ledger_rows(told, frame.index, VENUE, type=FUNDING, amount=0.0 - funding, **common)[funding != 0]
    rows = pd.concat([opened, paid, closed]).sort_index(kind="stable")
    notes = ["an opening fill has the time of its closing, which is the only one told"] if len(frame) else []
    if unclear := int((entry == exit_).sum()):
        what = "position" if unclear == 1 else "positions"
        notes.append(f"{unclear} {what} closed at the entry may be long or short: taken as long")
    return Chunk(rows, left_out, tuple(notes))


LOG = ("currency", "contract", "type", "direction", "quantity", "position", "filled_price", "funding", "fee_paid", "cash_flow", "change", "wallet_balance")  # fmt: skip
FORMATS = (
    Format("Bybit asset changes (unified account)", VENUE, (*LOG, "action", "time_utc"), "UTC", read_log, with_signs),
    Format("Bybit transaction log", VENUE, (*LOG, "time", "trade_id"), "browser", read_log, with_signs),
    Format(
        "Bybit closed positions", VENUE,
        ("market", "order_quantity", "entry_price", "exit_price", "opening_fee", "closing_fee", "funding_fee", "realized_p_l", "trade_time"),
        "browser", read_closed, summary=1,
    ),
)  # fmt: skip
