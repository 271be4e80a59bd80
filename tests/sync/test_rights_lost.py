"""A host who loses the role still delivers what the phone holds: it is kept, held, and waits for nobody's right to send."""

from fieldapp.access.models import User
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from tests.make.world import World


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
