"""The venue's rule of margin, as the sheets use it: one reckoning for a column of positions, a ladder of prices, one asset."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

import xlhedge

from ...elementary import NONE, at_least, both, floor, larger, sign, smaller, snapped, where
from ...formula import Cell, as_cell
from ...functions.calendar import payments
from ...ranges import each_of, highest_of
from .contracts import METHODS, by_method
from .plan_figures import Links, Maintenance
from .tiers import TierColumns

Put = Callable[[str, str, Cell, str], Cell]
"""Writes a figure of the working: title, unit, formula, format."""


class MarginRule(NamedTuple):
    """How maintenance is reckoned: method, rate, amount [coin], slope [1/coin], fee in the liquidation price, and the tiers.

    Where `is_laddered` the tiers of the contract count, whose sizes are in coins and so change with the price; else the rate.
    """

    method: Cell
    mmr: Cell
    amount: Cell
    slope: Cell
    liq_fee: Cell
    is_laddered: Cell
    contract: Cell
    tiers: TierColumns

    def maintenance(self, qty: Cell, entry: Cell, price: Cell) -> Cell:
        """Maintenance margin at a price [coin], never below 0."""
        size, opened = abs(qty) / price, abs(qty) / entry
        fee_on_rate = where(self.method == "product", sign(qty) * self.mmr * self.liq_fee, 0.0)
        rate = self.mmr + self.liq_fee + fee_on_rate
        slope = where(self.method == "slope", self.slope, 0.0)
        one = where(self.method == "entry", rate * opened, (rate + slope * size) * size) - self.amount
        start, tier_rate, amount, is_own = self._ladder(qty)
        ladder = highest_of(is_own * (start <= size) * (tier_rate * size - amount))
        return at_least(0.0, where(self.is_laddered, ladder, one))

    def ratio(self, qty: Cell, entry: Cell, price: Cell, margin: Cell, kept: Cell) -> Cell:
        """Maintenance as a share of the equity; 1 where the equity does not exceed it."""
        equity = margin + qty * (price - entry) / (entry * price)
        return where(equity > kept, kept / equity, where(qty == 0, 0.0, 1.0))

    def needed(self, put: Put, qty: Cell, entry: Cell, now: Cell, move: Cell) -> Cell:
        """Coins to survive a move from the entry, from the price of now on."""
        one = self._by_method(put, xlhedge.margin_for_move, "Coins to survive", (qty, entry, move), "coin", "coin")
        opened, held = abs(qty) / entry, abs(qty) / now
        size = opened / (1 - sign(qty) * move)
        most = larger(held, size)
        # A rate that rises with the size can ask for more of a short at the price of now than at the end of the move.
        at_most = (self.mmr + self.liq_fee + self.slope * most) * most - self.amount + opened - most
        at_most = put("Coins to survive: slope, a short's largest size", "coin", where(qty < 0, at_most, 0.0), "coin")
        one = where(both(self.method == "slope", qty < 0), larger(one, at_most), one)
        start, rate, amount, is_own = self._ladder(qty)
        # The largest need on the way: at the end of the move, and where a tier ends that the position comes through.
        reached = (start + size + abs(start - size)) / 2
        need = sign(qty) * (reached - opened) + rate * reached - amount
        need = highest_of(is_own * (start <= most) * need)
        need = put("Coins to survive: by tiers", "coin", where(self.is_laddered, need, 0.0), "coin")
        return where(self.is_laddered, need, one)

    def liquidation(self, put: Put, title: str, qty: Cell, entry: Cell, now: Cell, margin: Cell) -> Cell:
        """The liquidation price of a margin: the first on the way from now to a loss."""
        # A short whose equity never meets the curve is below its maintenance at every price, so at that of now.
        share, backing = 1 + sign(qty) * (self.mmr + self.liq_fee), qty / entry + margin + self.amount
        is_sunk = share * share + 4 * self.slope * backing < 0

        def liq_price(*given) -> Cell:
            one = xlhedge.liq_price(*given)
            return where(is_sunk, now, one) if len(given) > 7 else one  # with a slope

        one = self._by_method(put, liq_price, title, (qty, entry, margin), "price", "USD/coin or none")
        opened, held = abs(qty) / entry, abs(qty) / now
        start, rate, amount, is_own = self._ladder(qty)
        # Coins at which the equity meets the line of each tier. A short shrinks: the largest of them comes first.
        met = (opened - margin - amount) / (1 - rate)
        short = highest_of(is_own * (start <= held) * (met >= start) * met)
        # A long grows, and can be liquidated where it enters a tier: the smallest comes first.
        met = (opened + margin + amount) / (1 + rate)
        long = 1 / highest_of(is_own / ((met + start + abs(met - start)) / 2))
        size = where(both(self.is_laddered, qty < 0), short, where(both(self.is_laddered, qty > 0), long, 0.0))
        size = put(f"{title}: size by tiers", "coin", size, "coin")
        price = where(size > 0, abs(qty) / where(size > 0, size, 1.0), NONE)
        return where(self.is_laddered, price, one)

    def carried(
        self, put: Put, price: Cell, margin: Cell, move: Cell, rate: Cell, times: tuple[Cell, Cell], face: Cell
    ) -> Cell:
        """The largest short, in contracts, that a margin carries from the price of now through a rally and adverse funding.

        `rate` is the funding paid each interval, `times` are the hours between payments and the days.
        """
        face = where(face > 0, face, 1.0)
        given = (margin, price, move, self.mmr, rate, *times, face, self.liq_fee, self.amount)

        def figure(method: str, *slope: Cell) -> Cell:
            one = xlhedge.safe_hedge(*given, method, *slope)
            return put(f"Contracts carried: {method}", "contracts", one, "contracts")

        one, grown = by_method(self.method, self.slope, figure, METHODS[::-1]), 1 + move
        # A rate that rises with the size can ask for more at the price of now than at the end of the move.
        at_now = xlhedge.safe_hedge(margin, price, 0.0, *given[3:], "slope", self.slope)
        at_now = put("Contracts carried: slope, at the price of now", "contracts", at_now, "contracts")
        one = where(self.method == "slope", smaller(one, at_now), one)
        start, tier_rate, amount, is_own = self._ladder(as_cell(-1.0))
        # A tier asks at the end of the move, or where it ends on the way; what never comes to it need not heed it.
        # An IF takes single cells alone, so that Excel needs no array entry: the ladder's column is kept out of it.
        backing = where(margin > 0, margin, 1.0) + where(margin > 0, 1.0, 0.0) * amount
        paid = rate * payments(*times)
        at_end = backing / ((move + tier_rate) / grown + paid)
        on_the_way = (backing + start * (1 - tier_rate)) / (1 + paid)
        most = (at_end + on_the_way + abs(at_end - on_the_way)) / 2
        coins = 1 / highest_of(is_own * 2 / (most + start + abs(most - start)))
        by_tiers = floor(snapped(where(both(self.is_laddered, margin > 0), coins, 0.0) * price / face))
        by_tiers = put("Contracts carried: by tiers", "contracts", by_tiers, "contracts")
        return where(self.is_laddered, by_tiers, one)

    def lines(self, put: Put, qty: Cell, large: Cell, counts: Cell) -> "Lines":
        """What the lines of maintenance of positions of some size now [coin] follow from, where they `count`, in columns of their own."""
        on_rate = put("What the fee makes of a rate", "factor", self._on_rate(qty), "factor")
        fee = put("Fee on top", "fraction", self.liq_fee, "rate")
        rate = put("Rate without tiers", "fraction", self.mmr * on_rate + fee, "rate")
        amount = put("Amount without tiers", "coin", self.amount, "coin")
        moves = put("Follows the price, 1 if so", "1 or 0", 1.0 * (self.method != "entry"), "number")
        contract = put("Contract of the tiers", "text", self.contract, "text")
        return Lines(self, counts, contract, on_rate, fee, rate, amount, moves, large)

    def other_side(self, qty: Cell, entry: Cell, margin: Cell) -> Cell:
        """The liquidation price on the side of a gain, which a rate that rises with the size can have."""
        other = xlhedge.liq_price(qty, entry, margin, self.mmr, self.amount, self.liq_fee, "slope", self.slope, "other")
        return where(self.method == "slope", where(qty == 0, NONE, other), NONE)

    def _by_method(self, put: Put, function: Callable, title: str, given: tuple, format: str, unit: str) -> Cell:
        """LIQ_PRICE or MARGIN_FOR_MOVE by the method of each row; the figure of each method is in the working."""

        def figure(method: str, *slope: Cell) -> Cell:
            one = function(*given, self.mmr, self.amount, self.liq_fee, method, *slope)
            return put(f"{title}: {method}", unit, one, format)

        return by_method(self.method, self.slope, figure, METHODS[::-1])

    def _ladder(self, qty: Cell) -> tuple[Cell, Cell, Cell, Cell]:
        """Of each tier: where it begins [coin], its rate with the fee, its amount, and 1 where it is the contract's."""
        return _ladder(self.tiers, self.contract, self._on_rate(qty), self.liq_fee, self.is_laddered.value)

    def _on_rate(self, qty: Cell) -> Cell:
        """What a rate is multiplied by where the venue charges the fee on the maintenance too."""
        return 1 + where(self.method == "product", sign(qty) * self.liq_fee, 0.0)


