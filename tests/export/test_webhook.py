"""A case reaches a listener once, signed, whatever becomes of answers."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from fieldapp.damage.models import Case
from fieldapp.export.deliveries import send_due
from fieldapp.export.models import Delivery, Receiver
from fieldapp.infra.db import db
from fieldapp.infra.feature import Installation
from fieldapp.infra.outward import Outward
from tests.damage.conftest import Cases
from tests.make.world import World
from tests.receivers.webhook import Running, running_listener

SECRET = "a secret that both know"
FAULTS = ("500", "500_after", "lost", "busy", "ok")
SCHEDULES = 25


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A listener as a process."""
    with running_listener(SECRET) as listener:
        yield listener


class Road:
    """An organisation whose damage goes to a listener, and the worker between them."""

    def __init__(self, world: World, running: Running) -> None:
        running.moods()
        self.world, self.running, self.cases = world, running, Cases(world)
        blobs: Any = world.app.extensions["rond_blobs"]
        out = Outward(frozenset({"127.0.0.1"}), timeout_s=0.3)
        self.worker = Installation(world.clock, blobs, None, out)  # type: ignore[arg-type]
        with world.as_home(write=True):
            db.session.add(Receiver(
                id=uuid.uuid4(), tenant_id=world.home.id, name="Driften", adapter="webhook",
                settings={"url": running.url}, secret=SECRET, created_at=world.clock.now(),
            ))  # fmt: skip

    def secret(self, text: str) -> None:
        """Sign with these secrets, one a line."""
        with self.world.as_home(write=True):
            db.session.execute(update(Receiver).values(secret=text))

    def work(self, times: int = 1) -> None:
        """Let the worker send, and let the wait be over."""
        for _time in range(times):
            with self.world.app.app_context():
                send_due(self.worker)
            self.world.clock.advance(timedelta(minutes=1))
            with self.world.as_home(write=True):
                db.session.execute(update(Delivery).values(next_try_at=self.world.clock.now()))

    def forget(self, case: Case) -> None:
        """Let a delivery be as it was before it was tried, as a restore does."""
        with self.world.as_home(write=True):
            values = {"state": "queued", "external_id": None, "tries": 0, "is_unknown": True}
            db.session.execute(update(Delivery).where(Delivery.case_id == case.id).values(**values))
            db.session.execute(update(Case).where(Case.id == case.id).values(status="granskad"))

    def states(self) -> list[str]:
        """Return how the deliveries stand."""
        with self.world.as_home():
            return list(db.session.scalars(select(Delivery.state).order_by(Delivery.revision)))

    def orders(self) -> list[Any]:
        """Return what the listener keeps."""
        return list(self.running.account()["orders"].values())


@pytest.fixture
def road(world: World, running: Running) -> Road:
    """An organisation with a listener."""
    return Road(world, running)


def test_a_reviewed_damage_reaches_the_listener_signed(road: Road) -> None:
    case = road.cases.log(severity=3)
    road.work()
    [order] = road.orders()
    assert (order["case_no"], order["action"], order["status"]) == (case.case_no, "create", "granskad")
    assert road.cases.now(case).status == "skickad"
    with road.world.as_home():
        assert db.session.scalars(select(Delivery.external_id)).one() == f"W-{case.case_no}"


@pytest.mark.parametrize("mood", ["500", "500_after", "lost", "slow", "busy"])
def test_a_call_whose_answer_is_bad_is_made_again_with_the_same_key(road: Road, mood: str) -> None:
    road.running.moods(mood)
    road.cases.log(severity=3)
    road.work(4)
    assert len(road.orders()) == 1
    assert len({call["key"] for call in road.running.account()["calls"]}) == 1
    assert road.states() == ["sent"]


@pytest.mark.parametrize("mood", ["no", "elsewhere"])
def test_a_refusal_or_a_redirect_waits_for_a_person(road: Road, mood: str) -> None:
    road.running.moods(mood)
    road.cases.log(severity=3)
    road.work(3)
    assert road.states() == ["dead"]
    assert len(road.running.account()["calls"]) == 1


def test_a_correction_and_a_withdrawal_follow_in_their_order(road: Road) -> None:
    case = road.cases.log(severity=3)
    road.work()
    road.cases.correct(case, severity=4)
    road.cases.withdraw(case)
    road.work(2)
    assert [call["action"] for call in road.running.account()["calls"]] == ["create", "update", "cancel"]


def test_while_a_secret_is_changed_both_count(road: Road) -> None:
    road.secret(f"the new one\n{SECRET}")
    road.cases.log(severity=3)
    road.work()
    assert len(road.orders()) == 1


def test_a_wrong_secret_is_refused_by_the_listener(road: Road) -> None:
    road.secret("another")
    road.cases.log(severity=3)
    road.work()
    assert (road.orders(), road.states()) == ([], ["dead"])


def test_one_order_in_every_weather_and_after_every_restore(road: Road) -> None:
    for seed in range(SCHEDULES):
        chance = random.Random(seed)
        case = road.cases.log(severity=3)
        road.running.moods(*chance.choices(FAULTS, k=chance.randrange(5)))
        for _turn in range(3):
            road.work(chance.randrange(1, 4))
            if chance.random() < 0.3:
                road.forget(case)
        road.work(10)
        assert [order["case_no"] for order in road.orders()] == [case.case_no], seed
