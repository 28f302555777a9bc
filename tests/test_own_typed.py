"""What is typed on Monitor, Compare and Replay of a workbook is there again when a new one is built from it."""

import datetime
import math
from pathlib import Path

import pytest
from books import SAMPLE_FILES, build_sample, loaded, write_template
from openpyxl import load_workbook
from test_referee import differences
from test_stamp import unlike

from xlhedge.intake import read_portfolios
from xlhedge.nodes import letters
from xlhedge.workbook.file.stamp import stamp
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.model import build_model
from xlhedge.workbook.portfolios import shape

SHEETS = ("Monitor", "Compare", "Replay")
TEMPLATE = Path(__file__).parents[1] / "workbooks/xlhedge-template.xlsx"


def read(path):
    (portfolio,), errors = read_portfolios(path)
    assert not errors
    return portfolio


def edited(source: Path, path: Path, changes: dict) -> Path:
    """A copy of a workbook with values typed over some of its cells."""
    book = load_workbook(source)
    for (sheet, address), value in changes.items():
        book[sheet][address] = value
    book.save(path)
    return path


def cells(path, sheet: str) -> dict[str, object]:
    return {c.coordinate: c.value for row in loaded(path, data_only=True)[sheet] for c in row if c.value is not None}


def address(row: int, column: int) -> str:
    return f"{letters(column)}{row}"


def place(path, sheet: str, text: str) -> tuple[int, int]:
    """Row and column of the first cell with a text."""
    return next((c.row, c.column) for row in loaded(path)[sheet] for c in row if c.value == text)


@pytest.mark.parametrize("number", range(len(SAMPLE_FILES)))
def test_a_workbook_that_nobody_changed_comes_out_the_same(tmp_path, number):
    first = build_sample(number, tmp_path)
    write(build_model(read(first)), tmp_path / "again.xlsx")
    for sheet in SHEETS:
        old, new = cells(first, sheet), cells(tmp_path / "again.xlsx", sheet)
        assert {a: (v, new.get(a)) for a, v in old.items() if new.get(a) != v} == {}, sheet


def test_a_log_typed_into_the_template(tmp_path):
    template = write_template(tmp_path / "template.xlsx")
    log, column = place(template, "Monitor", "Fill")
    rows = [(-300_000, 60_000, None, None, "first"), (-300_000, 50_000, 0.001, 0.01, "+second"), (None,) * 5]
    changes = {("Monitor", address(log + i, column - 3)): "BTC bybit BTCUSD" for i in (3, 4)}
    for i, row in enumerate(rows, log + 3):  # below header, unit, and the row that the log starts from
        for j, value in enumerate(row, column):
            changes["Monitor", address(i, j)] = value
    path = edited(template, tmp_path / "filled.xlsx", changes)
    write(build_model(read(path)), tmp_path / "new.xlsx")
    page = load_workbook(tmp_path / "new.xlsx", data_only=True)["Monitor"]
    log, column = place(tmp_path / "new.xlsx", "Monitor", "Fill")  # there is no need of room for forty positions
    told = [[page.cell(i, j).value for j in range(column, column + 5)] for i in range(log + 3, log + 6)]
    assert told == [list(row) for row in rows]
    assert page.cell(log + 4, column + 4).data_type == "s"
    values = cells(tmp_path / "new.xlsx", "Monitor")
    at = {v: a for a, v in values.items() if isinstance(v, str)}
    entry = page[at["Average entry; the price used when flat"]].offset(2, 0).value
    assert math.isclose(entry, 600_000 / (300_000 / 60_000 + 300_000 / 50_000))  # harmonic, and nothing open before


@pytest.mark.parametrize("header", ["Time", "Fill"])
def test_a_row_of_the_log_with_a_single_text_is_read_as_calc_reads_it(calc, tmp_path, header):
    source = build_sample(0, tmp_path)
    row, column = place(source, "Monitor", header)
    path = edited(source, tmp_path / "typed.xlsx", {("Monitor", address(row + 4, column)): "lunch"})
    write(build_model(read(path)), tmp_path / "new.xlsx")
    with calc.open(tmp_path / "new.xlsx") as book:
        book.recalculate()
        assert (
            differences(tmp_path / "new.xlsx", book) == [] and book.get("Monitor", f"A{row + 4}") == "position unknown"
        )


