"""The built workbook's cells: every number of the worked example, in the file as a reader finds it."""

import re
import zipfile

import pytest
from books import SAMPLE_FILES, Cells, build_sample, build_text, render_sample
from openpyxl import load_workbook

import xlhedge
from xlhedge.intake import read_portfolios
from xlhedge.ooxml.lint import lint
from xlhedge.workbook.model import build_model, failed_checks

HEADER = "asset,coins,price,hedge_ratio,venue,contract,qty,entry,margin,leverage,face,mmr\n"
LADDER = [  # price, short PnL BTC, short PnL USD, spot change USD, net USD, portfolio USD
    (40_000, 5, 200_000, -1_000_000, -800_000, 2_200_000),
    (50_000, 2, 100_000, -500_000, -400_000, 2_600_000),
    (60_000, 0, 0, 0, 0, 3_000_000),
    (66_000, -0.909090909090909, -60_000, 300_000, 240_000, 3_240_000),
    (72_000, -1.666666666666667, -120_000, 600_000, 480_000, 3_480_000),
    (80_000, -2.5, -200_000, 1_000_000, 800_000, 3_800_000),
    (120_000, -5, -600_000, 3_000_000, 2_400_000, 5_400_000),
]
LIQUIDATION = [(0.1, 60_303.0303030303), (1, 66_333.3333333333), (2.5, 79_600), (5, 119_400), (10, "none")]
SURVIVE = [(0.1, 0.954545454545455), (0.2, 1.708333333333333), (0.25, 2.04), (0.5, 3.366666666666667), (1, 5.025)]


def near(expected):
    return pytest.approx(expected, rel=1e-9, abs=1e-6) if not isinstance(expected, str) else expected


@pytest.fixture(scope="module")
def btc(tmp_path_factory) -> Cells:
    """The sample of the worked example: 50 BTC at 60,000, 20 % hedged on contracts of 1 USD, 10 BTC posted."""
    folder = tmp_path_factory.mktemp("btc")
    prices = ";".join(str(row[0]) for row in LADDER)
    return build_text(folder, HEADER + "BTC,50,60000,0.2,bybit,BTCUSD,,,10,100,,\n", ladder_prices=prices, rally="0.5")


@pytest.mark.parametrize("column,header,unit", [
    (0, "Price", "USD/coin"), (1, "Hedge PnL in this coin", "coin"), (2, "Hedge gain from now", "USD"), (3, "Change of the coins' value", "USD"),
    (4, "Net change", "USD"), (5, "Hedged value", "USD"),
])  # fmt: skip
def test_price_ladder(btc, column, header, unit):
    values = btc.column("Scenarios", "Price ladder", header, unit)
    assert values == [near(row[column]) for row in LADDER], f"{header} [{unit}]"


def test_ladder_is_the_worksheet_function(btc):
    ladder = xlhedge.scenario_ladder(50, -600_000, 60_000, [row[0] for row in LADDER], 10, 0.005)
    for header, unit, name in (("Net exposure", "coin", "exposure coin"), ("Coin weight", "fraction", "coin weight"),
                               ("Margin ratio, first position", "fraction", "margin ratio"), ("Liquidated", None, "liquidated")):  # fmt: skip
        assert btc.column("Scenarios", "Price ladder", header, unit) == [near(v) for v in ladder[name]], header


def test_size_and_carry(btc):
    table = [
        ("Size", "Contracts to trade", "contracts", -600_000), ("Size", "Position after", "USD", -600_000),
        ("Size", "Position after, in coin", "coin", -10),
        ("Exposure", "Net exposure in coin", "coin", 40), ("Exposure", "Hedge ratio after", None, 0.2),
        ("Margin", "Initial margin", "coin", 0.1), ("Liquidation", "Liquidation price", None, "none"),
        ("Carry", "Funding each interval", "USD", 60), ("Carry", "Funding each interval, in coin", "coin", 0.001),
        ("Carry", "Funding, 30 days, in coin", "coin", 0.09), ("Carry", "Funding rate a year", None, 0.1095),
    ]  # fmt: skip
    for section, header, unit, expected in table:
        assert btc.column("Hedge plan", section, header, unit)[0] == near(expected), (header, unit)


