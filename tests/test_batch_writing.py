"""Workbooks are flushed many at a time: none has its name before the disk has it, and the journal names none before that."""

import errno
import os

import pytest
from batches import batch, holdings

from xlhedge import files
from xlhedge.batch import destination, work, writing
from xlhedge.batch.destination import Folder
from xlhedge.batch.json_lines import loaded
from xlhedge.files import flush_together

COUNT = 7
FEW = "--sheets", "-Replay,-Compare,-Functions"


def test_flushed_then_named_then_told_of(tmp_path, monkeypatch):
    """Seven workbooks in groups of three: what happens, in its order."""
    out, done = tmp_path / "out", []
    flushes, names, segments = destination.flush_together, destination.flush_names, work.add_segment

    def flush_together(folder, staged):
        staged = [*staged]
        assert all(path.name.endswith(".part") and path.stat().st_size > 50_000 for path in staged)
        done.append((len(staged), len([*out.glob("*.xlsx")])))
        flushes(folder, staged)

    def flush_names(folder):
        done.append(("named", len([*out.glob("*.xlsx")])))
        names(folder)

    def add_segment(place, lines):
        told = [loaded(line.content)["file"] for line in lines]
        assert sorted(told) == sorted(path.name for path in out.glob("*.xlsx")) and not [*out.glob("*.part")]
        done.append(("told", len(told)))
        segments(place, lines)

    monkeypatch.setattr(writing, "GROUP", 3)
    monkeypatch.setattr(destination, "flush_together", flush_together)
    monkeypatch.setattr(destination, "flush_names", flush_names)
    monkeypatch.setattr(work, "add_segment", add_segment)
    batch(holdings(tmp_path / "h.csv", COUNT), "--out", out, "--jobs", 1, *FEW)
    assert done == [(3, 0), ("named", 3), (3, 3), ("named", 6), (1, 6), ("named", 7), ("told", 7)]


def test_a_disk_that_fails_when_it_is_flushed_ends_the_run_and_names_nothing(tmp_path, monkeypatch):
    given, out = holdings(tmp_path / "h.csv", 2), tmp_path / "out"

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(files, "file_system_sync", lambda: full)
        told = batch(given, "--out", out, "--jobs", 1, *FEW, code=2).stderr
    assert told.startswith(f"xlhedge: stopped: {out}: No space left on device; ")
    assert [path.name for path in out.iterdir() if path.suffix in (".part", ".xlsx")] == []
    assert "2 written" in batch(given, "--out", out, "--jobs", 1, *FEW, "--resume").stdout


@pytest.mark.parametrize("at_once", [True, False])
def test_a_system_that_cannot_flush_all_at_once_flushes_each(at_once, tmp_path, monkeypatch):
    flushed = []
    monkeypatch.setattr(files, "file_system_sync", lambda: flushed.append if at_once else None)
    monkeypatch.setattr(os, "fsync", flushed.append)
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_bytes(b"x")
    flush_together(tmp_path, paths)
    assert len(flushed) == (1 if at_once else 3)


def test_a_file_that_cannot_have_its_name_leaves_nothing_and_the_others_have_theirs(tmp_path):
    place = Folder(tmp_path, "all")
    (tmp_path / "taken").mkdir()
    staged = {name: place.stage(name, b"x") for name in ("taken", "free")}
    assert {name: error.errno for name, error in place.settle(staged).items()} == {"taken": errno.EISDIR}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["free", "taken"]
