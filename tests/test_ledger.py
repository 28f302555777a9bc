"""Exports of BitMEX and Bybit, and tables of our own: each comes to the ledger that was worked out by hand.

BitMEX, in USD and USD/coin. XBTZ25: bought 10,000 at 50,000 (0.2 BTC), settled at 62,500 (0.16): realised 0.04. XBTUSD: sold
100,000 at 50,000 (2 BTC) and twice 30,000 at 40,000 (0.75 each), so that -160,000 cost 3.5 BTC (entry 160,000/3.5); bought
80,000 at 32,000 (2.5), which closes half: realised 2.5 - 1.75 = 0.75, and -80,000 cost 1.75. Fees 0.001 + 2 x 0.000375 - 0.00025 (a
rebate), and 0.0001 of XBTZ25; funding 0.0002 - 0.0005. Wallet: 3 - 0.0101 withdrawn.

Bybit. BTCUSD: bought 30,000 at 60,000 (0.5 BTC), sold 50,000 at 75,000, which closes it (0.5 - 0.4 = 0.1) and opens -20,000 (20,000/75,000
BTC), sold twice 5,000 at 50,000 (0.1 each): -30,000 at 30,000/(20,000/75,000 + 0.2). Fees 0.0003 + 0.0004 + 2 x 0.00006, funding -0.00005
+ 0.00002. ETHUSD: sold 4,000 at 2,500, fee 0.001 ETH. Closed positions: 0.1 as above with fees 0.0003 + 0.00024 and funding -0.00003; a short
of 20,000 at 75,000 bought back at 50,000 (0.4 - 20,000/75,000) with fees 0.00016 + 0.00024 and funding 0.00002.
"""

import random
from pathlib import Path

import pytest

from xlhedge.ledger import read_exports, read_ledger, write_ledger
from xlhedge.ledger.formats import FORMATS

DATA = Path(__file__).parent / "data/exports"
NEW_YORK, SINGAPORE = "America/New_York", "UTC+8"
XBT = (-80_000, 160_000 / 3.5, 0.75, 0.0015, -0.0003, 0.0)
DATED = (0, None, 0.04, 0.0001, 0.0, 0.0)
BTC = (-30_000, 30_000 / (20_000 / 75_000 + 0.2), 0.1, 0.00082, -0.00003, 0.0)
ETH = (-4_000, 2_500, 0.0, 0.001, 0.0, 0.0)
NOTHING = (0, None, 0.0, 0.0, 0.0, 0.0)
LINEAR = {"linear contracts (BTCUSDT)": 2}
QUANTO = {"quanto contracts (ETHUSD)": 1}

# files; zone; position, entry, realised, fees, funding, lumps of each contract; rows left out; the venue's figures that agree
CASES = {
    "BitMEX trades": (
        ["bitmex_trade_history"], NEW_YORK, {"XBTUSD": XBT, "XBTZ25": DATED}, QUANTO | {"rows that are no executions (New)": 1}, 1,  # a funding tells the size
    ),
    "BitMEX wallet, a lump a day": (  # -0.0013 + 0.7495, and -0.0001 + 0.04
        ["bitmex_wallet_history"], NEW_YORK,
        {"XBTUSD": (None, None, None, 0.0, 0.0, 0.7482), "XBTZ25": (None, None, None, 0.0, 0.0, 0.0399)},
        QUANTO | {"rows that are not completed (Canceled)": 1}, 1,
    ),
    "BitMEX wallet of the API": (
        ["bitmex_wallet_history_api"], None,
        {"XBTUSD": (None, None, None, 0.0015, -0.0003, 0.75), "XBTZ25": (None, None, None, 0.0001, 0.0, 0.04)},
        QUANTO | {"rows in another currency (USDt)": 1}, 1,
    ),
    "BitMEX positions": (  # what was open before the only row has no entry of ours
        ["bitmex_positions_api"], None,
        {"XBTUSD": (-80_000, None, 0.0, 0.0, 0.0, 0.0), "XBTH26": NOTHING}, QUANTO, 1,
    ),
    "BitMEX all": (
        ["bitmex_trade_history", "bitmex_wallet_history", "bitmex_wallet_history_api", "bitmex_positions_api"], NEW_YORK,
        {"XBTUSD": XBT, "XBTZ25": DATED, "XBTH26": NOTHING},
        {
            "quanto contracts (ETHUSD)": 4, "rows that are no executions (New)": 1,
            "rows that are not completed (Canceled)": 1, "rows in another currency (USDt)": 1,
        }, 4,
    ),
    "Bybit asset changes": (["bybit_asset_changes"], None, {"BTCUSD": BTC, "ETHUSD": ETH}, LINEAR, 6),
    "Bybit transaction log": (["bybit_transaction_log"], SINGAPORE, {"BTCUSD": BTC, "ETHUSD": ETH}, LINEAR, 6),
    "Bybit closed positions": (
        ["bybit_closed_positions"], None, {"BTCUSD": (0, None, 0.5 - 20_000 / 75_000, 0.00094, -0.00001, 0.0)},
        {"linear contracts (BTCUSDT)": 1}, 0,
    ),
    "Bybit both logs": (
        ["bybit_asset_changes", "bybit_transaction_log"], SINGAPORE, {"BTCUSD": BTC, "ETHUSD": ETH},
        {"linear contracts (BTCUSDT)": 4}, 6,
    ),
    "fills typed by hand": (["plain_fills"], None, {"BTCUSD": (*BTC[:4], 0.0, 0.0), "ETHUSD": ETH}, {}, 0),
    "payments typed by hand": (["plain_payments"], None, {"BTCUSD": (None, None, None, 0.00001, -0.00003, 0.0)}, {}, 0),
}  # fmt: skip


