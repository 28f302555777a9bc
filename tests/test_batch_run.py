"""Batch runs that go well: the same bytes in every way of running them, and tables that tell what was done."""

import csv
import hashlib
import json
import os
import random
import re
from pathlib import Path

import pytest
from batches import HEADER, batch, good, holdings, manifest, tree

from xlhedge.batch import progress, run
from xlhedge.batch.outputs import safe
from xlhedge.portfolio.tables import read_csv
from xlhedge.workbook.figures import Figures

COUNT = 30


@pytest.fixture(scope="module")
def given(tmp_path_factory) -> Path:
    return holdings(tmp_path_factory.mktemp("given") / "holdings.csv", COUNT, "Bad,BTC,x,60000,bybit,20%\n", sizes=3)


@pytest.fixture(scope="module")
def whole(given, tmp_path_factory) -> Path:
    """The folder of an undisturbed run of one process."""
    out = tmp_path_factory.mktemp("whole") / "out"
    batch(given, "--out", out, "--jobs", 1, code=3)
    return out


def rows(path: Path) -> list[dict]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# The same bytes


@pytest.mark.parametrize("jobs", [2, 3])
def test_any_number_of_processes_gives_the_same_bytes(jobs, given, whole, tmp_path):
    batch(given, "--out", tmp_path / "out", "--jobs", jobs, code=3)
    assert tree(tmp_path / "out") == tree(whole)


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_chunks_of_any_size_in_any_order_give_the_same_bytes(chunk, given, whole, tmp_path, monkeypatch):
    def shuffled(job, chunks):
        chunks = list(chunks)
        random.Random(chunk).shuffle(chunks)
        yield from in_order(job, iter(chunks))

    in_order = run.in_process
    monkeypatch.setattr(run, "in_process", shuffled)
    monkeypatch.setattr(run, "CHUNK", chunk)
    monkeypatch.setattr(run, "LEAST_CHUNK", chunk)
    batch(given, "--out", tmp_path / "out", "--jobs", 1, code=3)
    assert tree(tmp_path / "out") == tree(whole)


def test_the_order_of_the_input_changes_no_workbook(given, whole, tmp_path):
    header, *lines = given.read_text().splitlines(keepends=True)
    turned = tmp_path / given.name
    turned.write_text(header + "".join(reversed(lines)))
    batch(turned, "--out", tmp_path / "out", "--jobs", 1, code=3)
    names = [row["portfolio"] for row in rows(tmp_path / "out/results.csv")]
    assert names == [row["portfolio"] for row in rows(whole / "results.csv")][::-1]
    assert {name for name in tree(tmp_path / "out")} == {name for name in tree(whole)}


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
def test_shards_together_give_the_whole_without_a_further_step(order, given, whole, tmp_path):
    for part in order:
        assert not (tmp_path / "out/manifest.json").exists()
        batch(given, "--out", tmp_path / "out", "--jobs", 1, "--shard", f"{part}/3", code=3 if part == BAD_SHARD else 0)
    found = tree(tmp_path / "out", journal=False)
    shards = {name for name in found if "of3" in name}
    assert {name: found[name] for name in found.keys() - shards} == tree(whole, journal=False)
    assert shards == {f"{stem}-{part}of3.{end}" for part in order for stem, end in TABLES}
    parts = [row for part in order for row in rows(tmp_path / f"out/results-{part}of3.csv")]
    assert sorted(map(str, parts)) == sorted(map(str, rows(whole / "results.csv")))


TABLES = [("results", "csv"), ("positions", "csv"), ("errors", "csv"), ("manifest", "json")]
BAD_SHARD = next(part for part in (1, 2, 3) if int(run._digest("Bad")[:16], 16) % 3 == part - 1)


def test_a_run_of_everything_completes_shards(given, whole, tmp_path):
    batch(given, "--out", tmp_path / "out", "--jobs", 1, "--shard", "2/2", code=3 if BAD_OF_TWO == 2 else 0)
    done = len(rows(tmp_path / "out/results-2of2.csv"))
    result = batch(given, "--out", tmp_path / "out", "--jobs", 1, "--resume", code=3)
    assert f"{done - (BAD_OF_TWO == 2)} skipped" in result.stdout
    assert tree(tmp_path / "out", journal=False).items() >= tree(whole, journal=False).items()


BAD_OF_TWO = int(run._digest("Bad")[:16], 16) % 2 + 1


def test_a_place_of_fsspec_gets_the_same_bytes(given, whole, tmp_path):
    import fsspec

    batch(given, "--out", "memory://out", "--jobs", 2, code=3)
    files = fsspec.filesystem("memory")
    found = {name.removeprefix("/out/"): files.cat_file(name) for name in files.find("/out")}
    assert found == tree(whole)
    assert "30 skipped" in batch(given, "--out", "memory://out", "--resume", code=3).stdout
    batch(given, "--out", (tmp_path / "out").as_uri(), "--jobs", 1, code=3)
    assert tree(tmp_path / "out") == tree(whole)


