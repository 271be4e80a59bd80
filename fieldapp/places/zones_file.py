"""Read zones from a GeoJSON FeatureCollection in any EPSG. Pure.

A zone is one ring without holes, for the phone that asks "which zone am I in" and for the supervisor who draws it. Of a
zone in several parts the largest is taken where it is three quarters of the ground: islets and slivers along a shore are
walked by nobody, and the preview tells how much was left off. A zone that is really in several parts, or that has a hole
of more than a tenth, is refused: only the supervisor knows what belongs to whom.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fieldapp.kernel.geo import LatLon, LocalPlane
from fieldapp.places.commands import Ring
from fieldapp.places.geometry import OutlineFault, largest_ring
from fieldapp.places.imports import FAULTS_MAX, NAME_CHARS_MAX, Fault
from fieldapp.places.map_objects import MapFile, MapZone, printable, refused

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

if TYPE_CHECKING:
    import pyproj

BYTES_MAX = 16 * 1024 * 1024
ZONES_MAX = 2_000
SOURCE = "zones"
MAIN_PART_MIN = 0.75
HOLES_MAX = 0.10
_FIELDS_TOLD = 12
_RING_POINTS_MAX = 2_000
_SIMPLIFY_M = (1.0, 2.0, 4.0, 8.0)
"""Corners nearer than this to the line between others are dropped: less than a phone's position is wrong by."""
_CODE_NAMES = ("code", "kod", "zone_id", "omrade_kod", "desokod", "regsokod", "primaromrade_kod", "id")
_NAME_NAMES = ("name", "namn", "omrade_namn", "regsonamn", "primaromrade_namn")
_CODE = re.compile(r"[\w.-]{1,40}")
_EPSG = re.compile(r"EPSG:(?:[\d.]*:)?(\d{4,6})$")


@dataclass(frozen=True, slots=True)
class ZoneChoices:
    """What a person may say about a file: its EPSG, and the properties that hold code and name."""

    epsg: int | None = None
    code: str | None = None
    name: str | None = None


