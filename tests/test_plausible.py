"""What looks like a slip is told as a warning, in a call, a build and a batch; nothing that is shipped or shown is."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

import xlhedge.functions  # noqa: F401 - fills the registry
from xlhedge import books, cli
from xlhedge.contracts import contract, largest_leverage
from xlhedge.errors import XlhedgeError
from xlhedge.expression import parse_call
from xlhedge.plausible import call_doubts
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

HOME = Path(__file__).parents[1]
HOLDINGS = "asset,coins,price,hedge_ratio,venue\nBTC,50,60000,20%,bybit\n"
FUNDING = "funding beyond 100 % a year: 0.01 per 8 h is 1095 % a year; 0.01 % is 0.0001"


def told(text: str) -> list[str]:
    """What is doubtful in the calls of an expression."""
    found = []
    parse_call(text, lambda function, given: found.extend(call_doubts(function.name, function.parameters, given)))
    return found


DOUBTFUL = [
    ("HEDGE_SIZE(50, 60000, 20)", "HEDGE_SIZE ratio: a ratio above 2: 20 = 2000 %; 20 % is 0.2"),
    ("SCENARIO_GRID(50, 60000, {50000;70000}, {0,25})", "SCENARIO_GRID ratios: a ratio above 2: 25 = 2500 %; 25 % is 0.25"),
    ("FUNDING_APR(0.01, 8)", f"FUNDING_APR rate: {FUNDING}"),
    ("FUNDING_APR(-0.01, 8)", "FUNDING_APR rate: funding beyond 100 % a year: -0.01 per 8 h is -1095 % a year; -0.01 % is -0.0001"),
    ("FUNDING_APR(0.0002, 1)", "FUNDING_APR rate: funding beyond 100 % a year: 0.0002 per 1 h is 175.2 % a year; 0.0002 % is 0.000002"),
    ("FUNDING_TOTAL(-600000, {0.0001;0.01}, 60000)", f"FUNDING_TOTAL rates: {FUNDING}"),
    ("INVERSE_PNL(-600000, 60000, 50000, , 0.05)", "INVERSE_PNL fee_open: a fee beyond 1 %: 0.05 = 5 %; 0.05 % is 0.0005"),
    ("LIQ_PRICE(-10, 60000, 2.5, 0.005)", "LIQ_PRICE qty: -10 USD is 0.00017 coins; a size is in USD, not in coins"),
    ("HEDGE_SIZE(50, 60000, 0.2, 100, -10)",
     "HEDGE_SIZE existing_qty: -10 USD is less than one contract of 100 USD; a size is in USD, not in coins"),
    ("TRADE_FEE(-600000, 60000, 0.05)", "TRADE_FEE rate: a fee beyond 1 %: 0.05 = 5 %; 0.05 % is 0.0005"),
    ("LIQ_PRICE(-600000, 60000, 2.5, 0.5)", "LIQ_PRICE mmr: a maintenance rate above 25 %: 0.5 = 50 %; 0.5 % is 0.005"),
    ("LIQ_PROBABILITY(79600, 60000, 60, 90)",
     "LIQ_PROBABILITY volatility: a volatility above 500 % a year: 60 = 6000 %; 60 % is 0.6"),
    ("LIQ_PROBABILITY(79600, 60000, 0.6, 90, -5)",
     "LIQ_PROBABILITY drift: a rate beyond 200 % a year: -5 = -500 %; -5 % is -0.05"),
    ("PORTFOLIO_VAR({1;1}, {0.6;75}, {1,0;0,1}, 10)",
     "PORTFOLIO_VAR volatilities: a volatility above 500 % a year: 75 = 7500 %; 75 % is 0.75"),
    ("REBALANCE_TRADES({1;1}, {1;1}, {0.5;0.5}, 5)", "REBALANCE_TRADES band: a band above 100 %: 5 = 500 %; 5 % is 0.05"),
    ("BETA_HEDGE(300000, 120, 60000)", "BETA_HEDGE beta: a beta beyond 10: 120 = 12000 %; 120 % is 1.2"),
    ("HISTORICAL_VAR({1;1}, {60000,3000;61000,3100})",
     "HISTORICAL_VAR returns: prices? a return is 0.01 for 1 %, and 60000 is 6000000 %"),
    ("MARGIN_FOR_MOVE(-600000, 60000, 20, 0.005)", "MARGIN_FOR_MOVE move: a move above 300 %: 20 = 2000 %; 20 % is 0.2"),
]  # fmt: skip


@pytest.mark.parametrize("call, sentence", DOUBTFUL)
def test_a_doubtful_argument(call, sentence):
    assert told(call) == [sentence]


PLAUSIBLE = [
    "HEDGE_SIZE(50, 60000, 2)", "FUNDING_APR(0.0009, 8)", "MARGIN_FOR_MOVE(-600000, 60000, 3, 0.005)",
    "INVERSE_PNL(-600000, 60000, 50000, , 0.01)", "LIQ_PRICE(-100, 60000, 2.5, 0.005)", "MAINT_TIER(20, {0;10}, {0.2;0.5})",
    "HEDGED_WEIGHT(20, 60000, 50000)", "LIQ_PRICE(-600000, 60000, 2.5, 0.25)",
    "LIQ_PRICE(0, 60000, 2.5, 0.005)", 'LIQ_PRICE({-600000;"text"}, 60000, "none", 0.005)',
]  # fmt: skip


@pytest.mark.parametrize("call", [*PLAUSIBLE, *(e.call for f in FUNCTIONS.values() for e in f.examples)])
def test_a_plausible_call(call):
    assert told(call) == []


@pytest.mark.parametrize("page", [*HOME.glob("docs/*.md"), HOME / "README.md"], ids=lambda path: path.name)
def test_no_call_of_the_documentation_is_doubtful(page):
    for call in re.findall(r"\b[A-Z_]{3,}\([^`\n]*\)", page.read_text(encoding="utf-8")):
        try:
            is_wrong = str(parse_call(call, sheet_call)[1]).startswith("#")
            found = told(call)
        except (XlhedgeError, TypeError):  # words around it, or calls within a call
            continue
        assert is_wrong or not found, call  # pages show mistakes too


SHIPPED = [*(HOME / "workbooks/samples").glob("*.csv"), HOME / "workbooks/xlhedge-template.xlsx"]


@pytest.mark.parametrize("path", [p for p in SHIPPED if "settings" not in p.name], ids=lambda path: path.name)
def test_nothing_shipped_is_doubtful(path):
    beside = path.with_suffix(".settings.csv")
    portfolios = books.read(path, settings=beside if beside.exists() else None)
    told = [text for portfolio in portfolios for text in portfolio.warnings]
    assert [text for text in told if " is a proxy: " not in text] == []  # what is said of every proxy is no doubt


@pytest.fixture
def holdings(tmp_path):
    def write(text=HOLDINGS, name="h.csv"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


ROWS = [
    ("qty,entry", "-10,60000", "h.csv row 2, qty: -10 USD is less than one contract of 1 USD"),
    ("fee", "0.05", "h.csv row 2, fee: a fee beyond 1 %: 0.05 = 5 %; 0.05 % is 0.0005"),
    ("funding_rate", "0.01", f"h.csv row 2, funding_rate: {FUNDING}"),
    ("leverage", "200", "h.csv row 2, leverage: 200x is above the venue's 100x for a position of this size"),
]


@pytest.mark.parametrize("columns, cells, sentence", ROWS)
def test_a_doubtful_row_is_told_by_its_column(columns, cells, sentence, holdings):
    text = HOLDINGS.replace("venue\n", f"venue,{columns}\n").replace("bybit\n", f"bybit,{cells}\n")
    if columns.startswith("qty"):
        text = text.replace("-10", "-0.1")
        sentence = sentence.replace("-10", "-0.1")
    (portfolio,) = books.read(holdings(text))
    (warning,) = portfolio.warnings
    assert warning.startswith(sentence)


SETTINGS = {
    "funding_rate": ("0.01", FUNDING), "rally": ("50", "a move above 300 %: 50 = 5000 %; 50 % is 0.5"),
    "fee": ("0.05", "a fee beyond 1 %: 0.05 = 5 %; 0.05 % is 0.0005"),
    "carry_rates": ("0.0001;0.01", FUNDING), "shocks": ("0;10", "a move above 300 %: 10 = 1000 %; 10 % is 0.1"),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_a_doubtful_setting_is_told_by_where_it_stands(name, holdings):
    value, sentence = SETTINGS[name]
    assert books.read(holdings(), settings={name: value})[0].warnings == (f"--set {name}: {sentence}",)
    file = holdings(f"setting,value\nband,5%\n{name},{value}\n", "s.csv")
    assert books.read(holdings(), settings=file)[0].warnings == (f"s.csv row 3, {name}: {sentence}",)
    corrected = {"funding_hours": "24"} if "rate" in name else None
    if corrected:
        read = books.read(holdings(), settings={name: value.replace("0.01", "0.002"), **corrected})
        assert read[0].warnings == ()


def test_eval_build_and_batch_tell_it(holdings, tmp_path):
    run = CliRunner().invoke
    done = run(cli.main, ["eval", "HEDGE_SIZE(50;60000;20)"])
    assert (done.exit_code, done.stdout) == (0, "-60000000 contracts\n")
    assert done.stderr == "xlhedge: warning: HEDGE_SIZE ratio: a ratio above 2: 20 = 2000 %; 20 % is 0.2\n"
    done = run(cli.main, ["eval", "HEDGED_WEIGHT(20, 60000, 50000)"])
    assert done.exit_code == 2 and "20 % is 0.2" in done.stderr and "must be >= 0 and <= 1" in done.stderr
    warning = f"--set funding_rate: {FUNDING}"
    given = [str(holdings()), "--set", "funding_rate=0.01", "--out"]
    done = run(cli.main, ["build", *given, str(tmp_path / "plan.xlsx")])
    assert done.exit_code == 0 and f"xlhedge: warning: {warning}\n" in done.stderr
    done = run(cli.main, ["batch", *given, str(tmp_path / "plans"), "--jobs", "1"])
    assert done.exit_code == 0 and f"xlhedge: warning: {warning}\n" in done.stderr
    manifest = json.loads((tmp_path / "plans/manifest.json").read_text())
    assert warning in manifest["files"][0]["warnings"]


@pytest.mark.parametrize("venue, symbol, coins, leverage", [
    ("binance", "BTCUSD", 1, 125), ("binance", "BTCUSD", 25, 20), ("binance", "BTCUSD", 1000, 4), ("kraken", "PI_XBTUSD", 400, 1 / 0.3),
    ("deribit", "BTC-PERPETUAL", 0, 50), ("bitmex", "XBTUSD", 1, None),
])  # fmt: skip
def test_the_largest_leverage_at_a_size(venue, symbol, coins, leverage):
    found = largest_leverage(contract(venue, symbol), -60000.0 * coins, 60000.0)
    assert leverage is None or found == pytest.approx(leverage)
