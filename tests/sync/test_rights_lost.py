"""A host who loses the role still delivers what the phone holds: it is kept, held, and waits for nobody's right to send."""

import uuid

from fieldapp.access.models import Device, User
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from tests.make.world import World


def test_who_is_refused_a_reading_learns_the_epoch_all_the_same(world: World) -> None:
    phone = world.phone()
    phone.http.post("/api/v1/phone/sign-out", json={}, headers=phone.headers)
    answer = phone.http.get("/api/v1/sync/pull", headers=phone.headers)
    assert (answer.status_code, answer.json["code"], answer.json["epoch"]) == (401, "signed_out", phone.epoch)
    with world.as_home(write=True):
        db.session.get_one(Device, uuid.UUID(phone.device)).signed_out_at = None
        db.session.get_one(User, world.home.users[Role.HOST].id).roles = [Role.MAINTENANCE]
    answer = phone.http.get("/api/v1/sync/pull", headers=phone.headers)
    assert (answer.status_code, answer.json["code"], answer.json["epoch"]) == (403, "forbidden", phone.epoch)
    with world.as_home(write=True):
        db.session.get_one(Device, uuid.UUID(phone.device)).revoked_at = world.clock.now()
    answer = phone.http.get("/api/v1/sync/pull", headers=phone.headers)
    assert (answer.status_code, answer.json["code"], answer.json["epoch"]) == (403, "device_revoked", phone.epoch)


def test_a_user_who_lost_the_role_still_delivers_records_and_photos(any_world: World) -> None:
    phone = any_world.phone()
    photo = b"\xff\xd8\xff" + bytes(60)
    with any_world.as_home(write=True):
        db.session.get_one(User, any_world.home.users[Role.HOST].id).roles = [Role.MAINTENANCE]
    [ack] = phone.acks(phone.record_with_photo(photo))
    assert (ack["st"], ack["why"]) == ("held", "forbidden")
    assert phone.send_part(photo).json == {"off": len(photo), "done": True}
    assert phone.http.get("/api/v1/sync/audit", headers=phone.headers).json["missing"] == []
    assert phone.http.get("/api/v1/sync/pull", headers=phone.headers).status_code == 403
