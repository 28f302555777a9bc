"""What a user types survives: build, fill in, build again, and everything that was typed is there, or a line says why not.

Every cell that may be typed into, on every sheet of the template and of each sample, gets another value in one of the
rounds. What the two workbooks say is read here with openpyxl alone, by the texts that a reader sees.
"""

import datetime
import random
from pathlib import Path
from typing import NamedTuple

import pytest
from books import SAMPLES, SAMPLE_FILES, template_model
from openpyxl import load_workbook
from test_own_typed import edited

from xlhedge.intake import read_portfolios
from xlhedge.nodes import letters
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.grid.cells import Block
from xlhedge.workbook.grid.numbers import DAY_ZERO
from xlhedge.workbook.model import build_model
from xlhedge.workbook.sheets.log import LOG
from xlhedge.workbook.sheets.monitor import OWNED, STARTS
from xlhedge.workbook.sheets.stress import NAMED

ROUNDS = 2
FILES = ["template", *(holdings for holdings, _ in SAMPLE_FILES)]
NO_FIGURE = ("unknown", "tiers", "taker fee", "none")
LISTS = {  # on Scenarios: what a reader sees before the list, and whether it goes down or across
    "Price ladder": ("Move", "down"), "Coins to survive a move against the position, from its entry": ("Move", "down"),
    "Liquidation price for a posted margin": ("Margin", "down"),
    "Heat map in USD: price move (down) and hedge ratio (across), hedged at today's price": ("Move / ratio", "across"),
}  # fmt: skip
MONITOR = ("Positions: ", "Assets: ", "Log: ")
"""What the titles of the tables on Monitor begin with, from the top."""

ON_MONITOR = {field.label for table in (STARTS, OWNED, LOG) for field in table.fields}
BANDS = ("Re-hedge band below the target", "Re-hedge band above the target")

OF_THE_CONTRACT = ("unit", "coin", "expiry")
"""Figures that make another contract: of one that hedges something they stay."""

OF_SCENARIOS = {"Stress": len(NAMED), "Scenario set": 0}
"""The sheets of scenarios, and how many stand there at first."""

TYPED = ("typed", "2019-05")
"""What typed texts and dates begin with."""


class Place(NamedTuple):
    """A cell that may be typed into: its sheet, its address, the block that it belongs to, and the place in it."""

    sheet: str
    row: int
    column: int
    block: Block
    i: int
    j: int

    @property
    def address(self) -> str:
        return f"{letters(self.column)}{self.row}"

    @property
    def value(self):
        value = self.block.value(self.i, self.j, 0)
        return None if value is None or value != value else value


def model(name: str):
    if name == "template":
        return template_model()
    holdings, settings = next(pair for pair in SAMPLE_FILES if pair[0] == name)
    return build_model(read_portfolios(SAMPLES / holdings, settings and SAMPLES / settings)[0][0])


def places(book) -> list[Place]:
    """Every cell that may be typed into."""
    return [
        Place(sheet.name, block.row + i, block.column + j, block, i, j)
        for sheet in book.sheets.values() for block in sheet.blocks if block.style.role in ("input", "memo")
        for i in range(block.shape[0]) for j in range(block.shape[1])
    ]  # fmt: skip


# ---- another value for a cell


