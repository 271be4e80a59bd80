"""Reads of coverage for screens and documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from uuid import UUID

from sqlalchemy import and_, select

from fieldapp.coverage.models import PlaceClock
from fieldapp.infra.db import db
from fieldapp.places.models import Place


def last_seen(place_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when each of these places was last seen; one never seen is absent."""
    query = select(PlaceClock.place_id, PlaceClock.last_seen_at).where(PlaceClock.place_id.in_(set(place_ids)))
    return {row.place_id: row.last_seen_at for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class UnseenPlace:
    """A place and when it was last seen; None: never."""

    id: UUID
    name: str
    kind: str
    zone_id: UUID
    last_seen_at: datetime | None


def longest_unseen(per_zone: int) -> Sequence[UnseenPlace]:
    """Return the living places of each zone that were not seen for longest, never seen ones first.

    Cut here and not by a window function: the filter by tenant does not reach into a subquery.
    """
    query = (
        select(Place.id, Place.name, Place.kind, Place.zone_id, PlaceClock.last_seen_at)
        .outerjoin(PlaceClock, and_(PlaceClock.place_id == Place.id, PlaceClock.tenant_id == Place.tenant_id))
        .where(Place.ended_at.is_(None), Place.zone_id.is_not(None))
        .order_by(Place.zone_id, PlaceClock.last_seen_at.asc().nulls_first(), Place.name, Place.id)
    )
    by_zone = groupby(db.session.execute(query), key=lambda row: row.zone_id)
    return [
        UnseenPlace(row.id, row.name, row.kind, zone_id, row.last_seen_at)
        for zone_id, rows in by_zone
        if zone_id is not None
        for row in islice(rows, per_zone)
    ]
