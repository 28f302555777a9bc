"""Hostile exports: each gives a sentence that names the file, the row and the rule, or the right rows; nothing is half-written.

One row each: the files, what is asked beside them, and what must come out: "n rows" with a part of what is told, or the exit
code of a refusal with its sentence, {here} being the folder.
"""

from datetime import datetime

import openpyxl
import pytest
from commands import run

HEAD = "time,venue,contract,qty,price\n"
ROW = "2026-01-10 11:00:00,bitmex,XBTUSD,600000,60000\n"
MORE = "2026-01-11 11:00:00,bitmex,XBTUSD,-100000,50000\n"
US, EU = (
    "{},bitmex,XBTUSD,100,60000\n".format(f'"{text}"') for text in ("1/26/2026, 6:32:04 PM", "26/1/2026, 18:32:04")
)
TRADES = "transactTime,symbol,execType,side,lastQty,lastPx,execCost,execComm\n"
TRADE = "2026-01-10 11:00:00,{},Trade,{},100,60000,-166667,83\n"
STATEMENT = "User_ID,UTC_Time,Account,Operation,Coin,Change,Remark\n1,2026-01-10 11:00:00,Coin-M,Fee,BTC,-0.1,\n"


def with_id(text: str) -> str:
    return f'time,venue,contract,qty,price,id\n2026-01-10 11:00:00,bitmex,XBTUSD,600000,60000,"{text}"\n'


BYBIT_UTA = (
    "Uid,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,"
    "Action,Time(UTC)\n77,BTC,BTCUSD,TRADE,SELL,300000,300000,60000,0,0,0,0,5,OPEN,2026-11-02 08:00:00\n"
)


def typed(**columns: str) -> str:
    """A table of one fill with some cells replaced."""
    cells = dict(zip(HEAD.strip().split(","), ROW.strip().split(","))) | columns
    return ",".join(cells) + "\n" + ",".join(f'"{cell}"' for cell in cells.values()) + "\n"


def sheets(*tables: list[list]):
    """A workbook of some sheets."""

    def write(path):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for table in tables:
            sheet = book.create_sheet()
            for row in table:
                sheet.append(row)
        book.save(path)

    return write


