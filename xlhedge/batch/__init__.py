"""Many portfolios in, one finished workbook each."""

WORKS = "xlhedge.batch.work"
"""The module that processes need to do their part."""
