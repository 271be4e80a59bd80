"""The blob store: parts, hashes, locks, and what a stop of the process or of the machine leaves behind."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fieldapp.infra.blobs import (
    BlobStore,
    LengthMismatch,
    PartDigestMismatch,
    PartOutcome,
    WrongOffset,
)
from fieldapp.infra.durable import StoreFull
from fieldapp.infra.part_files import locked
from fieldapp.kernel.errors import Invalid, NotFound, RondError, TooLarge
from tests.infra.stopping_disk import Disk, Stopped, quick_folder
from tests.infra.uploads import OWNER, PHOTO, STRANGER, digest, send, send_rest


@pytest.fixture
def quick_path() -> Iterator[Path]:
    folder = quick_folder()
    yield folder
    shutil.rmtree(folder)


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


def test_a_part_with_another_digest_stores_nothing(store: BlobStore) -> None:
    send(store, 0)
    for length in range(100):
        with pytest.raises(PartDigestMismatch if length else Invalid):
            send(store, 100, part=PHOTO[100 : 100 + length], part_sha256=digest(PHOTO[100:200]))
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
    with pytest.raises(FileNotFoundError):
        store.open_received(STRANGER, digest(PHOTO))
    assert store.owners() == [OWNER]


def test_discarding_removes_whole_and_parts_and_may_be_repeated(store: BlobStore) -> None:
    send(store, 0)
    store.discard_received(OWNER, digest(PHOTO))
    assert send_rest(store) == [0, 100, 200]
    for _ in range(2):
        store.discard_received(OWNER, digest(PHOTO))
    assert store.received_bytes(OWNER, digest(PHOTO)) == 0


def test_what_was_discarded_does_not_come_back_after_a_loss_of_power(disk: Disk) -> None:
    with disk.mounted():
        store = BlobStore(disk.root)
        send_rest(store)
        store.discard_received(OWNER, digest(PHOTO))
        store.discard_clean(OWNER, store.put_clean(OWNER, b"clean"))
    disk.lose_power(lambda possible: possible[0])
    assert [path for path in disk.root.rglob("*") if path.is_file()] == []


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


def test_verify_counts_files_and_names_the_rotten_ones(store: BlobStore, disk: Disk) -> None:
    send_rest(store)
    sha256 = store.put_clean(OWNER, b"clean")
    checked = store.verify(OWNER)
    assert (checked.received_count, checked.clean_count, checked.size_bytes, checked.mismatches) == (1, 1, 305, ())
    store.read_clean(OWNER, sha256).write_bytes(b"clear")
    store.received_path(OWNER, digest(PHOTO)).with_name("stray").write_bytes(b"")
    assert store.verify(OWNER).mismatches == ("received/stray", f"clean/{sha256}")
    store.discard_clean(OWNER, sha256)
    (disk.root / str(OWNER) / "clean" / digest(PHOTO)).symlink_to(store.received_path(OWNER, digest(PHOTO)))
    assert store.verify(OWNER).mismatches == ("received/stray", f"clean/{digest(PHOTO)}")
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


# What is not fsynced may be lost in many ways; these are the worst: all of it, or the bytes but not what names them.
LOSSES: dict[str, Callable[[list[Any]], Any] | None] = {
    "process stopped": None,
    "power lost, all unsynced gone": lambda possible: possible[0],
    "power lost, names and header kept": lambda possible: possible[-1],
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_stop_at_any_byte_leaves_an_upload_that_resumes_and_ends_equal(quick_path: Path, loss: str) -> None:
    lose = LOSSES[loss]
    for steps in range(2000):
        disk = Disk(quick_path / str(steps))
        acknowledged = send_until_stopped(disk, steps)
        if lose is not None:
            disk.lose_power(lose)
        survived = BlobStore(disk.root)
        assert survived.is_received(OWNER, digest(PHOTO)) or acknowledged < 300
        assert survived.received_bytes(OWNER, digest(PHOTO)) >= acknowledged or lose is not None
        with disk.mounted():
            begun = send_rest(survived)
            assert begun == sorted(begun), f"began again after a stop at step {steps}"
            assert send(survived, 0).is_complete
            assert len(list(disk.root.glob("*/*/*"))) == 1, "nothing else is left lying"
        disk.lose_power(lambda possible: possible[0])
        assert survived.received_path(OWNER, digest(PHOTO)).read_bytes() == PHOTO
        shutil.rmtree(disk.root)
        shutil.rmtree(disk.graves)
        if acknowledged == 300:
            break
    assert steps > 540, "every byte of the parts and of the whole was a step"


def send_until_stopped(disk: Disk, steps: int) -> int:
    """Send all parts to a disk that stops after `steps`. Return the last offset that was acknowledged."""
    acknowledged = 0
    try:
        with disk.mounted(steps):
            store = BlobStore(disk.root)
            for offset in (0, 100, 200):
                acknowledged = send(store, offset).offset
    except Stopped:
        pass
    return acknowledged


def test_what_is_clean_survives_a_loss_of_power_once_its_name_was_returned(tmp_path: Path) -> None:
    for steps in range(100):
        disk = Disk(tmp_path / str(steps))
        try:
            with disk.mounted(steps):
                BlobStore(disk.root).put_clean(OWNER, b"clean")
        except Stopped:
            with disk.mounted():
                BlobStore(disk.root).put_clean(OWNER, b"clean")
        disk.lose_power(lambda possible: possible[0])
        assert BlobStore(disk.root).read_clean(OWNER, digest(b"clean")).read_bytes() == b"clean"


def test_the_folders_of_a_new_owner_are_durable_before_anything_is_acknowledged(store: BlobStore, disk: Disk) -> None:
    send(store, 0)
    assert {disk.root.parent, disk.root, disk.root / str(OWNER)} <= disk.listings.keys()


def test_a_header_with_any_bit_flipped_names_an_offset_it_had_or_none(store: BlobStore, disk: Disk) -> None:
    send(store, 0)
    send(store, 100)
    path = disk.root / str(OWNER) / "parts" / digest(PHOTO)
    content = path.read_bytes()
    for bit in range(64 * 8):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        assert store.received_bytes(OWNER, digest(PHOTO)) in {100, 200}
    path.write_bytes(content[:-1])
    assert store.received_bytes(OWNER, digest(PHOTO)) == 100
    path.write_bytes(content[:63])
    assert send_rest(store) == [0, 100, 200]


def test_who_waited_for_a_file_that_was_removed_meanwhile_gets_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "part"
    held: list[bool] = []

    def wait_for_it() -> None:
        with locked(path) as fd:
            held.append(os.path.samestat(path.stat(), os.fstat(fd)))

    waiting = threading.Thread(target=wait_for_it)
    with locked(path):
        waiting.start()
        # The other thread waits in the lock as soon as it has opened the file a second time.
        while sum(link.exists() and link.samefile(path) for link in Path("/proc/self/fd").iterdir()) < 2:
            time.sleep(0.001)
        path.unlink()
    waiting.join(10)
    assert held == [True]


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
