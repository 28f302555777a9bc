"""KuCoin Futures: filled orders split into fills, and realised profit by closed position; the header tells the zone.

The files are known by their headers alone. It is inferred that Filled Amount is a number of contracts, that a fee paid is
> 0 and that Realized PNL holds the funding and the trading fees, which are totals of their own beside it.
"""

from typing import TYPE_CHECKING

from ..entry import FEE, FILL, FUNDING, REALISED, Chunk, Format, Told
from ..frame import accounts, choices, ledger_rows, listed, numbers, above_zero, reasons, times_of

if TYPE_CHECKING:
    import pandas as pd

VENUE = "kucoin"
SIDES = {"buy": 1.0, "sell": -1.0}
FILLS = "Filled Amount is taken as a number of contracts and Fee as paid > 0, which the venue does not document"
LUMPS = "Realized PNL is taken as after funding and fees, which the venue does not document; they are told by closed position"


def read_fills(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Fills: contracts without a sign beside their side; no id of a fill, for one order has several."""
    frame, found, left_out = _inverse(frame, told)
    contracts = above_zero(frame["filled_amount"], told)
    rows = ledger_rows(
        told, frame.index, VENUE,
        account=accounts(frame, told),
        time=times_of(frame, told, "filled_time"),
        contract=found["contract"],
        type=FILL,
        qty=contracts * found["face"] * choices(frame["side"], told, SIDES).astype(float),
        price=above_zero(frame["filled_price"], told),
        fee=numbers(frame["fee"], told).fillna(0.0),
    )  # fmt: skip
    return Chunk(rows, left_out, (FILLS,) if len(frame) else ())


def read_closed(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Closed positions: profit, fees and funding as three lumps at the time of closing."""
    import pandas as pd

    frame, found, left_out = _inverse(frame, told)
    net, funding, fee = (
        numbers(frame[name], told, needed=True) for name in ("realized_pnl", "total_funding_fees", "total_trading_fees")
    )
    common = {
        "account": accounts(frame, told), "time": times_of(frame, told, "position_closing_time"), "contract": found["contract"],
    }  # fmt: skip
    lumps = (
        {"type": FUNDING, "amount": funding}, {"type": FEE, "fee": fee}, {"type": REALISED, "amount": net - funding + fee},
    )  # fmt: skip
    rows = pd.concat([ledger_rows(told, frame.index, VENUE, **common, **lump) for lump in lumps])
    return Chunk(rows.sort_index(kind="stable"), left_out, (LUMPS,) if len(frame) else ())


def _inverse(frame: "pd.DataFrame", told: Told) -> "tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]":
    """The rows of inverse contracts with what is known of them, and how many others there are."""
    found = listed(frame["symbol"], VENUE, told)
    inverse = found["left_out"] == ""
    return frame[inverse], found[inverse], reasons(found["left_out"])


FORMATS = (
    Format(
        "KuCoin futures fills", VENUE,
        ("account_type", "order_id", "symbol", "side", "filled_amount", "filled_price", "filled_volume", "fee_rate", "fee"),
        "browser", read_fills,
    ),
    Format(
        "KuCoin futures realised profit", VENUE,
        ("account_type", "symbol", "close_type", "realized_pnl", "total_realized_pnl", "total_funding_fees", "total_trading_fees"),
        "browser", read_closed, summary=1,
    ),
)  # fmt: skip
