"""Installing, removing and examining the Excel add-in, on a make-believe Windows computer: a tree of folders."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from xlhedge.errors import XlhedgeError
from xlhedge.hosts.excel import addin, commands, doctor, install
from xlhedge.hosts.excel.locations import ADDIN, HELP_PAGE, SERVER, TEMPLATE, Computer, ExcelError, Policy
from xlhedge.hosts.excel.starting import xlwings_version

pytest.importorskip("pyopenvba", reason="pyopenvba is missing (pip install pyopenvba)")

PLACED = {HELP_PAGE, TEMPLATE, SERVER, ADDIN}


@pytest.fixture
def computer(tmp_path) -> Computer:
    """A user with a space and an umlaut in his name, and Python with xlwings in a private environment."""
    profile = tmp_path / "Users" / "Jörg Über Müller"
    scripts = profile / "AppData/Local/xlhedge/Scripts"
    scripts.mkdir(parents=True)
    (scripts / "pythonw.exe").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (scripts / "pythonw.exe").chmod(0o755)
    (scripts.parent / f"xlwings64-{xlwings_version()}.dll").touch()
    (profile / "AppData/Roaming/Microsoft/Excel/XLSTART").mkdir(parents=True)
    return Computer(True, profile, profile / "AppData/Roaming", scripts / "pythonw.exe", (3, 11), 64, 64, "cp1252")


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path_factory):
    """Build the add-in once for all tests."""
    if not hasattr(quick, "built"):
        folder = tmp_path_factory.mktemp("built")
        quick.built = {path.name: path.read_bytes() for path in addin.build_addin(folder)}

    def build(folder, computer):
        for name, content in quick.built.items():
            (Path(folder) / name).write_bytes(content if name != ADDIN else addin.addin_bytes(computer))

    monkeypatch.setattr(addin, "build_addin", build)


def tree(computer: Computer) -> dict[str, bytes]:
    return {
        str(path.relative_to(computer.profile)): path.read_bytes()
        for path in computer.profile.rglob("*")
        if path.is_file()
    }


def wrong(computer: Computer) -> list[str]:
    return [f"{finding.what}: {finding.fix}" for finding in doctor.doctor(computer) if not finding.ok]


def test_install_places_its_files_and_only_those(computer):
    before = tree(computer)
    told = install.install(computer)
    after = tree(computer)
    assert {Path(name).name for name in after.keys() - before.keys()} == PLACED
    assert told[0] == f"placed {computer.addin}" and computer.addin.parent.name == "XLSTART"
    assert [path.name for path in computer.addin.parent.iterdir()] == [ADDIN], "Excel opens whatever lies in XLSTART"


def test_install_twice_is_as_once_and_uninstall_leaves_nothing(computer):
    before = tree(computer)
    install.install(computer)
    once = tree(computer)
    install.install(computer)
    assert tree(computer) == once
    assert len(install.uninstall(computer)) == len(PLACED)
    assert tree(computer) == before and not computer.home.exists()
    assert install.uninstall(computer) == ["there was nothing to remove"]


def test_uninstall_leaves_what_is_not_ours(computer):
    install.install(computer)
    (computer.home / "notes.txt").write_text("mine")
    install.uninstall(computer)
    assert [path.name for path in computer.home.iterdir()] == ["notes.txt"]


def test_the_addin_names_what_it_needs_on_this_computer(computer):
    install.install(computer)
    built = addin.addin_settings(computer.addin)
    assert built["INTERPRETER"] == str(computer.interpreter)
    assert built["SERVER"] == str(computer.home / SERVER) and built["TEMPLATE"] == str(computer.home / TEMPLATE)


def test_the_settings_file_of_the_first_version_goes(computer):
    computer.home.mkdir()
    computer.conf.write_text('"INTERPRETER_WIN","C:\\python.exe"')
    install.install(computer)
    assert not computer.conf.exists()
    computer.conf.write_text("again")
    assert f"removed {computer.conf}" in install.uninstall(computer) and not computer.home.exists()


@pytest.mark.parametrize(
    "base", ["C:/Program Files/WindowsApps/PythonSoftwareFoundation.Python.3.12_3.12.2_x64", "C:/x/windowsapps/p"]
)
def test_the_python_of_the_microsoft_store_is_refused(computer, base):
    before = tree(computer)
    with pytest.raises(ExcelError, match="is the Microsoft Store's Python.*python.org, or take the bundle"):
        install.install(computer._replace(base=Path(base)))
    assert tree(computer) == before
    install.install(computer)
    assert wrong(computer._replace(base=Path(base)))[0].startswith("Python is not the Microsoft Store's: ")


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("again", [False, True])
def test_a_failure_half_way_leaves_everything_as_it_was(computer, monkeypatch, number, again):
    if again:
        install.install(computer)
        computer.addin.write_bytes(b"an earlier version")
    before, real, count = tree(computer), install.os.replace, iter(range(9))

    def failing(source, target):
        if next(count) == number:
            raise PermissionError
        real(source, target)

    monkeypatch.setattr(install.os, "replace", failing)
    with pytest.raises(ExcelError, match="is in use: close Excel and run the command again"):
        install.install(computer)
    assert tree(computer) == before
    assert computer.home.exists() == again


def test_a_path_that_vba_cannot_read_is_refused_before_anything_is_written(computer):
    greek = computer._replace(interpreter=computer.profile / "Ευκλείδης/pythonw.exe")
    with pytest.raises(
        ExcelError, match="Excel cannot read the path .*: install xlhedge in a folder named in plain letters"
    ):
        install.install(greek)
    assert not computer.addin.exists()


@pytest.mark.parametrize("action", [install.install, install.uninstall])
def test_other_systems_are_told_what_to_do(computer, action):
    with pytest.raises(XlhedgeError, match="installed on Windows; xlhedge install --build-only FOLDER"):
        action(computer._replace(is_windows=False))


def test_doctor_is_content_after_install(computer):
    install.install(computer)
    assert wrong(computer) == []
    assert all(line.startswith("ok    ") for line in map(str, doctor.doctor(computer)))


@pytest.mark.parametrize("is_windows", [True, False])
@pytest.mark.parametrize("missing", [(), ("isal",), ("orjson", "python_calamine")])
def test_doctor_says_which_fast_part_is_missing_and_calls_it_no_fault(is_windows, missing, computer, monkeypatch):
    monkeypatch.setattr(doctor, "is_there", lambda module: module not in missing)
    told = [str(finding) for finding in doctor.doctor(computer._replace(is_windows=is_windows))[-3:]]
    assert [line[:5] for line in told] == ["slow " if module in missing else "ok   " for module, *_ in doctor.FAST]
    for line, (module, package, _) in zip(told, doctor.FAST):
        assert f"fast part: {package}" in line and (f"run: pip install {package} " in line) == (module in missing)


def spoiled_version(computer):
    computer.addin.write_bytes(computer.addin.read_bytes()[:1000])


FAULTS = {
    "add-in: ": lambda c: c.addin.unlink(),
    "add-in is made for xlhedge unknown": spoiled_version,
    "INTERPRETER: ": lambda c: c.interpreter.unlink(),
    "SERVER: ": lambda c: (c.home / SERVER).unlink(),
    "TEMPLATE: ": lambda c: (c.home / TEMPLATE).unlink(),
    "DLL: ": lambda c: next(c.interpreter.parents[1].glob("*.dll")).unlink(),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_doctor_finds_each_fault_and_says_what_to_do(computer, fault):
    install.install(computer)
    FAULTS[fault](computer)
    found = wrong(computer)
    assert any(line.startswith(fault) and "run: " in line for line in found), found


def test_doctor_knows_other_troubles(computer):
    install.install(computer)
    assert (
        wrong(computer._replace(excel_bits=32))[0].startswith("DLL: ")
        and "xlwings32-" in wrong(computer._replace(excel_bits=32))[0]
    )
    assert wrong(computer._replace(python=(3, 10))) == ["Python 3.10, 64 bits: install Python 3.11 or later"]
    other = computer._replace(interpreter=Path("elsewhere.exe"))
    assert "Excel asks another" in wrong(other)[0]
    assert wrong(computer._replace(is_windows=False)) == [
        "this is not Windows: Excel's add-in cannot be installed here: use: xlhedge install --libreoffice"
    ]


POLICIES = [  # what is set, and what the doctor says of it
    (Policy(), ""), (Policy(macros=4), ""), (Policy(locations_disabled=True), ""), (Policy(macros=2), ""),
    (Policy(macros=4, locations_disabled=True), "Excel runs the macros of add-ins"),
    (Policy(addins_disabled=True), "Excel opens add-ins"),
    (Policy(child_processes_blocked=True), "Excel may start Python"),
]  # fmt: skip


@pytest.mark.parametrize("policy, told", POLICIES)
def test_doctor_knows_what_is_forbidden_and_raises_no_false_alarm(computer, policy, told):
    install.install(computer)
    found = wrong(computer._replace(policy=policy))
    assert [line.split(":")[0] for line in found] == ([told] if told else []), found
    assert all("ask your administrator" in line for line in found)


DEAD = {  # how Python is broken, and what the doctor says of it
    "it ended with 3": "#!/bin/sh\nexit 3\n",
    "it cannot be run: ": "no program\0",
    "ModuleNotFoundError: No module named 'xlwings'": f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n',
}


@pytest.mark.parametrize("told, program", DEAD.items())
def test_doctor_starts_python_and_says_why_it_does_not(computer, told, program):
    install.install(computer)
    computer.interpreter.write_text(program)
    (found,) = wrong(computer)
    assert found.startswith(f"Python starts and loads xlhedge as Excel asks it to: {told}"), found
    assert install.uninstall(computer) and not computer.home.exists()


def test_build_only_writes_the_files(tmp_path, monkeypatch):
    monkeypatch.undo()
    run = CliRunner().invoke(commands.install, ["--build-only", str(tmp_path / "Zürich office")])
    assert run.exit_code == 0, run.output
    assert sorted(path.name for path in (tmp_path / "Zürich office").iterdir()) == sorted(
        PLACED | {"xlhedge.intellisense.xml"}
    )
    assert run.output.count("wrote ") == 5


def test_batch_files_are_as_windows_wants_them():
    for path in (Path(__file__).parents[1] / "install").rglob("*.bat"):
        text = path.read_bytes()
        assert text.isascii() and text.count(b"\n") == text.count(b"\r\n") > 2, path.name


def test_the_commands_say_what_they_cannot_do(monkeypatch, computer):
    for module in (install, doctor):
        monkeypatch.setattr(module, "this_computer", lambda: computer._replace(is_windows=False))
    assert isinstance(CliRunner().invoke(commands.install).exception, ExcelError)
    assert CliRunner().invoke(commands.install, ["--libreoffice", "--build-only", "x"]).exit_code == 2
    found = CliRunner().invoke(commands.doctor, standalone_mode=False)
    assert found.return_value == commands.CHECK_FAILED and "this is not Windows" in found.output
