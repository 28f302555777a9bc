"""A workbook of all clients for who watches the risk: a row each, the nearest liquidation first, and totals.

Only the most urgent rows are held in memory, and only they are written: the workbook says how many more there are.
"""

import heapq
import math
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..errors import FileError
from ..ooxml.as_written import check_replaceable
from ..plan import now
from ..workbook.file.writer import save
from .destination import Folder, Remote
from .journal import Rows
from .outputs import ambers_of
from .ranked_book import Band, Column, Line, Total, ranked_book
from .tasks import WRITTEN

MOST = 10_000
"""Clients that are listed; each has a link, of which Excel takes 65,530 on a sheet."""
MOST_FAILED = 1_000
ALARMS = RED, AMBER = 0.15, 0.30
"""Distances of liquidation below which a client counts as near: those of the settings where nobody sets others."""

COLUMNS = (
    Column("Rank", "number", "limit", 7), Column("Client", "", "text", 40), Column("Nearest", "asset", "text", 10),
    Column("Liquidated at", "USD/coin", "price", 15), Column("Distance", "fraction", "share", 11, ALARMS),
    Column("After adverse funding", "fraction", "share", 12, ALARMS), Column("Value", "USD", "usd", 17),
    Column("Net exposure before", "USD", "usd", 17), Column("Net exposure after", "USD", "usd", 17),
    Column("After, of value", "fraction", "share", 10), Column("Orders", "number", "limit", 8),
    Column("Margin to post", "USD", "usd", 16), Column("To take back", "USD", "usd", 16),
    Column("Margin now or planned", "USD", "usd", 16),
    Column("Carry", "USD", "usd", 15), Column("Carry, adverse", "USD", "usd", 15),
    Column("Failed checks", "number", "limit", 9), Column("Amber", "number", "limit", 8),
    Column("Which", "", "text", 64, wraps=True), Column("Prices of", "UTC", "text", 18),
)  # fmt: skip
FIGURES = (
    "nearest_asset", "nearest_liquidation", "nearest_distance", "later_distance", "value_usd", "exposure_before_usd",
    "exposure_after_usd", None, "orders", "post_usd", "take_back_usd", "margin_usd", "carry_expected_usd", "carry_adverse_usd",
)  # fmt: skip
"""The figure of each column from the third on; the share of value is that of two of them."""
SUMMED = {
    "value_usd": "Value", "exposure_before_usd": "Net exposure before", "exposure_after_usd": "Net exposure after",
    "orders": "Orders", "post_usd": "Margin to post", "take_back_usd": "Margin to take back",
    "margin_usd": "Margin now or planned", "carry_expected_usd": "Carry",
    "carry_adverse_usd": "Carry, adverse",
}  # fmt: skip
BANDS = (
    ("Distance not known", lambda distance: distance != distance), (f"Below {RED:.0%}", lambda distance: distance < RED),
    (f"{RED:.0%} to {AMBER:.0%}", lambda distance: distance < AMBER), (f"{AMBER:.0%} and more", math.isfinite),
    ("Nothing is liquidated at any price", lambda distance: True),
)  # fmt: skip
TITLE = "Risk of all clients"


class Urgency(NamedTuple):
    """What clients are ranked by: the distance of the nearest liquidation, an unknown one first, then more failed checks."""

    distance: float
    passed: int
    later: float
    number: int


def write_summary(path: Path, rows: Rows, place: Folder | Remote) -> None:
    """Write the summary of the rows of a run, whole or not at all; FileError where it cannot be written."""
    totals = _Totals()
    urgent = heapq.nsmallest(MOST, totals.over(rows))
    link = _links(path, place)
    lines = (_line(rank, rows.numbered(each.number), totals.at, link) for rank, each in enumerate(urgent, 1))
    notes = [
        f"{totals.written:,} workbooks; the nearest liquidation first, one that cannot be computed above all, then more failed checks."
    ]
    if totals.written > len(urgent):
        notes.append(
            f"Only the most urgent {len(urgent):,} are listed: {totals.written - len(urgent):,} more are in results.csv."
        )
    notes.append(
        f"Red: liquidated within {RED:.0%}, amber within {AMBER:.0%}, whatever levels a client's own workbook has."
    )
    save(ranked_book(TITLE, notes, COLUMNS, lines, totals.lines(), totals.failed, totals.latest), path)


def _line(rank: int, row: dict, at: str, link: Callable[[str], str]) -> Line:
    """The cells of a client, and what leads to its workbook."""
    told = {name: _number(value) for name, value in row["figures"].items()}
    share = told["exposure_after_usd"] / told["value_usd"] if told["value_usd"] else math.nan
    figures = [told[name] if name else share for name in FIGURES]
    checks, ambers = row["checks"], ambers_of(row, at)
    time = _spelled(row["price_time"]) if row["price_time"] else "not given"
    cells = [rank, row["portfolio"], *figures, len(checks), len(ambers), "; ".join([*checks, *ambers]), time]
    return cells, link(row["file"])


