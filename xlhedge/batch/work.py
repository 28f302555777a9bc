"""What a worker does with a chunk of portfolios: check them, stamp their workbooks, write them, tell of each."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import XlhedgeError, unexpected
from ..memory import return_free_pages
from ..plan import fresh_until
from ..portfolio import Portfolio, RowError
from ..portfolio.scenarios import Scenario, unheld, none_held
from ..workbook.file.stamp import Stamped, stamp
from ..workbook.portfolios import shape
from ..workbook.selection import typed_on
from .destination import Folder, Remote
from .journal import Line, add_segment
from .tasks import CHECKED, WRITTEN, Task, cannot, failed, plain
from .writing import Writing


class Job(NamedTuple):
    """What is the same for all chunks of a run."""

    checker: Any
    mode: str
    scenarios: Mapping[str, tuple[Scenario, ...]]
    scenarios_file: str
    left: tuple[str, ...]
    place: Folder | Remote
    dry_run: bool = False


class Done(NamedTuple):
    """The rows of a chunk that is done, and why the whole run must stop ("" = it need not)."""

    lines: list[Line]
    stop: str = ""


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
    if by_shape:
        with Writing(job.place) as writing:
            for batch in by_shape.values():
                for task, portfolio, made in _stamped(job, batch):
                    if isinstance(made, Exception):
                        rows.append(failed(task.number, task.group.name, [cannot(task, "be built", _told(made))]))
                    else:
                        writing.add(task, _row(task, portfolio, made, job), made.content)
                    if writing.stop:
                        break
                if writing.stop:
                    break
        rows, stop = rows + writing.rows, writing.stop
    lines = [*map(Line.of, rows)]
    if not job.dry_run and rows and not stop:
        try:
            add_segment(job.place, lines)
        except Exception as error:  # a file system of fsspec has errors of its own
            stop = getattr(error, "strerror", None) or str(error)
    return_free_pages()  # what a large shape needed is not kept while others are done
    return Done(lines, stop)


def _checked(job: Job, task: Task) -> tuple[Portfolio | None, Sequence[RowError]]:
    try:
        checked = job.checker.check(task.group)
    except Exception as error:  # one portfolio must not end the others' run
        return None, [cannot(task, "be checked", _told(error))]
    if not isinstance(checked, Portfolio):
        return None, checked.errors
    if rule := none_held(job.scenarios, checked.assets):
        return None, [RowError(job.scenarios_file, 0, "(scenarios)", None, rule, task.group.name)]
    return checked, ()


def _stamped(job: Job, batch: list[tuple[Task, Portfolio]]) -> Iterator[tuple[Task, Portfolio, Stamped | Exception]]:
    """The workbooks of portfolios of one shape; when one of them cannot be made it alone has none."""
    done = 0
    try:
        for pair, made in zip(batch, stamp([p for _, p in batch], job.mode, job.scenarios, job.left), strict=True):
            yield *pair, made
            done += 1
    except Exception as error:
        if len(batch) == 1:
            yield *batch[0], error
        else:
            for pair in batch[done:]:
                yield from _stamped(job, [pair])


def _row(task: Task, portfolio: Portfolio, made: Stamped, job: Job) -> dict:
    told, fresh = portfolio.settings, fresh_until(portfolio)
    return {
        "number": task.number, "portfolio": task.group.name, "status": WRITTEN, "key": task.key, "file": task.file,
        "input": portfolio.digest, "bytes": len(made.content), "sha256": hashlib.sha256(made.content).hexdigest(),
        "figures": {name: plain(value) for name, value in made.figures.items()}, "checks": list(made.failed),
        "ambers": list(made.ambers), "fresh_until": fresh.isoformat() if fresh else None,
        "positions": [list(row.values()) for row in made.positions],
        "price_time": f"{told.price_time:%Y-%m-%dT%H:%M:%SZ}" if told.price_time else None,
        "price_source": told.price_source, "warnings": list(_warnings(portfolio, job)),
    }  # fmt: skip


def _warnings(portfolio: Portfolio, job: Job) -> Iterator[str]:
    """What is no mistake, but somebody should know before relying on the workbook."""
    yield from portfolio.notes_on(job.mode)
    if words := unheld(job.scenarios, portfolio.assets):
        yield f"{job.scenarios_file}: {words}"
    for name in typed_on(portfolio.kept, job.left):
        yield f"what was typed on {name} is left out with its sheet"
    yield from portfolio.warnings
    for name in ("price_time", "price_source"):
        if not getattr(portfolio.settings, name):
            yield f"{name} is not given"
    doubtful = [position for position in portfolio.positions if not position.hedge.verified]
    for key in dict.fromkeys(position.hedge.key or f"of {position.values.asset}" for position in doubtful):
        yield f"contract {key} is not verified"


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, XlhedgeError) else unexpected(error)
