"""The only writer of rounds, tracks, gaps and viewings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, select, update

from fieldapp.access import audit
from fieldapp.access.models import Organisation
from fieldapp.access.roles import Actor, Role
from fieldapp.infra import changes
from fieldapp.infra.db import ACROSS_TENANTS, as_tenant, db, transaction
from fieldapp.infra.feature import Applied, Arrival, Held, Installation, Outcome
from fieldapp.infra.rows import TENANT, insert_rows, is_one_of, prepared, run, table_of, unsearched
from fieldapp.kernel.codes import join_code
from fieldapp.kernel.ids import uuid7
from fieldapp.kernel.time import Clock, from_ms
from fieldapp.places.queries import zones_by_id
from fieldapp.rounds import rules, walks
from fieldapp.rounds.models import Gap, Round, RoundViewing, TrackSegment
from fieldapp.rounds.track import COLUMNS

KIND = "round"


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


def start(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Begin rounds. A start sent again sets its fields again; somebody else's round is not touched."""
    return [_start(arrival) for arrival in arrivals]


def _start(arrival: Arrival) -> Outcome:
    operation, command = arrival.operation, arrival.command
    if command.zone is not None and not zones_by_id([command.zone]):
        return Held("waits_for", command.zone)
    if operation.entity in _authors({operation.entity}):
        return _start_again(arrival)
    row = {
        "id": operation.entity,
        "tenant_id": arrival.actor.tenant_id,
        "author_id": operation.by,
        "device_id": operation.device_id,
        "zone_id": command.zone,
        "party_size": command.party_size,
        "state": "open",
        "started_at": min(operation.at, operation.received_at),
        "ended_at": None,
        "end_reason": None,
        "received_at": operation.received_at,
        "rev": 1,
        "source": "phone",
        "walk_id": operation.entity,
        "join_code": join_code(operation.entity),
    }
    insert_rows(Round, [row])
    walks.tie_to_waiting(operation.entity, operation.received_at)
    return Applied(KIND, (operation.by,), rev=1)


def _start_again(arrival: Arrival) -> Outcome:
    operation, command = arrival.operation, arrival.command
    existing = db.session.get_one(Round, operation.entity)
    if existing.author_id != operation.by:
        return Held("forbidden")
    existing.zone_id, existing.party_size = command.zone, command.party_size
    existing.rev += 1
    return Applied(KIND, (operation.by,), rev=existing.rev)


