"""What was read as plain figures, for programs: what JSON can hold, times as text, None for what is not known."""

from typing import TYPE_CHECKING

from .entry import Format
from .store import moment

if TYPE_CHECKING:
    from .exports import Ledger


def as_figures(found: "Ledger") -> dict[str, object]:
    """A ledger without its rows: files, what was left out and counted once, notes, gaps, contracts, wallets."""
    rows = found.rows
    return {
        "rows": len(rows),
        "first": moment(rows["time"].iloc[0]) if len(rows) else None,
        "last": moment(rows["time"].iloc[-1]) if len(rows) else None,
        "files": [_plain(table) | {"venue": table.format.venue} for table in found.recognised],
        "left_out": found.left_out,
        "counted_once": {word: found.doubles.get(word, 0) for word in ("id", "content")},
        "notes": [*found.notes],
        "gaps": [_plain(gap) for gap in found.gaps],
        "contracts": [_plain(line) for line in found.reconciliation.lines],
        "wallets": [_plain(wallet) for wallet in found.reconciliation.wallets],
        "unexplained": found.reconciliation.unexplained,
    }


def _plain(value: object) -> object:
    """A record as a dict, a time as text."""
    if isinstance(value, Format):
        return value.name
    if hasattr(value, "_fields"):
        return {name: _plain(each) for name, each in zip(value._fields, value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return moment(value) if hasattr(value, "isoformat") else value
