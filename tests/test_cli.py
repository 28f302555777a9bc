"""The command line: every command, its exit codes, and one readable line for every mistake."""

import json
import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from commands import fails, run

import xlhedge
from xlhedge import cli, examples
from xlhedge.registry import FUNCTIONS

EXECUTABLE = [sys.executable, "-m", "xlhedge.cli"]


# Help and usage


def test_version():
    assert run("--version").stdout == f"xlhedge {xlhedge.__version__}\n"


def test_every_command_and_option_is_documented():
    text = run("--help").stdout
    assert {"build", "eval", "functions", "contracts", "selftest"} <= set(cli.main.commands) <= set(text.split())
    for name, command in cli.main.commands.items():
        shown = " ".join(run(name, "-h").stdout.split())
        assert command.get_short_help_str(200).endswith(".") and "..." not in command.get_short_help_str(60)
        assert command.help.splitlines()[0] in shown
        options = [p for p in command.params if isinstance(p, click.Option)]
        assert all(p.help and " ".join(p.help.split()) in shown for p in options if p.name != "help")
        assert all(p.name.upper() in command.help for p in command.params if isinstance(p, click.Argument))


def test_the_help_fits_a_narrow_terminal():
    assert all(
        len(line) <= 80 for line in CliRunner().invoke(cli.main, ["--help"], terminal_width=80).stdout.splitlines()
    )


def test_no_command_shows_the_help():
    result = run()
    assert result.exit_code in (0, 2) and result.output.startswith("Usage: ")  # click before 8.2 ends with 0


@pytest.mark.parametrize("arguments,parts", [
    (["bild"], ["there is no command 'bild'; did you mean build?"]),
    (["setings"], ["there is no command 'setings'; did you mean settings?"]),
    (["scenarios"], ["there is no command 'scenarios'; commands are account, batch, build, "]),
    (["build"], ["Missing argument", "HOLDINGS"]),
    (["build", "h.csv"], ["Missing option", "--out"]),
    (["build", "h.csv", "--out"], ["--out", "requires an argument"]),
    (["build", "h.csv", "--out", "o.xlsx", "--functions", "vba"], ["--functions", "vba", "native", "addin", "lambda"]),
    (["contracts", "a", "b"], ["unexpected extra argument", "b"]),
    (["eval"], ["Missing argument", "EXPRESSION"]),
    (["selftest", "--fast"], ["No such option", "--fast"]),
])  # fmt: skip
def test_usage_mistakes(arguments, parts):
    told = fails(2, *arguments)
    assert all(part in told for part in parts) and told.endswith("--help tells more)")


def test_the_unexpected_is_one_line_and_exit_code_1(monkeypatch):
    monkeypatch.setattr(examples, "run_all", lambda: 1 / 0)
    assert fails(1, "selftest") == "unexpected ZeroDivisionError: division by zero; please report it with the command"


def test_a_stop_from_the_keyboard_is_one_line(monkeypatch):
    def stop():
        raise KeyboardInterrupt

    monkeypatch.setattr(examples, "run_all", stop)
    result = CliRunner().invoke(cli.main, ["selftest"])
    assert (result.exit_code, result.stderr.strip()) == (1, "xlhedge: stopped")


# eval


