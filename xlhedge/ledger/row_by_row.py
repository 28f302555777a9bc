"""Summaries that have a row for each fee, funding and profit: which of them a finer export tells too, by time and money."""

from typing import TYPE_CHECKING

from .entry import FEE, FILL, FUNDING, REALISED, SETTLEMENT
from .frame import SATOSHIS, microseconds

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

APART = 60_000_000
"""Microseconds that may be between a trade and the rows of its money."""
TRADES = (FILL, SETTLEMENT)
TOLD_BY = {FEE: (*TRADES, FEE), FUNDING: (FUNDING,), REALISED: (*TRADES, REALISED)}
"""The types of the rows that tell each type of money."""


def told_finer(frame: "pd.DataFrame", ours: "np.ndarray", theirs: "np.ndarray") -> "np.ndarray":
    """Which rows of a summary of one contract are told by finer rows, each of which tells one row of its money.

    Args: the `frame` of all rows; the places in it of the finer ones (`ours`) and of those of the summary (`theirs`). Where a
    trade does not tell its profit, the profit of its minute is taken as its own.
    """
    import numpy as np

    times, types = microseconds(frame["time"]), frame["type"].to_numpy(dtype=object)
    fee, amount, profit = (np.rint(frame[name].to_numpy() * SATOSHIS) for name in ("fee", "amount", "profit"))
    is_trade = np.isin(types, TRADES)
    moved = {FEE: fee, FUNDING: amount, REALISED: np.where(is_trade, profit, amount)}
    told = np.zeros(len(theirs), dtype=bool)
    for name, money in moved.items():
        tell = ours[np.isin(types[ours], TOLD_BY[name]) & ~np.isnan(money[ours])]
        sought = np.flatnonzero(types[theirs] == name)
        told[sought] = _met(times, money, tell, theirs[sought])
    silent = ours[is_trade[ours] & np.isnan(profit[ours])]
    sought = np.flatnonzero((types[theirs] == REALISED) & ~told)
    told[sought] = _met(times, np.zeros(len(frame)), silent, theirs[sought])
    return told


def _met(times: "np.ndarray", money: "np.ndarray", ours: "np.ndarray", theirs: "np.ndarray") -> "np.ndarray":
    """Which rows of theirs have one of ours of the same money near them; each of ours is taken once, the earliest first."""
    import numpy as np

    left: dict[float, list[int]] = {}
    for place in ours[np.argsort(-times[ours], kind="stable")].tolist():
        left.setdefault(money[place], []).append(int(times[place]))
    met = np.zeros(len(theirs), dtype=bool)
    for i in np.argsort(times[theirs], kind="stable").tolist():
        near, time = left.get(money[theirs[i]], []), int(times[theirs[i]])
        while near and near[-1] < time - APART:
            near.pop()
        if near and near[-1] <= time + APART:
            near.pop()
            met[i] = True
    return met
