"""`xlhedge plan`: the documented JSON key by key, figures by hand, exit codes, and what the terminal says."""

import datetime
import json
import math
import re
from pathlib import Path

import pytest
from books import SAMPLES
from commands import fails, run

from xlhedge import plan as module

PAGE = (Path(__file__).parents[1] / "docs/plan.md").read_text(encoding="utf-8")
KEY = re.compile(r"^\| `(\w+)` \| ([a-z ]+) \|", re.MULTILINE)
HEAD = "portfolio,asset,coins,price,target_weight,hedge_ratio,venue,contract,qty,entry,margin,account,mark,beta,mmr\n"
SHORT = "me,BTC,50,60000,,20%,bybit,BTCUSD,,,5\n"
SHARED = """\
me,ETH,800,3000,20%,,deribit,ETH-PERPETUAL,-300000,3100,30,main
me,ETH,,,,,deribit,ETH-26MAR27,100000,2900,10,main,3050,,1%
me,SOL,6000,150,,30%,deribit,ETH-PERPETUAL,,,,,,1.2
"""
TWO = HEAD + SHORT + "you,ETH,5,3000,,,,,,,\n"
SAMPLE = SAMPLES / "btc-50.csv", "--settings", SAMPLES / "btc-50.settings.csv"
IS_OF = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, float) and math.isfinite(value),
    "none": lambda value: value == "none",
    "flag": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}
"""Whether a value is of a type, by the words of the documentation."""


def documented(title: str) -> dict[str, list[str]]:
    """The keys of a section of docs/plan.md with the types of each."""
    section = PAGE.split(f"{title}\n", 1)[1].split("\n#")[0]
    return {key: words.split(" or ") for key, words in KEY.findall(section)}


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch):
    """The plan is asked for an hour after the time of the sample's prices."""
    monkeypatch.setattr(module, "now", lambda: datetime.datetime(2026, 11, 20, 9))


def near(expected):
    return pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.fixture
def planned(tmp_path):
    """A function that plans rows of holdings and gives the JSON and the exit code."""

    def plan(rows: str, **settings) -> tuple[dict, int]:
        (tmp_path / "h.csv").write_text(HEAD + rows)
        given = [f"--set={name}={value}" for name, value in settings.items()]
        result = run("plan", tmp_path / "h.csv", "--json", *given)
        return json.loads(result.stdout), result.exit_code

    return plan


ROWS = {  # shapes of plans: what they hold, and the setting of the band
    "nothing hedged": "me,BTC,50,60000,,,,,,,\n",
    "a hedge to open": SHORT,
    "several assets, one of them hedged": SHORT + "me,ETH,100,3000,,,bybit,ETHUSD,,,\nme,USDT,1000,,,,,,,,\n",
    "an open position without a margin": "me,BTC,50,60000,,,bybit,BTCUSD,-600000,60000,\n",
    "a long position": "me,BTC,50,60000,,,bybit,BTCUSD,600000,60000,5\n",
    "one to close": "me,BTC,50,60000,,0,bybit,BTCUSD,-600000,60000,5\n",
    "a margin above the notional": "me,BTC,50,60000,,20%,bybit,BTCUSD,,,10\n",
    "a check that fails": "me,BTC,50,60000,,20%,bybit,BTCUSD,,,2.5\n",
    "a dated contract and a cross account": SHARED,
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=[*ROWS])
def test_every_key_is_documented_and_of_its_type(planned, rows):
    plan, _ = planned(rows, price_time="2026-11-20T08:00")
    found = [("## What `--json` prints", plan)]
    found += [(f"### `{name}`", each) for name in ("assets", "positions", "accounts", "checks") for each in plan[name]]
    found += [("### `inputs`", plan["inputs"])]
    found += [("### `contracts` of the inputs", each) for each in plan["inputs"]["contracts"]]
    for title, told in found:
        types = documented(title)
        assert [*told] == [*types], title
        wrong = {key: value for key, value in told.items() if not any(IS_OF[word](value) for word in types[key])}
        assert wrong == {}, title
    assert all(isinstance(warning, str) for warning in plan["warnings"])


def touched(price: float, liq: float, volatility: float, days: float) -> float:
    """The probability that a geometric Brownian motion without drift comes to a price above: the reflection principle."""
    way, spread = math.log(liq / price), volatility * math.sqrt(days / 365)
    drift = -0.5 * spread**2

    def normal(x: float) -> float:
        return 0.5 * math.erfc(-x / math.sqrt(2))

    return normal((drift - way) / spread) + math.exp(2 * drift * way / spread**2) * normal((-drift - way) / spread)


