"""Stress sheets against an account kept in plain Python: random portfolios of every method, with funding, peaks and steps.

The account follows each hedge by itself through the rows of a set, and imports nothing of how xlhedge computes.
"""

import random

import pytest
from test_referee import differences

from xlhedge.intake import read_portfolios
from xlhedge.portfolio.scenarios import Scenario
from xlhedge.workbook.file.writer import write
from xlhedge.workbook.model import build_model

METHODS = ("mark", "product", "entry", "slope", "ladder")
FLOORS, RATES = (0.0, 5.0, 10.0, 20.0, 50.0, 100.0), (0.004, 0.005, 0.01, 0.025, 0.05, 0.1)
PRICES = {"BTC": 60_000.0, "ETH": 3_000.0, "SOL": 150.0, "XRP": 0.5, "LTC": 80.0, "DOGE": 0.15}
BLANK = None


# ---- what is made up


def drawn_asset(rng: random.Random, asset: str) -> dict:
    """An open position and the rule of its contract; a short as often as a long, well and badly margined."""
    method, s = rng.choice(METHODS), rng.choice((-1, -1, 1))
    price = float(f"{PRICES[asset] * rng.uniform(0.7, 1.4):.5g}")
    held = rng.uniform(1, 150) if method == "ladder" else 10 ** rng.uniform(0, 3)  # coins of the position
    entry, mmr = float(f"{price * rng.uniform(0.85, 1.2):.5g}"), rng.choice((0.004, 0.01, 0.02))
    rule = {"method": "mark" if method == "ladder" else method, "fee": rng.choice((0.0, 0.0005))}
    rule |= {"mmr": mmr, "amount": rng.choice((0.0, 0.002 * held)) if method in METHODS[:3] else 0.0}
    rule |= {"slope": 0.05 / held if method == "slope" else 0.0, "is_laddered": method == "ladder"}
    qty = s * float(round(held * price))
    coins = float(f"{held * rng.uniform(1.7, 4):.6g}")
    margin = float(f"{held * rng.choice((rng.uniform(0.2, 0.4), rng.uniform(0.4, 1.1))):.6g}")
    return {"asset": asset, "coins": coins, "price": price, "qty": qty, "entry": entry, "margin": margin} | rule


def drawn_rows(rng: random.Random, assets: list[str]) -> tuple[Scenario, ...]:
    """Rows of a set, several in a chain now and then."""

    def move() -> float:
        return round(rng.choice((rng.uniform(-0.7, 0.3), rng.uniform(0, 1.5))), 4)

    rows = []
    for number in range(12):
        own = {asset: move() for asset in assets if rng.random() < 0.4}
        rows.append(Scenario(
            f"Row {number}", own, rng.choice((BLANK, move(), move())), rng.choice((BLANK, -0.0008, -0.0002, 0.0003)),
            rng.choice((BLANK, 10.0, 90.0)), rng.choice((BLANK, BLANK, -0.05, 0.02)), rng.choice((BLANK, BLANK, move())),
            number > 0 and rng.random() < 0.5,
        ))  # fmt: skip
    return tuple(rows)


def read(folder, rng: random.Random) -> tuple:
    """A portfolio read from files, its rows as they were made up, and its cash."""
    assets = [drawn_asset(rng, asset) for asset in rng.sample(sorted(PRICES), rng.randint(1, 6))]
    cash = rng.choice((0.0, 50_000.0))
    return read_as(folder, assets, cash), assets, cash


def read_as(folder, assets: list[dict], cash: float):
    """A portfolio of positions and cash, read from files; the plan leaves the positions as they are."""
    lines, facts = ["asset,coins,price,venue,contract,qty,entry,margin"], ["venue,symbol,field,value"]
    for one in assets:
        symbol = f"{one['asset']}USD"
        lines.append(",".join([
            one["asset"], *(repr(one[name]) for name in ("coins", "price")), "desk", symbol,
            *(repr(one[name]) for name in ("qty", "entry", "margin")),
        ]))  # fmt: skip
        told = {"kind": "inverse", "face": 1, "coin": one["asset"], "taker": 0.0005, "liq_method": one["method"],
                "liq_price_fee": one["fee"]}  # fmt: skip
        if one["is_laddered"]:
            told |= {"tier_type": "marginal", "tier_unit": "coin", "floors": ";".join(map(str, FLOORS)),
                     "rates": ";".join(map(str, RATES))}  # fmt: skip
        else:
            told |= {"mmr": one["mmr"], "amount": one["amount"]} | (
                {"slope": one["slope"]} if one["method"] == "slope" else {}
            )
        facts += [f"desk,{symbol},{field},{value!r}".replace("'", "") for field, value in told.items()]
    lines += [f"USDC,{cash!r},1,,,,,"] if cash else []
    (folder / "h.csv").write_text("\n".join(lines) + "\n")
    (folder / "own.csv").write_text("\n".join(facts) + "\n")
    (portfolio,), errors = read_portfolios(
        folder / "h.csv", None, {"long_underweight": "TRUE", "band": "1"}, folder / "own.csv"
    )
    assert not errors, errors
    return portfolio


# ---- the account


def owed(one: dict, price: float) -> float:
    """Maintenance of a position at a price [coin]."""
    size, opened, s = abs(one["qty"]) / price, abs(one["qty"]) / one["entry"], 1 if one["qty"] > 0 else -1
    if one["is_laddered"]:
        slices = zip(FLOORS, [*FLOORS[1:], float("inf")], RATES)
        return sum(rate * max(0.0, min(size, end) - start) for start, end, rate in slices) + one["fee"] * size
    if one["method"] == "entry":
        return max(0.0, (one["mmr"] + one["fee"]) * opened - one["amount"])
    rate = one["mmr"] + one["fee"]
    if one["method"] == "product":
        rate += s * one["mmr"] * one["fee"]
    return max(0.0, (rate + one["slope"] * size) * size - one["amount"])


