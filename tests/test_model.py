"""The model as finance readers want it: no constants in formulas, one formula a block, checks that can turn red."""

import math
import re

import pytest
from books import SAMPLES, Cells, template_model, write_template

from xlhedge.contracts import rows_table
from xlhedge.functions.margin import NOISE
from xlhedge.intake import read_portfolios
from xlhedge.portfolio.hedge import HedgeContract
from xlhedge.workbook.sheets.accounts import FAR
from xlhedge.template import ROOM
from xlhedge.workbook.file.writer import write
from xlhedge.ooxml.lint import lint
from xlhedge.workbook.model import build_model, failed_checks

# 0 and 1, hours a day, days and hours of a month of 30 days, hours and days a year; 0.5, 2 and 4 belong to rounding, to sizes squared and to the quadratic of
# the slope method; 6 is the number of digits to which counts of contracts are exact. The example of LIQ_PROBABILITY has the
# root of 2 pi and the largest exponent that EXP takes without overflow. NOISE is what binary arithmetic leaves of an equity.
ALLOWED = {
    NOISE,
    FAR,  # how far below now a price stands for none, where the tier there is looked up
    0.0,
    1.0,
    24.0,
    30.0,
    720.0,
    100.0,
    365.0,
    8760.0,
    0.5,
    2.0,
    3.0,
    4.0,
    6.0,
    13.0,  # digits of a probability, which machines do not reckon alike further on
    700.0,
    math.sqrt(2 * math.pi),
}
NUMBER = re.compile(r"(?<![A-Za-z_$.\d])\d+\.?\d*(?:E[+-]?\d+)?(?![A-Za-z_(!:])")


@pytest.fixture(scope="module")
def books():
    portfolios = [read_portfolios(SAMPLES / name)[0][0] for name in ("btc-50.csv", "drift-85-15.csv", "six-assets.csv")]
    return [*map(build_model, portfolios), template_model()]


def test_no_constants_in_formulas(books):
    found = set()
    for book in books:
        for sheet, formulas in book.formulas().items():
            for address, text in formulas.items():
                bare = re.sub(r'"[^"]*"|\'[^\']*\'!', "", text)
                found |= {(sheet, address, number) for number in NUMBER.findall(bare) if float(number) not in ALLOWED}
    assert not found, sorted(found)[:10]


def relative(text: str, row: int, column: int) -> str:
    """A formula with its relative references as offsets from its own cell."""

    def offset(match: re.Match) -> str:
        if match[2] and match[4]:
            return match[0]
        number = sum((ord(c) - 64) * 26**i for i, c in enumerate(reversed(match[3])))
        return f"{match[3] if match[2] else f'C[{number - column}]'}{match[5] if match[4] else f'R[{int(match[5]) - row}]'}"

    return re.sub(r"((\$?)([A-Z]{1,3})(\$?)(\d+))(?![\d(])", offset, text)


def test_one_formula_a_block(books):
    for book in books:
        for sheet in book.sheets.values():
            for block in (b for b in sheet.blocks if b.node is not None and max(b.shape) > 1):
                rows, columns = block.shape
                forms = {
                    relative(block.formula(book.mode, sheet.name, i, j), block.row + i, block.column + j)
                    for i in range(rows) for j in range(columns)
                }  # fmt: skip
                assert len(forms) == 1, (sheet.name, block.row, block.column, sorted(forms)[:2])


def test_every_number_has_a_format_and_every_table_column_a_unit(books):
    for book in books:
        for sheet in book.sheets.values():
            headers = {
                (b.row, b.column): b.values.flat[0] for b in sheet.blocks if b.style.role == "header" and b.node is None
            }
            units = {(b.row, b.column) for b in sheet.blocks if b.style.role == "unit"}
            for block in sheet.blocks:
                if block.node is not None and block.shape[0] > 1 and (block.row - 2, block.column) in headers:
                    assert (block.row - 1, block.column) in units, (sheet.name, headers[block.row - 2, block.column])
            for table in sheet.tables:  # the headers of a table object tell themselves what is in USD
                for block in sheet.blocks:
                    if block.row == table.row + 1 and block.style.format in ("usd", "usd2", "price"):
                        assert "USD" in headers[table.row, block.column], (sheet.name, table.name)


def test_every_input_is_validated_or_free_text(books):
    """A typed number that formulas read has a rule; text and lists of scenario moves say what they are."""
    loose = [
        (name, b.row, b.column) for name in ("Inputs", "Positions") for b in books[3].sheets[name].blocks
        if b.style.role == "input" and not b.rule and b.style.format not in ("text", "time")
    ]  # fmt: skip
    assert loose == []


