"""Outlines that are taken, and those that are not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldapp.places.geometry import POINTS_MAX, OutlineFault, ring_of_geojson, to_geojson

SQUARE = [[11.9, 57.7], [12.0, 57.7], [12.0, 57.8], [11.9, 57.8], [11.9, 57.7]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}
FEATURE = {"type": "Feature", "properties": {"name": "Norra"}, "geometry": POLYGON}


@pytest.mark.parametrize(
    "document",
    [
        POLYGON,
        FEATURE,
        {"type": "FeatureCollection", "features": [FEATURE]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
        {"type": "Polygon", "coordinates": [[[*corner, 17.5] for corner in SQUARE]]},
    ],
)
def test_one_polygon_however_it_is_wrapped_gives_its_ring(document: object) -> None:
    assert ring_of_geojson(json.dumps(document)) == SQUARE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "unreadable"),
        ("[" * 100_000, "unreadable"),
        ("{}", "no_polygon"),
        ("[1, 2]", "no_polygon"),
        ('{"type": "Feature", "geometry": null}', "no_polygon"),
        ('{"type": "Point", "coordinates": [11, 57]}', "no_polygon"),
        ('{"type": "Polygon", "coordinates": []}', "no_polygon"),
        ('{"type": "Polygon", "coordinates": "x"}', "unreadable"),
        ('{"type": "Polygon", "coordinates": [[[11, 57], [12, 57], [NaN, 58], [11, 57]]]}', "unreadable"),
        (json.dumps({"type": "FeatureCollection", "features": [FEATURE, FEATURE]}), "many_polygons"),
        (json.dumps({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}), "many_polygons"),
        (json.dumps({"type": "Polygon", "coordinates": [SQUARE, SQUARE]}), "holes"),
        ('{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}', "crosses_itself"),
        ('{"type": "Polygon", "coordinates": [[[1, 1], [1, 1], [1, 1], [1, 1]]]}', "crosses_itself"),
        ('{"type": "Polygon", "coordinates": [[[3e5, 6e6], [4e5, 6e6], [4e5, 7e6], [3e5, 6e6]]]}', "not_degrees"),
    ],
)
def test_what_is_not_one_simple_area_in_degrees_is_refused_by_its_reason(text: str, code: str) -> None:
    with pytest.raises(OutlineFault) as refused:
        ring_of_geojson(text)
    assert refused.value.code == code


def test_an_outline_with_too_many_points_is_refused() -> None:
    ring = [[11 + number / 100_000, 57.0] for number in range(POINTS_MAX)] + [[11.5, 58.0], [11.0, 57.0]]
    with pytest.raises(OutlineFault) as refused:
        ring_of_geojson(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    assert refused.value.code == "too_many_points"


def test_a_ring_comes_back_as_it_was_written() -> None:
    assert ring_of_geojson(to_geojson(SQUARE)) == SQUARE


@given(
    st.text(max_size=200)
    | st.recursive(st.none() | st.floats() | st.text(max_size=9), st.lists).map(
        lambda coordinates: json.dumps({"type": "Polygon", "coordinates": coordinates})
    )
)
def test_no_text_makes_the_reader_fail_in_another_way(text: str) -> None:
    try:
        ring = ring_of_geojson(text)
    except OutlineFault:
        return
    assert len(ring) >= 4
    assert ring[0] == ring[-1]
