"""Tables that trackers might write and that can be read in two ways, or in none: each is read rightly or refused in one sentence."""

import pickle

import pytest
from trackers import written

from xlhedge.errors import XlhedgeError
from xlhedge.intake import read_portfolios
from xlhedge.portfolio.fields import HOLDING_FIELDS
from xlhedge.rows import Unclear

COLUMNS = ", ".join(HOLDING_FIELDS)
MAY_BE = "h.csv row 2, coins: may have a comma for thousands or for decimals: write"
HOSTILE = {  # a table, and what is read (asset, coins, price; notes that matter) or told
    # columns
    "Symbol,Quantity,Balance,Price|BTC,1,2,60000": "h.csv: columns Quantity and Balance may both be coins: call the one that is meant coins",
    "Symbol,Quantity,Balance,Price|BTC,1,1,60000": "BTC 1@60000",
    "Symbol,Quantity,Current price,Market price|BTC,1,60000,61000":
        "h.csv: columns Current price and Market price may both be price: call the one that is meant price",
    "asset,coins,amount,price|BTC,1,2,60000": "BTC 1@60000; column not needed and not read: amount",
    "asset,coins,price,price|BTC,1,2,60000": "h.csv: column 'price' appears 2 times",
    "Coin,Equity,Wallet Balance,Available,USD Value|BTC,0.5,0.6,0.4,30000":
        "h.csv: columns Equity and Wallet Balance may both be coins: call the one that is meant coins",
    "Symbol,Available,Locked,Price|BTC,1,2,60000": "h.csv: has only parts of the coins (Available and Locked): add a column coins with all of them",
    "Symbol,Price|BTC,60000": "h.csv: column coins is missing",
    "Symbol,Quantity|BTC,1": "h.csv: has no prices or values in USD: add a column price, or give a snapshot of prices (--prices FILE)",
    "Symbol,Quantity|USDT,1": "USDT 1@1",
    "symbol,side,size,entry price|BTCUSD,short,-100,60000":
        f"h.csv: unknown column 'size' (call it note, or give --ignore-columns, to have it ignored; columns are {COLUMNS}); column coins is missing",
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
    # totals of one asset among its own rows
    "Coin,Wallet,Amount,Price|BTC,Ledger,10,60000|BTC,Kraken,20,60000|BTC Total,,30,60000|ETH,Ledger,5,3000|ETH,Kraken,15,3000|ETH Total,,20,3000|Grand Total,,50,":
        "BTC 30@60000, ETH 20@3000; rows 4, 7 are sums of other rows of their assets and are left out: BTC Total, ETH Total; row 8 (Grand Total) is "
        "a total and is left out; added up: BTC (rows 2, 3), ETH (rows 5, 6)",
    "Coin,Wallet,Amount,Price|BTC,Ledger,10,60000|BTC,Kraken,20,60000|BTC,All wallets,30,60000|ETH,Ledger,5,3000":
        "BTC 30@60000, ETH 5@3000; row 4 is the sum of other rows of its asset and is left out: BTC All wallets",
    "Coin,Depot,Menge,Kurs|BTC,Ledger,10,60000|BTC,Kraken,20,60000|BTC,Summe,30,60000":
        "BTC 30@60000; row 4 is the sum of other rows of its asset and is left out: BTC Summe",
    "Coin,Depot,Menge,Kurs|BTC,Ledger,10,60000|BTC Ergebnis,,10,60000|Gesamtergebnis,,10,":
        "BTC 10@60000; row 3 is the sum of other rows of its asset and is left out: BTC Ergebnis; row 4 (Gesamtergebnis) is a total and is left out",
    "Coin,Amount,Price,Type|BTC,10,60000,available|BTC,2,60000,locked|BTC,12,60000,total":
        "BTC 12@60000; row 4 is the sum of other rows of its asset and is left out: BTC total; added up: BTC (rows 2, 3)",
    "Coin,Amount,Price,Type|BTC,12,60000,Total|BTC,10,60000,Free|BTC,2,60000,Used|ETH,5,3000,Total|ETH,5,3000,Free|ETH,0,3000,Used":
        "BTC 12@60000, ETH 5@3000; rows 2, 5 are sums of other rows of their assets and are left out: BTC Total, ETH Total",
    "Coin,Amount,Price,Type|BTC,12,60000,total|ETH,5,3000,total": "BTC 12@60000, ETH 5@3000",
    "Wallet,Coin,Amount,Price|Ledger,BTC,10,60000|Ledger,ETH,5,3000|Sub-total Ledger,,,|Kraken,BTC,20,60000|Subtotal,BTC,30,|Total,BTC,30,60000":
        "BTC 30@60000, ETH 5@3000; rows 6, 7 are sums of other rows of their assets and are left out: BTC Subtotal, BTC Total; row 4 (Sub-total "
        "Ledger) is a total and is left out; added up: BTC (rows 2, 5)",
    "Coin,Wallet,Amount,Price|BTC,Ledger,10,60000|BTC,All-in-one,7,60000": "BTC 17@60000; added up: BTC (rows 2, 3)",
    "Coin,Wallet,Amount,Price|BTC,Ledger,1,60000|BTC,Kraken,1,60000|BTC,Trezor,2,60000": "BTC 4@60000; added up: BTC (rows 2, 3, 4)",
    "Coin,Wallet,Amount,Price|BTC,Ledger,10,60000|BTC,Kraken,20,60000|BTC,Total,31,60000":
        "h.csv row 4, coins: is read as a total of BTC, of which the other rows hold 30: leave the row out, or do not call it a total (got '31')",
    "Coin,Wallet,Amount,Price|BTC,Ledger,10,60000|BTC,Kraken,20,60000|BTC,,30,60000":
        "h.csv row 4, coins: is the sum of rows 2, 3: leave the row out where it is their total, or add it to one of them where it is not (got '30')",
    "asset,coins,price|BTC,30,60000|ETH,5,3000|BTC Total,30,60000":
        "BTC 30@60000, ETH 5@3000; row 4 is the sum of other rows of its asset and is left out: BTC Total",
    "asset,coins,price|BTC,30,60000|ETH,5,3000|BTC Total,31,60000":
        "h.csv row 4, coins: is read as a total of BTC, of which the other rows hold 30: leave the row out, or do not call it a total (got '31')",
    # shares held now, by values or by prices: 50 * 60000 is 80 % of 3,750,000
    "Currency,Amount,Value,Allocation|BTC,50,3000000,80%|ETH,250,750000,20%": "BTC 50@60000, ETH 250@3000",
    "Currency,Amount,Value,Allocation|BTC,50,3000000,60%|ETH,250,750000,40%":
        "BTC 50@60000 60%, ETH 250@3000 40%; column Allocation is not the share held now, and is read as target_weight",
    "Currency,Amount,Market value (USD),Holding %|BTC,50,3000000,80|ETH,250,750000,20": "BTC 50@60000, ETH 250@3000; column not needed and not read: Holding %",
    "Symbol,Quantity,Value|BTC,1,60000|ETH,1,€3000": "h.csv row 3, price: must be in USD, and this is in EUR (got '€3000')",
    # targets
    "Symbol,Quantity,Price,Target|BTC,1,60000,60|USDT,1000,1,40": "BTC 1@60000 60%, USDT 1000@1 40%; column Target is read in percent",
    "Wallet,Symbol,Quantity,Price,Target|A,BTC,1,60000,60|B,BTC,1,60000,60|A,USDT,1000,1,40":
        "BTC 2@60000 60%, USDT 1000@1 40%; column Target is read in percent; added up: BTC (rows 2, 3)",
    "Symbol,Quantity,Price,Target|BTC,1,60000,0.6|USDT,1000,1,0.4": "BTC 1@60000 60%, USDT 1000@1 40%",
    "Symbol,Quantity,Price,Target|BTC,1,60000,60|USDT,1000,1,30":
        "h.csv row 2, target_weight: must be >= 0 and <= 1, such as 0.2 or 20% (got '60')|"
        "h.csv row 3, target_weight: must be >= 0 and <= 1, such as 0.2 or 20% (got '30')",
    # numbers
    "Symbol;Quantity;Price|BTC;1;60.000": "h.csv row 2, price: may have a point for thousands or for decimals: write 60000 or 60.0 (got '60.000')",
    "Symbol;Quantity;Price|BTC;0,5;60.000": "BTC 0.5@60000; commas are decimals and points thousands, as 0,5 in row 2 tells",
    "asset;coins;price|BTC;0,5;60.000": "BTC 0.5@60000; commas are decimals and points thousands, as 0,5 in row 2 tells",
    'Symbol,Quantity,Price|BTC,1,"60,000"': "h.csv row 2, price: may have a comma for thousands or for decimals: write 60000 or 60.0 (got '60,000')",
    'asset,coins,price|BTC,"1,200","$60,000"|ETH,500,"$3,000"':
        "BTC 1200@60000, ETH 500@3000; points are decimals and commas thousands, as the dollar before 60,000 in row 2 tells",
    'asset,coins,price|BTC,"1,200",$60000': "BTC 1200@60000; points are decimals and commas thousands, as the dollar before 60000 in row 2 tells",
    'Symbol,Quantity,Value|BTC,25,"$150,000"': "BTC 25@6000; points are decimals and commas thousands, as the dollar before 150,000 in row 2 tells",
    'asset,coins,price|BTC,"1,200","60,000 $"': f"{MAY_BE} 1200 or 1.2 (got '1,200')|{MAY_BE.replace('coins', 'price')} 60000 or 60.0 (got '60,000 $')",
    'asset,coins,price|BTC,"1,200",60000': f"{MAY_BE} 1200 or 1.2 (got '1,200')",
    "asset;coins;price|BTC;1,200;$60000": f"{MAY_BE} 1200 or 1.2 (got '1,200')",
    "asset\tcoins\tprice|BTC\t1,200\t$60000": f"{MAY_BE} 1200 or 1.2 (got '1,200')",
    'asset,coins,price|BTC,"1,200",$60.000':
        f"{MAY_BE} 1200 or 1.2 (got '1,200')|{MAY_BE.replace('coins', 'price').replace('comma', 'point')} 60000 or 60.0 (got '$60.000')",
    'asset,coins,price|BTC,"1,200",$60000|ETH,1.500,$3000': f"{MAY_BE} 1200 or 1.2 (got '1,200')",
    'asset,coins,price|BTC,"0,5","$60,000"':
        "h.csv row 2, coins: has a comma for decimals, and the dollar before 60,000 in row 2 a point: write all numbers of the table in one way (got '0,5')",
    'asset,coins,price|BTC,"0,5",$60000': "BTC 0.5@60000; commas are decimals and points thousands, as 0,5 in row 2 tells",
    "Symbol;Quantity;Price|BTC;0,5;60000|ETH;0.5;3000":
        "h.csv row 2, coins: has a comma for decimals, and 0.5 in row 3 a point: write all numbers of the table in one way (got '0,5')",
    "asset,coins,price|BTC,1.5 BTC,$60000": "BTC 1.5@60000; numbers are read without their signs and units, such as 1.5 BTC in row 2",
    "asset,coins,price|ETH,2 BTC,$3000": "h.csv row 2, coins: must be in ETH (got '2 BTC')",
    "asset,coins,price|BTC,$100,60000": "h.csv row 2, coins: is an amount of money (USD), and coins are wanted (got '$100')",
    # columns of one coin, or of money
    "Coin,Amount (BTC),Price|BTC,10,60000|ETH,0.5,3000": "h.csv row 3, coins: must be in ETH, and column Amount (BTC) says BTC (got '0.5')",
    "asset,coins (ETH),price|BTC,10,60000|ETH,0.5,3000": "h.csv row 2, coins: must be in BTC, and column coins (ETH) says ETH (got '10')",
    "asset,coins (UNITS),price|BTC,10,60000|ETH,0.5,3000": "BTC 10@60000, ETH 0.5@3000",
    "Coin,Wallet,Amount (BTC),Price|BTC,A,1,60000|BTC,B,2,60000|BTC Total,,3,60000": "BTC 3@60000; added up: BTC (rows 2, 3)",
    "Coin,Amount (BTC),Price|XBT,10,60000": "XBT 10@60000",
    "Name,Symbol,Price,24h%,Holdings,Avg. Buy Price|Bitcoin,BTC,$60000,0.2%,$3000000,$21000":
        "h.csv: column Holdings is an amount of money (such as $3000000), and no column tells the coins: add a column coins",
    # other things than holdings
    "Date,Type,Asset,Amount,Price|2026-01-01,buy,BTC,1,60000":
        "h.csv: is a list of transactions (columns Date, Type), not of holdings: give it to xlhedge import",
    "txid,refid,time,type,asset,amount,fee,balance|A,B,2026-01-01,deposit,XXBT,1,0,1":
        "h.csv: is a list of transactions (columns txid, refid, time, type), not of holdings: give it to xlhedge import",
    "Some words, and more||Transaction ID,Timestamp,Transaction Type,In/Out,Amount Fiat,Asset|C1,2026-01-01,buy,in,100,BTC":
        "h.csv: is a list of transactions (columns Transaction ID, Timestamp, Transaction Type), not of holdings: give it to xlhedge import",
    "Operation Date,Status,Currency Ticker,Operation Type,Operation Amount|2026-01-01,Confirmed,BTC,IN,1":
        "h.csv: is a list of transactions (columns Operation Date, Operation Type, Operation Amount), not of holdings: give it to xlhedge import",
    "Date,Symbol,Quantity,Price|2026-01-01,BTC,1,60000|2026-01-02,BTC,1,61000":
        "h.csv: holds BTC on several days (column Date): leave the rows of one day, or give what is a list of transactions to xlhedge import",
    "Date,Symbol,Quantity,Price|2026-01-01,BTC,1,60000|2026-01-02,ETH,1,3000":
        "BTC 1@60000, ETH 1@3000; column Date tells several days (2026-01-01, 2026-01-02), and what is held is taken to be of one moment",
    "Wallet,Date,Symbol,Quantity,Price|A,1/2/2026 9:30,BTC,1,60000|B,1/2/2026 10:30,BTC,2,60000": "BTC 3@60000; added up: BTC (rows 2, 3)",
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


def test_what_is_wrong_with_a_cell_goes_to_other_processes():
    cell = pickle.loads(pickle.dumps(Unclear("1,000", "may be two numbers")))
    assert (cell, cell.rule) == ("1,000", "may be two numbers")
