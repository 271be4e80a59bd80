"""What may have been seen while nothing was known: in a gap of a round, what could be walked to between its ends. Pure.

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
LISTENING = ("no_fix", "low_accuracy")
"""Reasons of gaps in which the phone was awake and asked for positions: outdoors it would have had some."""
PAUSED = "user_pause"
LISTENING_MS_MAX = 600_000
"""A phone that hears nothing for longer than this may be broken, and says nothing of where it was."""
FOUND_MS = 15_000
"""Who comes out of a house is found again within this: the receiver has been at it all the while."""
LOOK_MS = 20_000
"""To go in through a door, look about and come out takes this at least."""
OUT_M = WALK_M_S * FOUND_MS / 1000.0
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Span = tuple[int, int]


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

    @property
    def walk_m(self) -> float:
        """Return how far one walks in it at most."""
        return (self.to_ms - self.from_ms) * WALK_M_S / 1000.0


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
class Silence:
    """What a round's gaps say of where its hosts were: when its phone listened and heard nothing, and when they paused."""

    listening: Sequence[Span]
    paused: Sequence[Span]


def silence_of(gaps: Iterable[tuple[int, int, str]]) -> Silence:
    """Return what gaps say, of (from, to, reason) in ms. Of other reasons nothing follows: hosts may have been anywhere.

    Times that touch are one: a phone that hears nothing, again and again, hears nothing for long.
    """
    every = list(gaps)
    away = _together((begin, end) for begin, end, reason in every if reason not in {*LISTENING, PAUSED})
    listening = _together((begin, end) for begin, end, reason in every if reason in LISTENING)
    short = [span for span in listening if span[1] - span[0] <= LISTENING_MS_MAX and not _covered_ms(span, away)]
    return Silence(short, _together((begin, end) for begin, end, reason in every if reason == PAUSED))


def _together(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin - found[-1][1] <= SILENT_MS:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _covered_ms(span: Span, others: Iterable[Span]) -> int:
    """Return for how much of a span others last, which do not touch each other."""
    return sum(max(0, min(span[1], end) - max(span[0], begin)) for begin, end in others)


def is_within(hole: Hole, spans: Sequence[Span]) -> bool:
    """Tell whether a silence is told of by others, but for so little that nobody counts it as one."""
    return hole.to_ms - hole.from_ms - _covered_ms((hole.from_ms, hole.to_ms), spans) < SILENT_MS


def window(
    hole: Hole, before_m: Floats | None, after_m: Floats | None, house: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return from when to when each target could have been seen in a gap, in ms: never, where the first is the later.

    `before_m` and `after_m`: how far each is to walk from where the gap began and to where it ended; None: nobody knows.
    `house`: the number of the house that each is within, -1 outdoors.
    """
    from_ms = np.full(len(house), float(hole.from_ms))
    to_ms = hole.to_ms - np.where(house >= 0, float(LOOK_MS), 0.0)
    if before_m is not None:
        from_ms += before_m / WALK_M_S * 1000.0
    if after_m is not None:
        to_ms -= after_m / WALK_M_S * 1000.0
    return from_ms, to_ms


def told_by_ends(before_m: Floats | None, after_m: Floats | None, between_m: float, house: NDArray[np.int64]) -> Flags:
    """Tell of each target whether who was not found outdoors can have seen it: near an end, on the way, or in a house near one.

    `between_m`: how far it is from one end of the gap to the other. `house`: the number of the house that a target is within,
    -1 outdoors.
    """
    beside = np.zeros(len(house), bool)
    for far in (before_m, after_m):
        if far is not None:
            beside |= far <= OUT_M
    if before_m is not None and after_m is not None:
        beside |= before_m + after_m <= between_m + OUT_M
    entered = np.unique(house[beside & (house >= 0)])
    return beside | np.isin(house, entered)


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
