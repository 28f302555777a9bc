"""Imports go one way, the core stays light, and files stay short."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "xlhedge"

# A module may import from layers above its own line, and within its line from its own package. Later is higher.
LAYERS = [
    ["xlhedge", "errors", "files", "memory", "processes", "rows", "whole_columns"],
    ["elementary", "registry"],
    ["parameters", "blanks", "call", "plausible"],
    ["functions", "contracts"],
    ["nodes"],
    ["separators", "expression", "sheet", "formula", "ranges", "examples", "document", "python"],
    ["ooxml"],
    ["portfolio", "ledger", "live", "udfs"],
    ["workbook"],
    ["intake"],
    ["template"],
    ["hosts", "reference", "stubs"],
    ["plan_inputs"],
    ["plan"],
    ["diff"],
    ["batch", "check", "pdf"],
    [
        "books",
        "into",
        "cli",
        "cli_account",
        "cli_batch",
        "cli_check",
        "cli_contracts",
        "cli_diff",
        "cli_import",
        "cli_into",
        "cli_market",
        "cli_options",
        "cli_pdf",
        "cli_plan",
        "cli_reference",
        "cli_settings",
        "__main__",
    ],
]
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

# Imports that look upward, each inside a function so that it costs nothing until it is needed.
ALLOWED = {
    ("xlhedge", "python"): "the public functions are made on first use",
    ("xlhedge", "document"): "the public functions are made on first use",
    ("xlhedge", "functions"): "the public functions are made on first use",
    ("xlhedge", "registry"): "the public functions are made on first use",
}

HEAVY = ("numpy", "pandas", "openpyxl", "xlwings", "polars", "click", "ccxt", "keyring")
FILES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted(Path(__file__).parent.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> set[str]:
    """The modules of xlhedge that a file imports anywhere, as full dotted names."""
    tree, found = ast.parse(path.read_text(encoding="utf-8")), set()
    package = module_name(path).split(".") if path.name == "__init__.py" else module_name(path).split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            names = (f"{source}.{alias.name}" for alias in node.names)
            found |= {name if is_module(name) else source for name in names}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            found |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    return {name for name in found if name.split(".")[0] == "xlhedge"}


def is_module(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def part(module: str) -> str:
    """The top-level part of the package that a module belongs to: `functions`, `call`, ... or `xlhedge` itself."""
    return (module.split(".") + ["xlhedge"])[1] if "." in module else "xlhedge"


def loaded(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after running some code."""
    script = f"import sys\n{code}\nprint(*(name.split('.')[0] for name in sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return set(run.stdout.split())


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_imports_go_one_way(path):
    here = part(module_name(path))
    assert here in RANK, f"{here} has no place in LAYERS"
    upward = {there for there in map(part, imported(path)) if RANK[there] > RANK[here] and (here, there) not in ALLOWED}
    assert not upward, f"{here} imports {upward}, which are above it"


def test_no_cycles():
    graph = {module_name(path): {name for name in imported(path) if name != "xlhedge"} for path in FILES}
    graph.pop("xlhedge")
    TopologicalSorter(graph).prepare()


def test_the_importer_sees_relative_imports_and_look_ups():
    assert "xlhedge.registry" in imported(PACKAGE / "functions" / "pnl.py")
    assert "xlhedge.functions.position" in imported(PACKAGE / "functions" / "pnl.py")
    assert "xlhedge.functions.pnl" in imported(PACKAGE / "functions" / "__init__.py")
    assert "xlhedge.python" in imported(PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", [*FILES, *TESTS], ids=module_name)
def test_files_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 400


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_no_bags_of_attributes(path):
    """What one module offers another has named, documented fields."""
    assert "SimpleNamespace" not in path.read_text(encoding="utf-8")


def test_import_of_xlhedge_is_light():
    command = [sys.executable, "-X", "importtime", "-c", "import xlhedge"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    loaded = [line.rpartition("|")[2].strip() for line in run.stderr.splitlines()]
    assert loaded[loaded.index("site") + 1 :] == ["xlhedge"], "import xlhedge must load nothing else"


LIGHT = [
    "import xlhedge",
    "import xlhedge; dir(xlhedge)",
    "from xlhedge import *; assert liq_price(-600000, 60000, 2.5, 0.005) == 79600",
    "import xlhedge; assert xlhedge.liq_price(-600000, 60000, 2.5, 0.005) == 79600",
    "import xlhedge; assert xlhedge.margin_for_move(-600000, 60000, 1, 0.005) == 5.025",
    "import xlhedge; assert not xlhedge.over_hedged(50, -600000, 60000)",
    "import xlhedge; help(xlhedge.liq_price)",
    "from xlhedge.expression import parse_call as p; from xlhedge.sheet import sheet_call as c; p('ROE(1,1,2,1)', c)",
    "import xlhedge.contracts",
]


@pytest.mark.parametrize("code", LIGHT)
def test_scalar_work_loads_nothing_heavy(code):
    assert not loaded(code) & set(HEAVY)


def test_arrays_load_numpy_and_nothing_else():
    assert loaded("import xlhedge; xlhedge.liq_price([-600000.0], 60000, 2.5, 0.005)") & set(HEAVY) == {"numpy"}


def test_no_room_hides_a_worksheet_function():
    """Importing a package binds its name on xlhedge, where the function of that name would be."""
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    names = subprocess.run(
        [sys.executable, "-c", "import xlhedge; print(*xlhedge.__all__)"], capture_output=True, text=True, check=True
    )
    assert not rooms & set(names.stdout.split())
