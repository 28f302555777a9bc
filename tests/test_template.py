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
        value, crash = book.get("Allocation", "D27"), row_of(book, "Crash")
        for address, typed in {"A26": "SOL", "B26": "coin", "C26": 1000.0, "D26": 150.0}.items():
            book.set("Inputs", address, typed)
        rows = book.cells("Stress")
        first_blank = next(r for r in range(20, 40) if rows.get(f"A{r}") is None and rows.get(f"H{r}") is not None)
        book.set("Stress", f"A{first_blank}", "SOL to nothing")
        book.set("Stress", f"AF{first_blank}", -0.99)
        book.recalculate()
        assert book.get("Allocation", "D27") == value + 150_000
        assert book.get("Allocation", "A26") == "SOL" and book.get("Allocation", "D26") == 150_000
        assert book.get("Stress", f"I{first_blank}") == pytest.approx(-148_500, rel=1e-9)
        assert book.get("Stress", f"L{first_blank}") is True, "nothing says how far the other coins move"
        lost = book.get("Stress", f"I{crash}")
        assert book.get("Checks", "F3") is True
        book.set("Stress", f"AF{crash}", 0.0)
        book.recalculate()
        assert book.get("Stress", f"I{crash}") - lost == pytest.approx(75_000, rel=1e-9), "it fell with the others"


def test_a_log_typed_into_monitor_needs_no_formula_edited(calc):
    """Two sells, funding received, half bought back, funding paid; the results by hand."""
    rows = [
        {"Fill": -600_000.0, "Price": 60_000.0, "Fee": 0.006}, {"Fill": -300_000.0, "Price": 45_000.0, "Fee": 0.004},
        {"Price": 50_000.0, "Funding": 0.01}, {"Fill": 450_000.0, "Price": 50_000.0, "Fee": 0.0054, "Note": "half"},
        {"Price": 52_000.0, "Funding": -0.002},
    ]  # fmt: skip
    with calc.open(NATIVE) as book:
        before, formulas = book.cells("Monitor"), book.formulas("Monitor")
        start = next(int(address[1:]) for address, text in before.items() if text == "Before the log")
        columns = {before[f"{letter}{start - 2}"]: letter for letter in "BCDEFGH"}
        assert list(columns) == ["Time", "Fill", "Price", "Fee", "Funding", "Margin moved", "Note"]
        for row, typed in enumerate(rows, start + 1):
            for header, letter in columns.items():
                book.set("Monitor", f"{letter}{row}", typed.get(header))
        price = next(a.replace("A", "B") for a, text in before.items() if str(text).startswith("Price now"))
        book.set("Monitor", price, 40_000.0)
        book.recalculate()
        assert book.formulas("Monitor") == formulas
        cells = book.cells("Monitor")
    found = {(text, cells[f"I{address[1:]}"]): cells[f"H{address[1:]}"] for address, text in cells.items()
             if re.fullmatch(r"E\d+", address) and {f"H{address[1:]}", f"I{address[1:]}"} <= cells.keys()}  # fmt: skip
    entry = 900_000 / (600_000 / 60_000 + 300_000 / 45_000)  # the harmonic average: 54,000
    expected = {
        ("Position", "USD"): -450_000, ("Average entry; the price used when flat", "USD/coin"): entry,
        ("Realised PnL, before fees", "coin"): 450_000 / 50_000 - 450_000 / entry,
        ("Unrealised PnL", "coin"): 450_000 / 40_000 - 450_000 / entry, ("Fees paid", "coin"): 0.0154,
        ("Funding received", "coin"): 0.008,
        ("Funding received, at its own prices", "USD"): 0.01 * 50_000 - 0.002 * 52_000,
    }  # fmt: skip
    assert {label: found[label] for label in expected} == pytest.approx(expected, rel=1e-9)
    reads = [cells.get(f"A{row}") for row in range(start + 1, start + 7)]
    assert reads == ["fill", "fill", "funding", "fill", "funding", ""]
