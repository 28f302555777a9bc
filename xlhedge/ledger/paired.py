"""Events that an export tells in several rows, put together once all files are there: a file may end between two of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .read import Recognised, compact, events, joined

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Tables = "list[tuple[Recognised, pd.DataFrame]]"


def paired(tables: "Sequence[tuple[Recognised, pd.DataFrame]]") -> "tuple[Tables, int]":
    """The tables with one row for each event, and how many rows were left out because their id stands elsewhere too.

    A row that stands in several files counts in the one whose format has most columns. The frames are used up.
    """
    tables, again = list(tables), 0
    for pair in {found.format.pair for found, frame in tables if found.format.pair and len(frame)}:
        places = [i for i, (found, frame) in enumerate(tables) if found.format.pair is pair and len(frame)]
        places.sort(key=lambda i: -len(tables[i][0].format.header))
        frame, of = _all([tables[i][1] for i in places])
        once = ~_doubles(frame)
        again += int((~once).sum())
        frame = pair(frame[once].reset_index(drop=True), of[once])
        of = of[once][frame.index]
        for number, place in enumerate(places):
            part = compact(frame[of == number])
            tables[place] = tables[place][0]._replace(kept=events(part)), part
    return tables, again


def _all(frames: "list[pd.DataFrame]") -> "tuple[pd.DataFrame, np.ndarray]":
    """All rows, each file turned round if it has the newest row first, and the number of the file of each.

    A file of one moment is as most of the others are.
    """
    import numpy as np

    lengths = [len(frame) for frame in frames]
    falls = [
        int(frame["time"].iloc[0] > frame["time"].iloc[-1]) or -int(frame["time"].nunique() > 1) for frame in frames
    ]
    frames = [frame[::-1] if (fall or sum(falls)) > 0 else frame for frame, fall in zip(frames, falls)]
    return joined([frame.reset_index(drop=True) for frame in frames]), np.repeat(np.arange(len(lengths)), lengths)


def _doubles(frame: "pd.DataFrame") -> "np.ndarray":
    """Which rows have an id that a row before them has; the two rows of one trade may share theirs."""
    key = frame[["account", "id"]].assign(is_position=frame["qty"].notna())
    return (key.duplicated() & (frame["id"] != "")).to_numpy()
