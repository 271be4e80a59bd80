"""Reads of plans and of what they name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from fieldapp.coverage import targets as coverage_targets
from fieldapp.coverage.queries import seen_themselves
from fieldapp.coverage.rules import PIECE
from fieldapp.infra.db import db
from fieldapp.places.models import Place
from fieldapp.planning.models import MeetingPoint, Plan, SuggestedRound


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
class ZonePlace:
    """A place that can be planned for."""

    id: UUID
    kind: str
    name: str
    parent_id: UUID | None
    zone_id: UUID | None
    is_on_map: bool


@dataclass(frozen=True, slots=True)
class Targets:
    """What a plan names, as things are now: places that live, pieces that count."""

    places: Sequence[ZonePlace]
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
    return targets_of([named])[0]


def targets_of(all_named: Sequence[Named]) -> list[Targets]:
    """Return what each of several names: the same few statements however many they are."""
    zone_ids = {named.zone_id for named in all_named}
    by_zone: dict[UUID | None, list[ZonePlace]] = {}
    for place in _places_to_see(zone_ids) if zone_ids else ():
        by_zone.setdefault(place.zone_id, []).append(place)
    return [
        Targets(
            _chosen(named, by_zone.get(named.zone_id, ())), pieces_of_zone(named.zone_id) if named.covers_paths else []
        )
        for named in all_named
    ]


def _chosen(named: Named, places: Sequence[ZonePlace]) -> Sequence[ZonePlace]:
    if named.place_ids:
        wanted = set(named.place_ids)
        return [place for place in places if place.id in wanted]
    return [place for place in places if place.kind in named.kinds]


def places_to_see(zone_id: UUID) -> Sequence[ZonePlace]:
    """Return the living places of a zone that are seen themselves, by name."""
    return _places_to_see({zone_id})


def _places_to_see(zone_ids: Collection[UUID]) -> Sequence[ZonePlace]:
    query = select(Place.id, Place.kind, Place.name, Place.parent_id, Place.zone_id, Place.lat.is_not(None))
    rows = db.session.execute(query.where(Place.zone_id.in_(zone_ids), Place.ended_at.is_(None)).order_by(Place.name))
    return seen_themselves([ZonePlace(*row) for row in rows])


def pieces_of_zone(zone_id: UUID) -> Sequence[ZonePiece]:
    """Return the pieces whose middle is in a zone."""
    asked = coverage_targets.targets().by_zone.get(zone_id, ())
    return [ZonePiece(one.id, one.length_m) for one in asked if one.kind == PIECE]


def meeting_point(zone_id: UUID) -> Place | None:
    """Return the place where a zone's rounds begin, if one was chosen and lives."""
    query = select(Place).join(MeetingPoint, MeetingPoint.place_id == Place.id)
    return db.session.scalar(query.where(MeetingPoint.zone_id == zone_id, Place.ended_at.is_(None)))


def suggestions(zone_id: UUID, day: date) -> Sequence[SuggestedRound]:
    """Return the suggestions that are kept for a zone and a day, the shortest first."""
    query = select(SuggestedRound).where(SuggestedRound.zone_id == zone_id, SuggestedRound.day == day)
    return db.session.scalars(query.order_by(SuggestedRound.minutes)).all()
