"""The worker's job on coverage: fold segments that are not folded yet, hand clocks on, count rounds that are over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, union, update

from fieldapp.coverage import clocks
from fieldapp.coverage.counting import count_rounds, is_due
from fieldapp.coverage.models import PathClock, PieceBin, PlaceBin, RoundCoverage
from fieldapp.coverage.rules import PRESENT, WALKED
from fieldapp.coverage.service import mark_stale
from fieldapp.infra.db import ACROSS_TENANTS, as_tenant, db, transaction
from fieldapp.infra.feature import Installation
from fieldapp.infra.rows import insert_rows
from fieldapp.places.models import PathSuccession
from fieldapp.rounds.models import Round, TrackSegment

if TYPE_CHECKING:
    from fieldapp.coverage.segments import Folded

SEGMENTS_AT_ONCE = 200
_UNFOLDED = (TrackSegment.folded_by.is_(None), TrackSegment.columns.is_not(None))


def fold_tracks(installation: Installation) -> int:
    """Fold what has come and count what is over. Return how many segments, clocks and rounds that was."""
    now = installation.clock.now()
    return sum(_work(tenant_id, now) for tenant_id in _tenants(now))


def fold_everything(tenant_id: UUID, now: datetime) -> None:
    """Do for one tenant all that there is to do, in transactions of its own."""
    while _work(tenant_id, now):
        pass


def _tenants(now: datetime) -> Sequence[UUID]:
    """Return the tenants for whom there is something to do."""
    due = (
        select(Round.tenant_id)
        .outerjoin(RoundCoverage, RoundCoverage.round_id == Round.id)
        .where(is_due(now))
        .distinct()
    )
    unfolded = select(TrackSegment.tenant_id).where(*_UNFOLDED).distinct()
    heirs = (
        select(PathSuccession.tenant_id)
        .join(PathClock, PathClock.path_id == PathSuccession.predecessor_id)
        .where(PathSuccession.successor_id.not_in(select(PathClock.path_id)))
        .distinct()
    )
    with transaction(write=False):
        return db.session.scalars(union(due, unfolded, heirs), execution_options=ACROSS_TENANTS).all()


def _work(tenant_id: UUID, now: datetime) -> int:
    done = _fold_some(tenant_id)
    with as_tenant(tenant_id, write=True):
        return done + clocks.inherit(tenant_id) + count_rounds(tenant_id, now)


def _fold_some(tenant_id: UUID) -> int:
    """Fold some of a tenant's segments outside of any writer's turn, and write what they say. Return how many."""
    query = select(TrackSegment.id, TrackSegment.round_id, TrackSegment.columns).where(*_UNFOLDED)
    with as_tenant(tenant_id, write=False):
        rows = db.session.execute(query.order_by(TrackSegment.id).limit(SEGMENTS_AT_ONCE)).all()
        if not rows:
            return 0
        from fieldapp.coverage import segments, ways  # a compiler comes with them

        on = ways.ways()
    if on is None:
        return 0
    folded = segments.fold_columns([row.columns for row in rows], on)
    with as_tenant(tenant_id, write=True):
        write_folded(tenant_id, [(row.round_id, one) for row, one in zip(rows, folded, strict=True)])
        db.session.execute(
            update(TrackSegment),
            [
                {"id": row.id, "folded_by": segments.VERSION, "heard": one.heard}
                for row, one in zip(rows, folded, strict=True)
            ],
        )
    return len(rows)


def write_folded(tenant_id: UUID, folded: Sequence[tuple[UUID, Folded]]) -> None:
    """Write the bins of segments, each with its round: of each bin the greatest share that any evidence gives."""
    from fieldapp.coverage.segments import VERSION

    usual = {"tenant_id": tenant_id, "engine": VERSION}
    pieces: dict[tuple[UUID, UUID, int], float] = {}
    places: dict[tuple[UUID, UUID, int], float] = {}
    for round_id, one in folded:
        for piece, at, share in one.pieces:
            pieces[round_id, piece, at] = max(share, pieces.get((round_id, piece, at), 0.0))
        places |= {(round_id, place, at): 1.0 for place, at in one.places}
    round_ids = {round_id for round_id, _one in folded}
    _drop_lesser(pieces, PieceBin, PieceBin.path_id, WALKED, round_ids)
    _drop_lesser(places, PlaceBin, PlaceBin.place_id, PRESENT, round_ids)
    insert_rows(PieceBin, _rows(pieces, {**usual, "source": WALKED}, "path_id"), newest=("share", "engine"))
    insert_rows(PlaceBin, _rows(places, {**usual, "source": PRESENT}, "place_id"), newest=("share", "engine"))
    mark_stale(tenant_id, round_ids)


def _drop_lesser(
    found: dict[tuple[UUID, UUID, int], float], model: Any, target: Any, source: str, round_ids: Iterable[UUID]
) -> None:
    query = select(model.round_id, target, model.bin, model.share).where(
        model.round_id.in_(round_ids), model.source == source
    )
    for round_id, target_id, at, share in db.session.execute(query):
        if found.get((round_id, target_id, at), 2.0) <= share:
            del found[round_id, target_id, at]


def _rows(found: Mapping[tuple[UUID, UUID, int], float], usual: Mapping[str, Any], target: str) -> list[dict[str, Any]]:
    return [
        {**usual, "round_id": round_id, target: target_id, "bin": at, "share": share}
        for (round_id, target_id, at), share in found.items()
    ]
