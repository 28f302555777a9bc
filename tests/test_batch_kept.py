"""What a batch run leaves alone, and what it tells of: edited workbooks, inputs, workbooks of earlier runs, stale tables."""

import errno
import os
import stat
from pathlib import Path

import pytest
from batches import HEADER, batch, good, holdings, manifest, tree
from openpyxl import load_workbook
from test_batch_run import rows
from users import ordinary_user

from xlhedge.batch import lock

COUNT = 6
BROKEN = "x"


@pytest.fixture
def given(tmp_path) -> Path:
    return holdings(tmp_path / "holdings.csv", COUNT)


@pytest.fixture
def out(given, tmp_path) -> Path:
    """The folder of a run that ended well."""
    batch(given, "--out", tmp_path / "out", "--jobs", 1)
    return tmp_path / "out"


def changed(given: Path, coins: str) -> Path:
    """The input with other coins in one portfolio."""
    text = given.read_text()
    assert text.count("Fund 00003,BTC,8,") == 1
    other = given.parent / f"coins {coins}" / given.name
    other.parent.mkdir(exist_ok=True)
    other.write_text(text.replace("Fund 00003,BTC,8,", f"Fund 00003,BTC,{coins},"))
    return other


def resumed(given: Path, out: Path, *options: object, code: int = 0):
    return batch(given, "--out", out, "--jobs", 1, "--resume", *options, code=code)


# Workbooks


def test_a_mistake_that_is_mended_a_day_later_costs_nothing(given, out):
    day_2 = resumed(changed(given, BROKEN), out, code=3)
    assert "workbooks in the folder that this run did not write: Fund 00003.xlsx\n" in day_2.stderr
    assert manifest(out)["left"] == ["Fund 00003.xlsx"]
    day_3 = resumed(changed(given, "9"), out)
    assert "1 written, 5 skipped, 0 failed" in day_3.stdout and manifest(out)["left"] == []


def test_portfolios_that_come_and_go_keep_their_workbooks(given, out, tmp_path):
    (tmp_path / "few").mkdir()
    few = holdings(tmp_path / "few" / given.name, 2)
    assert (
        "did not write: Fund 00002.xlsx, Fund 00003.xlsx, Fund 00004.xlsx, Fund 00005.xlsx\n"
        in resumed(few, out).stderr
    )
    assert f"4 written, {COUNT - 4} skipped" in resumed(given, out).stdout
    assert manifest(out)["left"] == []


def test_a_run_that_forgot_everything_knows_its_own_workbooks(given, out):
    for name in (".xlhedge/all.jsonl", "results.csv", "positions.csv", "errors.csv", "manifest.json"):
        (out / name).unlink()
    assert f"{COUNT} written" in resumed(changed(given, "9"), out).stdout


def test_a_workbook_that_somebody_edited_stays_until_force(given, out):
    path = out / "Fund 00003.xlsx"
    book = load_workbook(path)
    book["Monitor"]["C30"] = 12_345
    book.save(path)
    edited = path.read_bytes()
    for source in (given, changed(given, "9")):
        told = resumed(source, out, code=3).stderr
        assert "Fund 00003.xlsx (workbook): cannot be written: a file of this name is there" in told
        assert "changed since; move it, or use --force" in told and path.read_bytes() == edited
    batch(given, "--out", out, "--jobs", 1, "--resume", "--force")
    assert path.read_bytes() != edited


def test_a_file_of_other_origin_is_written_over_by_force_only(tmp_path):
    few, out = holdings(tmp_path / "few.csv", 3), tmp_path / "out"
    out.mkdir()
    (out / "Fund 00001.xlsx").write_bytes(b"mine")
    (out / "notes.txt").write_bytes(b"mine")
    assert "a file of this name is there" in batch(few, "--out", out, "--jobs", 1, code=3).stderr
    resumed(few, out, code=3)
    assert (out / "Fund 00001.xlsx").read_bytes() == (out / "notes.txt").read_bytes() == b"mine"
    batch(few, "--out", out, "--force", "--jobs", 1)
    assert (out / "Fund 00001.xlsx").read_bytes() != b"mine" and (out / "notes.txt").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["results.csv", "positions.csv", "errors.csv", "manifest.json"])
def test_a_table_of_other_origin_is_not_written_over(name, given, tmp_path):
    (tmp_path / name).write_text("mine")
    assert f"{tmp_path}/{name}: is there" in batch(given, "--out", tmp_path, "--jobs", 1, code=2).stderr
    assert (tmp_path / name).read_text() == "mine"


# Inputs


@pytest.mark.parametrize("name", ["results.csv", "positions.csv", "errors.csv", "book.xlsx"])
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_an_input_that_a_run_could_write_over_is_refused(name, force, tmp_path):
    path = tmp_path / name
    path.write_text(HEADER + good("A"))
    told = batch(path, "--out", tmp_path, *force, code=2).stderr
    assert f"--out {tmp_path} holds the input {name}, which could be lost; choose another" in told
    assert path.read_text() == HEADER + good("A")


def test_the_folder_of_the_input_is_no_output(tmp_path):
    holdings(tmp_path / "holdings.csv", 1)
    told = batch(tmp_path, "--out", tmp_path / ".", code=2).stderr
    assert "is also the folder of the input; choose another" in told and [*tmp_path.iterdir()] == [
        tmp_path / "holdings.csv"
    ]


