"""Whole columns, such as A:A, only as far as one of a call's has a value.

The hosts hand over every row of a sheet, a million of blanks for a few numbers. This is used where values come in, before
anything is done with them; LibreOffice's own Python runs it too (3.8 or later, see hosts/office/component.py).
"""

NEARLY_ALL = 1000000
"""Ranges of more rows reach to the end of the sheet; shorter ones are as the user chose them."""
AT_ONCE = 4096


def trimmed(arguments):
    """The arguments of a call, whole columns without the rows at the end that are blank in all of them."""
    blank = min(map(_blank_at_the_end, filter(_is_whole, arguments)), default=0)
    return (
        [cells[: max(len(cells) - blank, 1)] if _is_whole(cells) else cells for cells in arguments]
        if blank
        else arguments
    )


def _is_whole(cells):
    return isinstance(cells, (list, tuple)) and len(cells) > NEARLY_ALL


def _blank_at_the_end(rows):
    """How many rows at the end are blank: many of them are alike, and are compared at once."""
    last, end = rows[-1], len(rows)
    if not _is_blank(last):
        return 0
    while end > AT_ONCE and rows[end - AT_ONCE : end].count(last) == AT_ONCE:
        end -= AT_ONCE
    while end and _is_blank(rows[end - 1]):
        end -= 1
    return len(rows) - end


def _is_blank(row):
    cells = row if isinstance(row, (list, tuple)) else (row,)
    return all(cell is None or cell == "" for cell in cells)
