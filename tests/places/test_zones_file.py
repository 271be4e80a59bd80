"""Zones from GeoJSON: any EPSG, one ring each, and a reason for each that is not taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.places import zones_file
from fieldapp.places.map_objects import MapFile
from fieldapp.places.zones_file import ZoneChoices, read_zones

SWEREF = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3006"}}
AS_IT_SAYS = ZoneChoices()
NORTH_OF = pyproj.Transformer.from_crs(4326, 3006, always_xy=True).transform(11.98, 57.75)


def ring(side: float, x: float = 0.0) -> list[list[float]]:
    """Return a closed square in SWEREF 99 TM, `side` metres wide and `x` metres east of an origin."""
    east, north = NORTH_OF
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    return [[east + x + dx, north + dy] for dx, dy in corners]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def several(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "MultiPolygon", "coordinates": [[one] for one in rings]}


def read(*geometries: Any, crs: Any = SWEREF, choices: ZoneChoices = AS_IT_SAYS, **properties: Any) -> MapFile:
    features = [
        {"type": "Feature", "geometry": geometry, "properties": {"code": f"N{number}", **properties}}
        for number, geometry in enumerate(geometries)
    ]
    document = {"type": "FeatureCollection", "features": features, "crs": crs}
    return read_zones(json.dumps({k: v for k, v in document.items() if v}).encode(), choices)


def faults(file: MapFile) -> list[tuple[int, str]]:
    return [(fault.line, fault.code) for fault in file.faults]


def test_a_zone_in_sweref_becomes_degrees() -> None:
    [zone] = read(polygon(ring(100)), name="Norra gården").zones
    assert (zone.code, zone.name) == ("N0", "Norra gården")
    assert [11.98, 57.75] in [[round(lon, 6), round(lat, 6)] for lon, lat in zone.outline]


def test_the_epsg_may_be_said_where_the_file_does_not() -> None:
    assert read(polygon(ring(100)), crs=None, choices=ZoneChoices(epsg=3006)).zones


def test_metres_taken_for_degrees_are_noticed() -> None:
    assert faults(read(polygon(ring(100)), crs=None)) == [(1, "outline_not_degrees")]


@pytest.mark.parametrize("crs", [{"properties": {"name": "Göteborg"}}, {"properties": {"name": "EPSG:999999"}}, "x"])
def test_an_unknown_coordinate_system_refuses_the_file(crs: Any) -> None:
    assert faults(read(polygon(ring(100)), crs=crs)) == [(0, "unknown_crs")]


def test_the_properties_of_code_and_name_may_be_chosen() -> None:
    choices = ZoneChoices(code="nr", name="kallas")
    [zone] = read(polygon(ring(100)), choices=choices, nr=17, kallas="Backa").zones
    assert (zone.code, zone.name) == ("17", "Backa")


def test_a_zone_with_only_a_name_has_that_as_its_code() -> None:
    [zone] = read(polygon(ring(100)), code=None, name="Hisings Backa").zones
    assert (zone.code, zone.name) == ("Hisings-Backa", "Hisings Backa")


def test_a_zone_without_code_or_with_anothers_is_a_fault() -> None:
    assert faults(read(polygon(ring(100)), code=None)) == [(1, "no_code")]
    assert faults(read(polygon(ring(100)), polygon(ring(50)), code="A")) == [(2, "zone_twice")]


def test_an_islet_is_left_off_and_told() -> None:
    file = read(several(ring(100), ring(20, 200)))
    assert (len(file.zones), file.faults) == (1, [])
    assert [(note.column, note.code, note.facts) for note in file.left_out] == [
        ("N0", "parts_left_off", {"parts": 1, "percent": 3.8})
    ]


def test_a_zone_in_two_halves_is_refused() -> None:
    assert faults(read(several(ring(100), ring(100, 200)))) == [(1, "zone_scattered")]


def test_a_pond_is_filled_and_a_courtyard_of_others_is_not() -> None:
    pond, inner = ring(100), ring(20, 10)
    assert faults(read(polygon(pond, [[x, y + 10] for x, y in inner][::-1]))) == []
    assert faults(read(polygon(pond, [[x, y + 10] for x, y in ring(50, 10)][::-1]))) == [(1, "zone_holes")]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "outline_unreadable"),
        ({"type": "Polygon", "coordinates": "x"}, "outline_unreadable"),
        ({"type": "Point", "coordinates": [1.0, 2.0]}, "outline_no_polygon"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "outline_crosses_itself"),
    ],
)
def test_a_geometry_that_is_no_zone_is_told_by_its_feature(geometry: Any, code: str) -> None:
    assert faults(read(geometry, crs=None)) == [(1, code)]


@pytest.mark.parametrize(
    ("raw", "code"), [(b"{", "broken_json"), (b"[]", "no_features"), (b'{"features": []}', "no_features")]
)
def test_what_is_no_collection_is_refused_as_such(raw: bytes, code: str) -> None:
    assert faults(read_zones(raw, ZoneChoices())) == [(0, code)]


def test_more_zones_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones_file, "ZONES_MAX", 1)
    assert faults(read(polygon(ring(10)), polygon(ring(20)))) == [(0, "too_many_zones")]


NUMBERS = st.floats(-200, 200) | st.none() | st.just("x")
SHAPES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Polygon", "MultiPolygon", "Point"]),
        "coordinates": st.lists(st.lists(st.lists(NUMBERS, max_size=3), max_size=5), max_size=2),
    }
)


@given(SHAPES)
def test_no_geometry_makes_the_reader_fail(geometry: Any) -> None:
    file = read(geometry, crs=None)
    assert file.faults or file.zones


@pytest.mark.parametrize(
    ("name", "count"),
    [("basomraden", 306), ("mellanomraden", 11), ("primaromraden", 24), ("deso", 82), ("regso", 39)],
)
def test_the_areas_of_hisingen_are_zones(shared: Path, name: str, count: int) -> None:
    file = read_zones((shared / "areas" / f"{name}_hisingen.geojson").read_bytes(), ZoneChoices())
    assert (len(file.zones), faults(file)) == (count, [])
