"""Pieces that run where others ran before: what was seen of those counts for them, marked as inherited.

One that succeeds several was seen as a whole as often as that of them which was seen least. Those that ran along little of it
say nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from fieldapp.coverage.packed import Counts

OVERLAP_SHARE_MIN = 0.25
"""A piece that ran along less of its successor than this says nothing of it."""
Heirs = Mapping[UUID, Sequence[UUID]]
"""Of each piece that succeeds others those that speak for it."""


def speaking(overlaps: Sequence[tuple[UUID, float]]) -> list[UUID]:
    """Return which of the pieces that one succeeds speak for it, of (piece, metres along it)."""
    whole_m = sum(overlap_m for _piece, overlap_m in overlaps)
    return [piece for piece, overlap_m in overlaps if overlap_m >= OVERLAP_SHARE_MIN * whole_m]


def generations(heirs: Heirs) -> list[list[UUID]]:
    """Return heirs by how many successions lie behind them, the fewest first. What would succeed itself is left out."""
    depth: dict[UUID, int] = {}
    for heir in sorted(heirs):
        _measure(heir, heirs, depth, set())
    found: list[list[UUID]] = [[] for _ in range(max(depth.values(), default=0))]
    for heir, behind in depth.items():
        if behind:
            found[behind - 1].append(heir)
    return found


def _measure(heir: UUID, heirs: Heirs, depth: dict[UUID, int], open_: set[UUID]) -> int:
    if heir in depth or heir not in heirs:
        return depth.get(heir, 0)
    if heir in open_:
        return 0
    open_.add(heir)
    depth[heir] = 1 + max(_measure(one, heirs, depth, open_) for one in heirs[heir])
    return depth[heir]


@dataclass(frozen=True, slots=True)
class Generation:
    """Numbers of heirs, and of those that speak for each; `begins`: where those of each begin."""

    heirs: Counts
    before: Counts
    begins: Counts


class Heritage:
    """Who hands on what is counted to whom, by the targets' numbers."""

    def __init__(self, heirs: Heirs, number_of: Mapping[UUID, int]) -> None:
        import numpy as np

        self._generations: list[Generation] = []
        for generation in generations(heirs):
            known = [one for one in generation if one in number_of and all(by in number_of for by in heirs[one])]
            if known:
                begins = np.cumsum([0, *(len(heirs[one]) for one in known[:-1])])
                before = np.array([number_of[by] for one in known for by in heirs[one]])
                self._generations.append(Generation(np.array([number_of[one] for one in known]), before, begins))

    def hand_on(self, seen: Counts, told: Counts, unknown: Counts) -> None:
        """Add to what is counted of heirs what is of those before them: what was unknown of one of those stays so."""
        import numpy as np

        for one in self._generations:
            surely, said = seen[one.before], told[one.before]
            maybe = unknown[one.before]
            least_seen, least_said, least_maybe = (
                np.minimum.reduceat(counts, one.begins) for counts in (surely, surely + said, surely + said + maybe)
            )
            seen[one.heirs] += least_seen
            told[one.heirs] += least_said - least_seen
            unknown[one.heirs] += least_maybe - least_said

    def hand_on_least(self, counts: Counts) -> None:
        """Give heirs the least of those before them where that is more than their own."""
        import numpy as np

        for one in self._generations:
            least = np.minimum.reduceat(counts[one.before], one.begins)
            counts[one.heirs] = np.maximum(counts[one.heirs], least)


def read_heirs(successions: Iterable[tuple[UUID, UUID, float]]) -> Heirs:
    """Return the heirs, of (successor, predecessor, metres)."""
    overlaps: dict[UUID, list[tuple[UUID, float]]] = {}
    for successor, predecessor, overlap_m in successions:
        overlaps.setdefault(successor, []).append((predecessor, overlap_m))
    return {successor: speaking(of_it) for successor, of_it in overlaps.items() if speaking(of_it)}
