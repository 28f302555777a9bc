"""Verify workbooks, ours or those that somebody edited: values, formulas, checks, faults, foreign parts.

for report in check_files([Path("plan.xlsx")]): print(report.verdict, *report.findings, sep="\n")
"""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path

from ..files import file_bytes
from .looked import Begun, Finding, Report
from .recalculation import Calc, Engine, engine
from .side_by_side import FEWEST, by_processes

__all__ = ["Finding", "Report", "check_files", "check_workbook"]


def check_workbook(path: Path) -> list[Finding]:
    """All findings about a workbook; a file that cannot be read at all raises FileError."""
    file_bytes(Path(path))
    return [*next(check_files([Path(path)])).findings]


def check_files(paths: Iterable[Path]) -> Iterator[Report]:
    """What is to be said of each workbook, in their order; one engine recalculates all, while others are read."""
    paths, recalculates = [Path(path) for path in paths], engine()
    with recalculates or nullcontext():
        if isinstance(recalculates, Calc) and len(paths) >= FEWEST:
            yield from by_processes(paths, recalculates)
        else:
            yield from _one_after_another(paths, recalculates)


def _one_after_another(paths: list[Path], recalculates: Engine | None) -> Iterator[Report]:
    """The workbooks in this process: each is recalculated while the next one is read."""
    before = None
    for path in paths:
        begun = Begun(path, recalculates)
        if before:
            yield before.report()
        before = begun
    if before:
        yield before.report()
