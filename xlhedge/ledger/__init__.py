"""Exports of venues in, one ledger out: formats, what they have in common, and how it agrees with the venue's own figures."""

from .exports import Ledger, read_exports, read_ledger
from .merge import lacking
from .store import check_replaceable, write_ledger

__all__ = ["Ledger", "check_replaceable", "lacking", "read_exports", "read_ledger", "write_ledger"]