@pytest.mark.parametrize("face,contracts", [(100, -6_000), (10, -60_000), (1, -600_000)])
def test_contracts_by_face(tmp_path, face, contracts):
    cells = build_text(tmp_path, HEADER + f"BTC,50,60000,0.2,,,,,10,100,{face},0.005\n")
    assert cells.column("Hedge plan", "Size", "Contracts to trade") == [contracts]


@pytest.mark.parametrize("margin,liquidation", LIQUIDATION)
def test_liquidation_of_a_posted_margin(tmp_path, margin, liquidation):
    cells = build_text(tmp_path, HEADER + f"BTC,50,60000,0.2,bybit,BTCUSD,,,{margin},100,,\n")
    assert cells.column("Hedge plan", "Liquidation", "Liquidation price") == [near(liquidation)]


def test_tables_of_margins(btc):
    assert btc.column("Scenarios", "Liquidation price", "Liquidation price") == [
        near(price) for _, price in LIQUIDATION
    ]
    assert btc.column("Scenarios", "Coins to survive", "Margin needed") == [near(coins) for _, coins in SURVIVE]


@pytest.mark.parametrize("rally,coins", SURVIVE)
def test_margin_for_a_rally(tmp_path, rally, coins):
    cells = build_text(tmp_path, HEADER + "BTC,50,60000,0.2,bybit,BTCUSD,,,,100,,\n", rally=str(rally))
    assert cells.column("Hedge plan", "Margin", "Coins to survive it") == [near(coins)]


@pytest.mark.parametrize("price,weight", [(60_000, 0.8), (50_000, 0.769230769230769), (90_000, 0.857142857142857)])
def test_coin_share_drifts(tmp_path, price, weight):
    coins = 50 + xlhedge.inverse_pnl(-600_000, 60_000, price)
    cells = build_text(tmp_path, HEADER + f"BTC,{coins!r},{price},,bybit,BTCUSD,-600000,60000,10,100,,\n")
    assert cells.column("Allocation", "Weights", "Hedged weight")[0] == near(weight)


def test_back_to_the_target_at_50000(tmp_path):
    """The 80/20 holder at 50,000 owns 52 BTC and buys back 80,000 USD of the short."""
    cells = build_text(tmp_path, HEADER + "BTC,52,50000,0.2,,,-600000,60000,10,100,100,0.005\n")
    assert cells.column("Hedge plan", "Size", "Contracts to trade") == [800]
    assert cells.column("Hedge plan", "Size", "Position after", "USD")[0] == -520_000


def test_85_15_back_to_70_30(tmp_path):
    cells = Cells(build_sample(1, tmp_path))
    assert cells.column("Allocation", "Weights", "Physical weight")[:2] == [near(0.85), near(0.15)]
    assert cells.column("Allocation", "Two ways", "Share of the coins")[0] == near(-3 / 17)
    assert cells.column("Allocation", "Two ways", "Spot trade", "USD")[:2] == [near(-150_000), near(150_000)]
    assert cells.column("Hedge plan", "Size", "Trade", "USD")[0] == -150_000


def test_synthetic_dollar(tmp_path):
    holdings = HEADER + "BTC,2,8000,1,,,,,,100,1,0.005\n"
    cells = build_text(tmp_path, holdings, ladder_prices="2000;8000;12000;40000", rally="10", adverse_funding_rate="0")
    assert cells.column("Hedge plan", "Size", "Position after", "USD")[0] == -16_000
    assert cells.column("Scenarios", "Price ladder", "Hedged value") == [near(16_000)] * 4


@pytest.mark.parametrize("number", range(len(SAMPLE_FILES)))
@pytest.mark.parametrize("mode", ["native", "addin"])
def test_samples_are_complete_and_clean(tmp_path, number, mode):
    path = build_sample(number, tmp_path, mode)
    formulas, cached = load_workbook(path), load_workbook(path, data_only=True)
    blank = [
        f"{page.title}!{cell.coordinate}" for page in formulas for row in page.iter_rows() for cell in row
        if cell.data_type == "f" and cached[page.title][cell.coordinate].value is None
    ]  # fmt: skip
    # A formula whose text is empty reads as None: missing contracts, nothing unknown, rows that nothing has been typed into
    # yet, the names in spare rows, the contracts of coins without one, and the first asset of a check that none fails.
    may_be = (
        "Dashboard!", "Positions!", "Allocation!A", "Allocation!C", "Hedge plan!", "Tiers!", "Monitor!", "Replay!", "Stress!", "Scenario set!", "Checks!H", "Checks!I", "Scenarios!G",
    )  # fmt: skip
    blank = [address for address in blank if not re.search("![A-Z]+1$", address)]  # beside a flag that nothing fails
    assert all(address.startswith(may_be) for address in blank), blank
    errors = [cell.coordinate for page in cached for row in page.iter_rows() for cell in row if cell.data_type == "e"]
    assert errors == [] and lint(path) == []
    assert cached["Checks"]["F3"].value is True


