"""The only writer of place clocks: a record at a place says that the place was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from fieldapp.coverage.models import PlaceClock
from fieldapp.infra.db import db
from fieldapp.observations.facts import ObservationFacts


def fold_observations(recorded: Sequence[ObservationFacts]) -> None:
    """Set the clocks of the places where something was logged, calm checks included. Order and lateness do not matter."""
    seen: dict[UUID, list[datetime]] = {}
    for facts in recorded:
        if facts.place_id is not None:
            seen.setdefault(facts.place_id, []).append(facts.occurred_at)
    if not seen:
        return
    clocks = {
        clock.place_id: clock for clock in db.session.scalars(select(PlaceClock).where(PlaceClock.place_id.in_(seen)))
    }
    new = []
    for place_id, times in seen.items():
        clock = clocks.get(place_id)
        if clock is None:
            new.append(
                {
                    "tenant_id": recorded[0].tenant_id,
                    "place_id": place_id,
                    "last_seen_at": max(times),
                    "seen_count": len(times),
                }
            )
        else:
            clock.last_seen_at = max(clock.last_seen_at, *times)
            clock.seen_count += len(times)
    if new:
        db.session.execute(insert(PlaceClock), new)
