"""Cost of an import: python tests/benchmarks/ledger.py [ROWS]

An export of so many rows (1,000,000 unless given) in each of four layouts, newest first, with a fill every half a minute and
a funding every eight hours. Prints seconds on the clock and of the processor, rows a second and the largest memory of the
process in MB, for reading alone, with the ledger written, and for that ledger read back.
"""

import datetime
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BEGIN, STEP, EIGHT_HOURS = datetime.datetime(2024, 1, 1), datetime.timedelta(seconds=30), 960


def events(rows: int):
    """Number, time, side, USD, price and the position before, of fills that go to and fro; a funding has no side."""
    position = 0
    for number in range(rows):
        price = 60000 + number * 37 % 4001 / 2
        side = 0 if number % EIGHT_HOURS == EIGHT_HOURS - 1 else 1 if position <= -1_000_000 or number % 5 < 2 else -1
        usd = 100 + number * 13 % 900
        yield number, BEGIN + number * STEP, side, usd, price, position
        position += side * usd


def bitmex(rows: int):
    """Trade history as its page exports it."""
    yield "transactTime,symbol,execType,side,lastQty,lastPx,execCost,commission,execComm,ordType,orderQty,leavesQty,price,text,orderID"
    for number, at, side, usd, price, position in events(rows):
        kind, word = ("Trade", "Buy" if side > 0 else "Sell") if side else ("Funding", "")
        size = usd if side else abs(position) or 1
        moment = f"{at.month}/{at.day}/{at.year}, {at:%I:%M:%S %p}".replace(", 0", ", ")
        cost = round(size / price * 1e8)
        yield f'"{moment}","XBTUSD","{kind}","{word}","{size}","{price}","{cost}","0.0005","{cost // 2000}","Limit","{size}","0","{price}","Submission","order-{number}"'


def bybit(rows: int):
    """Transaction log with trade ids and positions."""
    yield "Time,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,Fee Rate,Trade ID,Order ID"
    balance = 10.0
    for number, at, side, usd, price, position in events(rows):
        paid = usd / price * 0.00055
        balance -= paid
        if side:
            row = f"TRADE,{'BUY' if side > 0 else 'SELL'},{usd},{position + side * usd},{price},,{paid:.10f},0,{-paid:.10f}"
        else:
            row = f"SETTLEMENT,BUY,,{position},,{paid:.10f},,0,{-paid:.10f}"
        yield f"{at},BTC,BTCUSD,{row},{balance:.10f},0.00055,{f'trade-{number}' if side else ''},order-{number}"


def plain(rows: int):
    """A table of fills that is typed by hand."""
    yield "time,venue,contract,qty,price,fee"
    for _, at, side, usd, price, _ in events(rows):
        if side:
            yield f"{at},bybit,BTCUSD,{side * usd},{price},{usd / price * 0.00055!r}"


LAYOUTS = {"BitMEX trade history": bitmex, "Bybit transaction log": bybit, "plain table": plain}


def write(path: Path, layout: str, count: int) -> None:
    """Write an export of so many rows, the last first."""
    header, *below = LAYOUTS[layout](count)
    path.write_text("\n".join([header, *reversed(below)]) + "\n", encoding="utf-8")


def written(*arguments: object) -> None:
    """Write an export in a process of its own: what this one has held counts as held by all that it starts."""
    process = multiprocessing.get_context("spawn").Process(target=write, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == 0, "the export was not written"


def measured(*arguments: object) -> tuple[float, float, int]:
    """Seconds that an import takes on the clock and of the processor, and the largest memory of its process in MB."""
    begin = time.perf_counter()
    run = subprocess.Popen(
        [sys.executable, "-m", "xlhedge.cli", "import", *map(str, arguments)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    with run.stderr:
        told = run.stderr.read().decode()
    _, status, usage = os.wait4(run.pid, 0)
    assert os.waitstatus_to_exitcode(status) in (0, 4), told
    return time.perf_counter() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


if __name__ == "__main__":
    count = int(sys.argv[1]) if sys.argv[1:] else 1_000_000
    with tempfile.TemporaryDirectory() as there:
        export, ledger = Path(there) / "export.csv", Path(there) / "ledger.csv"
        for layout in LAYOUTS:
            written(export, layout, count)
            for name, given in (
                ("read", (export, "--zone", "UTC")),
                ("read and written", (export, "--zone", "UTC", "--out", ledger, "--force")),
                ("as a ledger", (ledger,)),
            ):
                clock, seconds, megabytes = measured(*given)
                print(
                    f"{layout:24} {name:18} {clock:6.1f} s ({seconds:.1f} s of the processor) {count / clock:10,.0f} rows a second {megabytes:6} MB",
                    flush=True,
                )
