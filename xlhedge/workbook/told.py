"""What a user typed into an earlier workbook, in place of what its sheets would begin with."""

from collections.abc import Collection, Mapping

import numpy as np

from ..errors import EXCEL_ERRORS, InputError
from ..nodes import letters
from ..rows import Uncalculated

LONGEST = 1000


class Told:
    """One sheet of an earlier workbook: its cells, and the assets that may be chosen on it."""

    def __init__(self, sheet: str, cells: Mapping[tuple[int, int], object], assets: Collection[str]) -> None:
        self._sheet, self._cells, self._assets = sheet, cells, assets

    def check_layout(self, row: int, column: int, text: str) -> None:
        """Refuse a sheet on which another text stands where a header or a title belongs."""
        found = self._cells.get((row, column))
        if (found or "") != text:
            rule = f'must say "{text}": the sheet is laid out by another version, or was rearranged'
            raise InputError(self._place(row, column), rule, found)

    def over(self, first: np.ndarray, row: int, column: int, format: str, is_asset: bool) -> np.ndarray:
        """The typed values of a block; an asset that is no longer held is passed over."""
        values = first.copy()
        for i, j in np.ndindex(first.shape):
            value = self._checked(row + i, column + j, format)
            if not is_asset or value in self._assets:
                values[i, j] = value
        return values

    def _checked(self, row: int, column: int, format: str):
        value = self._cells.get((row, column))
        if isinstance(value, Uncalculated):
            raise InputError(self._place(row, column), "is a formula that was never calculated", str(value))
        if isinstance(value, str):
            if value.upper() in EXCEL_ERRORS:
                raise InputError(self._place(row, column), "is an error value", value)
            if len(value) > LONGEST or not all(c.isprintable() or c == "\n" for c in value):
                raise InputError(
                    self._place(row, column), f"must be printable text of at most {LONGEST:,} signs", value
                )
            if format == "flag":
                raise InputError(self._place(row, column), "must be TRUE or FALSE", value)
        return value

    def _place(self, row: int, column: int) -> str:
        return f"{self._sheet}!{letters(column)}{row}"
