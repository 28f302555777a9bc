"""The Cover sheet: what the workbook is for, how it is used, how it is coloured, and where its limits are."""

import datetime

from .. import __version__
from ..formula import Cell
from ..nodes import Const, Name, Template
from ..portfolio import Portfolio
from .book import Book, Sheet, Style
from .claims import CLAIMS
from .stack import Stack

FIRST_ROW = 4
WIDTHS = (52, 112)
NOT_GIVEN = "not given"
SOURCE = 'IF({0}="",{1},{0})'
# Put together from its parts, because the codes of TEXT differ between the languages of spreadsheet programs.
TIME = "IF(ISNUMBER({0}),YEAR({0})" + "".join(
    f'&"{mark}"&RIGHT(0&{part}({{0}}),1+1)' for mark, part in zip("-- :", ("MONTH", "DAY", "HOUR", "MINUTE"))
) + ",{1})"  # fmt: skip

PURPOSE = (
    "Reduce the exposure of a coin portfolio without selling the coins: short an inverse (coin-margined) future,",
    "post coins as margin, watch it, close it. The workbook sizes the hedge, prices it and stress-tests it.",
)
STEPS = (
    (
        "1. Transfer margin",
        "Move the coins of Hedge plan, Margin planned, to the venue. They stay yours and count once.",
    ),
    ("2. Size", "Read the contracts to trade on Hedge plan. They are rounded so that they never over-hedge."),
    (
        "3. Limit order",
        "Sell that many contracts with a limit order; compare fee and size with the Contracts sheet first.",
    ),
    (
        "4. Monitor",
        "Update prices on Inputs. Watch the distance to liquidation, the margin ratio, funding and the checks.",
    ),
    ("5. Close", "Buy the contracts back. Gain or loss is in coin; convert it, or leave it, as the target asks."),
)
COLOURS = (
    ("input", "typed", "Blue on a pale fill: type here. Every other cell follows."),
    ("calc", "calculated", "Black: a formula. Leave it alone."),
    ("link", "linked", "Green: taken unchanged from another sheet."),
    ("total", "total", "Bold on grey: the sum of the cells above."),
    ("flag", "TRUE / FALSE", "A check or an alarm; green passes, red does not. Amber: liquidation is near."),
)
LIMITS = (
    "A model, not advice. It does not know your venue's rules of today: compare the Contracts sheet with them.",
    "Prices, funding rates, taxes and moves are assumptions that you type; nothing here is fetched or forecast.",
    "Left out: auto-deleveraging, failure of the venue, gaps in trading, loss of the stablecoin's peg.",
    "Maintenance rates hold up to the size on the Contracts sheet; beyond it the venue asks for more.",
    "Taxes are a flat rate on gains with a credit for losses. Some regimes treat a hedge as a sale.",
)


def build_cover(book: Book, stack: Stack) -> None:
    """The Cover sheet, put before the others, whose names and purposes it lists."""
    others = dict(book.sheets)
    sheet = book.sheet("Cover", "What this workbook is for, how to use it, and what it cannot know.")
    sheet.flag_column = 2
    book.sheets = {"Cover": sheet, **others}
    sheet.widths = dict(enumerate(WIDTHS, 1))
    row = _pairs(sheet, FIRST_ROW, "Purpose", [(text, "") for text in PURPOSE])
    row = _pairs(sheet, row, "Five steps", STEPS)
    row = _snapshot(book, sheet, row, stack)
    row = _pairs(sheet, row, "Sheets", [(other.name, other.purpose) for other in others.values()])
    row = _colours(sheet, row)
    row = _pairs(sheet, row, "Limits: a model, not advice", [(text, "") for text in LIMITS])
    _pairs(sheet, row, "What is often told wrong", CLAIMS, ("Told", "True"))
    sheet.freeze = f"A{FIRST_ROW - 1}"


def _pairs(sheet: Sheet, row: int, title: str, pairs, headers=()) -> int:
    """A titled list of texts in two columns; the row after it and a blank one."""
    sheet.text(row, 1, title, "section")
    for column, header in enumerate(headers, 1):
        sheet.text(row + 1, column, header, "header")
    first = row + 1 + bool(headers)
    for offset, pair in enumerate(pairs, first):
        for column, text in enumerate(filter(None, pair), 1):
            sheet.text(offset, column, text)
    return first + len(pairs) + 1


def _snapshot(book: Book, sheet: Sheet, row: int, stack: Stack) -> int:
    """Version, and the time and source of the prices as they stand on Inputs."""
    sheet.text(row, 1, "Version and prices", "section")
    sheet.text(row + 1, 1, "Made by")
    made = stack.each(lambda portfolio: f"xlhedge {__version__}, {book.mode} formulas, from {portfolio.source}")
    sheet.text(row + 1, 2, made)
    rows = (
        ("Time of the prices, UTC", "price_time", TIME, stack.each(_time)),
        ("Source of the prices", "price_source", SOURCE, stack.each(_source)),
    )
    for offset, (label, name, text, value) in enumerate(rows, row + 2):
        sheet.text(offset, 1, label)
        node = Template(text, (Name(name), Const(NOT_GIVEN)))
        sheet.computed(offset, 2, Cell(node, value), Style("link"))
    return row + 5


def _time(portfolio: Portfolio) -> str:
    told = portfolio.settings.price_time
    return f"{told:%Y-%m-%d %H:%M}" if isinstance(told, datetime.datetime) else NOT_GIVEN


def _source(portfolio: Portfolio) -> str:
    return portfolio.settings.price_source or NOT_GIVEN


def _colours(sheet: Sheet, row: int) -> int:
    """The legend: a cell in each role, and what it means."""
    sheet.text(row, 1, "Colours", "section")
    for offset, (role, word, meaning) in enumerate(COLOURS, row + 1):
        sheet.text(offset, 1, word, role)
        sheet.text(offset, 2, meaning)
    return row + len(COLOURS) + 2
