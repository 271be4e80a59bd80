"""Reads of plans and of what they name."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from fieldapp.coverage.queries import seen_themselves
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon, ring_contains
from fieldapp.places.models import Path, Place, Zone
from fieldapp.places.queries import paths, places_by_id, places_of_zone, zone_in_tenant
from fieldapp.planning.models import MeetingPoint, Plan, SuggestedRound

_NETWORKS_KEPT = 8


def plan_in_tenant(plan_id: UUID) -> Plan | None:
    """Return a plan of the tenant."""
    return db.session.get(Plan, plan_id)


def plans(*, with_ended: bool = False) -> Sequence[Plan]:
    """Return the tenant's plans, oldest first."""
    query = select(Plan).order_by(Plan.created_at, Plan.id)
    return db.session.scalars(query if with_ended else query.where(Plan.ended_at.is_(None))).all()


def plans_of_zone(zone_id: UUID, day: date) -> Sequence[Plan]:
    """Return the plans of a zone that are in force on a day, oldest first."""
    query = select(Plan).where(Plan.zone_id == zone_id, Plan.ended_at.is_(None), Plan.starts_on <= day)
    found = db.session.scalars(query.order_by(Plan.created_at, Plan.id))
    return [plan for plan in found if plan.until_on is None or plan.until_on >= day]


@dataclass(frozen=True, slots=True)
class ZonePiece:
    """A piece of path of a zone."""

    id: UUID
    length_m: float


@dataclass(frozen=True, slots=True)
class Targets:
    """What a plan names, as things are now: places that live, pieces that count."""

    places: Sequence[Place]
    pieces: Sequence[ZonePiece]

    @property
    def kinds(self) -> Mapping[str, int]:
        """Return how many places there are of each kind."""
        return Counter(place.kind for place in self.places)

    @property
    def length_km(self) -> float:
        """Return how long the pieces are together."""
        return sum(piece.length_m for piece in self.pieces) / 1000


@dataclass(frozen=True, slots=True)
class Named:
    """What a plan, or a form that may become one, names."""

    zone_id: UUID
    covers_paths: bool
    kinds: Sequence[str]
    place_ids: Sequence[UUID]


def named_by(plan: Plan) -> Named:
    """Return what a plan names."""
    return Named(plan.zone_id, plan.covers_paths, plan.kinds, [UUID(one) for one in plan.place_ids])


def targets(named: Named) -> Targets:
    """Return what is named, as things are now: what has ended is no longer among it."""
    if named.place_ids:
        known = places_by_id(named.place_ids)
        places = [known[one] for one in named.place_ids if one in known and known[one].ended_at is None]
    else:
        places = [place for place in places_to_see(named.zone_id) if place.kind in named.kinds]
    return Targets(places, pieces_of_zone(named.zone_id) if named.covers_paths else [])


def places_to_see(zone_id: UUID) -> Sequence[Place]:
    """Return the living places of a zone that are seen themselves, by name."""
    return seen_themselves(places_of_zone(zone_id))


def network_state() -> str:
    """Return what is another text when a zone or a piece has changed: a piece is only added, ended or left out."""
    pieces = db.session.execute(
        select(
            func.count(),
            func.count(Path.ended_at),
            func.count(Path.excluded_at),
            func.max(Path.created_at),
            func.max(Path.ended_at),
            func.max(Path.excluded_at),
        ).select_from(Path)
    ).one()
    outlines = db.session.execute(select(Zone.id, Zone.outline, Zone.ended_at).order_by(Zone.id))
    facts = [[str(value) for value in pieces], [[str(value) for value in row] for row in outlines]]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


_pieces: dict[tuple[UUID, str], Sequence[ZonePiece]] = {}


def pieces_of_zone(zone_id: UUID) -> Sequence[ZonePiece]:
    """Return the pieces whose middle is in a zone. Kept until the network changes: telling takes a walk through all of it."""
    key = (zone_id, network_state())
    known = _pieces.get(key)
    if known is None:
        zone = zone_in_tenant(zone_id)
        outline = zone.outline if zone is not None else None
        known = [
            ZonePiece(path.id, path.length_m)
            for path in (paths() if outline else ())
            if outline and ring_contains(outline, _middle(path))
        ]
        while len(_pieces) >= _NETWORKS_KEPT:
            _pieces.pop(next(iter(_pieces)), None)
        _pieces[key] = known
    return known


def _middle(path: Path) -> LatLon:
    lon, lat, *_height = path.line[len(path.line) // 2]
    return LatLon(lat, lon)


def meeting_point(zone_id: UUID) -> Place | None:
    """Return the place where a zone's rounds begin, if one was chosen and lives."""
    query = select(Place).join(MeetingPoint, MeetingPoint.place_id == Place.id)
    return db.session.scalar(query.where(MeetingPoint.zone_id == zone_id, Place.ended_at.is_(None)))


def suggestions(zone_id: UUID, day: date) -> Sequence[SuggestedRound]:
    """Return the suggestions that are kept for a zone and a day, the shortest first."""
    query = select(SuggestedRound).where(SuggestedRound.zone_id == zone_id, SuggestedRound.day == day)
    return db.session.scalars(query.order_by(SuggestedRound.minutes)).all()