# 10 of 50 BTC at 60,000 are sold short: maintenance 0.5 %, taker fee 0.055 %, 270 intervals of 8 hours in 90 days.
NEED = 10 * (0.5 + 0.005) / 1.5  # coins to survive +50 %
ADVERSE = 0.0003 * 270 * 10
FEES = 2 * 600_000 * 0.00055
SELL = {
    "asset": "BTC", "venue": "bybit", "contract": "BTCUSD", "kind": "perpetual", "account": None, "coin": "BTC", "share": 1,
    "mark": 60_000, "face": 1, "expiry": None, "beta": None, "contracts": -600_000,
    "side": "sell", "limit": 60_000, "effect": "opens", "qty": -600_000, "entry": 60_000, "posted": 5,
    "required": NEED + ADVERSE, "planned": 1.05 * (NEED + ADVERSE), "top_up": 1.05 * (NEED + ADVERSE) - 5,
    "transfer": 1.05 * (NEED + ADVERSE) - 5 + 10 * 0.00055, "initial": 0.1, "maintenance": 0.05, "margin_ratio": 0.01,
    "liq_above": 119_400, "liq_below": "none", "liq_above_after_funding": 600_000 * 0.995 / (10 - (5 - ADVERSE)),
    "liq_below_after_funding": "none", "basis_usd": 0, "residual_usd": 0,
    "distance": 0.99, "probability": touched(60_000, 119_400, 0.7, 90), "carry_expected_usd": 0.0001 * 270 * 600_000 - FEES,
    "carries_contracts": math.floor(5 * 60_000 / (NEED / 10 + ADVERSE / 10)),
    "carry_adverse_usd": -0.0003 * 270 * 600_000 - FEES, "fees_usd": FEES,
}  # fmt: skip


def test_the_50_btc_by_hand():
    result = run("plan", *SAMPLE, "--json")
    plan = json.loads(result.stdout)
    assert (result.exit_code, result.stderr, plan["warnings"]) == (0, "", [])
    assert (plan["portfolio"], plan["price_time"], plan["value_usd"]) == ("btc-50", "2026-11-20T08:00:00", 3_000_000)
    assert plan["assets"] == [{
        "asset": "BTC", "coins": 50, "price": 60_000, "weight_before": 1, "weight_after": near(0.8), "target": near(0.8),
        "exposure_coin": 40, "exposure_usd": 2_400_000, "ratio": near(0.2), "spot_trade_coins": 0,
    }]  # fmt: skip
    (position,) = plan["positions"]
    assert position == {key: near(value) if isinstance(value, float) else value for key, value in SELL.items()}
    assert all(check["passed"] and check["subject"] is None for check in plan["checks"])


@pytest.mark.parametrize(("now", "age", "passed"), [(21, 24, True), (22, 48, False)])
def test_prices_grow_old(planned, monkeypatch, now, age, passed):
    monkeypatch.setattr(module, "now", lambda: datetime.datetime(2026, 11, now, 8))
    plan, code = planned(SHORT, price_time="2026-11-20T08:00")
    line = plan["checks"][-1]
    assert (line["figure"], line["limit"], line["passed"], line["severity"], code) == (age, 24, passed, "amber", 0)


def test_a_trade_that_reduces_pays_first(planned):
    """At 50,000 the holder of 52 BTC buys 80,000 back: 1.3333 BTC sold at entry are bought at 1.6 BTC, less the fee."""
    plan, code = planned("me,BTC,52,50000,,20%,bybit,BTCUSD,-600000,60000,10\n")
    (position,) = plan["positions"]
    assert (code, position["contracts"], position["side"], position["effect"]) == (0, 80_000, "buy", "reduces")
    assert (position["qty"], position["entry"]) == (-520_000, near(60_000))
    assert position["posted"] == near(10 + 80_000 * (1 / 50_000 - 1 / 60_000) - 80_000 * 0.00055 / 50_000)
    assert position["transfer"] == position["top_up"] == near(position["planned"] - position["posted"])


def test_spot_mode_counts_the_open_hedge(planned):
    """40 BTC of 5,755,000 USD with 200,000 short weigh 2,200,000; 40 % are 2,302,000: 1.7 BTC are bought."""
    rows = "me,BTC,40,60000,40%,,bybit,BTCUSD,-200000,60000,3\nme,USDC,3355000,1,,,,,,,\n"
    plan, code = planned(rows, mode="spot")
    assert (code, plan["assets"][0]["spot_trade_coins"]) == (0, near(102_000 / 60_000))
    assert plan["assets"][0]["weight_before"] == near(2_200 / 5_755)
    assert plan["positions"][0]["contracts"] == 0 and plan["positions"][0]["side"] is None


