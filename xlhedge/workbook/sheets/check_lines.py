"""The lines of the Checks sheet: what must hold of assets, positions and margins, and whom it fails for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ...elementary import NONE, floor, given, larger, total, where
from ...formula import Cell
from ...portfolio.fields import SETTING_FIELDS
from ...ranges import is_one_of, known_over
from .accounts import Account
from .allocation import Goals, WaysBack, Weights
from .contracts import METHODS, ContractColumns
from .frames import beneath
from .inputs import FREE_ROWS, Held, Settings
from .monitor import Monitor
from .plan_figures import Carry, Exposure, Links, Maintenance, Margins, Size
from .positions import PositionColumns
from .stress import Stress
from .tiers import TierColumns

# Columns whose numbers have a range, with its ends.
OF_ASSETS = {
    "coins": (0.0, None), "price": (0.0, None), "target_weight": (0.0, 1.0), "hedge_ratio": (0.0, 2.0),
    "cost_basis": (0.0, None),
}  # fmt: skip
OF_POSITIONS = {
    "share": (0.0, 1.0), "mark": (0.0, None), "beta": (0.0, None), "entry": (0.0, None), "margin": (0.0, None),
    "leverage": (0.0, None), "face": (0.0, None), "mmr": (0.0, 1.0), "fee": (-1.0, 1.0),
}  # fmt: skip


class Names(NamedTuple):
    """The names of the rows of a table and their numbers."""

    names: Cell
    numbers: Cell
    unit: str


class Line(NamedTuple):
    """One check: a figure in some unit, how it must stand to its limit (=, <= or >), and the limit.

    `severity` says what a failure is: red, a figure not to be relied on, or amber, something to know. `failing` tells of
    each row whether it fails, where a check is of assets or of positions, `subject` names what fails where it is of something
    else; where `is_share` the tolerance is a share of the limit. `at` is the column or the cell to look at.
    """

    name: str
    unit: str
    figure: Cell
    relation: str
    limit: Cell | float = 0.0
    severity: str = "red"
    failing: Cell | None = None
    is_share: bool = False
    subject: Cell | None = None
    names: Names | None = None
    at: Cell | None = None


def of_inputs(
    assets: Names,
    held: Held,
    settings: Settings,
    positions: PositionColumns,
    weights: Weights,
    goals: Goals,
    stress: Stress,
) -> Iterator[Line]:
    numbers = _numbers(held, "coins") + _numbers(held, "price")
    yield Line("Coins and prices are all numbers", "cells", numbers, "=", 2 * _count(held.asset != ""), at=held.coins)
    texts = _texts(held, OF_ASSETS) + _texts(positions, ("qty", "expiry", *OF_POSITIONS))
    yield Line("No text stands where a number is due", "cells", texts, "=", at=held.coins)
    outside = _outside(held, OF_ASSETS) + _outside(positions, OF_POSITIONS)
    twice = (held.asset != "") * (weights.first != weights.number)
    yield rows_line(assets, "Every asset stands on Inputs once", held.asset, twice)
    yield Line("Inputs are within their ranges", "cells", outside, "=", at=held.coins)
    yield Line("Every setting that has a usual value is given", "cells", _blank_settings(settings), "=")
    goal = weights.total_goal
    yield Line(
        "Targets add up to at most 1; what is missing is the cash sleeve",
        "fraction",
        goal,
        "<=",
        1.0,
        at=held.target_weight,
    )
    yield Line("Weights add up to 1", "fraction", total(weights.weight), "=", 1.0)
    yield Line("Portfolio has a value", "USD", weights.whole, ">")
    same = "Holdings and stresses start from the same value"
    yield Line(same, "USD", stress.now, "=", weights.whole - goals.costs, is_share=True)
    yield Line("Every stress says how far every coin moves", "rows", stress.untold, "=", 0.0, "amber", at=stress.other)


def _blank_settings(settings: Settings) -> Cell:
    """How many settings that have a usual value hold no number, which arithmetic would take for 0; and whether no mode is told."""
    names = (name for name, field in SETTING_FIELDS.items() if field.kind == "number" and field.default is not None)
    found = 1.0 * (1 - 1 * is_one_of(settings.mode, SETTING_FIELDS["mode"].choices))
    for name in names:
        found = found + (1 - given(getattr(settings, name)))
    return found


def of_contracts(
    assets: Names, each: Names, held: Held, positions: PositionColumns, links: Links, exposure: Exposure, maintenance: Maintenance,
    tolerance: Cell,
) -> Iterator[Line]:  # fmt: skip
    """Whether every hedge has a position, and every position a contract of which all is known."""
    there = positions.there
    bare = (held.hedge_ratio > 0) * (exposure.step <= 0)
    yield rows_line(assets, "Every hedge has a position", held.hedge_ratio, bare)
    stray = there * (positions.row == 0) + 1 * positions.is_nameless
    yield rows_line(each, "Every position hedges an asset of Inputs", positions.asset, stray)
    yield rows_line(
        each, "Every position has a contract whose face is known", positions.contract, there * (links.face <= 0)
    )
    yield rows_line(
        each, "The maintenance rate of every contract is known", maintenance.mmr, 1 - 1 * maintenance.is_known
    )
    yield rows_line(each, "The liquidation method of every contract is known", links.method, _unknown_method(links))
    other = 1 * positions.is_on_another
    yield rows_line(each, "No contract is on another coin, unless a beta names it a proxy", positions.beta, other)
    off = abs(exposure.shares - 1) > tolerance
    own = 1 * positions.has_own_beta
    yield rows_line(each, "No beta stands beside a contract on the coin itself", positions.beta, own)
    yield rows_line(assets, "The shares of each asset add up to 1", held.asset, off)
    yield rows_line(
        each, "Positions of an account are of one coin and one venue", positions.account, 1 * positions.is_strange
    )
    twin = 1 * positions.is_twin
    yield rows_line(each, "No two positions are one position at the venue", positions.account, twin, "amber")
    yield rows_line(each, "Every dated contract has its expiry", positions.expiry, 1 * positions.is_dateless)
    entryless = (positions.qty != 0) * (1 - given(positions.entry))
    yield rows_line(each, "Every open position has its entry", positions.entry, entryless)
    yield rows_line(
        each, "Every price of a contract is near that of its coin", positions.mark, there * links.is_far, "amber"
    )
    yield rows_line(
        each, "Every dated contract has its own price", positions.mark, positions.is_dated * (1 - given(positions.mark))
    )
    yield rows_line(
        each,
        "The days to every expiry are known",
        positions.days,
        positions.is_dated * (positions.days == NONE),
        "amber",
    )


def of_positions(
    assets: Names, each: Names, settings: Settings, positions: PositionColumns, links: Links, size: Size, exposure: Exposure,
    known_to: Cell, tolerance: Cell,
) -> Iterator[Line]:  # fmt: skip
    yield rows_line(assets, "No asset is over-hedged", exposure.ratio, exposure.is_over_hedged)
    yield rows_line(each, "Trades are whole contracts", size.contracts, floor(size.contracts) != size.contracts)
    turned = 1 * (positions.qty * size.qty < 0)
    yield rows_line(
        each,
        "No trade turns a long into a short, or back (a qty without its minus does)",
        positions.qty,
        turned,
        "amber",
    )
    small = (abs(size.goal_qty) > tolerance) * (size.qty == 0) * (positions.qty == 0) * (size.contracts == 0)
    small = small * (abs(size.goal_qty) < links.face * links.lot)
    yield rows_line(each, "No contract is larger than the hedge that it is for", size.contracts, small, "amber")
    yield rows_line(assets, "No spot trade sells more than is owned", exposure.coins, exposure.coins < 0 - tolerance)
    ended = _ended(settings, positions, links, size, known_to)
    yield rows_line(each, "No new hedge on a contract that is no longer listed", positions.contract, ended)


def _old(settings: Settings, positions: PositionColumns, links: Links) -> Cell:
    """Whether the oldest fact of a contract is too old for the prices; not where one of both has no date."""
    at = where(given(settings.as_of), settings.as_of, settings.price_time)
    limit = where(given(at), at - settings.fact_days, 0.0)
    return positions.there * (links.dated < limit)


def of_margins(
    assets: Names, each: Names, settings: Settings, links: Links, positions: PositionColumns, exposure: Exposure, maintenance: Maintenance, margins: Margins,
    account: Account, carry: Carry, tolerance: Cell, slack: Cell,
) -> Iterator[Line]:  # fmt: skip
    yield rows_line(
        assets,
        "Margin is not more than the wallet can hold",
        exposure.posted,
        exposure.posted > exposure.wallet * (1 + slack),
    )
    yield rows_line(
        each, "The coin of every margin is held", positions.coin, (margins.margin > 0) * (positions.coin_row == 0)
    )
    yield rows_line(
        each, "Margin is at least the initial margin", margins.lacks_initial, margins.lacks_initial > tolerance
    )
    yield rows_line(
        each,
        "Margin survives the chosen move and adverse funding",
        margins.lacks_required,
        margins.lacks_required > tolerance,
    )
    yield rows_line(each, "Margin lasts through adverse funding", carry.spare, carry.spare < 0)
    below = (margins.posted < 0 - tolerance) * (1 - 1 * account.is_cross)
    yield rows_line(each, "No trade leaves a margin below 0", margins.posted, below)
    yield rows_line(
        each, "No position is liquidated on the other side within its move", carry.other_near, 1 * carry.other_near
    )
    yield rows_line(each, "Maintenance rates hold at these sizes", maintenance.cap, 1 * maintenance.is_beyond)
    yield rows_line(each, "Every maintenance rate has a source", maintenance.mmr, 1 * maintenance.is_assumed, "amber")
    yield rows_line(
        each, "What is known of the contracts is not old", links.dated, _old(settings, positions, links), "amber"
    )
    untold = (positions.qty != 0) * (1 - 1 * margins.is_posted)
    yield rows_line(each, "The margin of every open position is told", positions.margin, untold, "amber")


def of_monitor(each: Names, settings: Settings, monitor: Monitor) -> Iterator[Line]:
    """Whether every position is alive after the log, or now where the log is empty, far from its liquidation, and planned from."""
    yield rows_line(each, "No open position is liquidated at the price of now", monitor.ratio, monitor.ratio >= 1)
    near = (monitor.near < settings.red_distance) * (monitor.ratio < 1)
    yield rows_line(each, "No open position is within the red distance of its liquidation", monitor.near, near, "amber")
    differs = 1 * monitor.differs
    yield rows_line(each, "Positions holds what the log has come to", monitor.differs, differs, "amber")


def missed(
    held: Held, settings: Settings, weights: Weights, exposure: Exposure, goals: Goals, ways_back: WaysBack, tolerance: Cell
) -> Cell:  # fmt: skip
    """Whether the plan leaves an asset off its target, beyond the band, a step of each of its positions and what trading spot costs."""
    step = settings.band + (exposure.step + goals.costs) / weights.whole + tolerance
    return (held.kind == "coin") * (abs(ways_back.weight_after - weights.goal) > step)


def below(held: Held, positions: PositionColumns, contracts: ContractColumns, tiers: TierColumns) -> Cell:
    """How many cells are typed below the last row of a table, where no formula looks."""
    inputs = beneath(held.asset, held.volatility, FREE_ROWS) + beneath(positions.asset, positions.fee)
    return inputs + beneath(contracts.key, contracts.source) + beneath(tiers.first, tiers.source)


def rows_line(names: Names, name: str, at: Cell, failing: Cell, severity: str = "red") -> Line:
    """A check that no row of assets or of positions may fail, with the column to look at."""
    # As a number first: in a spreadsheet FALSE > 0 is TRUE.
    return Line(name, names.unit, _count(failing), "=", 0.0, severity, 1.0 * failing > 0, names=names, at=at)


def _count(condition: Cell) -> Cell:
    """How many rows of a column meet a condition."""
    return total(1.0 * condition)


def _numbers(held: Held, name: str) -> Cell:
    """How many cells of a column hold numbers: those that were typed."""
    return known_over("COUNT({0})", getattr(held, name), 1.0 * held.filled[name])


def _texts(table: Held | PositionColumns, names: Iterable[str]) -> Cell:
    """How many cells of number columns hold text; the reader lets none through."""
    return sum(known_over("SUMPRODUCT(ISTEXT({0})*1)", getattr(table, name), 0.0) for name in names)


def _outside(table: Held | PositionColumns, ranges: Mapping[str, tuple]) -> Cell:
    """How many typed numbers are outside the range of their column."""
    found = 0.0
    for name, (low, high) in ranges.items():
        column = getattr(table, name)
        found = found + _count(column < low) + (_count(column > high) if high is not None else 0.0)
    return found


def _unknown_method(links: Links) -> Cell:
    """Whether a row has a liquidation method that is none of ours."""
    other = links.method != METHODS[0]
    for method in METHODS[1:]:
        other = other * (links.method != method)
    return other


def _ended(settings: Settings, positions: PositionColumns, links: Links, size: Size, known_to: Cell) -> Cell:
    """Whether a row asks for a larger hedge on a contract that had expired, or left the market, by the time of the prices.

    Nothing here asks for today, which would change the workbook whenever it is opened: the shipped table knows of every end
    up to its newest date.
    """
    at = where(given(settings.as_of), settings.as_of, settings.price_time)
    at = where(given(at), larger(at, known_to), known_to)
    grows = ((abs(size.qty) > abs(positions.qty)) + (size.qty * positions.qty < 0)) > 0
    return (1.0 * (links.listed_until <= at) + (positions.days <= 0) > 0) * grows
