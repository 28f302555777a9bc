"""The maintenance section of the Hedge plan: the rate of each position, by its contract and its size."""

from types import SimpleNamespace

import numpy as np

from ..elementary import NO_RESULT, NONE, both, given, where
from ..formula import Cell, highest_where, picked
from .book import Columns, Sheet
from .contracts_sheet import METHODS


def table_of_assets(sheet: Sheet, row: int, title: str, held: SimpleNamespace) -> Columns:
    """A titled table with the assets in its first column."""
    sheet.text(row, 1, title, "section")
    table = Columns(sheet, row + 1, held.count, may_be_blank=True)
    table.computed("Asset", "text", where(held.asset == "", "", held.asset), "text", role="link")
    return table


def build_maintenance(sheet: Sheet, row: int, held: SimpleNamespace, links: SimpleNamespace, qty: Cell) -> int:
    """Add rate, amount, slope and limit of each position to the links; returns the row of the next section.

    The rate on Inputs comes first, then that of the contract, then that of the tier of the position's size.
    """
    table = table_of_assets(sheet, row, "Maintenance: the rate of the position's size", held)
    contracts, tiers, place = links.contracts, links.contracts.tiers, links.place
    unit = picked(contracts.unit, place)
    unit = where(place > 0, where(unit == "", "", unit), "")
    unit = table.computed("Sizes in", "word", unit, "text", role="link")
    worth = where(unit == "coin", links.price, where(unit == "contracts", links.face, 1.0))
    worth = table.computed("Worth of one", "USD", worth, "price")
    size = table.computed(
        "Size of the position", "as named beside", where(worth > 0, abs(qty) / worth, 0.0), "size", width=18
    )
    start = highest_where(tiers.start, (tiers.key, "=", held.contract), (tiers.start, "<=", size))
    start = table.computed("Its tier begins at", "as named beside", start, "number")
    rate = picked(contracts.mmr, place)
    by_size = where(place > 0, ~given(rate), False)
    found = highest_where(tiers.number, (tiers.key, "=", held.contract), (tiers.start, "=", start))
    found = where(both(by_size, ~given(held.mmr)), found, 0.0)
    tier = table.computed("Row on Tiers", "number", found, "number")
    by_row = where(place > 0, where(given(rate), rate, NO_RESULT), where(held.contract == "", 0.0, NO_RESULT))
    by_tier = where(tier > 0, picked(tiers.rate, tier), by_row)
    links.mmr = table.computed("Maintenance rate", "fraction", where(given(held.mmr), held.mmr, by_tier), "rate")

    def listed(name: str, otherwise) -> Cell:
        value = picked(getattr(contracts, name), place)
        return where(both(place > 0, ~given(held.mmr)), where(given(value), value, otherwise), otherwise)

    amount = where(tier > 0, picked(tiers.amount, tier) * worth / links.price, listed("amount", 0.0))
    links.amount = table.computed("Maintenance amount", "coin", amount, "coin")
    links.slope = table.computed("Rate slope", "1/coin", where(tier > 0, 0.0, listed("slope", 0.0)), "slope")
    end = picked(tiers.end, tier)
    end = where(tier > 0, where(given(end), end, NONE), listed("cap", NONE))
    end = table.computed("Known limit of the rate", "as named, or none", end, "number")
    links.cap = table.computed("Known limit of the rate", "USD or none", where(end == NONE, NONE, end * worth), "limit")
    known = where(held.contract == "", True, given(links.mmr))
    links.is_known = table.computed("Rate is known", "TRUE or FALSE", known, "flag")
    links.missing = table.computed("Unknown figures", "text", _missing(held, links), "text", width=16, alarm="missing")
    return table.first + held.count + 2


def _missing(held: SimpleNamespace, links: SimpleNamespace) -> Cell:
    """What the plan lacks of a contract, in words."""
    known = links.method == METHODS[0]
    for method in METHODS[1:]:
        known = known | (links.method == method)
    told = (
        where(links.face > 0, "", "face. "),
        where(links.is_known, "", "maintenance rate. "),
        where(known, "", "liquidation method. "),
    )
    text = told[0].traced("{0}&{1}&{2}", _joined, told)
    return where(held.contract == "", "", text)


def _joined(*parts: np.ndarray) -> np.ndarray:
    return sum((part.astype(object) for part in parts[1:]), parts[0].astype(object))
