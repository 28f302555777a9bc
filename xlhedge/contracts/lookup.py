"""Look-up of contracts: a venue's shipped facts with the user's own laid over them."""

import os
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import chain

from xlhedge.contracts.dated import expiry, is_series
from xlhedge.contracts.fields import FIELDS, Value, known_field
from xlhedge.contracts.tables import EVERY, Fact, FactTable, read_table, shipped, shipped_venues, symbol_key
from xlhedge.errors import InputError, NotAvailableError, shown

ENVIRONMENT = "XLHEDGE_CONTRACTS"
HOW_TO_SUPPLY = (
    "supply it in a table of your own (--contracts FILE, the environment variable XLHEDGE_CONTRACTS or "
    "the workbook's Contracts sheet)"
)

REFUSED = {
    "coin-sized": "is sized in coins: its contracts are a fixed number of coins and not of USD, so the inverse "
    "formulas, which keep the USD size fixed while the price moves, would misprice it",
    "quanto": "is a quanto: it pays a fixed amount of another coin for each USD of price move, so the inverse "
    "formulas Q(1/entry - 1/price) would misprice it",
    "other-currency": "is inverse in another currency than USD: its contracts are a fixed amount of that currency, so the "
    "formulas, whose qty is in USD, would misprice it",
    "usd-settled": "settles in USD and not in the coin, so the inverse formulas, whose margin and PnL are in coin, "
    "would misprice it",
    "none": "cannot be priced: no inverse contract of this name is known to trade there",
}

# Maintenance facts belong together: whoever states the first replaces the rest, unless it is stated beside it.
SUPERSEDES = {
    "floors": ("rates", "amounts", "imrs", "mmr", "amount", "slope", "cap"),
    "rates": ("amounts", "imrs", "mmr", "amount", "slope"),
    "mmr": ("floors", "rates", "amounts", "imrs", "amount", "slope", "cap"),
    "slope": ("floors", "rates", "amounts", "imrs", "amount", "cap"),
}


OF_PERPETUALS = ("funding_hours", "funding_formula")
"""What a venue states of every contract, and a dated one does not have."""


class RefusedContractError(NotAvailableError):
    """A contract that exists, or is said to, but that the inverse formulas would misprice."""


@dataclass(frozen=True, slots=True)
class Contract:
    """All that is known of one contract: `facts` by field, `get` and `[]` for their values.

    `series` is the row of the tables that holds the facts of a dated one, where it has none of its own.
    """

    venue: str
    symbol: str
    facts: dict[str, Fact]
    series: str = ""

    def get(self, field: str, default: Value | None = None) -> Value | None:
        """Return the value of a field, or the default where it is not established."""
        fact = self.facts.get(known_field(field))
        return default if fact is None else fact.value

    def __getitem__(self, field: str) -> Value:
        field = known_field(field)
        if field in self.facts:
            return self.facts[field].value
        raise NotAvailableError(
            f"{self.venue} {self.symbol}: {field} ({FIELDS[field].meaning}) is not established; {HOW_TO_SUPPLY}"
        )

    @property
    def is_dated(self) -> bool:
        """Whether it expires."""
        return "expiry" in self.facts

    @property
    def ends(self) -> str | None:
        """The day on which trading in it ends, such as 2026-09-23, or None where no end is known."""
        return min(
            (self.facts[field].value for field in ("listed_until", "expiry") if field in self.facts), default=None
        )

    @property
    def refusal(self) -> str | None:
        """Why the contract is refused, as a sentence, or None."""
        kind = self.facts.get("kind")
        if kind is None or kind.value not in REFUSED:
            return None
        note = f" ({kind.note})" if kind.note else ""
        return f"{self.venue} {self.symbol} {REFUSED[kind.value]}{note}"


def venues(*, table: FactTable | None = None) -> tuple[str, ...]:
    """Name all venues, the user's own included."""
    table = table or environment_table()
    return tuple(sorted({*shipped_venues(), *(fact.venue for fact in (table.facts if table else ()))}))


def symbols(venue: str, *, table: FactTable | None = None) -> tuple[str, ...]:
    """Name the contracts of a venue, refused ones included."""
    return tuple(sorted(_venue(venue, table).contracts))


def all_series(venue: str, *, table: FactTable | None = None) -> tuple[Contract, ...]:
    """The series of dated contracts of a venue: what all contracts of each have in common."""
    book = _venue(venue, table)
    return tuple(book.series(name) for name in sorted(book.all_series))


