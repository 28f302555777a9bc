"""Many portfolios in, one finished workbook each: what is to be done, who does it, and what is told of it."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from .. import __version__
from ..errors import FileError
from ..intake.source import Input, Refused, Source
from ..portfolio.scenarios import Scenario
from ..workbook.file.packing import PACKER
from ..workbook.portfolios import rounded
from . import journal
from .journal import Line, Rows
from .lock import locked
from .names import Names
from .outputs import Facts, Told, tables
from .summary import check_summary, is_in, write_summary
from .destination import Folder, Remote, open_destination
from .pools import Chunk, in_process, processes
from .progress import Progress
from .tasks import FAILED, Task, failed, mistake
from .work import Done, Job

CHUNK = 500
LEAST_CHUNK = 25
"""A small input is cut smaller, so that all processes have a share; each chunk costs as much as some workbooks."""
CHUNK_ROWS = 8_000
"""Assets and positions of a chunk, so that one of large portfolios takes no more memory."""
HELD = 8 * CHUNK
"""Portfolios held back in memory until a chunk of their size is full."""
SKIPPED = "skipped"
MOST_TOLD = 10
FAIL_FAST = "the first failure ends the run (--fail-fast)"


class Options(NamedTuple):
    """What a run is asked to do; `inputs` are the files beside the source's own, `settings` those given one by one, `left`
    the sheets that are left out, and `summary` a workbook of all clients."""

    out: str
    mode: str = "native"
    jobs: int = 1
    shard: tuple[int, int] | None = None
    resume: bool = False
    force: bool = False
    fail_fast: bool = False
    dry_run: bool = False
    cluster: str | None = None
    scenarios: Mapping[str, tuple[Scenario, ...]] = {}
    inputs: tuple[Input, ...] = ()
    settings: Mapping[str, str] = {}
    left: tuple[str, ...] = ()
    summary: Path | None = None

    @property
    def scenarios_file(self) -> str:
        """The name of the file of scenarios, "" without one."""
        return next((told.name for told in self.inputs if told.role == "scenarios"), "")

    @property
    def label(self) -> str:
        """What tells this run apart from others in its folder."""
        return f"{self.shard[0]}of{self.shard[1]}" if self.shard else "all"


class RunResult(NamedTuple):
    """The end of a run: its totals, how many workbooks were there already, how many mistakes are of no one portfolio,
    and why it stopped before its end ("" = it did not)."""

    totals: dict[str, int]
    skipped: int
    lost: int
    stopped: str


def run(source: Source, options: Options, progress: Progress) -> RunResult:
    """Write a workbook for each portfolio of a source, and the tables; FileError for what stands in the way of all."""
    place = open_destination(options.out, options.label)
    if place.in_process_only and options.cluster:
        raise FileError(f"{place}: is in the memory of one process, which a cluster does not share")
    try:
        if options.summary:
            check_summary(options.summary, place, options.force)
        if options.dry_run:
            place.check()
            _check_free(place, options)
            return _Run(source, options, place, progress).go()
        place.prepare()
        with locked(place, options.force, progress.note):
            place.tidy()
            _check_free(place, options)
            _begin(place, options)
            try:
                return _Run(source, options, place, progress).go()
            except FileError:
                journal.retract(place)
                raise
            finally:
                place.tidy()
    except OSError as error:
        raise FileError(f"{place}: {error.strerror or error}") from None


def _check_free(place: Folder | Remote, options: Options) -> None:
    """Refuse a folder with an earlier run in it, unless that is to be completed or begun anew."""
    present = journal.labels(place)
    if not options.resume and not options.force:
        of = f"of{options.shard[1]}" if options.shard else None
        beside = {label for label in present if of and label.endswith(of) and label != options.label}
        if present - beside:
            raise FileError(f"{place}: holds an earlier run; --resume completes it, --force begins it anew")
    if not options.force and not present:
        for name in {*tables(options.label), *tables("all")}:
            if place.exists(name):
                raise FileError(f"{place}/{name}: is there and is of no run in this folder; use another, or --force")


def _begin(place: Folder | Remote, options: Options) -> None:
    """Forget what is begun anew, and the joined tables of shards one of which is done again."""
    if options.force and not options.resume:
        journal.forget(place)
    if options.shard:
        for name in tables("all"):
            place.remove(name)
    journal.begin(place)


class _Run:
    """One run, from the groups of the source to the tables."""

    def __init__(self, source: Source, options: Options, place: Folder | Remote, progress: Progress) -> None:
        self._source, self._options, self._place, self._progress = source, options, place, progress
        self._rows, self._before = Rows(), Rows()
        self._known: dict[str, int] = {}
        self._files: set[str] = set()
        self._said: set[str] = set()
        self._failures = self._skipped = self._mistakes = 0
        inputs = [*source.files, *options.inputs]
        self._inputs = tuple(sorted(inputs))
        self._digest = _digest(
            __version__, PACKER, options.mode, sorted(options.settings.items()), sorted(options.inputs), *options.left
        )

    def go(self) -> RunResult:
        """Do what is to be done; whatever ends it, what was finished is told."""
        if self._options.resume:
            self._remember()
        stopped, error = "", None
        try:
            stopped = self._work()
        except KeyboardInterrupt as interrupt:
            stopped, error = "interrupted", interrupt
        finally:
            self._progress.end()
        lost = [] if stopped or not self._is_first_shard else [mistake(error) for error in self._source.finish()]
        self._tell(error["message"] for error in lost)
        totals = self._told(lost, stopped)
        if error:
            raise error
        return RunResult(totals, self._skipped, len(lost), stopped)

    def _work(self) -> str:
        """Have the chunks done; why it stopped before the end ("" = it did not)."""
        names, total = self._names()
        self._progress.begin(total)
        told = self._options
        sets = told.scenarios, told.scenarios_file
        job = Job(self._source.checker, told.mode, *sets, told.left, self._place, told.dry_run)

        def chunks(workers: int) -> Iterator[Chunk]:
            return _chunks(self._tasks(names), min(CHUNK, max(LEAST_CHUNK, -(-total // (2 * workers)))))

        finished = self._pool(job, chunks)
        try:
            for done in finished:
                for line in done.lines:
                    self._add(line, line.status)
                if done.stop:
                    return f"{self._place}: {done.stop}"
                if self._is_over:
                    break
        finally:
            finished.close()
        return FAIL_FAST if self._is_over else ""

    def _pool(self, job: Job, chunks: Callable[[int], Iterator[Chunk]]) -> Iterator[Done]:
        """Who does the work; `chunks` cuts it for a number of workers."""
        if self._options.cluster and not job.dry_run:
            try:
                from .cluster import on_cluster
            except ImportError:
                raise FileError("--cluster needs Dask: pip install xlhedge[cluster]") from None
            return on_cluster(job, chunks, self._options.cluster)
        if self._options.jobs > 1 and not self._place.in_process_only:
            return processes(job, chunks(self._options.jobs), self._options.jobs)
        return in_process(job, chunks(1))

    def _names(self) -> tuple[Names, int]:
        """The file name of each portfolio, and how many this run has."""
        count = 0

        def counted() -> Iterator[str]:
            nonlocal count
            for name in self._source.names():
                count += self._is_mine(name)
                yield name

        names = Names(counted())
        return names, count

    def _tasks(self, names: Names) -> Iterator[Task]:
        """The portfolios that are to be done, in the order of the input."""
        for number, group in enumerate(self._source.groups()):
            if self._is_over:
                return
            if not self._is_mine(group.name):
                continue
            if isinstance(group, Refused):
                self._add(Line.of(failed(number, group.name, group.errors)), FAILED)
                continue
            key, file = _digest(self._digest, group.name, group.digest), names[group.name]
            if not self._skip(number, key, file):
                yield Task(number, group, file, key, self._options.force, file in self._files)

    def _skip(self, number: int, key: str, file: str) -> bool:
        """Whether the workbook is there from an earlier run, of the same input and intact."""
        offset = self._known.get(key)
        if offset is None:
            return False
        row = self._before.at(offset)
        content = self._place.read(file) if row["file"] == file else None
        if content is None or len(content) != row["bytes"] or hashlib.sha256(content).hexdigest() != row["sha256"]:
            return False
        self._add(Line.of(row | {"number": number}), SKIPPED)
        return True

    def _add(self, line: Line, status: str) -> None:
        self._rows.add(line)
        self._skipped += status == SKIPPED
        self._failures += status == FAILED
        self._progress.row(status, line.name)
        self._tell(line.mistakes)

    def _tell(self, messages: Iterable[str]) -> None:
        """Tell of the first mistakes; the rest is in errors.csv."""
        for message in messages:
            if message in self._said:  # one row may spoil several portfolios
                continue
            self._mistakes += 1
            if self._mistakes <= MOST_TOLD:
                self._said.add(message)
                self._progress.line(message)
            elif self._mistakes == MOST_TOLD + 1 and not self._options.dry_run:
                self._progress.line(f"... and more, all in {tables(self._options.label).errors}")

    @property
    def _is_over(self) -> bool:
        return self._options.fail_fast and self._failures > 0

    @property
    def _is_first_shard(self) -> bool:
        return self._options.shard is None or self._options.shard[0] == 1

    def _is_mine(self, name: str) -> bool:
        """Whether a portfolio belongs to this shard: by its name, so that other portfolios do not move it."""
        if self._options.shard is None:
            return True
        index, count = self._options.shard
        return int(_digest(name)[:16], 16) % count == index - 1

    def _remember(self) -> None:
        """Take what earlier runs have done from their journals."""
        for row in journal.rows(self._place):
            if "file" in row and "key" in row:
                self._known[row["key"]] = self._before.add(Line.of(row))
                self._files.add(row["file"])

    def _told(self, lost: list[dict], stopped: str) -> dict[str, int]:
        """Write the journal and the tables; the totals."""
        if self._options.dry_run:
            return _dry_totals(self._rows, lost)
        facts = Facts(
            self._options.mode, None, self._inputs, dict(self._options.settings), self._options.left, not stopped
        )
        told = Told(self._rows, lost)
        try:
            if not stopped:
                header = {"run": _digest(self._digest, self._inputs), "lost": lost}
                journal.finish(self._place, header, self._rows)
            if self._options.shard or stopped:
                shard = self._options.label if self._options.shard else None
                told.write(self._place, self._options.label, facts._replace(shard=shard))
                self._summarise(told, self._rows)
            if self._options.shard and not stopped:
                self._join(facts)
            elif not stopped:
                self._tell_whole(facts, told, self._rows)
                self._forget_shards()
        except (OSError, FileError) as error:
            if not stopped:  # else the reason has been found already
                raise FileError(
                    f"{self._place}: {error.strerror}" if isinstance(error, OSError) else str(error)
                ) from None
        return told.totals

    def _join(self, facts: Facts) -> None:
        """Write the tables of the whole once the last shard is done."""
        count = self._options.shard[1]
        labels = [f"{index}of{count}" for index in range(1, count + 1)]
        headers = [journal.header(self._place, label) for label in labels]
        missing = [label for label, header in zip(labels, headers) if not header]
        if missing:
            self._progress.note(f"shards not done: {', '.join(missing)}; the last one joins the tables")
            return
        if len({header["run"] for header in headers}) > 1:
            self._progress.note(
                "the shards are of different inputs: their tables are not joined; run all with one input"
            )
            return
        rows = Rows()
        for label in labels:
            for row in journal.rows(self._place, label):
                rows.add(Line.of(row))
        self._tell_whole(facts, Told(rows, headers[0]["lost"]), rows)
        self._progress.note(f"all {count} shards are done; {', '.join(tables('all'))} tell of the whole")

    def _tell_whole(self, facts: Facts, told: Told, rows: Rows) -> None:
        """Write the tables of all portfolios, and tell of workbooks in the place that are of none of them."""
        own = {self._options.summary.name} if self._options.summary else set()
        there = (name for name in self._place.names() if name.lower().endswith(".xlsx"))
        left = [name for name in there if name not in told.files and name not in own]
        told.write(self._place, "all", facts._replace(left=tuple(left)))
        self._summarise(told, rows)
        if left:
            others = f" and {len(left) - MOST_TOLD:,} more" if len(left) > MOST_TOLD else ""
            listed = f"{', '.join(left[:MOST_TOLD])}{others}"
            self._progress.note(f"workbooks in the folder that this run did not write: {listed}")

    def _summarise(self, told: Told, rows: Rows) -> None:
        """Write the summary of all clients, if it is asked for."""
        path = self._options.summary
        if path is None:
            return
        if is_in(path, self._place) and path.name in told.files:
            raise FileError(f"--summary {path}: is the workbook of a client; choose another name")
        write_summary(path, rows, self._place)

    def _forget_shards(self) -> None:
        """Remove what shards told of a place that is now written as a whole."""
        for label in journal.labels(self._place) - {"all"}:
            journal.remove(self._place, label)
            for name in tables(label):
                self._place.remove(name)


def _chunks(tasks: Iterator[Task], most: int) -> Iterator[Chunk]:
    """Portfolios of about one size together; the longest chunk goes first when too many are held back."""
    by_size: dict[tuple[int, int], list[Task]] = {}
    held = 0
    for task in tasks:
        size = tuple(rounded(count + 1) for count in task.group.extent)
        chunk = by_size.setdefault(size, [])
        chunk.append(task)
        held += 1
        if len(chunk) >= max(1, min(most, CHUNK_ROWS // sum(size))):
            held -= len(by_size.pop(size))
            yield chunk
        elif held >= HELD:
            longest = max(by_size, key=lambda size: len(by_size[size]))
            held -= len(by_size[longest])
            yield by_size.pop(longest)
    yield from by_size.values()


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def _dry_totals(rows: Rows, lost: list[dict]) -> dict[str, int]:
    totals = {"portfolios": 0, "checked": 0, "failed": 0, "mistakes": len(lost)}
    for row in rows:
        totals["portfolios"] += 1
        totals["failed" if row["status"] == FAILED else "checked"] += 1
        totals["mistakes"] += len(row.get("errors", ()))
    return totals
