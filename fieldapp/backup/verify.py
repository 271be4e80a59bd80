"""Prove a backup: hash every file again, open the database copy in a database of its own, compare both with the manifest.

What is asked of the copy is asked anew, not believed: which photo files it calls whole, each tenant's last seq, each table's
rows, and the database's own check of itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

from fieldapp.backup import contents
from fieldapp.backup.folder import Backup, BackupFailed, BackupFolder, Verdict
from fieldapp.backup.manifest import MANIFEST_FILE, BadManifest, Manifest, PhotoFile, read_manifest
from fieldapp.infra import migrate
from fieldapp.infra.durable import file_sha256
from fieldapp.infra.scratch import scratch
from fieldapp.infra.snapshot import SUFFIXES, kind_of
from fieldapp.settings import Settings
from fieldapp.sync.epoch import VerifiedBackup, read_epoch, read_verified, write_verified


@dataclass(slots=True)
class Finding:
    """What was found so far. `is_database_whole`: the copy could be opened and says what the manifest says.

    `lost` are all photo files that the database calls whole and the backup has not, `damaged` those of them that are there.
    """

    faults: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    lost: set[PhotoFile] = field(default_factory=set)
    photos: int = 0
    is_database_whole: bool = True

    def database_fault(self, fault: str) -> None:
        """Note what is wrong with the database copy."""
        self.faults.append(fault)
        self.is_database_whole = False


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification says: the backup, its manifest if it could be read, how many photo files it has, the faults."""

    name: str
    manifest: Manifest | None
    photos: int
    faults: tuple[str, ...]
    safe: VerifiedBackup | None
    """`safe` is what phones are told from now on."""


def verify(settings: Settings, name: str | None, now: datetime) -> Verified:
    """Prove a backup, the newest if none is named, and let what is then the newest proven one count for phones.

    Raises:
        BackupFailed: there is no such backup, or it could not be looked at for a reason that is not its own.
    """
    folder = BackupFolder(settings.backups)
    with folder.locked():
        backup = folder.one(name)
        try:
            with examined(settings, folder, backup, folder.root) as (_address, finding):
                pass
        except OSError as error:
            raise BackupFailed(f"{backup.name} could not be looked at: {error}") from error
        folder.write_verdict(backup, Verdict(now, tuple(finding.faults), tuple(finding.damaged)))
        safe = settle_verified(settings.data_dir, folder)
    return Verified(backup.name, backup.manifest, finding.photos, tuple(finding.faults), safe)


def settle_verified(data_dir: Path, folder: BackupFolder) -> VerifiedBackup | None:
    """Let the newest proven backup of this store count for phones, and no other; return it.

    Of this store are those of its epoch, and the one it was restored from.
    """
    epoch, before = read_epoch(data_dir), read_verified(data_dir)
    base = before.base if before is not None else None
    proven = [backup for backup in folder.all() if backup.is_verified and backup.manifest is not None]
    ours = [
        backup.manifest
        for backup in proven
        if backup.manifest is not None and (backup.manifest.epoch == epoch or backup.name == base)
    ]
    newest = max(ours, key=lambda manifest: manifest.taken_at, default=None)
    after = None if newest is None else VerifiedBackup(epoch, newest.name, newest.taken_at, newest.heads, base)
    if after != before:
        write_verified(data_dir, after)
    return after


@contextmanager
def examined(
    settings: Settings, folder: BackupFolder, backup: Backup, scratch_folder: Path
) -> Iterator[tuple[str | None, Finding]]:
    """Look at all of a backup. Yield what was found, and the address of a database loaded with its copy, if one could be."""
    finding = Finding()
    try:
        manifest = read_manifest(backup.path)
    except BadManifest as error:
        finding.database_fault(f"{MANIFEST_FILE}: {error}")
        yield None, finding
        return
    _check_photos(folder, manifest, finding)
    _check_database_file(settings, backup.path, manifest, finding)
    if not finding.is_database_whole:
        yield None, finding
        return
    with ExitStack() as stack:
        copy = backup.path / manifest.database_file
        try:
            address = stack.enter_context(scratch(settings.database_url, copy, scratch_folder))
        except RuntimeError as error:
            finding.database_fault(f"{copy.name}: cannot be loaded: {error}")
            yield None, finding
            return
        _check_database(address, manifest, finding)
        yield address, finding


def _check_photos(folder: BackupFolder, manifest: Manifest, finding: Finding) -> None:
    for photo, size in sorted(manifest.photos.items()):
        path = folder.photo_path(photo)
        where = f"files/{photo.path}"
        if not path.is_file():
            finding.faults.append(f"{where}: missing")
            finding.lost.add(photo)
        elif path.stat().st_size != size or file_sha256(path) != photo.sha256:
            finding.faults.append(f"{where}: damaged")
            finding.damaged.append(photo.path)
            finding.lost.add(photo)
        else:
            finding.photos += 1
    finding.faults += [f"files/{photo.path}: the store itself had lost it" for photo in manifest.lacking]
    finding.lost |= set(manifest.lacking)


def _check_database_file(settings: Settings, path: Path, manifest: Manifest, finding: Finding) -> None:
    copy = path / manifest.database_file
    if not copy.is_file():
        finding.database_fault(f"{copy.name}: missing")
    elif copy.stat().st_size != manifest.database_bytes:
        finding.database_fault(f"{copy.name}: {copy.stat().st_size} bytes, not {manifest.database_bytes}")
    elif file_sha256(copy) != manifest.database_sha256:
        finding.database_fault(f"{copy.name}: damaged")
    elif copy.suffix != f".{SUFFIXES[kind_of(settings.database_url)]}":
        finding.database_fault(f"{copy.name}: of another kind of database than this installation's")


def _check_database(address: str, manifest: Manifest, finding: Finding) -> None:
    engine = create_engine(address)
    try:
        _check_integrity(engine, finding)
        with engine.connect() as connection:
            _compare(connection, manifest, finding)
    except SQLAlchemyError as error:
        finding.database_fault(f"{manifest.database_file}: {getattr(error, 'orig', None) or error}")
    finally:
        engine.dispose()


def _check_integrity(engine: Engine, finding: Finding) -> None:
    """Ask SQLite's own check. PostgreSQL has made every key and constraint anew as it loaded the copy."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
            if line != "ok":
                finding.database_fault(f"database: integrity_check: {line}")
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            finding.database_fault(f"database: a row of {row[0]} refers to nothing")


def _compare(connection: Connection, manifest: Manifest, finding: Finding) -> None:
    found = migrate.revision(connection)
    if found != manifest.migration:
        finding.database_fault(f"database: at {found}, not {manifest.migration}")
    rows = contents.row_counts(connection)
    for table in sorted(rows.keys() | manifest.rows.keys()):
        if rows.get(table) != manifest.rows.get(table):
            finding.database_fault(f"database: {table} has {rows.get(table)} rows, not {manifest.rows.get(table)}")
    heads = contents.heads(connection)
    for tenant in sorted(heads.keys() | manifest.heads.keys()):
        if heads.get(tenant) != manifest.heads.get(tenant):
            told = manifest.heads.get(tenant)
            finding.database_fault(f"database: organisation {tenant} is at seq {heads.get(tenant)}, not {told}")
    unnamed = contents.whole_photos(connection) - manifest.photos.keys() - set(manifest.lacking)
    finding.lost |= unnamed
    finding.faults += [
        f"files/{photo.path}: not in the backup though the database calls it whole" for photo in sorted(unnamed)
    ]
