"""Evenings that a suggested round is measured on: networks, places beside them, and what waits on each by a seed."""

from __future__ import annotations

import heapq
import math
import random
import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from fieldapp.kernel.geo import LatLon, LocalPlane, to_geojson
from fieldapp.places.network import Way, make_pieces
from fieldapp.places.nvdb_file import is_geopackage, read_nvdb
from fieldapp.places.osm_file import read_osm
from fieldapp.planning.graph import Graph, GraphPiece, Spot, make_graph
from fieldapp.planning.rules import PLACE_WEIGHT, piece_weight
from fieldapp.planning.walk import PACE_M_PER_S, Step, Task, stop_seconds

ORIGIN = LatLon(57.75, 11.98)
BLOCK_M = 88.0
BLOCKS = 38
GONE_SHARE = 0.1
CHECK_S = 120.0
SPOTS_PER_PIECE = 0.08
DAYS_MAX = 14
HOT_SPOTS = 6


def synthetic_graph(seed: int = 1) -> Graph:
    """Return a network of about 5,000 pieces: blocks of streets and paths, some of them gone, none of them straight."""
    chance = random.Random(seed)
    plane = LocalPlane(ORIGIN)
    at = {
        (i, j): (i * BLOCK_M + chance.gauss(0, 12), j * BLOCK_M + chance.gauss(0, 12))
        for i in range(BLOCKS)
        for j in range(BLOCKS)
    }
    ways = []
    for i, j in sorted(at):
        for other in ((i + 1, j), (i, j + 1)):
            if other in at and chance.random() >= GONE_SHARE:
                line = [to_geojson(plane.to_latlon(*at[one])) for one in ((i, j), other)]
                ways.append(Way(f"{i} {j} {other}", line))
    return _with_spots(
        [GraphPiece(_id(number), [piece.line, *piece.branches]) for number, piece in enumerate(make_pieces(ways))], seed
    )


def real_graph(path: Path, seed: int = 1) -> Graph:
    """Return the network of a map."""
    raw = path.read_bytes()
    pieces = make_pieces((read_nvdb(raw) if is_geopackage(raw) else read_osm(raw)).ways)
    return _with_spots(
        [GraphPiece(_id(number), [piece.line, *piece.branches]) for number, piece in enumerate(pieces)], seed
    )


def _with_spots(pieces: Sequence[GraphPiece], seed: int) -> Graph:
    """Lay places beside pieces: a door some metres off the path."""
    chance = random.Random(seed + 1)
    spots = []
    for number in range(round(len(pieces) * SPOTS_PER_PIECE)):
        lon, lat = chance.choice(chance.choice(pieces).lines[0])[:2]
        plane = LocalPlane(LatLon(lat, lon))
        spots.append(
            Spot(_id(1_000_000 + number), plane.to_latlon(chance.uniform(-20, 20), chance.uniform(-20, 20)), CHECK_S)
        )
    return make_graph(pieces, spots)


def _id(number: int) -> uuid.UUID:
    return uuid.UUID(int=number + 1)


@dataclass(frozen=True, slots=True)
class _Neglect:
    """Somewhere that rounds have not come for a while."""

    x: float
    y: float
    reach_m: float
    days: float


