"""Processes of our own beside this one: begun the same way everywhere, none of which outlives it."""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable

OBJECTS = 100_000
"""Objects between two searches for circles of them: a workbook is many thousand, few of which refer to one another."""


def context(preload: str):
    """Processes that start quickly and share nothing with this one: forked from a server that has a module, or begun anew.

    The server imports the module at once, while this process goes on.
    """
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver  # which Windows has not

    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload([preload])
    forkserver.ensure_running()
    return made


def begun(made_by, served: Callable, *given) -> tuple:
    """A process of a context that serves one end of a connection, which it takes first; and the other end."""
    connection, theirs = made_by.Pipe()
    process = made_by.Process(target=served, args=(theirs, *given), daemon=True)
    process.start()
    theirs.close()
    return process, connection


def serve() -> None:
    """What every process does first: Ctrl-C is left to the one that began it, and it ends with that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(OBJECTS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def received(connection):
    """What is sent next; None when there is no more, or when nobody is there to send it."""
    try:
        return connection.recv()
    except (EOFError, OSError):
        return None


def how_it_ended(code: int | None) -> str:
    """The end of a process in words."""
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"was killed ({signal.Signals(-code).name})"
    return f"ended with code {code}"


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)
