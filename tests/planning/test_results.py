"""Plan against done: each asked-for day says what was planned, seen and perhaps seen, and what happened where it was not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fieldapp.access.roles import Role
from fieldapp.coverage.days import day_of
from fieldapp.planning import service
from fieldapp.planning.results import PlanDay, plan_results
from tests.coverage.evening import end_round, fold, send
from tests.make.plans import every_evening
from tests.make.world import World

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def plan(world: World, **changed: Any) -> UUID:
    with world.as_home(write=True):
        wanted = every_evening(world.home.zone.id, **changed)
        return service.make_plan(world.home.actor(Role.SUPERVISOR), wanted, clock=world.clock).id


def results(world: World, days: int = 1) -> list[PlanDay]:
    with world.as_home():
        now = world.clock.now()
        today = day_of(now, STOCKHOLM)
        return plan_results(today - timedelta(days=days - 1), today, now, STOCKHOLM)


def test_where_nobody_walked_nothing_was_done_and_it_says_so(world: World) -> None:
    plan(world)
    [found] = results(world)
    assert (found.planned, found.done, found.unknown, found.reasons) == (1, 0, 0, {"no_round": 1})


def test_every_day_of_the_period_is_told(world: World) -> None:
    plan(world)
    assert [one.planned for one in results(world, days=5)] == [1] * 5


def test_a_round_that_ended_early_gives_its_reason(world: World) -> None:
    plan(world, kinds=("BasementLevel", "OutdoorSpace"))
    phone = world.phone()
    round_id = phone.start_round()
    phone.acks(phone.operation("round.end", round_id, {"reason": "weather"}))
    world.clock.advance(timedelta(minutes=1))
    [found] = results(world)
    assert found.planned == 2
    assert found.reasons == {"weather": 1}


def test_a_week_is_told_as_a_whole_on_its_last_day(world: World) -> None:
    plan(world, times_a_week=2)
    told = results(world, days=14)
    assert {one.day.isoweekday() for one in told} == {7}
    assert {one.planned for one in told} == {2}


def test_the_days_of_a_plan_that_ended_stay(world: World) -> None:
    plan_id = plan(world)
    world.clock.advance(timedelta(days=3))
    with world.as_home(write=True):
        from fieldapp.planning.queries import plan_in_tenant

        ended = plan_in_tenant(plan_id)
        assert ended is not None
        service.end_plan(world.home.actor(Role.SUPERVISOR), ended, clock=world.clock)
    world.clock.advance(timedelta(days=3))
    before = [one.day for one in results(world, days=7)]
    today = day_of(world.clock.now(), STOCKHOLM)
    assert max(before) == today - timedelta(days=4)


def test_what_was_checked_in_the_plans_hours_is_done(world: World) -> None:
    plan(world, kinds=("BasementLevel", "OutdoorSpace"))
    phone = world.phone()
    round_id = phone.start_round()
    send(phone, [phone.record(round_id)])
    world.clock.advance(timedelta(minutes=30))
    end_round(phone, round_id)
    fold(world)
    [found] = results(world)
    assert (found.planned, found.done) == (2, 1)
