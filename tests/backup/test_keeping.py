"""What is kept and what is not: retention, and commands that are stopped at every step."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from fieldapp.access.models import Organisation
from fieldapp.backup.create import create
from fieldapp.backup.folder import PREFIX, BackupFailed, BackupFolder
from fieldapp.backup.manifest import MANIFEST_FILE
from fieldapp.backup.restore import restore
from fieldapp.backup.standing import unfit, warnings
from fieldapp.backup.verify import verify
from fieldapp.infra.db import db
from fieldapp.sync.epoch import read_epoch, read_verified
from tests.backup.conftest import leave, settings_of
from tests.backup.test_create_and_verify import head, prove, send, take
from tests.infra.stopping_disk import Stopped
from tests.make.world import Tenant, World
from tests.sync.test_photos import jpeg, run_jobs


def names(world: World) -> list[str]:
    return [backup.name for backup in BackupFolder(settings_of(world).backups).all()]


def retain(world: World, tenant: Tenant, hours: int) -> None:
    with world.app.app_context():
        db.session.get_one(Organisation, tenant.id).track_retention_hours = hours
        db.session.commit()


def nights(world: World, count: int, *, prove_each: bool = True) -> list[str]:
    taken = []
    for _ in range(count):
        taken.append(take(world).name)
        if prove_each:
            prove(world)
        world.clock.advance(timedelta(days=1))
    return taken


def test_backups_older_than_the_shortest_retention_are_removed(any_store: World) -> None:
    retain(any_store, any_store.foreign, 48)
    taken = nights(any_store, 5)
    assert names(any_store) == taken[-3:]  # the newest, and those that were 24 and 48 hours old as it was taken


def test_an_organisation_that_stores_no_tracks_shortens_nothing(world: World) -> None:
    for tenant, hours in ((world.home, 0), (world.foreign, 96)):
        retain(world, tenant, hours)
    assert len(nights(world, 5)) == len(names(world)) == 5


@pytest.mark.parametrize("hours", [0, 1, 744])
def test_where_no_tracks_are_stored_backups_are_kept_for_a_month(world: World, hours: int) -> None:
    retain(world, world.home, hours)
    retain(world, world.foreign, hours)
    first = take(world).name
    world.clock.advance(timedelta(hours=hours or 744))
    take(world)
    assert first in names(world)
    world.clock.advance(timedelta(seconds=1))
    take(world)
    assert first not in names(world)


def test_the_newest_verified_is_never_removed(world: World) -> None:
    [verified] = nights(world, 1)
    taken = nights(world, 8, prove_each=False)
    assert names(world) == [verified, *taken[-4:]]
    safe = read_verified(settings_of(world).data_dir)
    assert safe is not None
    assert safe.name == verified
    assert prove(world, verified).faults == ()


def test_an_unreadable_backup_is_removed_by_its_name_and_keeps_all_photos_until_then(world: World) -> None:
    photo = send(world.phone(), jpeg())
    broken = take(world).name
    manifest = settings_of(world).backups / broken / MANIFEST_FILE
    manifest.write_bytes(manifest.read_bytes()[:100])
    shutil.rmtree(settings_of(world).data_dir / "blobs")
    with world.app.app_context():
        for table in ("observation_photos", "named_blobs"):
            db.session.connection().execute(db.metadata.tables[table].delete())
        db.session.commit()
    kept = settings_of(world).backups / "files" / str(world.home.id) / "received" / photo
    for _ in range(3):
        world.clock.advance(timedelta(days=1))
        take(world)
        assert kept.exists()
    world.clock.advance(timedelta(days=1))
    take(world)
    assert broken not in names(world)
    assert not kept.exists()


def test_photos_that_no_backup_names_any_more_are_removed(world: World) -> None:
    received = send(world.phone(), jpeg(600))
    nights(world, 1)
    run_jobs(world)
    nights(world, 4)
    left = {path.parent.name for path in (settings_of(world).backups / "files").glob("*/*/*")}
    assert left == {"clean"}
    assert not list((settings_of(world).backups / "files").rglob(received))
    assert prove(world).faults == ()


@contextmanager
def stopping(at: int, error: BaseException) -> Iterator[list[int]]:
    """Let the `at`-th step that makes something durable fail; tell how many there were."""
    steps = [0]
    real = {name: getattr(os, name) for name in ("fsync", "replace", "rename", "unlink", "rmdir")}

    def stepped(name: str) -> Any:
        def step(*args: Any, **options: Any) -> Any:
            steps[0] += 1
            if steps[0] == at:
                raise error
            return real[name](*args, **options)

        return step

    with pytest.MonkeyPatch.context() as patch:
        for name in real:
            patch.setattr(os, name, stepped(name))
        yield steps


def every_step(world: World, error: BaseException, act: Any) -> Iterator[int]:
    """Stop an act at its first step, its second, … until it comes to its end."""
    for at in range(1, 200):
        with stopping(at, error) as steps:
            try:
                act()
            except (BackupFailed, Stopped, OSError):
                pass
            else:
                if steps[0] < at:
                    return
        yield at
    raise AssertionError("it never came to its end")


FULL = OSError(errno.ENOSPC, "no space left on device")


@pytest.mark.slow
@pytest.mark.parametrize("error", [Stopped(), FULL], ids=["stopped", "disk full"])
def test_a_backup_stopped_at_any_step_is_whole_or_is_none(world: World, error: BaseException) -> None:
    phone = world.phone()
    send(phone, jpeg())
    run_jobs(world)
    send(phone, jpeg(48))
    take(world)
    prove(world)
    settings = settings_of(world)
    safe = read_verified(settings.data_dir)
    seen = 0
    for _ in every_step(world, error, lambda: create(settings, world.clock.now())):
        for name in names(world):
            assert prove(world, name).faults == ()
        assert read_verified(settings.data_dir) == safe or len(names(world)) > 1
        world.clock.advance(timedelta(seconds=1))
        seen += 1
        send(phone, jpeg(60 + seen))
    assert seen >= 10
    take(world)
    assert [path.name for path in settings.backups.iterdir() if path.name.startswith(".")] == []


@pytest.mark.slow
def test_a_verification_stopped_at_any_step_tells_phones_nothing_that_is_not_proven(world: World) -> None:
    phone = world.phone()
    phone.acks(phone.record())
    take(world)
    prove(world)
    world.clock.advance(timedelta(hours=1))
    phone.acks(phone.record())
    newer = take(world)
    settings = settings_of(world)
    proven = {read_verified(settings.data_dir).heads[world.home.id], head(world)}  # type: ignore[union-attr]
    for _ in every_step(world, Stopped(), lambda: verify(settings, newer.name, world.clock.now())):
        safe = read_verified(settings.data_dir)
        assert safe is not None
        assert safe.heads[world.home.id] in proven


@pytest.mark.slow
def test_a_restore_stopped_at_any_step_is_served_under_a_new_epoch_or_not_at_all(world: World) -> None:
    phone = world.phone()
    send(phone, jpeg())
    take(world)
    prove(world)
    world.clock.advance(timedelta(hours=1))
    phone.acks(phone.record())
    before = head(world)
    settings = settings_of(world)
    epoch = read_epoch(settings.data_dir)
    leave(world)
    served = 0
    for _ in every_step(world, Stopped(), lambda: restore(settings, None, world.clock.now())):
        if unfit(settings) is None and (settings.data_dir / "rond.sqlite3").exists():
            served += 1
            assert head(world) == before or read_epoch(settings.data_dir) != epoch
            leave(world)
    assert served > 0


def test_what_an_interrupted_command_left_is_not_taken_for_a_backup(world: World) -> None:
    name = take(world).name
    backups = settings_of(world).backups
    shutil.copytree(backups / name, backups / f".unfinished-{PREFIX}20261121T000000Z")
    assert names(world) == [name]
    take(world)
    assert [path.name for path in backups.iterdir() if path.name.startswith(".")] == []


def test_two_commands_do_not_work_on_the_backups_at_once(world: World) -> None:
    folder = BackupFolder(settings_of(world).backups)
    with folder.locked(), pytest.raises(BackupFailed, match="another backup command"):
        take(world)


def test_the_check_warns_of_backups_that_are_old_or_not_there(world: World) -> None:
    settings, clock = settings_of(world), world.clock

    def said() -> str:
        return " ".join(warnings(settings, clock.now()))

    assert "no verified backup" in said()
    name = take(world).name
    assert "no verified backup" in said()
    prove(world)
    clock.advance(timedelta(hours=26))
    assert said() == ""
    clock.advance(timedelta(seconds=1))
    assert "26 hours old" in said()
    shutil.rmtree(settings.backups / name)
    assert "is not in" in said()


def test_the_check_tells_of_what_a_restore_put_aside(world: World) -> None:
    take(world)
    prove(world)
    leave(world)
    done = restore(settings_of(world), None, world.clock.now())
    assert [str(done.aside) in line for line in warnings(settings_of(world), world.clock.now())] == [True]


def test_nobody_else_can_read_a_backup_or_what_was_replaced(world: World) -> None:
    take(world)
    leave(world)
    done = restore(settings_of(world), None, world.clock.now())
    for folder in (settings_of(world).backups, done.aside, settings_of(world).data_dir / "blobs"):
        assert folder.stat().st_mode & 0o077 == 0
