"""LibreOffice Calc as a referee: recalculate a workbook with software that nobody here wrote, and read what it says.

    with Calc() as calc, calc.open("plan.xlsx") as book:
        book.recalculate()
        book.get("Plan", "B3")           # 60303.03, "long", True, None, or a CellError such as #NUM!
        book.set("Plan", "B2", 0.5)      # what-if: the cells that depend on it follow
        book.cells("Plan")["B3"]

Three processes: this one; LibreOffice, headless, with a profile of its own, which runs calc_inside.py; and between them
calc_server.py, because the Python that can import uno is seldom the one that runs this. Requests are lines of JSON.
"""

import contextlib
import functools
import json
import math
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path

from xlhedge.errors import DIV0, NA, NAME, NULL, NUM, REF, VALUE, FileError, Unreadable
from xlhedge.hosts import calc_server
from xlhedge.ooxml.package import Package

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xltx": "Calc MS Excel 2007 XML Template",
    ".ods": "calc8",
    ".csv": "Text - txt - csv (StarCalc)",
    ".pdf": "calc_pdf_Export",
}

# Calc's error codes. 502 is Calc's word for an argument outside a function's domain (SQRT(-1), LN(0)): #NUM! in Excel.
ERROR_WORDS = {
    502: NUM,
    503: NUM,
    504: VALUE,
    507: VALUE,
    508: VALUE,
    509: VALUE,
    510: VALUE,
    511: VALUE,
    519: VALUE,
    521: NULL,
    524: REF,
    525: NAME,
    526: NAME,
    532: DIV0,
    32767: NA,
}

PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{items}
</oor:items>
"""
ITEM = (
    """<item oor:path="/org.openoffice.Office.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>"""
)
SETTINGS = (  # recalculate a file when it is opened: 0 is always; leave no lock files beside it and mind none
    ("Calc/Formula/Load", "OOXMLRecalcMode", 0),
    ("Calc/Formula/Load", "ODFRecalcMode", 0),
    ("Common/Misc", "UseLocking", "false"),
    ("Common/Misc", "UseDocumentOOoLockFile", "false"),
    ("Common/Misc", "UseDocumentSystemFileLocking", "false"),
    ("Recovery/RecoveryInfo", "Enabled", "false"),
    ("Common/Misc", "FirstRun", "false"),
)


class CalcError(FileError):
    """LibreOffice is missing, has stopped, did not answer in time, or cannot do what was asked with this file."""


class CellError(str):
    """An error value in a cell: Excel's word for it, such as #NUM!, and Calc's own code."""

    def __new__(cls, code: int):
        made = super().__new__(cls, ERROR_WORDS.get(code, f"Err:{code}"))
        made.code = code
        return made


@dataclass(frozen=True)
class Office:
    """An installed LibreOffice and a Python that can import its uno module."""

    soffice: str
    python: str


def find() -> Office | None:
    """Look for LibreOffice and its Python, first on the path and then in the usual places."""
    homes = [Path(os.environ.get(name, "C:/Program Files")) for name in ("ProgramFiles", "ProgramFiles(x86)")]
    places = [
        *filter(None, map(shutil.which, ("soffice", "libreoffice"))),
        "/usr/lib/libreoffice/program/soffice",
        *sorted(map(str, Path("/opt").glob("libreoffice*/program/soffice")), reverse=True),
        "/Applications/LibreOffice.app/Contents/MacOS/soffice",
        *(str(home / "LibreOffice/program/soffice.exe") for home in homes),
    ]
    for soffice in filter(os.path.isfile, places):
        python = _uno_python(str(Path(soffice).resolve().parent))
        if python:
            return Office(soffice, python)
    return None


@functools.lru_cache
def _uno_python(program: str) -> str | None:
    """Return the first Python that imports uno: LibreOffice's own beside its program, else the system's."""
    folder = Path(program)
    own = [folder / "python.exe", folder / "python", folder.parent / "Resources" / "python"]
    for python in (*map(str, own), "/usr/bin/python3", sys.executable, shutil.which("python3")):
        if python and os.path.isfile(python) and _imports_uno(python):
            return python
    return None


def _imports_uno(python: str) -> bool:
    """Isolated, so that no file of that name in the folder where a user happens to be is taken for it."""
    try:
        probe = subprocess.run([python, "-I", "-c", "import uno"], capture_output=True, env=_environment(), timeout=60)
    except subprocess.TimeoutExpired:
        return False
    return probe.returncode == 0


def _environment(**more: str) -> dict[str, str]:
    """Our environment without what would lead another Python astray."""
    led_astray = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSAFEPATH")
    return {name: value for name, value in os.environ.items() if name not in led_astray} | more


