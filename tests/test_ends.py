"""Contracts whose trading ends: what a row of holdings may still ask of them on a given day; and the setting mmr."""

import datetime
from pathlib import Path

import pytest
from books import build_text
from click.testing import CliRunner

import xlhedge
import xlhedge.contracts as contracts
from xlhedge import cli
from xlhedge.intake import read_portfolios
from xlhedge.portfolio import ends

HEAD = "asset,coins,price,hedge_ratio,target_weight,venue,contract,qty,entry,mmr,mark\n"
OWN = "venue,symbol,field,value\nbinance,BTCUSD_261225,mmr,0.01\nbinance,WIFUSD,listed_until,2027-01-15\n"
NO_MORE = "so no new hedge can be opened on it; a position that is open (qty and entry) may be booked and reduced"
NO_MARK = "is required for a dated contract, which has a price of its own"
BOOKED = "an open position can be booked and reduced, and no new one opened"
XBT = "bitmex XBTUSD is no longer listed: trading ended on 2026-09-23, " + NO_MORE
XBT_ENDED = "trading in bitmex XBTUSD ended on 2026-09-23: " + BOOKED
NO_DAYS = "the days to it are not known without a price_time, so that no gain or loss of its basis is counted"
ROLLED = "2026-12-25 is before the horizon of 90 days; it is rolled then at the setting roll_premium, 0 a year"


@pytest.fixture
def day(monkeypatch):
    """Sets the day that dates are compared with."""

    def put(text: str) -> None:
        monkeypatch.setattr(ends, "today", lambda: datetime.date.fromisoformat(text))

    put("2026-11-29")
    return put


def outcome(folder: Path, rows: str, own: str = OWN, **overrides: str) -> str:
    """What reading holdings says of a contract: "refused ..." or "warned ..." with the sentence, or "quiet"."""
    source, table = folder / "h.csv", folder / "own.csv"
    source.write_text(HEAD + rows + "\nUSDT,1000000,1,,,,,,,\n")
    table.write_text(own)
    portfolios, errors = read_portfolios(source, overrides=overrides, contracts=table)
    if errors:
        return "refused " + "; ".join(error.rule for error in errors)
    told = [text.removeprefix("h.csv row 2, ").partition(": ")[2] for text in portfolios[0].warnings]
    return "warned " + "; ".join(told) if told else "quiet"


