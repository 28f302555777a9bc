"""Packages that somebody else may have made: behind one guard, with one set of limits, read or looked through."""
