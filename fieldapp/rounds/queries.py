"""Reads of rounds for screens and feeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import distinct, exists, func, select
from sqlalchemy.orm import aliased

from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.kernel.time import to_ms
from fieldapp.rounds import rules
from fieldapp.rounds.commands import AddSegment
from fieldapp.rounds.models import Gap, Round, RoundJoin, RoundViewing, TrackSegment
from fieldapp.rounds.together import breaks_together, unknown_together, without
from fieldapp.rounds.track import Break, Fix, Stretch, breaks, decode, stretches, union_length

VIEWING_LASTS = timedelta(minutes=30)
"""How long a stated reason opens a round's page; afterwards it is asked for again."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk: its rounds by their beginning, one a phone. It goes by the id of the first, and is shown as one round."""

    rounds: Sequence[Round]

    @property
    def id(self) -> UUID:
        """Return the round it is opened by."""
        return self.rounds[0].id

    @property
    def phones(self) -> int:
        """Return how many phones walked; a phone that began twice is one."""
        return len({round_.device_id or round_.id for round_ in self.rounds})

    @property
    def zone_id(self) -> UUID | None:
        """Return the first zone that one of the rounds is in."""
        return next((round_.zone_id for round_ in self.rounds if round_.zone_id), None)

    @property
    def party_size(self) -> int:
        """Return how many walked: each phone was told of all."""
        return max(round_.party_size for round_ in self.rounds)

    @property
    def started_at(self) -> datetime:
        """Return when the first phone began."""
        return self.rounds[0].started_at

    @property
    def ended_at(self) -> datetime | None:
        """Return when the last phone ended; None when one of them never did."""
        ends = [round_.ended_at for round_ in self.rounds if round_.ended_at is not None]
        return max(ends) if len(ends) == len(self.rounds) else None

    @property
    def state(self) -> str:
        """Return "ended" when every phone has ended its round, else the state of one that has not."""
        return next((round_.state for round_ in self.rounds if round_.state != "ended"), "ended")

    @property
    def end_reason(self) -> str | None:
        """Return why the last phone ended, when all have."""
        if self.ended_at is None:
            return None
        return max(self.rounds, key=lambda round_: round_.ended_at or round_.started_at).end_reason


def walks_of(rounds: Iterable[Round]) -> dict[UUID, Walk]:
    """Return the whole walks that these rounds are of, by walk id."""
    found: dict[UUID, list[Round]] = {}
    query = select(Round).where(Round.walk_id.in_({round_.walk_id for round_ in rounds}))
    for round_ in db.session.scalars(query.order_by(Round.started_at, Round.id)):
        found.setdefault(round_.walk_id, []).append(round_)
    return {walk_id: Walk(members) for walk_id, members in found.items()}


@dataclass(frozen=True, slots=True)
class RoundSubject:
    """A round as permissions see it; it is closed when its whole walk is."""

    round: Round
    tenant_id: UUID
    author_id: UUID
    is_closed: bool


def round_in_tenant(round_id: UUID, now: datetime) -> RoundSubject | None:
    """Return a round of the tenant."""
    found = db.session.get(Round, round_id)
    if found is None:
        return None
    walk = walks_of([found])[found.walk_id]
    closed = all(rules.is_closed(round_.state, round_.started_at, now) for round_ in walk.rounds)
    return RoundSubject(found, found.tenant_id, found.author_id, closed)


def closed_rounds(from_at: datetime, to_at: datetime, now: datetime) -> Sequence[Round]:
    """Return the rounds that began in [from, to) and are over, with all of their walk, latest first."""
    other = aliased(Round)
    goes_on = exists().where(
        other.tenant_id == Round.tenant_id,
        other.walk_id == Round.walk_id,
        other.state != "ended",
        other.started_at >= now - rules.ROUND_LONGEST,
    )
    return db.session.scalars(
        select(Round)
        .where(Round.started_at >= from_at, Round.started_at < to_at)
        .where(~goes_on)
        .order_by(Round.started_at.desc())
    ).all()


@dataclass(frozen=True, slots=True)
class GapTotal:
    """How many gaps a round has, and how long it was unknown in all."""

    count: int
    length: timedelta


def gaps_of_walks(walks: Iterable[Walk]) -> dict[UUID, GapTotal]:
    """Return what of these walks no phone recorded, by the walk's own id; a walk without gaps is absent."""
    known = list(walks)
    of_round = _gaps_by_round(round_.id for walk in known for round_ in walk.rounds)
    found: dict[UUID, GapTotal] = {}
    for walk in known:
        gaps = [[(gap.from_at, gap.to_at) for gap in of_round.get(round_.id, [])] for round_ in walk.rounds]
        if len(walk.rounds) == 1:
            spans = gaps[0]
        else:
            heard = [
                without((round_.started_at, round_.ended_at or round_.started_at), own)
                for round_, own in zip(walk.rounds, gaps, strict=True)
            ]
            spans = unknown_together(gaps, heard)
        if spans:
            found[walk.id] = GapTotal(len(spans), union_length(spans))
    return found


def _gaps_by_round(round_ids: Iterable[UUID]) -> dict[UUID, list[Gap]]:
    found: dict[UUID, list[Gap]] = {}
    for gap in db.session.scalars(select(Gap).where(Gap.round_id.in_(set(round_ids))).order_by(Gap.from_at)):
        found.setdefault(gap.round_id, []).append(gap)
    return found


def count_open_rounds(now: datetime) -> int:
    """Return how many walks are going on: the only thing that is told of them."""
    return db.session.execute(
        select(func.count(distinct(Round.walk_id))).where(
            Round.state != "ended", Round.started_at >= now - rules.ROUND_LONGEST
        )
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


def route_of_walk(walk: Walk) -> Route:
    """Return where a walk's phones went, and when none of them recorded."""
    routes = [route(round_.id) for round_ in walk.rounds]
    return Route(
        [part for one in routes for part in one.stretches],
        [gap for one in routes for gap in one.gaps],
        breaks_together([(one.stretches, one.breaks) for one in routes]),
        is_erased=any(one.is_erased for one in routes),
    )


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
    return [
        {"at": to_ms(viewing.at), "by_role": viewing.role, "reason": viewing.reason}
        for viewing in _in_order(walk, viewings)
    ]


def viewings_of_walk(walk: Walk) -> list[RoundViewing]:
    """Return who looked at any round of a walk, oldest first."""
    return _in_order(walk, viewings_of([round_.id for round_ in walk.rounds]))


def _in_order(walk: Walk, viewings: Mapping[UUID, Sequence[RoundViewing]]) -> list[RoundViewing]:
    found = [viewing for member in walk.rounds for viewing in viewings.get(member.id, [])]
    return sorted(found, key=lambda viewing: viewing.at)
