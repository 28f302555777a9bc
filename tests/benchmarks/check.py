"""Cost of checking a folder of workbooks: python tests/benchmarks/check.py [WORKBOOKS]

Mixed clients are written by batch, then checked by one LibreOffice. Told are the seconds for a workbook by the clock, and those
of CPU of this process and of LibreOffice with what it starts: the larger of the two is the limit, as they work side by side.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from batch import mixed_clients  # noqa: E402
from batches import start  # noqa: E402

from xlhedge.check import check_files  # noqa: E402


def main(count: int) -> None:
    """Print the costs."""
    with tempfile.TemporaryDirectory() as folder:
        given, out = Path(folder) / "clients.csv", Path(folder) / "out"
        mixed_clients(given, count)
        run = start(given, "--out", out, "--quiet")
        run.communicate()
        files = sorted(out.glob("*.xlsx"))
        before, begun = os.times(), time.monotonic()
        wrong = sum(bool(report.wrong) for report in check_files(files))
        seconds, after = time.monotonic() - begun, os.times()
    own, others = (after.user + after.system - before.user - before.system), 0.0
    others = after.children_user + after.children_system - before.children_user - before.children_system
    each = (f"{1000 * value / len(files):,.0f} ms" for value in (seconds, own, others))
    clock, here, there = each
    print(
        f"{len(files):,} workbooks, {wrong} with something wrong: {seconds:,.0f} s; each {clock}, CPU {here} here, {there} in LibreOffice"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
