"""A formula as a spreadsheet with decimal commas spells it, in the spelling that the rest of xlhedge reads.

Where decimals are commas, Excel puts ; between arguments, and \\ (or a point) between the columns of an array:
LIQ_PRICE(-600000;60000;{2,5\\5};0,005) is LIQ_PRICE(-600000,60000,{2.5,5},0.005). The ; of a call, or a \\ in an array,
tells that this spelling is meant. What can be read in two ways is refused, with both ways of writing it.
"""

import re
from typing import NamedTuple

from .errors import XlhedgeError
from .rows import GROUPS

_NUMBER = r"(?:[0-9]|\.[0-9])(?:[0-9]|[.,](?=[0-9]))*\.?(?:[eE][+-]?[0-9]+)?"
_PIECE = re.compile(rf'"(?:[^"]|"")*"?|{_NUMBER}|[A-Za-z_][A-Za-z0-9_.]*|\s+|.', re.S)
_GROUPED = re.compile(GROUPS)
_ZEROS_LAST = re.compile(r"[1-9][0-9]*,(?:0{3,}|[1-9][0-9]+0)")
"""60,000 and 600000,60000: nobody writes such zeros behind a decimal comma."""
_GERMAN_FULL = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+,[0-9]+")
_ENGLISH_FULL = re.compile(r"[0-9]{1,3}(,[0-9]{3})+\.[0-9]+")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]+")


class ExpressionError(XlhedgeError):
    """A typed expression that cannot be read."""


class _Piece(NamedTuple):
    """A number, text, name, blank or sign of an expression; `depth` is how many braces it stands in."""

    text: str
    depth: int

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit() or (self.text[0] == "." and len(self.text) > 1)


def plain(text: str) -> str:
    """The expression with commas between arguments and columns, and points in numbers."""
    pieces = _pieces(text)
    if not any(p.text == ";" and not p.depth or p.text == "\\" and p.depth for p in pieces):
        _refuse_lost_decimals(pieces)
        return text
    numbers = [p for p in pieces if p.is_number]
    for piece in numbers:
        if told := _full(piece.text):
            raise ExpressionError(f"{piece.text} is no number where arguments are separated by ;: write {told}")
    outside = [p.text for p in numbers if not p.depth]
    comma = next((t for t in outside if _DECIMAL_COMMA.fullmatch(t)), None)
    point = next((t for t in outside if "." in t and not _GROUPED.fullmatch(t)), None)
    if comma and point:
        raise ExpressionError(f"decimals are commas here ({comma}): write {point.replace('.', ',')} for {point}")
    arrays = _arrays(pieces)
    comma = comma or next(filter(None, map(_certain_comma, arrays)), None)
    if point and comma:
        raise ExpressionError(f"decimals are points here ({point}): write {comma.replace(',', '.')} for {comma}")
    return "".join(_spelled(piece, comma, point, arrays) for piece in pieces)


def _pieces(text: str) -> list[_Piece]:
    pieces, depth = [], 0
    for match in _PIECE.finditer(text):
        piece = match[0]
        depth -= piece == "}" and depth > 0
        pieces.append(_Piece(piece, depth))
        depth += piece == "{"
    return pieces


def _arrays(pieces: list[_Piece]) -> list[str]:
    """What stands between the braces of each array."""
    arrays = []
    for before, piece in zip([_Piece("", 0), *pieces], pieces):
        if piece.depth and before.text == "{":
            arrays.append("")
        if piece.depth:
            arrays[-1] += piece.text
    return arrays


def _certain_comma(array: str) -> str | None:
    """A decimal comma of an array, where nothing else can be meant: beside \\, in 0,05, or in rows of unlike length."""
    found = _DECIMAL_COMMA.findall(array)
    lengths = {row.count(",") for row in array.split(";")}
    if found and ("\\" in array or len(lengths) > 1):
        return found[0]
    return next((t for t in found if re.fullmatch(r"[0-9]+,0[0-9]+", t)), None)


def _spelled(piece: _Piece, comma: str | None, point: str | None, arrays: list[str]) -> str:
    text = piece.text
    if text == ";" and not piece.depth:
        return ","
    if text == "\\" and piece.depth:
        return ","
    if text == ",":
        raise ExpressionError(
            "arguments are separated by ; here, so that a comma stands inside numbers alone: use ; or , throughout"
            if not piece.depth
            else "arguments are separated by ; here: write \\ between the columns of an array, as in {1\\2;3\\4}"
        )
    if not piece.is_number:
        return text
    return _array_number(text, comma, point, arrays) if piece.depth else _number(text, comma, point)


