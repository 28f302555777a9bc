"""Where isal, orjson and python-calamine have no wheels xlhedge goes without them: the same content, in other bytes.

Python itself finds none of the three here, in workers too: files of their names stand first on its path and raise.
"""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from batches import COMMAND, batch, holdings, manifest, tree
from click.testing import CliRunner

from xlhedge.cli import main
from xlhedge.workbook.file.packing import PACKER

FAST = ("isal", "orjson", "python_calamine")
ROOT = Path(__file__).parents[1]
BOOK = ROOT / "workbooks/xlhedge-template.xlsx"


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """A function that runs a Python without the three."""
    folder = tmp_path_factory.mktemp("without")
    for name in FAST:
        (folder / f"{name}.py").write_text('raise ImportError("not on this platform")\n')
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))}

    def run(*command: object) -> str:
        done = subprocess.run([*map(str, command)], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", FAST)
def test_none_of_the_three_can_be_imported(without, name):
    code = f"import contextlib\nwith contextlib.suppress(ImportError):\n import {name}\n print('there')"
    assert without(sys.executable, "-c", code) == ""


def test_a_batch_by_two_processes_has_the_same_content(without, tmp_path):
    given = holdings(tmp_path / "holdings.csv", 6, sizes=2)
    without(*COMMAND, given, "--out", tmp_path / "without", "--jobs", 2)
    batch(given, "--out", tmp_path / "with", "--jobs", 2)
    plain, fast = (tree(tmp_path / name, journal=False) for name in ("without", "with"))
    assert plain.keys() == fast.keys() and plain["results.csv"] == fast["results.csv"]
    books = [name for name in plain if name.endswith(".xlsx")]
    assert len(books) == 6
    for name in books:
        assert plain[name] != fast[name] and parts(plain[name]) == parts(fast[name]), name
    assert manifest(tmp_path / "without")["packer"].startswith("zlib ")
    assert manifest(tmp_path / "with")["packer"] == PACKER and PACKER.startswith("isal ")


def test_doctor_tells_of_them(without):
    code = "from xlhedge.hosts.excel.doctor import fast_parts; print(*fast_parts(None), sep='\\n')"
    told = without(sys.executable, "-c", code).splitlines()
    assert [line.split(":")[1].strip() for line in told[::2]] == [
        f"{name.replace('_', '-')} is missing" for name in FAST
    ]


def test_a_workbook_is_read_to_the_same_portfolio(without, tmp_path):
    without(sys.executable, "-m", "xlhedge.cli", "build", BOOK, "--out", tmp_path / "without.xlsx")
    built = CliRunner().invoke(main, ["build", str(BOOK), "--out", str(tmp_path / "with.xlsx")])
    assert built.exit_code == 0, built.output
    assert (tmp_path / "without.xlsx").read_bytes() == (tmp_path / "with.xlsx").read_bytes()
