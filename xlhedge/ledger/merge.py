"""Many exports, one ledger: in the order of time, each event once, and no money twice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from .entry import COLUMNS, FEE, FILL, FUNDING, REALISED, SETTLEMENT, STATEMENT, TYPES, WITNESS
from .frame import microseconds
from .read import Recognised, blank, joined
from .row_by_row import TRADES, told_finer

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SECOND, MINUTE = 1_000_000, 60_000_000
A_DAY = 1440
"""Microseconds of a second and of a minute, and minutes of the day that the first lump of an export stands for."""

DROPPED = 2e-14
"""The share of a number that spreadsheets drop: they keep 15 digits."""

ONCE = "of its rows are money that another export tells one by one, and count once"
BESIDE = (
    "of its rows are fees or profits from the time of trades that another export tells, of none of them, and count too"
)
MAY_BE_TWICE = "of its fills are of positions that another export tells the fills of, but not their end: the opening may be in both"


class Merged(NamedTuple):
    """The rows of a ledger, the venue's statements beside them, how many rows were left out as doubles, and what is told."""

    rows: "pd.DataFrame"
    statements: "pd.DataFrame"
    doubles: dict[str, int]
    notes: tuple[str, ...]


def merged(tables: "Sequence[tuple[Recognised, pd.DataFrame]]") -> Merged:
    """Put the rows of all tables into the order of time; rows of one time stay as the files have them, the oldest first.

    A row with the venue's id counts once by account, venue, contract, type and id. Rows without one count by what they
    say, as often as in the file that has most of them: equal rows of one file are events of their own. The tables are used up.
    """
    import numpy as np

    tables = sorted(
        (each for each in tables if len(each[1])), key=lambda each: (each[1]["time"].min(), each[1]["time"].max())
    )
    if not tables:
        return Merged(blank(), blank(), {}, ())
    sources = [source for source, _ in tables]
    of = np.repeat(np.arange(len(tables)), [len(frame) for _, frame in tables])
    parts = [_oldest_first(frame, falls) for (_, frame), falls in zip(tables, _falling(tables))]
    frame = joined(parts)
    frame["type"] = frame["type"].cat.set_categories([*TYPES, STATEMENT])
    kept, doubles, touching = _once(frame, of, sources)
    order = np.flatnonzero(kept)
    order = order[np.argsort(microseconds(frame["time"])[order], kind="stable")]
    frame, of = _taken(frame, order), of[order]
    notes = (*touching, *_money_once(frame, of, sources))
    told = (frame["type"] == STATEMENT).to_numpy()
    if not told.any():
        return Merged(frame, frame.iloc[:0], doubles, notes)
    return Merged(frame[~told].reset_index(drop=True), frame[told].reset_index(drop=True), doubles, notes)


def _taken(frame: "pd.DataFrame", order: "np.ndarray") -> "pd.DataFrame":
    """The rows in an order, a column at a time, so that no second copy of all of them is held."""
    import pandas as pd

    columns = {name: frame.pop(name).take(order).reset_index(drop=True) for name in (*COLUMNS, *WITNESS)}
    return pd.DataFrame(columns, copy=False)


def _falling(tables: "Sequence[tuple[Recognised, pd.DataFrame]]") -> list[bool]:
    """Which files have the newest row first; one whose rows are all of one time is as the others of its format are."""
    import numpy as np

    steps = [np.diff(microseconds(frame["time"])) for _, frame in tables]
    falls = [int((step < 0).sum()) - int((step > 0).sum()) for step in steps]
    formats: dict[int, int] = {}
    for (source, _), more in zip(tables, falls):
        formats[id(source.format)] = formats.get(id(source.format), 0) + more
    return [
        (more if step.any() else formats[id(source.format)]) > 0
        for (source, _), more, step in zip(tables, falls, steps)
    ]


def _oldest_first(frame: "pd.DataFrame", falls: bool) -> "pd.DataFrame":
    """A file turned round if it has the newest row first; what came of one row of it stays in its order."""
    import numpy as np

    if not falls:
        return frame
    group = np.concatenate(([0], np.cumsum(np.diff(frame["row"].to_numpy()) != 0)))
    return _taken(frame, np.argsort(-group, kind="stable"))


