"""Installing, removing and examining the Excel add-in, on a make-believe Windows computer: a tree of folders."""

import hashlib
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from xlhedge.errors import XlhedgeError
from xlhedge.hosts.excel import addin, commands, doctor, install
from xlhedge.hosts.excel.locations import ADDIN, HELP_PAGE, SERVER, TEMPLATE, TEMPLATE_HASH, Computer, ExcelError
from xlhedge.hosts.excel.reading import addin_settings
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
    return Computer(
        True, profile, profile / "AppData/Roaming", scripts / "pythonw.exe", (3, 11), 64, 64, "cp1252",
        local=profile / "AppData/Local",
    )  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path_factory):
    """Build the add-in once for all tests."""
    if not hasattr(quick, "built"):
        folder = tmp_path_factory.mktemp("built")
        quick.built = {path.name: path.read_bytes() for path in addin.build_addin(folder)}

    template = {TEMPLATE_HASH: hashlib.sha256(quick.built[TEMPLATE]).hexdigest()}

    def build(folder, computer):
        for name, content in quick.built.items():
            (Path(folder) / name).write_bytes(content if name != ADDIN else addin.addin_bytes({**computer, **template}))

    monkeypatch.setattr(addin, "build_addin", build)


def tree(computer: Computer) -> dict[str, bytes]:
    return {
        str(path.relative_to(computer.profile)): path.read_bytes()
        for path in computer.profile.rglob("*")
        if path.is_file()
    }


def wrong(computer: Computer, *checks) -> list[str]:
    """What the doctor finds wrong, by all checks or by these."""
    findings = [f for check in checks for f in doctor.looked_at(check, computer)] if checks else doctor.doctor(computer)
    return [f"{finding.what}: {finding.fix}" for finding in findings if not finding.ok]


FILES = (doctor.addin_file, doctor.versions, doctor.settings, doctor.dll)
"""The checks that start no Python."""


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
    built = addin_settings(computer.addin)
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
            raise PermissionError(13, "not now")
        real(source, target)

    monkeypatch.setattr(install.os, "replace", failing)
    with pytest.raises(ExcelError, match=r"cannot be changed \(not now\): close Excel, which may hold it open"):
        install.install(computer)
    assert tree(computer) == before
    assert computer.home.exists() == again


def test_an_edited_template_is_kept_under_another_name_and_told(computer):
    template = computer.home / TEMPLATE
    install.install(computer)
    placed = template.read_bytes()
    assert template.stat().st_mtime < (computer.home / SERVER).stat().st_mtime - 1, "uninstall.bat goes by that"
    for number in (2, 3):
        template.write_bytes(b"edited %d" % number)
        kept = template.with_stem(f"{template.stem} ({number})")
        assert install.install(computer)[0] == f"kept the template that you have changed: it is now {kept}"
        assert (kept.read_bytes(), template.read_bytes()) == (b"edited %d" % number, placed)
    template.write_bytes(b"edited 4")
    assert install.uninstall(computer)[-1] == f"kept {template}, which is not as it was placed"
    assert {path.name: path.read_bytes() for path in computer.home.iterdir()} == {
        TEMPLATE: b"edited 4", template.stem + " (2).xlsx": b"edited 2", template.stem + " (3).xlsx": b"edited 3",
    }  # fmt: skip


def test_a_failure_gives_the_edited_template_its_name_back(computer, monkeypatch):
    install.install(computer)
    (computer.home / TEMPLATE).write_bytes(b"edited")
    before = tree(computer)

    def failing(source, target):
        raise PermissionError(13, "not now")

    monkeypatch.setattr(install.os, "replace", failing)
    with pytest.raises(ExcelError):
        install.install(computer)
    assert tree(computer) == before


IN_THE_WAY = {  # what stands in the place of a folder or a file, and what is told
    ".xlhedge": (".xlhedge", False, r"\.xlhedge is a file, where xlhedge needs a folder: give it another name"),
    "the add-in": (f"AppData/Roaming/Microsoft/Excel/XLSTART/{ADDIN}", True, "is a folder, where xlhedge needs a file"),
    "the template": (f".xlhedge/{TEMPLATE}", True, "is a folder, where xlhedge needs a file"),
}


@pytest.mark.parametrize("path, is_folder, told", IN_THE_WAY.values(), ids=list(IN_THE_WAY))
def test_what_stands_in_the_way_is_told_and_stays(computer, path, is_folder, told):
    path = computer.profile / path
    path.mkdir(parents=True) if is_folder else path.write_text("mine")
    before = tree(computer)
    with pytest.raises(ExcelError, match=told):
        install.install(computer)
    assert install.uninstall(computer) == ["there was nothing to remove"]
    assert tree(computer) == before and path.exists()


