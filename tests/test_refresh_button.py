"""The button Refresh prices: what is typed into which cell of an open workbook, what is said, and the VBA that does it."""

import datetime
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from books import loaded
from commands import run
from vba_host import NO_PYTHON, VbaHost
from venue_server import FAULTS, serving

from xlhedge.contracts.quotes import read_snapshot
from xlhedge.contracts.snapshot import FILE
from xlhedge.hosts.excel.refresh import LONGEST, Market, Page, of_market, refreshed
from xlhedge.live.plausible import Gap
from xlhedge.nodes import letters
from xlhedge.ooxml.area import column_number

HELD = """portfolio,asset,coins,price,hedge_ratio,venue,contract,qty,entry,margin,mark,funding_rate
me,BTC,50,60000,20%,bybit,BTCUSD,-600000,60000,5,,
me,BTC,,,,bybit,BTCUSDH27,-1000,60000,1,60600,
me,ETH,100,3000,20%,kraken,PI_ETHUSD,-6000,3000,10,,0.0001
me,USDT,1000,,,,,,,,,
"""
QUOTES = """venue,symbol,field,value,time,source
desk,BTC,price,61000,2026-11-29T11:07:00Z,desk
desk,ETH,price,3100,2026-11-29T11:05:00Z,desk
bybit,BTCUSDH27,mark,61500,2026-11-29T11:05:00Z,desk
bybit,BTCUSD,funding rate,0.0002,2026-11-29T11:05:00Z,desk
kraken,PI_ETHUSD,funding rate,0.00001,2026-11-29T11:05:00Z,desk
kraken,PI_ETHUSD,funding hours,1,2026-11-29T11:05:00Z,desk
"""
NOON = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.UTC)
TIMES = {"Inputs!C34": datetime.datetime(2026, 11, 29, 11, 5), "Inputs!C38": "desk"}
OF_BTC = {"Inputs!D7": 61000.0, "Positions!M8": 0.0002}
OF_ETH = {"Inputs!D8": 3100.0, "Positions!M10": 0.00001}  # kraken pays each hour, and its rate is for one
MARK = {"Positions!G9": 61500.0}
ALL = OF_BTC | OF_ETH | MARK | TIMES
SAID = "2 prices, 1 mark and 2 funding rates of 2026-11-29 11:05 UTC and later"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A workbook."""
    folder = tmp_path_factory.mktemp("open")
    (folder / "held.csv").write_text(HELD)
    run("build", folder / "held.csv", "--out", folder / "held.xlsx", "--set=mmr=0.01", "--set=price_time=2026-11-28")
    return folder / "held.xlsx"


@pytest.fixture(scope="module")
def content(made) -> dict[str, Page]:
    """The sheets of the workbook as Excel hands them over."""
    values, formulas = loaded(made, data_only=True), loaded(made)
    return {
        name: Page(
            [[*row] for row in values[name].values],
            [["" if cell is None else str(cell) for cell in row] for row in formulas[name].values],
        )
        for name in ("Inputs", "Positions", "Contracts", "Tiers")
        if name in values.sheetnames
    }


def typed(content: dict[str, Page], cells: dict[str, object]) -> dict[str, Page]:
    """The sheets with other cells: a text that begins with = is a formula whose value is 1."""
    pages = {name: Page([[*row] for row in page.values], [[*row] for row in page.formulas]) for name, page in content.items()}  # fmt: skip
    for address, value in cells.items():
        sheet, _, cell = address.partition("!")
        at = int(cell[1:]) - 1, column_number(cell[0]) - 1
        is_formula = str(value).startswith("=")
        pages[sheet].values[at[0]][at[1]] = 1.0 if is_formula else value
        pages[sheet].formulas[at[0]][at[1]] = "" if value is None else str(value)
    return pages


@pytest.fixture
def press(content, tmp_path):
    """A function that presses the button on the workbook with some cells changed, and returns the cells by address and what is said."""

    def pressed(cells=(), quotes=QUOTES, gaps=()):
        (tmp_path / "market.csv").write_text(quotes)
        found = refreshed(typed(content, dict(cells)), lambda named: Market(read_snapshot(tmp_path / "market.csv", NOON), gaps))  # fmt: skip
        return {f"{put.sheet}!{letters(put.column)}{put.row}": put.value for put in found.cells}, found.told

    return pressed


def without(*texts: str) -> str:
    """The quotes without the lines in which one of some texts stands."""
    return "".join(line for line in QUOTES.splitlines(True) if not any(text in line for text in texts))


STAYS = "; price_time stays, for the prices that are still the old ones"
DOWN = Gap("kraken", "", "did not answer within 20 s")
PRESSED = {  # cells that were changed, quotes, gaps; the cells that are typed, and what is said
    "all is had": ({}, QUOTES, (), ALL, SAID),
    "a formula is left alone and named": (
        {"Inputs!D7": "=MARKET(1)", "Inputs!C38": "=A1"}, QUOTES, (), {k: v for k, v in ALL.items() if k not in ("Inputs!D7", "Inputs!C38")},
        "1 price, 1 mark and 2 funding rates of 2026-11-29 11:05 UTC; left as formulas: Inputs!D7, Inputs!C38",
    ),
    "a venue is down": (
        {}, without("kraken"), (DOWN,), OF_BTC | MARK | {"Inputs!D8": 3100.0} | TIMES,
        "2 prices, 1 mark and 1 funding rate of 2026-11-29 11:05 UTC and later; not had: kraken (did not answer within 20 s)",
    ),
    "an old price stays, and with it the time": (
        {}, without("ETH"), (), OF_BTC | MARK,
        "1 price, 1 mark and 1 funding rate of 2026-11-29 11:05 UTC and later; not had: price of ETH, funding rate of kraken PI_ETHUSD" + STAYS,
    ),
    "no old price stays where none was": (
        {"Inputs!D8": None}, without("ETH"), (), OF_BTC | MARK | TIMES,
        "1 price, 1 mark and 1 funding rate of 2026-11-29 11:05 UTC and later; not had: price of ETH, funding rate of kraken PI_ETHUSD",
    ),
    "rates alone leave the time of the prices": (
        {}, without("price", "mark"), (), {k: v for k, v in (OF_BTC | OF_ETH).items() if k[0] == "P"},
        "0 prices, 0 marks and 2 funding rates of 2026-11-29 11:05 UTC; not had: price of BTC, price of ETH, mark of bybit BTCUSDH27",
    ),
    "what stood there was no price": ({"Inputs!D7": "#N/A", "Inputs!C7": Decimal("50"), "Inputs!C8": None}, QUOTES, (), ALL, SAID),
    "a row with a mistake is passed over": (
        {"Positions!I10": "many"}, QUOTES, (), {k: v for k, v in ALL.items() if k != "Positions!M10"},
        "2 prices, 1 mark and 1 funding rate of 2026-11-29 11:05 UTC and later; not read: Positions row 10, qty: must be a plain number such as 1234.5, with a point and no other separator or sign (got 'many')",
    ),
    "nothing is had": (
        {}, without("61000", "3100", "mark", "rate"), (DOWN, Gap("bybit", "BTCUSD", "mark is not told")), {},
        "No price, mark or funding rate was had; not had: kraken (did not answer within 20 s), bybit BTCUSD (mark is not told), "
        "price of BTC, price of ETH, mark of bybit BTCUSDH27",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "quotes", "gaps", "puts", "told"), PRESSED.values(), ids=[*PRESSED])
def test_what_is_typed_and_said(press, cells, quotes, gaps, puts, told):
    assert press(cells, quotes, gaps) == (puts, told)


def test_none_of_these_cells_is_locked(made):
    book = loaded(made)
    locked = {address: book[address.split("!")[0]][address.split("!")[1]].protection.locked for address in ALL}
    assert locked == dict.fromkeys(ALL, False)


def test_a_long_message_is_cut_to_what_a_box_shows(press):
    _, told = press(gaps=[Gap("bybit", f"C{i}", "x" * 150) for i in range(9)])
    assert len(told) == LONGEST and told.endswith(" ...")
    _, told = press(gaps=[Gap("bybit", f"C{i}", "x") for i in range(10)])
    assert "C7 (x), and 2 more" in told


REFUSED = {
    "this workbook has no sheet Positions: xlhedge has not made it, or the sheet was renamed": lambda pages: pages.pop("Positions"),
    "Inputs: is laid out by another version of xlhedge or was rearranged: it lacks Settings": lambda pages: pages["Inputs"].values[12].__setitem__(0, "Rules"),
    "Inputs row 20, margin_buffer: must be >= 0 and <= 10, such as 0.2 or 20% (got -1)": lambda pages: pages["Inputs"].values[19].__setitem__(2, -1.0),
}  # fmt: skip


@pytest.mark.parametrize(("told", "change"), REFUSED.items(), ids=[*REFUSED])
def test_a_workbook_that_cannot_be_read_is_one_sentence(content, told, change):
    pages = typed(content, {})
    change(pages)
    assert refreshed(pages, lambda named: pytest.fail("no venue is asked")) == (f"Nothing was changed: {told}", ())


def test_the_venues_are_asked_and_one_that_is_down_costs_no_other(content):
    """The index of BTC is bybit's, that of ETH OKX's: kraken answers with an error. The server has no BTCUSDH27."""
    pages = typed(content, {"Positions!A9": None, "Positions!B9": None})
    for column in "CFGIJKL":
        pages = typed(pages, {f"Positions!{column}9": None})
    with serving() as server:
        server.faults["kraken"] = FAULTS["500"]
        found = refreshed(pages, lambda named: of_market(named, server.base, 0.01))
    puts = {f"{put.sheet}!{letters(put.column)}{put.row}": put.value for put in found.cells}
    assert puts | {"Inputs!C34": 0, "Inputs!C38": 0} == {
        "Inputs!D7": 60000.0, "Inputs!D8": 3000.0, "Positions!M8": 0.0001, "Inputs!C34": 0, "Inputs!C38": 0,
    }  # fmt: skip
    assert found.told.startswith("2 prices, 0 marks and 1 funding rate of 20")
    assert "; not had: kraken (" in found.told and found.told.count("kraken") == 1


def test_without_ccxt_the_snapshot_of_the_market_is_read(content, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ccxt", None)
    monkeypatch.delenv("XLHEDGE_CONTRACTS", raising=False)
    monkeypatch.delenv(FILE, raising=False)
    needs = 'Nothing was changed: this needs ccxt: pip install "xlhedge[live]"; or set XLHEDGE_MARKET to a snapshot of the market'  # fmt: skip
    assert refreshed(content) == (needs, ())
    (tmp_path / "desk.csv").write_text(QUOTES.replace("2026-11-29T11", "2025-11-29T11"))
    monkeypatch.setenv(FILE, str(tmp_path / "desk.csv"))
    assert refreshed(content).told == SAID.replace("2026", "2025") + " from desk.csv (no venue is asked without ccxt)"
    (tmp_path / "desk.csv").write_text(QUOTES.replace("61000", "-1"))
    assert "desk.csv row 2, value: price must be a number > 0 USD/coin (got '-1')" in refreshed(content).told


PREPARE = """Public Sub Prepare()
    Dim cells(3, 3) As Variant
    cells(0, 0) = "told"
    cells(1, 0) = "Inputs": cells(1, 1) = 2: cells(1, 2) = 3: cells(1, 3) = 61000.5
    cells(2, 0) = "Positions": cells(2, 1) = 4: cells(2, 2) = 2: cells(2, 3) = "desk"
    cells(3, 0) = ""
    Answer = cells
