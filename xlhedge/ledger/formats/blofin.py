"""BloFin: history of funding, unsigned beside pay or receive.

No contract of this venue is in the tables that are shipped: inverse ones are known by the user's own table of contracts. It
is inferred that real_funding_amount is in the coin of an inverse contract.
"""

from typing import TYPE_CHECKING

from ..entry import FUNDING, Chunk, Format, Told
from ..frame import choices, ledger_rows, listed, numbers, reasons, times

if TYPE_CHECKING:
    import pandas as pd

VENUE = "blofin"
SIGNS = {"pay": -1.0, "receive": 1.0}
INFERRED = "funding is taken as amounts of the coin, which the venue does not document; fills are not in the export"


def read_funding(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Funding: what was really paid or received, by the word beside it."""
    found = listed(frame["symbol"], VENUE, told)
    inverse = found["left_out"] == ""
    frame, found, left_out = frame[inverse], found[inverse], reasons(found["left_out"])
    sign = choices(frame["funding_type"], told, SIGNS).astype(float)
    rows = ledger_rows(
        told, frame.index, VENUE,
        time=times(frame["time"], told),
        contract=found["contract"],
        type=FUNDING,
        amount=numbers(frame["real_funding_amount"], told, needed=True).abs() * sign,
    )  # fmt: skip
    return Chunk(rows, left_out, (INFERRED,) if len(frame) else ())


FORMATS = (
    Format(
        "BloFin funding", VENUE,
        ("symbol", "qty", "funding_rate", "funding_type", "funding_fee", "real_funding_amount", "time"),
        "browser", read_funding,
    ),
)  # fmt: skip
