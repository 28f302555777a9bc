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


def build(*arguments: object):
    return CliRunner().invoke(main, ["build", *map(str, arguments)])


@pytest.mark.parametrize("header, moves, code, told", [
    ("BTC,DOGE,Sol", "-20%,-30%,1%", 0, LEFT_OUT + "DOGE, SOL"),
    ("DOGE,other", "-20%,-30%", 0, LEFT_OUT + "DOGE"), ("days", "30", 0, ""),
    ("DOGE,SOL", "-20%,-10%", 2, NONE.format("DOGE, SOL")),
    ("BTC,fundng_rate", "-20%,1%", 2, f"s.csv: unknown column 'fundng_rate'; {KNOWN}"),
    ("DOGE,BTC,others,a_note", "1%,1%,1%,1%", 2, f"s.csv: unknown columns 'others', 'a_note'; {KNOWN}"),
])  # fmt: skip
def test_build_and_batch_say_the_same(header, moves, code, told, tmp_path):
    given, scenarios = tmp_path / "h.csv", tmp_path / "s.csv"
    given.write_text(HEADER + good("Fund"))
    scenarios.write_text(f"set,scenario,{header}\nHouse,Slide,{moves}\n")
    many = batch(given, "--out", tmp_path / "out", "--scenarios", scenarios, "--dry-run", code=code)
    one = build(given, "--out", tmp_path / "book.xlsx", "--scenarios", scenarios)
    assert one.exit_code == code
    assert many.stderr == (f"xlhedge: {told}\n" if told else "")
    assert one.stderr == (f"xlhedge: {'note: ' if told and not code else ''}{told}\n" if told else "")
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
    assert refused.exit_code == 2 and refused.stderr == f"xlhedge: s.csv: {rule}\n"
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
