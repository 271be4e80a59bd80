"""Remove backups that are older than an organisation lets anything be kept, and photo files that none holds any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from fieldapp.backup.folder import PREFIX, STAMP, Backup, BackupFolder
from fieldapp.infra.part_files import fsync_folder
from fieldapp.sync.epoch import read_verified


def prune(folder: BackupFolder, data_dir: Path, keep_for: timedelta, now: datetime) -> list[str]:
    """Remove what is older than `keep_for`, but never the newest verified nor the newest of all. Return the names."""
    found = folder.all()
    kept = newest_verified_names(found, data_dir) | {found[-1].name if found else ""}
    doomed = [backup for backup in found if backup.name not in kept and now - taken_at(backup) > keep_for]
    for backup in doomed:
        folder.remove(backup)
    _sweep_photos(folder)
    return [backup.name for backup in doomed]


def newest_verified_names(found: list[Backup], data_dir: Path) -> set[str]:
    """Return the backup that phones were told of, and the newest that was found whole, of whichever epoch."""
    told = read_verified(data_dir)
    names = {told.name} if told is not None else set()
    verified = [backup for backup in found if backup.is_verified]
    return names | {backup.name for backup in verified[-1:]}


def taken_at(backup: Backup) -> datetime:
    """Return when a backup was taken: by its manifest, else by its name, else by its folder's time."""
    if backup.manifest is not None:
        return backup.manifest.taken_at
    try:
        return datetime.strptime(backup.name.removeprefix(PREFIX)[:16], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return datetime.fromtimestamp(backup.path.stat().st_mtime, UTC)


def _sweep_photos(folder: BackupFolder) -> None:
    """Remove photo files that no backup names. While a manifest cannot be read nobody knows what it named: all stay."""
    manifests = [backup.manifest for backup in folder.all()]
    named = {photo.path for manifest in manifests if manifest is not None for photo in manifest.photos}
    if None in manifests:
        return
    for path in folder.photos.glob("*/*/*"):
        if str(path.relative_to(folder.photos)) not in named:
            path.unlink()
            fsync_folder(path.parent)
