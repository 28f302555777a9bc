"""The template workbooks in the repository: rebuilt byte for byte, sound, and recalculated by LibreOffice."""

import io
import zipfile
from pathlib import Path

import pytest
from ooxml import validate
from test_referee import differences

from xlhedge.workbook.lint import lint
from xlhedge.workbook.template import build_template
from xlhedge.workbook.writer import render

FOLDER = Path(__file__).parents[1] / "workbooks"
FILES = {"native": "xlhedge-template.xlsx", "addin": "xlhedge-template-addin.xlsx", "lambda": "xlhedge-template-lambda.xlsx"}


@pytest.mark.parametrize("mode", FILES)
def test_the_files_are_those_that_the_program_writes(mode):
    again = io.BytesIO(render(build_template(mode)))
    stale = f"run xlhedge template --functions {mode} --out workbooks/{FILES[mode]}"
    assert parts(FOLDER / FILES[mode]) == parts(again), stale


def parts(package) -> list[tuple]:
    """Every part in order with its time and bytes; how hard they are deflated may differ between machines."""
    with zipfile.ZipFile(package) as archive:
        return [(info.filename, info.date_time, archive.read(info)) for info in archive.infolist()]


@pytest.mark.parametrize("mode", FILES)
def test_lint_and_validator_are_quiet(mode):
    assert lint(FOLDER / FILES[mode]) == [] and validate(FOLDER / FILES[mode]) == []


def test_the_native_template_recalculates(calc):
    path = FOLDER / FILES["native"]
    with calc.open(path) as book:
        book.recalculate()
        assert differences(path, book) == []


def test_asset_20_and_a_stress_need_no_formula_edited(calc):
    """Typed into blank rows over UNO: the last row of the holdings, and a scenario below the shipped ones."""
    with calc.open(FOLDER / FILES["native"]) as book:
        value = book.get("Allocation", "B27")
        for address, typed in {"A26": "SOL", "B26": "coin", "C26": 1000.0, "D26": 150.0}.items():
            book.set("Inputs", address, typed)
        rows = book.cells("Stress")
        first_blank = next(r for r in range(20, 40) if rows.get(f"A{r}") is None and rows.get(f"E{r}") is not None)
        book.set("Stress", f"A{first_blank}", "SOL to nothing")
        book.set("Stress", f"AB{first_blank}", -0.99)
        book.recalculate()
        assert book.get("Allocation", "B27") == value + 150_000
        assert book.get("Allocation", "A26") == "SOL" and book.get("Allocation", "B26") == 150_000
        assert book.get("Stress", f"F{first_blank}") == pytest.approx(-148_500, rel=1e-9)
        assert book.get("Checks", "F3") is True
