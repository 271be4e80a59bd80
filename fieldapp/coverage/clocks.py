"""The writer of what clocks show at the desk: when pieces and places were last seen in rounds that are over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.coverage.heirs import speaking
from fieldapp.coverage.models import PathClock, PlaceClock
from fieldapp.coverage.rules import PIECE
from fieldapp.infra.db import db
from fieldapp.infra.rows import forget, insert_rows
from fieldapp.places.models import PathSuccession


def advance(tenant_id: UUID, newest: Mapping[tuple[str, UUID], datetime]) -> None:
    """Set the clocks of what was seen, where it was not seen later."""
    pieces = {target: at for (kind, target), at in newest.items() if kind == PIECE}
    places = {target: at for (kind, target), at in newest.items() if kind != PIECE}
    if pieces:
        _advance_pieces(tenant_id, pieces)
    if places:
        _advance_places(tenant_id, places)


def _advance_pieces(tenant_id: UUID, pieces: Mapping[UUID, datetime]) -> None:
    known = {row.path_id: row for row in db.session.execute(_OF_PIECES.where(PathClock.path_id.in_(pieces)))}
    rows = [
        {"tenant_id": tenant_id, "path_id": piece, "last_seen_at": at, "is_inherited": False}
        for piece, at in pieces.items()
        if piece not in known or known[piece].is_inherited or known[piece].last_seen_at < at
    ]
    insert_rows(PathClock, rows, newest=("last_seen_at", "is_inherited"))
    forget(PathClock)


def _advance_places(tenant_id: UUID, places: Mapping[UUID, datetime]) -> None:
    known = {row.place_id: row for row in db.session.execute(_OF_PLACES.where(PlaceClock.place_id.in_(places)))}
    rows = []
    for place, at in places.items():
        clock = known.get(place)
        if clock is None:
            rows.append(_place_row(tenant_id, place, at, at, 0))
        elif clock.closed_seen_at is None or clock.closed_seen_at < at:
            rows.append(_place_row(tenant_id, place, max(at, clock.last_seen_at), at, clock.seen_count))
    insert_rows(PlaceClock, rows, newest=("last_seen_at", "closed_seen_at"))
    forget(PlaceClock)


_OF_PIECES = select(PathClock.path_id, PathClock.last_seen_at, PathClock.is_inherited)
_OF_PLACES = select(PlaceClock.place_id, PlaceClock.last_seen_at, PlaceClock.closed_seen_at, PlaceClock.seen_count)


def _place_row(tenant_id: UUID, place: UUID, last_at: datetime, closed_at: datetime, count: int) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "place_id": place,
        "last_seen_at": last_at,
        "closed_seen_at": closed_at,
        "seen_count": count,
    }


def inherit(tenant_id: UUID) -> int:
    """Give pieces that succeed others and were not seen themselves those ones' clock. Return how many clocks were set.

    One that succeeds several was seen as a whole when the last of them was: it inherits the oldest, or none.
    """
    successions = db.session.execute(
        select(PathSuccession.successor_id, PathSuccession.predecessor_id, PathSuccession.overlap_m)
    ).all()
    clocks = {row.path_id: row for row in db.session.execute(_OF_PIECES)}
    before: dict[UUID, list[tuple[UUID, float]]] = defaultdict(list)
    for successor, predecessor, overlap_m in successions:
        before[successor].append((predecessor, overlap_m))
    rows = []
    for successor, pieces in before.items():
        at = _inherited(pieces, clocks)
        own = clocks.get(successor)
        if at is not None and (own is None or (own.is_inherited and own.last_seen_at != at)):
            rows.append({"tenant_id": tenant_id, "path_id": successor, "last_seen_at": at, "is_inherited": True})
    insert_rows(PathClock, rows, newest=("last_seen_at", "is_inherited"))
    forget(PathClock)
    return len(rows)


def _inherited(pieces: list[tuple[UUID, float]], clocks: Mapping[UUID, Any]) -> datetime | None:
    counting = speaking(pieces)
    if not counting or any(piece not in clocks for piece in counting):
        return None
    oldest: datetime = min(clocks[piece].last_seen_at for piece in counting)
    return oldest
