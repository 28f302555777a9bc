"""An account at a venue, read by a key that can only read: positions, wallets and a ledger, in our units."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from ..contracts import Contract, FactTable, RefusedContractError, contract
from ..errors import NotAvailableError, XlhedgeError
from ..ledger.entry import FUNDING, STATEMENT, TRANSFER, WITNESS, Told
from ..ledger.frame import MONEY, by_its_name, ledger_rows
from ..portfolio.positions import same_coin
from .accounts.told import DAY, Access, Held, Move, Other, Wallet, sound
from .exchange import CCXT, PATIENCE, PAUSE, Credentials, Unanswered, client, in_words
from .fetch import Base
from .keys import holds_secret
from .plausible import Gap

if TYPE_CHECKING:
    import ccxt
    import pandas as pd

READ = ("binance", "bybit", "deribit", "gate", "kraken", "kucoin", "okx")
"""The venues whose accounts can be read."""
BEGINNING = 1451606400000
"""2016-01-01 [ms]: before that none of them had inverse contracts that can still be asked for."""


class Position(NamedTuple):
    """An open position, as a table of positions has it: qty [USD, long > 0], entry [USD/coin], margin [coin], leverage [x].

    Positions that share their margin name an account, as the ledger calls it, with the coin where there are several; the first
    of them has the whole wallet as its margin.
    """

    asset: str
    venue: str
    contract: str
    account: str
    qty: float
    entry: float
    margin: float | None
    leverage: float | None


class Account(NamedTuple):
    """What was read: positions, wallets [coin], and rows of a ledger with the venue's own figures (`entry.WITNESS`).

    `left_out` counts what is none of the ledger, by reason; `notes` are sentences; `gaps` are what could not be had.
    `rows` is None where the moves could not be read to their end.
    """

    venue: str
    positions: tuple[Position, ...]
    wallets: tuple[Wallet, ...]
    rows: "pd.DataFrame | None"
    left_out: dict[str, int]
    notes: tuple[str, ...]
    gaps: tuple[Gap, ...]


class MayTrade(XlhedgeError):
    """A key that may do more than read, with which nothing was read."""


def read_account(
    venue: str,
    credentials: Credentials,
    since: datetime | None = None,
    name: str = "",
    contracts: FactTable | None = None,
    *,
    seconds: float = PATIENCE,
    base: Base = None,
    pause: float = PAUSE,
) -> Account:
    """Read an account.

    `since` is the time from which moves are read, all that the venue tells unless given; `name` what the ledger calls the
    account; `contracts` the user's own table of contracts; `seconds` the time for each answer. `base` and `pause` are as
    for `client`. MayTrade for a key that may do more than read; Unanswered where the venue tells nothing; NotAvailableError
    for a venue whose accounts are not read.
    """
    access = access_of(venue)
    ask = client(venue, seconds=seconds, credentials=credentials, base=base and base(venue), pause=pause)
    notes = [*_only_reads(venue, access, ask, seconds), *access.notes]
    begin, told = _begin(venue, access, since)
    notes += told
    gaps: list[Gap] = []

    def part(what: str, read: Callable[[], Iterable]) -> list | None:
        try:
            with in_words(venue, seconds):
                return [*sound(read())]
        except Unanswered as error:
            gaps.append(Gap(venue, what, error.reason))
            return None

    held = part("positions", lambda: access.positions(ask))
    wallets = part("wallets", lambda: access.wallets(ask))
    moved = part("moves", lambda: access.moves(ask, begin))
    if len({gap.reason for gap in gaps}) == 1 and len(gaps) == 3:
        raise Unanswered(venue, gaps[0].reason)
    books = _Books(venue, access, name, contracts)
    with in_words(venue, seconds):
        purses = _purses(wallets or ())
        positions = books.positions(held or (), wallets)
        rows = None if moved is None else books.rows(moved, held, wallets)
    notes += [f"{count} {what} are taken as transfers" for what, count in books.taken.items()]
    left_out = dict(sorted(books.left_out.items()))
    found = Account(venue, positions, purses, rows, left_out, tuple(notes), (*gaps, *books.gaps))
    _check_silent(found, credentials)
    return found


def access_of(venue: str) -> Access:
    """How an account at a venue is read; NotAvailableError for one whose accounts are not."""
    if venue not in CCXT or venue not in READ:
        raise NotAvailableError(f"an account at {venue} cannot be read (there is {', '.join(READ)})")
    return import_module(f".accounts.{venue}", __package__).ACCESS


def _only_reads(venue: str, access: Access, ask: "ccxt.Exchange", seconds: float) -> list[str]:
    """Refuse a key that may do more than read; what is to be told where the venue does not say."""
    with in_words(venue, seconds):
        may = access.rights(ask)
    if may is None:
        return [f"{venue} does not tell what a key may do: see to it that this one can only read"]
    if may:
        what = " and ".join(may)
        raise MayTrade(f"{venue}: the key may {what}; make one that can only read, nothing was read with this one")
    return []


def _begin(venue: str, access: Access, since: datetime | None) -> tuple[int, list[str]]:
    """From when on moves are read [ms], and what is to be told of it."""
    wanted = BEGINNING if since is None else round(since.timestamp() * 1000)
    if access.days is None:
        return wanted, []
    first = round(time.time() * 1000) - access.days * DAY
    if wanted >= first:
        return wanted, []
    day = datetime.fromtimestamp(first / 1000, UTC).date()
    return first, [f"{venue} is asked for what moved since {day}, {access.days} days ago, and for nothing before"]


class _Books:
    """What the venue told, in our units: sizes in USD, contracts as the tables spell them, coins by one name."""

    def __init__(self, venue: str, access: Access, name: str, contracts: FactTable | None) -> None:
        self.venue, self.access, self.name, self.contracts = venue, access, name, contracts
        self.left_out: Counter[str] = Counter()
        self.taken: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self._find = lru_cache(maxsize=None)(self._look_up)

    @property
    def gaps(self) -> list[Gap]:
        """Contracts that no table has, and whose rows are missing therefore."""
        return [
            Gap(self.venue, symbol, f"is in no table of contracts, so that {count} of its rows are left out")
            for symbol, count in self.unknown.items()
        ]

    def _look_up(self, symbol: str) -> Contract | str:
        """A contract, or why what is told of it is left out; "" for one that no table has."""
        try:
            return contract(self.venue, symbol, table=self.contracts)
        except RefusedContractError:
            return f"{by_its_name(symbol) or 'contracts that are not inverse'} ({symbol})"
        except XlhedgeError:
            reason = by_its_name(symbol)
            return f"{reason} ({symbol})" if reason else ""

    def of(self, symbol: str) -> Contract | None:
        """A contract, or None, which is counted, for one that is left out."""
        found = self._find(symbol)
        if isinstance(found, Contract):
            return found
        (self.left_out if found else self.unknown)[found or symbol] += 1
        return None

    def usd(self, found: Contract, size: float | None) -> float | None:
        """A size in USD."""
        return size if size is None or self.access.in_usd else size * found["face"]

    def positions(self, held: Iterable[Held], wallets: Sequence[Wallet] | None) -> tuple[Position, ...]:
        """The positions, with the wallet of each account that shares its margin beside the first of them."""
        margins = {(wallet.pool, same_coin(wallet.coin)): wallet.amount for wallet in wallets or ()}
        rows, name = [], self.name or self.venue
        known = [(each, found) for each in held if (found := self.of(each.symbol))]
        shared = {found["coin"] for each, found in known if each.pool}
        for each, found in known:
            coin, margin, account = found["coin"], each.margin, ""
            if each.pool:
                account = name if len(shared) == 1 else f"{name} {coin}"
                is_first = account not in {row.account for row in rows}
                margin = margins.get((each.pool, coin)) if is_first else 0.0
            qty = self.usd(found, each.size)
            rows.append(Position(coin, self.venue, found.symbol, account, qty, each.entry, margin, each.leverage))
        return tuple(rows)

    def rows(self, moved: Iterable[Move | Other], held: Iterable[Held] | None, wallets: Iterable[Wallet] | None):
        """The rows of a ledger in the order of time, and below them the venue's figures of now, as statements."""
        import pandas as pd

        rows = sorted(filter(None, map(self._row, moved)), key=lambda row: row["time"])
        now = round(time.time() * 1000)
        for each in held or ():
            if found := self.of(each.symbol):
                usd = self.usd(found, each.size)
                rows.append(_blank(now, STATEMENT, found.symbol) | {"position": usd, "entry": each.entry})
        for wallet in _purses(wallets or ()):
            rows.append(_blank(now, STATEMENT, wallet.coin) | {"balance": wallet.amount})
        index = pd.RangeIndex(1, len(rows) + 1)
        columns = {name: [row[name] for row in rows] for name in _blank(0, "", "")}
        columns["time"] = pd.to_datetime(pd.Series(columns["time"], index, dtype="int64"), unit="ms", utc=True)
        numbers = (*NUMBERS, *WITNESS)
        told = Told(f"account at {self.venue}", UTC, self.name)
        series = {name: pd.Series(values, index, dtype=float if name in numbers else object) for name, values in columns.items() if name != "time"}  # fmt: skip
        return ledger_rows(told, index, self.venue, time=columns["time"], **series)

    def _row(self, move: Move | Other) -> dict | None:
        if isinstance(move, Other):
            self.left_out[move.what] += 1
            return None
        if move.type in (TRANSFER, STATEMENT):
            coin = same_coin(move.symbol)
            if coin in MONEY:
                self.left_out[move.what or f"rows in {coin}"] += 1
                return None
            if move.what:
                (self.taken if move.type == TRANSFER else self.left_out)[move.what] += 1
            row = _blank(move.time, move.type, coin)
            return row | {"fee": move.fee, "amount": move.amount, "id": move.id, "balance": move.balance}
        if not (found := self.of(move.symbol)):
            return None
        if move.type == FUNDING and not move.amount:
            move = move._replace(type=STATEMENT, size=None, price=None, amount=None)
        return _blank(move.time, move.type, found.symbol) | {
            "qty": self.usd(found, move.size),
            "price": move.price,
            "fee": move.fee,
            "amount": move.amount,
            "id": move.id,
            "position": self.usd(found, move.position),
            "entry": move.entry,
            "balance": move.balance,
        }


NUMBERS = ("qty", "price", "fee", "amount")


def _blank(time: int, kind: str, symbol: str) -> dict:
    row = dict.fromkeys((*NUMBERS, *WITNESS))
    return row | {"time": time, "type": kind, "contract": symbol, "id": ""}


def _purses(wallets: Iterable[Wallet]) -> tuple[Wallet, ...]:
    """The wallets that hold anything, by coin."""
    return tuple(each._replace(coin=same_coin(each.coin)) for each in wallets if each.amount)


def _check_silent(found: Account, credentials: Credentials) -> None:
    """The last guard: nothing is handed on in which a part of the key stands."""
    texts = [text for each in (*found.positions, *found.wallets, *found.gaps) for text in each]
    texts += [*found.left_out, *found.notes]
    if found.rows is not None:
        texts += [text for name in ("contract", "id", "type") for text in found.rows[name].unique()]
    if holds_secret(texts, credentials):
        raise Unanswered(found.venue, "tells a part of the key in its answer, of which nothing is kept")
