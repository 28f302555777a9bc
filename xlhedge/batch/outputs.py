"""The tables of a run: results.csv, positions.csv, errors.csv and manifest.json, the same bytes for the same input and version."""

import csv
import hashlib
import io
import json
import math
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from typing import NamedTuple

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

    `left` are workbooks in the folder that are of no portfolio of the run.
    """

    mode: str
    shard: str | None
    inputs: tuple[Input, ...]
    settings: dict[str, str]
    complete: bool
    left: tuple[str, ...] = ()


def write_tables(place: Folder | Remote, label: str, facts: Facts, rows: Iterable[dict], lost: list[dict]) -> None:
    """Write all of them from the rows, which are gone through several times.

    `lost` are the mistakes of no one portfolio.
    """
    names, totals, unwritten = tables(label), totals_of(rows, lost), []
    results = _written(place, names.results, _results(rows), unwritten)
    positions = _written(place, names.positions, _positions(rows), unwritten)
    errors = _written(place, names.errors, _errors(rows, lost), unwritten)
    lines = _manifest(facts, {"results": results, "positions": positions, "errors": errors}, totals, rows)
    _written(place, names.manifest, lines, unwritten)
    if unwritten:
        raise FileError("\n".join(unwritten))


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


def _results(rows: Iterable[dict]) -> Iterator[bytes]:
    yield BOM_UTF8 + _line(*FIRST, *FIGURES, *LAST)
    for row in rows:
        known = row.get("figures", {})
        checks = ("; ".join(row["checks"]) or PASS) if row["status"] == WRITTEN else None
        amber = "; ".join(_ambers(row)) if row["status"] == WRITTEN else None
        yield _line(row["portfolio"], row.get("file"), row["status"], *(known.get(n) for n in FIGURES), checks, amber)


def _ambers(row: dict) -> list[str]:
    """The amber checks that fail, with that of the prices as it is now."""
    return [*row.get("ambers", ()), *([FRESH] if _has_old_prices(row) else ())]


def _has_old_prices(row: dict) -> bool:
    fresh = row.get("fresh_until")
    return bool(fresh) and fresh < now().isoformat()


def _positions(rows: Iterable[dict]) -> Iterator[bytes]:
    yield BOM_UTF8 + _line("portfolio", *KEYS)
    for row in rows:
        for position in row.get("positions", ()):
            yield _line(row["portfolio"], *position)


def _errors(rows: Iterable[dict], lost: list[dict]) -> Iterator[bytes]:
    yield BOM_UTF8 + _line(*ERRORS)
    for error in lost:
        yield _line("", *(error[column] for column in ERRORS[1:]))
    for row in rows:
        for error in row.get("errors", ()):
            yield _line(row["portfolio"], *(error[column] for column in ERRORS[1:]))


def totals_of(rows: Iterable[dict], lost: list[dict]) -> dict[str, int]:
    """How many portfolios, workbooks, failures, workbooks with amber checks and with old prices, mistakes and bytes."""
    totals = dict.fromkeys(
        ("portfolios", "written", "failed", "checks_failed", "ambers", "old_prices", "mistakes", "bytes"), 0
    )
    totals["mistakes"] = len(lost)
    for row in rows:
        totals["portfolios"] += 1
        totals["written" if row["status"] == WRITTEN else "failed"] += 1
        totals["checks_failed"] += bool(row.get("checks"))
        totals["ambers"] += bool(_ambers(row))
        totals["old_prices"] += _has_old_prices(row)
        totals["mistakes"] += len(row.get("errors", ()))
        totals["bytes"] += row.get("bytes", 0)
    return totals


def _manifest(facts: Facts, written: dict, totals: dict, rows: Iterable[dict]) -> Iterator[bytes]:
    """Sorted keys; a line for each file, written one by one so that memory does not grow with them."""
    finished = "complete" if not totals["failed"] and not totals["mistakes"] else "failures"
    plain = {
        **written, "files": None, "inputs": [each._asdict() for each in facts.inputs],
        "left": list(facts.left), "mode": facts.mode, "packer": PACKER, "program": "xlhedge",
        "settings": facts.settings, "shard": facts.shard,
        "status": finished if facts.complete else "stopped", "totals": totals, "version": __version__,
    }  # fmt: skip
    yield b"{\n"
    for i, key in enumerate(sorted(plain)):
        yield b",\n" * bool(i) + f' "{key}": '.encode()
        if key == "files":
            yield b"["
            for j, row in enumerate(row for row in rows if row["status"] == WRITTEN):
                yield b",\n  " if j else b"\n  "
                yield _json(_entry(row))
            yield b"\n ]"
        else:
            yield _json(plain[key])
    yield b"\n}\n"


def _entry(row: dict) -> dict:
    kept = ("portfolio", "bytes", "sha256", "warnings", "price_time", "price_source")
    return {key: row[key] for key in kept} | {
        "path": row["file"],
        "checks": row["checks"] or PASS,
        "ambers": _ambers(row),
    }


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")


def _line(*values: object) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([safe(value) for value in values])
    return text.getvalue().encode("utf-8", "replace")


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
