"""Stress sheets and scenario sets: against the worksheet function STRESS, and the mistakes of a file."""

import pytest
from books import SAMPLES, Cells
from click.testing import CliRunner

import xlhedge
from xlhedge.cli import main
from xlhedge.errors import FileError
from xlhedge.intake import read_portfolios
from xlhedge.portfolio.scenarios import read_scenarios, scenario_sets
from xlhedge.workbook.file.writer import write
from xlhedge.ooxml.lint import lint
from xlhedge.workbook.model import build_model, checked, legal_sheet_name

ASSETS = ["BTC", "ETH", "SOL", "XRP", "LTC", "DOGE", "USDC"]
SETS = """set,scenario,BTC,ETH,other,funding_rate,days,basis
Winter,Slide,-20%,-30%,-40%,-0.0001,30,
Winter,Slide,-20%,-30%,-40%,-0.0002,60,
Winter,Bounce,15%,,30%,,,1%
,Alone,0.1,0.2,,,,
"""


@pytest.fixture
def portfolio():
    return read_portfolios(SAMPLES / "six-assets.csv")[0][0]


@pytest.fixture
def sets(tmp_path):
    (tmp_path / "sets.csv").write_text(SETS)
    found, errors = read_scenarios(tmp_path / "sets.csv", ASSETS)
    assert errors == []
    return found


def scenario_rows(cells: Cells, sheet: str) -> dict[str, list]:
    """The rows of a stress sheet by the name of the scenario."""
    page = cells.book[sheet]
    top = next(row for row in range(1, 40) if page.cell(row, 1).value == "Scenario")
    return {page.cell(r, 1).value: [page.cell(r, c).value for c in range(1, 17 + 20)] for r in range(top + 2, top + 30)
            if page.cell(r, 1).value}  # fmt: skip


def test_the_sheet_is_the_worksheet_function(tmp_path, portfolio):
    """Without funding and basis, value, change and liquidations are those of STRESS at the plan's positions."""
    write(build_model(portfolio), tmp_path / "b.xlsx")
    cells = Cells(tmp_path / "b.xlsx")
    count, prices = len(ASSETS), cells.column("Allocation", "Weights", "Price, USD/coin")
    after = cells.column("Hedge plan", "Exposure", "Coins after")
    hedged = cells.column("Positions", "", "Asset")

    def column(section, header, unit=None):
        """A figure of the one position of each asset; 0 where it has none."""
        told = dict(zip(hedged, cells.column("Hedge plan", section, header, unit)))
        return [told.get(asset, 0.0) for asset in ASSETS]

    qtys, margins = column("Size", "Position after", "USD"), column("Margin", "Margin the figures rest on")
    entries = [entry or price for entry, price in zip(column("Size", "Entry after"), prices)]
    coins = [c - xlhedge.inverse_pnl(q, e, p) for c, q, e, p in zip(after, qtys, entries, prices)]
    rates = column("Maintenance", "Maintenance rate")
    rows = {name: row for name, row in scenario_rows(cells, "Stress").items() if not row[4] and not row[6]}
    others = [[row[2] if asset != "USDC" else 0.0 for asset in ASSETS] for row in rows.values()]
    shocks = [
        [other if own is None else own for own, other in zip(row[16 : 16 + count], moves)]
        for row, moves in zip(rows.values(), others)
    ]
    peaks = [[max(row[3] or 0.0, move) for move in moves] for row, moves in zip(rows.values(), shocks)]
    given = (coins, qtys, entries, prices, shocks, margins, rates)
    table = xlhedge.stress(*given, peaks=peaks)
    assert len(rows) >= 7 and rows["Squeeze and return"][11] == 5
    assert [row[8] for row in rows.values()] == pytest.approx(list(table["PnL"]), rel=1e-9)
    # The methods of the venues differ from the plain one by fees and slopes only near the edge, not at these moves.
    assert [row[11] for row in rows.values()] == list(table["liquidations"])
    assert [row[7] for row in rows.values()] == pytest.approx(list(table["value"]), rel=1e-9)


