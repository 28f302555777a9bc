"""The command contracts: what is listed, what becomes of a table that takes payloads, what differs, and a venue that is asked."""

import datetime
import json
import shutil

import pytest
from commands import fails, run
from test_payloads import FILES, LEFT_OUT, SAVED, TODAY, readings
from venue_server import FAULTS, Reply, serving

from xlhedge.contracts import venues
from xlhedge.errors import XlhedgeError
from xlhedge.live.payloads import QUESTIONS
from xlhedge.live.payloads.join import join
from xlhedge.live.payloads.refresh import refreshed
from xlhedge.portfolio import ends


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(ends, "today", lambda: datetime.date.fromisoformat(TODAY))


def saved(*names: str) -> list:
    return [SAVED / f"{name}.json" for name in names]


def rows(table) -> dict:
    """The values of a table by symbol and field."""
    lines = [line.split(",") for line in table.read_text().splitlines()[1:]]
    return {(line[1], line[2]): line[3] for line in lines}


# What is listed


def test_the_venues_are_listed():
    assert [line.split()[0] for line in run("contracts").stdout.splitlines()] == list(venues())


def test_a_venue_is_a_table_for_each_contract(tmp_path):
    table = tmp_path / "own.csv"
    table.write_text(
        "venue,symbol,field,value,as_of,source,verified,note\n"
        "mine,*,taker,0.0005,2026-11-20,a help page; another,yes,first level\n"
        "mine,BTCUSD,face,100,,me,,\nmine,BTCUSD,kind,inverse,2026-11-30,a page,yes,\n"
        'mine,BTCUSD,rates,0.01;0.02,2026-11-30,a page,yes,"undated source, read on that day"\n'
    )
    assert "mine" in run("contracts", "--contracts", table).stdout
    found = run("contracts", "Mine", "--contracts", table).stdout
    assert [line.split() for line in found.splitlines()] == [
        "mine: every contract, unless its own figures say otherwise".split(),
        "taker 0.0005 fraction 2026-11-20 10 d a help page".split(),
        "first level".split(),
        [],
        "mine BTCUSD: perpetual".split(),
        "face 100 USD undated (me)".split(),
        "kind inverse text 2026-11-30 0 d a page".split(),
        "rates 0.01; 0.02 fraction 2026-11-30* 0 d a page".split(),
    ]
    assert "  mmr             0.006 " in own_rate(tmp_path)


def own_rate(folder) -> str:
    """Bybit with a rate of one's own."""
    (folder / "rate.csv").write_text("venue,symbol,field,value,source\nbybit,BTCUSD,mmr,0.006,me\n")
    return run("contracts", "bybit", "--contracts", folder / "rate.csv").stdout


def test_headings_say_what_each_contract_is():
    headings = [line for venue in ("bitmex", "kraken") for line in run("contracts", venue).stdout.splitlines()
                if line and line[0] != " "]  # fmt: skip
    assert "bitmex XBTUSD: perpetual, trading ends 2026-09-23" in headings
    assert "kraken FI_XBTUSD_{YYMMDD}: a series of dated contracts" in headings
    assert any(line.startswith("bitmex ETHUSD: refused, as it is a quanto: it pays") for line in headings)


def test_the_contracts_of_a_coin():
    every = json.loads(run("contracts", "--json", "--coin", "btc").stdout)["facts"]
    assert {row["venue"] for row in every} >= {"binance", "bybit", "deribit", "kraken", "okx"}
    assert {row["value"] for row in every if row["field"] == "coin"} == {"BTC"}
    assert {row["symbol"] for row in every if row["venue"] == "deribit"} == {"*", "BTC-PERPETUAL", "BTC-{DMMMYY}"}
    result = run("contracts", "deribit", "--coin", "DOGE")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "xlhedge: note: no figure of a contract on DOGE at deribit is here\n"


def test_ages_and_what_is_older():
    every = json.loads(run("contracts", "--json").stdout)
    assert every["today"] == TODAY and {row["venue"] for row in every["facts"]} == {*venues()}
    assert all(row["as_of"] and row["age_days"] >= 0 for row in every["facts"])
    older = json.loads(run("contracts", "--older-than", "1500", "--json").stdout)["facts"]
    assert older == [row for row in every["facts"] if row["age_days"] > 1500]
    assert {row["venue"] for row in older} == {"binance", "deribit", "kucoin"}
    shown = run("contracts", "--older-than", "1500").stdout.splitlines()
    assert len([line for line in shown if line[:2] == "  " and line[2] != " "]) == len(older)
    assert "2026-09-23     68 d  nautilus_trader#4552" in run("contracts", "bitmex").stdout


