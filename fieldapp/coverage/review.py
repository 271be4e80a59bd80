"""Reads for the review at the desk beside the states: gaps, what they left unknown, presence. Only of rounds that are over.

No host, no position, no time of day: days, parts of them, lengths. A constant number of statements each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from fieldapp.coverage.commands import Period
from fieldapp.coverage.days import ONE_DAY, bin_begins, day_part, day_span
from fieldapp.coverage.models import CoverageTarget, PieceBin, PlaceBin, WalkDay
from fieldapp.coverage.packed import unpack_numbers
from fieldapp.coverage.rules import SEEN_SHARE, TOLD
from fieldapp.coverage.states import seen_in_parts
from fieldapp.infra.db import db
from fieldapp.rounds.models import Gap, Round
from fieldapp.rounds.rules import ROUND_LONGEST
from fieldapp.rounds.track import union_length

QUARTER_HOURS = 0.25


@dataclass(frozen=True, slots=True)
class WalkGap:
    """How long nothing was recorded on one walk of a day for one reason. Phones of one walk count together."""

    day: date
    zone_id: UUID | None
    reason: str
    length: timedelta


def _is_over(now: datetime) -> Any:
    return or_(Round.state == "ended", Round.started_at < now - ROUND_LONGEST)


def walk_gaps(
    period: Period, now: datetime, timezone: ZoneInfo, *, zone_id: UUID | None, parts: Collection[str] | None
) -> list[WalkGap]:
    """Return the gaps of walks that are over, by day; a gap belongs to the part of the day that it begins in."""
    begins, ends = day_span(period.first, timezone)[0], day_span(period.last, timezone)[1]
    query = (
        select(Gap.from_at, Gap.to_at, Gap.reason, Round.walk_id, Round.zone_id)
        .join(Round, Round.id == Gap.round_id)
        .where(Round.started_at >= begins - ROUND_LONGEST, Round.started_at < ends, _is_over(now))
        .where(Gap.from_at >= begins, Gap.from_at < ends)
        .order_by(Gap.from_at)
    )
    if zone_id is not None:
        query = query.where(Round.zone_id == zone_id)
    spans: dict[tuple[date, UUID | None, str, UUID], list[tuple[datetime, datetime]]] = defaultdict(list)
    for from_at, to_at, reason, walk_id, of_zone in db.session.execute(query):
        at = day_part(from_at, timezone)
        if parts is None or at.part in parts:
            spans[at.day, of_zone, reason, walk_id].append((from_at, to_at))
    found = [WalkGap(day, zone, reason, union_length(of_walk)) for (day, zone, reason, _walk), of_walk in spans.items()]
    return sorted(found, key=lambda gap: (-gap.day.toordinal(), gap.reason, str(gap.zone_id)))


def unknown_by_day(period: Period, parts: Collection[str] | None) -> dict[date, frozenset[UUID]]:
    """Return of each day what was not seen on it and may have been, where there is any."""
    seen: dict[date, frozenset[UUID]] = defaultdict(frozenset)
    maybe: dict[date, frozenset[UUID]] = defaultdict(frozenset)
    for one in seen_in_parts(period.first, period.last):
        if parts is None or one.at.part in parts:
            seen[one.at.day] |= one.seen
            maybe[one.at.day] |= one.unknown
    left = {day: maybe[day] - seen[day] for day in maybe}
    return {day: targets for day, targets in left.items() if targets}


def presence_hours(
    period: Period, now: datetime, timezone: ZoneInfo, *, parts: Collection[str] | None
) -> dict[tuple[UUID | None, date], float]:
    """Return by zone and Monday of the week for how many hours walks that are over saw anything.

    A quarter of an hour counts once for each walk that saw something in it, whoever and how many walked.
    """
    begins, ends = day_span(period.first, timezone)[0], day_span(period.last, timezone)[1]
    within = (Round.started_at >= begins - ROUND_LONGEST, Round.started_at < ends, _is_over(now))
    rounds = {row.id: row for row in db.session.execute(select(Round.id, Round.walk_id, Round.zone_id).where(*within))}
    zone_of: dict[UUID, UUID | None] = {}
    for row in rounds.values():
        zone_of[row.walk_id] = zone_of.get(row.walk_id) or row.zone_id
    quarters: set[tuple[UUID, int]] = set()
    for model in (PieceBin, PlaceBin):
        # Named one by one and not joined: a database that joins reads the bins of all rounds there ever were.
        query = select(model.round_id, model.bin).where(model.round_id.in_(list(rounds)))
        query = query.where(model.source != TOLD, model.share >= SEEN_SHARE).distinct()
        quarters |= {(rounds[round_id].walk_id, at) for round_id, at in db.session.execute(query)}
    found: dict[tuple[UUID | None, date], float] = defaultdict(float)
    for walk_id, at in quarters:
        day, part = day_part(bin_begins(at), timezone)
        if period.first <= day <= period.last and (parts is None or part in parts):
            found[zone_of[walk_id], day - timedelta(days=day.weekday())] += QUARTER_HOURS
    return dict(found)


def targets_of_walk(round_id: UUID, now: datetime) -> dict[UUID, list[int]]:
    """Return what was seen on the walk that a round is part of, with the quarters of an hour, in order of the first.

    Of a phone whose round is not over nothing is told.
    """
    walk_id = db.session.scalar(select(Round.walk_id).where(Round.id == round_id))
    found: dict[UUID, set[int]] = defaultdict(set)
    for model, target in ((PieceBin, PieceBin.path_id), (PlaceBin, PlaceBin.place_id)):
        query = (
            select(target, model.bin)
            .join(Round, Round.id == model.round_id)
            .where(Round.walk_id == walk_id, _is_over(now), model.source != TOLD, model.share >= SEEN_SHARE)
        )
        for target_id, at in db.session.execute(query):
            found[target_id].add(at)
    ordered = sorted(found.items(), key=lambda pair: (min(pair[1]), str(pair[0])))
    return {target_id: sorted(bins) for target_id, bins in ordered}


@dataclass(frozen=True, slots=True)
class WalkTargets:
    """What a walk saw, and what it may have seen besides."""

    seen: frozenset[UUID]
    unknown: frozenset[UUID]


def targets_of_walks(period: Period) -> dict[UUID, WalkTargets]:
    """Return of each walk that is counted in a period, or on the day after it, what it saw. Hosts' own word counts as seen."""
    ids = {
        row.number: row.target_id for row in db.session.execute(select(CoverageTarget.number, CoverageTarget.target_id))
    }
    query = select(WalkDay.walk_id, WalkDay.seen, WalkDay.told, WalkDay.unknown).where(
        WalkDay.day >= period.first, WalkDay.day <= period.last + ONE_DAY
    )
    seen: dict[UUID, set[UUID]] = defaultdict(set)
    unknown: dict[UUID, set[UUID]] = defaultdict(set)
    for walk_id, *packed, maybe in db.session.execute(query):
        for one in packed:
            seen[walk_id].update(ids[number] for number in unpack_numbers(one).tolist())
        unknown[walk_id].update(ids[number] for number in unpack_numbers(maybe).tolist())
    return {
        walk_id: WalkTargets(frozenset(seen[walk_id]), frozenset(unknown[walk_id] - seen[walk_id]))
        for walk_id in {*seen, *unknown}
    }
