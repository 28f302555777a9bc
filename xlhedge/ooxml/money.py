"""Currencies that the cells of a workbook are shown in: their number formats tell them, their values do not."""

import html
import re
from functools import lru_cache

FIAT = frozenset(
    "AED ARS AUD BRL CAD CHF CLP CNY CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NGN NOK NZD PHP PLN RON RUB SAR SEK SGD THB "
    "TRY TWD UAH VND ZAR".split()
)
"""Codes of currencies other than the dollar."""
_FORMAT = re.compile(
    rb"""<(?:\w+:)?numFmt\b(?=[^<>]*\bnumFmtId=["'](\d+)["'])[^<>]*\bformatCode=(?:"([^"]*)"|'([^']*)')"""
)
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_PADDING = re.compile(r"[_*].", re.DOTALL)
"""In a format: room as wide as a character, or one that fills a cell; neither is shown as such."""
_IN_BRACKETS = re.compile(r"\[\$([^\]-]+)[^\]]*\]")
_SIGN = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]{0,2}[$€£¥₩₹₽₺]|[A-Z]{3}|kr\.?|zł|Kč|Fr\.|SFr\.|Ft|lei)(?![^\W\d_])")
_TEXTS = re.compile(r'"([^"]*)"|\\(.)|([$€£¥₩₹₽₺])')
"""What a format shows as it is written: in quotes, behind a backslash, or a sign of a currency."""
DOLLARS = ("$", "US$")


@lru_cache(maxsize=1024)
def money_of(code: str) -> str:
    """The currency that a number format shows, by its sign or its code, such as € or CHF; "" for dollars, for coins and for none."""
    code = _PADDING.sub("", code)
    told = _IN_BRACKETS.search(code)
    shown = told[1] if told else "".join(next(filter(None, each.groups()), "") for each in _TEXTS.finditer(code))
    sign = found[0] if (found := _SIGN.search(shown)) else ""
    is_code = re.fullmatch("[A-Z]{3}", sign)
    return "" if sign in DOLLARS or is_code and sign not in FIAT else sign


def shows_money(styles: bytes) -> bool:
    """Whether cells may be shown in another currency than the dollar, by the part of the styles."""
    ids = {
        found[1] for found in _FORMAT.finditer(styles)
        if money_of(html.unescape((found[2] or found[3] or b"").decode("utf-8", "replace")))
    }  # fmt: skip
    used = b"".join(_STYLES.findall(styles)) if ids else b""
    return any(re.search(rb"""\bnumFmtId=["']%b["']""" % each, used) for each in ids)
