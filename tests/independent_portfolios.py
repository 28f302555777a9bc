"""Random portfolios for the independent model: own contracts of every method and kind of tier, positions of both sides."""

import datetime
import random
from pathlib import Path

from xlhedge.portfolio.scenarios import Scenario

PRICES = {
    "BTC": 60_000.0,
    "ETH": 3_000.0,
    "SOL": 150.0,
    "XRP": 0.5,
    "LTC": 80.0,
    "ADA": 0.4,
    "DOGE": 0.15,
    "LINK": 14.0,
}
RATES, INITIALS = (0.004, 0.006, 0.011, 0.027, 0.06), (0.01, 0.015, 0.025, 0.06, 0.15)
STARTS = (0.0, 6e3, 4e4, 3e5, 2e6)  # USD, of the tiers
SHIPPED = {"BTC": ("deribit", "okx", "binance", "bybit", "kraken"), "ETH": ("deribit",)}
DATED = {"BTC": ("bybit BTCUSDH27", "deribit BTC-26MAR27"), "ETH": ("deribit ETH-26MAR27",)}
"""Dated contracts of venues, whose maintenance rate the row tells."""

PRICE_TIME = datetime.datetime(2026, 11, 29)
HOLDINGS = (
    "portfolio", "asset", "coins", "price", "target_weight", "hedge_ratio", "cost_basis", "venue", "contract", "share",
    "account", "expiry", "mark", "beta", "face", "mmr", "fee", "qty", "entry", "margin", "leverage", "funding_rate", "volatility",
)  # fmt: skip


def contracts_of(coin: str, price: float) -> dict[str, dict[str, object]]:
    """The desk's contracts on a coin, by symbol: every method, with one rate, a slope, and tiers in every unit."""
    common = {"kind": "inverse", "coin": coin, "taker": 0.00055}

    def tiers(unit: str, worth: float, kind: str) -> dict[str, object]:
        floors = ";".join(f"{start / worth:.6g}" for start in STARTS)
        told = {"floors": floors, "rates": ";".join(map(str, RATES)), "imrs": ";".join(map(str, INITIALS))}
        return told | {"tier_unit": unit, "tier_type": kind}

    made = {
        "FLAT": {"face": 1, "liq_method": "mark", "mmr": 0.005, "liq_price_fee": 0.0006, "funding_hours": 4, "tick": 0.01},
        "SPARED": {"face": 1, "lot": 5, "liq_method": "mark", "mmr": 0.02, "amount": f"{200 / price:.6g}", "imr": 0.04},
        "LADDER": {"face": 10, "liq_method": "mark", "settlement_fee": 0.0002} | tiers("coin", price, "marginal"),
        "WHOLE": {"face": 1, "liq_method": "mark", "liq_price_fee": 0.001} | tiers("coin", price, "whole-position"),
        "PRODUCT": {"face": 1, "lot": 10, "liq_method": "product", "mmr": 0.012, "funding_hours": 1},
        "COUNTED": {"face": 10, "liq_method": "product"} | tiers("contracts", 10, "whole-position"),
        "STEPPED": {"face": 1, "liq_method": "product", "liq_price_fee": 0.0007} | tiers("coin", price, "marginal"),
        "FROZEN": {"face": 1, "liq_method": "entry", "mmr": 0.01, "liq_price_fee": 0.0005, "max_leverage": 50},
        "VALUED": {"face": 1, "liq_method": "entry"} | tiers("USD", 1, "whole-position"),
        "SLICED": {"face": 10, "liq_method": "mark", "liq_price_fee": 0.0004} | tiers("contracts", 10, "marginal"),
        "TERRACED": {"face": 1, "liq_method": "entry"} | tiers("coin", price, "marginal"),
        "STEEP": {"face": 1, "liq_method": "slope", "mmr": 0.005, "slope": f"{price * 4e-6:.6g}"},
        "CURVED": {"face": 10, "liq_method": "slope", "mmr": 0.01, "slope": f"{price * 2e-8:.6g}", "imr": 0.02,
                   "slope_im": f"{price * 2e-8:.6g}"},
    }  # fmt: skip
    return {f"{coin}-{name}": common | facts for name, facts in made.items()}


OWN = {coin: contracts_of(coin, price) for coin, price in PRICES.items()}
UNFUNDED = tuple(name for name, facts in contracts_of("BTC", 1.0).items() if "funding_hours" not in facts)
UNFUNDED = tuple(name.partition("-")[2] for name in UNFUNDED)
"""Contracts that a row can give an expiry, as nothing says that they pay funding."""


def write_contracts(path: Path) -> Path:
    """The desk's table of contracts."""
    lines = ["venue,symbol,field,value"]
    for made in OWN.values():
        lines += [f"desk,{symbol},{name},{value}" for symbol, facts in made.items() for name, value in facts.items()]
    path.write_text("\n".join(lines) + "\n")
    return path


