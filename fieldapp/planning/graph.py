"""The path network as a graph to walk on: pieces between the points where they meet, places beside them. Pure.

Lengths are metres on a flat plane. A piece that others meet within is more than one edge; it counts as seen when edges of at
least half its length were walked. A place is seen from the nearest edge: by a walk over it, there and back to its door, and
the time of a check.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from fieldapp.kernel.geo import LatLon, LocalPlane

SEEN_SHARE = 0.5
DOOR_M_MAX = 120.0
"""A place further from every path is left out: nobody knows how one gets there."""
_UNIT = 10_000_000
Node = tuple[int, int]
Lines = Sequence[Sequence[Sequence[float]]]


@dataclass(frozen=True, slots=True)
class GraphPiece:
    """A piece of path: its lines of `[lon, lat]`."""

    id: UUID
    lines: Lines


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, and for how many seconds a check of it takes."""

    id: UUID
    position: LatLon
    check_s: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A way between two nodes, part of the piece with this number."""

    a: int
    b: int
    length_m: float
    piece: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A place beside an edge, and how far its door is from it."""

    spot: Spot
    edge: int
    door_m: float


@dataclass(frozen=True, slots=True)
class Graph:
    """A network to walk on. `next_to[node]` are (edge, node at its other end) in an order that follows from the input."""

    pieces: Sequence[GraphPiece]
    nodes: Sequence[tuple[float, float]]
    edges: Sequence[Edge]
    next_to: Sequence[Sequence[tuple[int, int]]]
    edges_of: Sequence[Sequence[int]]
    stops: Sequence[Stop]
    plane: LocalPlane
    lengths_m: Sequence[float] = field(default=())

    def nearest_node(self, position: LatLon, among: Iterable[int] | None = None) -> int:
        """Return the node nearest to a position: of all, or of those named."""
        x, y = self.plane.to_xy(position)
        nodes = range(len(self.nodes)) if among is None else sorted(among)
        return min(nodes, key=lambda n: (self.nodes[n][0] - x) ** 2 + (self.nodes[n][1] - y) ** 2)

    def main_nodes(self) -> set[int]:
        """Return the nodes of the largest part of the network that hangs together."""
        left, largest = set(range(len(self.nodes))), set[int]()
        while len(left) > len(largest):
            part = {min(left)}
            waiting = list(part)
            while waiting:
                for _edge, other in self.next_to[waiting.pop()]:
                    if other not in part:
                        part.add(other)
                        waiting.append(other)
            left -= part
            largest = max(largest, part, key=len)
        return largest

    def distances(self, source: int, limit_m: float = math.inf) -> dict[int, float]:
        """Return how far each node within a limit is from one, along the network (Dijkstra 1959)."""
        found: dict[int, float] = {}
        heap = [(0.0, source)]
        while heap:
            distance, node = heapq.heappop(heap)
            if node in found:
                continue
            found[node] = distance
            for edge, other in self.next_to[node]:
                further = distance + self.edges[edge].length_m
                if other not in found and further <= limit_m:
                    heapq.heappush(heap, (further, other))
        return found

    def way(self, source: int, target: int) -> list[int] | None:
        """Return the edges of a shortest way, or None where there is none."""
        before: dict[int, tuple[int, int]] = {}
        done: set[int] = set()
        heap = [(0.0, source, -1, -1)]
        while heap:
            distance, node, edge, origin = heapq.heappop(heap)
            if node in done:
                continue
            done.add(node)
            before[node] = (edge, origin)
            if node == target:
                break
            for one, other in self.next_to[node]:
                if other not in done:
                    heapq.heappush(heap, (distance + self.edges[one].length_m, other, one, node))
        if target not in before:
            return None
        edges = []
        while target != source:
            edge, target = before[target]
            edges.append(edge)
        return edges[::-1]


