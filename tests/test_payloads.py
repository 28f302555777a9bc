"""The venues' payloads of contracts: what each file of data/payloads tells, by hand, and what is wrong with others."""

import json
import math
from pathlib import Path

import pytest

from xlhedge.contracts import contract, maintenance, read_table, save, updated, written
from xlhedge.contracts.fields import FIELDS
from xlhedge.errors import FileError, NotAvailableError
from xlhedge.live.payloads import ENDPOINTS, QUESTIONS
from xlhedge.live.payloads.join import join
from xlhedge.live.payloads.recognise import read_payload, told

SAVED = Path(__file__).parent / "data" / "payloads"
TODAY = "2026-11-30"
FILES = {
    "binance": ("binance_exchange_info", "binance_leverage_bracket"),
    "bitmex": ("bitmex_instrument",),
    "bybit": ("bybit_instruments", "bybit_risk_limit"),
    "deribit": ("deribit_instruments",),
    "gate": ("gate_contracts", "gate_risk_limit_tiers"),
    "htx": ("htx_swap_contract_info", "htx_swap_adjustfactor"),
    "kraken": ("kraken_instruments",),
    "kucoin": ("kucoin_contracts", "kucoin_risk_limit"),
    "mexc": ("mexc_contract_detail",),
    "okx": ("okx_instruments_swap", "okx_position_tiers"),
    "okx dated": ("okx_instruments_futures",),
    "phemex": ("phemex_products",),
}
"""The payloads that are read together."""

