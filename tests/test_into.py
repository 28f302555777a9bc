"""A snapshot or a ledger is put into a workbook: what it tells is there, all else is as it was typed, or nothing is written."""

import datetime
import json
import zipfile
from pathlib import Path

import pytest
from commands import fails, run
from openpyxl import load_workbook
from test_ledger_opens import ADD, REDUCE, SELL, lines
from test_prices import HEADER

from xlhedge.errors import FileError
from xlhedge.intake import read_portfolios
from xlhedge.into import into
from xlhedge.ledger.entry import COLUMNS
from xlhedge.portfolio.scenarios import Scenario
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.model import build_model
from xlhedge.workbook.portfolios import Room
from xlhedge.workbook.sheets.about import MADE_BY

HOLDINGS = """asset,coins,price,hedge_ratio,venue,contract,mark,funding_rate,qty,entry
BTC,10,60000,0.5,bybit,BTCUSDZ26,61000,,-100000,60000
BTC,,,,bybit,BTCUSD,,0.0002,,
ETH,100,3000,0.2,kraken,PI_ETHUSD,,,-30000,3100
USDT,1000,,,,,,,,
"""
MARKET = f"""{HEADER}
kraken,BTC,price,63000,2026-11-20T08:00:00Z,kraken
bybit,BTCUSDZ26,mark,64000,2026-11-20T08:00:00Z,bybit
bybit,BTCUSD,funding rate,0.0001,2026-11-20T08:00:00Z,bybit
bybit,ETHUSD,index,3300,2026-11-20T07:00:00Z,bybit
"""
EXPORT = Path(__file__).parent / "data/exports/bybit_transaction_log.csv"
TIME = datetime.datetime(2026, 11, 3, 8)
BTC, ETH = "BTC bybit BTCUSDZ26", "ETH kraken PI_ETHUSD"
LOG = {
    "position": (ETH, BTC, BTC), "time": (TIME, TIME, TIME), "type": ("fill", None, "funding"), "fill": (-1000.0, -5000.0, None),
    "price": (3050.0, 59000.0, None), "fee": (0.01, None, None), "funding": (None, None, 0.002), "transfer": (None, None, None),
    "note": ("mine", None, "typed"),
}  # fmt: skip


def only(path: Path):
    """The portfolio of a workbook or a holdings file without a mistake."""
    (portfolio,), errors = read_portfolios(path, overrides={"mmr": "0.01"} if path.suffix == ".csv" else {})
    assert errors == []
    return portfolio


HISTORY = {"time": (1.0, 2.0), "price": (60000.0, 90000.0), "rate": (0.0, 0.0001), "peak": (None, 95000.0)}


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Path:
    """A workbook with a log, two scenario sets, a history, room for more, and formulas of the add-in."""
    folder = tmp_path_factory.mktemp("into")
    (folder / "h.csv").write_text(HOLDINGS)
    portfolio, path = only(folder / "h.csv"), folder / "book.xlsx"
    typed = {
        "Monitor": LOG | {"band_below": 0.03, "price_now": {1: 3200.0}, "margin_now": {0: 2.0}, "coins_now": {0: 9.0}},
        "Replay": HISTORY,
    }
    winter = {"Winter": (Scenario("Crash", {"BTC": -0.5, "ETH": -0.6}, funding_rate=-0.001, days=3.0),)}
    write(build_model(portfolio._replace(kept=typed), "addin", Room(8, 8, 70), winter), path)
    return path


@pytest.fixture
def book(first, tmp_path) -> Path:
    """A copy of it, with a snapshot and a ledger beside it."""
    (tmp_path / "market.csv").write_text(MARKET)
    (tmp_path / "ledger.csv").write_text(
        "\n".join([",".join(COLUMNS), *lines(SELL, ADD, REDUCE, contract="BTCUSDZ26")]) + "\n"
    )
    path = tmp_path / "book.xlsx"
    path.write_bytes(first.read_bytes())
    return path


def plain(portfolio) -> dict:
    """All of a portfolio but its holdings, positions and settings, and what is told of it."""
    left_out = ("holdings", "positions", "settings", "filled", "warnings", "read_from", "digest")
    return {name: value for name, value in portfolio._asdict().items() if name not in left_out}