def test_assumptions_and_a_history_are_kept(tmp_path):
    first = build_sample(0, tmp_path)
    row, column = place(first, "Replay", "High since the row before")[0], 2
    changes = {("Compare", "B7"): 0.004, ("Compare", "B14"): True}
    changes |= {("Replay", address(row + 2 + i, column)): 50_000.0 + i if i < 4 else None for i in range(120)}
    path = edited(first, tmp_path / "filled.xlsx", changes)
    write(build_model(read(path)), tmp_path / "new.xlsx")
    new = cells(tmp_path / "new.xlsx", "Compare")
    assert (new["B7"], new["B14"]) == (0.004, True)
    page = load_workbook(tmp_path / "new.xlsx", data_only=True)["Replay"]
    assert [page.cell(row + 2 + i, column).value for i in range(5)] == [50_000, 50_001, 50_002, 50_003, None]
    steps = place(tmp_path / "new.xlsx", "Replay", "Steps replayed")
    assert page.cell(steps[0], steps[1] + 3).value == 3


def test_an_asset_that_is_no_longer_held_is_refused(tmp_path):
    """Another in its place would take over its log: a position in one asset, priced and margined as the other."""
    first = build_sample(0, tmp_path)
    path = edited(first, tmp_path / "filled.xlsx", {("Replay", "B5"): "GONE", ("Compare", "B5"): "GONE"})
    portfolios, errors = read_portfolios(path)
    assert portfolios == [] and [str(error).removeprefix("filled.xlsx ") for error in errors] == [
        f"{sheet} row 5, Asset: must be an asset of the portfolio: BTC (got 'GONE')" for sheet in ("Compare", "Replay")
    ]


LAID_OUT = "is not on the sheet, which is laid out by another version or was rearranged"


@pytest.mark.parametrize(
    ("sheet", "address", "value", "told"),
    [("Monitor", "A4", "Mine", f"Monitor Typed: {LAID_OUT}"),
     ("Monitor", "A6", "Mine", f"Monitor Re-hedge band above the target: {LAID_OUT}"),
     ("Monitor", "B6", "#DIV/0!", "Monitor row 6, Re-hedge band above the target: is an error value (got '#DIV/0!')"),
     ("Monitor", "E22", "#DIV/0!", "Monitor row 22, Mark now, or blank: is an error value (got '#DIV/0!')"),
     ("Monitor", "F20", "Mine", f"Monitor Margin now, or blank: {LAID_OUT}"),
     ("Compare", "B14", "maybe", "Compare row 14, Coins are taken as its collateral: must be TRUE or FALSE (got 'maybe')"),
     ("Compare", "B7", "x" * 1001,
      "Compare row 7, Fee of a spot trade: must be printable text of at most 1,000 signs (got '{}...)".format("x" * 56)),
     ("Replay", "B6", "=1/20", "Replay row 6, Re-hedge band below the ratio: is a formula that was never calculated (got '=1/20')"),
     ("Replay", "B40", "#N/A", "Replay row 40, Price: is an error value (got '#N/A')"),
     ("Replay", "B158", 1.5,
      "Replay row 158, Price: stands below the last of the 120 rows, which end in row 157: it would be lost (got 1.5)"),
     ("Checks", "D3", "#N/A", "Checks row 3, Tolerance: is an error value (got '#N/A')")],
)  # fmt: skip
def test_mistakes_name_the_cell(tmp_path, sheet, address, value, told):
    first = build_sample(0, tmp_path)
    path = edited(first, tmp_path / "filled.xlsx", {(sheet, address): value})
    portfolios, errors = read_portfolios(path)
    assert portfolios == [] and [str(error) for error in errors] == [f"filled.xlsx {told}"]


def test_filled_in_workbooks_are_stamped_as_they_are_built(tmp_path):
    portfolios = []
    for number, fee in enumerate((0.001, 0.002, None)):
        first = build_sample(0, tmp_path)
        portfolios.append(read(edited(first, tmp_path / f"{number}.xlsx", {("Compare", "B7"): fee})))
    plain = read_portfolios(TEMPLATE.parent / "samples/btc-50.csv")[0][0]
    assert len({shape(portfolio) for portfolio in portfolios}) == 1 and shape(plain) != shape(portfolios[0])
    for portfolio, stamped in zip(portfolios, stamp(portfolios)):
        (tmp_path / "stamped.xlsx").write_bytes(stamped.content)
        write(build_model(portfolio), tmp_path / "built.xlsx")
        for sheet in SHEETS:
            assert cells(tmp_path / "stamped.xlsx", sheet) == cells(tmp_path / "built.xlsx", sheet)