def make_graph(pieces: Sequence[GraphPiece], spots: Iterable[Spot] = ()) -> Graph:
    """Return the graph of a network with the places beside it.

    Raises:
        ValueError: there are no pieces.
    """
    if not pieces:
        raise ValueError("no pieces")
    plane = LocalPlane(LatLon(pieces[0].lines[0][0][1], pieces[0].lines[0][0][0]))
    chains = [[_chain(line) for line in piece.lines] for piece in pieces]
    joints = _joints(chains)
    numbers: dict[Node, int] = {}
    nodes: list[tuple[float, float]] = []
    edges: list[Edge] = []
    shapes: list[list[tuple[float, float]]] = []
    for piece, lines in enumerate(chains):
        for part in itertools.chain.from_iterable(_parts(chain, joints) for chain in lines):
            for end in (part[0], part[-1]):
                if end not in numbers:
                    numbers[end] = len(nodes)
                    nodes.append(_xy(plane, end))
            shape = [_xy(plane, at) for at in part]
            length = math.fsum(math.dist(a, b) for a, b in itertools.pairwise(shape))
            edges.append(Edge(numbers[part[0]], numbers[part[-1]], length, piece))
            shapes.append(shape)
    next_to, edges_of = _next_to(edges, len(nodes), len(pieces))
    lengths = [math.fsum(edges[edge].length_m for edge in found) for found in edges_of]
    return Graph(pieces, nodes, edges, next_to, edges_of, _stops(shapes, spots, plane), plane, lengths)


def _chain(line: Sequence[Sequence[float]]) -> list[Node]:
    """Return a line in whole units, no position twice in a row."""
    chain = [(round(at[0] * _UNIT), round(at[1] * _UNIT)) for at in line]
    return [at for number, at in enumerate(chain) if number == 0 or at != chain[number - 1]]


def _joints(chains: Sequence[Sequence[Sequence[Node]]]) -> set[Node]:
    """Return the positions where a way can end or turn: ends of lines, and what more than one line runs through."""
    lines_at: dict[Node, int] = defaultdict(int)
    joints: set[Node] = set()
    for chain in itertools.chain.from_iterable(chains):
        joints.update((chain[0], chain[-1]))
        for at in set(chain):
            lines_at[at] += 1
    return joints | {at for at, count in lines_at.items() if count > 1}


def _parts(chain: Sequence[Node], joints: set[Node]) -> Iterable[Sequence[Node]]:
    """Cut a line at its joints."""
    begin = 0
    for number in range(1, len(chain)):
        if chain[number] in joints:
            yield chain[begin : number + 1]
            begin = number


def _xy(plane: LocalPlane, at: Node) -> tuple[float, float]:
    return plane.to_xy(LatLon(at[1] / _UNIT, at[0] / _UNIT))


def _next_to(
    edges: Sequence[Edge], node_count: int, piece_count: int
) -> tuple[list[list[tuple[int, int]]], list[list[int]]]:
    next_to: list[list[tuple[int, int]]] = [[] for _ in range(node_count)]
    edges_of: list[list[int]] = [[] for _ in range(piece_count)]
    for number, edge in enumerate(edges):
        next_to[edge.a].append((number, edge.b))
        if edge.a != edge.b:
            next_to[edge.b].append((number, edge.a))
        edges_of[edge.piece].append(number)
    return next_to, edges_of


def _stops(shapes: Sequence[Sequence[tuple[float, float]]], spots: Iterable[Spot], plane: LocalPlane) -> list[Stop]:
    import shapely

    wanted = list(spots)
    if not wanted:
        return []
    lines = [shapely.LineString(shape) for shape in shapes]
    tree = shapely.STRtree(lines)
    points = [shapely.Point(*plane.to_xy(spot.position)) for spot in wanted]
    nearest = tree.nearest(points)
    found = []
    for spot, point, edge in zip(wanted, points, nearest.tolist(), strict=True):
        door_m = float(lines[edge].distance(point))
        if door_m <= DOOR_M_MAX:
            found.append(Stop(spot, edge, door_m))
    return found
