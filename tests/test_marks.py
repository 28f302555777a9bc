"""What the sheets say of themselves: links from checks, the first failing line in the flag, marks of examples and of old facts."""

import csv
import datetime
import io
import json
import re

import pytest
from batches import batch
from books import SAMPLES, build_text, loaded
from click.testing import CliRunner

from xlhedge import cli, plan
from xlhedge.intake import read_portfolios
from xlhedge.nodes import letters
from xlhedge.workbook.model import build_model, checked
from xlhedge.workbook.position_rows import KEYS

HEAD = "asset,coins,price,hedge_ratio,venue,contract,margin,qty,entry\n"
SHORT_OF_MARGIN = HEAD + "USDT,1000000,,,,,,,\nETH,100,3000,20%,bybit,BTCUSD,,,\n"
TWO = HEAD + "ETH,500,3000,20%,deribit,ETH-PERPETUAL,,,\nBTC,50,60000,20%,bybit,BTCUSD,1,-600000,60000\n"


def row_of(page, label: str, column: int = 1) -> int:
    return next(r for r in range(1, page.max_row + 1) if page.cell(r, column).value == label)


def test_a_failing_check_names_and_links_to_what_fails(tmp_path):
    """1 BTC posted for 10 BTC short: the second position of two, on the row that the link goes to."""
    book = build_text(tmp_path, TWO)
    page, formulas = book.book["Checks"], loaded(book.path)["Checks"]
    row = row_of(page, "Margin survives the chosen move and adverse funding")
    assert [page.cell(row, column).value for column in (6, 8, 9)] == [False, "BTC bybit BTCUSD", "go"]
    text = formulas.cell(row, 9).value
    sheet, start = re.search(r"INDEX\('?([^'!]+)'?!\$[A-Z]+\$(\d+):", text).groups()
    labels = [book.book["Positions"].cell(r, 17).value for r in range(1, 20)]
    offset = [label for label in labels[labels.index("ETH deribit ETH-PERPETUAL") :] if label].index("BTC bybit BTCUSD")
    assert sheet == "Hedge plan" and book.book[sheet].cell(int(start) + offset, 1).value == "BTC bybit BTCUSD"
    assert f'HYPERLINK("#{"Hedge plan"!r}!' in text
    for name in ("Inputs", "Hedge plan", "Stress"):  # the flag of each sheet names the first failing line
        top = [cell.value for cell in book.book[name][1] if cell.value]
        assert top[-2:] == ["see Checks:", "Margin survives the chosen move and adverse funding"]


def test_nothing_failing_names_nothing(tmp_path):
    page = build_text(tmp_path, HEAD + "BTC,50,60000,20%,bybit,BTCUSD,,,\n").book["Checks"]
    told = [[page.cell(row, column).value for column in (6, 8, 9)] for row in range(7, 40) if page.cell(row, 1).value]
    assert told and all(passes is True and not subject and not link for passes, subject, link in told)


def test_the_example_of_replay_is_marked_until_it_is_replaced(tmp_path, calc):
    book = build_text(tmp_path, HEAD + "BTC,50,60000,20%,bybit,BTCUSD,,,\n")
    assert [cell.value for cell in book.book["Replay"][2] if cell.value][-1] == "EXAMPLE"
    page = book.book["Replay"]
    place = next(cell.coordinate for cell in page[2] if cell.value == "EXAMPLE")
    first = row_of(page, "Day or time") + 2
    with calc.open(book.path) as document:
        document.set("Replay", f"C{first + 3}", 0.0007)
        assert not document.get("Replay", place)


@pytest.mark.parametrize(("days", "told"), [("100", "BTC bybit BTCUSD"), ("36500", "")])
def test_facts_older_than_the_setting(tmp_path, days, told):
    """What is known of bybit BTCUSD is as of June 2024 at its oldest; the prices are of November 2026."""
    (tmp_path / "h.csv").write_text(HEAD + "BTC,50,60000,20%,bybit,BTCUSD,,,\n")
    given = {"price_time": "2026-11-20", "fact_days": days}
    (portfolio,), _ = read_portfolios(tmp_path / "h.csv", overrides=given)
    line = next(
        each for each in checked(build_model(portfolio)) if each.name == "What is known of the contracts is not old"
    )
    assert (line.subject, line.passed, line.severity) == (told, not told, "amber")


