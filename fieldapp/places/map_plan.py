"""Compare a map that was read with what is known: places, zones and the path network in one plan. Pure: no database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fieldapp.places.commands import Ring
from fieldapp.places.ground import GroundPlan, plan_ground
from fieldapp.places.imports import Fault, PlaceRow
from fieldapp.places.map_objects import MapFile, MapPlace, MapZone, Shape, within
from fieldapp.places.matching import House, house_of, is_of_register, match_houses
from fieldapp.places.network import Piece, make_pieces
from fieldapp.places.osm_file import SOURCE as OSM
from fieldapp.places.path_plan import KnownPath, PathPlan, plan_paths
from fieldapp.places.plan import ImportPlan, KnownPlace, KnownThings, plan_import, zone_id


@dataclass(frozen=True, slots=True)
class KnownZone:
    """A zone as it is now."""

    id: UUID
    code: str
    name: str
    outline: Ring | None
    is_ended: bool


@dataclass(frozen=True, slots=True)
class KnownMap:
    """What a map is compared with."""

    things: KnownThings
    zones: Sequence[KnownZone]
    paths: Sequence[KnownPath]
    ground: Mapping[str, Shape]


@dataclass(frozen=True, slots=True)
class PlannedZone:
    """What becomes of a zone: added, changed, unchanged."""

    id: UUID
    code: str
    what: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MapPlan:
    """All that an import would do; nothing may be done while there are faults."""

    places: ImportPlan
    zones: Sequence[PlannedZone]
    paths: PathPlan
    ground: GroundPlan
    faults: Sequence[Fault] = ()

    def zone_counts(self) -> dict[str, int]:
        """Return how many zones become what."""
        return {what: sum(zone.what == what for zone in self.zones) for what in ("added", "changed", "unchanged")}

    def changes_something(self) -> bool:
        """Tell whether doing it would make a difference."""
        return bool(
            self.places.those("added", "changed", "ended", "resumed")
            or self.paths.added
            or self.paths.ended
            or self.ground.changes_something()
            or any(zone.what != "unchanged" for zone in self.zones)
        )

    def digest(self) -> str:
        """Return what tells this plan from another."""
        paths = ([new.external_id for new in self.paths.added], [old.external_id for old in self.paths.ended])
        zones = [(zone.code, zone.what, repr(sorted(zone.values.items()))) for zone in self.zones]
        ground = (
            [shape.ref for shape in self.ground.added],
            [shape.ref for shape in self.ground.changed],
            list(self.ground.removed),
        )
        return hashlib.sha256(repr((self.places.digest(), zones, paths, ground)).encode()).hexdigest()


def plan_map(tenant_id: UUID, file: MapFile, known: KnownMap, pieces: Sequence[Piece] | None = None) -> MapPlan:
    """Compare a map with what is known. What a supervisor ended stays ended, and keeps the name it was given.

    `pieces` are those of the file's ways, where they have been made already.
    """
    pieces = make_pieces(file.ways) if pieces is None else pieces
    paths = plan_paths(tenant_id, file.source, pieces, known.paths, file.extent)
    faults = list(_zone_faults(file.zones, known.zones))
    if paths.run_over is not None:
        faults.append(Fault(0, "", "other_network", {"source": paths.run_over}))
    places = plan_import(list(_rows(file, known)), known.things)
    zones = [] if faults else list(_zones(tenant_id, file.zones, known.zones))
    ground = plan_ground(file.ground, known.ground, file.extent) if file.source == OSM else GroundPlan()
    return MapPlan(places, zones, paths, ground, [*faults, *places.faults])


def _zone_faults(zones: Sequence[MapZone], known: Sequence[KnownZone]) -> Iterator[Fault]:
    ended = {zone.code for zone in known if zone.is_ended}
    for zone in zones:
        if zone.code in ended:
            yield Fault(0, zone.code, "ended_zone", {"zone": zone.code})


def _zones(tenant_id: UUID, zones: Sequence[MapZone], known: Sequence[KnownZone]) -> Iterator[PlannedZone]:
    by_code = {zone.code: zone for zone in known}
    for zone in zones:
        there = by_code.get(zone.code)
        wanted = {"name": zone.name, "outline": zone.outline}
        if there is None:
            yield PlannedZone(zone_id(tenant_id, zone.code), zone.code, "added", wanted)
            continue
        values = {name: value for name, value in wanted.items() if getattr(there, name) != value}
        yield PlannedZone(there.id, zone.code, "changed" if values else "unchanged", values)


def _rows(file: MapFile, known: KnownMap) -> Iterator[PlaceRow]:
    """Yield a register's rows for the places of a map: those in it, and those that are gone from it."""
    zone_at = _zone_finder(known.zones)
    of_register = _of_register(file, known.things)
    for number, place in enumerate(file.places, start=1):
        own = of_register.get(place.ref)
        there = known.things.places.get(own or place.ref)
        if there is not None and there.is_ended:
            continue
        if own is not None and there is not None:
            yield PlaceRow(number, own, _filled(place, there, zone_at))
        else:
            given = _given(place, there, zone_at)
            if place.parent in of_register:
                given["parent"] = of_register[place.parent]
            yield PlaceRow(number, place.ref, given)
    number = len(file.places)
    for gone in _gone(file, known.things):
        number += 1
        yield PlaceRow(number, gone.external_id, {"is_active": False})


