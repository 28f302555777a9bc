"""Holdings as trackers, exchanges and banks export them: each layout is read as it is, or one sentence says what to change.

All layouts of tests/data/trackers hold 0.5 BTC at 60,000 and 2 ETH at 3,000 USD, some of them 4,000 dollars too. Where they
tell costs, BTC cost 26,000 and ETH 6,500 USD in all: 52,000 and 3,250 a coin. Targets are 60, 25 and 15 %.
"""

import json
import zipfile
from pathlib import Path

import pytest
from batches import batch, manifest
from commands import run
from openpyxl import Workbook

from xlhedge import books
from xlhedge.errors import XlhedgeError
from xlhedge.intake import read_portfolios

LAYOUTS = Path(__file__).parent / "data" / "trackers"
BTC, ETH = ("BTC", 0.5, 60000.0), ("ETH", 2.0, 3000.0)
USDT, USDC, USD, DUST = (("USDT", 4000.0, 1.0), ("USDC", 4000.0, 1.0), ("USD", 4000.0, 1.0), ("DOGE", 0.0, 0.1))
COST, TARGETS = (52000.0, 3250.0), (0.6, 0.25, 0.15)
NO_COST, NO_TARGETS = (), ()

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


def held(path: Path, **told) -> tuple[tuple, tuple, tuple, tuple]:
    """What is read of a file: assets with coins and prices, costs, targets and notes."""
    (portfolio,) = books.read(path, **told)
    values = [each.values for each in portfolio.holdings]
    return (
        tuple((each.asset, each.coins, each.price) for each in values),
        tuple(each.cost_basis for each in values if each.cost_basis is not None),
        tuple(each.target_weight for each in values if each.target_weight is not None),
        portfolio.notes,
    )


def written(folder: Path, text: str, name: str = "h.csv") -> Path:
    (folder / name).write_text(text.replace("|", "\n"), "utf-8")
    return folder / name


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


def test_there_are_many_layouts():
    found = {path.stem for path in LAYOUTS.iterdir()}
    assert found == READ.keys() | ONE_CHANGE.keys() and len(found) >= 12


WALLETS = [
    ["Wallets of the fund"], [], ["as of", "30 June"], ["Wallet", "Coin", "Amount", "Price (USD)", "Value (USD)", "Notes"],
    ["Ledger", "BTC", 0.3, 60000, 18000, None], ["Trezor", "BTC", 0.2, 60000, 12000, "cold"], ["Ledger", "ETH", 2, 3000, 6000, None],
    [], ["Total", None, None, None, 36000, None], ["Prices are those of noon."],
]  # fmt: skip
WALLET_NOTES = (
    "rows 1 to 3 above the header, which is row 4, are not read",
    "column Coin read as asset, Amount as coins",
    "row 10 below the table is not read",
    "row 9 (Total) is the sum of rows above and is left out",
    "column not needed and not read: Wallet",
    "added up: BTC (rows 5, 6)",
)


def workbook(path: Path) -> Path:
    made = Workbook()
    for cells in WALLETS:
        made.active.append(cells)
    made.save(path)
    return path


ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)


def ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return (
            value
            if value.startswith("<")
            else f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        )
    return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'


def ods(path: Path, rows: list[list], manifest: str = "<m/>", change=("", "")) -> Path:
    """A spreadsheet of one sheet, one of whose texts is changed in the XML."""
    lines = "".join(f"<table:table-row>{''.join(map(ods_cell, cells))}</table:table-row>" for cells in rows)
    content = f'<office:document-content {SPACES}><office:body><office:spreadsheet><table:table table:name="Sheet1">{lines}</table:table></office:spreadsheet></office:body></office:document-content>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr("content.xml", content.replace(*change) if change[0] else content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


@pytest.mark.parametrize("path", ["w.xlsx", "w.ods"])
def test_workbooks(tmp_path, path):
    make = workbook if path.endswith(".xlsx") else lambda target: ods(target, WALLETS)
    assert held(make(tmp_path / path)) == ((BTC, ETH), NO_COST, NO_TARGETS, WALLET_NOTES)


