"""One run at a time in a place: a lock that tells who holds it, and that a dead process cannot hold."""

import contextlib
import os
import socket
from collections.abc import Callable, Iterator

from ..errors import FileError
from .json_lines import dumped, loaded
from .destination import HIDDEN, Folder, Remote

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

FAR = 2**30
"""The byte that is locked on Windows, where a locked byte cannot be read."""


@contextlib.contextmanager
def locked(place: Folder | Remote, force: bool, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of a place, or raise FileError with the process that holds it.

    A run of everything excludes all others, shards only themselves. The lock of a process that died is taken over.
    """
    if isinstance(place, Remote):
        with _by_note(place, force, tell):
            yield
        return
    with contextlib.ExitStack() as stack:
        if place.label != "all" and fcntl:
            stack.enter_context(_held(place, "all", tell, shared=True))
        stack.enter_context(_held(place, place.label, tell))
        yield


@contextlib.contextmanager
def _held(place: Folder, label: str, tell: Callable[[str], None], shared: bool = False) -> Iterator[None]:
    """Hold a lock file by the operating system, which lets go of it when the process ends in whatever way."""
    handle = os.open(place.root / HIDDEN / f"{label}.lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        before = os.pread(handle, 200, 0) if fcntl else os.read(handle, 200)
        try:
            _take(handle, shared)
        except OSError:
            raise FileError(_refusal(place, before)) from None
        if not shared:
            if before:
                tell(f"the earlier run here ({_who(before)}) was killed; its lock is taken over")
            _note(handle, _me())
        try:
            yield
        finally:
            if not shared:
                _note(handle, b"")
    finally:
        os.close(handle)


def _take(handle: int, shared: bool) -> None:
    if fcntl:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    else:
        import msvcrt

        os.lseek(handle, FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)


def _note(handle: int, text: bytes) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, text)


@contextlib.contextmanager
def _by_note(place: Remote, force: bool, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold a lock by an object alone, where there is no other way: one of another machine must be removed by hand."""
    own = f"{place.label}.lock"
    for lock in place.names(HIDDEN):
        excludes = lock.endswith(".lock") and (place.label == "all" or lock in (own, "all.lock"))
        if excludes and (before := place.read(f"{HIDDEN}/{lock}")):
            if not force and not _is_dead(before):
                raise FileError(f"{_refusal(place, before)}; if it no longer runs, --force takes its lock")
            tell(f"the earlier run here ({_who(before)}) was killed; its lock is taken over")
            place.remove(f"{HIDDEN}/{lock}")
    place.write(f"{HIDDEN}/{own}", _me())
    try:
        yield
    finally:
        place.remove(f"{HIDDEN}/{own}")


def _refusal(place: Folder | Remote, holder: bytes) -> str:
    return f"{place}: another xlhedge batch is writing here ({_who(holder)})"


def _me() -> bytes:
    return dumped({"process": os.getpid(), "host": socket.gethostname()})


def _who(note: bytes) -> str:
    read = loaded(note)
    return f"process {read.get('process', 'unknown')} on {read.get('host', 'this machine')}"


def _is_dead(note: bytes) -> bool:
    read = loaded(note)
    if not fcntl or read.get("host") != socket.gethostname() or not isinstance(read.get("process"), int):
        return False
    try:
        os.kill(read["process"], 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False
