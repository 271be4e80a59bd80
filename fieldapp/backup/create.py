"""Take a backup: a consistent copy of the database, and every photo file that this copy calls whole.

The worker may clean a photo, and discard what was received of it, between the copy and the reading of the files. A file that
has gone missing so is looked for in another copy; one that is missing there too has been lost by the store.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from fieldapp.backup import contents
from fieldapp.backup.folder import BackupFailed, BackupFolder
from fieldapp.backup.manifest import MANIFEST_FILE, Manifest, PhotoFile
from fieldapp.backup.pruning import prune
from fieldapp.infra import migrate, snapshot
from fieldapp.infra.durable import copy_hashed, file_sha256, write_durably
from fieldapp.infra.part_files import fsync_folder
from fieldapp.settings import Settings
from fieldapp.sync.epoch import read_epoch

ATTEMPTS = 4
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Created:
    """What was taken, where it lies, and which older backups were removed by retention."""

    manifest: Manifest
    path: Path
    removed: tuple[str, ...]


def create(settings: Settings, now: datetime) -> Created:
    """Take a backup and remove those that are too old.

    Raises:
        BackupFailed: nothing was made; the message says why.
    """
    folder = BackupFolder(settings.backups)
    with folder.locked():
        _require_database(settings.database_url)
        try:
            manifest, keep_for = _take(settings, folder, now)
        except (OSError, RuntimeError, SQLAlchemyError) as error:
            raise BackupFailed(f"no backup was made: {error}") from error
        removed = prune(folder, settings.data_dir, keep_for, now)
    return Created(manifest, folder.root / manifest.name, tuple(removed))


def _require_database(database_url: str) -> None:
    engine = create_engine(database_url)
    try:
        if migrate.current(engine) is None:
            raise BackupFailed("there is no database yet: fieldapp upgrade")
    except SQLAlchemyError as error:
        raise BackupFailed(f"the database cannot be reached: {error}") from error
    finally:
        engine.dispose()


def _take(settings: Settings, folder: BackupFolder, now: datetime) -> tuple[Manifest, timedelta]:
    name = folder.free_name(now)
    photos = PhotoCopies(folder, settings.data_dir / "blobs")
    with folder.unfinished(name) as work:
        copy = work / f"database.{snapshot.SUFFIXES[snapshot.kind_of(settings.database_url)]}"
        told, lacking = _copy(settings.database_url, copy, photos)
        for _ in range(ATTEMPTS - 1):
            if not lacking:
                break
            told, lacking = _copy(settings.database_url, copy, photos)
        photos.settle()
        manifest = Manifest(
            name=name,
            taken_at=now,
            epoch=read_epoch(settings.data_dir),
            app=release(),
            migration=told.migration,
            database_file=copy.name,
            database_sha256=file_sha256(copy),
            database_bytes=copy.stat().st_size,
            heads=told.heads,
            rows=told.rows,
            photos={photo: photos.size(photo) for photo in told.photos - lacking},
            lacking=tuple(sorted(lacking)),
        )
        write_durably(work / MANIFEST_FILE, manifest.to_bytes())
    return manifest, told.keep_for


@dataclass(frozen=True, slots=True)
class _Told:
    """What a copy of the database says of itself."""

    migration: str
    heads: dict[UUID, int]
    rows: dict[str, int]
    photos: set[PhotoFile]
    keep_for: timedelta


def _copy(database_url: str, copy: Path, photos: PhotoCopies) -> tuple[_Told, set[PhotoFile]]:
    """Copy the database and the photos it calls whole; return what it says, and which of the photos cannot be had."""
    copy.unlink(missing_ok=True)
    with snapshot.copied(database_url, copy) as connection:
        told = _Told(
            migration=migrate.revision(connection) or "",
            heads=contents.heads(connection),
            rows=contents.row_counts(connection),
            photos=contents.whole_photos(connection),
            keep_for=contents.retention(connection),
        )
    return told, photos.take(told.photos)


class PhotoCopies:
    """Brings photo files into the backups' own folder, once each: a file under a hash never changes."""

    def __init__(self, folder: BackupFolder, store: Path) -> None:
        self._folder, self._store = folder, store
        self._suspect = {path for backup in folder.all() if backup.verdict for path in backup.verdict.damaged}
        self._touched: set[Path] = set()

    def take(self, photos: Iterable[PhotoFile]) -> set[PhotoFile]:
        """Copy those that are not there yet; return those that cannot be had. What waits for the worker goes first."""
        ordered = sorted(photos, key=lambda photo: (photo.folder != "received", photo))
        return {photo for photo in ordered if not self._take(photo)}

    def _take(self, photo: PhotoFile) -> bool:
        target = self._folder.photo_path(photo)
        if target.exists():
            if photo.path not in self._suspect or file_sha256(target) == photo.sha256:
                return True
        elif not target.parent.is_dir():
            target.parent.mkdir(mode=0o700, parents=True)
            self._touched |= {target.parent.parent, self._folder.photos, self._folder.root}
        self._touched.add(target.parent)
        try:
            return copy_hashed(self._store / photo.path, target, photo.sha256)
        except FileNotFoundError:
            return False

    def settle(self) -> None:
        """Make the names of the new files durable."""
        for path in sorted(self._touched, reverse=True):
            fsync_folder(path)
        self._touched.clear()

    def size(self, photo: PhotoFile) -> int:
        """Return a copy's size in bytes."""
        return self._folder.photo_path(photo).stat().st_size


def release() -> str:
    """Return this release's version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])
