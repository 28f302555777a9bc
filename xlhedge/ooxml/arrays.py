"""Formulas that older versions of Excel compute over a whole range only when they are entered as an array."""

import re
from collections.abc import Iterator

from .lint import QUOTED
from .package import Package

_TOKEN = re.compile(
    r"(?P<range>\$?[A-Z]{1,3}\$?[0-9]+:\$?[A-Z]{1,3}\$?[0-9]+)|(?P<open>[A-Za-z_][\w.]*)?\(|(?P<close>\))|[\w.$]+|."
)
_SHEET = re.compile(r"[\w.]*!")
SINGLE = {
    "IF", "IFERROR", "CHOOSE", "ABS", "SIGN", "SQRT", "LN", "EXP", "INT", "ROUND", "ROUNDDOWN", "ROUNDUP", "FLOOR", "CEILING", "MOD", "NOT",
    "ISNUMBER", "ISTEXT", "ISBLANK", "ISERROR", "NORMSDIST", "N", "T", "LEN", "LEFT", "RIGHT", "MID", "TRIM", "UPPER", "LOWER", "YEAR",
    "MONTH", "DAY", "HOUR", "MINUTE", "",
}  # fmt: skip
"""Functions of single values, and brackets: a range in them is arithmetic over all of it."""
ONE_BY_ONE = {"IF", "IFERROR", "CHOOSE", "AND", "OR", "INDEX", "SUMIF", "COUNTIF"}
"""Functions that end what SUMPRODUCT passes on: Excel gives them one cell of a range, that of their own row."""


def arrays(package: Package) -> Iterator[str]:
    """Arithmetic over a range stands inside SUMPRODUCT, and no function between them takes cells one by one."""
    looked: set[str] = set()
    for sheet in package.sheets:
        for cell in sheet.cells:
            if not cell.formula or ":" not in cell.formula:
                continue
            text = _SHEET.sub("", QUOTED.sub("", cell.formula))
            if (shape := re.sub(r"[0-9]+", "0", text)) not in looked:
                looked.add(shape)
                for what in _unpassed(text):
                    yield f"{sheet.part} {cell.ref}: {what}"


def _unpassed(text: str) -> Iterator[str]:
    """What is wrong with each range of a formula that is not computed element by element."""
    tokens, stack = [*_TOKEN.finditer(text)], []
    for number, token in enumerate(tokens):
        if token["range"]:
            before = tokens[number - 1][0] if number else ""
            after = tokens[number + 1][0] if number + 1 < len(tokens) else ""
            if stack and before[-1:] in ("(", ",") and after in (",", ")") and stack[-1] not in SINGLE:
                continue
            inner = next((name for name in reversed(stack) if name == "SUMPRODUCT" or name in ONE_BY_ONE), "")
            if inner != "SUMPRODUCT":
                yield f"{token['range']} is taken as one cell" + (
                    f" by {inner}" if inner else ", that of the formula's row"
                )
        elif token["close"]:
            if stack:
                stack.pop()
        elif token[0].endswith("("):
            stack.append((token["open"] or "").upper())
