"""The command check: workbooks are verified, one after the other, and what was looked at is said of each."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .cli_options import CHECK_FAILED, DONE, PATH, USAGE, tell
from .errors import counted

if TYPE_CHECKING:
    from .check import Report

ENDINGS = (".xlsx", ".xlsm")
EVERY = 10.0
"""Seconds between two lines that say how far it is, where no terminal shows it."""


@click.command(short_help="Verify workbooks.")
@click.argument("workbooks", nargs=-1, required=True, type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print what was found for a program (docs/check.md).")
def check(workbooks: tuple[Path, ...], as_json: bool) -> int:
    """Verify WORKBOOKS: values against a recalculation, formulas, their own checks, faults, links and macros.

    A folder stands for every workbook in it and in the folders below it. A file that cannot be read stops no other one; the
    exit code is that of the worst.
    """
    from .check import check_files

    paths, is_one = [*dict.fromkeys(_files(workbooks))], len(workbooks) == 1 and not workbooks[0].is_dir()
    if not paths:
        raise click.UsageError(f"no workbook ({', '.join(ENDINGS)}) is in {', '.join(map(str, workbooks))}")
    reports = []
    for report in _with_progress(check_files(paths), len(paths), as_json):
        reports.append(report)
        if report.error:
            tell(report.error)
        elif not as_json:
            click.echo("\n".join(_lines(report, is_one)))
    if as_json:
        click.echo(json.dumps(_record(reports), indent=2))
    elif not is_one:
        click.echo(_summary(reports))
    return max((_code(report) for report in reports), key=[DONE, CHECK_FAILED, USAGE].index)


def _files(workbooks: tuple[Path, ...]) -> Iterator[Path]:
    """The files that are named, and those of the folders that are, by name; hidden ones and Excel's locks are passed over."""
    for path in workbooks:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            chosen = (name for name in sorted(names) if name.lower().endswith(ENDINGS))
            yield from (Path(folder, name) for name in chosen if not name.startswith((".", "~$")))


def _with_progress(reports: Iterator["Report"], total: int, as_json: bool) -> Iterator["Report"]:
    """The reports; how far it is, is told on stderr unless their lines come out on a terminal."""
    if total == 1 or sys.stdout.isatty() and not as_json:
        yield from reports
    elif sys.stderr.isatty():
        with click.progressbar(reports, total, file=sys.stderr, show_pos=True, show_eta=True) as bar:
            yield from bar
    else:
        told = time.monotonic()
        for number, report in enumerate(reports, 1):
            yield report
            if time.monotonic() - told > EVERY:
                told = time.monotonic()
                tell(f"{number:,} of {counted(total, 'file')} checked")


def _lines(report: "Report", is_one: bool) -> Iterator[str]:
    """A file in words: what is wrong, all that is worth knowing where it is the only one, and what was done."""
    findings, indent = (report.findings, "") if is_one else (report.wrong, "  ")
    summary = f"{report.file}: {report.verdict} ({report.done})"
    told = [f"{indent}{finding}" for finding in findings]
    yield from [*told, summary] if is_one else [summary, *told]


def _summary(reports: list["Report"]) -> str:
    wrong, unread = sum(bool(report.wrong) for report in reports), sum(bool(report.error) for report in reports)
    told = [f"{len(reports) - wrong - unread:,} with nothing wrong"]
    told += [f"{wrong:,} with something wrong"] if wrong else []
    told += [f"{unread:,} that cannot be read"] if unread else []
    return f"{counted(len(reports), 'file')}: {', '.join(told)}"


def _code(report: "Report") -> int:
    return USAGE if report.error else CHECK_FAILED if report.wrong else DONE


def _record(reports: list["Report"]) -> dict[str, object]:
    """All reports as JSON holds them (docs/check.md)."""
    from . import __version__

    return {
        "xlhedge": __version__,
        "passed": sum(not report.error and not report.wrong for report in reports),
        "wrong": sum(bool(report.wrong) for report in reports),
        "unreadable": sum(bool(report.error) for report in reports),
        "files": [
            {
                "file": str(report.file),
                "error": report.error or None,
                "written_by": report.version or None,
                "functions": report.functions or None,
                "read": report.is_read,
                "formulas": report.formulas,
                "recalculated": report.recalculated,
                "engine": report.engine or None,
                "checks": report.checks,
                "holds": [*report.held],
                "wrong": [_finding(finding) for finding in report.findings if not finding.is_note],
                "notes": [_finding(finding) for finding in report.findings if finding.is_note],
            }
            for report in reports
        ],
    }


def _finding(finding) -> dict[str, str | None]:
    return {"kind": finding.kind, "place": finding.place or None, "text": finding.text}
