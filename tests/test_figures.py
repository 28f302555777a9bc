"""The figures of a portfolio's row in results.csv: sums that neither cancel nor mix units, and whose liquidation is nearest."""

import math

import pytest

from books import build_text

from xlhedge.intake import read_portfolios
from xlhedge.workbook.figures import Figures
from xlhedge.workbook.file.stamp import stamp
from xlhedge.workbook.portfolios import shape

HEADER = "portfolio,asset,coins,price,venue,hedge_ratio,target_weight,margin\n"
NOTHING, NONE = math.nan, math.inf


def portfolios(folder, *rows: str, settings: str = ""):
    (folder / "h.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))
    (folder / "s.csv").write_text(f"setting,value\n{settings}\n")
    found, errors = read_portfolios(folder / "h.csv", folder / "s.csv")
    assert not errors
    return found


TRADES = ("contracts", "gross_trade_usd", "net_trade_usd", "gross_position_usd", "net_position_usd")


@pytest.mark.parametrize(
    ("rows", "settings", "expected"),
    [
        (["BTC,50,60000,bybit,20%,,"], "", (-600_000, 600_000, -600_000, 600_000, -600_000)),
        (["BTC,50,60000,deribit,20%,,"], "", (-60_000, 600_000, -600_000, 600_000, -600_000)),
        (["BTC,50,60000,deribit,20%,,", "ETH,200,3000,deribit,,,"], "", (-60_000, 600_000, -600_000, 600_000, -600_000)),
        (["BTC,50,60000,bybit,20%,,", "ETH,200,3000,bybit,20%,,"], "", (-720_000, 720_000, -720_000, 720_000, -720_000)),
        (["BTC,50,60000,deribit,20%,,", "ETH,200,3000,deribit,50%,,"], "", (NOTHING, 900_000, -900_000, 900_000, -900_000)),
        (["BTC,50,60000,bybit,,50%,", "ETH,200,3000,bybit,,50%,"], "long_underweight,yes", (NOTHING, 2_400_000, 0, 2_400_000, 0)),
        (["BTC,50,60000,bybit,0%,,", "USDT,1000,1,,,,"], "", (0, 0, 0, 0, 0)),
    ],
    ids=["one asset", "a face of 10", "one asset trades", "one face", "two faces", "long and short", "no trade"],
)  # fmt: skip
def test_long_and_short_do_not_cancel_and_contracts_of_two_faces_are_not_added(tmp_path, rows, settings, expected):
    (portfolio,) = portfolios(tmp_path, *(f"Fund,{row}" for row in rows), settings=settings)
    figures = next(stamp([portfolio])).figures
    assert [figures[name] for name in TRADES] == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("btc_margin", "eth_margin", "expected"),
    [
        (1, 40, ("BTC", 597_000 / 9, 0.105556)), (10, 4, ("ETH", 118_800 / 36, 0.1)), (1, 3, ("ETH", 118_800 / 37, 0.070270)),
        (10, 40, ("none", NONE, NONE)),
    ],
)  # fmt: skip
def test_the_nearest_liquidation_names_its_asset(tmp_path, btc_margin, eth_margin, expected):
    """A short of 10 BTC at 0.5 % maintenance and one of 40 ETH at 1 %."""
    rows = f"Fund,BTC,50,60000,bybit,20%,,{btc_margin}", f"Fund,ETH,200,3000,bybit,20%,,{eth_margin}"
    figures = next(stamp(portfolios(tmp_path, *rows))).figures
    asset, *numbers = (figures[name] for name in ("nearest_asset", "nearest_liquidation", "nearest_distance"))
    assert asset == expected[0] and numbers == pytest.approx(expected[1:], rel=1e-5)


def test_figures_of_portfolios_together_are_those_of_each_alone(tmp_path):
    rows = [f"{name},{asset},{coins},{price},deribit,{ratio}%,," for name, ratio in (("A", 10), ("B", 30))
            for asset, coins, price in (("BTC", 50, 60000), ("ETH", 200, 3000))]  # fmt: skip
    both = portfolios(tmp_path, *rows)
    assert shape(both[0]) == shape(both[1])
    together, alone = [made.figures for made in stamp(both)], [next(stamp([one])).figures for one in both]
    assert repr(together) == repr(alone) and together[0]["value_usd"] == together[1]["value_usd"] == 3_600_000
    assert all(tuple(figures) == Figures._fields for figures in together)


