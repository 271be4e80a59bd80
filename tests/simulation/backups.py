"""Backups in miniature: rows kept by the database, photo files kept in memory, what they hold told as the real ones tell it.

Which files a backup must have, up to which seq it holds what was sent, and what phones are told of it: that is the shipped code's
(`fieldapp.backup.contents`, `fieldapp.sync.epoch`). Only the copying is done
here, because a schedule may take a quarter of a second.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import Connection, select

from fieldapp.backup import contents
from fieldapp.infra.db import db
from fieldapp.kernel.time import Clock
from fieldapp.sync import epoch
from fieldapp.sync.epoch import VerifiedBackup, read_epoch, write_verified
from fieldapp.sync.models import LedgerEntry, NamedBlob
from tests.simulation.databases import Rows

SLOTS = ("kept_a", "kept_b", "kept_c")


@dataclass(slots=True)
class Backup:
    """Rows in a slot of the database, and what belongs to them."""

    slot: str
    epoch: str
    taken_at: datetime
    heads: Mapping[UUID, int]
    wanted: set[Path]
    operations: set[str]
    photos: set[str]
    files: dict[Path, bytes] = field(default_factory=dict)
    has_files: bool = False
    is_verified: bool = False

    @property
    def is_whole(self) -> bool:
        """Tell whether every file is there and what its name says."""
        return self.has_files and all(
            path in self.files and hashlib.sha256(self.files[path]).hexdigest() == path.name for path in self.wanted
        )


class Backups:
    """The newest backups of one schedule, and how to go back to one."""

    def __init__(self, app: Flask, rows: Rows, data_dir: Path, clock: Clock, retain: timedelta) -> None:
        self._app, self._rows, self._data_dir, self._clock = app, rows, data_dir, clock
        self._retain = retain
        self._all: list[Backup] = []

    def forget(self) -> None:
        """Another schedule: there are none yet."""
        self._all.clear()

    @property
    def verified(self) -> Backup | None:
        """Return the newest that was found whole."""
        return next((backup for backup in reversed(self._all) if backup.is_verified), None)

    def keep_rows(self) -> None:
        """Begin a backup: the rows as they are now."""
        in_use = {backup.slot for backup in (*self._all[-1:], self.verified) if backup is not None}
        slot = next(name for name in SLOTS if name not in in_use)
        self._rows.keep(slot)
        with self._app.app_context(), db.engine.connect() as connection:
            backup = Backup(
                slot,
                read_epoch(self._data_dir),
                self._clock.now(),
                contents.heads(connection),
                {Path(photo.path) for photo in contents.whole_photos(connection)},
                {str(key) for key in connection.execute(select(LedgerEntry.id)).scalars()},
                _whole(connection),
            )
        self._all = [known for known in self._all if known.slot != slot] + [backup]

    def keep_files(self) -> None:
        """Finish the newest backup: the files its rows call whole, as far as they are still there."""
        backup = self._all[-1]
        root = self._data_dir / "blobs"
        backup.files = {path: (root / path).read_bytes() for path in backup.wanted if (root / path).is_file()}
        backup.has_files = True

    def verify(self) -> bool:
        """Look at the newest backup, and tell the phones of it when it is whole."""
        backup = self._all[-1]
        if not backup.is_whole or backup.epoch != read_epoch(self._data_dir):
            return False
        backup.is_verified = True
        self._tell(backup, base=None)
        return True

    def restore(self) -> bool:
        """Go back to the newest whole backup; never to one older than what phones were told is verified.

        Where nothing is verified, phones free what is old enough all the same: nor to one as old as that.
        """
        newest = next((backup for backup in reversed(self._all) if backup.is_whole), None)
        if newest is None or (self.verified is None and self._clock.now() - newest.taken_at >= self._retain):
            return False
        self._all = [backup for backup in self._all[: self._all.index(newest) + 1] if backup.is_whole]
        self._rows.put_back(newest.slot)
        shutil.rmtree(self._data_dir / "blobs", ignore_errors=True)
        for path, content in newest.files.items():
            target = self._data_dir / "blobs" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        newest.epoch = epoch.begin_epoch(self._data_dir)
        newest.is_verified = True
        self._tell(newest, base=newest.slot)
        return True

    def _tell(self, backup: Backup, base: str | None) -> None:
        told = VerifiedBackup(read_epoch(self._data_dir), backup.slot, self._clock.now(), backup.heads, base)
        write_verified(self._data_dir, told)


def _whole(connection: Connection) -> set[str]:
    """Return the hashes of the photos that the server has whole, or had and judged."""
    received = select(NamedBlob.sha256).where(NamedBlob.received_at.is_not(None))
    return set(connection.execute(received).scalars())
