"""The command build: what it writes, what it refuses, and one readable line for every mistake."""

import os
import stat
from pathlib import Path

import pytest
from commands import fails, run
from users import ordinary_user

HOLDINGS = "portfolio,asset,coins,price,venue,hedge_ratio\nme,BTC,50,60000,bybit,20%\nme,USDT,1000,,,\n"
TWO = HOLDINGS + "you,ETH,5,3000,,\n"


@pytest.fixture
def holdings(tmp_path) -> Path:
    path = tmp_path / "h.csv"
    path.write_text(HOLDINGS)
    return path


@pytest.fixture
def out(tmp_path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out/book.xlsx"


def test_build(holdings, out):
    result = run("build", holdings, "--out", out)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"wrote {out} (2 assets, ") and [p.name for p in out.parent.iterdir()] == [
        "book.xlsx"
    ]
    assert stat.S_IMODE(out.stat().st_mode) == 0o644


@pytest.mark.parametrize("mode", ["addin", "lambda"])
def test_build_in_each_mode(holdings, out, mode):
    assert run("build", holdings, "--out", out, "--functions", mode).exit_code == 0


def test_build_replaces_a_file_whole(holdings, out):
    out.write_text("old")
    before = out.stat().st_ino
    assert run("build", holdings, "--out", out, "--force").exit_code == 0
    assert out.read_bytes()[:2] == b"PK" and out.stat().st_ino != before and len(list(out.parent.iterdir())) == 1


def test_a_failed_build_leaves_the_old_file(holdings, out, monkeypatch):
    out.write_text("old")
    holdings.write_text("asset,coins,price\nBTC,x,1\n")
    assert run("build", holdings, "--out", out, "--force").exit_code == 3
    holdings.write_text(HOLDINGS)
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(13, "Permission denied")))
    assert "cannot be written: Permission denied" in fails(2, "build", holdings, "--out", out, "--force")
    assert out.read_text() == "old" and len(list(out.parent.iterdir())) == 1


def test_build_with_settings_and_overrides(holdings, out, tmp_path):
    from openpyxl import load_workbook

    (tmp_path / "s.csv").write_text("setting,value\nrally,75%\nhorizon_days,11\n")
    assert (
        run("build", holdings, "--out", out, "--settings", tmp_path / "s.csv", "--set", "horizon_days = 20").exit_code
        == 0
    )
    typed = {cell.value for row in load_workbook(out, data_only=True)["Inputs"].iter_rows() for cell in row}
    assert {0.75, 20} <= typed and 11 not in typed


def test_build_one_of_several_portfolios(holdings, out):
    holdings.write_text(TWO)
    assert run("build", holdings, "--out", out, "--portfolio", "you").exit_code == 0
    assert fails(2, "build", holdings, "--out", out).startswith(
        "h.csv holds 2 portfolios; choose one with --portfolio: me, you"
    )
    assert fails(2, "build", holdings, "--out", out, "--portfolio", "yu").startswith(
        "h.csv holds no portfolio 'yu' (did you mean you?)"
    )
    assert fails(2, "build", holdings, "--out", out, "--portfolio", "x").startswith(
        "h.csv holds no portfolio 'x' (it holds me, you)"
    )


def test_a_portfolio_is_built_beside_one_with_a_mistake(holdings, out):
    holdings.write_text(TWO + "bad,BTC,x,1,,\n")
    result = run("build", holdings, "--out", out, "--portfolio", "me")
    assert result.exit_code == 3 and result.stdout.startswith("wrote ") and "h.csv row 5, coins: " in result.stderr
    out.unlink()
    result = run("build", holdings, "--out", out, "--portfolio", "bad")
    assert result.exit_code == 3 and result.stderr.endswith("1 mistake; nothing was written\n") and not out.exists()


def test_build_with_own_contracts(holdings, out, tmp_path):
    holdings.write_text(HOLDINGS.replace("bybit", "mine"))
    assert run("build", holdings, "--out", out).exit_code == 3 and not out.exists()
    facts = {"kind": "inverse", "coin": "BTC", "face": 100, "mmr": 0.01, "liq_method": "mark"}
    (tmp_path / "own.csv").write_text(
        "venue,symbol,field,value\n" + "".join(f"mine,BTCUSD,{f},{v}\n" for f, v in facts.items())
    )
    assert run("build", holdings, "--out", out, "--contracts", tmp_path / "own.csv").exit_code == 0


@pytest.mark.parametrize("name,sentence", [
    ("", "--out {folder} is a folder; name a file in it that ends in .xlsx"),
    ("folder.xlsx", "--out {folder}/folder.xlsx is a folder; name a file in it that ends in .xlsx"),
    ("book.csv", "--out must end in .xlsx (got '{folder}/book.csv')"),
    ("book", "--out must end in .xlsx (got '{folder}/book')"),
    ("none/book.xlsx", "--out: there is no folder {folder}/none"),
    ("h.csv/book.xlsx", "--out: there is no folder {folder}/h.csv"),
])  # fmt: skip
def test_outputs_that_cannot_be(holdings, tmp_path, name, sentence):
    (tmp_path / "folder.xlsx").mkdir()
    assert fails(2, "build", holdings, "--out", tmp_path / name).startswith(sentence.format(folder=tmp_path))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.xlsx", "h.csv"]


def test_the_input_is_never_overwritten(tmp_path):
    path = tmp_path / "h.xlsx"
    path.write_text("holdings")
    assert "is also an input and would be lost" in fails(2, "build", path, "--out", path)
    assert path.read_text() == "holdings"


def test_a_folder_that_may_not_be_written_to(holdings, out):
    assert run("build", holdings, "--out", out).exit_code == 0  # everything is imported now
    out.unlink()
    out.parent.chmod(0o500)
    with ordinary_user(out.parent):
        assert "cannot be written to: Permission denied" in fails(2, "build", holdings, "--out", out)


def test_a_folder_without_room(holdings, out, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert "No space left on device" in fails(2, "build", holdings, "--out", out)
    assert list(out.parent.iterdir()) == []


def test_mistakes_in_build(holdings, out, tmp_path):
    assert (
        fails(2, "build", tmp_path / "hh.csv", "--out", out)
        == f"{tmp_path}/hh.csv: there is no such file; did you mean h.csv?"
    )
    assert (
        fails(2, "build", holdings, "--out", out, "--settings", tmp_path / "s.csv")
        == f"{tmp_path}/s.csv: there is no such file"
    )
    assert fails(2, "build", holdings, "--out", out, "--set", "band").startswith("--set takes NAME=VALUE (got 'band')")
    assert fails(2, "build", holdings, "--out", out, "--set", "=1").startswith("--set takes NAME=VALUE (got '=1')")
    result = run("build", holdings, "--out", out, "--set", "bandd=1", "--set", "mode=x")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 2)
    (tmp_path / "s.csv").write_text("setting,value\nbandd,1\n")
    result = run("build", holdings, "--out", out, "--settings", tmp_path / "s.csv", "--portfolio", "me")
    assert result.exit_code == 3 and result.stderr.endswith("1 mistake; nothing was written\n") and not out.exists()


def test_a_failed_check_is_told_and_the_workbook_is_written(holdings, out):
    holdings.write_text("asset,coins,price,venue,qty,entry\nBTC,5,60000,bybit,-600000,60000\n")
    result = run("build", holdings, "--out", out)
    assert result.exit_code == 4 and out.exists()
    assert result.stderr == (
        "xlhedge: check failed: No asset is over-hedged: BTC\nxlhedge: amber: The margin of every open position is told: BTC bybit BTCUSD\n"
    )
