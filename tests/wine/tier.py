"""The Wine tier as the tests use it: a drive C of their own, Windows programs with a time limit, nothing left behind."""

import os
import shutil
import subprocess
from pathlib import Path

from ooxml import missing

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]


def home() -> Path:
    """Where install/wine.sh puts the tier; without it the test is skipped."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xlhedge/wine"
    if not (folder / "made-by").exists():
        missing("Windows Python under Wine", "bash install/wine.sh")
    return folder


def windows(path) -> str:
    """A path of this machine as a Windows program sees it."""
    return "Z:" + str(path).replace("/", "\\")


class Wine:
    """A fresh drive C and a Python that knows this checkout's xlhedge, in a folder; the tier itself is not written to."""

    def __init__(self, folder: Path) -> None:
        self.tier, self.prefix = home(), folder / "prefix"
        shutil.copytree(self.tier / "prefix", self.prefix, symlinks=True, ignore=lambda where, _: ["windows", "wineserver"])
        (self.prefix / "drive_c/windows").symlink_to(self.tier / "prefix/drive_c/windows")
        self.home = folder / "python"
        self.home.mkdir()
        for entry in (self.tier / "python").iterdir():
            (self.home / entry.name).symlink_to(entry)
        paths = (self.home / "python313._pth").read_text()
        (self.home / "python313._pth").unlink()
        (self.home / "python313._pth").write_text(f"{paths}{windows(PROJECT)}\n")
        self.python = windows(self.home / "python.exe")
        self.environment = {**os.environ, "WINEPREFIX": str(self.prefix), "PYTHONUTF8": "1"}
        self._tool("--start")
        self._tool("cmd", "/c", "exit")  # starts Wine's services, which would keep the output of their first program open

    def start(self, *command, **more) -> subprocess.Popen:
        """Start a Windows program; a script of this folder runs in Python."""
        first, *rest = map(str, command)
        if first.endswith(".py"):
            first, rest = self.python, ["-B", windows(HERE / first), *rest]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen([self.tier / "wine", first, *rest], env=self.environment, text=True, errors="replace", **pipes, **more)

    def run(self, *command, timeout: float = 60, **more) -> subprocess.CompletedProcess:
        """Run a Windows program to its end."""
        with self.start(*command, **more) as process:
            try:
                output, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                self.stop()
                raise
        return subprocess.CompletedProcess(command, process.returncode, output)

    def stop(self) -> None:
        """End every program of this drive C."""
        self._tool("--stop")

    def _tool(self, *command: str) -> None:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        subprocess.run([self.tier / "wine", *command], env=self.environment, timeout=60, check=False, **quiet)

    def programs(self) -> list[str]:
        """The command lines of what still runs on this drive C."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.prefix).encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue  # it has ended, or is another user's
        return found
