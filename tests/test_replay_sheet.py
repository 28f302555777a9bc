"""The Replay sheet against HEDGE_REPLAY on the same history, as shipped and pasted, in LibreOffice."""

import math

import numpy as np
import pytest
from one_sheet import address, write_sample
from openpyxl import load_workbook

import xlhedge
from xlhedge.workbook.sheets.example_history import SHIPPED, example_history
from xlhedge.workbook.sheets.replay import ROWS, TABLE_ROW

FIRST = TABLE_ROW + 2
HISTORIES = {
    "falls and comes back": [60_000 * (1 - 0.5 * math.sin(i / 10)) for i in range(60)],
    "rally that liquidates": [60_000 * 1.04**i for i in range(40)],
    "flat": [60_000.0] * 10,
    "every row used": [60_000 * (1 + 0.2 * math.sin(i)) for i in range(ROWS)],
    "two rows": [60_000.0, 50_000.0],
}
COLUMNS = {"unhedged": "unhedged", "hedged": "hedged", "qty": "qty", "funding": "funding coin", "left": "margin account, PnL included", "used": "margin ratio", "trade": "re-hedge"}  # fmt: skip


def near(expected, tolerance=1e-9):
    return pytest.approx(expected, rel=tolerance, abs=tolerance)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    path = tmp_path_factory.mktemp("replay") / "replay.xlsx"
    return path, write_sample(path).parts


def set_input(book, built, name: str, value) -> None:
    workbook = load_workbook(built[0])
    place = workbook.defined_names[f"replay_{name}"].attr_text.split("!")[1].replace("$", "")
    book.set("Replay", place, value)


def paste(book, prices, rates) -> None:
    """Paste a history over the typed columns; the rest is blank."""
    for i in range(ROWS):
        price, rate = (prices[i], rates[i]) if i < len(prices) else (None, None)
        book.set("Replay", f"A{FIRST + i}", None if price is None else float(i))
        book.set("Replay", f"B{FIRST + i}", price)
        book.set("Replay", f"C{FIRST + i}", rate)
    book.recalculate()


def replayed(prices, rates, band: float = 0.02, ratio: float = 0.2, margin: float = 5.0):
    times = list(range(len(prices)))
    table = xlhedge.hedge_replay(times, prices, rates, 50, ratio, ratio - band, ratio + band, 0.00055, margin, 0.005)
    return {header: [float(value) for value in table[header]] for header in (*COLUMNS.values(), "liquidated")}


def test_shipped_history_is_the_same_every_time():
    history = example_history(60_000.0)
    assert history == example_history(60_000.0) and len(history) == SHIPPED and history[0][:2] == (0.0, 60_000.0)
    moves = np.diff(np.log([price for _, price, _ in history]))
    assert moves.std() * math.sqrt(365) == pytest.approx(0.6, rel=0.15)
    assert any(rate < 0 for _, _, rate in history) and np.mean([rate for _, _, rate in history]) > 0


def test_shipped_path_is_hedge_replay(built):
    path = built[1]["path"]
    _, prices, rates = zip(*example_history(60_000.0))
    expected = replayed(prices, rates)
    for name, header in COLUMNS.items():
        found = getattr(path, name).value[: SHIPPED - 1, 0, 0]
        assert found.tolist() == near(expected[header][1:]), name
        assert np.isnan(getattr(path, name).value[SHIPPED - 1 :].astype(float)).all()
    events = path.event.value[:, 0, 0].tolist()
    trades = sum(trade != 0 for trade in expected["re-hedge"][1:])
    assert events.count("re-hedged") == built[1]["replay"].rehedges.value.item() == trades > 0
    assert events[SHIPPED - 1 :] == [""] * (ROWS - SHIPPED)


@pytest.mark.parametrize("name", HISTORIES)
@pytest.mark.parametrize("band", [0.0, 0.03, 10.0])
def test_pasted_history_is_hedge_replay(calc, built, name, band):
    path, parts = built
    prices, out, columns = HISTORIES[name], parts["replay"], parts["path"]
    rates = [0.001 * math.cos(i) for i in range(len(prices))]
    with calc.open(path) as book:
        for side in ("below", "above"):
            set_input(book, built, side, band)
        paste(book, prices, rates)
        cells = book.cells("Replay")
    expected = replayed(prices, rates, band)
    for column, header in COLUMNS.items():
        found = [cells[address(getattr(columns, column), i)] for i in range(len(prices) - 1)]
        assert found == near(expected[header][1:]), column
        rest = [cells.get(address(getattr(columns, column), i)) for i in range(len(prices) - 1, ROWS - 1)]
        assert not any(rest), column
    is_gone = bool(expected["liquidated"][-1])
    assert cells[address(out.liquidated)] is is_gone
    assert cells[address(out.end_hedged)] == near(expected["hedged"][-1])
    assert is_gone == (name == "rally that liquidates")


def test_statistics_are_numpy(built):
    out = built[1]["replay"]
    _, prices, rates = zip(*example_history(60_000.0))
    table = replayed(prices, rates)
    values = {name: np.array(table[name]) for name in ("unhedged", "hedged", "funding coin")}
    returns = {name: values[name][1:] / values[name][:-1] - 1 for name in ("unhedged", "hedged")}
    for name in ("unhedged", "hedged"):
        assert getattr(out, f"volatility_{name}").value.item() == near(returns[name].std(ddof=1) * math.sqrt(365))
        falls = values[name] / np.maximum.accumulate(values[name]) - 1
        assert getattr(out, f"fall_{name}").value.item() == near(falls.min())
        assert getattr(out, f"end_{name}").value.item() == near(values[name][-1])
    assert out.effectiveness.value.item() == near(xlhedge.hedge_effectiveness(returns["unhedged"], returns["hedged"]))
    assert out.funding.value.item() == near(values["funding coin"].sum())
    assert out.funding_usd.value.item() == near(values["funding coin"] @ np.array(prices))
    assert out.steps.value.item() == SHIPPED - 1 and out.unread.value.item() == 0


def test_short_histories_leave_no_error(calc, built):
    path, out = built[0], built[1]["replay"]
    with calc.open(path) as book:
        for prices in ([], [60_000.0], [60_000.0, 61_000.0], [60_000.0] * 5):
            paste(book, prices, [0.0] * len(prices))
            cells = book.cells("Replay")
            assert [a for a, value in cells.items() if isinstance(value, str) and value.startswith(("#", "Err"))] == []
            assert cells[address(out.steps)] == max(len(prices) - 1, 0)


def test_rows_after_a_gap_are_not_read_and_told(calc, built):
    path, out = built[0], built[1]["replay"]
    with calc.open(path) as book:
        paste(book, [60_000.0, 61_000.0, None, 62_000.0, 63_000.0], [0.0] * 5)
        assert [book.get("Replay", address(cell)) for cell in (out.steps, out.unread)] == [1, 2]
        assert book.get("Replay", address(out.end_unhedged)) == near(50 * 61_000)
