"""The Windows bundle under Wine: made here, extracted, installed by its own Python for a user whose name has a space and an umlaut,
checked, asked for every function, spoilt, installed again and removed.

Wine 8 lacks what two of its files call, so these are taken out or told: _wmi.pyd (Python's look at the processor), and the DLL that
ccxt's cryptography needs, which leaves venues unasked, in the words in which a user would read it.
"""

import hashlib
import math
import os
import re
import sys
import zipfile
from pathlib import Path

import pytest
from ooxml import missing
from test_wine import FROM_LIBRARIES, MISSING, as_json, difference
from wine.tier import PROJECT, Wine, helper, windows

from xlhedge.examples import example_arguments
from xlhedge.hosts.excel.reading import addin_settings
from xlhedge.hosts.excel.starting import server_command
from xlhedge.registry import FUNCTIONS
from xlhedge.sheet import sheet_call

sys.path.insert(0, str(PROJECT / "install"))

USER = "Jörg Müller"
PLACE, CARE, XLSTART = "AppData/Local/xlhedge", ".xlhedge", "AppData/Roaming/Microsoft/Excel/XLSTART"
OWN = {f"{PLACE}/my notes.txt": b"the user's own"}
KEPT = {**OWN, f"{PLACE}/my plan.xlsx": b"set aside", f"{CARE}/xlhedge-template (2).xlsx": b"an earlier one"}
"""What is the user's own, after an installation."""
LAST = {**KEPT, f"{PLACE}.old/my ledger.csv": b"set aside too", f"{CARE}/xlhedge-template.xlsx": b"edited"}
"""What is left when xlhedge has been removed."""
FIRST_VERSION = {  # what install.bat of 0.1.0 leaves, as far as it is looked at, files of the user's own, and what it set aside
    f"{PLACE}/Scripts/python.exe": b"a launcher", f"{PLACE}/Scripts/xlhedge.exe": b"a launcher",
    f"{PLACE}/Lib/site-packages/xlhedge/__init__.py": b'__version__ = "0.1.0"', f"{PLACE}/pyvenv.cfg": b"home = C:\\gone",
    f"{PLACE}/xlwings64-0.33.0.dll": b"a library", f"{PLACE}/share/man/man1/x.1": b"a page",
    f"{CARE}/xlhedge.conf": b'"INTERPRETER_WIN","C:\\python.exe"', f"{CARE}/xlhedge-template.xlsx": b"an earlier one",
    f"{XLSTART}/xlhedge.xlam": b"the add-in of 0.1.0", f"{PLACE}.old/my plan.xlsx": b"set aside",
    f"{PLACE}.old/Lib/site-packages/a.py": b"an interrupted one's", f"{PLACE}.removed/python/a.py": b"gone", **OWN,
}  # fmt: skip


@pytest.fixture(scope="session")
def bundle(tmp_path_factory) -> Path:
    """The zip, made from this checkout and the package index."""
    pytest.importorskip("markdown_it", reason="markdown-it-py is missing (pip install markdown-it-py)")
    from bundle import make_bundle

    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xlhedge/bundle"
    try:
        return make_bundle(tmp_path_factory.mktemp("bundle"), cache)[0]
    except SystemExit as error:
        missing(f"a package of the bundle: {error}", "a package index that can be reached")


