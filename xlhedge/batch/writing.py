"""Workbooks on their way to the disk: written while the next ones are stamped, flushed many at a time, then given their names.

A file has its name only when the disk has taken all of it, and the journal tells of it only after that.
"""

import errno
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from ..ooxml.as_written import CHANGED, is_as_written, is_whole
from .destination import Folder, Remote
from .tasks import Task, cannot, failed

ENDS_THE_RUN = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ENOENT, getattr(errno, "ESTALE", -1)}
"""What makes every later file fail too: a full disk, one that became read-only or went away, a folder removed."""
WRITERS = 4
"""Threads that write files while the next one is stamped."""
GROUP = 100
"""Files that are flushed together: flushing each costs more than writing it."""


class Refusal(Exception):
    """Why the workbook of one portfolio cannot be written."""


class Written(NamedTuple):
    """A workbook under its temporary name, None where the very file is there already; or why there is none."""

    task: Task
    row: dict
    temporary: "Future[Path | None]"


class Writing:
    """Writes the workbooks of a chunk: `rows` tell of each when it is closed, and `stop` why the run must end, if it must."""

    def __init__(self, place: Folder | Remote) -> None:
        self._place = place
        self._writers, self._flusher = ThreadPoolExecutor(WRITERS), ThreadPoolExecutor(1)
        self._unwritten: deque[Future] = deque()
        self._group: list[Written] = []
        self._flushed: deque[Future] = deque()
        self.rows: list[dict] = []
        self.stop = ""

    def __enter__(self) -> "Writing":
        return self

    def __exit__(self, *_) -> None:
        self._flush()
        while self._flushed:
            self._take(self._flushed.popleft().result())
        self._writers.shutdown()
        self._flusher.shutdown()

    def add(self, task: Task, row: dict, content: bytes) -> None:
        """Write a workbook soon; few contents and few groups are held at a time."""
        temporary = self._writers.submit(_written, self._place, task, content)
        self._group.append(Written(task, row, temporary))
        self._unwritten.append(temporary)
        if len(self._unwritten) > 2 * WRITERS:
            self._unwritten.popleft().exception()
        if len(self._group) >= GROUP:
            self._flush()
        while self._flushed and (len(self._flushed) > 1 or self._flushed[0].done()):
            self._take(self._flushed.popleft().result())

    def _flush(self) -> None:
        if self._group:
            self._flushed.append(self._flusher.submit(_settled, self._place, self._group))
            self._group = []

    def _take(self, outcomes: list[tuple[Written, Exception | None]]) -> None:
        for (task, row, _), error in outcomes:
            if isinstance(error, OSError) and error.errno in ENDS_THE_RUN:
                self.stop = error.strerror
            elif error:
                why = getattr(error, "strerror", None) or str(error)
                if isinstance(error, PermissionError):
                    why += "; is it open in a spreadsheet?"
                self.rows.append(failed(task.number, task.group.name, [cannot(task, "be written", why)]))
            else:
                self.rows.append(row)


def _written(place: Folder | Remote, task: Task, content: bytes) -> Path | None:
    """Write a workbook under a temporary name, but not where it would take the place of others' work."""
    if not task.force and place.exists(task.file):
        present = place.read(task.file)
        if present == content:
            return None
        is_lost = task.known and (present is None or not is_whole(present))
        if not is_lost and not is_as_written(present or b""):
            raise Refusal(CHANGED)
    return place.stage(task.file, content)


def _settled(place: Folder | Remote, group: list[Written]) -> list[tuple[Written, Exception | None]]:
    """Have the disk take a group of files and give them their names; each with its error, if it has one."""
    errors = [each.temporary.exception() for each in group]
    staged = {
        each.task.file: each.temporary.result()
        for each, error in zip(group, errors)
        if not error and each.temporary.result()
    }
    try:
        lost = place.settle(staged)
    except OSError as error:
        lost = dict.fromkeys(staged, error)
    return [(each, error or lost.get(each.task.file)) for each, error in zip(group, errors)]