def random_settings(rng: random.Random) -> dict[str, object]:
    """Settings of a portfolio."""
    return {
        "mode": rng.choice(("hedge", "hedge", "spot")), "long_underweight": rng.choice((True, False)),
        "band": rng.choice((0.0, 0.0, 0.02)), "min_trade": rng.choice((0.0, 500.0)),
        "rally": rng.choice((0.33, 0.55, 0.95)), "fall": rng.choice((0.28, 0.46)),
        "margin_buffer": rng.choice((0.0, 0.05)), "horizon_days": rng.choice((30.0, 90.0, 200.0)),
        "funding_rate": rng.choice((0.0001, -0.0002)), "adverse_funding_rate": rng.choice((0.0, 0.0003)),
        "funding_hours": rng.choice((8.0, 4.0)), "volatility": rng.choice((0.4, 0.9)), "tax_spot": rng.choice((0.0, 0.25)),
        "tax_futures": rng.choice((0.0, 0.3)), "discount_rate": rng.choice((0.0, 0.04)), "price_time": f"{PRICE_TIME:%Y-%m-%d}",
        "roll_premium": rng.choice((0.0, 0.05)),
    }  # fmt: skip


def random_rows(rng: random.Random, name: str) -> list[dict[str, object]]:
    """The rows of a portfolio of one to eight coins, sometimes with cash, each coin with up to four positions."""
    coins = rng.sample(sorted(PRICES), rng.randint(1, len(PRICES)))
    prices = {coin: float(f"{PRICES[coin] * rng.uniform(0.7, 1.4):.5g}") for coin in coins}
    shares = [rng.uniform(0.2, 1.0) for _ in range(len(coins) + 1)]
    assets, rows = [], []
    for coin, share in zip(coins, shares):
        asset = random_asset(rng, coin, prices[coin], share / sum(shares))
        own = random_positions(rng, asset, prices)
        if own and rng.random() < 0.7:
            asset |= {**own.pop(0), "asset": coin}
        assets.append(asset)
        rows += [asset, *own]
    post_margins(rng, assets, rows)
    if rng.random() < 0.3:  # further positions may stand anywhere
        rng.shuffle(rows)
    if rng.random() < 0.5:
        rows.append({"asset": "USDT", "coins": round(rng.uniform(1e3, 1e6), 2)})
    return [row | {"portfolio": name} for row in rows]


def random_asset(rng: random.Random, coin: str, price: float, share: float) -> dict[str, object]:
    """A coin that is held, mostly with a target."""
    row: dict[str, object] = {
        "asset": coin,
        "coins": float(f"{10 ** rng.uniform(3.5, 6.5) / price:.6g}"),
        "price": price,
    }
    row |= rng.choice(({"target_weight": round(share, 4)}, {"hedge_ratio": round(rng.uniform(0, 1.1), 3)}, {}))
    row |= {"cost_basis": round(price / 2, 4)} if rng.random() < 0.3 else {}
    return row | ({"volatility": 0.6} if rng.random() < 0.3 else {})


def random_positions(rng: random.Random, asset: dict, prices: dict[str, float]) -> list[dict[str, object]]:
    """One to four positions of a coin on as many contracts: perpetual, dated, or a proxy; now and then none."""
    found, count = [], rng.choice((0, 1, 1, 2, 2, 3, 4))
    if count == 0 and "hedge_ratio" in asset:
        count = 1
    for contract in random_contracts(rng, asset["asset"], prices, count):
        row = {"asset": asset["asset"]} | contract
        for column, values in (("leverage", (1, 3, 50)), ("funding_rate", (0.0005, -0.0004)), ("fee", (0.0002,))):
            if rng.random() < 0.3:
                row[column] = rng.choice(values)
        if rng.random() < 0.6:
            size = asset["coins"] * asset["price"] / count
            row |= random_size(rng, size, row.get("mark") or prices[row.pop("coin", asset["asset"])])
        row.pop("coin", None)
        found.append(row)
    for row, share in zip(found, random_shares(rng, len(found))):
        row |= {} if share is None else {"share": share}
    return found


def random_shares(rng: random.Random, count: int) -> list[float | None]:
    """Shares of some positions: all blank, some told, or all told, which then make up the whole."""
    told = [round(rng.uniform(0, 1 / count), 3) for _ in range(count)]
    match rng.choice(("blank", "some", "all")):
        case "blank":
            return [None] * count
        case "some":
            return [share if rng.random() < 0.5 else None for share in told[1:]] + [None] * min(count, 1)
    return [*told[1:], round(1 - sum(told[1:]), 3)] if count else []


