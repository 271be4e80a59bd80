"""Several photos whole in one request: each is taken or not for itself, and what is said to be done is there."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select

from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import db
from fieldapp.sync.models import NamedBlob
from fieldapp.sync.named_blobs import TOGETHER_MAX
from fieldapp.sync.protocol import PART_BYTES_MAX
from tests.faults.choice import chosen
from tests.faults.full_batch import photo
from tests.faults.measuring import MIB, problem, within_memory
from tests.faults.resets import resets
from tests.faults.stopping_database import Steps, stopping
from tests.faults.whole_state import whole_state
from tests.infra.stopping_disk import Stopped
from tests.make.world import Phone, World
from tests.sync.test_crash_points_photos import StepDisk

PHOTOS = {hashlib.sha256(content).hexdigest(): content for content in (photo(f"no {n}", 100 + n) for n in range(3))}
NAMES = list(PHOTOS)
MEMORY_MAX = 4 * MIB


def send(
    phone: Phone, photos: Mapping[str, bytes], *, arrived: int | None = None, headers: Mapping[str, str] | None = None
) -> Any:
    """Send photos whole under their names; `arrived`: the connection breaks after so many bytes."""
    body = b"".join(photos.values())
    named = ", ".join(f"{sha256}={len(content)}" for sha256, content in photos.items())
    return phone.http.patch(
        "/api/v1/sync/blobs",
        input_stream=io.BytesIO(body[:arrived]),
        environ_overrides={"CONTENT_LENGTH": str(len(body))},
        content_type="application/octet-stream",
        headers={**phone.headers, "Upload-Photos": named, **(headers or {})},
    )


def progress(phone: Phone) -> dict[str, Any]:
    """Ask as a phone does how far the photos have come."""
    have = phone.http.post("/api/v1/sync/blobs/have", json={"sha256": NAMES}, headers=phone.headers)
    return {sha256: (said["off"], said["done"]) for sha256, said in have.json["blobs"].items()}


def whole(*names: str) -> dict[str, Any]:
    return {sha256: {"off": len(PHOTOS[sha256]), "done": True} for sha256 in names}


@pytest.fixture
def phone(any_world: World) -> Phone:
    phone = any_world.phone()
    phone.acks(*[phone.record_with_photo(content) for content in PHOTOS.values()])
    return phone


def test_photos_sent_together_are_all_there_and_their_records_know(any_world: World, phone: Phone) -> None:
    answer = send(phone, PHOTOS)
    assert (answer.status_code, answer.json) == (200, {"blobs": whole(*NAMES)})
    store = any_world.app.extensions["rond_blobs"]
    for sha256, content in PHOTOS.items():
        assert store.received_path(any_world.home.id, sha256).read_bytes() == content
    assert {body["state"] for body in phone.pulled("photo").values()} == {"received"}
    before = whole_state(any_world.app).digest
    assert send(phone, PHOTOS).json == {"blobs": whole(*NAMES)}
    assert whole_state(any_world.app).digest == before


def test_one_that_is_not_what_it_is_called_keeps_no_other_out(any_world: World, phone: Phone) -> None:
    answer = send(phone, {**PHOTOS, NAMES[1]: bytes(len(PHOTOS[NAMES[1]]))})
    assert answer.json == {"blobs": {**whole(NAMES[0], NAMES[2]), NAMES[1]: {"off": 0, "done": False}}}
    assert progress(phone)[NAMES[1]] == (0, False)


def test_one_that_was_never_named_or_has_another_length_is_not_taken(any_world: World, phone: Phone) -> None:
    stranger = photo("nobody named this", 50)
    other = {hashlib.sha256(stranger).hexdigest(): stranger, NAMES[0]: PHOTOS[NAMES[0]] + b"x"}
    before = whole_state(any_world.app).digest
    assert send(phone, other).json == {"blobs": {NAMES[0]: {"off": 0, "done": False}}}
    assert whole_state(any_world.app).digest == before
    foreign = any_world.phone(any_world.foreign)
    assert send(foreign, PHOTOS).json == {"blobs": {}}


def test_one_that_had_come_in_part_is_taken_whole(any_world: World, phone: Phone) -> None:
    phone.send_part(PHOTOS[NAMES[0]], 0, 40)
    assert send(phone, PHOTOS).json == {"blobs": whole(*NAMES)}
    assert not [path for path in whole_state(any_world.app).files if "/parts/" in path]


def test_a_connection_cut_after_any_byte_keeps_what_came_whole_and_the_beginning_of_the_next(
    any_world: World, phone: Phone
) -> None:
    sizes = [len(content) for content in PHOTOS.values()]
    (any_world.app.extensions["rond_settings"].data_dir / "blobs").mkdir(exist_ok=True)
    with resets(any_world.app) as reset:
        for arrived in range(0, sum(sizes), 7):
            reset()
            assert send(phone, PHOTOS, arrived=arrived).status_code == 400
            starts = [sum(sizes[:number]) for number in range(len(sizes))]
            came = [max(0, min(size, arrived - start)) for size, start in zip(sizes, starts, strict=True)]
            expected = {name: (n, n == size) for name, n, size in zip(NAMES, came, sizes, strict=True)}
            assert progress(phone) == expected, arrived


@pytest.mark.slow
def test_a_stop_at_any_step_leaves_photos_that_go_on_and_end_whole(any_world: World, phone: Phone) -> None:
    root = any_world.app.extensions["rond_settings"].data_dir / "blobs"
    root.mkdir(exist_ok=True)

    def send_until_stopped(steps: Steps) -> bool:
        disk = StepDisk(root, steps)
        try:
            with stopping(any_world.app, steps), disk.mounted():
                return bool(send(phone, PHOTOS).json["blobs"] == whole(*NAMES))
        except Stopped:
            return False
        finally:
            for path in [*disk.graves.iterdir()]:
                path.unlink()
            disk.graves.rmdir()
            any_world.app.extensions["rond_blobs"] = BlobStore(root)

    counted = Steps()
    with resets(any_world.app) as reset:
        assert send_until_stopped(counted)
        complete = whole_state(any_world.app)
        for step in chosen(counted.done):
            reset()
            assert not send_until_stopped(Steps(stop_at=step)), counted.done[step]
            assert send(phone, PHOTOS).json == {"blobs": whole(*NAMES)}
            assert whole_state(any_world.app) == complete, f"step {step}: {counted.done[step]}"
            with any_world.as_home():
                assert None not in db.session.scalars(select(NamedBlob.received_at)).all()


WRONG = {
    "no photos": ("", b"", 422, "Upload-Photos is not the photos' hashes and lengths"),
    "no length": (NAMES[0], b"x", 422, "Upload-Photos is not the photos' hashes and lengths"),
    "no hash": ("A" * 64 + "=1", b"x", 422, "Upload-Photos is not the photos' hashes and lengths"),
    "nothing": (f"{NAMES[0]}=0", b"", 422, "Upload-Photos is not the photos' hashes and lengths"),
    "one twice": (f"{NAMES[0]}=1, {NAMES[0]}=1", b"xx", 422, "Upload-Photos is not the photos' hashes and lengths"),
    "too many": (
        ", ".join(f"{n:064x}=1" for n in range(TOGETHER_MAX + 1)),
        bytes(TOGETHER_MAX + 1),
        422,
        "Upload-Photos is not the photos' hashes and lengths",
    ),
    "more bytes than said": (f"{NAMES[0]}=1", b"xx", 422, "the body is not as long as its photos"),
    "fewer bytes than said": (f"{NAMES[0]}=3", b"xx", 422, "the body is not as long as its photos"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_request_that_is_wrong_changes_nothing(any_world: World, phone: Phone, what: str) -> None:
    named, body, status, detail = WRONG[what]
    before = whole_state(any_world.app).digest
    answer = send(phone, {"": body}, headers={"Upload-Photos": named})
    assert (answer.status_code, answer.json) == (status, problem(422, "invalid", detail))
    assert whole_state(any_world.app).digest == before


def test_too_much_and_what_is_packed_are_refused_within_the_bound(any_world: World, phone: Phone) -> None:
    with within_memory(MEMORY_MAX):
        answer = send(phone, {NAMES[0]: bytes(PART_BYTES_MAX + 1)})
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")
    packed = send(phone, PHOTOS, headers={"Content-Encoding": "gzip"})
    assert (packed.status_code, packed.json) == (415, problem(415, "unsupported_media_type"))