def test_mistakes_of_a_table(tmp_path):
    assert fails(2, "contracts", "bybt").startswith("there is no venue 'bybt' here (there is bybit)")
    assert "cannot be read" in fails(2, "contracts", "--contracts", tmp_path / "none.csv")
    (tmp_path / "own.csv").write_text("venue,symbol,field,value\nmine,BTCUSD,face,-1\nmine,BTCUSD,fce,1\n")
    result = run("contracts", "--contracts", tmp_path / "own.csv")
    assert result.exit_code == 3
    told = [line.split(", ")[0] for line in result.stderr.splitlines()]
    assert told == ["xlhedge: own.csv row 2", "xlhedge: own.csv row 3"]


# What is read


def test_payloads_become_a_table(tmp_path):
    out = tmp_path / "mine.csv"
    result = run("contracts", "--read", *saved(*FILES["bybit"]), "--venue", "Bybit", "--out", out)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "bybit, 2026-11-29: 3 inverse contracts, 37 figures", "left out: 1 not trading yet", "left out: 1 linear",
        f"wrote {out} (37 figures)",
    ]  # fmt: skip
    assert result.stderr.splitlines() == [
        "xlhedge: note: SOLUSD: no new hedge from 2026-12-31 on, when its trading ends",
        "xlhedge: note: not in these payloads, so that what is known holds: maker, taker",
    ]
    assert "bybit BTCUSD: perpetual" in run("contracts", "bybit", "--contracts", out).stdout
    run("contracts", "--read", *saved(*FILES["okx"]), "--as-of", "2026-11-01", "--out", out)
    again = run("contracts", "--read", *saved(*FILES["okx dated"]), "--out", out, "--json")
    told = json.loads(again.stdout)
    assert (told["venue"], told["as_of"], told["contracts"]) == ("okx", TODAY, ["BTC-USD-270326"])
    assert told["out"] == str(out) and told["left_out"] == {}
    assert {symbol for symbol, _ in rows(out)} >= {"BTCUSD", "BTC-USD-SWAP", "BTC-USD-270326"}
    assert "keeps BTC-USD-SWAP, LTC-USD-SWAP as before: no payload that was read has them" in " ".join(told["notes"])


def test_nothing_of_a_table_is_lost_unsaid(tmp_path):
    out = tmp_path / "mine.csv"
    out.write_text(
        "venue,symbol,field,value,as_of,source\nbybit,BTCUSD,mmr,0.006,2026-01-01,me\nbybit,BTCUSD,taker,0.0004,2026-01-01,me\n"
        "bybit,XRPUSD,kind,inverse,2026-01-01,me\nkraken,PI_XBTUSD,taker,0.0001,2026-01-01,me\n"
    )
    result = run("contracts", "--read", *saved(*FILES["bybit"]), "--out", out)
    assert result.exit_code == 0
    assert result.stderr.splitlines()[2:] == [
        "xlhedge: note: mine.csv keeps XRPUSD as before: no payload that was read has it",
        "xlhedge: note: mine.csv: replaced what is not of such a payload: BTCUSD mmr 0.006",
        "xlhedge: note: mine.csv keeps 1 older figure of these contracts (the oldest of 2026-01-01): they were not read anew",
    ]
    found = rows(out)
    assert found["BTCUSD", "taker"] == "0.0004" and found["PI_XBTUSD", "taker"] == "0.0001"
    assert ("BTCUSD", "mmr") not in found and found["BTCUSD", "rates"] == "0.005;0.01;0.015"


REFUSED = [  # the files read after the table was written, further arguments, the exit code and the sentence
    (["bybit_risk_limit", "kraken_instruments"], [], "kraken_instruments.json: is a payload of kraken, and bybit_risk_limit.json one of bybit: read one venue at a time"),
    (["bybit_instruments"], ["--venue", "kraken"], "bybit_instruments.json: is a payload of bybit, not of kraken"),
    (["okx_position_tiers"], [], "okx_position_tiers.json: okx /api/v5/public/position-tiers, BTC-USD: does not say whether"),
    (["older"], [], "mine.csv: has 23 figures of these contracts that are newer (of 2026-11-29) than what was read (of 2026-11-01): choose another --out"),
    (["none"], [], "none.json: there is no such file"),
    (["bybit_instruments"], ["--venue", "mars"], "no payloads of 'mars' are known here (those of binance, bitmex,"),
    (["bybit_instruments"], ["--as-of", "29.11.2026"], "--as-of must be a date such as 2026-11-29 (got '29.11.2026')"),
    (["bybit_instruments"], ["--as-of", "2026-12-01"], "--as-of must not be later than today (got 2026-12-01)"),
    (["bybit_instruments"], ["--coin", "BTC"], "--contracts, --coin and --older-than choose what is listed, and --read lists nothing"),
    (["bybit_instruments"], ["--diff", "x.csv"], "--read and --diff do different things: give one of them"),
]  # fmt: skip


