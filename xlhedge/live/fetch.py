"""A snapshot of the market: every venue is asked at the same time, and what one does not tell is said and costs no other one."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..contracts import Contract, RefusedContractError, contract
from ..contracts.tables import symbol_key
from ..errors import XlhedgeError
from .exchange import PATIENCE, PAUSE, Unanswered, client, in_words, library
from .plausible import Gap, believed, gathered
from .quotes import MIXED, PRICES, QUOTES, Figure, Wanted
from .table import Row

EVERY = ""
"""In place of a symbol: every inverse contract of the venue."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:-]{0,39}", re.ASCII)
"""What the name of a contract or a coin looks like; a venue's answer is somebody else's text."""

Base = Callable[[str], str] | None
"""The address that stands in for a venue's own ones, by venue, in tests."""


class Snapshot(NamedTuple):
    """The figures that were had, in the order of the asking, and what was not, each with its reason."""

    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]


class _Part(NamedTuple):
    """What one venue told."""

    rows: list[Row]
    gaps: list[Gap]


def snapshot(
    wanted: Iterable[tuple[str, str]],
    coins: Iterable[str] = (),
    timeout: float = PATIENCE,
    *,
    base: Base = None,
    pause: float = PAUSE,
) -> Snapshot:
    """Ask the venues for the figures of contracts and for the prices of coins.

    `wanted` are pairs of venue and contract, as the tables of contracts spell them ("" for every inverse contract of the
    venue); `coins` are names such as BTC, whose price [USD] is the index of the first contract of them that was had,
    or else OKX's or Bybit's index. `timeout` [s] is the time for all of it. `base` gives the address of a server that
    stands in for a venue, `pause` [s] lies before a second try. NotAvailableError where ccxt is not installed.
    """
    library()
    ends = time.monotonic() + timeout
    asked, gaps = _by_venue(wanted)
    tasks = {venue: _venue_task(venue, symbols, base, timeout, pause) for venue, symbols in asked.items()}
    parts = _at_once(tasks, timeout)
    rows = [row for part in parts.values() for row in part.rows]
    gaps += [gap for part in parts.values() for gap in part.gaps]
    left = dict.fromkeys(coin.upper() for coin in coins)
    prices = _from_contracts(rows, left)
    for venue, prices_of in PRICES.items():
        missing = [coin for coin in left if coin not in {row.symbol for row in prices}]
        rest = ends - time.monotonic()
        if not missing or rest <= 0:
            break
        task = _price_task(venue, prices_of, missing, base, rest, pause)
        prices += _at_once({venue: task}, rest)[venue].rows
    had = {row.symbol for row in prices}
    gaps += [Gap("", coin, "no price could be had") for coin in left if coin not in had]
    return Snapshot((*sorted(prices, key=lambda row: [*left].index(row.symbol)), *rows), tuple(gaps))


def _by_venue(wanted: Iterable[tuple[str, str]]) -> tuple[dict[str, dict[str, Contract | None]], list[Gap]]:
    """The contracts that are asked for by venue, by the tables' own spelling, and those that cannot be."""
    asked: dict[str, dict[str, Contract | None]] = {}
    gaps = []
    for venue, symbol in dict.fromkeys((venue.strip().lower(), symbol.strip()) for venue, symbol in wanted):
        of_venue = asked.setdefault(venue, {})
        if symbol == EVERY:
            of_venue[EVERY] = None
            continue
        try:
            found = contract(venue, symbol)
            of_venue[found.symbol] = found
        except RefusedContractError as error:
            gaps.append(Gap(venue, symbol, str(error)))
        except XlhedgeError:  # a contract that no table has may well exist
            of_venue[symbol.upper()] = None
    return {venue: symbols for venue, symbols in asked.items() if symbols}, gaps