PERPETUAL, DATED = "kind=inverse", "kind=dated"
TOLD = {  # each figure as it stands in the file, in the unit of its field; an unlisted field must not be told
    "binance": {
        # the brackets' own amounts: 0.004 x 5 = 0.02 = 0.005 x 5 - 0.005; 0.005 x 10 - 0.005 = 0.045 = 0.01 x 10 - 0.055
        "BTCUSD_PERP": f"{PERPETUAL} coin=BTC face=100 lot=1 tick=0.1 liq_fee=0.015 max_leverage=125 tier_type=marginal tier_unit=coin "
        "floors=0;5;10 rates=0.004;0.005;0.01 amounts=0;0.005;0.055 cap=20 leverages=125;100;50 leverage_caps=5;10;20",
        # 1798185600 s = 2026-12-25 08:00 UTC; qtylFloor is how the venue's documents spell it
        "BTCUSD_261225": f"{DATED} expiry=2026-12-25 coin=BTC face=100 lot=1 tick=0.1 liq_fee=0.015 max_leverage=20 tier_type=marginal "
        "tier_unit=coin floors=0 rates=0.02 amounts=0 cap=100 leverages=20 leverage_caps=100",
        "WIFUSD_PERP": f"{PERPETUAL} coin=WIF face=10 lot=1 tick=0.0001 liq_fee=0.015",
        "ADAUSD_PERP": f"{PERPETUAL} listed_until=2026-12-31 coin=ADA face=10",
    },
    "bitmex": {
        # face 100,000,000 satoshi x 1e-8 = 1 USD; limits 200 and 75 BTC; 08:00 of the first day = 8 hours
        "XBTUSD": f"{PERPETUAL} coin=BTC face=1 lot=100 tick=0.1 maker=0.0005 taker=0.0005 funding_hours=8 mmr=0.005 imr=0.01 tier_unit=coin cap=200",
        "XBTZ26": f"{DATED} expiry=2026-12-25 settlement_fee=0 coin=BTC face=1 lot=100 tick=0.5 maker=0.0005 taker=0.0005 mmr=0.005 imr=0.01 tier_unit=coin cap=75",
    },
    "bybit": {
        # rows out of order; 150 x 0.005 = 0.75, 300 x 0.005 + 0.75 = 2.25; 480 minutes = 8 hours
        "BTCUSD": f"{PERPETUAL} coin=BTC face=1 lot=1 tick=0.1 funding_hours=8 max_leverage=100 tier_type=marginal tier_unit=coin "
        "floors=0;150;300 rates=0.005;0.01;0.015 amounts=0;0.75;2.25 imrs=0.01;0.015;0.02 cap=450",
        # rates of this row are in percent, as 50 x 2 = 100; 1798704000 s = 2026-12-31 08:00 UTC
        "SOLUSD": f"{PERPETUAL} listed_until=2026-12-31 coin=SOL face=1 lot=1 tick=0.005 funding_hours=4 max_leverage=50 tier_type=marginal "
        "tier_unit=coin floors=0 rates=0.01 amounts=0 imrs=0.02 cap=50000",
        "BTCUSDH27": f"{DATED} expiry=2027-03-26 settlement_fee=0.0005 coin=BTC face=1 lot=1 tick=0.5 max_leverage=100",
    },
    "deribit": {
        # smallest trade 10 USD / face 10 USD = 1 contract
        "BTC-PERPETUAL": f"{PERPETUAL} coin=BTC face=10 lot=1 tick=0.5 maker=0 taker=0.0005 liq_fee=0.0075 max_leverage=50",
        "ETH-25DEC26": f"{DATED} expiry=2026-12-25 coin=ETH face=1 lot=1 tick=0.25 maker=-0.0001 taker=0.0005 liq_fee=0.0075 max_leverage=50",
    },
    "gate": {
        "BTC_USD": f"{PERPETUAL} coin=BTC face=1 lot=1 tick=0.1 maker=-0.0002 taker=0.00075 funding_hours=8 max_leverage=100 tier_type=marginal "
        "tier_unit=coin floors=0;10 rates=0.005;0.01 amounts=0;0.05 imrs=0.01;0.02 cap=20",
    },
    "htx": {
        "BTC-USD": f"{PERPETUAL} coin=BTC face=100 lot=1 tick=0.1",
        "EOS-USD": f"{PERPETUAL} coin=EOS face=10 lot=1 tick=0.001 listed_until=2026-11-29",
    },
    "kraken": {
        "PI_XBTUSD": f"{PERPETUAL} coin=BTC face=1 lot=1 tick=0.5 tier_type=whole-position tier_unit=contracts floors=0;500000;1000000 "
        "rates=0.01;0.02;0.03 imrs=0.02;0.04;0.06 cap=75000000",
        "FI_ETHUSD_261225": f"{DATED} expiry=2026-12-25 coin=ETH face=1 lot=1 tick=0.05 tier_type=whole-position tier_unit=contracts floors=0 rates=0.01 imrs=0.02",
        "PI_LTCUSD": f"{PERPETUAL} listed_until=2026-11-29 coin=LTC face=1 lot=1 tick=0.01 tier_type=whole-position tier_unit=contracts "
        "floors=0 rates=0.01 imrs=0.02 cap=3000000",
    },
    "kucoin": {
        "XBTUSDM": f"{PERPETUAL} coin=BTC face=1 lot=1 tick=0.1 maker=0.0002 taker=0.0006 funding_hours=8 max_leverage=75 "
        "tier_type=whole-position tier_unit=coin floors=0;40 rates=0.007;0.01 imrs=0.014;0.02 cap=60",
        "XBTMZ26": f"{DATED} expiry=2026-12-25 settlement_fee=0.00025 coin=BTC face=1 lot=1 tick=1 maker=0.0002 taker=0.0006 max_leverage=50 "
        "tier_unit=coin mmr=0.01 imr=0.02 cap=30",
    },
    "mexc": {
        # levels 1 to 3: 50,000 contracts more and 0.004 more each
        "BTC_USD": f"{PERPETUAL} coin=BTC face=100 lot=1 tick=0.5 maker=0.0002 taker=0.0006 max_leverage=125 tier_type=whole-position "
        "tier_unit=contracts floors=0;50000;100000 rates=0.004;0.008;0.012 imrs=0.008;0.012;0.016 cap=150000",
        "ETH_USD": f"{PERPETUAL} listed_until=2026-11-30 coin=ETH face=10 lot=1 tick=0.05 max_leverage=100 tier_type=whole-position "
        "tier_unit=contracts floors=0;30000 rates=0.005;0.0075 imrs=0.01;0.0125 cap=60000",
    },
    "okx": {
        "BTC-USD-SWAP": f"{PERPETUAL} coin=BTC face=100 lot=0.1 tick=0.1 max_leverage=125 tier_type=whole-position tier_unit=contracts "
        "floors=0;2001;5001 rates=0.004;0.005;0.0075 imrs=0.008;0.01;0.015 cap=20000",
        "LTC-USD-SWAP": f"{PERPETUAL} listed_until=2026-12-31 coin=LTC face=10 lot=1 tick=0.01 max_leverage=50",
    },
    "okx dated": {
        "BTC-USD-270326": f"{DATED} expiry=2027-03-26 coin=BTC face=100 lot=1 tick=0.1 max_leverage=100",
    },
    "phemex": {
        # 28,800 s = 8 hours
        "BTCUSD": f"{PERPETUAL} coin=BTC face=1 lot=1 tick=0.5 funding_hours=8 max_leverage=100 tier_type=whole-position tier_unit=coin "
        "floors=0;100 rates=0.005;0.01 imrs=0.01;0.015 cap=150",
    },
}  # fmt: skip

