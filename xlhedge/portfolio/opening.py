"""The rows of a portfolio that a ledger fills in: what is open, its entry, and its margin."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..contracts import Contract, FactTable, contract
from ..contracts.tables import symbol_key
from ..errors import XlhedgeError
from .check import BLANK, DEFAULTS
from .fields import HoldingValues
from .hedge import contract_of
from .mistakes import BEYOND, RowError, Tables
from .positions import OF_THE_ASSET, names_contract, same_coin
from .trades import Account, Traded, Wallet

LEDGER = 3 * BEYOND
"""Where the rows of a ledger are numbered from, those that become positions."""
FAR = 0.001
"""How far an entry or a margin that is typed may be from the ledger's, as a share of that, before it is another one."""
WHOSE = ("asset", "coins", "venue", "contract", *OF_THE_ASSET)
"""What two rows of one position need not both tell."""

NO_FILLS = "has funding, fees or profit, and no fills that say what is open: import the export of its trades too"
"""What is wrong with a contract of which a ledger tells the money alone."""

Numbered = list[tuple[int, HoldingValues]]


class Opened(NamedTuple):
    """What came of a ledger: the contract of each row of the portfolio that it has, the further rows, and what is told."""

    of_row: Mapping[int, Traded]
    further: Numbered
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    wrong: tuple[RowError, ...] = ()


def opened(
    ledger: Account, tables: Tables, held: Numbered, further: Numbered, table: FactTable | None, replaces: bool
) -> Opened:
    """Fill in the rows of a portfolio by its ledger; `replaces` says that the ledger wins over what is typed."""
    return _Opening(ledger, tables, held, further, table, replaces).open()