class Lines(NamedTuple):
    """What the lines of maintenance of positions follow from, in columns beside them: so the formulas of each line are short.

    `on_rate` is what the fee makes of a rate, `fee` what it adds; `rate` and `amount` are those of a contract without tiers;
    `moves` is 1 where maintenance follows the price; `large` is the size now [coin], and only what `counts` is taken.
    """

    rule: MarginRule
    counts: Cell
    contract: Cell
    on_rate: Cell
    fee: Cell
    rate: Cell
    amount: Cell
    moves: Cell
    large: Cell

    def at(self, put: Put, title: str, size: Cell) -> tuple[Cell, Cell]:
        """The line near a size [coin]: its rate with the fee, and its amount. What a slope adds to it is not in it."""
        is_laddered = self.rule.is_laddered
        taken = np.logical_and(is_laddered.value, self.counts.value)
        start, tier_rate, tier_amount, is_own = _ladder(self.rule.tiers, self.contract, self.on_rate, self.fee, taken)
        is_begun = is_own * (start <= size)
        rate = where(is_laddered, highest_of(is_begun * tier_rate), self.rate)
        rate = put(f"Rate{title}", "fraction", rate, "rate")
        kept = highest_of(is_begun * (tier_rate * size - tier_amount))
        amount = where(is_laddered, rate * size - kept, self.amount)
        return rate, put(f"Amount{title}", "coin", amount, "coin")


