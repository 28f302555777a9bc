"""docs/domain.md: every example on it is evaluated, most a second time from first principles, and no function is missing.

An example is a span of code with = and its exact result, or with ≈ and a result that is rounded to the digits shown. A
table whose header holds calls of P has an example in each cell; its first column is P.
"""

import math
import re
import statistics
from functools import partial
from itertools import accumulate
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_oracle import HIGHEST, LOWEST, account, maintenance, pnl, root, tiered_maintenance
from test_worked_example import CALLS

import xlhedge.contracts as contracts
from xlhedge.cli import main
from xlhedge.errors import NotAvailableError
from xlhedge.expression import parse_call
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "domain.md").read_text("utf-8")
SPANS = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", PAGE)]
NAME = r"\b[A-Z][A-Z_]+[A-Z]\b"

VALUE = r'"none"|TRUE|FALSE|#[A-Z/]+!?|\{[^}]*\}|-?\d{1,3}(?:,\d{3})+|-?\d+(?:\.\d+)?'
EXAMPLE = re.compile(rf"`([^`]+)`\s+([=≈])\s+`?({VALUE})`?([^`|]*)")


def in_tables():
    """The examples in the tables of P: the call for each row's P, the sign and the value."""
    for header, rows in re.findall(r"^\| P \|(.+)\|\n\|[-|]+\n((?:\|.+\n)+)", PAGE, re.MULTILINE):
        calls = re.findall(r"`([^`]+)`", header)
        for row in filter(lambda row: re.match(r"\| [\d,]+ \|", row), rows.splitlines()):
            price, *cells = (cell.strip() for cell in row.strip("|").split("|"))
            for call, cell in zip(calls, cells, strict=True):
                sign, value = ("≈", cell[2:]) if cell.startswith("≈ ") else ("=", cell)
                yield re.sub(r"\bP\b", price.replace(",", ""), call), sign, value, ""


EXAMPLES = [tuple(re.sub(r"\s+", " ", part) for part in found) for found in (*EXAMPLE.findall(PAGE), *in_tables())]
IDS = [call for call, *_ in EXAMPLES]
ORDER = EXAMPLE.findall((ROOT / "docs" / "order.md").read_text("utf-8"))


def exact(sign, value):
    """A printed value, and how far from it a result may lie."""
    number = value.replace(",", "")
    decimals = len(number.partition(".")[2])
    return float(number), 0.5 * 10.0**-decimals if sign == "≈" and decimals else 0.0


def agrees(result, sign, value) -> bool:
    """Whether a cell, or each cell of a range, is the printed one."""
    if isinstance(result, list):
        rows = [re.findall(r'"[^"]*"|[^,]+', row) for row in re.sub(r"\s", "", value).strip("{}").split(";")]
        pairs = [pair for cells, row in zip(result, rows, strict=True) for pair in zip(cells, row, strict=True)]
        return all(agrees(cell, sign, printed) for cell, printed in pairs)
    if isinstance(result, (str, bool)):
        return str(result).replace(" ", "").lower() == value.strip('"').replace(" ", "").lower()
    number, off = exact(sign, value)
    return math.isclose(result, number, rel_tol=1e-12, abs_tol=max(off, 1e-15))


@pytest.mark.parametrize("call,sign,value,rest", EXAMPLES, ids=IDS)
def test_example(call, sign, value, rest):
    _, result = parse_call(call, sheet_call)
    assert agrees(result, sign, value), f"{call} is {result!r}, the page has {value}"


@pytest.mark.parametrize("call,sign,value,_", ORDER, ids=[call for call, *_ in ORDER])
def test_example_of_the_page_on_order(call, sign, value, _):
    assert agrees(parse_call(call, sheet_call)[1], sign, value)