SEEN = ("exposure_before_usd", "exposure_after_usd", "orders", "carry_expected_usd", "carry_adverse_usd")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # 600,000 USD short for 90 days of three payments each: 16,200 received at 0.01 %, 48,600 paid at 0.03 %;
        # opening and closing cost 330 USD each (0.055 %).
        (["BTC,50,60000,bybit,20%,,"], (3_000_000, 2_400_000, 1, 16_200 - 660, -48_600 - 660)),
        (["BTC,50,60000,bybit,20%,,", "USDT,1000,1,,,,"], (3_000_000, 2_400_000, 1, 15_540, -49_260)),
        (["BTC,50,60000,bybit,20%,,", "ETH,200,3000,bybit,20%,,"], (3_600_000, 2_880_000, 2, 15_540 * 1.2, -49_260 * 1.2)),
        (["BTC,50,60000,bybit,0%,,"], (3_000_000, 3_000_000, 0, 0, 0)), (["USDT,1000,1,,,,"], (0, 0, 0, 0, 0)),
    ],
    ids=["one asset", "cash is no exposure", "two assets", "no trade", "cash alone"],
)  # fmt: skip
def test_exposure_orders_and_carry_have_the_signs_of_the_sheets(tmp_path, rows, expected):
    figures = next(stamp(portfolios(tmp_path, *(f"Fund,{row}" for row in rows)))).figures
    assert [figures[name] for name in SEEN] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("margin", "expected"),
    [("1", 597_000 / 9.81 / 60_000 - 1), ("0.8", 0.0), ("11", NONE)],  # 0.81 BTC of funding is paid from the margin
)
def test_adverse_funding_brings_the_nearest_liquidation_nearer(tmp_path, margin, expected):
    """A short of 10 BTC at 0.5 % maintenance."""
    figures = next(stamp(portfolios(tmp_path, f"Fund,BTC,50,60000,bybit,20%,,{margin}"))).figures
    assert figures["later_distance"] == pytest.approx(expected, rel=1e-6)


def test_the_nearest_liquidation_is_that_of_either_side(tmp_path):
    """A long and a larger short in one account of 6 BTC at 15 % maintenance: the equity 6 + 0.2M (1/P - 1/60,000) meets
    0.15 x 2.2M / P at 48,750, below; above, both move away from it. Adverse funding brings that to 58,646.62."""
    (tmp_path / "h.csv").write_text(
        "asset,coins,price,venue,contract,account,mark,qty,entry,margin,mmr,fee,funding_rate,volatility\n"
        "BTC,50,60000,bybit,BTCUSD,main,,1000000,60000,6,0.15,0.00055,0.0001,0.6\n"
        "BTC,,,bybit,BTCUSDH27,main,60000,-1200000,60000,0,0.15,0.00055,,\n"
    )
    (tmp_path / "s.csv").write_text("setting,value\nhorizon_days,30\n")
    portfolios, errors = read_portfolios(tmp_path / "h.csv", tmp_path / "s.csv")
    figures = next(stamp(portfolios)).figures
    told = [figures[name] for name in ("nearest_liquidation", "nearest_distance", "later_distance")]
    assert not errors and told == pytest.approx([48_750, 0.1875, 1 - 58_646.61654135339 / 60_000], rel=1e-9)


def test_no_margin_is_told_for_a_fall_of_all_that_a_long_has(tmp_path):
    """A long cannot lose more than its price: the rows of Scenarios for moves of 100 % and more stay blank."""
    cells = build_text(
        tmp_path, "asset,coins,price,venue,contract,qty,entry,margin\nBTC,50,60000,bybit,BTCUSD,600000,60000,9\n"
    )
    moves, needed = (cells.column("Scenarios", "Coins to survive", name) for name in ("Move", "Margin needed"))
    assert 1.0 in moves and len(needed) == sum(move < 1 for move in moves) > 0