def test_old_prices_are_told_by_a_colour_by_check_and_by_build(tmp_path, monkeypatch):
    book = build_text(tmp_path, HEAD + "BTC,50,60000,20%,bybit,BTCUSD,,,\n", price_time="2026-11-20 08:00")
    page = loaded(book.path)["Inputs"]
    cell = page.cell(row_of(page, "Price time"), 3).coordinate
    rules = {
        str(area.sqref): [rule.formula for rule in rules]
        for area, rules in page.conditional_formatting._cf_rules.items()
    }
    limit = (
        loaded(book.path).defined_names["price_hours"].attr_text.removeprefix("Inputs!")
    )  # of the same sheet, for Google
    assert rules[cell] == [[f"AND(ISNUMBER({cell}),(NOW()-{cell})*24>{limit})"]]
    for hours, says in ((23, ""), (49, "they are 49 hours old, of at most 24")):
        monkeypatch.setattr(
            plan, "now", lambda h=hours: datetime.datetime(2026, 11, 20, 8) + datetime.timedelta(hours=h)
        )
        for told in (["check", str(book.path)], ["build", str(book.path), "--out", str(tmp_path / f"{hours}.xlsx")]):
            result = CliRunner().invoke(cli.main, told)
            assert result.exit_code == 0 and ("hours old" in result.output) == bool(says) and says in result.output


def test_a_contract_larger_than_its_hedge_is_told(tmp_path):
    """20 % of 0.001 BTC are 12 USD, and a contract of okx is of 100: nothing is traded, which is said."""
    (tmp_path / "h.csv").write_text(HEAD + "BTC,0.001,60000,20%,okx,BTC-USD,,,\n")
    (portfolio,), _ = read_portfolios(tmp_path / "h.csv", overrides={"mmr": "0.01"})
    failing = {line.name: line.subject for line in checked(build_model(portfolio)) if not line.passed}
    assert failing["No contract is larger than the hedge that it is for"] == "BTC okx BTC-USD"


@pytest.mark.parametrize("sample", ["six-assets", "miner", "dao", "fund"])
def test_batch_writes_the_positions_that_plan_prints(tmp_path, sample):
    settings = SAMPLES / f"{sample}.settings.csv"
    given = ["--settings", settings] if settings.exists() else []
    batch(SAMPLES / f"{sample}.csv", "--out", tmp_path / "out", "--jobs", 1, *given)
    rows = list(csv.reader(io.StringIO((tmp_path / "out/positions.csv").read_text("utf-8-sig"))))
    printed = CliRunner().invoke(cli.main, ["plan", str(SAMPLES / f"{sample}.csv"), "--json", *map(str, given)])
    positions = json.loads(printed.stdout)["positions"]
    assert rows[0] == ["portfolio", *KEYS] == ["portfolio", *positions[0]] and len(rows) == len(positions) + 1
    for row, position in zip(rows[1:], positions):
        told = ["" if value is None else str(value) for value in position.values()]
        assert row[1:] == told


@pytest.mark.parametrize("mode", ["native", "addin", "lambda"])
def test_a_column_of_formulas_is_that_of_its_cells(mode):
    """Every formula of a workbook as its own cell renders it."""
    settings = SAMPLES / "fund.settings.csv"
    (portfolio,), _ = read_portfolios(SAMPLES / "fund.csv", settings)
    book, count = build_model(portfolio, mode), 0
    for sheet in book.sheets.values():
        for block in sheet.blocks:
            if block.node is None:
                continue
            for i, row in enumerate(block.formulas(mode, sheet.name)):
                for j, text in enumerate(row):
                    assert text == block.formula(mode, sheet.name, i, j), (
                        f"{sheet.name}!{letters(block.column + j)}{block.row + i}"
                    )
                    count += 1
    assert count > 5000
