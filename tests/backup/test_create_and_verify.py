"""A backup holds what the database says, is proven before it counts, and says exactly what is wrong with it."""

from __future__ import annotations

import hashlib
import json
import random
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from fieldapp.backup.create import create
from fieldapp.backup.folder import BackupFailed, BackupFolder
from fieldapp.backup.manifest import MANIFEST_FILE, Manifest, PhotoFile, read_manifest
from fieldapp.backup.verify import Verified, verify
from fieldapp.infra import changes
from fieldapp.settings import Settings
from fieldapp.sync.epoch import read_verified
from tests.backup.conftest import settings_of
from tests.make.world import Phone, World
from tests.sync.test_photos import jpeg, run_jobs


def take(world: World) -> Manifest:
    return create(settings_of(world), world.clock.now()).manifest


def prove(world: World, name: str | None = None) -> Verified:
    return verify(settings_of(world), name, world.clock.now())


def send(phone: Phone, photo: bytes) -> str:
    phone.acks(phone.record_with_photo(photo))
    assert phone.send_part(photo).json["done"]
    return hashlib.sha256(photo).hexdigest()


def head(world: World) -> int:
    with world.as_home():
        return changes.head_seq(world.home.id)


def safe_seq(world: World) -> int | None:
    found = read_verified(settings_of(world).data_dir)
    return None if found is None else found.heads[world.home.id]


@pytest.fixture
def peopled(world: World) -> World:
    """A clean picture with its thumbnail, a photo in quarantine, and records without."""
    phone = world.phone()
    send(phone, jpeg(700))
    run_jobs(world)
    send(phone, jpeg(48))
    phone.acks(phone.record(), phone.record())
    return world


def test_a_backup_holds_every_photo_the_database_calls_whole_and_is_proven(any_store: World) -> None:
    phone = any_store.phone()
    send(phone, jpeg(700))
    run_jobs(any_store)
    waiting = send(phone, jpeg(48))
    held = phone.record_with_photo(jpeg(40), category="XX99")
    assert phone.acks(held)[0]["st"] == "held"
    phone.send_part(jpeg(40))
    manifest = take(any_store)
    assert sorted(photo.folder for photo in manifest.photos) == ["clean", "clean", "received", "received"]
    assert PhotoFile(any_store.home.id, "received", waiting) in manifest.photos
    assert manifest.heads[any_store.home.id] == head(any_store)
    found = prove(any_store)
    assert (found.faults, found.photos) == ((), 4)
    assert safe_seq(any_store) == head(any_store)


def test_only_a_proven_backup_counts_for_phones(any_store: World) -> None:
    phone = any_store.phone()
    phone.acks(phone.record())
    take(any_store)
    assert phone.push(phone.record()).json["safe_seq"] is None
    prove(any_store)
    proven = safe_seq(any_store)
    answer = phone.push(phone.record()).json
    assert answer["safe_seq"] == proven
    assert answer["acks"][0]["seq"] > proven
    any_store.clock.advance(timedelta(hours=1))
    take(any_store)
    assert phone.push(phone.record()).json["safe_seq"] == proven
    prove(any_store)
    assert phone.push(phone.record()).json["safe_seq"] == safe_seq(any_store)
    assert safe_seq(any_store) != proven


