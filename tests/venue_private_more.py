"""What Deribit, Binance, KuCoin and Gate answer to a signed request, as in venue_private, and the answers of all venues."""

from venue_account import ENTRY, FILLS, FUNDINGS, SECRET, WALLET, signed, when, within
from venue_private import BYBIT, KRAKEN, OKX
from venue_public import at, ms
from venue_server_asked import Asked


# Deribit: a log a coin, newest first, in USD; profit reaches the wallet at the settlement of the session.


def _deribit(result) -> object:
    return at({"jsonrpc": "2.0", "result": result, "usIn": ms, "usOut": ms, "usDiff": 0, "testnet": False})


def deribit_row(number: int, hours: float, kind: str, change: float, balance: float, **more) -> dict:
    return {
        "id": number, "user_seq": number, "user_id": 7003, "username": "me", "timestamp": when(hours), "type": kind, "currency": "BTC",
        "change": change, "balance": balance, "equity": balance, "cashflow": 0.0, "info": {}, **more,
    }  # fmt: skip


def _deribit_log() -> list[dict]:
    rows, trade = (
        [deribit_row(1, 0, "transfer", 3.0, 3.0)],
        {"instrument_name": "BTC-PERPETUAL", "price_currency": "USD", "profit_as_cashflow": False},
    )
    balances = (2.99975, 2.99927, 2.9994525)
    for place, (hours, side, usd, price, fee, position, _, _) in enumerate(FILLS):
        what = "open" if side == "sell" else "close"
        rows.append(
            deribit_row(
                10 * place + 2,
                hours,
                "trade",
                -fee,
                balances[place],
                side=f"{what} {side}",
                amount=float(usd),
                price=price,
                commission=fee,
                position=float(position),
                trade_id=f"t-{place}",
                **trade,
            )
        )
    rows.append(
        deribit_row(
            13,
            8,
            "settlement",
            0.00012,
            2.99939,
            amount=100000.0,
            side="short",
            position=-100000.0,
            interest_pl=0.00001,
            total_interest_pl=0.00012,
            session_upl=0.0,
            session_rpl=0.0,
            **trade,
        )
    )
    rows.append(
        deribit_row(
            30,
            32,
            "settlement",
            0.13496,
            3.1344125,
            amount=75000.0,
            side="short",
            position=-75000.0,
            interest_pl=0.0,
            total_interest_pl=-0.00004,
            session_upl=0.0,
            session_rpl=0.135,
            **trade,
        )
    )
    rows.append(deribit_row(40, 33, "options_settlement_summary", 0.0, 3.1344125))
    return sorted(rows, key=lambda row: -row["timestamp"])


def deribit_log(rows: list[dict], page: int = 2):
    """The log of BTC in pages, newest first."""

    def answer(asked: Asked):
        found = (
            within(asked, rows, "timestamp", "start_timestamp", "end_timestamp")
            if asked.query["currency"] == "BTC"
            else []
        )
        begin = int(asked.query.get("continuation", 0))
        more = begin + page if begin + page < len(found) else None
        return _deribit({"logs": found[begin : begin + page], "continuation": more})(asked)

    return signed("deribit", answer)


def deribit_many(count: int) -> dict:
    return {"api/v2/private/get_transaction_log": deribit_log([
        deribit_row(place, place / 60, "trade", 0.0, 3.0, side="open buy", amount=10.0, price=50000, commission=0.0, position=10.0, instrument_name="BTC-PERPETUAL", trade_id=f"t-{place}")
        for place in reversed(range(count))
    ], 250)}  # fmt: skip


def deribit_rights(scope: str):
    return signed(
        "deribit",
        _deribit(
            {"access_token": SECRET, "expires_in": 900, "refresh_token": "r", "scope": scope, "token_type": "bearer"}
        ),
    )


def _deribit_positions(asked: Asked) -> list[dict]:
    btc = {
        "instrument_name": "BTC-PERPETUAL",
        "kind": "future",
        "size": -75000.0,
        "average_price": ENTRY,
        "direction": "sell",
        "leverage": 5,
        "initial_margin": 0.2,
    }
    return [btc, btc | {"instrument_name": "BTC-26DEC31", "size": 0.0}] if asked.query["currency"] == "BTC" else []


