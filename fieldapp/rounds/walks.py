"""Several phones on one walk: which rounds belong together. The only writer of joins and of `rounds.walk_id`.

A walk's id is the smallest id of its rounds: whatever the order in which rounds and joins arrive, it ends as the same.
A join with the own round says that it walks alone: every tie of it that was made until then is cut.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.infra.feature import Applied, Arrival, Held, Outcome
from fieldapp.infra.rows import TENANT, prepared, run, table_of
from fieldapp.kernel.codes import join_code
from fieldapp.rounds import rules
from fieldapp.rounds.models import Round, RoundJoin

KIND = "round"

_JOINS = table_of(RoundJoin)
_IS_WAITED_FOR = prepared(
    select(_JOINS.c.id)
    .where(_JOINS.c.tenant_id == TENANT, _JOINS.c.code == bindparam("code"), _JOINS.c.joined_id.is_(None))
    .limit(1)
)


def join(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Tie rounds to others. What cannot be tied yet is kept until the other round arrives: it is not held."""
    return [_join(arrival) for arrival in arrivals]


def _join(arrival: Arrival) -> Outcome:
    operation, command = arrival.operation, arrival.command
    own = db.session.get(Round, operation.entity)
    if own is None:
        return Held("waits_for", operation.entity)
    if own.author_id != operation.by:
        return Held("forbidden")
    said = RoundJoin(
        id=operation.id,
        tenant_id=own.tenant_id,
        round_id=own.id,
        with_id=command.with_id,
        code=command.code or join_code(command.with_id),
        at=min(operation.at, operation.received_at),
        received_at=operation.received_at,
        joined_id=None,
    )
    db.session.add(said)
    if command.with_id == own.id:
        _leave(said, own, operation.received_at)
    elif (other := _meant(said)) is not None:
        _tie(said, own, other, operation.received_at)
    db.session.flush()
    return Applied(KIND, (own.author_id,), rev=own.rev)


def _leave(said: RoundJoin, own: Round, at: datetime) -> None:
    """Let a round walk alone. What its host waited for until then is waited for no more."""
    waited_for = select(RoundJoin).where(RoundJoin.round_id == own.id, RoundJoin.joined_id.is_(None))
    for one in [said, *db.session.scalars(waited_for.where(RoundJoin.at <= said.at))]:
        one.joined_id = own.id
    _settle({own.walk_id}, own, at)


def _meant(said: RoundJoin) -> Round | None:
    """Return the newest round that somebody meant, if it is known and of the same evening."""
    query = select(Round).where(Round.join_code == said.code, Round.started_at >= said.at - rules.ROUND_LONGEST)
    if said.with_id is not None:
        query = query.where(Round.id == said.with_id)
    newest = query.where(Round.started_at <= said.at + rules.ROUND_LONGEST).order_by(Round.started_at.desc())
    return db.session.scalars(newest.limit(1)).first()


def tie_to_waiting(round_id: UUID, at: datetime) -> None:
    """Tie a round that has just begun to those whose hosts have said already that they walk with it."""
    code = join_code(round_id)
    if run(_IS_WAITED_FOR, code=code).first() is None:
        return
    waiting = select(RoundJoin).where(RoundJoin.code == code, RoundJoin.joined_id.is_(None))
    meant = or_(RoundJoin.with_id.is_(None), RoundJoin.with_id == round_id)
    for said in db.session.scalars(waiting.where(meant).order_by(RoundJoin.id)).all():
        other = _meant(said)
        if other is not None and other.id == round_id:
            _tie(said, db.session.get_one(Round, said.round_id), other, at)
    db.session.flush()


def _tie(said: RoundJoin, own: Round, other: Round, at: datetime) -> None:
    said.joined_id = other.id
    _settle({own.walk_id, other.walk_id}, own, at)


def _settle(walk_ids: Collection[UUID], own: Round, at: datetime) -> None:
    """Say of the rounds of some walks which of them are one walk, and tell their hosts where that has changed."""
    db.session.flush()
    rounds = db.session.scalars(select(Round).where(Round.walk_id.in_(walk_ids)).order_by(Round.id)).all()
    ids = [one.id for one in rounds]
    # A tie to a round outside these walks has been cut before, and nothing mends a cut tie.
    joins = select(RoundJoin).where(RoundJoin.joined_id.in_(ids), RoundJoin.round_id.in_(ids))
    settled = rules.walks(ids, [found for one in db.session.scalars(joins) for found in _said(one)])
    changed = [one for one in rounds if one.walk_id != settled[one.id]]
    for one in changed:
        one.walk_id = settled[one.id]
    db.session.flush()
    _tell(rounds if changed else [own], at)


def _said(join: RoundJoin) -> list[rules.Join]:
    """Return what a join says: nothing where it was waiting when its host left."""
    if join.joined_id is None or (join.joined_id == join.round_id and join.with_id != join.round_id):
        return []
    return [rules.Join(join.round_id, join.joined_id, join.at)]


def tell_hosts(round_: Round, at: datetime) -> None:
    """Tell the hosts of a round's whole walk that something of it changed."""
    _tell(db.session.scalars(select(Round).where(Round.walk_id == round_.walk_id)).all(), at)


def _tell(rounds: Sequence[Round], at: datetime) -> None:
    if rounds:
        told = [(KIND, one.id, one.author_id) for one in rounds]
        changes.note_many(rounds[0].tenant_id, told, at=at)
