"""Workbooks recalculated by somebody else's software: LibreOffice with our functions in it, or formualizer without them."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from ..ooxml.area import Area
from ..ooxml.bare import bare_copy
from ..ooxml.package import Package

PATIENCE = 300.0
"""Seconds that LibreOffice may take for a workbook."""

Results = dict[str, dict[str, object]]
"""The value of each formula cell by sheet and address."""


class Engine(ABC):
    """What recalculates: one process for all workbooks, which come one after the other while this one goes on.

    `name` is that of the software, with its version once it has calculated something. The functions of the add-in are
    known where `has_functions`. Its files are in a folder of its own, which is gone with it, or with the folder that it is in.
    """

    name, version, has_functions = "", "", False

    def __init__(self, within: Path | None = None) -> None:
        self._pool, self._made = ThreadPoolExecutor(1), TemporaryDirectory(prefix="xlhedge-", dir=within)
        self.folder = Path(self._made.name)

    def __enter__(self) -> "Engine":
        return self

    def __exit__(self, *_) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._made.cleanup()

    def told(self, mode: str) -> str:
        """What calculated formulas of a mode, in words."""
        words = f"{self.name} {self.version}".strip()
        return words if mode in ("", "native") else f"{words} with the functions of xlhedge"

    def results(self, package: Package) -> Future[Results]:
        """Begin to recalculate a workbook; the engines are stricter with packages than others, each in its own words."""
        return self._pool.submit(self._results, package)

    def rest(self) -> None:
        """Wait until nothing is recalculated any more."""
        self._pool.submit(int).result()

    @abstractmethod
    def _results(self, package: Package) -> Results:
        """The value of each formula cell of a workbook."""

    def _copy(self, package: Package, functions=()) -> Path:
        path = self.folder / "workbook.xlsx"
        path.write_bytes(bare_copy(package, functions))
        return path


class Calc(Engine):
    """LibreOffice with the add-in of xlhedge."""

    name, has_functions = "LibreOffice", True

    def __init__(self) -> None:
        super().__init__()
        self._calc = None

    def __exit__(self, *_) -> None:
        super().__exit__()
        if self._calc:
            self._calc.stop()

    def recalculated(self, copy: Path) -> Future[tuple[Path, str]]:
        """Begin to recalculate a bare copy: the file of its results, and the version that calculated them."""
        return self._pool.submit(self._recalculated, copy)

    def _results(self, package: Package) -> Results:
        from ..hosts.calc import read_results
        from ..registry import FUNCTIONS

        return read_results(self._recalculated(self._copy(package, FUNCTIONS))[0])

    def _recalculated(self, copy: Path) -> tuple[Path, str]:
        from ..hosts import calc
        from ..hosts.office import write_addin

        if self._calc is None or self._calc.pid is None:  # the first workbook, or one behind a workbook that ended it
            addin = write_addin(self.folder / "xlhedge.oxt")
            self._calc = calc.Calc(PATIENCE, [addin])
            self._calc.start()
            self.version = ".".join(self._calc.version.split(".")[:2])
        return self._calc.recalculated(copy), self.version


class Elsewhere(Engine):
    """The LibreOffice of the process that began this one and listens at the other end of a connection."""

    name, has_functions = Calc.name, Calc.has_functions

    def __init__(self, connection, within: Path) -> None:
        super().__init__(within)
        self._connection = connection

    def _results(self, package: Package) -> Results:
        from ..hosts.calc import read_results
        from ..registry import FUNCTIONS

        self._connection.send(self._copy(package, FUNCTIONS))
        found = self._connection.recv()
        if isinstance(found, Exception):
            raise found
        results, self.version = found
        return read_results(results)


class Formualizer(Engine):
    """The Python package formualizer, in this process."""

    name = "formualizer"

    def _results(self, package: Package) -> Results:
        import formualizer

        engine = formualizer.Workbook.from_path(str(self._copy(package)))
        for name, function in (("ABS", _counted(abs)), ("INT", _counted(math.floor)), ("ISNUMBER", _is_number)):
            engine.register_function(name, _lifted(function), min_args=1, max_args=1, allow_override_builtin=True)
        engine.evaluate_all()
        return {
            sheet.name: {
                cell.ref: _shown(engine.get_value(sheet.name, place.top, place.left))
                for cell in sheet.cells if cell.formula is not None and (place := Area.parse(cell.ref))
            }
            for sheet in package.sheets
        }  # fmt: skip


def engine() -> Engine | None:
    """The best engine that is here."""
    from ..hosts import calc

    if calc.find():
        return Calc()
    try:
        import formualizer  # noqa: F401
    except ImportError:
        return None
    return Formualizer()


def _shown(value: object) -> object:
    return f"#{value.get('kind', '')}" if isinstance(value, dict) else value


def _counted(function: Callable) -> Callable:
    """A function of numbers that takes a blank cell for 0."""
    return lambda value: function(0.0 if value is None else value)


def _lifted(function: Callable) -> Callable:
    """A function over a range too, as every spreadsheet has it; formualizer's own gives #VALUE!."""
    return lambda value: [[function(x) for x in row] for row in value] if isinstance(value, list) else function(value)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
