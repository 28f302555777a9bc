"""Exports of venues in, one ledger out: formats, what they have in common, and how it agrees with the venue's own figures."""
