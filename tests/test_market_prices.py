"""Prices and funding of eleven venues by ccxt, asked of a server on this machine: every figure worked out by hand."""

import threading

import pytest
from test_imports import loaded
from venue_server import FAULTS

from xlhedge.contracts import venues
from xlhedge.live.exchange import CCXT, NOT_ASKED, client
from xlhedge.live.fetch import EVERY, snapshot

RATE, HOURS = "funding rate", "funding hours"
FIGURES = {  # venue, contract: mark, index [USD/coin], funding [fraction an interval], interval [h]; and how they come about
    # coin for a contract (1 USD) and hour, times the index: 6e-11 x 60,000 = 3.6e-6; -1e-9 x 3,000 = -3e-6
    ("kraken", "PI_XBTUSD"): (60001.5, 60000, 3.6e-6, 1),
    ("kraken", "PI_ETHUSD"): (2999.5, 3000, -3e-6, 1),
    # fundingRate as it stands; the interval is 480 and 240 minutes
    ("bybit", "BTCUSD"): (60010, 60000, 0.0001, 8),
    ("bybit", "ETHUSD"): (2998, 3000, -0.00005, 4),
    # fundingRate as it stands; the next payment but one is 8 and 4 hours after the next
    ("okx", "BTC-USD"): (59990.1, 60000, -0.0000312, 8),
    ("okx", "ETH-USD"): (3001.2, 3000, 0.000045, 4),
    # funding_8h, not current_funding
    ("deribit", "BTC-PERPETUAL"): (60012.4, 60001.25, 0.00012, 8),
    ("deribit", "ETH-PERPETUAL"): (2997.1, 2999, -0.00002, 8),
    # lastFundingRate; ETH is in the list of other intervals with 4, BTC is not: 8
    ("binance", "BTCUSD"): (60020.5, 60005, 0.000085, 8),
    ("binance", "ETHUSD"): (2996.4, 2998, -0.00002, 4),
    # fundingFeeRate, not the predicted one; 28,800,000 and 14,400,000 ms
    ("kucoin", "XBTUSDM"): (60030.5, 60004, 0.000135, 8),
    ("kucoin", "ETHUSDM"): (2995, 2999.5, -0.00004, 4),
    # 28,800 s
    ("gate", "BTC_USD"): (60007.2, 60003.1, 0.000061, 8),
    # no interval is told: that of our table
    ("htx", "BTC-USD"): (60011.5, 60002.5, 0.000092, 8),
    ("htx", "ETH-USD"): (2998.75, 2999.25, -0.000011, 8),
    # 600,055,000 / 10,000 and 600,010,000 / 10,000; 10,000 / 100,000,000 = 0.0001; ETHUSD there is settled in USD
    ("phemex", "BTCUSD"): (60005.5, 60001, 0.0001, 8),
    # collectCycle of the contract
    ("mexc", "BTC_USD"): (60008.5, 60001.5, 0.000071, 8),
    ("mexc", "ETH_USD"): (2997.5, 2999.5, -0.000033, 4),
    ("bingx", "BTC-USD"): (60009.5, 60000.5, 0.000055, 8),
    ("bingx", "ETH-USD"): (3001.5, 3000.5, 0.000044, 8),
}  # fmt: skip
DATED = {  # venue, contract: mark, index, and the expiry that the venue tells
    ("kraken", "FI_XBTUSD_311226"): (60300, 60000, "2031-12-26"),
    ("bybit", "BTCUSDZ31"): (60500, 60000, "2031-12-26"),
    ("okx", "BTC-USD-311226"): (60400.5, 60000, "2031-12-26"),
    ("deribit", "BTC-26DEC31"): (60700, 60001.25, "2031-12-26"),
    ("binance", "BTCUSD_311226"): (60800, 60005, "2031-12-26"),
    ("kucoin", "XBTMZ31"): (60900, 60004, "2031-12-26"),
}
FIELDS = ("mark", "index", RATE, HOURS)


def ask(server, wanted, coins=(), timeout=10, pause=0.02):
    """A snapshot from the server."""
    return snapshot(wanted, coins, timeout, base=server.base, pause=pause)


def values(rows) -> dict:
    """The values of a snapshot by venue, symbol and field."""
    return {(row.venue, row.symbol, row.field): row.value for row in rows}


