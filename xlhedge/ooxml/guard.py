"""The one door for packages: what is a bomb, is damaged or hides anything is refused before any of it is parsed.

Input, `xlhedge check` and the look at our own earlier workbooks all come in here and have the same limits. Macros and
links are told by `holds`: input refuses them, the check reports them.
"""

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from xml.parsers import expat

from ..errors import Unreadable
from ..files import OLE

LARGEST_UNZIPPED = 500 * 2**20
LARGEST_RATIO = 200
MOST_PARTS = 2000
DEEPEST = 64
PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How the standard lets parts be packed; zipfile would unpack those of others to any size, whatever they say of it."""
TYPES = "[Content_Types].xml"
XML = (".xml", ".rels")
"""Endings of parts that are XML."""

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SHORT = "it is cut short or damaged"
WHAT_ZIPFILE_RAISES = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, OverflowError, RuntimeError,
)  # fmt: skip
"""For what is no archive or is damaged: it goes to places and unpacks bytes that are not there."""

MACROS, LINKS, OBJECTS = "macros", "links to other files", "embedded objects"
ACTIVE = {
    MACROS: re.compile(r"vbaproject|macrosheet|vbadata|^basic/|^scripts/", re.IGNORECASE | re.MULTILINE),
    LINKS: re.compile(r"externallink|oleload|ddelink", re.IGNORECASE),
    OBJECTS: re.compile(r"oleobject|/embeddings/|activex", re.IGNORECASE),
}
"""What a workbook may hold beside cells, by the names of its parts and their types."""


class NotAPackage(Unreadable):
    """A file that is no zip archive at all, or is the beginning of one."""


class Damaged(Unreadable):
    """A package whose insides are wrong."""


class Archive:
    """The parts of a package, each read when it is asked for; `parts` are their names in the order of the archive."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            self._members = self._zip.infolist()
        except WHAT_ZIPFILE_RAISES:
            raise NotAPackage(name, f"is not an .xlsx workbook ({_what_it_is(content)})") from None
        self._check_size()
        self._check_members()
        self.parts = {member.filename: member for member in self._members if not member.is_dir()}

    def read(self, part: str) -> bytes:
        """One part; what it says of its own size is all that is unpacked of it."""
        if part not in self.parts:
            raise self.damaged(f"a part is missing: {part}")
        try:
            with self._zip.open(self.parts[part]) as file:
                return file.read(
                    self.parts[part].file_size + 1
                )  # beyond the end, where the sum of its bytes is compared
        except zipfile.BadZipFile as error:
            raise self.damaged(_shortly(error)) from None
        except WHAT_ZIPFILE_RAISES:
            raise self.damaged(SHORT) from None

    def damaged(self, reason: object) -> Damaged:
        """The error for a package whose insides are wrong."""
        return Damaged(self.name, f"is not a workbook that can be read ({_shortly(reason)})")

    def check_xml(self, part: str, content: bytes) -> None:
        """Refuse XML that is broken, declares entities or is nested deeply, before a tree is made of it."""
        depth = 0

        def start(*_) -> None:
            nonlocal depth
            depth += 1
            if depth > DEEPEST:
                raise self.damaged(f"{part} is nested more than {DEEPEST} deep")

        def end(_) -> None:
            nonlocal depth
            depth -= 1

        def doctype(*_) -> None:
            raise self.damaged("its XML declares entities, which no spreadsheet program writes")

        parser = expat.ParserCreate()
        if not _is_flat(content):
            parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = start, end, doctype
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError) as error:  # the latter two of an encoding that is none
            raise self.damaged(f"{part}: not well-formed XML, {error}") from None

    def holds(self) -> Iterator[str]:
        """What the package holds beside cells: macros, links to other files, embedded objects."""
        types = self.read(TYPES) if TYPES in self.parts else b""
        told = "\n".join([types.decode("utf-8", "ignore"), *self.parts])
        for what, sign in ACTIVE.items():
            if sign.search(told) and not (what == LINKS and self._links_to_add_ins_only()):
                yield what

    def _check_size(self) -> None:
        unpacked = sum(member.file_size for member in self._members)
        packed = sum(member.compress_size for member in self._members) or 1
        is_bomb = unpacked > LARGEST_UNZIPPED or unpacked > LARGEST_RATIO * packed + 2**20
        if len(self._members) > MOST_PARTS or is_bomb:
            told = f"from {_size(packed)} to {_size(unpacked)} in {len(self._members)} parts"
            raise Unreadable(self.name, f"would unpack {told}, which no workbook needs")

    def _check_members(self) -> None:
        names = Counter(member.filename.lower() for member in self._members)  # no two may differ by case alone
        if len(names) < len(self._members):
            raise self.damaged("a part is there twice")
        if any(member.flag_bits & 1 for member in self._members):
            raise Unreadable(self.name, "is protected by a password; save it without one")
        if any(member.compress_type not in PACKINGS for member in self._members):
            raise self.damaged("a part is packed as no spreadsheet program does it")

    def _links_to_add_ins_only(self) -> bool:
        """Whether the links are those that Excel writes for the functions of an add-in, such as ours."""
        links = [self.read(part) for part in self.parts if re.search("externalLinks/_rels/", part, re.IGNORECASE)]
        targets = re.findall(rb"""Target\s*=\s*["']([^"']*)["']""", b"\n".join(links))
        return bool(targets) and all(target.lower().endswith((b".xlam", b".xla", b".xll")) for target in targets)


def _is_flat(content: bytes) -> bool:
    """Whether XML, if it is well-formed, declares nothing and is nested no deeper than is allowed: its tags alone are counted.

    A sign of a tag that stands elsewhere, as it may in an attribute, leaves more begun than ended, or fewer.
    """
    if b"<!" in content or content.count(b"<?") > content.startswith(b"<?xml"):
        return False
    import numpy as np

    signs = np.frombuffer(content, np.uint8)
    is_slash = signs == ord("/")
    steps = np.zeros(len(signs), np.int8)
    opened = np.flatnonzero(signs[:-1] == ord("<"))
    steps[opened] = np.where(is_slash[opened + 1], -1, 1) * (signs[opened + 1] != ord("?"))
    closed = np.flatnonzero(is_slash[:-1] & (signs[1:] == ord(">")))
    steps[closed] -= 1
    depth = np.cumsum(steps[steps != 0])
    return len(depth) > 0 and depth[-1] == 0 and depth.max() <= DEEPEST


def _size(count: int) -> str:
    return f"{count / 2**20:,.0f} MB" if count >= 2**20 else f"{count / 1024:,.0f} kB"


def _shortly(reason: object) -> str:
    return " ".join(str(reason).split())[:120] or type(reason).__name__


def _what_it_is(content: bytes) -> str:
    if not content:
        return "it is empty"
    if content.startswith(OLE):
        return "it is protected by a password" if ENCRYPTED in content else "it is an old .xls"
    if content.startswith(b"PK"):
        return SHORT
    return "it is damaged or of another type" if b"\0" in content[:4096] else "it is text, perhaps CSV"