def test_liquidation_on_both_sides(planned):
    """Deribit's rate rises with the size: 300,000,000 short on 2,368.33 BTC, 1 % + 0.005 % a coin."""
    row = "me,BTC,10000,60000,,,deribit,BTC-PERPETUAL,-300000000,60000,2368.33\n"
    position = planned(row)[0]["positions"][0]
    # Equity 2368.33 - 5000 + q meets maintenance 0.01 q + 0.00005 q^2 at the two sizes q of the position [coin].
    root = math.sqrt(0.99**2 - 4 * 0.00005 * (5000 - 2368.33))
    sizes = (0.99 - root) / 0.0001, (0.99 + root) / 0.0001
    assert [position["liq_above"], position["liq_below"]] == [near(3e8 / size) for size in sizes]
    assert [round(3e8 / size, 3) for size in sizes] == [94_823.148, 18_032.947]


def test_an_account_by_any_spelling_is_one(planned):
    """Two shorts of 5 BTC with 2.5 BTC each are the short of 10 BTC with 5 BTC, which is liquidated at 119,400."""
    rows = "me,BTC,50,60000,,,bybit,BTCUSD,-300000,60000,2.5,Main\n"
    rows += "me,BTC,,,,,bybit,BTCUSDH27,-300000,60000,2.5,main,60000,,0.5%\n"
    plan, _ = planned(rows)
    (account,) = plan["accounts"]
    assert (account["account"], account["positions"], account["posted"]) == ("Main", 2, 5)
    assert [each["liq_above"] for each in (account, *plan["positions"])] == [near(119_400)] * 3
    assert account["required"] == near(NEED + ADVERSE / 2), "funding is paid on the perpetual alone"


@pytest.mark.parametrize(
    ("rows", "code", "told"),
    [
        (SHORT, 0, "All checks pass."),
        (
            "me,BTC,50,60000,,,bybit,BTCUSD,-600000,60000,\n",
            0,
            "amber: The margin of every open position is told: BTC bybit BTCUSD",
        ),
        (
            SHORT.replace(",5\n", ",2.5\n"),
            4,
            "check failed: Margin survives the chosen move and adverse funding: BTC bybit BTCUSD",
        ),
        ("me,BTC,50,60000,,,,,,,\n", 0, "Nothing is hedged, and nothing is to be traded."),
    ],
)
def test_what_the_terminal_says(tmp_path, rows, code, told):
    (tmp_path / "h.csv").write_text(HEAD + rows)
    result = run("plan", tmp_path / "h.csv")
    assert result.exit_code == code and told in result.stdout.splitlines() and result.stderr == ""
    assert run("plan", tmp_path / "h.csv", "--json").exit_code == code


def test_one_of_several_portfolios(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text(TWO)
    assert fails(2, "plan", path).startswith("h.csv holds 2 portfolios; choose one with --portfolio: me, you (")
    assert fails(2, "plan", path, "--portfolio", "mee").startswith("h.csv holds no portfolio 'mee' (did you mean me?")
    assert json.loads(run("plan", path, "--portfolio", "you", "--json").stdout)["portfolio"] == "you"
    path.write_text(TWO + "bad,BTC,x,1,,,,,,,\n")
    result = run("plan", path, "--portfolio", "me")
    assert result.exit_code == 3 and result.stdout.startswith("me: 3,000,000 USD") and "row 4, coins" in result.stderr
    result = run("plan", path, "--portfolio", "bad")
    assert (result.exit_code, result.stdout) == (3, "") and result.stderr.endswith("1 mistake; there is no plan\n")


def test_warnings_are_told_beside_the_plan(planned, tmp_path):
    plan, code = planned(SHORT, rally="400%")
    assert code == 4 and len(plan["warnings"]) == 1 and "rally" in plan["warnings"][0]
    told = run("plan", tmp_path / "h.csv", "--set", "rally=400%").stderr
    assert told == f"xlhedge: warning: {plan['warnings'][0]}\n"


def test_the_page_shows_what_the_sample_says():
    shown = PAGE.split("```\nbtc-50: ", 1)[1].split("```")[0]
    assert run("plan", *SAMPLE).stdout == f"btc-50: {shown}"
