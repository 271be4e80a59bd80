"""After a restore everything is there once: phones give back theirs, and the report names what the desk has to do again."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, select, text

from fieldapp import create_app
from fieldapp.access import audit
from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from fieldapp.backup.create import create
from fieldapp.backup.folder import BackupFailed
from fieldapp.backup.manifest import Manifest
from fieldapp.backup.restore import Restored, _report, is_empty, restore
from fieldapp.backup.standing import UNFINISHED_RESTORE, unfit
from fieldapp.backup.verify import verify
from fieldapp.cli import main
from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db
from fieldapp.infra.presence import at_work
from fieldapp.observations.models import Observation, ObservationPhoto
from fieldapp.settings import Settings
from fieldapp.sync.epoch import read_epoch, read_verified
from fieldapp.sync.models import LedgerEntry
from tests.backup.conftest import leave, settings_of
from tests.backup.test_create_and_verify import flipped
from tests.make.giving_back import KeepingPhone
from tests.make.world import World
from tests.sync.test_photos import jpeg, run_jobs


def keeping_phone(world: World) -> KeepingPhone:
    login = world.home.users[Role.HOST].login
    phone = KeepingPhone(world.app, world.clock, world.home, login=login)
    phone.sign_in(login)
    return phone


def back_up(world: World) -> Manifest:
    manifest = create(settings_of(world), world.clock.now()).manifest
    assert verify(settings_of(world), None, world.clock.now()).faults == ()
    return manifest


def put_back(world: World, *phones: KeepingPhone, **options: Any) -> Restored:
    """Restore the newest backup as an operator does: the server ends, and starts again on what was put back."""
    leave(world)
    done = restore(settings_of(world), None, world.clock.now(), **options)
    world.app = create_app(settings_of(world), clock=world.clock)
    for phone in phones:
        cookies = phone.http._cookies
        phone.app = world.app
        phone.http = world.app.test_client()
        phone.http._cookies = cookies
    return done


def evening(phone: KeepingPhone, *colours: str) -> None:
    """Log graffiti with a photo each, on a round."""
    start = phone.keep(phone.operation("round.start", data={"zone": str(phone.tenant.zone.id), "party_size": 2}))
    for colour in colours:
        photo = jpeg(600, colour)
        phone.keep(phone.record_with_photo(photo, start["entity"]), photo)
    phone.keep(phone.operation("round.end", start["entity"], {"reason": "done"}))
    phone.sync()


def contents_of(world: World) -> tuple[set[str], dict[str, str], int]:
    """Return the home tenant's records, its photos' states by hash and how many operations were received."""
    with world.as_home():
        records = db.session.scalars(select(Observation.id)).all()
        photos = db.session.scalars(select(ObservationPhoto)).all()
        assert len(photos) == len({photo.sha256 for photo in photos})
        ledger = db.session.scalars(select(LedgerEntry.id)).all()
        return {str(each) for each in records}, {photo.sha256: photo.state for photo in photos}, len(ledger)


def test_phones_give_back_what_the_backup_had_not_and_the_report_names_the_desks_changes(any_store: World) -> None:
    world = any_store
    phone = keeping_phone(world)
    evening(phone, "teal")
    run_jobs(world)
    evening(phone, "navy")  # its photo waits in quarantine
    manifest = back_up(world)
    world.clock.advance(timedelta(hours=9))
    evening(phone, "olive", "maroon")
    late = keeping_phone(world)  # signs in for the first time after the backup
    evening(late, "purple")
    run_jobs(world)
    desk = world.desk()
    record = next(op["entity"] for op in phone.acked if op["type"] == "observation.record")
    desk.post(
        f"/desk/observations/{record}/comments", {"text": "Tack, hemligt"}, token_from=f"/desk/observations/{record}"
    )
    before = contents_of(world)
    done = put_back(world, phone, late)
    assert read_epoch(settings_of(world).data_dir) == done.epoch != manifest.epoch
    assert len(contents_of(world)[0]) == 2
    assert (phone.sync(), late.sync()) == (1, 1)
    run_jobs(world)
    assert contents_of(world) == before
    assert set(before[1].values()) == {"clean"}
    assert pictures_are_whole(world)
    assert phone.sync() == late.sync() == 0
    assert contents_of(world) == before
    report = "\n".join(done.report)
    assert "observation:comment: 1" in report
    assert f"observation {record}  by {world.home.users[Role.SUPERVISOR].id}" in report
    assert "from phones: 7 operations of 2 devices and 3 photos" in report
    assert "cases 3, 4, 5: opened anew" in report
    assert "1 devices first signed in since" in report
    assert "hemligt" not in report
    assert not any(user.name in report or user.login in report for user in world.home.users.values())
    assert "Organisation annan\n  nothing was written since the backup" in report


def pictures_are_whole(world: World) -> bool:
    store: BlobStore = world.app.extensions["rond_blobs"]
    with world.as_home():
        photos = db.session.scalars(select(ObservationPhoto)).all()
    for photo in photos:
        store.read_clean(world.home.id, str(photo.clean_sha256))
        store.read_clean(world.home.id, str(photo.thumb_sha256))
    return store.verify(world.home.id).mismatches == ()


def test_after_a_restore_only_what_the_backup_holds_is_safe(any_store: World) -> None:
    world = any_store
    phone = keeping_phone(world)
    evening(phone, "teal")
    first = back_up(world)
    world.clock.advance(timedelta(hours=1))
    evening(phone, "navy")
    second = back_up(world)
    shutil.rmtree(settings_of(world).backups / second.name)
    put_back(world, phone)
    assert read_verified(settings_of(world).data_dir) is not None
    assert phone.push().status_code == 409
    phone.sync()
    answer = phone.push(phone.record()).json
    assert answer["safe_seq"] == first.heads[world.home.id] < answer["acks"][0]["seq"]


def test_a_backup_of_the_epoch_before_counts_no_more_though_it_is_newer(world: World) -> None:
    phone = keeping_phone(world)
    evening(phone, "teal")
    first = back_up(world)
    world.clock.advance(timedelta(hours=1))
    evening(phone, "navy")
    second = back_up(world)
    leave(world)
    restore(settings_of(world), first.name, world.clock.now())
    for name in (second.name, first.name):
        safe = verify(settings_of(world), name, world.clock.now()).safe
        assert safe is not None
        assert (safe.name, safe.heads) == (first.name, first.heads)


def test_what_is_replaced_is_kept(any_store: World) -> None:
    world = any_store
    phone = keeping_phone(world)
    back_up(world)
    evening(phone, "teal")
    run_jobs(world)
    done = put_back(world, phone)
    assert [path for path in (done.aside / "blobs").rglob("*") if path.is_file()] != []
    assert (done.aside / "report.txt").read_text().splitlines() == list(done.report)
    url = settings_of(world).database_url
    replaced = f"sqlite:///{done.aside}/rond.sqlite3"
    if url.startswith("postgresql"):
        stamp = done.aside.name.removeprefix("replaced-").lower()
        name = url.split("/")[-1].split("?")[0]
        replaced = url.replace(f"/{name}?", f"/{name}_replaced_{stamp}?")
    engine = create_engine(replaced)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM observations")).scalar_one() == 1
    engine.dispose()


def test_a_restore_is_written_into_every_organisations_audit(world: World) -> None:
    back_up(world)
    put_back(world)
    with world.as_home():
        assert audit.broken_link() is None
        newest = db.session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc())).first()
    assert newest is not None
    assert newest.action == "organisation:restore"


def test_a_backup_is_restored_where_nothing_is(any_store: World, tmp_path: Path) -> None:
    world = any_store
    phone = keeping_phone(world)
    evening(phone, "teal")
    run_jobs(world)
    back_up(world)
    before = contents_of(world)
    leave(world)
    fresh, url = tmp_path / "fresh", settings_of(world).database_url
    elsewhere = f"sqlite:///{fresh}/rond.sqlite3" if url.startswith("sqlite") else url.replace("?", "_replaced_no?")
    settings = Settings(fresh, elsewhere, "x" * 40, backup_dir=settings_of(world).backups, is_testing=True)
    assert is_empty(settings)
    assert "Nothing was there before." in restore(settings, None, world.clock.now()).report
    world.app = create_app(settings, clock=world.clock)
    assert contents_of(world) == before
    assert pictures_are_whole(world)


def test_the_report_begins_with_who_is_let_in_again(world: World) -> None:
    phone = keeping_phone(world)
    back_up(world)
    world.clock.advance(timedelta(hours=1))
    evening(phone, "teal")
    record = next(op["entity"] for op in phone.acked if op["type"] == "observation.record")
    page = f"/desk/observations/{record}"
    world.desk().post(f"{page}/comments", {"text": "Tack"}, token_from=page)
    administrator = world.desk(role=Role.ADMINISTRATOR)
    revoked = administrator.post(f"/desk/devices/{phone.device}/revoke", {"kind": "stolen"}, token_from="/desk/devices")
    assert revoked.status_code == 302
    leave(world)
    lines = [line.strip() for line in restore(settings_of(world), None, world.clock.now()).report]
    assert lines.index("device:revoke: 1") < lines.index("observation:comment: 1")


def test_the_report_counts_what_phones_may_have_forgotten(world: World) -> None:
    phone = keeping_phone(world)
    older = back_up(world)
    world.clock.advance(timedelta(hours=1))
    evening(phone, "teal")
    back_up(world)
    copy = _copy_of(world, older)
    leave(world)
    for wait, told in ((timedelta(hours=24, milliseconds=-1), 0), (timedelta(milliseconds=1), 3)):
        world.clock.advance(wait)
        report = "\n".join(_report(settings_of(world), older, copy, world.clock.now()))
        assert ("may have forgotten" in report) == bool(told)
        assert not told or f"of these {told} operations" in report


def _copy_of(world: World, manifest: Manifest) -> str:
    copy = settings_of(world).data_dir / "older.sqlite3"
    shutil.copyfile(settings_of(world).backups / manifest.name / manifest.database_file, copy)
    return f"sqlite:///{copy}"


def test_a_store_that_cannot_be_read_is_replaced_and_the_report_says_so(world: World) -> None:
    back_up(world)
    leave(world)
    for path in settings_of(world).data_dir.glob("rond.sqlite3*"):
        path.write_bytes(b"not a database at all " * 200)
    done = restore(settings_of(world), None, world.clock.now())
    assert any("cannot be read" in line for line in done.report)
    assert unfit(settings_of(world)) is None


def test_a_damaged_backup_replaces_nothing(world: World) -> None:
    phone = keeping_phone(world)
    evening(phone, "teal")
    name = back_up(world).name
    before, epoch = contents_of(world), read_epoch(settings_of(world).data_dir)
    copy = settings_of(world).backups / name / "database.sqlite3"
    copy.write_bytes(flipped(copy.read_bytes(), 5000))
    leave(world)
    with pytest.raises(BackupFailed, match=r"not whole(.|\n)*database.sqlite3: damaged"):
        restore(settings_of(world), None, world.clock.now(), accepts_lost_photos=True)
    assert (contents_of(world), read_epoch(settings_of(world).data_dir)) == (before, epoch)
    assert list(settings_of(world).data_dir.glob("replaced-*")) == []


@pytest.mark.parametrize("is_clean", [False, True], ids=["waiting", "clean"])
def test_photos_that_the_backup_lost_are_asked_of_phones_again(world: World, *, is_clean: bool) -> None:
    phone = keeping_phone(world)
    evening(phone, "teal", "navy")
    if is_clean:
        run_jobs(world)
    before = contents_of(world)
    back_up(world)
    lost = sorted(path for path in (settings_of(world).backups / "files").rglob("*") if path.is_file())[0]
    lost.unlink()
    leave(world)
    with pytest.raises(BackupFailed, match="missing"):
        restore(settings_of(world), None, world.clock.now())
    done = put_back(world, phone, accepts_lost_photos=True)
    assert any(line.startswith("not in the backup: ") for line in done.report)
    assert read_verified(settings_of(world).data_dir) is None
    assert sorted(contents_of(world)[1].values()) == sorted(["named", "clean" if is_clean else "received"])
    phone.sync()
    if is_clean:
        run_jobs(world)
    assert contents_of(world) == before
    assert not is_clean or pictures_are_whole(world)
    back_up(world)


def test_a_photo_that_the_store_lost_is_had_again_by_putting_its_backup_back(world: World) -> None:
    phone = keeping_phone(world)
    evening(phone, "teal")
    shutil.rmtree(settings_of(world).data_dir / "blobs")
    assert len(create(settings_of(world), world.clock.now()).manifest.lacking) == 1
    put_back(world, phone, accepts_lost_photos=True)
    phone.sync()
    run_jobs(world)
    assert pictures_are_whole(world)
    back_up(world)


def test_nothing_is_restored_while_a_server_runs(world: World) -> None:
    back_up(world)
    leave(world)
    with at_work(settings_of(world).data_dir), pytest.raises(BackupFailed, match="is running"):
        restore(settings_of(world), None, world.clock.now())


def test_an_interrupted_restore_lets_nobody_serve_until_it_is_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(world)
    leave(world)

    def stop(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("fieldapp.backup.restore.scratch.exchange", stop)
    with pytest.raises(KeyboardInterrupt):
        restore(settings_of(world), None, world.clock.now())
    assert "interrupted" in (unfit(settings_of(world)) or "")
    monkeypatch.undo()
    restore(settings_of(world), None, world.clock.now())
    assert unfit(settings_of(world)) is None
    assert not (settings_of(world).data_dir / UNFINISHED_RESTORE).exists()


def test_a_database_put_back_by_hand_is_not_served(world: World, tmp_path: Path) -> None:
    leave(world)
    by_hand = shutil.copyfile(tmp_path / "rond.sqlite3", tmp_path / "by_hand.sqlite3")
    phone = keeping_phone(world)
    evening(phone, "teal")
    back_up(world)
    assert unfit(settings_of(world)) is None
    leave(world)
    by_hand.replace(tmp_path / "rond.sqlite3")
    assert "holds less than" in (unfit(settings_of(world)) or "")


def test_the_operator_is_asked_before_anything_is_replaced(world: World, tmp_path: Path) -> None:
    leave(world)
    environment = {"ROND_DATA_DIR": str(tmp_path)}

    def run(*words: str, said: str | None = None) -> Any:
        return CliRunner().invoke(main, ["backup", *words], env=environment, input=said)

    assert run("create").exit_code == 0
    assert run("verify").exit_code == 0
    refused = run("restore", said="n\n")
    assert (refused.exit_code, list(tmp_path.glob("replaced-*"))) == (1, [])
    done = run("restore", "--yes")
    assert done.exit_code == 0, done.output
    assert "The store is another one for phones now" in done.output
