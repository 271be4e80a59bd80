"""Backups outlive releases: an upgrade takes one first, and one of an earlier release can be put back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine

from fieldapp.backup.create import create
from fieldapp.backup.folder import BackupFailed, BackupFolder
from fieldapp.backup.manifest import MANIFEST_FILE
from fieldapp.backup.restore import restore
from fieldapp.cli import main
from fieldapp.infra import migrate
from tests.backup.conftest import leave, settings_of
from tests.backup.test_create_and_verify import prove, take
from tests.make.world import World

FIRST = "0001"


def at(world: World) -> str | None:
    engine = create_engine(settings_of(world).database_url)
    try:
        return migrate.current(engine)
    finally:
        engine.dispose()


def go_back(world: World) -> None:
    """Make the database one of the first release."""
    leave(world)
    engine = create_engine(settings_of(world).database_url)
    migrate.move(engine, FIRST, down=True)
    engine.dispose()


def upgrade(folder: Path) -> Result:
    return CliRunner().invoke(main, ["upgrade"], env={"ROND_DATA_DIR": str(folder)})


def test_an_upgrade_takes_a_backup_that_can_be_proven(world: World, tmp_path: Path) -> None:
    go_back(world)
    assert "Backed up to" in upgrade(tmp_path).output
    [backup] = BackupFolder(settings_of(world).backups).all()
    assert backup.manifest is not None
    assert (backup.manifest.migration, at(world)) == (FIRST, migrate.head())
    assert prove(world).faults == ()


def test_where_nothing_changes_no_backup_is_taken(world: World, tmp_path: Path) -> None:
    leave(world)
    assert "already" in upgrade(tmp_path).output
    assert not settings_of(world).backups.exists()


def test_a_backup_of_an_earlier_release_is_brought_to_this_ones_schema(any_store: World) -> None:
    go_back(any_store)
    create(settings_of(any_store), any_store.clock.now())
    any_store.clock.advance(timedelta(hours=1))
    restore(settings_of(any_store), None, any_store.clock.now())
    assert at(any_store) == migrate.head()


def test_a_backup_of_a_later_release_is_not_put_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    name = take(world).name
    path = settings_of(world).backups / name / MANIFEST_FILE
    leave(world)
    monkeypatch.setattr("fieldapp.backup.restore.migrate.is_known", lambda _revision: False)
    with pytest.raises(BackupFailed, match="later release"):
        restore(settings_of(world), None, world.clock.now())
    assert path.exists()
    assert list(settings_of(world).data_dir.glob("replaced-*")) == []
