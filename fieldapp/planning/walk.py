"""A walk on a graph: where it goes, where it stops, how long it takes and what it sees. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from fieldapp.planning.graph import SEEN_SHARE, Graph

PACE_M_PER_S = 65 / 60
"""Walking and looking: 3.9 km an hour."""


@dataclass(frozen=True, slots=True)
class Step:
    """An edge that is walked, and the stops (by number) that are made beside it."""

    edge: int
    stops: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What a round is sought for: values of pieces and of stops by their number, where it begins and ends, for how long."""

    graph: Graph
    piece_values: Mapping[int, float]
    stop_values: Mapping[int, float]
    start: int
    seconds: float


def step_seconds(graph: Graph, step: Step) -> float:
    """Return how long a step takes with its stops."""
    return graph.edges[step.edge].length_m / PACE_M_PER_S + sum(stop_seconds(graph, stop) for stop in step.stops)


def stop_seconds(graph: Graph, stop: int) -> float:
    """Return how long a stop takes: to the door and back, and the check."""
    found = graph.stops[stop]
    return found.spot.check_s + 2 * found.door_m / PACE_M_PER_S


def walk_seconds(graph: Graph, steps: Sequence[Step]) -> float:
    """Return how long a walk takes."""
    return sum(step_seconds(graph, step) for step in steps)


def nodes_of(graph: Graph, start: int, steps: Sequence[Step]) -> list[int]:
    """Return the nodes that a walk passes, its start first.

    Raises:
        ValueError: a step does not go on from where the one before ended.
    """
    nodes = [start]
    for step in steps:
        edge = graph.edges[step.edge]
        if nodes[-1] not in (edge.a, edge.b):
            raise ValueError("the walk leaps")
        nodes.append(edge.b if nodes[-1] == edge.a else edge.a)
    return nodes


def seen_pieces(graph: Graph, steps: Sequence[Step]) -> list[int]:
    """Return the pieces of which at least half is walked, in the order of the pieces."""
    walked: dict[int, float] = {}
    for number in {step.edge for step in steps}:
        edge = graph.edges[number]
        walked[edge.piece] = walked.get(edge.piece, 0.0) + edge.length_m
    return sorted(piece for piece, length in walked.items() if length >= SEEN_SHARE * graph.lengths_m[piece] - 1e-6)


def value_of(task: Task, steps: Sequence[Step]) -> float:
    """Return the value of all a walk sees, each thing once."""
    pieces = sum(task.piece_values.get(piece, 0.0) for piece in seen_pieces(task.graph, steps))
    return pieces + sum(task.stop_values.get(stop, 0.0) for stop in {stop for step in steps for stop in step.stops})


def ids_seen(graph: Graph, steps: Sequence[Step]) -> set[UUID]:
    """Return the ids of the pieces and places that a walk sees."""
    pieces = {graph.pieces[piece].id for piece in seen_pieces(graph, steps)}
    return pieces | {graph.stops[stop].spot.id for step in steps for stop in step.stops}
