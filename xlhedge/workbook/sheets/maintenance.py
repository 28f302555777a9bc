"""The maintenance section of the Hedge plan: the rate of each position, by its contract and its size."""

import numpy as np

from ...elementary import NO_RESULT, NONE, both, given, where
from ...formula import Cell
from ...ranges import highest_where, is_one_of, picked
from ..grid.columns import Columns
from .contracts import METHODS, ContractColumns
from .inputs import Settings
from .plan_figures import Fills, Frames, Links, Maintenance, Size
from .positions import PositionColumns
from .tiers import TierColumns


def maintenance(
    frames: Frames,
    positions: PositionColumns,
    settings: Settings,
    links: Links,
    size: Size,
    fills: Fills,
    contracts: ContractColumns,
    tiers: TierColumns,
) -> Maintenance:
    """The maintenance of each position after the trades of the plan."""
    table = frames.maintenance
    return maintenance_of(table, positions, settings, links, size.qty, fills.entry, contracts, tiers)


def maintenance_of(
    table: Columns, positions: PositionColumns, settings: Settings, links: Links, qty: Cell, entry: Cell,
    contracts: ContractColumns, tiers: TierColumns,
) -> Maintenance:  # fmt: skip
    """Rate, amount, slope and limit of positions of some size, and the venue's rate of initial margin, in a table of their own.

    The rate on Positions comes first, then that of the contract, then that of the tier of the position's size; the setting
    mmr stands in where none of them is known.
    """
    place = links.place
    unit = picked(contracts.unit, place)
    unit = where(place > 0, where(unit == "", "", unit), "")
    unit = table.computed("Sizes in", "word", unit, "text", role="link")
    # A venue that freezes maintenance at the entry takes the size at the entry.
    coin = where(links.method == "entry", entry, links.price)
    worth = where(unit == "coin", coin, where(unit == "contracts", links.face, 1.0))
    worth = table.computed("Worth of one", "USD", worth, "price")
    held_size = where(worth > 0, abs(qty) / worth, 0.0)
    held_size = table.computed("Size of the position", "as named beside", held_size, "size", width=18)
    start = highest_where(tiers.start, (tiers.key, "=", links.contract), (tiers.start, "<=", held_size))
    start = table.computed("Its tier begins at", "as named beside", start, "number")
    rate = picked(contracts.mmr, place)
    by_size = where(place > 0, ~given(rate), False)
    found = highest_where(tiers.number, (tiers.key, "=", links.contract), (tiers.start, "=", start))
    tier = table.computed("Row on Tiers", "number", where(by_size, found, 0.0), "number")
    fallback = where(given(settings.mmr), settings.mmr, NO_RESULT)
    by_row = where(place > 0, where(given(rate), rate, fallback), where(positions.contract == "", 0.0, NO_RESULT))
    of_tier = picked(tiers.rate, tier)
    # An amount in USD or contracts is worth fewer coins as the price rises, as the position is: a lower rate says so.
    spared = where(qty == 0, 0.0, picked(tiers.amount, tier) * worth / where(qty == 0, 1.0, abs(qty)))
    of_tier = where(of_tier > 0, of_tier - where(unit == "coin", 0.0, spared), NO_RESULT)
    by_tier = where(tier > 0, of_tier, by_row)
    mmr = table.computed("Maintenance rate", "fraction", where(given(positions.mmr), positions.mmr, by_tier), "rate")
    is_own = given(positions.mmr)

    def listed(column: Cell, otherwise) -> Cell:
        value = picked(column, place)
        return where(both(place > 0, ~is_own), where(given(value), value, otherwise), otherwise)

    amount = where(unit == "coin", picked(tiers.amount, tier), 0.0)
    amount = where(tier > 0, amount, listed(contracts.amount, 0.0))
    amount = table.computed("Maintenance amount", "coin", where(is_own, 0.0, amount), "coin")
    slope = where(tier > 0, 0.0, listed(contracts.slope, 0.0))
    slope = table.computed("Rate slope", "1/coin", slope, "slope")
    is_laddered = both(both(tier > 0, ~is_own), both(unit == "coin", is_one_of(links.method, METHODS[:2])))
    is_laddered = table.computed("Tier changes with the price", "TRUE or FALSE", is_laddered, "flag", width=15)
    end = picked(tiers.end, tier)
    end = where(tier > 0, where(given(end), end, NONE), listed(contracts.cap, NONE))
    end = table.computed("Known limit, as it is told", "as named, or none", where(is_own, NONE, end), "number")
    cap = where(end == NONE, NONE, end * worth)
    cap = table.computed("Known limit of the rate", "USD or none", cap, "limit")
    fallen = where(both(is_laddered, qty > 0), abs(qty) / (1 - settings.fall), abs(qty))
    beyond = where(is_laddered, _end_of_ladder(links, worth, tiers), cap)
    beyond = table.computed("Beyond what is known", "TRUE or FALSE", fallen > beyond, "flag", alarm="bad")
    known = where(positions.contract == "", True, given(mmr))
    known = table.computed("Rate is known", "TRUE or FALSE", known, "flag")
    initial = _initial(links, qty, contracts, tiers, tier)
    initial = table.computed("Venue's initial rate, 0 if unknown", "fraction", initial, "rate", width=15)
    missing = _missing(positions, links, known)
    missing = table.computed("Unknown figures", "text", missing, "text", width=16, alarm="missing")
    assumed = where(both(both(place > 0, ~is_own), both(tier == 0, given(settings.mmr))), ~given(rate), False)
    assumed = table.computed("Rate is the setting mmr", "TRUE or FALSE", assumed, "flag", width=14, alarm="notice")
    return Maintenance(mmr, amount, slope, is_laddered, cap, beyond, known, initial, missing, assumed)


def _end_of_ladder(links: Links, worth: Cell, tiers: TierColumns) -> Cell:
    """Where the last tier of a contract ends [USD]."""
    last = highest_where(tiers.start, (tiers.key, "=", links.contract))
    number = highest_where(tiers.number, (tiers.key, "=", links.contract), (tiers.start, "=", last))
    end = picked(tiers.end, number)
    return where(given(end), where(end == NONE, NONE, end * worth), NONE)


def _initial(links: Links, qty: Cell, contracts: ContractColumns, tiers: TierColumns, tier: Cell) -> Cell:
    """The venue's initial margin rate at this size; 0 where nothing states one."""
    by_tier, by_row = picked(tiers.imr, tier), picked(contracts.imr, links.place)
    slope = picked(contracts.slope_im, links.place)
    slope = where(links.place > 0, where(given(slope), slope, 0.0), 0.0)
    rate = where(
        tier > 0, where(given(by_tier), by_tier, 0.0), where(links.place > 0, where(given(by_row), by_row, 0.0), 0.0)
    )
    return where(rate > 0, rate + slope * abs(qty) / links.price, 0.0)


def _missing(positions: PositionColumns, links: Links, is_known: Cell) -> Cell:
    """What the plan lacks of a contract, in words."""
    told = (
        where(links.face > 0, "", "face. "),
        where(is_known, "", "maintenance rate. "),
        where(is_one_of(links.method, METHODS), "", "liquidation method. "),
    )
    text = told[0].traced("{0}&{1}&{2}", _joined, told)
    return where(positions.contract == "", "", text)


def _joined(*parts: np.ndarray) -> np.ndarray:
    return sum((part.astype(object) for part in parts[1:]), parts[0].astype(object))
