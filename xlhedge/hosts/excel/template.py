"""The workbook behind the ribbon's button Open template: a small hedge plan to fill in, made of the add-in's functions."""

import tempfile
from pathlib import Path

HOLDINGS = """asset,coins,price,hedge_ratio,cost_basis,venue,contract,margin,leverage
BTC,50,60000,20%,21000,bybit,BTCUSD,5,100
"""


def write_template(path: Path) -> None:
    """Write the template."""
    from xlhedge.portfolio import read_portfolios
    from xlhedge.workbook.model import build_model
    from xlhedge.workbook.writer import write

    with tempfile.TemporaryDirectory() as folder:
        holdings = Path(folder) / "holdings.csv"
        holdings.write_text(HOLDINGS, encoding="utf-8")
        (portfolio,), _ = read_portfolios(holdings)
    write(build_model(portfolio, "addin"), path)
