"""Batch runs that go wrong: killed, interrupted, out of disk, in each other's way; nothing is lost and nothing is half."""

import errno
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from batches import COMMAND, HEADER, batch, good, holdings, manifest, start, tree
from ooxml import missing
from test_batch_run import rows
from users import ordinary_user

from xlhedge.batch import destination as places
from xlhedge.batch import pools, work

COUNT = 60
RESUME = "the same command with --resume completes it"
KILLS = 50
POISONED_OF = 10_000


@pytest.fixture(scope="module")
def given(tmp_path_factory) -> Path:
    return holdings(tmp_path_factory.mktemp("given") / "holdings.csv", COUNT)


@pytest.fixture(scope="module")
def whole(given, tmp_path_factory) -> Path:
    """The folder of an undisturbed run."""
    out = tmp_path_factory.mktemp("whole") / "out"
    batch(given, "--out", out, "--jobs", 1)
    return out


def resumed(given: Path, out: Path, *options: object, code: int = 0):
    return batch(given, "--out", out, "--jobs", 1, "--resume", *options, code=code)


# Killed


def test_killed_at_fifty_random_moments_a_run_leaves_no_half_file_and_resumes_to_the_same_bytes(given, tmp_path):
    """Runs are killed and resumed until they end, again and again, with one process and with several."""
    out, chance, begun = tmp_path / "out", random.Random(7), time.monotonic()
    assert start(given, "--out", out, "--jobs", 2).wait() == 0
    longest, kills, undisturbed = time.monotonic() - begun, 0, tree(out)
    while kills < KILLS:
        run = start(given, "--out", out, "--jobs", 1 + kills % 2, "--resume")
        try:
            assert run.wait(chance.uniform(0.1, longest)) == 0, run.communicate()
        except subprocess.TimeoutExpired:
            run.kill()
            kills += 1
        _, told = run.communicate()
        assert "Traceback" not in told, told
        found = tree(out, journal=False)
        other = {n: c for n, c in found.items() if not n.endswith(".part") and undisturbed.get(n) != c}
        assert not other, {name: content[-600:] for name, content in other.items()}
        if run.returncode == 0:
            assert tree(out) == undisturbed
            for path in chance.sample(sorted(filter(Path.is_file, out.iterdir())), COUNT * 3 // 4):
                path.unlink()  # the next run has work to do
    assert start(given, "--out", out, "--jobs", 1, "--resume").wait() == 0
    assert tree(out) == undisturbed


@pytest.mark.parametrize("stop, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_a_run_says_how_to_complete_it(stop, code, tmp_path):
    given, out = holdings(tmp_path / "holdings.csv", 5 * COUNT), tmp_path / "out"
    run = start(given, "--out", out, "--jobs", 2)
    _wait_for(out, 5, run)
    run.send_signal(stop)
    _, told = run.communicate()
    assert run.returncode == code and "with --resume completes it" in told and "Traceback" not in told
    assert not [*out.rglob("*.part")] and len([*out.glob("*.xlsx")]) < 5 * COUNT
    resumed(given, out)
    batch(given, "--out", tmp_path / "whole", "--jobs", 1)
    assert tree(out) == tree(tmp_path / "whole")


def test_workers_end_with_the_process_that_gave_them_work(given, tmp_path):
    run = start(given, "--out", tmp_path / "out", "--jobs", 2)
    _wait_for(tmp_path / "out", 2, run)
    run.kill()
    run.communicate()  # returns when no worker holds the pipe any more
    before = tree(tmp_path / "out")
    time.sleep(0.3)
    assert tree(tmp_path / "out") == before


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_worker_that_dies_is_replaced(jobs, given, whole, tmp_path):
    out = tmp_path / "out"
    run = start(given, "--out", out, "--jobs", 1 + jobs)
    _wait_for(out, 2, run)
    for child in _workers(run.pid)[:jobs]:
        os.kill(child, signal.SIGKILL)
    assert run.wait() == 0, run.communicate()
    assert tree(out) == tree(whole)


def test_a_portfolio_that_kills_its_worker_fails_alone(given, tmp_path, monkeypatch):
    """The worker's own work is replaced in the processes that are forked from here."""
    import multiprocessing

    monkeypatch.setattr(pools, "context", lambda preload: multiprocessing.get_context("fork"))
    shaped = work.shape
    monkeypatch.setattr(work, "shape", lambda p: os.kill(os.getpid(), 9) if p.name == "Fund 00007" else shaped(p))
    batch(given, "--out", tmp_path / "out", "--jobs", 2, code=3)
    (error,) = rows(tmp_path / "out/errors.csv")
    assert error["portfolio"] == "Fund 00007" and "was killed (SIGKILL)" in error["rule"]
    assert manifest(tmp_path / "out")["totals"]["written"] == COUNT - 1


def test_a_portfolio_that_cannot_be_built_fails_alone(tmp_path, monkeypatch):
    given = holdings(tmp_path / "h.csv", 10)

    def stamp(portfolios, *rest):
        for portfolio in portfolios:
            if portfolio.name == "Fund 00007":
                raise MemoryError
            yield from stamped([portfolio], *rest)

    stamped = work.stamp
    monkeypatch.setattr(work, "stamp", stamp)
    batch(given, "--out", tmp_path / "out", "--jobs", 1, code=3, unexpected=True)
    (error,) = rows(tmp_path / "out/errors.csv")
    assert error["portfolio"] == "Fund 00007" and "unexpected MemoryError" in error["rule"]
    assert manifest(tmp_path / "out")["totals"]["written"] == 9


# Resumed


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def _changed(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def _to_a_link(path: Path) -> None:
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


@pytest.mark.parametrize("harm", [Path.unlink, _cut, _changed, _to_a_link])
def test_resume_makes_again_what_is_not_intact_and_nothing_else(harm, given, whole, tmp_path):
    out = _copy(whole, tmp_path)
    harm(out / "Fund 00003.xlsx")
    before = {path: path.stat().st_ino for path in out.glob("*.xlsx")}
    assert "1 written, 59 skipped" in resumed(given, out).stdout
    after = {path: path.stat().st_ino for path in out.glob("*.xlsx")}
    assert {path.name for path in after if before.get(path) != after[path]} <= {"Fund 00003.xlsx"}
    (out / "Fund 00003.moved").unlink(missing_ok=True)
    assert tree(out) == tree(whole)


def test_resume_makes_again_what_has_another_input(given, whole, tmp_path):
    out, other = _copy(whole, tmp_path), tmp_path / "holdings.csv"
    other.write_text(given.read_text().replace("Fund 00003,BTC,8,", "Fund 00003,BTC,9,"))
    assert "1 written, 59 skipped" in resumed(other, out).stdout
    batch(other, "--out", tmp_path / "new", "--jobs", 1)
    assert tree(out) == tree(tmp_path / "new")


@pytest.mark.parametrize("option", [("--set", "rally=80%"), ("--functions", "lambda")])
def test_resume_with_other_settings_makes_everything_again(option, whole, tmp_path):
    few = holdings(tmp_path / "few.csv", 3)
    batch(few, "--out", tmp_path / "out", "--jobs", 1)
    assert "3 written, 0 skipped" in resumed(few, tmp_path / "out", *option).stdout
    batch(few, "--out", tmp_path / "new", "--jobs", 1, *option)
    assert tree(tmp_path / "out") == tree(tmp_path / "new")


def test_a_damaged_journal_costs_no_more_than_work(given, whole, tmp_path):
    out = _copy(whole, tmp_path)
    journal = out / ".xlhedge/all.jsonl"
    journal.write_bytes(journal.read_bytes()[:2000] + b"\n{]\n\xff\n")
    resumed(given, out)
    assert tree(out) == tree(whole)


# In each other's way


def test_a_folder_with_an_earlier_run_is_left_alone(given, whole, tmp_path):
    out = _copy(whole, tmp_path)
    told = batch(given, "--out", out, code=2).stderr
    assert told == f"xlhedge: {out}: holds an earlier run; --resume completes it, --force begins it anew\n"
    assert tree(out) == tree(whole)
    assert "60 written, 0 skipped" in batch(given, "--out", out, "--force", "--jobs", 1).stdout
    assert tree(out) == tree(whole)


def test_two_runs_in_one_folder_are_one_too_many(given, whole, tmp_path):
    out = tmp_path / "out"
    run = start(given, "--out", out, "--jobs", 1)
    _wait_for(out, 1, run)
    run.send_signal(signal.SIGSTOP)
    told = resumed(given, out, code=2).stderr
    assert told.startswith(f"xlhedge: {out}: another xlhedge batch is writing here (process {run.pid} on ")
    assert "another xlhedge batch" in batch(given, "--out", out, "--shard", "1/2", code=2).stderr
    run.send_signal(signal.SIGCONT)
    assert run.wait() == 0 and tree(out) == tree(whole)


def test_two_shards_may_run_in_one_folder(given, whole, tmp_path):
    out = tmp_path / "out"
    runs = [start(given, "--out", out, "--jobs", 1, "--shard", f"{part}/2") for part in (1, 2)]
    assert [run.wait() for run in runs] == [0, 0]
    assert tree(out, journal=False).items() >= tree(whole, journal=False).items()


def test_the_lock_of_a_process_that_was_killed_is_taken_over(given, tmp_path):
    (tmp_path / "out/.xlhedge").mkdir(parents=True)
    (tmp_path / "out/.xlhedge/all.lock").write_text('{"process": 4711, "host": "desk"}')
    told = batch(given, "--out", tmp_path / "out", "--dry-run").stderr
    assert told == ""
    few = holdings(tmp_path / "few.csv", 1)
    told = batch(few, "--out", tmp_path / "out", "--jobs", 1).stderr
    assert told == "xlhedge: the earlier run here (process 4711 on desk) was killed; its lock is taken over\n"
    assert resumed(few, tmp_path / "out").stderr == ""


# Disks


def test_a_full_disk_ends_the_run_and_resume_completes_it(given, whole, tmp_path):
    """A disk of half the size that is needed, in a mount namespace of its own; then it grows."""
    if subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", tmp_path], capture_output=True).returncode:
        missing("the right to mount a tmpfs", "sysctl kernel.unprivileged_userns_clone=1")
    half = sum(map(len, tree(whole).values())) // 2048
    (tmp_path / "disk").mkdir()
    script = f"""
        cd {tmp_path}
        mount -t tmpfs -o size={half}k none disk
        "$@" --out disk/out --jobs 2 --quiet; echo "code $?"
        find disk -name '*.part'
        mount -o remount,size={8 * half}k disk
        "$@" --out disk/out --jobs 2 --quiet --resume && cp -r disk/out kept; echo "code $?"
    """
    command = ["unshare", "-rm", "bash", "-c", script, "bash", *COMMAND, given]
    told = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": os.getcwd()})
    assert told.stdout.splitlines() == ["code 2", "code 0"], told
    assert told.stderr == f"xlhedge: stopped: {tmp_path}/disk/out: No space left on device; {RESUME}\n"
    assert tree(tmp_path / "kept") == tree(whole)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_a_disk_that_fails_ends_the_run(code, given, whole, tmp_path, monkeypatch):
    def fsync(handle):
        if next(left, None) is None:
            raise OSError(code, os.strerror(code))

    left = iter(range(1))
    with monkeypatch.context() as patched:
        patched.setattr(places.os, "fsync", fsync)
        told = batch(given, "--out", tmp_path / "out", "--jobs", 1, code=2).stderr
    assert told == f"xlhedge: stopped: {tmp_path}/out: {os.strerror(code)}; {RESUME}\n"
    resumed(given, tmp_path / "out")
    assert tree(tmp_path / "out") == tree(whole)


def test_a_folder_that_cannot_be_written_to(tmp_path):
    given, out = holdings(tmp_path / "h.csv", 1), tmp_path / "out"
    batch(given, "--out", tmp_path / "first", "--jobs", 1)  # loads what the user below may not read
    out.mkdir(mode=0o555)
    with ordinary_user(tmp_path):
        told = batch(given, "--out", out, "--jobs", 1, code=2).stderr
    assert told == f"xlhedge: {out}: the folder cannot be written to: Permission denied\n"


@pytest.mark.parametrize("out, told", [("h.csv", "is a file, not a folder"), ("no/out", "there is no folder")])
def test_a_folder_that_cannot_be_made(out, told, tmp_path):
    few = holdings(tmp_path / "h.csv", 1)
    assert told in batch(few, "--out", tmp_path / out, "--jobs", 1, code=2).stderr


def test_a_workbook_that_cannot_be_replaced_fails_alone_and_resume_completes_it(given, whole, tmp_path):
    out = tmp_path / "out"
    (out / "Fund 00003.xlsx").mkdir(parents=True)
    told = batch(given, "--out", out, "--jobs", 1, "--force", code=3).stderr
    assert "Fund 00003.xlsx (workbook): cannot be written: Is a directory\n" in told
    assert manifest(out)["totals"]["written"] == COUNT - 1
    (out / "Fund 00003.xlsx").rmdir()
    assert "1 written, 59 skipped" in resumed(given, out).stdout
    assert tree(out) == tree(whole)


def test_a_workbook_that_is_open_elsewhere_fails_alone(given, whole, tmp_path, monkeypatch):
    """Windows refuses to replace a file that Excel holds open."""
    replace, out = os.replace, tmp_path / "out"

    def refuses(source, target):
        if Path(target).name == "Fund 00003.xlsx":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(places.os, "replace", refuses)
        told = batch(given, "--out", out, "--jobs", 1, code=3).stderr
    assert "Fund 00003.xlsx (workbook): cannot be written: Permission denied; is it open in a spreadsheet?" in told
    assert "1 written, 59 skipped" in resumed(given, out).stdout
    assert tree(out) == tree(whole)


@pytest.mark.parametrize("name", ["results.csv", "errors.csv", "manifest.json"])
def test_a_table_that_cannot_be_replaced_leaves_the_rest_written(name, given, whole, tmp_path):
    out = tmp_path / "out"
    (out / name).mkdir(parents=True)
    told = batch(given, "--out", out, "--jobs", 1, "--force", code=2).stderr
    assert f"{out}/{name}: cannot be written: Is a directory" in told and told.count("\n") == 1
    assert tree(out) == {key: content for key, content in tree(whole).items() if key != name}
    (out / name).rmdir()
    assert "0 written, 60 skipped" in resumed(given, out).stdout
    assert tree(out) == tree(whole)


# Poisoned rows

POISONS = (
    "{0},BTC,x,60000,bybit,20%", "{0},BTC,-5,60000,bybit,20%", "{0},BTC,5,0,bybit,20%", "{0},BTC,5,1e99,bybit,20%",
    "{0},BTC,5,,bybit,20%", "{0},,5,60000,bybit,20%", "{0},BTC,,60000,bybit,20%", "{0},BTC,5,60000,nowhere,20%",
    "{0},NOCOIN,5,60000,bybit,20%", "{0},BTC,5,60000,bybit,300%", "{0},BTC,5,60000,bybit,-20%", "{0},BTC,nan,60000,,",
    "{0},BTC,inf,60000,,", "{0},BTC,=1+1,60000,,", "{0},BTC,\"5,5,5\",60000,,", "{0},BTC,#REF!,60000,,",
    "{0},BTC,0,60000,,", "{0},BTC,5,60000,,\n{0},BTC,6,60000,,", "{0},BTC,5,60000,,\n{0},ETH,x,3000,,",
    "{0},BTC,5,60000,bybit,20%,,,more", "{0},BTC,5e-320,60000,,", "{0},\"B\nTC\",5,60000,,",
)  # fmt: skip


def test_one_poisoned_portfolio_in_a_hundred_fails_alone(tmp_path):
    given, bad = tmp_path / "h.csv", set(range(50, POISONED_OF, 100))
    lines = [
        POISONS[i // 100 % len(POISONS)].format(f"Bad {i:05d}") + "\n" if i in bad else good(f"Fund {i:05d}")
        for i in range(POISONED_OF)
    ]
    given.write_text(HEADER + "".join(lines), encoding="utf-8")
    batch(given, "--out", tmp_path / "out", "--jobs", 2, code=3)
    failed = {row["portfolio"] for row in rows(tmp_path / "out/results.csv") if row["status"] == "failed"}
    assert failed == {row["portfolio"] for row in rows(tmp_path / "out/errors.csv")} == {f"Bad {i:05d}" for i in bad}
    assert {path.stem for path in (tmp_path / "out").glob("*.xlsx")} == {
        f"Fund {i:05d}" for i in range(POISONED_OF) if i not in bad
    }


@pytest.mark.parametrize("poison", POISONS)
def test_every_poison_is_a_mistake(poison, tmp_path):
    given = tmp_path / "h.csv"
    given.write_text(HEADER + good("Good") + poison.format("Bad") + "\n", encoding="utf-8")
    told = batch(given, "--out", tmp_path / "out", "--dry-run", "--jobs", 1, code=3)
    assert "would write 1 workbook " in told.stdout and "1 failed" in told.stdout


# Helpers


def _copy(folder: Path, to: Path) -> Path:
    import shutil

    return shutil.copytree(folder, to / "out")


def _wait_for(out: Path, files: int, run: subprocess.Popen) -> None:
    """Wait until a run has written some workbooks."""
    until = time.monotonic() + 60
    while len([*out.glob("*.xlsx")]) < files:
        assert run.poll() is None and time.monotonic() < until, run.communicate()
        time.sleep(0.002)


def _workers(parent: int) -> list[int]:
    """The processes that a run's server of processes has forked."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found.setdefault(int(told[1]), []).append(int(path.parent.name))
    return [worker for server in found.get(parent, []) for worker in found.get(server, [])]