@pytest.mark.parametrize("call,sign,value,rest", [e for e in EXAMPLES if e[3]], ids=[e[0] for e in EXAMPLES if e[3]])
def test_unit_is_the_one_that_eval_prints(call, sign, value, rest):
    if re.search(r"[\d}]$", value):
        printed = (CliRunner().invoke(main, ["eval", "--", call]).stdout.splitlines() or [""])[-1]
        units = printed.partition(" ")[2].split(" or ")
        assert not units[0] or rest.startswith(tuple(f" {unit}" for unit in units)), printed


def test_there_are_many_examples_and_none_is_overlooked():
    assert len(EXAMPLES) > 150 and len(list(in_tables())) == 35 and len(ORDER) == 4
    assert len(EXAMPLE.findall(PAGE)) == len(re.findall(r"`\s+[=≈]", PAGE)), "an example that cannot be read"


# ---- the same from first principles: no closed form of the package is used below


def first_loss(surplus, qty, entry):
    """Where the equity falls to the maintenance; for a position that is already below it, where it would rise to it."""
    onwards = HIGHEST if (qty < 0) == (surplus(entry) > 0) else LOWEST
    return root(surplus, entry, entry * onwards) or math.inf


def owed_by(method, qty, entry, mmr, amount, fee, slope):
    """The maintenance at a price, never below 0."""
    return lambda price: max(0.0, maintenance(method, qty, entry, mmr, fee, slope, price) - amount)


def liq_price(qty, entry, margin, mmr, amount=0.0, fee=0.0, method="mark", slope=0.0, side="adverse"):
    owed = owed_by(method, qty, entry, mmr, amount, fee, slope)
    return first_loss(account(margin, qty, entry, owed), qty if side == "adverse" else -qty, entry)


def liq_price_tiered(qty, entry, margin, floors, rates, fee=0.0, method="mark"):
    owed = partial(tiered_maintenance, method, qty, entry, floors, rates, fee)
    return first_loss(account(margin, qty, entry, owed), qty, entry)


def liq_price_cross(
    qtys, entries, mmrs, balance, basis=0.0, amounts=0.0, fees=0.0, methods="mark", slopes=0.0, side="adverse"
):
    """By bisection over all prices, or on one side of the first entry."""
    lists = (one if isinstance(one, list) else [one] * len(qtys) for one in (basis, amounts, fees, methods, slopes))
    each = list(zip(qtys, entries, mmrs, *lists))

    def left_over(price):
        gained = sum(pnl(qty, entry, price * (1 + b)) for qty, entry, _, b, *_ in each)
        owed = sum(
            maintenance(method, qty, entry, mmr, fee, slope, price * (1 + b)) - amount
            for qty, entry, mmr, b, amount, fee, method, slope in each
        )
        return balance + gained - max(0.0, owed)

    ends = {"above": (entries[0], entries[0] * HIGHEST), "below": (entries[0], entries[0] * LOWEST)}
    return root(left_over, *ends.get(side, (entries[0] * LOWEST, entries[0] * HIGHEST))) or math.inf


def liq_price_after_funding(qty, entry, margin, mmr, rate, interval_hours, days):
    for _ in range(round(24 * days / interval_hours)):
        margin -= rate * qty / entry
    return liq_price(qty, entry, margin, mmr)


def bankruptcy_price(qty, entry, margin, fee=0.0):
    return liq_price(qty, entry, margin, 0.0, 0.0, fee)


def margin_for_move(qty, entry, move, mmr, amount=0.0, fee=0.0, method="mark", slope=0.0):
    price, coins = entry * (1 - math.copysign(move, qty)), abs(qty) / entry
    owed = owed_by(method, qty, entry, mmr, amount, fee, slope)
    return root(lambda margin: account(margin, qty, entry, owed)(price), 1e-9 * coins, 1e3 * coins)


def max_leverage(qty, move, mmr):
    return abs(qty) / margin_for_move(qty, 1.0, move, mmr)


def fees(qty, entry, fee_open, fee_close, price):
    return abs(qty) * (fee_open / entry + fee_close / price)


