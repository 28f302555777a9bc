"""Hostile holdings files: each one gives the right portfolio or exact sentences, and leaves nothing half-written.

One row each: a name, how the file is made, and what must come out. "ok ..." is a result, spelled
"portfolio: asset coins@price contract, ..."; anything else is the mistakes, one sentence a line.
"""

import csv
import io
import re
import zipfile
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from users import ordinary_user

from xlhedge import cli
from xlhedge.errors import XlhedgeError
from xlhedge.intake import read_portfolios
from xlhedge.portfolio.fields import HOLDING_FIELDS

HEAD = "asset,coins,price\n"
SUPPLY = (
    "supply it in a table of your own (--contracts FILE, the environment variable XLHEDGE_CONTRACTS or the "
    "workbook's Contracts sheet)"
)
COLUMNS = ", ".join(HOLDING_FIELDS)
NUMBER = "must be a plain number such as 1234.5, with a point and no other separator or sign"
EMPTY = "is empty; it needs a header row and at least one row below it"
TEXT = "must be text of at most 64 characters, without control characters"
NO_MMR = (
    "mmr (maintenance rate of the first tier; with a slope, the rate of a position near 0) is not established; "
    f"{SUPPLY}, or give mmr in this row or as a setting (--set mmr=0.02)"
)
UNCALCULATED = "is a formula that was never calculated: open the file in a spreadsheet, save it and try again"


