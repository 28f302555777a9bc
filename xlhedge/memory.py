"""What the operating system gets back of the memory that long tables need."""

import ctypes
import sys

_MMAP_THRESHOLD = -3
"""The parameter's number in glibc's malloc.h."""
_LARGE = 65_536
"""Bytes from which a block is mapped by itself, and goes back as soon as it is freed."""


def return_large_blocks() -> None:
    """Make Linux's allocator give freed columns of tables back, which else stay as holes between what is still held.

    Elsewhere, and with an allocator that does not know it, nothing happens.
    """
    if set_option := _of_allocator("mallopt"):
        set_option(_MMAP_THRESHOLD, _LARGE)


def return_free_pages() -> None:
    """Make Linux's allocator give back at once what is free now; elsewhere nothing happens."""
    if trim := _of_allocator("malloc_trim"):
        trim(0)


def _of_allocator(name: str):
    """A function of the C library, None where it has none of this name."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
