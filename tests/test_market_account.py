"""Accounts at seven venues, read from a server on this machine: the same few days at each, worked out by hand in venue_account."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import venue_private as private
import venue_private_more as more
from venue_account import ENTRY, FILLS, FUNDINGS, KEY, PASSWORD, SECRET, START, WALLET, signed, when
from venue_server import FAULTS

from xlhedge.contracts import contract
from xlhedge.ledger.reconcile import reconcile
from xlhedge.live.account import READ, MayTrade, read_account
from xlhedge.live.exchange import NOT_ASKED, Credentials, Unanswered
from xlhedge.portfolio.positions import same_coin

OURS = Credentials(KEY, SECRET, PASSWORD)
SINCE = datetime.fromtimestamp(START / 1000 - 86400, UTC)
CONTRACTS = {
    "binance": "BTCUSD", "bybit": "BTCUSD", "deribit": "BTC-PERPETUAL", "gate": "BTC_USD", "kraken": "PI_XBTUSD",
    "kucoin": "XBTUSDM", "okx": "BTC-USD",
}  # fmt: skip
LEFT_OUT = {
    "binance": {"incomes of the type welcome_bonus": 1}, "bybit": {"rows of linear markets": 1}, "gate": {},
    "deribit": {"rows of the type options_settlement_summary": 1}, "kraken": {"contracts that are not inverse (PF_XBTUSD)": 1},
    "kucoin": {"linear contracts (XBTUSDTM)": 1}, "okx": {"linear contracts (BTC-USDT-SWAP)": 1},
}  # fmt: skip


def read(server, venue, credentials=OURS, since=SINCE, **options):
    """An account from the server."""
    return read_account(venue, credentials, since, base=server.base, pause=0.02, **options)


def outcome(server, venue, *arguments, **options):
    """An account, or the sentence that says why there is none."""
    try:
        return read(server, venue, *arguments, **options)
    except (Unanswered, MayTrade) as error:
        return str(error)


def at_once(server, venues=READ, *arguments, **options) -> dict:
    """The outcomes of some venues, which are asked at the same time: most of it is waiting, as ccxt is polite."""
    with ThreadPoolExecutor(8) as pool:
        return dict(zip(venues, pool.map(lambda venue: outcome(server, venue, *arguments, **options), venues)))


@pytest.fixture(scope="module")
def accounts(answering):
    return at_once(answering)


def moves(found) -> list[tuple]:
    """The rows of a ledger in the order of time, without the statements of now."""
    rows = found.rows[found.rows["type"] != "statement"]
    return [*rows[["time", "contract", "type", "qty", "price", "fee", "amount"]].itertuples(index=False, name=None)]


def by_hand(symbol: str) -> list[tuple]:
    """What moved, in the order of time, as venue_account tells it: coin, USD and signs of a ledger."""
    rows = [(0, "BTC", "transfer", None, None, None, 3)]
    rows += [
        (hour, symbol, "fill", usd if side == "buy" else -usd, price, fee, None)
        for hour, side, usd, price, fee, *_ in FILLS
    ]
    rows += [(hour, symbol, "funding", None, None, None, amount) for hour, amount, _ in FUNDINGS]
    return [(datetime.fromtimestamp(when(row[0]) / 1000, UTC), *row[1:]) for row in sorted(rows)]


@pytest.mark.parametrize("venue", READ)
def test_the_same_ledger_of_every_venue(accounts, venue):
    told = moves(accounts[venue])
    if venue == "kucoin":  # tells the position and the mark that a funding was paid on
        assert [row[3:5] for row in told if row[2] == "funding"] == [(-100000, 60000), (-75000, 60000)]
        told = [(*row[:3], *((None, None) if row[2] == "funding" else row[3:5]), *row[5:]) for row in told]
    for row, expected in zip(told, by_hand(CONTRACTS[venue]), strict=True):
        assert row[:3] == expected[:3]
        for value, hand in zip(row[3:], expected[3:]):
            assert value != value or value is None if hand is None else value == pytest.approx(hand, rel=1e-14)


@pytest.mark.parametrize("venue", READ)
def test_positions_and_wallets(accounts, venue):
    (position,), (wallet,) = accounts[venue].positions, accounts[venue].wallets
    leverage = None if venue == "kraken" else 5
    assert position == (
        "BTC",
        venue,
        CONTRACTS[venue],
        venue,
        -75000,
        pytest.approx(ENTRY, rel=1e-15),
        pytest.approx(WALLET, rel=1e-15),
        leverage,
    )
    assert (wallet.coin, wallet.amount) == ("BTC", pytest.approx(WALLET, rel=1e-15))
    assert accounts[venue].gaps == () and accounts[venue].left_out == LEFT_OUT[venue]


@pytest.mark.parametrize("venue", READ)
def test_the_ledger_comes_to_what_the_venue_says(accounts, venue):
    """Position and entry agree, and the wallet where the venue tells one after each row."""
    rows = accounts[venue].rows
    told = reconcile(rows[rows["type"] != "statement"], rows[rows["type"] == "statement"])
    (line,) = told.lines
    assert (line.position, line.realised, line.fees) == (
        -75000,
        pytest.approx(0.135, rel=1e-12),
        pytest.approx(0.0006675, rel=1e-12),
    )
    compared = [(each.what, each.name) for each in (*line.differences, *told.wallets[0].differences)]
    has_balances = venue not in ("binance", "deribit", "kucoin")
    assert compared == [
        ("position", "agrees"),
        ("entry", "agrees"),
        *[("change of the wallet", "agrees")] * has_balances,
    ]


@pytest.mark.parametrize("venue", READ)
def test_rights_that_are_not_told_are_told_of(accounts, venue):
    said = f"{venue} does not tell what a key may do: see to it that this one can only read"
    assert (said in accounts[venue].notes) == (venue in ("kraken", "gate"))


RIGHTS = {  # venue, where it tells rights, what it tells, and what the key may then do besides reading
    "bybit trades": ("bybit", "v5/user/query-api", private.bybit_rights(0, ContractTrade=["Order"], Wallet=[]), "trade"),
    "bybit moves": ("bybit", "v5/user/query-api", private.bybit_rights(0, Wallet=["AccountTransfer"]), "trade and withdraw or transfer"),
    "okx": ("okx", "api/v5/account/config", signed("okx", private._okx({"perm": "read_only,trade"})), "trade"),
    "okx withdraws": ("okx", "api/v5/account/config", signed("okx", private._okx({"perm": "read_only,withdraw,trade"})), "withdraw or transfer and trade"),
    "okx, unknown": ("okx", "api/v5/account/config", signed("okx", private._okx({"perm": "read_only,fly"})), "do more than read"),
    "deribit": ("deribit", "api/v2/public/auth", more.deribit_rights("account:read trade:read_write wallet:read"), "trade"),
    "deribit, account": ("deribit", "api/v2/public/auth", more.deribit_rights("account:read_write wallet:read_write"), "do more than read and withdraw or transfer"),
    "binance": ("binance", "sapi/v1/account/apiRestrictions", more.binance_rights(enableFutures=True), "trade"),
    "binance withdraws": ("binance", "sapi/v1/account/apiRestrictions", more.binance_rights(enableWithdrawals=True), "withdraw or transfer"),
    "kucoin": ("kucoin", "api/v1/user/api-key", more.kucoin_rights("General,Futures,Transfer"), "trade and withdraw or transfer"),
}  # fmt: skip


@pytest.mark.parametrize("venue,path,answer,may", RIGHTS.values(), ids=[*RIGHTS])
def test_a_key_with_too_many_rights_is_refused_and_nothing_is_read(server, venue, path, answer, may):
    server.answers[venue, path] = answer
    with pytest.raises(
        MayTrade, match=f"^{venue}: the key may {may}; make one that can only read, nothing was read with this one$"
    ):
        read(server, venue)
    assert server.paths(venue) == [path]


@pytest.mark.parametrize("fault", ["500", "an empty object", "cut short"])
def test_rights_that_cannot_be_seen_stop_the_reading(server, fault):
    server.faults["bybit", "v5/user/query-api"] = FAULTS[fault]
    with pytest.raises(Unanswered):
        read(server, "bybit")
    assert {*server.paths("bybit")} == {"v5/user/query-api"}


WRONG = "does not accept the key, the secret or the password"


def test_a_wrong_key_is_told_in_our_words_though_the_venue_repeats_it(server):
    other = Credentials("Other88x71", SECRET, PASSWORD)
    assert at_once(server, READ, other) == {venue: f"{venue}: {WRONG}" for venue in READ}


def test_a_secret_that_cannot_sign(server):
    assert outcome(server, "kraken", Credentials(KEY, "not base64!")) == f"kraken: {WRONG}"
    assert server.asked == []


CLOCKS = {
    "bybit": (200, b'{"retCode":10002,"retMsg":"invalid request, please check your server timestamp"}'),
    "okx": (401, b'{"code":"50102","msg":"Timestamp request expired","data":[]}'),
    "binance": (400, b'{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}'),
    "kucoin": (400, b'{"code":"400002","msg":"KC-API-TIMESTAMP Invalid"}'),
    "kraken": (200, b'{"result":"error","error":"nonceBelowThreshold"}'),
}


def test_a_clock_that_goes_wrong_is_said_to(server):
    server.faults = {
        venue: FAULTS["500"]._replace(status=status, body=body) for venue, (status, body) in CLOCKS.items()
    }
    said = "finds this computer's clock wrong; set the clock and run again"
    assert at_once(server, [*CLOCKS]) == {venue: f"{venue}: {said}" for venue in CLOCKS}


MANY = {  # venue: how many fills, which is more than two pages of it, and what then answers
    "kraken": (1001, private.kraken_many), "bybit": (101, private.bybit_many), "okx": (201, private.okx_many),
    "deribit": (501, more.deribit_many), "binance": (2001, more.binance_many), "kucoin": (201, more.kucoin_many),
    "gate": (201, more.gate_many),
}  # fmt: skip


def test_lists_are_read_to_their_end(server):
    for venue, (count, made) in MANY.items():
        server.answers |= {(venue, path): answer for path, answer in made(count).items()}
    for venue, found in at_once(server).items():
        fills = found.rows[found.rows["type"] == "fill"]
        assert (venue, len(fills), fills["id"].nunique(), fills["time"].is_monotonic_increasing) == (
            venue,
            *[MANY[venue][0]] * 2,
            True,
        )


def test_a_list_without_an_end_is_a_gap_and_gives_no_ledger(server):
    again = private.bybit_row(1, 0, "TRADE", 0, 3, side="Buy", qty="1", tradePrice="50000")
    server.answers["bybit", "v5/account/transaction-log"] = private._bybit({"list": [again], "nextPageCursor": "more"})
    found = read(server, "bybit")
    assert found.rows is None and len(found.positions) == 1
    assert [str(gap) for gap in found.gaps] == [
        "bybit moves: tells the same page of a list again, so that the rest of it is missing"
    ]


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "slow"])
def test_what_one_list_lacks_costs_no_other(server, fault):
    server.faults["gate", "api/v4/futures/btc/my_trades_timerange"] = FAULTS[fault]
    found = read(server, "gate")
    if fault == "an empty list":  # which is how a venue says that there is none
        assert found.gaps == () and "fill" not in {*found.rows["type"]}
        return
    assert [gap.symbol for gap in found.gaps] == ["moves"] and found.rows is None and len(found.positions) == 1


def test_isolated_positions_have_their_own_margin(server):
    """OKX: short 500 contracts of 10 USD in ETH beside the shared ones in BTC; KuCoin: long 1,000 of 1 USD; Bybit: its account.

    Binance: long 20 contracts of 100 USD with 0.05 BTC, of which -0.01 are unrealised, so that 0.06 were posted.
    """
    eth = {
        "instId": "ETH-USD-SWAP",
        "instType": "SWAP",
        "mgnMode": "isolated",
        "posSide": "short",
        "pos": "500",
        "avgPx": "2500",
        "lever": "10",
        "margin": "0.2",
    }
    btc = {
        "instId": "BTC-USD-SWAP",
        "instType": "SWAP",
        "mgnMode": "cross",
        "posSide": "net",
        "pos": "-750",
        "avgPx": "68000",
        "lever": "5",
        "margin": "",
    }
    dated = btc | {"instId": "BTC-USD-311226", "instType": "FUTURES", "pos": "20", "avgPx": "70000"}
    server.answers["okx", "api/v5/account/positions"] = private._okx(eth, btc, dated)
    own = more.KUCOIN_POSITION | {
        "marginMode": "ISOLATED",
        "crossMode": False,
        "currentQty": 1000,
        "avgEntryPrice": 50000,
        "posMargin": 0.004,
    }
    server.answers["kucoin", "api/v1/positions"] = more._kucoin([own])
    server.answers["bybit", "v5/account/info"] = private._bybit({"marginMode": "ISOLATED_MARGIN"})
    server.answers["binance", "dapi/v1/positionRisk"] = [
        {
            "symbol": "BTCUSD_PERP",
            "positionAmt": "20",
            "entryPrice": "50000",
            "leverage": "4",
            "marginType": "isolated",
            "isolatedMargin": "0.05",
            "unRealizedProfit": "-0.01",
        },
    ]
    found = {
        venue: [row[2:] for row in each.positions]
        for venue, each in at_once(server, ["okx", "kucoin", "bybit", "binance"]).items()
    }
    assert found == {
        "okx": [
            ("ETH-USD", "", -5000, 2500, 0.2, 10), ("BTC-USD", "okx", -75000, 68000, WALLET, 5), ("BTC-USD-311226", "okx", 2000, 70000, 0, 5),
        ],
        "kucoin": [("XBTUSDM", "", 1000, 50000, 0.004, 5)],
        "bybit": [("BTCUSD", "", -75000, pytest.approx(ENTRY, rel=1e-14), 0.2, 5)],
        "binance": [("BTCUSD", "", 2000, 50000, pytest.approx(0.06, rel=1e-14), 4)],
    }  # fmt: skip


def test_what_else_moves_a_wallet_is_a_transfer_or_left_out_and_told(server):
    """0.001 BTC are paid for something of its own, at three venues 0.5 BTC are bought: 3.1344125 - 0.001 + 0.5 = 3.6334125."""
    more_rows = {
        ("bybit", "v5/account/transaction-log"): private.bybit_log([
            private.bybit_row(52, 41, "TRADE", 0.5, 3.6334125, category="spot", side="Buy", symbol="BTCUSDT"),
            private.bybit_row(51, 40, "INTEREST", -0.001, 3.1334125, symbol="", category=""), *private._bybit_log(),
        ]),
        ("okx", "api/v5/account/bills-archive"): private.okx_list([
            private.okx_bill(52, 41, "2", "1", 0.5, 3.6334125, instType="SPOT", instId="BTC-USDT"),
            private.okx_bill(51, 40, "7", "9", -0.001, 3.1334125, instType="", instId=""),
            *sorted(private.OKX_BILLS, key=lambda row: -int(row["billId"])),
        ]),
        ("gate", "api/v4/futures/btc/account_book"): more.gate_list([*more.GATE_BOOK, more.gate_booking(51, 40, "refr", -0.001, 3.1334125)]),
        ("kraken", "api/history/v3/account-log"): private.kraken_log([
            *private._kraken_log(), private.kraken_row(51, 40, "interest payment", "xbt", 3.1344125, 3.1334125, contract=None),
        ]),
    }  # fmt: skip
    server.answers |= more_rows
    taken = {
        "bybit": "rows of the type interest",
        "okx": "bills of the type 7",
        "gate": "rows of the type refr",
        "kraken": "rows of the kind interest payment",
    }
    left = {"bybit": {"rows of spot markets": 1}, "okx": {"rows of spot markets": 1}, "gate": {}, "kraken": {}}
    for venue, found in at_once(server, [*taken]).items():
        assert f"1 {taken[venue]} are taken as transfers" in found.notes
        assert found.left_out == LEFT_OUT[venue] | left[venue]
        rows = found.rows[:-1]  # the wallet of now is that of the account's story
        told = reconcile(rows[rows["type"] != "statement"], rows[rows["type"] == "statement"]).wallets[0]
        assert (venue, [each.name for each in told.differences]) == (venue, ["agrees"])
        assert told.differences[0].theirs == pytest.approx(0.6334125 if left[venue] else 0.1334125, rel=1e-12)


HOSTILE = {  # what of a fill is changed; none of these gives a ledger, and none hides the positions
    "no number": {"price": "NaN"}, "no end": {"size": "1e999"}, "for nothing": {"price": "0"}, "below zero": {"price": "-5"}, "of nothing": {"size": 0},
    "of the future": {"create_time": 4e9}, "of no time": {"create_time": None}, "a formula": {"contract": "=1+1"}, "no contract": {"contract": ""},
    "two lines": {"trade_id": "a\nb"}, "a long name": {"trade_id": "a" * 500}, "a list": {"fee": [1]}, "missing": {"price": None},
}  # fmt: skip


@pytest.mark.parametrize("change", HOSTILE.values(), ids=[*HOSTILE])
def test_a_fill_that_cannot_be_spoils_the_ledger_and_nothing_else(server, change):
    fill = more.gate_fill(1, 1, "buy", 10, 50000, 0) | change
    server.answers["gate", "api/v4/futures/btc/my_trades_timerange"] = [fill]
    found = read(server, "gate")
    assert found.rows is None and len(found.positions) == 1
    assert [str(gap) for gap in found.gaps] == ["gate moves: its answer is an error, or not of the form that is known"]


def test_a_contract_that_no_table_has_is_a_gap(server):
    gone = [more.gate_fill(place, 1, "buy", 10, 50000, 0, contract="NEW_USD") for place in range(2)]
    server.answers["gate", "api/v4/futures/btc/my_trades_timerange"] = more.gate_list(gone)
    assert [str(gap) for gap in read(server, "gate").gaps] == [
        "gate NEW_USD: is in no table of contracts, so that 2 of its rows are left out"
    ]


def test_a_part_of_the_key_in_a_figure_is_not_handed_on(server):
    told = [more.gate_fill(1, 1, "buy", 10, 50000, 0) | {"trade_id": f"x{SECRET}"}]
    server.answers["gate", "api/v4/futures/btc/my_trades_timerange"] = more.gate_list(told)
    assert outcome(server, "gate") == "gate: tells a part of the key in its answer, of which nothing is kept"


def test_what_a_venue_is_not_asked_for_is_told(server):
    """Binance takes a year at a time; of an earlier time the day is named from which on it was asked."""
    (note,) = read(server, "binance", since=datetime(2020, 1, 1, tzinfo=UTC)).notes
    day = datetime.now(UTC).date() - timedelta(days=360)
    assert note == f"binance is asked for what moved since {day}, 360 days ago, and for nothing before"


def test_every_venue_that_is_read_has_contracts_of_the_face_used():
    assert {venue: contract(venue, symbol)["face"] for venue, symbol in CONTRACTS.items()} == {
        "binance": 100, "bybit": 1, "deribit": 10, "gate": 1, "kraken": 1, "kucoin": 1, "okx": 100,
    }  # fmt: skip
    assert not {*READ} & {*NOT_ASKED} and same_coin("XBT") == "BTC"
