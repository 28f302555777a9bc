"""The Python face for workbooks: what a script reads, builds, writes, checks and runs is what the commands do."""

import doctest
import subprocess
import sys
from pathlib import Path

import pytest
from books import SAMPLES
from click.testing import CliRunner

from xlhedge import books
from xlhedge.cli import main
from xlhedge.errors import FileError, XlhedgeError

SAMPLE = SAMPLES / "btc-50.csv"
ROOT = Path(__file__).parents[1]
RIGHT = """
from xlhedge import books
plans: list[books.Plan] = [books.build(p, functions="lambda") for p in books.read("a.csv", settings={"rally": 0.8})]
reveal_type(plans[0].failed_checks)
reveal_type(plans[0].figures)
reveal_type(books.check("plan.xlsx")[0].is_note)
"""
WRONG = {
    'books.build(books.read("a.csv")[0], functions="natvie")': "Argument",
    'books.read("a.csv", setings={})': "Unexpected keyword argument",
    "books.build(books.read(1)[0])": "Argument",
    'books.Plan.write("plan.xlsx")': "Missing positional argument",
}


def test_the_example_of_the_module_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert doctest.testmod(books) == (0, 4)


def test_a_plan_is_the_workbook_of_the_command(tmp_path):
    (portfolio,) = books.read(SAMPLE, settings=SAMPLES / "btc-50.settings.csv")
    written = books.build(portfolio).write(tmp_path / "script.xlsx")
    command = [
        "build",
        str(SAMPLE),
        "--settings",
        str(SAMPLES / "btc-50.settings.csv"),
        "--out",
        str(tmp_path / "plan.xlsx"),
    ]
    assert CliRunner().invoke(main, command).exit_code == 0
    assert written.read_bytes() == (tmp_path / "plan.xlsx").read_bytes() == books.build(portfolio).to_bytes()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [({"shocks": [-0.5, 0.25]}, (-0.5, 0.25)), ({"shocks": "-50%;25%"}, (-0.5, 0.25)), ({"long_underweight": True}, True),
     ({"rally": 0.8}, 0.8), ({"mode": "spot"}, "spot")],
)  # fmt: skip
def test_settings_are_values_or_their_texts(settings, expected):
    (portfolio,) = books.read(SAMPLE, settings=settings)
    assert [getattr(portfolio.settings, name) for name in settings] == [expected]


def test_mistakes_are_raised_all_at_once(tmp_path):
    (tmp_path / "wrong.csv").write_text("asset,coins,price\nBTC,x,1\nETH,1,y\n")
    with pytest.raises(books.Mistakes) as caught:
        books.read(tmp_path / "wrong.csv")
    assert [(error.row, error.column) for error in caught.value.errors] == [(2, "coins"), (3, "price")]
    with pytest.raises(FileError, match="there is no such file"):
        books.read(tmp_path / "none.csv")


def test_scenario_sets_and_variants(tmp_path):
    (tmp_path / "sets.csv").write_text("set,scenario,BTC\nWinter,Slide,-20%\n")
    (portfolio,) = books.read(SAMPLE)
    plan = books.build(portfolio, functions="addin", scenarios=tmp_path / "sets.csv", room=3)
    assert "Winter" in plan.sheets and any("HEDGE_SIZE(" in text for text in plan.formulas()["Allocation"].values())
    assert plan.figures["nearest_asset"] == "BTC" and plan.failed_checks == []
    assert books.template().sheets[0] == "Cover"


def test_nobodys_work_is_written_over(tmp_path):
    plan, path = books.template(), tmp_path / "plan.xlsx"
    path.write_text("notes")
    with pytest.raises(XlhedgeError, match="use --force"):
        plan.write(path)
    assert plan.write(path, force=True) == path and plan.write(path) == path


def test_a_batch(tmp_path):
    result = books.batch(SAMPLES, tmp_path / "out", settings={"rally": 0.6})
    assert result.totals["written"] == 3 and len([*(tmp_path / "out").glob("*.xlsx")]) == 3


def checked(code: str) -> str:
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "--hide-error-context", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout


def test_the_face_is_typed():
    module = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "xlhedge/books.py"],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert module.returncode == 0, module.stdout
    told = checked(RIGHT)
    assert [line.split('"')[1] for line in told.splitlines() if "Revealed type" in line] == [
        "list[str]", "dict[str, float | str]", "bool",
    ]  # fmt: skip
    assert "error" not in told, told


@pytest.mark.parametrize("code", WRONG)
def test_a_slip_is_an_error(code):
    assert WRONG[code] in checked(f"from xlhedge import books\n{code}\n")
