"""Clocks: working time where it is asked for, and who is told when one has run out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from fieldapp.access.roles import Role
from fieldapp.damage import escalation
from fieldapp.damage.clocks import set_clocks, set_work_week
from fieldapp.damage.commands import SetClocks, SetEscalation, SetWorkWeek
from fieldapp.damage.facts import CLOCKS_RAN_OUT, LateCase
from fieldapp.damage.models import CaseNotice
from fieldapp.damage.worktime import WorkTime, after_working
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.infra.feature import Installation
from fieldapp.infra.picture_cleaner import PictureCleaner
from tests.damage.conftest import Cases
from tests.make.world import World

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WEEK = WorkTime(frozenset(range(1, 6)), 7 * 60, 16 * 60, frozenset({date(2026, 12, 24)}), STOCKHOLM)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("since", "hours", "due"),
    [
        ("2026-11-24 08:00", 4, "2026-11-24 12:00"),
        ("2026-11-24 20:40", 1, "2026-11-25 08:00"),
        ("2026-11-27 15:00", 2, "2026-11-30 08:00"),  # over a weekend
        ("2026-11-24 05:00", 9, "2026-11-24 16:00"),
        ("2026-12-23 15:30", 1, "2026-12-25 07:30"),  # over a day off
        ("2026-11-24 08:00", 18, "2026-11-26 08:00"),
    ],
)
def test_hours_are_counted_while_somebody_works(since: str, hours: int, due: str) -> None:
    assert after_working(local(since), hours, WEEK) == local(due)


def test_a_day_on_which_the_clocks_change_has_as_many_hours_as_it_has() -> None:
    around = WorkTime(frozenset(range(1, 8)), 0, 24 * 60, frozenset(), STOCKHOLM)
    since = local("2026-10-25 00:00")
    assert after_working(since, 25, around) == local("2026-10-26 00:00").astimezone(UTC)


def test_where_nobody_ever_works_no_clock_runs_out() -> None:
    assert after_working(local("2026-11-24 08:00"), 1, WorkTime(frozenset(), 0, 1440, frozenset(), STOCKHOLM)) is None


@given(
    st.integers(0, 366 * 24 * 60).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)),
    st.integers(1, 300),
    st.sets(st.integers(1, 7), min_size=1),
    st.integers(0, 1380),
    st.integers(60, 1440),
)
def test_due_is_never_sooner_than_by_the_clock_on_the_wall_and_later_for_more_hours(
    since: datetime, hours: int, weekdays: set[int], from_min: int, length: int
) -> None:
    worked = WorkTime(frozenset(weekdays), from_min, min(1440, from_min + length), frozenset(), STOCKHOLM)
    due, later = after_working(since, hours, worked), after_working(since, hours + 1, worked)
    assert due
    assert later
    assert since + timedelta(hours=hours) <= due < later


def test_a_clock_of_working_time_is_given_to_new_cases(cases: Cases, world: World) -> None:
    supervisor = world.home.actor(Role.SUPERVISOR)
    with world.as_home(write=True):
        set_clocks(supervisor, SetClocks({1: None, 2: 9, 3: 24, 4: 24}, frozenset({2})), clock=world.clock)
        set_work_week(supervisor, SetWorkWeek((1, 2, 3, 4, 5, 6, 7), 0, 60, ()), clock=world.clock)
    case = cases.log(severity=2)
    assert case.due_at is not None
    assert case.due_at - case.opened_at > timedelta(days=8)
    plain = cases.log(severity=3)
    assert plain.due_at == plain.opened_at + timedelta(hours=24)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[LateCase]:
    """What is announced of clocks that ran out."""
    found: list[LateCase] = []
    monkeypatch.setattr(changes, "_reactions", {**changes._reactions, CLOCKS_RAN_OUT: [found.extend]})
    return found


def run_job(world: World) -> int:
    """Let the worker tell of what is late, as often as it finds something."""
    count, app = 0, world.app
    with app.app_context():
        blobs = app.extensions["rond_blobs"]
        while done := escalation.tell_of_late_cases(Installation(world.clock, blobs, PictureCleaner())):
            count += done
    return count


def escalate(world: World, role: Role, after_hours: int | None) -> None:
    with world.as_home(write=True):
        command = SetEscalation(world.home.users[role].id, after_hours)
        escalation.set_escalation(world.home.actor(Role.SUPERVISOR), command, clock=world.clock)


def test_each_on_the_list_is_told_once_of_what_is_late_when_it_is_their_turn(
    cases: Cases, world: World, told: list[LateCase]
) -> None:
    escalate(world, Role.SUPERVISOR, 0)
    escalate(world, Role.COORDINATOR, 24)
    late, mended = cases.log(), cases.log()
    cases.step(mended, "atgardad")
    run_job(world)
    assert told == []
    world.clock.advance(timedelta(hours=24, minutes=1))
    run_job(world)
    run_job(world)
    supervisor, coordinator = (world.home.users[role].id for role in (Role.SUPERVISOR, Role.COORDINATOR))
    assert [(one.case_id, one.user_id) for one in told] == [(late.id, supervisor)]
    world.clock.advance(timedelta(hours=24))
    run_job(world)
    assert [(one.case_id, one.user_id) for one in told[1:]] == [(late.id, coordinator)]


def test_maintenance_is_told_of_its_own_trades_alone(cases: Cases, world: World) -> None:
    escalate(world, Role.MAINTENANCE, 0)
    graffiti, _lamp = cases.log(), cases.log(category="BE01")
    world.clock.advance(timedelta(hours=25))
    run_job(world)
    with world.as_home():
        assert [notice.case_id for notice in db.session.scalars(select(CaseNotice))] == [graffiti.id]


def test_who_is_taken_off_the_list_is_told_no_more(cases: Cases, world: World, told: list[LateCase]) -> None:
    escalate(world, Role.SUPERVISOR, 0)
    escalate(world, Role.SUPERVISOR, None)
    cases.log()
    world.clock.advance(timedelta(hours=25))
    run_job(world)
    assert told == []


def test_nobody_who_sees_no_cases_is_put_on_the_list(world: World) -> None:
    with pytest.raises(LookupError):
        escalate(world, Role.HOST, 0)


def test_the_desk_says_what_ran_out_until_it_was_seen(cases: Cases, world: World) -> None:
    escalate(world, Role.SUPERVISOR, 0)
    cases.log()
    world.clock.advance(timedelta(hours=25))
    run_job(world)
    desk = world.desk()
    assert "En frist har gått ut" in desk.get("/desk/cases").text
    assert desk.post("/desk/cases/notices", {}).headers["Location"] == "/desk/cases?overdue=true"
    assert "En frist har gått ut" not in desk.get("/desk/cases").text


def test_working_time_and_who_is_told_are_set_at_the_desk(world: World) -> None:
    desk = world.desk()
    week = {"weekdays": ["1", "2"], "from_time": "07:00", "to_time": "16:00", "days_off": "2026-12-24\n2026-12-25"}
    assert desk.post("/desk/cases/clocks/week", week).status_code == 302
    faults: list[dict[str, Any]] = [{"to_time": "07:30"}, {"days_off": "julafton"}, {"weekdays": []}]
    for wrong in faults:
        assert desk.post("/desk/cases/clocks/week", {**week, **wrong}).status_code == 422, wrong
    user = world.home.users[Role.COORDINATOR]
    assert desk.post("/desk/cases/clocks/told", {"user_id": str(user.id), "after_hours": "8"}).status_code == 302
    page = desk.get("/desk/cases/clocks").text
    assert "2026-12-25" in page
    assert "8 timmar efteråt" in page
    host = world.home.users[Role.HOST]
    assert desk.post("/desk/cases/clocks/told", {"user_id": str(host.id), "after_hours": "8"}).status_code == 422
