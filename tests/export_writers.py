"""The same fills and fundings in the layout of every export that tells them one by one, oldest first."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
DEPOSIT = 100
COINS = ("BTC", "ETH")


class Event(NamedTuple):
    """A fill, or a funding where qty is 0: seconds since BEGIN, contract 0 or 1, USD (bought > 0), USD/coin, and the satoshi
    of the fee (paid > 0) or of the funding (received > 0)."""

    second: int
    which: int
    qty: int
    price: int
    satoshi: int


class Step(NamedTuple):
    """What a row tells: the event, or the part of it that closes or opens, and what there is after it, worked out exactly."""

    number: int
    time: datetime
    which: int
    qty: int
    price: int
    satoshi: int
    closes: bool
    position: int
    entry: Fraction | None
    profit: Fraction
    wallet: Fraction

    @property
    def funded(self) -> bool:
        return self.qty == 0

    @property
    def amount(self) -> str:
        return f"{Decimal(self.satoshi) / 10**8:.8f}"

    @property
    def paid(self) -> str:
        return f"{Decimal(-self.satoshi) / 10**8:.8f}"

    @property
    def size(self) -> int:
        return abs(self.qty)

    @property
    def side(self) -> str:
        return "BUY" if self.qty > 0 else "SELL"

    @property
    def change(self) -> Fraction:
        """What the wallet moved by."""
        return self.profit + Fraction(self.satoshi if self.funded else -self.satoshi, 10**8)


def steps(events: Sequence[Event], split: bool = False) -> Iterator[Step]:
    """Walk through events at average cost; `split` makes two rows of a fill that turns a position round."""
    position, cost, wallet, number = [0, 0], [Fraction(0), Fraction(0)], [Fraction(DEPOSIT)] * 2, 0
    for event in sorted(events, key=lambda each: each.second):
        for qty, satoshi in _parts(event, position[event.which] if split else 0):
            number, i, held = number + 1, event.which, position[event.which]
            closed = min(abs(held), abs(qty)) if held * qty < 0 else 0
            direction = 1 if held > 0 else -1
            profit = (
                direction * (cost[i] * closed / abs(held) - Fraction(closed, event.price)) if closed else Fraction(0)
            )
            if held:
                cost[i] -= cost[i] * closed / abs(held)
            cost[i] += Fraction(abs(qty) - closed, event.price)
            position[i] += qty
            step = Step(
                number, BEGIN + timedelta(seconds=event.second), i, qty, event.price, satoshi, bool(closed), position[i],
                abs(position[i]) / cost[i] if position[i] else None, profit, Fraction(0),
            )  # fmt: skip
            wallet[i] += step.change
            yield step._replace(wallet=wallet[i])


def _parts(event: Event, held: int) -> list[tuple[int, int]]:
    """The sizes and satoshi of what closes and what opens."""
    if held * event.qty < 0 and abs(event.qty) > abs(held):
        of_closing = event.satoshi * abs(held) // abs(event.qty)
        return [(-held, of_closing), (event.qty + held, event.satoshi - of_closing)]
    return [(event.qty, event.satoshi)]


class Layout(NamedTuple):
    """How one export is written: its file's name, what stands above its rows, its contracts, the rows of a step, which types
    of rows of a ledger it tells, and whether its rows have ids by which they may be shuffled."""

    file: str
    head: str
    symbols: tuple[str, str]
    row: Callable[[Step, str], list[str]]
    tells: tuple[str, ...] = ("fill", "funding")
    ids: bool = True
    split: bool = False
    only: int | None = None


def write(folder: Path, layout: Layout, events: Sequence[Event], order: str) -> Path:
    """Write events as an export whose rows are "oldest first", "newest first" or "shuffled" (where they have ids)."""
    chosen = [event for event in events if layout.only in (None, event.which)]
    rows = [row for step in steps(chosen, layout.split) for row in layout.row(step, layout.symbols[step.which])]
    if order == "newest first":
        rows.reverse()
    elif order == "shuffled" and layout.ids:
        random.Random(len(rows)).shuffle(rows)
    path = folder / layout.file
    path.write_text("\n".join((layout.head, *rows)) + "\n")
    return path


def _local(step: Step, hours: int = 0, layout: str = "%Y-%m-%d %H:%M:%S") -> str:
    return (step.time + timedelta(hours=hours)).strftime(layout)


def _exact(value: Fraction | None) -> str:
    return "" if value is None else repr(float(value))


def _bitmex_trades(step: Step, symbol: str) -> list[str]:
    told = (
        ("Funding", "", abs(step.position), step.paid)
        if step.funded
        else ("Trade", step.side.title(), step.size, step.amount)
    )
    kind, side, size, fee = told
    satoshi = int(Decimal(fee) * 10**8)
    cells = (_local(step, 0, "%m/%d/%Y, %I:%M:%S %p"), symbol, kind, side, size or 1, step.price, 0, 0, satoshi, "Market", size, 0, step.price, "", f"order-{step.number}", f"exec-{step.number}")  # fmt: skip
    return [",".join(f'"{cell}"' for cell in cells)]


def _bitmex_wallet(step: Step, symbol: str) -> list[str]:
    time, satoshi = _local(step, 0, "%Y-%m-%dT%H:%M:%S.250Z"), step.satoshi
    kind, amount, fee = ("Funding", satoshi, -satoshi) if step.funded else ("RealisedPNL", -satoshi, satoshi)
    return [f"{time},{time},{kind},Completed,XBt,,{amount},{fee},,,id-{step.number},{symbol},"]


def _bybit_assets(step: Step, symbol: str) -> list[str]:
    coin, change, wallet = COINS[step.which], _exact(step.change), _exact(step.wallet)
    if step.funded:
        side = "BUY" if step.position > 0 else "SELL"
        return [f"1,{coin},{symbol},SETTLEMENT,{side},--,{abs(step.position)},--,{step.amount},0,0,{change},{wallet},SETTLEMENT,{_local(step)}"]  # fmt: skip
    return [f"1,{coin},{symbol},TRADE,{step.side},{step.size},{abs(step.position)},{step.price},0,{step.paid},{_exact(step.profit)},{change},{wallet},{'CLOSE' if step.closes else 'OPEN'},{_local(step)}"]  # fmt: skip


def _bybit_log(step: Step, symbol: str) -> list[str]:
    coin, change, wallet = COINS[step.which], _exact(step.change), _exact(step.wallet)
    if step.funded:
        return [f"{_local(step)},{coin},{symbol},SETTLEMENT,BUY,,{step.position},,{step.paid},,0,{change},{wallet},,,"]
    return [f"{_local(step)},{coin},{symbol},TRADE,{step.side},{step.size},{step.position},{step.price},,{step.amount},{_exact(step.profit)},{change},{wallet},0,trade-{step.number},order"]  # fmt: skip


def _binance_trades(step: Step, symbol: str) -> list[str]:
    if step.funded:
        return []
    face = (100, 10)[step.which]
    time, coin = _local(step, 3, "%y-%m-%d %H:%M:%S"), COINS[step.which]
    return [f"1,{time},{symbol},{step.side},{step.price},{step.size // face},0,{step.amount} {coin},{_exact(step.profit)},true,true,{step.number},9"]  # fmt: skip


def _binance_transactions(step: Step, symbol: str) -> list[str]:
    def row(kind: str, amount: str) -> str:
        return f"{_local(step)},{kind},{amount},{COINS[step.which]},{symbol},{step.number}"

    if step.funded:
        return [row("FUNDING_FEE", step.amount)]
    profit = [row("REALIZED_PNL", _exact(step.profit))] if step.profit else []
    return [row("COMMISSION", step.paid), *profit]


def _okx(step: Step, symbol: str) -> list[str]:
    coin, face = COINS[step.which], (100, 10)[step.which]
    is_long = (step.qty > 0) != step.closes
    action = f"{'Close' if step.closes else 'Open'} {'long' if is_long else 'short'}"
    change = f"{_exact(step.change)},{_exact(step.wallet)},{coin}"
    begin = f"\ufeff{step.number},9,{_local(step, 8)},Swap,{symbol}"
    if step.funded:
        word = "income" if step.satoshi > 0 else "expense"
        return [f"{begin},Funding fee {word},{abs(step.position) // face},cont,{step.price},0,0,{coin},0,0,{change}"]
    return [f"{begin},{action},{step.size // face},cont,{step.price},{_exact(step.profit)},{step.paid},{coin},{step.size // face},{abs(step.position) // face},{change}"]  # fmt: skip


def _deribit(step: Step, symbol: str, sized: str) -> list[str]:
    begin = f"{step.number},{step.number},{_local(step)},{symbol}"
    index = "" if sized == "Size" else f"{step.price},"
    tail = ",t,o,i" + ("" if sized == "Size" else ",")
    if step.funded:
        side, size = "long" if step.position > 0 else "short", abs(step.position)
        sizes = f"{size},1" if sized == "Amount" else f"{size}"
        return [f"{begin},settlement,{side},{sizes},{step.position},{step.price},{step.price},{index}{step.amount},{step.amount},,0,0,{step.amount},1,1{tail}"]  # fmt: skip
    side = f"{'close' if step.closes else 'open'} {step.side.lower()}"
    sizes = f"{step.size},1" if sized == "Amount" else f"{step.size}"
    return [f"{begin},trade,{side},{sizes},{step.position},{step.price},{step.price},{index}0,0,0.0005,{step.amount},0,{step.paid},1,2{tail}"]  # fmt: skip


def _kraken(step: Step, symbol: str, tells_contract: bool) -> list[str]:
    code = ("xbt", "eth")[step.which]
    begin = f"{_local(step)},f-{code}:usd"
    contract = f",{symbol}" if tells_contract else ""
    change, wallet = _exact(step.change), _exact(step.wallet)
    if step.funded:
        return [f"{step.number}w,{begin},funding rate change,{code}{contract},{change},{wallet},,,{step.price},0,,,{step.amount},{code}"]  # fmt: skip
    entry = _exact(step.entry or Fraction(step.price))
    return [
        f"{step.number}p,{begin},futures trade,{symbol}{contract},{step.qty},{step.position},{entry},{step.price},{step.price},,,,,",
        f"{step.number}w,{begin},futures trade,{code}{contract},{change},{wallet},,{step.price},{step.price},,{_exact(step.profit)},{step.amount},,{code}",
    ]  # fmt: skip


def _kucoin(step: Step, symbol: str) -> list[str]:
    if step.funded:
        return []
    return [f"1,futures,o,{_local(step, -5)},{symbol},{step.side},{step.size},{step.price},0,0,0,{step.amount},LIMIT"]


def _mexc(step: Step, symbol: str) -> list[str]:
    if step.funded:
        return []
    is_long = (step.qty > 0) != step.closes
    direction = f"{'sell' if step.closes else 'buy'} {'long' if is_long else 'short'}"
    contracts = step.size // (100, 10)[step.which]
    return [f"1,{_local(step, 8)},{symbol},{direction},20,market,{contracts},{contracts},0,0,0,0,0,{step.price},{_exact(step.profit)},{step.amount},{COINS[step.which]},FINISHED"]  # fmt: skip


def _blofin(step: Step, symbol: str) -> list[str]:
    if not step.funded:
        return []
    word, amount = ("receive", step.amount) if step.satoshi > 0 else ("pay", step.paid)
    return [f"{symbol},1,0.0001,{word},{amount},{amount},{_local(step)}"]


def _plain(step: Step, symbol: str) -> list[str]:
    kind, fee, amount = ("funding", "", step.amount) if step.funded else ("fill", step.amount, "")
    return [f"{_local(step)},me,bybit,{symbol},{kind},{step.qty or ''},{step.price},{fee},{amount},{step.number}"]


_DERIBIT = "ID,UserSeq,Date,Instrument,Type,Side,{},Position,Price,Mark Price,{}Cash Flow,Funding,Fee Rate,{},Fee Balance,Change,Balance,Equity,Trade ID,Order ID,Info{}"  # fmt: skip
_KRAKEN = "uid,dateTime,account,type,symbol{},change,new balance,new average entry price,trade price,mark price,funding rate,realized pnl,fee,realized funding,collateral"  # fmt: skip
_PERPETUALS = ("BTC-PERPETUAL", "ETH-PERPETUAL")
LAYOUTS = {
    "BitMEX trade history": Layout(
        "bitmex.csv",
        ",".join(f'"{name}"' for name in "transactTime symbol execType side lastQty lastPx execCost commission execComm ordType orderQty leavesQty price text orderID execID".split()),
        ("XBTUSD", "XBTZ26"), _bitmex_trades,
    ),
    "BitMEX wallet history (API)": Layout(
        "bitmex_wallet.csv",
        "timestamp,transactTime,transactType,transactStatus,currency,network,amount,fee,walletBalance,orderID,transactID,address,marginBalance",
        ("XBTUSD", "XBTZ26"), _bitmex_wallet, ("funding",),
    ),
    "Bybit asset changes (unified account)": Layout(
        "bybit.csv",
        "UID: 1,Company Name: ,Country:\nUid,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,Action,Time(UTC)",
        ("BTCUSD", "ETHUSD"), _bybit_assets, ids=False,
    ),
    "Bybit transaction log": Layout(
        "bybit_log.csv",
        "Time,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,Fee Rate,Trade ID,Order ID",
        ("BTCUSD", "ETHUSD"), _bybit_log,
    ),
    "Binance futures trade history": Layout(
        "trades(UTC+3).csv", "Uid,Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID",
        ("BTCUSD_PERP", "ETHUSD_PERP"), _binance_trades, ("fill",),
    ),
    "Binance futures transaction history": Layout(
        "binance.csv", "Date(UTC),type,Amount,Asset,Symbol,Transaction ID",
        ("BTCUSD_PERP", "ETHUSD_PERP"), _binance_transactions, ("funding", "fee", "realised"),
    ),
    "OKX trading history": Layout(
        "okx.csv",
        "\ufeffUID:1,\ufeffAccount Type:Main,\ufeffTime Zone:UTC+8\n\ufeffid,Order id,Time,Trade Type,Symbol,Action,Amount,Trading Unit,Filled Price,PnL,Fee,Fee Unit,Position Change,Position Balance,Balance Change,Balance,Balance Unit",
        ("BTC-USD-SWAP", "ETH-USD-SWAP"), _okx, split=True,
    ),
    "Deribit transaction log": Layout(
        "transaction_log-1-BTC-1.csv", _DERIBIT.format("Amount,Base Amount", "Index Price,", "Fee Charged", ",Note"),
        _PERPETUALS, lambda step, symbol: _deribit(step, symbol, "Amount"), split=True, only=0,
    ),
    "Deribit transaction log (older, Base Amount)": Layout(
        "transaction_log-1-ETH-1.csv", _DERIBIT.format("Base Amount", "Index Price,", "Fee Charged", ",Note"),
        _PERPETUALS, lambda step, symbol: _deribit(step, symbol, "Base Amount"), split=True, only=1,
    ),
    "Deribit transaction log (oldest, Size)": Layout(
        "transaction_log-2-BTC-1.csv", _DERIBIT.format("Size", "", "Fee Paid", ""),
        _PERPETUALS, lambda step, symbol: _deribit(step, symbol, "Size"), split=True, only=0,
    ),
    "Kraken Futures account log": Layout(
        "kraken.csv", _KRAKEN.format(",contract"), ("pi_xbtusd", "pi_ethusd"), lambda step, symbol: _kraken(step, symbol, True),
    ),
    "Kraken Futures account log (older)": Layout(
        "kraken_older.csv", _KRAKEN.format(""), ("pi_xbtusd", "pi_ethusd"), lambda step, symbol: _kraken(step, symbol, False),
    ),
    "KuCoin futures fills": Layout(
        "kucoin.csv",
        "UID,Account Type,Order ID,Filled Time(UTC-05:00),Symbol,Side,Filled Amount,Filled Price,Filled Volume,Filled Volume  (USDT),Fee Rate,Fee,Order Type",
        ("XBTUSDM", "ETHUSDM"), _kucoin, ("fill",), ids=False,
    ),
    "MEXC futures orders": Layout(
        "mexc.csv",
        "UID,Time(UTC+08:00),Futures Trading Pair,Direction,Leverage,Order Type,Order Qty (Cont.),Filled Qty (Cont.),Order Qty (Crypto),Filled Qty (Crypto),Order Qty (Amount),Filled Qty (Amount),Order Price,Average Filled Price,Closing PNL,Trading Fee,Fee-payment Crypto,Status",
        ("BTC_USD", "ETH_USD"), _mexc, ("fill",), ids=False, split=True,
    ),
    "BloFin funding": Layout(
        "blofin.csv", "symbol,QTY,Funding rate,Funding type,Funding Fee,real_funding_amount,Time",
        ("BTC-USD", "ETH-USD"), _blofin, ("funding",), ids=False,
    ),
    "plain table of fills": Layout(
        "plain.csv", "time,account,venue,contract,type,qty,price,fee,amount,id", ("BTCUSD", "ETHUSD"), _plain,
    ),
}  # fmt: skip
"""By the name of the format; those that tell lumps alone (closed positions, daily profit) have files of their own."""
