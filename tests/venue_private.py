"""What Kraken, Bybit and OKX answer to a signed request, in their form: the account of venue_account."""

from datetime import datetime

from venue_account import ENTRY, FILLS, FUNDINGS, KEY, WALLET, iso, signed, when, within
from venue_public import at, ms
from venue_server_asked import Asked


# Kraken Futures: a log whose trades are two rows each, by number.


def kraken_row(number: int, hours: float, info: str, asset: str, before: float, after: float, **more) -> dict:
    return {
        "asset": asset, "contract": "pi_xbtusd", "booking_uid": f"k-{number}", "collateral": None, "date": iso(when(hours)),
        "execution": None, "fee": None, "funding_rate": None, "id": number, "info": info, "margin_account": "fi_xbtusd",
        "mark_price": None, "new_average_entry_price": None, "new_balance": after, "old_average_entry_price": None,
        "old_balance": before, "realized_funding": None, "realized_pnl": None, "trade_price": None, **more,
    }  # fmt: skip


def _kraken_log() -> list[dict]:
    rows = [kraken_row(1, 0, "cross-exchange transfer", "xbt", 0, 3, contract=None)]
    entries, before, wallet = (80000, ENTRY, ENTRY), 0, 3
    for place, (hours, _, _, price, fee, position, balance, profit) in enumerate(FILLS):
        same = {"execution": f"e-{place}", "trade_price": price, "mark_price": price}
        rows.append(
            kraken_row(
                10 * place + 2,
                hours,
                "futures trade",
                "pi_xbtusd",
                before,
                position,
                new_average_entry_price=entries[place],
                **same,
            )
        )
        rows.append(
            kraken_row(
                10 * place + 3, hours, "futures trade", "xbt", wallet, balance, fee=fee, realized_pnl=profit, **same
            )
        )
        before, wallet = position, balance
    for number, (hours, amount, balance) in zip((20, 30), FUNDINGS):
        rows.append(
            kraken_row(
                number,
                hours,
                "funding rate change",
                "xbt",
                balance - amount,
                balance,
                realized_funding=amount,
                funding_rate=1e-9,
            )
        )
    rows.append(
        kraken_row(
            40, 33, "futures trade", "pf_xbtusd", 0, 1, contract="pf_xbtusd", margin_account="flex", trade_price=60000
        )
    )
    return sorted(rows, key=lambda row: row["id"])


def kraken_log(rows: list[dict]):
    """The log in pages, from a time or a number on."""

    def answer(asked: Asked) -> dict:
        low = int(asked.query.get("from", 0))
        found = [
            row
            for row in rows
            if row["id"] >= low
            and datetime.fromisoformat(row["date"]).timestamp() * 1000 >= int(asked.query.get("since", 0))
        ]
        return {"accountUid": "f92fc7de", "logs": found[: int(asked.query["count"])]}

    return signed("kraken", answer)


def kraken_many(count: int) -> dict:
    return {"api/history/v3/account-log": kraken_log([
        kraken_row(1 + place, place / 60, "futures trade", "pi_xbtusd", place, place + 1, trade_price=50000, execution=f"e-{place}")
        for place in range(count)
    ])}  # fmt: skip


KRAKEN = {
    "derivatives/api/v3/openpositions": signed("kraken", at({"result": "success", "serverTime": lambda asked: iso(asked.now), "openPositions": [
        {"side": "short", "symbol": "PI_XBTUSD", "price": ENTRY, "fillTime": "2026-01-01T00:00:00.000Z", "size": 75000, "unrealizedFunding": 0.0},
    ]})),
    "derivatives/api/v3/accounts": signed("kraken", at({"result": "success", "serverTime": lambda asked: iso(asked.now), "accounts": {
        "fi_xbtusd": {"type": "marginAccount", "currency": "xbt", "balances": {"xbt": WALLET}, "auxiliary": {"pv": 3.0, "pnl": 0.0, "af": 3.0}},
        "fi_ethusd": {"type": "marginAccount", "currency": "eth", "balances": {"eth": 0.0}, "auxiliary": {"pv": 0.0, "pnl": 0.0, "af": 0.0}},
        "cash": {"type": "cashAccount", "balances": {"xbt": 1.0}}, "flex": {"type": "multiCollateralMarginAccount", "currencies": {}},
    }})),
    "api/history/v3/account-log": kraken_log(_kraken_log()),
}  # fmt: skip


