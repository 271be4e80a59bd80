"""What the maps draw, as GeoJSON: the ground, a round's route and gaps, records as points. Pure.

No tiles and nobody else's map: everything here is the tenant's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from fieldapp.kernel.geo import LatLon, to_geojson
from fieldapp.observations.models import Observation
from fieldapp.observations.rules import CALM_CODE
from fieldapp.places.models import Path, Place, Zone
from fieldapp.rounds.queries import Route
from fieldapp.rounds.track import Break

Feature = dict[str, Any]


def collection(features: Iterable[Feature]) -> dict[str, Any]:
    """Return features as a GeoJSON collection."""
    return {"type": "FeatureCollection", "features": list(features)}


def _feature(geometry_type: str, coordinates: Any, **properties: Any) -> Feature:
    return {
        "type": "Feature",
        "geometry": {"type": geometry_type, "coordinates": coordinates},
        "properties": properties,
    }


def ground(zones: Sequence[Zone], places: Sequence[Place], paths: Sequence[Path]) -> dict[str, Any]:
    """Return what lies under everything else. `layer` is zone, building, yard or path."""
    features = [
        _feature("Polygon", [_ring(zone.outline)], layer="zone", name=zone.name) for zone in zones if zone.outline
    ]
    for place in places:
        if place.outline:
            layer = "building" if place.kind in {"Building", "Garage", "Storage"} else "yard"
            features.append(_feature("Polygon", [_ring(place.outline)], layer=layer, name=place.name))
    features += [
        _feature("MultiLineString", [path.line, *path.branches], layer="path", lit=path.is_lit)
        for path in paths
        if len(path.line) > 1
    ]
    return collection(features)


def _ring(outline: Sequence[Sequence[float]]) -> list[Sequence[float]]:
    """Return a closed ring: GeoJSON wants the first position again at the end."""
    ring = list(outline)
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def route_layer(route: Route) -> dict[str, Any]:
    """Return a route: what was walked as lines, each gap that has two known ends as a straight dashed line.

    A straight line over a gap says where nothing is known, not where anybody walked.
    """
    walked = [
        _feature("LineString", [to_geojson(fix.position) for fix in part.fixes], layer="walked")
        for part in route.stretches
        if len(part.fixes) > 1
    ]
    lone = [
        _feature("Point", to_geojson(part.fixes[0].position), layer="lone")
        for part in route.stretches
        if len(part.fixes) == 1
    ]
    return collection([*walked, *lone, *_gap_lines(route.breaks)])


def _gap_lines(breaks: Iterable[Break]) -> Iterable[Feature]:
    """`id` is that of the gap's line in the list of gaps, counted from 1; its words stand there alone."""
    for number, known in enumerate(breaks, start=1):
        if known.before is not None and known.after is not None:
            ends = [to_geojson(known.before.position), to_geojson(known.after.position)]
            yield _feature("LineString", ends, layer="gap", id=f"gap-{number}")


def position_of(record: Observation, place: Place | None) -> LatLon | None:
    """Return where a record is drawn: where the phone was, else at its place, else nowhere."""
    if record.lat is not None and record.lon is not None:
        return LatLon(record.lat, record.lon)
    if place is not None and place.lat is not None and place.lon is not None:
        return LatLon(place.lat, place.lon)
    return None


def records_layer(
    records: Iterable[Observation], places: Mapping[UUID, Place], words: Mapping[UUID, str]
) -> dict[str, Any]:
    """Return records as points. `symbol` says how one is drawn: calm, or its severity; `words` what it is."""
    features = []
    for record in records:
        position = position_of(record, places.get(record.place_id) if record.place_id else None)
        if position is not None:
            symbol = "calm" if record.category_code == CALM_CODE else f"severity-{record.severity}"
            properties = {"id": str(record.id), "symbol": symbol, "label": words.get(record.id, "")}
            features.append(_feature("Point", to_geojson(position), layer="record", **properties))
    return collection(features)


def places_layer(places: Iterable[Place]) -> dict[str, Any]:
    """Return places as points: what is shown of a round when its route is gone."""
    return collection(
        _feature("Point", to_geojson(LatLon(place.lat, place.lon)), layer="seen", label=place.name)
        for place in places
        if place.lat is not None and place.lon is not None
    )
