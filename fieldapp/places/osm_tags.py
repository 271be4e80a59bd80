"""What OpenStreetMap's tags mean to a round: which objects are places, and which ways are walked. Pure.

Keys and values are those of the OpenStreetMap wiki (Map features; Key:entrance, Key:sidewalk, Key:indoor, Key:lit).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from fieldapp.places.imports import NAME_CHARS_MAX, TEXT_CHARS_MAX

Tags = Mapping[str, str]

BLOCK_M2_MAX = 40_000.0
"""Land for housing up to this size is a block with its yards; what is larger is a district, and no place to be seen."""

_NO_BUILDINGS = frozenset({"no", "roof", "carport", "shed", "hut", "ruins", "construction", "entrance", "bridge"})
_GARAGES = frozenset({"garage", "garages"})
_ENTRANCES = frozenset({"yes", "main", "staircase", "home", "secondary"})
_FOOTWAYS = frozenset({"footway", "path", "pedestrian", "steps", "living_street", "track", "cycleway"})
_STREETS = frozenset({"residential", "unclassified", "service", "road"})
_ROADS = frozenset({"tertiary", "secondary", "primary"})
_CLOSED = frozenset({"no", "private"})
_OPEN = frozenset({"yes", "designated", "permissive", "destination"})
_UNLIT = frozenset({"", "no", "disused"})
_WORDS = {
    "Building": "Byggnad",
    "Garage": "Garage",
    "Entrance": "Entré",
    "OutdoorSpace": "Gård",
    "Playground": "Lekplats",
    "ParkingSpace": "Parkering",
}


def area_kind(tags: Tags) -> str | None:
    """Return the kind of place that an area is."""
    building = tags.get("building", "no")
    if building not in _NO_BUILDINGS:
        return "Garage" if building in _GARAGES else "Building"
    if tags.get("leisure") == "playground":
        return "Playground"
    if tags.get("amenity") == "parking" and tags.get("parking", "surface") != "underground":
        return "ParkingSpace"
    if tags.get("leisure") in {"park", "garden"} or tags.get("landuse") == "residential":
        return "OutdoorSpace"
    return None


def node_kind(tags: Tags) -> str | None:
    """Return the kind of place that a single position is."""
    if tags.get("entrance") in _ENTRANCES or tags.get("building") == "entrance":
        return "Entrance"
    return "Playground" if tags.get("leisure") == "playground" else None


def is_walked(tags: Tags) -> bool:
    """Tell whether hosts walk a way: foot ways and quiet streets outdoors, and roads that have a pavement.

    A passage through a building is walked, a corridor, a lift and a stair inside one are not: rooms are places. Nor is
    the outline of a square, nor a street whose pavements are drawn as ways of their own.
    """
    highway, foot = tags.get("highway", ""), tags.get("foot", "")
    if foot in _CLOSED or (tags.get("access") in _CLOSED and foot not in _OPEN):
        return False
    if tags.get("area") == "yes" or tags.get("indoor", "no") != "no" or _is_below(tags):
        return False
    if highway in _FOOTWAYS:
        return True
    if tags.get("sidewalk") == "separate":
        return False
    if highway in _STREETS:
        return tags.get("service") not in {"parking_aisle", "drive-through"}
    return highway in _ROADS and (tags.get("sidewalk") in {"both", "left", "right", "yes"} or foot in _OPEN)


def _is_below(tags: Tags) -> bool:
    """Tell whether a way runs inside a building's levels: it names one that is not the ground, under a roof."""
    levels = {level.strip() for level in tags.get("level", "0").split(";")}
    return levels != {"0"} and (tags.get("tunnel") == "yes" or tags.get("covered") == "yes")


def is_lit(tags: Tags) -> bool:
    """Tell whether a way has light: any value but a plain no."""
    return tags.get("lit", "") not in _UNLIT


def is_address(tags: Tags) -> bool:
    """Tell whether an object carries a street address."""
    return bool(tags.get("addr:street") and tags.get("addr:housenumber"))


def address(tags: Tags) -> dict[str, str]:
    """Return the address of an object by the names of a register's fields; only what it has."""
    street, number = tags.get("addr:street", ""), tags.get("addr:housenumber", "")
    found = {
        "adress": f"{street} {number}" if street and number else "",
        "postnr": tags.get("addr:postcode", ""),
        "postort": tags.get("addr:city", ""),
    }
    return {name: one_line(text, TEXT_CHARS_MAX[name]) for name, text in found.items() if text}


def name(tags: Tags, kind: str, adress: str, number: int) -> str:
    """Return what a place is called: its name, its address, or what it is with its number on the map."""
    own = one_line(tags.get("name", ""), NAME_CHARS_MAX)
    if own:
        return own
    word = _WORDS[kind]
    if not adress:
        return f"{word} {number}"
    return adress if kind == "Building" else one_line(f"{word} {adress}", NAME_CHARS_MAX)


def one_line(text: str, chars_max: int) -> str:
    """Return a text on one line, in composed letters, cut to what a field holds."""
    plain = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text)
    return " ".join(unicodedata.normalize("NFC", plain).split())[:chars_max].strip()
