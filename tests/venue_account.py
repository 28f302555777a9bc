"""One account, which lives through the same few days at each venue, and what answers to whoever has its key.

By hand: 3 BTC come in; 40,000 USD are sold at 80,000 and 60,000 at 62,500, which is an entry of
100,000 / (0.5 + 0.96) = 68,493.15; 0.00012 BTC of funding are received; 25,000 USD are bought back at 50,000, which realises
25,000 x (1/50,000 - 1/68,493.15) = 0.5 - 0.365 = 0.135 BTC; 0.00004 BTC of funding are paid. Fees are 0.00025, 0.00048 and a
rebate of 0.0000625 BTC, so that the wallet holds 3 - 0.00025 - 0.00048 + 0.00012 + 0.135 + 0.0000625 - 0.00004 = 3.1344125 BTC.
"""

import time
from datetime import UTC, datetime

from venue_server_asked import Asked, as_json

KEY, SECRET, PASSWORD = "Key4f9aa17c03", "U2VjcmV0MTIzNDU2Nzg5MA==", "Passphrase77"
"""What the tests' key is; no output may have a part of it."""

START = (int(time.time()) // 3600 - 100) * 3600000
"""The hour in which the account began [ms], some days ago."""
ENTRY, WALLET = 100000 / 1.46, 3.1344125


def when(hours: float) -> int:
    """So many hours after the account began [ms]."""
    return START + round(3600000 * hours)


FILLS = [  # hour, side, USD, price, fee, position after it, wallet after it, profit
    (1, "sell", 40000, 80000, 0.00025, -40000, 2.99975, 0),
    (2, "sell", 60000, 62500, 0.00048, -100000, 2.99927, 0),
    (26, "buy", 25000, 50000, -0.0000625, -75000, 3.1344525, 0.135),
]
FUNDINGS = [(8, 0.00012, 2.99939), (32, -0.00004, 3.1344125)]  # hour, received, wallet after it
NAMES = {  # the header that holds a key at each venue, and what it is told of a wrong one, with the key in it
    "kraken": ("apikey", 200, {"result": "error", "error": "authenticationError", "serverTime": "2026-01-01T00:00:00.000Z"}),
    "bybit": ("x-bapi-api-key", 200, {"retCode": 10003, "retMsg": "API key <key> is invalid.", "result": {}}),
    "okx": ("ok-access-key", 401, {"code": "50111", "msg": "Invalid OK-ACCESS-KEY <key>", "data": []}),
    "binance": ("x-mbx-apikey", 401, {"code": -2015, "msg": "Invalid API-key <key>, IP, or permissions for action."}),
    "kucoin": ("kc-api-key", 401, {"code": "400003", "msg": "KC-API-KEY <key> not exists"}),
    "gate": ("key", 401, {"label": "INVALID_KEY", "message": "Invalid key <key> provided"}),
    "deribit": ("authorization", 400, {"jsonrpc": "2.0", "error": {"code": 13004, "message": "invalid_credentials <key>"}, "testnet": False}),
}  # fmt: skip


def signed(venue: str, answer) -> object:
    """An answer to whoever has the key; to others what the venue tells them."""
    header, status, refusal = NAMES[venue]

    def answered(asked: Asked):
        told = asked.headers.get(header, asked.query.get("client_id", ""))
        if KEY not in told:
            return as_json(refusal, status, lambda text: text.replace("<key>", told))
        return answer(asked) if callable(answer) else answer

    return answered


def iso(milliseconds: int) -> str:
    return (
        datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"
    )


def within(asked: Asked, rows: list, name: str, first: str, last: str, unit: int = 1) -> list:
    """The rows whose time lies between the two of a request."""
    low, high = int(asked.query.get(first, 0)), int(asked.query.get(last, 1 << 62))
    return [row for row in rows if low <= int(row[name]) // unit <= high]
