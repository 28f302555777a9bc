"""Many workbooks at once: processes that look at them, and the one LibreOffice that recalculates for all."""

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

from ..errors import unexpected
from ..processes import begun, context, how_it_ended, received, serve
from .looked import Begun, Report
from .recalculation import Calc, Elsewhere

FEWEST = 6
"""Workbooks for which processes are begun: it takes as long as to look at some."""
MOST = 4
"""Processes that one LibreOffice keeps up with."""


def by_processes(paths: list[Path], recalculates: Calc) -> Iterator[Report]:
    """What is to be said of each workbook, in their order."""
    made_by, todo = context("xlhedge.check.looked"), queue.SimpleQueue()
    reports = [Future() for _ in paths]
    for each in zip(paths, reports):
        todo.put(each)
    workers = [Worker(made_by, recalculates, todo) for _ in range(min(MOST, os.cpu_count() or 1))]
    try:
        for number, report in enumerate(reports):
            yield report.result()
            reports[number] = None  # what was told is not kept
    finally:
        for worker in workers:
            worker.end()


class Worker:
    """A process that looks at one workbook after the other, and the thread that gives it those; a process that dies is replaced."""

    def __init__(self, made_by, recalculates: Calc, todo: queue.SimpleQueue) -> None:
        self._made_by, self._recalculates, self._todo, self._is_over = made_by, recalculates, todo, False
        self._begin()
        threading.Thread(target=self._give, daemon=True).start()

    def end(self) -> None:
        """End the process at once."""
        self._is_over = True
        self._process.kill()

    def _begin(self) -> None:
        self._process, self._connection = begun(self._made_by, _serve, self._recalculates.folder)

    def _give(self) -> None:
        """Give workbooks to the process until there are no more."""
        with contextlib.suppress(queue.Empty):
            while not self._is_over:
                path, report = self._todo.get_nowait()
                try:
                    self._connection.send(path)
                    report.set_result(self._report())
                except (EOFError, OSError):
                    self._process.join()
                    if not self._is_over:
                        how = how_it_ended(self._process.exitcode)
                        report.set_result(Report(path, error=f"{path}: the process that looked at it {how}"))
                        self._begin()
                except Exception as error:
                    report.set_exception(error)
        self._connection.close()

    def _report(self) -> Report:
        """What the process has to say of a workbook; on the way it asks for a recalculation."""
        while True:
            told = self._connection.recv()
            if isinstance(told, Report):
                return told
            self._recalculates.recalculated(told).add_done_callback(_answering(self._connection))


def _answering(connection) -> Callable[[Future], None]:
    """What sends a recalculation to the process that asked for it, though another one may have taken its place."""

    def answer(recalculated: Future) -> None:
        with contextlib.suppress(OSError):
            connection.send(recalculated.exception() or recalculated.result())

    return answer


def _serve(connection, folder: Path) -> None:
    """Look at workbooks until there are no more, or until the process that gives them is gone."""
    serve()
    with Elsewhere(connection, folder) as recalculates:
        while path := received(connection):
            try:
                told = Begun(path, recalculates).report()
            except Exception as error:  # one file stops no other one
                told = Report(path, error=f"{path}: {unexpected(error)}")
                recalculates.rest()
            with contextlib.suppress(OSError):
                connection.send(told)
