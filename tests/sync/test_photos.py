"""Photos: only those that were named, in parts, whole or not at all, clean before anyone sees them."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from fieldapp.infra import jobs
from fieldapp.infra.db import db
from fieldapp.infra.feature import Installation
from fieldapp.infra.pictures import PictureCleaner, PictureWorkerBroken
from fieldapp.observations.models import ObservationPhoto
from tests.make.world import Phone, World


def jpeg(edge_px: int = 64, colour: str = "teal") -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "a secret description"
    out = io.BytesIO()
    Image.new("RGB", (edge_px, edge_px), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def run_jobs(world: World) -> None:
    with world.app.app_context(), PictureCleaner() as cleaner:
        installation = Installation(world.clock, world.app.extensions["rond_blobs"], cleaner)
        jobs.run_once(world.app.extensions["rond_jobs"], installation)


def photo_row(world: World) -> ObservationPhoto:
    with world.as_home():
        return db.session.scalars(select(ObservationPhoto)).one()


def send_in_parts(phone: Phone, photo: bytes, size: int) -> None:
    for offset in range(0, len(photo), size):
        answer = phone.send_part(photo, offset, size)
        assert answer.status_code == 200, answer.text
        assert answer.json == {"off": min(offset + size, len(photo)), "done": offset + size >= len(photo)}


def test_a_photo_in_parts_becomes_a_clean_picture(any_world: World) -> None:
    phone, photo = any_world.phone(), jpeg()
    operation = phone.record_with_photo(photo)
    answer = phone.push(operation)
    assert answer.json["want"] == [{"sha256": hashlib.sha256(photo).hexdigest(), "off": 0}]
    send_in_parts(phone, photo, 200)
    assert photo_row(any_world).state == "received"
    run_jobs(any_world)
    row = photo_row(any_world)
    assert (row.state, row.width_px, row.height_px) == ("clean", 64, 64)
    store = any_world.app.extensions["rond_blobs"]
    clean = store.read_clean(any_world.home.id, row.clean_sha256).read_bytes()
    assert b"secret" in photo
    assert b"secret" not in clean
    assert not store.is_received(any_world.home.id, row.sha256)
    states = {body["state"] for body in phone.pulled("photo").values()}
    assert states == {"clean"}
    assert phone.pulled("observation")[operation["entity"]]["photos"][0]["state"] == "clean"


def test_a_file_that_is_no_picture_is_refused_and_the_record_stays(world: World) -> None:
    phone, photo = world.phone(), b"<svg onload=alert(1)>" * 20
    operation = phone.record_with_photo(photo)
    phone.acks(operation)
    phone.send_part(photo)
    run_jobs(world)
    assert photo_row(world).state == "refused"
    body = phone.pulled("observation")[operation["entity"]]
    assert (body["state"], body["photos"][0]["state"]) == ("recorded", "refused")


def test_the_same_photo_twice_is_two_references_and_one_file(world: World) -> None:
    phone, photo = world.phone(), jpeg()
    phone.acks(phone.record_with_photo(photo))
    phone.send_part(photo)
    run_jobs(world)
    answer = phone.push(phone.record_with_photo(photo))
    assert answer.json["want"] == []
    with world.as_home():
        rows = db.session.scalars(select(ObservationPhoto)).all()
        assert {(row.state, row.clean_sha256) for row in rows} == {("clean", rows[0].clean_sha256)}
        assert len(rows) == 2


def test_sending_goes_on_from_the_servers_offset(world: World) -> None:
    phone, photo = world.phone(), jpeg(200)
    phone.acks(phone.record_with_photo(photo))
    sha256 = hashlib.sha256(photo).hexdigest()
    phone.send_part(photo, 0, 100)
    have = phone.http.post("/api/v1/sync/blobs/have", json={"sha256": [sha256]}, headers=phone.headers)
    assert have.json == {"blobs": {sha256: {"off": 100, "done": False}}}
    wrong = phone.send_part(photo, 50, 100)
    assert (wrong.status_code, wrong.json["code"], wrong.json["off"]) == (409, "wrong_offset", 100)
    assert phone.send_part(photo, 100).json["done"]
    assert phone.send_part(photo, 0).json["done"]


def test_bytes_that_are_not_the_named_ones_start_again(world: World) -> None:
    phone, photo = world.phone(), jpeg()
    operation = phone.record_with_photo(photo)
    phone.acks(operation)
    other = bytes(reversed(photo))
    sha256 = hashlib.sha256(photo).hexdigest()
    answer = phone.http.patch(
        f"/api/v1/sync/blobs/{sha256}",
        data=other,
        headers={**phone.headers, **_headers_of(other)},
    )
    assert answer.json == {"off": 0, "done": False}
    assert phone.send_part(photo).json["done"]


def _headers_of(part: bytes) -> dict[str, str]:
    import base64

    digest = base64.b64encode(hashlib.sha256(part).digest()).decode()
    return {
        "Content-Type": "application/octet-stream",
        "Upload-Offset": "0",
        "Upload-Length": str(len(part)),
        "Upload-Complete": "?1",
        "Content-Digest": f"sha-256=:{digest}:",
    }


def test_a_photo_that_came_before_its_record_could_be_applied_is_linked_when_it_is(any_world: World) -> None:
    phone, photo = any_world.phone(), jpeg()
    start = phone.operation("round.start", data={"zone": None, "party_size": 2})
    phone.acks(phone.record_with_photo(photo, start["entity"]))
    assert phone.send_part(photo).json["done"]
    phone.acks(start)
    assert photo_row(any_world).state == "received"


def test_a_photo_whole_on_the_disk_but_unknown_to_the_database_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, photo = world.phone(), jpeg()
    phone.acks(phone.record_with_photo(photo))

    def stop(*_args: object) -> set[str]:
        raise RuntimeError("stopped after the file was whole")

    with monkeypatch.context() as patched:
        patched.setattr("fieldapp.sync.named_blobs.note_received", stop)
        assert phone.send_part(photo).status_code == 500
    sha256 = hashlib.sha256(photo).hexdigest()
    have = phone.http.post("/api/v1/sync/blobs/have", json={"sha256": [sha256]}, headers=phone.headers)
    assert have.json["blobs"][sha256]["done"]
    assert photo_row(world).state == "received"


def test_a_photo_that_breaks_the_worker_waits_and_does_not_stop_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, first, second = world.phone(), jpeg(), jpeg(colour="red")
    phone.acks(phone.record_with_photo(first), phone.record_with_photo(second))
    phone.send_part(first)
    phone.send_part(second)
    broken = sorted([first, second], key=lambda photo: hashlib.sha256(photo).hexdigest())[0]
    whole = PictureCleaner.clean

    def clean(self: PictureCleaner, source: Path, **limits: Any) -> Any:
        if source.name == hashlib.sha256(broken).hexdigest():
            raise PictureWorkerBroken("out of memory")
        return whole(self, source, **limits)

    monkeypatch.setattr(PictureCleaner, "clean", clean)
    run_jobs(world)
    with world.as_home():
        assert sorted(db.session.scalars(select(ObservationPhoto.state))) == ["clean", "received"]


def test_received_bytes_left_behind_by_a_stop_are_swept(world: World) -> None:
    phone, photo = world.phone(), jpeg()
    phone.acks(phone.record_with_photo(photo))
    phone.send_part(photo)
    run_jobs(world)
    store = world.app.extensions["rond_blobs"]
    sha256 = hashlib.sha256(photo).hexdigest()
    store.append_part(world.home.id, sha256, offset=0, total_length=len(photo), part=photo, part_sha256=sha256)
    assert store.is_received(world.home.id, sha256)
    run_jobs(world)
    assert not store.is_received(world.home.id, sha256)