# What is told


def test_results_have_a_row_for_each_portfolio_in_the_order_of_the_input(whole):
    found = rows(whole / "results.csv")
    assert [row["portfolio"] for row in found] == [f"Fund {i:05d}" for i in range(COUNT)] + ["Bad"]
    assert list(found[0]) == ["portfolio", "file", "status", *Figures._fields, "checks", "ambers"]
    assert found[0]["file"] == "Fund 00000.xlsx" and found[0]["status"] == "written" and found[0]["checks"] == "pass"
    assert found[-1]["status"] == "failed" and not any(list(found[-1].values())[3:]) and found[-1]["file"] == ""


def test_the_columns_do_not_depend_on_the_data_and_the_documentation_tells_of_each(whole, tmp_path):
    (tmp_path / "h.csv").write_text(HEADER + good("Bad", coins="x"))
    batch(tmp_path / "h.csv", "--out", tmp_path / "out", "--jobs", 1, code=3)
    header = (tmp_path / "out/results.csv").read_text("utf-8-sig").splitlines()[0]
    assert header == (whole / "results.csv").read_text("utf-8-sig").splitlines()[0]
    table = DOCUMENTATION.read_text("utf-8").partition("| column | meaning |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == header.split(",")


DOCUMENTATION = Path(__file__).parents[1] / "docs/batch.md"


@pytest.mark.parametrize("table", ["results.csv", "positions.csv", "errors.csv"])
def test_a_spreadsheet_sees_that_a_table_is_utf_8_and_we_read_it(table, tmp_path):
    (tmp_path / "h.csv").write_text(HEADER + good("Müller") + good("Jürgen", coins="ü"), "utf-8")
    batch(tmp_path / "h.csv", "--out", tmp_path / "out", "--jobs", 1, code=3)
    content = (tmp_path / "out" / table).read_bytes()
    assert content.startswith("\ufeffportfolio,".encode()) and content.count("\ufeff".encode()) == 1
    header, first = [row.cells for row in read_csv(tmp_path / "out" / table)][:2]
    assert (header[0], first[0]) == ("portfolio", "Jürgen" if table == "errors.csv" else "Müller")


def test_errors_tell_row_column_value_rule_and_message(given, whole):
    (error,) = rows(whole / "errors.csv")
    row = str(len(given.read_text().splitlines()))
    assert [error[key] for key in ("portfolio", "file", "row", "column", "value")] == [
        "Bad", "holdings.csv", row, "coins", "x",
    ]  # fmt: skip
    assert error["rule"].startswith("must be a plain number") and error["rule"] in error["message"]


def test_the_manifest_tells_of_every_file(given, whole):
    told = manifest(whole)
    for entry in [*told["files"], told["results"], told["errors"]]:
        content = (whole / entry["path"]).read_bytes()
        assert entry["bytes"] == len(content) and entry["sha256"] == hashlib.sha256(content).hexdigest()
    assert [entry["portfolio"] for entry in told["files"]] == [f"Fund {i:05d}" for i in range(COUNT)]
    digest = hashlib.sha256(given.read_bytes()).hexdigest()
    assert told["inputs"] == [{"role": "holdings", "name": given.name, "sha256": digest}]
    assert told["totals"]["written"] == COUNT and told["totals"]["failed"] == 1 and told["status"] == "failures"
    assert str(given.parent) not in (whole / "manifest.json").read_text() and os.uname().nodename not in str(told)


def test_price_time_and_source_are_in_the_manifest(tmp_path):
    given = holdings(tmp_path / "h.csv", 1)
    settings = ("--set", "price_time=2026-01-31 08:00", "--set", "price_source=desk", "--set", "as_of=2026-01-31 09:00")
    batch(given, "--out", tmp_path / "out", "--jobs", 1, *settings)
    (entry,) = manifest(tmp_path / "out")["files"]
    assert (entry["price_time"], entry["price_source"]) == ("2026-01-31T08:00:00Z", "desk")
    assert manifest(tmp_path / "out")["settings"]["price_source"] == "desk"
    assert manifest(tmp_path / "out")["status"] == "complete"


@pytest.mark.parametrize(
    "value, cell",
    [
        ("=1+1", "'=1+1"), ("+cmd", "'+cmd"), ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("\n=1", "'\n=1"), ("-5", "-5"), ("-5%", "-5%"), ("+1e5", "+1e5"),
        (-5, -5), (-0.5, -0.5), (float("inf"), "none"), (float("nan"), ""), (None, ""), (True, "TRUE"),
        ("Fund = 1", "Fund = 1"), ("'=1", "'=1"), ("-1+1", "'-1+1"),
    ],
)  # fmt: skip
def test_no_text_of_a_table_is_a_formula_and_no_number_is_touched(value, cell):
    assert safe(value) == cell


def test_names_that_a_system_takes_for_one_become_files_of_their_own(tmp_path):
    names = ["Fund", "FUND", "Fünd", "Fu\u0308nd", "../up", "CON", "a/b", "a_b", "x" * 64, "日本"]
    given = tmp_path / "h.csv"
    given.write_text(HEADER + "".join(map(good, names)), encoding="utf-8")
    batch(given, "--out", tmp_path / "out", "--jobs", 1)
    files = [entry["path"] for entry in manifest(tmp_path / "out")["files"]]
    assert len({name.casefold() for name in files}) == len(names) == len(list((tmp_path / "out").glob("*.xlsx")))
    assert {path.name for path in tmp_path.iterdir()} == {"h.csv", "out"}


# Options


def test_a_dry_run_checks_everything_and_writes_nothing(given, tmp_path):
    result = batch(given, "--out", tmp_path / "out", "--dry-run", "--jobs", 2, code=3)
    assert result.stdout == f"would write 30 workbooks to {tmp_path / 'out'}; 1 failed\n"
    assert "coins: must be a plain number" in result.stderr and not (tmp_path / "out").exists()


def test_json_is_one_object(given, tmp_path):
    told = json.loads(batch(given, "--out", tmp_path / "out", "--json", "--jobs", 1, code=3).stdout)
    assert told.items() >= manifest(tmp_path / "out")["totals"].items()
    assert (told["exit_code"], told["skipped"], told["stopped"]) == (3, 0, None)


def test_quiet_tells_of_mistakes_only_and_verbose_of_each_file(given, tmp_path):
    quiet = batch(given, "--out", tmp_path / "out", "-q", "--jobs", 1, code=3)
    assert quiet.stdout == "" and quiet.stderr.count("\n") == 1 and "coins" in quiet.stderr
    verbose = batch(given, "--out", tmp_path / "out", "-v", "--force", "--jobs", 1, code=3).stderr
    assert all(f"written Fund {i:05d}.xlsx\n" in verbose for i in range(COUNT))


def test_without_a_terminal_progress_is_plain_lines(given, tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "EVERY", 0.0)
    told = batch(given, "--out", tmp_path / "out", "--jobs", 1, code=3).stderr.splitlines()
    lines = [line for line in told if "a second" in line]
    assert len(lines) == COUNT + 1 and lines[-1].startswith("xlhedge: 30 written, 0 skipped, 1 failed, ")
    assert lines[-1].endswith(" a second, 0:00:00 left")


def test_on_a_terminal_progress_is_a_bar(tmp_path):
    import pty

    from batches import COMMAND

    given, parts = holdings(tmp_path / "h.csv", 2), []
    code = pty.spawn(
        [*COMMAND, str(given), "--out", str(tmp_path / "out"), "--jobs", "1"],
        lambda handle: parts.append(os.read(handle, 4096)) or parts[-1],
    )
    text = b"".join(parts).decode()
    assert os.waitstatus_to_exitcode(code) == 0 and "2/2" in text and "a second" in text


def test_fail_fast_stops_at_the_first_failure_and_resume_completes(tmp_path, monkeypatch):
    given = tmp_path / "h.csv"
    given.write_text(HEADER + good("A") + good("B", coins="x") + good("C"), encoding="utf-8")
    monkeypatch.setattr(run, "LEAST_CHUNK", 1)
    result = batch(given, "--out", tmp_path / "out", "--fail-fast", "--jobs", 1, code=3)
    assert "first failure" in result.stderr and manifest(tmp_path / "out")["status"] == "stopped"
    assert [row["portfolio"] for row in rows(tmp_path / "out/results.csv")] == ["A", "B"]
    batch(given, "--out", tmp_path / "out", "--resume", "--jobs", 1, code=3)
    assert [row["status"] for row in rows(tmp_path / "out/results.csv")] == ["written", "failed", "written"]


@pytest.mark.parametrize(
    "options, told",
    [
        (("--shard", "3/2"), "must be a part such as 2/4"), (("--shard", "x"), "must be a part such as 2/4"),
        (("--jobs", "0"), "--jobs"), (("-q", "-v"), "exclude each other"), (("--set", "rally"), "NAME=VALUE"),
        (("--cluster", "tcp://127.0.0.1:1", "--jobs", "2"), "--jobs is for this machine"),
    ],
)  # fmt: skip
def test_wrong_options_are_told_before_anything_is_written(options, told, given, tmp_path):
    assert told in batch(given, "--out", tmp_path / "out", *options, code=2).stderr
    assert not (tmp_path / "out").exists()


def test_the_command_costs_the_others_nothing():
    import subprocess
    import sys

    code = "import sys, xlhedge.cli; print(*[name for name in sys.modules if 'batch' in name])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
