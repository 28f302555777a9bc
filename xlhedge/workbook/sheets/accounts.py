"""Cross accounts on the Hedge plan: positions of one coin that share their margin, and the prices at which all are liquidated.

With v the price now over a price to come, a position is worth Q/E - v Q/F coin there, and its maintenance is a line in v, of
the tier of its size, or a curve where the rate rises with the size. Equity less maintenance is A + B v + C v^2.
"""

from typing import NamedTuple

from ...elementary import NONE, at_least, both, larger, sqrt, where
from ...formula import Cell
from ...ranges import sum_where
from ..grid.columns import Columns
from .margin_rule import Lines, MarginRule, Put
from .plan_figures import CONTRACT_WIDTH, Fills, Frames, Links, Size
from .positions import PositionColumns

FAR = 1e9
"""How many times smaller than now a price is that stands for none below: by then every size is of the last tier."""

STEPS = {"above": 4, "below": 6}
"""Lines that are taken on either side: as many as 20,000 random accounts of two to five contracts and nine tiers needed."""


class Line(NamedTuple):
    """Maintenance of each position near a size, as columns: what it is at the price of now [coin], and what is taken off [coin]."""

    held: Cell
    amount: Cell


UNIT = "USD/coin or none"


class Account(NamedTuple):
    """The account of each position: whether it shares one, how large that is, its part of it, and what its liquidation follows from.

    `whole` is the size of all [coin], `opened` what they are worth together at a price without end [coin], `net` what they are
    now, `curve` what maintenance grows by the square of their sizes. A figure of an account stands beside each of its positions.
    """

    table: Columns
    group: Cell
    lines: Lines
    qty: Cell
    price: Cell
    is_cross: Cell
    whole: Cell
    share: Cell
    is_short: Cell
    opened: Cell
    net: Cell
    curve: Cell
    now: Line

    def put(self, title: str, unit: str, cell: Cell, format: str) -> Cell:
        """A column of the table of accounts, blank beside isolated positions."""
        return self.table.computed(title, unit, cell, format, shown=self.is_cross)

    def total(self, column: Cell) -> Cell:
        """The sum of a column over the positions of the account."""
        return sum_where(column, self.group, self.group)

    def at_least(self, safe: Cell, initial: Cell, factor) -> Cell:
        """A margin: what is safe, times a factor, and no less than the initial one; of an account as a whole, then divided."""
        together = larger(self.total(safe) * factor, self.total(initial)) * self.share
        return where(self.is_cross, together, larger(safe * factor, initial))

    def lacking(self, margin: Cell, asked: Cell) -> Cell:
        """The share of a margin that is asked for which is not there, in the account as a whole."""
        whole = self.total(asked)
        return where(whole > 0, larger(1 - self.total(margin) / where(whole > 0, whole, 1.0), 0.0), 0.0)

    def ratio(self, margin: Cell, pnl: Cell, kept: Cell) -> Cell:
        """Maintenance of the account as a share of its equity; 1 where the equity does not exceed it."""
        equity = self.put("Equity", "coin", self.total(margin) + self.total(pnl), "coin")
        kept = self.put("Maintenance", "coin", self.total(kept), "coin")
        return where(equity > kept, kept / where(equity > kept, equity, 1.0), where(self.whole == 0, 0.0, 1.0))

    def prices(self, title: str, wallet: Cell) -> tuple[Cell, Cell]:
        """Where the account is liquidated above and below, as multiples of the price now, on a wallet [coin].

        A line of a tier is never above the maintenance, so that the price that follows from it is never too near: the tier there
        gives a nearer one, until the tiers stay. Only for tiers of the whole position in coins, which jump, it is not exact.
        """
        wallet = self.put(f"Wallet{title}", "coin", wallet, "coin")
        backing = self.put(f"Worth without a price{title}", "coin", wallet + self.opened, "coin")
        free, each = self._together(f"{title} now", backing, self.now)
        is_sunk = both(self.whole > 0, free + each - self.curve <= 0)
        is_sunk = self.put(f"Liquidated now{title}, 1 if so", "1 or 0", 1.0 * is_sunk, "number")
        found = []
        for side, steps in STEPS.items():
            nowhere, reached = (0.0, _above) if side == "above" else (FAR, _below)
            line, multiple = (free, each), None
            for i in range(steps):
                step = f"{title} {side}, step {i + 1}"
                if multiple is not None:
                    v = where(multiple == NONE, nowhere, 1 / multiple)
                    line = self._together(step, backing, self._line(step, v))
                multiple = where(is_sunk > 0, 1.0, reached(*line, self.curve))
                multiple = self.put(f"Price{step}", "multiple or none", multiple, "number")
            found.append(multiple)
        return found[0], found[1]

    def _line(self, title: str, v: Cell) -> Line:
        """The lines of maintenance at the sizes that the positions have where v is the price now over the price."""
        size = self.put(f"Size{title}", "coin", self.lines.large * v, "coin")
        return _line_at(self.put, title, self.lines, size)

    def _together(self, title: str, backing: Cell, line: Line) -> tuple[Cell, Cell]:
        """A and B of the account, on what it is worth without a price and the lines of its positions."""
        free = self.put(f"A{title}", "coin", backing + self.total(line.amount), "coin")
        return free, self.put(f"B{title}", "coin", 0 - self.net - self.total(line.held), "coin")

    def sides(self, put, when: str, alone: Cell, other: Cell, multiples: tuple[Cell, Cell]) -> tuple[Cell, Cell, Cell]:
        """The nearest price of liquidation, and those above and below: of the account, else of the position alone.

        Doubling is as far as halving: of two prices the one by the smaller factor is nearer.
        `put` writes each into a column, whose title ends in `when`.
        """
        above, below = (where(each == NONE, NONE, each * self.price) for each in multiples)
        above = where(self.is_cross, above, where(self.qty < 0, alone, NONE))
        below = where(self.is_cross, below, where(self.qty < 0, other, alone))
        above = put(f"Liquidated above{when}", UNIT, above, "price")
        below = put(f"Liquidated below{when}", UNIT, below, "price")
        nearer = where(above * below <= self.price * self.price, above, below)
        liq = where(above == NONE, below, where(below == NONE, above, nearer))
        return put(f"Liquidation price{when}", UNIT, liq, "price"), above, below


