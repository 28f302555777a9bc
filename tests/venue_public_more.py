"""What Binance, KuCoin, Gate, HTX, Phemex, MEXC and BingX answer to anybody, as in venue_public, and the answers of all venues."""

from venue_public import BYBIT, DERIBIT, KRAKEN, LAST_FRIDAY, OKX, at, hours_ahead, ms

# Binance COIN-M: the list of intervals has only the contracts whose interval is not 8 hours.


def _binance(symbol: str, coin: str, face: int, **more) -> dict:
    return {
        "symbol": symbol, "pair": f"{coin}USD", "contractType": "PERPETUAL", "deliveryDate": 4133404800000, "onboardDate": 1597042800000,
        "contractStatus": "TRADING", "contractSize": face, "baseAsset": coin, "quoteAsset": "USD", "marginAsset": coin, "pricePrecision": 1,
        "quantityPrecision": 0, "baseAssetPrecision": 8, "quotePrecision": 8, "equalQtyPrecision": 4, "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000", "triggerProtect": "0.0500", "underlyingType": "COIN", "underlyingSubType": ["PoW"],
        "liquidationFee": "0.010000", "marketTakeBound": "0.05", "orderTypes": ["LIMIT", "MARKET"], "timeInForce": ["GTC"],
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "0.1", "maxPrice": "4520958", "tickSize": "0.1"},
            {"filterType": "LOT_SIZE", "minQty": "1", "maxQty": "1000000", "stepSize": "1"},
            {"filterType": "MARKET_LOT_SIZE", "minQty": "1", "maxQty": "60000", "stepSize": "1"},
        ], **more,
    }  # fmt: skip


def _binance_mark(symbol: str, pair: str, mark: str, index: str, rate: str, ahead) -> dict:
    return {
        "symbol": symbol, "pair": pair, "markPrice": mark, "indexPrice": index, "estimatedSettlePrice": index, "lastFundingRate": rate,
        "interestRate": "0.00010000", "nextFundingTime": ahead, "time": ms,
    }  # fmt: skip


def _bracket(number: int, floor: int, cap: int, rate: float, cum: float, leverage: int) -> dict:
    return {
        "bracket": number, "initialLeverage": leverage, "qtyFloor": floor, "qtyCap": cap, "notionalFloor": floor, "notionalCap": cap,
        "maintMarginRatio": rate, "cum": cum,
    }  # fmt: skip


BINANCE = {
    "dapi/v1/exchangeInfo": at({
        "timezone": "UTC", "serverTime": ms, "rateLimits": [], "exchangeFilters": [],
        "symbols": [
            _binance("BTCUSD_PERP", "BTC", 100),
            _binance("BTCUSD_311226", "BTC", 100, contractType="NEXT_QUARTER", deliveryDate=LAST_FRIDAY),
            _binance("ETHUSD_PERP", "ETH", 10),
            _binance("ADAUSD_PERP", "ADA", 10, contractStatus="SETTLING"),
        ],
    }),
    "dapi/v1/premiumIndex": at([
        _binance_mark("BTCUSD_PERP", "BTCUSD", "60020.50000000", "60005.00000000", "0.00008500", hours_ahead(3)),
        _binance_mark("BTCUSD_311226", "BTCUSD", "60800.00000000", "60005.00000000", "", 0),
        _binance_mark("ETHUSD_PERP", "ETHUSD", "2996.40000000", "2998.00000000", "-0.00002000", hours_ahead(3)),
    ]),
    "dapi/v1/fundingInfo": at([{
        "symbol": "ETHUSD_PERP", "adjustedFundingRateCap": "0.01500000", "adjustedFundingRateFloor": "-0.01500000",
        "fundingIntervalHours": 4, "disclaimer": False,
    }]),
    "dapi/v1/time": at({"serverTime": ms}),
    "sapi/v1/capital/config/getall": at([]),
    "dapi/v2/leverageBracket": at([
        {"symbol": "BTCUSD_PERP", "notionalCoef": 1.5, "brackets": [
            _bracket(1, 0, 5, 0.004, 0.0, 125), _bracket(2, 5, 10, 0.005, 0.005, 100), _bracket(3, 10, 20, 0.01, 0.055, 50),
        ]},
    ]),
}  # fmt: skip


# KuCoin Futures: one list of contracts has it all; the interval is in milliseconds.


def _kucoin(data) -> object:
    return at({"code": "200000", "data": data})


