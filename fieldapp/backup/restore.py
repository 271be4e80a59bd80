"""Put a backup back: prove it, say what will be gone, put aside what is there, and make the store another one for phones.

The new epoch is written before anything is replaced: should the restore be interrupted, phones give everything back once too
often, never once too seldom. Until it is finished a file in the data folder keeps server and worker from starting.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from fieldapp import create_app
from fieldapp.access import audit
from fieldapp.access.models import Organisation
from fieldapp.backup.folder import STAMP, Backup, BackupFailed, BackupFolder, Verdict
from fieldapp.backup.lost_deliveries import doubt_deliveries
from fieldapp.backup.lost_photos import ask_again
from fieldapp.backup.manifest import Manifest, PhotoFile
from fieldapp.backup.report import Since, lost_since
from fieldapp.backup.standing import REPLACED, UNFINISHED_RESTORE
from fieldapp.backup.verify import Finding, examined
from fieldapp.infra import migrate, scratch
from fieldapp.infra.db import as_tenant, db
from fieldapp.infra.durable import copy_hashed, write_durably
from fieldapp.infra.part_files import fsync_folder
from fieldapp.infra.presence import InUse, alone
from fieldapp.infra.snapshot import kind_of
from fieldapp.kernel.time import FixedClock
from fieldapp.settings import Settings
from fieldapp.sync.epoch import VerifiedBackup, begin_epoch, read_verified, write_verified

REPORT_FILE = "report.txt"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, the store's new epoch, and the report; the report also lies in the folder `aside`."""

    name: str
    epoch: str
    aside: Path
    report: tuple[str, ...]


def is_empty(settings: Settings) -> bool:
    """Tell whether a restore would replace nothing."""
    if (settings.data_dir / "blobs").exists():
        return False
    if scratch.is_missing(settings.database_url):
        return True
    engine = create_engine(settings.database_url)
    try:
        return migrate.current(engine) is None
    except SQLAlchemyError:
        return kind_of(settings.database_url) == "postgresql"  # there is no such database; a broken file is something
    finally:
        engine.dispose()


def restore(settings: Settings, name: str | None, now: datetime, *, accepts_lost_photos: bool = False) -> Restored:
    """Put a backup, the newest if none is named, in the place of what is there.

    `accepts_lost_photos`: go on though photo files of the backup are damaged or missing.

    Raises:
        BackupFailed: the backup is not whole, or the installation is in use. Nothing was changed.
    """
    folder = BackupFolder(settings.backups)
    try:
        with alone(settings.data_dir), folder.locked():
            if scratch.others_connected(settings.database_url):
                raise BackupFailed("somebody is connected to the database: stop server and worker first")
            backup = folder.one(name)
            beside = _folder_of_database(settings)
            with examined(settings, folder, backup, beside) as (address, finding):
                manifest = _require_whole(backup, finding, accepts_lost_photos=accepts_lost_photos)
                restored = _replace(settings, folder, manifest, str(address), finding, now)
            if not finding.faults:
                folder.write_verdict(backup, Verdict(now, ()))
    except InUse as error:
        raise BackupFailed("server or worker is running: stop them first") from error
    except (RuntimeError, OSError) as error:
        raise BackupFailed(f"the restore did not come to its end: {error}") from error
    _note(settings, restored, now)
    return restored


def _folder_of_database(settings: Settings) -> Path:
    """Return where a database file may lie until it takes its place by a rename."""
    if kind_of(settings.database_url) == "postgresql":
        return settings.data_dir
    found = Path(str(make_url(settings.database_url).database)).parent
    found.mkdir(parents=True, exist_ok=True)
    for left in found.glob(".scratch-*"):
        left.unlink()
    return found


def _require_whole(backup: Backup, finding: Finding, *, accepts_lost_photos: bool) -> Manifest:
    manifest = backup.manifest
    if manifest is None or not finding.is_database_whole or (finding.faults and not accepts_lost_photos):
        raise BackupFailed("\n".join([f"{backup.name} is not whole, and nothing was changed:", *finding.faults]))
    if not migrate.is_known(manifest.migration):
        raise BackupFailed(f"{backup.name} was taken by a later release ({manifest.migration}): install that first")
    return manifest