# How many are left out, and the day of the figures: 1795910400 s = 2026-11-29 08:00 UTC where the payload states a time.
LEFT_OUT = {
    "binance": ({"linear": 1}, "2026-11-29"),
    "bitmex": ({"quanto": 1, "priced in another currency than USD": 1}, "2026-07-19"),
    "bybit": ({"linear": 1, "not trading yet": 1}, "2026-11-29"),
    "deribit": ({"linear": 1, "no future": 1}, "2026-11-29"),
    "gate": ({"quanto": 1}, TODAY),
    "htx": ({}, "2026-11-29"),
    "kraken": ({"linear": 1, "no future": 1}, "2026-11-29"),
    "kucoin": ({"linear": 1}, TODAY),
    "mexc": ({"linear": 1}, TODAY),
    "okx": ({"linear": 1, "not trading yet": 1}, TODAY),
    "okx dated": ({}, TODAY),
    "phemex": ({"linear": 1, "no future": 1}, TODAY),
}

# Not the payload's own words, and therefore not verified.
DOUBTFUL = {
    "bybit": {"face"},
    "gate": {"face", "lot", "tier_unit", "maker", "taker"},
    "htx": {"lot", "listed_until"},
    "kraken": {"tier_type", "listed_until"},
    "kucoin": {"tier_type", "tier_unit", "cap"},
    "mexc": {"tier_type", "listed_until"},
    "okx": {"tier_type"},
    "phemex": {"tier_type", "tier_unit"},
}


def readings(*names: str) -> list:
    """Files of data/payloads as they are read, under names that tell nothing."""
    return [
        read_payload((SAVED / f"{name}.json").read_bytes(), f"saved {place}") for place, name in enumerate(names, 1)
    ]


@pytest.mark.parametrize("group", FILES)
def test_what_the_payloads_tell(group):
    joined = join(readings(*FILES[group]), TODAY)
    found = {}
    for fact in joined.facts:
        found.setdefault(fact.symbol, {})[fact.field] = written(fact.value)
    assert found == {symbol: dict(each.split("=") for each in line.split()) for symbol, line in TOLD[group].items()}
    assert joined.left_out == LEFT_OUT[group][0]
    assert min(fact.as_of for fact in joined.facts) == LEFT_OUT[group][1]
    assert {fact.field for fact in joined.facts if not fact.verified} == DOUBTFUL.get(group, set())
    assert all(fact.venue == group.split()[0] and fact.source.startswith(f"{fact.venue} /") for fact in joined.facts)
    assert all(fact.unit == FIELDS[fact.field].unit and bool(fact.note) != fact.verified for fact in joined.facts)
    undated = "no time: taken to be of 2026-11-30" in " ".join(joined.notes)
    assert undated == any(fact.as_of == TODAY for fact in joined.facts) or group == "binance"


def test_every_payload_is_tried():
    tried = {reading.endpoint.path for names in FILES.values() for reading in readings(*names)}
    assert tried == {endpoint.path for endpoint in ENDPOINTS}
    assert QUESTIONS.keys() == {endpoint.venue for endpoint in ENDPOINTS} - {"bitmex"}


@pytest.mark.parametrize("group", FILES)
def test_the_order_of_payloads_rows_and_pages_changes_nothing(group):
    expected = {fact for fact in join(readings(*FILES[group]), TODAY).facts}
    found = readings(*FILES[group])
    mixed = [each._replace(items=each.items[::-1]) for each in reversed(found)]
    assert {fact for fact in join(mixed, TODAY).facts} == expected
    assert {fact for fact in join([*found, *found], TODAY).facts} == expected  # saved twice


