"""What can be asked of rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StartRound:
    """Begin a walk."""

    zone: UUID | None
    party_size: int


@dataclass(frozen=True, slots=True)
class ChangeRound:
    """Pause, go on or end; `reason` only at the end."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class JoinRound:
    """Walk together with another phone: its round by id, or by the code its screen shows. One of the two."""

    with_id: UUID | None
    code: str | None


@dataclass(frozen=True, slots=True)
class AddSegment:
    """Fixes of a round in columns: each value is the difference to the fix before, the first to t0, lat0, lon0.

    Times in milliseconds, positions in millionths of a degree, accuracy in decimetres or None.
    """

    round: UUID
    part: int
    carried: int
    t0: int
    lat0: int
    lon0: int
    dt: Sequence[int]
    dlat: Sequence[int]
    dlon: Sequence[int]
    acc: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class FoldedSegment:
    """What is left of a segment whose fixes were not kept: its extent, and what it says of coverage (`facts.UnkeptTrack`)."""

    round: UUID
    part: int
    carried: int
    fix_count: int
    first_ms: int
    last_ms: int
    folded_by: int | None
    heard: list[list[Any]] | None
    pieces: list[list[Any]]
    places: list[list[Any]]


@dataclass(frozen=True, slots=True)
class RecordGap:
    """A time when nothing was recorded; `from_ms` and `to_ms` are wire times."""

    round: UUID
    from_ms: int
    to_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class OpenRound:
    """Look at a round, for a reason that its hosts will see."""

    reason: str
