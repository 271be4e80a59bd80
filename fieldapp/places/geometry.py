"""Outlines as people hand them in, GeoJSON or WKT, read into rings of `[lon, lat]`. Pure.

Everything is WGS84 degrees. A ring is closed: its last position is its first. Seven decimals (1 cm) are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from fieldapp.places.commands import Ring

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

POINTS_MAX = 5_000
"""A zone drawn by hand has tens of corners, one cut out of a map some hundreds; more would only burden the phones."""
GEOJSON_CHARS_MAX = 900_000
_DECIMALS = 7


class OutlineFault(ValueError):
    """An outline that cannot be used. `code` says why; the screens have a sentence for each."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ring_of_geojson(text: str) -> Ring:
    """Return the outer ring of the one polygon in a GeoJSON text: a geometry, a feature or a collection of one feature.

    Raises:
        OutlineFault: `unreadable`, `no_polygon`, `many_polygons`, `holes`, `not_degrees`, `too_many_points`,
            `crosses_itself`.
    """
    import shapely

    if len(text) > GEOJSON_CHARS_MAX:
        raise OutlineFault("too_many_points")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise OutlineFault("unreadable") from error
    geometries = list(_geometries(document))
    if len(geometries) != 1:
        raise OutlineFault("many_polygons" if geometries else "no_polygon")
    try:
        shape = shapely.from_geojson(json.dumps(geometries[0]))
    except (shapely.errors.GEOSException, ValueError) as error:
        raise OutlineFault("unreadable") from error
    return _ring(shape)


def _geometries(document: Any) -> Iterable[Any]:
    """Yield the geometries of a GeoJSON document (RFC 7946 §3), without looking into them."""
    if not isinstance(document, dict):
        return
    if document.get("type") == "FeatureCollection":
        features = document.get("features")
        for feature in features if isinstance(features, list) else ():
            yield from _geometries(feature)
    elif document.get("type") == "Feature":
        yield from _geometries(document.get("geometry"))
    elif "coordinates" in document:
        yield document


def outline_of_wkt(text: str) -> tuple[Ring | None, tuple[float, float]]:
    """Return the ring in a WKT text, and (lat, lon) of a position on it.

    A point has only the position, a way only that of its middle: the network of paths is kept apart from places.

    Raises:
        OutlineFault: as `ring_of_geojson`; `no_polygon` also for a kind of geometry that is no place.
    """
    import shapely
    from shapely import LineString, Point

    try:
        shape = shapely.from_wkt(text)
    except shapely.errors.GEOSException as error:
        raise OutlineFault("unreadable") from error
    if shape.is_empty:
        raise OutlineFault("unreadable")
    _check_degrees(shape)
    outline: Ring | None = None
    if isinstance(shape, LineString):
        point = shape.interpolate(0.5, normalized=True)
    elif isinstance(shape, Point):
        point = shape
    else:
        outline, point = _ring(shape), shape.representative_point()
    return outline, (round(point.y, _DECIMALS), round(point.x, _DECIMALS))


def to_geojson(ring: Ring) -> str:
    """Return a ring as a GeoJSON polygon, for a person to copy or change."""
    closed = ring if ring[0] == ring[-1] else [*ring, ring[0]]
    return json.dumps({"type": "Polygon", "coordinates": [closed]})


def _ring(shape: BaseGeometry) -> Ring:
    from shapely import MultiPolygon, Polygon

    if isinstance(shape, MultiPolygon):
        if len(shape.geoms) != 1:
            raise OutlineFault("many_polygons")
        shape = shape.geoms[0]
    if not isinstance(shape, Polygon) or shape.is_empty:
        raise OutlineFault("no_polygon")
    if len(shape.interiors) > 0:
        raise OutlineFault("holes")
    _check_degrees(shape)
    ring = _positions(shape.exterior)
    # After rounding: two corners a millimetre apart may have become one.
    kept = Polygon(ring)
    if not kept.is_valid or kept.area == 0:
        raise OutlineFault("crosses_itself")
    return ring


def largest_ring(parts: Sequence[Polygon]) -> Ring:
    """Return the outer ring of the largest of several polygons: where a place is, not how much ground it covers.

    Raises:
        OutlineFault: as `ring_of_geojson`, but not for several polygons nor for holes.
    """
    from shapely import Polygon

    if not parts:
        raise OutlineFault("no_polygon")
    return _ring(Polygon(max(parts, key=lambda part: part.area).exterior))


def _check_degrees(shape: BaseGeometry) -> None:
    bounds = shape.bounds
    if not all(-1e9 < bound < 1e9 for bound in bounds):
        raise OutlineFault("not_degrees")
    west, south, east, north = bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise OutlineFault("not_degrees")


def _positions(shape: BaseGeometry) -> Ring:
    if len(shape.coords) > POINTS_MAX:
        raise OutlineFault("too_many_points")
    return [[round(x, _DECIMALS), round(y, _DECIMALS)] for x, y, *_height in shape.coords]
