"""The ledger of some exports: `read_exports`, and `read_ledger` for one that was written."""

from collections.abc import Callable, Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import FileError, Unreadable, counted
from ..portfolio.assemble import own_table
from ..portfolio.mistakes import RowError, RowErrors, file_mistake
from .entry import STATEMENT, Told
from .merge import merged
from .recognise import Foreign
from .read import Recognised, read_table, tables_of, zone_named
from .reconcile import Reconciliation, reconcile
from .same import told_otherwise, with_one_name
from .store import with_missing
from .walk import Gap

if TYPE_CHECKING:
    import pandas as pd


class Ledger(NamedTuple):
    """One ledger of some exports.

    `rows` has the columns of a ledger (`entry.COLUMNS`) and the venue's witness (`entry.WITNESS`), in the order of time;
    `statements` are the venue's own figures. `recognised` tells of each file, `left_out` counts rows by reason, `notes` are
    sentences, `doubles` counts rows that stood in several places by how they were known, `gaps` are fills that are missing,
    `reconciliation` what the rows come to.
    """

    rows: "pd.DataFrame"
    statements: "pd.DataFrame"
    recognised: tuple[Recognised, ...]
    left_out: dict[str, int]
    notes: tuple[str, ...]
    doubles: dict[str, int]
    gaps: tuple[Gap, ...]
    reconciliation: Reconciliation

    def written(self) -> "pd.DataFrame":
        """The rows as a file has them: what is missing is told by rows of its own."""
        return with_missing(self.rows, self.reconciliation.lines, self.gaps)


def read_exports(
    paths: Sequence[str | Path],
    zone: str | None = None,
    account: str = "",
    contracts: Path | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Ledger:
    """Read exports of venues as one ledger.

    Args:
        paths: files (CSV, XLSX) and folders of them
        zone: time zone of what browsers exported, such as Europe/Berlin or UTC+3; UTC, which is said, unless given
        account: name of the account, where the exports are of one
        contracts: the user's own table of contracts (CSV)
        progress: called with the number of rows that were read since the last time

    Raises RowErrors for mistakes in rows, all of them at once; FileError for what cannot be read; InputError for a zone or
    an account that does not fit.
    """
    chosen = zone_named(zone) if zone else None
    table = own_table(contracts)
    tables, errors, unread, passed = [], [], [], []
    for each in tables_of(paths):
        told = Told(each.name, UTC, account, contracts=table)
        try:
            tables.append(read_table(each, told, chosen, progress))
        except RowErrors as error:
            errors += error.errors
        except Unreadable as error:
            (passed if each.beside and isinstance(error, Foreign) else unread).append(error)
    if passed and not tables:
        first, passed = passed[0], passed[1:]
        others = f"; nor is any of {counted(len(passed), 'other table')}" if passed else ""
        unread = [Unreadable(first.file, f"{first.rule}{others}"), *unread]
    _refuse(errors, unread)
    tables = with_one_name(tables, account)
    _refuse([*told_otherwise(tables)], [])
    recognised = tuple(found for found, _ in tables)
    lacked = {found.file: int((frame["type"] == STATEMENT).sum()) for found, frame in tables if not found.format.venue}
    put_together = merged(tables)
    del tables
    compared = reconcile(put_together.rows, put_together.statements, table)
    left_out: dict[str, int] = {}
    for found in recognised:
        for reason, count in found.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + count
    notes = (
        *(f"{error.file} is passed over: it {error.rule}" for error in passed),
        *(f"{found.file}: {note}" for found in recognised for note in found.notes),
        *put_together.notes,
        *_filled(lacked, compared),
    )
    return Ledger(
        put_together.rows,
        put_together.statements,
        recognised,
        left_out,
        notes,
        put_together.doubles,
        compared.gaps,
        compared,
    )


def read_ledger(path: str | Path, contracts: Path | None = None) -> Ledger:
    """Read a ledger that `import --out` wrote, or a table of the same columns typed by hand, whose times are UTC.

    Args: `path` of the ledger; `contracts` the user's own table of contracts. Raises as `read_exports`, and for an export.
    """
    found = read_exports([path], "UTC", "", contracts)
    for table in found.recognised:
        if table.format.venue:
            raise Unreadable(table.file, f"is an export ({table.format.name}) and no ledger; import makes one of it")
    return found


def _filled(lacked: dict[str, int], compared: Reconciliation) -> list[str]:
    """What is told of fills that ledgers lacked, by file, and that are there now."""
    before = sum(lacked.values())
    filled = before - len(compared.gaps) - sum(bool(line.opening) for line in compared.lines)
    names = ", ".join(name for name, count in lacked.items() if count)
    if filled <= 0:
        return []
    what = "all" if filled == before else f"some ({filled:,} of {before:,} rows of type missing)"
    return [f"{names}: {what} that it lacked is told by the other files"]


def _refuse(errors: list[RowError], unread: list[Unreadable]) -> None:
    """Raise what is wrong with all files."""
    if errors:
        raise RowErrors([*map(file_mistake, unread), *errors])
    if len(unread) == 1:
        raise unread[0]
    if unread:
        raise FileError("\n".join(map(str, unread)))
