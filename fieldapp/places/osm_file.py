"""Read an OpenStreetMap extract, XML or PBF, within bounds of size, count and time.

Identities are those of the map: `osm:way/123`. An object that cannot be used is left out whole, with the reason.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places import osm_tags
from fieldapp.places.geometry import OutlineFault, largest_ring
from fieldapp.places.imports import Fault
from fieldapp.places.map_objects import (
    GROUND_POSITIONS_MAX,
    POSITIONS_MAX,
    Extent,
    MapFile,
    MapPlace,
    Shape,
    printable,
    refused,
)
from fieldapp.places.network import Way
from fieldapp.places.osm_ground import shape_of

if TYPE_CHECKING:
    from shapely import Polygon

BYTES_MAX = 48 * 1024 * 1024
OBJECTS_MAX = 3_000_000
PLACES_MAX = 30_000
WAYS_MAX = 30_000
SHAPES_MAX = 60_000
FAULTY_MAX = 20_000
SECONDS_MAX = 30.0
SOURCE = "osm"
_CHECK_EACH = 5_000
_XML_FAULT = re.compile(r"at line (\d+), column (\d+)")


class _GivenUp(Exception):
    """The file is more than is read at once."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class _Entrance:
    node: int
    place: MapPlace


def is_osm(raw: bytes) -> bool:
    """Tell whether bytes look like an extract."""
    return format_of(raw) is not None