End Sub
"""
BEGIN = (
    'ActiveSheet.Name = "Inputs"', 'Worksheets.Add.Name = "Positions"', 'Worksheets("Inputs").Range("A2").Value = "BTC"',
    'Worksheets("Inputs").Range("B2").Formula = "=1+1"', "Prepare",
)  # fmt: skip
END = ("XlhedgeRefreshPrices Nothing", 'Worksheets("Positions").Range("Z1").Value = Asked & Application.Calculation')


@pytest.fixture
def excel():
    """A function that presses the button after lines of VBA: cells, what is said, what Python was asked."""
    host = VbaHost('UBound(given) & " " & given(0)(2, 1) & " " & given(1)(2, 2) & " " & IsEmpty(given(4))', PREPARE)

    def pressed(*lines: str):
        (told,) = host.run(*BEGIN, *lines, *END)
        cells = host.value("Inputs", "C2"), host.value("Positions", "B4"), host.value("Inputs", "B2")
        return cells, told, host.value("Positions", "Z1")

    return pressed


AUTOMATIC = "-4105"
"""xlCalculationAutomatic."""


def test_the_vba_hands_over_and_types(excel):
    cells, told, asked = excel()
    assert cells == (61000.5, "desk", 2) and told == "told"
    assert asked == f"xlhedge.hosts.excel.buttons.refresh_prices 7 BTC =1+1 True{AUTOMATIC}"


VBA = {
    "a protected sheet": ('Worksheets("Inputs").Protect', "Nothing was changed: Inputs is protected, and its cell C2 is locked."),
    "Python does not start": ("Ends = True", NO_PYTHON),
}  # fmt: skip


@pytest.mark.parametrize(("line", "told"), VBA.values(), ids=[*VBA])
def test_the_vba_changes_nothing_where_it_cannot(excel, line, told):
    cells, said, _ = excel(line)
    assert cells == (None, None, 2) and said == told