def expected(*chosen) -> dict:
    """The figures by hand of some venues, all of them without a name."""
    found = {}
    for table, fields in ((FIGURES, FIELDS), (DATED, ("mark", "index", "expiry"))):
        for (venue, symbol), told in table.items():
            if venue in chosen or not chosen:
                found |= {(venue, symbol, field): value for field, value in zip(fields, told)}
    return found


def near(figures: dict) -> dict:
    return {key: each if isinstance(each, str) else pytest.approx(each, rel=1e-14) for key, each in figures.items()}


def test_every_figure_of_every_venue_and_nothing_else(server):
    found = ask(server, [(venue, EVERY) for venue in CCXT])
    assert found.gaps == () and values(found.rows) == near(expected())
    assert [*dict.fromkeys(row.venue for row in found.rows)] == [*CCXT]


def test_the_figures_by_hand_are_plausible():
    """Funding is paid by the side that is too dear: it has the sign of mark over index, and is far below 1 %."""
    for mark, index, rate, _ in FIGURES.values():
        assert rate * (mark - index) > 0 and abs(rate) < 0.01


@pytest.mark.parametrize("venue,symbol", [*FIGURES, *DATED], ids=lambda text: text)
def test_one_contract_by_its_name(server, venue, symbol):
    found = ask(server, [(venue, symbol)])
    assert found.gaps == ()
    assert values(found.rows) == near({key: value for key, value in expected(venue).items() if key[1] == symbol})


def test_source_names_the_field_and_the_unit(server):
    rows = {(row.venue, row.field): row for row in ask(server, [("kraken", "PI_XBTUSD"), ("kucoin", "XBT")]).rows}
    told = "kraken tickers fundingRate (coin for a contract and hour) x indexPrice; fraction for 1 h"
    assert rows["kraken", RATE].source == told
    assert rows["kucoin", "mark"].source == "kucoin contracts markPrice; the time is that of reading"


@pytest.mark.parametrize("venue,most", [
    ("kraken", 1), ("bybit", 2), ("okx", 3), ("deribit", 2), ("binance", 2), ("kucoin", 1), ("gate", 1), ("phemex", 1),
    ("bingx", 1), ("htx", 3), ("mexc", 2),
])  # fmt: skip
def test_few_questions_for_one_perpetual(server, venue, most):
    symbol = next(symbol for name, symbol in FIGURES if name == venue)
    ask(server, [(venue, symbol)])
    assert len(server.paths(venue)) == most


def test_a_list_in_pages(server):
    first, second = (
        {"retCode": 0, "result": {"category": "inverse", "list": [{"symbol": symbol, "fundingInterval": minutes, "contractType": "InversePerpetual"}], "nextPageCursor": more}}
        for symbol, minutes, more in (("ETHUSD", 60, "page2"), ("BTCUSD", 120, ""))
    )  # fmt: skip
    server.answers["bybit", "v5/market/instruments-info"] = lambda asked: second if "cursor" in asked.query else first
    found = values(ask(server, [("bybit", "BTCUSD"), ("bybit", "ETHUSD")]).rows)
    assert (found["bybit", "BTCUSD", HOURS], found["bybit", "ETHUSD", HOURS]) == (2, 1)


PRICES = {  # what is asked for besides: coins, and whose price they then have
    "the index of the first contract": ([("kraken", "PI_XBTUSD"), ("bybit", "BTCUSD")], ["BTC"], {"BTC": ("kraken", 60000)}),
    "an index of OKX": ([], ["SOL", "BTC"], {"SOL": ("okx", 150.25), "BTC": ("okx", 60000)}),
    "one of each": ([("deribit", "ETH-PERPETUAL")], ["SOL", "ETH"], {"SOL": ("okx", 150.25), "ETH": ("deribit", 2999)}),
}  # fmt: skip


@pytest.mark.parametrize("wanted,coins,told", PRICES.values(), ids=[*PRICES])
def test_prices_of_coins_come_first_and_in_their_order(server, wanted, coins, told):
    found = ask(server, wanted, coins)
    prices = [row for row in found.rows if row.field == "price"]
    assert found.gaps == () and {row.symbol: (row.venue, row.value) for row in prices} == told
    assert [row.symbol for row in prices] == coins == [row.symbol for row in found.rows[: len(coins)]]


