"""Placing the bundle, in folders of this machine: what is replaced, what comes back, what is the user's own."""

from pathlib import Path

import pytest

from xlhedge.hosts.excel.bundle import PLACED, place_bundle
from xlhedge.hosts.excel.locations import ExcelError

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
        told = place_bundle(source, target)
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
        place_bundle(source, local / "xlhedge")
    assert found(local) == before and all(path.name == "xlhedge" for path in local.iterdir())


def test_a_bundle_that_lacks_a_file_is_told_before_anything_changes(tmp_path):
    source, target = bundle(tmp_path / "extracted", WORKS), written(tmp_path / "local/xlhedge", OWN)
    (source / "contents.txt").unlink()
    with pytest.raises(ExcelError, match="cannot copy the bundle to .*xlhedge.new: No such file or directory"):
        place_bundle(source, target)
    assert found(target) == OWN


def test_what_an_interrupted_installation_left_is_put_in_order_first(tmp_path):
    """Interrupted after the user's own files were moved: they are in the new folder, all else is in the old one."""
    source, local = bundle(tmp_path / "extracted", FAILING["says nothing"][0]), tmp_path / "local"
    written(local / "xlhedge", {"python/python.exe": "new", **OWN})
    written(local / "xlhedge.old", {"python/python.exe": "old"})
    with pytest.raises(ExcelError, match="ended with 7"):
        place_bundle(source, local / "xlhedge")
    assert found(local) == {f"xlhedge/{name}": text for name, text in {"python/python.exe": "old", **OWN}.items()}