def account(
    frames: Frames, positions: PositionColumns, links: Links, size: Size, fills: Fills, margin_rule: MarginRule
) -> Account:
    """The accounts of the plan's positions."""
    return account_of(frames.account, positions, margin_rule, size.qty, fills.entry, links.price)


def account_of(
    table: Columns, positions: PositionColumns, rule: MarginRule, qty: Cell, entry: Cell, price: Cell
) -> Account:
    """The account of each position, in a table of its own; one of a single position is isolated."""
    group = table.computed("Account", "number", positions.group, "number", role="link")
    members = sum_where(positions.there, positions.group, positions.group)
    members = table.computed("Positions of its account", "number", members, "number")
    is_cross = table.computed("Shares its margin", "TRUE or FALSE", both(positions.account != "", members > 1), "flag")

    def put(title: str, unit: str, cell: Cell, format: str) -> Cell:
        width = CONTRACT_WIDTH if format == "text" else 13
        return table.computed(title, unit, cell, format, width=width, shown=is_cross)

    def together(title: str, cell: Cell) -> Cell:
        return put(title, "coin", sum_where(cell, group, group), "coin")

    signed = put("Size now", "coin", qty / price, "coin")
    large = put("Size now, without its sign", "coin", abs(qty) / price, "coin")
    whole = together("Size of the account", large)
    share = put(
        "Part of the account", "fraction", where(whole > 0, large / where(whole > 0, whole, 1.0), 1 / members), "share"
    )
    net = together("Net size of the account", signed)
    frozen = at_least(0.0, (rule.mmr + rule.liq_fee) * abs(qty) / entry - rule.amount)
    opened = put(
        "Opened, less maintenance frozen", "coin", qty / entry - where(rule.method == "entry", frozen, 0.0), "coin"
    )
    opened = together("The same of the account", opened)
    curve = where(rule.method == "slope", rule.slope * large * large, 0.0)
    curve = together("Curve of the account", put("Curve of maintenance", "coin", curve, "coin"))
    lines = rule.lines(put, qty, large, is_cross)
    now = _line_at(put, " now", lines, large)
    return Account(table, group, lines, qty, price, is_cross, whole, share, net < 0, opened, net, curve, now)


def _line_at(put: Put, title: str, lines: Lines, size: Cell) -> Line:
    """The lines of maintenance near some sizes [coin]; where one is below 0 there is no maintenance."""
    rate, amount = lines.at(put, title, size)
    counts = both(lines.moves > 0, rate * size >= amount)
    held = put(f"Held{title}", "coin", where(counts, rate * lines.large, 0.0), "coin")
    return Line(held, put(f"Taken off{title}", "coin", where(counts, amount, 0.0), "coin"))


def _root(free: Cell, each: Cell, curve: Cell) -> Cell:
    return sqrt(at_least(0.0, each * each + 4 * free * curve))


def _above(free: Cell, each: Cell, curve: Cell) -> Cell:
    """1/v at the largest root v of free + each v - curve v^2 below 1; none where the account is worth more at any higher price."""
    found = (each + _root(free, each, curve)) / (-2 * where(free < 0, free, -1.0))
    return where(both(free < 0, found > 0), found, NONE)


def _below(free: Cell, each: Cell, curve: Cell) -> Cell:
    """1/v at the smallest root v above 1."""
    root = _root(free, each, curve)
    shrinking = 2 * curve / where(each > 0, each + root, 1.0)
    growing = (root - each) / (2 * where(free > 0, free, 1.0))
    found = where(each > 0, shrinking, growing)
    return where(found > 0, found, NONE)
