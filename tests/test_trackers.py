"""Holdings as trackers, exchanges and banks export them: each layout is read as it is, or one sentence says what to change.

All layouts of tests/data/trackers hold 0.5 BTC at 60,000 and 2 ETH at 3,000 USD, some of them 4,000 dollars too. Where they
tell costs, BTC cost 26,000 and ETH 6,500 USD in all: 52,000 and 3,250 a coin. Targets are 60, 25 and 15 %.
"""

import json
import random

import pytest
from batches import batch, manifest
from commands import run
from trackers import (
    BTC, COST, DUST, ETH, LAYOUTS, NO_COST, NO_TARGETS, TARGETS, USD, USDC, USDT, held, written,
)  # fmt: skip

from xlhedge.errors import XlhedgeError
from xlhedge.intake.named import named

READ = {  # what is held, costs of a coin, targets, and every note
    "coingecko": ((BTC, ETH, USDT), NO_COST, NO_TARGETS, (
        "column Symbol read as asset, Holdings as coins",
        "points are decimals and commas thousands, as $60,000.00 in row 2 tells",
        "columns not needed and not read: Coin, 24h %, Profit / Loss (USD)",
    )),
    "cointracker": ((BTC, ETH), COST, NO_TARGETS, (
        "column Currency read as asset, Amount as coins",
        "price is Market value (USD) divided by the coins",
        "cost_basis is Cost basis (USD), what all coins cost, divided by the coins",
        "columns not needed and not read: Wallet, ROI",
        "added up: BTC (rows 2, 3)",
    )),
    "koinly": ((BTC, ETH), COST, NO_TARGETS, (
        "rows 1 to 2 above the header, which is row 4, are not read",
        "column Balance read as coins",
        "row 8 (Total) is the sum of rows above and is left out",
        "price is Market Value (USD) divided by the coins",
        "cost_basis is Cost (USD), what all coins cost, divided by the coins",
        "column not needed and not read: Wallet",
        "added up: ETH (rows 6, 7)",
    )),
    "delta": ((BTC, ETH, USDC), (*COST, 1.0), NO_TARGETS, (
        "column coin read as asset, amount as coins, current price as price, avg buy price as cost_basis",
        "column allocation is not read: it is the share held now; call it target where it is a target",
    )),
    "blockfolio": ((BTC, ETH, USDT), NO_COST, TARGETS, (
        "column Ticker read as asset, Qty as coins, Last Price as price, Target % as target_weight",
        "column Target % is read in percent",
    )),
    "kraken": ((BTC, ETH, USD, DUST), NO_COST, NO_TARGETS, (
        "column balance read as coins",
        "asset XXBT is BTC, XBT.M is BTC, XETH is ETH, ZUSD is USD, XXDG is DOGE",
        "added up: BTC (rows 2, 3)",
    )),
    "coinbase": ((BTC, ETH), NO_COST, NO_TARGETS, (
        "rows 1 to 2 above the header, which is row 4, are not read",
        "column Ticker symbol read as asset, Asset balance as coins, Spot price (USD) as price",
        "row 7 (Total value) is the sum of rows above and is left out",
        "column not needed and not read: Asset name",
    )),
    "bank": ((BTC, ETH), NO_COST, NO_TARGETS, (
        "rows 1 to 2 above the header, which is row 3, are not read",
        "column Kürzel read as asset, Stück as coins, Kurs in USD as price",
        "commas are decimals and points thousands, as 60.000,00 in row 4 tells",
        "row 6 (Summe) is the sum of rows above and is left out",
        "column not needed and not read: Bezeichnung",
    )),
    "google": ((BTC, ETH, USDC), NO_COST, TARGETS, (
        "column Target read as target_weight",
        "points are decimals and commas thousands, as $60,000.00 in row 2 tells",
    )),
    "per_exchange": ((BTC, ETH), NO_COST, NO_TARGETS, (
        "column Total read as coins",
        "price is USD Value divided by the coins",
        "columns not needed and not read: Exchange, Staked",
        "added up: BTC (rows 2, 3), ETH (rows 4, 5)",
    )),
}  # fmt: skip
ONE_CHANGE = {  # the sentence, what is changed in the file, and what it then holds
    "coinmarketcap": ("columns Holdings and Quantity may both be coins: call the one that is meant coins",
                      ("Quantity", "coins"), (BTC, ETH)),
    "binance": ("has no prices or values in USD (not BTC Value): add a column price, or give a snapshot of prices (--prices FILE)",
                ("BTC Value\nBTC,0.5,0.4,0.1,0.5\nETH,2,2,0,0.1\nUSDT,4000,4000,0,0.06666667",
                 "price\nBTC,0.5,0.4,0.1,60000\nETH,2,2,0,3000\nUSDT,4000,4000,0,1"), (BTC, ETH, USDT)),
}  # fmt: skip


@pytest.mark.parametrize("layout", READ)
def test_layouts(layout):
    assert held(LAYOUTS / f"{layout}.csv") == READ[layout]


@pytest.mark.parametrize("layout", ONE_CHANGE)
def test_one_change(tmp_path, layout):
    sentence, (before, after), expected = ONE_CHANGE[layout]
    text = (LAYOUTS / f"{layout}.csv").read_text("utf-8")
    with pytest.raises(XlhedgeError) as told:
        held(LAYOUTS / f"{layout}.csv")
    assert str(told.value) == f"{layout}.csv: {sentence}"
    assert held(written(tmp_path, text.replace(before, after)))[0] == expected


def test_a_layout_without_prices_names_what_is_asked_of_venues():
    assert named(LAYOUTS / "binance.csv").coins == ("BTC", "ETH")


