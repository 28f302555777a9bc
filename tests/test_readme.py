"""The README says what the program does today."""

import re
import shlex
from pathlib import Path

import numpy
import pytest
from click.testing import CliRunner

import xlhedge
from xlhedge.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"^\$ xlhedge (.+)\n(.+)$", README, re.MULTILINE)
PYTHON = re.findall(r"^>>> (xlhedge\..+)\n(.+)$", README, re.MULTILINE)


@pytest.mark.parametrize("command,printed", COMMANDS)
def test_commands_print_what_the_readme_shows(command, printed):
    result = CliRunner().invoke(main, shlex.split(command))
    assert result.stdout.strip() == printed


@pytest.mark.parametrize("expression,printed", PYTHON)
def test_python_prints_what_the_readme_shows(expression, printed):
    assert repr(eval(expression, {"xlhedge": xlhedge})) == printed, f"numpy {numpy.__version__}"


def test_the_readme_shows_examples_and_the_two_commands():
    assert len(COMMANDS) >= 4 and len(PYTHON) >= 2
    assert README.index("bash install/run.sh") < README.index("bash install/test.sh") < 2000


def test_links():
    missing = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if not (ROOT / link).exists()]
    assert missing == []


def test_sample_in_the_readme_is_the_sample_file():
    assert (ROOT / "workbooks/samples/btc-50.csv").read_text() in README