def _kucoin_contract(symbol: str, coin: str, mark: float, index: float, **more) -> dict:
    return {
        "symbol": symbol, "rootSymbol": coin, "type": "FFWCSX", "firstOpenDate": 1552638575000, "expireDate": None, "settleDate": None,
        "baseCurrency": coin, "quoteCurrency": "USD", "settleCurrency": coin, "maxOrderQty": 10000000, "maxPrice": 1000000.0, "lotSize": 1,
        "tickSize": 0.1, "indexPriceTickSize": 0.1, "multiplier": -1.0, "initialMargin": 0.014, "maintainMargin": 0.007, "maxRiskLimit": 40,
        "minRiskLimit": 40, "riskStep": 20, "makerFeeRate": 0.0002, "takerFeeRate": 0.0006, "takerFixFee": 0.0, "makerFixFee": 0.0,
        "settlementFee": None, "isDeleverage": True, "isQuanto": False, "isInverse": True, "markMethod": "FairPrice", "fairMethod": "FundingRate",
        "status": "Open", "fundingFeeRate": 0.0001, "predictedFundingFeeRate": 0.00008, "fundingRateGranularity": 28800000, "openInterest": "2487402",
        "turnoverOf24h": 1.0, "volumeOf24h": 1.0, "markPrice": mark, "indexPrice": index, "lastTradePrice": mark,
        "nextFundingRateTime": 12345678, "maxLeverage": 75, **more,
    }  # fmt: skip


KUCOIN = {
    "api/v1/contracts/active": _kucoin([
        _kucoin_contract("XBTUSDM", "XBT", 60030.5, 60004.0, fundingFeeRate=0.000135),
        _kucoin_contract("ETHUSDM", "ETH", 2995.0, 2999.5, fundingFeeRate=-0.00004, fundingRateGranularity=14400000),
        _kucoin_contract("XBTMZ31", "XBT", 60900.0, 60004.0, type="FFICSX", expireDate=LAST_FRIDAY, settleDate=LAST_FRIDAY, fundingFeeRate=None, predictedFundingFeeRate=None, nextFundingRateTime=None, settlementFee=0.0),
        _kucoin_contract("ETHUSDTM", "ETH", 2996.0, 2999.0, quoteCurrency="USDT", settleCurrency="USDT", isInverse=False, multiplier=0.01),
    ]),
    "api/v1/contracts/risk-limit/XBTUSDM": _kucoin([
        {"symbol": "XBTUSDM", "level": 1, "maxRiskLimit": 40, "minRiskLimit": 0, "maxLeverage": 75, "initialMargin": 0.014, "maintainMargin": 0.007},
        {"symbol": "XBTUSDM", "level": 2, "maxRiskLimit": 60, "minRiskLimit": 40, "maxLeverage": 50, "initialMargin": 0.02, "maintainMargin": 0.01},
    ]),
    "api/v1/timestamp": _kucoin(ms),
    "api/v3/currencies": _kucoin([]),
}  # fmt: skip


# Gate: one contract that is settled in BTC; its interval is in seconds.

GATE = {
    "api/v4/futures/btc/contracts": at([{
        "name": "BTC_USD", "type": "inverse", "quanto_multiplier": "0", "mark_price": "60007.2", "index_price": "60003.1", "last_price": "60007",
        "funding_rate": "0.000061", "funding_rate_indicative": "0.00005", "funding_interval": 28800, "funding_next_apply": 1616371200, "funding_offset": 0,
        "mark_type": "index", "maintenance_rate": "0.005", "leverage_min": "1", "leverage_max": "100", "maker_fee_rate": "-0.0002",
        "taker_fee_rate": "0.00075", "order_price_round": "0.1", "mark_price_round": "0.01", "order_price_deviate": "0.5", "order_size_min": 1,
        "order_size_max": 1000000, "orders_limit": 50, "risk_limit_base": "100", "risk_limit_step": "100", "risk_limit_max": "800", "in_delisting": False,
        "status": "trading", "create_time": 1546875660, "interest_rate": "0.0003", "enable_decimal": False,
    }]),
    "api/v4/futures/usdt/contracts": at([]),
    "api/v4/futures/btc/risk_limit_tiers": at([
        {"tier": 1, "risk_limit": "100", "initial_rate": "0.01", "maintenance_rate": "0.005", "leverage_max": "100", "contract": "BTC_USD", "deduction": "0"},
        {"tier": 2, "risk_limit": "200", "initial_rate": "0.015", "maintenance_rate": "0.01", "leverage_max": "66", "contract": "BTC_USD", "deduction": "0.5"},
    ]),
    "api/v4/spot/currencies": at([]),
    "api/v4/spot/currency_pairs": at([]),
    "api/v4/spot/time": at({"server_time": ms}),
}  # fmt: skip


# HTX: the index and the rates of all contracts, and a candle of the mark price for each; it tells no interval.

