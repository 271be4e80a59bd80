"""A receiver tells by itself how mending goes: only who signs is heard, only now, and what is said twice is done once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from fieldapp.access.roles import Role
from fieldapp.export.inbound import rotate_secret
from fieldapp.export.models import Receiver
from fieldapp.export.signatures import sign
from fieldapp.infra.db import db
from tests.export.orders import Orders
from tests.make.world import World


class Caller:
    """The receiver's own system."""

    def __init__(self, orders: Orders) -> None:
        self.orders, self.world = orders, orders.world
        self.http = self.world.app.test_client()
        self.secret = self.rotate()

    def rotate(self) -> str:
        """Get another secret from an administrator."""
        with self.world.as_home(write=True):
            receiver = db.session.get_one(Receiver, self.orders.receiver_id)
            made = rotate_secret(self.world.home.actor(Role.ADMINISTRATOR), receiver, clock=self.world.clock)
            self.address = f"/api/v1/inbound/{made.address}"
            return made.secret

    def call(self, *updates: Any, key: str = "k-1", secret: str = "", **headers: str) -> TestResponse:
        """Tell of updates."""
        body = json.dumps({"updates": list(updates)}).encode()
        return self.send(body, key=key, secret=secret, **headers)

    def send(self, body: bytes, *, key: str = "k-1", secret: str = "", signature: str = "") -> TestResponse:
        """Send a body, signed now."""
        signed = signature or sign(body, [secret or self.secret], self.world.clock.now())
        headers = {"X-Signature": signed, "Idempotency-Key": key, "Content-Type": "application/json"}
        return self.http.post(self.address, data=body, headers=headers)


@pytest.fixture
def caller(world: World) -> Caller:
    """A receiver that has an address and a secret."""
    return Caller(Orders(world))


def test_what_is_signed_is_done(caller: Caller) -> None:
    case = caller.orders.sent("A-1")
    answer = caller.call({"external_id": "A-1", "status": "fixed", "note": "Klart"})
    assert answer.status_code == 200, answer.text
    assert answer.json == {"outcomes": {"applied": 1}, "unread": []}
    assert caller.orders.cases.now(case).status == "atgardad"


def test_the_same_call_again_gets_the_same_answer_and_does_nothing(caller: Caller) -> None:
    caller.orders.sent("A-1")
    update = {"case_no": caller.orders.cases.log(severity=3).case_no, "status": "fixed"}
    first = caller.call(update, {"external_id": "A-1", "status": "fixed"})
    assert caller.call(update, {"external_id": "A-1", "status": "fixed"}).json == first.json
    assert len(caller.orders.kept()) == 2
    other = caller.call({"external_id": "A-1", "status": "open"})
    assert (other.status_code, other.json["code"]) == (409, "key_used")


def test_who_does_not_sign_is_not_heard(caller: Caller) -> None:
    case = caller.orders.sent("A-1")
    update = {"external_id": "A-1", "status": "fixed"}
    old = sign(b"{}", [caller.secret], caller.world.clock.now() - timedelta(minutes=6))
    answers = [
        caller.call(update, secret="guess"),
        caller.send(b"{}", signature=old),
        caller.send(b'{"updates":[]}', signature=sign(b"{}", [caller.secret], caller.world.clock.now())),
        caller.http.post(caller.address, json={"updates": [update]}),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert caller.orders.cases.now(case).status == "granskad"


def test_an_unknown_address_is_nowhere(caller: Caller) -> None:
    caller.address = "/api/v1/inbound/nowhere"
    assert caller.call().status_code == 404


def test_a_former_secret_holds_for_a_week(caller: Caller) -> None:
    former = caller.secret
    caller.secret = caller.rotate()
    assert caller.call(key="a", secret=former).status_code == 200
    assert caller.call(key="b").status_code == 200
    caller.world.clock.advance(timedelta(days=8))
    assert caller.call(key="c", secret=former).status_code == 401
    assert caller.call(key="d").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"[]", 422),
        (b'{"updates": 1}', 422),
        (json.dumps({"updates": [{}] * 201}).encode(), 422),
        (b"[" * 60_000, 422),
        (b"x" * 65_537, 413),
    ],
)
def test_another_body_is_refused_within_its_bound(caller: Caller, body: bytes, status: int) -> None:
    assert caller.send(body).status_code == status


def test_a_call_without_a_key_is_refused(caller: Caller) -> None:
    assert caller.send(b'{"updates":[]}', key="").status_code == 422


def test_rows_that_cannot_be_read_are_told_and_the_rest_is_done(caller: Caller) -> None:
    caller.orders.sent("A-1")
    answer = caller.call(1, {"status": "fixed"}, {"external_id": "A-1", "status": "fixed", "status_at": "nyss"},
                         {"external_id": "A-1", "status": "in_progress"})  # fmt: skip
    assert answer.json == {"outcomes": {"applied": 1}, "unread": [0, 1, 2]}