def facts(venue: str, *, table: FactTable | None = None) -> tuple[Fact, ...]:
    """List the facts of a venue as they hold, each once: those of the symbol "*" hold for every contract."""
    every = _venue(venue, table).own.values()
    return tuple(fact for own in every for fact in own.values() if fact.value is not None)


def contract(venue: str, symbol: str, *, table: FactTable | None = None) -> Contract:
    """Find an inverse contract by venue and symbol; case, separators and the endings PERP and SWAP do not matter.

    XBT means BTC, and a coin alone means its USD contract. The table is the user's own; without one, that of the
    environment variable XLHEDGE_CONTRACTS is used if set. RefusedContractError for what is not inverse.
    """
    table = table or environment_table()
    if type(venue) is str and type(symbol) is str:
        return _usable(venue, symbol, table)
    return _usable.__wrapped__(venue, symbol, table)


@lru_cache(maxsize=1024)
def _usable(venue: str, symbol: str, table: FactTable | None) -> Contract:
    found = _find(venue, symbol, table)
    if found.refusal:
        raise RefusedContractError(found.refusal)
    found["kind"]  # without it nothing says that the formulas fit
    return found


def known(venue: str, symbol: str, *, table: FactTable | None = None) -> Contract | None:
    """Find a contract as `contract` does, a refused one too; None where the venue has none of the name here."""
    try:
        return _find(venue, symbol, table)
    except NotAvailableError:
        return None


def spec(venue: str, symbol: str, field: str, *, table: FactTable | None = None) -> Value:
    """Return one value of a contract, of a refused one too where it is stated."""
    field = known_field(field)
    found = _find(venue, symbol, table)
    if field not in found.facts and found.refusal:
        raise RefusedContractError(found.refusal)
    return found[field]


class _Venue:
    """The facts of one venue, `own` as stated by symbol and `contracts` with those of every symbol laid under."""

    def __init__(self, name: str, shipped_facts: tuple[Fact, ...], user_facts: tuple[Fact, ...]) -> None:
        self.name = name
        self.own: dict[str, dict[str, Fact]] = {EVERY: {}}
        self.contracts: dict[str, Contract] = {}
        self._series: dict[str, str] = {}
        self._symbols: dict[str, set[str]] = {}
        self._coins: dict[str, set[str]] = {}
        for layer in (shipped_facts, user_facts):
            self._add(layer)
            self._index()

    def _add(self, layer: tuple[Fact, ...]) -> None:
        stated: dict[str, dict[str, Fact]] = {}
        spelled: dict[str, str] = {}
        for fact in layer:
            symbol = self.resolve(fact.symbol) or spelled.setdefault(symbol_key(fact.symbol), fact.symbol)
            stated.setdefault(symbol, {})[fact.field] = fact
        for symbol, new in stated.items():
            self.own[symbol] = laid_over(self.own.get(symbol, {}), new)

    def _index(self) -> None:
        self._series = {symbol_key(symbol): symbol for symbol in self.own if is_series(symbol)}
        for symbol in self.own.keys() - {EVERY, *self._series.values()}:
            if found := self._dated(symbol, self.own[symbol]):  # which no coin means, and no other name
                self.contracts[symbol] = found
                self._symbols[symbol_key(symbol)] = {symbol}
                continue
            found = Contract(self.name, symbol, self.own[symbol])
            if not found.refusal:  # what holds for the venue's inverse contracts need not hold for a refused one
                found = Contract(self.name, symbol, laid_over(self.own[EVERY], self.own[symbol]))
            self.contracts[symbol] = found = Contract(self.name, symbol, _known(found.facts))
            for name in filter(None, (symbol, found.get("ticker"))):
                self._symbols.setdefault(symbol_key(name), set()).add(symbol)
            if coin := found.get("coin"):
                for name in (coin, coin + "USD"):
                    self._coins.setdefault(symbol_key(name), set()).add(symbol)

    def dated(self, symbol: str) -> Contract | None:
        """Return the dated contract that a symbol means; NotAvailableError for one that the venue's calendar does not have."""
        for series in self._series.values():
            facts = self.series(series).facts
            if "calendar" in facts and (meant := expiry(series, facts["calendar"].value, symbol, self.name)):
                name, day = meant
                told = replace(facts["calendar"], symbol=name, field="expiry", value=day.isoformat(), unit="date")
                return Contract(self.name, name, facts | {"expiry": told}, series)
        return None

    @property
    def all_series(self) -> tuple[str, ...]:
        """The rows of the tables that stand for series of dated contracts."""
        return tuple(self._series.values())

    def series(self, name: str) -> Contract:
        """What every contract of a series has in common."""
        return Contract(self.name, name, _known(laid_over(self._of_every_dated(), self.own[name])), name)

    def _dated(self, symbol: str, own: dict[str, Fact]) -> Contract | None:
        """A dated contract of the user's own table: over its series, else over what holds for every dated contract."""
        try:
            found = self.dated(symbol)
        except NotAvailableError:
            found = None
        listed = self.contracts.get(symbol)  # a perpetual that ends some day stays one
        if found is None and ("expiry" not in own or (listed and not listed.is_dated)):
            return None
        return Contract(self.name, symbol, _known(laid_over(found.facts if found else self._of_every_dated(), own)))

    def _of_every_dated(self) -> dict[str, Fact]:
        """What the venue states of every contract, but for what only perpetuals have."""
        return {field: fact for field, fact in self.own[EVERY].items() if field not in OF_PERPETUALS}

    def resolve(self, symbol: str) -> str | None:
        """Return the symbol, as listed, that a name means: a symbol or ticker first, then a coin."""
        key = symbol_key(symbol)
        if key in self._series:
            return self._series[key]
        for found in (self._symbols.get(key), self._symbols.get(key + "USD"), self._coins.get(key)):
            if found and len(found) > 1:
                raise InputError("symbol", f"must name one of {self.name}'s {', '.join(sorted(found))}", symbol)
            if found:
                return next(iter(found))
        return None

    def missing(self, symbol: str) -> str:
        """Say that a symbol is not listed, with the names that come close."""
        names = {symbol_key(name): name for name in sorted(self.contracts)}
        close = get_close_matches(symbol_key(symbol), names) or list(names)[:8]
        listed = ", ".join(names[key] for key in close)
        return f"{self.name} has no contract {shown(symbol)} here (it has {listed}); {HOW_TO_SUPPLY}"


