"""What may have been seen while nothing was known: in a gap of a round, whatever could be reached at a walk between its ends. Pure.

A gap is never seen and never missed. Its ends are known by the pieces nearest to them alone, so that it can be told after the
positions are gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from fieldapp.coverage.days import DayPart

SILENT_MS = 30_000
WALK_M_S = 1.4
"""A walk, as the crow flies, since lawns are walked across."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hole:
    """A time in a round of which nothing is known, in ms, and what the positions before and after it were nearest to.

    `is_open_before`: nothing was heard before it in its round, `is_open_after` after it. An end that is not open and has no name
    was away from every piece.
    """

    from_ms: int
    to_ms: int
    before: UUID | None
    after: UUID | None
    is_open_before: bool = False
    is_open_after: bool = False


def holes(from_ms: int, to_ms: int, heard: Iterable[Sequence[Any]]) -> Iterator[Hole]:
    """Yield the silences of a round that lasted from `from_ms` to `to_ms`, of `[from_ms, piece, to_ms, piece]` heard."""
    reached, at, is_open = from_ms, None, True
    for begin, piece, end, last in sorted(heard, key=lambda one: (one[0], one[2], str(one[1]), str(one[3]))):
        if begin - reached > SILENT_MS:
            yield Hole(reached, begin, _uuid(at), _uuid(piece), is_open_before=is_open)
        if end >= reached or is_open:
            reached, at, is_open = max(end, reached), last, False
    if to_ms - reached > SILENT_MS:
        yield Hole(reached, to_ms, _uuid(at), None, is_open_before=is_open, is_open_after=True)


def _uuid(name: str | None) -> UUID | None:
    return None if name is None else UUID(name)


@dataclass(frozen=True, slots=True)
class Lay:
    """Where the middles of targets are, x and y in metres: who walks half of a piece comes by its middle."""

    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class End:
    """Where one end of a gap is: at most so far from the middle of a piece."""

    x: float
    y: float
    reach_m: float


def reachable(hole: Hole, lay: Lay, ends: Mapping[UUID, End]) -> tuple[Floats, Floats] | None:
    """Return from when to when each target could have been seen in a gap, in ms: never, where the first is the later.

    None: nothing can be said, since the gap's ends are unknown.
    """
    before, after = (ends.get(end) if end is not None else None for end in (hole.before, hole.after))
    if before is None and after is None:
        return None
    from_ms = np.full(len(lay.x), float(hole.from_ms))
    to_ms = np.full(len(lay.x), float(hole.to_ms))
    if before is not None:
        from_ms += _away_m(before, lay) / WALK_M_S * 1000.0
    if after is not None:
        to_ms -= _away_m(after, lay) / WALK_M_S * 1000.0
    return from_ms, to_ms


def _away_m(end: End, lay: Lay) -> Floats:
    return np.maximum(np.hypot(lay.x - end.x, lay.y - end.y) - end.reach_m, 0.0)


def parts_of(
    from_ms: Floats, to_ms: Floats, spans: Mapping[DayPart, tuple[int, int]]
) -> dict[DayPart, NDArray[np.int64]]:
    """Return which targets could have been seen in each part of a day, given when they could and the parts' spans in ms."""
    could = from_ms <= to_ms
    found = {}
    for part, (begin, end) in spans.items():
        numbers = np.flatnonzero(could & (from_ms < end) & (to_ms >= begin))
        if len(numbers):
            found[part] = numbers
    return found
