"""Random holdings files of many portfolios, from a seed: sizes, targets, open positions, own contracts, odd names."""

import random
from pathlib import Path

COLUMNS = (
    "portfolio", "asset", "coins", "price", "target_weight", "hedge_ratio", "cost_basis", "venue", "face", "mmr", "qty",
    "entry", "margin", "leverage", "funding_rate",
)  # fmt: skip
PRICES = {
    "BTC": 60_000.0,
    "ETH": 3_000.0,
    "SOL": 150.0,
    "XRP": 0.5,
    "LTC": 80.0,
    "ADA": 0.4,
    "DOGE": 0.15,
    "PEPE": 8e-6,
}
NAMES = ("Fund {}", "-Fund {}", "=1+{}", "Fonds <Ä & Ö> {}", "基金 {}", "+{} @", "A'B\"{}", " ")
PERPETUALS = {"BTC": "deribit", "ETH": "deribit"}


def random_rows(source: random.Random, number: int, most: int = 6) -> list[dict]:
    """The rows of one portfolio."""
    name = source.choice(NAMES).format(number).strip() or f"Blank {number}"
    rows = []
    for asset in source.sample(sorted(PRICES), source.randint(1, most)):
        price = float(f"{PRICES[asset] * source.uniform(0.7, 1.4):.5g}")
        coins = float(f"{source.uniform(1e3, 2e6) / price:.6g}")
        row = {"portfolio": name, "asset": asset, "coins": coins, "price": price}
        if source.random() < 0.7:
            row |= _hedge(source, asset, coins, price)
        if source.random() < 0.5:
            row["cost_basis"] = float(f"{price * source.uniform(0.2, 1.5):.4g}")
        rows.append(row)
    if source.random() < 0.4:
        rows.append({"portfolio": name, "asset": "USDT", "coins": round(source.uniform(0, 5e5), 2), "price": None})
    return rows


def _hedge(source: random.Random, asset: str, coins: float, price: float) -> dict:
    """A hedge on a venue, or in a contract of the portfolio's own, sometimes with an open position."""
    ratio = source.choice((0.0, 0.2, 0.5, 1.0, round(source.random(), 4)))
    row: dict = {"hedge_ratio": ratio}
    if asset in PERPETUALS and source.random() < 0.5:
        row["venue"] = PERPETUALS[asset]
    else:
        row |= {"face": source.choice((1.0, 10.0)), "mmr": source.choice((0.004, 0.01, 0.025))}
    if source.random() < 0.4:
        row["qty"] = -round(coins * price * source.uniform(0.01, 0.9), -1)
        row["entry"] = float(f"{price * source.uniform(0.8, 1.2):.5g}")
    if source.random() < 0.3:
        row["margin"] = float(
            f"{coins * source.uniform(0.05, 0.8):.5g}"
        )  # a wallet leaves the gain of the position out
    if source.random() < 0.3:
        row["leverage"] = source.choice((1.0, 2.0, 5.0))
    if source.random() < 0.3:
        row["funding_rate"] = source.choice((0.0001, -0.0002, 0.0))
    return row


def write_random(path: Path, portfolios: int, seed: int, most: int = 6) -> Path:
    """A holdings file of some portfolios."""
    source = random.Random(seed)
    lines = [",".join(COLUMNS)]
    for number in range(portfolios):
        for row in random_rows(source, number, most):
            lines.append(",".join(_cell(row.get(column)) for column in COLUMNS))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _cell(value: object) -> str:
    text = "" if value is None else repr(value) if isinstance(value, float) else str(value)
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"') else text
