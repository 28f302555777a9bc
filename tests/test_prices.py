"""A snapshot fills in what is blank: every field, what wins, the hours of funding, times, and mistakes; figures by hand."""

import datetime
import json

import pytest
from commands import run

from xlhedge.intake import Asked, read_portfolios
from xlhedge.portfolio import RowErrors, prices

NOW = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.UTC)
HEADER = "venue,symbol,field,value,time,source"
HOLDINGS = "asset,coins,price,venue,contract,mark,funding_rate,qty,entry"
MARKET = """kraken,BTC,price,60100,2026-11-29T11:00:00Z,kraken spot
kraken,BTC,price,60000,2026-11-29T10:00:00Z,kraken spot
bybit,BTCUSD,index,60010,2026-11-29T11:00:00Z,bybit
bybit,BTCUSD,mark,60500,2026-11-29T11:00:00Z,bybit
bybit,ETHUSD,index,3010,2026-11-29T09:00:00Z,bybit
binance,ETHUSD_PERP,index,3000,2026-11-29T11:30:00Z,binance
bybit,BTCUSDZ26,mark,61000,2026-11-29T08:00:00Z,bybit
bybit,BTCUSD,funding_rate,0.0001,2026-11-29T07:00:00Z,bybit
binance,XRPUSD_PERP,mark,2,2026-11-29T11:00:00Z,binance
"""


@pytest.fixture
def filled(tmp_path, monkeypatch):
    """A function that gives the portfolio of rows of holdings at a snapshot, and the mistakes."""
    monkeypatch.setattr(prices, "clock", lambda: NOW)

    def read(rows: str, market: str = MARKET, header: str = HOLDINGS, *, replaces: bool = False, **settings: str):
        (tmp_path / "h.csv").write_text(f"{header}\n{rows}")
        (tmp_path / "market.csv").write_text(f"{HEADER}\n{market}")
        asked = Asked(
            tmp_path / "h.csv", overrides={"mmr": "0.01"} | settings, prices=tmp_path / "market.csv", replaces=replaces
        )
        portfolios, errors = read_portfolios(asked)
        return (portfolios or [None])[0], [str(error) for error in errors]

    return read


@pytest.mark.parametrize(
    ("rows", "values"),
    [
        ("BTC,1,,,,,,,", {"price": 60100}),  # its own, the latest; not the index, and never the mark
        ("XBT,1,,,,,,,", {"price": 60100}),  # a name of the same coin
        ("ETH,1,,bybit,ETHUSD,,,,", {"price": 3010}),  # the index of its own contract, though another one is later
        ("ETH,1,,,,,,,", {"price": 3000}),  # the latest index of any inverse contract
        ("BTC,1,59000,,,,,,", {"price": 59000}),  # what is typed wins
        (
            "BTC,1,,bybit,BTCUSD,,,,",
            {"mark": None, "funding_rate": 0.0001},
        ),  # a perpetual goes by the price of the coin
        ("BTC,1,,bybit,BTCUSDZ26,,,,", {"mark": 61000, "funding_rate": None}),
        ("BTC,1,,bybit,BTCUSD,,0.0002,,", {"funding_rate": 0.0002}),
        ("USDT,1,,,,,,,\nBTC,1,,,,,,,", {"price": 1}),
    ],
)
def test_what_is_filled_in(filled, rows, values):
    portfolio, errors = filled(rows)
    assert not errors
    assert {name: getattr(portfolio.holdings[0].values, name) for name in values} == values


@pytest.mark.parametrize(
    ("venue", "symbol", "hours", "rate"),
    [  # 0.0001 in the snapshot for so many hours, and what it is for the hours of the contract: 8 of bybit, 1 of kraken
        ("bybit", "BTCUSD", None, 0.0001), ("bybit", "BTCUSD", 8, 0.0001), ("bybit", "BTCUSD", 4, 0.0002),
        ("bybit", "BTCUSD", 1, 0.0008), ("kraken", "PI_XBTUSD", 4, 0.000025), ("kraken", "PI_XBTUSD", 1, 0.0001),
    ],
)  # fmt: skip
def test_funding_is_of_the_hours_of_the_contract(filled, venue, symbol, hours, rate):
    market = f"{venue},{symbol},funding rate,0.0001,2026-11-29T11:00:00Z,\n"
    market += f"{venue},{symbol},funding hours,{hours},2026-11-29T11:00:00Z,\n" if hours else ""
    portfolio, _ = filled(f"BTC,1,60000,{venue},{symbol},,,,", market)
    assert portfolio.positions[0].values.funding_rate == pytest.approx(rate, rel=1e-15)