@pytest.mark.parametrize("expression,printed", [
    ("LIQ_PRICE(-600000, 60000, 2.5, 0.005)", "79600 USD/coin"),
    ("liq_price(-600000, 60000, 10, 0.005)", "none"),
    ("=LIQ_PRICE(-600000, 60000, 1, 0.5%)", "66333.3333333333 USD/coin"),
    ("INVERSE_PNL(-600000, 60000, 50000)", "2 coin"),
    ('INVERSE_PNL(-600000, 60000, 66000, "usd")', "-60000 USD"),
    ("INVERSE_PNL(-600000, 60000, 72000)", "-1.66666666666667 coin"),
    ("MARGIN_FOR_MOVE(-600000, 60000, 1, 0.005)", "5.025 coin"),
    ("FUNDING_APR(0.0001, 8)", "0.1095"),
    ("OVER_HEDGED(50, -600000, 60000)", "FALSE"),
    ("LIQ_DISTANCE(LIQ_PRICE(-600000, 60000, 2.5, 0.005), 60000)", "0.326666666666667"),
    ("INVERSE_PNL(-600000, 60000, {40000;60000;80000})", "5 coin\n0 coin\n-2.5 coin"),
    ("INVERSE_PNL(-600000, 60000, {40000,80000})", "5\t-2.5 coin"),
    ("INVERSE_PNL(-600000, 60000, {40000;-1})", "5 coin\n#NUM!"),
    ("1 + 2 * 3 ^ 2", "19"),
    ("-2^2", "4"),
    ("12.5%", "0.125"),
    ('"text"', "text"),
    ("{1,2;3,4}", "1\t2\n3\t4"),
    ('MAINT_TIER(20, {0;10;50}, {0.004;0.01;0.025}, "amount")', "0.06 coin"),
    ('CONTRACT_SPEC("binance", "BTCUSD", "face")', "100"),
])  # fmt: skip
def test_eval(expression, printed):
    result = run("eval", expression)
    assert result.exit_code == 0, result.stderr
    got, wanted = result.stdout.strip().splitlines(), printed.splitlines()
    assert [line.removesuffix(" fraction").removesuffix(" fraction a year") for line in got] == wanted


def test_eval_takes_an_expression_in_pieces():
    assert run("eval", "-1", "+", "3").stdout == "2\n"


def test_eval_prints_a_table_with_its_header():
    lines = run("eval", "SCENARIO_LADDER(50, -600000, 60000, {50000;72000})").stdout.splitlines()
    assert len(lines) == 3 and all("\t" in line for line in lines)


@pytest.mark.parametrize("expression,sentence", [
    ("LIQ_PRIC(1)", "LIQ_PRIC is not a worksheet function of xlhedge; did you mean LIQ_PRICE"),
    ("LIQ_PRICE(1)", "LIQ_PRICE needs entry: LIQ_PRICE(qty, entry, margin, mmr,"),
    ("LIQ_PRICE(-600000, -1, 1, 0.005)", "entry must be > 0 USD/coin (got -1)"),
    ("LIQ_DISTANCE(LIQ_PRICE(-600000, -1, 1, 0.005), 60000)", "entry must be > 0 USD/coin (got -1)"),
    ('INVERSE_PNL(1, 2, 3, "gbp")', "unit must be one of coin, usd (got 'gbp')"),
    ('CONTRACT_SPEC("weeks", "BTC", "face")', "there is no venue 'weeks' here"),
    ("1+", "'1+' ends too early"),
    ("(1", "expected ')' but found the end in '(1'"),
    ("1/0", "1 / 0 has no finite result in '1/0'"),
    ("1e308*10", "'1e308*10' has no finite real result"),
    ("(-8)^0.5", "'(-8)^0.5' has no finite real result"),
    ('"open', "cannot read '\"open' in '\"open'"),
    ("{1,2;3}", "the rows of an array must be equally long"),
    ("(" * 20000, "the expression is nested too deeply"),
    ("__import__('os')", "'os' is not in double quotes: write \"os\""),
])  # fmt: skip
def test_eval_errors(expression, sentence):
    assert fails(2, "eval", expression).startswith(sentence)