# On the day; the row: asset, coins, price, ratio, target, venue, contract, qty, entry, mmr; overrides; what comes out.
ROWS = [
    ("new", "2026-11-29", "BTC,40,60000,50%,,bitmex,XBTUSD,,,", {}, f"refused {XBT}"),
    ("new to a target", "2026-11-29", "BTC,40,60000,,40%,bitmex,XBTUSD,,,", {}, f"refused {XBT}"),
    ("on the day itself", "2026-09-23", "BTC,40,60000,50%,,bitmex,XBTUSD,,,", {}, f"refused {XBT}"),
    ("the day before", "2026-09-22", "BTC,40,60000,50%,,bitmex,XBTUSD,,,", {}, "warned trading in bitmex XBTUSD ends on 2026-09-23"),
    ("larger", "2026-11-29", "BTC,40,60000,50%,,bitmex,XBTUSD,-200000,58000,", {}, f"refused {XBT}"),
    ("larger by less than a lot", "2026-11-29", "BTC,40,60000,50%,,bitmex,XBTUSD,-1199901,58000,", {}, f"warned {XBT_ENDED}"),
    ("larger by a lot", "2026-11-29", "BTC,40,60000,50%,,bitmex,XBTUSD,-1199900,58000,", {}, f"refused {XBT}"),
    ("to the other side", "2026-11-29", "BTC,40,60000,50%,,bitmex,XBTUSD,2000000,58000,", {}, f"refused {XBT}"),
    ("as it is", "2026-11-29", "BTC,40,60000,,,bitmex,XBTUSD,-200000,58000,", {}, f"warned {XBT_ENDED}"),
    ("smaller", "2026-11-29", "BTC,40,60000,5%,,bitmex,XBTUSD,-200000,58000,", {}, f"warned {XBT_ENDED}"),
    ("closed", "2026-11-29", "BTC,40,60000,0%,,bitmex,XBTUSD,-200000,58000,", {}, f"warned {XBT_ENDED}"),
    ("reduced to its target", "2026-11-29", "BTC,40,60000,,90%,bitmex,XBTUSD,-200000,58000,", {}, f"warned {XBT_ENDED}"),
    ("named alone", "2026-11-29", "BTC,40,60000,,,bitmex,XBTUSD,,,", {}, f"warned {XBT_ENDED}"),
    ("traded in spot", "2026-11-29", "BTC,40,60000,,40%,bitmex,XBTUSD,-200000,58000,", {"mode": "spot"}, f"warned {XBT_ENDED}"),
    ("within the band", "2026-11-29", "BTC,40,60000,,60%,bitmex,XBTUSD,-200000,58000,", {"band": "10%"}, f"warned {XBT_ENDED}"),
    ("delisted, WIF", "2026-04-09", "WIF,100000,2,50%,,binance,WIFUSD,,,0.02", {"own": ""},
     "refused binance WIFUSD is no longer listed: trading ended on 2026-04-09, " + NO_MORE),
    ("delisted, CHZ without a rate", "2026-11-29", "CHZ,1000000,0.1,50%,,binance,CHZ,,,", {},
     "refused binance CHZUSD is no longer listed: trading ended on 2025-10-21, " + NO_MORE),
    ("one's own table says otherwise", "2026-11-29", "WIF,100000,2,50%,,binance,WIFUSD,,,0.02", {},
     "warned trading in binance WIFUSD ends on 2027-01-15"),
    ("dated, new", "2026-11-29", "BTC,40,60000,50%,,binance,BTCUSD_261225,,,,60500", {}, f"warned {NO_DAYS}"),
    ("dated, new, elsewhere", "2026-11-29", "BTC,40,60000,50%,,kraken,FI_XBTUSD_261225,,,0.01,60500", {}, f"warned {NO_DAYS}"),
    ("dated, without its price", "2026-11-29", "BTC,40,60000,50%,,binance,BTCUSD_261225,,,", {}, f"refused {NO_MARK}"),
    ("dated, open", "2026-11-29", "BTC,40,60000,,,binance,BTCUSD_261225,-200000,58000,,60500", {}, f"warned {NO_DAYS}"),
    ("dated, before the horizon", "2026-11-29", "BTC,40,60000,50%,,binance,BTCUSD_261225,,,,60500", {"price_time": "2026-11-29"}, f"warned {ROLLED}"),
    ("dated, beyond the horizon", "2026-11-29", "BTC,40,60000,50%,,binance,BTCUSD_261225,,,,60500",
     {"price_time": "2026-11-29", "horizon_days": "26"}, "quiet"),
    ("dated, expired, and open", "2026-12-25", "BTC,40,60000,0%,,binance,BTCUSD_261225,-200000,58000,,60500", {"price_time": "2026-12-25"},
     f"warned trading in binance BTCUSD_261225 ended on 2026-12-25: {BOOKED}; " + ROLLED),
    ("dated, expired, with a price", "2026-12-25", "BTC,40,60000,50%,,binance,BTCUSD_261225,,,,60500", {},
     "refused binance BTCUSD_261225 expired on 2026-12-25, " + NO_MORE),
    ("dated, expired", "2026-12-25", "BTC,40,60000,50%,,binance,BTCUSD_261225,,,", {},
     "refused binance BTCUSD_261225 expired on 2026-12-25, " + NO_MORE),
    ("dated, no such day", "2026-11-29", "BTC,40,60000,50%,,binance,BTCUSD_261224,,,", {},
     "refused binance has no contract 'BTCUSD_261224': its dated contracts expire on the last Friday of March, June, September "
     "and December (the next after 2026-12-24 is 2026-12-25, BTCUSD_261225)"),
    ("alive", "2026-11-29", "BTC,40,60000,50%,,okx,BTC-USD,,,", {}, "quiet"),
    ("a first rate without an end", "2026-11-29", "ETH,40,3000,50%,,bybit,ETHUSD,,,", {},
     "warned bybit ETHUSD: the maintenance rate of 0.01 is that of small positions; it rises with the size, and no source says where"),
    ("a rate of one's own", "2026-11-29", "ETH,40,3000,50%,,bybit,ETHUSD,,,0.02", {}, "quiet"),
    ("no rate, the setting", "2026-11-29", "SOL,40,150,50%,,bybit,SOLUSD,,,", {"mmr": "2%"},
     "warned bybit SOLUSD: no source establishes a maintenance rate; the setting mmr, 0.02, is assumed"),
    ("a rate, and the setting", "2026-11-29", "BTC,40,60000,50%,,okx,BTC-USD,,,", {"mmr": "2%"}, "quiet"),
]  # fmt: skip


