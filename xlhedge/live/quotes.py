"""How each figure of each venue is read: from which of its own fields, in which unit, at whose time.

Nothing here is a figure that ccxt derives: it carries the question and the answer, and the venue's own fields are read.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ..contracts.tables import symbol_key

if TYPE_CHECKING:
    import ccxt

HOUR = 3600000
"""Milliseconds."""


class Figure(NamedTuple):
    """One figure as a venue tells it: its own name of the contract, the field, the value, its time and where it stands.

    `time` is the venue's [ms since 1970], or None where it tells none; a value that is None or blank is not told.
    """

    symbol: str
    field: str
    value: object
    time: object
    source: str


class Wanted(NamedTuple):
    """Which contracts of a venue are asked for: their names reduced to what tells them apart, or None for all.

    `dated` says whether one of them expires.
    """

    keys: frozenset[str] | None
    dated: bool

    def __call__(self, symbol: str) -> bool:
        """Whether a contract, by the venue's own name, is asked for."""
        return self.keys is None or symbol_key(symbol) in self.keys

    def of(self, start: str) -> bool:
        """Whether a contract whose name starts so is asked for."""
        return self.keys is None or any(key.startswith(start) for key in self.keys)


FIELDS = ("price", "mark", "index", "funding rate", "funding hours", "expiry")
"""Price of a coin [USD], mark and index [USD/coin], rate [fraction an interval], interval [h], day of settlement."""


def told(symbol: str, time: object, where: str, **fields: tuple[object, str]) -> Iterator[Figure]:
    """The figures of a contract that stand in one place, each by its field, its value and what the venue calls it."""
    for name, (value, own) in fields.items():
        yield Figure(symbol, name.replace("_", " "), value, time, f"{where} {own}")


def kraken(ask: "ccxt.krakenfutures", wanted: Wanted) -> Iterator[Figure]:
    """Kraken Futures: the rate of an inverse contract is in coin for a contract and an hour, so index times it is the fraction."""
    answer = ask.publicGetTickers()
    ends = _kraken_ends(ask) if wanted.dated else {}
    for each in answer["tickers"]:
        symbol = each["symbol"].upper()
        if not symbol.startswith(("PI_", "FI_")) or not wanted(symbol):
            continue
        time, where = _time_of(answer["serverTime"]), "kraken tickers"
        yield from told(
            symbol, time, where, mark=(each.get("markPrice"), "markPrice"), index=(each.get("indexPrice"), "indexPrice")
        )
        if symbol.startswith("FI_"):
            yield from told(symbol, time, "kraken instruments", expiry=(ends.get(symbol), "lastTradingTime"))
            continue
        absolute, index = each.get("fundingRate"), each.get("indexPrice")
        rate = None if absolute is None or index is None else float(absolute) * float(index)
        name = "fundingRate (coin for a contract and hour) x indexPrice; fraction for 1 h"
        yield from told(symbol, time, where, funding_rate=(rate, name), funding_hours=(1, "fundingRate is hourly"))


def _kraken_ends(ask: "ccxt.krakenfutures") -> dict[str, int | None]:
    listed = ask.publicGetInstruments()["instruments"]
    return {each["symbol"].upper(): _time_of(each.get("lastTradingTime")) for each in listed}


def bybit(ask: "ccxt.bybit", wanted: Wanted) -> Iterator[Figure]:
    """Bybit: the rate is for the interval of the contract, which the list of instruments has in minutes."""
    answer = ask.publicGetV5MarketTickers({"category": "inverse"})
    listed = {each["symbol"]: each for each in _bybit_listed(ask)}
    for each in answer["result"]["list"]:
        symbol, time, where = each["symbol"], answer["time"], "bybit tickers"
        if not wanted(symbol):
            continue
        one = listed.get(symbol, {})
        yield from told(
            symbol, time, where, mark=(each.get("markPrice"), "markPrice"), index=(each.get("indexPrice"), "indexPrice")
        )
        if one.get("contractType") == "InverseFutures":
            yield from told(symbol, time, "bybit instruments-info", expiry=(one["deliveryTime"], "deliveryTime"))
            continue
        yield from _funding(
            symbol, time, (each.get("fundingRate"), "bybit tickers fundingRate"),
            (_over(one.get("fundingInterval"), 60), "bybit instruments-info fundingInterval"),
        )  # fmt: skip


