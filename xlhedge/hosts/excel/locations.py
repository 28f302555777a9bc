"""Where the add-in lives on a Windows computer, and how it gets there and away again.

Everything is the user's own: XLSTART, from which Excel opens the add-in by itself, and the folder .xlhedge. Nothing else
is touched, and no administrator's rights are needed.
"""

import os
import struct
import sys
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from xlhedge.errors import FileError
from xlhedge.nodes import ADDIN_FILE

from .policies import MACHINE, Policy, read_policy, registry

ADDIN = ADDIN_FILE
INTELLISENSE_FILE = "xlhedge.intellisense.xml"
HELP_PAGE = "xlhedge-functions.html"
TEMPLATE = "xlhedge-template.xlsx"
SERVER = "server.py"
CONTENTS = "contents.txt"
"""What of the bundle lists all of its files."""
BEFORE = ".old"
"""The end of the name of the folder that holds what is replaced, while an installation runs."""
TEMPLATE_HASH = "TEMPLATE SHA-256"
"""What the add-in knows of the template that was placed with it, so that one that was edited since is told apart."""
CONF = "xlhedge.conf"
"""The settings file of 0.1.0, which installing and removing take away."""

STORE = ("windowsapps", "pythonsoftwarefoundation")
"""What the paths of the Microsoft Store's Python hold."""
LACKS = "{package} is not installed; run: pip install xlhedge[excel] (in the bundle: Install xlhedge.bat)"


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
    """How VBA hands texts on: Windows' own 8-bit encoding."""
    policy: Policy = Policy()
    """What Office and Windows are set to allow."""
    base: Path = Path()
    """The Python that the interpreter's environment was made from."""
    local: Path = Path()
    """The user's application data that stay on this computer, %LOCALAPPDATA%."""

    @property
    def is_from_store(self) -> bool:
        """Whether Python is the Microsoft Store's, which keeps what it writes out of the sight of other programs."""
        places = f"{self.interpreter}|{self.base}".lower()
        return any(mark in places for mark in STORE)

    @property
    def place(self) -> Path:
        """Where the bundle and install.bat put xlhedge's Python."""
        return self.local / "xlhedge"

    @property
    def bundle(self) -> Path | None:
        """The folder of the bundle that the interpreter belongs to, placed or extracted; None where it is another Python."""
        folder = self.interpreter.parent.parent
        is_bundle = self.interpreter.parent.name == "python" and (folder / CONTENTS).is_file()
        return folder if is_bundle else None

    @property
    def again(self) -> str:
        """How this xlhedge is installed anew."""
        return 'extract the bundle and start "Install xlhedge.bat"' if self.bundle else "run: xlhedge install"

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
        policy=read_policy(registry) if is_windows else Policy(),
        base=Path(sys.base_prefix),
        local=Path(os.environ.get("LOCALAPPDATA") or home / "AppData/Local"),
    )


def _windowless(python: Path) -> Path:
    """The variant of Python that opens no window, if there is one beside it."""
    other = python.with_name("pythonw.exe")
    return other if other.is_file() else python


def _excel_bits() -> int | None:
    """Whether the installed Excel is a 32- or a 64-bit program, as Office's registry entries say."""
    platform = registry(MACHINE, r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration", "Platform")
    bitness = registry(MACHINE, r"SOFTWARE\Microsoft\Office\16.0\Outlook", "Bitness")
    return {"x86": 32, "x64": 64}.get(platform or bitness)


def free_name(path: Path) -> Path:
    """A path, or one beside it by the same name with a number, at which there is nothing yet."""
    others = (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in count(2))
    return next(each for each in chain([path], others) if not each.exists())


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file or folder, which exists."""
    try:
        return one.samefile(other)
    except OSError:
        return False
