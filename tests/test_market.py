"""MARKET: the user's last snapshot, beside the user's own table of contracts."""

import os

import pytest

import xlhedge
from xlhedge.errors import FileError, InputError, NotAvailableError
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

SNAPSHOT = """venue,symbol,field,value,as_of,source
Binance,BTCUSD_PERP,mark,61000.5,2026-11-20T08:00:00Z,by hand
binance,BTCUSD_PERP,mark,60999,2026-11-19T08:00:00Z,older though below
binance,BTCUSD_PERP,funding_rate,-0.0001,2026-11-20T08:00:00Z,
binance,BTCUSD_PERP,next funding,2026-11-20T16:00:00Z,2026-11-20T07:00:00Z,
deribit,BTC-PERPETUAL,index,nan,,
deribit,BTC-PERPETUAL,mark,,2026-11-20,
"""


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """A table of one's own, and whatever is written beside it as the snapshot."""
    monkeypatch.setenv("XLHEDGE_CONTRACTS", str(tmp_path / "contracts.csv"))
    path = tmp_path / "market.csv"

    def write(text: str):
        before = path.stat().st_mtime_ns if path.exists() else 0
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(before + 10**9, before + 10**9))

    return write


FOUND = [
    (("binance", "BTCUSD_PERP", "mark"), 61000.5),
    ((" BINANCE ", "btcusd", "Mark"), 61000.5),  # symbols as everywhere: case, separators and PERP do not matter
    (("binance", "BTCUSD", "funding rate"), -0.0001),
    (("binance", "BTCUSD", "funding_rate"), -0.0001),
    (("binance", "BTCUSD", "next funding"), "2026-11-20T16:00:00Z"),
    (("binance", "BTCUSD", "time"), "2026-11-20T08:00:00Z"),
    (("deribit", "BTC", "index"), "nan"),
    (("sample", "BTCUSD", "mark"), 60000.0),
]


@pytest.mark.parametrize(("asked", "found"), FOUND)
def test_a_figure_of_the_snapshot(beside, asked, found):
    beside(SNAPSHOT)
    assert xlhedge.market(*asked) == found
    assert sheet_call(FUNCTIONS["MARKET"], asked) == found


def test_what_is_not_there_says_what_to_do(beside):
    with pytest.raises(
        NotAvailableError, match="there is no snapshot.*set XLHEDGE_MARKET to one, or put market.csv beside"
    ):
        xlhedge.market("binance", "BTCUSD", "mark")
    beside(SNAPSHOT)
    for asked in (
        ("deribit", "BTC-PERPETUAL", "mark"),
        ("okx", "BTC-USD", "mark"),
        ("binance", "BTCUSD", "open interest"),
    ):
        with pytest.raises(NotAvailableError, match=r"market.csv does not have '.*: add a row for it"):
            xlhedge.market(*asked)
        assert sheet_call(FUNCTIONS["MARKET"], asked) == "#N/A"
    for asked in (("sample", "BTCUSD", "open interest"), ("sample", "DOGE", "mark")):
        with pytest.raises(NotAvailableError, match="the venue sample has mark, index, .* of BTCUSD alone"):
            xlhedge.market(*asked)
    with pytest.raises(InputError, match="field must be a text"):
        xlhedge.market("binance", "BTCUSD", " ")


def test_a_new_snapshot_is_read(beside):
    beside("venue,symbol,field,value\nbinance,BTCUSD,mark,1\n")
    assert xlhedge.market("binance", "BTCUSD", "mark") == 1
    beside("\ufeffvenue,symbol,field,value,time\nbinance,BTCUSD,mark,2,2026\n")
    assert xlhedge.market("binance", "BTCUSD", "mark") == 2
    assert xlhedge.market("binance", "BTCUSD", "time") == "2026"


