"""Dated contracts by the rule of each venue: what a symbol means, which days the calendar has, and what is known of it."""

from datetime import date

import pytest

import xlhedge.contracts as contracts
from xlhedge.contracts import ages, dated
from xlhedge.errors import NotAvailableError

QUARTERS = "its dated contracts expire on the last Friday of March, June, September and December"


@pytest.mark.parametrize(
    "venue, name, symbol, expiry, face, tick, fee",
    [
        ("binance", "BTCUSD_261225", "BTCUSD_261225", "2026-12-25", 100, 0.1, None),
        ("Binance", "btcusd-261225", "BTCUSD_261225", "2026-12-25", 100, 0.1, None),
        ("binance", "ETHUSD_270326", "ETHUSD_270326", "2027-03-26", 10, 0.01, None),
        ("binance", "XRPUSD_260327", "XRPUSD_260327", "2026-03-27", 10, 0.0001, None),
        ("binance", "SOL/USD 261225", "SOLUSD_261225", "2026-12-25", 10, 0.01, None),
        ("bybit", "BTCUSDH26", "BTCUSDH26", "2026-03-27", 1, None, 0.0005),
        ("bybit", "ethusdz26", "ETHUSDZ26", "2026-12-25", 1, None, 0.0005),
        ("okx", "BTC-USD-261204", "BTC-USD-261204", "2026-12-04", 100, 0.01, None),
        ("okx", "ETH-USD-261225", "ETH-USD-261225", "2026-12-25", 10, None, None),
        ("deribit", "BTC-26JUN26", "BTC-26JUN26", "2026-06-26", 10, None, 0.00025),
        ("deribit", "btc-5jun26", "BTC-5JUN26", "2026-06-05", 10, None, 0.00025),
        ("deribit", "BTC-05JUN26", "BTC-5JUN26", "2026-06-05", 10, None, 0.00025),
        ("deribit", "ETH-25DEC26", "ETH-25DEC26", "2026-12-25", 1, None, 0.00025),
        ("kraken", "FI_XBTUSD_261225", "FI_XBTUSD_261225", "2026-12-25", 1, 0.5, 0.0005),
        ("kraken", "fi_btcusd_261127", "FI_XBTUSD_261127", "2026-11-27", 1, 0.5, 0.0005),
        ("kraken", "FI_LTCUSD_261225", "FI_LTCUSD_261225", "2026-12-25", 1, 0.01, 0.0005),
        ("bitmex", "XBTN26", "XBTN26", "2026-07-31", 1, 0.5, 0),
        ("bitmex", "XBTQ26", "XBTQ26", "2026-08-28", 1, 0.5, 0),
        ("bitmex", "XBTU26", "XBTU26", "2026-09-25", 1, 0.5, 0),
        ("bitmex", "XBTH27", "XBTH27", "2027-03-26", 1, 0.5, 0),
    ],
)
def test_a_symbol_says_its_contract(venue, name, symbol, expiry, face, tick, fee):
    found = contracts.contract(venue, name)
    assert (found.symbol, found["kind"], found["expiry"], found.is_dated) == (symbol, "dated", expiry, True)
    assert (found["face"], found.get("tick"), found.get("settlement_fee")) == (face, tick, fee)
    assert found.get("funding_hours") is None and found.get("funding_formula") is None
    assert contracts.spec(venue, name, "expiry") == expiry


@pytest.mark.parametrize(
    "venue, name, message",
    [
        ("binance", "BTCUSD_261224", rf"binance has no contract 'BTCUSD_261224': {QUARTERS} .* 2026-12-25, BTCUSD_261225\)"),
        ("binance", "BTCUSD_261127", rf"'BTCUSD_261127': {QUARTERS} \(the next after 2026-11-27 is 2026-12-25"),
        ("binance", "BTCUSD_261332", "'BTCUSD_261332': there is no such date"),
        ("binance", "BTCUSD_000000", "'BTCUSD_000000': there is no such date"),
        ("binance", "DOGEUSD_261225", "binance has no contract 'DOGEUSD_261225' here"),
        ("binance", "BTCUSD_2612", "binance has no contract 'BTCUSD_2612' here"),
        ("bybit", "BTCUSDJ26", rf"'BTCUSDJ26': {QUARTERS} .*BTCUSDM26\)"),
        ("bybit", "BTCUSDA26", "bybit has no contract 'BTCUSDA26' here"),
        ("okx", "BTC-USD-261226", r"on Fridays \(the next after 2026-12-26 is 2027-01-01, BTC-USD-270101\)"),
        ("deribit", "BTC-31FOO26", "'BTC-31FOO26': there is no such date"),
        ("deribit", "BTC-31JUN26", "'BTC-31JUN26': there is no such date"),
        ("deribit", "BTC-25JUN26", r"on Fridays \(the next after 2026-06-25 is 2026-06-26, BTC-26JUN26\)"),
        ("kraken", "FI_XBTUSD_261218", r"on the last Friday of a month \(.* 2026-12-25, FI_XBTUSD_261225\)"),
        ("gate", "BTC_USD_261225", "gate has no contract 'BTC_USD_261225' here"),
    ],
)  # fmt: skip
def test_a_day_that_the_calendar_does_not_have_is_refused_by_name(venue, name, message):
    with pytest.raises(NotAvailableError, match=message):
        contracts.contract(venue, name)


