"""What is unknown of a route is told once, in order, and never as walked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fieldapp.kernel.geo import LatLon
from fieldapp.rounds.track import SILENT_AFTER, Fix, breaks, stretches, union_length

BEGUN = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
HERE = LatLon(57.75, 11.98)


def at(seconds: float) -> datetime:
    return BEGUN + timedelta(seconds=seconds)


def fixes(*seconds: float) -> list[Fix]:
    return [Fix(at(second), HERE, 5.0) for second in seconds]


def test_silence_between_stretches_is_a_break_without_a_reason() -> None:
    [known] = breaks(stretches(fixes(0, 10, 300, 310), []), [])
    assert (known.from_at, known.to_at, known.reasons) == (at(10), at(300), ())


def test_a_gap_between_stretches_gives_the_break_its_reason_and_is_not_told_twice() -> None:
    gap = (at(20), at(290))
    parts = stretches(fixes(0, 10, 300, 310), [gap])
    [known] = breaks(parts, [(*gap, "hidden")])
    assert (known.from_at, known.to_at, known.reasons) == (at(10), at(300), ("hidden",))


def test_one_break_names_each_reason_once() -> None:
    gaps = [(at(20), at(50), "hidden"), (at(60), at(90), "no_fix"), (at(100), at(120), "hidden")]
    parts = stretches(fixes(0, 10, 300), [gap[:2] for gap in gaps])
    assert [known.reasons for known in breaks(parts, gaps)] == [("hidden", "no_fix")]


def test_a_leap_that_nobody_can_walk_is_a_break_and_not_a_line() -> None:
    away = LatLon(57.77, 11.98)  # 2.2 km
    here = fixes(0, 10)
    parts = stretches([*here, Fix(at(11), away, 5.0)], [])
    assert [len(part.fixes) for part in parts] == [2, 1]
    [known] = breaks(parts, [])
    assert (known.reasons, known.after) == (("leap",), Fix(at(11), away, 5.0))


def test_a_tram_is_no_leap() -> None:
    moved = LatLon(57.7505, 11.98)  # 56 m in 5 s
    assert len(stretches([*fixes(0), Fix(at(5), moved, 5.0)], [])) == 1


def test_a_gap_after_the_last_fix_is_told_with_the_known_end_alone() -> None:
    [known] = breaks(stretches(fixes(0, 10), []), [(at(60), at(600), "locked_or_killed")])
    assert known.before == fixes(10)[0]
    assert known.after is None


def test_gaps_of_a_round_without_fixes_are_told() -> None:
    found = breaks([], [(at(600), at(700), "no_fix"), (at(0), at(60), "permission")])
    assert [(known.reasons, known.before, known.after) for known in found] == [
        (("permission",), None, None),
        (("no_fix",), None, None),
    ]


SECONDS = st.integers(0, 3600)
SPANS = st.lists(st.tuples(SECONDS, SECONDS).map(sorted), max_size=12).map(sorted)


@given(SPANS)
def test_time_in_several_gaps_counts_once(spans: list[list[int]]) -> None:
    covered = {second for start, end in spans for second in range(start, end)}
    assert union_length([(at(start), at(end)) for start, end in spans]) == timedelta(seconds=len(covered))


@given(st.lists(SECONDS, min_size=2, max_size=40), SPANS)
def test_no_stretch_lies_in_a_break_and_every_recorded_gap_in_one(times: list[int], spans: list[list[int]]) -> None:
    gaps = [(at(start), at(end), "hidden") for start, end in spans if end > start]
    parts = stretches(fixes(*times), [gap[:2] for gap in gaps])
    found = breaks(parts, gaps)
    assert found == sorted(found, key=lambda known: known.from_at)
    for part in parts:
        first, last = part.fixes[0].at, part.fixes[-1].at
        # A lone fix may have come in a recorded gap: it is a point, and nothing is drawn from it.
        assert first == last or all(known.to_at <= first or known.from_at >= last for known in found)
        assert all(
            after.at - before.at <= SILENT_AFTER for before, after in zip(part.fixes, part.fixes[1:], strict=False)
        )
    assert all(any(known.from_at < end and known.to_at > start for known in found) for start, end, _why in gaps)
