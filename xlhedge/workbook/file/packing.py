"""Packing the members of a workbook, and the zip archive they make: the same content gives the same bytes."""

import struct
import zlib
from collections.abc import Callable
from typing import NamedTuple

try:
    from isal import __version__, isal_zlib

    PACKER = f"isal {__version__}"
except ImportError:
    isal_zlib = None
    PACKER = f"zlib {zlib.ZLIB_RUNTIME_VERSION}"
"""What packs: another one gives the same content in other bytes."""

SMALLEST_TAIL = 4096
"""Bytes after the last slot of a sheet that are worth packing on their own."""
PRIMER = 8
"""Bytes that ISA-L packs ahead, as a block of their own.

The first call of its fast loop (igzip_icf_body_h1_gr_bt.asm, `.write_first_byte`) computes a hash of a register that
was never set, so that one entry of its table, and now and then a match, depends on where the memory lies: one process
in some two thousand packed the same sheet otherwise than the rest. Eight bytes are too few for that loop. They go
through the one for short input, after which the fast loop starts past the faulty lines.
"""

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_NEW_YEAR_1980 = (0, 33)
_UNIX, _VERSION, _DEFLATED, _READABLE = 3 << 8, 20, 8, 0o600 << 16


class Packed(NamedTuple):
    """A member as it stands in the archive."""

    name: bytes
    data: bytes
    crc: int
    size: int


def fast(data: bytes, is_end: bool = True) -> bytes:
    """Data packed fast; what is not the end of a member can be followed by more of it."""
    if isal_zlib is None:
        return _deflated(data, 1, is_end)
    packing = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)
    primed = packing.compress(data[:PRIMER]) + packing.flush(isal_zlib.Z_SYNC_FLUSH)
    rest = packing.compress(memoryview(data)[PRIMER:])
    return primed + rest + packing.flush(isal_zlib.Z_FINISH if is_end else isal_zlib.Z_SYNC_FLUSH)


def best(data: bytes, is_end: bool = True) -> bytes:
    """Data packed small; what is not the end of a member can be followed by more of it."""
    return _deflated(data, 9, is_end)


def _deflated(data: bytes, level: int, is_end: bool) -> bytes:
    packing = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packing.compress(data) + packing.flush(zlib.Z_FINISH if is_end else zlib.Z_SYNC_FLUSH)


def crc32(data: bytes, crc: int = 0) -> int:
    """The checksum of data that follow those of checksum `crc`."""
    return (isal_zlib or zlib).crc32(data, crc)


def packer(name: str, tail: bytes, deflate: Callable[[bytes, bool], bytes] = fast) -> Callable[[list[bytes]], Packed]:
    """A function that packs the pieces of a member; a `tail` that never varies and is long is packed only once."""
    named = name.encode()
    if len(tail) < SMALLEST_TAIL:

        def pack(pieces: list[bytes]) -> Packed:
            data = b"".join(pieces)
            return Packed(named, deflate(data, True), crc32(data), len(data))

        return pack
    packed_tail = best(tail)

    def pack_head(pieces: list[bytes]) -> Packed:
        data = b"".join(pieces[:-1])
        size = len(data) + len(tail)
        return Packed(named, deflate(data, False) + packed_tail, crc32(tail, crc32(data)), size)

    return pack_head


def archive(members: list[Packed]) -> bytes:
    """The zip archive of packed members."""
    out, directory, at = [], [], 0
    for name, data, crc, size in members:
        shared = (_VERSION, 0, _DEFLATED, *_NEW_YEAR_1980, crc, len(data), size, len(name), 0)
        out += (_LOCAL.pack(b"PK\3\4", *shared), name, data)
        directory += (_CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, *shared, 0, 0, 0, _READABLE, at), name)
        at += _LOCAL.size + len(name) + len(data)
    length = sum(map(len, directory))
    end = _END.pack(b"PK\5\6", 0, 0, len(members), len(members), length, at, 0)
    return b"".join((*out, *directory, end))
