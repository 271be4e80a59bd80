"""A supervisor reads a plan in words before it is made; a plan is ended and succeeded, never changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fieldapp.access.roles import Role
from fieldapp.planning import sentences
from fieldapp.planning.queries import Targets, ZonePlace, plans
from fieldapp.planning.rules import HOURS, Cadence
from tests.make.plans import BEGINS
from tests.make.world import World


def form(world: World, **changed: Any) -> dict[str, Any]:
    filled = {
        "zone_id": str(world.home.zone.id),
        "kinds": ["BasementLevel"],
        "weekdays": ["1", "2", "3", "4", "5", "6", "7"],
        "part": "evening",
        "starts_on": "2026-11-23",
    }
    return {**filled, **changed}


def kept(world: World) -> list[Any]:
    with world.as_home():
        return list(plans(with_ended=True))


def test_a_preview_says_what_the_plan_will_be_and_makes_nothing(world: World) -> None:
    answer = world.desk().post("/desk/plans/new", form(world, is_preview="true"))
    assert "Varje kväll 18–22: 1 källare i Norra" in answer.text
    assert kept(world) == []


def test_a_plan_is_made_listed_and_ended(world: World) -> None:
    desk = world.desk()
    assert desk.post("/desk/plans/new", form(world)).status_code == 302
    [plan] = kept(world)
    assert "Varje kväll 18–22" in desk.get("/desk/plans").text
    desk.post(f"/desk/plans/{plan.id}/end", {}, token_from="/desk/plans/new")
    assert [one.ended_at is not None for one in kept(world)] == [True]


def test_a_successor_ends_the_one_before_it(world: World) -> None:
    desk = world.desk()
    desk.post("/desk/plans/new", form(world))
    [first] = kept(world)
    assert str(first.id) in desk.get(f"/desk/plans/new?succeeds={first.id}").text
    world.clock.advance(timedelta(minutes=1))
    desk.post("/desk/plans/new", form(world, predecessor_id=str(first.id), times_a_week="3"))
    before, after = kept(world)
    assert (before.ended_at is not None, after.ended_at, after.predecessor_id) == (True, None, first.id)


def test_a_plan_that_has_ended_is_succeeded_by_none(world: World) -> None:
    desk = world.desk()
    desk.post("/desk/plans/new", form(world))
    [first] = kept(world)
    succeeding = form(world, predecessor_id=str(first.id))
    statuses = [desk.post("/desk/plans/new", succeeding).status_code for _ in range(2)]
    assert statuses == [302, 409]


@pytest.mark.parametrize(
    "fault",
    [
        {"kinds": []},
        {"weekdays": []},
        {"weekdays": ["1"], "times_a_week": "3"},
        {"part": "own", "from_time": "22:00", "to_time": "18:00"},
        {"until_on": "2026-11-01"},
        {"place_ids": ["00000000-0000-0000-0000-000000000001"]},
    ],
)
def test_a_plan_that_cannot_be_is_told_at_its_field(world: World, fault: dict[str, Any]) -> None:
    answer = world.desk().post("/desk/plans/new", form(world, **fault))
    assert answer.status_code == 422
    assert "field-error" in answer.text or "Något behöver rättas" in answer.text


def test_hours_past_midnight_are_of_the_day_before(world: World) -> None:
    desk = world.desk()
    desk.post("/desk/plans/new", form(world, part="own", from_time="21:30", to_time="02:00"))
    [plan] = kept(world)
    assert (plan.from_min, plan.to_min) == (930, 1200)


def test_a_meeting_point_is_one_of_the_zones_places(world: World) -> None:
    desk, zone = world.desk(), world.home.zone.id
    desk.post(f"/desk/plans/meeting/{zone}", {"place_id": str(world.home.places["yard"].id)})
    assert "Gården vid Bergsbogatan" in desk.get("/desk/plans").text
    foreign = {"place_id": str(world.foreign.places["yard"].id)}
    assert desk.post(f"/desk/plans/meeting/{zone}", foreign).status_code == 422


def test_who_only_views_plans_makes_none(world: World) -> None:
    desk = world.desk(role=Role.COORDINATOR)
    assert desk.get("/desk/plans").status_code == 200
    assert desk.get("/desk/plans/new").status_code == 403


@pytest.mark.parametrize(
    ("weekdays", "times", "part", "said"),
    [
        (range(1, 8), None, "evening", "Varje kväll 18–22"),
        (range(1, 8), 3, "night", "3 gånger i veckan, natt 22–06"),
        (range(1, 6), None, "evening", "Vardagar, kväll 18–22"),
        ((6, 7), 1, "morning", "1 gång i veckan (lördag och söndag), förmiddag 06–12"),
    ],
)
def test_how_often_is_said_in_words(world: World, weekdays: Any, times: int | None, part: str, said: str) -> None:
    with world.app.test_request_context():
        cadence = Cadence(frozenset(weekdays), times, *HOURS[part], BEGINS, None)
        assert sentences.often(cadence) == said


def test_more_than_three_kinds_are_places(world: World) -> None:
    place = world.home.places["yard"]
    kinds = ("Attic", "Garage", "Storage", "Level")
    named = Targets([ZonePlace(place.id, kind, "", None, None, is_on_map=True) for kind in kinds], [])
    with world.app.test_request_context():
        assert sentences.what(named) == "4 platser"
