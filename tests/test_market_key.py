"""Keys come from the environment or the keyring, and no output, file or log has a part of one; what `xlhedge account` writes."""

import csv
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
import venue_private_more as more
from commands import fails, run
from venue_account import ENTRY, KEY, PASSWORD, SECRET, START
from venue_private import bybit_rights
from venue_server import FAULTS

from xlhedge.errors import NotAvailableError
from xlhedge.ledger.entry import COLUMNS
from xlhedge.live.keys import credentials, holds_secret

DAY = (datetime.fromtimestamp(START / 1000, UTC) - timedelta(days=1)).strftime("%Y-%m-%d")
KEPT = {"kraken key": "k1", "kraken secret": "s1", "okx key": "k2", "okx secret": "s2"}
HOW = (
    "there is no key of bybit: set XLHEDGE_BYBIT_KEY and XLHEDGE_BYBIT_SECRET, or keep 'bybit key' and 'bybit secret' in the "
    "system's keyring (keyring set xlhedge 'bybit key')"
)


@pytest.fixture
def ring():
    """A keyring of the tests' own in place of the system's, as keyring offers it."""
    import keyring
    from keyring.backend import KeyringBackend

    class Kept(KeyringBackend):
        priority = 1

        def get_password(self, service, username):
            return KEPT.get(username) if service == "xlhedge" else None

        def set_password(self, service, username, password):
            raise AssertionError("nothing is written into a keyring")

    before = keyring.get_keyring()
    keyring.set_keyring(Kept())
    yield
    keyring.set_keyring(before)


FOUND = {  # venue, environment, and what comes of it beside the keyring above
    "environment": ("bybit", {"XLHEDGE_BYBIT_KEY": "k", "XLHEDGE_BYBIT_SECRET": " s\n"}, ("k", "s", "")),
    "keyring": ("kraken", {}, ("k1", "s1", "")),
    "environment first": ("kraken", {"XLHEDGE_KRAKEN_KEY": "k", "XLHEDGE_KRAKEN_SECRET": "s"}, ("k", "s", "")),
    "with a password": ("kucoin", {"XLHEDGE_KUCOIN_KEY": "k", "XLHEDGE_KUCOIN_SECRET": "s", "XLHEDGE_KUCOIN_PASSWORD": "p"}, ("k", "s", "p")),
    "never mixed": ("kraken", {"XLHEDGE_KRAKEN_KEY": "k"}, "the key of kraken is not whole: XLHEDGE_KRAKEN_SECRET is missing"),
    "no password": ("okx", {}, "the key of okx is not whole: 'okx password' in the keyring's service xlhedge is missing"),
    "none": ("bybit", {}, HOW),
    "not ASCII": ("bybit", {"XLHEDGE_BYBIT_KEY": "k\u00e9y", "XLHEDGE_BYBIT_SECRET": "s"}, "XLHEDGE_BYBIT_KEY must be printable ASCII, as the venue shows it"),
    "two lines": ("bybit", {"XLHEDGE_BYBIT_KEY": "k", "XLHEDGE_BYBIT_SECRET": "a\nb"}, "XLHEDGE_BYBIT_SECRET must be printable ASCII, as the venue shows it"),
}  # fmt: skip


@pytest.mark.parametrize("venue,environment,told", FOUND.values(), ids=[*FOUND])
def test_where_a_key_is_found(ring, venue, environment, told):
    if isinstance(told, tuple):
        found = credentials(venue, environment)
        assert tuple(found) == told and "k" not in f"{found}{found!r}".replace("Credentials", "")
    else:
        with pytest.raises(NotAvailableError) as error:
            credentials(venue, environment)
        assert str(error.value) == told


@pytest.mark.parametrize("backend", ["fail", "null"])
def test_without_a_keyring_there_is_no_key(backend):
    from importlib import import_module

    import keyring

    before = keyring.get_keyring()
    keyring.set_keyring(import_module(f"keyring.backends.{backend}").Keyring())
    try:
        with pytest.raises(NotAvailableError) as error:
            credentials("bybit", {})
    finally:
        keyring.set_keyring(before)
    assert str(error.value) == HOW


@pytest.fixture
def keyed(monkeypatch):
    """The tests' key in the environment."""
    for part, value in (("KEY", KEY), ("SECRET", SECRET), ("PASSWORD", PASSWORD)):
        for venue in ("BYBIT", "GATE", "DERIBIT", "KUCOIN", "OKX", "BINANCE", "KRAKEN"):
            monkeypatch.setenv(f"XLHEDGE_{venue}_{part}", value)


