"""Expression trees of spreadsheet formulas, and how they are written: the tree knows nothing of values."""

from functools import cache
from typing import NamedTuple

from .registry import excel_literal

MODES = ("native", "addin", "calc", "lambda")
WITH_ADDIN = ("addin", "calc")
"""Calls of worksheet functions, as Excel stores them and as LibreOffice does: neither resolves the other's spelling."""
ADDIN_BOOK = "[1]!"
"""Excel's prefix of a function in an add-in: the first book that the workbook links to."""
ADDIN_FILE, ADDIN_SHEET = "xlhedge.xlam", "xlhedge.conf"
"""That book, and its only sheet."""

COMPARISON, SUM, PRODUCT, POWER, SIGN, ATOM = range(6)


class Context(NamedTuple):
    """Where and how an expression is written: the mode, the sheet, and the row and column of the block.

    `shared` gathers, in the order of use, what a LAMBDA computes once: each text with the name, begun with `prefix`, that
    stands for it. None writes it out wherever it is used.
    """

    mode: str = "native"
    sheet: str = ""
    row: int | None = None
    column: int | None = None
    shared: dict | None = None
    prefix: str = ""


HERE = Context()


class Const(NamedTuple):
    """A literal; None is an argument left out."""

    value: object

    def render(self, context: Context) -> tuple[str, int]:
        if self.value is None:
            return "", ATOM
        if isinstance(self.value, float) and self.value == float("inf"):
            return '"none"', ATOM
        if isinstance(self.value, float) and self.value != self.value:
            return "SQRT(-1)", ATOM
        text = excel_literal(self.value)
        return text, SIGN if text.startswith("-") else ATOM


class Name(NamedTuple):
    """A defined name or the parameter of a LAMBDA."""

    name: str

    def render(self, context: Context) -> tuple[str, int]:
        return self.name, ATOM


class Ref(NamedTuple):
    """A single cell (no rows, no columns), or a block that a formula meets row by row, column by column, or whole."""

    sheet: str
    column: int
    row: int
    rows: int = 0
    columns: int = 0

    def render(self, context: Context) -> tuple[str, int]:
        prefix = "" if context.sheet == self.sheet or not self.sheet else f"{quoted(self.sheet)}!"
        row = _Span(self.row, self.rows, context.row)
        column = _Span(self.column, self.columns, context.column)
        text = f"{prefix}{column.mark}{letters(column.first)}{row.mark}{row.first}"
        if (row.first, column.first) == (row.last, column.last):
            return text, ATOM
        return f"{text}:{column.mark}{letters(column.last)}{row.mark}{row.last}", ATOM


class _Span:
    """The rows or the columns of a reference: the one of the context, or all of them."""

    def __init__(self, start: int, count: int, at: int | None) -> None:
        is_relative = count > 0 and at is not None
        self.mark = "" if is_relative else "$"
        self.first = start + (at if is_relative else 0)
        self.last = self.first if is_relative else start + max(count, 1) - 1


class Infix(NamedTuple):
    """An operation between two expressions; brackets keep Python's order of evaluation."""

    operator: str
    precedence: int
    left: object
    right: object

    def render(self, context: Context) -> tuple[str, int]:
        left = bracketed(self.left.render(context), self.precedence)
        right = bracketed(self.right.render(context), self.precedence + 1)
        return f"{left}{self.operator}{right}", self.precedence


class Negative(NamedTuple):
    """A changed sign, which in a spreadsheet binds closer than ^."""

    inner: object

    def render(self, context: Context) -> tuple[str, int]:
        return "-" + bracketed(self.inner.render(context), ATOM), SIGN


class Template(NamedTuple):
    """A spreadsheet function, as text with {0}, {1} for its arguments."""

    text: str
    arguments: tuple

    def render(self, context: Context) -> tuple[str, int]:
        if context.shared is not None and (by_cell := BY_CELL.get(self.text.partition("(")[0])):
            return by_cell(self.arguments, context)
        return self.text.format(*(argument.render(context)[0] for argument in self.arguments)), ATOM


def _all(conditions: tuple, context: Context) -> tuple[str, int]:
    if len(conditions) == 1:
        return conditions[0].render(context)
    parts = (bracketed(condition.render(context), PRODUCT) for condition in conditions)
    return f"{'*'.join(parts)}>0", COMPARISON


def _any(conditions: tuple, context: Context) -> tuple[str, int]:
    parts = (bracketed(condition.render(context), SUM) for condition in conditions)
    return f"{'+'.join(parts)}>0", COMPARISON


def _larger(numbers: tuple, context: Context) -> tuple[str, int]:
    first, second = (Shared("number", number).render(context)[0] for number in numbers)
    return f"IF({first}>{second},{first},{second})", ATOM


BY_CELL = {"AND": _all, "OR": _any, "MAX": _larger}
"""What takes many cells for one, as a LAMBDA writes it: its arguments may be ranges, and one bad row is one bad result."""


class Whole(NamedTuple):
    """An expression over whole ranges, wherever the formula stands: the argument of a sum or of a look-up."""

    inner: object

    def render(self, context: Context) -> tuple[str, int]:
        return self.inner.render(context._replace(row=None, column=None))


class FunctionCall(NamedTuple):
    """A worksheet function: its call, or in native mode the arithmetic of its body."""

    name: str
    arguments: tuple
    expansion: object

    def render(self, context: Context) -> tuple[str, int]:
        if context.mode == "native":
            return self.expansion.render(context)
        book = ADDIN_BOOK if context.mode == "addin" else ""
        return f"{book}{self.name}({','.join(argument.render(context)[0] for argument in self.arguments)})", ATOM


class Shared(NamedTuple):
    """An expression that a LAMBDA computes once, under a name."""

    name: str
    inner: object

    def render(self, context: Context) -> tuple[str, int]:
        if context.shared is None:
            return self.inner.render(context)
        text, _ = self.inner.render(context)  # what it uses itself comes before it
        if isinstance(self.inner, (Const, Name)):
            return text, ATOM
        if text not in context.shared:
            context.shared[text] = f"{context.prefix}{self.name}_{len(context.shared) + 1}", text
        return context.shared[text][0], ATOM


def called(node) -> set[str]:
    """The worksheet functions that an expression calls when it is not written out."""
    if isinstance(node, FunctionCall):
        return {node.name}.union(*map(called, node.arguments))
    if isinstance(node, (Infix, Negative, Template, Whole, Across, Shared)):
        inner = (part for field in node for part in (field if isinstance(field, tuple) else (field,)))
        return set().union(*map(called, inner))
    return set()


class Across(NamedTuple):
    """An expression over all columns of the current row: the argument of a sum over a row."""

    inner: object

    def render(self, context: Context) -> tuple[str, int]:
        return self.inner.render(context._replace(column=None))


class Above(NamedTuple):
    """The cells of a column from a row down to the one above the formula, which stands at most so many rows below it."""

    sheet: str
    column: int
    row: int

    def render(self, context: Context) -> tuple[str, int]:
        column = letters(self.column)
        return f"${column}${self.row}:${column}{self.row + (context.row or 0)}", ATOM


def bracketed(rendered: tuple[str, int], least: int) -> str:
    """The text, in brackets when it binds less closely than its place asks for."""
    text, precedence = rendered
    return text if precedence >= least else f"({text})"


@cache
def letters(column: int) -> str:
    """Column letters: 1 -> A, 27 -> AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def quoted(sheet: str) -> str:
    """A sheet name as a formula spells it."""
    return "'" + sheet.replace("'", "''") + "'" if not sheet.isidentifier() else sheet
