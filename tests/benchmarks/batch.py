"""Cost of batch runs: python tests/benchmarks/batch.py [PORTFOLIOS ...], or with --scaling or --memory and a number.

First 2,000 mixed clients of 1 to 12 assets and 0 to 15 positions: how many templates they need. Then for each number of
portfolios: seconds, workbooks a second and the largest memory of a process, undisturbed and when
everything is there already; and what flushing files to the disk costs, each by itself and many together.

--scaling: so many six-asset clients by one process and by two, in turns, with the CPU seconds of each process: on a machine
that others use too the ratio of those tells more than the clock. --memory: so many mixed clients by two processes without
Replay, Compare and Functions, whose workbooks are removed as they appear; the memory of each process on the way.
"""

import csv
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
from xlhedge.batch.writing import GROUP  # noqa: E402
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


def processes(run) -> dict[int, tuple[int, int, float]]:
    """The processes of a run, which are of one session: memory now and at most [MB], and CPU seconds so far."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(path.name)) == run.pid:
                told = dict(line.split(":", 1) for line in (path / "status").read_text().splitlines())
                ticks = (path / "stat").read_text().rpartition(")")[2].split()[11:13]
                now, most = (int(told[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM"))
                found[int(path.name)] = now, most, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        except (OSError, KeyError):
            continue
    return found


def _watch(run, most: dict[int, int]) -> None:
    """The peak is what the kernel remembers of each process."""
    while run.poll() is None:
        most |= {number: told[1] for number, told in processes(run).items()}
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


def flushes(folder: Path, count: int = 500) -> None:
    """Files of a workbook's size through a place: each flushed by itself, and a hundred together."""
    content, place = os.urandom(250_000), open_destination(str(folder / "flushes"), "all")
    place.prepare()

    def alone() -> None:
        for number in range(count):
            place.write(f"{number}.xlsx", content)

    def together() -> None:
        for first in range(0, count, GROUP):
            names = [f"{number}.xlsx" for number in range(first, first + GROUP)]
            place.settle({name: place.stage(name, content) for name in names})

    for name, how in (("flushed alone", alone), ("a hundred together", together)):
        begun, used = time.monotonic(), time.process_time()
        how()
        seconds, cpu = (time.monotonic() - begun) / count, (time.process_time() - used) / count
        print(f"a file of 250 kB, {name:18} {seconds * 1e3:6.2f} ms, of which CPU {cpu * 1e3:.2f} ms")


SIX = Path(__file__).parents[2] / "workbooks/samples/six-assets.csv"


def six_assets(path: Path, count: int, seed: int = 1) -> Path:
    """The six-asset sample for so many clients, each with prices of its own."""
    source = random.Random(seed)
    with open(SIX, encoding="utf-8") as given, open(path, "w", encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(line for line in given if not line.startswith("#"))]
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        for i in range(count):
            for row in rows:
                price = row["price"] and f"{float(row['price']) * source.uniform(0.9, 1.1):.6g}"
                table.writerow(row | {"portfolio": f"Treasury {i:06d}", "price": price})
    return path


def scaling(folder: Path, count: int, rounds: int = 3) -> None:
    """One process and two in turns: seconds by the clock and of CPU; the most that one process used bounds what more cores give."""
    given = six_assets(folder / "six.csv", count)
    for turn in range(rounds):
        for jobs in (1, 2):
            begun, last = time.monotonic(), {}
            run = start(given, "--out", folder / f"{jobs}-{turn}", "--jobs", jobs, "-q")
            while run.poll() is None:
                last |= processes(run)
                time.sleep(0.05)
            run.communicate()
            used = sorted((cpu for _, _, cpu in last.values()), reverse=True)
            each = ", ".join(f"{cpu:.1f}" for cpu in used)
            print(
                f"{count:,} by {jobs}: {time.monotonic() - begun:6.1f} s, CPU {sum(used):6.1f} s ({each})", flush=True
            )


def memory(folder: Path, count: int) -> None:
    """Memory of each process when a tenth, a half and all of the workbooks are written."""
    given, out, done, marks = (
        mixed_clients(folder / "mixed.csv", count),
        folder / "mixed",
        0,
        [0.1, 0.25, 0.5, 0.75, 1.0],
    )
    run = start(given, "--out", out, "--jobs", 2, "-q", "--sheets", "-Replay,-Compare,-Functions")
    while run.poll() is None:
        found = processes(run)
        for path in out.glob("*.xlsx"):
            path.unlink(missing_ok=True)
            done += 1
        if marks and done >= marks[0] * count:
            told = "; ".join(f"{now} MB, at most {most}" for now, most, _ in sorted(found.values(), reverse=True))
            print(f"{marks.pop(0):4.0%} of {count:,}: {told}", flush=True)
        time.sleep(1)
    assert run.returncode == 0, run.communicate()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR", ".")) as there:
        if sys.argv[1:2] in (["--scaling"], ["--memory"]):
            (scaling if sys.argv[1] == "--scaling" else memory)(Path(there), int(sys.argv[2]))
            sys.exit()
        templates(Path(there))
        flushes(Path(there))
        for number in map(int, sys.argv[1:] or ("100", "1000", "10000")):
            runs(Path(there), number)