def evening(graph: Graph, seed: int, minutes: int) -> Task:
    """Return what waits on an evening, by a seed: every target was last seen some days ago, longer where rounds seldom come.

    A third was seen yesterday or today and waits for nothing; the value of the rest is the evenings it has waited, weighed
    as the product weighs them.
    """
    chance = random.Random(seed * 7919)
    xs, ys = [x for x, _ in graph.nodes], [y for _, y in graph.nodes]
    hot = [
        _Neglect(
            chance.uniform(min(xs), max(xs)),
            chance.uniform(min(ys), max(ys)),
            chance.uniform(150, 400),
            chance.uniform(1, 4),
        )
        for _ in range(HOT_SPOTS)
    ]

    def waited(x: float, y: float) -> int:
        far = sum(one.days * math.exp(-((x - one.x) ** 2 + (y - one.y) ** 2) / (2 * one.reach_m**2)) for one in hot)
        return min(DAYS_MAX, int(chance.expovariate(1 / (1.5 + far)))) if chance.random() > 1 / 3 else 0

    pieces = {}
    for number, found in enumerate(graph.edges_of):
        days = waited(*graph.nodes[graph.edges[found[0]].a])
        if days:
            pieces[number] = days * piece_weight(graph.lengths_m[number])
    stops = {}
    for number, stop in enumerate(graph.stops):
        days = waited(*graph.plane.to_xy(stop.spot.position))
        if days:
            stops[number] = days * PLACE_WEIGHT
    start = graph.nearest_node(graph.plane.to_latlon((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2))
    return Task(graph, pieces, stops, start, minutes * 60.0)


def nearest_first(task: Task) -> list[Step]:
    """Return the walk of somebody who always goes to the nearest thing that waits, until there is no time for any more.

    Nearest along the network, of two as near the one that waits for more. What is passed on the way there is seen too, with
    nothing lost: a piece by walking it, a place by a stop if that still lets them be home in time. Where the nearest is too
    far to be home in time, the next nearest is gone to.
    """
    graph = task.graph
    home = graph.distances(task.start)
    pieces, stops = dict(task.piece_values), dict(task.stop_values)
    beside: dict[int, list[int]] = {}
    for stop in stops:
        beside.setdefault(graph.stops[stop].edge, []).append(stop)
    steps: list[Step] = []
    node, spent, walked = task.start, 0.0, dict.fromkeys(range(len(graph.pieces)), 0.0)
    seen_edges: set[int] = set()
    while (found := _nearest(task, node, spent, home, pieces, beside, stops, seen_edges)) is not None:
        way, made = found
        for number, edge in enumerate(way):
            here = made if number == len(way) - 1 else ()
            steps.append(Step(edge, here))
            spent += graph.edges[edge].length_m / PACE_M_PER_S + sum(stop_seconds(graph, stop) for stop in here)
            node = graph.edges[edge].b if node == graph.edges[edge].a else graph.edges[edge].a
            for stop in here:
                stops.pop(stop)
                beside[edge].remove(stop)
            if edge not in seen_edges:
                seen_edges.add(edge)
                piece = graph.edges[edge].piece
                walked[piece] += graph.edges[edge].length_m
                if walked[piece] >= graph.lengths_m[piece] / 2:
                    pieces.pop(piece, None)
    return steps + [Step(edge) for edge in graph.way(node, task.start) or []]


def _nearest(
    task: Task,
    node: int,
    spent: float,
    home: Mapping[int, float],
    pieces: Mapping[int, float],
    beside: Mapping[int, Sequence[int]],
    stops: Mapping[int, float],
    seen_edges: Set[int],
) -> tuple[list[int], tuple[int, ...]] | None:
    """Return the way to the nearest thing that waits, its own edge last, and the stops made there; None: time is up."""
    graph = task.graph
    heap: list[tuple[float, int]] = [(0.0, node)]
    before: dict[int, int] = {}
    came: dict[int, int] = {node: -1}
    done: set[int] = set()
    best: tuple[float, float, int, int, tuple[int, ...]] | None = None
    reach: dict[int, float] = {node: 0.0}
    while heap:
        so_far, here = heapq.heappop(heap)
        if here in done:
            continue
        done.add(here)
        if best is not None and so_far > best[0]:
            break
        for edge, other in graph.next_to[here]:
            length = graph.edges[edge].length_m
            left = task.seconds - spent - (so_far + length + home.get(other, math.inf)) / PACE_M_PER_S
            if left >= 0:
                made = _first_that_fits(task, beside.get(edge, ()), stops, left)
                # Half of a piece may be more than one of its edges: each is walked once.
                waits = 0.0 if edge in seen_edges else pieces.get(graph.edges[edge].piece, 0.0)
                value = waits + sum(stops[stop] for stop in made)
                if value > 0 and (best is None or (so_far, -value) < best[:2]):
                    best = (so_far, -value, here, edge, made)
            if other not in reach or so_far + length < reach[other]:
                reach[other] = so_far + length
                before[other], came[other] = edge, here
                heapq.heappush(heap, (so_far + length, other))
    if best is None:
        return None
    way, at = [best[3]], best[2]
    while at != node:
        way.append(before[at])
        at = came[at]
    return way[::-1], best[4]


def _first_that_fits(task: Task, beside: Sequence[int], stops: Mapping[int, float], left: float) -> tuple[int, ...]:
    """Return the stops beside an edge that there is time for, the most overdue first."""
    made = []
    for stop in sorted(beside, key=lambda one: (-stops[one], one)):
        seconds = stop_seconds(task.graph, stop)
        if seconds <= left:
            made.append(stop)
            left -= seconds
    return tuple(made)