def _of_register(file: MapFile, things: KnownThings) -> dict[str, str]:
    """Return which places of a map are places of the register, by their identities: known already, or found now."""
    known = {place.values["map_ref"]: place.external_id for place in things.places.values()}
    of_map = [
        House(
            place.ref,
            place.address.get("adress", ""),
            place.address.get("postnr", ""),
            place.lat,
            place.lon,
            place.outline,
        )
        for place in file.places
        if place.kind == "Building" and place.ref not in known and place.ref not in things.places
    ]
    of_register = [house_of(place) for place in things.places.values() if is_of_register(place)]
    linked = {ref: external_id for ref, external_id in known.items() if ref is not None}
    return linked | match_houses(of_register, of_map)


def _filled(place: MapPlace, there: KnownPlace, zone_at: Callable[[MapPlace], str | None]) -> dict[str, Any]:
    """Return what a map adds to a place of the register: only what the register does not say."""
    given: dict[str, Any] = {"map_ref": place.ref}
    if there.values["lat"] is None:
        given |= {"lat": place.lat, "lon": place.lon}
    if there.values["outline"] is None and place.outline is not None:
        given["outline"] = place.outline
    given |= {name: text for name, text in place.address.items() if not there.values[name]}
    code = zone_at(place) if there.values["zone_id"] is None else None
    return given | ({"zone": code} if code is not None else {})


def _zone_finder(zones: Sequence[KnownZone]) -> Callable[[MapPlace], str | None]:
    """Return what finds the first zone by code that a place lies in."""
    import shapely
    from shapely import Point, Polygon

    living = sorted((zone for zone in zones if not zone.is_ended and zone.outline), key=lambda zone: zone.code)
    tree = shapely.STRtree([Polygon(zone.outline) for zone in living])

    def find(place: MapPlace) -> str | None:
        found = tree.query(Point(place.lon, place.lat), predicate="within").tolist()
        return living[min(found)].code if found else None

    return find


def _given(place: MapPlace, there: KnownPlace | None, zone_at: Callable[[MapPlace], str | None]) -> dict[str, Any]:
    given: dict[str, Any] = {"kind": place.kind, "lat": place.lat, "lon": place.lon, **place.address}
    if place.outline is not None:
        given["outline"] = place.outline
    if place.parent is not None:
        given["parent"] = place.parent
    if there is None:
        given["name"] = place.name
    if there is None or there.values["zone_id"] is None:
        code = zone_at(place)
        if code is not None:
            given["zone"] = code
    return given


def _gone(file: MapFile, things: KnownThings) -> Iterator[KnownPlace]:
    """Yield living places of the same source that the file is all of and has not: not those it has but faulty."""
    if file.extent is None:
        return
    there = {place.ref for place in file.places} | {f"{file.source}:{fault.column}" for fault in file.left_out}
    for external_id, place in sorted(things.places.items()):
        is_own = external_id.startswith(f"{file.source}:") and external_id not in there and not place.is_ended
        lat, lon = place.values["lat"], place.values["lon"]
        if is_own and lat is not None and within(file.extent, lon, lat):
            yield place
