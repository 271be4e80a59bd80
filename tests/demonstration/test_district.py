"""Norra Bergsbo is whole: everything in its zone, under its parent, on dry feet from a path."""

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter

from shapely.geometry import LineString, Point, Polygon
from shapely.strtree import STRtree

from fieldapp.demonstration.district import ORIGIN, District, Place, make_district
from fieldapp.demonstration.network import Network
from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.kinds import PLACE_KINDS

SOLID_KINDS = {"Building", "WasteManagementRoom", "LaundryRoom", "Garage"}
PLANE = LocalPlane(ORIGIN)


def digest_of(value: object) -> str:
    return hashlib.sha256(repr(value).encode()).hexdigest()


def polygon(outline: tuple[LatLon, ...]) -> Polygon:
    return Polygon([PLANE.to_xy(corner) for corner in outline])


def solids(district: District) -> list[tuple[str, Polygon]]:
    return [(p.name, polygon(p.outline)) for p in district.places if p.outline and p.kind in SOLID_KINDS]


def is_residential(place: Place) -> bool:
    return place.kind == "Building" and place.byggnad_nr is not None


def test_a_seed_makes_the_same_district_again(district: District) -> None:
    assert digest_of(make_district(1)) == digest_of(district)


def test_another_seed_makes_another_district(both_districts: tuple[District, District]) -> None:
    district, other = both_districts
    assert digest_of(district) != digest_of(other)


def test_the_order_of_hashes_does_not_matter(district: District) -> None:
    code = (
        "import hashlib; from fieldapp.demonstration.district import make_district;"
        "print(hashlib.sha256(repr(make_district(1)).encode()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == digest_of(district)


def test_about_sixty_houses_have_two_to_five_stairwells_each(district: District) -> None:
    houses = {place.external_id for place in district.places if is_residential(place)}
    stairwells = Counter(place.parent_id for place in district.places if place.kind == "Stairwell")
    assert 55 <= len(houses) <= 65
    assert set(stairwells) == houses
    assert set(stairwells.values()) <= {2, 3, 4, 5}


def test_identities_are_unique_and_fit_other_systems(district: District) -> None:
    ids = [place.external_id for place in district.places]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9-]{4,64}", external_id) for external_id in ids)


def test_names_are_unique(district: District) -> None:
    names = Counter(place.name for place in district.places)
    assert [name for name, count in names.items() if count > 1] == []


def test_every_kind_is_one_the_register_knows(district: District) -> None:
    assert {place.kind for place in district.places} <= set(PLACE_KINDS)


def test_parents_come_before_their_children_and_share_their_property(district: District) -> None:
    known: dict[str, Place] = {}
    for place in district.places:
        if place.parent_id is not None:
            assert known[place.parent_id].fastighet_nr == place.fastighet_nr
        known[place.external_id] = place


def test_every_place_lies_whole_in_its_zone(both_districts: tuple[District, District]) -> None:
    for district in both_districts:
        zones = {zone.code: polygon(zone.outline) for zone in district.zones}
        assert len(zones) == 3
        for place in district.places:
            shape = polygon(place.outline) if place.outline else Point(PLANE.to_xy(place.position))
            assert zones[place.zone_code].contains(shape), place.name


def test_zones_share_borders_and_nothing_else(district: District) -> None:
    first, second, third = (polygon(zone.outline) for zone in district.zones)
    assert all(zone.is_valid for zone in (first, second, third))
    assert first.intersection(second).area + second.intersection(third).area + first.intersection(third).area < 1.0


def test_houses_stand_apart(both_districts: tuple[District, District]) -> None:
    for district in both_districts:
        names, shapes = zip(*solids(district), strict=True)
        assert all(shape.is_valid for shape in shapes)
        for i, j in STRtree(shapes).query(shapes, predicate="dwithin", distance=1.0).T:
            assert i == j, (names[i], names[j])


def test_no_path_runs_through_a_house(both_districts: tuple[District, District]) -> None:
    for district in both_districts:
        names, shapes = zip(*solids(district), strict=True)
        lines = [LineString([PLANE.to_xy(point) for point in way.points]) for way in district.ways]
        hit = STRtree(shapes).query(lines, predicate="dwithin", distance=0.5).T
        assert [(district.ways[i].external_id, names[j]) for i, j in hit] == []


def test_the_way_from_the_path_to_a_door_leads_through_no_wall(district: District, network: Network) -> None:
    shapes = [(name, shape.buffer(-0.3)) for name, shape in solids(district)]
    for place in district.places:
        if is_residential(place):
            continue
        door = PLANE.to_xy(place.position)
        step = LineString([door, network.xy(network.nearest_vertex(place.position))])
        assert step.length < 35.0, place.name
        assert [name for name, shape in shapes if shape.intersects(step)] == [], place.name


def test_entrances_are_on_the_facade(district: District) -> None:
    outlines = {p.external_id: polygon(p.outline) for p in district.places if p.outline}
    for place in district.places:
        if place.kind in ("Stairwell", "BicycleGarage") and place.parent_id:
            door = Point(PLANE.to_xy(place.position))
            assert outlines[place.parent_id].exterior.distance(door) < 0.1, place.name


def test_cellars_are_called_as_hosts_call_them(district: District) -> None:
    names = [place.name for place in district.places if place.kind == "BasementLevel"]
    assert all(re.fullmatch(r"Källare [A-E], [A-ZÅÄÖ][a-zåäö]+ \d+", name) for name in names)


def test_rounds_have_a_room_to_start_from(district: District) -> None:
    base = next(place for place in district.places if place.external_id == district.base_id)
    assert base.kind == "Entrance"
