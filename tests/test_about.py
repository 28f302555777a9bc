"""The About sheet: everything is on it, its claims are the README's, and the snapshot follows Inputs."""

import re
from pathlib import Path

import pytest
from books import build_sample
from one_sheet import from_text, sample
from ooxml import validate
from openpyxl import load_workbook
from test_referee import differences

from xlhedge import __version__
from xlhedge.workbook.file.writer import write
from xlhedge.ooxml.lint import lint
from xlhedge.workbook.model import build_model
from xlhedge.workbook.sheets.claims import CLAIMS
from xlhedge.workbook.sheets.about import WIDTHS

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def written(folder, portfolio):
    """A workbook with a cover."""
    book = build_model(portfolio)
    write(book, folder / "book.xlsx")
    return book, folder / "book.xlsx"


def texts(path) -> list[str]:
    page = load_workbook(path, data_only=True)["About"]
    return [str(cell.value) for row in page for cell in row if cell.value is not None]


def test_the_claims_are_those_of_the_readme():
    table = README.split("| told | true |")[1].split("\n\n")[0]
    assert CLAIMS == tuple(re.findall(r"^\| (?!-)(.+) \| (.+) \|$", table, re.MULTILINE))
    assert len(CLAIMS) == 10


@pytest.mark.parametrize("number", [0, 2])
def test_everything_is_told(tmp_path, number):
    book, path = written(tmp_path, sample(number))
    assert list(book.sheets)[-1] == "About"
    found = texts(path)
    assert {text for claim in CLAIMS for text in claim} <= set(found)
    for name, sheet in book.sheets.items():
        assert name == "About" or (name in found and sheet.purpose in found)
    whole = "\n".join(found)
    steps = re.findall(r"^\d\. (.+)$", whole, re.MULTILINE)
    assert steps == ["Transfer margin", "Size", "Limit order", "Monitor", "Close"]
    assert __version__ in whole and "not advice" in whole and {"typed", "calculated", "linked", "total"} <= set(found)
    assert lint(path) == [] and validate(path) == []


def test_nothing_is_clipped(tmp_path):
    """Each text fits its column; a text in the first column may also use the second when that is empty."""
    page = load_workbook(written(tmp_path, sample(2))[1], data_only=True)["About"]
    for row in page:
        first, second = (len(str(cell.value or "")) for cell in row[:2])
        if row[0].font.size == 10:
            assert second <= WIDTHS[1] * 1.15 and first <= (WIDTHS[0] if second else sum(WIDTHS)), row[0].value


def test_the_snapshot_follows_inputs(calc, tmp_path):
    path = written(tmp_path, sample(0))[1]
    assert {"2026-11-20 08:00", "round numbers of the worked example"} <= set(texts(path))
    names = load_workbook(path).defined_names
    time, source = (names[n].attr_text.split("!")[1].replace("$", "") for n in ("price_time", "price_source"))
    with calc.open(path) as book:
        book.recalculate()
        assert differences(path, book) == []
        book.set("Inputs", time, 45_000.25)
        book.set("Inputs", source, None)
        book.recalculate()
        assert {"2023-03-15 06:00", "not given"} <= set(map(str, book.cells("About").values()))


def test_text_stays_text(tmp_path):
    portfolio = from_text(tmp_path, "asset,coins,price\nBTC,1,100\n", price_source="=1+1")
    path = written(tmp_path, portfolio)[1]
    assert texts(path).count("=1+1") == 1 and lint(path) == []
    formulas = {c.coordinate: c.value for row in load_workbook(path)["About"] for c in row if c.data_type == "f"}
    assert "all checks pass" in formulas.pop("B1") and formulas.pop("C1") == "=first_failing"
    assert all("price_" in formula for formula in formulas.values())


def test_each_sheet_is_a_step_away(tmp_path):
    book = load_workbook(build_sample(0, tmp_path))
    links = {cell.value: cell.hyperlink.location for row in book["About"] for cell in row if cell.hyperlink}
    assert links == {
        name: f"'{name}'!A1" if " " in name else f"{name}!A1" for name in book.sheetnames if name != "About"
    }