@pytest.mark.parametrize("today, rows, overrides, expected", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_a_row_may_ask_of_its_contract(today, rows, overrides, expected, day, tmp_path):
    day(today)
    own = {"own": "venue,symbol,field,value\n"} if "own" in overrides else {}
    overrides = {name: value for name, value in overrides.items() if name != "own"}
    assert outcome(tmp_path, rows, **own, **overrides) == expected


def test_beyond_the_largest_position_the_setting_does_not_help(day, tmp_path):
    row = "BTC,1300,60000,100%,,kraken,PI_XBTUSD,,,"
    told = outcome(tmp_path, row, mmr="20%")
    assert told.startswith(
        "refused kraken PI_XBTUSD: maintenance is established up to 75000000 contracts only, and this"
    )


def test_without_a_rate_the_sentence_names_row_and_setting(day, tmp_path):
    assert outcome(tmp_path, "SOL,40,150,50%,,bybit,SOLUSD,,,").endswith(
        ", or give mmr in this row or as a setting (--set mmr=0.02)"
    )


def test_a_rate_assumed_is_told_on_the_sheets(day, tmp_path):
    sheets = build_text(
        tmp_path, HEAD + "SOL,40,150,50%,,bybit,SOLUSD,,,\nETH,40,3000,50%,,bybit,ETHUSD,,,\n", mmr="2%"
    )
    line = next(
        row
        for row in sheets.book["Checks"].iter_rows(values_only=True)
        if row[0] == "Every maintenance rate has a source"
    )
    assert (line[5], line[6], line[7]) == (False, "amber", "SOL bybit SOLUSD")
    assert sheets.column("Hedge plan", "Maintenance:", "Rate is the setting mmr")[:2] == [True, False]
    assert sheets.column("Hedge plan", "Maintenance:", "Maintenance rate")[:2] == [0.02, 0.01]


def test_the_whole_ladder_of_kraken_in_a_built_workbook(day, tmp_path):
    cells = build_text(tmp_path, "asset,coins,price,hedge_ratio,venue,contract\nBTC,400,60000,100%,kraken,PI_XBTUSD\n")
    assert cells.column("Hedge plan", "Maintenance:", "Maintenance rate")[:1] == [0.15]
    # 400 coins x (0.5 + 0.15) / 1.5 to survive the rally, 0.0003 x 270 payments in the adverse case, and the buffer of 5 %.
    assert cells.column("Hedge plan", "Margin", "Coins to survive it")[:1] == pytest.approx([400 * 0.65 / 1.5])
    assert cells.column("Hedge plan", "Margin", "Margin planned")[:1] == pytest.approx(
        [1.05 * (400 * 0.65 / 1.5 + 400 * 0.081)]
    )
    assert cells.column("Hedge plan", "Margin", "Initial margin")[:1] == pytest.approx([120])
    found = contracts.contract("kraken", "PI_XBTUSD")
    leverage = contracts.largest_leverage(found, -24e6, 60_000)
    assert xlhedge.initial_margin(-24e6, 60_000, leverage) == pytest.approx(120)
    assert xlhedge.liq_price_venue("kraken", "PI_XBTUSD", -24e6, 60_000, 145.6) == pytest.approx(80_188.679245283)


def test_build_refuses_and_names_contract_venue_and_date(day, tmp_path):
    source, out = tmp_path / "h.csv", tmp_path / "book.xlsx"
    source.write_text(HEAD + "BTC,40,60000,50%,,bitmex,XBTUSD,,,\n")
    done = CliRunner().invoke(cli.main, ["build", str(source), "--out", str(out)])
    assert (done.exit_code, out.exists()) == (3, False)
    assert done.stderr.splitlines()[0].endswith(f"h.csv row 2, contract: {XBT} (got 'XBTUSD')")


def test_every_end_is_known_by_the_newest_date_of_the_table():
    known = [
        fact.value for venue in contracts.venues() for fact in contracts.facts(venue) if fact.field == "listed_until"
    ]
    assert len(known) == 26 and max(known) <= contracts.newest()
