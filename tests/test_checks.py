"""Every line of the Checks sheet turns red: a table of what breaks it, in the files a workbook is built from or in its cells.

A line without a row here fails, so that no check stands there which can never say FALSE.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from commands import run

from xlhedge.hosts.calc import OpenDocument
from xlhedge.intake import read_portfolios
from xlhedge.nodes import letters
from xlhedge.plan import FRESH
from xlhedge.workbook.grid.sheet import Book
from xlhedge.workbook.model import build_model, failed_checks
from xlhedge.workbook.sheets import SHEETS
from xlhedge.workbook.sheets.checks import CHECKS, FLAG_ROW, HEADER_ROW

HOLDINGS = {  # passes every check; BTC is hedged, ETH has a contract but no position
    "BTC": {"coins": 50, "price": 60000, "hedge_ratio": 0.2, "venue": "bybit", "contract": "BTCUSD", "qty": -600000,
            "entry": 60000, "margin": 10, "leverage": 100},
    "ETH": {"coins": 100, "price": 3000, "venue": "bybit", "contract": "ETHUSD"},
    "USDC": {"coins": 300000, "price": 1},
}  # fmt: skip
COLUMNS = [*HOLDINGS["BTC"], "target_weight"]


DONE, REFUSED, FAILED = 0, 3, 4
"""Exit codes of `xlhedge build`."""


class Broken(NamedTuple):
    """What breaks a line of the Checks sheet, what the line then shows, and which others necessarily go with it.

    `changed` is told by asset and column, by ("setting", name) and by ("own fact of BTCUSD", field); or, in a finished
    workbook, by sheet, name and row of what is typed there. `ends` is how a build from the changed input does.
    """

    line: str
    changed: dict[tuple, object]
    figure: float
    limit: float
    also: tuple[str, ...] = ()
    ends: int = FAILED

    def __str__(self) -> str:
        return f"{self.line}: {' '.join(map(str, [*self.changed][0]))}"


RANGES, TARGETS = "Inputs are within their ranges", "Targets add up to at most 1; what is missing is the cash sleeve"
OVER_HEDGED, TOO_MUCH = "No asset is over-hedged", "Margin is not more than the wallet can hold"
SURVIVES, LASTS = "Margin survives the chosen move and adverse funding", "Margin lasts through adverse funding"
TOLD, REACHED, SOURCED, MOVED, DAYS, TWINS, SMALL, OLD = (
    "The margin of every open position is told", "Every asset reaches its target", "Every maintenance rate has a source",
    "Every stress says how far every coin moves", "The days to every expiry are known",
    "No two positions are one position at the venue", "No contract is larger than the hedge that it is for",
    "What is known of the contracts is not old",
)  # fmt: skip
NEAR, LOGGED, FAR, PAID = (
    "No open position is within the red distance of its liquidation", "Positions holds what the log has come to",
    "Every price of a contract is near that of its coin", "Cash and sales pay for purchases, fees and tax",
)  # fmt: skip
BELOW_0, DEAD = "No trade leaves a margin below 0", "No open position is liquidated at the price of now"
OTHER_SIDE = "No position is liquidated on the other side within its move"
TURNED = "No trade turns a long into a short, or back (a qty without its minus does)"
AMBER = {NEAR, LOGGED, FAR, PAID, TOLD, REACHED, SOURCED, MOVED, DAYS, TWINS, SMALL, OLD, TURNED}
SELLS = "No spot trade sells more than is owned"
BENEATH = "Nothing stands below the tables of Inputs, Positions, Contracts and Tiers"
READ = "Every row of the log and of the history is read"

BUILT = (  # files that the reader lets pass, so that the model itself says it
    Broken(TARGETS, {("BTC", "hedge_ratio"): None, ("BTC", "target_weight"): 0.95}, 0.95 + 2 / 12, 1, (REACHED,)),
    Broken(OVER_HEDGED, {
        ("BTC", "qty"): -3_600_000, ("BTC", "margin"): 45, ("BTC", "hedge_ratio"): None, ("BTC", "target_weight"): 0.1,
        ("setting", "band"): 1,
    }, 1, 0),
    Broken("Trades are whole contracts", {("own fact of BTCUSD", "lot"): 0.5, ("BTC", "qty"): -599_998.5}, 1, 0),
    Broken(TOO_MUCH, {("BTC", "margin"): None, ("BTC", "hedge_ratio"): 1, ("setting", "rally"): 100}, 1, 0, (TOLD,)),
    Broken("Margin is at least the initial margin", {("BTC", "leverage"): 1, ("BTC", "margin"): 5}, 1, 0, (SURVIVES,)),
    Broken(SURVIVES, {("BTC", "margin"): 2.5}, 1, 0),
    Broken(LASTS, {("BTC", "margin"): 3.6, ("setting", "adverse_funding_rate"): 0.005}, 1, 0, (SURVIVES,)),
    Broken("Prices are fresh, where their time is given",
           {("setting", "price_time"): "2026-01-01", ("setting", "as_of"): "2026-01-03"}, 48, 24),
    Broken(TOLD, {("BTC", "margin"): None}, 1, 0, ends=DONE),
    Broken(REACHED, {("ETH", "target_weight"): 0.2}, 1, 0, ends=DONE),
    Broken(SMALL, {("ETH", "venue"): "deribit", ("ETH", "contract"): "ETH-PERPETUAL", ("ETH", "coins"): 0.001, ("ETH", "hedge_ratio"): 0.2},
           1, 0, ends=DONE),
    Broken(SELLS, {("BTC", "qty"): 600_000, ("BTC", "hedge_ratio"): None, ("BTC", "target_weight"): 0, ("setting", "mode"): "spot"}, 1, 0,
           (TOO_MUCH, SURVIVES)),
    Broken(TURNED, {("BTC", "qty"): 600_000}, 1, 0, ends=DONE),
    Broken(OLD, {("setting", "fact_days"): 1, ("setting", "price_time"): "2030-01-01"}, 2, 0, ends=DONE),
    Broken(BELOW_0, {("BTC", "hedge_ratio"): 0, ("BTC", "entry"): 50_000, ("BTC", "margin"): 1.9}, 1, 0, (DEAD,)),
    Broken(DEAD, {("BTC", "entry"): 50_000, ("BTC", "margin"): 2}, 1, 0, (SURVIVES,)),
    Broken(NEAR, {("BTC", "margin"): 1.2}, 1, 0, (SURVIVES,)),
    Broken(OTHER_SIDE, {
        ("BTC", "venue"): "deribit", ("BTC", "contract"): "BTC-PERPETUAL", ("BTC", "coins"): 20_000, ("BTC", "qty"): -600_000_000,
        ("BTC", "hedge_ratio"): 0.5, ("BTC", "margin"): 7600, ("BTC", "leverage"): 1.9,
    }, 1, 0),
    Broken(PAID, {("setting", "mode"): "spot", ("ETH", "target_weight"): 0.2}, 420_000 * 1.0005 - 300_000, 0, ends=DONE),
    Broken(SOURCED, {("BTC", "venue"): "htx", ("BTC", "contract"): "BTC-USD", ("setting", "mmr"): 0.01}, 1, 0, ends=DONE),
)  # fmt: skip

TYPED = (  # a finished workbook; most of it the reader refuses, and formulas typed over are as they were in a new one
    Broken("Coins and prices are all numbers", {("Inputs", "coins", "ETH"): None}, 5, 6, ends=REFUSED),
    Broken("No text stands where a number is due", {("Inputs", "cost_basis", "ETH"): "soon"}, 1, 0, ends=REFUSED),
    Broken(RANGES, {("Inputs", "cost_basis", "ETH"): -5.0}, 1, 0, ends=REFUSED),
    Broken("Portfolio has a value", {("Inputs", "coins", "USDC"): -4e6}, -700_000, 0,
           (RANGES, TARGETS, OVER_HEDGED, TOO_MUCH, REACHED, SELLS), REFUSED),
    Broken("Weights add up to 1", {("Allocation", "weight", 1): 0.5}, 0.5 + 11 / 12, 1, ends=DONE),
    Broken("Holdings and stresses start from the same value", {("Stress", "now", 0): 1e6}, 1e6, 3.6e6, ends=DONE),
    Broken(MOVED, {("Stress", "other", 3): None}, 1, 0, ends=DONE),
    Broken("Every hedge has a position", {("Positions", "asset", "BTC"): None, ("Positions", "contract", 0): None,
           ("Positions", "qty", 0): None, ("Positions", "entry", 0): None, ("Positions", "margin", 0): None,
           ("Positions", "leverage", 0): None}, 1, 0, (REACHED, LOGGED), REFUSED),
    Broken("Every position hedges an asset of Inputs", {("Positions", "asset", "ETH"): "DOGE"}, 1, 0,
           ("No contract is on another coin, unless a beta names it a proxy",), REFUSED),
    Broken("Every position has a contract whose face is known", {("Contracts", "face", "bybit ETHUSD"): "unknown"}, 1, 0,
           ends=REFUSED),
    Broken("No contract is on another coin, unless a beta names it a proxy", {("Positions", "contract", "ETH"): "bybit XRPUSD"},
           1, 0, ends=REFUSED),
    Broken("The shares of each asset add up to 1", {("Positions", "share", "ETH"): 0.5}, 1, 0, ends=REFUSED),
    Broken("Positions of an account are of one coin and one venue",
           {("Positions", "account", "BTC"): "main", ("Positions", "account", "ETH"): "main"}, 1, 0, ends=REFUSED),
    Broken("Every dated contract has its own price",
           {("Positions", "expiry", "ETH"): 47_000.0, ("Inputs", "price_time", 0): 46_000.0, ("Inputs", "as_of", 0): 46_000.0},
           1, 0, ends=REFUSED),
    Broken(DAYS, {("Positions", "expiry", "ETH"): 47_000.0, ("Positions", "mark", "ETH"): 3000.0},
           1, 0, ends=REFUSED),
    Broken("The coin of every margin is held", {("Positions", "beta", "BTC"): 1.0, ("Positions", "mark", "BTC"): 60_000.0,
           ("Contracts", "coin", "bybit BTCUSD"): "XRP"}, 1, 0, ends=REFUSED),
    Broken(TWINS,
           {("Positions", "asset", 2): "BTC", ("Positions", "contract", 2): "bybit BTCUSD"}, 1, 0, ends=REFUSED),
    Broken("The maintenance rate of every contract is known", {("Contracts", "mmr", "bybit ETHUSD"): "unknown"}, 1, 0,
           (LASTS, OTHER_SIDE, DEAD, NEAR), REFUSED),
    Broken("The liquidation method of every contract is known", {("Contracts", "method", "bybit ETHUSD"): "unknown"}, 1, 0,
           (OTHER_SIDE, NEAR), REFUSED),
    Broken("Maintenance rates hold at these sizes", {("Contracts", "cap", "bybit BTCUSD"): 5.0}, 1, 0, ends=REFUSED),
    Broken("No new hedge on a contract that is no longer listed",
           {("Contracts", "listed_until", "bybit BTCUSD"): 40_000.0, ("Inputs", "hedge_ratio", "BTC"): 0.25}, 1, 0, ends=REFUSED),
    Broken("Every asset stands on Inputs once", {("Inputs", "asset", "USDC"): "ETH"}, 1, 0, ends=REFUSED),
    Broken("Every setting that has a usual value is given", {("Inputs", "tax_spot", 0): None}, 1, 0, ends=DONE),
    Broken("Every dated contract has its expiry", {("Positions", "listed_as", "ETH"): "bybit ETHUSD{MYY}",
           ("Positions", "mark", "ETH"): 3000.0, ("Positions", "mmr", "ETH"): 0.01}, 1, 0, (DAYS,), DONE),
    Broken("Every open position has its entry", {("Positions", "entry", "BTC"): None}, 1, 0, ends=REFUSED),
    Broken(FAR, {("Positions", "mark", "ETH"): 3300.0}, 1, 0, ends=DONE),
    Broken("No beta stands beside a contract on the coin itself", {("Positions", "beta", "ETH"): 2.0}, 1, 0, ends=REFUSED),
    Broken(LOGGED, {("Monitor", "position", 0): "BTC bybit BTCUSD", ("Monitor", "fill", 0): 1000.0, ("Monitor", "price", 0): 60_000.0},
           1, 0, ends=DONE),
    Broken(READ, {("Monitor", "fill", 5): 1000.0}, 1, 0),
    Broken(READ, {("Replay", "price", 9): None}, 80, 0),
    Broken("Log and history are in order, and nothing stands below them",
           {("Monitor", "time", 0): 46_000.0, ("Monitor", "time", 1): 45_000.0}, 1, 0, (READ,)),
    Broken("The assets chosen on Scenarios, Compare and Replay are held", {("Compare", "asset", 0): "DOGE"}, 1, 0,
           ends=REFUSED),
    Broken(BENEATH, {("Inputs", "cost_basis", 4): 5.0}, 1, 0, ends=REFUSED),
    Broken(BENEATH, {("Positions", "qty", 4): 5.0}, 1, 0, ends=REFUSED),
)  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> tuple[Path, Book]:
    """The workbook that passes every check, and its model."""
    folder = tmp_path_factory.mktemp("sound")
    assert run("build", *build_arguments(folder, {})).exit_code == DONE
    return folder / "book.xlsx", build_model(read_portfolios(folder / "h.csv")[0][0])


@pytest.fixture(scope="module")
def finished(sound, plain_office) -> Iterator[OpenDocument]:
    """That workbook, open in LibreOffice."""
    with plain_office.running().open(sound[0]) as document:
        yield document


def test_every_line_has_a_row_here(finished):
    lines = {text for address, text in finished.cells(CHECKS.name).items() if is_line(address)}
    missing, unknown = lines - {row.line for row in (*BUILT, *TYPED)}, {row.line for row in (*BUILT, *TYPED)} - lines
    assert not missing, f"no test turns these lines of Checks red: {sorted(missing)}"
    assert not unknown, f"these are no lines of Checks: {sorted(unknown)}"


@pytest.mark.parametrize("row", BUILT, ids=str)
def test_a_line_is_red_in_what_is_built(calc, finished, tmp_path, row):
    assert_green(finished)
    arguments = build_arguments(tmp_path, row.changed)
    assert_told(run("build", *arguments), row)
    table = tmp_path / "own.csv" if "--contracts" in arguments else None
    overrides = {name: str(value) for (where, name), value in row.changed.items() if where == "setting"}
    (portfolio,), errors = read_portfolios(tmp_path / "h.csv", None, overrides, table)
    assert errors == [] and failing(build_model(portfolio)) == {row.line, *row.also}
    with calc.open(tmp_path / "book.xlsx") as document:
        assert_red(row, document)


@pytest.mark.parametrize("row", TYPED, ids=str)
def test_a_line_turns_red_in_the_finished_workbook(finished, sound, tmp_path, row):
    assert_green(finished)
    places = {place: (place[0], address(sound[1], *place)) for place in row.changed}
    before = {at: finished.formulas(at[0]).get(at[1], finished.get(*at)) for at in places.values()}
    try:
        for place, value in row.changed.items():
            finished.set(*places[place], value)
        assert_red(row, finished)
        saved = finished.save(tmp_path / "saved.xlsx")
    finally:
        for at, value in before.items():
            finished.set(*at, value)
    assert_green(finished)
    result = run("build", saved, "--out", tmp_path / "again.xlsx")
    is_told = row.ends != REFUSED and (row.ends == FAILED or row.line in AMBER)
    assert_told(result, row) if is_told else assert_ends(result, row)


def failing(model: Book) -> set[str]:
    """The lines that say FALSE, red and amber; each of its own severity."""
    red, amber = ({*failed_checks(model, severity=severity)} for severity in ("red", "amber"))
    assert red.isdisjoint(AMBER) and amber <= AMBER
    return red | amber


def build_arguments(folder: Path, changed: dict[tuple, object]) -> list:
    """The holdings with some changes, as arguments of `xlhedge build` and as files in the folder."""
    lines = [",".join(["asset", *COLUMNS])]
    for asset, cells in HOLDINGS.items():
        told = cells | {name: value for (where, name), value in changed.items() if where == asset}
        lines.append(",".join([asset, *("" if told.get(name) is None else str(told[name]) for name in COLUMNS)]))
    (folder / "h.csv").write_text("\n".join(lines) + "\n")
    facts = [f"bybit,BTCUSD,{name},{value}\n" for (where, name), value in changed.items() if where.startswith("own")]
    (folder / "own.csv").write_text("venue,symbol,field,value\n" + "".join(facts))
    given = [f"--set={name}={value}" for (where, name), value in changed.items() if where == "setting"]
    return [
        folder / "h.csv",
        "--out",
        folder / "book.xlsx",
        *given,
        *(["--contracts", folder / "own.csv"] if facts else []),
    ]


def address(model: Book, sheet: str, name: str, row: int | str) -> str:
    """Where something is typed, in a row or that of an asset or contract; or where a formula stands."""
    typed = {block.typed: block for block in model.sheets[sheet].blocks if block.typed}
    if name not in typed:
        formula = {"weight": model.parts["weights"].weight, "now": model.parts["stress"].now}[name].node
        return f"{letters(formula.column)}{formula.row + row}"
    if isinstance(row, str):
        row = [*typed["key" if "key" in typed else "asset"].values[:, 0, 0]].index(row)
    return f"{letters(typed[name].column)}{typed[name].row + row}"


def is_line(address: str) -> bool:
    """Whether a cell of the Checks sheet holds the name of a line."""
    return address[0] == "A" and int(address[1:]) > HEADER_ROW


def red_lines(document: OpenDocument) -> dict[str, tuple]:
    """The lines of the Checks sheet that say FALSE, red or amber, each with its figure and limit."""
    told = document.cells(CHECKS.name)
    rows = [address[1:] for address in told if is_line(address)]
    assert {type(told[f"F{row}"]) for row in rows} == {bool}, "a line says neither TRUE nor FALSE"
    return {told[f"A{row}"]: (told[f"B{row}"], told[f"D{row}"]) for row in rows if not told[f"F{row}"]}


def flags(document: OpenDocument) -> dict[str, object]:
    """What the flag of every sheet says."""
    places = {record.name: f"{letters(record.flag_column)}1" for record in SHEETS}
    own = {CHECKS.name: f"F{FLAG_ROW}", AND_AMBER: f"F{FLAG_ROW + 1}"}
    return {name: document.get(name.split(":")[0], place) for name, place in (places | own).items()}


AND_AMBER = f"{CHECKS.name}: amber too"


def expected_flags(each: str, master: bool, clean: bool) -> dict[str, object]:
    return {record.name: master if record is CHECKS else each for record in SHEETS} | {AND_AMBER: clean}


def assert_green(document: OpenDocument) -> None:
    """Every line is TRUE, and every flag says so."""
    assert red_lines(document) == {} and flags(document) == expected_flags("all checks pass", True, True)


def assert_red(row: Broken, document: OpenDocument) -> None:
    """The line is red with its figure and limit, no others but those that go with it are, and every flag says so."""
    red = red_lines(document)
    assert {*red} == {row.line, *row.also}
    assert red[row.line] == pytest.approx((row.figure, row.limit))
    is_amber = {*red} <= AMBER
    assert flags(document) == expected_flags("pass, but see:" if is_amber else "see Checks:", is_amber, False)


def assert_ends(result, row: Broken) -> None:
    """`xlhedge build` ended as the row says."""
    assert result.exit_code == row.ends, result.output


def assert_told(result, row: Broken) -> None:
    """`xlhedge build` ended with the code of a failed check, and named the lines; that prices are old now stands on no sheet."""
    assert_ends(result, row)
    told = [line.split(": ") for line in result.stderr.splitlines() if "warning: " not in line and FRESH not in line]
    assert {line[2]: line[1] for line in told} == {
        name: "amber" if name in AMBER else "check failed" for name in (row.line, *row.also)
    }, result.output
