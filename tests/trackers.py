"""Tables of trackers for tests: what those of tests/data/trackers hold, and how they are read."""

from pathlib import Path

from xlhedge import books
from xlhedge.errors import XlhedgeError

LAYOUTS = Path(__file__).parent / "data" / "trackers"
BTC, ETH = ("BTC", 0.5, 60000.0), ("ETH", 2.0, 3000.0)
USDT, USDC, USD, DUST = (("USDT", 4000.0, 1.0), ("USDC", 4000.0, 1.0), ("USD", 4000.0, 1.0), ("DOGE", 0.0, 0.1))
COST, TARGETS = (52000.0, 3250.0), (0.6, 0.25, 0.15)
NO_COST, NO_TARGETS = (), ()

WALLETS = [
    ["Wallets of the fund"], [], ["as of", "30 June"], ["Wallet", "Coin", "Amount", "Price (USD)", "Value (USD)", "Notes"],
    ["Ledger", "BTC", 0.3, 60000, 18000, None], ["Trezor", "BTC", 0.2, 60000, 12000, "cold"], ["Ledger", "ETH", 2, 3000, 6000, None],
    [], ["Total", None, None, None, 36000, None], ["Prices are those of noon."],
]  # fmt: skip
WALLET_NOTES = (
    "rows 1 to 3 above the header, which is row 4, are not read",
    "column Coin read as asset, Amount as coins",
    "row 10 below the table is not read",
    "row 9 (Total) is the sum of rows above and is left out",
    "column not needed and not read: Wallet",
    "added up: BTC (rows 5, 6)",
)


def held(path: Path, **told) -> tuple[tuple, tuple, tuple, tuple]:
    """What is read of a file: assets with coins and prices, costs, targets and notes."""
    (portfolio,) = books.read(path, **told)
    values = [each.values for each in portfolio.holdings]
    return (
        tuple((each.asset, each.coins, each.price) for each in values),
        tuple(each.cost_basis for each in values if each.cost_basis is not None),
        tuple(each.target_weight for each in values if each.target_weight is not None),
        portfolio.notes,
    )


def written(folder: Path, text: str, name: str = "h.csv") -> Path:
    (folder / name).write_text(text.replace("|", "\n"), "utf-8")
    return folder / name


def outcome(path: Path) -> tuple | str:
    try:
        return held(path)[0]
    except XlhedgeError as error:
        return str(error)
