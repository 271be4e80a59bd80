"""The blob store: parts, hashes, locks, and what a stop of the process or of the machine leaves behind."""

from __future__ import annotations

import errno
import hashlib
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.infra.blobs import (
    BlobStore,
    LengthMismatch,
    PartDigestMismatch,
    PartOutcome,
    StoreFull,
    WrongOffset,
)
from fieldapp.kernel.errors import Invalid, NotFound, RondError, TooLarge
from tests.infra.stopping_disk import Disk, Stopped
from tests.infra.uploads import OWNER, PHOTO, STRANGER, digest, send, send_rest


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "blobs")


@pytest.fixture
def store(disk: Disk) -> Iterator[BlobStore]:
    with disk.mounted():
        yield BlobStore(disk.root)


def test_three_parts_become_the_whole_file_in_quarantine(store: BlobStore) -> None:
    assert [send(store, 0), send(store, 100), send(store, 200)] == [
        PartOutcome(100, is_complete=False),
        PartOutcome(200, is_complete=False),
        PartOutcome(300, is_complete=True),
    ]
    with store.open_received(OWNER, digest(PHOTO)) as file:
        assert file.read() == PHOTO
    assert store.received_bytes(OWNER, digest(PHOTO)) == 300
    assert store.is_received(OWNER, digest(PHOTO))


def test_one_part_may_be_the_whole_file(store: BlobStore) -> None:
    assert send(store, 0, size=300) == PartOutcome(300, is_complete=True)


def test_a_part_at_another_offset_changes_nothing_and_tells_the_right_one(store: BlobStore) -> None:
    for wrong in (-1, 1, 100, 300):
        with pytest.raises(WrongOffset) as refused:
            send(store, wrong, part=b"x")
        assert refused.value.offset == 0
    send(store, 0)
    for wrong in (0, 99, 101, 200):
        with pytest.raises(WrongOffset) as refused:
            send(store, wrong, part=b"x")
        assert (refused.value.offset, refused.value.details) == (100, {"off": 100})
    assert send_rest(store) == [100, 200]


def test_a_part_of_a_complete_file_is_answered_as_complete(store: BlobStore) -> None:
    send_rest(store)
    assert send(store, 0) == send(store, 200) == PartOutcome(300, is_complete=True)
    with pytest.raises(LengthMismatch):
        send(store, 0, total_length=400)


def test_a_part_cut_on_its_way_at_any_byte_stores_nothing(store: BlobStore) -> None:
    send(store, 0)
    for cut in range(100):
        with pytest.raises(PartDigestMismatch if cut else Invalid):
            send(store, 100, part=PHOTO[100 : 100 + cut], part_sha256=digest(PHOTO[100:200]))
        assert store.received_bytes(OWNER, digest(PHOTO)) == 100


def test_a_whole_that_does_not_hash_to_its_name_begins_again(store: BlobStore) -> None:
    send(store, 0, part=bytes(100))
    send(store, 100)
    outcome = send(store, 200)
    assert (outcome.offset, outcome.is_complete, outcome.is_restarted) == (0, False, True)
    assert not store.is_received(OWNER, digest(PHOTO))
    assert send_rest(store) == [0, 100, 200]


def test_bytes_sent_under_a_wrong_length_do_not_block_the_file(store: BlobStore) -> None:
    send(store, 0, part=PHOTO + PHOTO, total_length=900)
    with pytest.raises(WrongOffset) as refused:
        send(store, 200)
    assert refused.value.offset == 0
    assert send_rest(store) == [0, 100, 200]


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"part": b""}, Invalid),
        ({"part": PHOTO + b"x"}, Invalid),
        ({"total_length": 0}, Invalid),
        ({"total_length": -1}, Invalid),
        ({"total_length": 1001}, TooLarge),
        ({"part": bytes(401), "total_length": 900}, TooLarge),
        ({"part_sha256": digest(b"")}, PartDigestMismatch),
    ],
)
def test_a_part_outside_its_limits_is_refused(disk: Disk, told: dict[str, Any], error: type[RondError]) -> None:
    store = BlobStore(disk.root, blob_bytes_max=1000, part_bytes_max=400)
    with pytest.raises(error):
        send(store, 0, **told)
    assert store.received_bytes(OWNER, digest(PHOTO)) == 0


def test_a_part_beyond_the_end_is_refused(store: BlobStore) -> None:
    send(store, 0)
    with pytest.raises(Invalid):
        send(store, 100, part=bytes(201))
    assert send_rest(store) == [100, 200]


@pytest.mark.parametrize(
    "name",
    ["", "..", "../../etc/passwd", "a" * 63, "a" * 65, "A" * 64, "a" * 64 + "\n", "%2e%2e/", "\u0430" * 64, "\0" * 64],
)
def test_no_name_but_lower_case_hex_reaches_the_disk(store: BlobStore, name: str) -> None:
    for use in (store.received_bytes, store.read_clean, store.discard_received, store.received_path):
        with pytest.raises(Invalid):
            use(OWNER, name)
    with pytest.raises(TypeError):
        store.received_bytes("../" + str(OWNER), digest(PHOTO))  # type: ignore[arg-type]


def test_owners_do_not_see_each_other(store: BlobStore) -> None:
    send_rest(store)
    sha256 = store.put_clean(OWNER, b"clean")
    assert store.received_bytes(STRANGER, digest(PHOTO)) == 0
    with pytest.raises(NotFound):
        store.read_clean(STRANGER, sha256)
    with pytest.raises(NotFound):
        store.open_received(STRANGER, digest(PHOTO))
    assert store.owners() == [OWNER]