@pytest.fixture(scope="module")
def ledgers():
    return {
        name: read_exports([DATA / f"{file}.csv" for file in files], zone) for name, (files, zone, *_) in CASES.items()
    }


def figures(ledger) -> dict[str, tuple]:
    """Position, entry, realised, fees, funding and lumps of each contract."""
    return {
        line.contract: (line.position, line.entry, line.realised, line.fees, line.funding, line.lumps)
        for line in ledger.reconciliation.lines
    }


def same(ours: dict[str, tuple], expected: dict[str, tuple]) -> bool:
    """Whether figures are the same; None is the same as None alone."""
    ours, expected = (
        {name: [float("nan") if each is None else each for each in figures] for name, figures in told.items()}
        for told in (ours, expected)
    )
    return ours == {name: pytest.approx(each, rel=1e-12, abs=1e-12, nan_ok=True) for name, each in expected.items()}


@pytest.mark.parametrize("name", CASES)
def test_an_export_comes_to_what_was_worked_out(ledgers, name):
    _, _, contracts, left_out, agreeing = CASES[name]
    ledger = ledgers[name]
    compared = ledger.reconciliation
    told = [each.name for part in (*compared.lines, *compared.wallets) for each in part.differences]
    assert same(figures(ledger), contracts) and ledger.left_out == left_out
    assert not ledger.gaps and not compared.unexplained and told.count("agrees") == agreeing


@pytest.mark.parametrize(
    ("name", "coin", "moved"),
    [  # 3 in, 0.0101 out, and 5,000 satoshi that the quanto contract ETHUSD cost, which is left out but for that
        ("BitMEX wallet, a lump a day", "BTC", 2.98985),
        ("BitMEX all", "BTC", 2.98985),
        ("Bybit both logs", "ETH", 5.0),
    ],  # fmt: skip
)
def test_transfers_count_once(ledgers, name, coin, moved):
    assert {each.coin: each.transfers for each in ledgers[name].reconciliation.wallets}[coin] == pytest.approx(moved)


def test_what_is_assumed_and_counted_once_is_told(ledgers):
    assert ledgers["BitMEX all"].doubles == {"content": 3}  # transfers of the wallet's two exports
    assert ledgers["Bybit both logs"].doubles == {"content": 9}
    notes = {name: "\n".join(ledger.notes) for name, ledger in ledgers.items()}
    assert "bitmex_wallet_history.csv: 3 rows of money that another export tells" in notes["BitMEX all"]
    assert "bitmex_wallet_history_api.csv: 8 rows of money" in notes["BitMEX all"]
    assert "times without a zone are taken as UTC" in notes["Bybit closed positions"]
    assert "an opening fill has the time of its closing" in notes["Bybit closed positions"]
    assert "column note is not read" in notes["fills typed by hand"] and "UTC" not in notes["BitMEX trades"]


def test_every_format_has_a_file(ledgers):
    told = {found.format.name for ledger in ledgers.values() for found in ledger.recognised} | {"xlhedge ledger"}
    assert told == {each.name for each in FORMATS if each.venue in ("bitmex", "bybit", "")}


# The same ledger whatever the order, the overlap and the split

ONE_FILE = [(files[0], zone) for files, zone, *_ in CASES.values() if len(files) == 1 and "positions" not in files[0]]


def rows_of(ledger) -> list[list]:
    """The rows of a ledger without where they stood, those of one time in any order."""
    texts = ledger.rows.drop(columns=["file", "row", "size", "position", "entry", "balance", "profit"]).astype(str)
    return sorted(texts.values.tolist())


def split(file: str, folder: Path, how: str) -> list[Path]:
    """An export in another order, or in parts; what stands above its header stays there."""
    text = (DATA / f"{file}.csv").read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    head, rows = (lines[:2], lines[2:]) if lines[0].startswith("UID") else (lines[:1], lines[1:])
    cut, rest = len(rows) // 2, rows[:]
    random.Random(5).shuffle(rest)
    parts = {
        "turned round": [rows[::-1]], "shuffled": [rest], "twice": [rows, rows], "split": [rows[:cut], rows[cut:]],
        "overlapping": [rows[: cut + 2], rows[cut - 2 :]],
    }[how]  # fmt: skip
    for i, part in enumerate(parts):
        (folder / f"part{i}.csv").write_text("".join([*head, *part]), encoding="utf-8")
    return [folder / f"part{i}.csv" for i in range(len(parts))]


@pytest.mark.parametrize("how", ["turned round", "shuffled", "twice", "split", "overlapping"])
@pytest.mark.parametrize(("file", "zone"), ONE_FILE, ids=[file for file, _ in ONE_FILE])
def test_order_overlap_and_split_change_nothing(tmp_path, ledgers, file, zone, how):
    whole = next(ledgers[name] for name, (files, *_) in CASES.items() if files == [file])
    ledger = read_exports(split(file, tmp_path, how), zone)
    assert rows_of(ledger) == rows_of(whole)
    assert bool(ledger.doubles) == (how in ("twice", "overlapping"))


@pytest.mark.parametrize("name", CASES)
def test_a_written_ledger_comes_back_as_it_was(tmp_path, ledgers, name):
    write_ledger(ledgers[name].rows, tmp_path / "ledger.csv")
    again = read_ledger(tmp_path / "ledger.csv")
    kept = ["time", "account", "venue", "contract", "type", "qty", "price", "fee", "amount", "id", "file", "row"]
    assert (
        again.rows[kept].astype(object).fillna(0).values.tolist()
        == ledgers[name].rows[kept].astype(object).fillna(0).values.tolist()
    )
    write_ledger(again.rows, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "ledger.csv").read_bytes()
