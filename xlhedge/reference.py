"""The reference pages in docs/, written from the registry, the input fields and the contract tables."""

from collections.abc import Callable, Iterator

from . import functions  # noqa: F401 - fills the registry
from .contracts import FIELDS, contract, facts, symbols, venues
from .contracts.dated import is_series
from .contracts.tables import EVERY
from .document import python_example
from .errors import XlhedgeError
from .live.payloads import ENDPOINTS
from .portfolio import HOLDINGS, SETTINGS
from .registry import FUNCTIONS, Function, excel_literal

GENERATED = "<!-- Written by `bash install/refresh.sh`: change the code, not this page. -->\n\n"


def functions_page() -> str:
    """The reference of every worksheet function, by group."""
    groups: dict[str, list[Function]] = {}
    for function in FUNCTIONS.values():
        groups.setdefault(function.group, []).append(function)
    lines = ["# Worksheet functions\n", _CONVENTIONS]
    for group, members in groups.items():
        lines.append(f"* {group}: " + ", ".join(f"[{f.name}](#{f.name.lower()})" for f in members))
    for group, members in groups.items():
        lines.append(f"\n## {group}\n")
        lines += [text for function in members for text in _function(function)]
    return GENERATED + "\n".join(lines) + "\n"


_CONVENTIONS = """
Conventions: qty is the signed USD face of a position (short < 0); coins are all coins owned, posted margin included
once; prices are USD per coin; rates are fractions; received cash is positive. Every argument that takes one number
also takes a range, and results broadcast. In a sheet, a number out of its domain gives #NUM!, a wrong type or word
#VALUE!, an unknown contract #N/A, and an error in an input comes out unchanged. A price that does not exist because
nothing can liquidate the position is the text "none" (`inf` in Python).
"""


def _function(function: Function) -> Iterator[str]:
    yield f"### {function.name}\n"
    yield f"`{function.signature}`\n"
    yield f"{function.summary} {function.notes}".strip() + "\n"
    if function.parameters:
        yield "| argument | meaning | unit | allowed | default |\n|---|---|---|---|---|"
        for p in function.parameters:
            allowed = " \\| ".join(p.choices) or p.domain.text or ("TRUE, FALSE" if p.kind == "flag" else "")
            yield f"| {p.name} | {p.meaning} | {p.unit} | {allowed} | {'' if p.required else p.default_text} |"
        yield ""
    none = ' or "none"' if function.returns.allows_none else ""
    yield f"* Result: {function.result_in_words}{none}"
    if function.no_result:
        yield f"* No result where {function.no_result}"
    yield f"* Formula: {function.formula.replace('|', chr(92) + '|')}"
    yield from (f"* Source: {source}" for source in function.sources)
    yield from (f"* Example: `{call}` = `{expected}`" for call, expected in function.examples)
    yield f"* Python: `{python_example(function).strip().splitlines()[0].removeprefix('>>> ').split('  #')[0]}`\n"


POSITIONS_TEXT = """
## Positions

An asset is hedged by any number of positions. The row with its coins may name the first one. Further rows of the asset with
blank coins are further positions: they say nothing of the asset again. So are the rows of `--positions FILE`, and of a second
sheet called positions: the columns portfolio (where there are several), asset, and any of those below from venue on, and kind.

* The hedge of the asset, by its hedge_ratio or its target_weight, is split by share and rounded to lots, never to more hedge.
  Shares add up to 1; blank ones share what is left evenly. An asset with neither keeps the positions that it has. Within the
  setting band nothing is traded, for a hedge_ratio too; where one position is beyond it from its share, all go to theirs.
* Positions of one account share their margin: need, margin ratio and prices of liquidation are those of the account. It is of one
  venue and one coin. A name that only one position has is a sub-account. Where margin is told for one, blank counts as 0 for the
  others.
* A dated contract is named as the venue names it, such as BTCUSDH27 on bybit, and has its own price under mark. Its days count from
  the setting price_time. It pays no funding; its basis shrinks evenly to the expiry, and then it is rolled at the setting
  roll_premium.
* A contract on another coin needs a beta. Margin, gains and losses are then in that coin, which the portfolio should hold; without
  it the contract needs a mark.
* qty, entry and margin are what is open and posted now. What is posted follows no price.
"""

