"""The About sheet: what the workbook is for, how it is used, how it is coloured, and where its limits are."""

import datetime
import re
from collections.abc import Sequence

from ... import __version__
from ...formula import Cell
from ...nodes import Const, Name, Template
from ...portfolio import Portfolio
from ...portfolio.assemble import ReadFrom
from ..grid.cells import Style
from ..grid.record import SheetRecord
from ..grid.sheet import Sheet
from ..grid.typed import FilledSheet
from ..portfolios import Portfolios
from .claims import CLAIMS
from .inputs import Settings

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
MADE_BY, MODE = "Made by", re.compile(", (native|addin|calc|lambda) formulas, from ")
INPUT, SHOWN = "Input", 16
"""The row of the input's digest, and how many of its digits are shown: the manifest of a batch has all."""
OF_PRICES, OF_LEDGER, OF_COINS = "; prices of ", "; ledger of ", ", with the coins of Inputs: "
COUNT = re.compile(r"[0-9.]+(e[+-]?[0-9]+)?")
LIMITS = (
    "A model, not advice. It does not know your venue's rules of today: compare the Contracts sheet with them.",
    "Prices, funding rates, taxes and moves are assumptions that you type; nothing here is fetched or forecast.",
    "Left out: auto-deleveraging, failure of the venue, gaps in trading, loss of the stablecoin's peg.",
    "Maintenance rates hold up to the size on the Contracts sheet; beyond it the venue asks for more.",
    "Taxes are a flat rate on gains with a credit for losses. Some regimes treat a hedge as a sale.",
)


def about(sheet: Sheet, portfolios: Portfolios, mode: str, records: Sequence[SheetRecord], settings: Settings) -> None:
    """Purpose, steps, version, the other sheets with their purposes, colours, limits and claims."""
    sheet.widths = dict(enumerate(WIDTHS, 1))
    _pairs(sheet, "Purpose", [(text, "") for text in PURPOSE])
    _pairs(sheet, "Five steps", STEPS)
    _snapshot(sheet, portfolios, mode)
    _sheets(sheet, records)
    _colours(sheet)
    _pairs(sheet, "Limits: a model, not advice", [(text, "") for text in LIMITS])
    _pairs(sheet, "What is often told wrong", CLAIMS, ("Told", "True"))


def _pairs(sheet: Sheet, title: str, pairs, headers=()) -> None:
    """A titled list of texts in two columns."""
    row = sheet.section(title)
    for column, header in enumerate(headers, 1):
        sheet.text(row, column, header, "header")
    for offset, pair in enumerate(pairs, row + bool(headers)):
        for column, text in enumerate(filter(None, pair), 1):
            sheet.text(offset, column, text)


def _sheets(sheet: Sheet, records: Sequence[SheetRecord]) -> None:
    """The other sheets, each a step away."""
    others = [other for other in records if other.name != sheet.name]
    for row, other in enumerate(others, sheet.section("Sheets")):
        sheet.jump(row, 1, other.name)
        sheet.text(row, 2, other.purpose)


def _snapshot(sheet: Sheet, portfolios: Portfolios, mode: str) -> None:
    """Version, what the workbook was made from, and the time and source of the prices as they stand on Inputs."""
    row = sheet.section("Version and prices")
    sheet.text(row, 1, MADE_BY)
    sheet.text(row, 2, portfolios.each(lambda p: f"xlhedge {__version__}, {mode} formulas, from {_made_from(p)}"))
    sheet.text(row + 1, 1, INPUT)
    sheet.text(row + 1, 2, portfolios.each(_input))
    rows = (
        ("Time of the prices, UTC", "price_time", TIME, portfolios.each(_time)),
        ("Source of the prices", "price_source", SOURCE, portfolios.each(_source)),
    )
    for offset, (label, name, text, value) in enumerate(rows, row + 2):
        sheet.text(offset, 1, label)
        node = Template(text, (Name(name), Const(NOT_GIVEN)))
        sheet.computed(offset, 2, Cell(node, value), Style("link"))


def _made_from(portfolio: Portfolio) -> str:
    """The files that a workbook rests on, as `read_made_by` reads them back."""
    told = portfolio.read_from
    coins = ", ".join(f"{asset} {count:.15g}" for asset, count in told.coins.items())
    ledger = told.ledger and f"{OF_LEDGER}{told.ledger}" + (f"{OF_COINS}{coins}" if coins else "")
    return f"{portfolio.source}{told.prices and OF_PRICES + told.prices}{ledger}"


def _input(portfolio: Portfolio) -> str:
    """A mark of the input by which two workbooks are known to be of the same."""
    return (
        f"SHA-256 {portfolio.digest[:SHOWN]} of this portfolio's rows, settings, contracts and prices as read"
        if portfolio.digest
        else NOT_GIVEN
    )


def _time(portfolio: Portfolio) -> str:
    told = portfolio.settings.price_time
    return f"{told:%Y-%m-%d %H:%M}" if isinstance(told, datetime.datetime) else NOT_GIVEN


def _source(portfolio: Portfolio) -> str:
    return portfolio.settings.price_source or NOT_GIVEN


def _colours(sheet: Sheet) -> None:
    """The legend: a cell in each role, and what it means."""
    for row, (role, word, meaning) in enumerate(COLOURS, sheet.section("Colours")):
        sheet.text(row, 1, word, role)
        sheet.text(row, 2, meaning)


def read_mode(filled: FilledSheet) -> str:
    """How the formulas of a filled-in workbook are written, "" where its About sheet does not say it."""
    row = next((row for row in filled.rows if filled.at(row, 1) == MADE_BY), 0)
    found = MODE.search(str(filled.at(row, 2)))
    return found[1] if found else ""


def read_made_by(filled: FilledSheet) -> ReadFrom:
    """What a filled-in workbook was made from, as its About sheet says."""
    row = next((row for row in filled.rows if filled.at(row, 1) == MADE_BY), 0)
    told = str(filled.at(row, 2))
    mode = MODE.search(told)
    rest, _, coins = (told[mode.end() :] if mode else "").partition(OF_COINS)
    rest, _, ledger = rest.partition(OF_LEDGER)
    source, _, prices = rest.partition(OF_PRICES)
    counts = {}
    for each in filter(None, coins.split(", ")):
        asset, _, count = each.rpartition(" ")
        if COUNT.fullmatch(count):
            counts[asset] = float(count)
    return ReadFrom(source, prices, ledger, counts)


ABOUT = SheetRecord(
    "About",
    "What this workbook is for, how to use it, and what it cannot know.",
    (about,),
    freeze="A3",
    flag_column=2,
    printed=False,
    fixed=tuple(word for _, word, _ in COLOURS),
    tab="reference",
)
