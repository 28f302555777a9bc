"""What a treasurer mistypes, and holdings of any size: the refusal, the warning, the red check or the figure that follows.

Each row of a table says what differs from a sound row; rows of one file have | between them, settings begin with --.
"""

import csv
import io
import json
import math
import re

import pytest
from batches import batch, manifest
from commands import run
from test_referee import differences

SOUND = "asset=BTC coins=50 price=60000 hedge_ratio=20% venue=bybit contract=BTCUSD"
OWN = "venue= contract= face={face} mmr={mmr}"
NUMBER = "must be a plain number such as 1234.5, with a point and no other separator or sign"
LISTED = "so no new hedge can be opened on it; a position that is open (qty and entry) may be booked and reduced"
OTHER = (
    "this row holds {0}: a hedge of one coin with the contract of another leaves the difference between the two open; to take "
    "it as a proxy give its beta, the move of {0} for a move of 1 of {1}"
)
SUPPLY = "supply it in a table of your own (--contracts FILE, the environment variable XLHEDGE_CONTRACTS or the workbook's Contracts sheet)"
SHARE = "such as 0.2 or 20%"
NEVER_CASH = "must be blank for cash, which is never hedged"

REFUSED = {  # what differs: row, column and rule as they are told
    # sizes and prices
    "coins=2e15": "2, coins: must be >= 0 and <= 1e+15 coin (got '2e15')",
    "coins=-50": "2, coins: must be >= 0 and <= 1e+15 coin (got '-50')",
    "coins=": "2, coins: is required: no other row holds this asset",
    "coins=0": "2, coins: of all rows must have a value above 0 USD (got 0)",
    "coins=1e-13": "2, coins: must not be nearer to 0 than 1e-12 (got '1e-13')",
    "price=0": "2, price: must be > 0 and <= 1e+15 USD/coin (got '0')",
    "price=1e16": "2, price: must be > 0 and <= 1e+15 USD/coin (got '1e16')",
    "price=": "2, price: is required, except for dollars and stablecoins",
    "coins=NaN": f"2, coins: {NUMBER} (got 'NaN')",
    "coins=1.234.567": f"2, coins: {NUMBER} (got '1.234.567')",
    "coins=1e15": f"2, contract: bybit BTCUSD: maintenance is established up to 150 coin only, and this position is 2e+14: {SUPPLY}, "
                  "or give mmr in this row (got 'BTCUSD')",
    # percent slips
    "hedge_ratio=20": f"2, hedge_ratio: must be >= 0 and <= 2, {SHARE} (got '20')",
    "hedge_ratio=-20%": f"2, hedge_ratio: must be >= 0 and <= 2, {SHARE} (got '-20%')",
    "hedge_ratio=2000%": f"2, hedge_ratio: must be >= 0 and <= 2, {SHARE} (got '2000%')",
    "hedge_ratio= target_weight=80": f"2, target_weight: must be >= 0 and <= 1, {SHARE} (got '80')",
    "hedge_ratio= target_weight=1.2": f"2, target_weight: must be >= 0 and <= 1, {SHARE} (got '1.2')",
    "mmr=20": f"2, mmr: must be >= 0 and < 1, {SHARE} (got '20')",
    "mmr=-1%": f"2, mmr: must be >= 0 and < 1, {SHARE} (got '-1%')",
    "fee=2": f"2, fee: must be > -1 and < 1, {SHARE} (got '2')",
    "funding_rate=-1": f"2, funding_rate: must be > -1 and < 1, {SHARE} (got '-1')",
    "funding_rate=100%": f"2, funding_rate: must be > -1 and < 1, {SHARE} (got '100%')",
    "volatility=60": f"2, volatility: must be > 0 and <= 10, {SHARE} (got '60')",
    # targets
    "hedge_ratio= target_weight=60% | asset=USDC coins=1000000 target_weight=60%":
        "3, target_weight: of all rows must add up to 1 or less (got 1.2)",
    "hedge_ratio= target_weight=70% | asset=USDC coins=1000000 target_weight=20%":
        "3, target_weight: of all rows must add up to 1, as cash has a target too (got 0.9)",
    # positions and margins
    "leverage=0": "2, leverage: must be > 0 and <= 1e+15 x (got '0')",
    "leverage=-5": "2, leverage: must be > 0 and <= 1e+15 x (got '-5')",
    "qty=-600000": "2, entry: is required with an open qty",
    "entry=60000": "2, qty: is required with an entry (0 when no position is open)",
    "qty=-600000 entry=0": "2, entry: must be > 0 and <= 1e+15 USD/coin (got '0')",
    "qty=-2e15 entry=60000": "2, qty: must be >= -1e+15 and <= 1e+15 USD (got '-2e15')",
    "margin=51": "2, margin: must not exceed the 50 coins that a wallet can hold (got 51)",
    "margin=-1": "2, margin: must be >= 0 and <= 1e+15 coin (got '-1')",
    "qty=-600000 entry=60000 margin=60":
        "2, margin: must not exceed the 50 coins that a wallet can hold, the unrealised PnL of the position left out (got 60)",
    "face=0": "2, face: must be > 0 and <= 1e+15 USD (got '0')",
    # contracts
    "asset=WIF price=2 venue=binance contract=WIFUSD mmr=2%":
        f"2, contract: binance WIFUSD is no longer listed: trading ended on 2026-04-09, {LISTED} (got 'WIFUSD')",
    "venue=bitmex contract=XBTUSD":
        f"2, contract: bitmex XBTUSD is no longer listed: trading ended on 2026-09-23, {LISTED} (got 'XBTUSD')",
    "asset=ETH price=3000":
        f"2, contract: bybit BTCUSD is margined and settled in BTC, and {OTHER.format('ETH', 'BTC')} (got 'BTCUSD')",
    "asset=stETH price=3000 contract=ETHUSD":
        f"2, contract: bybit ETHUSD is margined and settled in ETH, and {OTHER.format('stETH', 'ETH')} (got 'ETHUSD')",
    "venue=bybitt": f"2, venue: there is no venue 'bybitt' here (there is bybit, bitget); {SUPPLY} (got 'bybitt')",
    "contract=BTCUSDX":
        f"2, contract: bybit has no contract 'BTCUSDX' here (it has BTCUSD, LTCUSD, ETCUSD); {SUPPLY} (got 'BTCUSDX')",
    "venue= contract=BTCUSD": "2, venue: is required for a hedge, unless face and mmr are both given",
    "venue=htx contract=BTC-USD":
        "2, contract: htx BTC-USD: mmr (maintenance rate of the first tier; with a slope, the rate of a position near 0) is not "
        f"established; {SUPPLY}, or give mmr in this row or as a setting (--set mmr=0.02) (got 'BTC-USD')",
    # the same asset, no asset, cash
    "asset=": "2, asset: is required",
    "hedge_ratio=20% | asset=btc coins=1 price=60000":
        "3, asset: stands in row 2 already; add the two up, or leave the coins of a further position blank (got 'btc')",
    "asset=EURC price= hedge_ratio= venue= contract=": "2, price: is required, except for dollars and stablecoins",
    "asset=USDC hedge_ratio= venue= contract= qty=-1000 entry=1": f"2, qty: {NEVER_CASH} (got -1000)",
    "asset=DAI hedge_ratio=50% venue= contract=": f"2, hedge_ratio: {NEVER_CASH} (got 0.5)",
    # settings that do not go together
    "--amber_distance=10% --red_distance=20%": "--set red_distance: must not exceed amber_distance 0.1 (got 0.2)",
    "--scenario_asset=SOL": "--set scenario_asset: must be an asset of the portfolio: BTC (got 'SOL')",
}  # fmt: skip

