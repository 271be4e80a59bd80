"""What a phone has told its host, and whether the server has exactly that: each operation once, each photo whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from typing import Any, cast
from uuid import UUID

from flask import Flask
from PIL import Image
from sqlalchemy import select

from fieldapp.infra.blobs import BlobStore
from fieldapp.infra.db import as_tenant, db
from fieldapp.observations.models import Observation, ObservationPhoto
from fieldapp.sync.audit import missing
from fieldapp.sync.models import LedgerEntry
from tests.browser.waiting import wait_for

CLEAN_S = 60
RECORDING = ("observation.record", "visit.check")


@dataclass(frozen=True, slots=True)
class Told:
    """What lies on a phone: operations by id with their numbers, the records among them, their photos by hash."""

    numbers: dict[UUID, int]
    unsent: frozenset[UUID]
    records: frozenset[UUID]
    open_records: frozenset[UUID]
    """Records whose editor has not been closed: they are kept back for two minutes."""
    photos: frozenset[str]

    @staticmethod
    def of(read: dict[str, Any]) -> Told:
        """Take what `READ_PHONE` gave."""
        ops = read["ops"]
        return Told(
            numbers={UUID(op["id"]): op["n"] for op in ops},
            unsent=frozenset(UUID(op["id"]) for op in ops if op["state"] != "acked"),
            records=frozenset(UUID(op["entity"]) for op in ops if op["type"] in RECORDING),
            open_records=frozenset(UUID(op["entity"]) for op in ops if op["state"] == "open"),
            photos=frozenset(blob["sha256"] for op in ops for blob in op["blobs"]),
        )


def expect_once(app: Flask, tenant: UUID, told: Told, saved: Collection[str] = ()) -> None:
    """Check that the server has what the phones told, and nothing twice. `saved`: records whose saving a host saw."""
    assert {UUID(one) for one in saved} <= told.records, "a record that was called saved is not on the phone"
    assert told.unsent == frozenset()
    with app.app_context(), as_tenant(tenant, write=False):
        entries = db.session.scalars(select(LedgerEntry)).all()
        records = Counter(db.session.scalars(select(Observation.id)).all())
        holes = [missing(device) for device in {entry.device_id for entry in entries}]
    assert {entry.id: entry.n for entry in entries} == told.numbers
    assert set(Counter((entry.device_id, entry.n) for entry in entries).values()) == {1}
    assert Counter(entry.outcome for entry in entries) == {"applied": len(entries)}
    assert records == Counter(told.records)
    assert [(hole["missing"], hole["photos_missing"]) for hole in holes] == [([], [])] * len(holes)


def on_the_server(app: Flask, tenant: UUID) -> frozenset[UUID]:
    """Return the operations the server has."""
    with app.app_context(), as_tenant(tenant, write=False):
        return frozenset(db.session.scalars(select(LedgerEntry.id)).all())


def photos_on_the_server(app: Flask, tenant: UUID) -> int:
    """Return how many photos the server has whole."""
    with app.app_context(), as_tenant(tenant, write=False):
        states = db.session.scalars(select(ObservationPhoto.state)).all()
    return sum(state != "named" for state in states)


def expect_photos_whole(app: Flask, tenant: UUID, told: Told, sizes_px: Collection[tuple[int, int]]) -> None:
    """Wait until every photo is clean, and see that each opens and has the size of one that was taken."""

    def clean() -> dict[str, str] | None:
        with app.app_context(), as_tenant(tenant, write=False):
            photos = db.session.scalars(select(ObservationPhoto)).all()
        assert [photo.refused_why for photo in photos if photo.state == "refused"] == []
        is_done = all(photo.state == "clean" for photo in photos)
        return {photo.sha256: str(photo.clean_sha256) for photo in photos} if is_done else None

    pictures = wait_for("every photo is clean", clean, seconds=CLEAN_S) if told.photos else {}
    assert set(pictures) == told.photos
    store = cast("BlobStore", app.extensions["rond_blobs"])
    sizes = Counter(size_px(store.read_clean(tenant, sha256).read_bytes()) for sha256 in pictures.values())
    assert sizes <= Counter(sizes_px)


def size_px(picture_bytes: bytes) -> tuple[int, int]:
    """Decode a picture to its last line and return its width and height."""
    with Image.open(BytesIO(picture_bytes)) as picture:
        picture.load()
        return picture.size