DERIBIT = {
    "api/v2/public/auth": deribit_rights("account:read block_trade:read connection custody:read mainaccount name:mine trade:read wallet:read"),
    "api/v2/private/get_positions": signed("deribit", lambda asked: _deribit(_deribit_positions(asked))(asked)),
    "api/v2/private/get_account_summary": signed("deribit", lambda asked: _deribit({"currency": asked.query["currency"], "balance": WALLET if asked.query["currency"] == "BTC" else 0.0, "equity": 3.2})(asked)),
    "api/v2/private/get_transaction_log": deribit_log(_deribit_log()),
}  # fmt: skip


# Binance COIN-M: contracts of 100 USD; incomes oldest first by time, fills of a contract by number.


def binance_income(number: int, hours: float, kind: str, amount: float, **more) -> dict:
    return {
        "symbol": "BTCUSD_PERP", "incomeType": kind, "income": f"{amount:.10f}", "asset": "BTC", "info": "", "time": when(hours),
        "tranId": 9000 + number, "tradeId": "", **more,
    }  # fmt: skip


def binance_fill(number: int, hours: float, side: str, contracts: float, price: float, fee: float, **more) -> dict:
    return {
        "symbol": "BTCUSD_PERP", "id": 700 + number, "orderId": 1, "pair": "BTCUSD", "side": side.upper(), "price": str(price), "qty": f"{contracts:g}",
        "realizedPnl": "0", "marginAsset": "BTC", "baseQty": "0", "commission": f"{fee:.10f}", "commissionAsset": "BTC", "time": when(hours),
        "positionSide": "BOTH", "buyer": side == "buy", "maker": fee < 0, **more,
    }  # fmt: skip


def binance_incomes(rows: list[dict]):
    """The incomes between two times, oldest first, the first so many."""
    return signed(
        "binance", lambda asked: within(asked, rows, "time", "startTime", "endTime")[: int(asked.query["limit"])]
    )


def binance_fills(rows: list[dict]):
    """The fills of a contract from a number on, the first so many."""

    def answer(asked: Asked) -> list[dict]:
        found = [
            row for row in rows if row["symbol"] == asked.query["symbol"] and row["id"] >= int(asked.query["fromId"])
        ]
        return found[: int(asked.query["limit"])]

    return signed("binance", answer)


def binance_many(count: int) -> dict:
    return {
        "dapi/v1/income": binance_incomes([binance_income(place, place / 60, "COMMISSION", 0, tradeId=str(700 + place)) for place in range(count)]),
        "dapi/v1/userTrades": binance_fills([binance_fill(place, place / 60, "buy", 1, 50000, 0) for place in range(count)]),
    }  # fmt: skip


def binance_rights(**flags: bool):
    told = {
        "ipRestrict": False, "createTime": 1698645219000, "enableReading": True, "enableWithdrawals": False, "enableInternalTransfer": False,
        "enableMargin": False, "enableFutures": False, "permitsUniversalTransfer": False, "enableVanillaOptions": False,
        "enableFixApiTrade": False, "enableFixReadOnly": True, "enableSpotAndMarginTrading": False, "enablePortfolioMarginTrading": False, **flags,
    }  # fmt: skip
    return signed("binance", at(told))


INCOMES = [
    binance_income(1, 0, "TRANSFER", 3, symbol=""),
    *(binance_income(10 + place, fill[0], "COMMISSION", -fill[4], tradeId=str(700 + place)) for place, fill in enumerate(FILLS)),
    binance_income(20, 8, "FUNDING_FEE", FUNDINGS[0][1]),
    binance_income(25, 26, "REALIZED_PNL", 0.135, tradeId="702"),
    binance_income(30, 32, "FUNDING_FEE", FUNDINGS[1][1]),
    binance_income(40, 33, "WELCOME_BONUS", 0),
]  # fmt: skip
BINANCE = {
    "sapi/v1/account/apiRestrictions": binance_rights(),
    "dapi/v1/positionRisk": signed("binance", at([
        {"symbol": "BTCUSD_PERP", "positionAmt": "-750", "entryPrice": repr(ENTRY), "markPrice": "50000", "leverage": "5", "marginType": "cross", "isolatedMargin": "0", "isolatedWallet": "0", "positionSide": "BOTH"},
        {"symbol": "ETHUSD_PERP", "positionAmt": "0", "entryPrice": "0", "markPrice": "0", "leverage": "20", "marginType": "cross", "isolatedMargin": "0", "isolatedWallet": "0", "positionSide": "BOTH"},
    ])),
    "dapi/v1/balance": signed("binance", at([
        {"accountAlias": "x", "asset": "BTC", "balance": repr(WALLET), "crossWalletBalance": repr(WALLET), "crossUnPnl": "0", "availableBalance": "1", "updateTime": ms},
        {"accountAlias": "x", "asset": "ETH", "balance": "0.0", "crossWalletBalance": "0.0", "crossUnPnl": "0", "availableBalance": "0", "updateTime": ms},
    ])),
    "dapi/v1/income": binance_incomes(sorted(INCOMES, key=lambda row: row["time"])),
    "dapi/v1/userTrades": binance_fills([binance_fill(place, hours, side, usd / 100, price, fee) for place, (hours, side, usd, price, fee, *_) in enumerate(FILLS)]),
}  # fmt: skip


