"""Built workbooks for tests: build one from lines of text, and read its cells by section, header and row."""

from pathlib import Path

from openpyxl import load_workbook

from xlhedge.intake import read_portfolios
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.model import build_model

SAMPLES = Path(__file__).parents[1] / "workbooks/samples"
SAMPLE_FILES = [
    ("btc-50.csv", "btc-50.settings.csv"), ("drift-85-15.csv", None), ("six-assets.csv", None),
]  # fmt: skip


def build_sample(number: int, folder: Path, mode: str = "native") -> Path:
    """Build one of the sample workbooks."""
    holdings, settings = SAMPLE_FILES[number]
    portfolios, errors = read_portfolios(SAMPLES / holdings, settings and SAMPLES / settings)
    assert not errors, errors
    path = folder / f"{holdings}-{mode}.xlsx"
    write(build_model(portfolios[0], mode), path)
    return path


def build_text(folder: Path, holdings: str, **settings: str) -> "Cells":
    """Build a workbook from the text of a holdings file and settings, and read it."""
    source, path = folder / "holdings.csv", folder / "book.xlsx"
    source.write_text(holdings)
    portfolios, errors = read_portfolios(source, overrides=settings)
    assert not errors, errors
    write(build_model(portfolios[0]), path)
    return Cells(path)


class Cells:
    """The cached values of a workbook, found as a reader would: by sheet, section title, header and unit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = load_workbook(path, data_only=True)

    def column(self, sheet: str, section: str, header: str, unit: str | None = None) -> list:
        """The values below a header and its unit, which stands above it in a table object, down to the first blank cell."""
        page = self.book[sheet]
        top = next(row for row in range(1, page.max_row) if str(page.cell(row, 1).value).startswith(section)) + 1
        above, below = ([page.cell(row, c).value for c in range(1, page.max_column + 1)] for row in (top, top + 1))
        column = next(
            c for c, pair in enumerate(zip(above, below), 1)
            if (pair[0] == header and unit in (None, pair[1])) or (pair[1] == header and unit in (None, pair[0]))
        )  # fmt: skip
        values, row = [], top + 2
        while page.cell(row, column).value is not None:
            values.append(page.cell(row, column).value)
            row += 1
        return values

    def beside(self, sheet: str, label: str, column: int = 2) -> object:
        """The value beside a label in the first column."""
        page = self.book[sheet]
        return next(page.cell(r, column).value for r in range(1, page.max_row + 1) if page.cell(r, 1).value == label)
