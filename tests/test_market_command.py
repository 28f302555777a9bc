"""`xlhedge prices`: what is written, what of an older snapshot is kept, and what is told of what is missing."""

import csv
import json
import subprocess
import sys

import pytest
from commands import fails, run
from venue_server import FAULTS

from xlhedge.live.table import COLUMNS

KRAKEN = [  # as the server's figures come to, see test_market_prices.py
    ("kraken", "PI_XBTUSD", "mark", "60001.5", "kraken tickers markPrice"),
    ("kraken", "PI_XBTUSD", "index", "60000.0", "kraken tickers indexPrice"),
    ("kraken", "PI_XBTUSD", "funding rate", "3.6e-06", "kraken tickers fundingRate (coin for a contract and hour) x indexPrice; fraction for 1 h"),
    ("kraken", "PI_XBTUSD", "funding hours", "1.0", "kraken tickers fundingRate is hourly"),
]  # fmt: skip
HOLDINGS = "asset,coins,price,venue,contract,qty\nBTC,1,,kraken,PI_XBTUSD,-30000\nSOL,10,,,,\nUSDT,500,,,,\n"
OLD = "2026-11-01T08:00:00Z"


@pytest.fixture
def out(tmp_path):
    return tmp_path / "prices.csv"


def rows(path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return [*csv.DictReader(file)]


def write(path, *lines) -> None:
    path.write_text("\n".join([",".join(COLUMNS), *lines, ""]), encoding="utf-8")


def test_holdings_name_what_is_asked_and_the_file_is_a_table(server, out, tmp_path):
    (tmp_path / "holdings.csv").write_text(HOLDINGS)
    done = run("prices", "--out", out, "--holdings", tmp_path / "holdings.csv", base=server.base)
    assert (done.exit_code, done.stderr, done.stdout) == (0, "", f"wrote {out} (6 figures)\n")
    prices = [("kraken", "BTC", "price", "60000.0"), ("okx", "SOL", "price", "150.25")]
    told = rows(out)
    assert [*told[0]] == [*COLUMNS]
    assert [tuple(row[name] for name in COLUMNS[:4]) for row in told[:2]] == prices
    assert [tuple(row[name] for name in COLUMNS if name != "time") for row in told[2:]] == KRAKEN
    assert all(row["time"][0] == "2" and row["time"].endswith("Z") for row in told)


@pytest.mark.parametrize("name", ["429", "500", "cut short", "a page"])
def test_an_old_snapshot_is_renewed_where_it_can_be_and_kept_where_not(server, out, name):
    write(
        out, f"bybit,BTCUSD,mark,59000,{OLD},by hand", f"gate,BTC_USD,mark,59000,{OLD},by hand",
        f"a bank,GOLD,price,2000.5,{OLD},by hand",
    )  # fmt: skip
    server.faults["bybit"] = FAULTS[name]
    done = run("prices", "bybit", "gate", "--out", out, base=server.base)
    assert done.exit_code == 4 and done.stderr.startswith("xlhedge: bybit: ") and done.stderr.count("\n") == 1
    assert done.stdout == f"wrote {out} (4 figures, 2 figures of before kept, the oldest of {OLD})\n"
    found = {(row["venue"], row["symbol"], row["field"]): (row["value"], row["time"]) for row in rows(out)}
    assert found["bybit", "BTCUSD", "mark"] == ("59000.0", OLD) and found["a bank", "GOLD", "price"] == ("2000.5", OLD)
    value, time = found["gate", "BTC_USD", "mark"]
    assert value == "60007.2" and time > OLD


def test_nothing_had_leaves_the_file_as_it_was(server, out, tmp_path):
    write(out, f"bybit,BTCUSD,mark,59000,{OLD},by hand")
    before = out.read_bytes()
    server.faults["bybit"] = FAULTS["an empty list"]
    done = run("prices", "bybit", "--out", out, base=server.base)
    assert done.exit_code == 4 and out.read_bytes() == before
    assert done.stdout == f"nothing was had; {out} stays as it was, 1 figure of before kept, the oldest of {OLD}\n"
    done = run("prices", "bybit", "--out", tmp_path / "new.csv", base=server.base)
    assert done.exit_code == 4 and [each.name for each in tmp_path.iterdir()] == ["prices.csv"]


def test_json_tells_figures_and_gaps(server, out):
    server.faults["bybit"] = FAULTS["an empty list"]
    done = run("prices", "bybit", "gate", "--out", out, "--json", base=server.base)
    told = json.loads(done.stdout)
    assert done.exit_code == 4 and told["written"] and [row["field"] for row in told["rows"]] == ["mark", "index", "funding rate", "funding hours"]  # fmt: skip
    assert told["kept"] == [] and [gap["venue"] for gap in told["gaps"]] == ["bybit"]


REFUSED = {
    "nobody named": ([], "name a VENUE, or give --holdings"),
    "no such venue": (["bitfoo"], "there is no venue 'bitfoo' (there is "),
    "a folder": (["gate", "--out", "."], "--out . is a folder; name a file in it"),
    "no such holdings": (["--holdings", "none.csv"], "none.csv: there is no such file"),
    "positions alone": (["gate", "--positions", "none.csv"], "--positions stands beside --holdings"),
}


@pytest.mark.parametrize("arguments,told", REFUSED.values(), ids=[*REFUSED])
def test_refused_before_anybody_is_asked(server, out, arguments, told):
    line = fails(2, "prices", "--out", out, *arguments)
    assert line.startswith(told) and not out.exists() and server.asked == []


@pytest.mark.parametrize(
    "content", ["asset,coins\nBTC,1\n", "", "\ufeff", "venue,symbol,field,value,time,source\nkraken,X\n"]
)
def test_a_file_that_is_no_snapshot_is_not_written_over(server, out, content):
    out.write_text(content, encoding="utf-8")
    assert str(out.name) in fails(2, "prices", "gate", "--out", out)
    assert out.read_text(encoding="utf-8") == content and server.asked == []


WITHOUT = """
import sys
sys.modules["ccxt"] = sys.modules["keyring"] = None  # as where they are not installed
from xlhedge.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("command,code", [
    (["prices", "gate", "--out", "x.csv"], 2), (["account", "gate"], 2), (["contracts", "gate"], 0),
])  # fmt: skip
def test_without_ccxt_one_sentence_says_what_to_install(tmp_path, command, code):
    made = subprocess.run([sys.executable, "-c", WITHOUT, *command], capture_output=True, text=True, cwd=tmp_path)
    assert made.returncode == code
    assert code == 0 or made.stderr == 'xlhedge: this needs ccxt: pip install "xlhedge[live]"\n'


def test_the_page_tells_of_every_venue_what_is_done(server):
    from importlib import import_module
    from pathlib import Path

    from xlhedge.live.account import READ
    from xlhedge.live.exchange import CCXT

    page = (Path(__file__).parents[1] / "docs/live.md").read_text("utf-8")
    lines = [line.strip("|").split(" | ") for line in page.splitlines() if line.startswith("| ") and " | " in line]
    venues = [cells[0].strip() for cells in lines if cells[0].strip() in CCXT]
    assert venues == [*sorted(CCXT), *READ]
    for cells in lines[-len(READ) :]:
        days = import_module(f"xlhedge.live.accounts.{cells[0].strip()}").ACCESS.days
        assert cells[2] == ("all" if days is None else f"{days} days")