@pytest.mark.parametrize(("names", "more", "sentence"), REFUSED)
def test_a_table_stays_as_it_was(tmp_path, names, more, sentence):
    for path in SAVED.glob("*.json"):
        shutil.copy(path, tmp_path)
    (tmp_path / "older.json").write_text(
        (SAVED / "bybit_instruments.json").read_text().replace("1795910400000}", "1793491200000}")  # 2026-11-01
    )
    out = tmp_path / "mine.csv"
    run("contracts", "--read", tmp_path / "bybit_instruments.json", "--out", out)
    before = out.read_bytes()
    told = fails(2, "contracts", "--read", *(tmp_path / f"{name}.json" for name in names), *more, "--out", out)
    assert sentence in told and out.read_bytes() == before


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--out", "x.csv"], "--out goes with --read or --refresh"),
    (["--as-of", "2026-11-29"], "--as-of goes with --read"),
    (["--venue", "bybit"], "--venue goes with --read"),
    (["--read", "x.json", "--out", "x.xlsx"], "--out must end in .csv (got 'x.xlsx')"),
    (["--read", "x.json", "--out", "none/x.csv"], "--out: there is no folder none"),
    (["--diff", "x.csv", "more"], "Got unexpected extra argument (more)"),
    (["--refresh", "bingx"], "no payloads of 'bingx' are known here"),
    (["--refresh", "bitmex"], "bitmex: cannot be asked: the venue closed on 2026-09-23"),
    (["--older-than", "x"], "Invalid value for '--older-than'"),
])  # fmt: skip
def test_usage(arguments, sentence):
    assert fails(2, "contracts", *arguments).startswith(sentence)


# What differs

CHANGED = [  # a figure of one's own of an actual contract, how the change reads, and whether a plan is the worse for it
    ("kraken,PI_XBTUSD,taker,0.0006", "taker           0.0005 (2026-11-22) -> 0.0006 (2026-11-29)", True),
    ("kraken,PI_XBTUSD,taker,0.0004", "taker           0.0005 (2026-11-22) -> 0.0004 (2026-11-29)", False),
    ("kraken,PI_XBTUSD,tick,1", "tick            0.5 (2026-11-22) -> 1 (2026-11-29)", True),
    ("kraken,PI_XBTUSD,tick,unknown", "tick            0.5 (2026-11-22) -> nothing", False),
    ("kraken,PI_XBTUSD,face,10", "face            1 (2026-11-22) -> 10 (2026-11-29)", True),
    ("kraken,PI_XBTUSD,max_leverage,50", "max_leverage    nothing -> 50 (2026-11-29)", False),
    ("kraken,PI_XBTUSD,cap,60000000", "cap             75000000 (2026-11-25) -> 60000000 (2026-11-29)", True),
    ("kraken,PI_XBTUSD,listed_until,2026-12-31", "listed_until    nothing -> 2026-12-31 (2026-11-29)", True),
    ("bybit,BTCUSD,mmr,0.006", "mmr             0.005 (2026-11-22) -> 0.006 (2026-11-29)", True),
    ("bybit,BTCUSD,mmr,0.004", "mmr             0.005 (2026-11-22) -> 0.004 (2026-11-29)", False),
    # 6 million contracts and more need 8 % instead of 7.5
    ("kraken,PI_XBTUSD,rates,0.01;0.02;0.03;0.05;0.08;0.125;0.15;0.2", "0.01; 0.02; 0.03; 0.05; 0.08; 0.125; 0.15; 0.2 (2026-11-29)", True),
    ("kraken,PI_XBTUSD,rates,0.01;0.02;0.03;0.05;0.07;0.125;0.15;0.2", "0.01; 0.02; 0.03; 0.05; 0.07; 0.125; 0.15; 0.2 (2026-11-29)", False),
    ("kraken,PI_XBTUSD,taker,0.0005", "nothing differs from the shipped table", False),
]  # fmt: skip