def another(place: Place, book, number: int):
    """A value that the cell allows and does not hold; None to leave the cell alone."""
    format, rule, old = place.block.style.format, place.block.rule, place.value
    if place.sheet == "Contracts" and (not _named(place, book) or (place.block.typed == "mmr" and old == "tiers")):
        return None  # spare rows, and a rate in the place of tiers, have tests of their own
    if place.sheet == "Contracts" and place.block.typed in OF_THE_CONTRACT and _is_used(place, book):
        return None  # in another unit the position may be beyond what is known, which is refused
    if place.block.typed == "continues" and (place.i == 0 or place.i >= OF_SCENARIOS[place.sheet]):
        return None  # without a scenario right above it is refused
    if place.sheet == "Monitor" and not _is_held(place, book):
        return None  # beside no position and no asset it is told that it is lost
    if place.sheet == "Contracts" and place.block.typed == "coin":
        return f"T{number}"
    if rule and rule.kind == "list":
        return next(word for word in rule.detail if word != old)
    if rule and rule.kind in ("range", "hint") or place.block.typed == "key":
        return None  # the next test
    if place.sheet == "Tiers" and not (old if place.block.typed == "start" else _named(place, book)):
        return None  # the lowest tier begins at 0; spare rows have a test of their own
    if format == "flag":
        return not old
    if format == "time":
        return datetime.datetime(2026, 1, 1) + datetime.timedelta(hours=number % 5000)
    if format == "date":
        return datetime.datetime(2099, 1, 1) + datetime.timedelta(
            days=number % 5000
        )  # no hedge is opened where trading ended
    if place.block.typed == "as_of" and place.sheet in ("Contracts", "Tiers"):
        return f"{TYPED[1]}-{number % 28 + 1:02}"
    if format == "text":
        return f"{TYPED[0]} {number}"
    if place.block.typed == "cap":
        return 1e9 + number  # a position beyond what is known is refused
    if place.sheet == "Tiers" and place.block.typed == "end":
        return 1e9 + number  # below where the last tier begins it is refused
    low = next((bound for operator, bound in (rule.detail if rule else ()) if operator in (">", ">=")), -5.0)
    high = next((bound for operator, bound in (rule.detail if rule else ()) if operator in ("<", "<=")), 1e6)
    base = old if isinstance(old, (int, float)) and old != 0 and abs(old) < 1e300 else min(max(low, 0.0) + 0.001, high)
    return round(base * (0.9 + 0.0001 * (number % 90)), 12)


def _named(place: Place, book) -> bool:
    """Whether the row of Contracts or Tiers has a contract."""
    return bool(book.parts[place.sheet.lower()].key.value[place.i, 0, 0])


def _is_held(place: Place, book) -> bool:
    """Whether a row of Monitor that is for a position or for an asset has one."""
    of = {field.name: name for name, table in (("positions", STARTS), ("held", OWNED)) for field in table.fields}
    name = of.get(place.block.typed)
    return name is None or cell_of(book.parts[name], place.i, "asset") is not None


def _is_used(place: Place, book) -> bool:
    """Whether the contract in a row of Contracts hedges something, or is the series of one that does."""
    key, positions = book.parts["contracts"].key.value[place.i, 0, 0], book.parts["positions"]
    return key in positions.contract.value or key in positions.listed_as.value


def cell_of(columns, row: int, name: str):
    """What is typed in a row of a table; None where it is blank."""
    value = getattr(columns, name).value[row, 0, 0]
    return None if value == "" or value != value else value


def in_inputs(place: Place, book, number: int):
    """Another value for an asset on Inputs, where the cells of a row and of a column depend on one another."""
    held, name = book.parts["held"], place.block.typed
    coins, price = (cell_of(held, place.i, each) for each in ("coins", "price"))
    if not cell_of(held, place.i, "asset") or name in ("asset", "kind"):
        return None
    if name == "hedge_ratio" and place.i + 1 not in book.parts["positions"].row.value:
        return None  # without a position it cannot be hedged
    if name == "target_weight" and cell_of(held, place.i, "kind") == "cash" and cell_of(held, place.i, name) is None:
        return None  # with a target for cash all must add up to 1
    small = {"target_weight": 0.01, "price": price * 1.01, "coins": coins * 1.01, "hedge_ratio": 0.15}
    return small.get(name, another(place, book, number))