def test_an_output_without_a_name_is_refused(given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "--out must be the name of a folder, or a URL (got '')" in batch(given, "--out", "", code=2).stderr
    assert [*tmp_path.iterdir()] == [given]


# Tables


def test_tables_of_a_whole_go_when_one_of_its_shards_is_done_again(given, tmp_path):
    out, mended = tmp_path / "out", changed(given, "9")

    def shard(part: int, source: Path, code: int = 0) -> str:
        return resumed(source, out, "--shard", f"{part}/2", code=code).stderr

    assert "shards not done: 2of2; the last one joins the tables" in shard(1, given)
    assert "all 2 shards are done" in shard(2, given)
    assert len(rows(out / "results.csv")) == COUNT
    assert "of different inputs: their tables are not joined" in shard(1, mended)
    assert not (out / "results.csv").exists() and not (out / "manifest.json").exists()
    assert "all 2 shards are done" in shard(2, mended)
    batch(mended, "--out", tmp_path / "new", "--jobs", 1)
    new = tree(tmp_path / "new", journal=False)
    assert {name: content for name, content in tree(out, journal=False).items() if "of2" not in name} == new
    resumed(mended, out)
    assert tree(out) == tree(tmp_path / "new")


def test_a_cluster_that_cannot_be_reached_is_no_earlier_run(given, tmp_path, monkeypatch):
    from xlhedge.batch import cluster

    monkeypatch.setattr(cluster, "PATIENCE", "1s")
    batch(given, "--out", tmp_path / "out", "--cluster", "tcp://127.0.0.1:9", code=2)
    batch(given, "--out", tmp_path / "out", "--jobs", 1)


# Dry runs


@pytest.mark.parametrize(
    ("place", "options", "told"),
    [
        ("holdings.csv", (), "is a file, not a folder"),
        ("no/such/folder", (), "there is no folder"),
        ("out", (), "holds an earlier run; --resume completes it, --force begins it anew"),
        ("out", ("--cluster", "tcp://127.0.0.1:9"), "holds an earlier run"),
    ],
)
def test_a_dry_run_refuses_what_the_run_would(place, options, told, given, out, tmp_path):
    before = tree(tmp_path)
    assert told in batch(given, "--out", tmp_path / place, "--dry-run", *options, code=2).stderr
    assert tree(tmp_path) == before


def test_a_dry_run_needs_no_cluster_and_completes_nothing(given, tmp_path):
    out, broken = tmp_path / "out", changed(given, BROKEN)
    batch(given, "--out", out, "--dry-run", "--cluster", "tcp://127.0.0.1:9")
    told = batch(broken, "--out", out, "--dry-run", "--fail-fast", code=3).stderr
    assert "stopped: the first failure ends the run (--fail-fast)\n" in told and not out.exists()


# Ends


def test_a_first_failure_is_to_be_mended_before_the_run_is_completed(given, tmp_path):
    told = batch(changed(given, BROKEN), "--out", tmp_path / "out", "--jobs", 1, "--fail-fast", code=3).stderr
    assert "(--fail-fast); once it is mended, the same command with --resume completes it\n" in told


def test_a_run_that_cannot_go_on_ends_with_2_whatever_failed_before(given, tmp_path, monkeypatch):
    def fsync(handle):
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    left = iter(range(1))
    monkeypatch.setattr(os, "fsync", fsync)
    told = batch(changed(given, BROKEN), "--out", tmp_path / "out", "--jobs", 1, code=2).stderr
    assert f"stopped: {tmp_path}/out: No space left on device; the same command with --resume completes it\n" in told


def test_a_disk_that_is_full_from_the_start_is_told(given, tmp_path, monkeypatch):
    def full(handle, text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(lock.os, "write", full)
    told = batch(given, "--out", tmp_path / "out", "--jobs", 1, code=2).stderr
    assert told == f"xlhedge: {tmp_path}/out: No space left on device\n"


def test_a_folder_whose_lock_is_another_users_is_told(given, tmp_path):
    out = tmp_path / "out"
    batch(given, "--out", out, "--jobs", 1)
    for path in (out, out / ".xlhedge"):
        path.chmod(0o777)
    with ordinary_user(tmp_path):
        told = resumed(given, out, code=2).stderr
    assert told == f"xlhedge: {out}: Permission denied\n"


def test_quiet_still_tells_of_failed_checks(tmp_path):
    given = tmp_path / "holdings.csv"
    given.write_text(HEADER.replace("\n", ",margin\n") + good("A").replace("\n", ",0.05\n"))
    told = batch(given, "--out", tmp_path / "out", "--jobs", 1, "-q", code=4).stderr
    assert told == "xlhedge: 1 workbook with a failed check; results.csv says which\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o002, 0o664)])
def test_files_have_the_mode_that_the_user_gives_new_files(umask, mode, given, tmp_path):
    before = os.umask(umask)
    try:
        batch(given, "--out", tmp_path / "out", "--jobs", 1)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").rglob("*") if path.is_file()} == {mode}


def test_a_run_of_everything_and_a_shard_exclude_each_other_far_away_too(given):
    import fsspec

    files = fsspec.filesystem("memory")
    for mine, other in ((("--shard", "1/2"), "all"), ((), "1of2")):
        files.pipe_file(f"/far/.xlhedge/{other}.lock", b'{"process": 1, "host": "elsewhere"}')
        told = batch(given, "--out", "memory://far", *mine, code=2).stderr
        assert "another xlhedge batch is writing here (process 1 on elsewhere)" in told
        files.rm("/far", recursive=True)
