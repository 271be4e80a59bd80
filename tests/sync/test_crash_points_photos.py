"""A photo of three parts of 100 bytes: the connection is cut after each byte, the server's process stops at each step.

Steps of the server: each byte it writes, each fsync, rename and removal, each statement, before and after each commit.
After every one of them the phone asks how far the photo has come and goes on from there; what the server names as
stored is right, and in the end it is whole. `make crash` takes every step; a run of all tests takes every ninth and
each commit.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db
from fieldapp.infra.part_files import stored_blocks, stored_offset
from fieldapp.sync.models import NamedBlob
from tests.faults.choice import chosen
from tests.faults.full_batch import photo
from tests.faults.resets import Reset, resets
from tests.faults.stopping_database import Steps, stopping
from tests.faults.whole_state import whole_state
from tests.infra.stopping_disk import Disk, Stopped
from tests.make.world import Phone, World

PHOTO = photo("three parts", 300)
SHA256 = hashlib.sha256(PHOTO).hexdigest()
PART = 100


class StepDisk(Disk):
    """A disk whose steps are counted together with the database's."""

    def __init__(self, root: Path, steps: Steps) -> None:
        super().__init__(root)
        self.steps = steps

    def _take(self, name: str, wanted: int = 1) -> int:
        """Take a step for each byte; stop where the steps end, as the process would."""
        for taken in range(wanted):
            try:
                self.steps.take(name)
            except Stopped:
                if taken:
                    return taken
                raise
        return wanted


def offset_of(phone: Phone) -> dict[str, Any]:
    """Ask as a phone does how far the photo has come."""
    have = phone.http.post("/api/v1/sync/blobs/have", json={"sha256": [SHA256]}, headers=phone.headers)
    return dict(have.json["blobs"][SHA256])


def send_rest(phone: Phone) -> list[int]:
    """Ask, and send part after part from there. Return the offsets begun at."""
    begun: list[int] = []
    answer = offset_of(phone)
    while not answer["done"]:
        begun.append(answer["off"])
        answer = dict(phone.send_part(PHOTO, answer["off"], PART).json or {})
    assert answer == {"off": len(PHOTO), "done": True}
    return begun


def check_stored(world: World, offset: int) -> None:
    """See that what the server names as stored are the photo's first bytes, on the disk."""
    folder = BlobStore(world.app.extensions["rond_settings"].data_dir / "blobs")._root / str(world.home.id)
    whole, parts = folder / "received" / SHA256, folder / "parts" / SHA256
    if whole.exists():
        assert (whole.read_bytes(), offset) == (PHOTO, len(PHOTO))
    elif parts.exists():
        with parts.open("rb") as file:
            stored = stored_offset(file.fileno())
            assert b"".join(stored_blocks(file.fileno(), stored)) == PHOTO[:stored]
        assert stored == offset
    else:
        assert offset == 0


def is_known_whole(world: World) -> bool:
    """Tell whether the database knows that the photo has come."""
    with world.as_home():
        return db.session.scalars(select(NamedBlob.received_at).where(NamedBlob.sha256 == SHA256)).one() is not None


@pytest.fixture
def phone(any_world: World) -> Phone:
    phone = any_world.phone()
    phone.acks(phone.record_with_photo(PHOTO))
    return phone


@pytest.fixture
def reset(any_world: World, phone: Phone) -> Iterator[Reset]:
    (any_world.app.extensions["rond_settings"].data_dir / "blobs").mkdir(exist_ok=True)
    with resets(any_world.app) as reset:
        yield reset


def send_until_stopped(world: World, phone: Phone, steps: Steps) -> int:
    """Send part after part to a server that stops where `steps` say. Return the offset last acknowledged."""
    acknowledged = 0
    root = world.app.extensions["rond_settings"].data_dir / "blobs"
    disk = StepDisk(root, steps)
    try:
        with stopping(world.app, steps), disk.mounted():
            for offset in range(0, len(PHOTO), PART):
                acknowledged = phone.send_part(PHOTO, offset, PART).json["off"]
    finally:
        for path in [*disk.graves.iterdir()]:
            path.unlink()
        disk.graves.rmdir()
    world.app.extensions["rond_blobs"] = BlobStore(root)  # the next process knows nothing of this one
    return acknowledged


