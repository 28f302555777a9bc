"""`xlhedge check` on files and folders: a line for each, details of what is wrong, JSON, and the exit code of the worst."""

import json
import re
from pathlib import Path

import pytest
from books import build_sample
from commands import run
from test_check import PLAN, TAMPERED, patched

from xlhedge import check

CONTRACT = Path(__file__).parents[1] / "docs/check.md"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A sound workbook, one that was changed in a folder of its own, text that calls itself a workbook, and what is no workbook."""
    folder = tmp_path_factory.mktemp("folder")
    (folder / "deep").mkdir()
    sound = build_sample(1, folder)
    patched(sound, folder / "deep", *TAMPERED[0][1:4])
    (folder / "deep/text.xlsx").write_text("asset,coins\n")
    (folder / "~$lock.xlsx").write_text("Jo")
    (folder / "notes.txt").write_text("no workbook")
    return folder


@pytest.fixture
def no_engine(monkeypatch):
    monkeypatch.setattr(check, "engine", lambda: None)


def test_a_folder_a_line_for_each_and_details_of_what_is_wrong(folder, no_engine):
    """Without an engine the value that was changed is not seen; the file that is none is."""
    result = run("check", folder)
    assert result.exit_code == 4
    head = re.compile(r"(\S+): (nothing wrong|1 thing wrong) \((.*)\)")
    found = [head.fullmatch(line) for line in result.stdout.splitlines()]
    told = [(Path(match[1]).relative_to(folder).as_posix(), match[2]) for match in found if match]
    assert told == [
        ("drift-85-15.csv-native.xlsx", "nothing wrong"), ("deep/patched.xlsx", "nothing wrong"), ("deep/text.xlsx", "1 thing wrong"),
    ]  # fmt: skip
    assert result.stdout.splitlines()[-1] == "3 files: 2 with nothing wrong, 1 with something wrong"
    assert "  file: text.xlsx: is not an .xlsx workbook (it is text, perhaps CSV)\n" in result.stdout


def test_a_file_that_cannot_be_read_stops_no_other_one(folder, no_engine):
    result = run("check", folder / "no.xlsx", folder / "drift-85-15.csv-native.xlsx")
    assert result.exit_code == 2 and "no.xlsx: there is no such file" in result.stderr
    assert result.stdout.splitlines()[-1] == "2 files: 1 with nothing wrong, 1 that cannot be read"


def test_a_folder_without_workbooks(tmp_path):
    result = run("check", tmp_path)
    assert result.exit_code == 2 and f"no workbook (.xlsx, .xlsm) is in {tmp_path}" in result.stderr


def test_json_is_what_the_page_says(folder, no_engine):
    result = run("check", "--json", folder)
    told = json.loads(result.stdout)
    assert result.exit_code == 4 and (told["passed"], told["wrong"], told["unreadable"]) == (2, 1, 0)
    sound, _, text = told["files"]
    assert (sound["read"], sound["functions"], sound["holds"], sound["wrong"]) == (True, "native", [], [])
    assert sound["recalculated"] == 0 and sound["engine"] is None and sound["checks"] > 40
    assert text["read"] is False and text["wrong"][0]["kind"] == "file"
    documented = set(re.findall(r"^\| `(\w+)` \|", CONTRACT.read_text(encoding="utf-8"), re.MULTILINE))
    assert documented == {*told, *sound, *text["wrong"][0]}


def test_values_are_compared_by_the_engine_that_is_here(folder):
    """The cell that was changed by hand, and no other."""
    result = run("check", "--json", folder / "deep/patched.xlsx")
    (file,) = json.loads(result.stdout)["files"]
    assert result.exit_code == 4 and file["recalculated"] == file["formulas"] > 3000
    assert [(finding["kind"], finding["place"]) for finding in file["wrong"]] == [("value", f"{PLAN}!C7")]