@pytest.mark.parametrize(("figure", "line", "worse"), CHANGED)
def test_what_differs_from_the_shipped_table(tmp_path, figure, line, worse):
    table = tmp_path / "mine.csv"
    table.write_text(f"venue,symbol,field,value,as_of,source\n{figure},2026-11-29,a payload\n")
    result = run("contracts", "--diff", table)
    assert line in result.stdout and ("  worse\n" in result.stdout) == worse
    assert result.exit_code == (4 if worse else 0)
    found = json.loads(run("contracts", "--diff", table, "--json").stdout)
    assert found["worse"] == worse == any(each["worse"] for each in found["changed"])
    assert (found["new"], found["gone"]) == ([], [])


ONE = """{"retCode":0,"result":{"category":"inverse","list":[{"symbol":"BTCUSD","contractType":"InversePerpetual",
"status":"Trading","baseCoin":"BTC","quoteCoin":"USD","settleCoin":"BTC","fundingInterval":480,"deliveryTime":"0",
"leverageFilter":{"maxLeverage":"50.00"},"priceFilter":{"tickSize":"0.10"},"lotSizeFilter":{"qtyStep":"1"}}]},"time":%s}"""


@pytest.mark.parametrize(
    ("time", "leverage", "said"),  # of a payload, and what is told: the shipped 100 x are of 2026-11-22
    [
        ("1764400000000", [], "the shipped table has newer figures than what was read (of 2025-11-29), which stay: BTCUSD max_leverage"),
        ("1795910400000", [(100, 50)], None),  # 2026-11-29
    ],
)  # fmt: skip
def test_newer_figures_stay_and_one_contract_is_no_whole_list(tmp_path, time, leverage, said):
    (tmp_path / "one.json").write_text(ONE % time)
    told = json.loads(run("contracts", "--read", tmp_path / "one.json", "--json").stdout)
    assert [(each["old"], each["new"]) for each in told["changed"] if each["field"] == "max_leverage"] == leverage
    assert told["gone"] == [] and told["partial"] == ([] if said else ["bybit"])
    assert (said in told["notes"]) == bool(said)
    run("contracts", "--read", tmp_path / "one.json", "--out", tmp_path / "mine.csv")
    assert ("max_leverage" in (tmp_path / "mine.csv").read_text()) != bool(said)
    lines = run("contracts", "--diff", tmp_path / "mine.csv").stdout.splitlines()
    assert not any("gone" in line for line in lines)
    alone = "bybit: contracts on one coin alone were read, which says nothing of the others"
    assert (alone in lines) != bool(said)


def test_new_contracts_and_those_that_are_gone():
    result = run("contracts", "--read", *saved(*FILES["htx"]))
    assert result.exit_code == 4
    assert result.stdout.splitlines()[-2:] == ["new: htx EOS-USD", "gone, no longer listed: htx ETH-USD, htx XRP-USD"]
    # A list of dated contracts says nothing of perpetuals, and one of tiers nothing of other contracts.
    for names in (FILES["okx dated"], ["kucoin_risk_limit"]):
        assert json.loads(run("contracts", "--read", *saved(*names), "--json").stdout)["gone"] == []
    # WIFUSD ended on 2026-04-09 by the shipped table and trades on 2026-11-29 by the payload.
    told = json.loads(run("contracts", "--read", *saved("binance_exchange_info"), "--json").stdout)
    back = next(each for each in told["changed"] if each["field"] == "listed_until" and each["contract"] == "WIFUSD")
    assert (back["old"], back["new"], back["worse"]) == ("2026-04-09", None, False)


# What a venue answers (every request goes to a server on this machine)

ANSWERS = {
    "binance_exchange_info": "dapi/v1/exchangeInfo", "bybit_instruments": "v5/market/instruments-info",
    "bybit_risk_limit": "v5/market/risk-limit", "deribit_instruments": "api/v2/public/get_instruments",
    "gate_contracts": "api/v4/futures/btc/contracts", "gate_risk_limit_tiers": "api/v4/futures/btc/risk_limit_tiers",
    "htx_swap_contract_info": "swap-api/v1/swap_contract_info", "kraken_instruments": "derivatives/api/v3/instruments",
    "kucoin_contracts": "api/v1/contracts/active", "kucoin_risk_limit": "api/v1/contracts/risk-limit/XBTUSDM",
    "mexc_contract_detail": "api/v1/contract/detail", "okx_position_tiers": "api/v5/public/position-tiers",
    "phemex_products": "exchange/public/cfg/v2/products",
}  # fmt: skip
NO_LEVELS = {"code": "200000", "data": [{"symbol": "XBTMZ26", "level": 1, "minRiskLimit": 0, "maxRiskLimit": 30, "maintainMargin": 0.01, "initialMargin": 0.02}]}  # fmt: skip
NO_CONTRACTS = {"status": "ok", "data": [], "ts": 1795910400000}


