"""Contracts: the shipped tables against their material, look-up, a user's own tables and maintenance by tier."""

import csv
import math
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

import xlhedge.contracts as contracts
from xlhedge.contracts.tables import shipped, symbol_key
from xlhedge.errors import NA, VALUE, DomainError, FileError, InputError, NotAvailableError

HERE = Path(__file__).parent
MATERIAL = HERE.parents[1] / "shared" / "venues.csv"
VENUES = (
    "binance",
    "bingx",
    "bitget",
    "bitmex",
    "bybit",
    "deribit",
    "gate",
    "htx",
    "kraken",
    "kucoin",
    "mexc",
    "okx",
    "phemex",
    "weex",
)


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SIZES = rows_of(HERE / "data" / "contract_sizes.csv")
# Each value with the words of the material that it was read from; `verified` as the material says.
VALUES = rows_of(HERE / "data" / "contract_values.csv")

# What the material marks "?", "-" or "not found" must stay unknown.
ABSENT = [
    ("binance", "BTCUSD", "rates"),
    ("binance", "ETHUSD", "mmr"),
    ("bybit", "ETHUSD", "cap"),
    ("bybit", "BTCUSD", "rates"),
    ("okx", "ETH-USD", "rates"),
    ("okx", "ETH-USD", "tick"),
    ("deribit", "ETH-PERPETUAL", "tick"),
    ("deribit", "ETH-PERPETUAL", "max_leverage"),
    ("kraken", "PI_ETHUSD", "rates"),
    ("htx", "BTC-USD", "taker"),
    ("htx", "BTC-USD", "tick"),
    ("htx", "BTC-USD", "mmr"),
    ("htx", "BTC-USD", "tier_type"),
    ("gate", "BTC_USD", "tick"),
    ("gate", "BTC_USD", "mmr"),
    ("kucoin", "XBTUSDM", "tick"),
    ("kucoin", "ETHUSDM", "mmr"),
    ("bingx", "BTC-USD", "mmr"),
    ("bingx", "BTC-USD", "liq_method"),
    ("mexc", "BTC_USD", "maker"),
    ("mexc", "BTC_USD", "liq_method"),
    ("phemex", "BTCUSD", "tick"),
    ("phemex", "BTCUSD", "taker"),
]


def shipped_fact(venue, symbol, field):
    """Return the fact that a look-up finds: the symbol's own, or the venue's."""
    own = {(fact.symbol, fact.field): fact for fact in shipped(venue).facts}
    return own.get((symbol, field)) or own["*", field]


def label(row):
    return "-".join(row[name] for name in ("venue", "symbol", "field") if name in row)


@pytest.mark.parametrize("row", VALUES, ids=label)
def test_value_as_the_material_has_it(row):
    where = row["venue"], row["symbol"], row["field"]
    assert contracts.spec(*where) == contracts.FIELDS[row["field"]].read(row["value"])
    assert shipped_fact(*where).verified is (row["verified"] == "yes")


@pytest.mark.skipif(not MATERIAL.exists(), reason="the shared material is not beside this checkout")
@pytest.mark.parametrize("row", VALUES, ids=label)
def test_words_stand_in_the_material(row):
    (material,) = [cells for cells in rows_of(MATERIAL) if cells["venue"].lower().startswith(row["venue"])]
    assert any(row["words"] in cell for cell in material.values()), f"venues.csv has no {row['words']!r}"


@pytest.mark.parametrize("venue, symbol, field", ABSENT)
def test_what_is_not_established_is_absent_and_says_how_to_supply_it(venue, symbol, field):
    with pytest.raises(NotAvailableError, match=f"{venue} {symbol}: {field} .*--contracts FILE.*XLHEDGE_CONTRACTS"):
        contracts.spec(venue, symbol, field)


@pytest.mark.parametrize("row", SIZES, ids=label)
def test_contract_sizes(row):
    found = contracts.contract(row["venue"], row["market_ticker"])
    expected = (row["symbol"], row["market_ticker"], *(float(row[name]) for name in ("contract_usd", "tick", "lot")))
    assert (found.symbol, *(found[field] for field in ("ticker", "face", "tick", "lot"))) == expected
    assert found.facts["face"].source == found.facts["tick"].source == row["source"]


