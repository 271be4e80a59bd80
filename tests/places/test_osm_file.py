"""What is read from an OpenStreetMap extract, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.places import osm_file
from fieldapp.places.map_objects import MapFile
from fieldapp.places.osm_file import read_osm
from fieldapp.places.osm_tags import area_kind, is_lit, is_walked, node_kind
from tests.places.map_files import OsmMap, square, yard


def codes(file: MapFile) -> list[str]:
    return [fault.code for fault in file.faults]


def left_out(made: OsmMap) -> list[tuple[str, str]]:
    made.way(900, [(0, 90), (30, 90)], highway="path")
    return [(fault.column, fault.code) for fault in read_osm(made.raw()).left_out]


def test_a_yard_gives_its_places_by_the_maps_own_identities() -> None:
    places = {place.ref: (place.kind, place.name) for place in read_osm(yard().raw()).places}
    assert places == {
        "osm:way/1": ("Building", "Bergsgatan 4"),
        "osm:node/1000": ("Entrance", "Entré Bergsgatan 4"),
        "osm:way/2": ("Playground", "Lekplats 2"),
    }


def test_an_entrance_is_in_the_building_whose_wall_it_stands_in() -> None:
    entrance = read_osm(yard().raw()).places[0]
    assert (entrance.kind, entrance.parent) == ("Entrance", "osm:way/1")


def test_the_file_says_what_it_is_all_of() -> None:
    made = yard()
    extent = read_osm(made.raw()).extent
    made.box = None
    assert (extent is not None and extent[0] < 11.98 < extent[2], read_osm(made.raw()).extent) == (True, None)


def test_walked_ways_come_with_their_light() -> None:
    assert [(way.ref, way.is_lit) for way in read_osm(yard().raw()).ways] == [("osm:way/3", True), ("osm:way/4", False)]


def test_a_building_of_several_ways_is_one_place() -> None:
    made = OsmMap()
    made.way(1, [(0, 0), (30, 0), (30, 20)])
    made.way(2, [(30, 20), (0, 20), (0, 0)])
    made.relation(7, [1, 2], building="yes", name="Bergshus")
    [place] = read_osm(made.raw()).places
    assert (place.ref, place.name, len(place.outline or [])) == ("osm:relation/7", "Bergshus", 5)


def test_land_for_housing_is_a_place_up_to_the_size_of_a_block() -> None:
    made = OsmMap()
    made.way(1, square(0, 0, 190), landuse="residential")
    made.way(2, square(0, 0, 210), landuse="residential")
    assert [place.ref for place in read_osm(made.raw()).places] == ["osm:way/1"]


def test_a_way_whose_positions_are_not_in_the_file_is_left_out_by_its_id() -> None:
    made = OsmMap()
    made.way(1, [(0, 0), (20, 0)], missing=5, highway="footway")
    assert left_out(made) == [("way/1", "nodes_missing")]


def test_a_building_that_is_not_closed_is_left_out() -> None:
    made = OsmMap()
    made.way(1, [(0, 0), (20, 0), (20, 20)], building="yes")
    assert left_out(made) == [("way/1", "not_closed")]


def test_a_building_that_crosses_itself_is_left_out() -> None:
    made = OsmMap()
    made.way(1, [(0, 0), (20, 20), (20, 0), (0, 20), (0, 0)], building="yes")
    assert left_out(made) == [("way/1", "outline_broken")]


def test_a_relation_whose_ways_are_missing_is_left_out() -> None:
    made = OsmMap()
    made.relation(3, [55], building="yes")
    assert left_out(made) == [("relation/3", "outline_broken")]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "no_map"),
        (b"place_id;kind\n", "no_map"),
        (b"<?xml version='1.0'?><gpx></gpx>", "no_map"),
        (b"<osm><node id='1' lat='x'", "broken_map"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c", "cut_off"),
        (b"<osm version='0.6'></osm>", "nothing_found"),
    ],
)
def test_what_is_no_map_is_refused_as_such(raw: bytes, code: str) -> None:
    assert codes(read_osm(raw)) == [code]


def test_an_entity_that_grows_is_not_followed() -> None:
    raw = b'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><osm version="0.6">&b;</osm>'
    assert codes(read_osm(raw)) == ["broken_map"]


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [
        ("BYTES_MAX", 10, "too_large"),
        ("OBJECTS_MAX", 3, "too_many_objects"),
        ("PLACES_MAX", 1, "too_many_places"),
        ("WAYS_MAX", 1, "too_many_ways"),
        ("SECONDS_MAX", -1.0, "too_slow"),
    ],
)
def test_more_than_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch, limit: str, value: float, code: str) -> None:
    monkeypatch.setattr(osm_file, limit, value)
    monkeypatch.setattr(osm_file, "_CHECK_EACH", 1)
    assert codes(read_osm(yard().raw())) == [code]


@given(st.integers(0, 1500), st.binary(min_size=1, max_size=20))
def test_no_spoilt_file_makes_the_reader_fail(at: int, put: bytes) -> None:
    raw = yard().raw()
    file = read_osm(raw[:at] + put + raw[at + len(put) :])
    assert file.faults or file.places or file.ways


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "footway"}, True),
        ({"highway": "footway", "tunnel": "building_passage"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "residential"}, True),
        ({"highway": "cycleway", "foot": "no"}, False),
        ({"highway": "footway", "indoor": "yes"}, False),
        ({"highway": "footway", "level": "-1", "tunnel": "yes"}, False),
        ({"highway": "corridor"}, False),
        ({"highway": "elevator"}, False),
        ({"highway": "pedestrian", "area": "yes"}, False),
        ({"highway": "path", "access": "private"}, False),
        ({"highway": "path", "access": "private", "foot": "yes"}, True),
        ({"highway": "residential", "sidewalk": "separate"}, False),
        ({"highway": "secondary"}, False),
        ({"highway": "secondary", "sidewalk": "both"}, True),
        ({"highway": "motorway"}, False),
    ],
)
def test_a_way_is_walked_or_not_by_its_tags(tags: dict[str, str], expected: bool) -> None:
    assert is_walked(tags) is expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"building": "yes"}, "Building"),
        ({"building": "garages"}, "Garage"),
        ({"building": "roof"}, None),
        ({"amenity": "parking"}, "ParkingSpace"),
        ({"amenity": "parking", "parking": "underground"}, None),
        ({"leisure": "park"}, "OutdoorSpace"),
        ({"natural": "wood"}, None),
    ],
)
def test_an_area_is_a_kind_of_place_or_none(tags: dict[str, str], expected: str | None) -> None:
    assert area_kind(tags) == expected


def test_a_node_is_an_entrance_a_playground_or_no_place() -> None:
    assert [node_kind(tags) for tags in ({"entrance": "main"}, {"leisure": "playground"}, {"amenity": "bench"})] == [
        "Entrance",
        "Playground",
        None,
    ]


def test_light_is_said_by_any_word_but_no() -> None:
    assert [is_lit({"lit": word}) for word in ("yes", "24/7", "sunset-sunrise", "no", "")] == [True] * 3 + [False] * 2


@pytest.mark.parametrize("name", ["malmo_sorgenfri_2013.osm", "malmo_sorgenfri_2013.osm.pbf"])
def test_a_real_district_is_read_the_same_from_either_format(shared: Path, name: str) -> None:
    file = read_osm((shared / "osm" / name).read_bytes())
    assert (len(file.places), len(file.ways), codes(file), len(file.left_out)) == (1050, 847, [], 0)
