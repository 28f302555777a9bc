"""Random portfolios for the independent model: own contracts of every method and kind of tier, positions of both sides."""

import random
from pathlib import Path

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
HOLDINGS = (
    "portfolio", "asset", "coins", "price", "target_weight", "hedge_ratio", "cost_basis", "venue", "contract", "face", "mmr",
    "fee", "qty", "entry", "margin", "leverage", "funding_rate", "volatility",
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
        "LADDER": {"face": 10, "liq_method": "mark", "funding_hours": 8} | tiers("coin", price, "marginal"),
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
        "tax_futures": rng.choice((0.0, 0.3)), "discount_rate": rng.choice((0.0, 0.04)),
    }  # fmt: skip


def random_rows(rng: random.Random, name: str) -> list[dict[str, object]]:
    """The rows of a portfolio of one to eight coins, sometimes with cash."""
    coins = rng.sample(sorted(PRICES), rng.randint(1, len(PRICES)))
    shares = [rng.uniform(0.2, 1.0) for _ in range(len(coins) + 1)]
    rows = [random_row(rng, coin, share / sum(shares)) | {"portfolio": name} for coin, share in zip(coins, shares)]
    if rng.random() < 0.5:
        rows.append({"portfolio": name, "asset": "USDT", "coins": round(rng.uniform(1e3, 1e6), 2)})
    return rows


def random_row(rng: random.Random, coin: str, share: float) -> dict[str, object]:
    """A coin, with a target, a contract, and mostly an open position."""
    price = float(f"{PRICES[coin] * rng.uniform(0.7, 1.4):.5g}")
    coins = float(f"{10 ** rng.uniform(3.5, 6.5) / price:.6g}")
    row: dict[str, object] = {"asset": coin, "coins": coins, "price": price}
    row |= rng.choice(({"target_weight": round(share, 4)}, {"hedge_ratio": round(rng.uniform(0, 1.1), 3)}, {}))
    if coin in SHIPPED and rng.random() < 0.5:
        row["venue"] = rng.choice(SHIPPED[coin])
    elif rng.random() < 0.9:
        row |= {"venue": "desk", "contract": rng.choice([*OWN[coin], f"{coin}-STEEP", f"{coin}-STEEP"])}
    else:
        row |= {"face": 1, "mmr": 0.008}
    for column, values in (
        ("leverage", (1, 3, 50)), ("funding_rate", (0.0005, -0.0004)), ("fee", (0.0002,)), ("volatility", (0.6,)),
        ("cost_basis", (round(price / 2, 4),)),
    ):  # fmt: skip
        if rng.random() < 0.3:
            row[column] = rng.choice(values)
    if row.get("venue") == "desk" and rng.random() < 0.1:
        row["mmr"] = 0.015
    if rng.random() < 0.6:
        row |= random_position(rng, coins, price)
    return row


def random_position(rng: random.Random, coins: float, price: float) -> dict[str, object]:
    """An open position, short or long, mostly with the margin that is posted for it."""
    qty = rng.choice((-1, -1, 1)) * float(round(coins * price * rng.uniform(0.05, 0.9), -2))
    entry = float(f"{price * rng.uniform(0.85, 1.18):.5g}")
    wallet = coins - qty * (1 / entry - 1 / price)
    margin = min(wallet * 0.99, abs(qty) / price * rng.choice((0.1, 0.3, 0.6, 1.3)))
    told = {"qty": qty, "entry": entry} if qty else {}
    return told | ({"margin": float(f"{margin:.5g}")} if margin > 0 and rng.random() < 0.8 else {})


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
