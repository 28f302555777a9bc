"""The command import: what it tells, what it writes and what it refuses."""

import json
from pathlib import Path

import pytest
from commands import fails, run

from xlhedge.ledger import read_exports

DATA = Path(__file__).parent / "data/exports"
TRADES, WALLET = DATA / "bitmex_trade_history.csv", DATA / "bitmex_wallet_history_api.csv"
ZONE = ("--zone", "America/New_York")
LOG = DATA / "bybit_transaction_log.csv"


def without(path: Path, folder: Path, *rows: int) -> Path:
    """An export that lacks some rows, by their numbers in the file."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / path.name).write_text("".join(line for i, line in enumerate(lines, 1) if i not in rows), encoding="utf-8")
    return folder / path.name


def test_what_is_told(tmp_path):
    told = run("import", TRADES, WALLET, *ZONE, "--account", "7", "--out", tmp_path / "ledger.csv")
    assert told.exit_code == 0 and told.stdout.splitlines() == [
        "bitmex_trade_history.csv: BitMEX trade history, 10 rows, 8 rows of the ledger come of them",
        "bitmex_wallet_history_api.csv: BitMEX wallet history (API), 12 rows, 11 rows of the ledger come of them",
        "note: bitmex_wallet_history_api.csv: 8 rows of money that another export tells one by one, counted once",
        "note: bitmex_wallet_history_api.csv: 1 row that is left out moved the wallet of BTC and counts as a transfer",
        "left out: 2 rows, quanto contracts (ETHUSD)",
        "left out: 1 row, rows in another currency (USDt)",
        "left out: 1 row, rows that are no executions (New)",
        "",
        "bitmex, account 7",
        "  XBTUSD: 4 fills from 2026-01-05 to 2026-01-07",
        "    position   -80,000 USD at 45,714.286",
        "    realised   +0.75000000 BTC",
        "    fees       0.00150000 BTC paid",
        "    funding    -0.00030000 BTC",
        "    venue      position -100,000 USD: agrees (before the last fills, on 2026-01-06 04:00 UTC)",
        "  XBTZ25: 2 fills from 2025-12-20 to 2025-12-26",
        "    position   none",
        "    realised   +0.04000000 BTC",
        "    fees       0.00010000 BTC paid",
        "    funding    +0.00000000 BTC",
        "    venue      tells no figure to compare with",
        "",
        "bitmex, account 7, wallet in BTC",
        "    transfers  +2.98985000 BTC",
        "    balance    compared from 2025-12-19 10:00:00 to 2026-01-08 10:00:00 UTC",
        "    venue      wallet 3.77795000 BTC in the end",
        "    venue      change of the wallet 0.77795000 BTC: agrees",
        "",
        f"wrote {tmp_path / 'ledger.csv'} (11 rows from 2025-12-19 to 2026-01-08)",
    ]
    assert (tmp_path / "ledger.csv").read_text().splitlines()[:4] == [
        "time,account,venue,contract,type,qty,price,fee,amount,id,file,row",
        "2025-12-19T10:00:00.1Z,7,bitmex,BTC,transfer,,,,3.0,transact-1,bitmex_wallet_history_api.csv,2",
        "2025-12-20T14:00:00Z,7,bitmex,XBTZ25,fill,10000.0,50000.0,0.0001,,,bitmex_trade_history.csv,11",
        "2025-12-26T12:00:00Z,7,bitmex,XBTZ25,settlement,-10000.0,62500.0,0.0,,,bitmex_trade_history.csv,10",
    ]


def test_a_program_gets_the_same_figures():
    result = run("import", LOG, "--zone", "UTC+8", "--json")
    told = json.loads(result.stdout)
    (bitcoin, _), (wallet, _) = told["contracts"], told["wallets"]
    assert told["files"][0]["format"] == "Bybit transaction log" and told["left_out"] == {
        "linear contracts (BTCUSDT)": 2
    }
    assert (bitcoin["position"], bitcoin["realised"], bitcoin["differences"][0]["name"]) == (
        -30_000,
        pytest.approx(0.1),
        "agrees",
    )
    assert (wallet["coin"], wallet["since"], wallet["transfers"]) == ("BTC", "2026-01-05T10:00:00Z", 1.0)
    assert (told["first"], told["gaps"], told["unexplained"], told["out"]) == ("2026-01-05T10:00:00Z", [], 0, None)


def test_a_fill_that_is_missing_is_told_with_its_time_and_size(tmp_path):
    export = without(LOG, tmp_path, 4)  # sold 50,000 at 75,000
    result = run("import", export, "--zone", "UTC+8", "--out", tmp_path / "ledger.csv")
    assert result.exit_code == 4 and (tmp_path / "ledger.csv").exists()
    assert (
        "gap: bybit BTCUSD: 50,000 USD sold are missing after 2026-01-06 00:00:00 up to 2026-01-06 10:00:00 UTC "
        "(bybit_transaction_log.csv row 2)"
    ) in result.stdout  # fmt: skip
    assert "change of the wallet -0.00045000 BTC: a fill is missing" not in result.stdout
    assert "change of the wallet 0.09915000 BTC: a fill is missing" in result.stdout


def test_what_was_open_before_the_export_is_told(tmp_path):
    told = run(
        "import", without(LOG, tmp_path, 4, 5, 6, 7, 8, 9, 10), "--zone", "UTC+8"
    ).stdout  # the last two fills are left
    assert "opening    -20,000 USD open before the first row" in told
    assert "position   -30,000 USD at an entry that is not known" in told


def test_money_that_no_row_tells_is_unexplained_from_its_first_row_on(tmp_path):
    export = without(WALLET, tmp_path, 7)  # funding of 0.0002
    result = run("import", export)
    assert result.exit_code == 4
    assert (
        "change of the wallet 0.77795000 BTC: unexplained (+0.00020000 BTC; first off by 2026-01-06 04:00:00 UTC, "
        "bitmex_wallet_history_api.csv row 7)"
    ) in result.stdout  # fmt: skip


def test_an_export_is_never_written_over(tmp_path):
    export = without(LOG, tmp_path)
    before = export.read_bytes()
    assert "is there and is no ledger; --force writes over it" in fails(2, "import", LOG, "--out", export)
    assert "is also an export and would be lost" in fails(2, "import", export, "--out", export, "--force")
    assert "is a folder" in fails(2, "import", LOG, "--out", tmp_path)
    assert export.read_bytes() == before
    assert run("import", LOG, "--out", export, "--force").exit_code == 0 and export.read_bytes() != before


def test_a_ledger_loses_no_row(tmp_path):
    """Of the 11 rows of the log 2 are of a linear contract; without row 4, a fill, the ledger has one less than 9."""
    out, export = tmp_path / "ledger.csv", without(LOG, tmp_path, 4)
    asked = ("--zone", "UTC+8", "--out", out)
    run("import", LOG, *asked)
    before = out.read_bytes()
    refused = run("import", export, *asked)
    assert refused.exit_code == 2 and out.read_bytes() == before
    assert (
        f"{out} stays as it was: 1 of its 9 rows would be lost; give it as an export too, or --force" in refused.stderr
    )
    assert run("import", out, export, *asked).exit_code == 0 and out.read_bytes() == before
    assert run("import", export, *asked, "--force").exit_code == 4 and out.read_bytes() != before


def test_a_ledger_is_csv_by_its_name_too(tmp_path):
    told = fails(2, "import", LOG, "--out", tmp_path / "ledger.xlsx")
    assert "ledger.xlsx would be a workbook by its name, and what is written is CSV" in told


def test_a_workbook_that_is_no_ledger_is_refused_in_one_sentence(tmp_path):
    holdings, book = tmp_path / "h.csv", tmp_path / "book.xlsx"
    holdings.write_text("asset,coins,price,hedge_ratio,venue,contract\nBTC,10,60000,50%,bybit,BTCUSD\n")
    run("build", holdings, "--out", book)
    told = run("plan", holdings, "--ledger", book).stderr
    assert (
        told.count("\n") == 1 and "book.xlsx Dashboard: is no export that is known" in told and "nor is any of" in told
    )


def test_a_name_is_for_one_account(tmp_path):
    other = tmp_path / "other.csv"
    other.write_text((DATA / "bybit_asset_changes.csv").read_text().replace("8001,", "8002,"))
    both = (DATA / "bybit_asset_changes.csv", other)
    told = run("import", *both).stdout
    assert "bybit, account 8001\n" in told and "bybit, account 8002\n" in told
    assert fails(2, "import", *both, "--account", "main").startswith(
        "account names one account, and the exports of bybit are of 2"
    )


def test_every_row_is_told_as_progress():
    done = []
    read_exports([TRADES, LOG], progress=done.append)
    assert sum(done) == 10 + 11