def test_prices_take_the_place_of_typed_ones_and_all_else_stays(book):
    before = only(book)
    told = into(book, prices=book.with_name("market.csv")).portfolio.filled
    after = only(book)
    assert plain(after) == plain(before) and after.functions == "addin" and after.room == (8, 8, 70)
    assert after.kept["Monitor"]["note"] == ("mine", None, "typed") and after.sets["Winter"][0].moves["BTC"] == -0.5
    assert {name: after.kept["Replay"][name][:2] for name in HISTORY} == HISTORY
    changed = {"price": [63000, 3300, 1], "mark": [64000, None, None], "funding_rate": [0.0001, None, None]}
    for name, values in changed.items():
        places = after.holdings if name == "price" else after.positions
        assert [getattr(each.values, name) for each in places] == values or name == "funding_rate"
    assert (after.settings.price_time, after.settings.price_source) == (
        datetime.datetime(2026, 11, 20, 7),
        "kraken; bybit",
    )
    for now, old in zip(after.holdings + after.positions, before.holdings + before.positions):
        left_out = dict.fromkeys(changed)
        assert now.values._asdict() | left_out == old.values._asdict() | left_out
    assert told == (
        "2 prices, 1 mark and 1 funding rate filled in from market.csv, the oldest of 2026-11-20T07:00:00Z; without a funding "
        "rate there, by the setting: kraken PI_ETHUSD",
        "BTC price: 60000 -> 63000",
        "ETH price: 3000 -> 3300",
        "bybit BTCUSDZ26 mark: 61000 -> 64000",
        "bybit BTCUSD funding_rate: 0.0002 -> 0.0001",
        "price_time: blank -> 2026-11-20 07:00:00",
        "price_source: blank -> kraken; bybit",
        f"typed on Monitor, and as they were: price of ETH now, margin of {BTC} now, coins of BTC now",
    )
    assert made_by(book).endswith(", addin formulas, from h.csv; prices of market.csv")
    into(book, prices=book.with_name("market.csv"))
    assert plain(only(book)) == plain(after)
    content = book.read_bytes()
    into(book, prices=book.with_name("market.csv"))
    assert book.read_bytes() == content


def test_a_ledger_takes_the_place_of_positions_and_of_their_rows_of_the_log(book):
    with pytest.raises(
        FileError, match=f"book.xlsx: sheet Monitor: 2 rows of the log of {BTC} are not in ledger.csv, whose rows take"
    ):
        into(book, ledger=book.with_name("ledger.csv"))
    told = into(book, ledger=book.with_name("ledger.csv"), force=True).portfolio.filled
    after = only(book)
    assert told[1:] == (
        f"{BTC} qty: -100000 -> -250000",
        f"{BTC} entry: 60000 -> 55555.5555555556",
        "book.xlsx Positions row 10 is open as typed: ledger.csv has no row of its contract",
        "BTC coins now, on Monitor: 9 -> 10, those of the holdings",
        f"typed on Monitor, and as they were: price of ETH now, margin of {BTC} now",
    )
    assert {position.name: position.values.qty for position in after.positions} == {
        BTC: -250_000,
        "BTC bybit BTCUSD": 0,
        ETH: -30_000,
    }
    log = after.kept["Monitor"]
    assert log["position"] == (BTC, BTC, BTC, ETH) and log["fill"] == (-300_000, -200_000, 250_000, -1000)
    assert log["note"] == ("BTCUSDZ261-0", "BTCUSDZ261-1", "BTCUSDZ261-2", "mine") and log["coins_now"][0] == 10
    assert made_by(book).endswith(
        ", addin formulas, from h.csv; ledger of ledger.csv, with the coins of Inputs: BTC 10"
    )
    # Its own rows are the ledger's: nothing is lost, and once the book itself is the input, nothing changes.
    into(book, ledger=book.with_name("ledger.csv"))
    assert plain(only(book)) == plain(after)
    content = book.read_bytes()
    into(book, ledger=book.with_name("ledger.csv"))
    assert book.read_bytes() == content
    on_inputs(book, b"<v>10</v>", b"<v>12</v>")
    on_monitor(book, b"BTCUSDZ261-1", b"of my own hand")
    after = only(book)
    assert after.holdings[0].values.coins == after.kept["Monitor"]["coins_now"][0] == 12
    assert after.filled == ("BTC coins now, on Monitor: 10 -> 12, those of the holdings",)
    into(book, ledger=book.with_name("ledger.csv"))
    log = only(book).kept["Monitor"]
    assert log["note"] == ("BTCUSDZ261-0", "of my own hand", "BTCUSDZ261-2", "mine") and log["coins_now"][0] == 12


