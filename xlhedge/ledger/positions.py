"""What a ledger comes to, for a portfolio: the position of each contract, the wallets, and the rows of the log."""

import datetime
import math
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..contracts import FactTable
from ..errors import counted
from ..functions.position import DUST, FLAT, after_fill
from ..portfolio.mistakes import RowError
from ..portfolio.positions import same_coin
from ..portfolio.trades import Account, Logged, Traded, Wallet
from .entry import FEE, FILL, FUNDING, REALISED, SETTLEMENT, TRANSFER
from .exports import Ledger, read_ledger
from .reconcile import REMEDY, coin_of

if TYPE_CHECKING:
    import pandas as pd

MOST, LAST = 5000, 4000
"""Rows of a ledger that become rows of the log as they are; of a longer one so many of the last do, and those before are summed."""


class Entry(NamedTuple):
    """A row of a ledger in plain values; None is not told."""

    time: datetime.datetime
    type: str
    qty: float | None
    price: float | None
    fee: float | None
    amount: float | None
    id: str


def read_accounts(
    path: Path, names: Collection[str], contracts: Path | None, table: FactTable | None, errors: list[RowError]
) -> dict[str, Account]:
    """The ledger of each portfolio: all of it of the only one, else the rows of the account that is called as the portfolio.

    Rows of no portfolio are added to `errors`. Raises RowErrors and FileError as `read_ledger` does.
    """
    found = read_ledger(path, contracts)
    notes = [f"{path.name}: {counted(count, 'row')} left out, {reason}" for reason, count in found.left_out.items()]
    notes += [
        f"{path.name}: {counted(count, 'row')} stood there twice ({how})"
        for how, count in found.doubles.items()
        if count
    ]
    notes += [note if note.startswith(path.name) else f"{path.name}: {note}" for note in found.notes]
    rows, lines = found.rows, _lines(found.rows, path.name)
    if len(names) == 1:
        errors += _missing(found, path.name, {})
        return {name: account_of(path.name, rows, lines, table)._replace(notes=tuple(notes)) for name in names}
    by_name = {name.lower(): name for name in names}
    errors += _missing(found, path.name, by_name)
    accounts = rows["account"].astype(str)
    portfolios = accounts.str.lower().map(by_name)
    for unknown in accounts[portfolios.isna()].unique():
        row = int(lines[accounts == unknown][0])
        rule = (
            "must be the name of one of the portfolios, as there are several"
            if unknown
            else "is required, as there are several portfolios"
        )
        errors.append(RowError(path.name, row, "account", unknown or None, rule))
    return {
        name: account_of(path.name, rows[portfolios == name], lines[(portfolios == name).to_numpy()], table)
        for name in portfolios.dropna().unique()
    }


def _missing(found: Ledger, name: str, portfolios: Mapping[str, str]) -> Iterator[RowError]:
    """The mistakes of a ledger that lacks fills: what is open is not what its rows come to."""
    compared = found.reconciliation
    told = [(line, line.opened) for line in compared.lines if line.opening]
    for of, what in (*told, *((gap, gap.told) for gap in compared.gaps)):
        where = " ".join(filter(None, (of.venue, of.account, of.contract)))
        rule = f"{what}: {REMEDY}, or type the price of that row of type missing"
        yield RowError(name, 0, where, None, rule, portfolios.get(of.account.lower(), ""))


def _lines(rows: "pd.DataFrame", name: str):
    """The number of each row in the ledger's own file."""
    import numpy as np

    return np.where(rows["file"].astype(str) == name, rows["row"].to_numpy(int), np.arange(2, len(rows) + 2))


def account_of(name: str, rows: "pd.DataFrame", lines, table: FactTable | None = None) -> Account:
    """What some rows of a ledger come to; `lines` are their numbers in its file."""
    cut = len(rows) - LAST if len(rows) > MOST else 0
    notes = (
        (f"{name}: of {len(rows):,} rows the log has the last {LAST:,}, and what was before as sums",) if cut else ()
    )
    traded, moved, left = [], {}, {}
    for (account, venue, contract), places in sorted(
        rows.groupby(["account", "venue", "contract"], observed=True).indices.items()
    ):
        entries = [*_entries(rows.iloc[places])]
        known = coin_of(venue, contract, table)
        is_coin = known == contract or all(entry.type == TRANSFER for entry in entries)
        coin = same_coin(contract if is_coin else known)
        wallet = account, venue, coin
        before = sum(place < cut for place in places.tolist())
        if is_coin:
            moved.setdefault(wallet, []).extend(_moves(entries, before))
            left.setdefault(wallet, []).extend(_paid(entry) for entry in entries)
            continue
        found = _traded(wallet, contract, int(lines[places[-1]]), entries, before)
        traded.append(found)
        left.setdefault(wallet, []).append(found.gained)
        lumps = [entry for entry in entries if entry.type == REALISED]
        if lumps:
            told = f"{math.fsum(map(_paid, lumps)):.10g} {coin} in {counted(len(lumps), 'row')} without fills"
            notes += (f"{found.name}: {told} is margin moved in the log, and not realised",)
    wallets = (Wallet(*key, math.fsum(left[key]), tuple(log)) for key, log in moved.items())
    return Account(name, tuple(traded), tuple(wallets), notes)


