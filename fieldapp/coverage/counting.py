"""Count what rounds that are over saw: the only writer of what is shown at the desk.

Each count makes a walk anew from its bins and its silences, and changes the sums by the difference to what it counted for
before. So it does not matter in what order things came, or how often.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, or_, select, tuple_

from fieldapp.access.models import Organisation
from fieldapp.coverage import clocks
from fieldapp.coverage.days import DayPart, bin_begins, day_part, part_span
from fieldapp.coverage.gaps import silence_of
from fieldapp.coverage.models import CoverageDay, CoverageTarget, PieceBin, PlaceBin, RoundCoverage, WalkDay
from fieldapp.coverage.packed import changed_counts, pack_numbers, unpack_numbers
from fieldapp.coverage.reach import Reach
from fieldapp.coverage.rules import PIECE, PLACE, TOLD, is_evidence
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.infra.rows import forget, insert_rows
from fieldapp.kernel.time import to_ms
from fieldapp.observations.models import Observation
from fieldapp.rounds.models import Gap, Round, TrackSegment
from fieldapp.rounds.rules import ROUND_LONGEST

ROUNDS_AT_ONCE = 100
FIELDS = ("seen", "told", "unknown")
Targets = dict[UUID, str]
"""Ids and whether each is a piece or a place."""


@dataclass
class Counted:
    """What a walk counts for in one part of a day."""

    seen: Targets = field(default_factory=dict)
    told: Targets = field(default_factory=dict)
    unknown: Targets = field(default_factory=dict)


Walk = dict[DayPart, Counted]


def is_over(now: datetime) -> Any:
    """Return what of a round tells that it is over, as `rounds.rules.is_closed`."""
    return or_(Round.state == "ended", Round.started_at < now - ROUND_LONGEST)


def is_due(now: datetime) -> Any:
    """Return what tells that a round, joined with how it is counted, must be counted or counted anew."""
    return is_over(now) & or_(
        RoundCoverage.round_id.is_(None),
        RoundCoverage.is_stale,
        RoundCoverage.counted_walk_id.is_(None),
        RoundCoverage.counted_walk_id != Round.walk_id,
    )


def count_rounds(tenant_id: UUID, now: datetime) -> int:
    """Count rounds that are over and whose bins have changed, in the transaction that is open. Return how many."""
    due = db.session.execute(
        select(Round.id, Round.walk_id, RoundCoverage.counted_walk_id)
        .outerjoin(RoundCoverage, (RoundCoverage.round_id == Round.id) & (RoundCoverage.tenant_id == Round.tenant_id))
        .where(is_due(now))
        .order_by(Round.started_at, Round.id)
        .limit(ROUNDS_AT_ONCE)
    ).all()
    if due:
        walks = {row.walk_id for row in due} | {row.counted_walk_id for row in due if row.counted_walk_id is not None}
        _count_walks(tenant_id, walks, now)
        rows = [
            {"tenant_id": tenant_id, "round_id": row.id, "counted_walk_id": row.walk_id, "is_stale": False}
            for row in due
        ]
        insert_rows(RoundCoverage, rows, newest=("counted_walk_id", "is_stale"))
        forget(RoundCoverage)
        changes.take_seqs(tenant_id, 1)  # pages that ask the feed whether anything is new are told that there is
    return len(due)


def _count_walks(tenant_id: UUID, walk_ids: set[UUID], now: datetime) -> None:
    timezone = ZoneInfo(
        db.session.execute(select(Organisation.timezone).where(Organisation.id == tenant_id)).scalar_one()
    )
    rounds = db.session.execute(
        select(Round.id, Round.walk_id, Round.zone_id, Round.started_at, Round.ended_at).where(
            Round.walk_id.in_(walk_ids), is_over(now)
        )
    ).all()
    walks: dict[UUID, Walk] = {walk_id: defaultdict(Counted) for walk_id in walk_ids}
    newest = _add_bins(walks, {row.id: row.walk_id for row in rounds}, timezone)
    _add_unknown(walks, rounds, timezone)
    _write(tenant_id, walks)
    clocks.advance(tenant_id, newest)


def _add_bins(
    walks: Mapping[UUID, Walk], walk_of: Mapping[UUID, UUID], timezone: ZoneInfo
) -> dict[tuple[str, UUID], datetime]:
    """Add what was seen and told. Return when each target was last seen."""
    newest: dict[tuple[str, UUID], int] = {}
    parts: dict[int, DayPart] = {}
    for kind, model, target in ((PIECE, PieceBin, PieceBin.path_id), (PLACE, PlaceBin, PlaceBin.place_id)):
        query = select(model.round_id, target, model.bin, model.source, model.share).where(model.round_id.in_(walk_of))
        for round_id, target_id, at, source, share in db.session.execute(query):
            is_seen = is_evidence(source, share)
            if not is_seen and source != TOLD:
                continue
            if at not in parts:
                parts[at] = day_part(bin_begins(at), timezone)
            counted = walks[walk_of[round_id]][parts[at]]
            (counted.seen if is_seen else counted.told)[target_id] = kind
            newest[kind, target_id] = max(newest.get((kind, target_id), 0), at)
    return {key: bin_begins(at) for key, at in newest.items()}


def _add_unknown(walks: Mapping[UUID, Walk], rounds: Sequence[Any], timezone: ZoneInfo) -> None:
    heard: dict[UUID, list[Any]] = defaultdict(list)
    heard_of = [row.id for row in rounds]
    query = select(TrackSegment.round_id, TrackSegment.heard).where(TrackSegment.round_id.in_(heard_of))
    for round_id, spans in db.session.execute(query):
        heard[round_id] += spans or []
    for row in db.session.execute(_RECORDED.where(Observation.round_id.in_(heard_of))):
        heard[row.round_id].append(
            [to_ms(row.occurred_at), str(row.place_id), to_ms(row.occurred_at), str(row.place_id)]
        )
    gaps: dict[UUID, list[tuple[int, int, str]]] = defaultdict(list)
    for round_id, *span, reason in db.session.execute(_GAPS.where(Gap.round_id.in_(heard_of))):
        gaps[round_id].append((to_ms(span[0]), to_ms(span[1]), reason))
    reach = Reach(heard.values())
    for row in rounds:
        until = row.ended_at or _last(row.started_at, heard[row.id])
        spans = _parts_between(row.started_at, until, timezone)
        hours = (to_ms(row.started_at), to_ms(until))
        found = reach.unknown(hours, heard[row.id], silence_of(gaps[row.id]), row.zone_id, spans)
        for part, targets in found.items():
            walks[row.walk_id][part].unknown.update(targets)


_RECORDED = select(Observation.round_id, Observation.place_id, Observation.occurred_at).where(
    Observation.place_id.is_not(None)
)
"""Who records something at a place in a silence is there at that moment."""
_GAPS = select(Gap.round_id, Gap.from_at, Gap.to_at, Gap.reason)


def _last(started_at: datetime, heard: Iterable[Any]) -> datetime:
    """Return when a round that nobody ended was last heard of."""
    last = max((span[2] for span in heard), default=0)
    return max(started_at, started_at + timedelta(milliseconds=last - to_ms(started_at)))


def _parts_between(from_at: datetime, to_at: datetime, timezone: ZoneInfo) -> dict[DayPart, tuple[int, int]]:
    found = {}
    at = from_at
    while at <= to_at:
        part = day_part(at, timezone)
        begin, end = part_span(part.day, part.part, timezone)
        found[part] = (to_ms(begin), to_ms(end))
        at = end
    return found


def _write(tenant_id: UUID, walks: Mapping[UUID, Walk]) -> None:
    """Write what walks count for, and change the sums by the difference."""
    numbers = _numbers(tenant_id, walks.values())
    rows, before = {}, {}
    for walk_id, walk in walks.items():
        for at, counted in walk.items():
            packed = {name: pack_numbers(numbers[target] for target in getattr(counted, name)) for name in FIELDS}
            if any(packed.values()):
                key = {"tenant_id": tenant_id, "walk_id": walk_id, "day": at.day, "part": at.part}
                rows[walk_id, at] = {**key, **packed}
    for row in db.session.scalars(select(WalkDay).where(WalkDay.walk_id.in_(walks))):
        before[row.walk_id, DayPart(row.day, row.part)] = {name: getattr(row, name) for name in FIELDS}
    _change_sums(tenant_id, before, rows)
    gone = [(walk_id, at.day, at.part) for walk_id, at in before.keys() - rows.keys()]
    if gone:
        of_gone = tuple_(WalkDay.walk_id, WalkDay.day, WalkDay.part).in_(gone)
        db.session.execute(delete(WalkDay).where(of_gone), execution_options={"synchronize_session": False})
    insert_rows(WalkDay, list(rows.values()), newest=FIELDS)
    forget(WalkDay)


def _change_sums(tenant_id: UUID, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> None:
    changes: dict[DayPart, list[tuple[Any, Any]]] = defaultdict(list)
    nothing = dict.fromkeys(FIELDS, b"")
    for key in before.keys() | after.keys():
        old, new = before.get(key, nothing), after.get(key, nothing)
        if any(old[name] != new[name] for name in FIELDS):
            changes[key[1]].append((old, new))
    if not changes:
        return
    query = select(CoverageDay).where(tuple_(CoverageDay.day, CoverageDay.part).in_([tuple(at) for at in changes]))
    sums = {
        DayPart(row.day, row.part): {name: getattr(row, name) for name in FIELDS} for row in db.session.scalars(query)
    }
    rows = []
    for at, pairs in changes.items():
        packed = dict(sums.get(at, nothing))
        for old, new in pairs:
            for name in FIELDS:
                packed[name] = changed_counts(packed[name], unpack_numbers(new[name]), unpack_numbers(old[name]))
        rows.append({"tenant_id": tenant_id, "day": at.day, "part": at.part, **packed})
    insert_rows(CoverageDay, rows, newest=FIELDS)
    forget(CoverageDay)


def _numbers(tenant_id: UUID, walks: Iterable[Walk]) -> dict[UUID, int]:
    """Return the number of each target that walks count; one that has none gets the next."""
    wanted: Targets = {}
    for walk in walks:
        for counted in walk.values():
            wanted |= counted.seen | counted.told | counted.unknown
    query = select(CoverageTarget.target_id, CoverageTarget.number)
    known = {row.target_id: row.number for row in db.session.execute(query) if row.target_id in wanted}
    new = sorted(wanted.keys() - known.keys())
    if new:
        last = db.session.scalar(select(func.max(CoverageTarget.number)))
        first = 0 if last is None else last + 1
        rows = [
            {"tenant_id": tenant_id, "number": first + place, "kind": wanted[target], "target_id": target}
            for place, target in enumerate(new)
        ]
        insert_rows(CoverageTarget, rows)
        known |= {row["target_id"]: row["number"] for row in rows}
    return known