def made_by(path: Path) -> str:
    """What the About of a workbook says of its making."""
    cover = load_workbook(path, read_only=True)["About"]
    return next(row[1] for row in cover.iter_rows(values_only=True) if row[0] == MADE_BY)


def with_a_formula(path: Path) -> None:
    """The price of Bitcoin on Inputs as a formula with its value."""
    on_inputs(path, b"<v>60000</v>", b"<f>30000*2</f><v>60000</v>")


def on_inputs(path: Path, old: bytes, new: bytes) -> None:
    """Something that is typed on Inputs, typed otherwise."""
    typed_over(path, lambda content: b">Holdings<" in content and old in content, old, new)


def on_monitor(path: Path, old: bytes, new: bytes) -> None:
    """The same of a text of the log, wherever a workbook keeps its texts."""
    typed_over(path, lambda content: old in content, old, new)


def typed_over(path: Path, is_it, old: bytes, new: bytes) -> None:
    """The first such cell of the first part that is meant."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = next(name for name, content in parts.items() if is_it(content))
    parts[sheet] = parts[sheet].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def with_a_sheet(path: Path) -> None:
    """A sheet that is not ours, and a note beside the holdings."""
    opened = load_workbook(path)
    opened.create_sheet("Mine")["A1"] = "mine"
    opened["Inputs"]["R5"] = "note"
    opened.save(path)


@pytest.mark.parametrize(
    ("change", "notes"),
    [
        (with_a_formula, ["sheet Inputs D7: formulas in cells that are typed are carried over as their values"]),
        (with_a_sheet, [
            "sheet Mine is not one of xlhedge's and is not carried over",
            "sheet Inputs R5: what stands beside or below its tables is not carried over",
        ]),
    ],
)  # fmt: skip
def test_what_would_be_lost_refuses(book, change, notes):
    change(book)
    content = book.read_bytes()
    with pytest.raises(FileError) as raised:
        into(book, prices=book.with_name("market.csv"))
    assert str(raised.value).splitlines() == [f"book.xlsx: {note}; --force writes it all the same" for note in notes]
    assert book.read_bytes() == content


def test_commands(book, tmp_path, server):
    ledger = tmp_path / "ledger.csv"
    told = run("import", ledger, "--into", book, "--force")
    assert told.exit_code == 0 and f"note: {BTC} qty: -100000 -> -250000" in told.stderr
    assert told.stdout.splitlines()[-1].startswith(f"wrote {book} (3 assets, ")
    figures = json.loads(run("import", ledger, "--into", book, "--json").stdout)[
        "into"
    ]  # once more, which changes nothing
    assert (
        figures["file"] == str(book) and figures["notes"][0] == "1 open position and 3 rows of the log from ledger.csv"
    )
    assert {"name": "Positions holds what the log has come to", "severity": "amber", "subject": ETH} in figures[
        "failed"
    ]
    cut = tmp_path / "cut.csv"  # without the transfers and the first fill, which the venue's own positions miss
    cut.write_text(
        "".join(
            line for line in EXPORT.read_text().splitlines(True) if "TRANSFER" not in line and "trade-3" not in line
        )
    )
    refused = run("import", cut, "--into", book)
    missing = "bybit BTCUSD: 30,000 USD bought are missing before the first row (2026-01-06 00:00:00 UTC)"
    remedy = "give import the exports that have them too, or --force writes all the same"
    why = f"{book} stays as it was: {missing}: {remedy}"
    assert refused.exit_code == 2 and refused.stderr == f"xlhedge: {why}\n"
    told = run("prices", "--into", book, "--json", base=server.base)
    assert "note: bybit BTCUSD funding_rate: 0.0002 -> " in told.stderr and f"wrote {book} (3 assets, " in told.stderr
    figures = json.loads(told.stdout)
    assert (figures["exit_code"], figures["written"], figures["out"]) == (told.exit_code, True, None)
    assert figures["into"]["file"] == str(book)
    assert any(note.startswith("bybit BTCUSD funding_rate: 0.0002 -> ") for note in figures["into"]["notes"])
    assert " filled in from the venues" in figures["into"]["notes"][0]
    assert fails(2, "import", ledger, "--into", tmp_path / "none.xlsx").startswith(
        f"--into: there is no file {tmp_path / 'none.xlsx'}"
    )
    assert fails(2, "prices", "--into", ledger).startswith("--into must end in .xlsx")
