"""Tell what kind of map a file is by how it begins, and read it."""

from __future__ import annotations

from dataclasses import replace

from fieldapp.places import nvdb_file, osm_file, zones_file
from fieldapp.places.map_objects import Extent, MapFile, refused
from fieldapp.places.zones_file import ZoneChoices

KINDS = (osm_file.SOURCE, nvdb_file.SOURCE, zones_file.SOURCE)
BYTES_MAX = max(nvdb_file.BYTES_MAX, osm_file.BYTES_MAX, zones_file.BYTES_MAX)
"""Nothing longer is read."""


def kind_of(raw: bytes) -> str | None:
    """Return what a file is by how it begins: the source of what would be read of it, None for no map."""
    if osm_file.is_osm(raw):
        return osm_file.SOURCE
    if nvdb_file.is_geopackage(raw):
        return nvdb_file.SOURCE
    return zones_file.SOURCE if raw[:100].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else None


def warm_up() -> None:
    """Have the readers open what they ever need: later they may open nothing."""
    osm_file.warm_up()
    nvdb_file.warm_up()


def read_map(raw: bytes, choices: ZoneChoices, extent: Extent | None = None) -> MapFile:
    """Read an OpenStreetMap extract, a GeoPackage of NVDB, or zones as GeoJSON.

    Args:
        raw: the file.
        choices: what was said of a file of zones.
        extent: what the file is all of, where a person says so; otherwise what it says itself.
    """
    kind = kind_of(raw)
    if kind == osm_file.SOURCE:
        found = osm_file.read_osm(raw)
    elif kind == nvdb_file.SOURCE:
        found = nvdb_file.read_nvdb(raw)
    elif kind == zones_file.SOURCE:
        found = zones_file.read_zones(raw, choices)
    else:
        return refused("", "no_map")
    return replace(found, extent=extent) if extent is not None else found