class Calc:
    """A running headless LibreOffice Calc; leaving the with block ends it and removes every trace of it.

    timeout [s] limits the start and each request; extensions are add-ins (.oxt files or unpacked folders) to load.
    """

    def __init__(self, timeout: float = 60.0, extensions=()) -> None:
        self.timeout, self.extensions = timeout, [Path(each) for each in extensions]
        self._office = self._server = self.folder = None
        self._ended = "it was not started (use: with Calc() as calc)"

    def __enter__(self) -> "Calc":
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def start(self) -> None:
        """Start LibreOffice with a fresh profile and connect to it."""
        office = find()
        if office is None:
            raise CalcError("LibreOffice was not found; install LibreOffice 25.2 or later (on Debian: install/calc.sh)")
        self.folder = Path(tempfile.mkdtemp(prefix="xlhedge-calc-")).resolve()
        try:
            arguments = _make_profile(self.folder, self.extensions)
            alone = {
                "stderr": subprocess.DEVNULL,
                "start_new_session": True,
                "env": _environment(TMPDIR=str(self.folder)),
            }
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
            self._office = subprocess.Popen([office.soffice, *arguments], **quiet, **alone)
            spoken = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
            told = (str(self._office.pid), str(self.folder), str(self.timeout))
            self._server = subprocess.Popen([office.python, calc_server.__file__, *told], **spoken, **alone)
            self._answers = queue.SimpleQueue()
            threading.Thread(target=_collect, args=(self._server.stdout, self._answers), daemon=True).start()
            self._ended = None
            self.version = self._answer("start", self.timeout + 5)
        except BaseException:
            self.stop()
            raise

    def stop(self, because: str = "it was stopped", patience: float = 10.0) -> None:
        """End LibreOffice, by force if it takes longer than patience [s], and remove its traces; twice does no harm."""
        self._ended = self._ended or because
        if self._server:
            with contextlib.suppress(OSError):
                self._server.stdin.close()  # the server then ends LibreOffice and itself
        for process in filter(None, (self._office, self._server)):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience if self._server else 0)
            if process.poll() is None:
                calc_server.kill(process.pid)
                process.wait()
        if self.folder:
            calc_server.remove(self.folder)
        self._office = self._server = self.folder = None

    @property
    def pid(self) -> int | None:
        """Process id (and process group) of LibreOffice while it runs."""
        return self._office and self._office.pid

    def open(self, path, macros: bool = False) -> "OpenDocument":
        """Open a spreadsheet file; macros in it run only if asked for."""
        path = Path(path).resolve()
        _check_file(path)
        try:
            number = self.ask("open", url=path.as_uri(), macros=macros, filter=FILTERS.get(path.suffix.lower(), ""))
        except CalcError as error:
            raise CalcError(f"cannot open {path.name}: {error}") from None
        return OpenDocument(self, number, path)

    def recalculated(self, path) -> Path:
        """The file of what `results` reads, beside a workbook that has passed the guard."""
        path = Path(path).resolve()
        to = path.with_suffix(".json")
        self.ask("results", url=path.as_uri(), filter=FILTERS.get(path.suffix.lower(), ""), to=str(to))
        return to

    def results(self, path) -> dict[str, dict]:
        """The value of each formula cell by sheet and address, recalculated, of a workbook that has passed the guard."""
        return read_results(self.recalculated(path))

    def ask(self, what: str, **arguments):
        """Send one request to calc_server.py and return its answer."""
        if self._ended:
            raise CalcError(f"LibreOffice Calc is not running: {self._ended}; start a new Calc()")
        with contextlib.suppress(OSError):  # a server that is gone shows when its answer is read
            self._server.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
            self._server.stdin.flush()
        return self._answer(what, self.timeout)

    def _answer(self, what: str, timeout: float):
        try:
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            self.stop(f"it did not answer {what!r} within {timeout:g} s", patience=0)
            raise CalcError(f"LibreOffice Calc did not answer {what!r} within {timeout:g} s and was stopped") from None
        answer = json.loads(line) if line else {"error": "its UNO server ended", "gone": True}
        if "ok" in answer:
            return answer["ok"]
        if answer["gone"]:
            self.stop("it was killed or crashed", patience=0)
            gone = f"LibreOffice Calc was killed or crashed during {what!r}; start a new Calc()"
            raise CalcError(f"{gone} ({answer['error']})")
        raise CalcError(answer["error"])


