"""What came of a part before its connection was cut: kept, gone on from, and proven by the hash of the whole."""

from __future__ import annotations

import pytest

from fieldapp.infra.blobs import BlobStore, WrongOffset
from tests.infra.stopping_disk import Disk
from tests.infra.uploads import OWNER, PHOTO, digest, send, send_rest


def keep(store: BlobStore, offset: int, arrived: bytes, total_length: int = len(PHOTO)) -> int:
    """Let the beginning of a part arrive, and return how much there is after it."""
    store.keep_beginning(OWNER, digest(PHOTO), offset=offset, total_length=total_length, arrived=arrived)
    return store.received_bytes(OWNER, digest(PHOTO))


def test_what_came_of_a_part_that_was_cut_is_kept_and_gone_on_from(store: BlobStore) -> None:
    assert keep(store, 0, PHOTO[:30]) == 30
    assert keep(store, 30, PHOTO[30:31]) == 31
    assert send_rest(store) == [31, 131, 231]
    assert store.received_path(OWNER, digest(PHOTO)).read_bytes() == PHOTO
    assert keep(store, 0, PHOTO[:30]) == 300


@pytest.mark.parametrize(
    ("offset", "arrived", "total_length"),
    [(99, b"x", 300), (101, b"x", 300), (100, b"", 300), (100, bytes(200), 300), (100, b"x", 16 * 2**20)],
)
def test_a_beginning_that_does_not_fit_stores_nothing(
    store: BlobStore, disk: Disk, offset: int, arrived: bytes, total_length: int
) -> None:
    assert keep(store, offset, arrived, total_length) == 0
    assert [path for path in disk.root.rglob("*") if path.is_file()] == []
    send(store, 0)
    assert keep(store, offset, arrived, total_length) == 100


def test_beginnings_that_spoiled_a_file_are_taken_no_more_and_it_ends_whole(store: BlobStore, disk: Disk) -> None:
    keep(store, 0, b"nonsense")
    assert send(store, 8, size=292).is_restarted
    assert keep(store, 0, PHOTO[:30]) == 0
    with pytest.raises(WrongOffset):
        send(store, 30)
    assert send(store, 0).offset == 100
    assert keep(store, 100, PHOTO[100:130]) == 100
    assert send_rest(store) == [100, 200]
    assert len([path for path in disk.root.rglob("*") if path.is_file()]) == 1


def test_a_whole_that_is_wrong_without_a_beginning_leaves_nothing(store: BlobStore, disk: Disk) -> None:
    keep(store, 0, b"nonsense")
    send(store, 8, size=292)
    send(store, 0, part=bytes(100))
    send(store, 100, size=100)
    assert send(store, 200).is_restarted
    assert [path for path in disk.root.rglob("*") if path.is_file()] == []
    assert keep(store, 0, PHOTO[:30]) == 30
