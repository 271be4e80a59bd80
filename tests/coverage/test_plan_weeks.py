"""Plan against done is told by week: a short one as a whole, a long one by what was missed most."""

from __future__ import annotations

from datetime import date, timedelta

from fieldapp.desk.coverage_plan import MISSED_MAX, PlanLine, by_week

MONDAY = date(2026, 11, 16)


def _line(days: int, planned: int, done: int, unknown: int = 0) -> PlanLine:
    return PlanLine(MONDAY + timedelta(days=days), "Norra", "Varje dag", planned, done, unknown, "")


def test_lines_lie_in_weeks_the_latest_first() -> None:
    weeks = by_week([_line(3, 5, 5), _line(0, 5, 4), _line(-1, 5, 3), _line(-7, 5, 2)])
    assert [(week.number, len(week.lines)) for week in weeks] == [(47, 2), (46, 2)]
    assert weeks[0].monday == MONDAY


def test_what_was_missed_most_stands_first_and_what_may_have_been_seen_is_not_missed() -> None:
    lines = [_line(6, 5, 5), _line(5, 5, 4), _line(4, 9, 2, 1), _line(3, 5, 0, 5)]
    [week] = by_week(lines)
    assert [line.not_done for line in week.missed] == [6, 1]
    assert week.sums == (24, 11, 6, 7)


def test_no_more_is_shown_of_a_long_week_than_fits() -> None:
    [week] = by_week([_line(day // 3, 5, 1) for day in reversed(range(21))])
    assert not week.is_short
    assert len(week.missed) == MISSED_MAX
    assert [len(lines) for _day, lines in week.days] == [3] * 7
    [short] = by_week([_line(0, 5, 1)])
    assert short.is_short
