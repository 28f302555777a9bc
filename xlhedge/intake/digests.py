"""Digests of all that concerns a portfolio: its rows, their header, its settings, the user's own contracts and the prices."""

import hashlib
from collections.abc import Sequence

from ..portfolio.mistakes import BEYOND
from .spool import Spooled


class Digests:
    """Digests of the portfolios that a `Checker` makes; `header` is that of the last one's rows, and
    `made_from` what its workbook, if it is one, says it was made from, which is no part of the digest: a workbook that is made
    from itself stays the same."""

    def __init__(self, checker) -> None:
        self._checker, self._known, self._has_further = checker, None, False
        self.header: Sequence[str] = ()
        self.made_from = ""

    def of(self, kept: Spooled) -> str:
        """The digest of one portfolio."""
        if self._known is None or self._known[0] != kept.origin:
            origin = self._checker.origin(kept.origin)
            table = self._checker.table(origin)
            headers = [heading.header for heading in origin.headings]
            facts, quotes = (table.facts if table else ()), self._checker.snapshot
            beside = origin.stress, origin.sets, origin.kept
            told = (origin.source, headers, facts, *beside, *(quotes or ()))
            settings = self._checker.settings(origin)
            common = repr(sorted(settings.of("")._asdict().items())).encode()
            self._known = kept.origin, hashlib.sha256(repr(told).encode()), settings, common
            self.header, self._has_further = headers[0], any(headers[1:])
            self.made_from = repr(origin.read_from)
        _, base, settings, common = self._known
        digest = base.copy()
        own = settings.has_own(kept.name)
        digest.update(repr(sorted(settings.of(kept.name)._asdict().items())).encode() if own else common)
        digest.update(f"\n{kept.name!r}\n{kept.cells}".encode())
        if ledger := self._checker.ledgers.get(kept.name):
            digest.update(f"\n{ledger!r}".encode())
        if self._has_further:
            tables = [int(number) // BEYOND for number in kept.numbers.split()]
            digest.update(f"\n{tables}".encode())
        return digest.hexdigest()
