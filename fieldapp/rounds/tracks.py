"""The only writer of track segments: stores them, lets none be stored where no tracks are kept, erases them when they are old."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, exists, or_, select, update

from fieldapp.access.models import Organisation
from fieldapp.infra import changes
from fieldapp.infra.db import ACROSS_TENANTS, as_tenant, db, transaction
from fieldapp.infra.feature import Applied, Arrival, Held, Installation, Outcome
from fieldapp.infra.rows import TENANT, insert_rows, is_one_of, prepared, run, table_of, unsearched
from fieldapp.infra.schemas import ValidationError
from fieldapp.kernel.time import from_ms
from fieldapp.places.models import Path, Place
from fieldapp.rounds.commands import AddSegment, FoldedSegment
from fieldapp.rounds.facts import CONDENSED, UNKEPT, UnkeptTrack
from fieldapp.rounds.models import Round, TrackSegment
from fieldapp.rounds.schemas import AddSegmentSchema
from fieldapp.rounds.track import COLUMNS

_ORGANISATIONS, _ROUNDS, _SEGMENTS = (table_of(model) for model in (Organisation, Round, TrackSegment))
_AUTHORS = prepared(
    select(_ROUNDS.c.id, _ROUNDS.c.author_id).where(
        unsearched(_ROUNDS.c.tenant_id) == TENANT, is_one_of(_ROUNDS.c.id, "ids")
    )
)
_SEGMENTS_THERE = prepared(
    select(_SEGMENTS.c.id).where(unsearched(_SEGMENTS.c.tenant_id) == TENANT, is_one_of(_SEGMENTS.c.id, "ids"))
)
_KEPT_FOR = prepared(select(_ORGANISATIONS.c.track_retention_hours).where(_ORGANISATIONS.c.id == TENANT))
_schema = AddSegmentSchema()


def authors_of(round_ids: set[UUID]) -> dict[UUID, UUID]:
    """Return the authors of those of the rounds that are there."""
    return {row.id: row.author_id for row in run(_AUTHORS, ids=round_ids)}


def keeps_fixes() -> bool:
    """Tell whether the session's organisation keeps tracks at all."""
    return bool(run(_KEPT_FOR).one().track_retention_hours > 0)


