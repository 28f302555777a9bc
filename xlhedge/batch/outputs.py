"""The tables of a run: results.csv, positions.csv, errors.csv and manifest.json, the same bytes for the same input and version."""

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import BinaryIO, NamedTuple

from .. import __version__
from ..errors import FileError
from ..intake.source import Input
from ..rows import safe_text
from ..plan import FRESH, now
from ..workbook.figures import Figures
from ..workbook.file.packing import PACKER
from ..workbook.position_rows import KEYS
from .destination import Folder, Remote
from .tasks import WRITTEN

FIRST, FIGURES, LAST = ("portfolio", "file", "status"), Figures._fields, ("checks", "ambers")
ERRORS = ("portfolio", "file", "row", "column", "value", "rule", "message")
PASS = "pass"
PIECE = 2**20
"""Bytes of a table that are held at a time."""


class Tables(NamedTuple):
    """The names of the files of a run."""

    results: str
    positions: str
    errors: str
    manifest: str


def tables(label: str) -> Tables:
    """The files of a run of everything, or of a shard such as 2of4."""
    mark = "" if label == "all" else f"-{label}"
    return Tables(f"results{mark}.csv", f"positions{mark}.csv", f"errors{mark}.csv", f"manifest{mark}.json")


class Facts(NamedTuple):
    """What the manifest tells of a run beside its files: all of it the same for the same input and version.

    `without` are the sheets that are left out, and `left` workbooks in the folder that are of no portfolio of the run.
    """

    mode: str
    shard: str | None
    inputs: tuple[Input, ...]
    settings: dict[str, str]
    without: tuple[str, ...]
    complete: bool
    left: tuple[str, ...] = ()


def ambers_of(row: dict, at: str) -> list[str]:
    """The amber checks that fail in a workbook at a time, its prices among them if they are old by then."""
    is_old = (row.get("fresh_until") or at) < at
    return [*row.get("ambers", ()), *([FRESH] if is_old else ())]


class Told:
    """What a run has to tell, from one walk over its rows; `lost` are the mistakes of no one portfolio.

    `totals` counts portfolios, workbooks, failures, workbooks with failed checks, with amber ones and with old prices, mistakes
    and bytes; `files` are the names of the workbooks.
    """

    def __init__(self, rows: Iterable[dict], lost: list[dict]) -> None:
        counted = ("portfolios", "written", "failed", "checks_failed", "ambers", "old_prices", "mistakes", "bytes")
        self.totals, self.files = dict.fromkeys(counted, 0), set()
        self._results, self._positions = _Csv(*FIRST, *FIGURES, *LAST), _Csv("portfolio", *KEYS)
        self._errors, self._entries = _Csv(*ERRORS), TemporaryFile()
        self._now = now().isoformat()
        self._fail("", lost)
        for row in rows:
            self._add(row)

    def write(self, place: Folder | Remote, label: str, facts: Facts) -> None:
        """Write all of the tables; FileError names those that cannot be written."""
        names, written, unwritten = tables(label), {}, []
        for key in ("results", "positions", "errors"):
            lines = getattr(self, f"_{key}").content()
            written[key] = _written(place, getattr(names, key), lines, unwritten)
        _written(place, names.manifest, _manifest(facts, written, self.totals, self._entries), unwritten)
        if unwritten:
            raise FileError("\n".join(unwritten))

    def _add(self, row: dict) -> None:
        is_written, ambers = row["status"] == WRITTEN, ambers_of(row, self._now)
        self._count(row, is_written, bool(ambers), FRESH in ambers)
        known = row.get("figures", {})
        checks = ("; ".join(row["checks"]) or PASS) if is_written else None
        amber = "; ".join(ambers) if is_written else None
        first = row["portfolio"], row.get("file"), row["status"]
        self._results.add(*first, *(known.get(name) for name in FIGURES), checks, amber)
        for position in row.get("positions", ()):
            self._positions.add(row["portfolio"], *position)
        self._fail(row["portfolio"], row.get("errors", ()))
        if is_written:
            self._entries.write((b",\n  " if self.files else b"\n  ") + _json(_entry(row, ambers)))
            self.files.add(row["file"])

    def _count(self, row: dict, is_written: bool, is_amber: bool, is_old: bool) -> None:
        totals = self.totals
        totals["portfolios"] += 1
        totals["written" if is_written else "failed"] += 1
        totals["checks_failed"] += bool(row.get("checks"))
        totals["ambers"] += is_amber
        totals["old_prices"] += is_old
        totals["bytes"] += row.get("bytes", 0)

    def _fail(self, portfolio: str, errors: Iterable[dict]) -> None:
        for error in errors:
            self.totals["mistakes"] += 1
            self._errors.add(portfolio, *(error[column] for column in ERRORS[1:]))