def test_discarding_removes_whole_and_parts_and_may_be_repeated(store: BlobStore) -> None:
    send(store, 0)
    store.discard_received(OWNER, digest(PHOTO))
    assert send_rest(store) == [0, 100, 200]
    for _ in range(2):
        store.discard_received(OWNER, digest(PHOTO))
    assert store.received_bytes(OWNER, digest(PHOTO)) == 0


def test_what_is_clean_is_stored_once_and_mended_when_rotten(store: BlobStore) -> None:
    sha256 = store.put_clean(OWNER, b"clean")
    assert store.put_clean(OWNER, b"clean") == sha256 == digest(b"clean")
    path = store.read_clean(OWNER, sha256)
    path.write_bytes(b"rotten")
    store.put_clean(OWNER, b"clean")
    assert path.read_bytes() == b"clean"
    store.discard_clean(OWNER, sha256)
    with pytest.raises(NotFound):
        store.read_clean(OWNER, sha256)


def test_verify_counts_files_and_names_the_rotten_ones(store: BlobStore) -> None:
    send_rest(store)
    sha256 = store.put_clean(OWNER, b"clean")
    checked = store.verify(OWNER)
    assert (checked.received_count, checked.clean_count, checked.size_bytes, checked.mismatches) == (1, 1, 305, ())
    store.read_clean(OWNER, sha256).write_bytes(b"clear")
    store.received_path(OWNER, digest(PHOTO)).with_name("stray").write_bytes(b"")
    assert store.verify(OWNER).mismatches == ("received/stray", f"clean/{sha256}")
    assert store.verify(STRANGER).mismatches == ()


def test_nobody_else_on_the_machine_can_read_the_files(store: BlobStore, disk: Disk) -> None:
    send_rest(store)
    send(store, 0, content=PHOTO[::-1])
    store.put_clean(OWNER, b"clean")
    assert {path.stat().st_mode & 0o077 for path in [disk.root, *disk.root.rglob("*")]} == {0}


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("call", ["mkdir", "pwrite", "fsync", "ftruncate"])
def test_a_full_disk_acknowledges_nothing_and_loses_nothing(disk: Disk, call: str, error: int) -> None:
    with disk.mounted():
        if call != "mkdir":
            send(BlobStore(disk.root), 0)
        for use in (lambda s: send(s, s.received_bytes(OWNER, digest(PHOTO))), lambda s: s.put_clean(OWNER, b"clean")):
            disk.refusal = (call, error)
            with pytest.raises(StoreFull):
                use(BlobStore(disk.root))
            disk.refusal = None
        assert send_rest(BlobStore(disk.root))[0] == (0 if call == "mkdir" else 100)


def test_a_disk_full_at_the_last_part_keeps_the_parts_before(disk: Disk) -> None:
    with disk.mounted():
        store = BlobStore(disk.root)
        send(store, 0)
        send(store, 100)
        for call in ("pwrite", "fsync", "replace"):
            disk.refusal = (call, errno.ENOSPC)
            with pytest.raises(StoreFull):
                send(store, 200)
            disk.refusal = None
            assert not store.is_received(OWNER, digest(PHOTO))
        assert send_rest(store) == [200]


# A stop loses what was not fsynced in one of these ways: nothing; all of it; the bytes but not their number.
LOSSES: dict[str, Callable[[list[Any]], Any] | None] = {
    "process stopped": None,
    "power lost, all unsynced gone": lambda possible: possible[0],
    "power lost, names kept, bytes empty": lambda possible: possible[-2 if len(possible) > 2 else -1],
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_stop_at_any_byte_leaves_an_upload_that_resumes_and_ends_equal(tmp_path: Path, loss: str) -> None:
    lose = LOSSES[loss]
    for steps in range(2000):
        disk = Disk(tmp_path / str(steps))
        acknowledged = 0
        try:
            with disk.mounted(steps):
                store = BlobStore(disk.root)
                for offset in (0, 100, 200):
                    acknowledged = send(store, offset).offset
        except Stopped:
            pass
        if lose is not None:
            disk.lose_power(lose)
        survived = BlobStore(disk.root)
        if acknowledged == 300:
            assert survived.is_received(OWNER, digest(PHOTO))
        elif lose is None:
            assert survived.received_bytes(OWNER, digest(PHOTO)) >= acknowledged
        with disk.mounted():
            begun = send_rest(survived)
        assert begun.count(0) <= 1, f"began again after a stop at step {steps}"
        assert survived.received_path(OWNER, digest(PHOTO)).read_bytes() == PHOTO
        assert [path.name for path in disk.root.glob("*/parts/*")] in ([], [digest(PHOTO)] if begun == [300] else [])
        shutil.rmtree(disk.root)
        shutil.rmtree(disk.graves)
        if disk.steps_left > 10**6 and acknowledged == 300:
            break
    assert steps > 540, "every byte of the parts and of the whole was a step"


def test_requests_at_once_with_one_file_end_in_one_file(tmp_path: Path) -> None:
    photo = hashlib.shake_256(b"large photo").digest(40_000)
    begin = threading.Barrier(8)
    outcomes: list[bool] = []

    def send_until_complete() -> None:
        store = BlobStore(tmp_path)
        begin.wait()
        offset = 0
        while True:
            try:
                outcome = send(store, offset, content=photo, size=1000)
            except WrongOffset as refused:
                offset = refused.offset
                continue
            offset = outcome.offset
            if outcome.is_complete:
                outcomes.append(store.is_received(OWNER, digest(photo)))
                return

    threads = [threading.Thread(target=send_until_complete) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert outcomes == [True] * 8
    checked = BlobStore(tmp_path).verify(OWNER)
    assert (checked.received_count, checked.size_bytes, checked.mismatches) == (1, 40_000, ())