@pytest.mark.slow
def test_a_copy_taken_while_phones_write_holds_every_seq_up_to_its_head(any_store: World) -> None:
    phone, stop = any_store.phone(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            phone.acks(phone.record())

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            take(any_store)
            found = prove(any_store)
            assert found.faults == ()
    finally:
        stop.set()
        writer.join()


def test_a_photo_file_is_copied_once(peopled: World) -> None:
    first = take(peopled)
    folder = BackupFolder(settings_of(peopled).backups)
    before = {path: path.stat().st_ino for path in folder.photos.glob("*/*/*")}
    assert len(before) == 3
    send(peopled.phone(), jpeg(32))
    second = take(peopled)
    after = {path: path.stat().st_ino for path in folder.photos.glob("*/*/*")}
    assert {path: after[path] for path in before} == before
    assert len(second.photos) == len(first.photos) + 1


def test_a_photo_cleaned_between_copy_and_files_is_looked_for_in_another_copy(
    peopled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = []
    real = create.__globals__["snapshot"].copied

    def copied(url: str, target: Path) -> object:
        copies.append(target)
        return real(url, target)

    taken = create.__globals__["PhotoCopies"].take

    def take_late(self: object, photos: set[PhotoFile]) -> object:
        if len(copies) == 1:
            run_jobs(peopled)
        return taken(self, photos)

    monkeypatch.setattr(create.__globals__["snapshot"], "copied", copied)
    monkeypatch.setattr(create.__globals__["PhotoCopies"], "take", take_late)
    manifest = take(peopled)
    assert (len(copies), manifest.lacking) == (2, ())
    assert {photo.folder for photo in manifest.photos} == {"clean"}
    assert prove(peopled).faults == ()


def test_a_photo_that_the_store_has_lost_is_told_and_never_proven(peopled: World) -> None:
    settings = settings_of(peopled)
    [waiting] = (settings.data_dir / "blobs" / str(peopled.home.id) / "received").iterdir()
    waiting.unlink()
    assert [photo.sha256 for photo in take(peopled).lacking] == [waiting.name]
    where = f"files/{peopled.home.id}/received/{waiting.name}"
    assert prove(peopled).faults == (f"{where}: the store itself had lost it",)
    assert safe_seq(peopled) is None


def test_a_photo_that_rots_in_the_store_is_not_taken_for_itself(peopled: World) -> None:
    settings = settings_of(peopled)
    [waiting] = (settings.data_dir / "blobs" / str(peopled.home.id) / "received").iterdir()
    waiting.write_bytes(flipped(waiting.read_bytes(), 10))
    assert [photo.sha256 for photo in take(peopled).lacking] == [waiting.name]


def test_a_photo_that_rots_in_the_backups_is_copied_anew(peopled: World) -> None:
    name = next(iter(take(peopled).photos)).path
    path = settings_of(peopled).backups / "files" / name
    path.write_bytes(flipped(path.read_bytes(), 10))
    assert prove(peopled).faults == (f"files/{name}: damaged",)
    take(peopled)
    assert prove(peopled).faults == ()


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


Harm = Callable[[Path, Path], str]


def flip_database(backup: Path, _photos: Path) -> str:
    copy = backup / "database.sqlite3"
    copy.write_bytes(flipped(copy.read_bytes(), copy.stat().st_size // 2))
    return "database.sqlite3: damaged"


def cut_database(backup: Path, _photos: Path) -> str:
    copy = backup / "database.sqlite3"
    size = copy.stat().st_size
    copy.write_bytes(copy.read_bytes()[:-1])
    return f"database.sqlite3: {size - 1} bytes, not {size}"


def lose_database(backup: Path, _photos: Path) -> str:
    (backup / "database.sqlite3").unlink()
    return "database.sqlite3: missing"


def flip_photo(_backup: Path, photos: Path) -> str:
    path = sorted(photos.glob("*/*/*"))[1]
    path.write_bytes(flipped(path.read_bytes(), 0))
    return f"files/{path.relative_to(photos)}: damaged"


def cut_photo(_backup: Path, photos: Path) -> str:
    path = sorted(photos.glob("*/*/*"))[0]
    path.write_bytes(b"")
    return f"files/{path.relative_to(photos)}: damaged"


def lose_photo(_backup: Path, photos: Path) -> str:
    path = sorted(photos.glob("*/*/*"))[2]
    path.unlink()
    return f"files/{path.relative_to(photos)}: missing"


def lose_manifest(backup: Path, _photos: Path) -> str:
    (backup / MANIFEST_FILE).unlink()
    return "manifest.json: missing"


def change_manifest(backup: Path, _photos: Path) -> str:
    path = backup / MANIFEST_FILE
    said = json.loads(path.read_text())
    said["heads"] = dict.fromkeys(said["heads"], 10**6)
    path.write_text(json.dumps(said))
    return "manifest.json: damaged: it is not what was written"


HARMS = (
    flip_database,
    cut_database,
    lose_database,
    flip_photo,
    cut_photo,
    lose_photo,
    lose_manifest,
    change_manifest,
)


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_what_is_wrong_with_a_backup_is_told_exactly_and_safe_seq_stays(peopled: World, harm: Harm) -> None:
    take(peopled)
    prove(peopled)
    proven = safe_seq(peopled)
    peopled.clock.advance(timedelta(days=1))
    send(peopled.phone(), jpeg(24))
    newer = take(peopled)
    backups = settings_of(peopled).backups
    told = harm(backups / newer.name, backups / "files")
    assert prove(peopled, newer.name).faults == (told,)
    assert safe_seq(peopled) == proven


def test_one_flipped_bit_anywhere_is_found(peopled: World) -> None:
    manifest = take(peopled)
    chance = random.Random(3)
    folder = settings_of(peopled).backups
    files = [folder / manifest.name / name for name in ("database.sqlite3", MANIFEST_FILE)]
    for path in [*files, *sorted(folder.glob("files/*/*/*"))]:
        whole = path.read_bytes()
        for _ in range(6):
            at, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
            path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
            [fault] = prove(peopled).faults
            assert path.name in fault
            assert safe_seq(peopled) is None
        path.write_bytes(whole)
    assert prove(peopled).faults == ()


def test_a_copy_that_was_never_a_database_is_found_though_its_hash_is_right(any_store: World) -> None:
    manifest = take(any_store)
    folder = settings_of(any_store).backups / manifest.name
    content = b"PGDMP" + bytes(5000)
    (folder / manifest.database_file).write_bytes(content)
    hashed = {"database_sha256": hashlib.sha256(content).hexdigest(), "database_bytes": len(content)}
    fields = {name: getattr(manifest, name) for name in Manifest.__slots__}
    (folder / MANIFEST_FILE).write_bytes(Manifest(**{**fields, **hashed}).to_bytes())
    [fault] = prove(any_store).faults
    assert fault.startswith(manifest.database_file)
    assert read_verified(settings_of(any_store).data_dir) is None


def test_a_manifest_cut_anywhere_is_not_whole(peopled: World) -> None:
    name = take(peopled).name
    path = settings_of(peopled).backups / name / MANIFEST_FILE
    whole = path.read_bytes()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        path.write_bytes(whole[:length])
        [fault] = prove(peopled).faults
        assert fault.startswith("manifest.json: not whole")
    assert safe_seq(peopled) is None


def test_every_single_byte_of_a_manifest_counts(peopled: World) -> None:
    path = settings_of(peopled).backups / take(peopled).name / MANIFEST_FILE
    whole = path.read_bytes()
    meant = read_manifest(path.parent)
    for at in range(0, len(whole), 13):
        path.write_bytes(flipped(whole, at))
        try:
            assert read_manifest(path.parent) == meant  # white space may differ
        except ValueError:
            continue


@pytest.mark.parametrize(("change", "fault"), [({"heads": 1}, "is at seq"), ({"rows": 1}, "rows, not")])
def test_a_manifest_that_says_more_than_the_database_holds_is_found(
    peopled: World, change: dict[str, int], fault: str
) -> None:
    manifest = take(peopled)
    path = settings_of(peopled).backups / manifest.name / MANIFEST_FILE
    told = {key: getattr(manifest, key) for key in ("heads", "rows")}
    told = {key: {name: count + change.get(key, 0) for name, count in told[key].items()} for key in told}
    fields = {name: getattr(manifest, name) for name in Manifest.__slots__ if name not in told}
    path.write_bytes(Manifest(**fields, **told).to_bytes())
    assert all(fault in line for line in prove(peopled).faults)
    assert safe_seq(peopled) is None


def test_a_backup_found_damaged_later_counts_no_more(peopled: World) -> None:
    older = take(peopled)
    prove(peopled)
    proven = safe_seq(peopled)
    peopled.clock.advance(timedelta(days=1))
    peopled.phone()
    newer = take(peopled)
    prove(peopled)
    backups = settings_of(peopled).backups
    flip_database(backups / newer.name, backups)
    prove(peopled, newer.name)
    assert safe_seq(peopled) == proven
    flip_database(backups / older.name, backups)
    prove(peopled, older.name)
    assert safe_seq(peopled) is None


def test_an_older_backup_proven_later_moves_nothing_back(peopled: World) -> None:
    older = take(peopled)
    peopled.clock.advance(timedelta(hours=1))
    peopled.phone().acks(peopled.phone().record())
    newer = take(peopled)
    prove(peopled, newer.name)
    prove(peopled, older.name)
    assert safe_seq(peopled) == newer.heads[peopled.home.id]


def test_nothing_is_made_without_a_database(tmp_path: Path, world: World) -> None:
    settings = Settings(tmp_path / "empty", f"sqlite:///{tmp_path}/none.sqlite3", "x" * 40)
    with pytest.raises(BackupFailed, match="no database yet"):
        create(settings, world.clock.now())
    with pytest.raises(BackupFailed, match="there is no backup"):
        verify(settings, None, world.clock.now())