SETTINGS = {  # refused before any file is read
    "--rally=-50%": f"--set rally: must be > 0 and <= 100, {SHARE} (got '-50%')",
    "--fall=1": f"--set fall: must be > 0 and < 1, {SHARE} (got '1')",
    "--horizon_days=0": "--set horizon_days: must be > 0 and <= 3650 days (got '0')",
    "--funding_hours=0": "--set funding_hours: must be > 0 and <= 24 hours (got '0')",
    "--adverse_funding_rate=-0.0003": f"--set adverse_funding_rate: must be >= 0 and < 1, {SHARE} (got '-0.0003')",
    "--margin_buffer=20": f"--set margin_buffer: must be >= 0 and <= 10, {SHARE} (got '20')",
    "--discount_rate=-1": f"--set discount_rate: must be > -1 and <= 10, {SHARE} (got '-1')",
}  # fmt: skip

WARNED = {  # done as it is asked, with a warning
    "leverage=125": "2, leverage: 125x is above the venue's 100x for a position of this size",
    "leverage=1000": "2, leverage: 1000x is above the venue's 100x for a position of this size",
    "coins=1000 hedge_ratio=0 qty=-10 entry=60000 margin=5":
        "2, qty: -10 USD is 0.00017 coins; a size is in USD, not in coins",
    "venue=okx contract=BTC-USD hedge_ratio=0 qty=-10 entry=60000 margin=5":
        "2, qty: -10 USD is less than one contract of 100 USD; a size is in USD, not in coins",
    "funding_rate=0.01":
        "2, funding_rate: funding beyond 100 % a year: 0.01 per 8 h is 1095 % a year; 0.01 % is 0.0001",
    "funding_rate=-0.3%":
        "2, funding_rate: funding beyond 100 % a year: -0.003 per 8 h is -328.5 % a year; -0.003 % is -0.00003",
    "mmr=0.5": "2, mmr: a maintenance rate above 25 %: 0.5 = 50 %; 0.5 % is 0.005",
    "fee=5%": "2, fee: a fee beyond 1 %: 0.05 = 5 %; 0.05 % is 0.0005",
    "volatility=6": "2, volatility: a volatility above 500 % a year: 6 = 600 %; 6 % is 0.06",
    "venue=bitmex contract=XBTUSD hedge_ratio=10% qty=-600000 entry=60000 margin=5":
        "2, contract: trading in bitmex XBTUSD ended on 2026-09-23: an open position can be booked and reduced, and no new one opened",
    "venue=kucoin contract=XBTUSDM":
        "2, contract: kucoin XBTUSDM: the maintenance rate of 0.005 is that of small positions; it rises with the size, and no "
        "source says where",
    "--funding_rate=0.01": "--set funding_rate: funding beyond 100 % a year: 0.01 per 8 h is 1095 % a year; 0.01 % is 0.0001",
}  # fmt: skip

