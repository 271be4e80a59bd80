"""Who was at a building or in a yard: steps of positions beside an entrance or within an outline. Pure.

A pass or a stay counts when, step after step, it is likely that one was there; how likely follows from each step's own error.
A cellar or a stairwell is never seen so: no satellite reaches there, and to pass its door is not to look into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from fieldapp.coverage.ground import Floats, Ints
from fieldapp.coverage.presence_loops import likely_within, long_runs, walked_steps
from fieldapp.coverage.rules import BIN_MS
from fieldapp.coverage.steps import STEP_MS

ENTRANCE_M = 12.0
ENTRANCE_LIKELY, ENTRANCE_STEPS = 0.5, 2
YARD_LIKELY, YARD_STEPS = 0.8, 3
LOOKED_AT_M = 30.0
"""Steps farther from a place than this are not looked at."""

NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Spot:
    """Somewhere one can be: a point (x, y) in metres, or the ring of an outline; and what is seen by being there."""

    xy: Floats
    is_outline: bool
    seen: tuple[UUID, ...]


class Spots:
    """The spots of a tenant, ready to be asked."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        self.spots = spots
        shapes = [shapely.Polygon(spot.xy) if spot.is_outline else shapely.Point(spot.xy) for spot in spots]
        self._shapes: Any = np.array(shapes, object)
        self._is_outline = np.array([spot.is_outline for spot in spots], bool)
        self._tree = shapely.STRtree(shapes)
        self._edges: Any = shapely.boundary(self._shapes)

    def visits(self, begins: Ints, t: Ints, xy: Floats, sd: Floats) -> list[tuple[int, UUID, int]]:
        """Return of each visit its segment, what was seen, and the quarter of an hour."""
        if not self.spots or not len(t):
            return []
        segment, at, x, y, deviation = walked_steps(
            begins, t, np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1]), sd
        )
        step, spot = self._tree.query(shapely.points(x, y), predicate="dwithin", distance=LOOKED_AT_M)
        found: set[tuple[int, UUID, int]] = set()
        for is_outline, likely, needed in ((False, ENTRANCE_LIKELY, ENTRANCE_STEPS), (True, YARD_LIKELY, YARD_STEPS)):
            mine = self._is_outline[spot] == is_outline
            steps, spots = step[mine], spot[mine]
            chance = self._chance(x[steps], y[steps], deviation[steps], spots, is_outline=is_outline)
            keep = chance >= likely
            found |= self._runs(segment, at, steps[keep], spots[keep], needed)
        return sorted(found)

    def _chance(self, x: Floats, y: Floats, sd: Floats, spots: Ints, *, is_outline: bool) -> Floats:
        points = shapely.points(x, y)
        away = shapely.distance(points, self._edges[spots] if is_outline else self._shapes[spots])
        if not is_outline:
            return likely_within(ENTRANCE_M, away, sd)
        inward = np.where(shapely.contains(self._shapes[spots], points), away, -away)
        # At a long edge the error counts on one axis alone: the chance is that of a normal deviate.
        return np.array([NORMAL.cdf(z) for z in (inward / sd).tolist()], float)

    def _runs(self, segment: Ints, at: Ints, steps: Ints, spots: Ints, needed: int) -> set[tuple[int, UUID, int]]:
        """Return the quarters of an hour of runs of steps that are long enough, those left out that a run only touches."""
        group = segment[steps] * len(self.spots) + spots
        order = np.lexsort((at[steps], group))
        group, when = group[order], at[steps][order]
        kept = long_runs(group, when, needed)
        pairs = np.column_stack([group[kept], when[kept] * STEP_MS // BIN_MS])
        pairs, counts = np.unique(pairs, axis=0, return_counts=True)
        return {
            (key // len(self.spots), target, number)
            for (key, number), count in zip(pairs.tolist(), counts.tolist(), strict=True)
            if 2 * count >= needed
            for target in self.spots[key % len(self.spots)].seen
        }
