"""Exports that add up what others tell row by row: money that is told by both counts once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import counted
from .entry import FEE, FILL, FUNDING, REALISED, SETTLEMENT, STATEMENT
from .frame import microseconds
from .read import Recognised
from .row_by_row import TRADES, told_finer

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MINUTE = 60_000_000
"""Microseconds of a minute."""
A_DAY = 1440
"""Minutes of the day that the first lump of an export stands for."""

ONCE = "of money that another export tells one by one, counted once"
BESIDE = "of fees or profits from the time of trades that another export tells, of none of them, counted too"
MAY_BE_TWICE = "of positions that another export tells the fills of, but not their end: the opening may be in both"


def money_once(
    frame: "pd.DataFrame", of: "np.ndarray", sources: Sequence[Recognised], moved: "np.ndarray"
) -> tuple[str, ...]:
    """Turn the rows of summaries into statements where another export of the venue tells their money row by row.

    `moved` are the rows that are left out and moved a wallet: of those a finer export's count.
    """
    import numpy as np

    from .formats import FORMATS

    rank = ranks_of(frame, of, sources)
    ranks = np.unique(rank)
    if len(ranks) < 2:
        return ()
    covered, beside, alone = (np.zeros(len(frame), dtype=bool) for _ in range(3))
    times = microseconds(frame["time"])
    minute = times // MINUTE
    finer = _told_finer(frame, rank, minute, moved)
    frame.loc[finer, "type"] = STATEMENT
    frame.loc[finer, "amount"] = np.nan
    rank[(frame["type"] == STATEMENT).to_numpy() | moved] = -1
    types = frame["type"].to_numpy(dtype=object)
    groups = frame.groupby(["account", "venue", "contract"], observed=True, sort=False).indices
    kinds = [source.format.name if source.format.venue else str(i) for i, source in enumerate(sources)]
    format_of = np.array(kinds, dtype=object)[of]
    row_by_row = {format.venue for format in FORMATS if format.is_row_by_row}
    for (_, venue, _), places in groups.items():
        for coarse in ranks[1:]:
            ours = places[(rank[places] >= 0) & (rank[places] < coarse)]
            summed = places[rank[places] == coarse]
            for name in sorted({*format_of[summed]}) if len(ours) else ():
                theirs = summed[format_of[summed] == name]
                others = ours[of[ours] != of[theirs[0]]] if name.isdigit() else ours
                if not len(others):
                    continue
                if venue in row_by_row:
                    covered[theirs] = told_finer(frame, others, theirs)
                    beside[theirs] = ~covered[theirs] & _among(times, types, others, theirs)
                else:
                    covered[theirs] = _covered(minute, types, others, theirs)
                    alone[theirs] = (types[theirs] == FILL) & ~covered[theirs]
    notes = [
        f"{sources[i].file}: {counted(int(chosen[of == i].sum()), noun)} {what}"
        for chosen, noun, what in ((covered, "row", ONCE), (beside, "row", BESIDE), (alone, "fill", MAY_BE_TWICE))
        for i in np.unique(of[chosen])
    ]
    frame.loc[covered, "type"] = STATEMENT
    frame.loc[covered, ["qty", "price", "fee", "amount"]] = np.nan
    return tuple(notes)


def ranks_of(frame: "pd.DataFrame", of: "np.ndarray", sources: Sequence[Recognised]) -> "np.ndarray":
    """How far each row adds up what others tell: by its format, of a ledger's by what its rows of that file are.

    A file that has lumps and no fills is of an export that adds up; where its lumps have no ids, of the coarsest of its venue.
    """
    import numpy as np

    from .formats import FORMATS

    rank = np.array([source.format.summary for source in sources])[of]
    ledger = np.array([not source.format.venue for source in sources])[of]
    if not ledger.any() or len(sources) == 1:
        return rank
    coarsest: dict[str, int] = {}
    for format in FORMATS:
        coarsest[format.venue] = max(format.summary, coarsest.get(format.venue, 0))
    types, has_id = frame["type"].to_numpy(dtype=object), (frame["id"] != "").to_numpy()
    for (venue, _), places in frame.groupby(["venue", "file"], observed=True, sort=False).indices.items():
        places = places[ledger[places]]
        lumps = places[types[places] == REALISED]
        if len(lumps) and not np.isin(FILL, types[places]):
            rank[places] = min(1 if has_id[lumps].any() else 2, coarsest.get(venue, 0))
    return rank


def _told_finer(frame: "pd.DataFrame", rank: "np.ndarray", minute: "np.ndarray", paid: "np.ndarray") -> "np.ndarray":
    """Which payments of rows that are left out a finer export tells too, in the time that it is of."""
    import numpy as np

    finer = np.zeros(len(frame), dtype=bool)
    for places in frame.groupby(["account", "venue"], observed=True, sort=False).indices.values():
        ours = places[paid[places]]
        for coarse in np.unique(rank[ours])[1:]:
            span = minute[ours[rank[ours] < coarse]]
            theirs = ours[rank[ours] == coarse]
            finer[theirs] = (minute[theirs] >= span.min()) & (minute[theirs] <= span.max() + A_DAY)
    return finer


def _among(times: "np.ndarray", types: "np.ndarray", ours: "np.ndarray", theirs: "np.ndarray") -> "np.ndarray":
    """Which fees and profits are from between the first and the last trade of finer rows."""
    import numpy as np

    traded = times[ours[np.isin(types[ours], TRADES)]]
    if not len(traded):
        return np.zeros(len(theirs), dtype=bool)
    at = times[theirs]
    return np.isin(types[theirs], (FEE, REALISED)) & (at >= traded.min()) & (at <= traded.max())


def _covered(minute: "np.ndarray", types: "np.ndarray", ours: "np.ndarray", theirs: "np.ndarray") -> "np.ndarray":
    """Which rows of one summary of a contract stand for rows that are told one by one.

    A lump stands for what came after the lump before it, a funding for the one of its minute. A closed
    position stands for fills too, unless it was closed after the last of them.
    """
    import numpy as np

    traded = np.isin(types[ours], (FILL, SETTLEMENT, REALISED, FEE))
    fills, fundings = np.unique(minute[ours[traded]]), np.unique(minute[ours[types[ours] == FUNDING]])
    has_fills, is_funding = np.isin(FILL, types[theirs]), types[theirs] == FUNDING
    is_lump = np.isin(types[theirs], (REALISED, FEE, FILL, SETTLEMENT))
    inside = fills if has_fills or is_funding.any() else np.union1d(fills, fundings)
    ends = np.unique(minute[theirs[is_lump]])
    begins = np.concatenate((ends[:1] - A_DAY, ends[:-1]))
    full = ends[np.searchsorted(inside, ends, "right") > np.searchsorted(inside, begins, "right")]
    if has_fills and len(fills):
        full = full[full <= fills[-1] + 1]
    at = minute[theirs]
    return (is_lump & np.isin(at, full)) | (is_funding & np.isin(at, full if has_fills else fundings))
