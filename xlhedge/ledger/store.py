"""A ledger as a file: every number comes back as it was."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import FileError, Unreadable
from ..files import replacing
from ..ooxml.cells import BOOKS
from ..rows import safe_text
from .entry import COLUMNS, MISSING, WITNESS
from .frame import microseconds
from .read import compact, joined

if TYPE_CHECKING:
    import pandas as pd

    from .reconcile import Line
    from .walk import Gap

AT_ONCE = 20_000
NUMBERS = ("qty", "price", "fee", "amount")


def write_ledger(rows: "pd.DataFrame", path: str | Path, force: bool = False) -> None:
    """Write the rows of a ledger as CSV, whole or not at all.

    Args: `rows` of a ledger; `path` of the file; `force` to write over one that is no ledger. Raises FileError.
    """
    path = Path(path)
    check_replaceable(path, force)
    try:
        with replacing(path, ".xlhedge-ledger-") as file:
            file.write((",".join(COLUMNS) + "\n").encode())
            for begin in range(0, len(rows), AT_ONCE):
                file.write(_lines(rows.iloc[begin : begin + AT_ONCE]))
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror or error}") from None


def with_missing(rows: "pd.DataFrame", lines: "Sequence[Line]", gaps: "Sequence[Gap]") -> "pd.DataFrame":
    """The rows of a ledger with one for each position that was open before its first row, and for each gap.

    An opening stands a microsecond before the first row of its contract, a gap before the row by which it was noticed.
    """
    import pandas as pd

    told = [_opening(rows, line) for line in lines if line.opening]
    told += [(gap.time, gap.account, gap.venue, gap.contract, gap.missing, gap.file, gap.row) for gap in gaps]
    if not told:
        return rows
    names = ["time", "account", "venue", "contract", "qty", "file", "row"]
    missing = pd.DataFrame(told, columns=names).assign(type=MISSING, id="")
    both = joined([compact(missing.reindex(columns=[*COLUMNS, *WITNESS])), rows.copy(deep=False)])
    return both.sort_values("time", kind="stable", ignore_index=True)


def _opening(rows: "pd.DataFrame", line: "Line") -> tuple:
    """The row of what was open before the first row of a contract; of one without rows, at the time of the venue's figure."""
    import pandas as pd

    own = rows[(rows["account"] == line.account) & (rows["venue"] == line.venue) & (rows["contract"] == line.contract)]
    if not len(own):
        return line.first, line.account, line.venue, line.contract, line.opening, "", 0
    first = own.iloc[0]
    time = first["time"] - pd.Timedelta(microseconds=1)
    return time, line.account, line.venue, line.contract, line.opening, first["file"], first["row"]


def check_replaceable(path: Path, force: bool) -> None:
    """Refuse to write over what is there, unless it is a ledger or that is asked for."""
    if path.is_dir():
        raise Unreadable(path, "is a folder, not a file")
    if path.suffix.lower() in BOOKS:
        raise FileError(
            f"{path} would be a workbook by its name, and what is written is CSV: name a file that ends in .csv"
        )
    if force or not path.exists():
        return
    try:
        with open(path, "rb") as file:
            first = file.readline(4096).decode("utf-8-sig", "replace").strip()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
    if first != ",".join(COLUMNS):
        raise FileError(f"{path} is there and is no ledger; --force writes over it")


def _lines(rows: "pd.DataFrame") -> bytes:
    columns = {}
    for name in COLUMNS:
        if name == "time":
            columns[name] = _times(rows[name])
        elif name in NUMBERS:
            columns[name] = ["" if value != value else repr(value) for value in rows[name].tolist()]
        elif name == "row":
            columns[name] = rows[name].tolist()
        else:
            columns[name] = [safe_text(text) for text in rows[name].astype(object)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(zip(*columns.values()))
    return text.getvalue().encode()


def moment(time: "pd.Timestamp") -> str:
    """A time as a ledger has it, such as 2026-01-10T11:00:00Z."""
    import pandas as pd

    return _times(pd.Series([time]).dt.as_unit("us"))[0]


def _times(times: "pd.Series") -> list[str]:
    """Times as 2026-01-10T11:00:00Z, with as many digits of a second as they have."""
    import numpy as np

    texts = np.datetime_as_string(microseconds(times).view("datetime64[us]"), unit="us")
    return [(text[:-7] if text.endswith("000000") else text.rstrip("0")) + "Z" for text in texts.tolist()]
