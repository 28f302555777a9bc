"""What is blank in the rows of a portfolio and stands in a snapshot of the market: prices, marks and funding rates.

What is typed wins, and a price that is far from the snapshot's is told; or, where that is asked for, the snapshot wins.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..contracts import Contract, FactTable, contract
from ..contracts.quotes import FUNDING, HOURS, INDEX, MARK, PRICE, Quote, Snapshot, latest, read_snapshot
from ..contracts.tables import TableError, symbol_key
from ..errors import XlhedgeError
from .fields import CASH_CODES, HoldingValues, SettingValues
from .hedge import contract_of, expiry_of
from .mistakes import RowError, RowErrors, Tables
from .positions import names_contract, same_coin
from .values import LONGEST_TEXT

FAR = 0.05
"""How far a price that is typed may be from the snapshot's, as a share of that, before it is told."""
APART = 0.01
"""How far the prices that a snapshot has of one coin may be from the one that is taken, as a share of it, before it is told."""

Numbered = Iterable[tuple[int, HoldingValues]]

clock: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)  # noqa: E731
"""Asked for the time of now [UTC]; tests put their own in its place."""


def open_snapshot(path: Path | None) -> Snapshot | None:
    """The snapshot of a file, if there is one; RowErrors for mistakes in it."""
    try:
        return None if path is None else read_snapshot(path, clock())
    except TableError as error:
        told = [RowError(p.file, p.row, p.column, p.value or None, p.rule) for p in error.problems]
        raise RowErrors(told) from None


class Missing(NamedTuple):
    """What a row asks for and the snapshot lacks: which column, and of which coin or contract."""

    row: int
    column: str
    of: str


class Filled(NamedTuple):
    """What came of filling in: the settings of the portfolio, sentences to be told, doubts, and what the snapshot lacks.

    `lacking` is the end of a sentence by the cell that stays blank: its file, row and column. `cells` are the quotes that were
    used by the number of the row and the column.
    """

    settings: SettingValues
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    lacking: Mapping[tuple[str, int, str], str] = {}
    cells: Mapping[tuple[int, str], Quote] = {}
    missing: tuple[Missing, ...] = ()


class Prices:
    """A snapshot, laid out to be looked up; `replaces` says that it wins over what is typed."""

    def __init__(self, snapshot: Snapshot, replaces: bool = False) -> None:
        self.snapshot, self.replaces = snapshot, replaces
        self._latest: dict[tuple[str, str, str], Quote] = {}
        self._hours: dict[tuple[str, str, str], list[Quote]] = {}
        for quote in sorted((each for each in snapshot.quotes if each.field == HOURS), key=lambda each: each.time):
            self._hours.setdefault(quote.key, []).append(quote)
        for quote in snapshot.quotes:
            earlier = self._latest.get(quote.key)
            if earlier is None or quote.time > earlier.time:
                self._latest[quote.key] = quote
        self._prices = _by_coin(
            (same_coin(quote.symbol), quote) for quote in self._latest.values() if quote.field == PRICE
        )
        self._indexes: dict[FactTable | None, dict[str, list[Quote]]] = {}

    def of(self, found: Contract, field: str) -> Quote | None:
        """The latest figure of a contract."""
        return self._latest.get((found.venue.lower(), symbol_key(found.symbol), field))

    def hours_of(self, rate: Quote) -> Quote | None:
        """The hours that a funding rate is for: the last that were told by its time, else the first after it."""
        told = self._hours.get((*rate.key[:2], HOURS), [])
        before = [each for each in told if each.time <= rate.time]
        return before[-1] if before else next(iter(told), None)

    def price(self, coin: str, own: Iterable[Contract], table: FactTable | None) -> Quote | None:
        """The price of a coin: its own, else the index of a contract that hedges it, else that of any inverse contract on it."""
        coin = same_coin(coin)
        if found := self._prices.get(coin):
            return latest(found)
        indexes = (self.of(each, INDEX) for each in own if each.get("coin") and same_coin(each.get("coin")) == coin)
        return latest([*filter(None, indexes)]) or latest(self._of_coin(coin, table))

    def other(self, coin: str, taken: Quote, table: FactTable | None) -> Quote | None:
        """The price or the index of a coin that is furthest from the one that is taken, where that is too far."""
        coin = same_coin(coin)
        others = [*self._prices.get(coin, ()), *self._of_coin(coin, table)]
        far = max(others, key=lambda quote: abs(quote.value - taken.value), default=taken)
        return far if abs(far.value - taken.value) > APART * taken.value else None

    def _of_coin(self, coin: str, table: FactTable | None) -> list[Quote]:
        """The index of every inverse contract on a coin."""
        if table not in self._indexes:
            self._indexes[table] = _by_coin(self._of_coins(table))
        return self._indexes[table].get(coin, [])

    def _of_coins(self, table: FactTable | None) -> Iterator[tuple[str, Quote]]:
        """Every index of an inverse contract that the tables know, with the coin of the contract."""
        for quote in self._latest.values():
            if quote.field == INDEX:
                try:
                    coin = contract(quote.venue, quote.symbol, table=table).get("coin")
                except XlhedgeError:  # a contract that is not known here, or is not inverse
                    continue
                if coin:
                    yield same_coin(coin), quote

    def fill(
        self, tables: Tables, held: Numbered, further: Numbered, settings: SettingValues, told: set[str], table
    ) -> Filled:
        """Fill in the rows of a portfolio; `told` are the settings that somebody gave, and `table` the user's own contracts."""
        return _Filling(self, tables, settings, table).fill([*held], [*further], told)


