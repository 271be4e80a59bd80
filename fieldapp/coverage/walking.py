"""How far it is to walk: over points of the path network, any two of them a lawn's width apart at most. Pure.

Hosts follow paths and cut corners. So one may step from any point of the network to any other within `OFF_M`, whether a path
joins them or not; a block of houses without a way through it has to be walked round.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import shapely

from fieldapp.coverage.compiled import compiled
from fieldapp.coverage.ground import Floats, Ints

POINT_M = 10.0
"""Two points of a path are no farther apart than this."""
OFF_M = 25.0
"""So far one walks off the paths at a time."""


@dataclass(frozen=True)
class Walkable:
    """Points of the paths; `start` says where the points that each is joined with begin in `to` and `length_m`."""

    xy: Floats
    start: Ints
    to: Ints
    length_m: Floats
    points_of: Mapping[UUID, tuple[int, int, int]]
    """Of each piece its first point, the one after its last, and the one in the middle of its line."""
    tree: Any

    def from_piece(self, piece: UUID, most_m: float) -> Floats:
        """Return how far every point is from a piece, in metres; infinite where that is more than `most_m`."""
        first, end, _middle = self.points_of[piece]
        points = np.arange(first, end)
        return spread(self.start, self.to, self.length_m, points, np.zeros(len(points)), most_m)

    def from_spot(self, x: float, y: float, free_m: float, most_m: float) -> Floats:
        """Return how far every point is from one within `free_m` of a position."""
        points, away_m = self.near(x, y, free_m)
        return spread(self.start, self.to, self.length_m, points, away_m, most_m)

    def near(self, x: float, y: float, free_m: float) -> tuple[Ints, Floats]:
        """Return the points by which one comes to a position, and how far from it beyond `free_m` each is."""
        here = shapely.Point(x, y)
        points = self.tree.query(here, predicate="dwithin", distance=free_m + OFF_M)
        if not len(points):
            points = self.tree.query_nearest(here)
        points = np.sort(points)
        away_m = np.hypot(self.xy[points, 0] - x, self.xy[points, 1] - y)
        return points, np.maximum(away_m - free_m, 0.0)


def make_walkable(pieces: Sequence[tuple[UUID, Sequence[Floats]]]) -> Walkable | None:
    """Make pieces walkable, each with its lines' x and y in metres, its own line first. None: there is no piece."""
    points_of, points, count = {}, [], 0
    for piece, lines in pieces:
        laid = [_points(line) for line in lines if len(line)]
        if not laid:
            continue
        size = sum(map(len, laid))
        points_of[piece] = (count, count + size, count + len(laid[0]) // 2)
        points += laid
        count += size
    if not points:
        return None
    xy = np.concatenate(points)
    shapes: Any = shapely.points(xy)
    tree = shapely.STRtree(shapes)
    source, to = tree.query(shapes, predicate="dwithin", distance=OFF_M)
    order = np.lexsort((to, source))
    source, to = source[order], to[order]
    length_m = np.hypot(*(xy[source] - xy[to]).T)
    return Walkable(xy, np.searchsorted(source, np.arange(count + 1)), to, length_m, points_of, tree)


def _points(line: Floats) -> Floats:
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.linspace(0.0, along[-1], max(1, int(np.ceil(along[-1] / POINT_M))) + 1)
    return np.column_stack([np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])])


@compiled
def spread(start: Ints, to: Ints, length_m: Floats, points: Ints, away_m: Floats, most_m: float) -> Floats:
    """Return the shortest way to every point from some, which are `away_m` already; infinite where it is over `most_m`."""
    far = np.full(len(start) - 1, np.inf)
    heap = [(0.0, np.int64(0))]
    heap.pop()
    for k in range(len(points)):
        if away_m[k] <= most_m and away_m[k] < far[points[k]]:
            far[points[k]] = away_m[k]
            heapq.heappush(heap, (away_m[k], points[k]))
    while len(heap) > 0:
        walked, at = heapq.heappop(heap)
        if walked > far[at]:
            continue
        for way in range(start[at], start[at + 1]):
            reached = walked + length_m[way]
            if reached <= most_m and reached < far[to[way]]:
                far[to[way]] = reached
                heapq.heappush(heap, (reached, to[way]))
    return far
