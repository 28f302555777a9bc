"""What a worker does with a chunk of portfolios: check them, stamp their workbooks, write them, tell of each."""

import errno
import hashlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from ..errors import XlhedgeError
from ..ooxml.as_written import CHANGED, is_as_written, is_whole
from ..plan import fresh_until
from ..portfolio import Portfolio, RowError
from ..portfolio.scenarios import Scenario
from ..workbook.file.stamp import Stamped, stamp
from ..workbook.portfolios import shape
from .journal import add_segment
from .destination import Folder, Remote

WRITTEN, FAILED, CHECKED = "written", "failed", "checked"
ENDS_THE_RUN = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENOENT, getattr(errno, "ESTALE", -1)}
"""What makes every later file fail too: a full disk, one that became read-only or went away, a folder removed."""
WRITERS = 4
"""Threads that wait for the disk to have taken a file while the next one is stamped."""
LONGEST_VALUE = 200


class Task(NamedTuple):
    """A portfolio to be done: its number in the input, the source's group, and the file that it becomes.

    `key` stands for everything that the file depends on. What has the file's name already may be written over if
    `force` says so, or if it is `known` from an earlier run and damaged.
    """

    number: int
    group: Any
    file: str
    key: str
    force: bool
    known: bool


class Job(NamedTuple):
    """What is the same for all chunks of a run."""

    checker: Any
    mode: str
    scenarios: Mapping[str, tuple[Scenario, ...]]
    place: Folder | Remote
    dry_run: bool = False


class Done(NamedTuple):
    """The rows of a chunk that is done, and why the whole run must stop ("" = it need not)."""

    rows: list[dict]
    stop: str = ""


class Refusal(Exception):
    """Why the workbook of one portfolio cannot be written."""


def work(job: Job, tasks: Sequence[Task]) -> Done:
    """Do a chunk; a portfolio with a mistake fails alone."""
    rows, by_shape = [], {}
    for task in tasks:
        checked, errors = _checked(job, task)
        if errors:
            rows.append(failed(task.number, task.group.name, errors))
        elif job.dry_run:
            rows.append({"number": task.number, "portfolio": task.group.name, "status": CHECKED, "file": task.file})
        else:
            by_shape.setdefault(shape(checked), []).append((task, checked))
    stop = ""
    with ThreadPoolExecutor(WRITERS) as writers:
        pending: deque[tuple[Task, dict, Future | None]] = deque()
        for batch in by_shape.values():
            for task, portfolio, made in _stamped(job, batch):
                if isinstance(made, Exception):
                    rows.append(failed(task.number, task.group.name, [cannot(task, "be built", _told(made))]))
                    continue
                row = _row(task, portfolio, made, job.mode)
                pending.append((task, row, writers.submit(_write, job.place, task, made.content)))
                if len(pending) > 2 * WRITERS:
                    stop = stop or _collect(*pending.popleft(), rows)
                if stop:
                    break
            if stop:
                break
        while pending:
            stop = _collect(*pending.popleft(), rows) or stop
    if not job.dry_run and rows and not stop:
        try:
            add_segment(job.place, rows)
        except Exception as error:  # a file system of fsspec has errors of its own
            stop = getattr(error, "strerror", None) or str(error)
    return Done(rows, stop)


def failed(number: int, portfolio: str, errors: Sequence[RowError]) -> dict:
    """The row of a portfolio that has no workbook."""
    return {
        "number": number, "portfolio": portfolio, "status": FAILED,
        "errors": [mistake(error) for error in errors],
    }  # fmt: skip


def mistake(error: RowError) -> dict:
    """A mistake as the journal and errors.csv tell it."""
    told = {"file": error.file, "row": error.row or None, "column": error.column}
    return told | {"value": _plain(error.value), "rule": error.rule, "message": str(error)}


def cannot(task: Task, what: str, why: str) -> RowError:
    """A mistake of a workbook that is none of its input's."""
    return RowError(task.file, 0, "(workbook)", None, f"cannot {what}: {why}", task.group.name)


def _checked(job: Job, task: Task) -> tuple[Portfolio | None, Sequence[RowError]]:
    try:
        checked = job.checker.check(task.group)
    except Exception as error:  # one portfolio must not end the others' run
        return None, [cannot(task, "be checked", _told(error))]
    return (checked, ()) if isinstance(checked, Portfolio) else (None, checked.errors)


def _stamped(job: Job, batch: list[tuple[Task, Portfolio]]) -> Iterator[tuple[Task, Portfolio, Stamped | Exception]]:
    """The workbooks of portfolios of one shape; when one of them cannot be made it alone has none."""
    done = 0
    try:
        for pair, made in zip(batch, stamp([p for _, p in batch], job.mode, job.scenarios), strict=True):
            yield *pair, made
            done += 1
    except Exception as error:
        if len(batch) == 1:
            yield *batch[0], error
        else:
            for pair in batch[done:]:
                yield from _stamped(job, [pair])


def _row(task: Task, portfolio: Portfolio, made: Stamped, mode: str) -> dict:
    told, fresh = portfolio.settings, fresh_until(portfolio)
    return {
        "number": task.number, "portfolio": task.group.name, "status": WRITTEN, "key": task.key, "file": task.file,
        "bytes": len(made.content), "sha256": hashlib.sha256(made.content).hexdigest(),
        "figures": {name: _plain(value) for name, value in made.figures.items()}, "checks": list(made.failed),
        "ambers": list(made.ambers), "fresh_until": fresh.isoformat() if fresh else None,
        "positions": [list(row.values()) for row in made.positions],
        "price_time": f"{told.price_time:%Y-%m-%dT%H:%M:%SZ}" if told.price_time else None,
        "price_source": told.price_source, "warnings": list(_warnings(portfolio, mode)),
    }  # fmt: skip


def _warnings(portfolio: Portfolio, mode: str) -> Iterator[str]:
    """What is no mistake, but somebody should know before relying on the workbook."""
    yield from portfolio.notes_on(mode)
    yield from portfolio.warnings
    for name in ("price_time", "price_source"):
        if not getattr(portfolio.settings, name):
            yield f"{name} is not given"
    doubtful = [position for position in portfolio.positions if not position.hedge.verified]
    for key in dict.fromkeys(position.hedge.key or f"of {position.values.asset}" for position in doubtful):
        yield f"contract {key} is not verified"


def _write(place: Folder | Remote, task: Task, content: bytes) -> None:
    """Write a workbook, but not over the work of others."""
    if not task.force and place.exists(task.file):
        present = place.read(task.file)
        if present == content:
            return
        is_lost = task.known and (present is None or not is_whole(present))
        if not is_lost and not is_as_written(present or b""):
            raise Refusal(CHANGED)
    place.write(task.file, content)


def _collect(task: Task, row: dict, future: Future, rows: list[dict]) -> str:
    """Wait for a file to be written and add its row; why the run must stop, if it must."""
    try:
        future.result()
    except Exception as error:
        if isinstance(error, OSError) and error.errno in ENDS_THE_RUN:
            return error.strerror
        why = getattr(error, "strerror", None) or str(error)
        if isinstance(error, PermissionError):
            why += "; is it open in a spreadsheet?"
        rows.append(failed(task.number, task.group.name, [cannot(task, "be written", why)]))
    else:
        rows.append(row)
    return ""


def _told(error: Exception) -> str:
    if isinstance(error, XlhedgeError):
        return str(error)
    return f"unexpected {type(error).__name__}: {' '.join(str(error).split())[:200]}; please report it"


def _plain(value: object) -> object:
    """A value that JSON and CSV can take: numpy's as Python's, times as text, long text cut."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."