def test_what_is_only_to_be_read_is_replaced_and_removed(computer, monkeypatch):
    """As on Windows, where such a file can be neither replaced nor removed."""
    install.install(computer)
    for path in (computer.addin, computer.home / SERVER, computer.home / TEMPLATE):
        path.chmod(0o444)
    replace, unlink = os.replace, Path.unlink

    def as_windows(real, path):
        def may_change(*words, **more):
            file = Path(words[path])
            if file.exists() and not file.stat().st_mode & 0o200:
                raise PermissionError(13, "Access is denied")
            return real(*words, **more)

        return may_change

    monkeypatch.setattr(os, "replace", as_windows(replace, 1))
    monkeypatch.setattr(Path, "unlink", as_windows(unlink, 0))
    install.install(computer)
    computer.addin.chmod(0o444)
    assert len(install.uninstall(computer)) == len(PLACED) and not computer.home.exists()


def test_the_trouble_of_an_earlier_start_goes_with_an_installation(computer):
    computer.home.mkdir()
    (computer.home / install.TROUBLE).write_text("{1}\nImportError: of long ago\n")
    install.install(computer)
    assert not (computer.home / install.TROUBLE).exists()


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
    "DLL: ": lambda c: [path.unlink() for path in c.interpreter.parents[1].rglob("*.dll")],
}


def in_a_bundle(computer: Computer, folder: str) -> Computer:
    """The same computer with the Python of a bundle in a folder of the user's."""
    place = computer.profile / folder
    (place / "python").mkdir(parents=True)
    (place / "contents.txt").touch()
    os.symlink(computer.interpreter, place / "python/pythonw.exe")
    (place / "python" / f"xlwings64-{xlwings_version()}.dll").touch()
    return computer._replace(interpreter=place / "python/pythonw.exe")


PLACE = "AppData/Local/xlhedge"
REMEDIES = {"pip": "run: xlhedge install", "bundle": 'extract the bundle and start "Install xlhedge.bat"'}


@pytest.mark.parametrize("kind, remedy", REMEDIES.items())
@pytest.mark.parametrize("fault", FAULTS)
def test_doctor_finds_each_fault_and_says_what_to_do(computer, fault, kind, remedy):
    computer = in_a_bundle(computer, PLACE) if kind == "bundle" else computer
    install.install(computer)
    FAULTS[fault](computer)
    found = wrong(computer, *FILES)
    assert any(line.startswith(fault) and remedy in line for line in found), found
    assert kind == "pip" or not any("pip " in line or "run: " in line for line in found), found


def test_the_python_of_an_extracted_bundle_is_not_what_excel_is_to_ask(computer):
    extracted = in_a_bundle(computer, "Downloads/xlhedge-0.1.0-windows")
    before = tree(computer)
    with pytest.raises(
        ExcelError, match='is that of the extracted bundle.*start "Install xlhedge.bat" there, which installs'
    ):
        install.install(extracted)
    assert tree(computer) == before


def test_doctor_tells_what_an_interrupted_installation_left(computer):
    computer.addin.touch()
    computer.place.with_name("xlhedge.old").mkdir()
    (told,) = wrong(computer, doctor.addin_file)
    assert told.startswith("an installation was interrupted: it left ") and "run: xlhedge install" in told


def test_doctor_without_a_package_says_which(computer, monkeypatch):
    """As where it is missing: nothing of it can be imported or found."""
    install.install(computer)
    monkeypatch.setitem(sys.modules, "xlwings", None)
    found = wrong(computer, *FILES)
    assert [line.split(":")[0] for line in found] == [
        "not known whether the add-in is of the versions of xlhedge and xlwings that are installed",
        "not known whether xlwings' DLL of Excel's bitness lies where the add-in looks for it",
    ]
    assert "xlwings is not installed; run: pip install xlhedge[excel] (in the bundle: Install xlhedge.bat)" in found[0]


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


DEAD = {  # how Python is broken, and what the doctor says of it
    "it ended with 3": "#!/bin/sh\nexit 3\n",
    "it cannot be run: ": "no program\0",
    "ModuleNotFoundError: No module named 'numpy'": f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n',
}


@pytest.mark.parametrize("told, program", DEAD.items())
def test_doctor_starts_python_and_says_why_it_does_not(computer, told, program):
    install.install(computer)
    (computer.home / install.TROUBLE).write_text("try\nImportError: of an earlier start\n")
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