def read_zones(raw: bytes, choices: ZoneChoices) -> MapFile:
    """Read zones, each by its code; any fault refuses the file, as a register's does."""
    if len(raw) > BYTES_MAX:
        return refused(SOURCE, "too_large", megabytes=BYTES_MAX // 1024 // 1024)
    try:
        document = json.loads(raw)
    except json.JSONDecodeError as error:
        return refused(SOURCE, "broken_json", line=error.lineno, column=error.colno)
    except (ValueError, RecursionError):
        return refused(SOURCE, "no_map")
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        return refused(SOURCE, "no_features")
    if len(features) > ZONES_MAX:
        return refused(SOURCE, "too_many_zones", zones=ZONES_MAX)
    epsg = choices.epsg or _said_epsg(document)
    to_degrees = _to_degrees(epsg) if epsg else None
    if to_degrees is None:
        return refused(SOURCE, "unknown_crs")
    reading = _Reading(choices, to_degrees)
    for number, feature in enumerate(features, start=1):
        if len(reading.faults) < FAULTS_MAX:
            reading.read(number, feature if isinstance(feature, dict) else {})
    read_as = {"epsg": epsg, **reading.fields}
    return MapFile(SOURCE, zones=reading.zones, faults=reading.faults, left_out=reading.notes, read_as=read_as)


def _said_epsg(document: Mapping[str, Any]) -> int | None:
    """Return the coordinate system that a file names; one that says nothing is in WGS84 (RFC 7946)."""
    crs = document.get("crs")
    named = crs.get("properties") if isinstance(crs, dict) else None
    text = str(named.get("name", "")) if isinstance(named, dict) else ""
    found = _EPSG.search(text)
    if found is None and crs is not None and not text.endswith("CRS84"):
        return None
    return int(found.group(1)) if found else 4326


def _to_degrees(epsg: int) -> pyproj.Transformer | None:
    import pyproj  # large, and only the process that reads a file needs it

    try:
        return pyproj.Transformer.from_crs(epsg, 4326, always_xy=True)
    except pyproj.exceptions.ProjError:
        return None


class _Reading:
    """The zones of a file, and what was found wrong or left off."""

    def __init__(self, choices: ZoneChoices, to_degrees: pyproj.Transformer) -> None:
        self.zones: list[MapZone] = []
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.fields: dict[str, str] = {}
        """Which properties the code and the name were taken from, of the first zone that has them."""
        self._choices, self._to_degrees = choices, to_degrees
        self._codes: set[str] = set()

    def read(self, number: int, feature: Mapping[str, Any]) -> None:
        """Read one feature."""
        properties = feature.get("properties")
        given = properties if isinstance(properties, dict) else {}
        name, name_field = _text(given, self._choices.name, _NAME_NAMES)
        code, code_field = _text(given, self._choices.code, _CODE_NAMES)
        code = "-".join((code or str(feature.get("id") or "") or name).split())
        if not _CODE.fullmatch(code):
            there = ", ".join(printable(str(key), 40) for key in list(given)[:_FIELDS_TOLD])
            self.faults.append(Fault(number, "", "no_code", {"fields": there}) if there else Fault(number, "", "bare"))
            return
        for role, field_name in (("code", code_field), ("name", name_field)):
            if field_name:
                self.fields.setdefault(role, printable(field_name, 40))
        if code in self._codes:
            self.faults.append(Fault(number, code, "zone_twice", {"zone": code}))
            return
        self._codes.add(code)
        try:
            outline = self._outline(number, code, feature.get("geometry"))
        except OutlineFault as fault:
            self.faults.append(Fault(number, code, f"outline_{fault.code}"))
            return
        if outline is not None:
            self.zones.append(MapZone(code, (name or code)[:NAME_CHARS_MAX].strip(), outline))

    def _outline(self, number: int, code: str, geometry: Any) -> Ring | None:
        from shapely import Polygon

        parts = self._parts(geometry)
        whole = math.fsum(part.area for part in parts)
        main = max(parts, key=lambda part: part.area)
        filled = Polygon(main.exterior).area
        if whole <= 0 or filled <= 0:
            raise OutlineFault("crosses_itself")
        if main.area < MAIN_PART_MIN * whole:
            self.faults.append(Fault(number, code, "zone_scattered", {"parts": len(parts)}))
            return None
        if filled - main.area > HOLES_MAX * filled:
            self.faults.append(Fault(number, code, "zone_holes"))
            return None
        if len(parts) > 1:
            percent = round(100 * (1 - main.area / whole), 1)
            self.notes.append(Fault(number, code, "parts_left_off", {"parts": len(parts) - 1, "percent": percent}))
        return _simple_ring(main)

    def _parts(self, geometry: Any) -> list[Polygon]:
        import shapely
        from shapely import MultiPolygon, Polygon

        try:
            shape = shapely.from_geojson(json.dumps(geometry))
            shape = shapely.transform(shapely.force_2d(shape), self._project)
        except (shapely.errors.GEOSException, ValueError, TypeError) as error:
            raise OutlineFault("unreadable") from error
        if not isinstance(shape, Polygon | MultiPolygon) or shape.is_empty:
            raise OutlineFault("no_polygon")
        _check_finite(shape)
        if not shape.is_valid:
            raise OutlineFault("crosses_itself")
        return list(shape.geoms) if isinstance(shape, MultiPolygon) else [shape]

    def _project(self, positions: Any) -> Any:
        import shapely

        x, y = self._to_degrees.transform(positions[:, 0], positions[:, 1])
        return shapely.get_coordinates(shapely.points(x, y))


def _check_finite(shape: BaseGeometry) -> None:
    if not all(math.isfinite(bound) and abs(bound) <= 180 for bound in shape.bounds):
        raise OutlineFault("not_degrees")


def _simple_ring(part: Polygon) -> Ring:
    """Return the outer ring with no more corners than tell where it runs."""
    import shapely
    from shapely import Polygon

    plane = LocalPlane(LatLon(part.centroid.y, part.centroid.x))
    flat = Polygon([plane.to_xy(LatLon(y, x)) for x, y in part.exterior.coords])
    for tolerance_m in _SIMPLIFY_M:
        simple = shapely.simplify(flat, tolerance_m, preserve_topology=True)
        if len(simple.exterior.coords) <= _RING_POINTS_MAX:
            back = [plane.to_latlon(x, y) for x, y in simple.exterior.coords]
            return largest_ring([Polygon([(at.lon, at.lat) for at in back])])
    raise OutlineFault("too_many_points")


def _text(given: Mapping[str, Any], chosen: str | None, usual: Sequence[str]) -> tuple[str, str]:
    """Return what a property says, and its name: the chosen one, or the first usual one that says something.

    Usual names are found in whatever case they are written.
    """
    lower = {str(name).casefold(): str(name) for name in given}
    for name in (chosen,) if chosen else [lower[name] for name in usual if name in lower]:
        value = given.get(name)
        if isinstance(value, str | int) and str(value).strip():
            plain = "".join(" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in str(value))
            return " ".join(unicodedata.normalize("NFC", plain).split()), name
    return "", ""
