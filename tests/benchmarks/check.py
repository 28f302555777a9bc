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
    user, system, others, others_system, _ = (then - now for then, now in zip(after, before))
    each = [1000 * value / len(files) for value in (seconds, user + system, others + others_system)]
    print(f"{len(files):,} workbooks, {wrong} with something wrong: {seconds:,.0f} s")
    print("each {:,.0f} ms, CPU {:,.0f} ms here, {:,.0f} ms in LibreOffice".format(*each))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