class Computer:
    """A Windows computer without a Python of its own, and one user's files on it."""

    def __init__(self, folder: Path, bundle: Path) -> None:
        self.wine = Wine(folder, "site")
        self.files = self.wine.prefix / "drive_c/users" / USER
        self.files.mkdir()
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(folder / "Für Jörg")
        (self.bundle,) = (folder / "Für Jörg").iterdir()
        (self.bundle / "python/_wmi.pyd").unlink()
        nowhere = "http://127.0.0.1:9"
        self.wine.environment |= {"TIER_USER": USER, "HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere}
        # Wine's desktop would be started by the first program that needs it, and keep that one's output open.
        self.wine.run(self.wine.python, "-c", "import ctypes; ctypes.windll.user32.GetDesktopWindow()")

    def do(self, *command: str):
        """Run a command as the user."""
        return self.wine.run("cmd", "/c", helper("as_user.bat"), *command, timeout=300)

    def click(self, name: str, *words: str, where: str = ""):
        """Run a batch file of the bundle, or of another folder."""
        return self.do(rf"{where or windows(self.bundle)}\{name}.bat", *words)

    def write(self, files: dict[str, bytes]) -> None:
        for name, content in files.items():
            (self.files / name).parent.mkdir(parents=True, exist_ok=True)
            (self.files / name).write_bytes(content)

    def all_files(self) -> dict[str, bytes]:
        """The user's files and their contents, without what Python compiles."""
        found = (path for path in self.files.rglob("*") if path.is_file() and path.suffix != ".pyc")
        kept = {path.relative_to(self.files).as_posix(): path for path in found}
        return {name: path.read_bytes() for name, path in kept.items() if not name.startswith("AppData/Local/Temp/")}


@pytest.fixture(scope="module")
def computer(tmp_path_factory, bundle):
    computer = Computer(tmp_path_factory.mktemp("computer"), bundle)
    yield computer
    computer.wine.stop()
    assert not computer.wine.programs()


@pytest.fixture(scope="module")
def installed(computer):
    """The computer after the bundle was installed over 0.1.0."""
    computer.write(FIRST_VERSION)
    run = computer.click("Install xlhedge")
    assert run.returncode == 0 and "Done." in run.stdout and "Traceback" not in run.stdout, run.stdout
    assert "kept the template that you have changed: it is now" in run.stdout
    return computer


def test_contents_are_what_the_list_says(bundle):
    with zipfile.ZipFile(bundle) as archive:
        files = {info.filename.partition("/")[2]: archive.read(info) for info in archive.infolist()}
        times = {info.date_time for info in archive.infolist()}
    told = dict(reversed(line.split("  ", 1)) for line in files.pop("contents.txt").decode().splitlines())
    assert told == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert times == {(1980, 1, 1, 0, 0, 0)} and list(files) == sorted(files)
    assert {name.split("/")[0] for name in files} == {
        "Install xlhedge.bat", "Uninstall xlhedge.bat", "Check xlhedge.bat", "xlhedge.bat", "xlhedge-template.xlsx",
        "docs", "licences", "python",
    }  # fmt: skip
    assert max(map(len, files)) < 130, "Windows takes paths of 260 characters, the user's folder among them"
    table = [row.split(",")[:2] for row in files["licences/licences.csv"].decode().splitlines()[1:]]
    assert all(any(name.startswith(f"licences/{part}-") for name in files) for part, _ in table)
    assert {"Python", "xlhedge", "xlwings", "pywin32", "ccxt", "numpy"} <= {part for part, _ in table}
    assert not any("/tests/" in name or "LICENSE_PRO" in name or "/xlwings/pro/" in name for name in files)
    assert not any(name.endswith("/") for name in files), "a list for sha256sum names files alone"
    assert b'href="functions.html' in files["docs/index.html"] and "docs/pictures/hedge-plan.png" in files


def test_the_pages_link_to_each_other_and_to_nothing_else(bundle):
    """Every link of every page is to a page or picture of the bundle, and to a heading that there is."""
    with zipfile.ZipFile(bundle) as archive:
        names = [name.partition("/docs/")[2] for name in archive.namelist() if "/docs/" in name]
        pages = {name: archive.read(f"{bundle.stem}/docs/{name}").decode() for name in names if name.endswith(".html")}
    linked = {
        (page, os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page, anchor)
        for page, text in pages.items()
        for path, _, anchor in (link.partition("#") for link in re.findall(r'(?:href|src)="([^"]*)"', text))
        if not path.startswith("https:")
    }
    wrong = {link for link in linked if link[1] not in names or (link[2] and f'id="{link[2]}"' not in pages[link[1]])}
    assert len(pages) > 14 and len(linked) > 100 and wrong == set()


def test_the_same_files_give_the_same_bytes(tmp_path):
    from bundle import write_zip

    files = {"b/ü.txt": b"two" * 1000, "a.txt": b"one"}
    first = write_zip(tmp_path / "1.zip", "x", files).read_bytes()
    assert write_zip(tmp_path / "2.zip", "x", dict(sorted(files.items()))).read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.zip", "2.zip"]


def test_what_the_index_lacks_is_one_sentence(tmp_path, monkeypatch):
    from packaging.requirements import Requirement
    from wheels import _download, requirements

    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(
        SystemExit, match=r"^The package index has no wheel of nothing>=1 for Python 3.13 on 64-bit Windows.$"
    ):
        _download(["nothing>=1"], tmp_path)
    wheel = tmp_path / "a-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("a-1.dist-info/METADATA", (
            "Name: a\nVersion: 1\nRequires-Dist: b\nRequires-Dist: c; sys_platform == 'linux'\n"
            "Requires-Dist: d>1; platform_machine == 'AMD64' and extra == 'x'\nRequires-Dist: e; extra == 'y'\n"
        ))  # fmt: skip
    assert [str(r) for r in requirements(wheel, ["x"])] == [
        "b", str(Requirement("d>1; platform_machine == 'AMD64' and extra == 'x'")),
    ]  # fmt: skip


def test_a_batch_file_alone_says_that_the_zip_is_to_be_extracted(computer, tmp_path):
    (tmp_path / "Install xlhedge.bat").write_bytes((computer.bundle / "Install xlhedge.bat").read_bytes())
    run = computer.click("Install xlhedge", "/quiet", where=windows(tmp_path))
    assert run.returncode == 1 and 'right-click the zip, choose "Extract All"' in run.stdout, run.stdout


