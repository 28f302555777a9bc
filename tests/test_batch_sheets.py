"""Sheets that are left out (--sheets) and the mark of the input on the sheet About: the same in build and in batch."""

import io
import json
import zipfile

import pytest
from batches import HEADER, batch, good, manifest
from click.testing import CliRunner
from openpyxl import load_workbook

from xlhedge import check
from xlhedge.check import check_workbook
from xlhedge.cli import main
from xlhedge.errors import InputError
from xlhedge.intake import read_portfolios
from xlhedge.workbook.selection import left_out
from xlhedge.workbook.sheets import SHEETS

NAMES = [record.name for record in SHEETS]
LEAVABLE = ("Dashboard", "Compare", "Replay", "Functions", "About")
"""All other sheets are needed by Checks, or show settings."""
NEEDED = [name for name in NAMES if name not in LEAVABLE]


def build(*arguments: object, code: int = 0):
    result = CliRunner().invoke(main, ["build", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize("asked, left, kept", [
    ("-Replay", ["Replay"], []), (" -functions , -COMPARE", ["Compare", "Functions"], []), ("Replay", ["Dashboard", "Compare", "Functions", "About"], NEEDED),
    (",".join(NAMES), [], []), ("About,Stress", ["Dashboard", "Compare", "Replay", "Functions"], [n for n in NEEDED if n != "Stress"]),
])  # fmt: skip
def test_what_is_left_out_and_what_is_kept_for_others(asked, left, kept):
    assert [[*names] for names in left_out(asked)] == [left, kept]


@pytest.mark.parametrize("asked, told", [
    ("Reply", "sheets must be among Dashboard, Inputs, "), ("-Replay,Compare", "sheets must not mix the two ways: name the sheets to have, such as "),
    ("-Scenario set", "sheets cannot choose Scenario set, which stands beside Stress in every workbook (got 'Scenario set')"),
    (" , ", "sheets must name"), ("-Stress", "sheets cannot leave Stress out, which Dashboard needs (got '-Stress')"),
    ("-Checks", "sheets cannot leave Checks out, which every workbook needs"), ("-Inputs,-Positions", "sheets cannot leave Inputs out, which "),
])  # fmt: skip
def test_what_cannot_be_left_out(asked, told):
    with pytest.raises(InputError) as error:
        left_out(asked)
    assert str(error.value).startswith(told)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a batch and of a build of one of its portfolios, both without Replay, Compare and Functions."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "h.csv").write_text(HEADER + good("Fund") + good("Other", coins=7))
    few = "--sheets", "-Replay,-Compare,-Functions"
    batch(folder / "h.csv", "--out", folder / "out", "--jobs", 1, *few)
    build(folder / "h.csv", "--portfolio", "Fund", "--out", folder / "one.xlsx", *few)
    return folder


def parts(path) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_build_and_batch_leave_the_same_out_and_check_knows_it(made, monkeypatch):
    monkeypatch.setattr(check, "engine", lambda: None)
    path = made / "out/Fund.xlsx"
    assert parts(path) == parts(made / "one.xlsx")
    names = [name for name in NAMES if name not in ("Replay", "Compare", "Functions")]
    names.insert(names.index("Stress") + 1, "Scenario set")
    assert load_workbook(path, read_only=True).sheetnames == names
    assert [str(found) for found in check_workbook(path) if not found.is_note] == []
    assert manifest(made / "out")["without_sheets"] == ["Compare", "Replay", "Functions"]


def test_what_was_typed_on_a_sheet_goes_with_it_and_it_is_said(made):
    build(made / "one.xlsx", "--out", made / "whole.xlsx")
    told = build(made / "whole.xlsx", "--out", made / "again.xlsx", "--sheets", "-Replay")
    assert "xlhedge: note: what was typed on Replay is left out with its sheet\n" in told.stderr
    assert (
        "--sheets cannot leave Stress out"
        in build(made / "h.csv", "--out", made / "x.xlsx", "--sheets", "-Stress", code=2).stderr
    )


# The input's mark


def mark(path) -> str:
    """What the sheet About says of the input: 16 digits of a digest."""
    page = load_workbook(path, read_only=True, data_only=True)["About"]
    told = next(text for label, text, *_ in page.iter_rows(values_only=True) if label == "Input")
    before, digits, *_ = told.split()
    assert before == "SHA-256" and len(digits) == 16
    return digits


def test_the_cover_tells_of_what_input_a_workbook_is(made, tmp_path):
    listed = {file["portfolio"]: file["input"] for file in manifest(made / "out")["files"]}
    assert mark(made / "one.xlsx") == mark(made / "out/Fund.xlsx") == listed["Fund"][:16]
    assert mark(made / "out/Other.xlsx") == listed["Other"][:16] != listed["Fund"][:16]
    assert len(listed["Fund"]) == 64 and json.dumps(listed)


def test_the_mark_changes_with_what_concerns_the_portfolio_and_with_nothing_else(tmp_path):
    def digests(rows: str, *settings: str) -> list[str]:
        (tmp_path / "h.csv").write_text(HEADER + rows)
        found, errors = read_portfolios(tmp_path / "h.csv", overrides=dict(each.split("=") for each in settings))
        assert not errors
        return [portfolio.digest for portfolio in found]

    first, other = digests(good("Fund") + good("Other"))
    assert digests(good("Other", coins=7) + good("Fund"))[1] == first
    assert digests(good("Fund")) == [first] and digests(good("Fund", coins=51)) != [first] != [other]
    assert digests(good("Fund"), "rally=60%") != [first]
