"""What shows that several files are of one account, and where they tell one row in two ways."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import InputError
from ..portfolio.mistakes import RowError
from .accounts import with_account
from .entry import COLUMNS, STATEMENT
from .frame import microseconds
from .read import Recognised
from .store import moment

if TYPE_CHECKING:
    import pandas as pd

Tables = Sequence[tuple[Recognised, "pd.DataFrame"]]
QUARTER, FURTHEST = 15 * 60_000_000, 26 * 3_600_000_000
"""Microseconds of a quarter of an hour, by which zones differ, and of the most that they do."""
FIGURES = ["contract", "type", "qty", "price", "fee", "amount"]


def with_one_name(tables: Tables, account: str) -> list[tuple[Recognised, "pd.DataFrame"]]:
    """The tables with one name for a venue's account: the one that is given, or the one that some of the files tell.

    An export without a name is of the account that the other exports of its venue are of, else of that of the ledgers, where
    it is the only one; a ledger's rows without a name likewise.
    """
    exports, ledgers = _names(tables, True), _names(tables, False)
    for venue, known in exports.items():
        if account and (others := sorted(known - {account, ""})[1:]):
            rule = f"names one account, and the exports of {venue} are of {len(others) + 1}"
            raise InputError("account", rule, account)
        if "" in known and len(known) > 2:
            tables = with_account(tables, venue, known - {""})
    renamed = []
    for found, frame in tables:
        if not len(frame):
            renamed.append((found, frame))
        elif venue := found.format.venue:
            name = (
                account or _only(exports[venue]) or (_only(ledgers.get(venue, set())) if exports[venue] == {""} else "")
            )
            if name:
                if not account and "" in frame["account"].cat.categories:
                    found = found._replace(notes=(*found.notes, f"names no account and is taken as of {name}"))
                frame["account"] = _category([name] * len(frame))
            renamed.append((found, frame))
        else:
            renamed.append(_named(found, frame, exports, ledgers))
    return renamed


def _names(tables: Tables, of_exports: bool) -> dict[str, set[str]]:
    """The accounts of each venue that exports name, or ledgers; "" for one without a name."""
    names: dict[str, set[str]] = {}
    for found, frame in tables:
        if bool(found.format.venue) == of_exports:
            for venue, account in frame[["venue", "account"]].drop_duplicates().astype(str).values.tolist():
                names.setdefault(venue, set()).add(account)
    return names


def _only(names: set[str]) -> str:
    """The one name of some; "" where there is none or several."""
    named = names - {""}
    return min(named) if len(named) == 1 else ""


def _named(found: Recognised, frame: "pd.DataFrame", exports: dict, ledgers: dict) -> tuple:
    """A ledger whose rows without an account have the name that the exports of their venue tell."""
    notes = []
    for venue, names in exports.items():
        name = _only(names)
        unnamed = ((frame["venue"] == venue) & (frame["account"] == "")).to_numpy()
        if name and unnamed.any() and ledgers[venue] <= {"", name}:
            frame["account"] = _category(frame["account"].astype(object).mask(unnamed, name))
            notes.append(f"its rows of {venue} name no account and are taken as of {name}")
        elif name and (own := _only(ledgers.get(venue, set()))) and own != name:
            notes.append(
                f"its account {own} at {venue} is taken as another one than {name}; --account {own} makes them one"
            )
    return found._replace(notes=(*found.notes, *notes)), frame


def _category(names: object) -> "pd.Series":
    import pandas as pd

    return pd.Series(names, dtype=object).astype("category")


def told_otherwise(tables: Tables) -> Iterator[RowError]:
    """The mistakes of rows that two files tell in two ways: under two accounts, or at the times of two zones."""
    yield from _of_two_accounts(tables)
    ledgers = [(found, frame) for found, frame in tables if not found.format.venue]
    for found, frame in tables:
        if found.format.zone == "browser" and found.format.venue:
            for ledger, rows in ledgers:
                yield from _of_two_zones(found, frame, ledger, rows[rows["file"] == found.file])


def _of_two_accounts(tables: Tables) -> Iterator[RowError]:
    """Rows that have the venue's same id, time and figures under two names of the account."""
    import pandas as pd

    names: dict[str, set[str]] = {}
    for of_exports in (True, False):
        for venue, known in _names(tables, of_exports).items():
            names.setdefault(venue, set()).update(known)
    several = [venue for venue, known in names.items() if len(known) > 1]
    if not several or len(tables) < 2:
        return
    parts = []
    for found, frame in tables:
        chosen = frame["venue"].isin(several) & (frame["id"] != "") & (frame["type"] != STATEMENT)
        parts.append(frame.loc[chosen, [*COLUMNS]].astype({"account": str}).assign(where=found.file))
    rows = pd.concat(parts, ignore_index=True)
    key = ["venue", "id", "time", *FIGURES]
    firsts = rows.drop_duplicates(key)
    both = rows.merge(firsts, on=key, suffixes=("", "_first"))
    for row in both[both["account"] != both["account_first"]].itertuples():
        rule = (
            f"is a row of account {row.account_first or '(blank)'} in {row.where_first} and of {row.account or '(blank)'} "
            "here: one account must have one name"
        )
        yield RowError(row.where, int(row.row), "id", row.id, rule)


def _of_two_zones(
    found: Recognised, frame: "pd.DataFrame", ledger: Recognised, rows: "pd.DataFrame"
) -> Iterator[RowError]:
    """The first row of an export that a ledger has from the same place with the same figures, but hours apart."""
    if not len(rows):
        return
    key = ["venue", "row", *FIGURES]
    columns = [*key, "time"]
    both = (
        frame[columns]
        .astype({"contract": str, "type": str, "venue": str})
        .merge(rows[columns].astype({"contract": str, "type": str, "venue": str}), on=key, suffixes=("", "_before"))
    )
    apart = abs(microseconds(both["time"]) - microseconds(both["time_before"]))
    shifted = both[(apart > 0) & (apart <= FURTHEST) & (apart % QUARTER == 0)]
    if len(shifted):
        first = shifted.iloc[0]
        rule = (
            f"is {moment(first['time'])} in the zone {found.zone}, and {moment(first['time_before'])} in {ledger.file}, which has "
            "the same row of the same file: name the zone with --zone as it was then, or make the ledger anew"
        )
        yield RowError(found.file, int(first["row"]), "time", None, rule)