def change(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Pause, resume or end rounds."""
    return [_change(arrival) for arrival in arrivals]


def _change(arrival: Arrival) -> Outcome:
    operation = arrival.operation
    round_ = db.session.get(Round, operation.entity)
    if round_ is None:
        return Held("waits_for", operation.entity)
    if round_.author_id != operation.by:
        return Held("forbidden")
    step = rules.transition(round_.state, operation.type)
    if step is None:
        return Held("illegal_transition")
    if step.is_change:
        round_.state = step.state
        round_.rev += 1
        if step.state == "ended":
            round_.ended_at = max(round_.started_at, min(operation.at, operation.received_at))
            round_.end_reason = arrival.command.reason
        db.session.flush()
    return Applied(KIND, (round_.author_id,), rev=round_.rev)


def add_segments(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Store track segments. Where the organisation keeps no tracks, only their extent is stored."""
    authors, known, keeps = _around_segments(arrivals)
    outcomes: list[Outcome] = []
    rows: dict[UUID, dict[str, Any]] = {}
    for arrival in arrivals:
        author = authors.get(arrival.command.round)
        if author is None:
            outcomes.append(Held("waits_for", arrival.command.round))
        elif author != arrival.operation.by:
            outcomes.append(Held("forbidden"))
        elif arrival.operation.entity in known or arrival.operation.entity in rows:
            outcomes.append(Applied("track", ()))  # a segment never changes: sent again it is there already
        else:
            rows[arrival.operation.entity] = _segment_row(arrival, keeps)
            outcomes.append(Applied("track", ()))
    if rows:
        insert_rows(TrackSegment, list(rows.values()))
    return outcomes


def _around_segments(arrivals: Sequence[Arrival]) -> tuple[dict[UUID, UUID], set[UUID], bool]:
    authors = _authors({arrival.command.round for arrival in arrivals})
    ids = {arrival.operation.entity for arrival in arrivals}
    known = set(run(_SEGMENTS_THERE, ids=ids).scalars())
    return authors, known, run(_KEPT_FOR).one().track_retention_hours > 0


def _authors(round_ids: set[UUID]) -> dict[UUID, UUID]:
    return {row.id: row.author_id for row in run(_AUTHORS, ids=round_ids)}


def _segment_row(arrival: Arrival, keeps_fixes: bool) -> dict[str, Any]:
    operation, command = arrival.operation, arrival.command
    times = list(accumulate(command.dt, initial=command.t0))[1:]
    return {
        "id": operation.entity,
        "tenant_id": arrival.actor.tenant_id,
        "round_id": command.round,
        "device_id": operation.device_id,
        "part": command.part,
        "carried": command.carried,
        "fix_count": len(times),
        "first_at": from_ms(min(times)),
        "last_at": from_ms(max(times)),
        "columns": {name: getattr(command, name) for name in COLUMNS} if keeps_fixes else None,
        "received_at": operation.received_at,
        "folded_by": None,
        "heard": None,
    }


def record_gaps(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Store gaps. A gap never changes."""
    authors = _authors({arrival.command.round for arrival in arrivals})
    outcomes: list[Outcome] = []
    for arrival in arrivals:
        operation, command = arrival.operation, arrival.command
        author = authors.get(command.round)
        if author is None:
            outcomes.append(Held("waits_for", command.round))
            continue
        if author != operation.by:
            outcomes.append(Held("forbidden"))
            continue
        if db.session.get(Gap, operation.entity) is None:
            db.session.add(
                Gap(
                    id=operation.entity,
                    tenant_id=arrival.actor.tenant_id,
                    round_id=command.round,
                    from_at=from_ms(command.from_ms),
                    to_at=from_ms(command.to_ms),
                    reason=command.reason,
                )
            )
            db.session.flush()
        outcomes.append(Applied("gap", ()))
    return outcomes


def open_round(actor: Actor, round_: Round, reason: str, *, clock: Clock) -> RoundViewing:
    """Note that somebody looks at a round and why; its hosts are told by the feed."""
    now = clock.now()
    role = Role.SUPERVISOR if actor.has(Role.SUPERVISOR) else Role.HOST
    viewing = RoundViewing(
        id=uuid7(now),
        tenant_id=actor.tenant_id,
        round_id=round_.id,
        user_id=actor.user_id,
        role=role,
        reason=reason,
        at=now,
    )
    db.session.add(viewing)
    walks.tell_hosts(round_, now)
    audit.write(actor.tenant_id, "round:open", at=now, actor=actor, subject=(KIND, round_.id), reason=reason)
    return viewing


def erase_old_tracks(installation: Installation) -> int:
    """Erase fixes that are older than their organisation keeps them. Return how many segments were emptied."""
    with transaction(write=False):
        kept = db.session.execute(
            select(Organisation.id, Organisation.track_retention_hours).where(Organisation.is_tenant)
        ).all()
    return sum(_erase_before(tenant, installation.clock.now() - timedelta(hours=hours)) for tenant, hours in kept)


def _erase_before(tenant_id: UUID, limit: datetime) -> int:
    old = select(TrackSegment.id).where(
        TrackSegment.tenant_id == tenant_id, TrackSegment.received_at < limit, TrackSegment.columns.is_not(None)
    )
    with transaction(write=False):
        if not db.session.execute(old.limit(1), execution_options=ACROSS_TENANTS).first():
            return 0
    with as_tenant(tenant_id, write=True):
        result = cast(
            "CursorResult[Any]",
            db.session.execute(
                update(TrackSegment)
                .where(TrackSegment.received_at < limit, TrackSegment.columns.is_not(None))
                .values(columns=None),
                execution_options={"synchronize_session": False},
            ),
        )
    return result.rowcount
