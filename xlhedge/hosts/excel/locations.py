"""Where the add-in lives on a Windows computer, and how it gets there and away again.

Everything is the user's own: XLSTART, from which Excel opens the add-in by itself, and the folder .xlhedge. Nothing else
is touched, and no administrator's rights are needed.
"""

import os
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from xlhedge.errors import FileError
from xlhedge.nodes import ADDIN_FILE

ADDIN = ADDIN_FILE
INTELLISENSE_FILE = "xlhedge.intellisense.xml"
HELP_PAGE = "xlhedge-functions.html"
TEMPLATE = "xlhedge-template.xlsx"
SERVER = "server.py"
CONF = "xlhedge.conf"
"""The settings file of 0.1.0, which installing and removing take away."""


STORE = ("windowsapps", "pythonsoftwarefoundation")
"""What the paths of the Microsoft Store's Python hold."""


EXCELS = (r"Policies\Microsoft", "Microsoft")
NO_MACROS = 4
"""VBAWarnings: disable all macros without a notification."""
DEFENDER = r"SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
CHILD_PROCESSES, BLOCK = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A", "1"
"""The rule that blocks Office from creating child processes, and its setting that does."""


class ExcelError(FileError):
    """The add-in cannot be built, placed or removed."""


class Policy(NamedTuple):
    """What Office and Windows are set to allow, as the registry tells."""

    macros: int | None = None
    """VBAWarnings; what it forbids, it forbids outside trusted locations only."""
    locations_disabled: bool = False
    """Whether no location is trusted, XLSTART neither."""
    addins_disabled: bool = False
    child_processes_blocked: bool = False
    """Whether Microsoft Defender keeps Office from starting programs."""


class Computer(NamedTuple):
    """What installing depends on, so that tests can pretend to be on another computer."""

    is_windows: bool
    profile: Path
    """The user's folder, %USERPROFILE%."""
    appdata: Path
    """The user's application data, %APPDATA%."""
    interpreter: Path
    """The Python to be asked by Excel."""
    python: tuple[int, int]
    python_bits: int
    excel_bits: int | None
    """32 or 64; None where Excel does not say."""
    encoding: str
    """How VBA hands texts on: Windows' own 8-bit encoding."""
    policy: Policy = Policy()
    """What Office and Windows are set to allow."""
    base: Path = Path()
    """The Python that the interpreter's environment was made from."""

    @property
    def is_from_store(self) -> bool:
        """Whether Python is the Microsoft Store's, which keeps what it writes out of the sight of other programs."""
        places = f"{self.interpreter}|{self.base}".lower()
        return any(mark in places for mark in STORE)

    @property
    def addin(self) -> Path:
        """The add-in, where Excel opens it by itself."""
        return self.appdata / "Microsoft/Excel/XLSTART" / ADDIN

    @property
    def home(self) -> Path:
        """The folder of our own settings, where the add-in looks for them."""
        return self.profile / ".xlhedge"

    @property
    def conf(self) -> Path:
        """The settings file of 0.1.0."""
        return self.home / CONF


def this_computer() -> Computer:
    """What is known about the computer this runs on."""
    home = Path(os.environ.get("USERPROFILE") or Path.home())
    is_windows = sys.platform == "win32"
    return Computer(
        is_windows=is_windows,
        profile=home,
        appdata=Path(os.environ.get("APPDATA") or home / "AppData/Roaming"),
        interpreter=_windowless(Path(sys.executable)),
        python=sys.version_info[:2],
        python_bits=8 * struct.calcsize("P"),
        excel_bits=_excel_bits() if is_windows else None,
        encoding="mbcs" if is_windows else "cp1252",
        policy=_policy() if is_windows else Policy(),
        base=Path(sys.base_prefix),
    )


def _windowless(python: Path) -> Path:
    """The variant of Python that opens no window, if there is one beside it."""
    other = python.with_name("pythonw.exe")
    return other if other.is_file() else python


def _excel_bits() -> int | None:
    """Whether the installed Excel is a 32- or a 64-bit program, as Office's registry entries say."""
    platform = _registry("HKEY_LOCAL_MACHINE", r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration", "Platform")
    bitness = _registry("HKEY_LOCAL_MACHINE", r"SOFTWARE\Microsoft\Office\16.0\Outlook", "Bitness")
    return {"x86": 32, "x64": 64}.get(platform or bitness)


def _policy() -> Policy:
    """What is set for Excel, a policy before the user's own choice, and for Microsoft Defender."""
    return Policy(
        macros=_office("Security", "VBAWarnings"),
        locations_disabled=_office(r"Security\Trusted Locations", "AllLocationsDisabled") == 1,
        addins_disabled=_office("Security", "DisableAllAddins") == 1,
        child_processes_blocked=str(_registry("HKEY_LOCAL_MACHINE", DEFENDER, CHILD_PROCESSES)) == BLOCK,
    )


def _office(key: str, name: str):
    """A setting of Excel's, as a policy or the Trust Center gives it."""
    found = (_registry("HKEY_CURRENT_USER", rf"SOFTWARE\{where}\Office\16.0\Excel\{key}", name) for where in EXCELS)
    return next((value for value in found if value is not None), None)


def _registry(hive: str, key: str, name: str):
    """A value of Windows' registry, or None; of its 64-bit part."""
    import winreg

    with (
        suppress(OSError),
        winreg.OpenKey(getattr(winreg, hive), key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened,
    ):
        return winreg.QueryValueEx(opened, name)[0]
    return None
