"""What a verified backup holds is told with every push and pull: per tenant, of this epoch alone."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from fieldapp.infra.changes import FeedRow
from fieldapp.infra.db import db
from fieldapp.sync.epoch import (
    VERIFIED_FILE,
    SafeSeqs,
    VerifiedBackup,
    begin_epoch,
    read_epoch,
    read_verified,
    write_verified,
)
from tests.conftest import EVENING
from tests.make.world import World
from tests.sync.test_photos import jpeg, run_jobs

TENANT, OTHER = UUID(int=1), UUID(int=2)


def verified(folder: Path, **heads: int) -> VerifiedBackup:
    found = VerifiedBackup(read_epoch(folder), "rond-x", EVENING, {TENANT: heads.get("head", 7)}, None)
    write_verified(folder, found)
    return found


def safe_seqs(folder: Path) -> SafeSeqs:
    return SafeSeqs(folder, read_epoch(folder))


def answers(world: World) -> tuple[object, object]:
    phone = world.phone()
    pulled = phone.http.get("/api/v1/sync/pull", headers=phone.headers)
    return phone.push(phone.record()).json["safe_seq"], pulled.json["safe_seq"]


def test_without_a_verified_backup_no_seq_is_safe(world: World) -> None:
    assert answers(world) == (None, None)


def test_push_and_pull_tell_the_tenants_own_safe_seq(world: World, tmp_path: Path) -> None:
    heads = {world.home.id: 41, world.foreign.id: 99}
    write_verified(tmp_path, VerifiedBackup(read_epoch(tmp_path), "rond-x", EVENING, heads))
    assert answers(world) == (41, 41)


def test_what_is_verified_is_told_without_a_restart(tmp_path: Path) -> None:
    safe = safe_seqs(tmp_path)
    assert safe.of(TENANT) is None
    verified(tmp_path, head=7)
    assert safe.of(TENANT) == 7
    verified(tmp_path, head=9)
    assert safe.of(TENANT) == 9
    write_verified(tmp_path, None)
    assert safe.of(TENANT) is None


def test_the_file_is_read_only_when_it_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verified(tmp_path)
    safe = safe_seqs(tmp_path)
    safe.of(TENANT)
    monkeypatch.setattr(Path, "read_text", None)
    assert safe.of(TENANT) == 7


def test_a_tenant_that_the_backup_does_not_hold_has_nothing_safe(tmp_path: Path) -> None:
    verified(tmp_path)
    assert safe_seqs(tmp_path).of(OTHER) == 0


def test_what_was_verified_of_another_epoch_does_not_count(tmp_path: Path) -> None:
    found = verified(tmp_path)
    begin_epoch(tmp_path)
    assert safe_seqs(tmp_path).of(TENANT) is None
    write_verified(tmp_path, found)  # put back by hand, with the rest of an old folder
    assert safe_seqs(tmp_path).of(TENANT) is None


def test_each_restore_begins_an_epoch_of_its_own(tmp_path: Path) -> None:
    epochs = [read_epoch(tmp_path), *(begin_epoch(tmp_path) for _ in range(3))]
    assert len(set(epochs)) == 4
    assert read_epoch(tmp_path) == epochs[-1]


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"epoch": 1}', json.dumps({"epoch": "e", "heads": {"x": 1}})])
def test_a_file_that_cannot_be_read_says_nothing_is_verified(tmp_path: Path, broken: str) -> None:
    read_epoch(tmp_path)
    (tmp_path / VERIFIED_FILE).write_text(broken)
    assert read_verified(tmp_path) is None
    assert safe_seqs(tmp_path).of(TENANT) is None


def test_a_photos_completion_has_a_seq_of_its_own_above_its_records(any_world: World) -> None:
    phone, photo = any_world.phone(), jpeg()
    [ack] = phone.acks(operation := phone.record_with_photo(photo))
    assert phone.pulled("photo") == {}
    assert phone.send_part(photo).json["done"]
    received = photo_seq(any_world)
    assert received > ack["seq"]
    any_world.clock.advance(timedelta(seconds=1))
    run_jobs(any_world)
    assert photo_seq(any_world) > received
    [row] = [row for row in phone.pull(anew=True) if row["kind"] == "photo"]
    assert (row["seq"], row["body"]["observation"]) == (photo_seq(any_world), operation["entity"])


def photo_seq(world: World) -> int:
    with world.as_home():
        return db.session.scalars(select(FeedRow.seq).where(FeedRow.kind == "photo")).one()