@pytest.mark.parametrize(
    "venue, symbol, field, as_of",
    [
        ("binance", "BTCUSD", "leverages", "2020"),
        ("bybit", "*", "liq_formula", "2026-05-27"),
        ("bitmex", "XBTUSD", "taker", "2024-11"),
        ("deribit", "BTC-PERPETUAL", "slope", "2022-01-11"),
        ("kucoin", "XBTUSDM", "mmr", "2019"),
        ("kraken", "PI_BCHUSD", "kind", "2025-04-04"),
        ("okx", "BTC-USD", "rates", ""),
    ],
)
def test_dates_are_those_printed_in_the_sources(venue, symbol, field, as_of):
    assert shipped_fact(venue, symbol, field).as_of == as_of


def test_every_venue_has_a_file_and_every_contract_a_kind_and_a_coin():
    assert len(SIZES) == 73
    assert contracts.venues() == VENUES
    for venue in VENUES:
        for symbol in contracts.symbols(venue):
            assert contracts.spec(venue, symbol, "kind"), f"{venue} {symbol}"
            if symbol != "STANDARD":
                assert contracts.spec(venue, symbol, "coin").isalnum(), f"{venue} {symbol}"


@pytest.mark.parametrize("venue", VENUES)
def test_shipped_files_are_complete_and_tidy(venue):
    rows = rows_of(HERE.parent / "xlhedge" / "contracts" / "data" / f"{venue}.csv")
    for row in rows:
        assert list(row) == ["symbol", "field", "value", "unit", "as_of", "source", "verified", "note"], row
        assert row["unit"] == contracts.FIELDS[row["field"]].unit, row
        assert row["source"] and "/work" not in row["source"] and row["verified"] in ("yes", "no"), row
        assert not any(cell.startswith(("=", "+", "@")) for cell in row.values()), row
    assert len(shipped(venue).facts) == len(rows)


def stated(venue, symbol, field):
    try:
        return contracts.spec(venue, symbol, field)
    except NotAvailableError:
        return None


@pytest.mark.parametrize("venue", VENUES)
def test_ladders_are_whole(venue):
    for symbol in contracts.symbols(venue):
        facts = {field for field in contracts.FIELDS if stated(venue, symbol, field)}
        assert ("rates" in facts) == ("floors" in facts) and not {"rates", "mmr"} <= facts, f"{venue} {symbol}"
        assert "tier_unit" in facts or not {"floors", "cap", "leverage_caps"} & facts, f"{venue} {symbol}"
        if "rates" in facts:
            found = contracts.contract(venue, symbol)
            assert len(found["imrs"]) == len(contracts.ladder(found)), f"{venue} {symbol}"
        if "leverages" in facts:
            brackets = [contracts.spec(venue, symbol, field) for field in ("leverages", "leverage_caps")]
            assert len(brackets[0]) == len(brackets[1]), f"{venue} {symbol}"


# Look-up


@pytest.mark.parametrize(
    "venue, name, symbol",
    [
        ("binance", "BTCUSD", "BTCUSD"),
        ("binance", "BTCUSD_PERP", "BTCUSD"),
        ("Binance ", "btc-usd", "BTCUSD"),
        ("binance", "btc", "BTCUSD"),
        ("binance", "BTC/USD", "BTCUSD"),
        ("binance", "XBT:USD", "BTCUSD"),
        ("binance", "op", "OPUSD"),
        ("binance", "doge", "DOGEUSD"),
        ("bitmex", "BTCUSD", "XBTUSD"),
        ("bitmex", "btc", "XBTUSD"),
        ("okx", "BTC-USD-SWAP", "BTC-USD"),
        ("okx", "eth", "ETH-USD"),
        ("deribit", "btc_usd", "BTC-PERPETUAL"),
        ("deribit", "BTC PERPETUAL", "BTC-PERPETUAL"),
        ("kraken", "BTCUSD", "PI_XBTUSD"),
        ("kraken", "pi_xbtusd", "PI_XBTUSD"),
        ("kraken", "XRP", "PI_XRPUSD"),
        ("kucoin", "XBTUSDM", "XBTUSDM"),
        ("kucoin", "BTC", "XBTUSDM"),
        ("kucoin", "BTCUSDM", "XBTUSDM"),
        ("gate", "BTC_USD", "BTC_USD"),
        ("mexc", "ETHUSD", "ETH_USD"),
        ("phemex", "btcusd", "BTCUSD"),
    ],
)
def test_names(venue, name, symbol):
    assert contracts.contract(venue, name).symbol == symbol


