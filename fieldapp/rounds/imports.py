"""Make a round of a track that was recorded by something else than the phone app."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.kernel.time import Clock
from fieldapp.rounds.commands import AddSegment
from fieldapp.rounds.facts import CONDENSED, UnkeptTrack
from fieldapp.rounds.gpx import GpxFault, GpxTrack
from fieldapp.rounds.models import Gap, Round, TrackSegment
from fieldapp.rounds.track import SEGMENT_FIXES, SILENT_AFTER, Fix, columns_of_fixes, decode
from fieldapp.rounds.tracks import fold_unkept, keeps_fixes

LONGEST = timedelta(hours=24)
KIND = "round"


@dataclass(frozen=True, slots=True)
class ImportedRound:
    """What became of a file; `is_new` is false where it was imported before, and nothing was done."""

    id: UUID
    is_new: bool
    fix_count: int
    gaps: Sequence[tuple[datetime, datetime]]


def round_id(tenant_id: UUID, sha256: str) -> UUID:
    """Return the id of the round that a file makes in a tenant: the same for the same bytes."""
    return uuid.uuid5(tenant_id, f"gpx {sha256}")


def check_track(track: GpxTrack, now: datetime) -> Sequence[GpxFault]:
    """Return what is wrong with a track as one round walked before now."""
    if track.faults:
        return track.faults
    hours = LONGEST // timedelta(hours=1)
    if track.fixes[-1].at - track.fixes[0].at > LONGEST:
        return [GpxFault(0, "too_long", {"hours": hours})]
    return [GpxFault(0, "in_the_future")] if track.fixes[-1].at > now else []


def import_track(
    actor: Actor, track: GpxTrack, *, zone_id: UUID | None, party_size: int, clock: Clock
) -> ImportedRound:
    """Store a track without faults as an ended round of the actor; the same file again does nothing.

    Where nothing was recorded for more than a minute there is a gap. Fixes are kept as long as the organisation keeps those
    of its phones, counted from now.
    """
    new_id = round_id(actor.tenant_id, track.sha256)
    gaps = list(silences(track.fixes))
    if db.session.get(Round, new_id) is not None:
        return ImportedRound(new_id, is_new=False, fix_count=len(track.fixes), gaps=gaps)
    now = clock.now()
    db.session.add(
        Round(
            id=new_id,
            tenant_id=actor.tenant_id,
            author_id=actor.user_id,
            zone_id=zone_id,
            party_size=party_size,
            state="ended",
            started_at=track.fixes[0].at,
            ended_at=track.fixes[-1].at,
            end_reason="done",
            received_at=now,
            rev=1,
            source="gpx",
        )
    )
    db.session.flush()
    _write_track(actor.tenant_id, new_id, track.fixes, gaps, now)
    changes.note(actor.tenant_id, KIND, new_id, at=now, audience=(actor.user_id,))
    subject = (KIND, new_id)
    facts: dict[str, Any] = {"fixes": len(track.fixes), "gaps": len(gaps), "sha256": track.sha256}
    audit.write(actor.tenant_id, "round:import", at=now, actor=actor, subject=subject, **facts)
    return ImportedRound(new_id, is_new=True, fix_count=len(track.fixes), gaps=gaps)


def silences(fixes: Sequence[Fix]) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when to when nothing was recorded for longer than a recorder is ever silent."""
    for before, after in pairwise(fixes):
        if after.at - before.at > SILENT_AFTER:
            yield before.at, after.at


def _write_track(
    tenant_id: UUID, of_round: UUID, fixes: Sequence[Fix], gaps: Sequence[tuple[datetime, datetime]], now: datetime
) -> None:
    tracks = [
        UnkeptTrack(tenant_id, of_round, columns_of_fixes(fixes, of_round, part, start))
        for part, start in enumerate(range(0, len(fixes), SEGMENT_FIXES))
    ]
    segments = [_segment(track, now) for track in tracks]
    if not keeps_fixes():
        fold_unkept(tracks)
        changes.announce(CONDENSED, tracks)
        segments = [
            {**row, "columns": None, "folded_by": track.folded_by, "heard": track.heard}
            for row, track in zip(segments, tracks, strict=True)
        ]
    db.session.execute(insert(TrackSegment), segments)
    rows = [
        {
            "id": uuid.uuid5(of_round, f"gap {number}"),
            "tenant_id": tenant_id,
            "round_id": of_round,
            "from_at": from_at,
            "to_at": to_at,
            "reason": "no_fix",
        }
        for number, (from_at, to_at) in enumerate(gaps)
    ]
    if rows:
        db.session.execute(insert(Gap), rows)


def _segment(track: UnkeptTrack, now: datetime) -> dict[str, Any]:
    columns = track.columns or {}
    fixes = decode(AddSegment(round=track.round_id, **columns))
    return {
        "id": uuid.uuid5(track.round_id, f"segment {columns['part']}"),
        "tenant_id": track.tenant_id,
        "round_id": track.round_id,
        "part": columns["part"],
        "carried": columns["carried"],
        "fix_count": len(fixes),
        "first_at": fixes[0].at,
        "last_at": fixes[-1].at,
        "columns": columns,
        "received_at": now,
    }