DAY, MORNING = datetime.datetime(2026, 1, 31), datetime.datetime(2026, 1, 31, 8, 20)
HALF_PAST_TWELVE = datetime.time(12, 30)


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    return build_sample(0, tmp_path_factory.mktemp("sample"))


def logged(first: Path, path: Path, cells: list) -> Path:
    """A copy of a workbook with values in Monitor's log, one below the other, each with the header of its column."""
    changes, places = {}, {header: place(first, "Monitor", header) for header in dict(cells)}
    for i, (header, value) in enumerate(cells, 4):
        row, column = places[header]
        changes["Monitor", address(row + i, column)] = value
    return edited(first, path, changes)


@pytest.mark.parametrize(
    ("header", "one", "other"),
    [
        ("Note", 1, True), ("Note", 0, False), ("Note", 1, "1"), ("Note", True, "TRUE"), ("Note", MORNING, "soon"),
        ("Time", MORNING, "soon"), ("Time", HALF_PAST_TWELVE, "soon"), ("Time", MORNING, DAY), ("Time", None, "soon"),
        ("Fill", True, "many"), ("Fill", True, 1), ("Fill", DAY, "many"),
    ],
)  # fmt: skip
def test_no_cell_depends_on_the_workbook_that_is_stamped_beside_it(sample, tmp_path, header, one, other):
    pair = [read(logged(sample, tmp_path / "typed.xlsx", [(header, value)])) for value in (one, other)]
    assert shape(pair[0]) == shape(pair[1])
    alone = [next(stamp([portfolio])).content for portfolio in pair]
    assert [stamped.content == content for stamped, content in zip(stamp(pair), alone)] == [True, True]
    assert [stamped.content == content for stamped, content in zip(stamp(pair[::-1]), alone[::-1])] == [True, True]


LOG = [  # the header of a column, what is typed, what a new workbook has in its place
    ("Time", MORNING, MORNING), ("Time", DAY, DAY), ("Time", HALF_PAST_TWELVE, HALF_PAST_TWELVE),
    ("Time", 5, datetime.datetime(1900, 1, 5)), ("Time", datetime.timedelta(hours=30), datetime.datetime(1900, 1, 1, 6)),
    ("Note", MORNING, "2026-01-31 08:20:00"), ("Note", DAY, "2026-01-31"), ("Note", DAY.date(), "2026-01-31"),
    ("Note", HALF_PAST_TWELVE, "12:30:00"), ("Note", True, True), ("Note", 1, 1), ("Fill", DAY, 46053),
]  # fmt: skip


@pytest.fixture(scope="module", params=[[], [("Time", "soon")]], ids=["dates", "dates beside a text"])
def generations(request, sample, tmp_path_factory) -> list[list]:
    """The cells of the log in a workbook built from one in which it was typed, and in the next one built from that."""
    folder, found = tmp_path_factory.mktemp("generations"), []
    path = logged(sample, folder / "typed.xlsx", [(header, value) for header, value, _ in LOG] + request.param)
    columns = {header: place(path, "Monitor", header) for header, _, _ in LOG}
    for name in ("new.xlsx", "newer.xlsx"):
        portfolio, path = read(path), folder / name
        write(build_model(portfolio), path)
        assert not unlike(path.read_bytes(), next(stamp([portfolio])).content)
        page, places = load_workbook(path)["Monitor"], enumerate((columns[header] for header, _, _ in LOG), 4)
        found.append([page.cell(row + i, column).value for i, (row, column) in places])
    return found


@pytest.mark.parametrize("row", range(len(LOG)), ids=[f"{header} {typed}" for header, typed, _ in LOG])
def test_what_is_typed_into_the_log_is_there_again_and_a_date_among_texts_is_text(generations, row):
    told = LOG[row][2]
    assert [(value, type(value)) for value in (cells[row] for cells in generations)] == [(told, type(told))] * 2
