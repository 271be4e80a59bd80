"""What is unknown of a walk with several phones: only the times in which none of them recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.kernel.geo import LatLon
from fieldapp.rounds.together import Times, breaks_together, unknown_together, without
from fieldapp.rounds.track import Break, Fix, Stretch

EVENING = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return EVENING + timedelta(minutes=minute)


def times(*minutes: tuple[float, float]) -> list[Times]:
    return [(at(start), at(end)) for start, end in minutes]


def stretch(start: float, end: float) -> Stretch:
    return Stretch(tuple(Fix(at(minute), LatLon(57.7, 11.9), 5.0) for minute in (start, end)))


def gap(start: float, end: float, reason: str = "hidden") -> Break:
    return Break(at(start), at(end), (reason,), stretch(start, start).fixes[0], stretch(end, end).fixes[0])


def test_a_gap_in_which_a_colleague_recorded_is_none() -> None:
    assert unknown_together([times((10, 20)), []], [[], times((0, 60))]) == []


def test_what_both_missed_is_one_gap() -> None:
    unknown = [times((10, 20)), times((15, 30))]
    assert unknown_together(unknown, [times((0, 10), (20, 60)), times((0, 15), (30, 60))]) == times((15, 20))


def test_a_gap_after_the_colleague_went_home_stays() -> None:
    assert unknown_together([times((40, 50)), []], [times((0, 40)), times((0, 30))]) == times((40, 50))


def test_one_phone_keeps_its_own_breaks() -> None:
    own = [gap(10, 20), gap(12, 13)]
    assert breaks_together([([stretch(0, 10), stretch(20, 60)], own)]) == own


def test_a_break_is_cut_where_the_colleague_recorded_and_not_drawn_from_its_ends() -> None:
    first = ([stretch(0, 10), stretch(30, 60)], [gap(10, 30)])
    second: tuple[list[Stretch], list[Break]] = ([stretch(0, 20)], [])
    [left] = breaks_together([first, second])
    assert (left.from_at, left.to_at, left.before, left.after) == (at(20), at(30), None, None)


def test_a_break_of_two_phones_at_once_is_told_once() -> None:
    first = ([stretch(0, 10), stretch(30, 60)], [gap(10, 30)])
    second = ([stretch(0, 10), stretch(30, 60)], [gap(10, 30, "no_fix")])
    assert len(breaks_together([first, second])) == 1


SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: tuple(sorted(pair))), max_size=5)


@given(SPANS, SPANS)
def test_what_is_left_of_a_span_is_exactly_what_nobody_knows(
    spans: list[tuple[int, int]], known: list[tuple[int, int]]
) -> None:
    covered = sorted(times(*known))
    for start, end in spans:
        left = without((at(start), at(end)), covered)
        for minute in range(start, end):
            moment = at(minute + 0.5)
            is_known = any(begins <= moment < ends for begins, ends in covered)
            assert is_known != any(begins <= moment < ends for begins, ends in left)
