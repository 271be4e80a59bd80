"""Tracks of organisations that keep none: made into coverage at once, in the transaction that brings them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from fieldapp.coverage.service import mark_stale
from fieldapp.infra.db import db
from fieldapp.places.models import Path, Place
from fieldapp.rounds.facts import RoundsChanged, UnkeptTrack


def fold_unkept(tracks: Sequence[UnkeptTrack]) -> None:
    """Fill tracks in with what they say of coverage. Where there is nothing to fold them on, that is nothing."""
    from fieldapp.coverage import segments, ways  # a compiler comes with them: only here does the server need it

    on = ways.ways()
    if on is None:
        return
    folded = segments.fold_columns([track.columns or {} for track in tracks], on)
    for track, one in zip(tracks, folded, strict=True):
        track.folded_by, track.heard = segments.VERSION, one.heard
        track.pieces = [[str(piece), at, share] for piece, at, share in one.pieces]
        track.places = [[str(place), at] for place, at in one.places]


def write_condensed(tracks: Sequence[UnkeptTrack]) -> None:
    """Write what tracks say of coverage. What is no piece or place of the tenant is passed over."""
    from fieldapp.coverage import fold, segments

    pieces = {UUID(piece) for track in tracks for piece, _at, _share in track.pieces}
    places = {UUID(place) for track in tracks for place, _at in track.places}
    known = set(db.session.scalars(select(Path.id).where(Path.id.in_(pieces)))) if pieces else set()
    known |= set(db.session.scalars(select(Place.id).where(Place.id.in_(places)))) if places else set()
    folded = [
        (
            track.round_id,
            segments.Folded(
                [(UUID(one), at, share) for one, at, share in track.pieces if UUID(one) in known],
                [(UUID(one), at) for one, at in track.places if UUID(one) in known],
            ),
        )
        for track in tracks
    ]
    fold.write_folded(tracks[0].tenant_id, folded)


def note_changed(changed: RoundsChanged) -> None:
    """Have rounds counted anew of which more is known now."""
    mark_stale(changed.tenant_id, changed.round_ids)