def _number(text: str, comma: str | None, point: str | None) -> str:
    """A number outside arrays."""
    if text.count(",") > 1 or ("," in text and "." in text):
        raise ExpressionError(f"{text} is no number where arguments are separated by ;: write 1234,5 or 1234.5")
    _refuse_zeros_last(text, "arguments", text.replace(",", ";"))
    if "," in text:
        return text.replace(",", ".")
    _refuse_thousands(text, comma, point)
    if "." in text and comma:
        raise ExpressionError(f"decimals are commas here ({comma}): write {_both_ways(text)}")
    return text


def _refuse_zeros_last(text: str, parts: str, apart: str) -> None:
    if _ZEROS_LAST.fullmatch(text):
        grouped = f"{text.replace(',', '')} or " if _GROUPED.fullmatch(text.replace(",", ".")) else ""
        raise ExpressionError(
            f"{text} may be one number or two {parts}: write {grouped}{_short(text)} for one, {apart} for two"
        )


def _refuse_thousands(text: str, comma: str | None, point: str | None) -> None:
    """60.000, unless decimals are points beyond doubt."""
    if not _GROUPED.fullmatch(text) or (point and text.count(".") == 1):
        return
    if comma:
        raise ExpressionError(f"decimals are commas here ({comma}): write {_both_ways(text)}")
    raise ExpressionError(f"{text} may have a point for thousands or for decimals: write {_both_ways(text)}")


def _full(text: str) -> str:
    """How to write a number that has both a thousands separator and decimals; "" for any other."""
    if _GERMAN_FULL.fullmatch(text):
        whole, decimals = text.replace(".", "").split(",")
    elif _ENGLISH_FULL.fullmatch(text):
        whole, decimals = text.replace(",", "").split(".")
    else:
        return ""
    return f"{whole}.{decimals} or {whole},{decimals}" if decimals.strip("0") else whole


def _short(text: str) -> str:
    """A number without the zeros that end its decimals."""
    return text.rstrip("0").rstrip(",")


def _both_ways(text: str) -> str:
    if not _GROUPED.fullmatch(text):
        return f"{text.replace('.', ',')} for {text}"
    decimals = f", or {_short(text.replace('.', ','))} for decimals" if text.count(".") == 1 else ""
    return f"{text.replace('.', '')}{decimals}"


def _array_number(text: str, comma: str | None, point: str | None, arrays: list[str]) -> str:
    """A number in an array, or several that points separate."""
    has_backslash = any("\\" in array for array in arrays)
    _refuse_thousands(text, comma, point)
    if "," in text:
        if text.count(",") > 1 and "." not in text or point:
            told = text.replace(",", "\\")
            raise ExpressionError(f"arguments are separated by ; here: write {{{told}}} for the columns {{{text}}}")
        if not comma:
            raise _two_ways(text, text.replace(",", "\\"))
        _refuse_zeros_last(text, "columns", text.replace(",", "\\"))
    if "." not in text or point:
        return text.replace(",", ".")
    if comma and has_backslash:
        raise ExpressionError(f"decimals are commas here ({comma}): write {text.replace('.', ',')} for {text}")
    if has_backslash and text.count(".") == 1:
        return text
    if has_backslash or any(_is_no_column(part) for part in text.split(".")):
        raise _two_ways(text, text.replace(".", "\\"))
    if comma or text.count(".") > 1:  # a point is no decimal then, so it separates columns, as in a German Excel
        return ",".join(part.replace(",", ".") for part in text.split("."))
    raise _two_ways(text, text.replace(".", "\\"))


def _is_no_column(part: str) -> bool:
    """005 of 0.005: nobody means such a column."""
    return bool(re.match(r"0[0-9]", part)) or not part


def _two_ways(text: str, columns: str) -> ExpressionError:
    return ExpressionError(
        f"{{{text}}} may be columns or decimals: where arguments are separated by ;, write {{{columns}}} for columns; "
        "for decimals write the call with commas between arguments and points in numbers"
    )


def _refuse_lost_decimals(pieces: list[_Piece]) -> None:
    """0,005 between commas would be the two arguments 0 and 005, which nobody writes."""
    for piece in pieces:
        lost = piece.is_number and re.search(r"(?:^|,)([0-9.]+,0[0-9]+)(?:,|$)", piece.text)
        if lost:
            full = re.search(rf"{_GERMAN_FULL.pattern}$", piece.text[: lost.end(1)])
            if told := _full(full[0]) if full else "":
                raise ExpressionError(
                    f"decimals are points where arguments are separated by commas: write {told.split(' or ')[0]} for "
                    f"{full[0]}"
                )
            raise ExpressionError(
                f"decimals are points where arguments are separated by commas: write {lost[1].replace(',', '.')} for "
                f"{lost[1]}, or ; between the arguments"
            )
