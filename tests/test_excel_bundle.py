"""Placing the bundle, in folders of this machine: what is replaced, what comes back, what is the user's own."""

from pathlib import Path

import pytest

from xlhedge.hosts.excel.bundle import LOADED, PLACED, Unrestored, place_bundle
from xlhedge.hosts.excel.locations import ExcelError
from xlhedge.hosts.excel.server import NEEDED

WORKS = "#!/bin/sh\necho placed\n"
OWN = {"notes.txt": "mine", "plans/2026.xlsx": "mine too"}
EARLIER = {
    "first": {},
    "environment of 0.1.0": {"Scripts/python.exe": "old", "Lib/x.py": "old", "pyvenv.cfg": "old", "xlwings64-0.33.0.dll": "old"},
    "bundle": {"python/python.exe": "old", "python/gone.py": "old", "xlhedge.bat": "old", "contents.txt": "old"},
}  # fmt: skip


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


def found(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def bundle(folder: Path, program: str) -> Path:
    """An extracted bundle whose Python is a program of the shell: copied it has no right to run, as files on Windows need none."""
    placed = {name: name for name in PLACED if "." in name}
    return written(folder, {**placed, "python/python.exe": program, "docs/index.html": "d", "licences/x.txt": "l"})


@pytest.fixture(autouse=True)
def runs(monkeypatch):
    """Files may run wherever they are copied to, as on Windows."""
    from xlhedge.hosts.excel import bundle as module

    copy = module._copy_folder

    def may_run(source, new):
        copy(source, new)
        for path in new.rglob("*.exe"):
            path.chmod(0o755)

    monkeypatch.setattr(module, "_copy_folder", may_run)


@pytest.mark.parametrize("earlier", EARLIER.values(), ids=list(EARLIER))
def test_it_replaces_what_is_xlhedges_and_keeps_what_is_not(tmp_path, earlier):
    source, target = bundle(tmp_path / "extracted", WORKS), written(tmp_path / "local/xlhedge", {**earlier, **OWN})
    for _ in range(2):
        told = [*place_bundle(source, target)]
        assert told[0].startswith("placed xlhedge ") and told[1:] == ["placed"]
        assert found(target) == {**found(source), **OWN}
        assert [path.name for path in target.parent.iterdir()] == ["xlhedge"]


FAILING = {  # the program that stands for Python, and the reason that is told
    "cannot be loaded": ("#!/bin/sh\necho Traceback\necho 'ImportError: no DLL'\nexit 1\n", "ImportError: no DLL"),
    "cannot install": (
        '#!/bin/sh\n[ "$2" = -c ] && exit 0\necho "xlhedge: x.xlam is in use: close Excel"\nexit 1\n', "^x.xlam is in use: close Excel$",
    ),
    "says nothing": ("#!/bin/sh\nexit 7\n", "python.exe ended with 7"),
    "is no program": ("\0", "python.exe cannot be run: "),
}  # fmt: skip


@pytest.mark.parametrize("earlier", EARLIER.values(), ids=list(EARLIER))
@pytest.mark.parametrize("program, told", FAILING.values(), ids=list(FAILING))
def test_a_failure_leaves_everything_as_it_was(tmp_path, program, told, earlier):
    source, local = bundle(tmp_path / "extracted", program), tmp_path / "local"
    written(local, {f"xlhedge/{name}": text for name, text in {**earlier, **(OWN if earlier else {})}.items()})
    local.mkdir(exist_ok=True)
    before = found(local)
    with pytest.raises(ExcelError, match=told):
        [*place_bundle(source, local / "xlhedge")]
    assert found(local) == before and all(path.name == "xlhedge" for path in local.iterdir())


def test_a_bundle_that_lacks_a_file_is_told_before_anything_changes(tmp_path):
    source, target = bundle(tmp_path / "extracted", WORKS), written(tmp_path / "local/xlhedge", OWN)
    (source / "contents.txt").unlink()
    with pytest.raises(ExcelError, match="cannot copy the bundle to .*xlhedge.new: No such file or directory"):
        [*place_bundle(source, target)]
    assert found(target) == OWN


INTERRUPTED = {  # what lies in the folder and in the one set aside; what lies there after the next installation; what is told
    "the old one is set aside": (
        {"python/python.exe": "new", **OWN}, {"python/python.exe": "old"}, OWN, [],
    ),
    "by 0.1.0, which moved the user's files": ({"python/python.exe": "new"}, {"python/python.exe": "old", **OWN}, OWN, []),
    "by 0.1.0, and they were made again": (
        {"python/python.exe": "new", "notes.txt": "again", "notes (2).txt": "other"}, {"Lib/x.py": "old", **OWN},
        {"notes.txt": "again", "notes (2).txt": "other", "notes (3).txt": "mine", "plans/2026.xlsx": "mine too"},
        ["kept both: the older notes.txt in {target} is now notes (3).txt"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("there, aside, own, said", INTERRUPTED.values(), ids=list(INTERRUPTED))
def test_what_an_interrupted_installation_left_is_put_in_order_first(tmp_path, there, aside, own, said):
    source, target = bundle(tmp_path / "extracted", WORKS), written(tmp_path / "local/xlhedge", there)
    written(target.with_name("xlhedge.old"), aside)
    told = [*place_bundle(source, target)]
    assert told[:-2] == [line.format(target=target) for line in said]
    assert found(target) == {**found(source), **own} and [path.name for path in target.parent.iterdir()] == ["xlhedge"]


def test_a_failure_after_an_interruption_leaves_what_was_before_that(tmp_path):
    source, local = bundle(tmp_path / "extracted", FAILING["says nothing"][0]), tmp_path / "local"
    written(local / "xlhedge", {"python/python.exe": "new", **OWN})
    written(local / "xlhedge.old", {"python/python.exe": "old"})
    with pytest.raises(ExcelError, match="ended with 7"):
        [*place_bundle(source, local / "xlhedge")]
    assert found(local) == {f"xlhedge/{name}": text for name, text in {"python/python.exe": "old", **OWN}.items()}


@pytest.mark.parametrize("end", ["", ".old", ".new"])
def test_a_file_in_the_way_is_told_and_nothing_changes(tmp_path, end):
    source, path = bundle(tmp_path / "extracted", WORKS), tmp_path / f"local/xlhedge{end}"
    written(path.parent, {path.name: "mine"})
    with pytest.raises(ExcelError, match=f"xlhedge{end} is a file, where xlhedge needs a folder: give it another name"):
        [*place_bundle(source, tmp_path / "local/xlhedge")]
    assert found(tmp_path / "local") == {path.name: "mine"}


def test_what_is_not_let_go_is_told_and_everything_comes_back(tmp_path, monkeypatch):
    """A file of the installation that another program holds open: Windows renames no folder that it is in."""
    from xlhedge.hosts.excel import bundle as module

    source, local = bundle(tmp_path / "extracted", WORKS), tmp_path / "local"
    written(local / "xlhedge", {**EARLIER["bundle"], **OWN, "docs/index.html": "old"})
    before, rename = found(local), Path.rename

    def held(path, other):
        if path.name == "xlhedge.bat" and path.parent.name == "xlhedge":
            raise PermissionError(13, "Sharing violation")
        return rename(path, other)

    monkeypatch.setattr(module, "PATIENCE", 0.0)
    monkeypatch.setattr(Path, "rename", held)
    with pytest.raises(
        ExcelError, match=r"xlhedge.bat cannot be changed \(Sharing violation\): close Excel, which may hold"
    ):
        [*place_bundle(source, local / "xlhedge")]
    assert found(local) == before


def test_what_cannot_be_put_back_is_told_and_comes_back_with_the_next_installation(tmp_path, monkeypatch):
    from xlhedge.hosts.excel import bundle as module

    source, target = bundle(tmp_path / "extracted", FAILING["says nothing"][0]), tmp_path / "local/xlhedge"
    written(target, {**EARLIER["bundle"], **OWN})
    rename = Path.rename

    def held(path, other):
        if path.parent.name == "xlhedge.old":
            raise PermissionError(13, "Sharing violation")
        return rename(path, other)

    with monkeypatch.context() as patched:
        patched.setattr(module, "PATIENCE", 0.0)
        patched.setattr(Path, "rename", held)
        with pytest.raises(
            Unrestored, match=r"ended with 7\nWhat was there before could not be put back: .*Sharing violation"
        ):
            [*place_bundle(source, target)]
    assert found(target) == OWN and found(target.with_name("xlhedge.old")) == EARLIER["bundle"]
    written(source, {"python/python.exe": WORKS})
    assert [*place_bundle(source, target)] and found(target) == {**found(source), **OWN}


def test_what_could_not_be_removed_is_removed_the_next_time(tmp_path):
    source, target = bundle(tmp_path / "extracted", WORKS), tmp_path / "local/xlhedge"
    for name in ("xlhedge.removed", "xlhedge (2).removed", "xlhedge.removed123"):
        written(target.with_name(name), {"python/python.exe": "old"})
    assert [*place_bundle(source, target)] and [path.name for path in target.parent.iterdir()] == ["xlhedge"]


def test_what_excel_loads_is_what_is_tried(tmp_path):
    """One list: the server loads it, the doctor starts the server, the installer and check.bat try the same."""
    assert NEEDED == ("numpy", "xlwings", "xlhedge.udfs") and LOADED == "import openpyxl, numpy, xlwings, xlhedge.udfs"
    check = (Path(__file__).parents[1] / "install/bundle/check.bat").read_text()
    assert f'-c "import {", ".join(NEEDED)}, xlhedge.cli, xlhedge.hosts.excel.doctor"' in check