def _known(facts: dict[str, Fact]) -> dict[str, Fact]:
    """The facts without those that a user's table takes back."""
    return {field: fact for field, fact in facts.items() if fact.value is not None}


def laid_over(below: dict[str, Fact], above: dict[str, Fact]) -> dict[str, Fact]:
    """Lay facts of one contract over others of it: each takes the place of its own field and of what belongs to it."""
    gone = set(chain.from_iterable(SUPERSEDES.get(field, ()) for field in above))
    return {field: fact for field, fact in below.items() if field not in gone} | above


def _find(venue: str, symbol: str, table: FactTable | None) -> Contract:
    book = _venue(venue, table)
    if not isinstance(symbol, str) or not symbol.strip():
        raise InputError("symbol", "must be the name of a contract", symbol)
    listed = book.resolve(symbol)
    if listed in book.contracts:
        return book.contracts[listed]
    if dated := book.dated(symbol):
        return dated
    whole_venue = Contract(book.name, symbol.strip().upper(), _known(book.own[EVERY]))
    if whole_venue.refusal:
        return whole_venue
    raise NotAvailableError(book.missing(symbol.strip()))


def _venue(name: str, table: FactTable | None) -> _Venue:
    if not isinstance(name, str) or not name.strip():
        raise InputError("venue", "must be the name of a venue", name)
    return _laid_out(name.strip().lower(), table or environment_table())


@lru_cache(maxsize=64)
def _laid_out(name: str, table: FactTable | None) -> _Venue:
    known = venues(table=table)
    if name not in known:
        close = ", ".join(get_close_matches(name, known) or known)
        raise NotAvailableError(f"there is no venue {shown(name)} here (there is {close}); {HOW_TO_SUPPLY}")
    own = shipped(name).facts if name in shipped_venues() else ()
    return _Venue(name, own, tuple(fact for fact in table.facts if fact.venue == name) if table else ())


@cache
def newest() -> str:
    """The newest date of the shipped facts that are as of a day, such as 2026-11-25: every end up to it is among them."""
    dates = (fact.as_of for venue in shipped_venues() for fact in shipped(venue).facts)
    return max(day for day in dates if len(day) == len("2026-11-25"))


def environment_table() -> FactTable | None:
    """Read the user's own table that the environment variable names, once for as long as the file stays the same."""
    path = os.environ.get(ENVIRONMENT)
    if not path:
        return None
    try:
        stamp = os.stat(path)
    except (OSError, ValueError):
        return read_table(path)  # which says what is wrong with it
    return _read_once(path, stamp.st_mtime_ns, stamp.st_size)


@lru_cache(maxsize=4)
def _read_once(path: str, modified: int, size: int) -> FactTable:
    return read_table(path)