PRICES_TEXT = """
## Prices from a file: `--prices FILE`

A snapshot of the market is a CSV file with the columns venue, symbol, field, value, time and, if you like, source, a row for each
figure; `xlhedge prices` writes one. `build`, `plan`, `batch` and `template` take it, and MARKET reads the same file.

| field | symbol | value |
|---|---|---|
| price | the coin; venue is the place | USD/coin |
| mark, index, bid, ask | the contract | USD/coin |
| funding rate | the contract | fraction, for its funding hours |
| funding hours | the contract | hours; those of the table of contracts where there is no row |
| expiry | the contract | a day, such as 2026-12-25 |

* A time has its zone, such as 2026-11-20T08:00:00Z, and is not in the future. Of several times of a figure the latest counts.
* A blank price of an asset is the price of its coin, else the latest index of a contract that hedges it, else that of any
  inverse contract on the coin; never a mark. A blank mark of a dated contract is its mark. A blank funding_rate of a perpetual
  contract is its funding rate, turned into one for the hours of the contract: 0.0001 for 1 hour is 0.0008 for 8.
* price_time is the oldest time that was used, and price_source is put together from the sources, where nothing else tells them.
* What is typed wins. Where a typed price or mark is more than 5 % off the snapshot's, a warning tells both. What the snapshot
  does not have stays blank, and is the mistake that it is without a snapshot.
* `xlhedge prices --into BOOK.xlsx` does it the other way: the venue's figures take the place of those typed in the workbook.
"""

LEDGER_TEXT = """
## Positions from a ledger: `--ledger LEDGER.csv`

`xlhedge import EXPORT... --out LEDGER.csv` makes one ledger of what venues export. `build`, `plan` and `batch` take it: what its
rows of a contract in an account come to is the position, with qty and entry, and the rows are the log of Monitor.

* The ledger begins before anything was open. It is the contract's whole story: Positions and the log agree, and realised, fees and
  funding on Monitor are those of the ledger. Coins are those of the holdings, which have gained already.
* A row of the holdings that names the contract (and the account, where the ledger has several) is filled in. Where an asset names no
  contract, what is open on its coin is added. What is open and fits no row is a mistake; what is closed and fits none is told.
* A qty that is typed and is not that of the ledger is a mistake that names both.
* Transfers of a coin make the margin: what all rows of the coin leave in the wallet, where a single position or a cross account has
  it. A margin that is typed and is not that of the ledger is a mistake that names both. Without transfers margin is as typed, or
  planned.
* A row of `--positions` that is the ledger's own position (its venue, contract and account, or the only one of them) is the same
  one: what both tell is compared.
* An account of a ledger that has several coins or venues is called by them too: main BTC, main ETH.
* Of more than 5,000 rows the log has the last 4,000, and those before as sums: longs and shorts that were closed at their average
  prices, what was open, fees, funding and transfers.
* With several portfolios the account of a row is the name of the portfolio.
* `xlhedge import EXPORT... --into BOOK.xlsx` puts positions and log into a workbook. What it says beside is kept; where rows of the
  log would be lost, or a sheet that is not ours, nothing is written without `--force`.
"""

