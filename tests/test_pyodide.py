"""xlhedge in Pyodide, the Python of xlwings Lite: its wheel installs without a network, and the examples give the same."""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ooxml import missing

from xlhedge.examples import example_arguments
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

HERE = Path(__file__).parent
EXAMPLES = {example.call: (function, example) for function in FUNCTIONS.values() for example in function.examples}

# What needs numpy: the functions of lists, and where the margin is the size exactly, so that numpy decides what 1/0 means.
LISTS = {
    call for call, (f, _) in EXAMPLES.items() if any(p.kind not in ("number", "word", "flag") for p in f.parameters)
}
LISTS.add("LIQ_PRICE(-600000, 60000, 10, 0.005)")
NUMBERS = EXAMPLES.keys() - LISTS

PYODIDES = {"newest": ("micropip", "xlwings"), "numpy": ("micropip", "xlwings", "numpy")}
"""The wheels of the newest Pyodide, whose numpy was found in no registry, and of one whose numpy install/pyodide.sh gets."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What each Pyodide made of the examples; xlhedge comes as a wheel that is built here."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xlhedge/pyodide"
    wheels = {
        name: [next((cache / name / "wheels").glob(f"{each}-*.whl"), None) for each in needed]
        for name, needed in PYODIDES.items()
    }
    found = all((cache / name / "node_modules/pyodide").exists() and None not in wheels[name] for name in PYODIDES)
    if not found or not shutil.which("node"):
        missing("Pyodide for Node.js", "bash install/pyodide.sh")
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(HERE.parent / "xlhedge", source / "xlhedge", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(HERE.parent / name, source)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", source, source]
    subprocess.run(build, check=True, timeout=120)
    script, program, ours = HERE / "pyodide/examples.mjs", HERE / "pyodide/examples.py", [*source.glob("*.whl")]
    return {name: _run("node", script, cache / name, program, *wheels[name], *ours) for name in PYODIDES}


def _run(*command) -> dict:
    run = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


def same(got, wanted) -> bool:
    """Whether two results are equal, numbers to 1e-15 of their size."""
    if isinstance(wanted, list):
        return isinstance(got, list) and len(got) == len(wanted) and all(map(same, got, wanted))
    if isinstance(wanted, float) and isinstance(got, (float, int)) and not isinstance(got, bool):
        return math.isclose(got, wanted, rel_tol=1e-15)
    return type(got) is type(wanted) and got == wanted


def check(call: str, got) -> None:
    """The result of an example is the one that it has here."""
    function, example = EXAMPLES[call]
    wanted = sheet_call(function, example_arguments(function, example))
    assert same(got, wanted), (got, wanted)


@pytest.mark.parametrize("call", sorted(EXAMPLES))
def test_example_in_pyodide(answers, call):
    check(call, answers["numpy"]["results"][call])


@pytest.mark.parametrize("call", sorted(NUMBERS))
def test_example_of_numbers_in_the_newest_pyodide_without_numpy(answers, call):
    check(call, answers["newest"]["results"][call])


def test_functions_of_numbers_never_ask_for_numpy(answers):
    assert answers["numpy"]["numpy"] and not answers["newest"]["numpy"]
    assert set(answers["newest"]["asked"]) <= LISTS
    assert len(NUMBERS) > 90


@pytest.mark.parametrize("name", PYODIDES)
def test_all_functions_are_offered_and_to_import_them_imports_nothing_heavy(answers, name):
    assert answers[name]["udfs"] == list(FUNCTIONS)
    assert answers[name]["heavy"] == []
