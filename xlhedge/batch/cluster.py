"""Chunks as tasks of a Dask cluster: workers on other machines, any of which may die without harm."""

import contextlib
import logging
import secrets
from collections.abc import Callable, Iterator

import distributed
from distributed.diagnostics.plugin import WorkerPlugin

from .. import __version__
from ..errors import FileError
from ..workbook.file.packing import PACKER
from .destination import HIDDEN
from .pools import Chunk, died
from .work import Done, Job, work

RETRIES = 3
PATIENCE = "20s"
SETTLE = "60s"
IN_FLIGHT = 3
"""Chunks under way for each thread of the cluster."""


def on_cluster(job: Job, chunks: Callable[[int], Iterator[Chunk]], address: str) -> Iterator[Done]:
    """Do the chunks, cut for so many threads, on the cluster whose scheduler has an address such as tcp://10.0.0.5:8786."""
    logging.getLogger("distributed").setLevel(logging.ERROR)  # a worker that died is made up for, and no news
    try:
        client = distributed.Client(address, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise FileError(f"--cluster {address}: cannot be reached: {' '.join(str(error).split())[:120]}") from None
    with client:
        threads = _check_workers(client, job, address)
        setup = Setup(job)
        client.register_plugin(setup)
        try:
            yield from _done(client, setup.name, chunks(threads), IN_FLIGHT * threads)
        finally:
            client.unregister_worker_plugin(setup.name)


def _done(client: distributed.Client, job: str, chunks: Iterator[Chunk], most: int) -> Iterator[Done]:
    """Keep `most` chunks under way; one whose workers die again and again is done one portfolio at a time."""
    under_way: dict[distributed.Future, Chunk] = {}
    finished = distributed.as_completed()

    def give(chunk: Chunk) -> None:
        future = client.submit(_work, job, chunk, retries=RETRIES, pure=False)
        under_way[future] = chunk
        finished.add(future)

    try:
        for chunk in _first(chunks, most):
            give(chunk)
        for future in finished:
            chunk = under_way.pop(future)
            if future.status == "finished":
                yield future.result()
            elif future.status == "error" and not isinstance(error := future.exception(), distributed.KilledWorker):
                raise FileError(f"--cluster: a chunk failed on a worker: {type(error).__name__}: {error}")
            elif len(chunk) > 1:
                for task in chunk:
                    give([task])
                continue
            else:
                yield died(chunk[0], "was killed")
            for chunk in _first(chunks, 1):
                give(chunk)
    finally:  # a run that stops keeps its lock until nobody writes any more
        with contextlib.suppress(TimeoutError):
            distributed.wait([*under_way], timeout=SETTLE)


def _first(chunks: Iterator[Chunk], count: int) -> Iterator[Chunk]:
    for _, chunk in zip(range(count), chunks):
        yield chunk


def _check_workers(client: distributed.Client, job: Job, address: str) -> int:
    """Refuse a cluster that cannot do the job; the number of its threads."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        versions = client.run(_version)
    except TimeoutError:
        raise FileError(f"--cluster {address}: has no workers") from None
    except ImportError:
        raise FileError(f"--cluster {address}: xlhedge is not installed on every worker") from None
    for worker, version in versions.items():
        if version != _version():
            raise FileError(f"--cluster {address}: worker {worker} has {version}, this machine has {_version()}")
    probe = f"{HIDDEN}/{secrets.token_hex(8)}.probe"
    job.place.write(probe, b"")
    try:
        for worker, sees in client.run(_sees, job.place, probe).items():
            if not sees:
                raise FileError(
                    f"{job.place}: worker {worker} does not see it; --out must be on a disk or URL that all share"
                )
    finally:
        job.place.remove(probe)
    return sum(client.nthreads().values())


def _version() -> str:
    return f"xlhedge {__version__} with {PACKER}"


def _sees(place, name: str) -> bool:
    return not place.in_process_only and place.exists(name)


JOBS: dict[str, Job] = {}
"""What a worker process has been given to do, by run."""


class Setup(WorkerPlugin):
    """Gives the job to every worker once, to those too that join or come back later."""

    def __init__(self, job: Job) -> None:
        self.name, self._job = f"xlhedge-{secrets.token_hex(8)}", job

    def setup(self, worker: distributed.Worker) -> None:
        """Keep the job in the worker's process."""
        JOBS[self.name] = self._job

    def teardown(self, worker: distributed.Worker) -> None:
        """Let go of it."""
        JOBS.pop(self.name, None)


def _work(name: str, chunk: Chunk) -> Done:
    return work(JOBS[name], chunk)