TRACKERS_TEXT = """
## From a tracker or an exchange

The export of a portfolio tracker, the balances of an exchange, a bank's statement or a sheet of wallets need no editing where it
can be told what is meant. All that is read into a table is said, as a note of `build` and `plan` and among the warnings of a batch.

* **Columns.** asset may be called symbol, ticker, coin or currency; coins quantity, amount, balance, holdings or total; price current,
  last or market price; cost_basis average cost, buy price or cost basis; target_weight target or target %. A column of our own name
  always wins. Two that may be one and differ are refused: call the one that is meant by our name. Prices and values are in USD; a
  column of another currency, by its header, by a column of currencies or by the sign in a cell, is refused or passed over.
* **Units.** Under Amount (BTC) stand coins of BTC: those of another asset are refused. Holdings in dollars are a value and no coins. A
  column in %, such as Holding %, is a share.
* **Days.** An asset that stands with several days is refused; assets of different days are read, and that is said.
* **Values.** Without a price, the value (market value, total value, USD value) divided by the coins is the price. With one, the two
  must agree within 1 %. A cost of all coins is divided by them.
* **Targets.** 60 is 60 % where the targets of a portfolio add up to 100, or the header has a %. A column allocation or weight is the
  share that is held now and no target; it is read as one where it is not that share.
* **Wallets.** Rows of one asset are added up: always in a table of a tracker, and in one of our own where a column wallet, exchange,
  platform or account tells them apart. Their prices must agree within 1 % and weigh by coins, as costs do; what else they say of the
  asset must be the same. Rows with a contract are never added up.
* **Other rows.** Titles above the header, remarks below the table, totals, and coins of which there are none are left out. A total
  that is not the sum of its rows is refused. So it is with the total of one asset: BTC Total below its wallets, a wallet called All
  wallets, or total beside available and locked. A row that is the sum of the others and has no word of its own is refused: only you
  can tell what it is.
* **Columns that are not needed**, such as names, ranks, changes, profits and wallets, are not read. Others are refused, as one of
  them may be misspelt; `--ignore-columns` leaves them out.
* **Numbers.** $60,000.00, 1.5 BTC, 60 000 and 20 % are read. Commas are decimals where a number of the table tells so, such as
  1.234,56 or 0,5; then 60.000 is sixty thousand. Where none does, 60.000 in a table with semicolons and 60,000 are refused by row.
  In a file that commas separate, the dollar before a number tells that its commas are those of thousands: "1,200" beside $60000, or
  "$60,000".
* A list of transactions is no list of holdings: give it to `xlhedge import`.
* A spreadsheet may be .xlsx or .ods. A number that its format shows in another currency than the dollar, such as 60.000,00 € or
  CHF 60,000, is refused where dollars are wanted. An old .xls must be saved anew.
* A table without prices takes them from a snapshot (`--prices FILE`).
"""


def inputs_page() -> str:
    """The columns of a holdings table and the settings."""
    lines = ["# Input\n", "A holdings table is CSV (UTF-8), XLSX, ODS or, with the extra parquet, Parquet: a header row and one row for each asset of each portfolio.",
             "Settings are a table with the columns setting and value (and portfolio, when it differs), or `--set NAME=VALUE`.\n"]  # fmt: skip
    for title, fields in (("Holdings", HOLDINGS), ("Settings", SETTINGS)):
        lines += [f"\n## {title}\n", "| name | meaning | unit | allowed | default |", "|---|---|---|---|---|"]
        for field in fields:
            allowed = ", ".join(field.choices) or field.domain.text or field.kind
            name = f"**{field.name}**" if field.required else field.name
            lines.append(f"| {name} | {field.meaning} | {field.unit} | {allowed} | {_default(field.default)} |")
    texts = POSITIONS_TEXT + TRACKERS_TEXT + PRICES_TEXT + LEDGER_TEXT
    return GENERATED + "\n".join(lines) + "\n\nNames in bold are required.\n" + texts


