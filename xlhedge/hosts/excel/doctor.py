"""Look at everything between a cell in Excel and the Python that answers it, and say how to mend what is wrong."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from xlhedge import __version__

from .install import read_conf
from .locations import Computer, this_computer

AGAIN = "run: xlhedge install"


class Finding(NamedTuple):
    """One thing looked at: what it is and, if it is not in order, what to do."""

    ok: bool
    what: str
    fix: str = ""

    def __str__(self) -> str:
        return f"ok    {self.what}" if self.ok else f"WRONG {self.what}\n      {self.fix}"


def doctor(computer: Computer | None = None) -> list[Finding]:
    """Every check, in the order in which a call from a cell passes."""
    computer = computer or this_computer()
    if not computer.is_windows:
        return [
            Finding(
                False,
                "this is not Windows: Excel's add-in cannot be installed here",
                "use: xlhedge install --libreoffice",
            )
        ]
    return [finding for check in CHECKS for finding in check(computer)]


def addin_file(computer: Computer) -> Iterator[Finding]:
    """The add-in lies in XLSTART."""
    yield Finding(computer.addin.is_file(), f"add-in: {computer.addin}", AGAIN)


def versions(computer: Computer) -> Iterator[Finding]:
    """The add-in is of the versions of xlhedge and xlwings that are installed."""
    from .addin import addin_settings
    from .xlwings_vba import xlwings_version

    if not computer.addin.is_file():
        return
    built = addin_settings(computer.addin)
    for name, setting, installed in (
        ("xlhedge", "XLHEDGE VERSION", __version__),
        ("xlwings", "XLWINGS VERSION", xlwings_version()),
    ):
        found = built.get(setting, "unknown")
        yield Finding(found == installed, f"add-in is made for {name} {found}, installed is {installed}", AGAIN)


def macros(computer: Computer) -> Iterator[Finding]:
    """Excel runs macros."""
    fix = (
        "in Excel: File, Options, Trust Center, Trust Center Settings, Macro Settings: choose another than the one that "
        "disables all without notification; if that is greyed out, ask your administrator or use the native template"
    )
    yield Finding(not computer.macros_disabled, "Excel runs macros", fix)


def settings_file(computer: Computer) -> Iterator[Finding]:
    """The settings file names a Python, template and help that exist."""
    yield Finding(computer.conf.is_file(), f"settings: {computer.conf}", AGAIN)
    for name, path in read_conf(computer).items():
        yield Finding(Path(path).is_file(), f"{name}: {path}", AGAIN)


def python(computer: Computer) -> Iterator[Finding]:
    """The Python that Excel asks is this one, and recent enough."""
    asked = read_conf(computer).get("INTERPRETER_WIN")
    if asked:
        here = _same_file(Path(asked), computer.interpreter)
        yield Finding(here, f"Python that runs this: {computer.interpreter}", f"{AGAIN} (Excel asks another: {asked})")
    version = ".".join(map(str, computer.python))
    yield Finding(
        computer.python >= (3, 11), f"Python {version}, {computer.python_bits} bits", "install Python 3.11 or later"
    )
    for module in ("xlwings", "win32com"):
        name = {"win32com": "pywin32"}.get(module, module)
        yield Finding(importlib.util.find_spec(module) is not None, f"package {name}", f"run: pip install {name}")


def dll(computer: Computer) -> Iterator[Finding]:
    """xlwings' DLL of Excel's bitness lies where the add-in looks for it: beside the interpreter, or one folder up."""
    from .xlwings_vba import xlwings_version

    asked = Path(read_conf(computer).get("INTERPRETER_WIN", computer.interpreter))
    folders = (asked.parent, asked.parent.parent)
    bits = computer.excel_bits
    if bits is None:
        yield Finding(True, "Excel does not say whether it is a 32- or 64-bit program: 64 assumed")
    name = f"xlwings{bits or 64}-{xlwings_version()}.dll"
    found = next((folder / name for folder in folders if (folder / name).is_file()), None)
    fix = f"run: pip install --force-reinstall xlwings (antivirus software may have taken it away), then {AGAIN.removeprefix('run: ')}"
    yield Finding(found is not None, f"DLL: {found or folders[-1] / name}", fix)


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


CHECKS = (addin_file, versions, macros, settings_file, python, dll)