# Bybit: one log, newest first, by cursor; the fee of a trade is paid above 0, and Change has it all.


def _bybit(result) -> dict:
    return at({"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": ms})


def bybit_row(number: int, hours: float, kind: str, change: float, balance: float, **more) -> dict:
    return {
        "id": f"b-{number}", "symbol": "BTCUSD", "category": "inverse", "side": "None", "transactionTime": str(when(hours)), "type": kind,
        "transSubType": "", "qty": "0", "size": "0", "currency": "BTC", "tradePrice": "0", "funding": "", "fee": "0", "cashFlow": "0",
        "change": f"{change:.10f}", "cashBalance": f"{balance:.10f}", "feeRate": "0", "bonusChange": "", "tradeId": "", "orderId": "", "orderLinkId": "", **more,
    }  # fmt: skip


def _bybit_log() -> list[dict]:
    rows = [bybit_row(1, 0, "TRANSFER_IN", 3, 3, symbol="", category="")]
    for place, (hours, side, usd, price, fee, position, balance, profit) in enumerate(FILLS):
        rows.append(
            bybit_row(
                10 * place + 2,
                hours,
                "TRADE",
                profit - fee,
                balance,
                side=side.title(),
                qty=str(usd),
                size=str(position),
                tradePrice=str(price),
                fee=f"{fee:.10f}",
                cashFlow=f"{profit:.10f}",
                tradeId=f"t-{place}",
            )
        )
    for number, (hours, amount, balance) in zip((20, 30), FUNDINGS):
        rows.append(
            bybit_row(
                number,
                hours,
                "SETTLEMENT",
                amount,
                balance,
                side="Sell",
                funding=f"{amount:.10f}",
                qty="100000",
                size="-100000",
                tradeId=f"f-{number}",
            )
        )
    rows.append(
        bybit_row(
            40,
            33,
            "TRADE",
            -0.1,
            100,
            symbol="BTCUSDT",
            category="linear",
            currency="USDT",
            side="Buy",
            qty="1",
            tradePrice="1",
        )
    )
    return sorted(rows, key=lambda row: -int(row["transactionTime"]))


def bybit_log(rows: list[dict], page: int = 2):
    """The log in pages, newest first."""

    def answer(asked: Asked):
        found, begin = within(asked, rows, "transactionTime", "startTime", "endTime"), int(asked.query.get("cursor", 0))
        more = str(begin + page) if begin + page < len(found) else ""
        return _bybit({"list": found[begin : begin + page], "nextPageCursor": more})(asked)

    return signed("bybit", answer)


def bybit_many(count: int) -> dict:
    return {"v5/account/transaction-log": bybit_log([
        bybit_row(place, place / 60, "TRADE", 0, 3, side="Buy", qty="1", size="1", tradePrice="50000", tradeId=f"t-{place}") for place in range(count)
    ], 50)}  # fmt: skip


def bybit_rights(read_only: int, **permissions):
    return signed(
        "bybit",
        _bybit(
            {
                "id": "1",
                "note": "mine",
                "apiKey": KEY,
                "readOnly": read_only,
                "secret": "",
                "permissions": permissions,
                "ips": ["*"],
            }
        ),
    )


BYBIT = {
    "v5/user/query-api": bybit_rights(1),
    "v5/account/info": signed("bybit", _bybit({"marginMode": "REGULAR_MARGIN", "unifiedMarginStatus": 5})),
    "v5/position/list": signed("bybit", _bybit({"category": "inverse", "nextPageCursor": "", "list": [
        {"positionIdx": 0, "symbol": "BTCUSD", "side": "Sell", "size": "75000", "avgPrice": repr(ENTRY), "leverage": "5", "positionBalance": "0.2", "tradeMode": 0},
        {"positionIdx": 0, "symbol": "ETHUSD", "side": "", "size": "0", "avgPrice": "0", "leverage": "10", "positionBalance": "0", "tradeMode": 0},
    ]})),
    "v5/account/wallet-balance": signed("bybit", _bybit({"list": [{"accountType": "UNIFIED", "coin": [
        {"coin": "BTC", "equity": "3.2", "walletBalance": repr(WALLET)}, {"coin": "ETH", "equity": "0", "walletBalance": "0"},
    ]}]})),
    "v5/account/transaction-log": bybit_log(_bybit_log()),
}  # fmt: skip