@pytest.fixture(scope="module")
def server():
    """A server that answers with the files."""
    with serving() as running:
        for name, path in ANSWERS.items():
            running.answers[name.split("_")[0], path] = json.loads((SAVED / f"{name}.json").read_text())
        running.answers["kucoin", "api/v1/contracts/risk-limit/XBTMZ26"] = NO_LEVELS
        running.answers["htx", "api/v1/contract_contract_info"] = NO_CONTRACTS
        of = {"SWAP": "okx_instruments_swap", "FUTURES": "okx_instruments_futures"}
        running.answers["okx", "api/v5/public/instruments"] = lambda asked: Reply(
            body=(SAVED / f"{of[asked.query['instType']]}.json").read_bytes()
        )
        yield running


def answered(server, venue: str, **more):
    return refreshed(venue, TODAY, base=server.base(venue), **{"seconds": 2, "pause": 0.01} | more)


@pytest.mark.parametrize("venue", QUESTIONS)
def test_an_answer_is_read_as_the_saved_one_is(server, venue):
    found = answered(server, venue)
    facts = {fact for joined in found.joined for fact in joined.facts}
    names = [name for name in FILES[venue] if name in ANSWERS or name.startswith("okx")]
    expected = {*join(readings(*names), TODAY).facts}
    if venue == "okx":  # which has one ladder a question; the server gives that of the perpetual to both
        assert expected <= facts
        assert {fact.symbol for fact in facts} == {"BTC-USD-SWAP", "LTC-USD-SWAP", "BTC-USD-270326"}
    elif venue == "kucoin":
        assert {fact for fact in facts if fact.symbol == "XBTUSDM"} == {
            each for each in expected if each.symbol == "XBTUSDM"
        }
        assert {(fact.field, fact.value) for fact in facts if fact.symbol == "XBTMZ26"} >= {
            ("rates", (0.01,)),
            ("cap", 30.0),
        }
    else:
        assert facts == expected
        assert found.joined[0].left_out == LEFT_OUT[venue][0] or venue == "binance"
    assert bool(found.notes) == (venue == "binance")


UNANSWERED = [  # a fault, and what is said of it
    ("429", "bybit: asks to be left alone for a while (too many requests), at a second try too"),
    ("503", "bybit: is not available (an error of its server), at a second try too"),
    ("slow", "bybit: did not answer within 1 s"),
    ("cut short", "the answer of bybit: breaks off at line 1, column 39: ask for it again"),
    ("a page", "the answer of bybit: is a web page and not the JSON that the payload's address answers with"),
    ("an empty list", "bybit: its answer is an error, or not of the form that is known"),
    ('{"retCode": 0, "result": {"list": []}}', "bybit: lists no contracts"),
    ('{"retCode": 0, "result": {"list": [{"symbol": "BTCUSD"}]}}', "the answer of bybit: is JSON, but no payload of contracts that is known"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "sentence"), UNANSWERED)
def test_a_venue_that_does_not_answer(server, fault, sentence):
    server.faults = {"bybit": FAULTS.get(fault) or Reply(body=fault.encode())}
    try:
        with pytest.raises(XlhedgeError) as error:
            answered(server, "bybit", seconds=1)
    finally:
        server.faults = {}
    assert str(error.value).startswith(sentence)


def test_every_page_is_asked_for(server):
    first, second = (json.loads((SAVED / "bybit_instruments.json").read_text()) for _ in range(2))
    rows = first["result"]["list"]
    first["result"] |= {"list": rows[:1], "nextPageCursor": "page2"}
    second["result"] |= {"list": rows[1:]}
    path = "bybit", "v5/market/instruments-info"
    before = server.answers[path]
    server.answers[path] = lambda asked: Reply(
        body=json.dumps(second if asked.query.get("cursor") == "page2" else first).encode()
    )
    try:
        found = answered(server, "bybit").joined[0]
    finally:
        server.answers[path] = before
    assert {*found.facts} == {*join(readings(*FILES["bybit"]), TODAY).facts} and "page" not in " ".join(found.notes)
