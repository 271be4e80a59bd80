"""What hosts say they walked while nothing was recorded ("vi gick här ändå"): told of, taken back, and never more than told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select

from fieldapp.coverage.commands import TellWalk
from fieldapp.coverage.models import PieceBin, PlaceBin, ToldWalk
from fieldapp.coverage.rules import TOLD
from fieldapp.coverage.service import mark_stale, tell
from fieldapp.infra.db import db
from fieldapp.infra.feature import Applied, Arrival, Held, Outcome
from fieldapp.infra.rows import forget
from fieldapp.kernel.time import from_ms
from fieldapp.rounds.models import Gap, Round

KIND = "told"


def tell_walks(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Write what hosts tell of gaps of their own rounds. Told again under the same id, it is what was told last."""
    return _each(arrivals, _tell)


def untell_walks(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Take back what was told. It is kept as taken back, and counts for nothing."""
    return _each(arrivals, _untell)


def _each(arrivals: Sequence[Arrival], apply: Callable[[Arrival], ToldWalk | Held]) -> list[Outcome]:
    outcomes: list[Outcome] = []
    rounds: dict[UUID, UUID] = {}
    for arrival in arrivals:
        done = apply(arrival)
        if isinstance(done, Held):
            outcomes.append(done)
            continue
        rounds[done.round_id] = done.tenant_id
        outcomes.append(Applied(KIND, (), rev=done.rev))
    db.session.flush()
    for round_id, tenant_id in rounds.items():
        _write_bins(tenant_id, round_id)
    return outcomes


def _tell(arrival: Arrival) -> ToldWalk | Held:
    operation, command = arrival.operation, arrival.command
    round_ = db.session.get(Round, command.round)
    if round_ is None:
        return Held("waits_for", command.round)
    if round_.author_id != operation.by:
        return Held("forbidden")
    from_at, to_at = from_ms(command.from_ms), from_ms(command.to_ms)
    if command.gap is not None:
        gap = db.session.get(Gap, command.gap)
        if gap is None:
            return Held("waits_for", command.gap)
        if gap.round_id != round_.id or from_at < gap.from_at or to_at > gap.to_at:
            return Held("invalid")
    told = db.session.get(ToldWalk, operation.entity)
    if told is None:
        told = ToldWalk(id=operation.entity, tenant_id=arrival.actor.tenant_id, round_id=round_.id, rev=0)
        db.session.add(told)
    elif told.round_id != round_.id:
        return Held("forbidden")
    _set(told, command, from_at, to_at)
    return told


def _set(told: ToldWalk, command: TellWalk, from_at: datetime, to_at: datetime) -> None:
    told.gap_id, told.from_at, told.to_at = command.gap, from_at, to_at
    told.target_ids = sorted({str(target) for target in (*command.paths, *command.places)})
    told.is_withdrawn = False
    told.rev += 1


def _untell(arrival: Arrival) -> ToldWalk | Held:
    told = db.session.get(ToldWalk, arrival.operation.entity)
    if told is None:
        return Held("waits_for", arrival.operation.entity)
    if db.session.get_one(Round, told.round_id).author_id != arrival.operation.by:
        return Held("forbidden")
    if not told.is_withdrawn:
        told.is_withdrawn = True
        told.rev += 1
    return told


def _write_bins(tenant_id: UUID, round_id: UUID) -> None:
    """Write the told bins of a round anew from all that is told of it and not taken back."""
    for bins in (PieceBin, PlaceBin):
        whose = (bins.round_id == round_id, bins.source == TOLD)
        db.session.execute(delete(bins).where(*whose), execution_options={"synchronize_session": False})
        forget(bins)
    known = select(ToldWalk).where(ToldWalk.round_id == round_id, ToldWalk.is_withdrawn.is_(False))
    for told in db.session.scalars(known):
        tell(tenant_id, round_id, _ids(told.target_ids), told.from_at, told.to_at)
    mark_stale(tenant_id, [round_id])


def _ids(texts: Iterable[str]) -> list[UUID]:
    return [UUID(text) for text in texts]
