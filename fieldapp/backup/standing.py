"""How an installation stands with its backups: what `fieldapp check` says of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from fieldapp.backup import contents
from fieldapp.infra.scratch import is_missing
from fieldapp.settings import Settings
from fieldapp.sync.epoch import read_verified

VERIFIED_WITHIN = timedelta(hours=26)
"""A backup a night, and two hours for a late one."""

REPLACED = "replaced-"
"""What a restore put aside lies in the data folder under this name and the time."""

UNFINISHED_RESTORE = "restore_unfinished"
"""Lies in the data folder while a restore is going on, and after it was interrupted."""


def warnings(settings: Settings, now: datetime) -> list[str]:
    """Return what should be put right though everything works."""
    return [*_of_verified(settings, now), *_of_replaced(settings)]


def _of_verified(settings: Settings, now: datetime) -> list[str]:
    verified = read_verified(settings.data_dir)
    if verified is None:
        days = settings.retain_days
        return [f"no verified backup: phones forget after {days} days all the same (backup create, backup verify)"]
    found = []
    age = now - verified.taken_at
    if age > VERIFIED_WITHIN:
        found.append(f"the newest verified backup is {age // timedelta(hours=1)} hours old")
    if not (settings.backups / verified.name).is_dir():
        found.append(f"the verified backup {verified.name} is not in {settings.backups} any more")
    return found


def _of_replaced(settings: Settings) -> list[str]:
    """What a restore replaced holds personal data that nobody erases from it."""
    return [
        f"{path} still holds what a restore replaced: remove it when its report has been worked through"
        for path in sorted(settings.data_dir.glob(f"{REPLACED}*"))
    ]


def unfit(settings: Settings) -> str | None:
    """Return what forbids to serve from this store: phones could forget what it has not."""
    if (settings.data_dir / UNFINISHED_RESTORE).exists():
        return "a restore was interrupted: run fieldapp backup restore again"
    return _older_than_its_backup(settings)


def _older_than_its_backup(settings: Settings) -> str | None:
    """Return what is wrong when a database holds less than the backup that phones were told of.

    Somebody has put an older one in its place by hand: phones believe it to be the same store and give nothing back.
    """
    verified = read_verified(settings.data_dir)
    if verified is None or is_missing(settings.database_url):
        return None
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            heads = contents.heads(connection)
    except SQLAlchemyError:
        return None  # said by another check
    finally:
        engine.dispose()
    if all(heads.get(tenant, seq) >= seq for tenant, seq in verified.heads.items()):
        return None
    return (
        f"the database holds less than {verified.name}: put it back with fieldapp backup restore, so that phones know"
    )
