"""`build` and `template` write over what xlhedge wrote and nobody saved since, and over nothing else without --force."""

import pytest
from books import SAMPLES
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from xlhedge.cli import main

COMMANDS = {"build": ["build", str(SAMPLES / "btc-50.csv")], "template": ["template"]}
each_command = pytest.mark.parametrize("command", COMMANDS)


def run(command: str, out, *more: str):
    return CliRunner().invoke(main, [*COMMANDS[command], "--out", str(out), *more])


def saved_since(path) -> None:
    assert run("build", path).exit_code == 0
    book = load_workbook(path)
    book["Inputs"]["C7"] = 51
    book.save(path)


def of_another_program(path) -> None:
    Workbook().save(path)


def no_workbook(path) -> None:
    path.write_text("my notes")


def damaged(path) -> None:
    assert run("build", path).exit_code == 0
    path.write_bytes(path.read_bytes()[:-500])


@each_command
@pytest.mark.parametrize("before", [saved_since, of_another_program, no_workbook, damaged])
def test_what_may_be_somebodys_work_stays(tmp_path, command, before):
    path = tmp_path / "plan.xlsx"
    before(path)
    content = path.read_bytes()
    refused = run(command, path)
    assert refused.exit_code == 2 and path.read_bytes() == content
    assert refused.stderr == (
        f"xlhedge: {path}: a file of this name is there that xlhedge did not write, or that was changed since; "
        "move it, or use --force\n"
    )
    assert run(command, path, "--force").exit_code == 0 and path.read_bytes() != content


@each_command
def test_what_xlhedge_wrote_and_nobody_saved_is_written_over(tmp_path, command):
    for _ in range(2):
        done = run(command, tmp_path / "plan.xlsx")
        assert (done.exit_code, done.stderr) == (0, "")
