"""Inputs that went wrong in 0.1.0, each a row: the figure that is right, the check that is red, or a clear refusal.

By `xlhedge plan`, by the built workbook, and by LibreOffice where something is typed into it.
"""

import json
from pathlib import Path

import pytest
from books import SAMPLES, SAMPLE_FILES, Cells, build_sample, loaded, template_model, write_template
from commands import fails, run
from documents import below_header, beside, letter_below, log, place

from xlhedge.workbook.sheets import SHEETS
from xlhedge.hosts.calc import CellError, OpenDocument

LADDER = """venue,symbol,field,value
binance,BTCUSD,floors,0;5;10;20;50;100;200;400;1000
binance,BTCUSD,rates,0.004;0.005;0.01;0.025;0.05;0.1;0.125;0.15;0.25
"""
HEAD = "asset,coins,price,hedge_ratio,venue,contract,margin\n"
QUIET = ("--set=funding_rate=0", "--set=adverse_funding_rate=0", "--set=margin_buffer=0")
SURVIVES = "Margin survives the chosen move and adverse funding"
SHORT_OF_IT = {SURVIVES}
ALL_MARGINS = {SURVIVES, "Margin is at least the initial margin", "Margin lasts through adverse funding"}

PLANNED = {  # holdings, settings, what fails, figures of the first position
    "Kraken's ladder counts contracts": (
        HEAD + "BTC,400,60000,100%,kraken,PI_XBTUSD,145.6\n", QUIET, SHORT_OF_IT,
        {"liq_above": 85e6 / 1060, "required": (200 + 60) / 1.5, "initial": 120, "maintenance": 60},
    ),
    "Deribit's rate rises with the size": (
        HEAD + "BTC,5000,60000,100%,deribit,BTC-PERPETUAL,\n", QUIET, set(),
        {"maintenance": 5000 * 0.01 + 5000**2 * 0.00005, "required": 2_255.555_555_556},
    ),
    "its margin ratio is no share of 1 %": (
        HEAD + "BTC,5000,60000,100%,deribit,BTC-PERPETUAL,2368.33\n", QUIET, set(),
        {"margin_ratio": 1_300 / 2_368.33, "liq_above": 94_823.147_781, "liq_below": 18_032.947_398},
    ),
    "a margin of 25 % is liquidated there": (
        HEAD + "BTC,5000,60000,100%,deribit,BTC-PERPETUAL,1250\n", QUIET, ALL_MARGINS, {"margin_ratio": 1.0},
    ),
    "a ladder of one's own": (
        HEAD + "BTC,400,60000,100%,binance,BTCUSD,150\n", (*QUIET, "--contracts"), SHORT_OF_IT,
        {"liq_above": 88_089.095_828, "required": 155.061_666_667},
    ),
    "the tier at the liquidation price": (
        HEAD + "BTC,200,60000,50.5%,binance,BTCUSD,\n", (*QUIET, "--contracts"), set(),
        {"liq_above": 90_000.0, "required": 35.428_333_333},
    ),
    "the coins that 0.1.0 asked for there": (
        HEAD + "BTC,200,60000,50.5%,binance,BTCUSD,33.795\n", (*QUIET, "--contracts"), SHORT_OF_IT,
        {"liq_above": 87_759.146_341},
    ),
    "a short pays where funding is negative": (
        "asset,coins,price,hedge_ratio,venue,contract,funding_rate\nBTC,10,60000,50%,bybit,BTCUSD,-0.003\n", (), set(),
        {"required": 5 * (0.505 / 1.5 + 0.003 * 270), "carry_adverse_usd": -300_000 * (0.003 * 270 + 0.0011)},
    ),
    "a wallet above the coins": (
        "asset,coins,price,hedge_ratio,venue,contract,qty,entry,margin,leverage\n"
        "BTC,29.23138270,78173.24,62.9%,bybit,BTCUSD,-1438000,73701.7438,30.34754369,100\n", (), set(),
        {"contracts": 665.0, "qty": -1_437_335.0},
    ),
    "funding of 1 % each 8 hours": (
        HEAD + "BTC,50,60000,20%,bybit,BTCUSD,\n", ("--set=funding_rate=0.01",), set(),
        {"carry_expected_usd": 600_000 * (2.7 - 0.0011)},
    ),
}  # fmt: skip


