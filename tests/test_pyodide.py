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

# Functions of lists need numpy, whose wheel for Pyodide is in no registry that the tests reach (xlwings Lite brings it).
LISTS = {call for call, (f, _) in EXAMPLES.items() if any(p.kind not in ("number", "word", "flag") for p in f.parameters)}
LISTS.add("LIQ_PRICE(-600000, 60000, 10, 0.005)")  # the margin is the size exactly: numpy decides what 1/0 means


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What Pyodide made of the examples; xlhedge comes as a wheel that is built here."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xlhedge/pyodide"
    wheels = [next((cache / "wheels").glob(f"{name}-*.whl"), None) for name in ("micropip", "xlwings")]
    if None in wheels or not (cache / "node_modules/pyodide").exists() or not shutil.which("node"):
        missing("Pyodide for Node.js", "bash install/pyodide.sh")
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(HERE.parent / "xlhedge", source / "xlhedge", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(HERE.parent / name, source)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", source, source]
    subprocess.run(build, check=True, timeout=120)
    command = [
        "node",
        HERE / "pyodide/examples.mjs",
        cache,
        HERE / "pyodide/examples.py",
        *wheels,
        *source.glob("*.whl"),
    ]
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


@pytest.mark.parametrize("call", sorted(EXAMPLES.keys() - LISTS))
def test_example_in_pyodide(answers, call):
    got = answers["results"][call]
    function, example = EXAMPLES[call]
    wanted = sheet_call(function, example_arguments(function, example))
    assert same(got, wanted), (got, wanted)


def test_functions_of_numbers_run_without_numpy_and_all_are_offered(answers):
    assert {call for call, result in answers["results"].items() if result is None} <= LISTS
    assert len(EXAMPLES.keys() - LISTS) > 90
    assert answers["udfs"] == list(FUNCTIONS)
    assert answers["heavy"] == []