def rows(path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return [*csv.DictReader(file)]


def account(server, venue, *arguments):
    return run("account", venue, "--since", DAY, *arguments, base=server.base)


def test_a_ledger_and_a_table_of_positions_that_plan_takes(server, keyed, tmp_path):
    ledger, positions, holdings = (tmp_path / name for name in ("ledger.csv", "positions.csv", "holdings.csv"))
    done = account(server, "gate", "--out", ledger, "--positions", positions)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:4] == [
        "gate: 1 position, 1 wallet", "  BTC_USD -75,000 USD at 68,493.151, margin 3.13441250 BTC in the account gate",
        "  wallet 3.13441250 BTC", f"wrote {positions} (1 position)",
    ]  # fmt: skip
    assert done.stdout.count("agrees") == 3 and "BTC_USD: 3 fills" in done.stdout
    told = rows(ledger)
    assert [*told[0]] == [*COLUMNS] and [row["type"] for row in told] == [
        "transfer",
        "fill",
        "fill",
        "funding",
        "fill",
        "funding",
    ]
    assert [row["qty"] for row in told] == ["", "-40000.0", "-60000.0", "", "25000.0", ""]
    (row,) = rows(positions)
    assert float(row.pop("entry")) == pytest.approx(ENTRY, rel=1e-15)
    assert [*row.values()] == ["BTC", "gate", "BTC_USD", "gate", "-75000.0", "3.1344125", "5.0"]
    holdings.write_text("asset,coins,price\nBTC,10,60000\n")
    assert run("plan", holdings, "--positions", positions).exit_code == 0
    told = run("plan", holdings, "--positions", positions, "--ledger", ledger, "--json")
    assert [(each["account"], each["qty"]) for each in json.loads(told.stdout)["positions"]] == [("gate", -75000)]
    assert {row["account"] for row in told_twice(server, ledger)} == {"gate"}


def told_twice(server, ledger) -> list[dict[str, str]]:
    """The rows of a ledger after the account was read into it again without a name."""
    account(server, "gate", "--out", ledger)
    return rows(ledger)


def test_positions_that_could_not_be_had_are_not_none(server, keyed, tmp_path):
    server.faults["gate", "api/v4/futures/btc/positions"] = FAULTS["a page"]
    positions = tmp_path / "positions.csv"
    done = account(server, "gate", "--positions", positions)
    assert done.exit_code == 4 and not positions.exists()
    assert done.stdout.splitlines()[:2] == ["gate: positions not had, 1 wallet", "  wallet 3.13441250 BTC"]
    assert json.loads(account(server, "gate", "--json").stdout)["positions"] is None


def test_a_ledger_that_is_added_to_keeps_its_name_of_the_account(server, keyed, tmp_path):
    ledger = tmp_path / "ledger.csv"
    account(server, "gate", "--out", ledger, "--account", "mine")
    assert {row["account"] for row in told_twice(server, ledger)} == {"mine"} and len(rows(ledger)) == 6


def test_read_again_nothing_counts_twice_and_nothing_is_lost(server, keyed, tmp_path):
    ledger = tmp_path / "ledger.csv"
    account(server, "gate", "--out", ledger, "--account", "mine")
    before = rows(ledger)
    gone = more.gate_list([])
    server.answers["gate", "api/v4/futures/btc/my_trades_timerange"] = gone  # what the venue no longer tells stays
    done = account(server, "gate", "--out", ledger, "--account", "mine")
    assert (
        rows(ledger) == before
        and {row["account"] for row in before} == {"mine"}
        and "counted once: 3 rows" in done.stdout
        and done.stdout.count("agrees") == 3
    )


@pytest.mark.parametrize("first, then", [((), ("--account", "mine")), (("--account", "mine"), ())])
def test_a_name_that_one_of_two_readings_gives_is_that_of_both(server, keyed, tmp_path, first, then):
    ledger = tmp_path / "ledger.csv"
    account(server, "gate", "--out", ledger, *first)
    done = account(server, "gate", "--out", ledger, *then)
    told = rows(ledger)
    assert (len(told), {row["account"] for row in told}) == (6, {"mine"})
    assert ("taken as of mine" in done.stdout) == (not first) and "in the account mine" in done.stdout


def test_nothing_is_asked_of_a_time_to_come(server, keyed, tmp_path):
    told = fails(2, "account", "gate", "--since", "2999-01-01", "--out", tmp_path / "ledger.csv")
    assert told.startswith("--since 2999-01-01 is still to come") and server.asked == []


BEFORE = {"nothing": None, "a ledger without rows": ",".join(COLUMNS) + "\n", "another file, by force": "my,own\n1,2\n"}


@pytest.mark.parametrize("content", BEFORE.values(), ids=[*BEFORE])
def test_what_may_be_there_before(server, keyed, tmp_path, content):
    ledger = tmp_path / "ledger.csv"
    if content:
        ledger.write_text(content)
    done = account(server, "gate", "--out", ledger, *["--force"] * (content == BEFORE["another file, by force"]))
    assert done.exit_code == 0 and len(rows(ledger)) == 6


