"""Batch runs on a Dask cluster: a scheduler and two worker processes on loopback, one of which is killed."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from batches import batch, holdings, start, tree

from xlhedge import __version__
from xlhedge.workbook.file.packing import PACKER

COUNT = 60


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._file, self._all = folder / "scheduler.json", []
        self._run("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.workers = [self.add_worker() for _ in range(2)]
        until = time.monotonic() + 60
        while not self._file.exists():
            assert time.monotonic() < until, "the scheduler did not start"
            time.sleep(0.05)
        self.address = json.loads(self._file.read_text())["address"]

    def add_worker(self) -> subprocess.Popen:
        """Start one more worker."""
        return self._run("dask_worker", "--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard")

    def close(self) -> None:
        """End what is left."""
        for process in self._all:
            process.kill()
            process.wait()

    def _run(self, module: str, *arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{module}", "--scheduler-file", str(self._file), *arguments]
        self._all.append(subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
        return self._all[-1]


@pytest.fixture
def cluster(tmp_path):
    running = Cluster(tmp_path)
    yield running
    running.close()


@pytest.fixture(scope="module")
def given(tmp_path_factory) -> Path:
    return holdings(tmp_path_factory.mktemp("given") / "holdings.csv", COUNT, "Bad,BTC,x,60000,bybit,20%\n")


@pytest.fixture(scope="module")
def whole(given, tmp_path_factory) -> Path:
    """The folder of an undisturbed run without a cluster."""
    out = tmp_path_factory.mktemp("whole") / "out"
    batch(given, "--out", out, "--jobs", 1, code=3)
    return out


def test_a_worker_that_is_killed_loses_nothing(cluster, given, whole, tmp_path):
    out = tmp_path / "out"
    run = start(given, "--out", out, "--cluster", cluster.address)
    until = time.monotonic() + 120
    while len([*out.glob("*.xlsx")]) < 2:
        assert run.poll() is None and time.monotonic() < until, run.communicate()
        time.sleep(0.002)
    cluster.workers[0].send_signal(signal.SIGKILL)
    _, told = run.communicate(timeout=240)
    assert run.returncode == 3 and "Traceback" not in told, told
    assert tree(out) == tree(whole)
    again = batch(given, "--out", out, "--cluster", cluster.address, "--resume", code=3)
    assert f"0 written, {COUNT} skipped" in again.stdout and tree(out) == tree(whole)


def test_a_cluster_that_is_not_there(given, tmp_path, monkeypatch):
    from xlhedge.batch import cluster

    monkeypatch.setattr(cluster, "PATIENCE", "2s")
    told = batch(given, "--out", tmp_path / "out", "--cluster", "tcp://127.0.0.1:9", code=2).stderr
    assert told.startswith("xlhedge: --cluster tcp://127.0.0.1:9: cannot be reached: ") and told.count("\n") == 1


def test_workers_that_pack_otherwise_are_refused(cluster, given, tmp_path, monkeypatch):
    from xlhedge.batch import cluster as here

    monkeypatch.setattr(here, "PACKER", "zlib 0.9")
    told = batch(given, "--out", tmp_path / "out", "--cluster", cluster.address, code=2).stderr
    assert f"has xlhedge {__version__} with {PACKER}, this machine has xlhedge {__version__} with zlib 0.9\n" in told
    assert not [*(tmp_path / "out").glob("*.xlsx")]


def test_workers_that_do_not_see_the_folder(cluster, given):
    told = batch(given, "--out", "memory://out", "--cluster", cluster.address, code=2).stderr
    assert told == "xlhedge: memory://out: is in the memory of one process, which a cluster does not share\n"


@pytest.mark.parametrize(
    "missing, options, told",
    [
        ("distributed", ("--out", "out", "--cluster", "tcp://127.0.0.1:9"), "--cluster needs Dask"),
        ("fsspec.core", ("--out", "memory://out"), "memory://out: writing to a URL needs fsspec"),
    ],
)
def test_without_the_extra_one_sentence_says_what_to_install(missing, options, told, given, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.delitem(sys.modules, "xlhedge.batch.cluster", raising=False)
    found = batch(given, *options, code=2).stderr
    assert found == f"xlhedge: {told}: pip install xlhedge[cluster]\n"
