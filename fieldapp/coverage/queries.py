"""Reads of coverage for screens and documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy import and_, select

from fieldapp.coverage.models import PathClock, PlaceClock
from fieldapp.infra.db import db
from fieldapp.places.models import Place


def last_seen(place_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when each of these places was last seen, also in rounds that are going on: for phones. One never seen is absent."""
    query = select(PlaceClock.place_id, PlaceClock.last_seen_at).where(PlaceClock.place_id.in_(set(place_ids)))
    return {row.place_id: row.last_seen_at for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Clock:
    """When a piece or place was last seen; None: never. `is_inherited`: only the piece that ran there before it was."""

    last_seen_at: datetime | None
    is_inherited: bool


def clocks(*, with_open_rounds: bool = False) -> dict[UUID, Clock]:
    """Return the clock of every piece and place of the tenant that was ever seen, by id: one never seen is absent.

    Rounds that are not over count for nothing, unless `with_open_rounds`: then what was recorded at places in them does, which
    is for phones alone and never for the desk. Two statements.
    """
    places = select(PlaceClock.place_id, PlaceClock.closed_seen_at, PlaceClock.last_seen_at)
    found = {}
    for place_id, closed_at, any_at in db.session.execute(places):
        at = any_at if with_open_rounds else closed_at
        if at is not None:
            found[place_id] = Clock(at, is_inherited=False)
    pieces = select(PathClock.path_id, PathClock.last_seen_at, PathClock.is_inherited)
    for path_id, at, is_inherited in db.session.execute(pieces):
        found[path_id] = Clock(at, is_inherited)
    return found


class _Placed(Protocol):
    """What of a place tells whether it is seen itself or in its parts."""

    @property
    def id(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def parent_id(self) -> UUID | None: ...


P = TypeVar("P", bound=_Placed)


def seen_themselves(places: Sequence[P]) -> list[P]:
    """Leave out the buildings that hold other places: nobody checks such a building, but its stairwells and cellars."""
    holders = {place.parent_id for place in places}
    return [place for place in places if place.kind != "Building" or place.id not in holders]


@dataclass(frozen=True, slots=True)
class UnseenPlace:
    """A place and when it was last seen; None: never."""

    id: UUID
    name: str
    kind: str
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class ZoneClock:
    """How a zone's places stand: how many there are, how many were never seen, and those not seen for longest."""

    zone_id: UUID
    place_count: int
    never_count: int
    longest: Sequence[UnseenPlace]


def zone_clocks(per_zone: int) -> dict[UUID, ZoneClock]:
    """Return how the places of each zone stand, with the `per_zone` that were not seen for longest, never seen ones first.

    Rounds that are not over count for nothing.

    Counted here and not by a window function: the filter by tenant does not reach into a subquery.
    """
    query = (
        select(Place.id, Place.name, Place.kind, Place.zone_id, Place.parent_id, PlaceClock.closed_seen_at)
        .outerjoin(PlaceClock, and_(PlaceClock.place_id == Place.id, PlaceClock.tenant_id == Place.tenant_id))
        .where(Place.ended_at.is_(None))
        .order_by(PlaceClock.closed_seen_at.asc().nulls_first(), Place.name, Place.id)
    )
    rows = db.session.execute(query).all()
    by_zone: dict[UUID, list[UnseenPlace]] = {}
    for row in seen_themselves(rows):
        if row.zone_id is not None:
            place = UnseenPlace(row.id, row.name, row.kind, row.closed_seen_at)
            by_zone.setdefault(row.zone_id, []).append(place)
    return {
        zone_id: ZoneClock(
            zone_id, len(places), sum(1 for place in places if place.last_seen_at is None), places[:per_zone]
        )
        for zone_id, places in by_zone.items()
    }
