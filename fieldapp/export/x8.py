"""How much each walk saw of what was planned, as other systems receive it: names and order of the fields are a contract.

A row is a walk that is over, however many phones were on it. No host, no time of day; its id is not the one inside, which
tells the millisecond it began in.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from fieldapp.coverage.commands import Period
from fieldapp.coverage.days import day_of, day_span
from fieldapp.coverage.review import WalkTargets, targets_of_walks
from fieldapp.coverage.rules import PLACE
from fieldapp.coverage.targets import targets
from fieldapp.infra.db import db
from fieldapp.places.models import Place
from fieldapp.places.queries import zones
from fieldapp.planning.queries import named_by, plans, targets_of
from fieldapp.rounds.models import Round
from fieldapp.rounds.rules import is_closed

FIELDS = (
    "round_id", "date", "zone_id", "planned_places", "visited_places", "coverage_pct", "minutes_band", "pair_ok",
    "missed_place_ids",
)  # fmt: skip
MINUTES_BOUNDS = (30, 60, 90, 120, 180)
PAIR = 2
SEPARATOR = ";"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk that is over."""

    id: UUID
    day: date
    zone_id: UUID | None
    minutes: float | None
    is_pair: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """Places that were to be seen in a zone, from the first to the last day that they were."""

    places: frozenset[UUID]
    first: date
    last: date


def rows(period: Period, zone_id: UUID | None, tenant_id: UUID, now: datetime, timezone: ZoneInfo) -> list[Row]:
    """Return the rows of a period, oldest first, of a zone or of all. A constant number of statements."""
    walks = _walks(period, zone_id, now, timezone)
    asked, all_places = _asked(timezone)
    seen = targets_of_walks(period)
    codes = {zone.id: zone.code for zone in zones(with_ended=True)}
    keys = {row.id: row.external_id for row in db.session.execute(select(Place.id, Place.external_id))}
    found = []
    for walk in walks:
        planned = _planned(walk, asked, all_places)
        found.append(_row(walk, planned, seen.get(walk.id), codes, keys, tenant_id))
    return found


def _walks(period: Period, zone_id: UUID | None, now: datetime, timezone: ZoneInfo) -> list[_Walk]:
    begins, ends = day_span(period.first, timezone)[0], day_span(period.last, timezone)[1]
    columns = (Round.walk_id, Round.zone_id, Round.party_size, Round.author_id, Round.state, Round.started_at)
    query = select(*columns, Round.ended_at).where(Round.started_at >= begins, Round.started_at < ends)
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in db.session.execute(query.order_by(Round.started_at, Round.id)):
        grouped[row.walk_id].append(row)
    walks = [
        _walk(walk_id, rounds, timezone)
        for walk_id, rounds in grouped.items()
        if all(is_closed(row.state, row.started_at, now) for row in rounds)
    ]
    return [walk for walk in walks if zone_id in {None, walk.zone_id}]


def _walk(walk_id: UUID, rounds: Sequence[Any], timezone: ZoneInfo) -> _Walk:
    started_at = min(row.started_at for row in rounds)
    ends = [row.ended_at for row in rounds if row.ended_at is not None]
    is_pair = max(row.party_size for row in rounds) >= PAIR or len({row.author_id for row in rounds}) >= PAIR
    return _Walk(
        walk_id,
        day_of(started_at, timezone),
        next((row.zone_id for row in rounds if row.zone_id is not None), None),
        (max(ends) - started_at) / timedelta(minutes=1) if ends else None,
        is_pair,
    )


def _asked(timezone: ZoneInfo) -> tuple[Mapping[UUID, Sequence[_Asked]], Mapping[UUID, frozenset[UUID]]]:
    """Return by zone what plans ask for, and all places that there are to see."""
    every = plans(with_ended=True)
    asked: dict[UUID, list[_Asked]] = defaultdict(list)
    for plan, named in zip(every, targets_of([named_by(plan) for plan in every]), strict=True):
        last = min(
            plan.until_on or date.max,
            day_of(plan.ended_at, timezone) - timedelta(days=1) if plan.ended_at is not None else date.max,
        )
        asked[plan.zone_id].append(_Asked(frozenset(place.id for place in named.places), plan.starts_on, last))
    places = {
        zone_id: frozenset(target.id for target in of_zone if target.kind == PLACE)
        for zone_id, of_zone in targets().by_zone.items()
        if zone_id is not None
    }
    return asked, places


def _planned(
    walk: _Walk, asked: Mapping[UUID, Sequence[_Asked]], all_places: Mapping[UUID, frozenset[UUID]]
) -> frozenset[UUID] | None:
    """Return what a walk was to see: what the plans of its zone name, or all places of a zone that has none."""
    if walk.zone_id is None:
        return None
    of_plans = [one.places for one in asked.get(walk.zone_id, ()) if one.first <= walk.day <= one.last]
    return frozenset().union(*of_plans) if of_plans else all_places.get(walk.zone_id, frozenset())


def _row(
    walk: _Walk,
    planned: frozenset[UUID] | None,
    seen: WalkTargets | None,
    codes: Mapping[UUID, str],
    keys: Mapping[UUID, str],
    tenant_id: UUID,
) -> Row:
    row: Row = dict.fromkeys(FIELDS)
    row |= {
        "round_id": str(uuid.uuid5(tenant_id, f"walk {walk.id}")),
        "date": walk.day.isoformat(),
        "zone_id": codes.get(walk.zone_id) if walk.zone_id else None,
        "minutes_band": None if walk.minutes is None else _band(walk.minutes),
        "pair_ok": walk.is_pair,
    }
    if planned is None:
        return row
    visited = planned & seen.seen if seen else frozenset()
    unknown = planned & seen.unknown if seen else frozenset()
    missed = planned - visited - unknown
    return row | {
        "planned_places": len(planned),
        "visited_places": len(visited),
        "coverage_pct": round(100 * len(visited) / len(planned)) if planned else None,
        "missed_place_ids": SEPARATOR.join(sorted(keys[one] for one in missed)) or None,
    }


def _band(minutes: float) -> str:
    low = 0
    for high in MINUTES_BOUNDS:
        if minutes < high:
            return f"{low}-{high}"
        low = high
    return f"{low}+"
