"""Dated contracts that a ledger leaves open after their expiry: the row that settles them is missing."""

from functools import lru_cache
from typing import TYPE_CHECKING

from ..contracts import FactTable, contract
from ..errors import XlhedgeError
from .walk import Gap

if TYPE_CHECKING:
    import pandas as pd


def unsettled(
    of: tuple[str, str, str],
    position: float,
    since: "pd.Timestamp",
    last: "pd.Series",
    contracts: FactTable | None = None,
) -> Gap | None:
    """The gap of a contract that is open although it expired on a day before the last row of its account; None where it is not.

    Args: `of` what account, venue and contract; the `position` [USD] after its last row, at `since`; the account's `last` row;
    `contracts` the user's own table.
    """
    account, venue, name = of
    day = expiry_of(venue, name, contracts)
    if not day or f"{last['time']:%Y-%m-%d}" <= day:
        return None
    return Gap(account, venue, name, last["time"], since, -position, str(last["file"]), int(last["row"]), day)


@lru_cache(maxsize=4096)
def expiry_of(venue: str, name: str, contracts: FactTable | None = None) -> str:
    """The day on which a contract expires, such as 2026-03-27; "" where it does not, or no table tells."""
    try:
        return str(contract(venue, name, table=contracts).get("expiry", ""))
    except XlhedgeError:
        return ""
