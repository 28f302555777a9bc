"""What is published is complete and holds nothing of the tests: the source archive, and the wheel that is built from it."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from ooxml import missing

from xlhedge import __version__

PROJECT = Path(__file__).parents[1]
FOLDERS = ("xlhedge", "docs", "install", "workbooks")
PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "MANIFEST.in", "pyproject.toml")
BUILD = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"


def files_of(*folders: str) -> set[str]:
    """The files of the checkout in these folders, but for what Python compiles."""
    found = (path for folder in folders for path in (PROJECT / folder).rglob("*") if path.is_file())
    return {path.relative_to(PROJECT).as_posix() for path in found if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the archive and, made from what that holds, the wheel."""
    out = tmp_path_factory.mktemp("built")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", out / "tools", "setuptools>=77.0.3"]
    if subprocess.run(pip, capture_output=True, timeout=300).returncode:
        missing("setuptools 77 or later", "a package index that can be reached")
    environment = {**os.environ, "PYTHONPATH": str(out / "tools")}
    source = out / "copy"
    source.mkdir()
    for name in (*PAGES, *FOLDERS, "tests"):
        (source / name).symlink_to(PROJECT / name)
    for kind, where in (("build_sdist", source), ("build_wheel", out / f"xlhedge-{__version__}")):
        command = [sys.executable, "-c", BUILD, kind, out]
        run = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, timeout=300)
        assert run.returncode == 0, run.stderr
        if kind == "build_sdist":
            with tarfile.open(out / f"xlhedge-{__version__}.tar.gz") as archive:
                archive.extractall(out, filter="data")
    return out


def test_the_source_archive_is_the_project_without_its_tests(built):
    root = built / f"xlhedge-{__version__}"
    archive = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    made = {name for name in archive if name.startswith(("xlhedge.egg-info/", "build/"))} | {"PKG-INFO", "setup.cfg"}
    assert archive - made == files_of(*FOLDERS) | set(PAGES)


def test_the_wheel_holds_the_program_its_pages_and_the_way_into_excel(built):
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        names = set(archive.namelist())
    about, share = f"xlhedge-{__version__}.dist-info/", f"xlhedge-{__version__}.data/data/share/xlhedge/"
    told = {name.removeprefix(share) for name in names if name.startswith(share)}
    assert {name for name in names if name.startswith("xlhedge/")} == files_of("xlhedge")
    assert told == files_of("docs") | {"install/install.bat", "install/uninstall.bat"}
    assert {name for name in names if not name.startswith(("xlhedge/", about, share))} == set()
