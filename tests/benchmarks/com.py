"""What a call of a worksheet function costs through COM, under Wine: python tests/benchmarks/com.py

One server, one client process, one run: a thousand calls of one cell, then calls of ranges. Wine is not Windows, so that the
ratios say more than the times; the same work in Python alone stands beside them.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from wine.tier import SERVED, Wine  # noqa: E402

from xlhedge import functions  # noqa: E402, F401 - fills the registry
from xlhedge.registry import FUNCTIONS  # noqa: E402
from xlhedge.sheet import sheet_call  # noqa: E402

NAME, ARGUMENTS = "LIQ_PRICE", [-600000.0, 60000.0, 2.5, 0.005]
LENGTHS = {1: 1000, 100: 50, 10_000: 20}
"""Cells in a call, and how many such calls."""


def arguments(length: int) -> list:
    column = [[60000.0 + i] for i in range(length)]
    return [ARGUMENTS[0], column if length > 1 else ARGUMENTS[1], *ARGUMENTS[2:]]


def seconds_here(length: int) -> float:
    given = arguments(length)
    start = time.perf_counter()
    sheet_call(FUNCTIONS[NAME], given)
    return time.perf_counter() - start


def seconds_through_com() -> dict[int, float]:
    requests = [[NAME, arguments(length)] for length, count in LENGTHS.items() for _ in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        wine = Wine(Path(folder), *SERVED)
        try:
            with wine.start("server.py") as server:
                server.stdout.readline()
                taken = iter(wine.ask(Path(folder), requests, "client.py")["seconds"])
        finally:
            wine.stop()
    return {length: statistics.median(next(taken) for _ in range(count)) for length, count in LENGTHS.items()}


if __name__ == "__main__":
    com = seconds_through_com()
    print("cells in a call   ms a call   us a cell   cells per one-cell call   times Python alone")
    for length, count in LENGTHS.items():
        here = statistics.median(seconds_here(length) for _ in range(count))
        row = (com[length] * 1e3, com[length] / length * 1e6, com[1] / (com[length] / length), com[length] / here)
        print(f"{length:15,}{row[0]:12.2f}{row[1]:12.2f}{row[2]:26.0f}{row[3]:21.1f}")