FIRST_ERRORS = [
    ("INVERSE_PNL(-600000, 60000, {40000;-1;-2})", "5 coin\n#NUM!\n#NUM!", "INVERSE_PNL row 2: price must be > 0 USD/coin (got -1)"),
    ("INVERSE_PNL(-600000, 60000, {40000,\"x\"})", "5\t#VALUE! coin", "INVERSE_PNL column 2: price must be > 0 USD/coin (got 'x')"),
    ("INVERSE_PNL(-600000, {60000;0}, {40000,50000})", "5\t2 coin\n#NUM!\t#NUM!",
     "INVERSE_PNL row 2, column 1: entry must be > 0 USD/coin (got 0)"),
    ("INVERSE_PNL(-600000, 60000, {-1;-2})", "#NUM!\n#NUM!", "INVERSE_PNL row 1: price must be > 0 USD/coin (got -1)"),
    ("INVERSE_PNL(-600000, 60000, {40000;TRUE})", "5 coin\n#VALUE!", "INVERSE_PNL row 2: price must be > 0 USD/coin (got TRUE)"),
    ("INVERSE_PNL(-600000, 60000, TRUE)", "#VALUE!", "INVERSE_PNL: price must be > 0 USD/coin (got TRUE)"),
    ("HEDGED_WEIGHT({0.2;20}, 60000, 50000)", "0.769230769230769 fraction\n#NUM!",
     "HEDGED_WEIGHT row 2: ratio must be >= 0 and <= 1 fraction: 20 % is 0.2 (got 20)"),
    ("TARGET_PRICE(-600000, 60000, {5;-10})", "40000 USD/coin\n#NUM!",
     "TARGET_PRICE row 2: no price above 0 gives this PnL (got qty = -600000, entry = 60000, pnl = -10)"),
    ("LIQ_DISTANCE(LIQ_PRICE(-600000, 60000, {2.5;-1}, 0.005), 60000)", "0.326666666666667 fraction\n#NUM!",
     "LIQ_PRICE row 2: margin must be >= 0 coin (got -1)"),
    ('MARKET("sample", "BTCUSD", {"mark";"frog"})', "60000\n#N/A",
     "MARKET row 2: the venue sample has mark, index, funding rate, time of BTCUSD alone"),
]  # fmt: skip


@pytest.mark.parametrize("expression, printed, sentence", FIRST_ERRORS)
def test_eval_says_why_the_first_bad_cell_is_bad(expression, printed, sentence):
    result = run("eval", expression)
    assert result.exit_code == 0
    assert (result.stdout.strip(), result.stderr) == (
        printed,
        f"xlhedge: {sentence}\n",
    )


# functions


def test_functions_lists_every_function_once():
    listed = [
        line.split("(")[0].strip()
        for line in run("functions").stdout.splitlines()
        if line.startswith("  ") and "(" in line
    ]
    assert [name for name in listed if name in FUNCTIONS] == sorted(listed, key=listed.index) or set(FUNCTIONS) <= set(
        listed
    )
    assert all(listed.count(name) == 1 for name in FUNCTIONS)


@pytest.mark.parametrize("name", ["LIQ_PRICE", "hedge_replay"])
def test_one_function_in_full(name):
    text = run("functions", name).stdout
    assert text.startswith(name.upper() + "(")
    assert all(part in text for part in ("Arguments:", "Result:", "Formula:", "Source:", "Example:"))


def test_functions_as_json_is_complete():
    records = json.loads(run("functions", "--json").stdout)
    assert [record["name"] for record in records] == list(FUNCTIONS)
    for record in records:
        assert record["summary"] and record["formula"] and record["sources"] and record["examples"]
        assert all(argument["meaning"] for argument in record["arguments"])
    assert json.loads(run("functions", "LIQ_PRICE", "--json").stdout)["name"] == "LIQ_PRICE"


@pytest.mark.parametrize("words, found, lost", [
    (["liq"], {"LIQ_PRICE", "LIQ_DISTANCE", "BANKRUPTCY_PRICE"}, {"WEIGHTS"}),
    (["Average", "ENTRY"], {"AVG_ENTRY", "LIQ_PRICE"}, {"FUNDING_APR"}),
    (["1/coin"], {"LIQ_PRICE"}, {"ROE"}),  # a unit
    (["interval_hours"], {"FUNDING_APR"}, {"ROE"}),  # an argument
    (["slope"], {"LIQ_PRICE"}, {"ROE"}),  # a word
])  # fmt: skip
def test_functions_are_searched(words, found, lost):
    listed = {line.split("(")[0].strip() for line in run("functions", *words).stdout.splitlines()}
    assert found <= listed and not lost & listed
    assert {record["name"] for record in json.loads(run("functions", *words, "--json").stdout)} == listed & {*FUNCTIONS}


