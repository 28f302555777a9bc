"""Place the add-in on a Windows computer and take it away again; a failure half-way leaves everything as it was."""

import hashlib
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from .locations import (
    ADDIN, HELP_PAGE, SERVER, TEMPLATE, TEMPLATE_HASH, Computer, ExcelError, free_name, is_same, this_computer,
)  # fmt: skip
from .reading import addin_settings
from .server import ENDING

NOT_WINDOWS = (
    "Excel add-ins are installed on Windows; xlhedge install --build-only FOLDER writes the files on any system"
)
FROM_STORE = (
    "{path} is the Microsoft Store's Python, whose files other programs such as Excel cannot see; install Python 3.11 or later "
    "from python.org, or take the bundle, which brings its own"
)
ONLY_EXTRACTED = (
    'the Python in {folder} is that of the extracted bundle, which may be moved or deleted: start "Install xlhedge.bat" there, '
    "which installs it in {place}"
)
TROUBLE = SERVER + ENDING
"""Where the server says why it could not start."""
IN_USE = "{path} cannot be changed ({reason}): close Excel, which may hold it open, and run the command again"
IN_THE_WAY = "{path} is a {found}, where xlhedge needs a {wanted}: give it another name and run the command again"
LATER = 2.0
"""Seconds by which the server is younger than the template: uninstall.bat takes a younger template for one that was edited."""


def install(computer: Computer | None = None) -> list[str]:
    """Build the add-in and place it with its server, template and help; again replaces it. Returns what was done.

    A template that was edited in its place is kept under another name. Raises ExcelError with the reason, and everything is as
    it was.
    """
    from .addin import build_addin

    computer = computer or this_computer()
    _need_windows(computer)
    if computer.is_from_store:
        raise ExcelError(FROM_STORE.format(path=computer.interpreter))
    if computer.bundle and not is_same(computer.bundle, computer.place):
        raise ExcelError(ONLY_EXTRACTED.format(folder=computer.bundle, place=computer.place))
    files = placed_files(computer)
    need_room(folders=(computer.home, computer.addin.parent), files=files.values())
    with tempfile.TemporaryDirectory() as folder, ExitStack() as undo:
        build_addin(folder, settings_of(computer))
        built = Path(folder) / TEMPLATE
        kept = undo.enter_context(_kept(files[TEMPLATE])) if is_edited(computer, built) else None
        for name, target in files.items():
            undo.enter_context(_put(Path(folder) / name, target))
        younger = files[TEMPLATE].stat().st_mtime + LATER
        os.utime(files[SERVER], (younger, younger))
    for path in (computer.conf, computer.home / TROUBLE):  # of 0.1.0, and of the last start
        with suppress(OSError):
            path.unlink()
    return [
        *([f"kept the template that you have changed: it is now {kept}"] if kept else []),
        f"placed {computer.addin}",
        f"placed server, template and help in {computer.home}",
        f"Excel will ask {computer.interpreter}",
        "Start Excel anew and type =XLHEDGE_VERSION() in a cell",
    ]


def uninstall(computer: Computer | None = None) -> list[str]:
    """Remove what install placed, and nothing else; the second time there is nothing to do."""
    computer = computer or this_computer()
    _need_windows(computer)
    template, told = computer.home / TEMPLATE, []
    edited = is_edited(computer)
    for path in (*placed_files(computer).values(), computer.conf, computer.home / TROUBLE):
        if path.is_dir() or (edited and path == template):  # the user's own
            continue
        try:
            make_writable(path)
            path.unlink()
            told.append(f"removed {path}")
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            raise ExcelError(in_use(path, error)) from None
    if edited:
        told.append(f"kept {template}, which is not as it was placed")
    with suppress(OSError):  # not there, or the user keeps something of his own in it
        computer.home.rmdir()
    return told or ["there was nothing to remove"]


def is_edited(computer: Computer, built: Path | None = None) -> bool:
    """Whether the template in its place is neither the one that the add-in was placed with, nor the one to be placed."""
    template = computer.home / TEMPLATE
    if not template.is_file():
        return False
    known = {addin_settings(computer.addin).get(TEMPLATE_HASH), _hash(built) if built else None}
    return _hash(template) not in known


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ExcelError(in_use(path, error)) from None


def need_room(folders=(), files=()) -> None:
    """Refuse to go on where a file stands in the place of a folder, or the other way round."""
    for path in folders:
        if path.exists() and not path.is_dir():
            raise ExcelError(IN_THE_WAY.format(path=path, found="file", wanted="folder"))
    for path in files:
        if path.is_dir():
            raise ExcelError(IN_THE_WAY.format(path=path, found="folder", wanted="file"))


def in_use(path: Path, error: OSError) -> str:
    """The sentence for a file or folder that the system does not let go."""
    return IN_USE.format(path=path, reason=error.strerror or error)


def make_writable(path: Path) -> None:
    """Take the mark "read-only" from a file, which on Windows can be neither replaced nor removed with it."""
    with suppress(OSError):
        path.chmod(path.stat().st_mode | stat.S_IWRITE)


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
def _kept(path: Path) -> Iterator[Path]:
    """Give a file another name, which it gives back if anything fails before the end."""
    other = free_name(path)
    _rename(path, other)
    try:
        yield other
    except BaseException:
        with suppress(OSError):
            other.rename(path)
        raise


@contextmanager
def _put(source: Path, target: Path) -> Iterator[None]:
    """Put a file in its place; if anything fails before the end, what was there before comes back."""
    is_new_folder = not target.parent.exists()
    before = _room_for(target)
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


def _room_for(target: Path) -> bytes | None:
    """Make the folder of a file that is to be placed; what stands there now."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.read_bytes() if target.exists() else None
    except OSError as error:
        raise ExcelError(in_use(target, error)) from None


def _rename(path: Path, other: Path) -> None:
    try:
        path.rename(other)
    except OSError as error:
        raise ExcelError(in_use(path, error)) from None


def _replace(source: Path, target: Path) -> None:
    """Copy beside the target, then rename: there is never half a file."""
    new = target.with_name(target.name + ".new")
    try:
        shutil.copyfile(source, new)
        make_writable(target)
        os.replace(new, target)
    except PermissionError as error:
        raise ExcelError(in_use(target, error)) from None
    except OSError as error:
        raise ExcelError(f"cannot write {target}: {error.strerror}") from None
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


def _need_windows(computer: Computer) -> None:
    if not computer.is_windows:
        raise ExcelError(NOT_WINDOWS)
