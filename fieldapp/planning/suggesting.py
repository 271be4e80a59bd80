"""The only writer of suggested rounds: the worker's job that keeps each zone's suggestion for the day up to date."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from fieldapp.access.models import Organisation
from fieldapp.access.queries import organisation_of
from fieldapp.coverage.days import ONE_DAY, day_of
from fieldapp.coverage.rules import PIECE
from fieldapp.coverage.targets import Target, network_version, targets
from fieldapp.infra.db import ACROSS_TENANTS, as_tenant, db, transaction
from fieldapp.infra.feature import Installation
from fieldapp.kernel.geo import EARTH_RADIUS_M, LatLon
from fieldapp.places.queries import paths, places_by_id, zones
from fieldapp.planning import queries
from fieldapp.planning.due import ZoneDue, due_in
from fieldapp.planning.graph import GraphPiece
from fieldapp.planning.models import SuggestedRound
from fieldapp.planning.suggested import FORMAT, Evening, WaitingPlace, seen_by, suggest

MARGIN_M = 300.0
"""So far outside its zone a round may go to come by."""
REST = timedelta(minutes=10)
"""Clocks move all evening: for them alone no suggestion is made anew more often."""
_HALF = 32


def make_due_suggestions(installation: Installation) -> int:
    """Make the suggestions of one zone whose plans, network or clocks have changed. Return 1, or 0 where none is due."""
    now = installation.clock.now()
    with transaction(write=False):
        found = select(Organisation.id).where(Organisation.is_tenant).order_by(Organisation.id)
        tenants = db.session.scalars(found.execution_options(**ACROSS_TENANTS)).all()
    for tenant_id in tenants:
        with as_tenant(tenant_id, write=False):
            zone_ids = [zone.id for zone in zones()] if queries.plans() else []
        for zone_id in zone_ids:
            if remake(tenant_id, zone_id, now):
                return 1
    return 0


def remake(tenant_id: UUID, zone_id: UUID, now: datetime) -> bool:
    """Make a zone's suggestions anew if they are due, in transactions of its own. Return whether they were."""
    with as_tenant(tenant_id, write=False):
        timezone = ZoneInfo(organisation_of(tenant_id).timezone)
        due = due_in(zone_id, now, timezone)
        made_from = _made_from(zone_id, due)
        if not due.plans or not _is_stale(zone_id, day_of(now, timezone), made_from, now):
            return False
        evening = _evening(zone_id, due)
    # Outside any transaction: it takes a second or more, and nobody else's write should wait for it.
    found = suggest(evening) if evening is not None else {}
    with as_tenant(tenant_id, write=True):
        _keep(tenant_id, zone_id, due.day, made_from, found, now)
    return True


def _made_from(zone_id: UUID, due: ZoneDue) -> str:
    """Return two hashes in one: of plans, network and start, and of what waits."""
    meeting = queries.meeting_point(zone_id)
    plans = [str(plan.id) for plan in due.plans]
    things = repr((FORMAT, [str(value) for value in network_version()], plans, meeting and str(meeting.id)))
    waits = repr([(str(one.id), one.overdue.occasions, one.is_seen) for one in due.targets])
    return "".join(hashlib.sha256(said.encode()).hexdigest()[:_HALF] for said in (things, waits))


def _is_stale(zone_id: UUID, day: date, made_from: str, now: datetime) -> bool:
    kept = queries.suggestions(zone_id, day)
    if not kept or kept[0].made_from[:_HALF] != made_from[:_HALF]:
        return True
    return kept[0].made_from != made_from and now - kept[0].made_at >= REST


def _evening(zone_id: UUID, due: ZoneDue) -> Evening | None:
    """Return what a zone's suggestion is made from; None where there is no network."""
    asked = targets()
    own = [one for one in asked.by_zone.get(zone_id, ()) if one.kind == PIECE]
    start = _start(zone_id, own)
    if start is None or not own:
        return None
    near = _near(own, asked.all)
    waiting = due.waiting
    kinds = {one: place.kind for one, place in places_by_id(one.id for one in waiting if not one.is_piece).items()}
    places = []
    for one in waiting:
        at = asked.by_id.get(one.id)
        if not one.is_piece and at is not None and at.lat is not None and at.lon is not None:
            places.append(WaitingPlace(one.id, kinds[one.id], LatLon(at.lat, at.lon), one.overdue.value))
    before = queries.suggestions(zone_id, due.day - ONE_DAY)
    return Evening(
        zone_id,
        due.day,
        [GraphPiece(path.id, [path.line, *path.branches]) for path in paths() if path.id in near],
        {one.id: one.overdue.value for one in waiting if one.is_piece},
        places,
        start,
        {one.minutes: seen_by(one.body) for one in before if one.body},
    )


def _start(zone_id: UUID, own: Sequence[Target]) -> LatLon | None:
    """Return where the rounds of a zone begin: its meeting point, else the middle of its pieces."""
    meeting = queries.meeting_point(zone_id)
    at = targets().by_id.get(meeting.id) if meeting is not None else None
    if at is not None and at.lat is not None and at.lon is not None:
        return LatLon(at.lat, at.lon)
    lats, lons = _positions(own)
    return LatLon(sum(lats) / len(lats), sum(lons) / len(lons)) if lats else None


def _near(own: Sequence[Target], everything: Sequence[Target]) -> frozenset[UUID]:
    """Return the pieces in the box of a zone's own and a margin around it."""
    lats, lons = _positions(own)
    margin = MARGIN_M / EARTH_RADIUS_M * 57.3
    south, north = min(lats) - margin, max(lats) + margin
    west, east = min(lons) - 2 * margin, max(lons) + 2 * margin
    return frozenset(
        one.id
        for one in everything
        if one.kind == PIECE and one.lat is not None and one.lon is not None
        if south <= one.lat <= north and west <= one.lon <= east
    )


def _positions(own: Sequence[Target]) -> tuple[list[float], list[float]]:
    return [one.lat for one in own if one.lat is not None], [one.lon for one in own if one.lon is not None]


def _keep(
    tenant_id: UUID, zone_id: UUID, day: date, made_from: str, found: Mapping[int, Mapping[str, Any]], now: datetime
) -> None:
    """Keep the day's suggestions of a zone instead of older ones; yesterday's stay until tomorrow.

    Where nothing waits, an empty one says that it was looked.
    """
    of_zone = SuggestedRound.zone_id == zone_id
    outdated = (SuggestedRound.day == day) | (SuggestedRound.day < day - ONE_DAY)
    db.session.execute(delete(SuggestedRound).where(of_zone, outdated))
    for minutes, body in (found or {0: {}}).items():
        db.session.add(
            SuggestedRound(
                tenant_id=tenant_id,
                zone_id=zone_id,
                day=day,
                minutes=minutes,
                made_from=made_from,
                made_at=now,
                body=dict(body),
            )
        )