class _Csv:
    """A table as it grows, on the disk until all of it is known."""

    def __init__(self, *header: str) -> None:
        self._file = TemporaryFile()
        self._text = io.TextIOWrapper(self._file, encoding="utf-8", errors="replace", newline="")
        self._text.write("\ufeff")  # a spreadsheet sees by it that the table is UTF-8
        self._lines = csv.writer(self._text, lineterminator="\n")
        self.add(*header)

    def add(self, *values: object) -> None:
        """Add a line."""
        self._lines.writerow([safe(value) for value in values])

    def content(self) -> Iterator[bytes]:
        """The table in pieces."""
        self._text.flush()
        return _pieces(self._file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    return iter(lambda: file.read(PIECE), b"")


def safe(value: object) -> object:
    """A cell of a CSV file: numbers as they are, and no text that a spreadsheet would run as a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return value if math.isfinite(value) else "" if math.isnan(value) else "none" if value > 0 else "-inf"
    if isinstance(value, int):
        return value
    return safe_text(str(value))


def _manifest(facts: Facts, written: dict, totals: dict, entries: BinaryIO) -> Iterator[bytes]:
    """Sorted keys; a line for each file, read from the disk so that memory does not grow with them."""
    finished = "complete" if not totals["failed"] and not totals["mistakes"] else "failures"
    plain = {
        **written, "files": None, "inputs": [each._asdict() for each in facts.inputs],
        "left": list(facts.left), "mode": facts.mode, "packer": PACKER, "program": "xlhedge",
        "settings": facts.settings, "shard": facts.shard,
        "status": finished if facts.complete else "stopped", "totals": totals, "version": __version__,
        "without_sheets": list(facts.without),
    }  # fmt: skip
    yield b"{\n"
    for i, key in enumerate(sorted(plain)):
        yield b",\n" * bool(i) + f' "{key}": '.encode()
        if key == "files":
            yield b"["
            yield from _pieces(entries)
            yield b"\n ]"
        else:
            yield _json(plain[key])
    yield b"\n}\n"


def _entry(row: dict, ambers: list[str]) -> dict:
    kept = ("portfolio", "input", "bytes", "sha256", "warnings", "price_time", "price_source")
    return {key: row[key] for key in kept} | {
        "path": row["file"],
        "checks": row["checks"] or PASS,
        "ambers": ambers,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")


def _written(place: Folder | Remote, name: str, lines: Iterable[bytes], unwritten: list[str]) -> dict:
    """Write a file; its path, size and digest. Why it cannot be written is added to `unwritten`, for others still can."""
    digest, size = hashlib.sha256(), 0
    try:
        with place.writer(name) as file:
            for line in lines:
                file.write(line)
                digest.update(line)
                size += len(line)
    except OSError as error:
        why = error.strerror or str(error)
        unwritten.append(f"{place}/{name}: cannot be written: {why}; free it and run again with --resume")
    return {"path": name, "bytes": size, "sha256": digest.hexdigest()}
