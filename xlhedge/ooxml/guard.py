"""The archive that a workbook is: refused before any XML is read when it is a bomb, or holds what no table needs."""

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from ..errors import Unreadable
from ..files import OLE

DAMAGED_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError)
"""What zipfile raises for what is no archive or is damaged; a RuntimeError is for a password, or, as its subclass
NotImplementedError, for a packing that nobody uses in workbooks."""
LARGEST_UNZIPPED = 500 * 2**20
LARGEST_RATIO = 200
MOST_PARTS = 2000
DEEPEST = 64
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

LINKS = "links to other files"
ACTIVE = {
    "macros": re.compile(r"vbaproject|macrosheet|vbadata", re.IGNORECASE),
    LINKS: re.compile(r"externallink|oleload|ddelink", re.IGNORECASE),
    "embedded objects": re.compile(r"oleobject|/embeddings/|activex", re.IGNORECASE),
}
"""What a workbook may hold beside cells, by the names of its parts and their types."""


class Archive:
    """The parts of a workbook, each read when it is asked for."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except DAMAGED_ZIP:
            what = _what_it_is(content)
            raise Unreadable(name, f"is not an .xlsx workbook ({what}); save it as .xlsx or CSV UTF-8") from None
        self._members = self._zip.infolist()
        self.parts = frozenset(member.filename for member in self._members)
        self._check_size()
        self._check_kind()

    def read(self, part: str) -> bytes:
        """One part; what it says of its own size is all that is read of it."""
        try:
            return self._zip.read(part)
        except KeyError:
            raise self.damaged(f"a part is missing: {part}") from None
        except DAMAGED_ZIP as error:
            raise self.damaged(" ".join(str(error).split())[:120] or type(error).__name__) from None

    def damaged(self, reason: str) -> Unreadable:
        """The error for a workbook whose insides are wrong."""
        return Unreadable(self.name, f"is not a workbook that can be read ({reason})")

    def check_depth(self, part: str, content: bytes) -> None:
        """Refuse XML that declares entities or is nested deeply, before a tree is made of it."""
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
        parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = start, end, doctype
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise self.damaged(f"{part}: {error}") from None

    def _check_size(self) -> None:
        unpacked = sum(member.file_size for member in self._members)
        packed = sum(member.compress_size for member in self._members) or 1
        is_bomb = unpacked > LARGEST_UNZIPPED or unpacked > LARGEST_RATIO * packed + 2**20
        if len(self._members) > MOST_PARTS or is_bomb:
            told = f"from {_size(packed)} to {_size(unpacked)} in {len(self._members)} parts"
            raise Unreadable(self.name, f"would unpack {told}, which no holdings file does")
        if len(self.parts) < len(self._members):
            raise self.damaged("a part is there twice")

    def _check_kind(self) -> None:
        if any(member.flag_bits & 1 for member in self._members):
            raise Unreadable(self.name, "is protected by a password; save it without one")
        types = self.read("[Content_Types].xml") if "[Content_Types].xml" in self.parts else b""
        told = "\n".join([types.decode("utf-8", "ignore"), *self.parts])
        for what, sign in ACTIVE.items():
            if sign.search(told) and not (sign is ACTIVE[LINKS] and self._links_to_add_ins_only()):
                raise Unreadable(self.name, f"holds {what}, which no holdings file needs; save it as .xlsx without")

    def _links_to_add_ins_only(self) -> bool:
        """Whether the links are those that Excel writes for the functions of an add-in, such as ours."""
        links = [self.read(part) for part in self.parts if re.search("externalLinks/_rels/", part, re.IGNORECASE)]
        targets = re.findall(rb"""Target\s*=\s*["']([^"']*)["']""", b"\n".join(links))
        return bool(targets) and all(target.lower().endswith((b".xlam", b".xla", b".xll")) for target in targets)


def _size(count: int) -> str:
    return f"{count / 2**20:,.0f} MB" if count >= 2**20 else f"{count / 1024:,.0f} kB"


def _what_it_is(content: bytes) -> str:
    if content.startswith(OLE):
        return "it is protected by a password" if ENCRYPTED in content else "it is an old .xls"
    if content.startswith(b"PK"):
        return "it is cut short or damaged"
    return "it is damaged or of another type" if b"\0" in content[:4096] else "it is text, perhaps CSV"