HEAD = "asset,coins,price,target_weight,hedge_ratio,venue,contract,qty,entry,margin,leverage,face,mmr\n"
SHORT = "BTC,50,60000,,0.2,bybit,BTCUSD,,,{},100,,\n"
BROKEN = [  # check, holdings, settings, and what is changed behind the reader's back
    ("Margin survives the chosen move and adverse funding", SHORT.format(2.5), {}, None),
    ("Margin is at least the initial margin", SHORT.format(0.05), {}, None),
    ("Margin lasts through adverse funding", SHORT.format(3.6), {"adverse_funding_rate": "0.005"}, None),
    ("No asset is over-hedged", "BTC,5,60000,,,bybit,BTCUSD,-600000,60000,5,100,,\n", {"band": "1"}, None),
    ("Prices are fresh, where their time is given", SHORT.format(5),
     {"price_time": "2026-01-01", "as_of": "2026-01-03", "price_hours": "24"}, None),
    ("Coins and prices are all numbers", SHORT.format(5), {"scenario_asset": "BTC"}, ("coins", None)),
    ("Inputs are within their ranges", SHORT.format(5), {}, ("hedge_ratio", 3.0)),
    ("Targets add up to at most 1; what is missing is the cash sleeve", SHORT.format(5).replace(",,0.2", ",1,"), {}, ("target_weight", 1.5)),
    ("Margin is not more than the wallet can hold", SHORT.format(5), {}, ("margin", 60.0)),
    ("Portfolio has a value", SHORT.format(0), {}, ("coins", 0.0)),
]  # fmt: skip


@pytest.mark.parametrize("check,holdings,settings,change", BROKEN, ids=[row[0] for row in BROKEN])
def test_every_check_turns_red(tmp_path, check, holdings, settings, change):
    (tmp_path / "h.csv").write_text(HEAD + holdings)
    portfolios, errors = read_portfolios(tmp_path / "h.csv", overrides=settings)
    assert errors == []
    if change:  # a row that is a holding and a position is one record
        setattr(portfolios[0].holdings[0].values, *change)
    assert check in failed_checks(build_model(portfolios[0]))


ON_CONTRACTS = [  # contract, facts of one's own, check
    (("bybit", "BTCUSD"), {"cap": 0.01}, "Maintenance rates hold at these sizes"),
    (None, {}, "Every position has a contract whose face is known"),
    (("own", "future"), {}, "Every position has a contract whose face is known"),
    (("htx", "BTC-USD"), {}, "The maintenance rate of every contract is known"),
    (("phemex", "BTCUSD"), {}, "The liquidation method of every contract is known"),
]  # fmt: skip


@pytest.mark.parametrize("contract,facts,check", ON_CONTRACTS)
def test_checks_on_contract_figures_turn_red(tmp_path, contract, facts, check):
    (tmp_path / "h.csv").write_text(HEAD + "BTC,50,60000,,0.2,bybit,BTCUSD,-600000,60000,5,100,,\n")
    portfolio = read_portfolios(tmp_path / "h.csv")[0][0]
    position = portfolio.positions[0]._replace(hedge=HedgeContract(*contract or (None, None)))
    table = rows_table({"venue": "bybit", "symbol": "BTCUSD", "field": f, "value": v} for f, v in facts.items())
    assert check in failed_checks(build_model(portfolio._replace(positions=(position,), contracts=table)))


@pytest.mark.parametrize("mode", ["native", "addin", "lambda"])
def test_the_template_is_sound_and_input_again(tmp_path, mode):
    path = tmp_path / "template.xlsx"
    write_template(path, mode)
    assert lint(path) == [] and failed_checks(template_model(mode)) == []
    portfolios, errors = read_portfolios(path)
    assert errors == [] and [h.values.asset for h in portfolios[0].holdings] == ["BTC", "ETH"]
    write(build_model(portfolios[0], mode, ROOM), tmp_path / "again.xlsx")
    first, again = Cells(path), Cells(tmp_path / "again.xlsx")
    assert first.book.sheetnames[-1] == "About"  # which names the file
    for page in first.book.worksheets[:-1]:
        assert values(page) == values(again.book[page.title]), page.title


def values(page) -> list[list]:
    """The values of a sheet, but for the line that names the source file."""
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    return [row for row in rows if not str(row[0]).startswith("xlhedge ")]
