"""Small networks of paths for tests."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from fieldapp.kernel.geo import LatLon, LocalPlane, to_geojson
from fieldapp.planning.graph import GraphPiece

PLANE = LocalPlane(LatLon(57.75, 11.98))


def at(x: float, y: float) -> LatLon:
    """Return a position by metres east and north of the middle of the tests' world."""
    return PLANE.to_latlon(x, y)


def line(*points: tuple[float, float]) -> list[list[float]]:
    """Return a line through points in metres."""
    return [to_geojson(at(x, y)) for x, y in points]


def piece(number: int, *points: tuple[float, float]) -> GraphPiece:
    """Return a piece through points in metres; its id follows from its number."""
    return GraphPiece(uuid.UUID(int=number), [line(*points)])


def blocks(count: int, side_m: float = 50.0) -> Sequence[GraphPiece]:
    """Return the sides of count × count square blocks around the middle, one piece each."""
    sides = []
    low = -count * side_m / 2
    for i in range(count + 1):
        for j in range(count + 1):
            x, y = low + i * side_m, low + j * side_m
            if i < count:
                sides.append(((x, y), (x + side_m, y)))
            if j < count:
                sides.append(((x, y), (x, y + side_m)))
    return [piece(number, *ends) for number, ends in enumerate(sides, start=1)]