def _bybit_listed(ask: "ccxt.bybit") -> Iterator[dict]:
    cursor = {}
    while True:
        answer = ask.publicGetV5MarketInstrumentsInfo({"category": "inverse", "limit": 1000, **cursor})["result"]
        yield from answer["list"]
        if not answer["list"] or not answer.get("nextPageCursor"):
            return
        cursor = {"cursor": answer["nextPageCursor"]}


def okx(ask: "ccxt.okx", wanted: Wanted) -> Iterator[Figure]:
    """OKX: marks, indexes and rates stand in lists of their own; the interval lies between the next two payments."""
    index = {each["instId"]: each for each in ask.publicGetMarketIndexTickers({"quoteCcy": "USD"})["data"]}
    listed = ask.publicGetPublicInstruments({"instType": "FUTURES"})["data"] if wanted.dated else []
    ends = {each["instId"]: each["expTime"] for each in listed}
    for kind in ("SWAP", "FUTURES") if wanted.dated else ("SWAP",):
        for each in ask.publicGetPublicMarkPrice({"instType": kind})["data"]:
            symbol = each["instId"]
            coin, quote, *_ = symbol.split("-")
            if quote != "USD" or not wanted(symbol):
                continue
            yield from told(symbol, each["ts"], "okx mark-price", mark=(each["markPx"], "markPx"))
            one = index.get(f"{coin}-USD", {})
            yield from told(symbol, one.get("ts"), "okx index-tickers", index=(one.get("idxPx"), "idxPx"))
            if kind == "FUTURES":
                yield from told(symbol, each["ts"], "okx instruments", expiry=(ends.get(symbol), "expTime"))
    for each in ask.publicGetPublicFundingRate({"instId": "ANY"})["data"]:
        symbol = each["instId"]
        if symbol.split("-")[1:2] != ["USD"] or not wanted(symbol):
            continue
        first, second = each.get("fundingTime"), each.get("nextFundingTime")
        hours = (int(second) - int(first)) / HOUR if first and second else None
        yield from _funding(
            symbol, each.get("ts"), (each["fundingRate"], "okx funding-rate fundingRate"),
            (hours, "okx funding-rate nextFundingTime - fundingTime"),
        )  # fmt: skip


def deribit(ask: "ccxt.deribit", wanted: Wanted) -> Iterator[Figure]:
    """Deribit: funding is paid all the time; the rate read here is that of the last 8 hours."""
    for coin in ("BTC", "ETH"):
        if not wanted.of(coin):
            continue
        index = ask.publicGetGetIndexPrice({"index_name": f"{coin.lower()}_usd"})
        about = {"currency": coin, "kind": "future"}
        listed = ask.publicGetGetInstruments(about)["result"] if wanted.dated else []
        ends = {each["instrument_name"]: each["expiration_timestamp"] for each in listed}
        for each in ask.publicGetGetBookSummaryByCurrency(about)["result"]:
            symbol, time, where = each["instrument_name"], each["creation_timestamp"], "deribit book_summary"
            if not symbol.startswith(f"{coin}-") or each["quote_currency"] != "USD" or not wanted(symbol):
                continue
            yield from told(symbol, time, where, mark=(each["mark_price"], "mark_price"))
            now = int(index["usOut"]) // 1000 or None
            yield from told(
                symbol, now, "deribit index_price", index=(index["result"]["index_price"], f"{coin.lower()}_usd")
            )
            if not symbol.endswith("-PERPETUAL"):
                expiry = ends.get(symbol), "expiration_timestamp"
                yield from told(symbol, time, "deribit instruments", expiry=expiry)
                continue
            yield from _funding(
                symbol, time, (each.get("funding_8h"), f"{where} funding_8h"), (8, "deribit funding_8h is of 8 h")
            )