class _Totals:
    """What is true of all clients together, whether they are listed or not."""

    def __init__(self) -> None:
        self.written, self.unwritten, self.at = 0, 0, now().isoformat()
        self.failed: list[tuple[str, str]] = []
        self.times: Counter[str] = Counter()
        self._sums, self._unknown = dict.fromkeys(SUMMED, 0.0), Counter()
        self._bands, self._red, self._amber = Counter(), Counter(), Counter()
        self._with_red = self._with_amber = 0

    def over(self, rows: Rows) -> Iterator[Urgency]:
        """Go over all rows; how urgent each workbook is."""
        for row in rows:
            if row["status"] != WRITTEN:
                self.unwritten += 1
                if len(self.failed) < MOST_FAILED:
                    self.failed.append(
                        (row["portfolio"], "; ".join(each["message"] for each in row.get("errors", ())[:1]))
                    )
                continue
            yield self._urgency(row)

    def _urgency(self, row: dict) -> Urgency:
        self.written += 1
        told = {name: _number(value) for name, value in row["figures"].items()}
        for name in SUMMED:
            if math.isfinite(told[name]):
                self._sums[name] += told[name]
            else:
                self._unknown[name] += 1
        distance = told["nearest_distance"]
        self._bands[next(i for i, (_, holds) in enumerate(BANDS) if holds(distance))] += 1
        self._red.update(row["checks"])
        ambers = ambers_of(row, self.at)
        self._amber.update(ambers)
        self._with_red += bool(row["checks"])
        self._with_amber += bool(ambers)
        self.times[row["price_time"] or ""] += 1
        nearest, later = (-1.0 if each != each else each for each in (distance, told["later_distance"]))
        return Urgency(nearest, -len(row["checks"]), later, row["number"])

    @property
    def latest(self) -> str:
        """The latest time of prices, "" where none is given."""
        return max(self.times) if self.times else ""

    def lines(self) -> list[Total | Band]:
        """The lines of the sheet of totals, under their headings."""
        formats = dict.fromkeys(SUMMED, "usd") | {"orders": "limit"}
        sums = [Total(title, self._sums[name], formats[name], self._unknown[name]) for name, title in SUMMED.items()]
        given = sorted(filter(None, self.times))
        ends = (("Earliest", given[0]), ("Latest", given[-1])) if given else ()
        times = [Total(title, _spelled(time), "text") for title, time in ends]
        return [
            Band("Clients"), Total("Workbooks written", self.written), Total("Not written, for a mistake", self.unwritten),
            Total("With a failed check", self._with_red), Total("With an amber check", self._with_amber),
            Band("Sums, USD but for orders"), *sums,
            Band("Distance of the nearest liquidation"), *(Total(title, self._bands[i]) for i, (title, _) in enumerate(BANDS)),
            Band("Failed checks"), *(Total(name, count) for name, count in sorted(self._red.items(), key=_most)),
            Band("Amber checks"), *(Total(name, count) for name, count in sorted(self._amber.items(), key=_most)),
            Band("Times of the prices, UTC"), *times, Total("Clients whose time is not given", self.times[""]),
        ]  # fmt: skip


def _spelled(time: str) -> str:
    return time.replace("T", " ").removesuffix(":00Z")


def _most(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _number(value: object) -> object:
    """A figure as it was before JSON: none is infinite, and what is missing is not a number."""
    return math.nan if value is None else value


def _links(path: Path, place: Folder | Remote) -> Callable[[str], str]:
    """What leads from the summary to a workbook: relative where both are folders of one machine."""
    from urllib.parse import quote

    if isinstance(place, Remote):
        return lambda name: f"{place}/{quote(name)}"
    try:
        root = os.path.relpath(place.root, path.resolve().parent)
    except ValueError:  # another drive of Windows
        root = str(place.root)
    return lambda name: quote(f"{Path(root).as_posix()}/{name}".removeprefix("./"))


def check_summary(path: Path, place: Folder | Remote, force: bool) -> None:
    """Refuse, before anything is done, a summary that cannot be written or would take the place of somebody's work."""
    if path.suffix.lower() != ".xlsx":
        raise FileError(f"--summary must end in .xlsx (got {str(path)!r})")
    if path.is_dir():
        raise FileError(f"--summary {path}: is a folder; name a file in it that ends in .xlsx")
    if not path.absolute().parent.is_dir() and not is_in(path, place):
        raise FileError(f"--summary {path}: there is no folder {path.parent}")
    if not force:
        check_replaceable(path)


def is_in(path: Path, place: Folder | Remote) -> bool:
    """Whether a file lies in the folder of a run."""
    return isinstance(place, Folder) and path.absolute().parent == place.root