def _at_once(tasks: Mapping[str, Callable[[], _Part]], seconds: float) -> dict[str, _Part]:
    """Run tasks at the same time for at most so many seconds; the results are in the order of the tasks."""
    done: dict[str, _Part] = {}

    def run(venue: str, task: Callable[[], _Part]) -> None:
        try:
            with in_words(venue, seconds):
                done[venue] = task()
        except XlhedgeError as error:
            reason = error.reason if isinstance(error, Unanswered) else str(error)
            done[venue] = _Part([], [Gap(venue, EVERY, reason)])

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in tasks.items()]
    for thread in threads:
        thread.start()
    ends = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(ends - time.monotonic(), 0))
    late = f"did not answer within {seconds:.3g} s"
    found = dict(done)
    return {venue: found.get(venue) or _Part([], [Gap(venue, EVERY, late)]) for venue in tasks}


def _venue_task(venue: str, symbols: Mapping[str, Contract | None], base: Base, seconds: float, pause: float):
    def task() -> _Part:
        ask = client(venue, seconds=seconds, base=base and base(venue), pause=pause)
        keys = None if EVERY in symbols else frozenset(map(symbol_key, symbols))
        dated = keys is None or any(found is None or found.is_dated for found in symbols.values())
        figures = [*QUOTES[venue](ask, Wanted(keys, dated))]
        return _spelled(venue, symbols, figures)

    return task


def _price_task(venue: str, prices_of, coins: Sequence[str], base: Base, seconds: float, pause: float):
    def task() -> _Part:
        ask = client(venue, seconds=seconds, base=base and base(venue), pause=pause)
        return _checked(venue, {figure.symbol: [figure] for figure in prices_of(ask, coins)})

    return task


def _spelled(venue: str, symbols: Mapping[str, Contract | None], figures: Iterable[Figure]) -> _Part:
    """The figures by contract as the tables spell them, those asked for one by one first and in their order."""
    of: dict[str, list[Figure]] = {symbol: [] for symbol in symbols if symbol != EVERY}
    named = {symbol_key(symbol): symbol for symbol in of}
    for figure in figures:
        symbol = named.get(symbol_key(figure.symbol)) or _known(venue, figure.symbol)
        if symbol:
            of.setdefault(symbol, []).append(figure)
    gaps = [Gap(venue, symbol, "is not listed there now") for symbol, told in of.items() if not told]
    if not of:
        gaps.append(Gap(venue, EVERY, "told no inverse contract"))
    part = _checked(venue, {symbol: told for symbol, told in of.items() if told})
    return _Part(part.rows, [*gaps, *part.gaps])


def _known(venue: str, name: str) -> str | None:
    """The symbol of a contract that the venue names; its own name where no table has it, None where it is refused."""
    try:
        return contract(venue, name).symbol
    except RefusedContractError:
        return None
    except XlhedgeError:
        return name if NAME.fullmatch(name) and venue not in MIXED else None


def _checked(venue: str, of: Mapping[str, list[Figure]]) -> _Part:
    """The rows of what can be believed, and a gap for what cannot."""
    now, rows, gaps = round(1000 * time.time()), [], []
    for symbol, figures in of.items():
        good, wrong = believed(venue, symbol, _with_hours(venue, symbol, figures), now)
        rows += good
        gaps += wrong
    return _Part(rows, gathered(gaps))


def _with_hours(venue: str, symbol: str, figures: list[Figure]) -> list[Figure]:
    """The figures, with the interval of funding from the tables of contracts where the venue tells a rate without one."""
    told = {figure.field: figure for figure in figures}
    if "funding rate" not in told or "funding hours" in told:
        return figures
    try:
        fact = contract(venue, symbol).facts["funding_hours"]
    except (XlhedgeError, KeyError):
        return [*figures, Figure(symbol, "funding hours", None, None, "")]
    source = f"xlhedge's table of contracts, {fact.as_of or 'undated'}"
    return [*figures, Figure(symbol, "funding hours", fact.value, told["funding rate"].time, source)]


def _from_contracts(rows: Iterable[Row], coins: Iterable[str]) -> list[Row]:
    """The price of each coin that a contract's index tells, the first contract's."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.field == "index":
            try:
                coin = contract(row.venue, row.symbol).get("coin")
            except XlhedgeError:
                continue
            source = f"index of {row.symbol}: {row.source}"
            found.setdefault(coin, row._replace(symbol=coin, field="price", source=source))
    return [found[coin] for coin in coins if coin in found]
