"""A round is opened by saying why; its hosts see who did."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from fieldapp.access.models import AuditEvent
from fieldapp.access.roles import Role
from fieldapp.infra.db import db
from fieldapp.rounds.models import RoundViewing
from tests.make.world import Phone, World

REASON = "Uppföljning av en skada"


def closed_round(phone: Phone) -> str:
    round_id = phone.start_round()
    phone.acks(phone.operation("round.end", round_id, {"reason": "done"}))
    return round_id


def viewings(world: World) -> list[RoundViewing]:
    with world.as_home():
        return list(db.session.scalars(select(RoundViewing)))


def test_a_round_is_asked_about_before_anything_of_it_is_shown(world: World) -> None:
    round_id = closed_round(world.phone())
    answer = world.desk().get(f"/desk/rounds/{round_id}")
    assert answer.status_code == 200
    assert "Varför vill du se ronden?" in answer.text
    assert "round-layers" not in answer.text


@pytest.mark.parametrize("form", [{}, {"reason": ""}, {"own": "Hej"}, {"own": "x" * 201}])
def test_without_a_reason_nothing_is_opened(world: World, form: dict[str, str]) -> None:
    round_id = closed_round(world.phone())
    answer = world.desk().post(f"/desk/rounds/{round_id}", form)
    assert answer.status_code == 422
    assert "Välj ett skäl eller skriv ett eget" in answer.text
    assert viewings(world) == []


def test_a_reason_opens_the_round_and_is_kept_in_the_audit(world: World) -> None:
    round_id = closed_round(world.phone())
    answer = world.desk().post(f"/desk/rounds/{round_id}", {"reason": REASON})
    [viewing] = viewings(world)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/desk/rounds/{round_id}/viewing/{viewing.id}"
    with world.as_home():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "round:open")).one()
    assert (event.reason, str(event.subject_id)) == (REASON, round_id)
    assert event.actor_id == world.home.users[Role.SUPERVISOR].id


def test_ones_own_words_count_before_a_suggestion(world: World) -> None:
    round_id = closed_round(world.phone())
    world.desk().post(f"/desk/rounds/{round_id}", {"reason": REASON, "own": "Lampan vid gården"})
    assert [viewing.reason for viewing in viewings(world)] == ["Lampan vid gården"]


def test_a_reason_with_personal_data_is_refused(world: World) -> None:
    round_id = closed_round(world.phone())
    answer = world.desk().post(f"/desk/rounds/{round_id}", {"own": "Ring 070-123 45 67 om det"})
    assert answer.status_code == 422
    assert "personuppgifter" in answer.text
    assert viewings(world) == []


def test_the_host_sees_role_and_reason_of_whoever_opened_their_round_but_no_name(world: World) -> None:
    phone = world.phone()
    round_id = closed_round(phone)
    world.desk().post(f"/desk/rounds/{round_id}", {"reason": REASON})
    [seen] = phone.pulled("round")[round_id]["viewings"]
    assert (seen["by_role"], seen["reason"]) == ("supervisor", REASON)
    assert set(seen) == {"at", "by_role", "reason"}


def test_a_round_that_goes_on_is_not_opened(world: World) -> None:
    round_id = world.phone().start_round()
    desk = world.desk()
    assert desk.get(f"/desk/rounds/{round_id}").status_code == 403
    assert desk.post(f"/desk/rounds/{round_id}", {"reason": REASON}).status_code == 403
    assert viewings(world) == []


def test_another_tenants_round_is_as_unknown_as_none(world: World) -> None:
    foreign = closed_round(world.phone(world.foreign))
    desk = world.desk()
    answers = [desk.post(f"/desk/rounds/{key}", {"reason": REASON}) for key in (foreign, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
