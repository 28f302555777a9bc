"""What Kraken, Bybit, OKX and Deribit answer to anybody: instruments, tiers, prices, funding, in their form, of made-up figures.

Expiries are far ahead, so that the tests do not age; times are those of the asking. The figures by hand stand in
test_market_prices.py.
"""

LAST_FRIDAY = 1956038400000
"""2031-12-26 08:00 UTC [ms], the last Friday of that December."""


def at(*payload):
    """A payload whose values that are functions are given the request."""
    return lambda asked: _filled(payload[0], asked)


def _filled(value, asked):
    if callable(value):
        return value(asked)
    if isinstance(value, dict):
        return {name: _filled(each, asked) for name, each in value.items()}
    return [_filled(each, asked) for each in value] if isinstance(value, list) else value


def ms(asked) -> int:
    """The time of a request [ms]."""
    return asked.now


def ms_text(asked) -> str:
    """The time of a request [ms] as a text."""
    return str(asked.now)


def us(asked) -> int:
    """The time of a request in millionths of a second."""
    return 1000 * asked.now


def iso(asked) -> str:
    """The time of a request as ISO 8601."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(asked.now / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{asked.now % 1000:03d}Z"


def hours_ahead(hours: float):
    """A function that gives a time [ms] so many hours after the request, as a text."""
    return lambda asked: str(asked.now + round(3600000 * hours))


# Kraken Futures: the funding rate of an inverse contract is absolute, in coin for a contract and an hour.

KRAKEN_LEVELS = [
    {"contracts": 0, "initialMargin": 0.02, "maintenanceMargin": 0.01},
    {"contracts": 500000, "initialMargin": 0.04, "maintenanceMargin": 0.02},
    {"contracts": 1000000, "initialMargin": 0.06, "maintenanceMargin": 0.03},
]


def _kraken(symbol: str, kind: str, **more) -> dict:
    return {
        "symbol": symbol, "type": kind, "underlying": "rr_xbtusd", "tickSize": 0.5, "contractSize": 1, "tradeable": True,
        "impactMidSize": 1.0, "maxPositionSize": 75000000.0, "openingDate": "2022-01-01T00:00:00.000Z", "marginLevels": KRAKEN_LEVELS,
        "retailMarginLevels": [{"contracts": 0, "initialMargin": 0.5, "maintenanceMargin": 0.25}],
        "fundingRateCoefficient": 8, "maxRelativeFundingRate": 0.0025, "contractValueTradePrecision": 0, "feeScheduleUid": "a", "tags": [], **more,
    }  # fmt: skip


def _kraken_ticker(symbol: str, mark: float, index: float, **more) -> dict:
    return {
        "symbol": symbol, "tag": "perpetual", "pair": "XBT:USD", "markPrice": mark, "indexPrice": index, "last": mark,
        "lastTime": iso, "bid": mark, "ask": mark + 0.5, "vol24h": 1000, "openInterest": 5000, "suspended": False, **more,
    }  # fmt: skip


KRAKEN = {
    "derivatives/api/v3/instruments": at({
        "result": "success", "serverTime": iso,
        "instruments": [
            _kraken("PI_XBTUSD", "futures_inverse"),
            _kraken("PI_ETHUSD", "futures_inverse", tickSize=0.05),
            _kraken("FI_XBTUSD_311226", "futures_inverse", lastTradingTime="2031-12-26T16:00:00.000Z"),
            _kraken("PF_XBTUSD", "flexible_futures", tickSize=1, contractValueTradePrecision=4),
            {"symbol": "in_xbtusd", "type": "spot index", "tradeable": False, "contractSize": 1, "tags": []},
        ],
    }),
    "derivatives/api/v3/tickers": at({
        "result": "success", "serverTime": iso,
        "tickers": [
            _kraken_ticker("PI_XBTUSD", 60001.5, 60000, fundingRate=6e-11, fundingRatePrediction=5e-11),
            _kraken_ticker("PI_ETHUSD", 2999.5, 3000, fundingRate=-1e-9, fundingRatePrediction=-2e-9),
            _kraken_ticker("FI_XBTUSD_311226", 60300, 60000, tag="quarter"),
            _kraken_ticker("PF_XBTUSD", 60002, 60000, fundingRate=1.2, fundingRatePrediction=1.1),
            {"symbol": "in_xbtusd", "last": 60000, "lastTime": iso},
        ],
    }),
}  # fmt: skip


# Bybit: rates are for the interval of the contract, which its list of instruments has in minutes.


def _bybit(data: dict) -> object:
    return at({"retCode": 0, "retMsg": "OK", "result": data, "retExtInfo": {}, "time": ms})


def _bybit_instrument(symbol: str, coin: str, interval: int, **more) -> dict:
    return {
        "symbol": symbol, "contractType": "InversePerpetual", "status": "Trading", "baseCoin": coin, "quoteCoin": "USD",
        "launchTime": "1541030400000", "deliveryTime": "0", "deliveryFeeRate": "", "priceScale": "2",
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
        "priceFilter": {"minPrice": "0.10", "maxPrice": "1999999.80", "tickSize": "0.10"},
        "lotSizeFilter": {"maxOrderQty": "25000000", "minOrderQty": "1", "qtyStep": "1", "postOnlyMaxOrderQty": "25000000", "maxMktOrderQty": "5000000", "minNotionalValue": "0"},
        "unifiedMarginTrade": True, "fundingInterval": interval, "settleCoin": coin, "copyTrading": "none",
        "upperFundingRate": "0.00375", "lowerFundingRate": "-0.00375", **more,
    }  # fmt: skip


BYBIT_DATED = {
    "contractType": "InverseFutures", "deliveryTime": str(LAST_FRIDAY), "deliveryFeeRate": "0.0005",
}  # fmt: skip
BYBIT_LISTED = [
    _bybit_instrument("BTCUSD", "BTC", 480),
    _bybit_instrument("ETHUSD", "ETH", 240),
    _bybit_instrument("BTCUSDZ31", "BTC", 0, **BYBIT_DATED),
]


def _bybit_instruments(asked):
    if asked.query.get("category") != "inverse" or asked.query.get("status") == "PreLaunch":
        return _bybit({"category": asked.query.get("category"), "list": [], "nextPageCursor": ""})(asked)
    return _bybit({"category": "inverse", "list": BYBIT_LISTED, "nextPageCursor": ""})(asked)


def _bybit_ticker(symbol: str, mark: str, index: str, rate: str, ahead, **more) -> dict:
    return {
        "symbol": symbol, "lastPrice": mark, "indexPrice": index, "markPrice": mark, "prevPrice24h": mark, "price24hPcnt": "0.0",
        "highPrice24h": mark, "lowPrice24h": mark, "openInterest": "100", "openInterestValue": "1", "turnover24h": "1", "volume24h": "1",
        "fundingRate": rate, "nextFundingTime": ahead, "predictedDeliveryPrice": "", "basisRate": "", "deliveryFeeRate": "",
        "deliveryTime": "0", "ask1Size": "1", "bid1Price": mark, "ask1Price": mark, "bid1Size": "1", "basis": "", **more,
    }  # fmt: skip


BYBIT_TICKERS = [
    _bybit_ticker("BTCUSD", "60010.00", "60000.00", "0.0001", hours_ahead(5)),
    _bybit_ticker("ETHUSD", "2998.00", "3000.00", "-0.00005", hours_ahead(1)),
    _bybit_ticker(
        "BTCUSDZ31", "60500.00", "60000.00", "", "0", deliveryTime=str(LAST_FRIDAY), deliveryFeeRate="0.0005"
    ),
]
BYBIT_SPOT = [{"symbol": "SOLUSDT", "lastPrice": "150.3", "usdIndexPrice": "150.1"}]


def _bybit_tickers(asked):
    listed = {"inverse": BYBIT_TICKERS, "spot": BYBIT_SPOT}.get(asked.query.get("category"), [])
    return _bybit({"category": asked.query.get("category"), "list": listed})(asked)


def _bybit_tier(number: int, limit: str, maintenance: str, initial: str, leverage: str) -> dict:
    return {
        "id": number, "symbol": "BTCUSD", "riskLimitValue": limit, "maintenanceMargin": maintenance, "initialMargin": initial,
        "isLowestRisk": int(number == 1), "maxLeverage": leverage, "mmDeduction": "",
    }  # fmt: skip


BYBIT = {
    "v5/market/instruments-info": _bybit_instruments,
    "v5/market/tickers": _bybit_tickers,
    "v5/market/risk-limit": _bybit({
        "category": "inverse", "nextPageCursor": "",
        "list": [_bybit_tier(1, "150", "0.005", "0.01", "100.00"), _bybit_tier(2, "300", "0.01", "0.02", "50.00")],
    }),
    "v5/market/time": _bybit({"timeSecond": "1", "timeNano": "1"}),
}  # fmt: skip


# OKX: three lists for all contracts, and the intervals from two times.


def _okx(*rows) -> object:
    return at({"code": "0", "msg": "", "data": [*rows]})


def _okx_instrument(name: str, family: str, settle: str, face: str, **more) -> dict:
    return {
        "instId": name, "instType": "SWAP", "uly": family, "instFamily": family, "settleCcy": settle, "ctVal": face, "ctMult": "1",
        "ctValCcy": "USD", "ctType": "inverse", "lever": "100", "tickSz": "0.1", "lotSz": "1", "minSz": "1", "state": "live", "alias": "",
        "baseCcy": "", "quoteCcy": "", "expTime": "", "listTime": "1611916828000", "stk": "", "optType": "", "maxLmtSz": "1000000", **more,
    }  # fmt: skip


OKX_LISTED = {
    "SWAP": [
        _okx_instrument("BTC-USD-SWAP", "BTC-USD", "BTC", "100"),
        _okx_instrument("ETH-USD-SWAP", "ETH-USD", "ETH", "10", tickSz="0.01"),
        _okx_instrument("BTC-USDT-SWAP", "BTC-USDT", "USDT", "0.01", ctType="linear", ctValCcy="BTC"),
    ],
    "FUTURES": [
        _okx_instrument("BTC-USD-311226", "BTC-USD", "BTC", "100", instType="FUTURES", expTime=str(LAST_FRIDAY)),
    ],
}
OKX_MARKS = {
    "SWAP": [("BTC-USD-SWAP", "59990.1"), ("ETH-USD-SWAP", "3001.2"), ("BTC-USDT-SWAP", "59995")],
    "FUTURES": [("BTC-USD-311226", "60400.5")],
}


def _okx_marks(asked):
    kind = asked.query["instType"]
    return _okx(*({"instId": name, "instType": kind, "markPx": mark, "ts": ms_text} for name, mark in OKX_MARKS[kind]))(
        asked
    )


def _okx_tier(number: int, low: str, high: str, mmr: str, imr: str, leverage: str) -> dict:
    return {
        "tier": str(number), "instFamily": "BTC-USD", "uly": "BTC-USD", "instId": "", "minSz": low, "maxSz": high, "mmr": mmr, "imr": imr,
        "maxLever": leverage, "baseMaxLoan": "", "quoteMaxLoan": "", "optMgnFactor": "0",
    }  # fmt: skip


def _okx_funding(name: str, rate: str, hours: float) -> dict:
    return {
        "instId": name, "instType": "SWAP", "fundingRate": rate, "nextFundingRate": "", "fundingTime": hours_ahead(1),
        "nextFundingTime": hours_ahead(1 + hours), "method": "current_period", "ts": ms_text, "settFundingRate": "0.0002",
    }  # fmt: skip


OKX = {
    "api/v5/public/instruments": lambda asked: _okx(*OKX_LISTED.get(asked.query["instType"], []))(asked),
    "api/v5/public/mark-price": _okx_marks,
    "api/v5/public/funding-rate": _okx(
        _okx_funding("BTC-USD-SWAP", "-0.0000312", 8), _okx_funding("ETH-USD-SWAP", "0.0000450", 4),
        _okx_funding("BTC-USDT-SWAP", "0.0001", 8),
    ),
    "api/v5/market/index-tickers": _okx(*(
        {"instId": name, "idxPx": price, "high24h": price, "low24h": price, "open24h": price, "sodUtc0": price, "sodUtc8": price, "ts": ms_text}
        for name, price in (("BTC-USD", "60000"), ("ETH-USD", "3000"), ("SOL-USD", "150.25"))
    )),
    "api/v5/public/position-tiers": _okx(
        _okx_tier(1, "0", "2000", "0.004", "0.008", "125"), _okx_tier(2, "2001", "5000", "0.005", "0.01", "100"),
    ),
    "api/v5/public/time": _okx({"ts": ms_text}),
}  # fmt: skip


# Deribit: one list a coin; the rate is that of the last 8 hours.


def _deribit(result) -> object:
    return at({"jsonrpc": "2.0", "result": result, "usIn": us, "usOut": us, "usDiff": 0, "testnet": False})


def _deribit_instrument(name: str, coin: str, face: float, **more) -> dict:
    return {
        "instrument_name": name, "kind": "future", "base_currency": coin, "quote_currency": "USD", "counter_currency": "USD",
        "settlement_currency": coin, "settlement_period": "perpetual", "instrument_type": "reversed", "future_type": "reversed",
        "contract_size": face, "min_trade_amount": face, "tick_size": 0.5, "tick_size_steps": [], "maker_commission": 0.0, "taker_commission": 0.0005,
        "max_leverage": 50, "max_liquidation_commission": 0.0075, "block_trade_commission": 0.00025, "is_active": True, "price_index": f"{coin.lower()}_usd",
        "expiration_timestamp": 32503708800000, "creation_timestamp": 1534167754000, "instrument_id": 1, **more,
    }  # fmt: skip


DERIBIT_LISTED = [
    _deribit_instrument("BTC-PERPETUAL", "BTC", 10.0),
    _deribit_instrument("BTC-26DEC31", "BTC", 10.0, settlement_period="month", expiration_timestamp=LAST_FRIDAY),
    _deribit_instrument("ETH-PERPETUAL", "ETH", 1.0, tick_size=0.05),
    _deribit_instrument("SOL_USDC-PERPETUAL", "SOL", 0.1, quote_currency="USDC", counter_currency="USDC", settlement_currency="USDC", instrument_type="linear", future_type="linear"),
]  # fmt: skip


def _deribit_summary(name: str, coin: str, mark: float, index: float, **more) -> dict:
    return {
        "instrument_name": name, "base_currency": coin, "quote_currency": "USD", "mark_price": mark, "estimated_delivery_price": index,
        "creation_timestamp": ms, "last": mark, "bid_price": mark, "ask_price": mark, "mid_price": mark, "high": mark, "low": mark,
        "open_interest": 1, "volume": 1.0, "volume_usd": 1.0, "volume_notional": 1.0, "price_change": 0.0, **more,
    }  # fmt: skip


DERIBIT_SUMMARIES = {
    "BTC": [
        _deribit_summary("BTC-PERPETUAL", "BTC", 60012.4, 60001.25, funding_8h=0.00012, current_funding=0.00003),
        _deribit_summary("BTC-26DEC31", "BTC", 60700.0, 60001.25),
    ],
    "ETH": [_deribit_summary("ETH-PERPETUAL", "ETH", 2997.1, 2999.0, funding_8h=-0.00002, current_funding=0.0)],
}
DERIBIT_INDEX = {"btc_usd": 60001.25, "eth_usd": 2999.0}
DERIBIT = {
    "api/v2/public/get_instruments": lambda asked: _deribit([
        each for each in DERIBIT_LISTED
        if asked.query.get("currency", "any") in ("any", each["settlement_currency"]) and asked.query.get("kind", "future") == "future"
    ])(asked),
    "api/v2/public/get_currencies": _deribit([{"currency": "BTC", "currency_long": "Bitcoin", "coin_type": "BITCOIN", "fee_precision": 4, "min_confirmations": 1, "withdrawal_fee": 0.0001, "withdrawal_priorities": []}]),
    "api/v2/public/get_book_summary_by_currency": lambda asked: _deribit(DERIBIT_SUMMARIES.get(asked.query["currency"], []))(asked),
    "api/v2/public/get_index_price": lambda asked: _deribit({"index_price": DERIBIT_INDEX[asked.query["index_name"]], "estimated_delivery_price": DERIBIT_INDEX[asked.query["index_name"]]})(asked),
    "api/v2/public/get_time": _deribit(ms),
}  # fmt: skip
