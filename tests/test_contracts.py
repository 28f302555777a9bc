"""Contracts: the shipped tables against their material, and look-up by name."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

import xlhedge.contracts as contracts
from xlhedge.contracts.tables import EVERY, shipped, symbol_key
from xlhedge.errors import NA, VALUE, InputError, NotAvailableError

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared"
MATERIAL, LATER = SHARED / "venues.csv", SHARED / "venues-2026.md"


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SIZES = rows_of(HERE / "data" / "contract_sizes.csv")
# Each value with the words of the material that it was read from; `verified` as the material says.
VALUES = rows_of(HERE / "data" / "contract_values.csv")
VENUES = tuple(sorted({row["venue"] for row in VALUES}))

# What the material marks "?", "-" or "not found" must stay unknown.
ABSENT = [
    ("binance", "ETHUSD", "mmr"),
    ("bybit", "ETHUSD", "cap"),
    ("bybit", "BTCUSD", "rates"),
    ("okx", "ETH-USD", "rates"),
    ("okx", "ETH-USD", "tick"),
    ("deribit", "ETH-PERPETUAL", "max_leverage"),
    ("kraken", "PI_ETHUSD", "rates"),
    ("htx", "BTC-USD", "taker"),
    ("htx", "BTC-USD", "tick"),
    ("htx", "BTC-USD", "mmr"),
    ("htx", "BTC-USD", "tier_type"),
    ("gate", "BTC_USD", "cap"),
    ("binance", "BTCUSD_261225", "mmr"),
    ("bybit", "BTCUSDZ26", "mmr"),
    ("bybit", "BTCUSDZ26", "tick"),
    ("deribit", "BTC-25DEC26", "mmr"),
    ("kraken", "FI_XBTUSD_261225", "rates"),
    ("kraken", "FI_XBTUSD_261225", "funding_hours"),
    ("okx", "BTC-USD-261225", "settlement_fee"),
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
    """Return the fact that a look-up finds: the symbol's own, its series', or the venue's."""
    if symbol == EVERY:
        return next(fact for fact in shipped(venue).facts if (fact.symbol, fact.field) == (symbol, field))
    own = contracts.lookup._find(venue, symbol, contracts.SHIPPED)
    return own.facts[field]


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
    later = LATER.read_text(encoding="utf-8").replace("*", "")
    assert any(row["words"] in text for text in (*material.values(), later)), f"the material has no {row['words']!r}"


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
        ("binance", "ETHUSD", "leverages", "2020"),
        ("binance", "WIFUSD", "listed_until", "2026-04-09"),
        ("bybit", "*", "liq_formula", "2026-05-27"),
        ("bybit", "ETHUSD", "mmr", "2025-11-25"),
        ("bitmex", "XBTUSD", "taker", "2026-07-19"),
        ("deribit", "BTC-PERPETUAL", "slope", "2022-01-11"),
        ("kucoin", "XBTUSDM", "mmr", "2019"),
        ("kraken", "PI_BCHUSD", "kind", "2025-04-04"),
        ("okx", "BTC-USD", "rates", "2023-06-15"),
        ("kraken", "FI_XBTUSD_261225", "tick", "2024-07-25"),
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
        assert row["as_of"] and row["source"] and "/work" not in row["source"] and row["verified"] in ("yes", "no"), row
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
            initial = found.get("imrs") or found["leverages"]
            assert len(initial) == len(contracts.ladder(found)), f"{venue} {symbol}"
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
        if stated(venue, symbol, "kind") == "other-currency":  # its coin means the contract in USD
            continue
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
        ("bitmex", "XBTEUR", "other-currency", "in another currency than USD.*quoted in EUR"),
        ("bitmex", "xbteth", "other-currency", "in another currency than USD.*quoted in ETH"),
        ("deribit", "SOL", "usd-settled", "settles in USD.*linear there"),
        ("deribit", "XRP_USDC-PERPETUAL", "usd-settled", "linear there"),
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
    assert (found.get("face"), found.get("cap"), found.get("cap", 0.5)) == (1, None, 0.5)
    assert found.facts["face"].source == "ccxt 4.5.90 gate.py"
    with pytest.raises(InputError, match="field must be one of"):
        found.get("rate")
    assert {fact.venue for fact in contracts.facts("gate")} == {"gate"}
    assert len(contracts.facts("binance")) == len(shipped("binance").facts)


def test_import_is_light():
    code = "import sys, xlhedge.contracts; print(sorted({'numpy', 'pandas', 'openpyxl', 'xlwings'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=HERE.parent, check=True)
    assert done.stdout.strip() == "[]"
