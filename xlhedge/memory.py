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
    if sys.platform != "linux":
        return
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option:
        set_option(_MMAP_THRESHOLD, _LARGE)
