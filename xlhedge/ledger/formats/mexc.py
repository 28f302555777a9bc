"""MEXC: history of futures orders, one row an order at its average price; no ids, and no funding.

It is inferred that the average price of an inverse contract gives back the coins of the order (Filled Qty (Crypto)), that a
fee paid is > 0 and that Closing PNL is before fees.
"""

from typing import TYPE_CHECKING

from ..entry import FILL, Chunk, Format, Told
from ..frame import accounts, choices, ledger_rows, listed, numbers, other_coins, above_zero, reasons, times_of

if TYPE_CHECKING:
    import pandas as pd

VENUE = "mexc"
SIDES = {"buy long": 1.0, "sell short": 1.0, "buy short": -1.0, "sell long": -1.0}
"""Buy opens and sell closes: a short is opened by buy short and closed by sell short."""
AVERAGES = "an order is one fill at its average price, and funding is not in the export"
DIRECTIONS = "buy is taken as opening and sell as closing, so that sell short buys, which the venue does not document"


def read_orders(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Orders as far as they are filled, whatever became of the rest; sizes in contracts without a sign."""
    found = listed(frame["futures_trading_pair"], VENUE, told)
    filled = numbers(frame["filled_qty_cont"], told)
    why = found["left_out"].mask((found["left_out"] == "") & ~(filled > 0), "orders without a fill")
    kept = why == ""
    frame, found, filled = frame[kept], found[kept], filled[kept]
    unit = frame["fee_payment_crypto"].str.strip().str.upper().replace("-", "")
    direction = choices(frame["direction"], told, SIDES).astype(float)
    closes = frame["direction"].str.strip().str.lower().str.startswith("sell")
    rows = ledger_rows(
        told, frame.index, VENUE,
        account=accounts(frame, told),
        time=times_of(frame, told, "time"),
        contract=found["contract"],
        type=FILL,
        qty=filled * found["face"] * direction,
        price=above_zero(frame["average_filled_price"], told),
        fee=numbers(frame["trading_fee"], told).where((unit == "") | (unit == found["coin"])),
        profit=numbers(frame["closing_pnl"], told).where(closes, 0.0),
    )  # fmt: skip
    notes = (AVERAGES, DIRECTIONS) if len(frame) else ()
    return Chunk(rows, reasons(why), (*notes, *other_coins(unit, found["coin"])))


FORMATS = (
    Format(
        "MEXC futures orders", VENUE,
        (
            "futures_trading_pair", "direction", "filled_qty_cont", "filled_qty_crypto", "filled_qty_amount",
            "average_filled_price", "closing_pnl", "trading_fee", "fee_payment_crypto", "status",
        ),
        "browser", read_orders,
    ),
)  # fmt: skip
