"""The template workbooks in the repository: sound, and recalculated by LibreOffice."""

import re

import pytest
from ooxml import validate
from refresh import ROOT, TEMPLATES
from test_referee import differences

from xlhedge.ooxml.lint import lint

NATIVE = ROOT / TEMPLATES["native"]


@pytest.mark.parametrize("name", TEMPLATES.values())
def test_lint_and_validator_are_quiet(name):
    assert lint(ROOT / name) == [] and validate(ROOT / name) == []


def test_the_native_template_recalculates(calc):
    path = NATIVE
    with calc.open(path) as book:
        book.recalculate()
        assert differences(path, book) == []


def row_of(book, scenario: str) -> int:
    """The row of a scenario on Stress."""
    return next(int(address[1:]) for address, text in book.cells("Stress").items() if text == scenario)


def test_asset_20_and_a_stress_need_no_formula_edited(calc):
    """Typed into blank rows over UNO: the last row of the holdings, and a scenario below the shipped ones."""
    with calc.open(NATIVE) as book:
        value, crash = book.get("Allocation", "D26"), row_of(book, "Crash")
        for address, typed in {"A26": "SOL", "B26": "coin", "C26": 1000.0, "D26": 150.0}.items():
            book.set("Inputs", address, typed)
        rows = book.cells("Stress")
        first_blank = next(r for r in range(20, 70) if rows.get(f"A{r}") is None and rows.get(f"H{r}") == "")
        book.set("Stress", f"A{first_blank}", "SOL to nothing")
        book.set("Stress", f"AJ{first_blank}", -0.99)
        book.recalculate()
        assert book.get("Allocation", "D26") == value + 150_000
        assert book.get("Allocation", "A25") == "SOL" and book.get("Allocation", "D25") == 150_000
        assert book.get("Stress", f"I{first_blank}") == pytest.approx(-148_500, rel=1e-9)
        assert book.get("Stress", f"P{first_blank}") == "a coin has no move", "nothing says how far the others do"
        lost = book.get("Stress", f"I{crash}")
        assert book.get("Checks", "F3") is True
        book.set("Stress", f"AJ{crash}", 0.0)
        book.recalculate()
        assert book.get("Stress", f"I{crash}") - lost == pytest.approx(75_000, rel=1e-9), "it fell with the others"


def letter_and_row(address: str) -> tuple[str, int]:
    """The letters and the row of an address."""
    letters, row = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()
    return letters, int(row)


def test_a_log_typed_into_monitor_needs_no_formula_edited(calc):
    """Two sells, funding received, half bought back, funding paid; the results by hand."""
    rows = [
        {"Fill": -600_000.0, "Price": 60_000.0, "Fee": 0.006}, {"Fill": -300_000.0, "Price": 45_000.0, "Fee": 0.004},
        {"Price": 50_000.0, "Funding": 0.01}, {"Fill": 450_000.0, "Price": 50_000.0, "Fee": 0.0054, "Note": "half"},
        {"Price": 52_000.0, "Funding": -0.002},
    ]  # fmt: skip
    with calc.open(NATIVE) as book:
        before, formulas = book.cells("Monitor"), book.formulas("Monitor")
        start = max(int(address[1:]) for address, text in before.items() if text == "Before the log")
        columns = {before[f"{letter}{start - 2}"]: letter for letter in "BCDEFGHIJ"}
        headers = ["Position", "Time", "Type", "Fill", "Price", "Fee", "Funding", "Margin moved", "Note"]
        assert list(columns) == headers
        position = next(text for text in before.values() if str(text).startswith("BTC "))
        for row, typed in enumerate(rows, start + 1):
            for header, letter in columns.items():
                assert f"{letter}{row}" not in formulas
                book.set("Monitor", f"{letter}{row}", (typed | {"Position": position}).get(header))
        column, row = next(
            (letter_and_row(address) for address, text in before.items() if text == "Price now, or blank")
        )  # fmt: skip
        assert f"{column}{row + 2}" not in formulas
        book.set("Monitor", f"{column}{row + 2}", 40_000.0)
        book.recalculate()
        cells = book.cells("Monitor")
    found = {(text, cells.get(f"{column}{row + 1}")): cells.get(f"{column}{row + 2}") for address, text in cells.items()
             for column, row in [letter_and_row(address)] if row < start - 2}  # fmt: skip
    entry = 900_000 / (600_000 / 60_000 + 300_000 / 45_000)  # the harmonic average: 54,000
    expected = {
        ("Qty", "USD"): -450_000, ("Average entry; the price used when flat", "USD/coin"): entry,
        ("Realised PnL, before fees", "coin"): 450_000 / 50_000 - 450_000 / entry,
        ("Unrealised PnL", "coin"): 450_000 / 40_000 - 450_000 / entry, ("Fees paid", "coin"): 0.0154,
        ("Funding received", "coin"): 0.008,
        ("Funding received, at its own prices", "USD, or blank"): 0.01 * 50_000 - 0.002 * 52_000,
    }  # fmt: skip
    assert {label: found[label] for label in expected} == pytest.approx(expected, rel=1e-9)
    reads = [cells.get(f"A{row}") for row in range(start + 1, start + 7)]
    assert reads == ["fill", "fill", "funding", "fill", "funding", ""]