def opened(one: dict) -> float:
    """Coins without the gain that the position has made since its entry."""
    return one["coins"] - one["qty"] * (1 / one["entry"] - 1 / one["price"])


def ended(one: dict, row: Scenario) -> float:
    """The price at the end of a row."""
    move = row.moves.get(one["asset"], row.other)
    return one["price"] * (1 + (0.0 if move is None else move))


def followed(one: dict, rows: tuple[Scenario, ...], hours: float) -> list[tuple[float, bool]]:
    """What coins and hedge of one asset are worth after each row [USD], and whether the hedge is gone."""
    qty, entry, price = one["qty"], one["entry"], one["price"]
    coins, told = opened(one), []
    for row in rows:
        if not row.continues:
            coin, usd, basis, is_gone = 0.0, 0.0, 0.0, False
        end = ended(one, row)
        paid = (row.funding_rate or 0.0) * (row.days or 0.0) * 24 / hours * qty
        coin, usd, basis = coin - paid / price, usd - paid, basis + (row.basis or 0.0) * abs(qty)
        for at in (end, None if row.peak is None else price * (1 + row.peak)):
            if at is not None and not is_gone:
                equity = one["margin"] + coin + basis / at + qty * (1 / entry - 1 / at)
                is_gone = equity <= owed(one, at)
        pnl = -one["margin"] * end if is_gone else qty * (end / entry - 1) + usd + basis
        told.append((coins * end + pnl, is_gone))
    return told


# ---- against the sheet


def on_the_sheet(book, name: str) -> dict[str, list]:
    """Columns of results by header and unit, of the rows that have a name."""
    blocks = book.sheets[name].blocks
    top = next(block for block in blocks if block.typed == "scenario")
    heads = {(b.row, b.column): b.values[0, 0, 0] for b in blocks if b.row in (top.row - 2, top.row - 1)}
    count = sum(value is not None for value in top.values[:, 0, 0])
    return {
        f"{heads[top.row - 2, b.column]} {heads[top.row - 1, b.column]}": b.values[:count, 0, 0].tolist()
        for b in blocks if b.row == top.row and b.node is not None and (top.row - 1, b.column) in heads
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_every_row_is_what_the_account_says(tmp_path, seed):
    rng = random.Random(f"stress {seed}")
    portfolio, assets, cash = read(tmp_path, rng)
    rows = drawn_rows(rng, [one["asset"] for one in assets])
    book = build_model(portfolio, scenarios={"Set": rows})
    assert not book.parts["size"].trade.value.any(), "the plan leaves the open positions as they are"
    told = [followed(one, rows, portfolio.settings.funding_hours) for one in assets]
    values = [cash + sum(worth for worth, _ in row) for row in zip(*told)]
    gone = [sum(is_gone for _, is_gone in row) for row in zip(*told)]
    before = cash + sum(one["coins"] * one["price"] for one in assets)
    found = on_the_sheet(book, "Set")
    assert found["Hedges liquidated number"] == gone
    assert found["Value USD"] == pytest.approx(values, rel=1e-9)
    assert found["Change USD"] == pytest.approx([value - before for value in values], rel=1e-9, abs=1e-9 * before)
    untold = [row.other is None and any(one["asset"] not in row.moves for one in assets) for row in rows]
    assert found["To be looked at text"] == ["a coin has no move" if each else "" for each in untold]
    unhedged = [cash + sum(opened(one) * ended(one, row) for one in assets) for row in rows]
    assert found["Unhedged value USD"] == pytest.approx(unhedged, rel=1e-9)


def test_the_draws_cover_what_they_are_to_cover(tmp_path):
    """Each method, long and short, liquidated at an end, only at a peak, only with its funding, and by a row before."""
    seen = set()
    for seed in range(40):
        rng = random.Random(f"stress {seed}")
        _, assets, _ = read(tmp_path, rng)
        rows = drawn_rows(rng, [one["asset"] for one in assets])
        for one in assets:
            told = followed(one, rows, 8)
            bare = followed(one, tuple(row._replace(peak=None) for row in rows), 8)
            free = followed(one, tuple(row._replace(funding_rate=None) for row in rows), 8)
            alone = followed(one, tuple(row._replace(continues=False) for row in rows), 8)
            for (_, gone), (_, unpeaked), (_, unpaid), (_, single) in zip(told, bare, free, alone):
                seen |= {("ladder" if one["is_laddered"] else one["method"], one["qty"] > 0, gone)}
                seen |= {
                    what
                    for what, other in (("peak", unpeaked), ("funding", unpaid), ("step", single))
                    if gone and not other
                }
    assert len(seen) == 2 * 2 * len(METHODS) + 3


@pytest.mark.parametrize("seed", (3, 11))
def test_calc_says_the_same(calc, tmp_path, seed):
    rng = random.Random(f"stress {seed}")
    portfolio, assets, _ = read(tmp_path, rng)
    rows = drawn_rows(rng, [one["asset"] for one in assets])
    write(build_model(portfolio, scenarios={"Set": rows}), tmp_path / "book.xlsx")
    with calc.open(tmp_path / "book.xlsx") as book:
        book.recalculate()
        assert differences(tmp_path / "book.xlsx", book) == []