def test_the_oldest_time_and_the_sources_are_told(filled):
    portfolio, _ = filled("BTC,1,,bybit,BTCUSDZ26,,,,\nETH,2,3001,,,,,,")
    assert portfolio.settings.price_time == datetime.datetime(2026, 11, 29, 8)
    assert portfolio.settings.price_source == "kraken spot; bybit"
    assert portfolio.filled == (
        "1 price, 1 mark and 0 funding rates filled in from market.csv, the oldest of 2026-11-29T08:00:00Z; 1 typed one is "
        "kept, of a time that is not told",
    )
    told, _ = filled("BTC,1,,,,,,,", price_source="by hand", price_time="2026-11-29 06:00")
    assert (told.settings.price_source, told.settings.price_time.hour) == ("by hand", 6)


@pytest.mark.parametrize(
    ("rows", "settings", "warning"),
    [
        ("BTC,1,63100,,,,,,", {}, None),  # 4.99 % above 60,100
        ("BTC,1,66110,,,,,,", {}, "h.csv row 2, price: 66110 is +10.0% off the 60100 of market.csv (kraken BTC price, 2026-11-29T11:00:00Z)"),
        ("BTC,1,,bybit,BTCUSDZ26,54900,,,", {}, "h.csv row 2, mark: 54900 is -10.0% off the 61000 of market.csv (bybit BTCUSDZ26 mark, 2026-11-29T08:00:00Z)"),
        ("BTC,1,,bybit,BTCUSD,,,,", {"price_hours": "4"}, "market.csv: the oldest figure that was used is 5 hours old, and price_hours is 4"),
    ],
)  # fmt: skip
def test_what_is_far_off_or_stale_is_a_warning(filled, rows, settings, warning):
    told = [w for w in filled(rows, **settings)[0].warnings if "market.csv" in w]
    assert told == ([warning] if warning else [])


def test_what_stays_blank_is_the_mistake_with_its_reason(filled):
    assert filled("XRP,1,,,,,,,")[1] == [
        "h.csv row 2, price: is required, except for dollars and stablecoins; market.csv has no price of XRP"
    ]
    assert filled("BTC,1,,binance,BTCUSD_261225,,,,")[1] == [
        "h.csv row 2, mark: is required for a dated contract, which has a price of its own; market.csv has no mark of binance BTCUSD_261225"
    ]


def test_a_rate_that_is_not_there_is_that_of_the_settings_and_said(filled):
    portfolio, _ = filled("BTC,1,,kraken,PI_XBTUSD,,,,")
    assert portfolio.positions[0].values.funding_rate is None
    assert portfolio.filled[0].endswith("; without a funding rate there, by the setting: kraken PI_XBTUSD")


def test_a_snapshot_may_win_and_then_every_change_is_told(filled):
    portfolio, _ = filled("BTC,1,59000,bybit,BTCUSD,,0.0002,,", replaces=True)
    assert (portfolio.holdings[0].values.price, portfolio.holdings[0].values.funding_rate) == (60100, 0.0001)
    assert portfolio.filled[1:3] == ("BTC price: 59000 -> 60100", "bybit BTCUSD funding_rate: 0.0002 -> 0.0001")


