"""Reads of coverage for screens and documents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from fieldapp.coverage.models import PlaceClock
from fieldapp.infra.db import db


def last_seen(place_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Return when each of these places was last seen; one never seen is absent."""
    query = select(PlaceClock.place_id, PlaceClock.last_seen_at).where(PlaceClock.place_id.in_(set(place_ids)))
    return {row.place_id: row.last_seen_at for row in db.session.execute(query)}
