"""The formats that are known, one file for each venue; a new venue is one file and one line here."""

from ..entry import Format
from . import bitmex, bybit, plain

FORMATS: tuple[Format, ...] = (*bitmex.FORMATS, *bybit.FORMATS, *plain.FORMATS)
