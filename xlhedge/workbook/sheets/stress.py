"""Stress sheets: the whole portfolio under named scenarios, one row each, one column of price moves for each asset."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...formula import Cell
from ...portfolio.scenarios import Scenario
from ...ranges import column_of, times_found
from ...rows import Row
from ..grid.cells import Style
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.typed import FilledSheet, Misplaced
from ..portfolios import Portfolios, rows_of
from .allocation import Weights
from .inputs import Held, Settings
from .plan_figures import Exposure, Links, Maintenance, Margins, Size
from .positions import PositionColumns
from .stress_plan import FIRST_COLUMN, turned_assets, turned_positions
from .stress_rows import MOVES, TABLE, UNTOLD, Panel, Results, Typing, results, typed_rows
from .tiers import TierColumns

SPARE = 14
NOTES = (
    "All moves are from today. A hedge is liquidated where its margin, with funding, basis and PnL, is not above its "
    "maintenance at the row's price or at the peak: its margin is lost, and it stays gone in rows that continue.",
    "Prices on the way count as far as a peak says. Funding is paid from the margin before the move, in coin at today's price; "
    "a hedge that is gone neither pays nor receives any.",
)

NAMED = (
    Scenario("Crash", {}, -0.5),
    Scenario("Fall", {}, -0.2),
    Scenario("Rise", {}, 0.2),
    Scenario("Rally", {}, 0.5),
    Scenario("Doubling", {}, 1.0),
    Scenario("Squeeze and return", {}, 0.0, peak=1.0),
    Scenario("BTC falls, the others twice as far", {"BTC": -0.25}, -0.5),
    Scenario("Rally with funding paid for 90 days", {}, 0.5, -0.0003, 90.0),
    Scenario("Flat year, funding received", {}, 0.0, 0.0001, 365.0),
    Scenario("Basis blows out", {}, 0.0, basis=-0.05),
)


class Stress(NamedTuple):
    """The value [USD] that the scenarios start from, in how many of them nothing says how far a coin moves, where that is typed,
    the plan as every set takes it, the names of the scenarios and what comes of them."""

    now: Cell
    untold: Cell
    other: Cell
    panel: Panel
    scenario: Cell
    results: Results


def stress(
    sheet: Sheet, portfolios: Portfolios, held: Held, settings: Settings, positions: PositionColumns, weights: Weights,
    links: Links, size: Size, exposure: Exposure, maintenance: Maintenance, margins: Margins, tiers: TierColumns,
) -> Stress:  # fmt: skip
    """The portfolio's own scenarios, or the usual ones, below the plan that they are reckoned from."""
    scenarios = portfolios.first.stress or NAMED
    for row, note in enumerate(NOTES, 3):
        sheet.text(row, 1, note, "note")
    top = sheet.below(2)
    assets = turned_assets(sheet, top, held, weights, positions, exposure, margins)
    at = FIRST_COLUMN + held.count
    each = turned_positions(sheet, top, at, positions, links, size, maintenance, margins, tiers)
    panel = Panel(assets, each, exposure.proceeds)
    sheet.rows, first = rows_of(len(scenarios), SPARE, rows_wanted(portfolios, 0)), sheet.below(2)
    sheet.text(top - 1, 1, "Working: the plan as scenarios take it, folded away", "section")
    sheet.working(top - 1, 1, first - 2)
    sheet.fold(top, first - 1 - top)
    typing, made = scenario_rows(sheet, first, portfolios, scenarios, panel, settings)
    return Stress(assets.now, times_found(made.amiss, UNTOLD), typing.other, panel, typing.scenario, made)


def scenario_rows(
    sheet: Sheet, first: int, portfolios: Portfolios, scenarios: Sequence[Scenario], panel: Panel, settings: Settings
) -> tuple[Typing, Results]:
    """The table of some scenarios: what is typed, and what comes of it."""
    count = panel.assets.asset.node.columns
    typing = typed_rows(sheet, first, portfolios, scenarios, count)
    for i in range(count):  # right above its moves, as the panes that are frozen hide the one further up
        sheet.computed(first - 1, FIRST_COLUMN + i, column_of(panel.assets.asset, i), Style("header"))
    return typing, results(sheet, first, FIRST_COLUMN + count, panel, settings, typing)


def rows_wanted(portfolios: Portfolios, number: int) -> int:
    """The rows that there is to be room for on Stress, whose number is 0, or on a set; 0 where nobody asks."""
    return dict(enumerate(portfolios.room.scenarios)).get(number, 0)


def typed_columns(filled: FilledSheet) -> list[int]:
    """The columns of a sheet of scenarios that are typed: those of its table, and the moves, which stand side by side."""
    (top, columns), (field,) = TABLE.headers(filled), MOVES.fields
    beyond = range(max(columns.values()) + 1, len(filled.rows[top]) + 1)
    moves = [column for column in beyond if filled.at(top, column) == field.label]
    return [*columns.values(), *(column for i, column in enumerate(moves) if column == moves[0] + i)]


def move_columns(filled: FilledSheet, assets: Sequence[str | None]) -> dict[int, str]:
    """The asset of each column of moves; one that was typed below the last of Inputs has none yet."""
    moves = typed_columns(filled)[len(TABLE.fields) :]
    return {column: asset for column, asset in zip(moves, assets) if asset}


def read_stress(filled: FilledSheet, assets: Sequence[str | None]) -> Iterator[Row]:
    """The plain table of the scenarios typed on a filled-in sheet; blank cells stay blank.

    `assets` are those of Inputs in the order of its rows, None for a blank row.
    """
    top, _ = TABLE.headers(filled)
    places = move_columns(filled, assets)
    yield Row(top, [*(field.name for field in TABLE.fields), *places.values()])
    for number, cells in TABLE.read_rows(filled).items():
        typed = [*cells.values(), *(filled.at(number, column) for column in places)]
        if any(cell is not None for cell in typed):
            yield Row(number, typed)


def is_set(filled: FilledSheet) -> bool:
    """Whether a sheet is laid out as one of scenarios."""
    try:
        TABLE.headers(filled)
    except Misplaced:
        return False
    return True


PURPOSE = "The portfolio under named scenarios. Type moves into the blue cells; blank rows take further scenarios."
STRESS = SheetRecord("Stress", PURPOSE, (stress,), tables=(TABLE, MOVES))
