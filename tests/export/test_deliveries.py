"""A damage goes from the phone to an Open311 endpoint and its mending comes back: one order, whatever the weather."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select

from fieldapp.damage.models import Case
from fieldapp.export.deliveries import poll_due, send_due
from fieldapp.export.models import Delivery, DeliveryTry, Receiver
from fieldapp.infra.db import db
from fieldapp.infra.feature import Installation
from fieldapp.infra.outward import Outward
from fieldapp.infra.picture_cleaner import PictureCleaner
from tests.damage.conftest import Cases
from tests.make.world import World
from tests.receivers.open311 import Endpoint, running_endpoint
from tests.receivers.open311_desk import API_KEY


@pytest.fixture(scope="module")
def running() -> Iterator[Endpoint]:
    """An endpoint as a process."""
    with running_endpoint() as endpoint:
        yield endpoint


class Road:
    """An organisation with an endpoint, and the worker between them."""

    def __init__(self, world: World, running: Endpoint) -> None:
        running.reset()
        self.world, self.running, self.cases = world, running, Cases(world)
        extensions = world.app.extensions
        outward = Outward(frozenset({"127.0.0.1"}), timeout_s=2)
        self.worker = Installation(world.clock, extensions["rond_blobs"], cast("PictureCleaner", None), outward)
        settings = {"base_url": running.url, "services": {"SK02": "GRAF"}, "other_service": "007"}
        with world.as_home(write=True):
            db.session.add(Receiver(
                id=uuid.uuid4(), tenant_id=world.home.id, name="Driften", adapter="open311", settings=settings,
                secret=API_KEY, created_at=world.clock.now(),
            ))  # fmt: skip

    def work(self, times: int = 1, wait: timedelta = timedelta(hours=7)) -> None:
        """Let the worker send and ask, and let time pass in between."""
        for _time in range(times):
            with self.world.app.app_context():
                send_due(self.worker)
                poll_due(self.worker)
            self.world.clock.advance(wait)

    def deliveries(self) -> list[Any]:
        """Return what was queued, oldest first."""
        with self.world.as_home():
            query = select(Delivery).order_by(Delivery.queued_at, Delivery.revision)
            return list(db.session.scalars(query))

    def tries(self) -> list[str]:
        """Return what came of each try."""
        with self.world.as_home():
            return list(db.session.scalars(select(DeliveryTry.outcome).order_by(DeliveryTry.at, DeliveryTry.id)))

    def orders(self) -> dict[str, int]:
        """Return how many orders the endpoint has by case number."""
        found: dict[str, int] = self.running.account()["orders"]
        return found


@pytest.fixture
def road(world: World, running: Endpoint) -> Road:
    """An organisation with an endpoint."""
    return Road(world, running)


def test_a_damage_goes_out_and_its_mending_comes_back_to_the_finders_phone(road: Road) -> None:
    case = road.cases.log(severity=3)
    road.work()
    assert road.cases.now(case).status == "skickad"
    assert road.orders() == {str(case.case_no): 1}
    [delivery] = road.deliveries()
    road.running.tell(delivery.external_id, "closed", "Sanerat")
    road.work()
    assert road.cases.now(case).status == "atgardad"
    [shown] = [row for row in road.cases.phone.pull(anew=True) if row["id"] == str(case.observation_id)]
    assert shown["body"]["case"]["status"] == "atgardad"


@pytest.mark.parametrize("mood", ["500", "500_after", "lost", "cut", "closed", "html", "busy"])
def test_one_order_whatever_happens_to_the_first_answer(road: Road, mood: str) -> None:
    road.running.behave(post_plan=[mood])
    case = road.cases.log(severity=3)
    road.work(times=4)
    assert road.orders() == {str(case.case_no): 1}
    assert road.cases.now(case).status == "skickad"


def test_a_token_becomes_an_order(road: Road) -> None:
    road.running.behave(is_batch=True, token_polls=1)
    case = road.cases.log(severity=3)
    road.work(times=4)
    assert road.orders() == {str(case.case_no): 1}
    assert road.deliveries()[0].external_id == "A-1"


def test_a_correction_and_a_withdrawal_are_told_in_their_order(road: Road) -> None:
    case = road.cases.log(severity=3)
    road.work()
    road.cases.correct(case, severity=4)
    road.cases.withdraw(case)
    road.work(times=2)
    told = [update["status"] for update in road.running.account()["told"]]
    assert told[-1] == "cancelled"
    assert [delivery.state for delivery in road.deliveries()] == ["sent"] * len(road.deliveries())
    assert road.orders() == {str(case.case_no): 1}


def test_what_was_withdrawn_before_it_was_sent_never_leaves(road: Road) -> None:
    case = road.cases.log(severity=3)
    road.cases.withdraw(case)
    road.work()
    assert road.orders() == {}
    assert [delivery.state for delivery in road.deliveries()] == ["dead"]


def test_text_that_the_scanner_found_something_in_never_leaves(road: Road) -> None:
    case = road.cases.log(severity=3, note="Ring Anna på 070-174 06 58")
    road.cases.step(case, "granskad")
    road.work()
    [form] = road.running.account()["forms"]
    assert "Anna" not in form["description"]
    assert "070" not in form["description"]


def test_a_rejection_by_the_receiver_is_not_told_to_it(road: Road) -> None:
    road.cases.log(severity=3)
    road.work()
    [delivery] = road.deliveries()
    road.running.tell(delivery.external_id, "no_further_action", "Inte vår")
    road.work(times=2)
    assert len(road.deliveries()) == 1


def test_a_paused_receiver_gets_nothing(road: Road) -> None:
    with road.world.as_home(write=True):
        db.session.scalars(select(Receiver)).one().is_paused = True
    road.cases.log(severity=3)
    road.work()
    assert road.orders() == {}


def test_another_organisations_cases_stay_there(road: Road) -> None:
    phone = road.world.phone(road.world.foreign)
    phone.acks(phone.record(severity=3))
    road.work()
    assert road.orders() == {}
    with road.world.as_home():
        assert db.session.scalars(select(Case)).all() == []
