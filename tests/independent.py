"""The plan of a portfolio reckoned a second time: plain numbers, loops and bisection, no worksheet function and no cell.

An account is written from first principles, in coin, by the size N = |Q|/P that a position has at a price: with s the sign
of Q it is worth s (|Q|/E - N) more at P than at E, and it is liquidated where the equity is no more than the maintenance.
"""

import math
from typing import NamedTuple

HALVINGS = 120  # of an interval of sizes: to the last bit of a double


class Rule(NamedTuple):
    """What a venue says of a contract: fees, times, and the maintenance of a position by its size.

    `tiers` are (floor, rate, amount, initial rate), in `unit`; they take the place of `mmr`, `amount` and `imr`.
    """

    face: float
    taker: float
    hours: float
    lot: float = 1.0
    tick: float = 0.0
    method: str = "mark"
    fee: float = 0.0
    mmr: float = 0.0
    amount: float = 0.0
    slope: float = 0.0
    tiers: tuple[tuple[float, float, float, float], ...] = ()
    unit: str = "coin"
    imr: float = 0.0
    slope_im: float = 0.0
    settlement: float = 0.0


def rule_of(row, facts, settings) -> Rule:
    """The rule of a row of holdings; what the row says itself comes before the facts of the contract."""
    if facts is None:
        fee = settings.fee if row.fee is None else row.fee
        return Rule(row.face, fee, settings.funding_hours, mmr=row.mmr, settlement=fee)
    method, taker = facts["liq_method"], facts.get("taker", settings.fee) if row.fee is None else row.fee
    fee = facts.get("liq_price_fee", taker if method == "product" else 0.0)
    if method == "product" and row.fee is not None:
        fee = row.fee
    most = facts.get("max_leverage")
    imr = facts.get("imr", 1 / most if most else 0.0)
    rule = Rule(
        row.face or facts["face"], taker, facts.get("funding_hours", settings.funding_hours), facts.get("lot", 1.0),
        facts.get("tick", 0.0), method, fee, unit=facts.get("tier_unit", "coin"), imr=imr, slope_im=facts.get("slope_im", 0.0),
        settlement=facts.get("settlement_fee", taker),
    )  # fmt: skip
    tiers = tiers_of(facts, imr) if "rates" in facts.facts else ()
    if row.mmr is not None:
        # The venue's initial rate still counts; its tiers of maintenance do not.
        return rule._replace(mmr=row.mmr, tiers=tuple((floor, row.mmr, 0.0, initial) for floor, _, _, initial in tiers))
    if tiers:
        return rule._replace(tiers=tiers)
    return rule._replace(mmr=facts["mmr"], amount=facts.get("amount", 0.0), slope=facts.get("slope", 0.0))


def tiers_of(facts, imr) -> tuple[tuple[float, float, float, float], ...]:
    """Tiers with the amounts that make marginal ones continuous: c_n = c_(n-1) + floor_n (m_n - m_(n-1))."""
    floors, rates = facts["floors"], facts["rates"]
    amounts = [0.0]
    for i in range(1, len(floors)):
        step = floors[i] * (rates[i] - rates[i - 1]) if facts["tier_type"] == "marginal" else 0.0
        amounts.append(amounts[-1] + step)
    amounts = facts.get("amounts", amounts)
    initial = [imr] * len(floors)
    if "imrs" in facts.facts:
        initial = list(facts["imrs"])
    elif "leverages" in facts.facts:
        brackets = list(zip(facts["leverage_caps"], facts["leverages"]))
        initial = [1 / next((x for cap, x in brackets if cap > floor), brackets[-1][1]) for floor in floors]
    return tuple(zip(floors, rates, amounts, initial))