def _once(
    frame: "pd.DataFrame", of: "np.ndarray", sources: Sequence[Recognised]
) -> "tuple[np.ndarray, dict[str, int], tuple[str, ...]]":
    """Which rows count, how many do not, because they stand elsewhere too, by id and by content, and what is told of them."""
    import numpy as np
    import pandas as pd

    has_id = (frame["id"] != "").to_numpy()
    kept = np.ones(len(frame), dtype=bool)
    if len(sources) == 1 and not has_id.any():
        return kept, {}, ()
    hashed = pd.util.hash_pandas_object

    def figures(*names: str) -> "np.ndarray":
        told = frame[[*names]]
        return hashed(told.apply(same_told, raw=True) if len(sources) > 1 else told, index=False).to_numpy()

    event = hashed(frame[["account", "venue", "contract", "type"]], index=False).to_numpy()
    content = figures("qty", "price", "fee", "amount")
    named = np.fromiter(map(hash, frame["id"]), np.int64, len(frame)).view("uint64")
    timed = hashed(frame["time"], index=False).to_numpy()
    witness = figures("position", "entry", "balance")
    is_statement = (frame["type"] == STATEMENT).to_numpy()
    key = _mixed(event, np.where(has_id, named, _mixed(content, timed)))
    key = np.where(is_statement, _mixed(key, witness), key)

    again = pd.Series(_mixed(_mixed(key, content), of.astype("uint64"))).duplicated().to_numpy()
    kept &= ~(again & (has_id | is_statement))
    touching: tuple[str, ...] = ()
    if len(sources) > 1:
        mark = same_told(frame["balance"].fillna(frame["position"]).to_numpy())
        most, best = _most_of_one_file(mark, of, key, kept, has_id, sources)
        unclear = kept & ~most & ~has_id & ~is_statement & np.isnan(mark)
        kept, touching = most, _touching(microseconds(frame["time"]), of, best, unclear, sources)
        formats = pd.factorize(np.array([id(source.format) for source in sources]))[0][of]
        if formats.any():
            rank = np.array([source.format.summary for source in sources])[of]
            loose = _mixed(event, hashed(_about(frame, rank), index=False).to_numpy())
            kept = _most_of_one_format(loose, formats, kept, has_id, is_statement)
    return (
        kept,
        {
            word: int(count)
            for word, count in (
                ("id", (~kept & has_id & ~is_statement).sum()),
                ("content", (~kept & ~has_id & ~is_statement).sum()),
            )
            if count
        },
        touching,
    )


def _most_of_one_file(
    mark: "np.ndarray",
    of: "np.ndarray",
    key: "np.ndarray",
    kept: "np.ndarray",
    has_id: "np.ndarray",
    sources: Sequence[Recognised],
) -> "tuple[np.ndarray, np.ndarray]":
    """Of the rows of each key those of the file that has most of them, and those that the venue's balance tells apart.

    Beside them the number of that file, for each row.
    """
    import numpy as np
    import pandas as pd

    codes = pd.factorize(key)[0]
    pairs, counts = np.unique(codes[kept] * np.int64(len(sources)) + of[kept], return_counts=True)
    code, source = pairs // len(sources), pairs % len(sources)
    order = np.lexsort((source, -counts, code))
    first = order[np.unique(code[order], return_index=True)[1]]
    best = np.zeros(codes.max() + 1, dtype=np.int64)
    best[code[first]] = source[first]
    chosen = kept & (of == best[codes])

    formats = np.array([id(source.format) for source in sources])
    other = kept & ~chosen & ~has_id & ~np.isnan(mark) & (formats[of] == formats[best[codes]])
    if other.any():
        place = _mixed(codes.astype("uint64"), mark.view("uint64"))
        unmarked = np.unique(codes[chosen & np.isnan(mark)])
        news = other & ~np.isin(place, place[chosen]) & ~np.isin(codes, unmarked)
        chosen |= news & ~pd.Series(np.where(news, place, np.arange(len(place)))).duplicated().to_numpy()
    return chosen, best[codes]