@pytest.mark.parametrize("venue", VENUES)
def test_no_name_means_two_contracts(venue):
    keys = [symbol_key(symbol) for symbol in contracts.symbols(venue)]
    assert len(set(keys)) == len(keys)
    for symbol in contracts.symbols(venue):
        coin = stated(venue, symbol, "coin")
        ticker = stated(venue, symbol, "ticker")
        for name in filter(None, (symbol, symbol.lower(), coin, coin and coin + "USD", ticker)):
            assert contracts.spec(venue, name, "kind") == contracts.spec(venue, symbol, "kind"), f"{venue} {name}"


@pytest.mark.parametrize(
    "call, error, message",
    [
        (("binnance", "BTC", "face"), NotAvailableError, "there is no venue 'binnance'.*binance.*XLHEDGE_CONTRACTS"),
        (("binance", "BTCUSDT", "face"), NotAvailableError, "binance has no contract 'BTCUSDT'.*BTCUSD"),
        (("gate", "ETHUSD", "face"), NotAvailableError, "gate has no contract 'ETHUSD'.*BTC_USD"),
        (("okx", "BTC", "faces"), InputError, "field must be one of kind, .*got 'faces'"),
        (("okx", "", "face"), InputError, "symbol must be"),
        (("okx", 7.0, "face"), InputError, "symbol must be"),
        ((None, "BTC", "face"), InputError, "venue must be"),
        (("okx", "BTC", ["face"]), InputError, "field must be"),
    ],
)
def test_unknown_names(call, error, message):
    with pytest.raises(error, match=message) as caught:
        contracts.spec(*call)
    assert caught.value.word == (NA if error is NotAvailableError else VALUE)


@pytest.mark.parametrize(
    "venue, symbol, kind, why",
    [
        ("bitget", "BTCUSD", "coin-sized", "sized in coins"),
        ("bitget", "XRPUSD", "coin-sized", "sized in coins"),
        ("bitmex", "ETHUSD", "quanto", "quanto.*settled in XBT"),
        ("bingx", "standard", "coin-sized", "sized in coins"),
        ("phemex", "ETH", "usd-settled", "settles in USD"),
        ("weex", "BTCUSD", "none", "no inverse product is evidenced"),
        ("kraken", "BCH", "none", "delisted 2025-04-04"),
    ],
)
def test_refused_contracts_say_why(venue, symbol, kind, why):
    assert contracts.spec(venue, symbol, "kind") == kind
    with pytest.raises(contracts.RefusedContractError, match=why) as caught:
        contracts.contract(venue, symbol)
    assert caught.value.word == NA
    with pytest.raises(contracts.RefusedContractError, match=why):
        contracts.spec(venue, symbol, "face")


def test_contract_get_and_facts():
    found = contracts.contract("gate", "BTC")
    assert (found.get("face"), found.get("tick"), found.get("tick", 0.5)) == (1, None, 0.5)
    assert found.facts["face"].source == "ccxt 4.5.90 gate.py"
    with pytest.raises(InputError, match="field must be one of"):
        found.get("rate")
    assert {fact.venue for fact in contracts.facts("gate")} == {"gate"}
    assert len(contracts.facts("binance")) == len(shipped("binance").facts)


# Maintenance

MINE = "desk"


def mine(**facts):
    rows = {"kind": "inverse", "face": 10} | facts
    return contracts.contract(
        MINE,
        "BTCUSD",
        table=contracts.rows_table(
            {"venue": MINE, "symbol": "BTCUSD", "field": field, "value": value} for field, value in rows.items()
        ),
    )


LADDER = {"tier_unit": "coin", "floors": "0;5;10;20", "rates": "0.004;0.005;0.01;0.025", "cap": 50}