ROW = "bybit,BTCUSD,{},{},{},"
MISTAKES = [
    ("mark", "60.000,5", "2026-11-29T11:00:00Z", "value: mark must be a plain number such as 1234.5, with a point and no other separator (got '60.000,5')"),
    ("mark", "-1", "2026-11-29T11:00:00Z", "value: mark must be a number > 0 USD/coin (got '-1')"),
    ("funding rate", "1.5", "2026-11-29T11:00:00Z", "value: funding rate must be a fraction > -1 and < 1, such as 0.0001 (got '1.5')"),
    ("funding hours", "0", "2026-11-29T11:00:00Z", "value: funding hours must be a number > 0 and <= 24 hours (got '0')"),
    ("expiry", "soon", "2026-11-29T11:00:00Z", "value: expiry must be a date such as 2027-03-26 (got 'soon')"),
    ("markk", "1", "2026-11-29T11:00:00Z", "field: must be one of price, mark, index, funding rate, funding hours, expiry, bid, ask; did you mean mark? (got 'markk')"),
    ("mark", "1", "2026-11-29T11:00:00", "time: must be a time with its zone, such as 2026-11-20T08:00:00Z (got '2026-11-29T11:00:00')"),
    ("mark", "1", "2026-11-29T12:06:00Z", "time: must not be in the future: it is 2026-11-29T12:00:00Z now (got '2026-11-29T12:06:00Z')"),
    ("mark", "1", "", "time: must be a time such as 2026-11-20T08:00:00Z"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "time", "mistake"), MISTAKES)
def test_a_mistake_is_told_by_row_and_column(filled, field, value, time, mistake):
    cell = f'"{value}"' if "," in value else value
    with pytest.raises(RowErrors) as raised:
        filled("BTC,1,60000,,,,,,", ROW.format(field, cell, time) + "\n")
    assert str(raised.value) == f"market.csv row 2, {mistake}"


def test_two_figures_of_one_time_are_a_mistake(filled):
    rows = [ROW.format("mark", value, "2026-11-29T11:00:00Z") for value in (60000, 60000, 60001)]
    with pytest.raises(
        RowErrors, match="market.csv row 4, value: is 60000 in row 2, of the same time: keep one of the two"
    ):
        filled("BTC,1,60000,,,,,,", "\n".join(rows) + "\n")


def test_the_commands_take_it(tmp_path):
    (tmp_path / "h.csv").write_text("asset,coins,price,hedge_ratio,venue\nBTC,1,,0.5,bybit\n")
    (tmp_path / "market.csv").write_text(f"{HEADER}\n{MARKET}")
    out = run("plan", tmp_path / "h.csv", "--prices", tmp_path / "market.csv", "--json")
    plan = json.loads(out.stdout)
    assert plan["value_usd"] == 60100 and plan["price_time"] == "2026-11-29T07:00:00"
    assert plan["positions"][0]["qty"] == -30050  # half of it, in contracts of 1 USD
    assert plan["notes"][0].startswith("1 price, 0 marks and 1 funding rate filled in from market.csv")
    assert "note: 1 price, 0 marks" in out.stderr


@pytest.mark.parametrize(
    ("market", "told"),  # of two prices of BTC, 1 % apart or more: which is taken, and why
    [
        ("kraken,BTC,price,60000,2026-11-29T11:00:00Z,\nbinance,BTC,price,60600,2026-11-29T10:00:00Z,", None),  # 1 % off
        (
            "kraken,BTC,price,50000,2026-11-29T11:00:00Z,\nbinance,BTC,price,61000,2026-11-29T10:00:00Z,",
            "50000 (kraken BTC price, 2026-11-29T11:00:00Z) and 61000 (binance BTC price, 2026-11-29T10:00:00Z), +22.0% off it; "
            "the first is taken: it is the later one",
        ),
        (
            "kraken,BTC,price,50000,2026-11-29T11:00:00Z,\nbinance,BTC,price,61000,2026-11-29T11:00:00Z,",
            "61000 (binance BTC price, 2026-11-29T11:00:00Z) and 50000 (kraken BTC price, 2026-11-29T11:00:00Z), -18.0% off it; "
            "the first is taken: of one time the first by venue goes",
        ),
        (
            "kraken,BTC,price,50000,2026-11-29T10:00:00Z,\nbybit,BTCUSD,index,60000,2026-11-29T11:00:00Z,",
            "50000 (kraken BTC price, 2026-11-29T10:00:00Z) and 60000 (bybit BTCUSD index, 2026-11-29T11:00:00Z), +20.0% off it; "
            "the first is taken: a price goes before an index",
        ),
        (
            "bybit,BTCUSD,index,50000,2026-11-29T10:00:00Z,\nbinance,BTCUSD_PERP,index,60000,2026-11-29T11:00:00Z,",
            "50000 (bybit BTCUSD index, 2026-11-29T10:00:00Z) and 60000 (binance BTCUSD_PERP index, 2026-11-29T11:00:00Z), +20.0% "
            "off it; the first is taken: it is that of its own contract",
        ),
    ],
)  # fmt: skip
def test_prices_of_one_coin_that_are_apart_are_told(filled, market, told):
    portfolio, errors = filled("BTC,1,,bybit,BTCUSD,,,,", market + "\n")
    assert not errors
    said = [warning for warning in portfolio.warnings if warning.startswith("price of ")]
    assert said == ([f"price of BTC: market.csv has {told}"] if told else [])


