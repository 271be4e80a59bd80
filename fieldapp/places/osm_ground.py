"""What of an OpenStreetMap extract a map is read by: streets with their names, tracks, water, lawns. Pure.

Keys and values are those of the OpenStreetMap wiki (Map features). What is a place (`fieldapp.places.osm_tags`) is not read
again here; what cannot be used is passed over: it is background, and its absence is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldapp.places.imports import NAME_CHARS_MAX
from fieldapp.places.map_objects import Shape
from fieldapp.places.osm_tags import area_kind, one_line

_ROADS = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})
_STREETS = frozenset({"residential", "unclassified", "living_street", "service", "road", "pedestrian"})
_FOOTWAYS = frozenset({"footway", "path", "cycleway", "steps", "track"})
_RAILS = frozenset({"rail", "tram", "light_rail", "subway"})
_GREEN_LANDUSE = frozenset(
    {"grass", "forest", "meadow", "recreation_ground", "village_green", "cemetery", "allotments"}
)
_GREEN_LEISURE = frozenset({"pitch", "sports_centre", "golf_course", "nature_reserve", "park", "garden"})
_GREEN_NATURAL = frozenset({"wood", "scrub", "grassland", "heath"})

Line = list[list[float]]


def shape_of(thing: Any) -> Shape | None:
    """Return the shape of the ground that a way or an area with tags is, as libosmium gives it; None where it is none."""
    if thing.is_way():
        kind = line_kind(thing.tags)
        # A clipped extract has ways whose further nodes are not in it: what there is of them is drawn.
        line = _line(thing.nodes) if kind is not None else []
        return Shape(f"osm:way/{thing.id}", kind or "", _name(thing.tags), [line]) if len(line) > 1 else None
    if thing.is_area():
        kind = ground_kind(thing.tags)
        rings = _rings(thing) if kind is not None else []
        ref = f"osm:area/{thing.id}"
        return Shape(ref, kind or "", _name(thing.tags), rings) if rings else None
    return None


def line_kind(tags: Mapping[str, str]) -> str | None:
    """Return the kind of ground that a line is."""
    if tags.get("area") == "yes" or tags.get("tunnel", "no") not in {"no", "building_passage"}:
        return None
    highway = tags.get("highway", "").removesuffix("_link")
    for kind, values in (("road", _ROADS), ("street", _STREETS), ("footway", _FOOTWAYS)):
        if highway in values and tags.get("indoor", "no") == "no":
            return kind
    return "rail" if tags.get("railway") in _RAILS else None


def ground_kind(tags: Mapping[str, str]) -> str | None:
    """Return the kind of ground that an area is; None for what is a place."""
    if area_kind(tags) is not None and tags.get("leisure") not in _GREEN_LEISURE:
        return None
    if tags.get("natural") == "water" or tags.get("waterway") == "riverbank" or tags.get("landuse") == "basin":
        return "water"
    if tags.get("building", "no") != "no":
        return "building"
    if tags.get("highway") == "pedestrian" or tags.get("place") == "square":
        return "square"
    is_green = (
        tags.get("landuse") in _GREEN_LANDUSE
        or tags.get("leisure") in _GREEN_LEISURE
        or tags.get("natural") in _GREEN_NATURAL
    )
    return "green" if is_green else None


def _line(nodes: Any) -> Line:
    return [[round(node.lon, 7), round(node.lat, 7)] for node in nodes if node.location.valid()]


def _rings(area: Any) -> list[Line]:
    """Return the largest part's outline and its holes: a second part is drawn of a shape of its own, or not at all."""
    outer = max(area.outer_rings(), key=len, default=None)
    if outer is None:
        return []
    return [_line(outer), *(_line(inner) for inner in area.inner_rings(outer))]


def _name(tags: Mapping[str, str]) -> str:
    return one_line(tags.get("name", ""), NAME_CHARS_MAX)
