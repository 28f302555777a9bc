"""Cost of a stamped workbook, as ratios measured in one run: python tests/benchmarks/stamping.py [WORKBOOKS]

The six-asset sample with other prices in each of 2,000 portfolios: stamping with isal and orjson and with the standard
library alone, against openpyxl building the same workbook, XlsxWriter writing the same cells (pip install XlsxWriter),
and merely deflating the parts that differ. Times are CPU times; medians of rounds that take turns.
"""

import copy
import io
import random
import resource
import statistics
import sys
import time
import zipfile
from pathlib import Path

from openpyxl import load_workbook

from xlhedge.batch.run import CHUNK
from xlhedge.intake import read_portfolios
from xlhedge.workbook.file import merge, packing
from xlhedge.workbook.file import stamp as stamping
from xlhedge.workbook.file.stamp import stamp
from xlhedge.workbook.file.writer import render
from xlhedge.workbook.grid import numbers
from xlhedge.workbook.model import build_model

SAMPLE = Path(__file__).parents[2] / "workbooks/samples/six-assets.csv"
ROUNDS = 5


def sample(count: int) -> list:
    """The sample with prices moved by up to 10 % in each portfolio."""
    (first,), errors = read_portfolios(SAMPLE)
    assert not errors
    source, made = random.Random(1), []
    for number in range(count):
        holdings = []
        for holding in first.holdings:
            values = copy.copy(holding.values)
            if not holding.is_cash:
                values.price = float(f"{values.price * source.uniform(0.9, 1.1):.6g}")
            holdings.append(holding._replace(values=values))
        positions = [
            position._replace(values=holdings[position.holding].values, spot=holdings[position.holding].values.price)
            for position in first.positions
        ]
        made.append(first._replace(name=f"Treasury {number}", holdings=tuple(holdings), positions=tuple(positions)))
    return made


def cpu(run) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def stamped(portfolios: list) -> list[bytes]:
    return [one.content for at in range(0, len(portfolios), CHUNK) for one in stamp(portfolios[at : at + CHUNK])]


class StandardLibrary:
    """Without isal and orjson."""

    def __enter__(self) -> None:
        self.kept = packing.isal_zlib, numbers.orjson
        packing.isal_zlib, numbers.orjson = None, None

    def __exit__(self, *_) -> None:
        packing.isal_zlib, numbers.orjson = self.kept


def changed_members(contents: list[bytes]) -> list[list[bytes]]:
    """The members of each workbook that are not those of the first."""
    read = []
    for content in contents:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            read.append({info.filename: archive.read(info) for info in archive.infolist()})
    return [[data for name, data in members.items() if data != read[0][name]] for members in read[1:]]


def xlsxwriter_run(content: bytes):
    """A function that writes the same cells with XlsxWriter, or None where it is not installed."""
    try:
        import xlsxwriter
    except ImportError:
        return None
    formulas, values = load_workbook(io.BytesIO(content)), load_workbook(io.BytesIO(content), data_only=True)
    sheets = [
        (page.title, [
            (cell.row - 1, cell.column - 1, cell.value, values[page.title].cell(cell.row, cell.column).value)
            for row in page for cell in row if cell.value is not None
        ])
        for page in formulas
    ]  # fmt: skip

    def run() -> None:
        book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
        for title, cells in sheets:
            page = book.add_worksheet(title)
            for row, column, value, cached in cells:
                if isinstance(value, str) and value.startswith("="):
                    page.write_formula(row, column, value, None, cached)
                else:
                    page.write(row, column, value)
        book.close()

    return run


def parts_of(portfolios: list) -> dict[str, float]:
    """Seconds of CPU time of each part of stamping."""
    spent: dict[str, float] = {}

    def timed(name: str, run):
        def measured(*given, **named):
            start = time.process_time()
            result = run(*given, **named)
            spent[name] = spent.get(name, 0.0) + time.process_time() - start
            return result

        return measured

    places = [
        ("the model's values", stamping, "build_model"), ("sheets made ready", stamping, "SheetMerge"),
        ("numbers to text", merge, "number_texts"), ("pieces put together", merge.SheetMerge, "pieces"),
        ("zip archive", stamping, "archive"),
    ]  # fmt: skip
    kept = [(place, name, getattr(place, name)) for _, place, name in places]
    for called, place, name in places:
        setattr(place, name, timed(called, getattr(place, name)))
    for key, members in stamping._templates.items():
        stamping._templates[key] = [m._replace(pack=timed("joining, checksum, deflating", m.pack)) for m in members]
    stamped(portfolios)
    for place, name, run in kept:
        setattr(place, name, run)
    stamping._templates.clear()
    return spent


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    portfolios = sample(count)
    contents = stamped(portfolios[:CHUNK])  # the template is compiled here
    with StandardLibrary():
        stamped(portfolios[:2])
    changed = changed_members(contents[:51])
    other = xlsxwriter_run(contents[0])
    cells = sum(1 for page in load_workbook(io.BytesIO(contents[0])) for row in page for c in row if c.data_type == "f")
    seconds: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        seconds.setdefault(name, []).append(value)

    for _ in range(ROUNDS):
        note("stamped", cpu(lambda: stamped(portfolios)) / count)
        with StandardLibrary():
            few = portfolios[: max(count // 4, CHUNK)]
            note("stamped, standard library", cpu(lambda: stamped(few)) / len(few))  # noqa: B023
        note(
            "deflating what differs",
            cpu(lambda: [packing.fast(data) for one in changed for data in one]) / len(changed),
        )
        note("openpyxl, the same workbook", cpu(lambda: render(build_model(portfolios[0]))))
        if other:
            note("XlsxWriter, the same cells", cpu(other))
    median = {name: statistics.median(values) for name, values in seconds.items()}
    print(
        f"{count:,} workbooks of {len(contents[0]):,} bytes with {cells:,} formulas; medians of {ROUNDS} rounds, CPU time"
    )
    for name, value in median.items():
        print(f"{name:30} {value * 1e3:9.2f} ms   {value / median['stamped']:7.1f} x stamped")
    print(f"stamped / deflating: {median['stamped'] / median['deflating what differs']:.2f}")
    print(
        f"openpyxl / stamped with the standard library: {median['openpyxl, the same workbook'] / median['stamped, standard library']:.0f}"
    )
    print(f"{1 / median['stamped']:.0f} workbooks a second on one core")
    for name, value in sorted(parts_of(portfolios).items(), key=lambda part: -part[1]):
        print(f"  of a stamped one, {name:30} {value / count * 1e3:6.2f} ms")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, with all workbooks kept")


if __name__ == "__main__":
    main()
