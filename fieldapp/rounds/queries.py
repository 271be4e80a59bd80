"""Reads of rounds for screens and feeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.kernel.time import to_ms
from fieldapp.rounds import rules
from fieldapp.rounds.commands import AddSegment
from fieldapp.rounds.models import Gap, Round, RoundJoin, RoundViewing, TrackSegment
from fieldapp.rounds.track import Break, Fix, Stretch, breaks, decode, stretches, union_length

VIEWING_LASTS = timedelta(minutes=30)
"""How long a stated reason opens a round's page; afterwards it is asked for again."""


@dataclass(frozen=True, slots=True)
class RoundSubject:
    """A round as permissions see it."""

    round: Round
    tenant_id: UUID
    author_id: UUID
    is_closed: bool


def round_in_tenant(round_id: UUID, now: datetime) -> RoundSubject | None:
    """Return a round of the tenant."""
    found = db.session.get(Round, round_id)
    if found is None:
        return None
    closed = rules.is_closed(found.state, found.started_at, now)
    return RoundSubject(found, found.tenant_id, found.author_id, closed)


def closed_rounds(from_at: datetime, to_at: datetime, now: datetime) -> Sequence[Round]:
    """Return the rounds that began in [from, to) and are over, latest first."""
    return db.session.scalars(
        select(Round)
        .where(Round.started_at >= from_at, Round.started_at < to_at)
        .where((Round.state == "ended") | (Round.started_at < now - rules.ROUND_LONGEST))
        .order_by(Round.started_at.desc())
    ).all()


@dataclass(frozen=True, slots=True)
class GapTotal:
    """How many gaps a round has, and how long it was unknown in all."""

    count: int
    length: timedelta


def gap_totals(round_ids: Iterable[UUID]) -> dict[UUID, GapTotal]:
    """Return what of these rounds is unknown; a round without gaps is absent. Time in two gaps at once counts once."""
    query = select(Gap).where(Gap.round_id.in_(set(round_ids))).order_by(Gap.from_at)
    found: dict[UUID, list[Gap]] = {}
    for gap in db.session.scalars(query):
        found.setdefault(gap.round_id, []).append(gap)
    return {
        round_id: GapTotal(len(gaps), union_length([(gap.from_at, gap.to_at) for gap in gaps]))
        for round_id, gaps in found.items()
    }


def gap_reasons(round_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return why these rounds have gaps; a round without gaps is absent."""
    found: dict[UUID, set[str]] = {}
    query = select(Gap.round_id, Gap.reason).where(Gap.round_id.in_(set(round_ids))).distinct()
    for round_id, reason in db.session.execute(query):
        found.setdefault(round_id, set()).add(reason)
    return found


def count_open_rounds(now: datetime) -> int:
    """Return how many rounds are going on: the only thing that is told of them."""
    return db.session.execute(
        select(func.count())
        .select_from(Round)
        .where(Round.state != "ended", Round.started_at >= now - rules.ROUND_LONGEST)
    ).scalar_one()


@dataclass(frozen=True, slots=True)
class Route:
    """What is known of where a round went: stretches without a gap, the gaps, and whether fixes have been erased.

    `breaks` are the times in which nothing is known, recorded as gaps or only silent, in order.
    """

    stretches: Sequence[Stretch]
    gaps: Sequence[Gap]
    breaks: Sequence[Break]
    is_erased: bool


def route(round_id: UUID) -> Route:
    """Return a round's route."""
    segments = db.session.scalars(
        select(TrackSegment).where(TrackSegment.round_id == round_id).order_by(TrackSegment.first_at)
    ).all()
    gaps = db.session.scalars(select(Gap).where(Gap.round_id == round_id).order_by(Gap.from_at)).all()
    fixes: list[Fix] = []
    for segment in segments:
        if segment.columns is not None:
            fixes.extend(decode(AddSegment(round=round_id, **segment.columns)))
    parts = stretches(fixes, [(gap.from_at, gap.to_at) for gap in gaps])
    unknown = breaks(parts, [(gap.from_at, gap.to_at, gap.reason) for gap in gaps])
    return Route(parts, gaps, unknown, is_erased=any(segment.columns is None for segment in segments))


def valid_viewing(viewing_id: UUID, round_id: UUID, user_id: UUID, now: datetime) -> RoundViewing | None:
    """Return the viewing if it is this user's, of this round, and not older than `VIEWING_LASTS`."""
    viewing = db.session.get(RoundViewing, viewing_id)
    if viewing is None or viewing.round_id != round_id or viewing.user_id != user_id:
        return None
    return viewing if timedelta(0) <= now - viewing.at <= VIEWING_LASTS else None


@dataclass(frozen=True, slots=True)
class Walk:
    """The rounds that are one walk, and how many phones they are of."""

    rounds: Sequence[Round]

    @property
    def phones(self) -> int:
        """Return how many phones walked; a phone that began twice is one."""
        return len({round_.device_id or round_.id for round_ in self.rounds})


def walks_of(rounds: Sequence[Round]) -> dict[UUID, Walk]:
    """Return each round's whole walk, its rounds by their beginning, by walk id."""
    found: dict[UUID, list[Round]] = {}
    query = select(Round).where(Round.walk_id.in_({round_.walk_id for round_ in rounds}))
    for round_ in db.session.scalars(query.order_by(Round.started_at, Round.id)):
        found.setdefault(round_.walk_id, []).append(round_)
    return {walk_id: Walk(members) for walk_id, members in found.items()}


def unanswered_joins(round_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the rounds whose host said they walk with another that nobody knows yet."""
    return set(
        db.session.scalars(
            select(RoundJoin.round_id).where(RoundJoin.round_id.in_(round_ids), RoundJoin.joined_id.is_(None))
        )
    )


def viewings_of(round_ids: Sequence[UUID]) -> dict[UUID, list[RoundViewing]]:
    """Return who looked at these rounds, oldest first."""
    found: dict[UUID, list[RoundViewing]] = {}
    query = select(RoundViewing).where(RoundViewing.round_id.in_(round_ids)).order_by(RoundViewing.at)
    for viewing in db.session.scalars(query):
        found.setdefault(viewing.round_id, []).append(viewing)
    return found


def pull_rounds(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Give a host their own rounds, with who looked at them or at another of the same walk, and why."""
    rounds = db.session.scalars(select(Round).where(Round.id.in_(ids), Round.author_id == actor.user_id)).all()
    walks, waiting = walks_of(rounds), unanswered_joins([round_.id for round_ in rounds])
    viewings = viewings_of([member.id for walk in walks.values() for member in walk.rounds])
    return {
        round_.id: {
            "zone": str(round_.zone_id) if round_.zone_id else None,
            "state": round_.state,
            "party_size": round_.party_size,
            "started_at": to_ms(round_.started_at),
            "ended_at": to_ms(round_.ended_at) if round_.ended_at else None,
            "viewings": _viewing_bodies(walks[round_.walk_id], viewings),
            "phones": walks[round_.walk_id].phones,
            "joining": round_.id in waiting,
        }
        for round_ in rounds
    }


def _viewing_bodies(walk: Walk, viewings: Mapping[UUID, Sequence[RoundViewing]]) -> list[dict[str, Any]]:
    found = [viewing for member in walk.rounds for viewing in viewings.get(member.id, [])]
    return [
        {"at": to_ms(viewing.at), "by_role": viewing.role, "reason": viewing.reason}
        for viewing in sorted(found, key=lambda viewing: viewing.at)
    ]