class Leg(NamedTuple):
    """A position of qty [USD] opened at entry, by a rule; `now` is the price of its contract now."""

    rule: Rule
    qty: float
    entry: float
    now: float

    @property
    def side(self) -> int:
        return -1 if self.qty < 0 else 1

    @property
    def opened(self) -> float:
        """Its size at the entry [coin]."""
        return abs(self.qty) / self.entry

    @property
    def size(self) -> float:
        """Its size now [coin]."""
        return abs(self.qty) / self.now

    def moving(self) -> bool:
        """Whether the tier changes with the price: tiers in coins, where maintenance is valued at the price."""
        return bool(self.rule.tiers) and self.rule.unit == "coin" and self.rule.method in ("mark", "product")

    def tier(self) -> tuple[float, float, float, float]:
        """The tier of the position's size, at the entry where maintenance is frozen there, else at the price of now.

        Where tiers are in USD or contracts the maintenance is so many USD at any price: their amount lowers the rate.
        """
        coin = self.entry if self.rule.method == "entry" else self.now
        unit = {"coin": coin, "contracts": self.rule.face, "USD": 1.0}[self.rule.unit]
        floor, rate, amount, initial = [t for t in self.rule.tiers if t[0] <= abs(self.qty) / unit][-1]
        if self.rule.unit != "coin" and self.qty:
            rate, amount = (rate * abs(self.qty) - amount * unit) / abs(self.qty), 0.0
        return floor, rate, amount, initial

    def lines(self, size: float) -> list[tuple[float, float]]:
        """Rate and amount [coin] of every tier that a size has begun."""
        if self.moving():
            return [(rate, amount) for floor, rate, amount, _ in self.rule.tiers if floor <= size]
        if self.rule.tiers:
            return [self.tier()[1:3]]
        return [(self.rule.mmr, self.rule.amount)]

    def maintenance(self, size: float) -> float:
        """What the venue asks for at a size [coin], the fee that it counts included."""
        fee, most = self.rule.fee, 0.0
        for rate, amount in self.lines(size):
            if self.rule.method == "mark":
                owed = rate * size + fee * size
            elif self.rule.method == "product":  # the fee is charged on the position and on its maintenance
                owed = rate * size + fee * (size + self.side * rate * size)
            elif self.rule.method == "entry":
                owed = (rate + fee) * self.opened
            else:
                owed = (rate + self.rule.slope * size) * size + fee * size
            most = max(most, owed - amount)
        return most

    def gain(self, size: float) -> float:
        """PnL [coin] where it has come to a size."""
        return self.side * (self.opened - size)

    def pinned(self) -> Rule:
        """Its rule for sizes near its own: where tiers do not follow the price, that of its tier."""
        if not self.rule.tiers or self.moving():
            return self.rule
        _, rate, amount, _ = self.tier()
        return self.rule._replace(tiers=(), mmr=rate, amount=amount)

    def initial_rate(self) -> float:
        """The venue's initial rate at this size; 0 where nothing states one."""
        rate = self.tier()[3] if self.rule.tiers else self.rule.imr
        return rate + self.rule.slope_im * self.size if rate else 0.0


