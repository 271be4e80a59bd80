"""How the desk writes times and spans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.desk import filters
from fieldapp.desk.observation_list import read_position, write_position
from fieldapp.desk.round_list import monday_of, week_name
from fieldapp.observations.queries import ListPosition


@pytest.fixture(autouse=True)
def in_stockholm(app: Flask) -> Iterator[None]:
    """Write as for a Swedish reader in Stockholm."""
    with app.test_request_context():
        yield


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 11, 20, hour, minute, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (at(19, 0), at(20, 0), "20:00–21:15"),
        (at(19, 14), at(20, 46), "20:00–22:00"),
        (at(19, 14), at(19, 14), "20:00–20:15"),
        (at(19, 15).replace(second=0), at(20, 0).replace(second=0), "20:15–21:00"),
        (at(23, 50), None, "från 00:45"),
    ],
)
def test_a_span_is_told_in_whole_quarters_that_hold_it(start: datetime, end: datetime | None, words: str) -> None:
    assert filters.quarter_span(start, end) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "mindre än 1 min"), (60, "1 min"), (172 * 60, "172 min"), (180 * 60, "3 tim"), (260 * 60, "4 tim 20 min")],
)
def test_a_length_is_told_in_minutes_and_a_long_one_in_hours(seconds: int, words: str) -> None:
    assert filters.duration(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("before", "words"),
    [(timedelta(hours=1), "idag"), (timedelta(hours=21), "igår"), (timedelta(days=5), "för 5 dagar sedan")],
)
def test_days_are_counted_by_the_local_calendar(before: timedelta, words: str) -> None:
    assert filters.days_ago(at(19, 0) - before, at(19, 0)) == words


def test_summer_time_is_kept() -> None:
    assert filters.local_time(datetime(2026, 7, 1, 20, 0, tzinfo=UTC)) == "22:00"


@given(st.integers(0, 4 * 10**15), st.uuids())
def test_a_place_in_a_list_survives_an_address(microseconds: int, key: UUID) -> None:
    position = ListPosition(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds), key)
    assert read_position(write_position(position)) == position


@given(st.text())
def test_any_other_place_in_a_list_is_the_beginning_or_a_place(text: str) -> None:
    position = read_position(text)
    assert position is None or read_position(write_position(position)) == position


@given(st.dates(date(2000, 1, 10), date(2098, 1, 1)))
def test_a_weeks_name_leads_back_to_its_monday(day: date) -> None:
    monday = monday_of(week_name(day), date(2099, 1, 1))
    assert monday.weekday() == 0
    assert timedelta(0) <= day - monday < timedelta(days=7)