def break_even(qty, entry, fee_open, fee_close, funding=0.0):
    owed = partial(fees, qty, entry, fee_open, fee_close)
    return root(account(funding, qty, entry, owed), entry * LOWEST, entry * HIGHEST)


def inverse_pnl(qty, entry, price, unit="coin", fee_open=0.0, fee_close=0.0, funding=0.0):
    """Contract by contract: a dollar of face is bought for 1/entry coins and sold for 1/price, or the other way."""
    coins = pnl(qty, entry, price) - fees(qty, entry, fee_open, fee_close, price) + funding
    return coins * (1 if unit == "coin" else price)


def target_price(qty, entry, wanted, unit="coin"):
    return root(lambda p: inverse_pnl(qty, entry, p, unit) - wanted, entry * LOWEST, entry * HIGHEST)


def target_price_roe(qty, entry, leverage, roe, basis="entry"):
    def missing(p):
        return pnl(qty, entry, p) - roe * abs(qty) / (entry if basis == "entry" else p) / leverage

    return root(missing, entry * LOWEST, entry * HIGHEST)


def fills(qtys, prices):
    """The entry and the realised PnL after some fills: what is closed takes its share of the coins that were paid for."""
    qty = coins = realized = 0.0
    for fill, price in zip(qtys, prices):
        closing = 0.0 if qty * fill >= 0 else math.copysign(min(abs(fill), abs(qty)), fill)
        if closing:
            realized += -closing * coins / qty + closing / price
            coins += closing * coins / qty
        qty, coins = qty + fill, coins + (fill - closing) / price
    return qty / coins, realized


def avg_entry(qtys, prices):
    return fills(qtys, prices)[0]


def realized_pnl(qtys, prices):
    return fills(qtys, prices)[1]


def max_qty(balance, price, leverage, fee=0.0, face=1.0):
    """One contract more at a time, until the balance does not carry it."""
    contracts = 0
    while (contracts + 1) * face / price * (1 / leverage + fee) <= balance * (1 + 1e-12):
        contracts += 1
    return contracts


def coin_gamma(qty, price):
    step = price / 1000
    return (pnl(qty, price, price + step) + pnl(qty, price, price - step)) / step**2


def net_exposure(coins, qty, price):
    """Dollars gained from a rise of one dollar, by coins that are owned now and a position that is marked now."""
    return ((coins + pnl(qty, price, price + 1)) * (price + 1) - (coins + pnl(qty, price, price - 1)) * (price - 1)) / 2


def hedged_weight(ratio, entry, price):
    coins = 1 + pnl(-ratio * entry, entry, price)
    return net_exposure(coins, -ratio * entry, price) / coins


def funding_total(qty, rates, marks, unit="coin"):
    qtys = qty if isinstance(qty, list) else [qty] * len(rates)
    return list(accumulate(-r * q / (m if unit == "coin" else 1) for q, r, m in zip(qtys, rates, marks)))[-1]


def funding_apr(rate, interval_hours, compound=False):
    wealth = 1.0
    for _ in range(round(8760 / interval_hours)):
        wealth += rate * (wealth if compound else 1)
    return wealth - 1


def basis_apr(future, spot, days, mode="simple"):
    grown = {"simple": lambda a: 1 + a * days / 365, "compound": lambda a: (1 + a) ** (days / 365),
             "log": lambda a: math.exp(a * days / 365)}[mode]  # fmt: skip
    return root(lambda a: spot * grown(a) - future, 1e-6, 10)


def min_var_hedge(spot, futures):
    return statistics.linear_regression(futures, spot).slope


def hedge_effectiveness(unhedged, hedged):
    return 1 - statistics.variance(hedged) / statistics.variance(unhedged)


AGAIN = {
    function.__name__.upper(): function
    for function in (
        liq_price, liq_price_tiered, liq_price_cross, liq_price_after_funding, bankruptcy_price, margin_for_move,
        max_leverage, break_even, inverse_pnl, target_price, target_price_roe, avg_entry, realized_pnl, max_qty,
        coin_gamma, net_exposure, hedged_weight, funding_total, funding_apr, basis_apr, min_var_hedge,
        hedge_effectiveness,
    )
}  # fmt: skip


