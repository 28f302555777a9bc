"""Look at everything between a cell in Excel and the Python that answers it, and say how to mend what is wrong."""

import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from xlhedge import __version__

from .install import FROM_STORE
from .locations import CHILD_PROCESSES, NO_MACROS, Computer, this_computer
from .server import ENCODING, ENDING, TRY

AGAIN = "run: xlhedge install"
LONGEST_START = 60
"""Seconds after which a Python that says nothing is given up."""


class Finding(NamedTuple):
    """One thing looked at: what it is and, if it is not in order or could be faster, what to do."""

    ok: bool
    what: str
    fix: str = ""
    is_slow: bool = False

    def __str__(self) -> str:
        if self.ok and not self.is_slow:
            return f"ok    {self.what}"
        return f"{'slow ' if self.ok else 'WRONG'} {self.what}\n      {self.fix}"


def doctor(computer: Computer | None = None) -> list[Finding]:
    """Every check, in the order in which a call from a cell passes."""
    computer = computer or this_computer()
    if not computer.is_windows:
        return [
            Finding(
                False,
                "this is not Windows: Excel's add-in cannot be installed here",
                "use: xlhedge install --libreoffice",
            ),
            *fast_parts(computer),
        ]
    return [finding for check in CHECKS for finding in check(computer)]


def addin_file(computer: Computer) -> Iterator[Finding]:
    """The add-in lies in XLSTART."""
    yield Finding(computer.addin.is_file(), f"add-in: {computer.addin}", AGAIN)


def versions(computer: Computer) -> Iterator[Finding]:
    """The add-in is of the versions of xlhedge and xlwings that are installed."""
    from .addin import addin_settings
    from .starting import xlwings_version

    if not computer.addin.is_file():
        return
    built = addin_settings(computer.addin)
    for name, setting, installed in (
        ("xlhedge", "XLHEDGE VERSION", __version__),
        ("xlwings", "XLWINGS VERSION", xlwings_version()),
    ):
        found = built.get(setting, "unknown")
        yield Finding(found == installed, f"add-in is made for {name} {found}, installed is {installed}", AGAIN)


def policy(computer: Computer) -> Iterator[Finding]:
    """Excel opens add-ins, runs their macros and may start another program, as far as the registry tells."""
    told = computer.policy
    ask = "ask your administrator, or use workbooks in plain arithmetic, which need no add-in"
    yield Finding(not told.addins_disabled, "Excel opens add-ins", f"Trust Center, Add-ins: all are disabled; {ask}")
    trusted = not told.locations_disabled or told.macros != NO_MACROS
    yield Finding(
        trusted, "Excel runs the macros of add-ins",
        f"Trust Center: macros are disabled and trusted locations too, of which XLSTART is one; {ask}",
    )  # fmt: skip
    yield Finding(
        not told.child_processes_blocked, "Excel may start Python",
        f"a rule of Microsoft Defender (attack surface reduction, {CHILD_PROCESSES}) forbids Office to start programs; {ask}",
    )  # fmt: skip


def settings(computer: Computer) -> Iterator[Finding]:
    """The Python, server and template that the add-in names exist."""
    from .addin import addin_settings

    built = addin_settings(computer.addin)
    for name in ("INTERPRETER", "SERVER", "TEMPLATE") if computer.addin.is_file() else ():
        path = built.get(name, "")
        yield Finding(Path(path).is_file(), f"{name}: {path or 'not named in the add-in'}", AGAIN)


def python(computer: Computer) -> Iterator[Finding]:
    """The Python that Excel asks is this one, recent enough, not the Store's, and it starts."""
    from .addin import addin_settings

    built = addin_settings(computer.addin)
    asked = built.get("INTERPRETER")
    if asked:
        here = _same_file(Path(asked), computer.interpreter)
        yield Finding(here, f"Python that runs this: {computer.interpreter}", f"{AGAIN} (Excel asks another: {asked})")
    yield Finding(
        not computer.is_from_store, "Python is not the Microsoft Store's", FROM_STORE.format(path=computer.base)
    )
    version = ".".join(map(str, computer.python))
    yield Finding(
        computer.python >= (3, 11), f"Python {version}, {computer.python_bits} bits", "install Python 3.11 or later"
    )
    server = Path(built.get("SERVER", ""))
    if asked and Path(asked).is_file() and server.is_file():
        trouble = why_it_does_not_start(asked, server)
        yield Finding(not trouble, "Python starts and loads xlhedge as Excel asks it to", f"{trouble}; {AGAIN}")


def why_it_does_not_start(interpreter: str, server: Path) -> str:
    """What the server says when it is started as Excel starts it, but only to try; "" where nothing is wrong."""
    try:
        run = subprocess.run(
            [interpreter, "-P", "-B", server, TRY], timeout=LONGEST_START, stdin=subprocess.DEVNULL, capture_output=True
        )
    except subprocess.TimeoutExpired:
        return f"it did not answer within {LONGEST_START} seconds"
    except OSError as error:
        return f"it cannot be run: {error.strerror or error}"
    told = server.with_name(server.name + ENDING)
    if run.returncode and told.is_file():
        return told.read_text(encoding=ENCODING, errors="replace").strip()
    return f"it ended with {run.returncode}" if run.returncode else ""


def dll(computer: Computer) -> Iterator[Finding]:
    """xlwings' DLL of Excel's bitness lies where the add-in looks for it: beside the interpreter, or one folder up."""
    from .addin import addin_settings
    from .starting import xlwings_version

    asked = Path(addin_settings(computer.addin).get("INTERPRETER", computer.interpreter))
    folders = (asked.parent, asked.parent.parent)
    bits = computer.excel_bits
    if bits is None:
        yield Finding(True, "Excel does not say whether it is a 32- or 64-bit program: 64 assumed")
    name = f"xlwings{bits or 64}-{xlwings_version()}.dll"
    found = next((folder / name for folder in folders if (folder / name).is_file()), None)
    fix = f"run: pip install --force-reinstall xlwings (antivirus software may have taken it away), then {AGAIN.removeprefix('run: ')}"
    yield Finding(found is not None, f"DLL: {found or folders[-1] / name}", fix)


def fast_parts(computer: Computer) -> Iterator[Finding]:
    """What xlhedge can do without, at a price: many workbooks are packed, spelled or read by slower means then."""
    for module, package, slow in FAST:
        if is_there(module):
            yield Finding(True, f"fast part: {package}")
        else:
            fix = f"run: pip install {package} (where it has no file for this system, all works without)"
            yield Finding(True, f"fast part: {package} is missing: {slow}", fix, True)


def is_there(module: str) -> bool:
    """Whether a module can be imported."""
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


FAST = (
    ("isal", "isal", "batch packs its workbooks several times slower, with other bytes of the same content"),
    ("orjson", "orjson", "batch spells the numbers of its workbooks slower"),
    ("python_calamine", "python-calamine", "large workbooks are read several times slower"),
)
"""Modules that have no file for every system, their packages, and what takes longer without them."""

CHECKS = (addin_file, versions, policy, settings, python, dll, fast_parts)
