"""Contracts of a user's own: from a file, the environment or a sheet, and hostile ones."""

import csv
import math
from datetime import datetime

import pytest

import xlhedge.contracts as contracts
from xlhedge.errors import FileError, InputError, NotAvailableError


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
