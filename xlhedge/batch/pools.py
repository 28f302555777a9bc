"""Who does the chunks: this process, or workers of its own that may die without harm.

Each way is a generator: chunks in, done chunks out as they finish, in any order, few in flight at a time.
"""

import contextlib
import multiprocessing.connection
from collections import deque
from collections.abc import Iterator, Sequence

from ..processes import begun, context, how_it_ended, received, serve
from . import WORKS
from .journal import Line
from .tasks import Task, cannot, failed
from .work import Done, Job, work

TRIES = 2
"""How often a chunk is begun again after its worker died; then its portfolios are done one at a time."""

Chunk = Sequence[Task]


def in_process(job: Job, chunks: Iterator[Chunk]) -> Iterator[Done]:
    """Do the chunks one after the other, here."""
    for chunk in chunks:
        yield work(job, chunk)


def processes(job: Job, chunks: Iterator[Chunk], count: int) -> Iterator[Done]:
    """Do the chunks in `count` processes. A worker that dies is replaced, and what it had in hand is done again."""
    made_by, retries, workers = context(WORKS), deque(), []
    try:
        while True:
            while len(workers) < count and (given := _next(retries, chunks)):
                workers.append(Worker(made_by, job, *given))
            if not workers:
                return
            for worker in _ready(workers):
                try:
                    done = worker.done()
                except (EOFError, OSError):
                    workers.remove(worker)
                    yield from _again(worker, retries)
                    continue
                if given := _next(retries, chunks):
                    worker.give(*given)
                else:
                    workers.remove(worker)
                    worker.dismiss()
                yield done
    finally:
        for worker in workers:
            worker.end()


class Worker:
    """A process with a chunk in hand, and how often that chunk has been begun before."""

    def __init__(self, made_by, job: Job, chunk: Chunk, tries: int) -> None:
        self.process, self.connection = begun(made_by, _serve, job)
        self.give(chunk, tries)

    def give(self, chunk: Chunk, tries: int) -> None:
        """Hand over a chunk; of a worker that has died meanwhile the next look at its connection tells."""
        self.chunk, self.tries = chunk, tries
        with contextlib.suppress(OSError):
            self.connection.send(chunk)

    def done(self) -> Done:
        """What the process has done; EOFError when it has died."""
        if not self.connection.poll():
            raise EOFError
        return self.connection.recv()

    def dismiss(self) -> None:
        """Let the process end by itself."""
        with contextlib.suppress(OSError):
            self.connection.send(None)
        self.connection.close()
        self.process.join()

    def end(self) -> None:
        """End the process at once."""
        self.process.kill()
        self.dismiss()


def _ready(workers: list[Worker]) -> list[Worker]:
    """Wait until a worker has done its chunk, or has died."""
    handles = [handle for worker in workers for handle in (worker.connection, worker.process.sentinel)]
    ready = {*multiprocessing.connection.wait(handles)}
    return [worker for worker in workers if ready & {worker.connection, worker.process.sentinel}]


def _next(retries: deque, chunks: Iterator[Chunk]) -> tuple[Chunk, int] | None:
    if retries:
        return retries.popleft()
    chunk = next(chunks, None)
    return None if chunk is None else (chunk, 0)


def _again(worker: Worker, retries: deque) -> Iterator[Done]:
    """Put the chunk of a dead worker back, whole or in single portfolios; one that was alone has failed."""
    worker.process.join()
    if worker.tries < TRIES:
        retries.append((worker.chunk, worker.tries + 1))
    elif len(worker.chunk) > 1:
        retries.extend(([task], TRIES) for task in worker.chunk)
    else:
        yield died(worker.chunk[0], how_it_ended(worker.process.exitcode))
    worker.connection.close()


def died(task: Task, how: str) -> Done:
    """What is done of a portfolio whose worker dies whenever it is built."""
    why = f"the process that built it {how} each time; perhaps it needs more memory than there is"
    return Done([Line.of(failed(task.number, task.group.name, [cannot(task, "be built", why)]))])


def _serve(connection, job: Job) -> None:
    """Do chunks until there are no more, or until the process that gives them is gone."""
    serve()
    while chunk := received(connection):
        done = work(job, chunk)
        with contextlib.suppress(OSError):
            connection.send(done)
