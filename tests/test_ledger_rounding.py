"""BitMEX to the satoshi: a history of changing positions and 1,000 fundings, kept in whole satoshi by an account of its own here.

The account pays what the venue's documents say: a contract of one USD is worth 1/price, to 0.01 satoshi since 2021 and to 1 satoshi before;
a fill costs its contracts times that; what is closed takes its share of the cost; fee and funding are shares of the value.
"""

import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from xlhedge.ledger import read_exports

TRADES = "transactTime,symbol,execType,side,lastQty,lastPx,execCost,commission,execComm,ordType,orderID\n"
WALLET = "timestamp,transactTime,transactType,transactStatus,currency,network,amount,fee,walletBalance,orderID,transactID,address,marginBalance\n"
DEPOSIT = 10**10


class Account:
    """An account of one contract in whole satoshi, and the rows that its venue exports of it."""

    def __init__(self, begin: datetime, parts: int) -> None:
        self.time, self.parts = begin, parts
        self.qty = self.cost = self.profit = self.fees = self.funding = 0
        self.balance, self.trades, self.wallet = DEPOSIT, [], []
        self._pay("Deposit", DEPOSIT, 0, "address")

    def value(self, contracts: int, price: Fraction) -> int:
        """Contracts in satoshi."""
        each = round(10**8 * self.parts / price)
        return round(Fraction(contracts * each, self.parts))

    def fill(self, contracts: int, price: Fraction, rate: Fraction) -> None:
        value = self.value(contracts, price)
        fee, profit, closing = round(abs(value) * rate), 0, 0
        if self.qty * contracts < 0:
            closing = -self.qty if abs(contracts) > abs(self.qty) else contracts
            closed = round(Fraction(self.cost * closing, -self.qty)) if closing != -self.qty else self.cost
            rest = round(Fraction(value * closing, contracts))
            profit, self.cost, value = closed + rest, self.cost - closed, value - rest
        self.qty, self.cost = self.qty + contracts, self.cost + value
        self.profit, self.fees, self.balance = self.profit + profit, self.fees + fee, self.balance + profit - fee
        self._trade("Trade", "Buy" if contracts > 0 else "Sell", abs(contracts), price, fee)
        self._pay("RealisedPNL", profit - fee, fee)

    def pay_funding(self, mark: Fraction, rate: Fraction) -> None:
        paid = round(self.value(self.qty, mark) * rate)
        self.funding, self.balance = self.funding - paid, self.balance - paid
        self._trade("Funding", "", abs(self.qty), mark, paid)
        self._pay("Funding", -paid, paid)

    def _trade(self, kind: str, side: str, contracts: int, price: Fraction, paid: int) -> None:
        self.trades.append(
            f"{self.time:%Y-%m-%d %H:%M:%S},XBTUSD,{kind},{side},{contracts},{float(price)},0,0,{paid},Limit,\n"
        )

    def _pay(self, kind: str, amount: int, fee: int, address: str = "XBTUSD") -> None:
        at = f"{self.time:%Y-%m-%dT%H:%M:%S.000Z}"
        row = f"{at},{at},{kind},Completed,XBt,,{amount},{fee},{self.balance},,{len(self.wallet)},{address},\n"
        self.wallet.append(row)


def lived(year: int, parts: int, fundings: int = 1000) -> Account:
    """Fills of all kinds (adds, reduces, closes, turns round) between fundings, at prices with odd values."""
    source, account = random.Random(year), Account(datetime(year, 1, 1, tzinfo=UTC), parts)
    for number in range(fundings):
        for _ in range(source.choice((0, 1, 1, 3))):
            account.time += timedelta(minutes=7)
            size = source.choice((-account.qty or 100, -account.qty // 2 or 1, source.randint(-90_000, 90_000) or 1))
            price = Fraction(source.randint(60_000, 140_000), 2)
            account.fill(size, price, Fraction(source.choice((5, 5, -1)), 10_000))
        if not account.qty:
            account.time += timedelta(minutes=1)
            account.fill(source.choice((-1, 1)) * 777, Fraction(64_321), Fraction(5, 10_000))
        account.time = datetime(year, 1, 1, tzinfo=UTC) + (number + 1) * timedelta(hours=8)
        account.pay_funding(
            Fraction(source.randint(6_000_000, 7_000_000), 100), Fraction(source.randint(-75, 75), 100_000)
        )
    return account


@pytest.mark.parametrize(("year", "parts"), [(2025, 100), (2019, 1)])
def test_a_thousand_fundings_reconcile_to_the_satoshi(tmp_path, year, parts):
    account = lived(year, parts)
    last = f"timestamp,symbol,currentQty,avgEntryPrice,posCost\n{account.time:%Y-%m-%dT%H:%M:%S.500Z},XBTUSD,{account.qty},1,{account.cost}\n"
    for name, text in (
        ("trades", TRADES + "".join(account.trades[::-1])), ("wallet", WALLET + "".join(account.wallet)), ("positions", last),
    ):  # fmt: skip
        (tmp_path / f"{name}.csv").write_text(text)
    ledger = read_exports([tmp_path])
    (line,), (wallet,) = ledger.reconciliation.lines, ledger.reconciliation.wallets
    assert [(line.position, round(line.fees * 1e8), round(line.funding * 1e8))] == [
        (account.qty, account.fees, account.funding)
    ]
    most = 90_000 * 0.5e-8 / parts  # that rounding moves the value of a fill
    assert line.realised == pytest.approx(account.profit / 1e8, abs=line.fills * most)
    (moved,) = wallet.differences
    assert moved.theirs == pytest.approx((account.balance - DEPOSIT) / 1e8, abs=1e-12)
    assert moved.by_rule == pytest.approx(moved.theirs, abs=1e-8)
    assert moved.name == "rounding" and "the venue rounds the value of each contract" in moved.why
    assert [(each.what, each.name) for each in line.differences] == [("position", "agrees"), ("entry", "rounding")]
    assert not ledger.gaps and not ledger.reconciliation.unexplained
