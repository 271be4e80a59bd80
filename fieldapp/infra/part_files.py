"""One file that grows part by part and knows how far it is safe, whatever stops the machine.

A header of 64 bytes names the offset up to which the bytes behind it are durable. A part is written behind that
offset, fsynced, and only then named by the header. The header itself is not fsynced: an older one is as right as the
newest, the sender merely begins again a little earlier. It has two slots, written in turn, so that a torn write leaves
the other one.
"""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_MAGIC = b"part\x00\x00\x00\x01"
_OFFSET = struct.Struct(">8sQ")
_CHECKSUM_BYTES = 4
_SLOT_BYTES = 32
_HEADER_BYTES = 2 * _SLOT_BYTES
_COPY_BYTES = 256 * 1024


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Open a file, made if need be, and hold it against other threads and processes. Yield its descriptor.

    Whoever held it before may have renamed or removed it: then the name means another file, or none, and this begins
    again.
    """
    while True:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            if _is_still(path, fd):
                yield fd
                return
        finally:
            os.close(fd)


def _is_still(path: Path, fd: int) -> bool:
    try:
        return os.path.samestat(path.stat(follow_symlinks=False), os.fstat(fd))
    except FileNotFoundError:
        return False


def read_offset(path: Path) -> int:
    """Return how many bytes are safe in the file at `path`, 0 when there is none. Waits for whoever is writing."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return 0
    try:
        fcntl.flock(fd, fcntl.LOCK_SH)
        return stored_offset(fd)
    finally:
        os.close(fd)


def stored_offset(fd: int) -> int:
    """Return the offset up to which the bytes are safe, 0 where the header names none that the file could have."""
    return max(0, *_named_offsets(fd))


def extend(fd: int, offset: int, part: bytes) -> None:
    """Put `part` behind `offset`, which is the stored one, for good. An OSError leaves the stored offset as it was."""
    end = _HEADER_BYTES + offset
    # What lies beyond the offset was written by somebody who was stopped before the fsync: it may be anything.
    os.ftruncate(fd, end)
    try:
        write_all(fd, part, end)
        os.fsync(fd)
    except OSError:
        with suppress(OSError):
            os.ftruncate(fd, end)
        raise
    named = _OFFSET.pack(_MAGIC, offset + len(part))
    unused = 1 if _named_offsets(fd)[0] == offset else 0
    write_all(fd, named + _checksum(named), unused * _SLOT_BYTES)


def _named_offsets(fd: int) -> list[int]:
    """Return what the two slots name, -1 for a slot that is torn, empty, or beyond the end of the file."""
    header = os.pread(fd, _HEADER_BYTES, 0).ljust(_HEADER_BYTES, b"\0")
    length = os.fstat(fd).st_size - _HEADER_BYTES
    offsets = []
    for slot in (header[:_SLOT_BYTES], header[_SLOT_BYTES:]):
        named, checksum = slot[: _OFFSET.size], slot[_OFFSET.size :][:_CHECKSUM_BYTES]
        magic, offset = _OFFSET.unpack(named)
        is_sound = magic == _MAGIC and checksum == _checksum(named) and offset <= length
        offsets.append(int(offset) if is_sound else -1)
    return offsets


def stored_blocks(fd: int, offset: int) -> Iterator[bytes]:
    """Yield the bytes before `offset`, block by block."""
    at = 0
    while at < offset:
        block = os.pread(fd, min(_COPY_BYTES, offset - at), _HEADER_BYTES + at)
        if not block:
            break
        at += len(block)
        yield block


def write_all(fd: int, content: bytes, at: int) -> int:
    """Write all of `content` at `at`; a file system may take it in pieces. Return its length."""
    view = memoryview(content)
    while view:
        written = os.pwrite(fd, view, at)
        at += written
        view = view[written:]
    return len(content)


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _checksum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "big")
