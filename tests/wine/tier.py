"""The Wine tier as the tests use it: a drive C of their own, Windows programs with a time limit, nothing left behind."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from ooxml import missing

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]


def windows(path) -> str:
    """A path of this machine as a Windows program sees it."""
    return "Z:" + str(path).replace("/", "\\")


def helper(name: str) -> str:
    """A file of this folder as a Windows program sees it."""
    return windows(HERE / name)


SERVED = ("site", r"site\win32", r"site\win32\lib", windows(PROJECT))
"""Where the server's Python finds xlwings and this checkout's xlhedge."""


def home() -> Path:
    """Where install/wine.sh puts the tier; without it the test is skipped."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "xlhedge/wine"
    if not (folder / "made-by").exists():
        missing("Windows Python under Wine", "bash install/wine.sh")
    return folder


class Wine:
    """A fresh drive C and a Python, in a folder; the tier itself is not written to.

    The Python imports from `paths` alone. Without them it is like a newly installed one, and can make environments.
    """

    def __init__(self, folder: Path, *paths: str) -> None:
        self.tier, self.prefix = home(), folder / "prefix"
        shutil.copytree(
            self.tier / "prefix", self.prefix, symlinks=True, ignore=lambda where, _: ["windows", "wineserver"]
        )
        (self.prefix / "drive_c/windows").symlink_to(self.tier / "prefix/drive_c/windows")
        self.home = folder / "python"
        source = self.tier / "python"
        shutil.copytree(source, self.home, ignore=lambda where, _: ["python313._pth", "site", "maker"])
        if paths:
            (self.home / "site").symlink_to(source / "site")
            (self.home / "python313._pth").write_text("\n".join(("python313.zip", ".", *paths)))
        else:
            shutil.copytree(HERE / "lib", self.home / "Lib")
            (self.home / "Lib/site-packages").symlink_to(source / "maker")
        self.python = windows(self.home / "python.exe")
        self.environment = {**os.environ, "WINEPREFIX": str(self.prefix), "PYTHONUTF8": "1"}
        self.environment["TIER_SITE"] = windows(source / "site")
        self._tool("--start")
        self._tool(
            "cmd", "/c", "exit"
        )  # starts Wine's services, which would keep the output of their first program open

    def start(self, *command, **more) -> subprocess.Popen:
        """Start a Windows program; a script of this folder runs in Python."""
        first, *rest = map(str, command)
        if first.endswith(".py"):
            first, rest = self.python, ["-B", helper(first), *rest]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(
            [self.tier / "wine", first, *rest], env=self.environment, text=True, errors="replace", **pipes, **more
        )

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

    def ask(self, folder: Path, requests: list, *command: str) -> dict:
        """Make the calls in one client process: a command that takes the files of requests and results as its last words."""
        asked, answered = folder / "requests.json", folder / "results.json"
        asked.write_text(json.dumps(requests), encoding="utf-8")
        run = self.run(*command, windows(asked), windows(answered), timeout=150)
        if run.returncode:
            raise AssertionError(run.stdout)
        return json.loads(answered.read_text(encoding="utf-8"))

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
