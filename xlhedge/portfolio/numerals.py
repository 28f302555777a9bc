"""How the numbers of a table are spelled: with points or commas for decimals, groups of thousands, currency signs and units.

A number such as 60,000 can be read in two ways; the others of its table tell which is meant, or it is refused in its row.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ..ooxml.money import FIAT
from ..rows import Grouped, Pointed, Unclear
from .fields import CASH_CODES, DOLLARS
from .hedge import is_same

SIGNS = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₿": "BTC", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "R$": "BRL",
    "₩": "KRW", "₹": "INR", "₽": "RUB", "₺": "TRY", "ZŁ": "PLN", "KČ": "CZK", "FR.": "CHF", "SFR": "CHF",
}  # fmt: skip
"""Signs of currencies and the codes that they stand for."""
CURRENCIES = (CASH_CODES | FIAT | {*SIGNS.values(), "SATS"}) - {"CASH"}
"""What an amount of money may be in."""
BLANKS = frozenset(("-", "--", "–", "—", "n/a", "na", "null", "none"))
"""What programs write where they know nothing."""

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u2019": "'", "\u2212": "-"})
_UNIT = r"[^\W\d_$€£¥₿₩₹₽₺]*[$€£¥₿₩₹₽₺]|[^\W\d_][^\W_.]*\.?"
_CELL = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[+-]?)\s*(?P<before>{_UNIT})?\s*(?P<second>[+-]?)\s*(?P<digits>\d[\d.,' ]*|[.,]\d+)"
    rf"(?P<power>[eE][+-]?\d+)?\s*(?P<after>%|{_UNIT})?\s*(?P<close>\))?"
)
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SPACED = re.compile(r"[1-9]\d{0,2}(?:[ ']\d{3})+(?:[.,]\d+)?")
_BOTH = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+\.\d+|[1-9]\d{0,2}(?:\.\d{3})+,\d+")
_MANY = re.compile(r"[1-9]\d{0,2}(?:(?:,\d{3}){2,}|(?:\.\d{3}){2,})")
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_DECIMAL = re.compile(r"\d*[.,]\d+")
_DOLLAR_FIRST = re.compile(r"[-+( ]*(?:US)?\$")
OTHER = {".": ",", ",": "."}
NAMES = {".": "point", ",": "comma"}


class Parts(NamedTuple):
    """A cell taken apart: whether it is below 0, its digits with their separators, its power of ten, and its unit: a currency, a coin or %."""

    is_negative: bool
    digits: str
    power: str
    unit: str


class Spelling(NamedTuple):
    """The decimal sign of a table, "" where nothing tells it, and the cell that tells it; `sure` where thousands tell it too.

    `other` is a cell that tells otherwise.
    """

    decimal: str = ""
    told_by: str = ""
    sure: bool = False
    other: str = ""


def parts(cell: str) -> Parts | None:
    """The parts of a text that is a number in some spelling; None for any other."""
    found = _CELL.fullmatch(cell.translate(_SPACES).strip())
    if found is None or bool(found["open"]) != bool(found["close"]) or (found["before"] and found["after"]):
        return None
    if found["sign"] and found["second"]:
        return None
    unit = found["before"] or found["after"] or ""
    digits = found["digits"].strip()
    is_negative = "-" in (found["sign"], found["second"]) or bool(found["open"])
    return Parts(is_negative, digits, found["power"] or "", SIGNS.get(unit.upper(), unit))


def spelling(cells: Iterable[tuple[int, object]], has_commas: bool = False) -> Spelling:
    """How numbers are spelled by the cells of a table, each with the number of its row.

    `has_commas` says that commas separate the cells of the file. Where then nothing else tells it, a dollar before a number
    does: who writes "$60,000" so has points for decimals, unless a number has a point that may be one of thousands.
    """
    found: dict[str, tuple[str, bool]] = {}
    dollars, has_points = {}, False
    for row, cell in cells:
        if isinstance(cell, str) and cell[:1] != "=" and (told := parts(cell)):
            sign, sure = _decimal_sign(told.digits)
            if sign and (sign not in found or (sure and not found[sign][1])):
                found[sign] = f"{cell.strip()} in row {row}", sure
            elif not sign and has_commas:
                has_points = has_points or "." in told.digits
                if _DOLLAR_FIRST.match(cell):
                    dollars.setdefault("," in told.digits, (f"the dollar before {told.digits} in row {row}", True))
    if not found and dollars and not has_points:
        found["."] = dollars.get(True) or dollars[False]
    elif found and True in dollars:
        found.setdefault(".", dollars[True])
    if not found:
        return Spelling()
    decimal = "." if "." in found else ","
    return Spelling(decimal, *found[decimal], found.get(OTHER[decimal], ("",))[0])


def read_number(cell: object, spelled: Spelling, unit: str, coin: str = "") -> object:
    """A cell of a column of numbers, as one with a decimal point and nothing else.

    `unit` is what the column is in: "USD", "coin" or "fraction"; `coin` is the asset of the row. A cell that cannot be read
    comes back with the rule that it breaks, or as it is where it is no number at all.
    """
    if not isinstance(cell, str):
        return cell
    if not isinstance(cell, Grouped) and PLAIN.fullmatch(cell) and (spelled.decimal != "," or "." not in cell):
        return cell
    if cell.lower() in BLANKS:
        return None
    told = parts(cell)
    if told is None:
        return cell
    if rule := _wrong_unit(told.unit, unit, coin):
        return Unclear(cell, rule)
    digits = _digits(cell, told, spelled)
    if digits is None or isinstance(digits, Unclear):
        return cell if digits is None else digits
    return f"{'-' if told.is_negative else ''}{digits}{told.power}{'%' if told.unit == '%' else ''}"


def plain_text(cell: str, unit: str) -> str | Unclear | None:
    """A number as spreadsheets format it, such as $60,000.50, 1,200,000 or 60 000 USD, as one with a point and nothing else.

    `unit` is what its field is in. None where it is no such number, or has a decimal comma; Unclear where it may be read in
    two ways: a `Pointed` one is of a table that tells that decimals have points.
    """
    told = parts(cell)
    kind = "USD" if unit in ("USD", "USD/coin") else "fraction" if unit.startswith("fraction") else ""
    if told is None or (told.unit and not kind):
        return None
    sign, _ = _decimal_sign(told.digits)
    if sign == ",":
        return None
    found = read_number(str(cell), Spelling("." if isinstance(cell, Pointed) else sign), kind)
    return None if found is None or found == cell and not isinstance(found, Unclear) else found


def _decimal_sign(digits: str) -> tuple[str, bool]:
    """The decimal sign that a number tells, "" where it tells none, and whether it tells that of thousands too."""
    if _SPACED.fullmatch(digits):
        return next((sign for sign in OTHER if sign in digits), ""), True
    if _BOTH.fullmatch(digits):
        return max(OTHER, key=digits.rfind), True
    if _MANY.fullmatch(digits):
        return OTHER["," if "," in digits else "."], True
    is_clear = _DECIMAL.fullmatch(digits) and not _AMBIGUOUS.fullmatch(digits)
    return (next(sign for sign in OTHER if sign in digits), False) if is_clear else ("", False)


def _digits(cell: str, found: Parts, spelled: Spelling) -> str | Unclear | None:
    """The digits with a decimal point and nothing else; None where they are no number."""
    digits = found.digits
    told, sure = _decimal_sign(digits)
    if told and told != spelled.decimal:
        how = f"has a {NAMES[told]} for decimals, and {spelled.told_by} a {NAMES[spelled.decimal]}"
        return Unclear(cell, f"{how}: write all numbers of the table in one way")
    if told or sure:
        whole, _, decimals = digits.partition(told or " .")
        whole = re.sub(r"[ '.,]", "", whole)
        return f"{whole or '0'}.{decimals}" if decimals else whole
    if digits.isdigit():
        return digits
    if not _AMBIGUOUS.fullmatch(digits):
        return None
    sign = "," if "," in digits else "."
    is_point_by_habit = sign == "." and not isinstance(cell, Grouped) and not spelled.decimal and not found.unit
    if sign == spelled.decimal and (spelled.sure or not isinstance(cell, Grouped)) or is_point_by_habit:
        return digits.replace(",", ".")
    if spelled.decimal and sign != spelled.decimal:
        return digits.replace(sign, "")
    if isinstance(cell, Grouped):
        return None  # its field refuses it
    whole, decimals = digits.split(sign)
    short = decimals.rstrip("0") or "0"
    both = f"{whole}{decimals} or {whole}.{short if short != decimals else decimals + '0'}"
    return Unclear(cell, f"may have a {NAMES[sign]} for thousands or for decimals: write {both}")


def _wrong_unit(told: str, unit: str, coin: str) -> str:
    """The rule that the unit of a cell breaks, "" for none."""
    code = told.upper()
    if not told:
        return ""
    if unit == "coin":
        if is_same(code, coin or ""):
            return ""
        if code in CURRENCIES and code not in ("BTC", "SATS"):
            return f"is an amount of money ({code}), and coins are wanted"
        return f"must be in {coin}" if told != "%" else "must be a number of coins, not a share"
    if unit == "USD":
        return "" if code in DOLLARS else f"must be in USD, and this is in {code}" if told != "%" else "must be in USD"
    return "" if told == "%" else "must be a share such as 0.2 or 20%"