SNAPSHOT = "venue,symbol,field,value,time|kraken,BTC,price,60000,2026-06-30T08:00:00Z|kraken,ETH,price,3000,2026-06-30T08:00:00Z|"


def test_a_snapshot_tells_the_prices(tmp_path):
    assert held(LAYOUTS / "binance.csv", prices=written(tmp_path, SNAPSHOT, "s.csv"))[0] == (BTC, ETH, USDT)


def test_there_are_many_layouts():
    found = {path.stem for path in LAYOUTS.iterdir()}
    assert found == READ.keys() | ONE_CHANGE.keys() and len(found) >= 12


NAMES = {
    "asset": ("asset", "Symbol", "Ticker", "Coin", "Currency", "Asset"),
    "coins": ("coins", "Quantity", "Amount", "Balance", "Holdings", "Total balance"),
    "price": ("price", "Current price", "Last Price (USD)", "Market price", "Price in USD", "USD price"),
    "value": ("Value", "Market Value", "Value (USD)", "Total value"),
}
ASSETS = ("BTC", "ETH", "SOL", "DOGE", "USDC")
SPELLINGS = {
    ",": lambda number, sign: f'"{sign}{number:,.4f}"', ";": lambda number, _: f"{number:,.4f}".translate(str.maketrans(",.", ".,")),
    "\t": lambda number, sign: f"{number:.4f}{' USD' if sign else ''}",
}  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_any_layout_of_the_same_holdings(tmp_path, seed):
    """Random holdings in a random layout: names of columns, their order, spelling, wallets, a title, a total, prices or values."""
    draw = random.Random(seed)
    # Quarters of a coin at quarters of a dollar: values have four decimals, and every sum is exact.
    true = {asset: (draw.randrange(5, 9000) / 4, draw.randrange(4, 400_000) / 4) for asset in draw.sample(ASSETS, 4)}
    comma, told_by = draw.choice([*SPELLINGS]), draw.choice(("price", "value", "both"))
    roles = ["asset", "coins", *{"price": ["price"], "value": ["value"], "both": ["price", "value"]}[told_by], "wallet"]
    draw.shuffle(roles)
    rows = []
    for asset, (coins, price) in true.items():
        held_here = draw.randrange(1, int(4 * coins)) / 4
        for wallet, part in (("A", held_here), ("B", coins - held_here)):
            rows.append({"asset": asset, "coins": part, "price": price, "value": part * price, "wallet": wallet})
    draw.shuffle(rows)

    def spelled(role: str, cell: object) -> str:
        return cell if isinstance(cell, str) else SPELLINGS[comma](cell, "$" if role != "coins" else "")

    lines = ["What the fund holds", ""] if draw.random() < 0.5 else []
    lines.append(comma.join(draw.choice(NAMES.get(role, ("Wallet", "Exchange"))) for role in roles))
    lines += [comma.join(spelled(role, row[role]) for role in roles) for row in rows]
    if "value" in roles and draw.random() < 0.5:
        total = {"asset": "Total", "value": sum(row["value"] for row in rows)}
        lines.append(comma.join(spelled(role, total.get(role, "")) for role in roles))
    found = {asset: (coins, price) for asset, coins, price in held(written(tmp_path, "\n".join(lines)))[0]}
    assert found.keys() == true.keys()
    for asset, figures in true.items():
        assert found[asset] == pytest.approx(figures, rel=1e-12), asset


def test_columns_that_are_not_known(tmp_path):
    path = written(tmp_path, "asset,coins,price,colour,target weigth|BTC,1,60000,red,1\n")
    refused = run("plan", path)
    assert (
        refused.exit_code == 2
        and "unknown column 'colour' (call it note, or give --ignore-columns, to have it ignored" in refused.stderr
    )
    assert "(did you mean target_weight?)" in refused.stderr
    taken = run("plan", path, "--ignore-columns")
    assert (
        taken.stderr
        == "xlhedge: note: columns not needed and not read: colour, 'target weigth' (perhaps target_weight?)\n"
    )
    assert held(path, ignore_columns=True)[0] == (("BTC", 1.0, 60000.0),)


def test_a_batch_of_trackers(tmp_path):
    """A workbook each, with what is said of them; a further run finds them all, one that cannot be read is refused alone."""
    batch(LAYOUTS, "--out", tmp_path / "out", "--jobs", 1, code=3)
    files = {file["portfolio"]: file for file in manifest(tmp_path / "out")["files"]}
    assert files.keys() == READ.keys()
    assert {name: (*file["warnings"][: len(READ[name][3])],) for name, file in files.items()} == {
        name: expected[3] for name, expected in READ.items()
    }
    again = run("batch", LAYOUTS, "--out", tmp_path / "out", "--jobs", 1, "--resume", "--json")
    told = json.loads(again.stdout)
    assert (told["skipped"], told["failed"]) == (len(READ), len(ONE_CHANGE))


def test_what_is_read_into_a_table_of_a_tracker_is_told_by_diff(tmp_path):
    files = [
        written(tmp_path, f"Symbol,Quantity,Value|BTC,{n},{60_000 * n}|", name)
        for n, name in ((1, "old.csv"), (2, "new.csv"))
    ]
    told = json.loads(run("diff", *files, "--json").stdout)["notes"]
    for name in ("old.csv", "new.csv"):
        assert f"{name}: column Symbol read as asset, Quantity as coins" in told
        assert f"{name}: price is Value divided by the coins" in told
    assert "note: new.csv: price is Value divided by the coins" in run("diff", *files).stdout