def binance(ask: "ccxt.binancecoinm", wanted: Wanted) -> Iterator[Figure]:
    """Binance COIN-M: intervals other than 8 hours stand in a list of their own."""
    marks = ask.dapiPublicGetPremiumIndex()
    hours = {each["symbol"]: each["fundingIntervalHours"] for each in ask.dapiPublicGetFundingInfo()}
    listed = ask.dapiPublicGetExchangeInfo()["symbols"] if wanted.dated else []
    ends = {each["symbol"]: each["deliveryDate"] for each in listed}
    for each in marks:
        symbol, time, where = each["symbol"], each["time"], "binance premiumIndex"
        if not wanted(symbol):
            continue
        yield from told(
            symbol, time, where, mark=(each["markPrice"], "markPrice"), index=(each["indexPrice"], "indexPrice")
        )
        if not symbol.endswith("_PERP"):
            yield from told(symbol, time, "binance exchangeInfo", expiry=(ends.get(symbol), "deliveryDate"))
            continue
        name = "fundingIntervalHours" if symbol in hours else "has no other interval, so 8 h"
        yield from _funding(
            symbol, time, (each["lastFundingRate"], f"{where} lastFundingRate"),
            (hours.get(symbol, 8), f"binance fundingInfo {name}"),
        )  # fmt: skip


def kucoin(ask: "ccxt.kucoinfutures", wanted: Wanted) -> Iterator[Figure]:
    """KuCoin Futures: one list has it all, without a time; the interval is in milliseconds."""
    for each in ask.futuresPublicGetContractsActive()["data"]:
        symbol, where = each["symbol"], "kucoin contracts"
        if not each["isInverse"] or each["quoteCurrency"] != "USD" or not wanted(symbol):
            continue
        yield from told(
            symbol, None, where, mark=(each["markPrice"], "markPrice"), index=(each["indexPrice"], "indexPrice")
        )
        if each.get("expireDate"):
            yield from told(symbol, None, where, expiry=(each["expireDate"], "expireDate"))
            continue
        yield from _funding(
            symbol, None, (each["fundingFeeRate"], f"{where} fundingFeeRate"),
            (_over(each.get("fundingRateGranularity"), HOUR), f"{where} fundingRateGranularity"),
        )  # fmt: skip


def gate(ask: "ccxt.gate", wanted: Wanted) -> Iterator[Figure]:
    """Gate: the contracts that are settled in BTC, without a time; the interval is in seconds."""
    for each in ask.publicFuturesGetSettleContracts({"settle": "btc"}):
        symbol, where = each["name"], "gate contracts"
        if each["type"] != "inverse" or not wanted(symbol):
            continue
        yield from told(
            symbol, None, where, mark=(each["mark_price"], "mark_price"), index=(each["index_price"], "index_price")
        )
        yield from _funding(
            symbol, None, (each["funding_rate"], f"{where} funding_rate"),
            (_over(each.get("funding_interval"), 3600), f"{where} funding_interval"),
        )  # fmt: skip


def htx(ask: "ccxt.htx", wanted: Wanted) -> Iterator[Figure]:
    """HTX: the mark is the close of the last candle of a minute, asked for each contract; no interval is told."""
    for each in ask.contractPublicGetSwapApiV1SwapIndex()["data"]:
        if not wanted(each["contract_code"]):
            continue
        symbol = each["contract_code"]
        yield from told(symbol, each["index_ts"], "htx swap_index", index=(each["index_price"], "index_price"))
        about = {"contract_code": symbol, "period": "1min", "size": 1}
        candles = ask.contractPublicGetIndexMarketHistorySwapMarkPriceKline(about)
        yield from told(
            symbol, candles["ts"], "htx swap_mark_price_kline", mark=(candles["data"][-1]["close"], "close")
        )
    answer = ask.contractPublicGetSwapApiV1SwapBatchFundingRate()
    for each in answer["data"]:
        if wanted(each["contract_code"]):
            rate = each["funding_rate"], "htx swap_batch_funding_rate funding_rate"
            yield from _funding(each["contract_code"], answer["ts"], rate)


PHEMEX_PRICE, PHEMEX_RATE = 10**4, 10**8
"""How many of the units that Phemex gives whole numbers of make 1 USD, and a rate of 1."""
MIXED = ("phemex",)
"""Venues whose list does not tell inverse contracts from others: of it only those of our tables are taken."""


def phemex(ask: "ccxt.phemex", wanted: Wanted) -> Iterator[Figure]:
    """Phemex: whole numbers in small units, times in nanoseconds; no interval is told."""
    for each in ask.v1GetMdTicker24hrAll()["result"]:
        symbol, time, where = each["symbol"], int(each["timestamp"]) // 10**6, "phemex ticker/24hr"
        if not wanted(symbol):
            continue
        mark, index = (_over(each.get(name), PHEMEX_PRICE) for name in ("markEp", "indexEp"))
        yield from told(symbol, time, where, mark=(mark, "markEp / 10000"), index=(index, "indexEp / 10000"))
        rate = _over(each.get("fundingRateEr"), PHEMEX_RATE)
        yield from _funding(symbol, time, (rate, f"{where} fundingRateEr / 100000000"))


