"""The command batch: many portfolios in, one finished workbook each.

Exit codes: as of the other commands, and 130 for a run that Ctrl-C stopped, 143 for one that was asked to end.
"""

import json
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import click

from .cli_options import (
    CHECK_FAILED,
    DONE,
    MODE,
    PATH,
    ROW_ERRORS,
    SCENARIOS,
    SHEETS,
    USAGE,
    counted,
    left_out,
    or_nothing,
    reads_holdings,
    scenarios_of,
    tell,
)  # fmt: skip

COMPLETE = "the same command with --resume completes it"
INTERRUPTED, TERMINATED = 128 + signal.SIGINT, 128 + signal.SIGTERM


class Shard(click.ParamType):
    """A part such as 2/4, as a pair of numbers."""

    name = "i/n"

    def convert(self, value, param, ctx):
        """2/4 as (2, 4)."""
        told = re.fullmatch(r"(\d{1,4})/(\d{1,4})", str(value))
        part, parts = map(int, told.groups()) if told else (0, 0)
        if not 1 <= part <= parts:
            self.fail(f"must be a part such as 2/4, the second of four (got {value!r})", param, ctx)
        return part, parts


@click.command(short_help="Write a workbook for each of many portfolios.")
@click.option(
    "--out", required=True, metavar="DIR", help="The folder to write to, or a URL such as s3://bucket/folder."
)
@reads_holdings
@SCENARIOS
@SHEETS
@MODE
@click.option("--jobs", type=click.IntRange(1, 256), help="Processes; as many as there are processors unless given.")
@click.option(
    "--shard", type=Shard(), help="Only this part of the portfolios; the last part that is done joins the tables."
)
@click.option("--cluster", metavar="ADDRESS", help="A Dask scheduler to do the work, such as tcp://10.0.0.5:8786.")
@click.option(
    "--resume", is_flag=True, help="Complete an earlier run: what is there, intact and of the same input stays."
)
@click.option("--force", is_flag=True, help="Write over an earlier run and over files of other origin.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first portfolio that fails.")
@click.option("--dry-run", is_flag=True, help="Check every portfolio of the input and write nothing.")
@click.option(
    "--summary",
    type=PATH,
    metavar="FILE.xlsx",
    help="A workbook of all clients, the nearest liquidation first, with totals.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as one JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="Tell of mistakes only.")
@click.option("-v", "--verbose", is_flag=True, help="Tell of each file.")
def batch(asked, out, scenarios, sheets, mode, as_json, quiet, verbose, **options) -> int:
    """Write a workbook for each portfolio in HOLDINGS: a CSV, XLSX or Parquet file, or a folder of filled-in workbooks.

    Beside the workbooks are results.csv (a row for each portfolio), errors.csv (a row for each mistake) and
    manifest.json (what was written from what). A portfolio with a mistake fails alone. A run that was stopped in
    whatever way is completed by the same command with --resume.

    Exit codes: 0 done; 2 usage, or a run that cannot go on; 3 portfolios with mistakes; 4 workbooks with a failed
    check; 130 and 143 stopped by Ctrl-C, or asked to end.
    """
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
    if not out:
        raise click.UsageError("--out must be the name of a folder, or a URL (got '')")
    if options["cluster"] and options["jobs"]:
        raise click.UsageError("--jobs is for this machine; a cluster has workers of its own")
    from .batch import WORKS
    from .processes import context

    options["jobs"] = options["jobs"] or _processors()
    if options["jobs"] > 1 and not options["cluster"]:
        context(WORKS)  # what processes begin with is made ready while the input is read
    from .batch.progress import NORMAL, QUIET, VERBOSE, Progress
    from .batch.run import FAIL_FAST, Options, run
    from .intake.source import Source

    _check_apart(out, [*asked.files, scenarios])
    if options["summary"] and any(
        path.exists() and options["summary"].resolve() == path.resolve() for path in asked.files
    ):
        raise click.UsageError(
            f"--summary {options['summary']} is also an input and would be lost; choose another name"
        )
    told = Options(out=out, mode=mode, settings=asked.overrides, **options)
    progress = Progress(VERBOSE if verbose else QUIET if quiet or as_json else NORMAL)
    told = told._replace(left=left_out(sheets, progress.note))
    ends = []
    before = signal.signal(signal.SIGTERM, lambda *_: _interrupt(ends))
    try:
        source = Source(asked)
        for doubt in source.doubts():
            progress.note(f"warning: {doubt}")
        sets, inputs = _scenarios(scenarios, source.assets, progress.note, told.left)
        outcome = run(source, told._replace(scenarios=sets, inputs=inputs), progress)
    except KeyboardInterrupt:
        _tell_stopped(progress.summary(), COMPLETE, told)
        raise click.exceptions.Exit(TERMINATED if ends else INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)
    code = _code(outcome)
    if as_json:
        summary = {"exit_code": code, "skipped": outcome.skipped, "stopped": outcome.stopped or None, **outcome.totals}
        click.echo(json.dumps(summary, sort_keys=True))
    elif not quiet:
        click.echo(_summary(outcome, told, progress))
    elif code == CHECK_FAILED:
        tell(f"{counted(outcome.totals['checks_failed'], 'workbook')} with a failed check; results.csv says which")
    if outcome.stopped:
        _tell_stopped(
            outcome.stopped, f"once it is mended, {COMPLETE}" if outcome.stopped == FAIL_FAST else COMPLETE, told
        )
    return code


def _interrupt(ends: list) -> None:
    """End as Ctrl-C does: what was finished is remembered."""
    ends.append(signal.SIGTERM)
    raise KeyboardInterrupt


def _tell_stopped(why: str, then: str, asked) -> None:
    """Tell why a run stopped, and what completes it; a dry run leaves nothing to complete."""
    tell(f"stopped: {why}" if asked.dry_run else f"stopped: {why}; {then}")


def _code(outcome) -> int:
    from .batch.run import FAIL_FAST

    if outcome.stopped and outcome.stopped != FAIL_FAST:
        return USAGE
    if outcome.totals["failed"] or outcome.totals["mistakes"]:
        return ROW_ERRORS
    return CHECK_FAILED if outcome.totals.get("checks_failed") else DONE


def _summary(outcome, asked, progress) -> str:
    """The line at the end of a run."""
    totals = outcome.totals
    lost = f", {counted(outcome.lost, 'mistake')} in no portfolio" if outcome.lost else ""
    if asked.dry_run:
        would = counted(totals["checked"], "workbook")
        kept = f", {outcome.skipped:,} of them there already" if outcome.skipped else ""
        return f"would write {would} to {asked.out}{kept}; {totals['failed']:,} failed{lost}"
    wrong = f", {counted(totals['checks_failed'], 'workbook')} with a failed check" if totals["checks_failed"] else ""
    old = f", {totals['old_prices']:,} with old prices" if totals.get("old_prices") else ""
    amber = f", {counted(totals['ambers'], 'workbook')} with an amber check{old}" if totals.get("ambers") else ""
    summary = f"; the summary is {asked.summary}" if asked.summary else ""
    return f"{asked.out}: {progress.summary()}{wrong}{amber}{lost}{summary}"


def _check_apart(out: str, inputs: list[Path | None]) -> None:
    """Refuse an output folder in which an input would be written over, or be read as one the next time."""
    if "://" in out:
        return
    for path in filter(None, inputs):
        if path.is_dir() and os.path.isdir(out) and path.samefile(out):
            raise click.UsageError(f"--out {out} is also the folder of the input; choose another")
        is_at_risk = path.suffix.lower() == ".xlsx" or path.name in ("results.csv", "positions.csv", "errors.csv")
        if is_at_risk and os.path.isdir(out) and path.parent.samefile(out):
            raise click.UsageError(f"--out {out} holds the input {path.name}, which could be lost; choose another")


def _scenarios(
    path: Path | None, assets: set[str], note: Callable[[str], None], left: tuple[str, ...]
) -> tuple[dict, tuple]:
    """The scenario sets of a file for these assets, and the file as an input of the run; what nobody holds is noted."""
    if path is None:
        return {}, ()
    from .intake.source import unchanged

    with or_nothing(), unchanged("scenarios", path) as told:
        return scenarios_of(path, assets, note, left), (told,)


def _processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
