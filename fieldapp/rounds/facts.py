"""What this package announces, for packages above it to react to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

CHANGED = "rounds_changed"
"""Facts: RoundsChanged, when a round ended or a gap of it came."""

UNKEPT = "tracks_unkept"
"""Facts: a list of UnkeptTrack. Who reacts makes coverage of their fixes before those are gone, and fills in what is left."""

CONDENSED = "tracks_condensed"
"""Facts: a list of UnkeptTrack without fixes, of a round that is there now: what was left of them is to be written."""


@dataclass(frozen=True, slots=True)
class RoundsChanged:
    """Rounds of which something is known now that was not."""

    tenant_id: UUID
    round_ids: Sequence[UUID]


@dataclass(slots=True)
class UnkeptTrack:
    """A segment of an organisation that keeps no fixes: its columns until it is folded, and what is left of it then."""

    tenant_id: UUID
    round_id: UUID
    columns: Mapping[str, Any] | None
    folded_by: int | None = None
    heard: list[list[Any]] | None = None
    pieces: list[list[Any]] = field(default_factory=list)
    """`[piece, quarter of an hour, share]`"""
    places: list[list[Any]] = field(default_factory=list)
    """`[place, quarter of an hour]`"""
