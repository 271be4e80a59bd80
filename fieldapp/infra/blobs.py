"""Files named by the SHA-256 of their bytes, in a folder per owner, received in parts that survive a crash at any byte.

Layout (folders 0700, files 0600; names are made of UUIDs and hex digests alone):

    <root>/<owner>/parts/<sha256>               what has arrived so far: a header, then the bytes
    <root>/<owner>/received/<sha256>            whole and proven: quarantine, shown to nobody
    <root>/<owner>/clean/<sha256>               what may be shown
    <root>/<owner>/unfinished/<folder>-<sha256> on its way into received/ or clean/

One rule holds for received/ and clean/: a file gets its name, by a rename, only after its bytes were hashed to that
name and fsynced, and nobody is told before the folder is fsynced too.

What is found after a stop, of the process or of the machine (the header of a part file: see `part_files`):

    while a part was written             the header names the old offset; the torn tail is cut off before the next write
    before the header was on the disk    the same: the sender begins again at an older offset, which is always right
    in the middle of the header          the other slot names the old offset
    a connection cut in a part           what came of it is kept: the hash of the whole proves it
    bytes changed behind the offset      the hash of the whole is wrong: the file begins again at 0; when some of it had
                                         come with a cut connection, only parts with their digest are taken after that
    while the whole was put together     unfinished/ is overwritten by the next try; the parts are still there
    after the rename                     the file is complete; what is left of the parts goes with the next question

Two requests with the same file wait for each other on a lock of the part file; they may be threads or processes.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from fieldapp.infra.durable import file_sha256, full_is_told
from fieldapp.infra.part_files import (
    Trust,
    begin_again,
    extend,
    fsync_folder,
    locked,
    read_offset,
    stored,
    stored_blocks,
    write_all,
)
from fieldapp.kernel.errors import Conflict, Invalid, Malformed, NotFound, TooLarge

BLOB_BYTES_MAX = 15 * 1024 * 1024
PART_BYTES_MAX = 1024 * 1024

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FOLDERS = ("parts", "received", "clean", "unfinished")


class WrongOffset(Conflict):
    """The part does not begin where the stored bytes end; `offset` says where that is. Nothing was stored."""

    code = "wrong_offset"

    def __init__(self, offset: int) -> None:
        super().__init__(off=offset)
        self.offset = offset


class LengthMismatch(Conflict):
    """The file is complete and has another length than the one told."""

    code = "length_mismatch"


class PartDigestMismatch(Malformed):
    """The part was changed on its way. Nothing was stored."""

    code = "digest_mismatch"


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """Where the next part begins, and whether none is needed."""

    offset: int
    is_complete: bool

    @property
    def is_restarted(self) -> bool:
        """Tell whether the whole did not hash to its name, so that the sender must begin again."""
        return self.offset == 0


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """What a re-hash of one owner's files found. `mismatches` are paths below the owner's folder."""

    received_count: int
    clean_count: int
    size_bytes: int
    mismatches: tuple[str, ...]


class BlobStore:
    """The files below `root`. Holds no open files; may be shared by threads and made in every process."""

    def __init__(
        self, root: Path, *, blob_bytes_max: int = BLOB_BYTES_MAX, part_bytes_max: int = PART_BYTES_MAX
    ) -> None:
        self._root = root
        self._blob_bytes_max = blob_bytes_max
        self._part_bytes_max = part_bytes_max
        self._prepared: set[UUID] = set()

    def received_bytes(self, owner: UUID, sha256: str) -> int:
        """Return how many bytes have arrived for good: the next part's offset, or the length when it is complete."""
        size = _size(self._path(owner, "received", sha256))
        return read_offset(self._path(owner, "parts", sha256)) if size is None else size

    def is_received(self, owner: UUID, sha256: str) -> bool:
        """Tell whether the file lies whole in quarantine."""
        return _size(self._path(owner, "received", sha256)) is not None

    def append_part(
        self, owner: UUID, sha256: str, *, offset: int, total_length: int, part: bytes, part_sha256: str
    ) -> PartOutcome:
        """Store the bytes `[offset, offset + len(part))` of a file that has `total_length` bytes.

        A part of a file that is already complete is answered as complete, so that a lost answer does no harm.

        Raises:
            Invalid: the part is empty or reaches beyond `total_length`, or a name is no SHA-256 in lower-case hex.
            TooLarge: the part or the file is over its limit.
            PartDigestMismatch: the bytes are not those of `part_sha256`.
            WrongOffset: the stored bytes end elsewhere.
            LengthMismatch: the file is complete with another length.
            StoreFull: there is no room.
        """
        self._check_part(total_length, part, part_sha256)
        path = self._path(owner, "parts", sha256)
        with full_is_told():
            self._prepare(owner)
            if part_sha256 == sha256 and len(part) == total_length and offset == 0 and not path.exists():
                return self._take_whole(owner, sha256, part)
            with locked(path) as fd:
                length = _size(self._path(owner, "received", sha256))
                if length is not None:
                    return self._answer_complete(owner, path, length, total_length)
                _check_offset(fd, path, offset, total_length)
                end = offset + len(part)
                if end > total_length:
                    raise Invalid("the part reaches beyond the end of its file")
                if end < total_length:
                    extend(fd, offset, part)
                    return PartOutcome(offset=end, is_complete=False)
                whole = chain(stored_blocks(fd, offset), [part])
                is_complete = self._keep(owner, "received", sha256, whole)
                if not is_complete and stored(fd)[1] is Trust.TAKEN:
                    begin_again(fd)
                else:
                    path.unlink(missing_ok=True)
                return PartOutcome(offset=end if is_complete else 0, is_complete=is_complete)

    def keep_beginning(self, owner: UUID, sha256: str, *, offset: int, total_length: int, arrived: bytes) -> None:
        """Store what came of the part at `offset` before its connection was cut.

        No digest proves these bytes, the hash of the whole does. Nothing is stored where they do not go on from what
        is there, are too many, or where such bytes have spoiled the file once.
        """
        is_fit = total_length <= self._blob_bytes_max and len(arrived) <= self._part_bytes_max
        if not arrived or not is_fit or offset + len(arrived) >= total_length or self.is_received(owner, sha256):
            return
        path = self._path(owner, "parts", sha256)
        with full_is_told():
            self._prepare(owner)
            with locked(path) as fd:
                known, trust = stored(fd)
                if known == offset and trust is not Trust.SPENT and not self.is_received(owner, sha256):
                    extend(fd, offset, arrived, Trust.TAKEN)
                elif os.fstat(fd).st_size == 0:
                    path.unlink(missing_ok=True)

    def take_wholes(self, owner: UUID, wholes: Mapping[str, bytes | memoryview]) -> set[str]:
        """Store files that have come whole, by their hashes. Return those that are what they are called.

        Raises:
            StoreFull: there is no room; none is to be acknowledged.
        """
        right = {sha256 for sha256, whole in wholes.items() if hashlib.sha256(whole).hexdigest() == sha256}
        if not right:
            return right
        with full_is_told():
            self._prepare(owner)
            for sha256 in sorted(right):
                if not self.is_received(owner, sha256):
                    self._write(owner, "received", sha256, [wholes[sha256]], is_proven=True)
            fsync_folder(self._root / str(owner) / "received")
            for sha256 in right:
                self._path(owner, "parts", sha256).unlink(missing_ok=True)
        return right

    def received_path(self, owner: UUID, sha256: str) -> Path:
        """Return where a complete file lies in quarantine.

        Raises:
            FileNotFoundError: it is not there.
        """
        path = self._path(owner, "received", sha256)
        if _size(path) is None:
            raise FileNotFoundError(sha256)
        return path

    def open_received(self, owner: UUID, sha256: str) -> BinaryIO:
        """Open a complete file in quarantine for reading.

        Raises:
            FileNotFoundError: it is not there.
        """
        return self.received_path(owner, sha256).open("rb")

    def discard_received(self, owner: UUID, sha256: str) -> None:
        """Remove a file from quarantine, whole or in parts; nothing happens when there is none."""
        for folder in ("received", "parts"):
            self._discard(owner, folder, sha256)

    def put_clean(self, owner: UUID, content: bytes) -> str:
        """Store what may be shown and return its SHA-256. Storing it again is harmless, and mends a rotten copy.

        Raises:
            StoreFull: there is no room.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(owner, "clean", sha256)
        with full_is_told():
            self._prepare(owner)
            if _size(path) is not None and file_sha256(path) == sha256:
                # Another request may have renamed it and not yet made the name durable.
                fsync_folder(path.parent)
            else:
                self._keep(owner, "clean", sha256, [content])
        return sha256

    def read_clean(self, owner: UUID, sha256: str) -> Path:
        """Return where a file that may be shown lies.

        Raises:
            NotFound: this owner has none by that name.
        """
        path = self._path(owner, "clean", sha256)
        if _size(path) is None:
            raise NotFound
        return path

    def discard_clean(self, owner: UUID, sha256: str) -> None:
        """Remove a file that was shown; nothing happens when there is none."""
        self._discard(owner, "clean", sha256)

    def owners(self) -> list[UUID]:
        """Return the owners that have a folder, sorted."""
        names = [entry.name for entry in self._root.iterdir()] if self._root.is_dir() else []
        return sorted(UUID(name) for name in names if _is_uuid(name))

    def received_names(self, owner: UUID) -> list[str]:
        """Return the hashes of the files that lie whole in quarantine, sorted."""
        place = self._root / str(owner) / "received"
        return sorted(path.name for path in place.iterdir()) if place.is_dir() else []

    def verify(self, owner: UUID) -> StoreCheck:
        """Hash every file of an owner again. Files that go while this runs are not counted."""
        counts = {"received": 0, "clean": 0}
        size_bytes = 0
        mismatches = []
        for folder in counts:
            place = self._root / str(owner) / folder
            for path in sorted(place.iterdir()) if place.is_dir() else ():
                with suppress(FileNotFoundError):
                    is_right = not path.is_symlink() and file_sha256(path) == path.name
                    size_bytes += path.stat().st_size
                    counts[folder] += 1
                    if not is_right:
                        mismatches.append(f"{folder}/{path.name}")
        return StoreCheck(counts["received"], counts["clean"], size_bytes, tuple(mismatches))

    def _path(self, owner: UUID, folder: str, sha256: str) -> Path:
        if not isinstance(owner, UUID):
            raise TypeError("an owner is a UUID")
        if not _SHA256.fullmatch(sha256):
            raise Invalid("not a SHA-256 in lower-case hex")
        return Path(f"{self._root}/{owner}/{folder}/{sha256}")

    def _check_part(self, total_length: int, part: bytes, part_sha256: str) -> None:
        if total_length > self._blob_bytes_max or len(part) > self._part_bytes_max:
            raise TooLarge(blob_bytes_max=self._blob_bytes_max, part_bytes_max=self._part_bytes_max)
        if not 0 < len(part) <= total_length:
            raise Invalid("the part is empty or longer than its file")
        if hashlib.sha256(part).hexdigest() != part_sha256:
            raise PartDigestMismatch

    def _prepare(self, owner: UUID) -> None:
        """Make the owner's folders durable, once a process: another may have made them and not come to the fsync."""
        place = self._root / str(owner)
        if owner in self._prepared and place.is_dir():
            return
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (place, *(place / name for name in _FOLDERS)):
            folder.mkdir(mode=0o700, exist_ok=True)
        for folder in (place, self._root, self._root.parent):
            fsync_folder(folder)
        self._prepared.add(owner)

    def _answer_complete(self, owner: UUID, leftover: Path, length: int, total_length: int) -> PartOutcome:
        leftover.unlink(missing_ok=True)
        if length != total_length:
            raise LengthMismatch(length=length)
        # Whoever completed it may have been stopped between the rename and the fsync of the folder.
        fsync_folder(self._root / str(owner) / "received")
        return PartOutcome(offset=length, is_complete=True)

    def _take_whole(self, owner: UUID, sha256: str, whole: bytes) -> PartOutcome:
        """Store a file that came in one part, of which nothing is here: there is no part file to keep others from."""
        length = _size(self._path(owner, "received", sha256))
        if length is not None:
            return self._answer_complete(owner, self._path(owner, "parts", sha256), length, len(whole))
        self._keep(owner, "received", sha256, [whole], is_proven=True)
        return PartOutcome(offset=len(whole), is_complete=True)

    def _keep(self, owner: UUID, folder: str, sha256: str, blocks: Iterable[bytes], *, is_proven: bool = False) -> bool:
        """Write `blocks` under `sha256`, if that is their hash, and make the name durable. Return whether it is."""
        is_right = self._write(owner, folder, sha256, blocks, is_proven=is_proven)
        if is_right:
            fsync_folder(self._root / str(owner) / folder)
        return is_right

    def _write(
        self, owner: UUID, folder: str, sha256: str, blocks: Iterable[bytes | memoryview], *, is_proven: bool
    ) -> bool:
        """Write `blocks` under `sha256`, if that is their hash; the name is durable when its folder is fsynced.

        The only way into received/ and clean/. `is_proven`: whoever calls has just hashed these very bytes.
        """
        path = self._path(owner, folder, sha256)
        unfinished = self._root / str(owner) / "unfinished" / f"{folder}-{sha256}"
        with locked(unfinished) as fd:
            is_renamed = False
            try:
                os.ftruncate(fd, 0)
                hasher = hashlib.sha256()
                at = 0
                for block in blocks:
                    if not is_proven:
                        hasher.update(block)
                    at += write_all(fd, block, at)
                if not is_proven and hasher.hexdigest() != sha256:
                    return False
                os.fsync(fd)
                unfinished.replace(path)
                is_renamed = True
            finally:
                if not is_renamed:
                    with suppress(OSError):
                        unfinished.unlink()
        return True

    def _discard(self, owner: UUID, folder: str, sha256: str) -> None:
        path = self._path(owner, folder, sha256)
        with suppress(FileNotFoundError):
            path.unlink(missing_ok=True)
            # Even when it is gone already: the one who removed it may not have made that durable.
            fsync_folder(path.parent)


def _check_offset(fd: int, path: Path, offset: int, total_length: int) -> None:
    """Refuse a part that does not begin where the stored bytes end.

    As many stored bytes as the whole file has, or more, came from somebody who was wrong about its length: they go.
    """
    known, trust = stored(fd)
    if known >= total_length:
        os.ftruncate(fd, 0)
        known, trust = 0, Trust.PROVEN
    if offset != known:
        if known == 0 and trust is not Trust.SPENT:
            path.unlink(missing_ok=True)
        raise WrongOffset(known)


def _size(path: Path) -> int | None:
    try:
        return path.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        return None


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
