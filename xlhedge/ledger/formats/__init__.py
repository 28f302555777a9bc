"""The formats that are known, one file for each venue; a new venue is one file and one line here."""

from ..entry import Format

FORMATS: tuple[Format, ...] = ()
"""Every format: `*venue.FORMATS` of each file."""