@pytest.mark.parametrize(
    "found, qty, price, expected",
    [
        (contracts.contract("binance", "BTC"), -10_000, 25_000, (0.004, 0, 0)),
        (contracts.contract("bybit", "BTC"), -600_000, 60_000, (0.005, 0, 0)),
        (contracts.contract("bitmex", "BTC"), 180 * 9_000, 9_000, (0.005, 0, 0)),
        (contracts.contract("bitmex", "BTC"), -230 * 9_000, 9_000, (0.01, 0, 0)),
        (contracts.contract("bitmex", "BTC"), 200 * 8_000, 8_000, (0.01, 0, 0)),
        (contracts.contract("bitmex", "BTC"), 650 * 8_000, 8_000, (0.02, 0, 0)),
        (contracts.contract("okx", "BTC"), -49_900, 60_000, (0.004, 0, 0)),
        (contracts.contract("okx", "BTC"), -600_000, 60_000, (0.01, 0, 0)),
        (contracts.contract("kraken", "BTC"), 499_999, 60_000, (0.01, 0, 0)),
        (contracts.contract("kraken", "BTC"), 500_000, 60_000, (0.02, 0, 0)),
        (contracts.contract("deribit", "BTC"), -600_000, 60_000, (0.01, 0, 0.00005)),
        (contracts.contract("deribit", "ETH"), 0, 3_000, (0.01, 0, 0.000004)),
        (mine(tier_type="marginal", **LADDER), -15 * 50_000, 50_000, (0.01, 5 * 0.001 + 10 * 0.005, 0)),
        (mine(tier_type="marginal", **LADDER), 50 * 50_000, 50_000, (0.025, 0.355, 0)),
        (mine(tier_type="marginal", **LADDER), 0, 50_000, (0.004, 0, 0)),
        (mine(tier_type="marginal", **LADDER | {"tier_unit": "USD"}), 15, 50_000, (0.01, 0.055 / 50_000, 0)),
        (mine(tier_type="marginal", **LADDER | {"tier_unit": "contracts"}), 150, 50_000, (0.01, 0.55 / 50_000, 0)),
        (mine(tier_type="whole-position", **LADDER), 15 * 50_000, 50_000, (0.01, 0, 0)),
        (mine(mmr=0.05, amount=1.81), -9e9, 50_000, (0.05, 1.81, 0)),
    ],
)
def test_maintenance(found, qty, price, expected):
    assert contracts.maintenance(found, qty, price) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "found, qty, price, error, message",
    [
        (contracts.contract("binance", "BTC"), -600_000, 60_000, NotAvailableError, "up to 0.4 coin only.* 10: supply"),
        (contracts.contract("bybit", "BTC"), 151 * 60_000, 60_000, NotAvailableError, "up to 150 coin only"),
        (
            contracts.contract("okx", "BTC"),
            2_400_100,
            60_000,
            NotAvailableError,
            "up to 24000 contracts only.* is 24001",
        ),
        (contracts.contract("htx", "BTC"), 1, 60_000, NotAvailableError, "htx BTC-USD: mmr .* not established"),
        (mine(**LADDER), 1, 60_000, NotAvailableError, "tier_type"),
        (mine(tier_type="marginal", floors="0;1", rates="0.1;0.2"), 1, 60_000, NotAvailableError, "tier_unit"),
        (mine(tier_type="marginal", **LADDER | {"rates": "0.1"}), 1, 60_000, InputError, "rates must have one entry"),
        (mine(tier_type="marginal", **LADDER | {"cap": 20}), 1, 60_000, InputError, "cap must be > 20"),
        (mine(mmr=0.01), math.nan, 60_000, DomainError, "qty must be"),
        (mine(mmr=0.01), 1, 0, DomainError, "price must be > 0"),
        (mine(mmr=0.01), 1, math.inf, DomainError, "price must be > 0"),
    ],
)
def test_maintenance_that_is_not_known(found, qty, price, error, message):
    with pytest.raises(error, match=message):
        contracts.maintenance(found, qty, price)


def test_marginal_ladder_is_continuous():
    tiers = contracts.ladder(mine(tier_type="marginal", **LADDER))
    for below, above in zip(tiers, tiers[1:]):
        assert below.cap == above.floor
        assert below.mmr * below.cap - below.amount == pytest.approx(above.mmr * above.floor - above.amount)


