"""Maintenance margin by tier: rates, amounts and slopes of the shipped contracts and of ladders of one's own."""

import math

import pytest

import xlhedge.contracts as contracts
from xlhedge.errors import DomainError, InputError, NotAvailableError

MINE = "desk"


def mine(**facts):
    rows = {"kind": "inverse", "face": 10} | facts
    return contracts.contract(
        MINE,
        "BTCUSD",
        table=contracts.rows_table(
            {"venue": MINE, "symbol": "BTCUSD", "field": field, "value": value} for field, value in rows.items()
        ),
    )


LADDER = {"tier_unit": "coin", "floors": "0;5;10;20", "rates": "0.004;0.005;0.01;0.025", "cap": 50}


@pytest.mark.parametrize(
    "found, qty, price, expected",
    [
        (contracts.contract("binance", "BTC"), -10_000, 25_000, (0.004, 0, 0)),
        (contracts.contract("bybit", "BTC"), -600_000, 60_000, (0.005, 0, 0)),
        (contracts.contract("bitmex", "BTC"), 180 * 9_000, 9_000, (0.005, 0, 0)),
        (contracts.contract("bitmex", "BTC"), -230 * 9_000, 9_000, (0.01, 0, 0)),
        (contracts.contract("bitmex", "BTC"), 200 * 8_000, 8_000, (0.01, 0, 0)),
        (contracts.contract("bitmex", "BTC"), 650 * 8_000, 8_000, (0.02, 0, 0)),
        (contracts.contract("okx", "BTC"), -49_900, 60_000, (0.004, 0, 0)),
        (contracts.contract("okx", "BTC"), -600_000, 60_000, (0.0075, 0, 0)),
        (contracts.contract("okx", "BTC"), -40_000_000, 60_000, (0.1025, 0, 0)),
        (contracts.contract("kraken", "BTC"), -24_000_000, 60_000, (0.15, 0, 0)),
        (contracts.contract("kraken", "BTC"), -75_000_000, 60_000, (0.2, 0, 0)),
        (contracts.contract("binance", "BTC"), -300 * 60_000, 60_000, (0.125, 11.605, 0)),
        (contracts.contract("kraken", "BTC"), 499_999, 60_000, (0.01, 0, 0)),
        (contracts.contract("kraken", "BTC"), 500_000, 60_000, (0.02, 0, 0)),
        (contracts.contract("deribit", "BTC"), -600_000, 60_000, (0.01, 0, 0.00005)),
        (contracts.contract("deribit", "ETH"), 0, 3_000, (0.01, 0, 0.000004)),
        (mine(tier_type="marginal", **LADDER), -15 * 50_000, 50_000, (0.01, 5 * 0.001 + 10 * 0.005, 0)),
        (mine(tier_type="marginal", **LADDER), 50 * 50_000, 50_000, (0.025, 0.355, 0)),
        (mine(tier_type="marginal", **LADDER), 0, 50_000, (0.004, 0, 0)),
        (mine(tier_type="marginal", **LADDER | {"tier_unit": "USD"}), 15, 50_000, (0.01, 0.055 / 50_000, 0)),
        (mine(tier_type="marginal", **LADDER | {"tier_unit": "contracts"}), 150, 50_000, (0.01, 0.55 / 50_000, 0)),
        (mine(tier_type="whole-position", **LADDER), 15 * 50_000, 50_000, (0.01, 0, 0)),
        (mine(mmr=0.05, amount=1.81), -9e9, 50_000, (0.05, 1.81, 0)),
    ],
)
def test_maintenance(found, qty, price, expected):
    assert contracts.maintenance(found, qty, price) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "found, qty, price, error, message",
    [
        (
            contracts.contract("binance", "BTC"),
            -401 * 60_000,
            60_000,
            NotAvailableError,
            "up to 400 coin only.* 401: supply",
        ),
        (contracts.contract("bybit", "BTC"), 151 * 60_000, 60_000, NotAvailableError, "up to 150 coin only"),
        (
            contracts.contract("okx", "BTC"),
            40_000_100,
            60_000,
            NotAvailableError,
            "up to 400000 contracts only.* is 400001",
        ),
        (contracts.contract("kraken", "BTC"), -75_000_001, 60_000, NotAvailableError, "up to 75000000 contracts only"),
        (contracts.contract("htx", "BTC"), 1, 60_000, NotAvailableError, "htx BTC-USD: mmr .* not established"),
        (mine(**LADDER), 1, 60_000, NotAvailableError, "tier_type"),
        (mine(tier_type="marginal", floors="0;1", rates="0.1;0.2"), 1, 60_000, NotAvailableError, "tier_unit"),
        (mine(tier_type="marginal", **LADDER | {"rates": "0.1"}), 1, 60_000, InputError, "rates must have one entry"),
        (mine(tier_type="marginal", **LADDER | {"cap": 20}), 1, 60_000, InputError, "cap must be > 20"),
        (mine(mmr=0.01), math.nan, 60_000, DomainError, "qty must be"),
        (mine(mmr=0.01), 1, 0, DomainError, "price must be > 0"),
        (mine(mmr=0.01), 1, math.inf, DomainError, "price must be > 0"),
    ],
)
def test_maintenance_that_is_not_known(found, qty, price, error, message):
    with pytest.raises(error, match=message):
        contracts.maintenance(found, qty, price)


def test_marginal_ladder_is_continuous():
    tiers = contracts.ladder(mine(tier_type="marginal", **LADDER))
    for below, above in zip(tiers, tiers[1:]):
        assert below.cap == above.floor
        assert below.mmr * below.cap - below.amount == pytest.approx(above.mmr * above.floor - above.amount)