def format_of(raw: bytes) -> str | None:
    """Return what libosmium calls the format of an extract; None for bytes that look like none."""
    if b"OSMHeader" in raw[:64]:
        return "osm.pbf"
    head = raw[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return "osm" if head.startswith((b"<?xml", b"<osm")) and b"<osm" in head else None


def warm_up() -> None:
    """Load libosmium, which only the process that reads a file needs."""
    import osmium  # noqa: F401


def read_osm(raw: bytes) -> MapFile:
    """Read the places, the walked ways and the ground of an extract."""
    import osmium

    if len(raw) > BYTES_MAX:
        return refused(SOURCE, "too_large", megabytes=BYTES_MAX // 1024 // 1024)
    form = format_of(raw)
    if form is None:
        return refused(SOURCE, "no_map")
    reading = _Reading()
    try:
        extent = extent_of(raw, form)
        reading.read(osmium.FileProcessor(osmium.io.FileBuffer(raw, form)).with_locations().with_areas())
    except _GivenUp as given_up:
        return refused(SOURCE, given_up.code, **given_up.facts)
    except (RuntimeError, ValueError, osmium.InvalidLocationError) as error:  # most of libosmium's have no class
        return _refused_for(str(error))
    return reading.file(extent)


def _refused_for(message: str) -> MapFile:
    """Say what libosmium says, with the line where it is about one."""
    at = _XML_FAULT.search(message)
    if at is not None:
        return refused(SOURCE, "broken_xml", line=int(at.group(1)), column=int(at.group(2)))
    if "truncated" in message or "EOF" in message:
        return refused(SOURCE, "cut_off")
    return refused(SOURCE, "broken_map", message=printable(message))


def extent_of(raw: bytes, form: str) -> Extent | None:
    """Return the box that the file says to be all of."""
    import osmium

    reader = osmium.io.Reader(osmium.io.FileBuffer(raw, form), osmium.osm.NOTHING)
    try:
        box = reader.header().box()
    finally:
        reader.close()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat)


class _Reading:
    """What has been found in an extract so far."""

    def __init__(self) -> None:
        self.ways: list[Way] = []
        self.left_out: list[Fault] = []
        self._areas: list[tuple[MapPlace, osm_tags.Tags, int]] = []
        self._entrances: list[_Entrance] = []
        self._singles: list[MapPlace] = []
        self._addresses: list[tuple[LatLon, dict[str, str]]] = []
        self._wanted: dict[str, None] = {}
        self._building_of: dict[int, str] = {}
        self._ground: dict[str, Shape] = {}
        self._positions = self._ground_positions = 0
        self._until = time.monotonic() + SECONDS_MAX

    def read(self, objects: Any) -> None:
        """Read all objects: nodes, ways, relations, then the areas made of them."""
        for count, thing in enumerate(objects):
            if count % _CHECK_EACH == 0:
                self._check(count)
            if not thing.tags:
                continue
            if thing.is_node():
                self._node(thing)
            elif thing.is_way():
                self._way(thing)
                self._shape(thing)
            elif thing.is_relation():
                if thing.tags.get("type") == "multipolygon" and osm_tags.area_kind(thing.tags) is not None:
                    self._wanted[f"relation/{thing.id}"] = None
            elif thing.is_area():
                self._area(thing)
                self._shape(thing)
        self._check(0)

    def _check(self, count: int) -> None:
        if count > OBJECTS_MAX:
            raise _GivenUp("too_many_objects", objects=OBJECTS_MAX)
        if len(self._areas) + len(self._entrances) + len(self._singles) > PLACES_MAX:
            raise _GivenUp("too_many_places", places=PLACES_MAX)
        if len(self.ways) > WAYS_MAX:
            raise _GivenUp("too_many_ways", ways=WAYS_MAX)
        if self._positions > POSITIONS_MAX:
            raise _GivenUp("too_many_positions", positions=POSITIONS_MAX)
        if len(self._ground) > SHAPES_MAX:
            raise _GivenUp("too_many_shapes", shapes=SHAPES_MAX)
        if self._ground_positions > GROUND_POSITIONS_MAX:
            raise _GivenUp("too_many_positions", positions=GROUND_POSITIONS_MAX)
        if len(self.left_out) > FAULTY_MAX:
            raise _GivenUp("too_many_faulty", objects=FAULTY_MAX)
        if time.monotonic() > self._until:
            raise _GivenUp("too_slow", seconds=int(SECONDS_MAX))

    def _leave_out(self, ref: str, code: str) -> None:
        self.left_out.append(Fault(0, ref, code))

    def _node(self, node: Any) -> None:
        tags = dict(node.tags)
        kind = osm_tags.node_kind(tags)
        if kind is None and not osm_tags.is_address(tags):
            return
        if not node.location.valid():
            self._leave_out(f"node/{node.id}", "nodes_missing")
            return
        position = LatLon(round(node.location.lat, 7), round(node.location.lon, 7))
        address = osm_tags.address(tags)
        if osm_tags.is_address(tags):
            self._addresses.append((position, address))
        if kind is None:
            return
        name = osm_tags.name(tags, kind, address.get("adress", ""), node.id)
        place = MapPlace(f"{SOURCE}:node/{node.id}", kind, name, position.lat, position.lon, address=address)
        if kind == "Entrance":
            self._entrances.append(_Entrance(node.id, place))
        else:
            self._singles.append(place)

    def _way(self, way: Any) -> None:
        ref, tags = f"way/{way.id}", dict(way.tags)
        is_area, is_walked = osm_tags.area_kind(tags) is not None, osm_tags.is_walked(tags)
        if not (is_area or is_walked):
            return
        if not all(node.location.valid() for node in way.nodes):
            self._leave_out(ref, "nodes_missing")
        elif len(way.nodes) < 2:
            self._leave_out(ref, "too_short")
        elif is_walked:
            line = [[round(node.lon, 7), round(node.lat, 7)] for node in way.nodes]
            self._positions += len(line)
            self.ways.append(Way(f"{SOURCE}:{ref}", line, osm_tags.is_lit(tags)))
        elif not way.is_closed():
            self._leave_out(ref, "not_closed")
        else:
            self._wanted[ref] = None
            if "building" in tags:
                self._building_of.update((node.ref, f"{SOURCE}:{ref}") for node in way.nodes)

    def _area(self, area: Any) -> None:
        from shapely import Polygon

        ref = f"{'way' if area.from_way() else 'relation'}/{area.orig_id()}"
        parts = [Polygon([(node.lon, node.lat) for node in ring]) for ring in area.outer_rings()]
        if ref not in self._wanted or not parts:
            return
        del self._wanted[ref]
        tags = dict(area.tags)
        kind = osm_tags.area_kind(tags)
        if kind is None:
            return
        try:
            ring = largest_ring(parts)
        except OutlineFault as fault:
            self._leave_out(ref, f"outline_{fault.code}")
            return
        shape = Polygon(ring)
        if tags.get("landuse") == "residential" and _area_m2(shape) > osm_tags.BLOCK_M2_MAX:
            return
        point = shape.representative_point()
        place = MapPlace(f"{SOURCE}:{ref}", kind, "", round(point.y, 7), round(point.x, 7), ring)
        self._areas.append((replace(place, address=osm_tags.address(tags)), tags, area.orig_id()))

    def _shape(self, thing: Any) -> None:
        shape = shape_of(thing)
        if shape is not None:
            self._ground[shape.ref] = shape
            self._ground_positions += sum(map(len, shape.lines))

    def file(self, extent: Extent | None) -> MapFile:
        """Return all that was found, each thing by its identity."""
        for ref in self._wanted:
            self._leave_out(ref, "outline_broken")
        areas = list(self._named_areas())
        names = {place.ref: place for place in areas}
        entrances = [_in_building(entrance, self._building_of, names) for entrance in self._entrances]
        places = sorted((*areas, *self._singles, *entrances), key=lambda place: place.ref)
        if not places and not self.ways and not self._ground:
            return refused(SOURCE, "nothing_found")
        ways = sorted(self.ways, key=lambda way: way.ref)
        ground = [self._ground[ref] for ref in sorted(self._ground)]
        return MapFile(SOURCE, places, ways, ground=ground, extent=extent, left_out=self.left_out)

    def _named_areas(self) -> Iterator[MapPlace]:
        """Yield areas with their names; a building without an address takes those that stand in it."""
        import shapely
        from shapely import Polygon

        tree = shapely.STRtree([shapely.Point(at.lon, at.lat) for at, _address in self._addresses])
        for place, tags, number in self._areas:
            address = dict(place.address)
            if "adress" not in address and place.kind == "Building":
                inside = tree.query(Polygon(place.outline), predicate="intersects")
                address = _first_address([self._addresses[index][1] for index in sorted(inside)]) or address
            name = osm_tags.name(tags, place.kind, address.get("adress", ""), number)
            yield replace(place, name=name, address=address)


def _first_address(found: Sequence[dict[str, str]]) -> dict[str, str] | None:
    return min(found, key=lambda address: (len(address["adress"]), address["adress"]), default=None)


def _in_building(entrance: _Entrance, building_of: dict[int, str], places: dict[str, MapPlace]) -> MapPlace:
    """Return an entrance as part of the building whose wall it stands in, with that one's address where it has none."""
    building = places.get(building_of.get(entrance.node, ""))
    if building is None:
        return entrance.place
    place = replace(entrance.place, parent=building.ref)
    if "adress" in place.address or "adress" not in building.address:
        return place
    return replace(place, name=f"Entré {building.address['adress']}"[:120], address=dict(building.address))


def _area_m2(shape: Polygon) -> float:
    from shapely import Polygon

    plane = LocalPlane(LatLon(shape.centroid.y, shape.centroid.x))
    return Polygon([plane.to_xy(LatLon(y, x)) for x, y in shape.exterior.coords]).area