def _touching(
    times: "np.ndarray", of: "np.ndarray", best: "np.ndarray", unclear: "np.ndarray", sources: Sequence[Recognised]
) -> tuple[str, ...]:
    """What is told of equal rows of two files that have no more than one second in common: they may be events of their own."""
    import numpy as np
    import pandas as pd

    seconds = pd.Series(times // SECOND).groupby(of).agg(["min", "max"])
    notes = []
    for one, other in np.unique(np.column_stack((of[unclear], best[unclear])), axis=0).tolist():
        begin, end = seconds["min"][[one, other]].max(), seconds["max"][[one, other]].min()
        if begin == end:
            count = int((unclear & (of == one) & (best == other)).sum())
            at = f"{pd.Timestamp(begin, unit='s'):%Y-%m-%d %H:%M:%S} UTC"
            notes.append(
                f"{sources[one].file} and {sources[other].file} only touch, at {at}: {count:,} equal rows of both count once there, "
                "and may be events of their own; an export of all of the time tells"
            )
    return tuple(notes)


def _about(frame: "pd.DataFrame", rank: "np.ndarray") -> "pd.DataFrame":
    """What several formats tell alike of one event: the second, with the size and the price of a trade, the money of any other.

    Formats tell fees to different decimals, and a funding is alone in its second. A trade or a funding of a summary is
    another thing than one that is told by itself.
    """
    import numpy as np
    import pandas as pd

    types = frame["type"].to_numpy(dtype=object)
    is_trade, is_funding = np.isin(types, TRADES), types == FUNDING
    told = {
        **{name: (is_trade, 12) for name in ("qty", "price")},
        **{name: (~(is_trade | is_funding), 8) for name in ("fee", "amount")},
    }
    return pd.DataFrame(
        {"second": microseconds(frame["time"]) // SECOND, "rank": np.where(is_trade | is_funding, rank, 0)}
        | {name: frame[name].where(chosen).fillna(0.0).round(digits) + 0.0 for name, (chosen, digits) in told.items()}
    )


def same_told(values: "np.ndarray") -> "np.ndarray":
    """Numbers that differ in no more than the digits that a spreadsheet drops, as one: the least of them."""
    import numpy as np

    order = np.argsort(values, kind="stable")
    rising = values[order]
    begins = np.append(True, ~(np.diff(rising) <= DROPPED * np.abs(rising[1:])))
    same = np.empty_like(values)
    same[order] = rising[begins][np.cumsum(begins) - 1]
    return same


def _most_of_one_format(
    key: "np.ndarray", formats: "np.ndarray", kept: "np.ndarray", has_id: "np.ndarray", is_statement: "np.ndarray"
) -> "np.ndarray":
    """Of rows that several formats tell, those of the one that has most of them, or that has their ids."""
    import numpy as np
    import pandas as pd

    codes = pd.factorize(key)[0]
    counted = kept & ~is_statement
    count = formats.max() + 1
    pairs, first, counts = np.unique(codes[counted] * count + formats[counted], return_index=True, return_counts=True)
    code, source, named = pairs // count, pairs % count, has_id[counted][first]
    order = np.lexsort((source, ~named, -counts, code))
    chosen = order[np.unique(code[order], return_index=True)[1]]
    best = np.zeros(codes.max() + 1, dtype=np.int64)
    best[code[chosen]] = source[chosen]
    return kept & (is_statement | (formats == best[codes]))


def _mixed(one: "np.ndarray", other: "np.ndarray") -> "np.ndarray":
    """Two hashes as one, in which their order counts."""
    import numpy as np

    with np.errstate(over="ignore"):
        mixed = (one ^ (one >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15) + other
        return (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)


def _money_once(frame: "pd.DataFrame", of: "np.ndarray", sources: Sequence[Recognised]) -> tuple[str, ...]:
    """Turn the rows of summaries into statements where another export of the venue tells their money row by row."""
    import numpy as np

    rank = np.array([source.format.summary for source in sources])[of]
    ranks = np.unique(rank)
    if len(ranks) < 2:
        return ()
    covered, beside, alone = (np.zeros(len(frame), dtype=bool) for _ in range(3))
    times = microseconds(frame["time"])
    minute = times // MINUTE
    told = (frame["type"] == STATEMENT).to_numpy()
    frame.loc[_told_finer(frame, rank, minute, told & frame["amount"].notna().to_numpy()), "amount"] = np.nan
    rank[told] = -1
    types = frame["type"].to_numpy(dtype=object)
    groups = frame.groupby(["account", "venue", "contract"], observed=True, sort=False).indices
    format_of = np.array([source.format.name for source in sources], dtype=object)[of]
    row_by_row = {source.format.name for source in sources if source.format.is_row_by_row}
    for places in groups.values():
        for coarse in ranks[1:]:
            ours = places[(rank[places] >= 0) & (rank[places] < coarse)]
            summed = places[rank[places] == coarse]
            for name in sorted({*format_of[summed]}) if len(ours) else ():
                theirs = summed[format_of[summed] == name]
                if name in row_by_row:
                    covered[theirs] = told_finer(frame, ours, theirs)
                    beside[theirs] = ~covered[theirs] & _among(times, types, ours, theirs)
                else:
                    covered[theirs] = _covered(minute, types, ours, theirs)
                    alone[theirs] = (types[theirs] == FILL) & ~covered[theirs]
    notes = [
        f"{sources[i].file}: {int(chosen[of == i].sum()):,} {what}"
        for chosen, what in ((covered, ONCE), (beside, BESIDE), (alone, MAY_BE_TWICE))
        for i in np.unique(of[chosen])
    ]
    frame.loc[covered, "type"] = STATEMENT
    frame.loc[covered, ["qty", "price", "fee", "amount"]] = np.nan
    return tuple(notes)


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