def random_contracts(rng: random.Random, coin: str, prices: dict[str, float], count: int) -> list[dict[str, object]]:
    """Contracts for some positions of a coin, each with what its row must tell; no two are the same."""
    found: list[dict[str, object]] = []
    others = [other for other in prices if other != coin]
    symbols = [*OWN[coin], f"{coin}-STEEP"]
    for _ in range(count):
        kind = rng.choice(("shipped", "desk", "desk", "cross", "cross", "dated", "dated", "proxy", "told"))
        row: dict[str, object] = {"venue": "desk", "contract": rng.choice(symbols)}
        if kind == "shipped" and coin in SHIPPED:
            row = {"venue": rng.choice(SHIPPED[coin])}
        elif kind == "told" and not found:
            row = {"face": 1, "mmr": 0.008}
        elif kind == "proxy" and others:
            other = rng.choice(others)
            row = {
                "venue": "desk",
                "contract": rng.choice([*OWN[other]]),
                "beta": rng.choice((0.7, 1.3)),
                "coin": other,
            }
        elif kind == "dated" and coin in DATED and rng.random() < 0.3:
            venue, _, symbol = rng.choice(DATED[coin]).partition(" ")
            row = {"venue": venue, "contract": symbol, "mmr": 0.01} | random_mark(rng, prices[coin])
        elif kind == "dated":
            expiry = PRICE_TIME + datetime.timedelta(hours=rng.choice((12, 480, 2000, 6000)))
            row = {"venue": "desk", "contract": f"{coin}-{rng.choice(UNFUNDED)}", "expiry": f"{expiry:%Y-%m-%d %H:%M}"}
            row |= random_mark(rng, prices[coin])
        is_whole = str(row.get("contract")).endswith(
            "WHOLE"
        )  # whose maintenance jumps: of an account no line says where
        if (
            row.get("venue") == "desk"
            and not is_whole
            and rng.random() < (0.8 if kind in ("cross", "dated", "proxy") else 0.1)
        ):
            name = f"{row.get('coin', coin)} {rng.choice('ab')}"
            row["account"] = rng.choice((name, name.upper(), name.lower()))
        if row.get("venue") == "desk" and rng.random() < 0.1:
            row["mmr"] = 0.015
        if all(name_of(row) != name_of(other) for other in found):
            found.append(row)
    return found


def name_of(row: dict) -> tuple:
    """What tells a position from others of its asset."""
    return row.get("venue"), row.get("contract"), row.get("account", "").lower()


def random_mark(rng: random.Random, price: float) -> dict[str, float]:
    """The price of a contract that is not that of its coin."""
    return {"mark": float(f"{price * rng.uniform(0.96, 1.06):.6g}")}


def random_size(rng: random.Random, value: float, price: float) -> dict[str, float]:
    """An open position, short or long."""
    qty = rng.choice((-1, -1, 1)) * float(round(value * rng.uniform(0.05, 0.9), -2))
    return {"qty": qty, "entry": float(f"{price * rng.uniform(0.85, 1.18):.5g}")} if qty else {}


def post_margins(rng: random.Random, assets: list[dict], rows: list[dict]) -> None:
    """Margins for most positions that are open, in all no more of a coin than its wallet can hold."""
    prices, wallets = {one["asset"]: one["price"] for one in assets}, {one["asset"]: one["coins"] for one in assets}
    open_ones = [row for row in rows if row.get("qty")]
    for row in open_ones:
        coin = coin_of(row)
        wallets[coin] -= row["qty"] * (1 / row["entry"] - 1 / row.get("mark", prices[coin]))
    for row in open_ones:
        coin = coin_of(row)
        size = abs(row["qty"]) / prices[coin]
        margin = min(wallets[coin] * 0.9, size * rng.choice((0.1, 0.3, 0.6, 1.3)))
        if margin > 0 and rng.random() < 0.8:
            row["margin"] = float(f"{margin:.5g}")
            wallets[coin] -= row["margin"]


def coin_of(row: dict) -> str:
    """The coin that a position is margined in."""
    if row.get("venue") == "desk":
        return row["contract"].partition("-")[0]
    return row["asset"]


def random_scenarios(rng: random.Random, assets: list[str]) -> tuple[Scenario, ...]:
    """Rows of a stress set, several in a chain now and then."""

    def move() -> float:
        return round(rng.choice((rng.uniform(-0.7, 0.3), rng.uniform(0, 1.5))), 4)

    rows = []
    for number in range(12):
        own = {asset: move() for asset in assets if rng.random() < 0.4}
        rows.append(Scenario(
            f"Row {number}", own, rng.choice((None, move(), move())), rng.choice((None, -0.0008, -0.0002, 0.0003)),
            rng.choice((None, 10.0, 90.0)), rng.choice((None, None, -0.05, 0.02)), rng.choice((None, None, move())),
            number > 0 and rng.random() < 0.5,
        ))  # fmt: skip
    return tuple(rows)


def write_portfolios(folder: Path, count: int, seed: str) -> tuple[Path, Path, Path]:
    """Holdings, settings and contracts of so many portfolios."""
    rng, holdings, settings = random.Random(seed), [",".join(HOLDINGS)], ["portfolio,setting,value"]
    for number in range(count):
        name = f"p{number}"
        for row in random_rows(rng, name):
            holdings.append(",".join(str(row.get(column, "")) for column in HOLDINGS))
        settings += [f"{name},{key},{value}" for key, value in random_settings(rng).items()]
    paths = folder / "holdings.csv", folder / "settings.csv"
    for path, lines in zip(paths, (holdings, settings)):
        path.write_text("\n".join(lines) + "\n")
    return *paths, write_contracts(folder / "contracts.csv")