def add_segments(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Store track segments. Where the organisation keeps no tracks, what they say of coverage is, and no position."""
    authors = authors_of({arrival.command.round for arrival in arrivals})
    known = set(run(_SEGMENTS_THERE, ids={arrival.operation.entity for arrival in arrivals}).scalars())
    outcomes: list[Outcome] = []
    fresh: dict[UUID, Arrival] = {}
    for arrival in arrivals:
        author = authors.get(arrival.command.round)
        if author is None:
            outcomes.append(Held("waits_for", arrival.command.round))
        elif author != arrival.operation.by:
            outcomes.append(Held("forbidden"))
        else:
            # A segment never changes: sent again it is there already.
            if arrival.operation.entity not in known:
                fresh.setdefault(arrival.operation.entity, arrival)
            outcomes.append(Applied("track", ()))
    _store(list(fresh.values()))
    return outcomes


def _store(arrivals: Sequence[Arrival]) -> None:
    if not arrivals:
        return
    if keeps_fixes():
        plain = [arrival for arrival in arrivals if isinstance(arrival.command, AddSegment)]
        folded = [arrival for arrival in arrivals if isinstance(arrival.command, FoldedSegment)]
        rows = [_row(arrival, columns_of(arrival.command)) for arrival in plain]
    else:
        rows, folded = [], list(arrivals)
    insert_rows(TrackSegment, rows + _fold_now(folded))


def _fold_now(arrivals: Sequence[Arrival]) -> list[dict[str, Any]]:
    """Have coverage made of segments that are not kept, in this transaction. Return their rows."""
    tracks = [_unkept(arrival) for arrival in arrivals]
    fold_unkept([track for track in tracks if track.columns is not None])
    if tracks:
        changes.announce(CONDENSED, tracks)
    return [
        {**_row(arrival, None), "folded_by": track.folded_by, "heard": track.heard}
        for arrival, track in zip(arrivals, tracks, strict=True)
    ]


def _unkept(arrival: Arrival) -> UnkeptTrack:
    tenant_id, command = arrival.actor.tenant_id, arrival.command
    if isinstance(command, FoldedSegment):
        heard, pieces, places = command.heard or [], command.pieces, command.places
        return UnkeptTrack(tenant_id, command.round, None, command.folded_by, heard, pieces, places)
    return UnkeptTrack(tenant_id, command.round, columns_of(command))


def fold_unkept(tracks: Sequence[UnkeptTrack]) -> None:
    """Have tracks filled in with what is left of them, and let go of their fixes."""
    if tracks:
        changes.announce(UNKEPT, tracks)
    for track in tracks:
        track.columns = None


def columns_of(command: AddSegment) -> dict[str, Any]:
    """Return a segment's columns as they are stored."""
    return {name: getattr(command, name) for name in COLUMNS}


def _row(arrival: Arrival, columns: Mapping[str, Any] | None) -> dict[str, Any]:
    operation, command = arrival.operation, arrival.command
    fix_count, first_ms, last_ms = _extent(command)
    return {
        "id": operation.entity,
        "tenant_id": arrival.actor.tenant_id,
        "round_id": command.round,
        "device_id": operation.device_id,
        "part": command.part,
        "carried": command.carried,
        "fix_count": fix_count,
        "first_at": from_ms(first_ms),
        "last_at": from_ms(last_ms),
        "columns": columns,
        "received_at": operation.received_at,
        "folded_by": None,
        "heard": None,
    }


def _extent(command: AddSegment | FoldedSegment) -> tuple[int, int, int]:
    """Return how many fixes there are, and the times of the first and the last."""
    if isinstance(command, FoldedSegment):
        return command.fix_count, command.first_ms, command.last_ms
    times = list(accumulate(command.dt, initial=command.t0))[1:]
    return len(times), min(times), max(times)


def condense(tenant_id: UUID, data: Any) -> Any:
    """Return what may be kept of a segment that is held: of an organisation that keeps no tracks, its coverage and no position.

    One that cannot be read says nothing, and nothing of it is kept.
    """
    if keeps_fixes():
        return data
    try:
        command = _schema.load(data)
    except (ValidationError, TypeError, AttributeError):
        return {}
    fix_count, first_ms, last_ms = _extent(command)
    track = UnkeptTrack(tenant_id, command.round, columns_of(command))
    fold_unkept([track])
    return {
        "round": str(command.round),
        "part": command.part,
        "carried": command.carried,
        "fix_count": fix_count,
        "first_ms": first_ms,
        "last_ms": last_ms,
        "folded_by": track.folded_by,
        "heard": track.heard,
        "pieces": track.pieces,
        "places": track.places,
    }


def erase_old_tracks(installation: Installation) -> int:
    """Erase fixes that are older than their organisation keeps them. Return how many segments were emptied.

    What was not folded stays while there is something to fold it on.
    """
    with transaction(write=False):
        kept = db.session.execute(
            select(Organisation.id, Organisation.track_retention_hours).where(Organisation.is_tenant)
        ).all()
    return sum(_erase_before(tenant, installation.clock.now() - timedelta(hours=hours)) for tenant, hours in kept)


def _erase_before(tenant_id: UUID, limit: datetime) -> int:
    can_be_folded = or_(
        *(exists().where(model.tenant_id == tenant_id, model.ended_at.is_(None)) for model in (Path, Place))
    )
    is_old = (
        TrackSegment.received_at < limit,
        TrackSegment.columns.is_not(None),
        or_(TrackSegment.folded_by.is_not(None), ~can_be_folded),
    )
    old = select(TrackSegment.id).where(TrackSegment.tenant_id == tenant_id, *is_old)
    with transaction(write=False):
        if not db.session.execute(old.limit(1), execution_options=ACROSS_TENANTS).first():
            return 0
    with as_tenant(tenant_id, write=True):
        result = cast(
            "CursorResult[Any]",
            db.session.execute(
                update(TrackSegment).where(*is_old).values(columns=None),
                execution_options={"synchronize_session": False},
            ),
        )
    return result.rowcount
