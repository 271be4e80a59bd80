"""Figures of cases: how many were mended within the clock, how long mending took, how many came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, select

from fieldapp.damage import rules
from fieldapp.damage.models import Case
from fieldapp.infra.db import db
from fieldapp.infra.rows import unsearched


@dataclass(slots=True)
class CaseFigures:
    """Of some cases: all but those set aside; with a clock and mended or overdue; in time; how many took how many hours."""

    count: int = 0
    mended: int = 0
    with_clock: int = 0
    in_time: int = 0
    reopened: int = 0
    hours: dict[int, int] = field(default_factory=dict)

    @property
    def half_within_h(self) -> int | None:
        """Return within how many hours at least half of what was mended was mended."""
        return rules.half_within(self.hours)

    @property
    def share_in_time(self) -> float | None:
        """Return the share mended within the clock, of those whose clock has told."""
        return self.in_time / self.with_clock if self.with_clock else None

    @property
    def share_reopened(self) -> float | None:
        """Return the share of what was mended that was opened again."""
        return self.reopened / self.mended if self.mended else None

    def add(self, hour: int | None, count: int, mended: int, with_clock: int, in_time: int, reopened: int) -> None:
        """Take the counts of a group in, which took `hour` whole hours to mend where they are mended."""
        self.count += count
        self.mended += mended
        self.with_clock += with_clock
        self.in_time += in_time
        self.reopened += reopened
        if hour is not None:
            self.hours[hour] = self.hours.get(hour, 0) + mended


@dataclass(frozen=True, slots=True)
class FiguresOfCases:
    """The figures of all, by category, by zone."""

    whole: CaseFigures
    by_category: Mapping[str, CaseFigures]
    by_zone: Mapping[UUID | None, CaseFigures]


_MENDED = Case.mended_at.is_not(None)
_IN_TIME = and_(_MENDED, Case.mended_at <= Case.due_at)


def figures_of(start: datetime | None, end: datetime | None, now: datetime) -> FiguresOfCases:
    """Return the figures of cases opened in [start, end), in one query whose rows are as many as zones, categories and hours.

    By the index that has them in the order of their groups, whichever days are asked for.
    """
    told = and_(Case.due_at.is_not(None), _MENDED | (Case.due_at < now))
    query = (
        select(
            Case.category_code,
            Case.zone_id,
            Case.mend_bucket_h,
            func.count().label("cases"),
            _count_where(_MENDED).label("mended"),
            _count_where(told).label("with_clock"),
            _count_where(_IN_TIME).label("in_time"),
            _count_where(Case.status == "ateroppnad").label("reopened"),
        )
        .where(Case.status.not_in(rules.SET_ASIDE_STATUSES))
        .group_by(Case.category_code, Case.zone_id, Case.mend_bucket_h)
    )
    if start is not None:
        query = query.where(unsearched(Case.opened_at) >= start)
    if end is not None:
        query = query.where(unsearched(Case.opened_at) < end)
    return _gathered(db.session.execute(query))


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Of the cases that were opened in a month: how many, how many with a clock that has told, how many of them in time."""

    first: date
    count: int
    with_clock: int
    in_time: int

    @property
    def share_in_time(self) -> float | None:
        """Return the share mended within the clock, of those whose clock has told."""
        return self.in_time / self.with_clock if self.with_clock else None


def month_figures(months: Sequence[date], timezone: ZoneInfo, now: datetime) -> list[MonthFigures]:
    """Return the figures of local months, given by their first days in order, in one query. The last may not be over."""
    bounds = [datetime.combine(first, time(), timezone) for first in [*months, next_month(months[-1])]]
    told = and_(Case.due_at.is_not(None), _MENDED | (Case.due_at < now))
    month = case(*((Case.opened_at < end, number) for number, end in enumerate(bounds[1:])), else_=-1).label("month")
    query = (
        select(month, func.count(), _count_where(told), _count_where(_IN_TIME))
        .where(Case.opened_at >= bounds[0], Case.opened_at < bounds[-1])
        .where(Case.status.not_in(rules.SET_ASIDE_STATUSES))
        .group_by("month")
    )
    found = {row[0]: row[1:] for row in db.session.execute(query)}
    return [MonthFigures(first, *found.get(number, (0, 0, 0))) for number, first in enumerate(months)]


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def last_months(day: date, count: int) -> list[date]:
    """Return the first days of so many months, that of `day` last."""
    total = day.year * 12 + day.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(total - count + 1, total + 1)]


def _count_where(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _gathered(rows: Any) -> FiguresOfCases:
    whole = CaseFigures()
    by_category: dict[str, CaseFigures] = defaultdict(CaseFigures)
    by_zone: dict[UUID | None, CaseFigures] = defaultdict(CaseFigures)
    for code, zone_id, hour, *numbers in rows:
        for figures in (whole, by_category[code], by_zone[zone_id]):
            figures.add(hour, *numbers)
    return FiguresOfCases(whole, by_category, by_zone)