def _default(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "; ".join(f"{item:g}" for item in value)
    return str(value) if isinstance(value, str) else excel_literal(value)


TODAY_TEXT = """
## Contracts of today

Figures change: what a venue publishes today becomes a table of your own, which `--contracts TABLE`, the environment
variable `XLHEDGE_CONTRACTS` and the workbook's Contracts sheet take.

    xlhedge contracts --refresh bybit --out mine.csv                 asks the venue (pip install "xlhedge[live]")
    xlhedge contracts --read instruments.json tiers.json --out mine.csv    reads its answers, saved by hand
    xlhedge contracts --diff mine.csv                                what that changes in the shipped table

Open an address of the table below in a browser and save what it answers. The files of one venue are read together, in any
order and under any name: what they are is told by what is in them. Files of several venues are read one venue at a time.

* Each figure has the venue's address as its source and the day of the payload; for one that states no time, that of
  `--as-of`, else today, which is said. What the payload leaves open (such as whether a rate holds on a slice or on the whole
  position) is marked as not verified, with a note.
* Linear, quanto and other contracts that the formulas do not fit are left out and counted.
* A contract that is to end, or that does not trade on that day, has `listed_until`. One that the shipped table has as ended
  and that trades gets it back.
* What no payload states (fees at Bybit, OKX, Kraken and Binance; maintenance at Deribit and HTX) stays what it was: shipped,
  or your own. It is listed.
* A table that is there keeps whatever was not read: contracts that a payload no longer has, other venues, figures of your
  own. What is kept and what of yours is replaced is said; figures that are newer than the payload are not replaced. An answer
  that is an error, breaks off or is empty changes nothing.
* `--diff`, and `--read` or `--refresh` without `--out`, list each figure that differs, old -> new with both dates, contracts
  that are new, and perpetuals that are gone from a list that has others of the venue on several coins. Figures that
  are shipped with a later date than that of the payload stay, which is said. A change is worse for a plan if a
  contract is gone or ends; if what it is, its face, coin or expiry differs; if a fee, a step or the initial rate rises, the
  largest leverage or position falls, or some position needs more maintenance than before. Then the exit code is 4, else 0.

"""


def contracts_page() -> str:
    """What is established of each venue's contracts, and what is absent."""
    shown = (
        "face",
        "lot",
        "tick",
        "maker",
        "taker",
        "funding_hours",
        "liq_method",
        "mmr",
        "rates",
        "slope",
        "listed_until",
    )
    lines = ["# Contracts\n", "A figure with no source is absent, and looking it up says how to supply your own. Every figure has its source,",
             "date and whether it was verified: `xlhedge contracts VENUE`, with its age; `--older-than DAYS` lists what is older.",
             "The date is that of the fact, else of its source; a source without one counts from the day it was read, and says so.\n",
             "| venue | contract | " + " | ".join(shown) + " |", "|" + "---|" * (len(shown) + 2)]  # fmt: skip
    for venue in venues():
        for symbol in _main_symbols(venue):
            try:
                found = contract(venue, symbol)
            except XlhedgeError as error:
                lines.append(
                    f"| {venue} | {symbol} | " + " | ".join([f"refused: {error}"] + [""] * (len(shown) - 1)) + " |"
                )
                continue
            lines.append(f"| {venue} | {symbol} | " + " | ".join(_value(found.get(name)) for name in shown) + " |")
    lines += _dated()
    lines += [TODAY_TEXT, "| venue | address | tells |", "|---|---|---|"]
    lines += [f"| {each.venue} | {each.address.replace('https://', '')} | {each.tells} |" for each in ENDPOINTS]
    lines += ["\n## Fields\n", "| field | unit | meaning |", "|---|---|---|"]
    lines += [f"| {name} | {field.unit} | {field.meaning} |" for name, field in FIELDS.items()]
    return GENERATED + "\n".join(lines) + "\n"


def _dated() -> Iterator[str]:
    """The series of dated contracts, which are known by a rule and not one by one."""
    shown = ("coin", "calendar", "face", "tick", "settlement_fee", "settlement", "mmr", "rates", "listed_until")
    yield "\n## Dated contracts\n"
    yield "A symbol says when its contract expires: the date, or its month as a letter (H March, M June, U September, Z December)."
    yield "One that the venue's calendar does not have is refused: quarter is the last Friday of March, June, September and"
    yield "December, month the last Friday of any month, week any Friday.\n"
    yield "| venue | contract | " + " | ".join(shown) + " |\n" + "|" + "---|" * (len(shown) + 2)
    for venue in venues():
        found = {fact.symbol: {} for fact in facts(venue) if is_series(fact.symbol)}
        for fact in facts(venue):
            for symbol in found:
                if fact.symbol == symbol or fact.symbol == EVERY and fact.field not in found[symbol]:
                    found[symbol][fact.field] = fact.value
        for symbol, values in found.items():
            yield f"| {venue} | `{symbol}` | " + " | ".join(_value(values.get(name)) for name in shown) + " |"


def _main_symbols(venue: str) -> list[str]:
    """The contracts on BTC and ETH, or whatever else is listed."""
    listed = symbols(venue)
    main = [symbol for symbol in listed if symbol.upper().startswith(("BTC", "XBT", "ETH", "PI_XBT", "PI_ETH"))]
    return main or list(listed[:2])


def _value(value: object) -> str:
    if value is None:
        return ""
    return (
        "; ".join(f"{item:g}" for item in value)
        if isinstance(value, tuple)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


PAGES: dict[str, Callable[[], str]] = {
    "functions.md": functions_page, "inputs.md": inputs_page, "contracts.md": contracts_page,
}  # fmt: skip
"""The pages by their names in docs/; that of the command line is in xlhedge/cli_reference.py."""
