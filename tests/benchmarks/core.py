"""Cost of the core, as ratios measured in one run: python tests/benchmarks/core.py

Scalar calls against the bare arithmetic, a million-point ladder and 10,000 accounts against numpy's own cost for the same,
one workbook build, and the CPU time of `xlhedge eval` against an interpreter that does nothing.
"""

import resource
import statistics
import subprocess
import sys
import timeit
from pathlib import Path

import numpy as np

import xlhedge
from xlhedge.functions.liquidation import liq_price as liq_body
from xlhedge.functions.pnl import inverse_pnl as pnl_body
from xlhedge.intake import read_portfolios
from xlhedge.workbook.file.writer import render
from xlhedge.workbook.model import build_model

SAMPLES = Path(__file__).parents[2] / "workbooks/samples"


def median(run, number: int, repeat: int = 7) -> float:
    """Median seconds of one call."""
    return statistics.median(timeit.repeat(run, number=number, repeat=repeat)) / number


def scalar_calls() -> None:
    """Public calls of plain floats against their bodies and against the arithmetic written out."""
    q, e, p = -600_000.0, 60_000.0, 50_000.0
    bare = median(lambda: q * (p - e) / (e * p), 200_000)
    rows = [
        ("inverse_pnl, public", lambda: xlhedge.inverse_pnl(q, e, p)), ("inverse_pnl, body", lambda: pnl_body(q, e, p)),
        ("net_exposure, public", lambda: xlhedge.net_exposure(50.0, q, e)),
        ("liq_price, public", lambda: xlhedge.liq_price(q, e, 2.5, 0.005)), ("liq_price, body", lambda: liq_body(q, e, 2.5, 0.005)),
    ]  # fmt: skip
    print(f"one multiplication chain in Python: {bare * 1e9:.0f} ns")
    for name, run in rows:
        cost = median(run, 100_000)
        print(f"{name:24} {cost * 1e6:6.2f} us  {cost / bare:5.1f} x")


def million_points() -> None:
    """A million prices through inverse_pnl and liq_price against numpy doing the same arithmetic."""
    prices = np.linspace(10_000.0, 200_000.0, 1_000_000)
    q, e, w, m = -600_000.0, 60_000.0, 2.5, 0.005

    def numpy_pnl():
        return q * (prices - e) / (e * prices)

    def numpy_liq():
        backing = q / prices + w
        return np.where(q * (1 - m) * backing > 0, q * (1 - m) / backing, np.inf)

    for name, ours, theirs in (
        ("inverse_pnl", lambda: xlhedge.inverse_pnl(q, e, prices), numpy_pnl),
        ("liq_price", lambda: xlhedge.liq_price(q, prices, w, m), numpy_liq),
    ):
        a, b = median(ours, 3), median(theirs, 3)
        print(f"{name:12} of 1e6 points: {a * 1e3:6.1f} ms, numpy {b * 1e3:6.1f} ms, ratio {a / b:4.2f}")


def many_accounts() -> None:
    """LIQ_PRICE_CROSS on 10,000 accounts of four contracts against numpy doing the same arithmetic."""
    rng, shape = np.random.default_rng(1), (4, 10_000)
    qtys, entries, mmrs = rng.normal(0, 1e6, shape), rng.uniform(4e4, 8e4, shape), rng.uniform(0.003, 0.02, shape)
    slopes, balances = rng.uniform(0, 1e-5, shape), rng.uniform(5, 50, shape[1])

    def parts():
        return (qtys + mmrs * np.abs(qtys)).sum(axis=0), balances + (qtys / entries).sum(axis=0)

    def numpy_cross():
        needed, backing = parts()
        return np.where(needed * backing > 0, needed / backing, np.inf)

    def numpy_above():
        needed, backing = parts()
        root = np.sqrt(np.maximum(needed**2 + 4 * (slopes * qtys**2).sum(axis=0) * backing, 0))
        return np.where((needed < 0) & (backing < 0), (needed - root) / (2 * backing), np.inf)

    given = (qtys, entries, mmrs, balances)
    sloped = (*given, 0.0, 0.0, 0.0, ["slope"] * 4, slopes, "above")
    for name, ours, theirs in (
        ("rate alone", lambda: xlhedge.liq_price_cross(*given), numpy_cross),
        ("with a slope", lambda: xlhedge.liq_price_cross(*sloped), numpy_above),
    ):
        a, b = median(ours, 5), median(theirs, 5)
        print(f"cross, {name:12}: {a * 1e3:5.2f} ms for 10,000 accounts, numpy {b * 1e3:5.2f} ms, ratio {a / b:4.1f}")


def one_build() -> None:
    """The six-asset workbook: reading, model, writing."""

    def read():
        return read_portfolios(SAMPLES / "six-assets.csv")[0][0]

    portfolio = read()
    book = build_model(portfolio)
    steps = [
        ("read", median(read, 3, 5)),
        ("model", median(lambda: build_model(portfolio), 3, 5)),
        ("write", median(lambda: render(book), 1, 5)),
    ]
    whole = sum(seconds for _, seconds in steps)
    shares = ", ".join(f"{name} {seconds * 1e3:.0f} ms ({seconds / whole:.0%})" for name, seconds in steps)
    print(f"six-asset workbook: {whole * 1e3:.0f} ms: {shares}")


def start_up() -> None:
    """CPU seconds of `xlhedge eval` as a process, against python -c pass."""

    def cpu(*command: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    call = ("-m", "xlhedge.cli", "eval", "LIQ_PRICE(-600000, 60000, 2.5, 0.005)")
    ours = statistics.median(cpu(sys.executable, *call) for _ in range(9))
    bare = statistics.median(cpu(sys.executable, "-c", "pass") for _ in range(9))
    print(f"xlhedge eval: {ours:.3f} s CPU, python -c pass {bare:.3f} s")


if __name__ == "__main__":
    scalar_calls()
    million_points()
    many_accounts()
    one_build()
    start_up()