def test_same_bytes_again():
    assert render_sample(2) == render_sample(2)


def test_addin_formulas_are_calls(tmp_path):
    page = load_workbook(build_sample(0, tmp_path, "addin"))["Hedge plan"]
    calls = {
        cell.value.split("(")[0]
        for row in page.iter_rows()
        for cell in row
        if cell.data_type == "f" and "(" in cell.value
    }
    names = ("LIQ_PRICE", "MARGIN_FOR_MOVE", "INITIAL_MARGIN", "NET_EXPOSURE", "FUNDING_COST")
    assert {f"=[1]!{name}" for name in names} <= calls


def test_excels_formulas_are_calcs_but_for_the_number_of_the_linked_book(tmp_path):
    """And the book is the add-in by its bare name, to be found where Excel starts it from; Calc's has no link."""
    excel, calc = (build_sample(2, tmp_path, mode) for mode in ("addin", "calc"))
    of_excel, of_calc = formulas_of(excel), formulas_of(calc)
    assert {place: text.replace("[1]!", "") for place, text in of_excel.items()} == of_calc
    assert sum("[1]!" in text for text in of_excel.values()) > 300 and not any("[" in t for t in of_calc.values())
    with zipfile.ZipFile(excel) as archive, zipfile.ZipFile(calc) as plain:
        link = archive.read("xl/externalLinks/externalLink1.xml").decode()
        relation = archive.read("xl/externalLinks/_rels/externalLink1.xml.rels").decode()
        assert not any("externalLink" in name for name in plain.namelist())
    assert set(re.findall(r'definedName name="(\w+)"', link)) == {
        name for text in of_excel.values() for name in re.findall(r"\[1\]!(\w+)", text)
    }
    assert 'Target="xlhedge.xlam"' in relation and "xlExternalLinkPath/xlStartup" in relation


def formulas_of(path) -> dict[tuple[str, str], str]:
    book = load_workbook(path)
    cells = ((page.title, cell) for page in book for row in page.iter_rows() for cell in row if cell.data_type == "f")
    return {(title, cell.coordinate): cell.value for title, cell in cells}


@pytest.mark.parametrize(
    "name", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2", "\U0001f680", "שלום", "a'b", "[x]", "A1"]
)
def test_text_never_becomes_a_formula(tmp_path, name):
    quoted = '"' + name.replace('"', '""') + '"'
    cells = build_text(tmp_path, f"asset,coins,price\n{quoted},1,100\n")
    found = load_workbook(cells.path)["Inputs"]["A7"]
    assert (found.value, found.data_type) == (name, "s")
    assert lint(cells.path) == []


@pytest.mark.parametrize("broken,check", [
    ("BTC,50,60000,0.2,bybit,BTCUSD,,,2.5,100,,", "Margin survives the chosen move and adverse funding"),
    ("BTC,50,60000,0.2,bybit,BTCUSD,,,0.05,100,,", "Margin is at least the initial margin"),
    ("BTC,5,60000,,bybit,BTCUSD,-600000,60000,5,100,,", "No asset is over-hedged"),
    ("BTC,50,60000,0.2,bybit,BTCUSD,,,3.6,100,,", "Margin lasts through adverse funding"),
])  # fmt: skip
def test_a_broken_check_is_told(tmp_path, broken, check):
    source = tmp_path / "holdings.csv"
    source.write_text(HEADER + broken + "\n")
    settings = {"adverse_funding_rate": "0.005", "band": "1" if "over" in check else "0"}
    portfolios, errors = read_portfolios(source, overrides=settings)
    assert errors == [] and check in failed_checks(build_model(portfolios[0]))


def test_fixed_times(tmp_path):
    with zipfile.ZipFile(build_sample(0, tmp_path)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