def test_a_group_is_searched_too():
    group = FUNCTIONS["LIQ_PRICE"].group
    listed = {line.split("(")[0].strip() for line in run("functions", group.upper()).stdout.splitlines()}
    assert {name for name, function in FUNCTIONS.items() if function.group == group} <= listed


def test_nothing_found_is_told():
    told = (
        "no worksheet function has 'LIQ_PRICES' in its name, summary, arguments, units or group; did you mean LIQ_PRICE"
    )
    assert fails(2, "functions", "LIQ_PRICES").startswith(told)
    told = "no worksheet function has 'weather' and 'frog' in its name, summary, arguments, units or group; "
    assert fails(2, "functions", "weather", "frog") == told + "`xlhedge functions` lists all functions"
    told = "no worksheet function has 'blackscholes' in its name, summary, arguments, units or group; "
    assert fails(2, "functions", "blackscholes") == told + "`xlhedge functions` lists all functions"


def test_selftest():
    result = run("selftest")
    assert (
        result.exit_code == 0 and result.stdout.endswith(" examples passed, 0 failed\n") and "FAIL" not in result.stdout
    )


def test_a_failed_example_is_exit_code_4(monkeypatch):
    outcomes = examples.run_all()
    monkeypatch.setattr(examples, "run_all", lambda: [outcomes[0]._replace(error="gave 7")])
    result = run("selftest")
    assert result.exit_code == 4 and "FAIL" in result.stdout and result.stdout.endswith("0 examples passed, 1 failed\n")


# As a process


def process(*arguments: str, **options):
    return subprocess.run([*EXECUTABLE, *arguments], capture_output=True, text=True, **options)


def test_as_a_process(tmp_path):
    done = process("eval", "LIQ_PRICE(-600000, 60000, 2.5, 0.005)")
    assert (done.returncode, done.stdout, done.stderr) == (0, "79600 USD/coin\n", "")
    wrong = process("build", str(tmp_path), "--out", str(tmp_path / "o.xlsx"))
    assert (wrong.returncode, wrong.stdout, wrong.stderr) == (2, "", f"xlhedge: {tmp_path}: is a folder, not a file\n")


def test_a_reader_that_stops_early_is_no_mistake():
    piped = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$@" functions --json | head -c 1', "-", *EXECUTABLE],
        capture_output=True,
        text=True,
    )
    assert (piped.returncode, piped.stdout, piped.stderr) == (0, "[", "")


def test_a_terminal_that_cannot_show_a_name_is_no_mistake(tmp_path):
    (tmp_path / "h.csv").write_text("asset,coins,price\n\U0001f680,x,1\n", encoding="utf-8")
    result = process("build", str(tmp_path / "h.csv"), "--out", str(tmp_path / "\U0001f680.xlsx"),
                     env={**os.environ, "PYTHONIOENCODING": "ascii"})  # fmt: skip
    assert result.returncode == 3 and result.stderr.startswith("xlhedge: h.csv row 2, coins: ")
    (tmp_path / "h.csv").write_text("asset,coins,price\n\U0001f680,1,1\n", encoding="utf-8")
    result = process("build", str(tmp_path / "h.csv"), "--out", str(tmp_path / "\U0001f680.xlsx"),
                     env={**os.environ, "PYTHONIOENCODING": "ascii"})  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")


def test_the_command_line_is_light():
    code = "import sys, xlhedge.cli; print(*({'numpy', 'pandas', 'openpyxl', 'xlwings'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""
