"""The only writer of place clocks: a record at a place says that the place was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from fieldapp.coverage.models import PlaceClock
from fieldapp.infra.rows import TENANT, forget, insert_rows, is_one_of, prepared, run, table_of
from fieldapp.observations.facts import ObservationFacts


def fold_observations(recorded: Sequence[ObservationFacts]) -> None:
    """Set the clocks of the places where something was logged, calm checks included. Order and lateness do not matter."""
    seen: dict[UUID, list[datetime]] = {}
    for facts in recorded:
        if facts.place_id is not None:
            seen.setdefault(facts.place_id, []).append(facts.occurred_at)
    if not seen:
        return
    before = {clock.place_id: clock for clock in run(_CLOCKS, places=list(seen))}
    rows = []
    for place_id, times in seen.items():
        clock = before.get(place_id)
        known = (clock.last_seen_at, clock.seen_count) if clock is not None else (times[0], 0)
        rows.append(
            {
                "tenant_id": recorded[0].tenant_id,
                "place_id": place_id,
                "last_seen_at": max(known[0], *times),
                "seen_count": known[1] + len(times),
            }
        )
    insert_rows(PlaceClock, rows, newest=("last_seen_at", "seen_count"))
    forget(PlaceClock)


_PLACE_CLOCKS = table_of(PlaceClock)
_CLOCKS = prepared(
    select(_PLACE_CLOCKS.c.place_id, _PLACE_CLOCKS.c.last_seen_at, _PLACE_CLOCKS.c.seen_count).where(
        _PLACE_CLOCKS.c.tenant_id == TENANT, is_one_of(_PLACE_CLOCKS.c.place_id, "places")
    )
)