LASTS, SURVIVES = "Margin lasts through adverse funding", "Margin survives the chosen move and adverse funding"
INITIAL, WALLET = "Margin is at least the initial margin", "Margin is not more than the wallet can hold"
TOLD, OVER_HEDGED = "The margin of every open position is told", "No asset is over-hedged"
REACHED = "Every asset reaches its target"
FAILED = {  # the checks that say so, red and amber
    "hedge_ratio=150%": {OVER_HEDGED},
    "hedge_ratio=2": {OVER_HEDGED},
    "margin=0": {INITIAL, SURVIVES, LASTS},
    "margin=0.1": {INITIAL, SURVIVES, LASTS},
    "margin=2.5": {SURVIVES},
    "qty=-600000 entry=60000 margin=2.5": {SURVIVES},
    "qty=-600000 entry=60000": {TOLD},
    "qty=-600000 entry=1": {WALLET, TOLD},
    "leverage=0.1": {WALLET},
    "hedge_ratio=100% --rally=300% --adverse_funding_rate=0.09%": {WALLET},
    "hedge_ratio= target_weight=40% | asset=ETH coins=100 price=3000 target_weight=60%": {REACHED},
    "--price_time=2026-01-01 --as_of=2026-01-03": {
        "Prices are fresh, where their time is given", "Prices are fresh now, where their time is given",
    },
}  # fmt: skip
AMBER = {TOLD, REACHED}

SIZES = [  # coins, price, hedge ratio, face, maintenance rate, leverage
    (1e15, 5.1e-6, 0.5, 10, 0.02, 10), (1e15, 1e-8, 0.2, 1, 0.02, 10), (2e12, 5.1e-6, 1.0, 10, 0.02, 2),
    (1e15, 60_000, 0.2, 100, 0.005, 10), (999_999_999, 0.55, 0.5, 10, 0.01, 5), (450e9, 0.0000051, 0.5, 10, 0.02, 10),
    (50, 60_000, 0.002, 1, 0.005, 10), (0.001, 60_000, 0.2, 1, 0.005, 10), (1e-6, 1e9, 0.5, 1, 0.0, 3),
    (21e6, 1e6, 1.0, 1, 0.99, 1), (50, 60_000, 0.2, 1e5, 0.005, 0.5), (1e15, 1e15, 1.0, 1, 0.005, 100),
]  # fmt: skip


def text_of(*tables: str) -> str:
    """A holdings file of rows of a table, each a portfolio; a row is sound but for what it says, those behind | have only that."""
    rows, sound = [], dict(pair.split("=", 1) for pair in SOUND.split())
    for i, told in enumerate(tables):
        for k, part in enumerate(told.split(" | ")):
            given = dict(pair.split("=", 1) for pair in part.split() if not pair.startswith("--"))
            rows.append({"portfolio": f"P{i:03}"} | ({} if k else sound) | given)
    columns = [*dict.fromkeys(column for row in rows for column in row)]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def settings_of(told: str) -> list[str]:
    """The settings of a row of a table, as arguments."""
    return [f"--set={pair[2:]}" for pair in told.split() if pair.startswith("--")]


@pytest.fixture
def planned(tmp_path):
    """A function that plans a row of a table: the exit code, what was told, and the JSON if there is a plan."""

    def plan(told: str):
        (tmp_path / "h.csv").write_text(text_of(told))
        result = run("plan", tmp_path / "h.csv", "--json", *settings_of(told))
        lines = [line.removeprefix("xlhedge: ").replace("h.csv row ", "") for line in result.stderr.splitlines()]
        return result.exit_code, lines, result.stdout and json.loads(result.stdout, parse_constant=pytest.fail)

    return plan