ASKED = [
    (("binanse", "BTCUSD", "mark"), "'mark' of 'BTCUSD' at 'binanse' (did you mean binance?)"),
    (("binance", "BTCUSDD", "mark"), "'mark' of 'BTCUSDD' at 'binance' (did you mean BTCUSD?)"),
    (("binance", "BTCUSD", "mrk"), "'mrk' of 'BTCUSD' at 'binance' (did you mean mark?)"),
    (("binance", "BTCUSD", "funding rat"), "'funding rat' of 'BTCUSD' at 'binance' (did you mean funding rate?)"),
    (("okx", "BTCUSD", "mark"), "'mark' of 'BTCUSD' at 'okx' (it has binance, deribit)"),
    (("deribit", "BTC-PERPETUAL", "volume"), "'volume' of 'BTC-PERPETUAL' at 'deribit' (it has index, time)"),
]


@pytest.mark.parametrize("asked, sentence", ASKED)
def test_a_misspelt_name_is_told_what_is_near(beside, asked, sentence, tmp_path):
    beside(SNAPSHOT)
    with pytest.raises(NotAvailableError) as told:
        xlhedge.market(*asked)
    assert str(told.value) == f"market.csv does not have {sentence}: add a row for it to {tmp_path / 'market.csv'}"


GERMAN = "venue;symbol;field;value;as_of\nbinance;BTCUSD;{};{};2026-11-20\n"


@pytest.mark.parametrize(
    "value, found", [("61000.5", 61000.5), ("-0.0001", -0.0001), ("2026-11-20 08:00", "2026-11-20 08:00")]
)
def test_semicolons_or_tabs_separate_as_well(beside, value, found):
    for delimiter in ";\t":
        beside(GERMAN.format("mark", value).replace(";", delimiter))
        assert xlhedge.market("binance", "BTCUSD", "mark") == found


@pytest.mark.parametrize("value", ["61000,5", "61.000,50", "-0,0001", "1.061.000", "61 000", "0,01 %"])
def test_a_decimal_comma_is_refused(beside, value):
    beside(GERMAN.format("mark", value))
    with pytest.raises(FileError) as told:
        xlhedge.market("binance", "BTCUSD", "mark")
    rule = "must be a plain number such as 1234.5, with a point and no other separator"
    assert str(told.value) == f"market.csv, mark of BTCUSD at binance: {rule} (got '{value}')"
    assert sheet_call(FUNCTIONS["MARKET"], ["binance", "BTCUSD", "mark"]) == "#VALUE!"


@pytest.mark.parametrize("text", ["venue,symbol,mark\nbinance,BTCUSD,1\n", "venue|symbol|field|value\na|b|c|1\n"])
def test_a_file_of_other_columns_is_refused(beside, text):
    beside(text)
    with pytest.raises(FileError, match="market.csv must have the columns venue, symbol, field, value"):
        xlhedge.market("binance", "BTCUSD", "mark")
    assert sheet_call(FUNCTIONS["MARKET"], ["binance", "BTCUSD", "mark"]) == "#VALUE!"


@pytest.mark.parametrize("text", ["", "venue,symbol,field,value\n", "venue,symbol,field,value\nbinance\n"])
def test_an_empty_or_short_file_has_nothing(beside, text):
    beside(text)
    with pytest.raises(NotAvailableError, match="does not have"):
        xlhedge.market("binance", "BTCUSD", "mark")


def test_ranges_are_looked_up_each(beside):
    beside(SNAPSHOT)
    symbols = [["BTCUSD"], ["ETHUSD"], [None]]
    assert sheet_call(FUNCTIONS["MARKET"], ["binance", symbols, "mark"]) == [[61000.5], ["#N/A"], ["#VALUE!"]]


def test_two_values_of_one_time_are_refused_and_the_same_one_twice_is_not(tmp_path, monkeypatch):
    path = tmp_path / "market.csv"
    path.write_text(
        "venue,symbol,field,value,time\n"
        + "".join(f"bybit,BTCUSD,{name},{value},2026-11-20T08:00:00Z\n" for name, value in
                  (("mark", 61000), ("mark", 62000), ("index", 61500), ("index", 61500)))
    )  # fmt: skip
    monkeypatch.setenv("XLHEDGE_MARKET", str(path))
    assert xlhedge.market("bybit", "BTCUSD", "index") == 61500
    with pytest.raises(FileError, match=r"mark of BTCUSD at bybit: has two values of one time \(61000 and 62000\)"):
        xlhedge.market("bybit", "BTCUSD", "mark")