class _Opening:
    """The rows of one portfolio while a ledger fills them in."""

    def __init__(self, ledger: Account, tables: Tables, held: Numbered, further: Numbered, table, replaces) -> None:
        self._ledger, self._tables, self._held, self._table, self._replaces = ledger, tables, held, table, replaces
        self._further, self._rows = [*further], [*held, *further]
        self._contracts = {row: key for row, values in self._rows if (key := self._key(values))}
        self._taken: dict[int, Traded] = {}
        self._added: Numbered = []
        self._notes, self._doubts = [*ledger.notes], []
        self._wrong: list[RowError] = []

    def open(self) -> Opened:
        """Find the row of each contract and fill it in; then put what is in the wallets into margins."""
        for traded in self._ledger.traded:
            row = self._row_of(traded)
            if row is not None:
                self._taken[row] = traded
        for row, values in (*self._rows, *self._added):
            if row in self._taken:
                self._fill(row, values, self._taken[row])
        for wallet in self._ledger.wallets:
            self._post(wallet)
        for row, values in self._rows:
            if values.qty and row in self._contracts and row not in self._taken:
                where = f" in the account {values.account}" if values.account else ""
                self._notes.append(
                    f"{self._tables.at(row)} is open as typed: {self._ledger.name} has no row of its contract{where}"
                )
        if not self._wrong:
            self._notes.insert(0, self._said())
        further = [*self._further, *self._added]
        return Opened(self._taken, further, tuple(self._notes), tuple(self._doubts), tuple(self._wrong))

    def _key(self, values: HoldingValues) -> tuple[str, str] | None:
        """The contract of a row; None where it names none, or one whose mistake is told elsewhere."""
        try:
            return _key(contract_of(values, self._table)) if values.venue else None
        except XlhedgeError:
            return None

    def _row_of(self, traded: Traded) -> int | None:
        """The row of a contract in an account, which is added where its asset names no contract; None where there is none."""
        try:
            found = contract(traded.venue, traded.contract, table=self._table)
        except XlhedgeError as error:
            return self._refuse(traded, str(error))
        if not traded.is_told:
            return self._refuse(traded, NO_FILLS)
        rows = [(row, values) for row, values in self._rows if self._contracts.get(row) == _key(found)]
        accounts = {each.account for each in self._ledger.traded if each[1:3] == traded[1:3]}
        spellings = {name.lower() for name in _spellings(traded)}
        own = [each for each in rows if (each[1].account or "").lower() in spellings]
        if len(accounts) == 1:  # a name that only one of the two has tells nothing apart
            unnamed = [each for each in rows if not each[1].account]
            joined = self._as_one([*unnamed, *own] if traded.account else rows)
            own = joined if len(joined) == 1 or not own else own
        if len(own) == 1:
            return own[0][0]
        if own:
            places = " and ".join(self._tables.at(row) for row, _ in own)
            return self._refuse(traded, f"is of {places}: name one account or asset for it")
        if not traded.qty:
            self._notes.append(f"{traded.name} is closed and of no row of the portfolio: its rows are not in the log")
            return None
        return self._add(traded, [values for _, values in rows])

    def _as_one(self, rows: Numbered) -> Numbered:
        """Rows of one contract, where a holding only names what a further row has open as that one row."""
        if len(rows) != 2 or rows[0] not in self._held or rows[1] not in self._further:
            return rows
        (_, plan), (row, values) = rows
        told = {name: value for name, value in values._asdict().items() if value not in (None, DEFAULTS.get(name))}
        told = {name: value for name, value in told.items() if name not in WHOSE}
        differs = any(getattr(plan, name) not in (None, DEFAULTS.get(name), value) for name, value in told.items())
        if differs or plan.account or plan.qty or plan.asset != values.asset:
            return rows
        for name, value in told.items():
            setattr(plan, name, value)
        self._notes.append(f"{self._tables.at(row)} is the position that {self._tables.at(rows[0][0])} names")
        self._further, self._rows = ([each for each in of if each[0] != row] for of in (self._further, self._rows))
        return rows[:1]

    def _account(self, traded: Traded) -> str:
        """What the account of a contract is called: with its coin and venue where others have an account of this name."""
        others = {(each.venue, each.coin) for each in self._ledger.traded if each.account == traded.account}
        has_other_venue = any(coin == traded.coin and venue != traded.venue for venue, coin in others)
        return _spellings(traded)[0 if len(others) == 1 or not traded.account else 2 if has_other_venue else 1]

    def _add(self, traded: Traded, named: Sequence[HoldingValues]) -> int | None:
        """A row for an open contract of an asset that names none."""
        asset = next((v for _, v in self._held if same_coin(v.asset) == traded.coin and v.kind != "cash"), None)
        is_open = f"is open with {traded.qty:,.10g} USD"
        if asset is None:
            return self._refuse(traded, f"{is_open}, and no row of the portfolio holds {traded.coin}")
        if named:
            accounts = ", ".join(values.account or "none" for values in named)
            return self._refuse(traded, f"{is_open}, and the account of its row is another one: {accounts}")
        if others := [v for _, v in self._rows if v.asset.upper() == asset.asset.upper() and names_contract(v)]:
            names = ", ".join(" ".join(filter(None, (v.venue, v.contract or v.asset))) for v in others)
            return self._refuse(traded, f"{is_open}, and {asset.asset} is hedged with {names}: add a row for it")
        row = LEDGER + traded.row
        told = {"asset": asset.asset, "venue": traded.venue, "contract": traded.contract}
        values = HoldingValues(**BLANK | DEFAULTS | told | {"account": self._account(traded) or None})
        self._added.append((row, values))
        return row

    def _refuse(self, traded: Traded, rule: str) -> None:
        self._wrong.append(RowError(self._ledger.name, traded.row, traded.name, None, rule))

    def _fill(self, row: int, values: HoldingValues, traded: Traded) -> None:
        """What is open and its entry; what is typed otherwise is a mistake, or gives way."""
        typed, entry = values.qty or 0.0, values.entry
        is_same = math.isclose(typed, traded.qty, rel_tol=1e-9)
        if typed and not is_same and not self._replaces:
            rule = (
                f"is {typed:,.10g} USD in {self._tables.at(row)}, and {self._ledger.name} comes to {traded.qty:,.10g}"
            )
            self._refuse(traded, rule)
            return
        is_far = entry and traded.entry and abs(entry / traded.entry - 1) > FAR
        if is_same and is_far and not self._replaces:
            self._doubts.append(
                f"{self._tables.at(row)}, entry: {entry:.10g} is {entry / traded.entry - 1:+.1%} off the "
                f"{traded.entry:.10g} of {self._ledger.name}, which is taken"
            )
        if self._replaces and row >= LEDGER:
            self._notes.append(f"{values.asset} {traded.name} is added: {traded.qty:,.15g} USD at {traded.entry:.15g}")
        elif self._replaces:
            for name, old, new in (("qty", typed, traded.qty), ("entry", entry, traded.entry)):
                if _shown(old or None) != _shown(new or None):
                    self._notes.append(f"{values.asset} {traded.name} {name}: {_shown(old)} -> {_shown(new)}")
        values.qty, values.entry = traded.qty, traded.entry

    def _post(self, wallet: Wallet) -> None:
        """What a wallet holds becomes the margin of its positions: all of it that of the first one of a cross account."""
        rows = dict((*self._rows, *self._added))
        own = [row for row, each in self._taken.items() if (each.account, each.venue, each.coin) == wallet[:3]]
        mine = [row for row in own if self._taken[row].qty]
        if not mine and len(own) == 1:  # what is closed has its coins there for the next
            mine = own
        name = f"{wallet.coin} at {wallet.venue}" + (f", account {wallet.account}" if wallet.account else "")
        what = f"{wallet.balance:.10g} {name}, what {self._ledger.name} leaves in the wallet,"
        if not mine:
            return
        if len(mine) > 1 and not all(rows[row].account for row in mine):
            self._notes.append(
                f"{what} is not divided among {len(mine)} positions without an account: give their margin"
            )
            return
        typed = [rows[row].margin for row in mine if rows[row].margin is not None]
        if typed and not self._replaces and not math.isclose(math.fsum(typed), wallet.balance, rel_tol=FAR):
            places = " and ".join(self._tables.at(row) for row in mine if rows[row].margin is not None)
            rule = f"margin is {math.fsum(typed):.10g} {wallet.coin} in {places}, and {self._ledger.name} leaves {wallet.balance:.10g}"
            self._refuse(self._taken[mine[0]], f"{rule} in the wallet")
            return
        if wallet.balance < 0:
            self._notes.append(f"{what} is below 0 and no margin: transfers are missing")
            return
        for row in mine:
            margin = wallet.balance if row == mine[0] else 0.0
            if self._replaces and _shown(rows[row].margin) != _shown(margin) and row < LEDGER:
                name = f"{rows[row].asset} {self._taken[row].name}"
                self._notes.append(f"{name} margin: {_shown(rows[row].margin)} -> {_shown(margin)}")
            rows[row].margin = margin
        first = self._taken[mine[0]]
        log = tuple(sorted((*first.log, *wallet.log), key=lambda logged: logged.time))
        moved = math.fsum((logged.transfer or 0.0) - (logged.fee or 0.0) for logged in wallet.log)
        self._taken[mine[0]] = first._replace(log=log, gained=first.gained + moved)

    def _said(self) -> str:
        """One line on what was filled in."""
        open_ = sum(bool(each.qty) for each in self._taken.values())
        rows = sum(len(each.log) for each in self._taken.values())
        counts = (
            f"{open_} open position{'' if open_ == 1 else 's'} and {rows:,} row{'' if rows == 1 else 's'} of the log"
        )
        return f"{counts} from {self._ledger.name}"


def _spellings(traded: Traded) -> tuple[str, ...]:
    """What a row may call the account of a contract: an account of ours is of one venue and one coin."""
    name = traded.account
    return (name, f"{name} {traded.coin}", f"{name} {traded.venue} {traded.coin}") if name else ("",)


def _key(found: Contract) -> tuple[str, str]:
    return found.venue.lower(), symbol_key(found.symbol)


def _shown(value: float | None) -> str:
    return f"{value:.15g}" if value else "blank" if value is None else "0"
