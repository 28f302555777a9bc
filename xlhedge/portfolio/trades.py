"""What a ledger says of a portfolio: its contracts after all rows, its wallets, and the rows as a log has them."""

import datetime
from typing import NamedTuple


class Logged(NamedTuple):
    """A row of a ledger as the log has it: its time [UTC], type, fill [USD], price, fee, funding, margin moved in [coin], note."""

    time: datetime.datetime
    type: str
    fill: float | None = None
    price: float | None = None
    fee: float | None = None
    funding: float | None = None
    transfer: float | None = None
    note: str | None = None


class Traded(NamedTuple):
    """A contract in an account after all rows of a ledger, whose last is `row`.

    `qty` [USD] and `entry` are what is open. `gained` [coin] is what the rows have put into its margin: realised + funding -
    fees, and what was moved. `log` are its rows; those up to `summed`, if that is a time, are summed up in the first of them.
    """

    account: str
    venue: str
    contract: str
    coin: str
    row: int
    qty: float
    entry: float | None
    gained: float
    log: tuple[Logged, ...]
    summed: datetime.datetime | None = None
    is_told: bool = True
    """Whether its fills are there: funding, fees and profit alone do not say what is open."""

    @property
    def name(self) -> str:
        """How it is told: venue, contract, and account where it has one."""
        return f"{self.venue} {self.contract}".strip() + (f", account {self.account}" if self.account else "")


class Wallet(NamedTuple):
    """What a ledger moved into and out of the wallet of a coin in an account, and what all rows of it leave there [coin]."""

    account: str
    venue: str
    coin: str
    balance: float
    log: tuple[Logged, ...]


class Account(NamedTuple):
    """What a ledger says of one portfolio: the file's name, its contracts, the wallets with transfers, and what is told of it."""

    name: str
    traded: tuple[Traded, ...] = ()
    wallets: tuple[Wallet, ...] = ()
    notes: tuple[str, ...] = ()
