"""A UNO type library with one interface, written directly: the format is a few dozen bytes around the names.

Calc learns from it how many arguments a function takes and what they are called, and keeps the method's name in the
files that it saves. So the methods bear the functions' own names, and a new function needs no tool of LibreOffice's.

The format (little-endian; an offset counts from the start of the file):
    header     "UNOIDL\\xFF\\0", offset and number of the entries of the outermost module
    entry      offset of a name that ends in NUL, offset of what it names; entries are sorted by name
    module     0, number of entries, entries
    interface  5, numbers and lists of: mandatory bases, optional bases, attributes, methods
    method     name, type, number of parameters and for each its direction (0 is in), name and type; exceptions
    text       its length and bytes, or 0x80000000 + the offset of an earlier text that is the same
"""

import struct
from collections.abc import Iterable, Sequence
from typing import NamedTuple

MODULE, INTERFACE, DIRECTION_IN = 0, 5, 0
BASE = "com.sun.star.uno.XInterface"


class Method(NamedTuple):
    """A method: its name, the type that it returns, and the names and types of its parameters."""

    name: str
    returns: str
    parameters: Sequence[tuple[str, str]]


class _Writer:
    """Bytes that grow, and where each text among them begins."""

    def __init__(self) -> None:
        self.data, self.texts = bytearray(), {}

    def number(self, *values: int) -> None:
        self.data += struct.pack(f"<{len(values)}I", *values)

    def text(self, text: str) -> None:
        if text in self.texts:
            self.number(self.texts[text] | 0x80000000)
        else:
            self.texts[text] = len(self.data)
            self.number(len(text))
            self.data += text.encode("ascii")

    def name(self, name: str) -> int:
        """Write the name of an entry and return its offset."""
        self.data += name.encode("ascii") + b"\0"
        return len(self.data) - len(name) - 1


def type_library(interface: str, methods: Iterable[Method]) -> bytes:
    """Describe an interface, named with its modules such as 'a.b.XC', and its methods."""
    *modules, name = interface.split(".")
    methods = list(methods)
    out = _Writer()
    out.data += struct.pack("<8sII", b"UNOIDL\xff\0", 0, 0)
    at = len(out.data)
    out.data.append(INTERFACE)
    out.number(1)
    out.text(BASE)
    out.number(0, 0, len(methods))
    for method in methods:
        out.text(method.name)
        out.text(method.returns)
        out.number(len(method.parameters))
        for parameter, kind in method.parameters:
            out.data.append(DIRECTION_IN)
            out.text(parameter)
            out.text(kind)
        out.number(0)
    for module in reversed(modules):
        named = out.name(name)
        name, inner = module, at
        at = len(out.data)
        out.data.append(MODULE)
        out.number(1, named, inner)
    named = out.name(name)
    root = len(out.data)
    out.number(named, at)
    struct.pack_into("<II", out.data, 8, root, 1)
    return bytes(out.data)