def _entries(rows: "pd.DataFrame") -> Iterator[Entry]:
    """The rows in plain values."""
    times = rows["time"].dt.tz_convert(None) if rows["time"].dt.tz is not None else rows["time"]
    columns = [times.dt.to_pydatetime(), rows["type"].astype(str)]
    columns += [rows[name].astype(object).where(rows[name].notna(), None) for name in ("qty", "price", "fee", "amount")]
    yield from map(Entry, *columns, rows["id"].fillna("").astype(str))


def _paid(entry: Entry) -> float:
    """What a row moves in the wallet, beside the profit of a fill."""
    return (entry.amount or 0.0) - (entry.fee or 0.0)


def _moves(entries: list[Entry], before: int) -> list[Logged]:
    """Rows of a wallet as the log has them, those before summed in one."""
    summed = math.fsum(map(_paid, entries[:before]))
    first = [Logged(entries[before - 1].time, TRANSFER, transfer=summed, note=_sum_of(before))] if before else []
    return first + [Logged(e.time, TRANSFER, transfer=_paid(e), note=_note(e)) for e in entries[before:]]


def _note(entry: Entry) -> str | None:
    return " ".join(filter(None, (entry.type if entry.type in (REALISED, FEE) else "", entry.id))) or None


def _sum_of(count: int) -> str:
    return f"sum of {counted(count, 'row')}"


def _traded(wallet: tuple[str, str, str], contract: str, row: int, entries: list[Entry], before: int) -> Traded:
    """A contract after all of its rows."""
    position, largest, log, booked, sums = FLAT, 0.0, [], [], _Sums()
    for i, entry in enumerate(entries):
        fill, realised = None, 0.0
        if entry.type in (FILL, SETTLEMENT):
            fill, earlier = entry.qty, position
            position = after_fill(earlier, fill, entry.price)
            largest = max(largest, abs(position.qty))
            if abs(position.qty) <= DUST * largest:  # closed but for the noise of binary arithmetic
                fill, largest = -earlier.qty, 0.0
                position = after_fill(earlier, fill, entry.price)
            realised = position.realized
            sums.add_fill(earlier, fill, entry.price, realised)
        logged = _logged(entry, fill)
        booked.append(realised + (logged.funding or 0.0) + (logged.transfer or 0.0) - (logged.fee or 0.0))
        if i < before:
            sums.add(logged)
        else:
            log.append(logged)
        if i == before - 1:
            log += sums.rows(position, entry.time, before)
    entry = position.qty / position.cost if position.qty else None
    summed = entries[before - 1].time if before else None
    account, venue, coin = wallet
    return Traded(account, venue, contract, coin, row, position.qty + 0.0, entry, math.fsum(booked), tuple(log), summed)


def _logged(entry: Entry, fill: float | None) -> Logged:
    """A row as the log has it."""
    amount = entry.amount
    if entry.type in (FILL, SETTLEMENT):
        return Logged(entry.time, entry.type, fill, entry.price, entry.fee, note=_note(entry))
    if entry.type == FUNDING:
        return Logged(entry.time, FUNDING, None, entry.price, entry.fee, amount or 0.0, note=_note(entry))
    if entry.type == FEE:
        return Logged(entry.time, FEE, fee=(entry.fee or 0.0) - (amount or 0.0), note=entry.id or None)
    return Logged(entry.time, TRANSFER, fee=entry.fee, transfer=amount or 0.0, note=_note(entry))


class _Sums:
    """What rows of the log come to that are not carried one by one: what was closed at its averages, fees and funding."""

    def __init__(self) -> None:
        self._closed: dict[float, list[tuple[float, float, float]]] = {1.0: [], -1.0: []}
        self._paid: Mapping[str, list[float]] = {"fee": [], "funding": [], "transfer": [], "usd": []}
        self._is_priced = True

    def add_fill(self, earlier, fill: float, price: float, realised: float) -> None:
        """A fill, of which some may close what was open: how much, its coin when it was opened, and its coin at the price."""
        if earlier.qty * fill < 0:
            closed = min(abs(fill), abs(earlier.qty))
            at_exit = closed / price
            side = math.copysign(1.0, earlier.qty)
            self._closed[side].append((closed, at_exit + side * realised, at_exit))

    def add(self, logged: Logged) -> None:
        """The fee, the funding and the transfer of a row."""
        for name in ("fee", "funding", "transfer"):
            self._paid[name].append(getattr(logged, name) or 0.0)
        if logged.funding:
            self._is_priced &= logged.price is not None
            self._paid["usd"].append(logged.funding * (logged.price or 0.0))

    def rows(self, position, time: datetime.datetime, count: int) -> list[Logged]:
        """The rows of the log that stand for so many, up to a time, after which a position is open."""
        note, found = _sum_of(count), []
        for side, closed in self._closed.items():
            qty, begun, ended = (math.fsum(column) for column in zip(*closed)) if closed else (0.0, 0.0, 0.0)
            if qty:
                found.append(Logged(time, FILL, side * qty, qty / begun, note=f"{note}: opened"))
                found.append(Logged(time, FILL, -side * qty, qty / ended, note=f"{note}: closed"))
        if position.qty:
            found.append(Logged(time, FILL, position.qty, position.qty / position.cost, note=f"{note}: still open"))
        fee, funding, moved, usd = (math.fsum(self._paid[name]) for name in ("fee", "funding", "transfer", "usd"))
        if fee:
            found.append(Logged(time, FEE, fee=fee, note=note))
        if funding:
            price = usd / funding if self._is_priced and usd / funding > 0 else None
            found.append(Logged(time, FUNDING, None, price, None, funding, note=note))
        if moved:
            found.append(Logged(time, TRANSFER, transfer=moved, note=note))
        return found
