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

ADDIN = "xlhedge.xlam"
INTELLISENSE_FILE = "xlhedge.intellisense.xml"
HELP_PAGE = "xlhedge-functions.html"
TEMPLATE = "xlhedge-template.xlsx"
CONF = "xlhedge.conf"


class ExcelError(FileError):
    """The add-in cannot be built, placed or removed."""


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
    """How VBA reads text files: Windows' own 8-bit encoding."""
    macros_disabled: bool = False
    """Whether Excel is set to run no macros at all."""

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
        """The settings file."""
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
        macros_disabled=is_windows and _macros_disabled(),
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


def _macros_disabled() -> bool:
    """Whether a policy or the Trust Center forbids every macro (the setting 4), with no notification."""
    keys = (r"SOFTWARE\Policies\Microsoft\Office\16.0\Excel\Security", r"SOFTWARE\Microsoft\Office\16.0\Excel\Security")
    return next((found for key in keys if (found := _registry("HKEY_CURRENT_USER", key, "VBAWarnings"))), None) == 4


def _registry(hive: str, key: str, name: str):
    """A value of Windows' registry, or None; of its 64-bit part."""
    import winreg

    with (
        suppress(OSError),
        winreg.OpenKey(getattr(winreg, hive), key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened,
    ):
        return winreg.QueryValueEx(opened, name)[0]
    return None
