"""Hand the add-in to LibreOffice, and take it out again, with LibreOffice's own tool unopkg."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from xlhedge.errors import FileError
from xlhedge.hosts.calc import find

from .addin import IDENTIFIER, write_addin

PATIENCE = 300.0
"""Seconds that unopkg may take; it takes one."""

NOT_FOUND = (
    "LibreOffice with its Python was not found; install LibreOffice 25.2 or later "
    "(on Debian and Ubuntu with the package python3-uno)"
)
NOT_THERE = "no such extension deployed"


class OfficeError(FileError):
    """LibreOffice is missing or running, or its tool failed."""


def install_libreoffice(profile: Path | None = None) -> Path:
    """Build the add-in for this Python and install it for this user, or as root for all; again replaces it.

    Returns the folder of the LibreOffice that has it now. `profile` is another user profile than the usual one.
    """
    tool = _tool(profile)
    with tempfile.TemporaryDirectory() as folder:
        _run(tool, ["add", "--force", "--suppress-license"], write_addin(Path(folder) / "xlhedge.oxt"), profile)
    return tool.parent


def uninstall_libreoffice(profile: Path | None = None) -> bool:
    """Remove the add-in and say whether there was one."""
    tool = _tool(profile)
    try:
        _run(tool, ["remove"], IDENTIFIER, profile)
    except OfficeError as error:
        if NOT_THERE in str(error):
            return False
        raise
    return True


def profile_arguments(profile: Path | None) -> list[str]:
    """The arguments by which LibreOffice and its tool work on a profile; root's add-ins lie elsewhere unless told."""
    if profile is None:
        return []
    address = Path(profile).resolve().as_uri()
    shared = [f"-env:UNO_SHARED_PACKAGES={address}/shared"] if _is_root() else []
    return [f"-env:UserInstallation={address}", *shared]


def _tool(profile: Path | None) -> Path:
    """Find unopkg, and make sure that LibreOffice does not run: it would undo what unopkg does."""
    office = find()
    if office is None:
        raise OfficeError(NOT_FOUND)
    lock = (profile or _usual_profile()) / ".lock"
    if lock.exists():
        raise OfficeError(f"LibreOffice is running: close it and try again (if it is not running, delete {lock})")
    program = Path(office.soffice).resolve().parent
    for name in ("unopkg.com", "unopkg.exe", "unopkg"):
        if (program / name).is_file():
            return program / name
    raise OfficeError(f"LibreOffice's tool unopkg is missing in {program}; install LibreOffice anew")


def _usual_profile() -> Path:
    """Where LibreOffice keeps a user's settings."""
    if os.name == "nt":
        return Path(os.environ.get("APPDATA", "")) / "LibreOffice/4"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/LibreOffice/4"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "libreoffice/4"


def _is_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0


def _run(tool: Path, what: list[str], extension, profile: Path | None) -> None:
    """Run unopkg; for root it works on the add-ins of all users only."""
    scope = ["--shared"] if _is_root() else []
    command = [str(tool), *what, *scope, *profile_arguments(profile), str(extension)]
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise OfficeError(f"LibreOffice's unopkg did not end within {PATIENCE:g} s") from None
    if run.returncode:
        lines = [line.removeprefix("ERROR: ").strip() for line in (run.stderr + run.stdout).splitlines()]
        said = " ".join(line for line in lines if line and not line.startswith("Warning: failed to launch javaldx"))
        said = said or f"exit code {run.returncode}"
        raise OfficeError(f"LibreOffice's unopkg failed to {what[0]} the add-in: {said}")