@pytest.mark.parametrize("told", REFUSED)
def test_refused(planned, told):
    assert planned(told) == (3, [REFUSED[told], "1 mistake; there is no plan"], "")


@pytest.mark.parametrize("told", SETTINGS)
def test_a_setting_is_refused(planned, told):
    assert planned(told) == (2, [SETTINGS[told]], "")


@pytest.mark.parametrize("told", WARNED)
def test_warned(planned, told):
    code, lines, plan = planned(told)
    assert code in (0, 4) and lines == [f"warning: {WARNED[told]}"] and len(plan["warnings"]) == 1


@pytest.mark.parametrize("told", FAILED)
def test_checks_fail(planned, told):
    code, lines, plan = planned(told)
    assert {check["name"] for check in plan["checks"] if not check["passed"]} == FAILED[told]
    assert (code, lines) == (4 if FAILED[told] - AMBER else 0, [])


def by_hand(coins, price, ratio, face, mmr, leverage) -> dict[str, object]:
    """A new short by the definitions: 50 % rally, 0.03 % adverse funding 270 times, 5 % of buffer, at the mark price."""
    contracts = float(math.floor(round(ratio * coins * price / face, 6)))
    size = contracts * face / price
    required = max(size * ((0.5 + mmr) / 1.5 + 0.0003 * 270), size / leverage)
    planned = max(1.05 * size * ((0.5 + mmr) / 1.5 + 0.0003 * 270), size / leverage)
    liq = size * price * (1 - mmr) / (size - planned) if planned < size else "none"
    return {
        "contracts": -contracts,
        "qty": -contracts * face,
        "required": required,
        "planned": planned,
        "liq_above": liq,
    }


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_holdings_of_any_size(planned, size):
    coins, price, ratio, face, mmr, leverage = size
    own = OWN.format(face=face, mmr=mmr)
    _, lines, plan = planned(
        f"asset=COIN coins={coins!r} price={price!r} hedge_ratio={ratio!r} {own} leverage={leverage}"
    )
    expected = by_hand(*size)
    assert not [line for line in lines if not line.startswith("warning: ")]
    if not expected["contracts"]:
        assert plan["positions"] == []
        return
    (position,) = plan["positions"]
    assert {key: position[key] for key in expected} == {
        key: pytest.approx(value, rel=1e-9) if isinstance(value, float) else value for key, value in expected.items()
    }


def test_a_batch_says_the_same(tmp_path):
    """All rows of the tables that need no settings as portfolios of one file: those refused are told, the others written."""
    tables = [told for told in (*REFUSED, *WARNED, *FAILED) if "--" not in told]
    (tmp_path / "h.csv").write_text(text_of(*tables))
    batch(tmp_path / "h.csv", "--out", tmp_path / "out", "--jobs", 1, code=3)
    with (tmp_path / "out/errors.csv").open(encoding="utf-8-sig", newline="") as file:
        told = {row["portfolio"]: without_rows(row["message"]) for row in csv.DictReader(file)}
    names = {f"P{i:03}": each for i, each in enumerate(tables)}
    assert told == {name: without_rows(f"h.csv row {REFUSED[each]}") for name, each in names.items() if each in REFUSED}
    written = {file["portfolio"]: file for file in manifest(tmp_path / "out")["files"]}
    assert written.keys() == names.keys() - told.keys()
    for name, file in written.items():
        each = names[name]
        failed = FAILED.get(each, set()) - AMBER
        assert ({*file["checks"]} if file["checks"] != "pass" else set()) == failed, each
        assert each not in WARNED or without_rows(file["warnings"][0]) == without_rows(f"h.csv row {WARNED[each]}")


def without_rows(message: str) -> str:
    """A message without the numbers of rows, which differ from file to file."""
    return re.sub(r"row \d+", "row", message)


def test_the_largest_and_the_smallest_recalculate(calc, tmp_path):
    rows = [f"C{i},{s[0]!r},{s[1]!r},{','.join(map(repr, s[2:]))}\n" for i, s in enumerate(SIZES[:3] + SIZES[4:8])]
    (tmp_path / "h.csv").write_text("asset,coins,price,hedge_ratio,face,mmr,leverage\n" + "".join(rows))
    run("build", tmp_path / "h.csv", "--out", tmp_path / "b.xlsx")
    with calc.open(tmp_path / "b.xlsx") as book:
        book.recalculate()
        assert differences(tmp_path / "b.xlsx", book) == []
