"""Positions on the earth, validated at birth, and metres between them.

Latitude and longitude are WGS84 degrees and always named; the order lon,lat exists only in the two GeoJSON functions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyproj import Geod

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG


@dataclass(frozen=True, slots=True, order=True)
class LatLon:
    """A position in WGS84 degrees.

    Raises:
        ValueError: a coordinate is not finite or outside its range.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lat) and -90.0 <= self.lat <= 90.0):
            raise ValueError(f"latitude out of range: {self.lat}")
        if not (math.isfinite(self.lon) and -180.0 <= self.lon <= 180.0):
            raise ValueError(f"longitude out of range: {self.lon}")


def distance_m(a: LatLon, b: LatLon) -> float:
    """Return the geodesic distance between two positions in metres (Karney 2013, by geopy)."""
    from geopy.distance import geodesic  # brings with it what asks servers for addresses

    return float(geodesic((a.lat, a.lon), (b.lat, b.lon)).meters)


def distances_m(from_: Sequence[LatLon], to: Sequence[LatLon]) -> list[float]:
    """Return the geodesic distance from each position to its counterpart in metres (Karney 2013, by PROJ): `distance_m` of many."""
    ends = ([at.lon for at in from_], [at.lat for at in from_], [at.lon for at in to], [at.lat for at in to])
    return list(_wgs84().inv(*ends)[2])


@cache
def _wgs84() -> Geod:
    from pyproj import Geod  # large, and only a round that is looked at needs it

    return Geod(ellps="WGS84")


def from_geojson(coordinates: Sequence[float]) -> LatLon:
    """Read a GeoJSON position, `[lon, lat]`; anything after the second number is ignored (RFC 7946 §3.1.1)."""
    return LatLon(lat=coordinates[1], lon=coordinates[0])


def to_geojson(position: LatLon) -> list[float]:
    """Write a position as GeoJSON has it: `[lon, lat]`, seven decimals (1 cm)."""
    return [round(position.lon, 7), round(position.lat, 7)]


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """A flat metric plane around an origin: x east, y north, metres.

    Equirectangular on a sphere: at Swedish latitudes a distance is wrong by up to 4 m in 1,000, east to west.
    """

    origin: LatLon

    def to_xy(self, position: LatLon) -> tuple[float, float]:
        """Project a position to (x, y) in metres."""
        k = math.cos(math.radians(self.origin.lat))
        return (
            math.radians(position.lon - self.origin.lon) * EARTH_RADIUS_M * k,
            math.radians(position.lat - self.origin.lat) * EARTH_RADIUS_M,
        )

    def to_latlon(self, x: float, y: float) -> LatLon:
        """Return the position of a point (x, y) in metres."""
        k = math.cos(math.radians(self.origin.lat))
        return LatLon(
            lat=self.origin.lat + math.degrees(y / EARTH_RADIUS_M),
            lon=self.origin.lon + math.degrees(x / (EARTH_RADIUS_M * k)),
        )


def ring_contains(ring: Sequence[Sequence[float]], position: LatLon) -> bool:
    """Tell whether a closed ring of `[lon, lat]` pairs contains a position (even-odd rule; edges may go either way)."""
    inside = False
    j = len(ring) - 1
    for i, (xi, yi, *_rest) in enumerate(ring):
        xj, yj = ring[j][0], ring[j][1]
        crosses = (yi > position.lat) != (yj > position.lat)
        if crosses and position.lon < (xj - xi) * (position.lat - yi) / (yj - yi) + xi:
            inside = not inside
        j = i
    return inside