@pytest.mark.parametrize(
    ("rows", "was", "time", "said"),
    [  # a price that the snapshot does not have, or a mark, keeps the time of the prices where it was told
        ("BTC,1,59000,,,,,,\nLDO,10,2,,,,,,", "2026-11-28 08:00", (28, 8), "price_time stays 2026-11-28 08:00:00: still old: price of LDO"),
        (
            "BTC,1,59000,kraken,FI_XBTUSD_261225,60000,,,", "2026-11-28 08:00", (28, 8),
            "price_time stays 2026-11-28 08:00:00: still old: mark of kraken FI_XBTUSD_261225",
        ),
        ("BTC,1,59000,,,,,,\nLDO,10,2,,,,,,", "2026-11-29 11:30", (29, 11), "still old: price of LDO"),  # no later than the oldest
        ("BTC,1,59000,,,,,,\nUSDT,10,1,,,,,,", "2026-11-28 08:00", (29, 11), None),  # cash is no old price
        ("BTC,1,59000,,,,,,\nLDO,10,2,,,,,,", "", (29, 11), None),
    ],
)  # fmt: skip
def test_the_time_of_old_prices_is_not_that_of_new_ones(filled, rows, was, time, said):
    told = {"price_time": was} if was else {}
    portfolio, errors = filled(rows, replaces=True, **told)
    assert not errors and portfolio.settings.price_time == datetime.datetime(2026, 11, *time)
    assert [note for note in portfolio.filled if "still old" in note] == ([said] if said else [])


def test_the_source_of_prices_is_their_venues_where_their_sources_are_too_long(filled):
    long = "the index of a contract as a venue tells it in its own long words"
    market = (
        f"kraken,BTC,price,60000,2026-11-29T11:00:00Z,{long}\nbybit,ETH,price,3000,2026-11-29T11:00:00Z,{long} too\n"
    )
    portfolio, _ = filled("BTC,1,,,,,,,\nETH,1,,,,,,,", market)
    assert portfolio.settings.price_source == "kraken; bybit"


def test_a_rate_is_for_the_hours_that_were_told_by_its_time(filled):
    """0.0001 for 8 hours at 06:00; at 08:00 the venue pays every hour: the rate of 06:00 is for 8 hours all the same."""
    rows = [("funding rate", 0.0001, "06"), ("funding hours", 8, "06"), ("funding hours", 1, "08")]
    market = "".join(f"bybit,BTCUSD,{field},{value},2026-11-29T{hour}:00:00Z,\n" for field, value, hour in rows)
    portfolio, errors = filled("BTC,1,60000,bybit,BTCUSD,,,,", market)
    assert errors == [] and portfolio.positions[0].values.funding_rate == pytest.approx(0.0001, rel=1e-15)


def test_the_latest_index_of_the_contracts_that_hedge_it_is_taken(filled):
    market = "bybit,BTCUSD,index,60001,2026-11-29T02:00:00Z,\nkraken,PI_XBTUSD,index,60002,2026-11-29T08:00:00Z,\n"
    portfolio, errors = filled("BTC,1,,bybit,BTCUSD,,,,\nBTC,,,kraken,PI_XBTUSD,,,,", market)
    assert errors == [] and portfolio.holdings[0].values.price == 60002