def flat(argument):
    return [cell for row in argument for cell in row] if isinstance(argument, list) else argument


def once_more():
    """The examples that are one call of a function in AGAIN and give a price or a number."""
    for call, sign, value, _ in EXAMPLES:
        outermost, result = parse_call(call, sheet_call)
        if outermost and outermost.function.name in AGAIN and (result == "none" or not isinstance(result, (str, list))):
            yield call, sign, value, outermost


ONCE_MORE = list(once_more())


@pytest.mark.parametrize("call,sign,value,outermost", ONCE_MORE, ids=[call for call, *_ in ONCE_MORE])
def test_example_from_first_principles(call, sign, value, outermost):
    found = AGAIN[outermost.function.name](*map(flat, outermost.arguments))
    if value == '"none"':
        assert found == math.inf, call
    else:
        number, off = exact(sign, value)
        tolerance = 1e-6 if outermost.function.name == "COIN_GAMMA" else 1e-9
        assert math.isclose(found, number, rel_tol=tolerance, abs_tol=max(off, 1e-9)), (call, found)


def test_every_function_in_again_is_used():
    assert {outermost.function.name for *_, outermost in ONCE_MORE} == set(AGAIN)


def test_second_price_of_a_slope():
    """Both prices that section 4 names for one short."""
    qty, entry, margin = -300_000_000.0, 60_000.0, 2368.33
    surplus = account(margin, qty, entry, partial(maintenance, "slope", qty, entry, 0.01, 0.0, 0.00005))
    above, below = root(surplus, entry, entry * HIGHEST), root(surplus, entry, entry * LOWEST)
    assert f"{below:.3f}" in PAGE and f"{above:.3f}" in PAGE


# ---- what the page says of the package


def test_every_figure_of_the_worked_example_is_on_the_page():
    packed = {re.sub(r"\s", "", call) for call in IDS}
    assert [call for call, _ in CALLS if re.sub(r"\s", "", call) not in packed] == []


def test_the_page_names_every_function_and_no_other():
    names = {name for span in SPANS for name in re.findall(rf"{NAME}(?=\()|(?<!\S){NAME}(?!\S)", span)}
    assert names - {"TRUE", "FALSE"} == set(FUNCTIONS)


def methods():
    """The liquidation method of each venue that has one."""
    for venue in contracts.venues():
        for symbol in contracts.symbols(venue):
            try:
                yield contracts.spec(venue, symbol, "liq_method"), venue
            except NotAvailableError:
                pass


def test_the_page_names_the_venues_of_each_method():
    told = re.findall(r"^\| `(mark|product|entry|slope)` \|.*\| ([a-z, ]+) \[", PAGE, re.MULTILINE)
    assert {method: venues.split(", ") for method, venues in told} == {
        method: sorted({venue for used, venue in methods() if used == method}) for method, _ in told
    }
    assert len(told) == 4


def test_the_page_has_every_source_that_a_docstring_cites_by_number():
    cited = {number for f in FUNCTIONS.values() for s in f.sources for number in re.findall(r"\b\w{8,}\b", s)}
    numbers = {number for number in cited if any(c.isdigit() for c in number)}
    sources = PAGE.partition("## 14. Sources")[2]
    assert numbers and [number for number in numbers if number not in sources] == []


def test_notes_refer_to_sources_that_are_listed():
    listed = re.findall(r"^(\d+)\. ", PAGE.partition("## 14. Sources")[2], re.MULTILINE)
    cited = {n for note in re.findall(r"\[(\d[\d, ]*)[\],]", PAGE) for n in re.findall(r"\d+", note)}
    assert listed == [str(i + 1) for i in range(len(listed))] and cited == set(listed)


def test_links():
    links = re.findall(r"\]\(([^)#]+)", PAGE)
    assert links and all((ROOT / "docs" / link).exists() for link in links)