BOOKED = [["time", "venue", "contract", "qty", "price"], ["2026-01-10 11:00:00", "bitmex", "XBTUSD", 600000, 60000.5]]
UTF16 = (HEAD + ROW).encode("utf-16")
TIME = "row 2, time: must be a time such as 2026-01-10 11:00:00 (got {})"
NUMBER = "must be a plain number such as 1234.5, with a point for decimals"
ONE, TWO = "ledger.csv (1 row ", "ledger.csv (2 rows "
CASES = {  # files by name; what is asked beside them; exit code; what is told
    # Files that are no table, or are damaged
    "empty": ({"a.csv": ""}, "", 2, "a.csv: is empty; it needs a header row and at least one row below it"),
    "blank lines": ({"a.csv": "\n\n \n"}, "", 2, "a.csv: is empty; it needs a header row"),
    "header only": ({"a.csv": HEAD}, "", 0, "ledger.csv (no rows)"),
    "cut off in a row": ({"a.csv": HEAD + ROW + "2026-01-11 11:00:00,bit"}, "", 2, "a.csv row 3: has 2 cells where the header names 5 columns: is the file cut off?"),
    "cut off in a quoted cell": ({"a.csv": HEAD + ROW + '"2026-01-1'}, "", 2, "a.csv row 3:"),
    "a row too wide": ({"a.csv": HEAD + ROW.strip() + ",more\n"}, "", 2, "a.csv row 2: has 6 cells where the header names 5 columns"),
    "a line of nine million characters": ({"a.csv": HEAD + ROW + "x" * 9_000_000}, "", 2, "a.csv row 3:"),
    "NUL": ({"a.csv": HEAD + ROW + "\0"}, "", 2, "a.csv row 3: holds a NUL byte"),
    "UTF-16": ({"a.csv": UTF16}, "", 2, "a.csv: is UTF-16 text; save it as CSV UTF-8"),
    "Windows-1252": ({"a.csv": (HEAD + ROW).replace("bitmex", "bitmé").encode("cp1252")}, "", 2, "a.csv row 2: byte 0xe9 (é in Windows-1252) is not UTF-8"),
    "a workbook called CSV": ({"a.csv": sheets(BOOKED)}, "", 2, "a.csv: is a zip archive such as .xlsx and not CSV"),
    "CSV called a workbook": ({"a.xlsx": HEAD + ROW}, "", 2, "a.xlsx: is not an .xlsx workbook (it is text, perhaps CSV)"),
    "a folder without tables": ({"a.pdf": "%PDF"}, "", 2, "holds no file that ends in .csv"),
    # Headers
    "another delimiter": ({"a.csv": (HEAD + ROW).replace(",", "|")}, "", 2, "a.csv: is no export that is known"),
    "no header": ({"a.csv": ROW + MORE}, "", 2, "a.csv: is no export that is known: no row names its columns (the first holds"),
    "a statement of Binance": ({"a.csv": STATEMENT}, "", 2, "a.csv: is Binance's account statement, which tells no contracts: export the trade and the transaction history of futures"),
    "a few columns of an export": ({"a.csv": "account,change,fee,type\n1,2,3,4\n"}, "", 2, "a.csv: is no export that is known: no row names its columns (the first holds 'account', 'change', 'fee', 'type')"),
    "a column is missing": ({"a.csv": (TRADES + TRADE).replace(",execComm", "").replace(",83", "")}, "", 2, "a.csv: is no export that is known; the nearest is BitMEX trade history, of which column execcomm is missing"),
    "holdings": ({"a.csv": "asset,coins,price\nBTC,1,60000\n"}, "", 2, "a.csv: is a table of holdings, which build reads"),
    "the header comes again": ({"a.csv": HEAD + ROW + HEAD + MORE}, "", 0, "row 3 names the columns again and is passed over"),
    "a second export below": ({"a.csv": HEAD + ROW + TRADES + TRADE.format("XBTUSD", "Buy")}, "", 2, "a.csv row 3: has 8 cells where the header names 5 columns"),
    "a column twice": ({"a.csv": HEAD.replace("price", "price,price") + ROW.strip() + ",1\n"}, "", 0, "column price_6 is not read"),
    "lines above, semicolons, a mark of order": ({"a.csv": "\ufeffMy account\n\n" + (HEAD + ROW).replace(",", ";")}, "", 0, ONE),
    # Cells
    "a sum at the end": ({"a.csv": HEAD + ROW + "Total,,,600000,\n"}, "", 2, "a.csv row 3: is a row of sums (Total) and no event: take it out"),
    "32 January": ({"a.csv": typed(time="2026-01-32 11:00:00")}, "", 3, TIME.format("'2026-01-32 11:00:00'")),
    "only a date": ({"a.csv": typed(time="soon")}, "", 3, TIME.format("'soon'")),
    "the year 20260": ({"a.csv": typed(time="20260-01-10 11:00:00")}, "", 3, "row 2, time: must be a time"),
    "a day of the United States": ({"a.csv": HEAD + US}, "", 0, "ledger.csv (1 row from 2026-01-26"),
    "a day of Europe": ({"a.csv": HEAD + EU}, "", 0, "ledger.csv (1 row from 2026-01-26"),
    "days of both": ({"a.csv": HEAD + US + EU}, "", 3, "a.csv row 3, time: must not have the day and the month the other way round"),
    "a day or a month": ({"a.csv": typed(time="1/2/2026 18:00")}, "", 3, "may have the day or the month first, and no time of the file tells which"),
    "an hour that was skipped": ({"a.csv": typed(time="2026-03-29 02:30:00")}, "--zone Europe/Berlin", 3, "does not exist in Europe/Berlin, where clocks were put forward"),
    "an hour that came twice": ({"a.csv": typed(time="2026-10-25 02:30:00")}, "--zone Europe/Berlin", 0, "on 2026-10-25 clocks in Europe/Berlin go through an hour twice, in which times stand"),
    "a zone that is none": ({"a.csv": HEAD + ROW}, "--zone Berlin", 2, "zone must be a time zone such as Europe/Berlin, UTC or UTC+3 (got 'Berlin')"),
    "price 0": ({"a.csv": typed(price="0")}, "", 3, "a.csv row 2, price: must be a number > 0 (got '0')"),
    "a price below 0": ({"a.csv": typed(price="-60000")}, "", 3, "price: must be a number > 0 (got '-60000')"),
    "a size in words": ({"a.csv": typed(qty="ten")}, "", 3, f"a.csv row 2, qty: {NUMBER} (got 'ten')"),
    "a size without end": ({"a.csv": typed(qty="1e400")}, "", 3, f"qty: {NUMBER} (got '1e400')"),
    "no number": ({"a.csv": typed(qty="nan")}, "", 3, f"qty: {NUMBER} (got 'nan')"),
    "a size with underscores": ({"a.csv": typed(qty="600_000")}, "", 3, f"qty: {NUMBER} (got '600_000')"),
    "no size": ({"a.csv": typed(qty="--")}, "", 3, "a.csv row 2, qty: must be a number for a fill (got '--')"),
    "thousands": ({"a.csv": typed(qty="600,000", price="60,000.00")}, "", 3, "qty: may have a comma for thousands or for decimals"),
    "plain thousands": ({"a.csv": typed(qty="1,600,000", price="60,000.00")}, "", 0, "+1,600,000 USD at 60,000"),
    "a decimal comma": ({"a.csv": (HEAD + ROW).replace("60000\n", '"60000,5"\n')}, "", 3, f"price: {NUMBER} (got '60000,5')"),
    "decimal commas beside semicolons": ({"a.csv": (HEAD + ROW).replace(",", ";").replace("60000\n", "60.000,5\n")}, "", 0, "USD at 60,000.5"),
    "days first as Excel saves them": ({"a.csv": BYBIT_UTA.replace("2026-11-02 08:00:00", "02.11.2026 08:00").replace(",", ";")}, "", 0, "1 fill from 2026-11-02"),
    "a comma for thousands or for decimals": ({"a.csv": (HEAD + ROW).replace(",", ";").replace("60000\n", "60,000\n")}, "", 3, "may have a comma for thousands or for decimals"),
    "a note beside the exports": ({"a.csv": HEAD + ROW, "readme.txt": "of the tax office\n"}, "", 0, "note: readme.txt is passed over: it is no export that is known"),
    "a note alone": ({"readme.txt": "of the tax office\n"}, "", 2, "readme.txt: is no export that is known"),
    "an export that changed beside others": ({"a.csv": HEAD + ROW, "b.csv": BYBIT_UTA.replace("Cash Flow", "Cash")}, "", 2, "column cash_flow is missing"),
    "no venue": ({"a.csv": (HEAD + ROW).replace("venue", "note")}, "", 2, "a.csv: has no column venue: add one that names it in each row"),
    "a blank venue": ({"a.csv": typed(venue="")}, "", 3, "a.csv row 2, venue: must be the name of a venue, such as bybit"),
    "points for thousands": ({"a.csv": (HEAD + ROW).replace(",", ";").replace("60000\n", "60.000\n")}, "", 3, "may have a point for thousands or for decimals"),
    "a formula as id": ({"a.csv": with_id("=cmd|'/c calc'!A1")}, "", 0, ONE),
    "a line break in an id": ({"a.csv": with_id("a\nb")}, "", 3, "id: must be printable text of at most 200 characters"),
    "an id of 10,000 characters": ({"a.csv": with_id("x" * 10_000)}, "", 3, "id: must be printable text of at most 200 characters"),
    "a note of 10,000 characters": ({"a.csv": with_id("x" * 10_000).replace(",id", ",note")}, "", 0, ONE),
    "a side that is none": ({"a.csv": TRADES + TRADE.format("XBTUSD", "Long")}, "", 3, "a.csv row 2, side: must be one of buy, sell (got 'Long')"),
    "a type that is none": ({"a.csv": typed(type="gift")}, "", 3, "type: must be one of fill, funding, fee, transfer, settlement, realised, missing (got 'gift')"),
    "a venue that is none": ({"a.csv": typed(venue="mtgox")}, "", 3, "mtgox"),
    "a symbol with spaces": ({"a.csv": TRADES + TRADE.format(" XBTUSD ", "Buy")}, "", 0, ONE),
    "a symbol that no table has": ({"a.csv": TRADES + TRADE.format("QQQUSD", "Buy")}, "", 3, "a.csv row 2, symbol: bitmex has no contract 'QQQUSD' here"),
    "nothing but linear contracts": ({"a.csv": TRADES + TRADE.format("XBTUSDT", "Buy")}, "", 0, "left out: 1 row, linear contracts (XBTUSDT)"),
    # Several files and sheets
    "mixed venues": ({"a.csv": HEAD + ROW, "b.csv": HEAD + MORE.replace("bitmex,XBTUSD", "bybit,BTCUSD"), "c.txt": TRADES + TRADE.format("XBTUSD", "Sell")}, "", 0, "ledger.csv (3 rows "),
    "equal rows of one file": ({"a.csv": HEAD + ROW + ROW}, "", 0, "+1,200,000 USD at 60,000"),
    "equal rows of two files": ({"a.csv": HEAD + ROW + ROW, "b.csv": HEAD + ROW}, "", 0, "+1,200,000 USD at 60,000"),
    "one of two is none": ({"a.csv": HEAD + ROW, "b.csv": "x,y\n1,2\n"}, "", 0, "note: b.csv is passed over: it is no export that is known: no row names its columns"),
    "mistakes of two files": ({"a.csv": typed(qty="ten"), "b.csv": typed(price="0")}, "", 3, "b.csv row 2, price: must be"),
    "two sheets": ({"a.xlsx": sheets(BOOKED, [BOOKED[0], ["2026-01-11 11:00:00", "bybit", "BTCUSD", -5, 0.5]])}, "", 0, TWO),
    "dates of a workbook": ({"a.xlsx": sheets([BOOKED[0], [datetime(2026, 1, 26, 18, 32), *BOOKED[1][1:]]])}, "", 0, "ledger.csv (1 row from 2026-01-26"),
    "contracts that are not there": ({"a.csv": HEAD + ROW}, "--account a --contracts none.csv", 2, "none.csv"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_comes_out(tmp_path, name):
    files, asked, code, told = CASES[name]
    folder, out = tmp_path / "exports", tmp_path / "ledger.csv"
    folder.mkdir()
    for file, content in files.items():
        if callable(content):
            content(folder / file)
        elif isinstance(content, bytes):
            (folder / file).write_bytes(content)
        else:
            (folder / file).write_text(content, encoding="utf-8")
    out.write_text("time,account,venue,contract,type,qty,price,fee,amount,id,file,row\n")
    result = run("import", folder, "--out", out, *asked.split())
    assert (result.exit_code, told in (result.stderr if code else result.stdout)) == (code, True), result.output
    assert sorted(tmp_path.iterdir()) == [folder, out]
    if code:
        assert out.read_text().count("\n") == 1 and not result.stdout and result.stderr.count("\n") <= 2
    else:
        assert f"wrote {out} (" in result.stdout
        assert run("import", out).exit_code == 0