def near(expected):
    return pytest.approx(expected, rel=1e-9) if isinstance(expected, float | int) else expected


@pytest.mark.parametrize("name", PLANNED)
def test_the_plan_is_right(tmp_path, name):
    text, given, failed, figures = PLANNED[name]
    (tmp_path / "h.csv").write_text(text)
    (tmp_path / "own.csv").write_text(LADDER)
    own = [tmp_path / "own.csv"] * ("--contracts" in given)
    result = run("plan", tmp_path / "h.csv", "--json", *given, *own)
    plan = json.loads(result.stdout)
    assert {check["name"] for check in plan["checks"] if not check["passed"]} == failed
    assert result.exit_code == (4 if failed else 0)
    position = plan["positions"][0]
    assert {key: position[key] for key in figures} == {key: near(value) for key, value in figures.items()}


REFUSED = {  # refused by plan, build and batch alike, in these words
    "points for thousands": (
        "asset;coins;price;hedge_ratio;venue\nBTC;50;60.000;20%;bybit\n",
        "2, price: may have a point for thousands or for decimals: write 60000 or 60.0 (got '60.000')",
    ),
    "a contract that ended": (
        HEAD + "CHZ,1000000,0.1,50%,binance,CHZUSD,\n",
        "2, contract: binance CHZUSD is no longer listed: trading ended on 2025-10-21, so no new hedge can be opened on it; a "
        "position that is open (qty and entry) may be booked and reduced (got 'CHZUSD')",
    ),
    "a contract on another coin": (
        HEAD + "XRP,100000,1.1,30%,deribit,ETH-PERPETUAL,\n",
        "2, contract: deribit ETH-PERPETUAL is margined and settled in ETH, and this row holds XRP: a hedge of one coin with "
        "the contract of another leaves the difference between the two open; to take it as a proxy give its beta, the move of "
        "XRP for a move of 1 of ETH (got 'ETH-PERPETUAL')",
    ),
    "stablecoins to be hedged": (
        HEAD + "BTC,85,61850,15%,bybit,,\nDAI,1800000,,3%,,,\n",
        "3, hedge_ratio: must be blank for cash, which is never hedged (got 0.03)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("command", ["plan", "build", "batch"])
def test_refused(tmp_path, command, name):
    text, told = REFUSED[name]
    (tmp_path / "h.csv").write_text(text)
    out = {"plan": [], "build": ["--out", tmp_path / "b.xlsx"], "batch": ["--out", tmp_path / "out", "--jobs", 1]}
    result = run(command, tmp_path / "h.csv", *out[command])
    assert result.exit_code == 3 and f"h.csv row {told}" in result.output
    assert not [*tmp_path.rglob("*.xlsx")]


def test_a_damaged_workbook_is_no_surprise(tmp_path):
    content = bytearray(build_sample(0, tmp_path).read_bytes())
    end = content.rindex(b"PK\x05\x06")
    content[end + 16 : end + 20] = b"\xff\xff\xff\x7f"  # where the list of parts begins
    (tmp_path / "d.xlsx").write_bytes(content)
    told = fails(2, "build", tmp_path / "d.xlsx", "--out", tmp_path / "b.xlsx")
    assert told == "d.xlsx: is not a workbook that can be read (it is cut short or damaged)"


TREASURY = """asset,coins,price,target_weight,venue,contract,mmr
ETH,4200,3120,30%,okx,,1%
BTC,85,61850,15%,bybit,,
UNI,310000,8.4,4%,bybit,,
stETH,1500,3115,,,,
USDC,6500000,,15%,,,
EURC,500000,1.08,,,,
"""


def test_an_unknown_maintenance_rate_says_how_to_go_on(tmp_path):
    (tmp_path / "h.csv").write_text(TREASURY)
    result = run("plan", tmp_path / "h.csv", "--json")
    assert result.exit_code == 3 and "row 4, venue: bybit UNIUSD: mmr (" in result.stderr
    assert "or give mmr in this row or as a setting (--set mmr=0.02)" in result.stderr
    plan = json.loads(run("plan", tmp_path / "h.csv", "--json", "--set", "mmr=0.02").stdout)
    assert (
        "row 4, contract: bybit UNIUSD: no source establishes a maintenance rate; the setting mmr, 0.02, is assumed"
        in (" ".join(plan["warnings"]))
    )
    amber = {check["name"]: check["subject"] for check in plan["checks"] if not check["passed"]}
    assert amber["Every maintenance rate has a source"] == "UNI bybit UNIUSD"
    assert run("build", tmp_path / "h.csv", "--out", tmp_path / "b.xlsx", "--set", "mmr=0.02").exit_code in (0, 4)
    kinds = Cells(tmp_path / "b.xlsx").column("Inputs", "Holdings", "Kind")
    assert kinds == ["coin", "coin", "coin", "coin", "cash", "cash"]


def build(tmp_path: Path, *arguments: object, code: int = 0) -> Cells:
    """Build a workbook and read it."""
    result = run("build", *arguments, "--out", tmp_path / "b.xlsx")
    assert result.exit_code == code, result.output
    return Cells(tmp_path / "b.xlsx")


BTC_50 = (SAMPLES / SAMPLE_FILES[0][0], "--settings", SAMPLES / SAMPLE_FILES[0][1])


def test_six_assets_survive_what_they_are_to_survive(tmp_path):
    book = build(tmp_path, SAMPLES / SAMPLE_FILES[2][0])
    prices = book.column("Inputs", "Holdings", "Price")
    liquidated = book.column("Hedge plan", "Liquidation, and what the margin carries", "Liquidation price")
    assert all(liq == "none" or liq >= 1.5 * price for price, liq in zip(prices, liquidated))


def test_spot_trades_count_the_open_hedge(tmp_path):
    result = run("plan", SAMPLES / SAMPLE_FILES[2][0], "--json", "--set", "mode=spot")
    btc = json.loads(result.stdout)["assets"][0]
    assert btc["spot_trade_coins"] * btc["price"] == near(102_000)


SETS = {  # steps: move, funding rate, days; value and hedges liquidated after each
    "funding eats the margin": ((("0%", -0.003, 90), (2_700_000, 1)), (("0%", -0.003, 365), (2_700_000, 1))),
    "there and back": ((("120%", 0, 1), (5_940_000, 1)), (("-54.5454545454545%", 0, 1), (2_700_000, 1))),
    "up and a crash": ((("120%", 0, 1), (5_940_000, 1)), (("-77.2727272727273%", 0, 1), (1_350_000, 1))),
}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_what_is_liquidated_stays_gone(tmp_path, name):
    steps = "".join(f"Set,{name},{move},{move},{rate},{days}\n" for (move, rate, days), _ in SETS[name])
    (tmp_path / "s.csv").write_text("set,scenario,BTC,other,funding_rate,days\n" + steps)
    book = build(tmp_path, *BTC_50, "--scenarios", tmp_path / "s.csv")
    rows = [*book.book["Set"].iter_rows(values_only=True)]
    top = next(i for i, row in enumerate(rows) if row[0] == "Scenario")
    places = [rows[top].index(header) for header in ("Value", "Hedges liquidated")]
    assert [tuple(row[at] for at in places) for row in rows[top + 2 : top + 4]] == [
        (near(value), gone) for _, (value, gone) in SETS[name]
    ]


@pytest.mark.parametrize("title", ["About", "Checks", "Functions", "Winter"])
def test_a_set_replaces_no_sheet_and_is_kept(tmp_path, title):
    text = f"set,scenario,BTC,other,funding_rate,days\n{title},Slide,-20%,-30%,-0.0001,30\n{title},Slide,-10%,-15%,-0.0002,60\n"
    (tmp_path / "s.csv").write_text(text)
    sheets = build(tmp_path, *BTC_50, "--scenarios", tmp_path / "s.csv").book.sheetnames
    own = title if title == "Winter" else f"{title} 2"
    assert {title, own} <= {*sheets} and len(sheets) == len(SHEETS) + 2  # it, and a blank one
    assert run("check", tmp_path / "b.xlsx").exit_code == 0
    assert run("build", tmp_path / "b.xlsx", "--out", tmp_path / "c.xlsx").exit_code == 0
    assert loaded(tmp_path / "c.xlsx").sheetnames == sheets


def test_money_that_is_locked_earns_nothing(tmp_path):
    page = build(tmp_path, *BTC_50, "--set", "discount_rate=5%").book["Compare"]
    (row,) = (row for row in page.iter_rows(values_only=True) if str(row[0]).startswith("Hedging, then selling, over"))
    sold, perpetual, dated, linear = row[2:6]
    assert sold == 0 and perpetual > dated > linear and (round(dated), round(linear)) == (2389, 1266)


FUND = """asset,coins,price,target_weight,venue,contract,qty,entry,margin,leverage,funding_rate
BTC,620,61850,70%,bybit,BTCUSD,-4200000,58200,14,10,0.00008
ETH,3900,3120,30%,deribit,ETH-PERPETUAL,-900000,3350,60,10,-0.00002
USDC,1200000,,0%,,,,,,,
"""


def test_open_positions_have_one_figure(tmp_path, calc):
    """An unchanged price changes nothing; once the plan's trade is in the log, Monitor says what the Hedge plan said."""
    (tmp_path / "h.csv").write_text(FUND)
    book = build(tmp_path, tmp_path / "h.csv", code=4)
    moves, changes = (book.column("Scenarios", "Price ladder", header) for header in ("Move", "Net change"))
    assert dict(zip(moves, changes))[0] == 0
    liquidated = book.column("Hedge plan", "Liquidation, and what the margin carries", "Liquidation price")[0]
    with calc.open(tmp_path / "b.xlsx") as document:
        log(
            document,
            [
                {
                    "Position": "BTC bybit BTCUSD",
                    "Fill": 2_053_500.0,
                    "Price": 61_850.0,
                    "Fee": 2_053_500 * 0.00055 / 61_850,
                }
            ],
        )
        assert below_header(document, "Monitor", "Liquidation price") == near(liquidated)


@pytest.fixture(scope="module")
def blank(tmp_path_factory) -> Path:
    """The template as it is shipped."""
    return write_template(tmp_path_factory.mktemp("template") / "template.xlsx")


@pytest.fixture
def template(blank, calc):
    """The template, open in LibreOffice."""
    with calc.open(blank) as document:
        yield document


def errors(document: OpenDocument) -> list[str]:
    """Cells that show an error."""
    return [f"{sheet}!{at}" for sheet in document.sheets() for at, value in document.cells(sheet).items()
            if isinstance(value, CellError)]  # fmt: skip


def failed(document: OpenDocument) -> dict[str, object]:
    """The red checks that fail, each with its figure, and what it names."""
    cells = document.cells("Checks")
    return {cells[f"A{row}"]: (cells[f"B{row}"], cells.get(f"H{row}") or "") for row in range(7, 60)
            if cells.get(f"F{row}") is False and cells[f"G{row}"] == "red"}  # fmt: skip


CHOSEN = "The assets chosen on Scenarios, Compare and Replay are held"
BELOW = "Nothing stands below the tables of Inputs, Positions, Contracts and Tiers"
ORPHANS = "Every position hedges an asset of Inputs"
IN_ORDER = "Log and history are in order, and nothing stands below them"
FIRST_HELD = 7  # the row of the first asset on Inputs


def test_other_assets_in_the_template(template, tmp_path):
    """No error cell, whatever is changed first; what is left over of the other asset is named."""
    for row, asset in enumerate(("SOL", "XRP"), FIRST_HELD):
        template.set("Inputs", f"A{row}", asset)
    assert errors(template) == [] and failed(template) == {
        CHOSEN: (3, "Scenarios"), ORPHANS: (2, "BTC bybit BTCUSD"),
    }  # fmt: skip
    assert beside(template, "Scenarios", "Asset used", "A", "B") == "SOL"
    first = place(template, "Positions", "BTC")[1]
    for row, (asset, contract) in enumerate((("SOL", "binance SOLUSD"), ("XRP", "bybit XRPUSD")), first):
        template.set("Positions", f"A{row}", asset)
        template.set("Positions", f"B{row}", contract)
        template.set("Positions", f"{letter_below(template, 'Positions', 'Own maintenance rate')}{row}", 0.01)
    assert errors(template) == [] and failed(template) == {CHOSEN: (3, "Scenarios")}
    for sheet in ("Scenarios", "Compare"):
        column, row = place(template, sheet, "Asset")
        template.set(sheet, f"B{row}", "XRP")
    assert failed(template) == {CHOSEN: (1, "Replay")} and errors(template) == []
    saved = template.save(tmp_path / "saved.xlsx")
    result = run("build", saved, "--out", tmp_path / "b.xlsx")
    assert (
        result.exit_code == 3
        and "Replay row 5, Asset: must be an asset of the portfolio: SOL, XRP (got 'BTC')" in result.stderr
    )


def test_a_blank_leverage_is_that_of_the_reader(template, tmp_path):
    asked = beside(template, "Hedge plan", "Leverage where Positions has none", "A", "C")
    before = template.cells("Hedge plan")
    first = place(template, "Positions", "BTC")[1]
    template.set("Positions", f"{letter_below(template, 'Positions', 'Leverage')}{first}", None)
    assert asked == 10 and template.cells("Hedge plan") == before
    run("build", template.save(tmp_path / "saved.xlsx"), "--out", tmp_path / "b.xlsx")
    assert Cells(tmp_path / "b.xlsx").column("Hedge plan", "Contract figures", "Leverage")[0] == 10


@pytest.mark.parametrize(("sheet", "column", "typed"), [("Inputs", "A", "SOL"), ("Inputs", "D", 150.0), ("Positions", "A", "BTC"),
                                                        ("Contracts", "A", "mine XUSD"), ("Tiers", "B", 5.0)])  # fmt: skip
def test_below_a_table(template, sheet, column, typed):
    rows = template_model().sheets[sheet].blocks
    end = max(block.row + block.shape[0] for block in rows if block.typed in ("asset", "key"))
    template.set(sheet, f"{column}{end}", typed)
    assert failed(template) == {BELOW: (1, "")}


def fill(time: float | None, qty: object, price: object) -> dict[str, object]:
    """A row of the log for the first position of the template."""
    told = {"Position": "BTC bybit BTCUSD", "Time": time, "Fill": qty, "Price": price}
    return {header: value for header, value in told.items() if value is not None} if time else {}


LOGS = {  # rows of the log of Monitor; how many cells are out of order
    "newest first": ([fill(46_003.0, -100_000.0, 50_000.0), fill(46_002.0, -50_000.0, 51_000.0), fill(46_001.0, -50_000.0, 52_000.0)], 2),
    "numbers as text": ([fill(46_001.0, "-100000", 50_000.0), fill(46_002.0, -50_000.0, "51000")], 2),
    "below the last row": ([fill(46_001.0, -100_000.0, 50_000.0), *[{}] * 1499, fill(46_002.0, -50_000.0, 51_000.0)], 4),
}  # fmt: skip


@pytest.mark.parametrize("name", LOGS)
def test_a_log_out_of_order_is_red(template, name):
    rows, count = LOGS[name]
    log(template, rows)
    assert failed(template)[IN_ORDER] == (count, "")


def test_a_posted_margin_follows_no_price(template):
    """A short of 250,000 and its margin in the log; the price on Inputs then rises, and is liquidated where it was before."""
    log(template, [fill(46_001.0, -250_000.0, 50_000.0), {"Position": "BTC bybit BTCUSD", "Margin moved": 1.7645}])
    liquidated = below_header(template, "Monitor", "Liquidation price")
    # 5 BTC short at 50,000: 250,000 x 0.995 / (5 - 1.7645)
    assert liquidated == near(248_750 / 3.2355) and round(liquidated) == 76_881
    template.set("Inputs", f"D{FIRST_HELD}", 77_000.0)
    assert below_header(template, "Monitor", "Liquidation price") == near(liquidated)
    assert below_header(template, "Monitor", "Distance to it, 0 if liquidated") == 0


@pytest.mark.parametrize("functions", ["native", "addin", "lambda"])
def test_an_untouched_workbook_has_nothing_wrong(calc, tmp_path, functions):
    build(tmp_path, *BTC_50, "--functions", functions)
    assert run("check", tmp_path / "b.xlsx").exit_code == 0
    if functions == "native":  # without the functions of the others a program shows errors in their place
        with calc.open(tmp_path / "b.xlsx") as document:
            saved = document.save(tmp_path / "saved.xlsx")
        assert ": nothing wrong (" in run("check", saved).stdout
