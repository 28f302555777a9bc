"""The hedge workbook of a portfolio: one module for each sheet, put together here."""

import datetime
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from .. import __version__
from ..formula import Cell
from ..nodes import Const, Name, Template
from ..portfolio import Portfolio
from ..portfolio.scenarios import Scenario
from .allocation import build_allocation
from .book import Book, Style
from .checks import build_checks
from .compare import build_compare
from .contracts_sheet import build_contracts
from .cover import build_cover
from .functions_sheet import build_functions
from .hedge_plan import build_links, build_plan
from .inputs import build_inputs
from .monitor import build_monitor
from .replay_sheet import build_replay
from .scenarios import build_scenarios
from .stress import NAMED, build_stress

ORDER = (
    "Inputs",
    "Contracts",
    "Allocation",
    "Hedge plan",
    "Scenarios",
    "Compare",
    "Monitor",
    "Replay",
    "Functions",
    "Checks",
)
EMPTY: Mapping = MappingProxyType({})


def build_model(
    portfolio: Portfolio, mode: str = "native", room: int = 0, scenarios: Mapping[str, tuple[Scenario, ...]] = EMPTY
) -> Book:
    """Build the workbook's sheets, formulas and values, with room for at least `room` assets.

    `scenarios` are the user's own scenario sets, each on a sheet of its own.
    """
    book = Book(mode)
    held, settings = build_inputs(book, portfolio, room)
    contracts = build_contracts(book, portfolio)
    links = build_links(book, held, settings, contracts)
    allocation = build_allocation(book, held, settings, links)
    plan = build_plan(book, held, settings, links, allocation)
    build_scenarios(book, portfolio, held, plan)
    build_compare(book, portfolio, held, settings, plan)
    monitor = build_monitor(book, portfolio, held, settings, links, plan)
    replay = build_replay(book, portfolio, held, settings, links, plan)
    names = [(h.values.asset, h.values.kind) for h in portfolio.holdings]
    order = list(ORDER)
    for title, own in {"Stress": NAMED, **scenarios}.items():
        name = legal_sheet_name(title, book.sheets)
        stress = build_stress(book, name, own, names, held, settings, plan)
        order.insert(order.index("Compare"), name)
    build_checks(book, held, settings, allocation, plan, stress, monitor.unread + replay.unread)
    build_functions(book)
    book.sheets = {name: book.sheets[name] for name in order}
    build_cover(book, portfolio)
    book.title, book.room = f"xlhedge: {portfolio.name}", held.count
    _heads(book, portfolio)
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


def failed_checks(book: Book) -> list[str]:
    """The names of the checks that say FALSE."""
    sheet = book.sheets["Checks"]
    names = {
        block.row: block.values.flat[0] for block in sheet.blocks if block.column == 1 and block.style.role == "label"
    }
    flags = [b for b in sheet.blocks if b.style.alarm == "flag" and b.row in names]
    return [names[block.row] for block in flags if not block.values.flat[0]]


def _heads(book: Book, portfolio: Portfolio) -> None:
    """Title, purpose and the master flag at the top of every sheet."""
    flag = Cell(Name("checks_pass"), not failed_checks(book))
    text = "all checks pass" if flag.value else "see Checks"
    node = Template("IF({0},{1},{2})", (flag.node, Const("all checks pass"), Const("see Checks")))
    for sheet in book.sheets.values():
        sheet.text(1, 1, f"{portfolio.name}: {sheet.name}", "title")
        sheet.text(2, 1, sheet.purpose, "purpose")
        if sheet.name != "Checks":
            sheet.computed(1, sheet.flag_column, Cell(node, text), Style("flag", "text", "master"))
    inputs = book.sheets["Inputs"]
    told = portfolio.settings.price_time
    when = f"{told:%Y-%m-%d %H:%M} UTC" if isinstance(told, datetime.datetime) else "time not given"
    source = portfolio.settings.price_source or "source not given"
    inputs.text(
        3, 1, f"xlhedge {__version__}, from {portfolio.source}. Prices: {source}, {when}. A model, not advice.", "note"
    )
