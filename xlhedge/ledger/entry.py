"""What a ledger is: a row for each thing that moved a position or a wallet, whatever venue told it and how."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from ..contracts import FactTable

COLUMNS = (
    "time", "account", "venue", "contract", "type", "qty", "price", "fee", "amount", "id", "file", "row",
)  # fmt: skip
"""The columns of a ledger. Time is UTC; qty in USD, bought > 0; price in USD for a coin; fee in coin, paid > 0; amount in
coin, received > 0; contract as the tables of contracts spell it, or the coin of a transfer; blank is not told.

What a row moves in the wallet is amount - fee, and of a fill or a settlement the profit besides, which follows from qty and
price: their amount stays blank. Of a funding, qty and price are the position and the mark that it was paid on, where told.
"""

FILL, FUNDING, FEE, TRANSFER, SETTLEMENT, REALISED, MISSING = TYPES = (
    "fill", "funding", "fee", "transfer", "settlement", "realised", "missing",
)  # fmt: skip
"""What a row can be. A settlement closes a dated contract, with qty and price as a fill; realised is a lump of profit that the
venue does not break down into fills; missing is what must have been bought or sold at a price that no row tells."""

STATEMENT = "statement"
"""A row of the venue's own figures at a time, with WITNESS. It is not written into a ledger. Where a format gives it an amount, that moved
the wallet of the coin that `contract` names, and belongs to a row that is left out, such as the profit of a quanto: it becomes
a transfer."""

WITNESS = ("position", "size", "entry", "balance", "profit")
"""What the venue itself says after a row, beside the columns: its position [USD, long > 0], or the size of it where the export
has no sign, its average entry [USD/coin], its wallet [coin], and the profit that it realised with this row, before fees [coin]."""


class Told(NamedTuple):
    """What is known of a file before its rows.

    `file` is how errors call it, `zone` that of its times, `account` the account where the export names none, `above` the
    cells of what stands above its header, `header` that as it is spelt, `contracts` the user's own table of contracts.
    `day_first` holds, once a time of the file has told it, whether the day stands before the month; `local` is filled once a
    time without an offset of its own was read.
    """

    file: str
    zone: tzinfo
    account: str
    above: tuple[tuple[str, ...], ...] = ()
    header: tuple[str, ...] = ()
    contracts: "FactTable | None" = None
    day_first: list[bool] | None = None
    local: list[bool] | None = None


class Chunk(NamedTuple):
    """What some rows of an export come to.

    `rows` has COLUMNS and WITNESS (`frame.ledger_rows` makes it), in the order of the file. `left_out` counts rows that are
    none of the ledger, by the reason that is told, such as "linear contracts (BTCUSDT)"; `notes` are sentences about the file;
    `netted` names contracts that are held long and short at once.
    """

    rows: "pd.DataFrame"
    left_out: Mapping[str, int]
    notes: tuple[str, ...] = ()
    netted: tuple[str, ...] = ()


class Format(NamedTuple):
    """One format of one venue's export.

    `header` are the columns that tell it from others, by their normal names (`frame.exported_name`). `zone` says whose time
    the export shows: "UTC", or that of the "browser" unless its name, a line above its header or the header tells. `read` turns a frame of texts (stripped, blank is ""), by normal
    names and with the numbers of the rows as index, into a chunk; `join` makes one row of those that stand for one event,
    once all of a file is there, `pair` does once all files are, which it gets one below the other beside the number of each
    row's file. `summary` is 1 for an export that adds up what another export of the venue tells row by row,
    such as realised profit by closed position, 2 for one that adds up what such a one tells: where a finer one is there too,
    its rows are not counted. Such a one `is_row_by_row` where it has a row for each fee, funding and profit, as then all of its venue have.
    """

    name: str
    venue: str
    header: tuple[str, ...]
    zone: str
    read: "Callable[[pd.DataFrame, Told], Chunk]"
    join: "Callable[[pd.DataFrame], pd.DataFrame] | None" = None
    summary: int = 0
    pair: "Callable[[pd.DataFrame, np.ndarray], pd.DataFrame] | None" = None
    is_row_by_row: bool = False
