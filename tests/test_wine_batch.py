"""Batch runs on Windows, under Wine: the same workbooks as here, a lock that holds, a killed run that is completed."""

import io
import signal
import time
import zipfile

import pytest
from batches import batch, holdings, tree
from wine.tier import SERVED, Wine, windows

COUNT = 24


@pytest.fixture(scope="module")
def wine(tmp_path_factory):
    """Windows Python and a drive C of its own; in the end all its programs are ended."""
    wine = Wine(tmp_path_factory.mktemp("wine"), *SERVED)
    yield wine
    wine.stop()
    assert not wine.programs()


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """An input with a portfolio that cannot be built and one whose name Windows keeps for itself."""
    extra = "Bad,BTC,x,60000,bybit,20%\ncon,BTC,1,60000,bybit,20%\n"
    return holdings(tmp_path_factory.mktemp("given") / "Bestände.csv", COUNT, extra)


@pytest.fixture(scope="module")
def whole(wine, given, tmp_path_factory):
    """The folder of an undisturbed run on Windows, by two processes."""
    out = tmp_path_factory.mktemp("whole") / "out"
    run = wine.run(*command(wine, given, out, "--jobs", 2), timeout=150)
    assert run.returncode == 3 and f"{COUNT + 1} written, 0 skipped, 1 failed" in run.stdout, run.stdout
    return out


def command(wine, given, out, *options) -> list:
    return [wine.python, "-B", "-m", "xlhedge.cli", "batch", windows(given), "--out", windows(out), *options]


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_windows_writes_what_this_machine_writes(whole, given, tmp_path):
    batch(given, "--out", tmp_path / "out", "--jobs", 1, code=3)
    ours, theirs = tree(tmp_path / "out", journal=False), tree(whole, journal=False)
    assert theirs.keys() == ours.keys() and "con.xlsx" not in ours
    for name in ours:
        if name.endswith(".xlsx"):
            assert unpacked(theirs[name]) == unpacked(ours[name]), name
        elif name.endswith(".csv"):
            assert theirs[name] == ours[name], name


def test_one_run_at_a_time_and_a_killed_one_is_completed_to_the_same_bytes(wine, whole, given, tmp_path):
    out = tmp_path / "out"
    first = wine.start(*command(wine, given, out, "--jobs", 1))
    until = time.monotonic() + 60
    while not [*out.glob("*.xlsx")]:
        assert first.poll() is None and time.monotonic() < until, first.communicate()
        time.sleep(0.01)
    first.send_signal(signal.SIGSTOP)
    second = wine.run(*command(wine, given, out, "--resume"))
    first.kill()
    assert second.returncode == 2, second.stdout
    assert f"{windows(out)}: another xlhedge batch is writing here (process " in second.stdout
    assert second.stdout.count("\n") == 1
    written = len([*out.glob("*.xlsx")])
    assert 0 < written <= COUNT and not (out / "manifest.json").exists()
    third = wine.run(*command(wine, given, out, "--jobs", 1, "--resume"), timeout=150)
    assert third.returncode == 3 and "was killed; its lock is taken over" in third.stdout, third.stdout
    assert tree(out) == tree(whole)
