"""Plan against done: what each plan asked for on a day, what of it was seen, and why the rest was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from fieldapp.coverage.days import ONE_DAY, day_of, day_span, days_between
from fieldapp.coverage.states import SeenInPart, seen_in_parts
from fieldapp.infra.db import db
from fieldapp.planning import queries
from fieldapp.planning.models import Plan
from fieldapp.planning.rules import HOURS
from fieldapp.rounds.models import Gap
from fieldapp.rounds.queries import closed_rounds

NO_ROUND = "no_round"
GAP = "gap:"
DONE = "done"


@dataclass(frozen=True, slots=True)
class PlanDay:
    """What a plan asked for on a day: how many targets, how many were seen in its hours, how many may have been.

    A plan of n times a week tells of a whole week on the week's last occasion: n sightings of each target. `reasons` say what
    happened where something was not seen: rounds' end reasons but "done", `gap:` and a gap's reason, or `no_round`; each with
    how many rounds. Hours of a plan's own are told by the parts of the day that they touch.
    """

    plan_id: UUID
    zone_id: UUID
    day: date
    from_min: int
    to_min: int
    planned: int
    done: int
    unknown: int
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sightings:
    """What was seen and what may have been, by day, in the hours of one plan."""

    seen: Mapping[date, frozenset[UUID]]
    unknown: Mapping[date, frozenset[UUID]]


def plan_results(from_day: date, to_day: date, now: datetime, timezone: ZoneInfo) -> list[PlanDay]:
    """Return what came of each plan on each day it asked for something, both days included, by day and plan.

    Of rounds that are not over nothing is told. What a plan names is what it names now. A constant number of statements.
    """
    to_day = min(to_day, day_of(now, timezone))
    if to_day < from_day:
        return []
    # A week that ends in the period is told as a whole.
    counted = list(seen_in_parts(from_day - 6 * ONE_DAY, to_day))
    reasons = _reasons(from_day - 6 * ONE_DAY, to_day, now, timezone)
    plans = queries.plans(with_ended=True)
    found: list[PlanDay] = []
    for plan, named in zip(plans, queries.targets_of([queries.named_by(one) for one in plans]), strict=True):
        targets = {place.id for place in named.places} | {piece.id for piece in named.pieces}
        sightings = _in_hours(plan, counted)
        told = _told_together(plan, from_day, to_day, timezone)
        found.extend(_result(plan, days, targets, sightings, reasons) for days in told)
    return sorted(found, key=lambda one: (one.day, str(one.plan_id)))


def _told_together(plan: Plan, from_day: date, to_day: date, timezone: ZoneInfo) -> Iterator[Sequence[date]]:
    """Give the occasions that are told of on one day, which is their last: each alone, or those of a week."""
    ended_on = day_of(plan.ended_at, timezone) if plan.ended_at is not None else None
    asked = [
        day
        for day in days_between(from_day - 6 * ONE_DAY, to_day)
        if plan.cadence.is_occasion(day) and (ended_on is None or day < ended_on)
    ]
    if plan.times_a_week is None:
        yield from ([day] for day in asked if day >= from_day)
        return
    weeks: dict[tuple[int, int], list[date]] = {}
    for day in asked:
        weeks.setdefault(day.isocalendar()[:2], []).append(day)
    last_weekday = max(plan.weekdays)
    for days in weeks.values():
        if days[-1].isoweekday() == last_weekday and days[-1] >= from_day:
            yield days


def _in_hours(plan: Plan, counted: Iterable[SeenInPart]) -> _Sightings:
    seen: dict[date, frozenset[UUID]] = {}
    unknown: dict[date, frozenset[UUID]] = {}
    touched = {part for part, (begins, ends) in HOURS.items() if begins < plan.to_min and ends > plan.from_min}
    for one in counted:
        if one.at.part in touched:
            seen[one.at.day] = seen.get(one.at.day, frozenset()) | one.seen
            unknown[one.at.day] = unknown.get(one.at.day, frozenset()) | one.unknown
    return _Sightings(seen, unknown)


def _result(
    plan: Plan,
    days: Sequence[date],
    targets: Collection[UUID],
    sightings: _Sightings,
    reasons: Mapping[tuple[UUID, date], Mapping[str, int]],
) -> PlanDay:
    times = min(plan.times_a_week or 1, len(days))
    seen: Counter[UUID] = Counter()
    maybe: Counter[UUID] = Counter()
    for day in days:
        seen_then = sightings.seen.get(day, frozenset())
        seen.update(one for one in targets if one in seen_then)
        maybe.update(one for one in sightings.unknown.get(day, frozenset()) - seen_then if one in targets)
    done = sum(min(times, count) for count in seen.values())
    unknown = sum(min(count, max(0, times - seen[one])) for one, count in maybe.items())
    planned = times * len(targets)
    why: Counter[str] = Counter()
    if done < planned:
        for day in days:
            why.update(reasons.get((plan.zone_id, day), {NO_ROUND: 1}))
    return PlanDay(plan.id, plan.zone_id, days[-1], plan.from_min, plan.to_min, planned, done, unknown, dict(why))


def _reasons(
    from_day: date, to_day: date, now: datetime, timezone: ZoneInfo
) -> dict[tuple[UUID, date], dict[str, int]]:
    """Return by zone and day why rounds that are over saw less than they might have; empty where there was nothing to say."""
    begins, ends = day_span(from_day, timezone)[0], day_span(to_day, timezone)[1]
    rounds = closed_rounds(begins, ends, now)
    gaps = _gap_reasons([one.id for one in rounds])
    found: dict[tuple[UUID, date], Counter[str]] = {}
    told: set[tuple[UUID, str]] = set()
    for one in rounds:
        if one.zone_id is None:
            continue
        counts = found.setdefault((one.zone_id, day_of(one.started_at, timezone)), Counter())
        said = [one.end_reason] if one.end_reason not in (None, DONE) else []
        for reason in (*said, *(f"{GAP}{gap}" for gap in sorted(gaps.get(one.id, ())))):
            # Several phones of one walk give one reason once.
            if (one.walk_id, str(reason)) not in told:
                told.add((one.walk_id, str(reason)))
                counts[str(reason)] += 1
    return {key: dict(counts) for key, counts in found.items()}


def _gap_reasons(round_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """Return why rounds have gaps; a round without gaps is absent."""
    found: dict[UUID, set[str]] = {}
    query = select(Gap.round_id, Gap.reason).where(Gap.round_id.in_(round_ids)).distinct()
    for round_id, reason in db.session.execute(query):
        found.setdefault(round_id, set()).add(reason)
    return found
