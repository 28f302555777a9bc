"""Cost of batch runs: python tests/benchmarks/batch.py [PORTFOLIOS ...]

For each number of portfolios: seconds, workbooks a second and the largest memory of a process, undisturbed and when
everything is there already; and what flushing every file to the disk costs.
"""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from batches import holdings, start  # noqa: E402

from xlhedge.batch.destination import open_destination  # noqa: E402


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
        flushes(Path(there))
        for number in map(int, sys.argv[1:] or ("100", "1000", "10000")):
            runs(Path(there), number)
