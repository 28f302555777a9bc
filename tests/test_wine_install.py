"""The installer on Windows, under Wine: install.bat, doctor and uninstall.bat for a user whose name has a space and an umlaut.

It installs from a folder of wheels: xlhedge's own, built here, and those of what it depends on.
"""

import re
import shutil
import subprocess
import sys

import pytest
from wine.tier import PROJECT, Wine, helper, windows

from xlhedge.hosts.excel.reading import addin_settings
from xlhedge.hosts.excel.starting import server_command
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

USER = "Jörg Müller"
PLACED = {".xlhedge/server.py", ".xlhedge/xlhedge-functions.html", ".xlhedge/xlhedge-template.xlsx"}
PLACED |= {"AppData/Roaming/Microsoft/Excel/XLSTART/xlhedge.xlam"}


OWN = {  # the last was moved by an installation of 0.1.0 that was interrupted
    "AppData/Local/xlhedge/my plan.xlsx": b"own", "AppData/Local/xlhedge/plans/a.csv": b"own too",
    "AppData/Local/xlhedge.old/my ledger.csv": b"set aside",
}  # fmt: skip


class Computer:
    """A Windows computer with Python and a folder of wheels, and one user's files on it."""

    def __init__(self, folder) -> None:
        self.wine = Wine(folder)
        self.wheels, self.files = folder / "Räder für xlhedge", self.wine.prefix / "drive_c/users" / USER
        self.files.mkdir()
        shutil.copytree(self.wine.tier / "wheels", self.wheels)
        for name in ("install.bat", "uninstall.bat"):  # apart from the checkout, with the line ends of Windows
            text = (PROJECT / "install" / name).read_text(encoding="utf-8")
            (folder / name).write_text(text, encoding="utf-8", newline="\r\n")
        self.folder = folder
        self.wine.environment |= {"TIER_USER": USER, "WINEPATH": windows(self.wine.home), "PIP_NO_COMPILE": "1"}

    def do(self, *command: str):
        """Run a command as the user."""
        return self.wine.run("cmd", "/c", helper("as_user.bat"), *command, timeout=300)

    def install(self):
        return self.do(windows(self.folder / "install.bat"), windows(self.wheels))

    def uninstall(self):
        return self.do(windows(self.folder / "uninstall.bat"), "/quiet")

    def xlhedge(self, *words: str):
        return self.do(rf"C:\users\{USER}\AppData\Local\xlhedge\Scripts\xlhedge.exe", *words)

    def all_files(self) -> dict:
        """The user's files without the packages of the private environment, and their contents."""
        found = (path for path in self.files.rglob("*") if path.is_file())
        kept = {path.relative_to(self.files).as_posix(): path for path in found}
        outside = ("AppData/Local/xlhedge/Lib/", "AppData/Local/pypa/", "AppData/Local/Temp/")
        return {
            name: path.read_bytes()
            for name, path in kept.items()
            if not name.startswith(outside) and ".pyc" not in name
        }


@pytest.fixture(scope="module")
def computer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("computer")
    computer = Computer(folder)
    source = folder / "source"
    shutil.copytree(PROJECT / "xlhedge", source / "xlhedge", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, source)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", computer.wheels, source]
    subprocess.run(build, check=True, timeout=120)
    yield computer
    computer.wine.stop()
    assert not computer.wine.programs()


@pytest.fixture(scope="module")
def installed(computer):
    """The computer after install.bat has run twice in a row, over files of the user's own, and an interruption of 0.1.0's."""
    for name in OWN:
        (computer.files / name).parent.mkdir(parents=True, exist_ok=True)
        (computer.files / name).write_bytes(OWN[name])
    (computer.files / "AppData/Local/xlhedge.old/Lib").mkdir()
    for run in (computer.install(), computer.install()):
        assert run.returncode == 0, run.stdout
        assert "Done." in run.stdout and "Traceback" not in run.stdout
    return computer


def test_the_stores_python_and_one_that_is_gone_are_told_and_nothing_changes(computer):
    """The Store's is known by its folder; an environment is of no use without the Python that it was made from."""
    wine, broken = computer.wine, computer.files / "AppData/Local/xlhedge/Scripts/python.exe"
    store = wine.home.with_name("WindowsApps")
    store.symlink_to(wine.home)
    broken.parent.mkdir(parents=True)
    broken.write_text("no program")
    runs = []
    for path in (store, store / "nothing"):
        wine.environment["WINEPATH"] = windows(path)
        runs.append(computer.install())
    wine.environment["WINEPATH"] = windows(wine.home)
    for run in runs:
        assert run.returncode == 1 and "or take the bundle, which brings its own." in run.stdout, run.stdout
        assert "The Python with which xlhedge was installed in" in run.stdout and "is gone." in run.stdout
        assert "Nothing was changed." in run.stdout
    assert 'the Microsoft Store\'s, whose files Excel cannot see: "python".' in runs[0].stdout
    assert list(computer.all_files().values()) == [b"no program"]
    shutil.rmtree(computer.files / "AppData/Local/xlhedge")


def test_everything_is_in_its_place_and_the_doctor_finds_nothing_wrong(installed):
    assert PLACED <= installed.all_files().keys()
    packages = {path.name for path in (installed.files / "AppData/Local/xlhedge/Lib/site-packages").iterdir()}
    assert {"isal", "orjson", "python_calamine"} <= packages
    examined = installed.xlhedge("doctor")
    assert examined.returncode == 0, examined.stdout
    assert examined.stdout.count("ok    ") >= 12 and "WRONG" not in examined.stdout


def test_a_failure_half_way_leaves_everything_as_it_was(installed):
    before = installed.all_files()
    wheel = next(installed.wheels.glob("xlwings-*.whl"))
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[: len(whole) // 2])
    try:
        run = installed.install()
    finally:
        wheel.write_bytes(whole)
    assert run.returncode == 1, run.stdout
    assert "Everything is as it was before." in run.stdout
    assert installed.all_files() == before
    assert not list(installed.wine.prefix.glob("drive_c/users/**/xlhedge-pip.txt")), "pip's log"


def test_excel_starts_the_installed_python_by_its_settings(installed, tmp_path):
    built = addin_settings(installed.files / "AppData/Roaming/Microsoft/Excel/XLSTART/xlhedge.xlam")
    (tmp_path / "command").write_text(server_command(built["INTERPRETER"], built["SERVER"]), encoding="utf-8")
    python = rf"C:\users\{USER}\AppData\Local\xlhedge\Scripts\python.exe"
    files = [built["INTERPRETER"], windows(tmp_path / "command")]
    arguments = [-600000.0, [[60000.0], [0.0]], 2.5, 0.005]
    got = installed.wine.ask(tmp_path, [["LIQ_PRICE", arguments]], python, helper("activate.py"), *files)["results"]
    assert got == [sheet_call(FUNCTIONS["LIQ_PRICE"], arguments)]


def test_nothing_is_left_after_removing_it_and_again_is_no_mistake(installed):
    own = installed.files / ".xlhedge/notes.txt"
    own.write_text("the user's own")
    for said in ("removed", "is not installed"):
        run = installed.uninstall()
        assert run.returncode == 0 and said in run.stdout, run.stdout
    left = installed.all_files()
    assert left.pop(".xlhedge/notes.txt") == b"the user's own"
    (moved,) = (name for name in left if re.fullmatch(r"AppData/Local/xlhedge/kept\d+/my ledger.csv", name))
    assert {**left, "AppData/Local/xlhedge.old/my ledger.csv": left[moved]} == {**OWN, moved: left[moved]}