@pytest.mark.parametrize("year", range(2020, 2040))
def test_last_fridays_by_counting_back(year):
    for month in range(1, 13):
        day = max(day for day in range(1, 32) if _is_friday(year, month, day))
        assert dated.last_friday(year, month) == date(year, month, day)


def _is_friday(year, month, day):
    try:
        return date(year, month, day).strftime("%w") == "5"
    except ValueError:
        return False


def own(text):
    rows = [dict(zip(("venue", "symbol", "field", "value"), line.split(","))) for line in text.split()]
    return contracts.rows_table(rows)


@pytest.mark.parametrize(
    "text, symbol, expected",
    [
        ("binance,BTCUSD_261225,mmr,0.01", "BTCUSD_261225", {"mmr": 0.01, "face": 100, "expiry": "2026-12-25"}),
        ("binance,BTCUSD_{YYMMDD},mmr,0.02", "BTCUSD_261225", {"mmr": 0.02, "face": 100, "expiry": "2026-12-25"}),
        ("binance,btcusd_261225,face,50", "BTCUSD_261225", {"face": 50, "tick": 0.1, "expiry": "2026-12-25"}),
        ("binance,DOGEUSD_{YYMMDD},kind,dated binance,DOGEUSD_{YYMMDD},calendar,month", "DOGEUSD_261127", {"face": 10, "expiry": "2026-11-27"}),
        ("binance,BTCUSD_{YYMMDD},calendar,week", "BTCUSD_261204", {"expiry": "2026-12-04"}),
        ("binance,BTCUSD,expiry,2027-06-25", "BTCUSD", {"face": 100, "funding_hours": 8, "expiry": "2027-06-25"}),
        ("binance,OWN_1,expiry,2027-06-25 binance,OWN_1,face,5", "OWN_1", {"face": 5, "funding_hours": None}),
    ],
)  # fmt: skip
def test_a_table_of_ones_own_is_laid_over_the_series(text, symbol, expected):
    found = contracts.contract("binance", symbol, table=own(text))
    assert {field: found.get(field) for field in expected} == expected
    assert contracts.contract("binance", "BTC", table=own(text)).symbol == "BTCUSD"


def test_a_series_whose_calendar_is_taken_back_has_no_contracts():
    with pytest.raises(NotAvailableError, match="has no contract 'BTCUSD_261225' here"):
        contracts.contract("binance", "BTCUSD_261225", table=own("binance,BTCUSD_{YYMMDD},calendar,unknown"))


def test_series_are_no_contracts_of_their_own():
    for venue in contracts.venues():
        assert not [symbol for symbol in contracts.symbols(venue) if "{" in symbol]
    listed = [each for each in contracts.listing(contracts.SHIPPED) if "{" in each.key]
    assert {each.key for each in listed} >= {
        "bybit BTCUSD{MYY}",
        "binance BTCUSD_{YYMMDD}",
        "kraken FI_XBTUSD_{YYMMDD}",
    }


@pytest.mark.parametrize(
    "as_of, days", [("2026-11-25", 4), ("2026-11", 28), ("2026", 332), ("2020", 2524), ("2026-11-29", 0), ("", None)]
)
def test_a_year_or_a_month_counts_from_its_first_day(as_of, days):
    assert ages.age(as_of, date(2026, 11, 29)) == days


def test_older_than_lists_what_is_older_and_what_has_no_date():
    facts = contracts.facts("kraken", table=own("kraken,PI_XBTUSD,tick,1"))
    found = ages.aged(facts, date(2026, 11, 29), 400)
    assert {fact.as_of for fact, _ in found} == {"", "2024-07-25", "2025-04-04"}
    assert all(days is None or days > 400 for _, days in found)
    assert len(ages.aged(facts, date(2026, 11, 29))) == len(facts)
