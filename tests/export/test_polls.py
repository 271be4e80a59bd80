"""Receivers are asked how mending goes, each in its time; one that does not answer keeps no other waiting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from fieldapp.export.adapters import open311_client as client
from fieldapp.export.adapters.open311 import Open311, Settings
from fieldapp.export.adapters.open311_form import order_form
from fieldapp.export.polls import Question, poll_receivers
from fieldapp.export.status_models import ReceiverPoll
from fieldapp.export.status_rules import StatusReport
from fieldapp.infra.db import db
from tests.export.orders import Orders
from tests.export.test_open311_client import CASE, exchange
from tests.make.world import World
from tests.receivers.open311 import Endpoint, running_endpoint
from tests.receivers.open311_desk import API_KEY


@pytest.fixture(scope="module")
def running() -> Iterator[Endpoint]:
    """An endpoint as a process."""
    with running_endpoint() as endpoint:
        yield endpoint


class Polled:
    """An organisation that asks an endpoint."""

    def __init__(self, world: World, running: Endpoint) -> None:
        running.reset()
        self.orders, self.clock, self.running = Orders(world), world.clock, running
        self.endpoint = client.Endpoint(running.url, exchange, "json", api_key=API_KEY)

    def poll(self) -> int:
        """Let the worker do its job once."""
        with self.orders.world.app.app_context():
            return poll_receivers(["open311"], self.ask, clock=self.clock)

    def ask(self, question: Question, now: datetime) -> list[StatusReport]:
        """Ask the endpoint."""
        return Open311(self.endpoint, Settings({})).ask(question.external_ids, question.since, now)

    def state(self) -> ReceiverPoll:
        """Return how asking went last."""
        with self.orders.world.as_home():
            found = db.session.get(ReceiverPoll, (self.orders.world.home.id, self.orders.receiver_id))
            assert found is not None
            return found


@pytest.fixture
def polled(world: World, running: Endpoint) -> Polled:
    """An organisation that asks an endpoint."""
    return Polled(world, running)


def order(polled: Polled) -> str:
    """Order at the endpoint."""
    return polled.endpoint.create(order_form(CASE, "GRAF", None, {})).id


def test_what_is_closed_there_is_mended_here(polled: Polled) -> None:
    number = order(polled)
    case = polled.orders.sent(number)
    assert polled.poll() == 1
    assert polled.orders.cases.now(case).status == "granskad"
    polled.running.tell(number, "closed", "Sanerat")
    assert polled.poll() == 0, "it is not time yet"
    polled.clock.advance(timedelta(minutes=5))
    assert polled.poll() == 1
    assert polled.orders.cases.now(case).status == "atgardad"
    polled.clock.advance(timedelta(minutes=5))
    polled.poll()
    assert [row.word for row in polled.orders.kept()] == ["open", "closed"]


def test_updates_tell_more_than_an_order_does(polled: Polled) -> None:
    number = order(polled)
    case = polled.orders.sent(number)
    polled.running.tell(number, "in_progress", in_request=False, in_updates=True)
    polled.running.tell("A-1", "fixed", in_request=False, in_updates=False)
    polled.poll()
    assert polled.orders.cases.now(case).status == "pagar"


def test_a_receiver_that_does_not_answer_is_asked_more_seldom(polled: Polled) -> None:
    number = order(polled)
    case = polled.orders.sent(number)
    polled.running.behave(get_plan=["500", "html"])
    polled.poll()
    first = polled.state()
    assert (first.failures, first.next_at - polled.clock.now()) == (1, timedelta(minutes=10))
    polled.clock.advance(timedelta(minutes=10))
    polled.poll()
    assert polled.state().failures == 2
    polled.clock.advance(timedelta(minutes=20))
    polled.running.tell(number, "closed")
    polled.poll()
    assert (polled.state().failures, polled.state().answer) == (0, "")
    assert polled.orders.cases.now(case).status == "atgardad"


def test_what_is_mended_is_asked_about_no_more(polled: Polled) -> None:
    number = order(polled)
    polled.orders.cases.step(polled.orders.sent(number), "atgardad")
    before = len(polled.running.account()["seen"])
    polled.poll()
    assert len(polled.running.account()["seen"]) == before