class Account(NamedTuple):
    """Positions of one coin on a margin [coin], or one by itself; prices move together, all by one factor.

    `v` is the price of now over a price, so that each position is v times as large there as now [coin].
    """

    margin: float
    legs: tuple[Leg, ...]

    @property
    def size(self) -> float:
        return sum(leg.size for leg in self.legs)

    @property
    def side(self) -> int:
        """-1 where a rise is a loss."""
        return -1 if sum(leg.qty / leg.now for leg in self.legs) < 0 else 1

    def maintenance(self, v: float) -> float:
        return sum(leg.maintenance(leg.size * v) for leg in self.legs)

    def equity(self, v: float) -> float:
        return self.margin + sum(leg.gain(leg.size * v) for leg in self.legs)

    def lives(self, v: float = 1.0) -> bool:
        return self.equity(v) > self.maintenance(v)

    def need(self, v: float) -> float:
        """The margin that keeps the equity at the maintenance."""
        return self.maintenance(v) - self.equity(v) + self.margin

    def stops(self, low: float, high: float) -> list[float]:
        """Where tiers begin between two, in rising order."""
        found = set()
        for leg in self.legs:
            for floor, *_ in leg.rule.tiers if leg.qty and leg.moving() else ():
                v = floor / leg.size
                while leg.size * v < floor:  # by binary noise
                    v = math.nextafter(v, math.inf)
                found.add(v)
        return sorted(v for v in found if low < v < high)

    def needed(self, worst: float) -> float:
        """The margin that survives every price from that of now to the worst."""
        v = 1 / worst
        return max(0.0, *(self.need(each) for each in (1.0, v, *self.stops(min(1.0, v), max(1.0, v)))))

    def above(self) -> float:
        """The first price above that of now, as a multiple of it, at which it is liquidated; inf where none does."""
        if not self.lives():
            return 1.0
        alive = 1.0
        for stop in reversed(self.stops(0.0, 1.0)):
            if not self.lives(stop):
                return 1 / self._edge(alive, stop)
            alive = math.nextafter(stop, 0.0)
        return 1 / self._edge(alive, 0.0) if self.equity(0.0) < self.maintenance(0.0) else math.inf

    def below(self) -> float:
        """The first price below that of now, as a multiple of it, at which it is liquidated; inf, "none", where none does."""
        if not self.lives():
            return 1.0
        alive = 1.0
        for stop in self.stops(1.0, math.inf):
            if not self.lives(before := math.nextafter(stop, 0.0)):
                return 1 / self._edge(alive, before)
            if not self.lives(stop):
                return 1 / stop
            alive = stop
        dead = alive
        while self.lives(dead):
            dead *= 2
            if dead > 1e30:
                return math.inf
        return 1 / self._edge(alive, dead)

    def _edge(self, alive: float, dead: float) -> float:
        for _ in range(HALVINGS):
            middle = (alive + dead) / 2
            alive, dead = (middle, dead) if self.lives(middle) else (alive, middle)
        return dead

    def ratio(self, v: float = 1.0) -> float:
        """Maintenance as a share of the equity; 1 is liquidation."""
        if self.size == 0:
            return 0.0
        return self.maintenance(v) / self.equity(v) if self.lives(v) else 1.0


def filled(qty: float, entry: float, trade: float, price: float) -> tuple[float, float, float]:
    """Position, average entry and realised PnL [coin] after a trade: lots of coins at entry, the oldest way of all."""
    if trade == 0 or qty * trade >= 0:
        new, coins = qty + trade, (qty / entry if qty else 0.0) + trade / price
        return new, new / coins if new else price, 0.0
    closed = -math.copysign(min(abs(qty), abs(trade)), trade)
    realized = closed / entry - closed / price
    new = qty + trade
    return new, (entry if abs(trade) < abs(qty) else price), realized


def fewer(target: float, qty: float, step: float) -> float:
    """Steps that take a position to its target, never past it on the side of more hedge."""
    exact = round((target - qty) / step, 6)  # the noise of binary arithmetic is no contract
    return float(math.ceil(exact) if target <= 0 else math.floor(exact))


def touched(price: float, level: float, volatility: float, days: float) -> float:
    """Probability that a geometric Brownian motion without drift touches a level: ends beyond it, or came back.

    What ends at x short of the level a has touched it with probability exp(-2 a (a - x)/(v^2 T)), by the Brownian bridge;
    that is summed over all ends, by Simpson's rule.
    """
    if level == math.inf:
        return 0.0
    sign = 1 if level > price else -1
    far, spread = abs(math.log(level / price)), volatility * math.sqrt(days / 365)
    mean = -sign * spread * spread / 2
    beyond = math.erfc((far - mean) / spread / math.sqrt(2)) / 2
    pull = (far + mean) / spread**2
    wide = min(14 * spread + max(0.0, -pull) * spread**2, 45 / pull if pull > 0 else math.inf)
    steps, back = 1200, 0.0
    for i in range(steps + 1):
        short = i * wide / steps  # of the level
        weight = 1 if i in (0, steps) else 4 if i % 2 else 2
        back += weight * math.exp(-((far - short - mean) ** 2) / (2 * spread**2) - 2 * far * short / spread**2)
    return beyond + back * wide / steps / 3 / (spread * math.sqrt(2 * math.pi))


def limit(price: float, tick: float) -> float:
    return math.floor(round(price / tick, 6) + 0.5) * tick if tick else price


def effect(before: float, after: float) -> str:
    if before == 0:
        return "opens"
    if after == 0:
        return "closes"
    if before * after < 0:
        return "reverses"
    return "adds" if abs(after) > abs(before) else "reduces"