def mexc(ask: "ccxt.mexc", wanted: Wanted) -> Iterator[Figure]:
    """MEXC: one list, and the interval of each contract by itself [h]."""
    for each in ask.contractPublicGetTicker()["data"]:
        symbol, time, where = each["symbol"], each["timestamp"], "mexc ticker"
        if not symbol.endswith("_USD") or not wanted(symbol):
            continue
        yield from told(
            symbol, time, where, mark=(each["fairPrice"], "fairPrice"), index=(each["indexPrice"], "indexPrice")
        )
        one = ask.contractPublicGetFundingRateSymbol({"symbol": symbol})["data"]
        yield from _funding(
            symbol, one["timestamp"], (one["fundingRate"], "mexc funding_rate fundingRate"),
            (one["collectCycle"], "mexc funding_rate collectCycle"),
        )  # fmt: skip


def bingx(ask: "ccxt.bingx", wanted: Wanted) -> Iterator[Figure]:
    """BingX: one list; no interval is told."""
    answer = ask.cswapV1PublicGetMarketPremiumIndex()
    for each in answer["data"]:
        symbol, time, where = each["symbol"], answer["timestamp"], "bingx premiumIndex"
        if wanted(symbol):
            mark, index = (each["markPrice"], "markPrice"), (each["indexPrice"], "indexPrice")
            yield from told(symbol, time, where, mark=mark, index=index)
            yield from _funding(symbol, time, (each["lastFundingRate"], f"{where} lastFundingRate"))


QUOTES: dict[str, Callable[["ccxt.Exchange", Wanted], Iterator[Figure]]] = {
    each.__name__: each for each in (binance, bingx, bybit, deribit, gate, htx, kraken, kucoin, mexc, okx, phemex)
}  # fmt: skip
"""How to ask each venue for the figures of its inverse contracts."""


def okx_prices(ask: "ccxt.okx", coins: Iterable[str]) -> Iterator[Figure]:
    """Prices of coins in USD: the indexes of OKX."""
    listed = {each["instId"]: each for each in ask.publicGetMarketIndexTickers({"quoteCcy": "USD"})["data"]}
    for coin in coins:
        if one := listed.get(f"{coin}-USD"):
            yield from told(coin, one["ts"], "okx index-tickers", price=(one["idxPx"], f"{coin}-USD idxPx"))


def bybit_prices(ask: "ccxt.bybit", coins: Iterable[str]) -> Iterator[Figure]:
    """Prices of coins in USD: the index prices that Bybit tells beside its spot markets."""
    answer = ask.publicGetV5MarketTickers({"category": "spot"})
    listed = {each["symbol"]: each for each in answer["result"]["list"]}
    for coin in coins:
        if one := listed.get(f"{coin}USDT") or listed.get(f"{coin}USDC"):
            name = f"{one['symbol']} usdIndexPrice"
            yield from told(coin, answer["time"], "bybit spot tickers", price=(one.get("usdIndexPrice"), name))


PRICES = {"okx": okx_prices, "bybit": bybit_prices}
"""Whom to ask for the price of a coin that no contract told, the first one first."""


def _funding(
    symbol: str, time: object, rate: tuple[object, str], hours: tuple[object, str] | None = None
) -> Iterator[Figure]:
    """The rate and its interval, where the venue tells it."""
    length = "the contract's interval" if hours is None or hours[0] is None else f"{float(hours[0]):g} h"
    yield Figure(symbol, "funding rate", rate[0], time, f"{rate[1]}; fraction for {length}")
    if hours:
        yield Figure(symbol, "funding hours", hours[0], time, hours[1])


def _over(value: object, units: float) -> float | None:
    """A number of small units in larger ones, so many in each, or None where there is none."""
    return None if value is None or value == "" else float(value) / units


def _time_of(text: str | None) -> int | None:
    """Milliseconds since 1970 of a time in ISO 8601, such as 2026-11-29T08:00:00.000Z."""
    if text is None:
        return None
    return round(datetime.fromisoformat(text).timestamp() * 1000)
