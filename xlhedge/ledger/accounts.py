"""Rows of an export that names no account where exports of several are there: of which one they are."""

from typing import TYPE_CHECKING

from .entry import FEE, FILL, FUNDING
from .frame import SATOSHIS, microseconds
from .merge import SECOND
from .read import Recognised

if TYPE_CHECKING:
    import pandas as pd

Tables = "list[tuple[Recognised, pd.DataFrame]]"
UNTOLD = "names no account, and exports of several are there ({}): nothing tells whose its rows are, and they count as of another"
AS_EQUAL = "names no account and is taken as of {}, by what both tell"


def with_account(tables: Tables, venue: str, known: set[str]) -> Tables:
    """The tables, those of a venue that name no account as of the one of `known` whose exports tell most of what they tell."""
    events = {name: set() for name in sorted(known)}
    for found, frame in tables:
        for name in events if found.format.venue == venue else ():
            events[name] |= _events(frame, name)
    return [
        _named(found, frame, events) if found.format.venue == venue and "" in frame["account"].cat.categories else (found, frame)
        for found, frame in tables
    ]  # fmt: skip


def _named(found: Recognised, frame: "pd.DataFrame", events: dict[str, set]) -> "tuple[Recognised, pd.DataFrame]":
    """A table whose rows without an account have one, if they are told of one only, and a note of it."""
    untold = _events(frame, "")
    equal = sorted(((len(untold & theirs), name) for name, theirs in events.items()), reverse=True)
    (most, name), next_most = equal[0], equal[1][0]
    if most == next_most:
        return found._replace(notes=(*found.notes, UNTOLD.format(", ".join(events)))), frame
    frame["account"] = frame["account"].astype(object).replace("", name).astype("category")
    return found._replace(notes=(*found.notes, AS_EQUAL.format(name))), frame


def _events(frame: "pd.DataFrame", account: str) -> set[tuple]:
    """What an account's fills, fundings and fees tell: second, contract, and USD with price, or the satoshi of the money."""
    import numpy as np

    types = frame["type"].to_numpy(dtype=object)
    seconds, names = microseconds(frame["time"]) // SECOND, frame["contract"].to_numpy(dtype=object)
    qty, price = (frame[name].to_numpy() for name in ("qty", "price"))
    fee, amount = (np.rint(frame[name].to_numpy() * SATOSHIS) for name in ("fee", "amount"))
    own = (frame["account"] == account).to_numpy()
    events = set()
    for is_event, figures in (
        (types == FILL, (qty, price)),
        (types == FUNDING, (amount,)),
        (np.isin(types, (FILL, FEE)) & (fee != 0), (fee,)),
    ):
        chosen = own & is_event
        events.update(zip(*(column[chosen].tolist() for column in (seconds, names, *figures))))
    return events