@pytest.mark.slow
def test_a_stop_at_any_step_of_the_server_leaves_a_photo_that_goes_on_and_ends_whole(
    any_world: World, phone: Phone, reset: Reset
) -> None:
    counted = Steps()
    assert send_until_stopped(any_world, phone, counted) == len(PHOTO)
    complete = whole_state(any_world.app)
    assert is_known_whole(any_world)
    for step in chosen(counted.done):
        where = f"step {step}: {counted.done[step]}"
        reset()
        acknowledged = send_until_stopped(any_world, phone, Steps(stop_at=step))
        assert acknowledged < len(PHOTO), where
        answer = offset_of(phone)
        check_stored(any_world, answer["off"])
        assert answer["off"] >= acknowledged, where
        begun = send_rest(phone)
        assert begun == list(range(answer["off"], len(PHOTO), PART)), where
        assert is_known_whole(any_world), where
        left = whole_state(any_world.app)
        assert left.rows == complete.rows, where
        assert {path: sha256 for path, sha256 in left.files.items() if "/parts/" not in path} == complete.files, where
        any_world.app.extensions["rond_blobs"].discard_received(any_world.home.id, SHA256)
        assert whole_state(any_world.app).files == {}, f"parts outlive the whole, {where}"
    kinds = {step for step in counted.done if " " not in step}
    assert kinds >= {"pwrite", "fsync", "replace", "unlink"}
    assert counted.done.count("pwrite") > 500, "every byte of two parts and of the whole is a step"
    assert counted.done.index("replace") < len(counted.done) - 1 - counted.done[::-1].index("after commit")


def cut(phone: Phone, offset: int, arrived: int, *, of: bytes = PHOTO) -> Any:
    """Send a part whose connection breaks after `arrived` of its bytes."""
    part = of[offset : offset + PART]
    digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
    headers = {
        **phone.headers,
        "Upload-Offset": str(offset),
        "Upload-Length": str(len(PHOTO)),
        "Upload-Complete": "?1" if offset + PART >= len(PHOTO) else "?0",
        "Content-Digest": f"sha-256=:{digest}:",
    }
    return phone.http.patch(
        f"/api/v1/sync/blobs/{SHA256}",
        input_stream=io.BytesIO(part[:arrived]),
        environ_overrides={"CONTENT_LENGTH": str(len(part))},
        content_type="application/octet-stream",
        headers=headers,
    )


def test_a_connection_cut_after_any_byte_keeps_what_came_and_no_more(
    any_world: World, phone: Phone, reset: Reset
) -> None:
    for offset in range(0, len(PHOTO), PART):
        for arrived in range(PART):
            reset()
            if offset:
                phone.send_part(PHOTO, 0, offset)
            refused = cut(phone, offset, arrived)
            assert (refused.status_code, refused.json["code"]) == (400, "malformed"), (offset, arrived)
            assert offset_of(phone) == {"off": offset + arrived, "done": False}, (offset, arrived)
            check_stored(any_world, offset + arrived)
        assert send_rest(phone) == list(range(offset + arrived, len(PHOTO), PART))
        check_stored(any_world, len(PHOTO))
        assert is_known_whole(any_world)


def test_one_byte_of_each_connection_is_enough(any_world: World, phone: Phone) -> None:
    for offset in range(len(PHOTO) - 1):
        assert cut(phone, offset, 1).status_code == 400
    assert send_rest(phone) == [len(PHOTO) - 1]
    assert is_known_whole(any_world)


def test_a_beginning_that_is_not_the_photos_costs_one_try_and_no_more(any_world: World, phone: Phone) -> None:
    """Each connection is cut, and what came of the first was changed on its way."""
    assert cut(phone, 0, PART // 2, of=bytes(len(PHOTO))).status_code == 400
    offset = offset_of(phone)["off"]
    assert offset == PART // 2
    while offset:
        offset = cut(phone, offset, PART).json["off"]
    assert cut(phone, 0, PART // 2).status_code == 400
    assert offset_of(phone) == {"off": 0, "done": False}
    assert send_rest(phone) == [0, PART, 2 * PART]


def test_a_connection_cut_before_the_answer_is_read_costs_nothing(any_world: World, phone: Phone) -> None:
    """The part is stored and the phone does not know: it sends the same again and is told where to go on."""
    for offset in (0, PART):
        assert cut(phone, offset, PART).status_code == 200
        again = phone.send_part(PHOTO, offset, PART)
        assert (again.status_code, again.json["off"]) == (409, offset + PART)
    assert cut(phone, 2 * PART, PART).status_code == 200
    assert phone.send_part(PHOTO, 2 * PART, PART).json == {"off": len(PHOTO), "done": True}
    assert send_rest(phone) == []
