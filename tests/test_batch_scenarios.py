"""A house's file of scenarios names coins that a client lacks: build and batch treat it alike, and say what they leave out."""

import pytest
from batches import HEADER, batch, good, manifest
from click.testing import CliRunner
from openpyxl import load_workbook
from test_batch_run import rows

from xlhedge.cli import main
from xlhedge.portfolio.scenarios import Scenario, unheld, none_held

LEFT_OUT = "s.csv: moves of coins that are not held are left out: "
KNOWN = "the columns are set, scenario, other, peak, funding_rate, days, basis and the assets BTC"
NONE = "s.csv: must move a coin that is held, or other coins (it moves {}; held are BTC)"

TELLS_NOTHING = (
    "s.csv row 2, scenario: moves no coin and tells nothing else; give it a move, such as -20%, or take the row out"
)


def build(*arguments: object):
    return CliRunner().invoke(main, ["build", *map(str, arguments)])


@pytest.mark.parametrize("header, moves, code, told", [
    ("BTC,DOGE,Sol", "-20%,-30%,1%", 0, LEFT_OUT + "DOGE, SOL"),
    ("DOGE,other", "-20%,-30%", 0, LEFT_OUT + "DOGE"), ("days", "30", 0, ""),
    ("BTC,BTCC", "-20%,-30%", 0, LEFT_OUT + "BTCC; did you mean BTC by BTCC?"),
    ("BTCC", "-20%", 2, NONE.format("BTCC") + "; did you mean BTC by BTCC?; nothing was written"),
    ("DOGE,SOL", "-20%,-10%", 2, NONE.format("DOGE, SOL") + "; nothing was written"),
    ("BTC,Btc", "1%,1%", 2, "s.csv: column 'BTC' appears 2 times; nothing was written"),
    ("BTC", "much", 3, "s.csv row 2, BTC: must be a plain number such as 0.2 or 20%, with a point and no other separator or sign (got 'much')\n1 mistake; nothing was written"),
    ("BTC", "", 3, f"{TELLS_NOTHING} (got 'Slide')\n1 mistake; nothing was written"),
    ("BTC,fundng_rate", "-20%,1%", 2, f"s.csv: unknown column 'fundng_rate'; {KNOWN}; nothing was written"),
    ("DOGE,BTC,others,a_note", "1%,1%,1%,1%", 2, f"s.csv: unknown columns 'others', 'a_note'; {KNOWN}; nothing was written"),
])  # fmt: skip
def test_build_and_batch_say_the_same(header, moves, code, told, tmp_path):
    given, scenarios = tmp_path / "h.csv", tmp_path / "s.csv"
    given.write_text(HEADER + good("Fund"))
    scenarios.write_text(f"set,scenario,{header}\nHouse,Slide,{moves}\n")
    many = batch(given, "--out", tmp_path / "out", "--scenarios", scenarios, "--dry-run", code=code)
    one = build(given, "--out", tmp_path / "book.xlsx", "--scenarios", scenarios)
    assert one.exit_code == code
    for found, mark in ((many, ""), (one, "note: " if told and not code else "")):
        assert found.stderr == "".join(f"xlhedge: {mark}{line}\n" for line in told.splitlines())
    assert (tmp_path / "book.xlsx").exists() == (code == 0)


def test_a_client_of_other_coins_is_told_and_one_of_none_fails_alone(tmp_path):
    """Fund has BTC of the two coins that the house moves, Meme has DOGE, Else has neither."""
    given, scenarios, out = tmp_path / "h.csv", tmp_path / "s.csv", tmp_path / "out"
    given.write_text(HEADER + good("Fund") + "Meme,DOGE,5,1,,\nElse,XRP,5,1,,\n")
    scenarios.write_text("set,scenario,BTC,DOGE\nHouse,Slide,-20%,-30%\n")
    batch(given, "--out", out, "--scenarios", scenarios, "--jobs", 1, code=3)
    warned = {file["portfolio"]: [w for w in file["warnings"] if "s.csv" in w] for file in manifest(out)["files"]}
    assert warned == {"Fund": [LEFT_OUT + "DOGE"], "Meme": [LEFT_OUT + "BTC"]}
    (error,) = rows(out / "errors.csv")
    rule = "must move a coin that is held, or other coins (it moves BTC, DOGE; held are XRP)"
    assert (error["portfolio"], error["file"], error["column"], error["rule"]) == ("Else", "s.csv", "(scenarios)", rule)
    refused = build(given, "--portfolio", "Else", "--out", tmp_path / "e.xlsx", "--scenarios", scenarios)
    assert refused.exit_code == 2 and refused.stderr == f"xlhedge: s.csv: {rule}; nothing was written\n"
    page = load_workbook(out / "Meme.xlsx", read_only=True, data_only=True)["House"]
    shown = {cell for row in page.iter_rows(values_only=True) for cell in row}
    assert {"DOGE", -0.3} <= shown and not {"BTC", -0.2} & shown
    assert [(told["role"], told["name"]) for told in manifest(out)["inputs"]] == [
        ("holdings", "h.csv"),
        ("scenarios", "s.csv"),
    ]


@pytest.mark.parametrize("moves, other, held, out, none", [
    ({}, None, [], "", False), ({"BTC": 0.1}, None, ["btc"], "", False), ({"BTC": 0.1}, None, ["ETH"], "BTC", True),
    ({"BTC": 0.1, "ETH": 0.1}, None, ["ETH", "SOL"], "BTC", False), ({"BTC": 0.1}, 0.0, ["ETH"], "BTC", False),
])  # fmt: skip
def test_what_is_left_out(moves, other, held, out, none):
    sets = {"House": (Scenario("x", moves, other),)}
    assert unheld(sets, held).rpartition(": ")[2] == out and bool(none_held(sets, held)) == none


@pytest.mark.parametrize("title, sheet", [
    ("Stress", "Stress 2"), ("Bad/Name[1]", "Bad Name 1"), ("A house set of more than 31 characters", "A house set of more than 31 cha"),
    ("House", ""), ("Replay", ""),
])  # fmt: skip
def test_a_set_whose_sheet_is_called_otherwise_is_told(title, sheet, tmp_path):
    given, scenarios = tmp_path / "h.csv", tmp_path / "s.csv"
    given.write_text(HEADER + good("Fund"))
    scenarios.write_text(f"set,scenario,BTC\n{title},Slide,-20%\n")
    asked = "--scenarios", scenarios, "--sheets", "-Replay"
    one, many = build(given, "--out", tmp_path / "b.xlsx", *asked), batch(given, "--out", tmp_path / "out", *asked)
    told = f"s.csv: set {title!r} is on the sheet {sheet!r}, as its own name is taken or may not be that of a sheet\n"
    assert one.stderr == (f"xlhedge: note: {told}" if sheet else "")
    assert many.stderr == (f"xlhedge: {told}" if sheet else "")
    for path in (tmp_path / "b.xlsx", tmp_path / "out/Fund.xlsx"):
        assert (sheet or title) in load_workbook(path, read_only=True).sheetnames


def test_scenarios_that_are_not_there(tmp_path):
    given, missing = tmp_path / "h.csv", tmp_path / "no.csv"
    given.write_text(HEADER + good("Fund"))
    told = f"xlhedge: {missing}: there is no such file; nothing was written\n"
    assert batch(given, "--out", tmp_path / "out", "--scenarios", missing, code=2).stderr == told
    assert build(given, "--out", tmp_path / "b.xlsx", "--scenarios", missing).stderr == told
    assert [path.name for path in tmp_path.iterdir()] == ["h.csv"]
