"""The only writer of rounds, gaps and viewings; tracks are written by `tracks.py`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from fieldapp.access import audit
from fieldapp.access.roles import Actor, Role
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.infra.feature import Applied, Arrival, Held, Outcome
from fieldapp.infra.rows import insert_rows
from fieldapp.kernel.codes import join_code
from fieldapp.kernel.ids import uuid7
from fieldapp.kernel.time import Clock, from_ms
from fieldapp.places.queries import zones_by_id
from fieldapp.rounds import rules, walks
from fieldapp.rounds.facts import CHANGED, RoundsChanged
from fieldapp.rounds.models import Gap, Round, RoundViewing
from fieldapp.rounds.tracks import authors_of

KIND = "round"


def start(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Begin rounds. A start sent again sets its fields again; somebody else's round is not touched."""
    return [_start(arrival) for arrival in arrivals]


def _start(arrival: Arrival) -> Outcome:
    operation, command = arrival.operation, arrival.command
    if command.zone is not None and not zones_by_id([command.zone]):
        return Held("waits_for", command.zone)
    if operation.entity in authors_of({operation.entity}):
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
        if step.state == "ended":
            _tell([arrival], [round_.id])
    return Applied(KIND, (round_.author_id,), rev=round_.rev)


def record_gaps(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Store gaps. A gap never changes."""
    authors = authors_of({arrival.command.round for arrival in arrivals})
    outcomes: list[Outcome] = []
    fresh: list[UUID] = []
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
            fresh.append(command.round)
        outcomes.append(Applied("gap", ()))
    _tell(arrivals, fresh)
    return outcomes


def _tell(arrivals: Sequence[Arrival], round_ids: Sequence[UUID]) -> None:
    if round_ids:
        changes.announce(CHANGED, RoundsChanged(arrivals[0].actor.tenant_id, list(dict.fromkeys(round_ids))))


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