def test_sets_and_steps(sets):
    slide, second, bounce = sets["Winter"]
    assert (second.name, second.days, second.moves["BTC"]) == ("Slide, step 2", 60, pytest.approx(0.8 * 0.8 - 1))
    assert second.other == pytest.approx(0.6 * 0.6 - 1) and second.funding_rate == -0.0002
    assert [each.continues for each in (slide, second, bounce)] == [False, True, False]
    assert bounce.basis == 0.01 and [s.name for s in sets["Own scenarios"]] == ["Alone"]


FAULTS = {  # btc-50 with its 5 BTC posted: rows of a set, the value after each, and hedges liquidated by then
    "funding eats the margin": (
        "Fund,eats all margin,0%,0%,-0.003,90,\nFund,then +0,0%,0%,-0.003,365,", [2_700_000, 2_700_000], [1, 1],
    ),
    "half of the funding does not": ("Fund,eats half,0%,0%,-0.003,45,", [3_000_000 - 0.003 * 135 * 600_000], [0]),
    "no funding once it is gone": ("A,x,0,0,-0.003,90,\nA,x,0,0,-0.003,365,\nA,x,0,0,0.01,365,", [2_700_000] * 3, [1] * 3),
    "funding of the steps adds up": (
        "A,x,0,0,-0.002,45,\nA,x,0,0,-0.002,45,\nA,x,0,0,-0.002,45,", [2_838_000, 2_700_000, 2_700_000], [0, 1, 1],
    ),
    "squeeze and back": ("W,x,120%,,0,1,\nW,x,-54.5454545454545%,,0,1,", [5_940_000, 2_700_000], [1, 1]),
    "squeeze then crash": ("W,x,120%,,0,1,\nW,x,-77.2727272727273%,,0,1,", [5_940_000, 1_350_000], [1, 1]),
    "a peak": ("W,x,0,,,,120%", [2_700_000], [1]),
    "a peak that it survives": ("W,x,-50%,,,,97%", [1_800_000], [0]),
    "each by itself": ("W,up,120%,,,,\nW,down,-50%,,,,", [5_940_000, 1_800_000], [1, 0]),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_hedge_that_is_gone_has_lost_its_margin_and_stays_gone(tmp_path, name):
    rows, values, gone = FAULTS[name]
    (tmp_path / "s.csv").write_text(f"set,scenario,BTC,other,funding_rate,days,peak\n{rows}\n")
    portfolio = read_portfolios(SAMPLES / "btc-50.csv")[0][0]
    write(build_model(portfolio, scenarios=scenario_sets(tmp_path / "s.csv", ["BTC"])), tmp_path / "b.xlsx")
    found = scenario_rows(Cells(tmp_path / "b.xlsx"), rows.partition(",")[0]).values()
    assert [row[7] for row in found] == pytest.approx(values) and [row[11] for row in found] == gone


def test_steps_stand_below_one_another(tmp_path):
    """Whatever stands between them in the file, as each continues the row above; what undoes a move leaves 0."""
    (tmp_path / "s.csv").write_text(
        "scenario,BTC,USDC,other,days\nUp,120%,,,5\nDown,-10%,-3%,1%,\nUp,-54.5454545454545%,,,7\nDown,,,2%,\n"
    )
    found = scenario_sets(tmp_path / "s.csv", ASSETS)["Own scenarios"]
    assert [(each.name, each.continues, each.days) for each in found] == [
        ("Up", False, 5), ("Up, step 2", True, 7), ("Down", False, None), ("Down, step 2", True, None),
    ]  # fmt: skip
    assert [each.moves["BTC"] for each in found] == pytest.approx([1.2, 0.0, -0.1, 0.9 * 1.02 - 1]) and found[1].moves[
        "BTC"
    ] == 0
    assert [each.moves.get("USDC") for each in found] == [None, None, -0.03, pytest.approx(-0.03)], "cash stands still"
    assert [each.other for each in found] == [None, None, 0.01, pytest.approx(1.01 * 1.02 - 1)]


def test_a_scenario_that_says_nothing_of_a_coin_is_told(tmp_path, portfolio):
    """SOL and the others are blank and have no default; cash needs none."""
    (tmp_path / "s.csv").write_text("scenario,BTC,other\nBTC alone,-50%,\nAll,-50%,-20%\n")
    own = scenario_sets(tmp_path / "s.csv", ASSETS)["Own scenarios"]
    book = build_model(portfolio._replace(stress=own))
    write(book, tmp_path / "b.xlsx")
    rows = scenario_rows(Cells(tmp_path / "b.xlsx"), "Stress")
    assert [(row[2], row[15], row[16:18]) for row in rows.values()] == [
        (None, "a coin has no move", [-0.5, None]), (-0.2, None, [-0.5, None]),
    ]  # fmt: skip
    line = next(line for line in checked(book) if line.name == "Every stress says how far every coin moves")
    assert (line.severity, line.passed, line.figure) == ("amber", False, 1)


def test_funding_and_basis_are_added(tmp_path, portfolio, sets):
    write(build_model(portfolio, scenarios=sets), tmp_path / "b.xlsx")
    cells = Cells(tmp_path / "b.xlsx")
    face = sum(cells.column("Hedge plan", "Size", "Position after", "USD")[: len(ASSETS)])
    rows = scenario_rows(cells, "Winter")
    with_basis = rows["Bounce"][7]
    without = dict(sets)
    without["Winter"] = tuple(s._replace(basis=0.0, funding_rate=0.0) for s in sets["Winter"])
    write(build_model(portfolio, scenarios=without), tmp_path / "c.xlsx")
    plain = scenario_rows(Cells(tmp_path / "c.xlsx"), "Winter")
    assert with_basis - plain["Bounce"][7] == pytest.approx(0.01 * -face)
    assert rows["Slide"][7] - plain["Slide"][7] == pytest.approx(0.0001 * face * 3 * 30)
    both = 0.0001 * face * 3 * 30 + 0.0002 * face * 3 * 60
    assert rows["Slide, step 2"][7] - plain["Slide, step 2"][7] == pytest.approx(both)
    assert lint(tmp_path / "b.xlsx") == []


@pytest.mark.parametrize("text,told", [
    ("scenario,BTC\nx,-100%\n", "row 2, BTC: must be > -1 and <= 100, such as 0.2 or 20% (got '-100%')"),
    ("scenario,BTC\n,5%\n", "row 2, scenario: is required"),
    ("scenario,days\nx,-1\n", "row 2, days: must be >= 0 and <= 3650 days (got '-1')"),
])  # fmt: skip
def test_mistakes_in_rows(tmp_path, text, told):
    (tmp_path / "s.csv").write_text(text)
    _, errors = read_scenarios(tmp_path / "s.csv", ASSETS)
    assert [str(error).removeprefix("s.csv ") for error in errors] == [told]


@pytest.mark.parametrize("text,told", [
    ("scenario,dayss\nx,1\n", "unknown column 'dayss'; the columns are set, scenario, other, .* and the assets BTC, DOGE, ETH"),
    ("scenario,a_note,fundingrate\nx,1,2\n", "unknown columns 'a_note', 'fundingrate'; "), ("name,BTC\nx,1\n", "column scenario is missing"),
    ("scenario,BTC,btc\nx,1,2\n", "column 'BTC' appears 2 times"),
    ("BTC\n1\n", "column scenario is missing"), ("scenario,BTC\n", "has a header but no scenarios below it"),
])  # fmt: skip
def test_files_that_are_no_scenarios(tmp_path, text, told):
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(FileError, match=told):
        read_scenarios(tmp_path / "s.csv", ASSETS)


@pytest.mark.parametrize("title,name", [
    ("A/B: [test]?", "A B   test"), ("x" * 40, "x" * 31), ("stress", "stress 2"), ("???", "Scenarios"), ("history", "history scenarios"),
])  # fmt: skip
def test_sheet_names_are_legal(title, name):
    assert legal_sheet_name(title, ["Stress", "Checks"]) == name


def test_command_line(tmp_path):
    (tmp_path / "s.csv").write_text(SETS)
    out = tmp_path / "book.xlsx"
    arguments = ["build", str(SAMPLES / "six-assets.csv"), "--out", str(out), "--scenarios"]
    result = CliRunner().invoke(main, [*arguments, str(tmp_path / "s.csv")])
    assert result.exit_code == 0, result.output
    assert {"Winter", "Own scenarios"} <= set(Cells(out).book.sheetnames)
    (tmp_path / "s.csv").write_text("scenario,BTC\nx,y\n")
    bad = CliRunner().invoke(main, [*arguments, str(tmp_path / "s.csv")])
    assert bad.exit_code == 3 and "row 2, BTC" in bad.stderr
