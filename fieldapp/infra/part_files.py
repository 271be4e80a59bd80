"""One file that grows part by part and knows how far it is safe, whatever stops the machine.

A header of 64 bytes names the offset up to which the bytes behind it are durable. A part is written behind that
offset, fsynced, and only then named by the header. The header itself is not fsynced: an older one is as right as the
newest, the sender merely begins again a little earlier. It has two slots, written in turn, so that a torn write leaves
the other one.

The header also tells whether all of it came in parts that were proven by their digest, or some of it as the beginning
of a part whose connection was cut: those bytes are proven by the hash of the whole alone.
"""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path

_MAGIC = b"part\x00\x00\x00"
_OFFSET = struct.Struct(">8sQ")
_CHECKSUM_BYTES = 4
_SLOT_BYTES = 32
_HEADER_BYTES = 2 * _SLOT_BYTES
_COPY_BYTES = 256 * 1024


class Trust(IntEnum):
    """What is known of the stored bytes; the last byte of a slot's mark."""

    PROVEN = 1
    """Each part had its digest."""
    TAKEN = 2
    """Some are of a part that was cut on its way."""
    SPENT = 3
    """A whole with such bytes was wrong: from then on only parts with their digest are taken."""


_TRUSTS = frozenset(map(int, Trust))


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
    return stored(fd)[0]


def stored(fd: int) -> tuple[int, Trust]:
    """Return the offset up to which the bytes are safe, and what is known of them."""
    offset, trust = max(_slots(fd))
    return (offset, Trust(trust)) if offset >= 0 else (0, Trust.PROVEN)


def begin_again(fd: int) -> None:
    """Forget the bytes, and take no more beginnings of parts: what came of them was wrong."""
    os.ftruncate(fd, 0)
    os.ftruncate(fd, _HEADER_BYTES)
    _write_slot(fd, 0, 0, Trust.SPENT)


def extend(fd: int, offset: int, part: bytes, trust: Trust = Trust.PROVEN) -> None:
    """Put `part` behind `offset`, which is the stored one, for good. An OSError leaves the stored offset as it was."""
    trust = max(trust, stored(fd)[1])
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
    _write_slot(fd, 1 if _slots(fd)[0][0] == offset else 0, offset + len(part), trust)


def _write_slot(fd: int, number: int, offset: int, trust: Trust) -> None:
    named = _OFFSET.pack(_MAGIC + bytes([trust]), offset)
    write_all(fd, named + _checksum(named), number * _SLOT_BYTES)


def _slots(fd: int) -> list[tuple[int, int]]:
    """Return the offsets that the two slots name, with their trust; -1 for one that is torn, empty, or beyond the end."""
    header = os.pread(fd, _HEADER_BYTES, 0).ljust(_HEADER_BYTES, b"\0")
    length = os.fstat(fd).st_size - _HEADER_BYTES
    slots = []
    for slot in (header[:_SLOT_BYTES], header[_SLOT_BYTES:]):
        named, checksum = slot[: _OFFSET.size], slot[_OFFSET.size :][:_CHECKSUM_BYTES]
        magic, offset = _OFFSET.unpack(named)
        is_known = magic[:-1] == _MAGIC and magic[-1] in _TRUSTS
        is_sound = is_known and checksum == _checksum(named) and offset <= length
        slots.append((int(offset), magic[-1]) if is_sound else (-1, Trust.PROVEN))
    return slots


def stored_blocks(fd: int, offset: int) -> Iterator[bytes]:
    """Yield the bytes before `offset`, block by block."""
    at = 0
    while at < offset:
        block = os.pread(fd, min(_COPY_BYTES, offset - at), _HEADER_BYTES + at)
        if not block:
            break
        at += len(block)
        yield block


def write_all(fd: int, content: bytes | memoryview, at: int) -> int:
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
