"""`xlhedge diff` where a maintenance rate is not known at a step on the way from the one plan to the other."""

import pytest

from xlhedge.diff import diff_of
from xlhedge.intake import read_portfolios

HEAD = "portfolio,asset,coins,price,hedge_ratio,venue,contract,qty,entry,margin\n"
SHORT = "me,BTC,50,60000,,bybit,BTCUSD,-600000,60000,5\n"
NEEDED = 40 * (0.5 + 0.01) / 1.5 + 0.0003 * 270 * 40
"""Coins for a short of 40 ETH to survive +50 % at an assumed rate of 1 %, and 270 adverse fundings in 90 days."""


def test_a_rate_that_only_the_new_settings_assume_is_unknown_until_they_count(tmp_path):
    """A short of 600,000 at 60,000 with 5 BTC goes at 119,400 (0.995 x 600,000/5); one of 120,000 USD in ETH, sold at 3,000 with 5
    posted less the fee of the 60,000 that are new, at 0.99 x 120,000/(40 - 5 + 20 x 0.0005)."""

    def read(name: str, row: str, **settings: str):
        (tmp_path / name).write_text(HEAD + SHORT + row)
        (portfolio,), errors = read_portfolios(tmp_path / name, overrides=settings)
        assert not errors, errors
        return portfolio

    old = read("old.csv", "me,ETH,200,3000,,,,,,\n")
    new = read("new.csv", "me,ETH,200,3000,20%,kraken,PI_ETHUSD,-60000,3000,5\n", mmr="0.01")
    found = {(part.figure.name, part.figure.of): part for part in diff_of(old, new).figures}
    of_eth, nearest = found["margin_required", "ETH"], found["nearest_liquidation", ""]
    assert of_eth.change == pytest.approx(NEEDED, rel=1e-9) and {*of_eth.parts.values()} == {None}
    assert of_eth.told == ("positions: 0 -> unknown", f"settings: unknown -> {NEEDED:,.10g}")
    gone = 0.99 * 120_000 / (40 - 5 + 20 * 0.0005)
    assert nearest.told == (
        "positions: 119,400 of BTC bybit BTCUSD -> unknown", f"settings: unknown -> {gone:,.10g} of ETH kraken PI_ETHUSD",
    )  # fmt: skip
    assert {*found["margin_required", "BTC"].parts.values()} == {0.0}