def _by_coin(quotes: Iterable[tuple[str, Quote]]) -> dict[str, list[Quote]]:
    """The quotes of each coin."""
    found: dict[str, list[Quote]] = {}
    for coin, quote in quotes:
        found.setdefault(coin, []).append(quote)
    return found


class _Filling:
    """The rows of one portfolio while they are filled in: what was used, and what is to be told."""

    def __init__(self, prices: Prices, tables: Tables, settings: SettingValues, table: FactTable | None) -> None:
        self._prices, self._tables, self._settings, self._table = prices, tables, settings, table
        self._name = prices.snapshot.name
        self._used: dict[str, list[Quote]] = {PRICE: [], MARK: [], FUNDING: []}
        self._typed: list[str] = []
        self._assumed: list[str] = []
        self._changes: list[str] = []
        self._doubts: list[str] = []
        self._lacking: dict[tuple[str, int, str], str] = {}
        self._cells: dict[tuple[int, str], Quote] = {}
        self._missing: list[Missing] = []

    def fill(self, held: list, further: list, told: set[str]) -> Filled:
        """Fill in every row, and say what was done."""
        contracts = {row: found for row, values in (*held, *further) if (found := self._found(values))}
        of_asset: dict[str, list[Contract]] = {}
        for row, values in (*held, *further):
            if row in contracts:
                of_asset.setdefault(values.asset.upper(), []).append(contracts[row])
        coins = {same_coin(values.asset) for _, values in held}
        for row, values in held:
            own = of_asset.get(values.asset.upper(), ())
            quote = self._prices.price(values.asset, own, self._table)
            self._put(row, values, "price", quote, values.asset)
        for row, values in (*held, *further):
            if row in contracts:
                self._fill_position(row, values, contracts[row], coins)
        settings = self._timed(told)  # whose changes are among the notes
        doubts = (*self._doubts, *self._stale())
        return Filled(settings, tuple(self._notes()), doubts, self._lacking, self._cells, tuple(self._missing))

    def _found(self, values: HoldingValues) -> Contract | None:
        """The contract of a row; None where it names none, or one whose mistake is told elsewhere."""
        if not names_contract(values):
            return None
        try:
            return contract_of(values, self._table)
        except XlhedgeError:
            return None

    def _fill_position(self, row: int, values: HoldingValues, found: Contract, coins: set[str]) -> None:
        """The mark of a contract that needs one, and the funding rate of a perpetual."""
        name = f"{found.venue} {found.symbol}"
        try:
            is_dated = expiry_of(values, found) is not None
        except XlhedgeError:  # a mistake of the row, which is told elsewhere
            return
        coin = found.get("coin")
        needs_mark = is_dated or (values.beta is not None and coin and same_coin(coin) not in coins)
        if needs_mark or values.mark is not None:
            self._put(row, values, "mark", self._prices.of(found, MARK), name)
        if is_dated or (values.funding_rate is not None and not self._prices.replaces):
            return
        quote = self._prices.of(found, FUNDING)
        if quote is None:
            self._assumed.append(name)
            self._missing.append(Missing(row, "funding_rate", name))
            return
        hours = found.get("funding_hours") or self._settings.funding_hours
        stated = self._prices.hours_of(quote)
        self._use(row, values, "funding_rate", quote.value * hours / (stated.value if stated else hours), quote, name)

    def _put(self, row: int, values: HoldingValues, column: str, quote: Quote | None, of: str) -> None:
        """Fill in the price or the mark of something, or tell that a typed one is far off, or that the snapshot lacks it."""
        typed = getattr(values, column)
        is_kept = typed is not None and not (quote and self._prices.replaces)
        if is_kept and values.kind != "cash" and values.asset.upper() not in CASH_CODES:
            self._typed.append(f"{column} of {of}")
        if quote is None:
            self._missing.append(Missing(row, column, of))
            self._lacking[self._tables.error(row, column, None, "")[:3]] = f"; {self._name} has no {column} of {of}"
        elif typed is None or self._prices.replaces:
            self._use(row, values, column, quote.value, quote, of)
            if column == "price" and (other := self._prices.other(of, quote, self._table)):
                self._doubts.append(self._apart(of, quote, other))
        else:
            if abs(typed / quote.value - 1) > FAR:
                self._doubts.append(
                    f"{self._tables.at(row)}, {column}: {typed:.10g} is {typed / quote.value - 1:+.1%} off the {quote.value:.10g} "
                    f"of {self._name} ({_where(quote)})"
                )

    def _apart(self, of: str, taken: Quote, other: Quote) -> str:
        """That two prices of a coin are far apart, which of them is taken, and why."""
        why = "a price goes before an index" if taken.field != other.field else "it is the later one"
        if taken.field == other.field and taken.time <= other.time:
            why = "it is that of its own contract" if taken.field == INDEX else "of one time the first by venue goes"
        return (
            f"price of {of}: {self._name} has {_told(taken)} and {_told(other)}, {other.value / taken.value - 1:+.1%} off it; the "
            f"first is taken: {why}"
        )

    def _use(self, row: int, values: HoldingValues, column: str, value: float, quote: Quote, of: str) -> None:
        """Put a value in, and remember where it is from and what it takes the place of."""
        typed = getattr(values, column)
        before, now = "blank" if typed is None else f"{typed:.15g}", f"{value:.15g}"
        if before != now:
            self._changes.append(f"{of} {column}: {before} -> {now}")
        setattr(values, column, value)
        self._cells[row, column] = quote
        self._used[quote.field if column == "funding_rate" else column].append(quote)

    @property
    def _oldest(self) -> datetime.datetime | None:
        return min((quote.time for used in self._used.values() for quote in used), default=None)

    def _timed(self, told: set[str]) -> SettingValues:
        """The settings with the time and the source of the prices that were filled in, where nothing else tells them.

        The time stays where a price is still an old one.
        """
        if not (self._used[PRICE] or self._used[MARK]):
            return self._settings
        given = {"price_time": self._oldest.replace(tzinfo=None), "price_source": self._source()}
        if self._prices.replaces and self._typed and (was := self._settings.price_time):
            given = {"price_time": min(was, given["price_time"])}
            kept = f"still old: {', '.join(dict.fromkeys(self._typed))}"
            self._changes.append(f"price_time stays {was}: {kept}" if was == given["price_time"] else kept)
        given = {name: value for name, value in given.items() if self._prices.replaces or name not in told}
        before = self._settings._asdict()
        self._changes += [
            f"{name}: {before[name] or 'blank'} -> {value}" for name, value in given.items() if before[name] != value
        ]
        return SettingValues(**before | given)

    def _source(self) -> str:
        """Where the figures are from that were used: their sources, or their venues, as many as a text may hold."""
        quotes = [quote for used in self._used.values() for quote in used]
        for names in ([quote.source for quote in quotes], [quote.venue for quote in quotes]):
            told = "; ".join(dict.fromkeys(filter(None, names)))
            if told and len(told) <= LONGEST_TEXT:
                return told
        return self._name[:LONGEST_TEXT]

    def _notes(self) -> Iterator[str]:
        """One line on what was filled in, and what was not."""
        counts = [f"{len(used)} {name}{'' if len(used) == 1 else 's'}" for name, used in self._used.items()]
        said = f"{', '.join(counts[:2])} and {counts[2]} filled in from {self._name}"
        said += f", the oldest of {_moment(self._oldest)}" if self._oldest else ""
        if self._typed and self._oldest:
            count = len(self._typed)
            said += f"; {count} typed {'ones are' if count > 1 else 'one is'} kept, of a time that is not told"
        if self._assumed:
            said += f"; without a funding rate there, by the setting: {', '.join(dict.fromkeys(self._assumed))}"
        yield said
        if self._prices.replaces:
            yield from self._changes

    def _stale(self) -> Iterator[str]:
        """That what was used is older than prices may be."""
        if self._oldest is None:
            return
        age = (clock() - self._oldest).total_seconds() / 3600
        if age > self._settings.price_hours:
            yield (
                f"{self._name}: the oldest figure that was used is {age:.0f} hours old, and price_hours is "
                f"{self._settings.price_hours:g}"
            )


def _told(quote: Quote) -> str:
    return f"{quote.value:.10g} ({_where(quote)})"


def _where(quote: Quote) -> str:
    return f"{quote.venue} {quote.symbol} {quote.field}, {_moment(quote.time)}"


def _moment(time: datetime.datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
