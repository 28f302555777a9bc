"""What is missing in a ledger that was written, read again as the position that the venue had."""

from typing import TYPE_CHECKING

from .entry import FILL, MISSING, SETTLEMENT, STATEMENT
from .frame import microseconds

if TYPE_CHECKING:
    import pandas as pd


def as_positions(rows: "pd.DataFrame") -> "pd.DataFrame":
    """The rows of a ledger with what is missing as the position that the venue had: other exports may come to it.

    A contract of which nothing is missing before its first fill had no position then, which its first fill tells.
    """
    import numpy as np

    missing = (rows["type"] == MISSING).to_numpy()
    if not missing.any():
        return rows
    trades = rows["type"].isin((FILL, SETTLEMENT)).to_numpy()
    times, qty = microseconds(rows["time"]), rows["qty"].to_numpy()
    position = rows["position"].to_numpy(copy=True)
    for places in rows.groupby(["account", "venue", "contract"], observed=True, sort=False).indices.values():
        places = places[missing[places] | trades[places]]
        places = places[np.argsort(times[places], kind="stable")]
        if not missing[places].any():
            continue
        sums, own = np.cumsum(qty[places]), times[places]
        of_missing = missing[places]
        position[places[of_missing]] = sums[np.searchsorted(own, own[of_missing], "right") - 1]
        if not of_missing[0]:
            position[places[0]] = qty[places[0]]
    rows = rows.assign(position=position, qty=np.where(missing, np.nan, qty))
    rows["type"] = rows["type"].astype(object).mask(missing, STATEMENT)
    return rows
