"""Files written so that after a power cut there is the old one or the whole new one."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldapp.infra.part_files import fsync_folder
from fieldapp.kernel.errors import Unavailable

_BLOCK_BYTES = 1024 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


class StoreFull(Unavailable):
    """The disk is full or may not be written. Nothing was acknowledged."""

    code = "store_full"


@contextmanager
def full_is_told() -> Iterator[None]:
    """Let a disk that is full be answered as such.

    Raises:
        StoreFull: it is.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull from error
        raise


def write_durably(path: Path, content: bytes) -> None:
    """Write a small file, or replace it, as a whole."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    fsync_folder(path.parent)


def copy_hashed(source: Path, target: Path, sha256: str) -> bool:
    """Copy a file to `target` if its bytes hash to `sha256`; return whether they do.

    The bytes are on the disk when this returns; the name is when the caller has fsynced the folder.

    Raises:
        FileNotFoundError: there is no such file.
    """
    unfinished = target.with_name(f".{target.name}.unfinished")
    hasher = hashlib.sha256()
    with source.open("rb") as read, unfinished.open("wb") as write:
        while block := read.read(_BLOCK_BYTES):
            hasher.update(block)
            write.write(block)
        write.flush()
        os.fsync(write.fileno())
    if hasher.hexdigest() != sha256:
        unfinished.unlink()
        return False
    unfinished.replace(target)
    return True


def fsync_file(path: Path) -> None:
    """Make the bytes of a file durable."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
