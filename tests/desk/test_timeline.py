"""A round in quarter-hours: none is left out from the first that is known to the last, and what is unknown adds up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.desk.filters import QUARTER
from fieldapp.desk.observation_list import RecordLine
from fieldapp.desk.timeline import timeline
from fieldapp.kernel.time import quarter_hour
from fieldapp.observations.models import Observation
from fieldapp.rounds.track import Break, union_length

BEGUN = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
MINUTES = st.integers(0, 400)


def logged(minute: int) -> RecordLine:
    record = Observation(occurred_at=BEGUN + timedelta(minutes=minute), category_code="SK01")
    return RecordLine(record, None, None, None, (), None)


def unknown(start: int, minutes: int) -> Break:
    from_at = BEGUN + timedelta(minutes=start)
    return Break(from_at, from_at + timedelta(minutes=minutes), ("no_fix",), None, None)


RECORDS = st.lists(MINUTES.map(logged), max_size=8).map(
    lambda lines: sorted(lines, key=lambda line: line.record.occurred_at)
)
GAPS = st.lists(st.builds(unknown, MINUTES, st.integers(1, 200)), max_size=5)


@given(RECORDS, GAPS)
def test_each_begins_where_the_one_before_ended(lines: list[RecordLine], gaps: list[Break]) -> None:
    found = timeline(lines, gaps)
    assert all(before.to_at == after.from_at for before, after in pairwise(found))
    assert all(quarter_hour(each.from_at) == each.from_at < each.to_at for each in found)


@given(RECORDS, GAPS)
def test_every_record_stands_in_its_own_quarter_hour(lines: list[RecordLine], gaps: list[Break]) -> None:
    found = timeline(lines, gaps)
    assert [line for each in found for line in each.lines] == lines
    for each in found:
        assert all(quarter_hour(line.record.occurred_at) == each.from_at for line in each.lines)
        assert not each.lines or each.to_at - each.from_at == QUARTER


@given(RECORDS, GAPS)
def test_what_is_unknown_adds_up_to_the_gaps(lines: list[RecordLine], gaps: list[Break]) -> None:
    told = sum((each.unknown for each in timeline(lines, gaps)), timedelta())
    assert told == union_length(sorted((gap.from_at, gap.to_at) for gap in gaps))


def test_a_long_gap_without_records_is_one_line() -> None:
    found = timeline([logged(2), logged(200)], [unknown(10, 172)])
    spans = [((each.to_at - each.from_at) // QUARTER, each.unknown) for each in found]
    assert spans == [(1, timedelta(minutes=5)), (12, timedelta(minutes=167)), (1, timedelta())]


def test_a_round_of_which_nothing_is_known_has_no_quarter_hours() -> None:
    assert timeline([], []) == []
