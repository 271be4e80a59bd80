"""How overdue something is follows from its plan and from when it was last seen, and from nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.planning.rules import (
    DAY_MIN,
    HOURS,
    OCCASIONS_MAX,
    Cadence,
    Moment,
    clock_of,
    minute_of,
    moment,
    overdue,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = date(2026, 11, 23)
EVERY_DAY = frozenset(range(1, 8))


def cadence(
    weekdays: frozenset[int] = EVERY_DAY,
    times_a_week: int | None = None,
    part: str = "evening",
    starts_on: date = date(2026, 1, 1),
    until_on: date | None = None,
) -> Cadence:
    return Cadence(weekdays, times_a_week, *HOURS[part], starts_on, until_on)


def days_back(days: int, minute: int = 800) -> Moment:
    return Moment(MONDAY - timedelta(days=days), minute)


weekday_sets = st.frozensets(st.integers(1, 7), min_size=1)
cadences = st.builds(
    lambda weekdays, times, part: cadence(weekdays, times and min(times, len(weekdays)), part),
    weekday_sets,
    st.one_of(st.none(), st.integers(1, 7)),
    st.sampled_from(sorted(HOURS)),
)
moments = st.builds(days_back, st.integers(0, 120), st.integers(0, DAY_MIN - 1))


@given(cadences, moments, moments)
def test_what_was_seen_later_is_never_more_overdue(plan: Cadence, one: Moment, other: Moment) -> None:
    earlier, later = sorted((one, other))
    assert overdue(plan, later, MONDAY).value <= overdue(plan, earlier, MONDAY).value


@given(cadences, moments)
def test_nothing_is_more_overdue_than_what_was_never_seen(plan: Cadence, seen: Moment) -> None:
    assert overdue(plan, seen, MONDAY).value <= overdue(plan, None, MONDAY).value <= OCCASIONS_MAX


@given(cadences, st.integers(0, 13))
def test_seen_in_its_hours_it_is_not_due_that_day(plan: Cadence, ahead: int) -> None:
    day = MONDAY + timedelta(days=ahead)
    assert overdue(plan, Moment(day, plan.from_min), day).is_due is False


@given(cadences, st.integers(0, 13))
def test_nothing_is_due_on_a_day_the_plan_does_not_name(plan: Cadence, ahead: int) -> None:
    day = MONDAY + timedelta(days=ahead)
    assert overdue(plan, None, day).is_due == (day.isoweekday() in plan.weekdays)


@given(weekday_sets, st.integers(1, 7))
def test_seen_whenever_it_is_due_it_is_seen_so_often_as_the_plan_asks(weekdays: frozenset[int], times: int) -> None:
    plan = cadence(weekdays, min(times, len(weekdays)))
    seen: Moment | None = None
    sightings = 0
    for ahead in range(7 * 8):
        day = MONDAY + timedelta(days=ahead)
        if overdue(plan, seen, day).is_due:
            seen, sightings = Moment(day, 800), sightings + 1
    assert 8 * (plan.times_a_week or 0) <= sightings <= 8 * len(weekdays)


def test_every_evening_it_waits_one_more_each_evening() -> None:
    waits = [overdue(cadence(), days_back(days), MONDAY).occasions for days in (0, 1, 2, 5)]
    assert waits == [0, 1, 2, 5]


def test_seen_in_the_afternoon_it_is_still_to_be_seen_in_the_evening() -> None:
    assert overdue(cadence(), days_back(0, minute=500), MONDAY).occasions == 1


def test_three_times_a_week_it_is_due_every_second_day() -> None:
    plan = cadence(times_a_week=3)
    assert [overdue(plan, days_back(days), MONDAY).is_due for days in (1, 2)] == [False, True]


def test_weekends_do_not_make_a_workday_plan_overdue() -> None:
    assert overdue(cadence(frozenset(range(1, 6))), days_back(3), MONDAY).occasions == 1


@pytest.mark.parametrize(
    ("plan", "day"),
    [
        (cadence(starts_on=MONDAY), MONDAY - timedelta(days=1)),
        (cadence(until_on=MONDAY), MONDAY + timedelta(days=1)),
    ],
)
def test_a_plan_asks_for_nothing_before_it_begins_or_after_it_ends(plan: Cadence, day: date) -> None:
    assert overdue(plan, None, day).is_due is False


def test_what_was_never_seen_waits_only_since_the_plan_began() -> None:
    plan = cadence(starts_on=MONDAY - timedelta(days=2))
    assert overdue(plan, None, MONDAY).occasions == 3


def test_an_hour_past_midnight_belongs_to_the_day_before() -> None:
    at = datetime(2026, 11, 24, 1, 30, tzinfo=STOCKHOLM)
    assert moment(at.astimezone(UTC), STOCKHOLM) == Moment(MONDAY, 1170)


@given(st.integers(0, DAY_MIN - 1))
def test_a_minute_of_the_day_is_a_time_on_the_clock_and_back(minute: int) -> None:
    assert minute_of(clock_of(minute)) == minute


def test_the_day_begins_at_six() -> None:
    assert clock_of(0) == time(6) == clock_of(DAY_MIN)