# The table that is written gives the contract back: maintenance [coin] of a position of qty [USD] at a price [USD/coin].
NEEDED = [
    # 12,000,000 / 60,000 = 200 BTC: 150 x 0.005 + 50 x 0.01 = 1.25
    ("bybit", "BTCUSD", 12_000_000, 60_000, 1.25),
    # 12 BTC: 5 x 0.004 + 5 x 0.005 + 2 x 0.01 = 0.065
    ("binance", "BTCUSD", 720_000, 60_000, 0.065),
    # 3,000 contracts of 100 USD: the second tier on all of it, 5 BTC x 0.005
    ("okx", "BTC-USD", 300_000, 60_000, 0.025),
    # 600,000 contracts of 1 USD, 10 BTC x 0.02
    ("kraken", "PI_XBTUSD", -600_000, 60_000, 0.2),
    # 50 BTC x 0.01
    ("kucoin", "XBTUSDM", 3_000_000, 60_000, 0.5),
    # 10 x 0.005 + 5 x 0.01 = 0.1
    ("gate", "BTC_USD", 900_000, 60_000, 0.1),
    # 60,000 contracts of 100 USD, 100 BTC x 0.008
    ("mexc", "BTC_USD", -6_000_000, 60_000, 0.8),
    # 120 BTC x 0.01
    ("phemex", "BTCUSD", 7_200_000, 60_000, 1.2),
    # 10 BTC x 0.005
    ("bitmex", "XBTUSD", 600_000, 60_000, 0.05),
    # what is shipped holds, as the payload has no maintenance: (0.01 + 0.00005 x 10) x 10
    ("deribit", "BTC", 600_000, 60_000, 0.105),
    # of the table alone: no series of KuCoin is shipped
    ("kucoin", "XBTMZ26", 600_000, 60_000, 0.1),
]


@pytest.mark.parametrize(("venue", "symbol", "qty", "price", "coins"), NEEDED)
def test_the_table_gives_the_contract_back(tmp_path, venue, symbol, qty, price, coins):
    facts = join(readings(*FILES[venue]), TODAY).facts
    save(updated(None, facts, "t").table, tmp_path / "mine.csv")
    table = read_table(tmp_path / "mine.csv")
    assert [fact for fact in table.facts if fact.value is not None] == [*facts]
    rate, amount, slope = maintenance(contract(venue, symbol, table=table), qty, price)
    size = abs(qty) / price
    assert math.isclose((rate + slope * size) * size - amount, coins, rel_tol=1e-12)


def test_what_is_beyond_the_table_is_refused(tmp_path):
    table = updated(None, join(readings(*FILES["bybit"]), TODAY).facts, "t").table
    with pytest.raises(NotAvailableError, match="established up to 450 coin only, and this position is 500"):
        maintenance(contract("bybit", "BTCUSD", table=table), 30_000_000, 60_000)


# What is wrong, and the one sentence that says so.

BYBIT_ROW = json.loads((SAVED / "bybit_instruments.json").read_text())["result"]["list"][0]
TIER = {
    "symbol": "BTCUSD",
    "riskLimitValue": "150",
    "maintenanceMargin": "0.005",
    "initialMargin": "0.01",
    "mmDeduction": "",
}


def bybit(*rows: dict, **more) -> str:
    return json.dumps(
        {"retCode": 0, "retMsg": "OK", "result": {"category": "inverse", "list": [*rows]}, "time": 1795910400000} | more
    )


def okx(*rows: dict) -> str:
    return json.dumps({"code": "0", "msg": "", "data": [*rows]})


OKX_TIER = {"instFamily": "BTC-USD", "tier": "1", "minSz": "0", "maxSz": "2000", "mmr": "0.004", "imr": "0.008"}
OKX_ROW = json.loads((SAVED / "okx_instruments_swap.json").read_text())["data"][0]
MEXC_ROW = json.loads((SAVED / "mexc_contract_detail.json").read_text())["data"][0]
KRAKEN_ROW = {"symbol": "PI_XBTUSD", "type": "futures_inverse", "contractSize": 1, "base": "BTC"}

