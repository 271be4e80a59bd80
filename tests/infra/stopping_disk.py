"""A file system that stops at any byte and can lose power, for tests of what survives that."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 - a file system without a disk under it, where there is one


def quick_folder() -> Path:
    """Make a folder for thousands of small files, in memory if that is possible. The caller removes it."""
    return Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))


class Stopped(BaseException):
    """The process or the machine stopped here."""


class Disk:
    """The file system as the store uses it: stops after a number of steps, each byte being one, and can lose power."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.steps_left = 10**9
        self.refusal: tuple[str, int] | None = None
        self.contents: dict[int, bytes] = {}  # by inode, as of the last fsync
        self.listings: dict[Path, dict[str, int]] = {}  # name to inode, as of the last fsync of the folder
        self.graves = root.with_name(f"{root.name}-removed")  # a removed file is linked here: its inode stays its own
        self.graves.mkdir(parents=True)

    @contextmanager
    def mounted(self, steps: int = 10**9) -> Iterator[None]:
        self.steps_left = steps
        real = {name: getattr(os, name) for name in ("pwrite", "fsync", "ftruncate", "replace", "unlink", "mkdir")}
        with pytest.MonkeyPatch.context() as patch:
            for name, call in real.items():
                if name not in {"pwrite", "fsync"}:
                    patch.setattr(os, name, self._stepped(name, call))
            patch.setattr(os, "pwrite", lambda fd, content, at: self._pwrite(real["pwrite"], fd, content, at))
            patch.setattr(os, "fsync", self._fsync)
            yield

    def _take(self, name: str, wanted: int = 1) -> int:
        if self.refusal and self.refusal[0] == name:
            raise OSError(self.refusal[1], name)
        if self.steps_left <= 0:
            raise Stopped
        taken = min(wanted, self.steps_left)
        self.steps_left -= taken
        return taken

    def _stepped(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*args: Any, **options: Any) -> Any:
            self._take(name)
            if name == "unlink":
                self._bury(args[0])
            return call(*args, **options)

        return stepped

    def _bury(self, path: Path) -> None:
        with suppress(FileNotFoundError):
            os.link(path, self.graves / f"{len(list(self.graves.iterdir()))}")

    def _pwrite(self, call: Callable[..., int], fd: int, content: Any, at: int) -> int:
        return call(fd, bytes(content)[: self._take("pwrite", len(content))], at)

    def _fsync(self, fd: int) -> None:
        self._take("fsync")
        path = Path(f"/proc/self/fd/{fd}").resolve()
        if path.is_dir():
            self.listings[path] = {entry.name: entry.stat().st_ino for entry in path.iterdir()}
        else:
            self.contents[path.stat().st_ino] = path.read_bytes()

    def lose_power(self, choose: Callable[[list[Any]], Any]) -> None:
        """Let every name and every byte that was not fsynced be as it was, or new, or nonsense, as `choose` says."""
        now = {path.stat().st_ino: path.read_bytes() for path in self.root.rglob("*") if path.is_file()}
        for folder in [path for path in self.root.glob("*/*") if path.is_dir()]:
            kept = self.listings.get(folder, {})
            current = {path.name: path.stat().st_ino for path in folder.iterdir()}
            names = {name: choose([kept.get(name), current.get(name)]) for name in sorted({*kept, *current})}
            for path in folder.iterdir():
                self._bury(path)
                path.unlink()
            self.listings[folder] = {}
            for name, inode in names.items():
                if inode is not None:
                    self._write_anew(folder / name, choose(self._possible(inode, now)))

    def _possible(self, inode: int, now: dict[int, bytes]) -> list[bytes]:
        kept = self.contents.get(inode, b"")
        current = now.get(inode, kept)
        unwritten = kept + bytes(max(0, len(current) - len(kept)))
        return [kept, current, unwritten, current[:64] + unwritten[64:]]

    def _write_anew(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        self.listings[path.parent][path.name] = path.stat().st_ino
        self.contents[path.stat().st_ino] = content
