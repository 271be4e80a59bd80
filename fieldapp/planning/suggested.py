"""The suggested round of a zone and an evening: what it is made from, and what a phone is told of it. Pure.

It is sought on the zone's network for each number of minutes that can be chosen. What yesterday's suggestion saw is worth a
little less today, and the seed is the day's: rounds differ from evening to evening, and the same inputs give the same round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fieldapp.kernel.geo import LatLon
from fieldapp.planning.graph import Graph, GraphPiece, Spot, make_graph
from fieldapp.planning.rules import PLACE_WEIGHT, piece_weight
from fieldapp.planning.search import DEFAULT, Effort, seek
from fieldapp.planning.walk import Step, Task, nodes_of, stop_seconds, value_of, walk_seconds

MINUTES = (45, 90, 150)
SEEN_YESTERDAY = 0.75
"""What is left of a value when yesterday's suggestion had the target already."""
FORMAT = 1
"""Another one when the same inputs would give another round."""
CHECK_S, OUTDOOR_CHECK_S = 120.0, 60.0
OUTDOOR_KINDS = frozenset(
    ("OutdoorSpace", "Playground", "Path", "ParkingSpace", "PointOfInterest", "Entrance", "Building", "Garage")
)


@dataclass(frozen=True, slots=True)
class WaitingPlace:
    """A place that waits: where it is, what it is, how many sightings it lacks."""

    id: UUID
    kind: str
    position: LatLon
    value: float


@dataclass(frozen=True, slots=True)
class Evening:
    """All that a zone's suggestion is made from."""

    zone_id: UUID
    day: date
    network: Sequence[GraphPiece]
    waiting_pieces: Mapping[UUID, float]
    waiting_places: Sequence[WaitingPlace]
    start: LatLon
    seen_yesterday: Mapping[int, frozenset[UUID]]
    """By minutes: what yesterday's suggestion saw."""


def suggest(evening: Evening, effort: Effort = DEFAULT) -> dict[int, dict[str, Any]]:
    """Return the suggestion for each number of minutes, as a phone is told of it; none where nothing waits."""
    pieces = sorted(evening.network, key=lambda piece: piece.id)
    spots = [
        Spot(place.id, place.position, OUTDOOR_CHECK_S if place.kind in OUTDOOR_KINDS else CHECK_S)
        for place in sorted(evening.waiting_places, key=lambda place: place.id)
    ]
    if not pieces or not (spots or evening.waiting_pieces):
        return {}
    graph = make_graph(pieces, spots)
    start = graph.nearest_node(evening.start, among=graph.main_nodes())
    found = {}
    for minutes in MINUTES:
        task = _task(evening, graph, start, minutes, frozenset())
        sought = _task(evening, graph, start, minutes, evening.seen_yesterday.get(minutes, frozenset()))
        steps = seek(sought, _seed(evening, minutes), effort)
        if value_of(task, steps) > 0:
            found[minutes] = _body(task, steps, minutes)
    return found


def seen_by(body: Mapping[str, Any]) -> frozenset[UUID]:
    """Return what a suggestion that is kept would have seen."""
    found = set()
    for path_id, _from, _to, _seconds, value, stops in body["legs"]:
        if value:
            found.add(UUID(path_id))
        found.update(UUID(stop[0]) for stop in stops)
    return frozenset(found)


def _seed(evening: Evening, minutes: int) -> int:
    said = f"{evening.zone_id} {evening.day.isoformat()} {minutes}"
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:6])


def _task(evening: Evening, graph: Graph, start: int, minutes: int, before: frozenset[UUID]) -> Task:
    values = {place.id: place.value for place in evening.waiting_places}
    pieces = {
        number: evening.waiting_pieces[piece.id] * piece_weight(graph.lengths_m[number]) * _less(piece.id, before)
        for number, piece in enumerate(graph.pieces)
        if piece.id in evening.waiting_pieces
    }
    stops = {
        number: values[stop.spot.id] * PLACE_WEIGHT * _less(stop.spot.id, before)
        for number, stop in enumerate(graph.stops)
    }
    return Task(graph, pieces, stops, start, minutes * 60.0)


def _less(target_id: UUID, before: frozenset[UUID]) -> float:
    return SEEN_YESTERDAY if target_id in before else 1.0


def _body(task: Task, steps: Sequence[Step], minutes: int) -> dict[str, Any]:
    """Return what a phone is told: `legs` are [piece, from, to, seconds, value, [[place, seconds, value] …]] in order.

    From and to are numbers of where legs meet, so that a phone sees where the round comes by twice and can leave out what
    lies between. A value stands at the leg on which it is reached.
    """
    graph = task.graph
    numbers: dict[int, int] = {}
    nodes = [numbers.setdefault(node, len(numbers)) for node in nodes_of(graph, task.start, steps)]
    walked: dict[int, set[int]] = {}
    legs: list[list[Any]] = []
    done: set[int] = set()
    for at, step in enumerate(steps):
        edge = graph.edges[step.edge]
        walked.setdefault(edge.piece, set()).add(step.edge)
        value = 0.0
        length = sum(graph.edges[one].length_m for one in walked[edge.piece])
        if edge.piece not in done and length >= graph.lengths_m[edge.piece] / 2 - 1e-6:
            done.add(edge.piece)
            value = task.piece_values.get(edge.piece, 0.0)
        stops = [
            [str(graph.stops[stop].spot.id), round(stop_seconds(graph, stop)), round(task.stop_values[stop], 2)]
            for stop in step.stops
        ]
        seconds = walk_seconds(graph, [Step(step.edge)])
        legs.append(
            [str(graph.pieces[edge.piece].id), nodes[at], nodes[at + 1], round(seconds, 1), round(value, 2), stops]
        )
    pieces = [piece for piece in done if piece in task.piece_values]
    return {
        "minutes": minutes,
        "seconds": round(walk_seconds(graph, steps)),
        "value": round(value_of(task, steps), 1),
        "places": [sum(len(step.stops) for step in steps), len(task.stop_values)],
        "pieces": [len(pieces), len(task.piece_values)],
        "pieces_m": [_metres(graph, pieces), _metres(graph, list(task.piece_values))],
        "legs": legs,
    }


def _metres(graph: Graph, pieces: Sequence[int]) -> int:
    return round(sum(graph.lengths_m[piece] for piece in pieces))