OWN = [["asset", "coins", "price"], ["BTC", 0.5, 60000]]
ROW = '<table:table-cell office:value-type="float" office:value="{}" {}><text:p>{}</text:p></table:table-cell>'
ODS_FILES = {  # how it is made, and what is read or told
    "plain": (lambda path: ods(path, OWN), (BTC,)),
    "text with a remark": (lambda path: ods(path, [OWN[0], ["BTC", '<table:table-cell office:value-type="string"><office:annotation><text:p>my remark'
        '</text:p></office:annotation><text:p>0<text:span>.5</text:span></text:p></table:table-cell>', 60000]]), (BTC,)),
    "a percentage": (lambda path: ods(path, [[*OWN[0], "target_weight"], ["BTC", 0.5, 60000, ROW.format(0.6, "", "60 %").replace("float", "percentage")]]), (BTC,)),
    "blank rows and cells repeated": (lambda path: ods(path, OWN, change=("</table:table>",
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>')), (BTC,)),
    "euros": (lambda path: ods(path, [OWN[0], ["BTC", 0.5, ROW.format(55000, 'office:currency="EUR"', "55.000 €").replace("float", "currency")]]),
              "h.ods Sheet1 row 2, price: must be in USD, and this is in EUR (got '55000 EUR')"),
    "an error": (lambda path: ods(path, [OWN[0], ["BTC", 0.5, '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""><text:p>#DIV/0!</text:p></table:table-cell>']]),
                 "h.ods Sheet1 row 2, price: is an error value: mend the formula that gives it (got '#DIV/0!')"),
    "a formula never calculated": (lambda path: ods(path, [OWN[0], ["BTC", 0.5, '<table:table-cell table:formula="of:=2*3"/>']]),
        "h.ods Sheet1 row 2, price: is a formula that was never calculated: open the file in a spreadsheet, save it and try again (got 'of:=2*3')"),
    "a password": (lambda path: ods(path, OWN, '<m><encryption-data/></m>'), "h.ods: is protected by a password; save it without one"),
    "entities": (lambda path: ods(path, OWN, change=("<office:document-content", '<!DOCTYPE a [<!ENTITY a "a">]><office:document-content')),
                 "h.ods: is not a workbook that can be read (its XML declares entities, which no spreadsheet program writes)"),
    "cut short": (lambda path: path.write_bytes(ods(path, OWN).read_bytes()[:-60]) and path,
                  "h.ods: is not an .xlsx workbook (it is cut short or damaged); save it as .xlsx or CSV UTF-8"),
    "a row a million times": (lambda path: ods(path, OWN, change=("<table:table-row>", '<table:table-row table:number-rows-repeated="1048577">')),
                              "h.ods Sheet1: has more than 1,048,576 rows"),
    "twelve million cells": (lambda path: ods(path, [["x"], ['<table:table-cell table:number-columns-repeated="200" office:value-type="float" office:value="1"/>']],
        change=("<table:table-row>", '<table:table-row table:number-rows-repeated="60000">')), "h.ods: has more than 10,000,000 cells"),
    "a cell 300 times": (lambda path: ods(path, [OWN[0], [*OWN[1], '<table:table-cell table:number-columns-repeated="300" office:value-type="float" office:value="1"/>']]),
                         "h.ods Sheet1 row 2: has cells beyond column 200, which are not read"),
    "a bad number": (lambda path: ods(path, [OWN[0], ["BTC", 0.5, ROW.format("sixty", "", "60")]]),
                     "h.ods: is not a workbook that can be read (could not convert string to float: 'sixty')"),
}  # fmt: skip


def outcome(path: Path) -> tuple | str:
    try:
        return held(path)[0]
    except XlhedgeError as error:
        return str(error)


@pytest.mark.parametrize("make,expected", ODS_FILES.values(), ids=ODS_FILES)
def test_ods(tmp_path, make, expected):
    assert outcome(make(tmp_path / "h.ods")) == expected


HOSTILE = {  # a table, and what is read (asset, coins, price; notes that matter) or told
    # columns
    "Symbol,Quantity,Balance,Price|BTC,1,2,60000": "h.csv: columns Quantity and Balance may both be coins: call the one that is meant coins",
    "Symbol,Quantity,Balance,Price|BTC,1,1,60000": "BTC 1@60000",
    "Symbol,Quantity,Current price,Market price|BTC,1,60000,61000":
        "h.csv: columns Current price and Market price may both be price: call the one that is meant price",
    "asset,coins,amount,price|BTC,1,2,60000": "BTC 1@60000; column not needed and not read: amount",
    "asset,coins,price,price|BTC,1,2,60000": "h.csv: column 'price' appears 2 times",
    "Symbol,Available,Locked,Price|BTC,1,2,60000": "h.csv: has only parts of the coins (Available and Locked): add a column coins with all of them",
    "Symbol,Price|BTC,60000": "h.csv: column coins is missing",
    "Symbol,Quantity|BTC,1": "h.csv: has no prices or values in USD: add a column price, or give a snapshot of prices (--prices FILE)",
    "Symbol,Quantity|USDT,1": "USDT 1@1",
    "setting,value|rally,0.6":
        "h.csv: the first row must name the columns, such as portfolio, asset, coins, price, kind, target_weight (it holds 'setting', 'value')",
    # currencies
    "Symbol,Quantity,Price (EUR)|BTC,1,55000":
        "h.csv: column Price (EUR) is in EUR, and prices are in USD: export it in USD, or multiply it by the USD price of EUR and call it price (USD)",
    "Symbol,Quantity,Value in EUR|BTC,1,55000":
        "h.csv: column Value in EUR is in EUR, and prices are in USD: export it in USD, or multiply it by the USD price of EUR and call it value (USD)",
    "Symbol,Quantity,Price (EUR),Price (USD)|BTC,1,55000,60000": "BTC 1@60000; column not needed and not read: Price (EUR)",
    "Symbol,Quantity,Price|BTC,1,$60000|ETH,1,€3000": "h.csv row 3, price: must be in USD, and this is in EUR (got '€3000')",
    "Symbol,Quantity,Price,Price currency|BTC,1,60000,USD|ETH,1,2800,EUR": "h.csv row 3, price: must be in USD, and column Price currency says EUR (got '2800')",
    # rows of one asset
    "Wallet,Symbol,Quantity,Price|A,BTC,0.1,60000|B,BTC,0.2,60300": "BTC 0.3@60200; added up: BTC (rows 2, 3)",  # (0.1*60000 + 0.2*60300)/0.3
    "Wallet,Symbol,Quantity,Price|A,BTC,1,60000|B,BTC,2,60601":
        "h.csv row 3, price: is 60000 in row 2: rows of one asset are added up where prices agree within 1 % (got '60601')",
    "Wallet,Symbol,Quantity,Price|A,BTC,1,60000|B,BTC,2,": "BTC 3@60000; added up: BTC (rows 2, 3)",
    "Wallet,Symbol,Quantity,Price|A,BTC,1,60000|B,BTC,-0.2,60000": "h.csv row 3, coins: must be >= 0 and <= 1e+15 coin (got '-0.2')",
    "Wallet,Symbol,Quantity,Price,Target|A,BTC,1,60000,50%|B,BTC,2,60000,60%":
        "h.csv row 3, target_weight: is '50%' in row 2: rows of one asset are added up, and say the same of it (got '60%')",
    "Wallet,Symbol,Quantity,Price,Avg cost|A,BTC,1,60000,50000|B,BTC,2,60000,": "BTC 3@60000; cost_basis of BTC is left blank: not every row tells it",
    "asset,coins,price,wallet|BTC,1,60000,A|btc,2,60000,B": "BTC 3@60000; added up: BTC (rows 2, 3)",
    "asset,coins,price|BTC,1,60000|BTC,2,60000":
        "h.csv row 3, asset: stands in row 2 already; add the two up, or leave the coins of a further position blank (got 'BTC')",
    "asset,coins,price,venue,wallet|BTC,1,60000,bybit,A|BTC,2,60000,,B":
        "h.csv row 3, asset: stands in row 2 already; add the two up, or leave the coins of a further position blank (got 'BTC')",
    # totals
    "Symbol,Quantity,Value|BTC,1,60000|Total crypto,,60000|USDT,1000,1000|Total,,61000":
        "BTC 1@60000, USDT 1000@1; row 3 (Total crypto) is the sum of rows above and is left out; row 5 (Total) is the sum of rows above and is left out",
    "Symbol,Quantity,Value|BTC,1,60000|,,60000": "BTC 1@60000; row 3 (without an asset) is the sum of rows above and is left out",
    "Symbol,Quantity,Value|BTC,1,60000|Total,,65000":
        "h.csv row 3, asset: is read as a total, and what it is worth, 65,000.00, is not that of the rows above, 60,000.00: leave the row out, or "
        "call a coin of this name otherwise (got 'Total')",
    "asset,coins,price|SUM,10,1|BTC,1,60000": "SUM 10@1, BTC 1@60000",
    "Symbol,Quantity,Price|BTC,1,60000|XYZ,0,|ABC,0.0000,": "BTC 1@60000; rows 3, 4 without coins are left out: XYZ, ABC",
    "Symbol,Quantity,Price,Value|BTC,1,60000,63000":
        "h.csv row 2, price: times 1 coins is 60,000.00, and Value is 63,000.00: they must agree within 1 %; leave one out (got '60000')",
    # targets
    "Symbol,Quantity,Price,Target|BTC,1,60000,60|USDT,1000,1,40": "BTC 1@60000 60%, USDT 1000@1 40%; column Target is read in percent",
    "Symbol,Quantity,Price,Target|BTC,1,60000,0.6|USDT,1000,1,0.4": "BTC 1@60000 60%, USDT 1000@1 40%",
    "Symbol,Quantity,Price,Target|BTC,1,60000,60|USDT,1000,1,30":
        "h.csv row 2, target_weight: must be >= 0 and <= 1, such as 0.2 or 20% (got '60')|"
        "h.csv row 3, target_weight: must be >= 0 and <= 1, such as 0.2 or 20% (got '30')",
    # numbers
    "Symbol;Quantity;Price|BTC;1;60.000": "h.csv row 2, price: may have a point for thousands or for decimals: write 60000 or 60.0 (got '60.000')",
    "Symbol;Quantity;Price|BTC;0,5;60.000": "BTC 0.5@60000; commas are decimals and points thousands, as 0,5 in row 2 tells",
    "asset;coins;price|BTC;0,5;60.000": "BTC 0.5@60000; commas are decimals and points thousands, as 0,5 in row 2 tells",
    'Symbol,Quantity,Price|BTC,1,"60,000"': "h.csv row 2, price: may have a comma for thousands or for decimals: write 60000 or 60.0 (got '60,000')",
    "Symbol;Quantity;Price|BTC;0,5;60000|ETH;0.5;3000":
        "h.csv row 2, coins: has a comma for decimals, and 0.5 in row 3 a point: write all numbers of the table in one way (got '0,5')",
    "asset,coins,price|BTC,1.5 BTC,$60000": "BTC 1.5@60000; numbers are read without their signs and units, such as 1.5 BTC in row 2",
    "asset,coins,price|ETH,2 BTC,$3000": "h.csv row 2, coins: must be in ETH (got '2 BTC')",
    "asset,coins,price|BTC,$100,60000": "h.csv row 2, coins: is an amount of money (USD), and coins are wanted (got '$100')",
    # other things than holdings
    "Date,Type,Asset,Amount,Price|2026-01-01,buy,BTC,1,60000":
        "h.csv: is a list of transactions (columns Date, Type), not of holdings: give it to xlhedge import",
    "txid,refid,time,type,asset,amount,fee,balance|A,B,2026-01-01,deposit,XXBT,1,0,1":
        "h.csv: is a list of transactions (columns txid, refid, time, type), not of holdings: give it to xlhedge import",
    "Date,Symbol,Quantity,Price|2026-01-01,BTC,1,60000|2026-01-02,BTC,1,61000":
        "h.csv: holds BTC on several days (column Date): leave the rows of one day, or give what is a list of transactions to xlhedge import",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile(tmp_path, text):
    portfolios, errors = [], []
    try:
        portfolios, errors = read_portfolios(written(tmp_path, text + "\n"))
    except XlhedgeError as error:
        errors = [error]
    if errors:
        assert "|".join(map(str, errors)) == HOSTILE[text]
        return
    values = [each.values for each in portfolios[0].holdings]
    shares = [f" {100 * each.target_weight:g}%" if each.target_weight else "" for each in values]
    told = ", ".join(f"{each.asset} {each.coins:.12g}@{each.price:.12g}{share}" for each, share in zip(values, shares))
    expected, *notes = HOSTILE[text].split("; ")
    assert told == expected and {*notes} <= {*portfolios[0].notes}


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
