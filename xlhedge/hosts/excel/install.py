"""Place the add-in on a Windows computer and take it away again; a failure half-way leaves everything as it was."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from .server import ENDING
from .locations import ADDIN, HELP_PAGE, SERVER, TEMPLATE, Computer, ExcelError, this_computer

NOT_WINDOWS = (
    "Excel add-ins are installed on Windows; xlhedge install --build-only FOLDER writes the files on any system"
)
FROM_STORE = (
    "{path} is the Microsoft Store's Python, whose files other programs such as Excel cannot see; install Python 3.11 or later "
    "from python.org, or take the bundle, which brings its own"
)
TROUBLE = SERVER + ENDING
"""Where the server says why it could not start."""
IN_USE = "{path} is in use: close Excel and run the command again"


def install(computer: Computer | None = None) -> list[str]:
    """Build the add-in and place it with its server, template and help; again replaces it. Returns what was done."""
    from .addin import build_addin

    computer = computer or this_computer()
    _need_windows(computer)
    if computer.is_from_store:
        raise ExcelError(FROM_STORE.format(path=computer.interpreter))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as undo:
        build_addin(folder, settings_of(computer))
        for name, target in placed_files(computer).items():
            undo.enter_context(_put(Path(folder) / name, target))
    computer.conf.unlink(missing_ok=True)
    return [
        f"placed {computer.addin}",
        f"placed server, template and help in {computer.home}",
        f"Excel will ask {computer.interpreter}",
        "Start Excel anew and type =XLHEDGE_VERSION() in a cell",
    ]


def uninstall(computer: Computer | None = None) -> list[str]:
    """Remove what install placed, and nothing else; the second time there is nothing to do."""
    computer = computer or this_computer()
    _need_windows(computer)
    told = []
    for path in (*placed_files(computer).values(), computer.conf, computer.home / TROUBLE):
        try:
            path.unlink()
            told.append(f"removed {path}")
        except FileNotFoundError:
            pass
        except OSError:
            raise ExcelError(IN_USE.format(path=path)) from None
    with suppress(OSError):  # not there, or the user keeps something of his own in it
        computer.home.rmdir()
    return told or ["there was nothing to remove"]


def placed_files(computer: Computer) -> dict[str, Path]:
    """Each file that installing builds, and where it goes; the add-in last, since Excel finds the others through it.

    The IntelliSense file is not among them: Excel opens whatever lies in XLSTART. The add-in holds a copy of it.
    """
    home = computer.home
    return {**{name: home / name for name in (HELP_PAGE, TEMPLATE, SERVER)}, ADDIN: computer.addin}


def settings_of(computer: Computer) -> dict[str, str]:
    """What the add-in is to know of the computer: which Python Excel asks, what that runs, and where the template is."""
    places = {
        "INTERPRETER": computer.interpreter,
        "SERVER": computer.home / SERVER,
        "TEMPLATE": computer.home / TEMPLATE,
    }
    return {name: _spelled(path, computer) for name, path in places.items()}


def _spelled(path: Path, computer: Computer) -> str:
    """A path in the characters of Windows' own encoding, which is all that VBA hands on; else its short form."""
    for text in (str(path), _short_path(path)):
        try:
            if text.encode(computer.encoding).decode(computer.encoding) == text:
                return text
        except UnicodeError:
            continue
    raise ExcelError(
        f"Excel cannot read the path {path}: install xlhedge in a folder named in plain letters, such as C:\\xlhedge"
    )


def _short_path(path: Path) -> str:
    """Windows' short form of a path (PROGRA~1), where it has one."""
    if sys.platform != "win32":
        return str(path)
    import ctypes

    buffer = ctypes.create_unicode_buffer(32768)
    return buffer.value if ctypes.windll.kernel32.GetShortPathNameW(str(path), buffer, len(buffer)) else str(path)


@contextmanager
def _put(source: Path, target: Path) -> Iterator[None]:
    """Put a file in its place; if anything fails before the end, what was there before comes back."""
    is_new_folder = not target.parent.exists()
    target.parent.mkdir(parents=True, exist_ok=True)
    before = target.read_bytes() if target.exists() else None
    try:
        _replace(source, target)
        yield
    except BaseException:
        with suppress(OSError):
            target.unlink(missing_ok=True) if before is None else target.write_bytes(before)
        if is_new_folder:
            with suppress(OSError):
                target.parent.rmdir()
        raise


def _replace(source: Path, target: Path) -> None:
    """Copy beside the target, then rename: there is never half a file."""
    new = target.with_name(target.name + ".new")
    try:
        shutil.copyfile(source, new)
        os.replace(new, target)
    except PermissionError:
        raise ExcelError(IN_USE.format(path=target)) from None
    except OSError as error:
        raise ExcelError(f"cannot write {target}: {error.strerror}") from None
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def _need_windows(computer: Computer) -> None:
    if not computer.is_windows:
        raise ExcelError(NOT_WINDOWS)
