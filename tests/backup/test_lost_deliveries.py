"""After a restore a receiver is asked what it has before anything is sent, and no number means two cases."""

from __future__ import annotations

from sqlalchemy import select, update

from fieldapp.backup.lost_deliveries import NUMBERS_PASSED_OVER, doubt_deliveries
from fieldapp.export.models import Delivery
from fieldapp.infra.db import db
from tests.export.test_deliveries import Road, running  # noqa: F401 - a fixture
from tests.make.world import World
from tests.receivers.open311 import Endpoint


def test_what_was_sent_after_the_backup_is_found_and_not_sent_again(
    world: World,
    running: Endpoint,  # noqa: F811 - the fixture
) -> None:
    road = Road(world, running)
    case = road.cases.log(severity=3)
    road.work()
    with world.as_home(write=True):  # the backup was taken just before
        before = {"state": "queued", "external_id": None, "tries": 0, "is_unknown": False}
        db.session.execute(update(Delivery).values(**before))
        doubt_deliveries(db.session.connection())
    road.work(times=2)
    assert road.orders() == {str(case.case_no): 1}
    with world.as_home():
        assert db.session.scalars(select(Delivery.state)).all() == ["sent"]
    assert road.cases.log(severity=3).case_no == case.case_no + NUMBERS_PASSED_OVER + 1
