"""Many exports, one ledger: in the order of time, each event once, and no money twice."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .entry import COLUMNS, FUNDING, STATEMENT, TRANSFER, TYPES, WITNESS
from .frame import microseconds
from .read import Recognised, blank, joined
from .row_by_row import TRADES
from .summaries import money_once, ranks_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SECOND = 1_000_000
"""Microseconds of a second."""
DROPPED = 2e-14
"""The share of a number that spreadsheets drop: they keep 15 digits."""


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

    tables = sorted((each for each in tables if len(each[1])), key=_first)
    if not tables:
        return Merged(blank(), blank(), {}, ())
    sources = [source for source, _ in tables]
    of = np.repeat(np.arange(len(tables)), [len(frame) for _, frame in tables])
    parts = [_oldest_first(frame, falls) for (_, frame), falls in zip(tables, _falling(tables))]
    frame = joined(parts)
    frame["type"] = frame["type"].cat.set_categories([*TYPES, STATEMENT])
    moved = ((frame["type"] == STATEMENT) & (frame["amount"].fillna(0.0) != 0)).to_numpy()
    frame.loc[moved, "type"] = TRANSFER
    kept, doubles, touching = _once(frame, of, sources)
    order = np.flatnonzero(kept)
    order = order[np.argsort(microseconds(frame["time"])[order], kind="stable")]
    frame, of, moved = _taken(frame, order), of[order], moved[order]
    notes = (*touching, *money_once(frame, of, sources, moved), *_moved_besides(frame, of, sources, moved))
    told = (frame["type"] == STATEMENT).to_numpy()
    if not told.any():
        return Merged(frame, frame.iloc[:0], doubles, notes)
    return Merged(frame[~told].reset_index(drop=True), frame[told].reset_index(drop=True), doubles, notes)


def _first(table: "tuple[Recognised, pd.DataFrame]") -> tuple:
    """The order of tables: ledgers, whose rows stay, and then by time."""
    source, frame = table
    return bool(source.format.venue), frame["time"].min(), frame["time"].max()


def lacking(new: "pd.DataFrame", old: "pd.DataFrame") -> int:
    """How many rows of one ledger are not in another: by the venue's id, or by what they say."""
    import numpy as np
    import pandas as pd

    def alike(rows: "pd.DataFrame") -> "pd.Series":
        hashed = pd.util.hash_pandas_object
        named = hashed(rows["id"], index=False).to_numpy()
        figures = rows[["qty", "price", "fee", "amount"]].fillna(0.0).round(12) + 0.0
        told = figures.assign(second=microseconds(rows["time"]) // SECOND)
        said = np.where((rows["id"] != "").to_numpy(), named, hashed(told, index=False).to_numpy())
        return pd.Series(
            _mixed(hashed(rows[["venue", "contract", "type"]], index=False).to_numpy(), said)
        ).value_counts()

    return int(alike(old).sub(alike(new), fill_value=0).clip(lower=0).sum())


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
            about = _about(frame, ranks_of(frame, of, sources))
            loose = _mixed(event, hashed(about, index=False).to_numpy())
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


def _moved_besides(
    frame: "pd.DataFrame", of: "np.ndarray", sources: Sequence[Recognised], moved: "np.ndarray"
) -> Iterator[str]:
    """What is told of rows that are left out and moved the wallet of a coin all the same, which are transfers of the ledger."""
    moved = moved & (frame["type"] == TRANSFER).to_numpy()
    coins, sources_of = frame["contract"][moved].astype(object), of[moved]
    for i, coin in sorted({*zip(sources_of.tolist(), coins)}):
        count = int(((sources_of == i) & (coins == coin).to_numpy()).sum())
        rows = "1 row that is left out moved" if count == 1 else f"{count:,} rows that are left out moved"
        yield f"{sources[i].file}: {rows} the wallet of {coin} and {'counts as a transfer' if count == 1 else 'count as transfers'}"