HTX = {
    "swap-api/v1/swap_index": at({"status": "ok", "ts": ms, "data": [
        {"contract_code": "BTC-USD", "index_price": 60002.5, "index_ts": ms},
        {"contract_code": "ETH-USD", "index_price": 2999.25, "index_ts": ms},
    ]}),
    "swap-api/v1/swap_batch_funding_rate": at({"status": "ok", "ts": ms, "data": [
        {"contract_code": "BTC-USD", "symbol": "BTC", "fee_asset": "BTC", "funding_rate": "0.000092", "estimated_rate": None, "funding_time": hours_ahead(2), "next_funding_time": None},
        {"contract_code": "ETH-USD", "symbol": "ETH", "fee_asset": "ETH", "funding_rate": "-0.000011", "estimated_rate": None, "funding_time": hours_ahead(2), "next_funding_time": None},
    ]}),
    "index/market/history/swap_mark_price_kline": lambda asked: at({
        "status": "ok", "ch": "market." + asked.query["contract_code"] + ".mark_price.1min", "ts": ms,
        "data": [{"id": asked.now // 60000 * 60, "open": "1", "close": {"BTC-USD": "60011.5", "ETH-USD": "2998.75"}[asked.query["contract_code"]], "low": "1", "high": "1", "amount": "0", "vol": "0", "count": "0", "trade_turnover": "0"}],
    })(asked),
    "swap-api/v1/swap_contract_info": at({"status": "ok", "ts": ms, "data": [
        {"symbol": "BTC", "contract_code": "BTC-USD", "contract_size": 100.0, "price_tick": 0.1, "settlement_date": "1", "create_date": "20200325", "delivery_time": "", "contract_status": 1},
        {"symbol": "ETH", "contract_code": "ETH-USD", "contract_size": 10.0, "price_tick": 0.01, "settlement_date": "1", "create_date": "20200325", "delivery_time": "", "contract_status": 1},
    ]}),
}  # fmt: skip


# Phemex: whole numbers, prices in units of 0.0001 USD, rates of 0.00000001, times in nanoseconds.

PHEMEX = {
    "v1/md/ticker/24hr/all": at({"error": None, "id": 0, "result": [
        {"symbol": "BTCUSD", "markEp": 600055000, "indexEp": 600010000, "lastEp": 600050000, "fundingRateEr": 10000, "predFundingRateEr": 9000, "openInterest": 1, "timestamp": lambda asked: asked.now * 1000000},
        {"symbol": "ETHUSD", "markEp": 29985000, "indexEp": 29990000, "lastEp": 29990000, "fundingRateEr": 20000, "predFundingRateEr": 1, "openInterest": 1, "timestamp": lambda asked: asked.now * 1000000},
    ]}),
}  # fmt: skip


# MEXC: one list for all contracts, the interval of each by itself.

MEXC = {
    "api/v1/contract/ticker": at({"success": True, "code": 0, "data": [
        {"symbol": "BTC_USD", "lastPrice": 60008, "fairPrice": 60008.5, "indexPrice": 60001.5, "fundingRate": 0.000071, "timestamp": ms},
        {"symbol": "ETH_USD", "lastPrice": 2997, "fairPrice": 2997.5, "indexPrice": 2999.5, "fundingRate": -0.000033, "timestamp": ms},
        {"symbol": "BTC_USDT", "lastPrice": 60000, "fairPrice": 60000.5, "indexPrice": 60001.5, "fundingRate": 0.0001, "timestamp": ms},
    ]}),
    "api/v1/contract/funding_rate/BTC_USD": at({"success": True, "code": 0, "data": {"symbol": "BTC_USD", "fundingRate": 0.000071, "maxFundingRate": 0.003, "minFundingRate": -0.003, "collectCycle": 8, "nextSettleTime": ms, "timestamp": ms}}),
    "api/v1/contract/funding_rate/ETH_USD": at({"success": True, "code": 0, "data": {"symbol": "ETH_USD", "fundingRate": -0.000033, "maxFundingRate": 0.003, "minFundingRate": -0.003, "collectCycle": 4, "nextSettleTime": ms, "timestamp": ms}}),
}  # fmt: skip


# BingX: one list; it tells no interval.

BINGX = {
    "openApi/cswap/v1/market/premiumIndex": at({"code": 0, "msg": "", "timestamp": ms, "data": [
        {"symbol": "BTC-USD", "lastFundingRate": "0.000055", "markPrice": "60009.5", "indexPrice": "60000.5", "nextFundingTime": ms},
        {"symbol": "ETH-USD", "lastFundingRate": "0.000044", "markPrice": "3001.5", "indexPrice": "3000.5", "nextFundingTime": ms},
    ]}),
}  # fmt: skip

PUBLIC = {
    "binance": BINANCE, "bingx": BINGX, "bybit": BYBIT, "deribit": DERIBIT, "gate": GATE, "htx": HTX, "kraken": KRAKEN, "kucoin": KUCOIN,
    "mexc": MEXC, "okx": OKX, "phemex": PHEMEX,
}  # fmt: skip
