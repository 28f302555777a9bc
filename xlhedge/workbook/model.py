"""The hedge workbook of a portfolio: one module for each sheet, put together here."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from .. import __version__
from ..elementary import where
from ..formula import Cell
from ..portfolio import Portfolio
from ..portfolio.scenarios import Scenario
from .allocation import build_allocation
from .book import Book, Style
from .checks import build_checks
from .compare import build_compare
from .contracts_sheet import build_contracts
from .cover import build_cover
from .figures import figures_of
from .functions_sheet import build_functions
from .hedge_plan import build_links, build_plan
from .inputs import build_inputs
from .monitor import build_monitor
from .replay_sheet import build_replay
from .scenarios import build_scenarios
from .stack import Stack
from .stress import NAMED, build_stress

ORDER = (
    "Inputs",
    "Contracts",
    "Tiers",
    "Allocation",
    "Hedge plan",
    "Scenarios",
    "Compare",
    "Monitor",
    "Replay",
    "Functions",
    "Checks",
)
FLAG_WIDTH = 16
EMPTY: Mapping = MappingProxyType({})


def build_model(
    portfolios: Portfolio | Sequence[Portfolio],
    mode: str = "native",
    room: int = 0,
    scenarios: Mapping[str, tuple[Scenario, ...]] = EMPTY,
) -> Book:
    """Build the workbook's sheets, formulas and values, with room for at least `room` assets.

    Several portfolios, all of one shape, are computed together. `scenarios` are the user's own scenario sets, each
    on a sheet of its own.
    """
    stack = Stack([portfolios] if isinstance(portfolios, Portfolio) else portfolios)
    with np.errstate(all="ignore"):
        return _build(stack, mode, room, scenarios)


def _build(stack: Stack, mode: str, room: int, scenarios: Mapping[str, tuple[Scenario, ...]]) -> Book:
    book = Book(mode)
    book.count, book.told = len(stack), stack.told
    held, settings = build_inputs(book, stack, room)
    contracts = build_contracts(book, stack.first)
    links = build_links(book, held, settings, contracts)
    allocation = build_allocation(book, held, settings, links)
    plan = build_plan(book, held, settings, links, allocation)
    build_scenarios(book, stack, held, plan)
    build_compare(book, stack, held, settings, plan)
    monitor = build_monitor(book, stack, held, settings, links, plan)
    replay = build_replay(book, stack, held, settings, links, plan)
    order = list(ORDER)
    for title, own in {"Stress": stack.first.stress or NAMED, **scenarios}.items():
        name = legal_sheet_name(title, book.sheets)
        stress = build_stress(book, name, own, stack, held, settings, plan)
        order.insert(order.index("Compare"), name)
    master = build_checks(book, held, settings, allocation, plan, stress, monitor.unread + replay.unread)
    build_functions(book)
    book.sheets = {name: book.sheets[name] for name in order}
    build_cover(book, stack)
    book.titles, book.room = [f"xlhedge: {portfolio.name}" for portfolio in stack.portfolios], held.count
    _heads(book, stack, master)
    book.figures = figures_of(book.count, held, allocation, plan)._asdict()
    return book


def legal_sheet_name(title: str, taken: Iterable[str]) -> str:
    """A title as a sheet name that every spreadsheet takes: at most 31 characters, none of []:*?/\\, not yet taken."""
    plain = "".join(" " if c in "[]:*?/\\'" else c for c in title).strip()[:31].strip() or "Scenarios"
    plain = f"{plain} scenarios"[:31] if plain.lower() == "history" else plain
    used, number, name = {t.casefold() for t in taken}, 1, plain
    while name.casefold() in used:
        number += 1
        name = f"{plain[: 31 - len(str(number)) - 1]} {number}"
    return name


def failed_checks(book: Book, portfolio: int = 0) -> list[str]:
    """The names of the checks that say FALSE for a portfolio."""
    return [name for name, passed in check_flags(book).items() if not passed[min(portfolio, len(passed) - 1)]]


def check_flags(book: Book) -> dict[str, np.ndarray]:
    """Which portfolios pass each check."""
    sheet = book.sheets["Checks"]
    names = {
        block.row: block.values.flat[0] for block in sheet.blocks if block.column == 1 and block.style.role == "label"
    }
    flags = [b for b in sheet.blocks if b.style.alarm == "flag" and b.row in names]
    return {names[block.row]: block.values[0, 0] for block in flags}


def _heads(book: Book, stack: Stack, master: Cell) -> None:
    """Title, purpose and the master flag at the top of every sheet."""
    flag = where(master, "all checks pass", "see Checks")
    for sheet in book.sheets.values():
        sheet.text(1, 1, stack.each(lambda portfolio, sheet=sheet: f"{portfolio.name}: {sheet.name}"), "title")
        sheet.text(2, 1, sheet.purpose, "purpose")
        if sheet.name != "Checks":
            sheet.widths[sheet.flag_column] = max(FLAG_WIDTH, sheet.widths.get(sheet.flag_column, 0))
            sheet.computed(1, sheet.flag_column, flag, Style("flag", "text", "master"))
    inputs = book.sheets["Inputs"]
    inputs.text(3, 1, stack.each(_origin), "note")


def _origin(portfolio: Portfolio) -> str:
    """What made the workbook, and where its prices come from."""
    told = portfolio.settings.price_time
    when = f"{told:%Y-%m-%d %H:%M} UTC" if isinstance(told, datetime.datetime) else "time not given"
    source = portfolio.settings.price_source or "source not given"
    return f"xlhedge {__version__}, from {portfolio.source}. Prices: {source}, {when}. A model, not advice."
