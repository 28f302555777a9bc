"""What is read of an account, in the venue's own names and units, and how lists in pages are read to their end."""

import math
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ...ledger.entry import FILL, SETTLEMENT
from ..exchange import Unanswered
from ..fetch import NAME

if TYPE_CHECKING:
    import ccxt

DAY = 86400000
"""Milliseconds."""
MOST = 20000
"""Pages of one list after which it is not believed to have an end."""
LONGEST = 80
"""Characters of a name of a row, or of a kind of rows."""
MAY_TRADE, MAY_MOVE, MAY_MORE = "trade", "withdraw or transfer", "do more than read"
"""What a key must not be able to do."""


class Held(NamedTuple):
    """A position: the venue's name of the contract, its size (contracts, or USD where the venue counts so; long > 0).

    Average entry [USD/coin], margin posted [coin] unless it is shared, leverage [x] where it is told, and the name of the
    pool that shares its margin, "" where it is isolated.
    """

    symbol: str
    size: float
    entry: float
    margin: float | None
    leverage: float | None
    pool: str


class Wallet(NamedTuple):
    """What a wallet holds of a coin, without unrealised profit; `pool` is the pool of margin that it is."""

    coin: str
    amount: float
    pool: str


class Move(NamedTuple):
    """What moved a position or a wallet at a time [ms]: a row of a ledger but for the unit of its size.

    `symbol` is the venue's name of the contract, or a coin for a transfer and a statement; `size` is in contracts, or in USD
    where the venue counts so, bought > 0; price [USD/coin]; fee [coin, paid > 0]; amount [coin, received > 0]; position, entry
    and balance are the venue's own figures after it. `what` is a kind of rows that is taken as a transfer, or, of a
    statement, one that is left out although it moved the wallet.
    """

    time: int
    type: str
    symbol: str
    size: float | None = None
    price: float | None = None
    fee: float | None = None
    amount: float | None = None
    id: str = ""
    position: float | None = None
    entry: float | None = None
    balance: float | None = None
    what: str = ""


class Other(NamedTuple):
    """Something else that the venue's log tells of, which is none of a ledger's types, by a name of ours or a short one of its own."""

    what: str


class Access(NamedTuple):
    """How an account at one venue is read.

    `rights` tells what the key may do besides reading, or None where the venue does not tell; `positions`, `wallets` and
    `moves` read them, `moves` from a time [ms] on. `days` is how far back the venue tells moves, None for all of them.
    `in_usd` says that sizes are in USD and not in contracts.
    """

    rights: Callable[["ccxt.Exchange"], tuple[str, ...] | None]
    positions: Callable[["ccxt.Exchange"], Iterator[Held]]
    wallets: Callable[["ccxt.Exchange"], Iterator[Wallet]]
    moves: Callable[["ccxt.Exchange", int], Iterator[Move | Other]]
    days: int | None
    in_usd: bool = False
    notes: tuple[str, ...] = ()


def number(told: object) -> float:
    """A number that the venue tells, 0 where it is blank; ValueError for what is none, or has no end."""
    found = 0.0 if told is None or told == "" else float(told)
    if not math.isfinite(found):
        raise ValueError("no finite number")
    return found


def optional(told: object) -> float | None:
    """A number that the venue may tell, None where it is blank or 0, as what is not known is often written."""
    return number(told) or None


def sound(told: Iterable[Move | Other | Held | Wallet]) -> Iterator[Move | Other | Held | Wallet]:
    """What was told, checked before anything is made of it; ValueError for what cannot be, which spoils the whole list."""
    latest = 1000 * time.time() + DAY
    for each in told:
        if isinstance(each, Other):
            what = (
                each.what if each.what.isprintable() and len(each.what) <= LONGEST else "rows of a kind without a name"
            )
            yield Other(what)
            continue
        if isinstance(each, Move) and not (each.what.isprintable() and len(each.what) <= LONGEST):
            each = each._replace(what="rows of a kind without a name")
        is_trade = isinstance(each, Move) and each.type in (FILL, SETTLEMENT)
        if is_trade and not (each.size and each.price and each.price > 0):
            raise ValueError("a trade of nothing, or without a price")
        if isinstance(each, Move) and not (
            0 < each.time < latest and each.id.isprintable() and len(each.id) <= LONGEST
        ):
            raise ValueError("a time or a name that cannot be")
        if isinstance(each, Held) and not each.entry > 0:
            raise ValueError("a position without an entry")
        if not NAME.fullmatch(each.coin if isinstance(each, Wallet) else each.symbol):
            raise ValueError("no name of a contract or a coin")
        yield each


def rows_of(told: object) -> list:
    """The rows of a list that the venue tells; ValueError for what is none, which is not the same as an empty one."""
    if not isinstance(told, list):
        raise ValueError("no list")
    return told


def paged(
    ask: Callable[[object], tuple[list, object]], key: Callable[[dict], Hashable], venue: str, start: object = None
) -> Iterator[dict]:
    """The rows of a list in pages, each once: `ask` takes where a page begins and gives its rows and where the next one does.

    The list ends with a next page of None. One that brings nothing new is a fault: what came after it would be missing.
    """
    seen: set[Hashable] = set()
    for _ in range(MOST):
        rows, following = ask(start)
        new = [row for row in rows_of(rows) if not (key(row) in seen or seen.add(key(row)))]
        yield from new
        if following is None:
            return
        if following == start or rows and not new:
            break
        start = following
    raise Unanswered(venue, "tells the same page of a list again, so that the rest of it is missing")


def windows(since: int, until: int, days: float) -> Iterator[tuple[int, int]]:
    """Stretches of time [ms] of at most so many days from one time to another; each ends where the next begins, less 1 ms."""
    while since <= until:
        yield since, min(since + round(days * DAY) - 1, until)
        since += round(days * DAY)


def beyond_reading(words: Iterable[str], harmless: Iterable[str], meanings: dict[str, str]) -> tuple[str, ...]:
    """What the rights of a key allow besides reading, each once; one that is not known allows more than reading."""
    rest = [word.strip().lower() for word in words]
    return tuple(dict.fromkeys(meanings.get(word, MAY_MORE) for word in rest if word and word not in harmless))
