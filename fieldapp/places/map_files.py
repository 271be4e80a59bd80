"""Tell what kind of map a file is by how it begins, and read it."""

from __future__ import annotations

from dataclasses import replace

from fieldapp.places import nvdb_file, osm_file, zones_file
from fieldapp.places.map_objects import Extent, MapFile, refused
from fieldapp.places.zones_file import ZoneChoices

BYTES_MAX = max(nvdb_file.BYTES_MAX, osm_file.BYTES_MAX, zones_file.BYTES_MAX)
"""Nothing longer is read."""


def warm_up() -> None:
    """Have the readers open what they ever need: later they may open nothing."""
    nvdb_file.warm_up()


def read_map(raw: bytes, choices: ZoneChoices, extent: Extent | None = None) -> MapFile:
    """Read an OpenStreetMap extract, a GeoPackage of NVDB, or zones as GeoJSON.

    Args:
        raw: the file.
        choices: what was said of a file of zones.
        extent: what the file is all of, where a person says so; otherwise what it says itself.
    """
    if osm_file.is_osm(raw):
        found = osm_file.read_osm(raw)
    elif nvdb_file.is_geopackage(raw):
        found = nvdb_file.read_nvdb(raw)
    elif raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        found = zones_file.read_zones(raw, choices)
    else:
        return refused("", "no_map")
    return replace(found, extent=extent) if extent is not None else found
