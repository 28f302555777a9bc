"""Where a run writes: a folder of this machine, or anything that fsspec reaches. A file appears whole or not at all."""

import contextlib
import glob
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from ..errors import FileError
from ..files import flush_names, flush_together, replacing, temporary_beside

HIDDEN = ".xlhedge"
"""The folder in the output folder that holds the journal and the lock of a run."""


def open_destination(out: str, label: str) -> "Folder | Remote":
    """The place that --out names: a folder, or a URL such as s3://bucket/folder.

    `label` tells apart runs that share a place: "all", or "2of4" for a shard.
    """
    scheme, colon, rest = str(out).partition("://")
    if not colon:
        return Folder(Path(os.path.abspath(out)), label)
    return Folder(Path(os.path.abspath(rest)), label) if scheme == "file" else Remote(str(out).rstrip("/"), label)


class Folder:
    """A folder of this machine, or on a disk that several machines share."""

    in_process_only = False

    def __init__(self, root: Path, label: str) -> None:
        self.root, self.label = root, label
        self._temporary = f".xlhedge-{label}-"

    def __str__(self) -> str:
        return str(self.root)

    def check(self) -> None:
        """See that there is a folder, or can be one."""
        if self.root.exists() and not self.root.is_dir():
            raise FileError(f"{self}: is a file, not a folder")
        if not self.root.parent.is_dir():
            raise FileError(f"{self}: there is no folder {self.root.parent}")

    def prepare(self) -> None:
        """Make the folder, and see that it can be written to."""
        self.check()
        try:
            (self.root / HIDDEN).mkdir(parents=True, exist_ok=True)
            for folder in (self.root, self.root / HIDDEN):
                with tempfile.TemporaryFile(dir=folder):
                    pass
        except OSError as error:
            raise FileError(f"{self}: the folder cannot be written to: {error.strerror}") from None

    def tidy(self) -> None:
        """Clear away what killed writers of this label left; nobody else may be writing."""
        for folder in (self.root, self.root / HIDDEN):
            for left in folder.glob(f"{glob.escape(self._temporary)}*.part"):
                left.unlink(missing_ok=True)

    @contextlib.contextmanager
    def writer(self, name: str) -> Iterator[BinaryIO]:
        """A file to write to; on leaving it is flushed to the disk and takes its name."""
        with replacing(self.root / name, self._temporary) as file:
            yield file

    def write(self, name: str, content: bytes) -> None:
        """Write a whole file."""
        with self.writer(name) as file:
            file.write(content)

    def stage(self, name: str, content: bytes) -> Path:
        """Write a file under a temporary name, on its way to the disk already; `settle` gives it its own."""
        temporary = temporary_beside(self.root / name, self._temporary)
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return temporary

    def settle(self, staged: Mapping[str, Path]) -> dict[str, OSError]:
        """Have the disk take files that were staged, then give them their names; the errors of those that cannot have theirs."""
        flush_together(self.root, staged.values())
        errors = {}
        for name, temporary in staged.items():
            try:
                os.replace(temporary, self.root / name)
            except OSError as error:
                errors[name] = error
                temporary.unlink(missing_ok=True)
        flush_names(self.root)
        return errors

    def read(self, name: str) -> bytes | None:
        """The content of a file; None for what is absent or no ordinary file."""
        path = self.root / name
        try:
            return path.read_bytes() if path.is_file() and not path.is_symlink() else None
        except OSError:
            return None

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file."""
        with open(self.root / name, "rb") as file:
            yield from file

    def exists(self, name: str) -> bool:
        """Whether anything has this name."""
        return os.path.lexists(self.root / name)

    def names(self, folder: str = "") -> list[str]:
        """The names of what is in a folder, sorted."""
        try:
            return sorted(os.listdir(self.root / folder))
        except FileNotFoundError:
            return []

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        (self.root / name).unlink(missing_ok=True)


class Remote:
    """A place that fsspec reaches, such as s3://bucket/folder."""

    def __init__(self, url: str, label: str) -> None:
        self.url, self.label = url, label
        try:
            from fsspec.core import url_to_fs
        except ImportError:
            raise FileError(f"{url}: writing to a URL needs fsspec: pip install xlhedge[cluster]") from None
        try:
            self._files, self._root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise FileError(f"{url}: cannot be opened: {error}") from None
        self.in_process_only = url.startswith("memory:")  # each process has a memory of its own

    def __reduce__(self):
        return Remote, (self.url, self.label)

    def __str__(self) -> str:
        return self.url

    def check(self) -> None:
        """Nothing to do: no more can be known before something is written."""

    def prepare(self) -> None:
        """Make the folder."""
        try:
            self._files.makedirs(self._path(HIDDEN), exist_ok=True)
        except Exception as error:  # each file system has errors of its own
            raise FileError(f"{self}: cannot be written to: {error}") from None

    def tidy(self) -> None:
        """Nothing to do: what is not written in full does not appear."""

    @contextlib.contextmanager
    def writer(self, name: str) -> Iterator[BinaryIO]:
        """A file to write to; it appears when it is left without an error."""
        with self._files.transaction:
            with self._files.open(self._path(name), "wb") as file:
                yield file

    def write(self, name: str, content: bytes) -> None:
        """Write a whole file."""
        self._files.pipe_file(self._path(name), content)

    def stage(self, name: str, content: bytes) -> None:
        """Write a whole file: it appears when all of it is there."""
        self.write(name, content)

    def settle(self, staged: Mapping[str, Path]) -> dict[str, OSError]:
        """Nothing to do."""
        return {}

    def read(self, name: str) -> bytes | None:
        """The content of a file; None for what is absent."""
        try:
            return self._files.cat_file(self._path(name))
        except FileNotFoundError:
            return None

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a file."""
        with self._files.open(self._path(name), "rb") as file:
            yield from file

    def exists(self, name: str) -> bool:
        """Whether anything has this name."""
        return self._files.exists(self._path(name))

    def names(self, folder: str = "") -> list[str]:
        """The names of what is in a folder, sorted."""
        self._files.invalidate_cache()
        try:
            found = self._files.ls(self._path(folder), detail=False)
        except FileNotFoundError:
            return []
        return sorted(name.rstrip("/").rpartition("/")[2] for name in found)

    def remove(self, name: str) -> None:
        """Remove a file if it is there."""
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}".rstrip("/")
