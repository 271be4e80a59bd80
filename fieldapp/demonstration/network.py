"""The district's paths as a graph: vertices joined by stretches, pieces between junctions, shortest ways in metres."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from math import hypot, inf

from fieldapp.demonstration.district import District, Way
from fieldapp.kernel.geo import LatLon, LocalPlane

XY = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one path between two junctions (or an end), in walking order."""

    external_id: str
    way_id: str
    name: str | None
    is_lit: bool
    points: tuple[LatLon, ...]
    length_m: float


class Network:
    """Paths as a graph. Vertices are positions; equal positions are one vertex."""

    def __init__(self, ways: Iterable[Way], origin: LatLon) -> None:
        self._plane = LocalPlane(origin)
        self._xy: dict[LatLon, XY] = {}
        self._neighbours: dict[LatLon, dict[LatLon, float]] = {}
        self._ways = tuple(ways)
        for way in self._ways:
            for a, b in pairwise(way.points):
                self._connect(a, b)

    @classmethod
    def of(cls, district: District) -> "Network":
        """Build the graph of a district's paths."""
        return cls(district.ways, district.origin)

    def _connect(self, a: LatLon, b: LatLon) -> None:
        for end in (a, b):
            if end not in self._xy:
                self._xy[end] = self._plane.to_xy(end)
                self._neighbours[end] = {}
        metres = hypot(self._xy[a][0] - self._xy[b][0], self._xy[a][1] - self._xy[b][1])
        self._neighbours[a][b] = self._neighbours[b][a] = metres

    @property
    def vertices(self) -> tuple[LatLon, ...]:
        """All vertices, in the order of the paths."""
        return tuple(self._xy)

    def xy(self, vertex: LatLon) -> XY:
        """Return a vertex's place on the district's plane in metres."""
        return self._xy[vertex]

    def nearest_vertex(self, position: LatLon) -> LatLon:
        """Return the vertex closest to a position as the crow flies."""
        x, y = self._plane.to_xy(position)
        return min(self._xy, key=lambda vertex: hypot(self._xy[vertex][0] - x, self._xy[vertex][1] - y))

    def is_connected(self) -> bool:
        """Tell whether every vertex can be reached from every other."""
        start = next(iter(self._xy))
        reached, waiting = {start}, [start]
        while waiting:
            for vertex in self._neighbours[waiting.pop()]:
                if vertex not in reached:
                    reached.add(vertex)
                    waiting.append(vertex)
        return len(reached) == len(self._xy)

    def shortest_path(self, start: LatLon, goal: LatLon) -> tuple[LatLon, ...]:
        """Return the vertices from `start` to `goal` along the fewest metres (A*, straight-line bound).

        Raises:
            KeyError: one of them is no vertex.
            ValueError: no path leads there.
        """
        goal_x, goal_y = self._xy[goal]
        best, came_from = {start: 0.0}, {start: start}
        queue = [(0.0, self._xy[start], start)]
        done: set[LatLon] = set()
        while queue:
            _, _, vertex = heappop(queue)
            if vertex == goal:
                return _back_to_start(came_from, goal)
            if vertex in done:
                continue
            done.add(vertex)
            for other, metres in self._neighbours[vertex].items():
                walked = best[vertex] + metres
                if walked < best.get(other, inf):
                    best[other], came_from[other] = walked, vertex
                    at = self._xy[other]
                    heappush(queue, (walked + hypot(at[0] - goal_x, at[1] - goal_y), at, other))
        raise ValueError("no path leads there")

    def length_m(self, path: Iterable[LatLon]) -> float:
        """Return the metres along neighbouring vertices.

        Raises:
            KeyError: two vertices in a row are not neighbours.
        """
        return sum(self._neighbours[a][b] for a, b in pairwise(path))

    def pieces(self) -> tuple[Piece, ...]:
        """Cut the paths at their junctions: what is walked or not walked as a whole, every metre once."""
        cut: list[Piece] = []
        taken: set[frozenset[LatLon]] = set()
        for way in self._ways:
            parts = [part for part in self._parts(self._starting_at_junction(way.points), taken) if len(part) > 1]
            for number, part in enumerate(parts, start=1):
                external_id = f"{way.external_id}-{number:02}"
                cut.append(Piece(external_id, way.external_id, way.name, way.is_lit, part, self.length_m(part)))
        return tuple(cut)

    def _parts(self, points: tuple[LatLon, ...], taken: set[frozenset[LatLon]]) -> Iterator[tuple[LatLon, ...]]:
        """Cut a path at junctions and where it runs along one that has been cut before."""
        part = [points[0]]
        for a, b in pairwise(points):
            if frozenset((a, b)) in taken:
                yield tuple(part)
                part = [b]
                continue
            taken.add(frozenset((a, b)))
            part.append(b)
            if self._is_junction(b):
                yield tuple(part)
                part = [b]
        yield tuple(part)

    def _is_junction(self, vertex: LatLon) -> bool:
        return len(self._neighbours[vertex]) != 2

    def _starting_at_junction(self, points: tuple[LatLon, ...]) -> tuple[LatLon, ...]:
        """Turn a ring so that it starts where another path meets it, not where the pen was set down."""
        if points[0] != points[-1] or self._is_junction(points[0]):
            return points
        first = next((k for k, point in enumerate(points) if self._is_junction(point)), 0)
        return points[first:-1] + points[: first + 1]


def _back_to_start(came_from: dict[LatLon, LatLon], goal: LatLon) -> tuple[LatLon, ...]:
    path = [goal]
    while came_from[path[-1]] != path[-1]:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))
