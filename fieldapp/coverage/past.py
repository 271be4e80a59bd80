"""When targets were last seen as of a day that is past, of what is counted day by day. Two statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from fieldapp.coverage.days import day_of, day_span
from fieldapp.coverage.models import CoverageDay
from fieldapp.coverage.numbers import numbers
from fieldapp.coverage.targets import targets
from fieldapp.infra.db import db
from fieldapp.observations.models import Observation

LOOK_BACK = timedelta(days=366)
ROWS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day on which a target was seen, up to another; `is_inherited`: only what ran there before it was."""

    day: date
    is_inherited: bool


def last_days(until: date, wanted: Collection[UUID], timezone: ZoneInfo) -> dict[UUID, LastDay]:
    """Return of targets when each was last seen, on `until` or in the year before it. What was not is absent.

    Rounds that are not over count for nothing; records outside of rounds count for the place they were made at.
    """
    import numpy as np

    known = numbers(targets())
    last = known.zeros()
    of_wanted = np.array([known.of[one] for one in wanted if one in known.of], np.int64)
    if len(of_wanted):
        query = (
            select(CoverageDay.day, CoverageDay.seen, CoverageDay.told)
            .where(CoverageDay.day <= until, CoverageDay.day > until - LOOK_BACK)
            .order_by(CoverageDay.day.desc())
        )
        rows = db.session.execute(query.execution_options(yield_per=ROWS_AT_ONCE))
        for day, *packed in rows:
            if last[of_wanted].all():
                rows.close()
                break
            for one in packed:
                counts = np.frombuffer(one, "<u2")
                place = last[: len(counts)]
                place[(counts > 0) & (place == 0)] = day.toordinal()
    own = last.copy()
    known.heritage.hand_on_least(last)
    found = {
        known.ids[number]: LastDay(date.fromordinal(int(last[number])), bool(last[number] != own[number]))
        for number in of_wanted.tolist()
        if last[number]
    }
    return _with_records(found, until, wanted, timezone)


def _with_records(
    found: dict[UUID, LastDay], until: date, wanted: Collection[UUID], timezone: ZoneInfo
) -> dict[UUID, LastDay]:
    """Add when records outside of rounds were made."""
    recorded = (
        select(Observation.place_id, func.max(Observation.occurred_at))
        .where(Observation.round_id.is_(None), Observation.occurred_at < day_span(until, timezone)[1])
        .group_by(Observation.place_id)
    )
    asked = set(wanted)
    for place_id, at in db.session.execute(recorded):
        if place_id in asked and at is not None:
            day = day_of(at, timezone)
            if place_id not in found or found[place_id].day < day:
                found[place_id] = LastDay(day, is_inherited=False)
    return found