HOSTILE = {
    "empty": ("", "it: is empty"),
    "no text": (b"\xff\xfe\x00", "it: is not UTF-8 text, as JSON must be"),
    "a web page": ("<!DOCTYPE html><html></html>", "it: is a web page and not the JSON that the payload's address answers with"),
    "cut off": (bybit(BYBIT_ROW)[:-40], "it: breaks off at line 1, column 810: ask for it again"),
    "cut off in a text": ('{"retCode": 0, "retMsg": "O', "it: breaks off at line 1, column 26: ask for it again"),
    "no JSON": ("retCode=0", "it: is not JSON at line 1, column 1: ask for it again"),
    "two answers": ("{}{}", "it: is not JSON at line 1, column 3: ask for it again"),
    "not a number": ('{"a": NaN}', "it: holds NaN, which is no number"),
    "infinite": ('[{"a": -Infinity}]', "it: holds -Infinity, which is no number"),
    "nested": ("[" * 100_000, "it: is nested too deeply for a payload of contracts"),
    "a number": ("5", "it: is JSON, but no payload of contracts that is known here (those of binance, bitmex, bybit, deribit, gate, htx, kraken, kucoin, mexc, okx, phemex are)"),
    "something else": ('{"data": {"prices": [1, 2]}}', "it: is JSON, but no payload of contracts that is known here (those of binance, bitmex, bybit, deribit, gate, htx, kraken, kucoin, mexc, okx, phemex are)"),
    "bybit's error": ('{"retCode": 10006, "retMsg": "Too many visits!", "result": {}}', "it: is no list of contracts but the venue's error 10006 'Too many visits!'"),
    "okx's error": ('{"code": "51000", "msg": "Parameter instType error", "data": []}', "it: is no list of contracts but the venue's error '51000' 'Parameter instType error'"),
    "binance's error": ('{"code": -2014, "msg": "API-key format invalid."}', "it: is no list of contracts but the venue's error -2014 'API-key format invalid.'"),
    "kraken's error": ('{"result": "error", "error": "apiLimitExceeded"}', "it: is no list of contracts but the venue's error 'apiLimitExceeded'"),
    "deribit's error": ('{"jsonrpc": "2.0", "error": {"code": 10028, "message": "too_many_requests"}}', "it: is no list of contracts but the venue's error 10028 'too_many_requests'"),
    "htx's error": ('{"status": "error", "err_code": 1001, "err_msg": "illegal"}', "it: is no list of contracts but the venue's error 1001 'illegal'"),
    "gate's error": ('{"label": "INVALID_PARAM", "message": "bad"}', "it: is no list of contracts but the venue's error 'INVALID_PARAM' 'bad'"),
    "mexc's error": ('{"success": false, "code": 510, "message": "Requests are too frequent!"}', "it: is no list of contracts but the venue's error 510 'Requests are too frequent!'"),
    "an empty list": (bybit(), "it: holds no contracts: its list is empty"),
    "a bare empty list": ("[]", "it: holds no contracts: its list is empty"),
    "a row that is none": (bybit(BYBIT_ROW)[:-1].replace('"list": [', '"list": [7, ') + "}", "it: bybit /v5/market/instruments-info: every row must be an object (got 7)"),
    "words for a number": (bybit(BYBIT_ROW | {"priceFilter": {"tickSize": "fine"}}), "it: bybit /v5/market/instruments-info, BTCUSD: priceFilter.tickSize must be a number (got 'fine')"),
    "a list for a number": (bybit(BYBIT_ROW | {"fundingInterval": [480]}), "it: bybit /v5/market/instruments-info, BTCUSD: fundingInterval must be a number (got [480])"),
    "a negative step": (bybit(BYBIT_ROW | {"priceFilter": {"tickSize": "-0.1"}}), "it: bybit /v5/market/instruments-info, BTCUSD: tick must be a number > 0 (got -0.1)"),
    "a time beyond time": (bybit(BYBIT_ROW | {"contractType": "InverseFutures", "deliveryTime": "9e30"}), "it: bybit /v5/market/instruments-info, BTCUSD: has a time that cannot be read (got 9e+30)"),
    "a time before coins": (bybit(BYBIT_ROW, time="1795910400"), "it: has a time that cannot be read (got '1795910400')"),
    "too many digits": ('{"a": ' + "9" * 5000 + "}", "it: holds a number of too many digits"),
    "levels without end": (json.dumps({"success": True, "code": 0, "data": [MEXC_ROW | {"riskLevelLimit": 1e9}]}), "it: mexc /api/v1/contract/detail, BTC_USD: riskLevelLimit must be from 1 to 1,000 (got 1e+09)"),
    "a text for tiers": (json.dumps({"result": "success", "instruments": [KRAKEN_ROW | {"marginLevels": "none"}]}), "it: kraken /derivatives/api/v3/instruments, PI_XBTUSD: marginLevels must be a list of objects (got 'none')"),
    "no name": (bybit(BYBIT_ROW | {"symbol": ""}), "it: bybit /v5/market/instruments-info: the contract has no name"),
    "a formula for a name": (bybit(BYBIT_ROW | {"symbol": "=1+1"}), "it: bybit /v5/market/instruments-info, =1+1: the name of a contract must be letters, digits and - _ . : (got '=1+1')"),
    "no limit": (bybit(TIER | {"riskLimitValue": ""}), "it: bybit /v5/market/risk-limit, BTCUSD: riskLimitValue is missing"),
    "no face": (json.dumps({"result": "success", "instruments": [KRAKEN_ROW | {"contractSize": None}]}), "it: kraken /derivatives/api/v3/instruments, PI_XBTUSD: contractSize is missing"),
    "a rate of nothing": (bybit(BYBIT_ROW), bybit(TIER | {"maintenanceMargin": "0"}), "it 2: bybit /v5/market/risk-limit, BTCUSD: rates must be numbers separated by semicolons, each > 0 and < 1 (got 0)"),
    "a smaller rate above": (bybit(BYBIT_ROW), bybit(TIER, TIER | {"riskLimitValue": "300", "maintenanceMargin": "0.004"}), "it 2: bybit /v5/market/risk-limit, BTCUSD: tier 2 has a maintenance rate of 0.004, below that of the tier before it"),
    "two tiers of one limit": (bybit(BYBIT_ROW), bybit(TIER, TIER | {"maintenanceMargin": "0.01"}), "it 2: bybit /v5/market/risk-limit, BTCUSD: the last tier begins at 150 coin and ends at 150"),
    "a gap": (okx(OKX_ROW), okx(OKX_TIER, OKX_TIER | {"minSz": "2500", "maxSz": "5000"}), "it 2: okx /api/v5/public/position-tiers, BTC-USD: tier 2 begins at 2500 contracts, and the one before it ends at 2000"),
    "another contract's tiers": (bybit(TIER | {"symbol": "NOPEUSD"}), "it: no inverse contract is in it (left out: 1 tiers of a contract that is in none of these payloads)"),
    "only linear": (bybit(BYBIT_ROW | {"contractType": "LinearPerpetual"}), "it: no inverse contract is in it (left out: 1 linear)"),
    "two venues": (bybit(BYBIT_ROW), json.dumps({"result": "success", "instruments": [KRAKEN_ROW]}), "it 2: is a payload of kraken, and it one of bybit: read one venue at a time"),
    "two that differ": (bybit(BYBIT_ROW), bybit(BYBIT_ROW | {"fundingInterval": 240}), "it 2: BTCUSD is in it and in it, with other figures"),
    "tiers of either kind": (okx(OKX_TIER), "it: okx /api/v5/public/position-tiers, BTC-USD: does not say whether its tiers are those of the perpetual or of the dated contracts: read it beside the instruments of one of the two alone"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_wrong_is_one_sentence(case):
    *contents, sentence = HOSTILE[case]
    with pytest.raises(FileError) as error:
        join([
            read_payload(each if isinstance(each, bytes) else each.encode(), f"it {place}" if place > 1 else "it")
            for place, each in enumerate(contents, 1)
        ], TODAY)  # fmt: skip
    assert str(error.value) == sentence


JUNK = ("x", [1], 1e308, None, 10**400)


def places(value: object, at: tuple = ()):
    """Where anything stands in a payload."""
    yield at
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*at, key))


@pytest.mark.parametrize("group", FILES)
def test_whatever_stands_anywhere_is_read_or_refused(group):
    for name in FILES[group]:
        others = [readings(each)[0] for each in FILES[group] if each != name]
        payload = json.loads((SAVED / f"{name}.json").read_text())
        for *above, key in filter(None, [*places(payload)]):
            inner = payload
            for each in above:
                inner = inner[each]
            before = inner[key]
            for inner[key] in JUNK:
                try:
                    facts = join([told(payload, "it"), *others], TODAY).facts
                    assert all(FIELDS[fact.field].read(written(fact.value)) == fact.value for fact in facts)
                except FileError as error:
                    assert str(error).startswith(("it", "saved 1")) and "\n" not in str(error)
            inner[key] = before
