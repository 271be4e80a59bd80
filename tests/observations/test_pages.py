"""Photos reach whoever may see them, made anew, private and audited; a photo that is not clean yet reaches nobody."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select, update

from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from fieldapp.infra.db import as_tenant, db
from fieldapp.observations.models import ObservationPhoto
from tests.make.world import Phone, Tenant, World

RECEIVED = b"\xff\xd8 as it came, with metadata \xff\xd9"
CLEAN = b"\xff\xd8 made anew \xff\xd9"
THUMB = b"\xff\xd8 small \xff\xd9"


def logged_photo(world: World, phone: Phone, tenant: Tenant, *, is_clean: bool = True) -> str:
    """Let a host log damage with a photo, and clean it unless it is to wait; return the photo's id."""
    operation = phone.record_with_photo(RECEIVED)
    phone.acks(operation)
    photo_id = str(operation["data"]["photos"][0]["id"])
    if is_clean:
        store = world.app.extensions["rond_blobs"]
        with world.app.app_context(), as_tenant(tenant.id, write=True):
            files = {
                "clean_sha256": store.put_clean(tenant.id, CLEAN),
                "thumb_sha256": store.put_clean(tenant.id, THUMB),
            }
            mine = ObservationPhoto.id == uuid.UUID(photo_id)
            db.session.execute(update(ObservationPhoto).where(mine).values(state="clean", **files))
    return photo_id


@pytest.mark.parametrize(("size", "content"), [("full", CLEAN), ("thumb", THUMB)])
def test_a_photo_is_sent_private_and_audited(world: World, size: str, content: bytes) -> None:
    photo_id = logged_photo(world, world.phone(), world.home)
    answer = world.desk().get(f"/desk/photos/{photo_id}/{size}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, content, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with world.as_home():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "photo:view")).one()
    assert (str(event.subject_id), event.facts) == (photo_id, {"size": size})
    assert event.actor_id == world.home.users[Role.SUPERVISOR].id


@pytest.mark.parametrize("size", ["full", "thumb"])
def test_a_photo_that_is_not_clean_yet_is_shown_to_nobody(world: World, size: str) -> None:
    photo_id = logged_photo(world, world.phone(), world.home, is_clean=False)
    assert world.desk().get(f"/desk/photos/{photo_id}/{size}").status_code == 404


def test_a_photo_whose_file_is_gone_is_an_ordinary_404(world: World) -> None:
    photo_id = logged_photo(world, world.phone(), world.home)
    with world.as_home():
        photo = db.session.get_one(ObservationPhoto, uuid.UUID(photo_id))
    world.app.extensions["rond_blobs"].discard_clean(world.home.id, photo.clean_sha256)
    assert world.desk().get(f"/desk/photos/{photo_id}/full").status_code == 404


def test_another_tenants_photo_is_as_unknown_as_none(world: World) -> None:
    foreign = logged_photo(world, world.phone(world.foreign), world.foreign)
    desk = world.desk()
    answers = [desk.get(f"/desk/photos/{key}/full") for key in (foreign, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data


def test_a_page_of_a_record_offers_its_photo(world: World) -> None:
    photo_id = logged_photo(world, world.phone(), world.home)
    with world.as_home():
        record = db.session.get_one(ObservationPhoto, uuid.UUID(photo_id)).observation_id
    page = world.desk().get(f"/desk/observations/{record}").text
    assert f'<img src="/desk/photos/{photo_id}/thumb"' in page
    assert f'href="/desk/photos/{photo_id}/full"' in page