def test_it_gives_way_to_the_bundle_and_the_doctor_finds_nothing_wrong(installed):
    files = installed.all_files()
    assert {f"{CARE}/server.py", f"{XLSTART}/xlhedge.xlam", f"{PLACE}/Uninstall xlhedge.bat"} <= files.keys()
    assert KEPT.items() <= files.items() and not any(name.startswith(f"{PLACE}.") for name in files)
    assert {f"{CARE}/xlhedge.conf", f"{PLACE}/pyvenv.cfg", f"{PLACE}/Scripts/python.exe"}.isdisjoint(files)
    examined = installed.click("Check xlhedge")
    assert examined.returncode == 0, examined.stdout
    assert (
        examined.stdout.count("ok    ") >= 12
        and "WRONG" not in examined.stdout
        and "looked from" not in examined.stdout
    )
    run = installed.do(rf"C:\users\{USER}\AppData\Local\xlhedge\xlhedge.bat", "--version")
    assert run.returncode == 0 and run.stdout.startswith("xlhedge "), run.stdout


def test_every_function_answers_excel_with_the_values_of_this_machine(installed, tmp_path):
    """Through the DLL and the COM server that it starts with the placed Python, as the add-in's settings say."""
    built = addin_settings(installed.files / XLSTART / "xlhedge.xlam")
    assert built["INTERPRETER"].endswith(r"xlhedge\python\pythonw.exe")
    (tmp_path / "command").write_text(server_command(built["INTERPRETER"], built["SERVER"]), encoding="utf-8")
    asked, wanted = [], {}
    for function in FUNCTIONS.values():
        arguments = example_arguments(function, function.examples[0])
        left_out = len(function.parameters) - len(arguments)
        asked.append([function.name, [as_json(cell) for cell in arguments + [MISSING] * left_out]])
        wanted[function.name] = as_json(sheet_call(function, arguments))
    python = rf"C:\users\{USER}\AppData\Local\xlhedge\python\python.exe"
    command = [python, helper("activate.py"), built["INTERPRETER"], windows(tmp_path / "command")]
    got = dict(zip(wanted, installed.wine.ask(tmp_path, asked, *command)["results"]))
    apart = {name: difference(got.get(name, math.nan), value) for name, value in wanted.items()}
    assert {name: far for name, far in apart.items() if not far <= FROM_LIBRARIES.get(name, 1e-15)} == {}


def test_twice_in_a_row_is_as_once_and_venues_that_cannot_be_asked_are_told(installed):
    """And what is only to be read does not keep it from being replaced."""
    before = installed.all_files()
    for name in (f"{XLSTART}/xlhedge.xlam", f"{CARE}/server.py", f"{PLACE}/docs/index.html", f"{PLACE}/contents.txt"):
        (installed.files / name).chmod(0o444)
    run = installed.click("Install xlhedge", "/quiet")
    assert run.returncode == 0, run.stdout
    assert "Prices and accounts of venues cannot be asked for: ImportError: DLL load failed" in run.stdout
    assert installed.all_files() == before


def test_a_failure_half_way_leaves_everything_as_it_was(installed):
    before = installed.all_files()
    module = installed.bundle / "python/site/xlwings/__init__.py"
    whole = module.read_bytes()
    module.write_bytes(b"import nothing_of_that_name\n")
    try:
        run = installed.click("Install xlhedge", "/quiet")
    finally:
        module.write_bytes(whole)
    assert run.returncode == 1, run.stdout
    assert "No module named 'nothing_of_that_name'" in run.stdout and "Everything is as it was before." in run.stdout
    assert installed.all_files() == before


def test_what_excel_holds_open_is_told_and_nothing_is_removed(installed):
    before = installed.all_files()
    addin = rf"C:\users\{USER}\AppData\Roaming\Microsoft\Excel\XLSTART\xlhedge.xlam"
    hold = f"import sys; held = open(r'{addin}', 'rb'); print('open', flush=True); sys.stdin.read()"
    with installed.wine.start(installed.wine.python, "-u", "-c", f"import time; {hold}; time.sleep(120)") as excel:
        assert excel.stdout.readline().strip() == "open"
        run = installed.click("Uninstall xlhedge", "/quiet")
        excel.kill()
    assert run.returncode == 1 and "cannot be removed: close Excel, which may hold it open" in run.stdout, run.stdout
    assert installed.all_files() == before


def test_it_is_checked_from_the_bundle_and_removed_when_its_python_is_gone(installed):
    """First it lacks a package, then its Python does not start; the user has made files where it is removed from."""
    numpy = installed.files / PLACE / "python/site/numpy"
    numpy.rename(numpy.with_name("gone"))
    examined = installed.click("Check xlhedge", "/quiet")
    assert examined.returncode and "looked from here" in examined.stdout, examined.stdout
    assert "WRONG Python starts and loads xlhedge as Excel asks it to" in examined.stdout
    assert "ModuleNotFoundError: No module named 'numpy'; extract the bundle" in examined.stdout
    (installed.files / PLACE / "python/python313.dll").unlink()
    (installed.files / XLSTART / "xlhedge.xlam").chmod(0o444)
    installed.write({name: LAST[name] for name in LAST.keys() - KEPT.keys()})
    installed.write({f"{PLACE}.old/Scripts/python.exe": b"set aside"})
    for where, said in ((rf"C:\users\{USER}\AppData\Local\xlhedge", "removed"), ("", "is not installed")):
        run = installed.click("Uninstall xlhedge", "/quiet", where=where)
        assert run.returncode == 0 and said in run.stdout, run.stdout
    assert installed.all_files() == LAST
