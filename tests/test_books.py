"""The Python face for workbooks: what a script reads, builds, writes, checks and runs is what the commands do."""

import doctest
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from books import SAMPLES
from click.testing import CliRunner
from openpyxl import load_workbook

from xlhedge import books
from xlhedge.cli import main
from xlhedge.errors import FileError, InputError, XlhedgeError

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


@pytest.mark.parametrize(
    ("value", "expected"), [(np.float64(0.8), 0.8), (np.float32(0.5), 0.5), (np.int64(1), 1.0)]
)  # fmt: skip
def test_numbers_of_numpy_are_settings(value, expected):
    (portfolio,) = books.read(
        SAMPLE, settings={"rally": value, "shocks": np.array([-0.5, 0.25]), "long_underweight": np.bool_(True)}
    )
    told = portfolio.settings
    assert (told.rally, told.shocks, told.long_underweight) == (expected, (-0.5, 0.25), True)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: books.read(None), "holdings must be the path of a file (got nothing)"),
        (lambda: books.read(5), "holdings must be the path of a file (got 5)"),
        (lambda: books.read(SAMPLE, settings=[1, 2]), "settings must be the path of a file, or values by name (got [1, 2])"),
        (lambda: books.read(SAMPLE, settings={5: 1}), "settings must have the names of settings as keys (got 5)"),
        (lambda: books.read(SAMPLE, contracts=1), "contracts must be the path of a file (got 1)"),
        (lambda: books.build([1.0, 2.0]), "portfolio must be one of the portfolios that read gives (got [1.0, 2.0])"),
        (lambda: books.build(books.read(SAMPLE)[0], functions="natvie"), "functions must be one of native, addin, calc, lambda (got 'natvie')"),
        (lambda: books.build(books.read(SAMPLE)[0], room=-1), "room must be a whole number >= 0 (got -1)"),
        (lambda: books.build(books.read(SAMPLE)[0], scenarios=3), "scenarios must be the path of a file (got 3)"),
        (lambda: books.template(functions=None), "functions must be one of native, addin, calc, lambda (got nothing)"),
        (lambda: books.check(None), "path must be the path of a file (got nothing)"),
        (lambda: books.batch(SAMPLES, None), "out must be the path of a file (got nothing)"),
        (lambda: books.batch(SAMPLES, "out", jobs="2"), "jobs must be a whole number >= 1 (got '2')"),
        (lambda: books.Plan(None).write("plan.xls"), "path must end in .xlsx (got 'plan.xls')"),
        (lambda: books.Plan(None).write(7), "path must be the path of a file (got 7)"),
    ],
)  # fmt: skip
def test_a_wrong_argument_is_told(call, told):
    with pytest.raises(XlhedgeError) as caught:
        call()
    assert str(caught.value) == told


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
    assert "Winter" in plan.sheets and any("HEDGE_SIZE(" in text for text in plan.formulas()["Hedge plan"].values())
    assert plan.figures["nearest_asset"] == "BTC" and plan.failed_checks == []
    assert books.template().sheets[0] == "Dashboard"


def test_nobodys_work_is_written_over(tmp_path):
    plan, path = books.template(), tmp_path / "plan.xlsx"
    path.write_text("notes")
    with pytest.raises(XlhedgeError, match="use --force"):
        plan.write(path)
    assert plan.write(path, force=True) == path and plan.write(path) == path


def test_a_batch_without_a_sheet_and_with_a_summary(tmp_path):
    result = books.batch(
        SAMPLES / "btc-50.csv", tmp_path / "out", sheets="-Replay,-Compare", summary=tmp_path / "all.xlsx"
    )
    (written,) = (tmp_path / "out").glob("*.xlsx")
    assert result.totals["written"] == 1 and not {"Replay", "Compare"} & set(load_workbook(written).sheetnames)
    assert load_workbook(tmp_path / "all.xlsx").sheetnames
    with pytest.raises(InputError, match="sheets cannot leave Checks out"):
        books.batch(SAMPLES / "btc-50.csv", tmp_path / "out", sheets="-Checks", force=True)


def test_a_batch(tmp_path):
    result = books.batch(SAMPLES, tmp_path / "out", settings={"rally": 0.6})
    assert result.totals["written"] == 6 and len([*(tmp_path / "out").glob("*.xlsx")]) == 6


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