class OpenDocument:
    """A workbook that is open in Calc; leaving the with block closes it without saving."""

    def __init__(self, calc: Calc, number: int, path: Path) -> None:
        self.calc, self.path, self._number = calc, path, number

    def __enter__(self) -> "OpenDocument":
        return self

    def __exit__(self, *_) -> None:
        if not self.calc._ended:
            self.close()

    def _ask(self, what: str, **arguments):
        return self.calc.ask(what, book=self._number, **arguments)

    def close(self) -> None:
        """Close the workbook without saving."""
        self._ask("close")

    def sheets(self) -> list[str]:
        """Names of the sheets, in order."""
        return self._ask("sheets")

    def copy_sheet(self, sheet: str, name: str) -> None:
        """Copy a sheet as Calc's own Move or Copy does: the copy stands behind it under a name."""
        self._ask("copy_sheet", sheet=sheet, name=name)

    def recalculate(self) -> None:
        """Calculate every formula anew, whether or not something it depends on has changed."""
        self._ask("recalculate")

    def cells(self, sheet: str) -> dict:
        """Value of each cell that is not blank, by address: float, str, bool or CellError."""
        return {address: _value(value) for address, value in self._ask("cells", sheet=sheet).items()}

    def formulas(self, sheet: str) -> dict[str, str]:
        """Formula of each formula cell, by address, in the spelling of Excel's files."""
        return self._ask("formulas", sheet=sheet)

    def get(self, sheet: str, address: str):
        """Value of one cell: float, str, bool, CellError, or None for a blank cell."""
        return _value(self._ask("get", sheet=sheet, where=address))

    def set(self, sheet: str, address: str, value) -> None:
        """Put a number, text, boolean, formula in Excel's spelling (text that begins with =) or None in a cell."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = float(value)
            if not math.isfinite(value):
                raise CalcError(f"a cell cannot hold {value}")
        self._ask("set", sheet=sheet, where=address, value=value)

    def save(self, path, password: str | None = None) -> Path:
        """Save a copy in the format of the path's suffix, encrypted if a password is given."""
        return self._save(path, password=password)

    def show_printed(self) -> None:
        """Hide the sheets without a print area where others have one: LibreOffice would print them too."""
        self._ask("show_printed")

    def to_pdf(self, path) -> Path:
        """Print the workbook to a PDF file as its page set-up says."""
        return self._save(Path(path).with_suffix(".pdf"))

    def to_png(self, folder, dpi: int = 96) -> list[Path]:
        """Draw each sheet, whole, into one PNG file named after it; needs pdftoppm of poppler-utils."""
        tool = shutil.which("pdftoppm")
        if tool is None:
            raise CalcError("pdftoppm was not found; install poppler-utils (on Debian: install/calc.sh)")
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        made = []
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            pdf = self._save(Path(scratch) / "book.pdf", one_page_sheets=True)
            subprocess.run([tool, "-png", "-r", str(dpi), pdf, Path(scratch) / "page"], check=True, timeout=300)
            pages = sorted(Path(scratch).glob("page-*.png"), key=lambda page: int(page.stem.split("-")[-1]))
            for sheet, page in zip(self.sheets(), pages, strict=True):
                name = re.sub(r"[^\w -]", "_", sheet)
                made.append(page.replace(folder / f"{name}.png"))
        return made

    def _save(self, path, password: str | None = None, one_page_sheets: bool = False) -> Path:
        path = Path(path).resolve()
        if path.suffix.lower() not in FILTERS:
            raise CalcError(f"cannot save {path.name}: its suffix must be one of {', '.join(FILTERS)}")
        options = {"filter": FILTERS[path.suffix.lower()], "password": password, "one_page_sheets": one_page_sheets}
        self._ask("save", url=path.as_uri(), **options)
        if not path.is_file():
            raise CalcError(f"LibreOffice did not write {path.name}")
        return path


def read_results(path: Path) -> dict[str, dict]:
    """The value of each formula cell by sheet and address, of a file that `recalculated` wrote."""
    found = json.loads(path.read_bytes())
    return {
        sheet: {where: _value(value) if isinstance(value, dict) else value for where, value in cells.items()}
        for sheet, cells in found.items()
    }


def _value(raw):
    return CellError(raw["error"]) if isinstance(raw, dict) else raw


def _collect(lines, answers: queue.SimpleQueue) -> None:
    """Pass lines on as they come, then None: reading in a thread is what lets an answer have a time limit anywhere."""
    for line in lines:
        answers.put(line)
    answers.put(None)


def _make_profile(folder: Path, extensions: list[Path]) -> list[str]:
    """Write a profile and return the command line that starts LibreOffice with it."""
    (folder / "user").mkdir()
    items = "\n".join(ITEM.format(*setting) for setting in SETTINGS)
    (folder / "user" / "registrymodifications.xcu").write_text(PROFILE.format(items=items), encoding="utf-8")
    for extension in extensions:
        target = folder / "extensions" / extension.stem
        if extension.is_dir():
            shutil.copytree(extension, target)
        else:
            with zipfile.ZipFile(extension) as archive:
                archive.extractall(target)
    options = ["headless", "invisible", "norestore", "nologo", "nodefault", "nolockcheck", "nofirststartwizard"]
    arguments = [f"--{option}" for option in options]
    arguments.append(f"--accept=pipe,name={folder.name};urp")
    arguments.append(f"-env:UserInstallation={folder.as_uri()}")
    if extensions:
        arguments.append(f"-env:BUNDLED_EXTENSIONS={(folder / 'extensions').as_uri()}")
    return arguments


def _check_file(path: Path) -> None:
    """Refuse a file that LibreOffice would refuse without a reason or, worse, read in part without a word."""
    try:
        if path.suffix.lower() in (".xlsx", ".xlsm", ".xltx"):
            damage = next(Package.open(path).damage(), None)
            if damage:
                raise Unreadable(path.name, f"is damaged ({damage})")
        elif not path.is_file():
            raise Unreadable(path.name, "there is no such file")
    except Unreadable as error:
        raise CalcError(f"cannot open {path.name}: {error.rule}") from None