# KuCoin Futures: contracts of 1 USD, fills by page with times in nanoseconds.


def _kucoin(data) -> object:
    return at({"code": "200000", "data": data})


def kucoin_fill(number: int, hours: float, side: str, contracts: float, price: float, fee: float, **more) -> dict:
    return {
        "symbol": "XBTUSDM", "tradeId": f"t-{number}", "orderId": f"o-{number}", "side": side, "liquidity": "taker", "price": str(price), "size": contracts,
        "value": "0", "feeRate": "0.0006", "fixFee": "0", "feeCurrency": "XBT", "tradeTime": when(hours) * 1000000, "fee": f"{fee:.10f}",
        "settleCurrency": "XBT", "orderType": "market", "tradeType": "trade", "createdAt": when(hours), **more,
    }  # fmt: skip


def kucoin_fills(rows: list[dict], page: int = 2):
    """The fills between two times by page, newest first."""

    def answer(asked: Asked):
        found = within(asked, rows, "createdAt", "startAt", "endAt")[::-1]
        number, pages = int(asked.query["currentPage"]), -(-len(found) // page)
        items = found[(number - 1) * page : number * page]
        return _kucoin(
            {"currentPage": number, "pageSize": page, "totalNum": len(found), "totalPage": pages, "items": items}
        )(asked)

    return signed("kucoin", answer)


def kucoin_list(rows: list[dict], by: str, name: str):
    """A list of a contract or a coin, newest first, a row at a time, from an offset on."""

    def answer(asked: Asked):
        found = [row for row in rows if row[by] == asked.query[by]][::-1]
        begin = next((place + 1 for place, row in enumerate(found) if str(row[name]) == asked.query.get("offset")), 0)
        return _kucoin({"dataList": found[begin : begin + 1], "hasMore": begin + 1 < len(found)})(asked)

    return signed("kucoin", answer)


def kucoin_many(count: int) -> dict:
    rows = [kucoin_fill(place, place / 60, "buy", 1, 50000, 0) for place in range(count)]
    return {"api/v1/fills": kucoin_fills(rows, 100)}


def kucoin_rights(words: str):
    return signed(
        "kucoin",
        _kucoin(
            {
                "remark": "mine",
                "apiKey": "x",
                "apiVersion": 3,
                "permission": words,
                "createdAt": 1,
                "uid": 1,
                "isMaster": True,
            }
        ),
    )


def _kucoin_overview(asked: Asked):
    coin = asked.query["currency"]
    equity, unrealised = (3.2344125, 0.1) if coin == "XBT" else (0, 0)
    return _kucoin(
        {
            "currency": coin,
            "accountEquity": equity,
            "unrealisedPNL": unrealised,
            "marginBalance": equity,
            "availableBalance": 1,
        }
    )(asked)


KUCOIN_POSITION = {
    "id": "1", "symbol": "XBTUSDM", "crossMode": True, "marginMode": "CROSS", "currentQty": -75000, "avgEntryPrice": ENTRY, "leverage": 5, "realLeverage": 4.2,
    "posMargin": 0.2, "isOpen": True, "isInverse": True, "settleCurrency": "XBT",
}  # fmt: skip
KUCOIN = {
    "api/v1/user/api-key": kucoin_rights("General"),
    "api/v1/positions": signed("kucoin", _kucoin([KUCOIN_POSITION])),
    "api/v1/account-overview": signed("kucoin", _kucoin_overview),
    "api/v1/fills": kucoin_fills([
        *(kucoin_fill(place, hours, side, usd, price, fee) for place, (hours, side, usd, price, fee, *_) in enumerate(FILLS)),
        kucoin_fill(40, 33, "buy", 1, 60000, 0.1, symbol="XBTUSDTM", settleCurrency="USDT"),
    ]),
    "api/v1/funding-history": kucoin_list([
        {"id": 50 + place, "symbol": "XBTUSDM", "timePoint": when(hours), "fundingRate": 0.0001, "markPrice": 60000, "positionQty": qty, "positionCost": 0, "funding": amount, "settleCurrency": "XBT"}
        for place, ((hours, amount, _), qty) in enumerate(zip(FUNDINGS, (-100000, -75000)))
    ], "symbol", "id"),
    "api/v1/transaction-history": kucoin_list([
        {"time": when(0), "type": "TransferIn", "amount": 3.0, "fee": 0, "accountEquity": 3.0, "status": "Completed", "remark": "", "offset": 1, "currency": "XBT"},
        {"time": when(26), "type": "RealisedPNL", "amount": 0.135, "fee": 0, "accountEquity": 3.1, "status": "Completed", "remark": "XBTUSDM", "offset": 2, "currency": "XBT"},
    ], "currency", "offset"),
}  # fmt: skip


# Gate: contracts of 1 USD with their sign, times in seconds, lists from the newest row back by offset.


def gate_fill(number: int, hours: float, side: str, contracts: float, price: float, fee: float, **more) -> dict:
    return {
        "trade_id": f"t-{number}", "create_time": when(hours) / 1000, "contract": "BTC_USD", "order_id": "1", "price": str(price),
        "size": contracts if side == "buy" else -contracts, "close_size": 0, "text": "web", "fee": f"{fee:.10f}", "point_fee": "0", "role": "taker", **more,
    }  # fmt: skip


def gate_list(rows: list[dict]):
    """A list from its newest row back, by offset."""

    def answer(asked: Asked) -> list[dict]:
        begin = int(asked.query["offset"])
        return rows[::-1][begin : begin + int(asked.query["limit"])]

    return signed("gate", answer)


def gate_many(count: int) -> dict:
    rows = [gate_fill(place, place / 60, "buy", 1, 50000, 0) for place in range(count)]
    return {"api/v4/futures/btc/my_trades_timerange": gate_list(rows)}


def gate_booking(number: int, hours: float, kind: str, change: float, balance: float) -> dict:
    return {
        "id": f"g-{number}",
        "time": when(hours) / 1000,
        "change": f"{change:.10f}",
        "balance": f"{balance:.10f}",
        "type": kind,
        "text": "",
        "contract": "BTC_USD",
        "trade_id": "0",
    }


GATE_BOOK = sorted((
    gate_booking(1, 0, "dnw", 3, 3),
    *(gate_booking(20 + place, each[0], "fund", *each[1:]) for place, each in enumerate(FUNDINGS)),
    *(gate_booking(10 + place, fill[0], "fee", -fill[4], fill[6]) for place, fill in enumerate(FILLS)),
    gate_booking(15, 26, "pnl", 0.135, 3.13439),
), key=lambda row: (row["time"], row["type"] == "fee"))  # fmt: skip
GATE = {
    "api/v4/futures/btc/positions": signed("gate", at([
        {"contract": "BTC_USD", "size": -75000, "leverage": "0", "cross_leverage_limit": "5", "entry_price": repr(ENTRY), "margin": "0.2", "mode": "single"},
        {"contract": "BTC_USD", "size": 0, "leverage": "10", "cross_leverage_limit": "0", "entry_price": "0", "margin": "0", "mode": "single"},
    ])),
    "api/v4/futures/btc/accounts": signed("gate", at({"total": repr(WALLET), "currency": "BTC", "unrealised_pnl": "0.1"})),
    "api/v4/futures/btc/my_trades_timerange": gate_list([gate_fill(place, hours, side, usd, price, fee) for place, (hours, side, usd, price, fee, *_) in enumerate(FILLS)]),
    "api/v4/futures/btc/account_book": gate_list(GATE_BOOK),
}  # fmt: skip

PRIVATE = {
    "binance": BINANCE, "bybit": BYBIT, "deribit": DERIBIT, "gate": GATE, "kraken": KRAKEN, "kucoin": KUCOIN, "okx": OKX,
}  # fmt: skip