def _ladder(
    tiers: TierColumns, contract: Cell, on_rate: Cell, fee: Cell, taken: np.ndarray
) -> tuple[Cell, Cell, Cell, Cell]:
    """Of each tier: where it begins [coin], its rate with the fee, its amount, and 1 where it is the contract's.

    Where no position is `taken` nobody takes what comes of them: their values are then those of one tier, which spares most
    of the reckoning of a workbook. The formulas are the same.
    """

    def each(column: Cell) -> Cell:
        cell = each_of(column)
        return cell if np.any(taken) else Cell(cell.node, cell.value[:, :1])

    is_own = 1.0 * (each(tiers.key) == contract)
    return each(tiers.start), each(tiers.rate) * on_rate + fee, each(tiers.amount), is_own


def margin_rule(links: Links, maintenance: Maintenance, tiers: TierColumns) -> MarginRule:
    """The rules of the positions of the plan, each on its row: a part that writes nothing."""
    return rule_of(links, maintenance, tiers)


def rule_of(links: Links, at: Maintenance, tiers: TierColumns) -> MarginRule:
    """The rules of positions, by their contracts and their maintenance."""
    return MarginRule(links.method, at.mmr, at.amount, at.slope, links.liq_fee, at.is_laddered, links.contract, tiers)


def rule_rows(links: Links, maintenance: Maintenance) -> tuple:
    """The rows of a panel that say the rule of one position, and what stands in for none; `rule_of_panel` puts them together."""
    return (
        ("method", "Liquidation method", "word", "text", links.method, METHODS[0]),
        ("mmr", "Maintenance rate", "fraction", "rate", maintenance.mmr, 0.0),
        ("amount", "Maintenance amount", "coin", "coin", maintenance.amount, 0.0),
        ("slope", "Rate slope", "1/coin", "slope", maintenance.slope, 0.0),
        ("liq_fee", "Liquidation fee", "fraction", "rate", links.liq_fee, 0.0),
        ("is_laddered", "Tier changes with the price", "TRUE or FALSE", "flag", maintenance.is_laddered, False),
        ("contract", "Contract", "text", "text", links.contract, ""),
    )


def rule_of_panel(cells: dict[str, Cell], tiers: TierColumns) -> MarginRule:
    """The rule of one position, taken out of the cells of its panel."""
    names = ("method", "mmr", "amount", "slope", "liq_fee", "is_laddered", "contract")
    return MarginRule(*(cells.pop(name) for name in names), tiers)