def in_positions(place: Place, book, changes: dict, number: int):
    """Another value for a position, where the cells of a row, and the shares of an asset, depend on one another."""
    positions, name, row = book.parts["positions"], place.block.typed, place.i

    def put(name: str, row: int, value) -> None:
        node = getattr(positions, name).node
        changes["Positions", f"{letters(node.column)}{node.row + row}"] = value

    if not cell_of(positions, row, "asset") or name in ("asset", "contract", "listed_as"):
        return None
    if name in ("qty", "entry"):
        put("qty", row, -100.0 * (number % 7 + 1))
        put("entry", row, positions.price.value[row, 0, 0] * 0.95)
        return None
    if name == "share":
        asset, part = positions.row.value[:, 0, 0], positions.part.value[:, 0, 0]
        others = [i for i, each in enumerate(asset) if each == asset[row] and i != row]
        node = positions.share.node
        is_first = not any(("Positions", f"{letters(node.column)}{node.row + i}") in changes for i in (row, *others))
        if is_first and others and cell_of(positions, others[0], "share") is not None:
            put("share", row, part[row] - 0.002)
            put("share", others[0], part[others[0]] + 0.002)  # larger, the position may be beyond what is known
        return None
    if name in ("expiry", "beta") and cell_of(positions, row, name) is None:
        return None  # it would be another position
    if name == "expiry":
        return DAY_ZERO + datetime.timedelta(cell_of(positions, row, name), hours=1 + number % 20)
    of_the_coin = book.parts["held"].coins.value[int(positions.coin_row.value[row, 0, 0]) - 1, 0, 0]
    small = {"margin": of_the_coin * 0.04, "mark": positions.price.value[row, 0, 0] * 1.001}
    return small.get(name, another(place, book, number))


def changed(book, round: int) -> dict[tuple[str, str], object]:
    """New values for the cells of one round."""
    cells, changes = places(book), {}
    random.Random(7).shuffle(cells)
    for number, place in enumerate(cells):
        if number % ROUNDS != round:
            continue
        if place.sheet == "Inputs" and place.row < book.parts["held"].asset.node.row + book.parts["held"].count:
            value = in_inputs(place, book, number)
        elif place.sheet == "Positions":
            value = in_positions(place, book, changes, number)
        else:
            value = another(place, book, number)
        if value is not None:
            changes[place.sheet, place.address] = value
        if value is not None and place.i >= OF_SCENARIOS.get(place.sheet, place.i + 1):
            changes[place.sheet, f"A{place.row}"] = f"typed in {place.row}"  # a spare row takes a name first
    return changes


# ---- what a workbook says


def row_of(page, text: str, column: int = 1) -> int:
    return next(r for r in range(1, page.max_row + 1) if page.cell(r, column).value == text)


def table(page, header_row: int, first: int, last: int) -> list[dict[str, object]]:
    """The rows of a table by header; the first of two headers alike counts."""
    headers = {}
    for column in range(1, page.max_column + 1):
        headers.setdefault(page.cell(header_row, column).value, column)
    headers.pop(None, None)
    return [{h: page.cell(r, c).value for h, c in headers.items()} for r in range(first, last + 1)]


def said(path: Path, book) -> dict[tuple, object]:
    """Everything that is typed in a workbook, by what a reader calls it."""
    pages, found = load_workbook(path), {}
    inputs = pages["Inputs"]
    top, settings = row_of(inputs, "Holdings"), row_of(inputs, "Settings")
    for cells in table(inputs, top + 1, top + 3, settings - 1):
        if cells["Asset"] is not None:
            found |= {("Inputs", cells["Asset"], header): value for header, value in cells.items()}
    page = pages["Positions"]
    top = row_of(page, "Asset")
    for cells in table(page, top, top + 2, page.max_row):
        if cells["Asset"] is not None:
            name = cells["Asset"], cells["Contract"], cells["Account"]
            found |= {("Positions", name, h): value for h, value in cells.items() if not str(value).startswith("=")}
    for row in range(settings + 1, inputs.max_row + 1):
        found["Inputs", inputs.cell(row, 1).value] = inputs.cell(row, 3).value
    for name, header in (("Contracts", "Contract"), ("Tiers", "Contract")):
        page = pages[name]
        top = row_of(page, header)
        for cells in table(page, top, top + 2, page.max_row):
            key = (cells["Contract"], cells.get("From")) if name == "Tiers" else cells["Contract"]
            if cells["Contract"] is not None:
                typed = {h: v for h, v in cells.items() if not str(v).startswith("=") and h != "Number"}
                found |= {(name, key, header): _figure(header, value) for header, value in typed.items()}
    found |= scenarios(pages["Scenarios"]) | monitor(pages["Monitor"])
    for name in OF_SCENARIOS:
        found |= stresses(name, pages[name], inputs)
    for name in ("Compare", "Replay", "Checks", "Functions"):
        for place in (place for place in places(book) if place.sheet == name):
            found[name, place.address] = pages[name][place.address].value
    return {key: value for key, value in found.items() if value is not None}


