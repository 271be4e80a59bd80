"""Make the pack of a district: the map's tiles, the zones and places, the path network. Pure: the same values, the same bytes.

A pack is some files, each a row of parts; `manifest` lists them by hash, `content` has them one after another.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.pack.archive import File, tile_archive
from fieldapp.pack.tiles import Box, Layer, make_tiles
from fieldapp.places.ground import LINES
from fieldapp.places.map_objects import Shape

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

FORMAT = 1
MARGIN_M = 250.0
"""A round goes a little over the edge of its zone."""
ZOOMS = (12, 13, 14, 15)
SIDE_M_MAX = 6_000.0
"""A district longer than this has no finest tiles: they would be most of what is fetched."""
_UNIT = 1_000_000
"""Lines of the network are kept in millionths of a degree: 11 cm."""

_NUMBERED = re.compile(r"\w+ \d{5,}")
_BUILDINGS = frozenset({"Building", "Garage", "Storage"})
_AREA_KINDS = {"Playground": "playground", "ParkingSpace": "parking"}


@dataclass(frozen=True, slots=True)
class PackZone:
    """A zone as a pack has it."""

    id: UUID
    name: str
    outline: Sequence[Sequence[float]] | None


@dataclass(frozen=True, slots=True)
class PackPlace:
    """A place as a pack has it."""

    id: UUID
    kind: str
    name: str
    position: LatLon | None
    outline: Sequence[Sequence[float]] | None


@dataclass(frozen=True, slots=True)
class PackPath:
    """A piece of the path network: its line and the lines that branch off it, `[lon, lat]`."""

    id: UUID
    lines: Sequence[Sequence[Sequence[float]]]
    is_lit: bool


@dataclass(frozen=True, slots=True)
class District:
    """All that a pack is made of."""

    zone: PackZone
    box: Box
    zones: Sequence[PackZone]
    places: Sequence[PackPlace]
    paths: Sequence[PackPath]
    ground: Sequence[Shape]
    attribution: str = ""
    """Whose map it is made from, as they want to be named on it."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it is kept and sent."""

    version: str
    manifest: dict[str, Any]
    content: bytes


def box_around(positions: Sequence[LatLon]) -> Box | None:
    """Return the box around positions with the margin of a district; None where there are none."""
    if not positions:
        return None
    lats, lons = [at.lat for at in positions], [at.lon for at in positions]
    plane = LocalPlane(LatLon(min(lats), min(lons)))
    low = plane.to_latlon(-MARGIN_M, -MARGIN_M)
    x, y = plane.to_xy(LatLon(max(lats), max(lons)))
    high = plane.to_latlon(x + MARGIN_M, y + MARGIN_M)
    west, south, east, north = (round(degrees, 6) for degrees in (low.lon, low.lat, high.lon, high.lat))
    return (west, south, east, north)


def make_pack(district: District) -> Pack:
    """Make the pack of a district."""
    files = [
        _packed("places.json", _places(district)),
        _packed("paths.json", _paths(district)),
        *_tiles(district),
    ]
    listing = [file.listing() for file in files]
    head = {
        "format": FORMAT,
        "zone": str(district.zone.id),
        "box": list(district.box),
        "attribution": district.attribution,
        "files": listing,
    }
    version = hashlib.sha256(json.dumps(head).encode()).hexdigest()[:32]
    content = b"".join(part for file in files for part in file.parts)
    return Pack(version, {**head, "version": version, "bytes": len(content)}, content)


def _packed(name: str, document: Any) -> File:
    written = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return File(name, [gzip.compress(written.encode(), 9, mtime=0)])


def _places(district: District) -> dict[str, Any]:
    return {
        "zones": [[str(zone.id), zone.name, _delta(zone.outline)] for zone in district.zones if zone.outline],
        "places": [
            [
                str(place.id),
                place.kind,
                place.name,
                round(place.position.lon * _UNIT),
                round(place.position.lat * _UNIT),
            ]
            for place in district.places
            if place.position is not None
        ],
    }


def _paths(district: District) -> dict[str, Any]:
    return {
        "paths": [[str(path.id), int(path.is_lit), [_delta(line) for line in path.lines]] for path in district.paths]
    }


def _delta(line: Sequence[Sequence[float]]) -> list[int]:
    """Return a line as lon, lat of its first position and the steps from each to the next, in millionths of a degree."""
    found, before = [], (0, 0)
    for lon, lat, *_height in line:
        at = (round(lon * _UNIT), round(lat * _UNIT))
        found += [at[0] - before[0], at[1] - before[1]]
        before = at
    return found


def _tiles(district: District) -> Iterator[File]:
    low, high = LatLon(district.box[1], district.box[0]), LatLon(district.box[3], district.box[2])
    zooms = ZOOMS if max(LocalPlane(low).to_xy(high)) <= SIDE_M_MAX else ZOOMS[:-1]
    tiles = list(make_tiles(_layers(district), district.box, zooms))
    if tiles:
        yield tile_archive("map.pmtiles", tiles, district.box, district.attribution)


def _layers(district: District) -> list[Layer]:
    import shapely
    from shapely import Polygon

    frame = shapely.box(*district.box)
    drawn = [(shape, made) for shape in district.ground if (made := _ground_shape(shape)).intersects(frame)]
    outlined = [
        (place, made)
        for place in district.places
        if place.outline and len(place.outline) > 3 and (made := Polygon(place.outline)).intersects(frame)
    ]

    def ground(name: str, zoom_min: int, kinds: set[str], name_zoom_min: int = 14) -> Layer:
        those = [(shape, made) for shape, made in drawn if shape.kind in kinds]
        properties = [{"kind": shape.kind, "name": shape.name} for shape, _made in those]
        return Layer(name, zoom_min, [made for _shape, made in those], properties, name_zoom_min)

    def places(name: str, zoom_min: int, those: list[tuple[PackPlace, BaseGeometry]], name_zoom_min: int) -> Layer:
        properties = [{"kind": _AREA_KINDS.get(place.kind, ""), "name": _told(place.name)} for place, _made in those]
        return Layer(name, zoom_min, [made for _place, made in those], properties, name_zoom_min)

    houses = [pair for pair in outlined if pair[0].kind in _BUILDINGS]
    yards = [pair for pair in outlined if pair[0].kind not in _BUILDINGS]
    sheds = ground("sheds", 15, {"building"}, 99)
    return [
        ground("water", 12, {"water"}),
        ground("green", 12, {"green", "square"}, 15),
        places("yards", 14, yards, 15),
        ground("roads", 12, {"road", "rail"}),
        ground("streets", 13, {"street"}),
        ground("footways", 14, {"footway"}, 15),
        sheds,
        places("buildings", 13, houses, 15),
    ]


def _told(name: str) -> str:
    """Return a name that says something to who walks there: not the number of a house on somebody's map."""
    return "" if _NUMBERED.fullmatch(name) else name


def _ground_shape(shape: Shape) -> BaseGeometry:
    import shapely
    from shapely import LineString, Polygon

    if shape.kind in LINES:
        return LineString(shape.lines[0])
    outline, *holes = [line for line in shape.lines if len(line) > 3] or [[]]
    return shapely.make_valid(Polygon(outline, holes))