def _replace(
    settings: Settings, folder: BackupFolder, manifest: Manifest, address: str, finding: Finding, now: datetime
) -> Restored:
    _bring_up(address, finding.lost)
    lines = _report(settings, manifest, address, now)
    photos = _lay_out_photos(settings, folder, manifest)
    aside = _aside(settings, now)
    marker = settings.data_dir / UNFINISHED_RESTORE
    write_durably(marker, manifest.name.encode())
    epoch = begin_epoch(settings.data_dir)
    report = [
        f"{manifest.name}, taken {manifest.taken_at:%Y-%m-%d %H:%M} UTC, was put back {now:%Y-%m-%d %H:%M} UTC.",
        f"The store is another one for phones now ({epoch}): they send again what they still have.",
        *(f"not in the backup: {fault}" for fault in finding.faults),
        *lines,
    ]
    write_durably(aside / REPORT_FILE, ("\n".join(report) + "\n").encode())
    try:
        kept = scratch.exchange(settings.database_url, address, aside, aside.name.removeprefix(REPLACED))
    except RuntimeError:
        marker.unlink()  # PostgreSQL refused, and nothing has been replaced
        shutil.rmtree(aside)
        raise
    blobs = settings.data_dir / "blobs"
    if blobs.exists():
        blobs.replace(aside / "blobs")
    photos.replace(blobs)
    if kept or (aside / "blobs").exists():
        where = f"{aside} and {kept}" if kept.startswith("database ") else aside
        report.append(f"What was replaced is kept in {where}.")
        write_durably(aside / REPORT_FILE, ("\n".join(report) + "\n").encode())
    fsync_folder(settings.data_dir)
    if not finding.faults:
        heads = dict(manifest.heads)
        write_verified(
            settings.data_dir, VerifiedBackup(epoch, manifest.name, manifest.taken_at, heads, base=manifest.name)
        )
    marker.unlink()
    fsync_folder(settings.data_dir)
    return Restored(manifest.name, epoch, aside, tuple(report))


def _bring_up(address: str, lost: set[PhotoFile]) -> None:
    """Bring a backup of an earlier release to this release's schema; let phones be asked for photos that it lost.

    What was handed to receivers since the backup is not known any more, and neither are the numbers that new cases got.
    """
    engine = create_engine(address)
    try:
        if migrate.current(engine) != migrate.head():
            migrate.move(engine)
        with engine.begin() as connection:
            ask_again(connection, lost)
            doubt_deliveries(connection)
    finally:
        engine.dispose()


def _report(settings: Settings, manifest: Manifest, address: str, now: datetime) -> list[str]:
    if is_empty(settings):
        return ["Nothing was there before."]
    told = read_verified(settings.data_dir)
    engines: list[Engine] = [create_engine(settings.database_url), create_engine(address)]
    try:
        with engines[0].connect() as replaced, engines[1].connect() as restored:
            return lost_since(Since(replaced, restored, manifest, told, settings.retain_days, now))
    except (SQLAlchemyError, UnicodeDecodeError) as error:
        why = str(getattr(error, "orig", None) or error).strip()
        return [f"What the desk changed since the backup cannot be told: the replaced database cannot be read ({why})."]
    finally:
        for engine in engines:
            engine.dispose()


def _lay_out_photos(settings: Settings, folder: BackupFolder, manifest: Manifest) -> Path:
    """Copy the backup's photos beside the store's. Those that are damaged or missing are left out."""
    target = settings.data_dir / ".restoring-blobs"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o700)
    folders = {target}
    for photo in sorted(manifest.photos):
        path = target / photo.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folders |= {path.parent, path.parent.parent}
        source = folder.photo_path(photo)
        if source.is_file():
            copy_hashed(source, path, photo.sha256)
    for made in folders:
        fsync_folder(made)
    return target


def _aside(settings: Settings, now: datetime) -> Path:
    """Make a folder for what is replaced."""
    name = f"{REPLACED}{now.strftime(STAMP)}"
    for number in range(1, 100):
        path = settings.data_dir / (name if number == 1 else f"{name}-{number}")
        if not path.exists():
            path.mkdir(mode=0o700)
            return path
    raise BackupFailed("there were too many restores in one second")


def _note(settings: Settings, restored: Restored, now: datetime) -> None:
    """Write into each organisation's audit that it has gone back to an earlier state."""
    app = create_app(settings, clock=FixedClock(now))
    with app.app_context():
        tenants = db.session.scalars(select(Organisation.id).where(Organisation.is_tenant)).all()
        for tenant_id in tenants:
            with as_tenant(tenant_id, write=True):
                audit.write(tenant_id, "organisation:restore", at=now, file=restored.name)
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
