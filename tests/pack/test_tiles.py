"""Shapes become tiles that another reader understands, small, and the same each time."""

from __future__ import annotations

import gzip
import io
from typing import Any

import mapbox_vector_tile  # type: ignore[import-untyped]
import pytest
import shapely
from pmtiles.reader import MemorySource, Reader

from fieldapp.pack.archive import hash_of, tile_archive
from fieldapp.pack.tiles import EXTENT, Box, Layer, TileAt, make_tiles, mercator
from tests.places.map_files import latlon, square

BOX: Box = (11.97, 57.745, 11.99, 57.755)


def polygon(x: float, y: float, side: float) -> shapely.Polygon:
    return shapely.Polygon([(latlon(at).lon, latlon(at).lat) for at in square(x, y, side)])


def line(*points: tuple[float, float]) -> shapely.LineString:
    return shapely.LineString([(latlon(at).lon, latlon(at).lat) for at in points])


def layer(*shapes: Any, zoom_min: int = 12, name: str = "houses") -> Layer:
    return Layer(name, zoom_min, shapes, [{"name": f"Hus {number}"} for number in range(len(shapes))])


def tiles(*layers: Layer, zooms: tuple[int, ...] = (15,), box: Box = BOX) -> dict[TileAt, dict[str, Any]]:
    made = make_tiles(layers, box, zooms)
    options = {"y_coord_down": True}
    return {at: mapbox_vector_tile.decode(gzip.decompress(raw), default_options=options) for at, raw in made}


def test_a_house_stands_where_it_stands_to_a_few_decimetres() -> None:
    house = polygon(0, 0, 20)
    [((zoom, column, row), tile)] = tiles(layer(house)).items()
    [feature] = tile["houses"]["features"]
    [ring] = feature["geometry"]["coordinates"]
    drawn = [((column + x / EXTENT) / 2**zoom, (row + y / EXTENT) / 2**zoom) for x, y in ring]
    wanted = mercator(shapely.get_coordinates(house))
    assert {(round(x, 8), round(y, 8)) for x, y in drawn} == {(round(x, 8), round(y, 8)) for x, y in wanted}


def test_what_lies_over_an_edge_is_in_both_tiles() -> None:
    found = tiles(layer(line((-400, 0), (400, 0))))
    assert len(found) == 3  # a tile is 652 m wide here
    assert {len(tile["houses"]["features"]) for tile in found.values()} == {1}


def test_what_is_too_small_to_be_seen_is_left_out() -> None:
    assert tiles(layer(polygon(0, 0, 3)), zooms=(12,)) == {}
    assert len(tiles(layer(polygon(0, 0, 3)), zooms=(15,))) == 1


def test_a_layer_is_there_from_its_zoom_on() -> None:
    assert {at[0] for at in tiles(layer(polygon(0, 0, 300), zoom_min=14), zooms=(13, 14, 15))} == {14, 15}


@pytest.mark.parametrize("crossed", [[(0, 0), (40, 40), (40, 0), (0, 40), (0, 0)]])
def test_an_outline_that_crosses_itself_is_drawn_all_the_same(crossed: list[tuple[float, float]]) -> None:
    bow = shapely.Polygon([(latlon(at).lon, latlon(at).lat) for at in crossed])
    assert len(tiles(layer(bow))) == 1


def test_an_archive_is_read_by_another_reader_and_made_of_its_parts() -> None:
    made = list(make_tiles([layer(polygon(0, 0, 20), polygon(900, 0, 20))], (11.97, 57.74, 12.0, 57.76), (14, 15)))
    file = tile_archive("map.pmtiles", made, BOX)
    whole = b"".join(file.parts)
    reader: Any = Reader(MemorySource(whole))  # type: ignore[no-untyped-call]
    assert {at: reader.get(*at) for at, _raw in made} == dict(made)
    assert len(file.parts) == 1 + len(made)
    assert [part[0] for part in file.listing()["parts"]] == [hash_of(part) for part in file.parts]  # type: ignore[attr-defined]
    assert io.BytesIO(whole).read(7) == b"PMTiles"
