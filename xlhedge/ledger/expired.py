"""Dated contracts that a ledger leaves open after their expiry: the row that settles them is missing."""

from functools import lru_cache
from typing import TYPE_CHECKING

from ..contracts import FactTable, contract
from ..errors import XlhedgeError
from .walk import Gap

if TYPE_CHECKING:
    import pandas as pd

    from .reconcile import Line


def unsettled(line: "Line", last: "pd.Series", contracts: FactTable | None = None) -> Gap | None:
    """The gap of a contract that is open although it expired on a day before the `last` row of its account; None where it is not.

    `contracts` is the user's own table.
    """
    day = expiry_of(line.venue, line.contract, contracts) if line.position else ""
    if not day or f"{last['time']:%Y-%m-%d}" <= day:
        return None
    return Gap(
        line.account, line.venue, line.contract, last["time"], line.last, -line.position,
        str(last["file"]), int(last["row"]), day,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def expiry_of(venue: str, name: str, contracts: FactTable | None = None) -> str:
    """The day on which a contract expires, such as 2026-03-27; "" where it does not, or no table tells."""
    try:
        return str(contract(venue, name, table=contracts).get("expiry", ""))
    except XlhedgeError:
        return ""