# A user's own table


def write(folder, text, name="mine.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


OWN = """venue,symbol,field,value,unit,as_of,source,verified,note
binance,btcusd_perp,taker,0.0004,,2026-01-01,my fee page,yes,
binance,BTC,mmr,0.01,,,,yes,
Weex,BTCUSD,kind,inverse,,,,,
weex,BTCUSD,face,1,USD,,,,
desk,btc-usd,kind,inverse,,,,,
desk,BTC_USD,face,5,,,,,
"""


def test_user_table_by_path_environment_and_rows(tmp_path, monkeypatch):
    path = write(tmp_path, "\ufeff" + OWN)
    rows = contracts.rows_table(csv.DictReader(OWN.splitlines()), name="mine.csv")
    monkeypatch.delenv(contracts.ENVIRONMENT, raising=False)
    for table in (contracts.read_table(path), rows, None):
        if table is None:
            monkeypatch.setenv(contracts.ENVIRONMENT, str(path))
        found = contracts.contract("binance", "BTCUSD", table=table)
        assert (found["taker"], found["mmr"], found["face"], found.get("cap")) == (0.0004, 0.01, 100, None)
        assert (found.facts["taker"].source, found.facts["taker"].verified) == ("my fee page", True)
        assert (found.facts["mmr"].source, found.facts["mmr"].verified) == ("user table mine.csv", False)
        assert contracts.spec("binance", "ETHUSD", "taker", table=table) == 0.0005
        assert contracts.contract("weex", "btc", table=table)["face"] == 1
        assert contracts.symbols("desk", table=table) == ("BTC-USD",) and "desk" in contracts.venues(table=table)
        assert contracts.contract("desk", "BTC", table=table)["face"] == 5


def test_environment_is_read_again_when_the_file_changes(tmp_path, monkeypatch):
    monkeypatch.setenv(contracts.ENVIRONMENT, str(write(tmp_path, OWN)))
    assert contracts.spec("binance", "BTC", "taker") == 0.0004
    write(tmp_path, OWN.replace("0.0004", "0.00045"))
    assert contracts.spec("binance", "BTC", "taker") == 0.00045
    monkeypatch.setenv(contracts.ENVIRONMENT, str(tmp_path / "gone.csv"))
    with pytest.raises(FileError, match="gone.csv cannot be read"):
        contracts.spec("binance", "BTC", "taker")


def table_of(*facts):
    return contracts.rows_table(dict(zip(("venue", "symbol", "field", "value"), fact)) for fact in facts)


def test_a_rate_of_ones_own_replaces_the_shipped_ladder():
    table = table_of(("okx", "BTC-USD", "mmr", 0.02))
    found = contracts.contract("okx", "BTC", table=table)
    assert contracts.maintenance(found, -9e9, 60_000) == (0.02, 0, 0) and found["max_leverage"] == 125
    ladder = table_of(
        ("deribit", "BTC", "floors", "0;9"),
        ("deribit", "BTC", "rates", "0.1;0.2"),
        ("deribit", "BTC", "tier_type", "whole-position"),
    )
    found = contracts.contract("deribit", "BTC", table=ladder)
    assert contracts.maintenance(found, -600_000, 60_000) == (0.2, 0, 0)


def test_every_symbol_and_ambiguous_coins():
    table = table_of(("okx", "*", "taker", 0.0009), ("desk", "BTC-A", "coin", "BTC"), ("desk", "BTC-B", "coin", "btc"))
    assert contracts.spec("okx", "ETH", "taker", table=table) == 0.0009
    with pytest.raises(InputError, match="must name one of desk's BTC-A, BTC-B"):
        contracts.spec("desk", "BTC", "coin", table=table)
    with pytest.raises(NotAvailableError, match="desk BTC-A: kind"):
        contracts.contract("desk", "BTC-A", table=table)


@pytest.mark.parametrize(
    "text, column, message",
    [
        ("", None, "is empty"),
        ("\n", "venue", "missing"),
        (b"\xff\xfev\0e\0", None, "not UTF-8"),
        (b"venue,symbol\xe9", None, "not UTF-8"),
        ("venue;symbol;field;value\n", "venue", "missing"),
        ("venue,symbol,field\nokx,BTC,face\n", "value", "missing from the header"),
        ("venue,symbol,field,value,value\n", "value", "once"),
        ("venue,symbol,field,value,colour\n", "colour", "not one of"),
        ("venue,symbol,field,value\n,BTC,face,1", "venue", "empty"),
        ("venue,symbol,field,value\nokx,,face,1", "symbol", "empty"),
        ("venue,symbol,field,value\nokx,BTC,facee,1", "field", "must be one of kind"),
        ("venue,symbol,field,value\nokx,BTC,face,1\n\nokx,btc_swap,FACE,2", "field", "row 2 already"),
        ("venue,symbol,field,value\nokx,BTC,face,1,2", "(no name)", "no header above"),
        ("venue,symbol,field,value,unit\nokx,BTC,taker,5,%", "unit", "must be in fraction"),
        ("venue,symbol,field,value,as_of\nokx,BTC,face,1,27.5.2026", "as_of", "such as 2026"),
        ("venue,symbol,field,value,as_of\nokx,BTC,face,1,2026-02-30", "as_of", "such as 2026"),
        ("venue,symbol,field,value,verified\nokx,BTC,face,1,perhaps", "verified", "yes or no"),
        ("venue,symbol,field,value\n" + "okx,BTC,note," + "x" * 200_000, None, "not a CSV file"),
    ],
)
def test_hostile_tables(tmp_path, text, column, message):
    with pytest.raises(FileError, match=message) as caught:
        contracts.read_table(write(tmp_path, text))
    assert "mine.csv" in str(caught.value) and len(str(caught.value).splitlines()) == 1
    if column:
        assert column in [problem.column for problem in caught.value.problems]


@pytest.mark.parametrize(
    "field, value",
    [
        *(("face", text) for text in ("", "0", "-1", "nan", "inf", "1e999", "1,5", "1_000", "1 000", "=1+1", "0x10")),
        ("face", "\u0661"),
        ("face", True),
        ("mmr", "1"),
        ("mmr", "0.5%"),
        ("taker", "1"),
        ("funding_hours", "0"),
        ("max_leverage", "0.5"),
        ("cap", "0"),
        ("kind", "linear"),
        ("tier_unit", "BTC"),
        ("liq_method", "marks"),
        ("slope", "-1"),
        ("coin", " "),
        ("floors", "1;2"),
        ("floors", "0;2;2"),
        ("floors", "0,2"),
        ("floors", "0;"),
        ("rates", "0.1;1"),
        ("leverages", "0"),
        ("leverage_caps", "2;1"),
    ],
)
def test_hostile_values(field, value):
    with pytest.raises(contracts.TableError) as caught:
        table_of(("okx", "BTC", field, value))
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.column) == ("Contracts sheet", 2, "value")
    assert problem.rule == f"{field} {contracts.FIELDS[field].rule}"


def test_all_mistakes_are_reported_at_once():
    with pytest.raises(contracts.TableError, match="row 2, column value: face must be .*; and 80 more") as caught:
        table_of(*(("okx", f"C{number}", "face", "x") for number in range(100)))
    assert [problem.row for problem in caught.value.problems] == list(range(2, 102))


def test_cells_of_a_sheet_are_read_as_typed():
    row = {
        "Venue": "OKX",
        "symbol": "BTC",
        "field": "face",
        "value": 50,
        "as_of": datetime(2026, 5, 27),
        "source": "me",
        "verified": True,
        "note": math.nan,
    }
    blank = dict.fromkeys(row)
    (fact,) = contracts.rows_table([blank, row]).facts
    assert (fact.value, fact.as_of, fact.verified, fact.note) == (50, "2026-05-27", True, "")
    assert contracts.rows_table([]).facts == contracts.rows_table([blank]).facts == ()


def test_import_is_light():
    code = "import sys, xlhedge.contracts; print(sorted({'numpy', 'pandas', 'openpyxl', 'xlwings'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=HERE.parent, check=True)
    assert done.stdout.strip() == "[]"