def _figure(header: str, value):
    """A figure of a contract; the words for no figure mean the same, and so does 0 of what is added."""
    is_none = (
        value is None
        or str(value).lower() in NO_FIGURE
        or (value == 0 and header in ("Maintenance amount", "Rate slope"))
    )
    return None if is_none else value


def scenarios(page) -> dict[tuple, object]:
    found = {("Scenarios", label): page.cell(row_of(page, label), 2).value for label in ("Asset", "Heat map shows")}
    for title, (head, way) in LISTS.items():
        top = next(r for r in range(row_of(page, title), page.max_row) if page.cell(r, 1).value == head)
        found["Scenarios", title] = across(page, top) if way == "across" else down(page, top + 2)
    top = row_of(page, "Rate / days")
    return found | {("Scenarios", "days"): across(page, top), ("Scenarios", "rates"): down(page, top + 1)}


def across(page, row: int) -> tuple:
    return tuple(v for c in range(2, page.max_column + 1) if (v := page.cell(row, c).value) is not None)


def down(page, row: int) -> tuple:
    values = []
    while (value := page.cell(row, 1).value) is not None:
        values.append(value)
        row += 1
    return tuple(values)


def monitor(page) -> dict[tuple, object]:
    """The bands, and what stands in each table by its row and header; how many rows they have may change."""
    tops = [next(r for r in range(1, page.max_row) if str(page.cell(r, 1).value).startswith(t)) for t in MONITOR]
    found = {("Monitor", label): page.cell(row_of(page, label), 2).value for label in BANDS}
    for title, top, end in zip(MONITOR, tops, [*tops[1:], page.max_row + 1]):
        for i, cells in enumerate(table(page, top + 1, top + 3, end - 1)):
            typed = {h: v for h, v in cells.items() if h in ON_MONITOR and not str(v).startswith("=")}
            found |= {("Monitor", title, i, header): value for header, value in typed.items()}
    return found


def stresses(sheet: str, page, inputs) -> dict[tuple, object]:
    """The scenarios by name; the columns of moves are those of the assets in the rows of Inputs."""
    top, found = row_of(page, "Scenario"), {}
    first = row_of(inputs, "Holdings") + 3
    assets = [inputs.cell(r, 1).value for r in range(first, row_of(inputs, "Settings"))]
    for row in range(top + 2, page.max_row + 1):
        name = page.cell(row, 1).value
        if name is not None:
            found |= {(sheet, name, page.cell(top, c).value): page.cell(row, c).value for c in range(2, 8)}
            found |= {(sheet, name, a): page.cell(row, 17 + i).value for i, a in enumerate(assets) if a is not None}
    return found


def lost(typed: dict, found: dict) -> dict[tuple, tuple]:
    """What was typed, or stood there and was left alone, and is not there again.

    What is told of a contract's figures is told anew where one of them was typed, unless it was typed itself.
    """
    told_anew = ("As of", "Verified", "Source")
    return {
        key: (value, found.get(key)) for key, value in typed.items()
        if found.get(key) != value and not (key[0] in ("Contracts", "Tiers") and key[2] in told_anew and not str(value).startswith(TYPED))
    }  # fmt: skip


# ---- build, fill in, build


@pytest.mark.parametrize("round", range(ROUNDS))
@pytest.mark.parametrize("name", FILES)
def test_what_is_typed_survives(tmp_path, name, round):
    book = model(name)
    write(book, tmp_path / "first.xlsx")
    changes = changed(book, round)
    path = edited(tmp_path / "first.xlsx", tmp_path / "filled.xlsx", changes)
    before, typed = said(tmp_path / "first.xlsx", book), said(path, book)
    assert len({sheet for sheet, _ in changes}) >= 9 and sum(typed.get(k) != v for k, v in before.items()) > 200
    portfolios, errors = read_portfolios(path)
    assert not errors, errors
    (portfolio,) = portfolios
    again = build_model(portfolio)
    write(again, tmp_path / "again.xlsx")
    found = said(tmp_path / "again.xlsx", again)
    assert lost(typed, found) == {}