def file(content: str | bytes, name: str = "h.csv"):
    """A file of some text or bytes."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def row(cells: str, header: str = "asset,coins,price"):
    """A file of a header and one row."""
    return file(f"{header}\n{cells}\n")


HEDGED, OPEN = "asset,coins,price,venue,contract,hedge_ratio", "asset,coins,price,venue,qty,entry,margin"


def hedged(cells: str):
    """50 BTC at 60,000 with a hedge: venue, contract, hedge_ratio, qty, entry."""
    return row("BTC,50,60000," + cells, "asset,coins,price,venue,contract,hedge_ratio,qty,entry")


def book(*sheets: tuple[str, list[list]], name: str = "h.xlsx", change=None):
    """A workbook of named sheets of rows, changed at will before it is saved."""

    def make(folder: Path) -> Path:
        made = Workbook()
        made.remove(made.active)
        for title, rows in sheets:
            page = made.create_sheet(title)
            for cells in rows:
                page.append(cells)
        if change:
            change(made)
        made.save(folder / name)
        return folder / name

    return make


def cells(*values, header=("asset", "coins", "price")):
    """A workbook of one sheet with one row."""
    return book(("Sheet1", [list(header), list(values)]))


def zipped(parts: dict[str, bytes]):
    """A zip archive of some parts, called h.xlsx."""

    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / "h.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in parts.items():
                archive.writestr(part, content)
        return folder / "h.xlsx"

    return make


def patched(change, part: str = "xl/worksheets/sheet1.xml"):
    """A sound workbook with one part of its package changed as text."""

    def make(folder: Path) -> Path:
        source = cells("BTC", 50, 60000)(folder)
        with zipfile.ZipFile(source) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts[part] = change(parts[part].decode()).encode()
        return zipped(parts)(folder)

    return make


def truncated(folder: Path) -> Path:
    path = cells("BTC", 50, 60000)(folder)
    path.write_bytes(path.read_bytes()[:-300])
    return path


def a_folder(folder: Path) -> Path:
    (folder / "h.csv").mkdir()
    return folder / "h.csv"


def a_loop(folder: Path) -> Path:
    (folder / "h.csv").symlink_to(folder / "h.csv")
    return folder / "h.csv"


def no_permission(folder: Path) -> Path:
    path = row("BTC,50,60000")(folder)
    path.chmod(0)
    return path


def misspelt(folder: Path) -> Path:
    row("BTC,50,60000")(folder)
    return folder / "hh.csv"


def bomb(text: str) -> str:
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "a"}">' for i in range(9))
    return text.replace("<worksheet", f"<!DOCTYPE worksheet [{entities}]><worksheet", 1)


def many(count: int) -> str:
    lines = (f"P{i},BTC,5,60000\nP{i},USDT,1000,\n" for i in range(count // 2))
    return "portfolio,asset,coins,price\n" + "".join(lines)


BTC = "ok h: BTC 50@60000"
ROWS = [
    # The file
    ("missing", misspelt, "{folder}/hh.csv: there is no such file; did you mean h.csv?"),
    ("folder", a_folder, "{folder}/h.csv: is a folder, not a file"),
    ("symlink loop", a_loop, "{folder}/h.csv: cannot be read: Too many levels of symbolic links"),
    ("no permission", no_permission, "{folder}/h.csv: cannot be read: Permission denied"),
    ("device", lambda _: Path("/dev/null"), "/dev/null: is not an ordinary file"),
    ("empty", file(""), f"h.csv: {EMPTY}"),
    ("blank lines", file("\n\n ,,\n"), f"h.csv: {EMPTY}"),
    ("only comments", file("# asset,coins\n// nothing\n"), f"h.csv: {EMPTY}"),
    ("only a header", file(HEAD), "h.csv: has a header but no holdings below it"),
    ("UTF-16", file(f"{HEAD}BTC,50,60000".encode("utf-16")), "h.csv: is UTF-16 text; save it as CSV UTF-8"),
    ("UTF-16 without mark", file(f"{HEAD}BTC,5,6".encode("utf-16-le")), "h.csv row 1: holds a NUL byte; save the file as CSV UTF-8"),
    ("Latin-1", file(f"{HEAD}BTC,50,60000\nCaf\u00e9,1,1\n".encode("latin-1")),
     "h.csv row 3: byte 0xe9 (\u00e9 in Windows-1252) is not UTF-8; save the file as CSV UTF-8"),
    ("cp1252", file(f"{HEAD}\u20acBTC,50,60000\n".encode("cp1252")),
     "h.csv row 2: byte 0x80 (\u20ac in Windows-1252) is not UTF-8; save the file as CSV UTF-8"),
    ("NUL", file(f"{HEAD}B\0TC,50,60000\n"), "h.csv row 2: holds a NUL byte; save the file as CSV UTF-8"),
    ("random bytes", file(bytes(range(128, 256)) * 9), "h.csv row 1: byte 0x80 (\u20ac in Windows-1252) is not UTF-8; save the file as CSV UTF-8"),
    ("byte order mark", file(f"\ufeff{HEAD}BTC,50,60000\n"), BTC),
    ("CRLF", file("asset,coins,price\r\nBTC,50,60000\r\n"), BTC),
    ("CR", file("asset,coins,price\rBTC,50,60000\r"), BTC),
    ("semicolons", file("asset;coins;price\nBTC;50;60000\n"), BTC),
    ("tabs", file("asset\tcoins\tprice\nBTC\t50\t60000\n"), BTC),
    ("sep= line", file("sep=;\nasset;coins;price\nBTC;50;x\n"), f"h.csv row 3, price: {NUMBER} (got 'x')"),
    ("comments and blanks keep row numbers", file(f"# a, b\n\n{HEAD}# c\n\nBTC,x,60000\n"), f"h.csv row 6, coins: {NUMBER} (got 'x')"),
    ("holding that looks like a comment", row("#BTC,50,60000"),
     "h.csv row 2, (row): begins with #: put a space after # to leave the row out, or take the # away (got '#BTC')"),
    ("unterminated quote", file(f'{HEAD}USDT,1,1\n"BTC,50,60000\nETH,1,1\n'), 'h.csv row 3: a quote (") is opened here and never closed'),
    ("unterminated quote, long", file(f'{HEAD}"BTC,50\n' + "ETH,1,1\n" * 50000), 'h.csv row 2: a cell is longer than 131,072 characters; is a quote (") never closed?'),
    ("text after a quote", row('"BTC"x,50,60000'), 'h.csv row 2: a quoted cell goes on after its closing quote; write a quote inside a cell as ""'),
    ("workbook called .csv", lambda folder: cells("BTC", 50, 60000)(folder).rename(folder / "h.csv"),
     "h.csv: is a zip archive such as .xlsx and not CSV; give it the ending of its type"),
    ("old .xls called .csv", file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
     "h.csv: is an old .xls or a password-protected workbook and not CSV; save it as CSV UTF-8"),
    # The header
    ("no header", file("BTC,50,60000\n"),
     "h.csv: the first row must name the columns, such as portfolio, asset, coins, price, kind, target_weight (it holds 'btc', '50', '60000')"),
    ("missing columns", file("price\n60000\n"), "h.csv: column asset is missing; column coins is missing"),
    ("duplicate column", row("BTC,50,60000,1", "asset,coins,price,Price [USD]"), "h.csv: column 'price' appears 2 times"),
    ("misspelt columns", row("BTC,50,60000,1", "asset,coin,price,target weigth"),
     "h.csv: unknown column 'coin' (did you mean coins?); unknown column 'target_weigth' (did you mean target_weight?)"),
    *((f"unknown columns {header}", row("BTC,50,60000,1,1", f"asset,coins,price,{header}"), f"h.csv: unknown {told} note, or give --ignore-columns, to have it ignored; columns are {COLUMNS})")
      for header, told in (("xyz,note", "column 'xyz' (call it"), ("xyz,2nd", "columns 'xyz', '2nd' (call each"))),
    ("misspelt and unknown columns", row("BTC,50,60000,1,1", "asset,coin,price,xyz,2nd"),
     f"h.csv: unknown column 'coin' (did you mean coins?); unknown columns 'xyz', '2nd' (call each note, or give --ignore-columns, to have it ignored; columns are {COLUMNS})"),
    ("units, brackets and case", row("BTC,50,60000,20%", " ASSET ,Coins [BTC],Price (USD/coin),Target-Weight"), BTC),
    ("a million columns", file(",".join(f"c{i}" for i in range(1_000_000))), "h.csv row 1: names 1,000,000 columns; at most 200 can be read"),
    ("notes", row("BTC,50,60000,=1+1", "asset,coins,price,Notes"), BTC),
    ("two notes", row("BTC,50,60000,a,b", "asset,coins,price,note,note"), BTC),
    # Cells
    ("extra cell", row("BTC,50,60000,7"), "h.csv row 2, (row): has more than the 3 cells of the header (got '7')"),
    ("extra blank cells", row("BTC,50,60000,,,,"), BTC),
    ("a row of a million cells", row("BTC,50,60000" + ",7" * 999_997), "h.csv row 2, (row): has more than the 3 cells of the header (got '7')"),
    ("cell without header", row("BTC,50,60000,7", "asset,coins,price,,note"), "h.csv row 2, (no name): has no header above it (got '7')"),
    ("short rows", file(f"{HEAD}BTC\nUSDT,5\n,5,6\n"),
     "h.csv row 2, coins: is required\nh.csv row 4, asset: is required"),
    ("price left out", file(f"{HEAD}BTC,5\nEUR,5\nUSDT,5\n"),
     "h.csv row 2, price: is required, except for dollars and stablecoins\nh.csv row 3, price: is required, except for dollars and stablecoins"),
    ("negative price", row("BTC,50,-60000"), "h.csv row 2, price: must be > 0 and <= 1e+15 USD/coin (got '-60000')"),
    ("zero price", row("BTC,50,0"), "h.csv row 2, price: must be > 0 and <= 1e+15 USD/coin (got '0')"),
    ("negative coins", row("BTC,-50,60000"), "h.csv row 2, coins: must be >= 0 and <= 1e+15 coin (got '-50')"),
    ("1e308", row("BTC,1e308,60000"), "h.csv row 2, coins: must be >= 0 and <= 1e+15 coin (got '1e308')"),
    ("1e999", row("BTC,1e999,60000"), "h.csv row 2, coins: must be >= 0 and <= 1e+15 coin (got '1e999')"),
    ("1e-320", row("BTC,50,1e-320"), "h.csv row 2, price: must not be nearer to 0 than 1e-12 (got '1e-320')"),
    ("a thousand digits", row(f"BTC,{'9' * 1000},1"), f"h.csv row 2, coins: must be >= 0 and <= 1e+15 coin (got '{'9' * 56}...)"),
    *((f"number written {text!r}", row(f'BTC,"{text}",60000'), f"h.csv row 2, coins: {NUMBER} (got {text!r})")
      for text in ("fifty", "1_000", "NaN", "inf",
                   "-Infinity", "0x10", "50%", "--5", "1e", "\u0665\u0660", "\uff15\uff10", "=5", "1/2", "5\u200b")),
    ("number written '+1'", row("BTC,+1,60000"), "ok h: BTC 1@60000"),
    ("number written ' .5e2 '", row("BTC, .5e2 ,60000"), BTC),
    ("percent sign", row("BTC,50,60000,bybit,20 %", "asset,coins,price,venue,hedge_ratio"), "ok h: BTC 50@60000 bybit BTCUSD"),
    ("percent without its sign", row("BTC,50,60000,70", "asset,coins,price,target_weight"),
     "h.csv row 2, target_weight: must be >= 0 and <= 1, such as 0.2 or 20% (got '70')"),
    ("fraction in words", row("BTC,50,60000,a fifth", "asset,coins,price,hedge_ratio"),
     "h.csv row 2, hedge_ratio: must be a plain number such as 0.2 or 20%, with a point and no other separator or sign (got 'a fifth')"),
    ("error value", row("BTC,50,#DIV/0!"), "h.csv row 2, price: is an error value: mend the formula that gives it (got '#DIV/0!')"),
    ("error value first", row("#REF!,50,1"), "h.csv row 2, asset: is an error value: mend the formula that gives it (got '#REF!')"),
    ("unknown kind", row("BTC,50,60000,fiat", "asset,coins,price,kind"), "h.csv row 2, kind: must be one of coin, cash, perpetual, dated (got 'fiat')"),
    # Names
    *((f"name {text!r}", row(f'"{text}",50,60000'), f"ok h: {text} 50@60000")
      for text in ("=cmd|' /C calc'!A0", "@SUM(A1:A9)", "+1", "-2+3", "\U0001f680", "\u05e9\u05dc\u05d5\u05dd", "x" * 64, "\u6bd4\u7279\u5e01")),
    *((f"name with {name}", row(f'"B{text}TC",50,60000'), f"h.csv row 2, asset: {TEXT} (got {told!r})")
      for name, text, told in (("tab", "\t", "B\tTC"), ("CR", "\r", "B\rTC"), ("line feed", "\n", "B\nTC"), ("bell", "\a", "B\aTC"),
                               ("right-to-left override", "\u202e", "B\u202eTC"), ("zero-width space", "\u200b", "B\u200bTC"))),
    ("name of 5,000 characters", row(f"{'x' * 5000},50,60000"), f"h.csv row 2, asset: {TEXT} (got '{'x' * 56}...)"),
    ("name of 200,000 characters", row(f"{'x' * 200_000},50,60000"), 'h.csv row 2: a cell is longer than 131,072 characters; is a quote (") never closed?'),
    # Several rows
    ("all mistakes at once", file("asset,coins,price,kind,hedge_ratio\nBTC,-1,x,coin,3\n,5,1\nETH,1,1,coin,.1\n"),
     f"h.csv row 2, coins: must be >= 0 and <= 1e+15 coin (got '-1')\nh.csv row 2, price: {NUMBER} (got 'x')\n"
     "h.csv row 2, hedge_ratio: must be >= 0 and <= 2, such as 0.2 or 20% (got '3')\nh.csv row 3, asset: is required\n"
     "h.csv row 4, venue: is required for a hedge, unless face and mmr are both given"),
    ("duplicate assets", file(f"{HEAD}BTC,1,60000\nbtc,2,60000\n"), "h.csv row 3, asset: stands in row 2 already; add the two up, or leave the coins of a further position blank (got 'btc')"),
    ("all worthless", file(f"{HEAD}BTC,0,60000\n"), "h.csv row 2, coins: of all rows must have a value above 0 USD (got 0)"),
    ("weights over 1", file("asset,coins,price,target_weight\nBTC,1,60000,.7\nETH,1,3000,.4\n"),
     "h.csv row 3, target_weight: of all rows must add up to 1 or less (got 1.1)"),
    ("weights under 1, no cash", file("asset,coins,price,target_weight\nBTC,1,60000,.5\nETH,1,3000,.4\n"), "ok h: BTC 1@60000, ETH 1@3000"),
    ("weights under 1, cash has one", file("asset,coins,price,target_weight\nBTC,1,60000,.5\nUSDT,1,,.4\n"),
     "h.csv row 3, target_weight: of all rows must add up to 1, as cash has a target too (got 0.9)"),
    ("weights under 1, cash takes the rest", file("asset,coins,price,target_weight\nBTC,1,60000,.5\nUSDT,1,,\n"), "ok h: BTC 1@60000, USDT 1@1"),
    ("portfolio named in some rows", file("portfolio,asset,coins,price\nme,BTC,1,60000\n,ETH,1,3000\n"),
     "h.csv row 3, portfolio: is required, as other rows name a portfolio"),
    ("100,000 rows", file(many(100_000)), "ok P0: BTC 5@60000, USDT 1000@1; and 49,999 more"),
    ("100,000 mistakes", file(HEAD + "BTC,x,1\n" * 100_000), "100,000 mistakes"),
    # Hedges
    ("no venue", hedged(",,.2"), "h.csv row 2, venue: is required for a hedge, unless face and mmr are both given"),
    ("unknown venue", hedged("bybt,,.2"), f"h.csv row 2, venue: there is no venue 'bybt' here (there is bybit); {SUPPLY} (got 'bybt')"),
    ("weex", hedged("WEEX,BTCUSD,.2"), "h.csv row 2, contract: weex BTCUSD cannot be priced: no inverse contract of this name is known to trade there"),
    ("bitget", hedged("bitget,,.2"), "h.csv row 2, venue: bitget BTCUSD is sized in coins: its contracts are a fixed number of coins"),
    ("BitMEX ETHUSD", hedged("BitMEX,ETHUSD,.2"), "h.csv row 2, contract: bitmex ETHUSD is a quanto: it pays a fixed amount of another coin"),
    ("unknown contract", hedged("okx,DOGE,.2"), f"h.csv row 2, contract: okx has no contract 'DOGE' here (it has 1INCH-USD, BTC-USD, ETH-USD, GRT-USD); {SUPPLY} (got 'DOGE')"),
    ("contract of another coin", hedged("bybit,AAVEUSD,.2"),
     "h.csv row 2, contract: bybit AAVEUSD is margined and settled in AAVE, and this row holds BTC: a hedge of one coin with the contract "
     "of another leaves the difference between the two open; to take it as a proxy give its beta, the move of BTC for a move of 1 of AAVE "
     "(got 'AAVEUSD')"),
    ("two names of one coin", row("XBT,50,60000,bybit,BTCUSD,.2", HEDGED), "ok h: XBT 50@60000 bybit BTCUSD"),
    ("no maintenance rate", row("AAVE,50,100,bybit,AAVEUSD,.2", HEDGED), f"h.csv row 2, contract: bybit AAVEUSD: {NO_MMR} (got 'AAVEUSD')"),
    ("beyond the ladder", row("BTC,2001,60000,binance,BTCUSD,.2", HEDGED),
     f"h.csv row 2, contract: binance BTCUSD: maintenance is established up to 400 coin only, and this position is 400.2: {SUPPLY}, "
     "or give mmr in this row (got 'BTCUSD')"),
    ("position without entry", hedged("bybit,,,-600000,"), "h.csv row 2, entry: is required with an open qty"),
    ("entry without position", hedged("bybit,,.2,,60000"), "h.csv row 2, qty: is required with an entry (0 when no position is open)"),
    ("hedged cash", row("USDT,50,1,bybit,.2,7", "asset,coins,price,venue,hedge_ratio,margin"),
     "".join(f"h.csv row 2, {name}: must be blank for cash, which is never hedged (got {got})\n"
             for name, got in (("venue", "'bybit'"), ("hedge_ratio", 0.2), ("margin", 7)))),
    ("more margin than coins", row("BTC,5,60000,6,bybit", "asset,coins,price,margin,venue"), "h.csv row 2, margin: must not exceed the 5 coins that a wallet can hold (got 6)"),
    # Coins count the unrealised PnL, -0.1 here, and a wallet does not: it may hold 5.1.
    ("wallet above the coins", row("BTC,5,50000,bybit,-20000,40000,5.1", OPEN), "ok h: BTC 5@50000 bybit BTCUSD"),
    ("more than the wallet", row("BTC,5,50000,bybit,-20000,40000,5.2", OPEN), "h.csv row 2, margin: must not exceed the 5.1 coins that a wallet "
     "can hold, the unrealised PnL of the position left out (got 5.2)"),
    # Workbooks
    ("workbook", cells("BTC", 50, 60000), BTC),
    (".xlsm", book(("Sheet1", [["asset", "coins", "price"], ["BTC", 50, 60000]]), name="h.xlsm"), BTC),
    ("empty workbook", book(("Sheet1", [])), f"h.xlsx Sheet1: {EMPTY}"),
    ("CSV called .xlsx", file(f"{HEAD}BTC,1,1\n", "h.xlsx"), "h.xlsx: is not an .xlsx workbook (it is text, perhaps CSV); save it as .xlsx or CSV UTF-8"),
    ("truncated", truncated, "h.xlsx: is not an .xlsx workbook (it is cut short or damaged); save it as .xlsx or CSV UTF-8"),
    ("no bytes", file("", "h.xlsx"), f"h.xlsx: {EMPTY}"),
    ("old .xls", file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "h.xlsx"), "h.xlsx: is not an .xlsx workbook (it is an old .xls); save it as .xlsx or CSV UTF-8"),
    ("password", file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "h.xlsx"),
     "h.xlsx: is not an .xlsx workbook (it is protected by a password); save it as .xlsx or CSV UTF-8"),
    ("other zip", zipped({"a.txt": b"a"}), "h.xlsx: is not a workbook that can be read"),
    ("zip bomb", zipped({"xl/worksheets/sheet1.xml": b"\0" * 60_000_000}), "h.xlsx: would unpack from 57 kB to 57 MB in 1 parts, which no workbook needs"),
    ("many parts", zipped({f"{i}": b"" for i in range(2001)}), "h.xlsx: would unpack from 4 kB to 0 kB in 2001 parts, which no workbook needs"),
    ("XML entities", patched(bomb), "h.xlsx: is not a workbook that can be read (its XML declares entities, which no spreadsheet program writes)"),
    ("row number 9999999999", patched(lambda text: re.sub(r'(<row r|r)="([A-C]?)2"', r'\1="\g<2>9999999999"', text)), "h.xlsx Sheet1: has more than 1,048,576 rows"),
    ("claims a huge size", patched(lambda text: text.replace('ref="A1:C2"', 'ref="A1:XFD1048576"')), BTC),
    ("far cell", book(("Sheet1", [["asset", "coins", "price"], ["BTC", 50, 60000]]), change=lambda b: b["Sheet1"].cell(3, 300, 1)),
     "h.xlsx Sheet1 row 3: has cells beyond column 200, which are not read"),
    ("formula never calculated", cells("BTC", "=25*2", 60000), f"h.xlsx Sheet1 row 2, coins: {UNCALCULATED} (got '=25*2')"),
    ("optional formula never calculated", cells("BTC", 50, 60000, "=1/5", header=("asset", "coins", "price", "target_weight")),
     f"h.xlsx Sheet1 row 2, target_weight: {UNCALCULATED} (got '=1/5')"),
    ("formula with its value", patched(lambda text: text.replace("<v>50</v>", "<f>25*2</f><v>50</v>")), BTC),
    ("error cell", cells("BTC", "#DIV/0!", 60000), "h.xlsx Sheet1 row 2, coins: is an error value: mend the formula that gives it (got '#DIV/0!')"),
    ("date for a number", cells("BTC", datetime(2026, 1, 31), 60000), "h.xlsx Sheet1 row 2, coins: must be a plain number such as 1234.5 (got 2026-01-31 00:00:00)"),
    ("TRUE for a number", cells("BTC", True, 60000), "h.xlsx Sheet1 row 2, coins: must be a plain number such as 1234.5 (got TRUE)"),
    ("date for a name", cells(datetime(2026, 3, 1), 50, 60000),
     "h.xlsx Sheet1 row 2, asset: must be text, not a date or TRUE: format the cell as text and type it again (got 2026-03-01 00:00:00)"),
    ("number for a name", cells(1001, "BTC", 50, 60000, header=("portfolio", "asset", "coins", "price")), "ok 1001: BTC 50@60000"),
    ("merged cells", book(("Sheet1", [["portfolio", "asset", "coins", "price"], ["me", "BTC", 50, 60000], ["", "ETH", 50, 3000]]),
                          change=lambda b: b["Sheet1"].merge_cells("A2:A3")),
     "h.xlsx Sheet1 row 3, portfolio: is required, as other rows name a portfolio"),
    ("hidden sheet", book(("Old", [["nothing"]]), ("Now", [["asset", "coins", "price"], ["BTC", 50, 60000]]),
                          change=lambda b: setattr(b["Old"], "sheet_state", "hidden")), BTC),
    ("many sheets, none called Holdings", book(("One", [["asset"]]), ("Two", [["asset"]])), "h.xlsx: has no sheet Holdings (its sheets: One, Two)"),
    ("Holdings, Settings and Contracts", book(
        ("Other", [["x"]]), (" holdings", [["asset", "coins", "price", "venue", "hedge_ratio"], ["BTC", 50, 60000, "mine", 0.2]]),
        ("Settings", [["setting", "value"], ["horizon_days", 30]]),
        ("CONTRACTS", [["venue", "symbol", "field", "value"], ["mine", "BTCUSD", "kind", "inverse"], ["mine", "BTCUSD", "coin", "BTC"], [],
                       ["mine", "BTCUSD", "face", 100], ["mine", "BTCUSD", "mmr", 0.01], ["mine", "BTCUSD", "liq_method", "mark"]])),
     "ok h: BTC 50@60000 mine BTCUSD"),
    ("mistakes in Contracts", book(("Holdings", [["asset", "coins", "price"], ["BTC", 50, 60000]]),
                                   ("Contracts", [["venue", "symbol", "field", "value"], [], ["mine", "BTCUSD", "face", -1]])),
     "h.xlsx Contracts row 3, value: face must be a number > 0 (got '-1')"),
]  # fmt: skip
HUGE = {"row number 9999999999", "a million columns", "100,000 rows", "100,000 mistakes", "a row of a million cells"}
BUILT = {"byte order mark", "percent sign", "weights under 1, no cash", "claims a huge size", "Holdings, Settings and Contracts",
         *(name for name, *_ in ROWS if name.startswith("name '"))}  # fmt: skip


def outcome(path: Path) -> str:
    """What comes out of a file, as the table spells it."""
    try:
        portfolios, errors = read_portfolios(path)
    except XlhedgeError as error:
        return str(error)
    if errors:
        return f"{len(errors):,} mistakes" if len(errors) > 1000 else "\n".join(map(str, errors))
    first = portfolios[0]
    keys = {position.holding: position.hedge.key for position in first.positions}
    told = ", ".join(
        f"{h.values.asset} {h.values.coins:g}@{h.values.price:g} {keys.get(place, '')}".strip()
        for place, h in enumerate(first.holdings)
    )
    return f"ok {first.name}: {told}" + (f"; and {len(portfolios) - 1:,} more" if len(portfolios) > 1 else "")


@pytest.mark.parametrize("make,expected", [pytest.param(*rest, id=name) for name, *rest in ROWS])
def test_what_comes_out(tmp_path, make, expected):
    path = make(tmp_path)
    expected = expected.replace("{folder}", str(tmp_path)).strip()
    with ordinary_user(tmp_path) if make is no_permission else nullcontext():
        found = outcome(path)
    assert (
        found[: len(expected) if len(expected.split("\n")) == 1 and not expected.startswith("ok") else None] == expected
    )
    assert csv.field_size_limit() == 131072


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(make, id=name)
        for name, make, told in ROWS
        if name in BUILT or not (name in HUGE or told.startswith("ok"))
    ],
)
def test_nothing_is_half_written(tmp_path, make):
    path, out = make(tmp_path), tmp_path / "out"
    out.mkdir()
    with ordinary_user(tmp_path) if make is no_permission else nullcontext():
        run = CliRunner().invoke(cli.main, ["build", str(path), "--out", str(out / "book.xlsx")])
        told = outcome(path)
    written = [entry.name for entry in out.iterdir()]
    if told.startswith("ok"):
        assert (run.exit_code, written) == (0, ["book.xlsx"])
        told_of = ("xlhedge: amber: ", "xlhedge: note: sheet Other is not read; ")
        assert all(line.startswith(told_of) for line in run.stderr.splitlines()), run.stderr
        assert load_workbook(io.BytesIO((out / "book.xlsx").read_bytes())).sheetnames
    else:
        assert run.exit_code in (2, 3) and written == []
        assert all(line.startswith("xlhedge: ") for line in run.stderr.splitlines())
        assert all(line in run.stderr for line in told.splitlines())


def test_ids_are_many_and_differ():
    assert len({name for name, *_ in ROWS}) == len(ROWS) >= 60


def test_a_mistake_leaves_other_portfolios_whole(tmp_path):
    path = file("portfolio,asset,coins,price\na,BTC,1,60000\nb,BTC,x,60000\nb,ETH,1,3000\n")(tmp_path)
    portfolios, errors = read_portfolios(path)
    assert [p.name for p in portfolios] == ["a"]
    assert [(error.row, error.column, error.portfolio) for error in errors] == [(3, "coins", "b")]


def test_the_name_of_a_file_becomes_a_portfolio(tmp_path):
    path = file(f"{HEAD}BTC,1,1\n", f"a\nb\x07{'x' * 80}.csv")(tmp_path)
    assert read_portfolios(path)[0][0].name == ("a b " + "x" * 80)[:64]