def test_an_account_without_anything(server, keyed, tmp_path):
    ledger, positions = tmp_path / "ledger.csv", tmp_path / "positions.csv"
    for path, answer in (
        ("positions", []),
        ("my_trades_timerange", []),
        ("account_book", []),
        ("accounts", {"total": "0"}),
    ):
        server.answers["gate", f"api/v4/futures/btc/{path}"] = answer
    done = account(server, "gate", "--out", ledger, "--positions", positions)
    assert (
        done.exit_code == 0 and rows(ledger) == rows(positions) == [] and "gate: 0 positions, 0 wallets" in done.stdout
    )


@pytest.mark.parametrize("fault", ["500", "cut off", "a page"])
def test_a_ledger_is_not_written_where_moves_are_missing(server, keyed, tmp_path, fault):
    ledger, positions = tmp_path / "ledger.csv", tmp_path / "positions.csv"
    account(server, "gate", "--out", ledger)
    before = ledger.read_bytes()
    server.faults["gate", "api/v4/futures/btc/account_book"] = FAULTS[fault]
    done = account(server, "gate", "--out", ledger, "--positions", positions)
    assert done.exit_code == 4 and done.stderr.startswith("xlhedge: gate moves: ") and ledger.read_bytes() == before
    assert len(rows(positions)) == 1 and f"{ledger} stays as it was" in done.stdout


def test_json(server, keyed):
    told = json.loads(account(server, "gate", "--json").stdout)
    assert (told["exit_code"], told["venue"], told["out"], told["positions_file"], told["gaps"]) == (
        0,
        "gate",
        None,
        None,
        [],
    )
    assert [(each["contract"], each["qty"]) for each in told["positions"]] == [("BTC_USD", -75000)]
    assert told["balances"] == [{"coin": "BTC", "amount": 3.1344125}] and told["ledger"]["unexplained"] == 0


REFUSED = {
    "no such venue": (["bitfoo"], "an account at bitfoo cannot be read (there is binance, bybit, deribit, gate, kraken, kucoin, okx)"),
    "closed": (["bitmex"], "an account at bitmex cannot be read (there is "),
    "no ledger": (["gate", "--out", "own.csv"], "own.csv is there and is no ledger; --force writes over it"),
    "no positions": (["gate", "--positions", "own.csv"], "own.csv is there and is no table of positions that was written here; --force writes over it"),
    "no folder": (["gate", "--out", "none/l.csv"], "there is no folder none for l.csv"),
    "no day": (["gate", "--since", "yesterday"], "Invalid value for '--since': 'yesterday' does not match the format '%Y-%m-%d'."),
    "twice": (["gate", "--out", "new.csv", "--positions", "new.csv"], "--out and --positions must be two files"),
}  # fmt: skip


@pytest.mark.parametrize("arguments,told", REFUSED.values(), ids=[*REFUSED])
def test_refused_before_anybody_is_asked(server, keyed, tmp_path, monkeypatch, arguments, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.csv").write_text("my,own\n1,2\n")
    assert fails(2, "account", *arguments).startswith(told) and server.asked == []
    assert (tmp_path / "own.csv").read_text() == "my,own\n1,2\n"


def test_no_output_file_or_log_has_a_part_of_the_key(server, keyed, tmp_path, caplog, monkeypatch):
    """What venues answer to all sorts of requests, some of them with the key in it, and the most talkative of logs."""
    caplog.set_level(logging.DEBUG)
    texts = []

    def told(venue, *arguments, **faults):
        server.faults = faults
        for json_too in ([], ["--json"]):
            done = account(
                server,
                venue,
                "--out",
                tmp_path / f"{venue}.csv",
                "--positions",
                tmp_path / f"{venue}-p.csv",
                *arguments,
                *json_too,
            )
            texts.extend((done.output, done.stderr, str(done.exception)))
        return done.exit_code

    echo = FAULTS["500"]._replace(
        status=400, body=f'{{"label":"X","message":"{KEY} {SECRET}","retCode":1,"retMsg":"{SECRET}"}}'.encode()
    )
    assert [
        told("gate"),
        told("deribit"),
        told("gate", gate=echo),
        told("bybit", bybit=echo),
        told("deribit", deribit=FAULTS["429"]),
    ] == [0, 0, 2, 2, 2]
    server.answers["bybit", "v5/user/query-api"] = bybit_rights(0, Wallet=["Withdraw"])
    assert told("bybit") == 2
    monkeypatch.setenv("XLHEDGE_GATE_SECRET", f"{SECRET}x")
    monkeypatch.setenv("XLHEDGE_GATE_KEY", f"wrong{KEY[3:]}")
    assert told("gate") == 2
    texts += [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] + [caplog.text]
    assert len([*tmp_path.iterdir()]) == 4
    assert not holds_secret(texts, (KEY, SECRET, PASSWORD, KEY[3:]))  # and the guard would see them
    assert holds_secret([f"a {SECRET} b"], (KEY, SECRET, PASSWORD))
