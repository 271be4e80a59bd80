"""What records and hosts' words say of coverage: a record at a place says that the place was seen.

Bins are written at once, whether their round is over or not; what is counted and shown at the desk follows when it is
(`counting.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.coverage.days import bin_of
from fieldapp.coverage.models import PieceBin, PlaceBin, PlaceClock, RoundCoverage
from fieldapp.coverage.rules import CHECK, NFC, QR, TOLD
from fieldapp.infra.db import db
from fieldapp.infra.rows import TENANT, forget, insert_rows, is_one_of, prepared, run, table_of
from fieldapp.kernel.time import MS
from fieldapp.observations.facts import ObservationFacts
from fieldapp.places.models import Path, Place

_SOURCES = {"qr": QR, "nfc": NFC}
NO_ENGINE = 0


def fold_observations(recorded: Sequence[ObservationFacts]) -> None:
    """Take in what was logged at places, calm checks included. Order and lateness do not matter."""
    at_places = [facts for facts in recorded if facts.place_id is not None]
    if at_places:
        _write_bins(at_places)
        _set_clocks(at_places)


def fold_changed(facts: ObservationFacts) -> None:
    """Take in that a record was moved to another place. That it was first told of the one before stays."""
    if facts.place_id is not None:
        _write_bins([facts])


def _write_bins(recorded: Sequence[ObservationFacts]) -> None:
    rows = {
        (facts.round_id, facts.place_id, source, at): {
            "tenant_id": facts.tenant_id,
            "round_id": facts.round_id,
            "place_id": facts.place_id,
            "bin": at,
            "source": source,
            "share": 1.0,
            "engine": NO_ENGINE,
        }
        for facts in recorded
        if facts.round_id is not None
        for source, at in [(_SOURCES.get(facts.how or "", CHECK), bin_of(facts.occurred_at))]
    }
    insert_rows(PlaceBin, list(rows.values()), newest=("share",))
    mark_stale(recorded[0].tenant_id, {facts.round_id for facts in recorded if facts.round_id is not None})


def mark_stale(tenant_id: UUID, round_ids: Iterable[UUID]) -> None:
    """Have rounds counted anew when they are over, or soon where they are."""
    rows = [
        {"tenant_id": tenant_id, "round_id": round_id, "counted_walk_id": None, "is_stale": True}
        for round_id in round_ids
    ]
    insert_rows(RoundCoverage, rows, newest=("is_stale",))
    forget(RoundCoverage)


def _set_clocks(recorded: Sequence[ObservationFacts]) -> None:
    seen: dict[UUID, list[ObservationFacts]] = {}
    for facts in recorded:
        if facts.place_id is not None:
            seen.setdefault(facts.place_id, []).append(facts)
    before = {clock.place_id: clock for clock in run(_CLOCKS, places=list(seen))}
    rows = [_clock_row(place_id, all_facts, before.get(place_id)) for place_id, all_facts in seen.items()]
    insert_rows(PlaceClock, rows, newest=("last_seen_at", "closed_seen_at", "seen_count"))
    forget(PlaceClock)


def _clock_row(place_id: UUID, recorded: Sequence[ObservationFacts], before: Any) -> dict[str, Any]:
    times = [facts.occurred_at for facts in recorded]
    outside = [facts.occurred_at for facts in recorded if facts.round_id is None]
    if before is not None:
        times.append(before.last_seen_at)
        outside += [before.closed_seen_at] if before.closed_seen_at is not None else []
    return {
        "tenant_id": recorded[0].tenant_id,
        "place_id": place_id,
        "last_seen_at": max(times),
        "closed_seen_at": max(outside, default=None),
        "seen_count": len(recorded) + (before.seen_count if before is not None else 0),
    }


_PLACE_CLOCKS = table_of(PlaceClock)
_CLOCKS = prepared(
    select(*(_PLACE_CLOCKS.c[name] for name in ("place_id", "last_seen_at", "closed_seen_at", "seen_count"))).where(
        _PLACE_CLOCKS.c.tenant_id == TENANT, is_one_of(_PLACE_CLOCKS.c.place_id, "places")
    )
)


def tell(tenant_id: UUID, round_id: UUID, targets: Iterable[UUID], from_at: datetime, to_at: datetime) -> None:
    """Write that hosts say they passed pieces and places from one instant to another ("vi gick här ändå").

    What is no piece or place of the tenant is passed over.
    """
    wanted = set(targets)
    bins = range(bin_of(from_at), bin_of(max(from_at, to_at - MS)) + 1)
    usual = {"tenant_id": tenant_id, "round_id": round_id, "source": TOLD, "share": 1.0, "engine": NO_ENGINE}
    paths = db.session.scalars(select(Path.id).where(Path.id.in_(wanted))).all()
    places = db.session.scalars(select(Place.id).where(Place.id.in_(wanted))).all()
    insert_rows(PieceBin, [{**usual, "path_id": one, "bin": at} for one in paths for at in bins], newest=("share",))
    insert_rows(PlaceBin, [{**usual, "place_id": one, "bin": at} for one in places for at in bins], newest=("share",))
    mark_stale(tenant_id, [round_id])
