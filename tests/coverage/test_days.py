"""The day of coverage begins at six, and its parts cover it without a hole, whatever the clocks of the country do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.coverage.days import (
    PARTS,
    bin_begins,
    bin_of,
    day_of,
    day_part,
    day_span,
    days_between,
    part_span,
)
from fieldapp.kernel.time import from_ms, to_ms

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = st.sampled_from([STOCKHOLM, ZoneInfo("UTC"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")])
INSTANTS = st.integers(to_ms(datetime(1990, 1, 1, tzinfo=UTC)), to_ms(datetime(2060, 1, 1, tzinfo=UTC))).map(from_ms)


@given(INSTANTS, ZONES)
def test_an_instant_lies_in_the_span_of_its_own_day_and_part(at: datetime, zone: ZoneInfo) -> None:
    day, part = day_part(at, zone)
    begin, end = part_span(day, part, zone)
    assert begin <= at < end
    assert day_span(day, zone)[0] <= begin
    assert end <= day_span(day, zone)[1]


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), ZONES)
def test_parts_follow_each_other_through_the_day_and_days_each_other(day: date, zone: ZoneInfo) -> None:
    spans = [part_span(day, part, zone) for part in PARTS]
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert (spans[0][0], spans[-1][1]) == day_span(day, zone)
    assert day_span(day, zone)[1] == day_span(day + timedelta(days=1), zone)[0]


@given(INSTANTS, ZONES)
def test_a_bin_lies_in_one_part_of_one_day(at: datetime, zone: ZoneInfo) -> None:
    begin = bin_begins(bin_of(at))
    assert begin <= at < begin + timedelta(minutes=15)
    assert day_part(begin, zone) == day_part(begin + timedelta(minutes=15) - timedelta(milliseconds=1), zone)


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-20T05:59", (date(2026, 11, 19), "night")),
        ("2026-11-20T06:00", (date(2026, 11, 20), "morning")),
        ("2026-11-20T12:00", (date(2026, 11, 20), "afternoon")),
        ("2026-11-20T18:00", (date(2026, 11, 20), "evening")),
        ("2026-11-20T22:00", (date(2026, 11, 20), "night")),
        ("2026-11-21T01:30", (date(2026, 11, 20), "night")),
    ],
)
def test_an_evening_past_midnight_belongs_to_its_day(local: str, expected: tuple[date, str]) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=STOCKHOLM)
    assert day_part(at, STOCKHOLM) == expected
    assert day_of(at, STOCKHOLM) == expected[0]


def test_days_between_holds_both_ends() -> None:
    assert list(days_between(date(2026, 11, 20), date(2026, 11, 22))) == [date(2026, 11, day) for day in (20, 21, 22)]
