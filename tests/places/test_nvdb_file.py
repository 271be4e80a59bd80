"""The walked ways of a GeoPackage, with their light."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from fieldapp.places import nvdb_file
from fieldapp.places.map_objects import MapFile
from fieldapp.places.nvdb_file import read_nvdb

EAST, NORTH = pyproj.Transformer.from_crs(4326, 3006, always_xy=True).transform(11.98, 57.75)
FOREVER = 99991231


def layer(path: Path, name: str, rows: list[dict[str, Any]]) -> None:
    """Write a layer; each row is an element with its span, its line from x to x in metres, and other columns."""
    names = [key for key in rows[0] if key != "line"]
    shapes = [shapely.LineString([(EAST + x, NORTH) for x in row["line"]]) for row in rows]
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(np.array(shapes, dtype=object)),
        [np.array([row[key] for row in rows]) for key in names],
        names,
        layer=name,
        driver="GPKG",
        geometry_type="LineString",
        crs="EPSG:3006",
        append=path.exists(),
    )


def foot(element: str, line: tuple[float, float], **more: Any) -> dict[str, Any]:
    row = {"ELEMENT_ID": element, "START_MEASURE": 0.0, "END_MEASURE": 1.0, "VALID_TO": FOREVER, "line": line}
    return {**row, "Gcm_typ": "Gång- och cykelbana", **more}


def lit(element: str, start: float, end: float) -> dict[str, Any]:
    return {"ELEMENT_ID": element, "START_MEASURE": start, "END_MEASURE": end, "line": (0, 1)}


def read(path: Path) -> MapFile:
    return read_nvdb(path.read_bytes())


def codes(file: MapFile) -> list[str]:
    return [fault.code for fault in file.faults]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return tmp_path / "network.gpkg"


def test_a_way_comes_in_degrees_by_its_element(package: Path) -> None:
    layer(package, "DK_99_GCM_vagtyp", [foot("1:2", (0, 40))])
    [way] = read(package).ways
    assert (way.ref, way.is_lit, way.line[0]) == ("nvdb:1:2", False, [11.98, 57.75])


def test_a_way_is_lit_where_more_than_half_of_its_span_is(package: Path) -> None:
    ways = [foot("1:2", (0, 40)), foot("3:4", (50, 90)), foot("5:6", (95, 99), START_MEASURE=0.5)]
    layer(package, "DK_99_GCM_vagtyp", ways)
    layer(
        package, "DK_97_GCM_belyst", [lit("1:2", 0, 0.3), lit("1:2", 0.3, 0.6), lit("3:4", 0, 0.4), lit("5:6", 0, 0.5)]
    )
    assert [way.is_lit for way in read(package).ways] == [True, False, False]


def test_what_nobody_walks_and_what_is_no_more_is_not_read(package: Path) -> None:
    ways = [foot("1:2", (0, 40)), foot("3:4", (0, 50), Gcm_typ="Cykelfält"), foot("5:6", (0, 60), VALID_TO=20200101)]
    layer(package, "DK_99_GCM_vagtyp", ways)
    assert [way.ref for way in read(package).ways] == ["nvdb:1:2"]


def test_a_package_without_the_layers_is_refused(package: Path) -> None:
    layer(package, "Hydranter", [foot("1:2", (0, 40))])
    assert codes(read(package)) == ["no_network_layer"]


def test_a_layer_without_its_columns_is_refused(package: Path) -> None:
    layer(package, "DK_99_GCM_vagtyp", [lit("1:2", 0, 1)])
    assert codes(read(package)) == ["broken_map"]


def test_a_cut_off_package_is_refused(package: Path) -> None:
    layer(package, "DK_99_GCM_vagtyp", [foot("1:2", (0, 40))])
    assert codes(read_nvdb(package.read_bytes()[:3000])) == ["broken_map"]


def test_more_than_the_limits_is_refused(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layer(package, "DK_99_GCM_vagtyp", [foot("1:2", (0, 40))])
    monkeypatch.setattr(nvdb_file, "WAYS_MAX", 0)
    assert codes(read(package)) == ["too_many_ways"]
    monkeypatch.setattr(nvdb_file, "BYTES_MAX", 10)
    assert codes(read(package)) == ["too_large"]


def test_a_real_district_is_read(shared: Path) -> None:
    file = read(shared / "osm" / "goteborg_vasastan_nvdb_3006.gpkg")
    assert (len(file.ways), sum(way.is_lit for way in file.ways), file.left_out) == (254, 119, [])
