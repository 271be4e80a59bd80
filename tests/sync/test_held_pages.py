"""A supervisor decides what becomes of an operation that is held; the host's phone is told."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.observations.models import Observation
from fieldapp.sync.models import LedgerEntry
from fieldapp.sync.queries import WAITS_UNSEEN
from tests.make.world import Phone, World

REASON = "Stämmer med ronden, vi för in den."


def held_by_revocation(world: World) -> tuple[Phone, dict[str, Any]]:
    """Let a phone send a record after it was revoked."""
    phone = world.phone()
    record = phone.record()
    world.desk().post(f"/desk/devices/{phone.device}/revoke", {"kind": "lost"})
    assert phone.acks(record)[0]["why"] == "revoked"
    return phone, record


def decide(world: World, operation: dict[str, Any], decision: str, reason: str = REASON) -> Any:
    return world.desk().post(f"/desk/held/{operation['id']}", {"decision": decision, "reason": reason})


def entry(world: World, operation: dict[str, Any]) -> LedgerEntry:
    with world.as_home():
        return db.session.get_one(LedgerEntry, (world.home.id, uuid.UUID(operation["id"])))


def is_recorded(world: World, operation: dict[str, Any]) -> bool:
    with world.as_home():
        return db.session.get(Observation, uuid.UUID(operation["entity"])) is not None


def told(phone: Phone, operation: dict[str, Any]) -> dict[str, Any]:
    return phone.pulled("op")[operation["id"]]


def test_what_a_revoked_phone_sent_is_recorded_when_a_supervisor_releases_it(world: World) -> None:
    _phone, record = held_by_revocation(world)
    before = entry(world, record).seq
    assert decide(world, record, "release").status_code == 302
    assert is_recorded(world, record)
    now = entry(world, record)
    assert (now.outcome, now.reason) == ("applied", REASON)
    assert now.seq > before
    assert "Inget väntar" in world.desk().get("/desk/held").text


def test_the_phone_pulls_that_its_operation_was_sent_back_and_why(world: World) -> None:
    phone = world.phone()
    odd = phone.operation("observation.record", data={"category": "finns inte"})
    phone.acks(odd)
    phone.pull(anew=True)
    assert decide(world, odd, "return", "Kategorin finns inte, logga på nytt.").status_code == 302
    [row] = [row for row in phone.pull() if row["kind"] == "op"]
    assert row["body"]["state"] == "returned"
    assert row["body"]["reason"] == "Kategorin finns inte, logga på nytt."
    assert phone.acks(odd)[0]["st"] == "held", "sent again, it is still not taken in"


def test_a_released_operation_carries_out_what_waited_for_it(world: World) -> None:
    phone, colleague = world.phone(), str(world.home.users[Role.SUPERVISOR].id)
    start = phone.operation("round.start", data={"zone": str(world.home.zone.id), "party_size": 2}, by=colleague)
    record = phone.record(start["entity"])
    assert [ack["why"] for ack in phone.acks(start, record)] == ["not_signed_in_here", "waits_for"]
    assert decide(world, start, "release").status_code == 302
    assert entry(world, start).outcome == "applied"


def test_what_still_cannot_be_carried_out_stays_held_and_the_page_says_why(world: World) -> None:
    phone = world.phone()
    odd = phone.operation("observation.record", data={"category": "finns inte"})
    phone.acks(odd)
    answer = decide(world, odd, "release")
    assert answer.status_code == 422
    assert "går fortfarande inte att föra in" in answer.text
    assert entry(world, odd).outcome == "held"


def test_a_decision_stands_and_is_told_once(world: World) -> None:
    _phone, record = held_by_revocation(world)
    assert decide(world, record, "return").status_code == 302
    seq = entry(world, record).seq
    assert decide(world, record, "release").status_code == 302
    assert (entry(world, record).outcome, entry(world, record).seq) == ("returned", seq)
    assert not is_recorded(world, record)
    assert "redan återsänd" in world.desk().get(f"/desk/held/{record['id']}").text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"decision": "release"},
        {"decision": "drop", "reason": REASON},
        {"decision": "return", "reason": "nej"},
        {"decision": "return", "reason": "Ring Anna på 070-123 45 67"},
    ],
)
def test_a_decision_without_a_fit_reason_changes_nothing(world: World, form: dict[str, str]) -> None:
    _phone, record = held_by_revocation(world)
    answer = world.desk().post(f"/desk/held/{record['id']}", form)
    assert answer.status_code == 422
    assert (entry(world, record).outcome, entry(world, record).reason) == ("held", "")


def test_who_decided_and_why_is_in_the_audit(world: World) -> None:
    _phone, record = held_by_revocation(world)
    decide(world, record, "release")
    with world.as_home():
        event = db.session.query(AuditEvent).filter_by(action="held:release").one()
        assert (str(event.subject_id), event.reason) == (record["id"], REASON)


def test_a_record_that_was_never_held_is_not_shown_here(world: World) -> None:
    phone = world.phone()
    record = phone.record()
    phone.acks(record)
    assert world.desk().get(f"/desk/held/{record['id']}").status_code == 404


def test_what_waits_for_something_else_is_nobodys_task_for_a_day(world: World) -> None:
    phone = world.phone()
    phone.acks(phone.record(str(uuid.uuid4())))
    assert "Inget väntar" in world.desk().get("/desk/held").text
    world.clock.advance(WAITS_UNSEEN)
    assert "1 post" in world.desk().get("/desk/held").text
