"""Which store this is, and how much of it a verified backup holds: two small files beside the database, not in it.

A restore changes both: phones learn from a new epoch that the store is another one, and seqs of an epoch mean nothing in the
next. What was verified is therefore bound to the epoch, and counts for no other.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from fieldapp.infra.durable import write_durably
from fieldapp.infra.part_files import fsync_folder

EPOCH_FILE = "epoch"
VERIFIED_FILE = "verified_backup.json"


def read_epoch(data_dir: Path) -> str:
    """Return the store's epoch, made on first use."""
    path = data_dir / EPOCH_FILE
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="ascii") as file:
            file.write(_new_epoch())
    except FileExistsError:
        pass  # another process was first
    return path.read_text(encoding="ascii").strip()


def begin_epoch(data_dir: Path) -> str:
    """Make the store another one for every phone, and forget what was verified of the one before. Return the epoch."""
    write_verified(data_dir, None)
    write_durably(data_dir / EPOCH_FILE, _new_epoch().encode())
    return read_epoch(data_dir)


def _new_epoch() -> str:
    return f"e{secrets.token_hex(8)}\n"


@dataclass(frozen=True, slots=True)
class VerifiedBackup:
    """The newest backup of this store that was found whole: per tenant the last seq it holds.

    `base` is the backup that this store was restored from: the only one of an earlier epoch that still counts.
    """

    epoch: str
    name: str
    taken_at: datetime
    heads: Mapping[UUID, int]
    base: str | None = None


def read_verified(data_dir: Path) -> VerifiedBackup | None:
    """Return the newest verified backup of the present epoch; None when there is none, or its file cannot be read."""
    try:
        said = json.loads((data_dir / VERIFIED_FILE).read_text(encoding="utf-8"))
        found = VerifiedBackup(
            str(said["epoch"]),
            str(said["name"]),
            datetime.fromisoformat(said["taken_at"]),
            {UUID(tenant): int(seq) for tenant, seq in said["heads"].items()},
            said["base"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if found.epoch == read_epoch(data_dir) else None


def write_verified(data_dir: Path, verified: VerifiedBackup | None) -> None:
    """Keep, durably, which backup was found whole; None: there is none any more."""
    path = data_dir / VERIFIED_FILE
    if verified is None:
        with suppress(FileNotFoundError):
            path.unlink()
            fsync_folder(data_dir)
        return
    content = {
        "epoch": verified.epoch,
        "name": verified.name,
        "taken_at": verified.taken_at.isoformat(),
        "heads": {str(tenant): seq for tenant, seq in sorted(verified.heads.items())},
        "base": verified.base,
    }
    write_durably(path, json.dumps(content, indent=1).encode())


class SafeSeqs:
    """What push and pull answer as `safe_seq`. Asks the file system for the file's time, and reads it when that changed."""

    def __init__(self, data_dir: Path, epoch: str) -> None:
        self._data_dir, self._epoch = data_dir, epoch
        self._read: tuple[tuple[int, int] | None, Mapping[UUID, int] | None] = (None, None)

    def of(self, tenant_id: UUID) -> int | None:
        """Return the tenant's last seq that a verified backup holds: 0 when it holds nothing of the tenant.

        None: there is no verified backup of this store.
        """
        stamp = self._stamp()
        if stamp != self._read[0]:
            # The stamp was taken before the file is read: a change in between is seen by the next question.
            verified = read_verified(self._data_dir)
            self._read = (stamp, verified.heads if verified and verified.epoch == self._epoch else None)
        heads = self._read[1]
        return None if heads is None else heads.get(tenant_id, 0)

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = (self._data_dir / VERIFIED_FILE).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino
