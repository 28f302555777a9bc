"""File names for portfolios: legal on every system, never outside the folder, no two that any system takes for one."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

ENDING = ".xlsx"
MOST_BYTES = 120
DIGEST = 12

_ILLEGAL = re.compile(r'[<>:"/\\|?*]')
_MARKED = re.compile(rf"-[0-9a-f]{{{DIGEST},64}}$")
_LEFT_OUT = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # control, bidi and zero-width, surrogates, unassigned
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "clock$", "conin$", "conout$"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)  # fmt: skip


class Names:
    """Gives each of some portfolios a file name of its own, from the names alone: their order does not matter.

    Each is NFC, of at most 120 bytes, ending included, and legal on Windows, macOS and Linux: what is not becomes _.
    Names that some system takes for one (case, width, accents) all get a digest of the name, and so does every name
    that was cut or that looks as if it had one.
    """

    def __init__(self, names: Iterable[str]) -> None:
        met, marks = _Repeated(), _Repeated()
        for name in names:
            met.add(_digest(_key(_legal(name)))[:24])
            marks.add(_digest(name)[:DIGEST])
        self._shared, self._longer = frozenset(met.twice), frozenset(marks.twice)

    def __getitem__(self, name: str) -> str:
        legal = _legal(name)
        key = _key(legal)
        is_cut = len(legal.encode()) > MOST_BYTES - len(ENDING)
        if not (is_cut or _MARKED.search(key) or int(_digest(key)[:24], 16) in self._shared):
            return legal + ENDING
        digest = _digest(name)
        mark = "-" + (digest if int(digest[:DIGEST], 16) in self._longer else digest[:DIGEST])
        return _cut(legal, MOST_BYTES - len(ENDING) - len(mark)) + mark + ENDING


class _Repeated:
    """Remembers which values came more than once."""

    def __init__(self) -> None:
        self._once, self.twice = set(), set()

    def add(self, digits: str) -> None:
        value = int(digits, 16)  # half the memory of the text
        (self.twice if value in self._once else self._once).add(value)


def _legal(name: str) -> str:
    """The name without what a file name must not hold, of any length."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _LEFT_OUT)
    text = _ILLEGAL.sub("_", unicodedata.normalize("NFC", text)).strip(" ").rstrip(". ")
    if not text or text[0] in ".~":  # hidden on Unix; Excel takes ~$ for its own lock
        text = "_" + text
    stem = unicodedata.normalize("NFKC", text.split(".")[0]).rstrip().casefold()
    return "_" + text if stem in _DEVICES else text


def _cut(text: str, most: int) -> str:
    """At most so many bytes, cut between characters and never before a combining mark."""
    if len(text.encode()) <= most:
        return text
    kept = text.encode()[:most].decode("utf-8", "ignore")
    at = len(kept)
    while at > 1 and unicodedata.combining(text[at]):
        at -= 1
    return text[:at].rstrip(". ") or "_"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _key(text: str) -> str:
    """What the least discerning file system tells names apart by."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
