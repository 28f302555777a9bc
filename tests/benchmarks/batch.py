"""Cost of batch runs: python tests/benchmarks/batch.py [PORTFOLIOS ...]

First 2,000 mixed clients of 1 to 12 assets and 0 to 15 positions: how many templates they need. Then for each number of
portfolios: seconds, workbooks a second and the largest memory of a process, undisturbed and when
everything is there already; and what flushing every file to the disk costs.
"""

import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from batches import holdings, start  # noqa: E402

from xlhedge.batch.destination import open_destination  # noqa: E402
from xlhedge.intake import read_portfolios  # noqa: E402
from xlhedge.workbook.portfolios import shape  # noqa: E402


def measured(*arguments: object) -> tuple[float, dict[int, int]]:
    """Seconds of a run, and the largest memory in MB of each of its processes."""
    begun, run, most = time.monotonic(), start(*arguments), {}
    watcher = threading.Thread(target=_watch, args=(run, most))
    watcher.start()
    _, told = run.communicate()
    watcher.join()
    assert run.returncode == 0, told
    return time.monotonic() - begun, most


def _watch(run, most: dict[int, int]) -> None:
    """The session of the run holds all of its processes; their peak is what the kernel remembers of each."""
    while run.poll() is None:
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(path.name)) == run.pid:
                    told = dict(line.split(":", 1) for line in (path / "status").read_text().splitlines())
                    most[int(path.name)] = int(told["VmHWM"].split()[0]) // 1024
            except (OSError, KeyError):
                continue
        time.sleep(0.2)


COINS = "BTC ETH SOL XRP LTC DOGE BCH ADA LINK DOT AVAX BNB".split()


def mixed_clients(path: Path, count: int, seed: int = 13) -> Path:
    """Clients of 1 to 12 assets with 0 to 15 positions, on contracts that the rows describe."""
    source, rows = (
        random.Random(seed),
        ["portfolio,asset,coins,price,hedge_ratio,venue,contract,face,mmr,share,account,qty,entry"],
    )
    for i in range(count):
        assets, positions = source.sample(COINS, source.randint(1, 12)), source.randint(0, 15)
        hedged = {asset: [] for asset in assets}
        for number in range(positions):
            hedged[source.choice(assets)].append(number)
        for asset in assets:
            told = [f",,{asset}{number},100,0.01,,,{-100 * source.randint(0, 9)},50" for number in hedged[asset]]
            ratio = "30%" if told else ""
            rows += [f"Client {i},{asset},{source.randint(100, 999)},60,{ratio}{told[0] if told else ''}"]
            rows += [f"Client {i},{asset},,,{each}" for each in told[1:]]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def templates(folder: Path, count: int = 2000) -> None:
    """How many templates mixed clients need, and what the run of all costs with one process."""
    given = mixed_clients(folder / "mixed.csv", count)
    portfolios, errors = read_portfolios(given)
    assert not errors, errors[:3]
    shapes = {shape(portfolio) for portfolio in portfolios}
    pairs = {(len(portfolio.holdings), len(portfolio.positions)) for portfolio in portfolios}
    seconds, _ = measured(given, "--out", folder / "mixed")
    print(
        f"{count:,} mixed clients of {len(pairs)} pairs of assets and positions: {len(shapes)} templates, {seconds:.1f} s"
    )


def runs(folder: Path, count: int) -> None:
    """An undisturbed run and one that finds everything there."""
    given, out = holdings(folder / f"{count}.csv", count, sizes=3), folder / str(count)
    for name, options in (("undisturbed", ()), ("resumed", ("--resume",))):
        seconds, most = measured(given, "--out", out, *options)
        memory = ", ".join(f"{value}" for value in sorted(most.values(), reverse=True))
        print(f"{count:8,} {name:12} {seconds:7.1f} s  {count / seconds:7.1f} a second  MB: {memory}", flush=True)


def flushes(folder: Path, files: int = 500) -> None:
    """Files of a workbook's size through a place, with and without the flush to the disk."""
    content, place, flush = os.urandom(60_000), open_destination(str(folder / "flushes"), "all"), os.fsync
    place.prepare()
    for name, how in (("flushed", flush), ("not flushed", lambda handle: None)):
        os.fsync, begun, used = how, time.monotonic(), time.process_time()
        for number in range(files):
            place.write(f"{number}.xlsx", content)
        each = (time.monotonic() - begun) / files * 1e3
        print(
            f"a file of 60 kB, {name:12} {each:6.2f} ms, of which CPU {(time.process_time() - used) / files * 1e3:.2f} ms"
        )
    os.fsync = flush


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=".") as there:
        templates(Path(there))
        flushes(Path(there))
        for number in map(int, sys.argv[1:] or ("100", "1000", "10000")):
            runs(Path(there), number)
