"""Our own: a ledger that was written, and a table of some of its columns that is typed by hand."""

from typing import TYPE_CHECKING

from ...errors import Unreadable
from ...rows import unsafe_text
from ..entry import COLUMNS, FEE, FILL, FUNDING, MISSING, SETTLEMENT, TRANSFER, TYPES, Chunk, Format, Told
from ..frame import browser_times, choices, is_blank, ledger_rows, listed, numbers, positive, reasons, refuse
from ..missing import as_positions

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = ("qty", "price", "fee", "amount")
MOVED = {FILL: "qty", SETTLEMENT: "qty", FUNDING: "amount", TRANSFER: "amount", FEE: "fee", MISSING: "qty"}
"""What a row of each type must tell."""


def read_table(frame: "pd.DataFrame", told: Told) -> Chunk:
    """Columns as a ledger has them, in its units and signs; a row without a type that has a qty is a fill."""
    import pandas as pd

    told_columns = {
        name: numbers(frame[name], told) if name in frame else pd.Series(float("nan"), frame.index) for name in NUMBERS
    }
    types = frame["type"] if "type" in frame else pd.Series("", frame.index, dtype=object, name="type")
    types = choices(types.mask(is_blank(types), FILL), told, {word: word for word in TYPES})
    types = types.mask((types == MISSING) & told_columns["price"].notna(), FILL)
    is_trade = types.isin((FILL, SETTLEMENT))
    for kind, name in MOVED.items():
        column = frame[name] if name in frame else pd.Series("", frame.index, dtype=object, name=name)
        refuse(told, column, (types == kind) & told_columns[name].isna(), f"must be a number for a {kind}")
    if is_trade.any():
        price = frame["price"] if "price" in frame else pd.Series("", frame.index, dtype=object, name="price")
        positive(told_columns["price"][is_trade], price[is_trade], told)
    blank = is_blank(frame["contract"])
    refuse(told, frame["contract"], blank, "must be the name of a contract, or the coin of a transfer")

    if "venue" not in frame:
        raise Unreadable(told.file, "has no column venue: add one that names it in each row, such as bybit")
    refuse(told, frame["venue"], is_blank(frame["venue"]), "must be the name of a venue, such as bybit")
    venues = frame["venue"].str.strip().str.lower()
    contracts, why = frame["contract"].str.strip(), pd.Series("", frame.index, dtype=object)
    for venue in venues.unique():
        chosen = (venues == venue) & (types != TRANSFER)
        if chosen.any():
            found = listed(frame["contract"][chosen], venue, told)
            contracts[chosen], why[chosen] = (
                found["contract"].where(found["left_out"] == "", contracts[chosen]),
                found["left_out"],
            )
    rows = ledger_rows(
        told, frame.index, venues,
        time=browser_times(frame["time"], told),
        account=frame["account"].str.strip().mask(is_blank(frame["account"]), told.account) if "account" in frame else told.account,
        contract=contracts,
        type=types,
        id=frame["id"].str.strip() if "id" in frame else "",
        **told_columns,
    )  # fmt: skip
    if {"file", "row"} <= set(frame.columns):
        rows["file"] = frame["file"].mask(frame["file"] == "", told.file)
        rows["row"] = numbers(frame["row"], told).fillna(rows["row"]).astype(int)
    unknown = [name for name in frame.columns if name not in COLUMNS]
    notes = tuple(f"column {name} is not read" for name in unknown)
    return Chunk(rows[why == ""], reasons(why), notes)


def read_ledger(frame: "pd.DataFrame", told: Told) -> Chunk:
    """A ledger as it was written: an apostrophe before what a spreadsheet would take for a formula is none of the text."""
    texts = ["account", "contract", "id", "file"]
    return read_table(frame.assign(**{name: frame[name].map(unsafe_text) for name in texts}), told)


FORMATS = (
    Format("xlhedge ledger", "", COLUMNS, "UTC", read_ledger, as_positions),
    Format("plain table of fills", "", ("time", "contract", "qty", "price"), "browser", read_table, as_positions),
    Format("plain table of payments", "", ("time", "contract", "type", "amount"), "browser", read_table, as_positions),
)
