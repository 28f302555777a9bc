"""Mixed clients: few templates for all of them, and a stamped workbook of any is the one that is built by itself."""

import random

import pytest
from books import build_text
from test_stamp import unlike

from xlhedge.intake import read_portfolios
from xlhedge.workbook.file.stamp import stamp
from xlhedge.workbook.file.writer import render
from xlhedge.workbook.model import build_model
from xlhedge.workbook.portfolios import Room, room_for, shape

COINS = "BTC ETH SOL XRP LTC DOGE BCH ADA LINK DOT AVAX BNB".split()
HEAD = "portfolio,asset,coins,price,hedge_ratio,contract,face,mmr,share,account,mark,expiry,qty,entry,margin\n"


def client(name: str, assets: int, positions: int, source: random.Random) -> str:
    """The rows of a client: its positions are spread over its assets, some in accounts, some dated."""
    held, hedged = source.sample(COINS, assets), {}
    for number in range(positions):
        hedged.setdefault(source.choice(held), []).append(number)
    rows = []
    for asset in held:
        price, coins = source.choice((2, 60, 3000)), source.randint(100, 999)
        told = []
        for number in hedged.get(asset, ()):
            mark, expiry = (round(price * 1.01, 4), "2027-03-26") if source.random() < 0.3 else ("", "")
            account = (
                f"{asset} cross" if source.random() < 0.4 else f"{asset} {number}" if source.random() < 0.2 else ""
            )
            qty = -10 * source.randint(0, 9)
            told.append(f",{asset}{number},10,0.01,,{account},{mark},{expiry},{qty},{price if qty else ''},")
        rows.append(f"{name},{asset},{coins},{price},{'30%' if told else ''}{told[0] if told else ''}")
        rows += [f"{name},{asset},,,{each}" for each in told[1:]]
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def clients(tmp_path_factory):
    """One client for every pair of 1 to 12 assets and 0 to 15 positions."""
    source, path = random.Random(5), tmp_path_factory.mktemp("clients") / "clients.csv"
    pairs = [(assets, positions) for assets in range(1, 13) for positions in range(16)]
    path.write_text(HEAD + "".join(client(f"C{i}", *pair, source) for i, pair in enumerate(pairs)))
    portfolios, errors = read_portfolios(path, overrides={"price_time": "2026-11-20"})
    assert not errors, errors[:3]
    assert [(len(p.holdings), len(p.positions)) for p in portfolios] == pairs
    return portfolios


def test_a_dozen_templates_do_for_all_of_them(clients):
    assert len({shape(portfolio) for portfolio in clients}) <= 12


def test_there_is_a_blank_row_below_assets_and_positions(clients):
    for portfolio in clients:
        room = room_for(portfolio)
        assert room.assets > len(portfolio.holdings) and room.positions > len(portfolio.positions)


def test_stamped_is_built_whatever_shares_the_template(clients):
    """Of each shape all are stamped together; the first and the last are built by themselves."""
    groups: dict = {}
    for portfolio in clients:
        groups.setdefault(shape(portfolio), []).append(portfolio)
    for group in groups.values():
        made = list(stamp(group))
        for k in {0, len(group) - 1}:
            assert not unlike(render(build_model(group[k])), made[k].content), group[k].name


def test_more_room_is_made_where_it_is_asked_for(tmp_path):
    """41 assets and 41 positions take tables of 80 rows; 20 assets and 40 positions as in the template are asked for."""
    rows = "".join(f"A{i},1000,2,10%,A{i},10,0.01\n" for i in range(41))
    book = build_text(tmp_path, "asset,coins,price,hedge_ratio,contract,face,mmr\n" + rows)
    assert sum(value is not None for value in book.column("Hedge plan", "Order ticket", "Side")) == 41
    (portfolio,), _ = read_portfolios(tmp_path / "holdings.csv")
    assert room_for(portfolio)[:2] == (80, 80)
    assert build_model(
        portfolio._replace(holdings=portfolio.holdings[:3], positions=portfolio.positions[:3]), room=Room(20, 40)
    ).room[:3] == (20, 40, 60)