def test_bybit_is_asked_for_what_okx_does_not_tell(server):
    server.faults["okx"] = FAULTS["503"]
    found = ask(server, [], ["SOL", "DOGE"])
    assert values(found.rows) == {("bybit", "SOL", "price"): 150.1}
    assert [str(gap) for gap in found.gaps] == ["DOGE: no price could be had"]


SLOW = "did not answer within 1 s"
BROKEN = "its answer is an error, or not of the form that is known"
BUSY = "asks to be left alone for a while (too many requests), at a second try too"
DOWN = "is not available (an error of its server), at a second try too"
SAID = {
    "429": BUSY, "500": DOWN, "503": DOWN, "slow": SLOW, "cut short": BROKEN, "a page": BROKEN, "an empty list": BROKEN,
    "an empty object": BROKEN, "null": BROKEN, "cut off": "cannot be reached, or breaks off", "elsewhere": "sends the question on to another address, which is not asked",
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_venues_that_fail_cost_no_other_one(server, fault):
    failing = ["bybit"] if fault == "slow" else ["bybit", "kraken", "okx", "deribit", "binance", "kucoin"]
    server.faults = dict.fromkeys(failing, FAULTS[fault])
    found = ask(server, [(venue, EVERY) for venue in (*failing, "gate")], timeout=1 if fault == "slow" else 10)
    assert values(found.rows) == near(expected("gate"))
    assert [str(gap) for gap in found.gaps] == [f"{venue}: {SAID[fault]}" for venue in failing]
    assert not server.paths("elsewhere")


def test_nobody_there(server):
    found = snapshot([("kraken", EVERY), ("gate", EVERY)], base=lambda venue: server.base(venue) if venue == "gate" else "http://127.0.0.1:9", pause=0.02)  # fmt: skip
    assert values(found.rows) == near(expected("gate"))
    assert [str(gap) for gap in found.gaps] == ["kraken: cannot be reached, or breaks off"]


@pytest.mark.parametrize("fault", ["429", "503", "cut off"])
def test_once_more_and_no_further(server, fault):
    server.faults["kraken", "derivatives/api/v3/tickers"] = [FAULTS[fault]]
    assert ask(server, [("kraken", "PI_XBTUSD")]).gaps == ()
    assert len(server.paths("kraken")) == 2
    server.faults["kraken"] = FAULTS[fault]
    server.asked.clear()
    assert len(ask(server, [("kraken", "PI_XBTUSD")]).gaps) == 1
    assert len(server.paths("kraken")) == 2


def test_all_are_asked_at_the_same_time(server):
    meet = threading.Barrier(3, timeout=5)  # breaks unless all three are inside

    def wait(asked):
        meet.wait()
        return answers[asked.venue, asked.path](asked)

    answers = dict(server.answers)
    for place in (
        ("kraken", "derivatives/api/v3/tickers"),
        ("bybit", "v5/market/tickers"),
        ("gate", "api/v4/futures/btc/contracts"),
    ):
        server.answers[place] = wait
    found = ask(server, [("kraken", "PI_XBTUSD"), ("bybit", "BTCUSD"), ("gate", "BTC_USD")])
    assert found.gaps == () and [*dict.fromkeys(row.venue for row in found.rows)] == ["kraken", "bybit", "gate"]


FUTURE, OLD = "must not be of the future by this computer's clock", "must not be older than a day"


@pytest.mark.parametrize("skew,rule", [(3600, FUTURE), (-90000, OLD), (200, ""), (-80000, "")])
def test_a_clock_that_goes_wrong(server, skew, rule):
    server.skew = skew
    found = ask(server, [("kraken", "PI_XBTUSD")])
    assert len(found.rows) == (0 if rule else 4)
    said = [str(gap).partition(" (got ")[0] for gap in found.gaps]  # all of them in one sentence
    assert said == ([f"kraken: 4 figures of PI_XBTUSD {rule}"] if rule else [])
    assert all(str(gap).endswith("Z); they are left out") for gap in found.gaps)


TICKER = {"symbol": "BTCUSD", "markPrice": "60010", "indexPrice": "60000", "fundingRate": "0.0001"}
DOUBTFUL = {  # what a ticker says, what is still believed, and what is told
    "a rate in percent": ({"fundingRate": "0.01"}, {"mark", "index", HOURS}, "funding rate must be below 1% an interval (got 0.01); it is left out"),
    "a rate far below": ({"fundingRate": "-0.5"}, {"mark", "index", HOURS}, "funding rate must be below 1% an interval (got -0.5); it is left out"),
    "a rate of nothing": ({"fundingRate": ""}, {"mark", "index", HOURS}, "funding rate is not told"),
    "a rate that is missing": ({"fundingRate": None}, {"mark", "index", HOURS}, "funding rate is not told"),
    "a rate of zero": ({"fundingRate": "0"}, {"mark", "index", RATE, HOURS}, None),
    "a mark of cents": ({"markPrice": "6001000"}, {RATE, HOURS}, "mark of 6001000 and index of 60000 must be within 20% of each other; both are left out"),
    "a mark of zero": ({"markPrice": "0"}, {"index", RATE, HOURS}, "mark must be > 0 (got 0); it is left out"),
    "a mark below zero": ({"markPrice": "-1"}, {"index", RATE, HOURS}, "mark must be > 0 (got -1); it is left out"),
    "no number": ({"markPrice": "=1+1"}, {"index", RATE, HOURS}, "mark must be a number (got '=1+1')"),
    "not a number": ({"indexPrice": "NaN"}, {"mark", RATE, HOURS}, "index must be a finite number (got nan); it is left out"),
    "infinite": ({"indexPrice": "1e999"}, {"mark", RATE, HOURS}, "index must be a finite number (got inf); it is left out"),
    "a list": ({"indexPrice": [1]}, {"mark", RATE, HOURS}, "index must be a number (got [1])"),
}  # fmt: skip


@pytest.mark.parametrize("change,believed,told", DOUBTFUL.values(), ids=[*DOUBTFUL])
def test_what_is_not_plausible_is_left_out_and_told(server, change, believed, told):
    server.answers["bybit", "v5/market/tickers"] = lambda asked: {
        "retCode": 0, "time": asked.now, "result": {"category": "inverse", "list": [TICKER | change]},
    }  # fmt: skip
    found = ask(server, [("bybit", "BTCUSD")])
    assert {row.field for row in found.rows} == believed
    assert [str(gap) for gap in found.gaps] == ([f"bybit BTCUSD: {told}"] if told else [])


def test_names_that_are_no_names_are_not_written(server):
    server.answers["bybit", "v5/market/tickers"] = lambda asked: {
        "retCode": 0, "time": asked.now, "result": {"list": [TICKER, *(TICKER | {"symbol": bad} for bad in ("=1+1", "A" * 50, "a\nb"))]},
    }  # fmt: skip
    assert {row.symbol for row in ask(server, [("bybit", EVERY)]).rows} == {"BTCUSD"}


UNASKED = {
    ("kraken", "PI_XRPUSD"): "kraken PI_XRPUSD: is not listed there now",
    ("kraken", "PF_XBTUSD"): "kraken PF_XBTUSD: is not listed there now",
    ("bitmex", "XBTUSD"): "bitmex: cannot be asked: the venue closed on 2026-09-23",
    ("weex", EVERY): "weex: cannot be asked: no inverse contract of it is known",
    ("deribit", "SOL_USDC-PERPETUAL"): "deribit SOL_USDC-PERPETUAL: deribit SOL_USDC-PERPETUAL settles in USD",
    ("bitget", "BTCUSD"): "bitget BTCUSD: bitget BTCUSD is sized in coins",
}


@pytest.mark.parametrize("pair,told", UNASKED.items(), ids=["-".join(pair) for pair in UNASKED])
def test_contracts_that_cannot_be_had_are_told(server, pair, told):
    found = ask(server, [pair, ("gate", "BTC_USD")])
    assert [str(gap)[: len(told)] for gap in found.gaps] == [told] and len(found.rows) == 4


def test_every_venue_of_the_tables_is_asked_or_said_why_not():
    assert {*CCXT, *NOT_ASKED} == {*venues()} and not {*CCXT} & {*NOT_ASKED}
    assert all(client(venue).id == name for venue, name in CCXT.items())


def test_neither_ccxt_nor_keyring_is_loaded_before_a_venue_is_asked():
    code = "import xlhedge.cli, xlhedge.cli_market, xlhedge.live.fetch, xlhedge.live.table, xlhedge.intake.named"
    assert not loaded(code) & {"ccxt", "keyring", "requests"}