# OKX: contracts of 100 USD; fees are paid below 0; lists from the newest row back, by the number of the bill.


def _okx(*rows) -> object:
    return at({"code": "0", "msg": "", "data": [*rows]})


def okx_list(rows: list[dict]):
    """A list in pages, newest first, of one type."""

    def answer(asked: Asked):
        found = [
            row
            for row in within(asked, rows, "ts", "begin", "end")
            if all(row.get(name) == asked.query[name] for name in ("instType", "type") if name in asked.query)
        ]
        found = [row for row in found if int(row["billId"]) < int(asked.query.get("after", 1 << 62))]
        return _okx(*found[: int(asked.query["limit"])])(asked)

    return signed("okx", answer)


def okx_fill(number: int, hours: float, side: str, contracts: float, price: float, fee: float, **more) -> dict:
    return {
        "instType": "SWAP", "instId": "BTC-USD-SWAP", "tradeId": f"t-{number}", "ordId": "1", "clOrdId": "", "billId": str(1000 + number), "tag": "",
        "fillPx": str(price), "fillSz": str(contracts), "side": side, "posSide": "net", "execType": "T", "feeCcy": "BTC", "fee": f"{-fee:.10f}",
        "ts": str(when(hours)), **more,
    }  # fmt: skip


def okx_bill(number: int, hours: float, kind: str, subtype: str, amount: float, balance: float, **more) -> dict:
    return {
        "instType": "SWAP", "billId": str(1000 + number), "type": kind, "subType": subtype, "ts": str(when(hours)), "balChg": f"{amount:.10f}",
        "posBalChg": "0", "bal": f"{balance:.10f}", "posBal": "0", "sz": "0", "ccy": "BTC", "pnl": "0", "fee": "0", "mgnMode": "cross",
        "instId": "BTC-USD-SWAP", "ordId": "", "from": "", "to": "", "notes": "", "px": "", **more,
    }  # fmt: skip


def okx_many(count: int) -> dict:
    rows = [okx_fill(place, place / 60, "buy", 1, 50000, 0) for place in reversed(range(count))]
    return {"api/v5/trade/fills-history": okx_list(rows)}


OKX_FILLS = [
    okx_fill(10 * place + 2, hours, side, usd / 100, price, fee)
    for place, (hours, side, usd, price, fee, *_) in enumerate(FILLS)
]
OKX_BILLS = [
    okx_bill(1, 0, "1", "11", 3, 3, instId="", instType=""),
    *(
        okx_bill(10 * place + 2, fill[0], "2", "2", fill[7] - fill[4], fill[6], sz=str(fill[2] / 100), pnl=str(fill[7]))
        for place, fill in enumerate(FILLS)
    ),
    okx_bill(13, 8, "8", "174", 0.00012, 2.99939, pnl="0.00012", sz="1000"),
    okx_bill(30, 32, "8", "173", -0.00004, 3.1344125, pnl="-0.00004", sz="750"),
    okx_bill(40, 33, "8", "173", -0.1, 100, pnl="-0.1", instId="BTC-USDT-SWAP", ccy="USDT"),
]
OKX = {
    "api/v5/account/config": signed("okx", _okx({"uid": "4477", "acctLv": "2", "perm": "read_only", "posMode": "net_mode"})),
    "api/v5/account/positions": signed("okx", _okx(
        {"instId": "BTC-USD-SWAP", "instType": "SWAP", "mgnMode": "cross", "posSide": "net", "pos": "-750", "avgPx": repr(ENTRY), "lever": "5", "margin": "", "ccy": "BTC"},
    )),
    "api/v5/account/balance": signed("okx", _okx({"totalEq": "1", "details": [{"ccy": "BTC", "cashBal": repr(WALLET), "eq": "3.2"}]})),
    "api/v5/trade/fills-history": okx_list(OKX_FILLS[::-1]),
    "api/v5/account/bills-archive": okx_list(sorted(OKX_BILLS, key=lambda row: -int(row["billId"]))),
}  # fmt: skip
