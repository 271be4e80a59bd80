"""Read the walked ways of the national road database (NVDB) from a GeoPackage, in whatever EPSG its layers are.

Layers are known by how their names end: foot and cycle ways (`GCM_vagtyp`), their light (`GCM_belyst`), and streets
(`Gatutyp`). A way lies on a part of its element, from one measure to another, 0 to 1; light does too.
"""

from __future__ import annotations

import io
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fieldapp.places.imports import Fault
from fieldapp.places.map_objects import POSITIONS_MAX, MapFile, printable, refused
from fieldapp.places.network import Way

# GDAL and PROJ take forty megabytes: they are loaded by the process that reads a file, not by the server.
if TYPE_CHECKING:
    import pyproj

BYTES_MAX = 64 * 1024 * 1024
WAYS_MAX = 30_000
SOURCE = "nvdb"
_VALID_FOR_EVER = 99991231
_WALKED = {
    "GCM_vagtyp": ("Gcm_typ", frozenset({"Cykelfält", "Cykelbana"})),
    "Gatutyp": ("Typ", frozenset({"Huvudgata", "Genomfartsled", "Motorväg", "Motortrafikled"})),
}
"""Of each layer the column that says what a way is, and what of that nobody walks on."""
_APPLICATION = slice(68, 72)
_APPLICATIONS = frozenset({b"GPKG", b"GP10", b"GP11"})
"""What a GeoPackage has in the head of its SQLite file (OGC 12-128r19, requirement 2), now and in older versions."""
_IN_MEMORY = re.compile(r"'?/vsimem/[^\s']*'?:?\s*")
_ELEMENT_CHARS_MAX = 58
_MEASURES = ("ELEMENT_ID", "START_MEASURE", "END_MEASURE")
Span = tuple[float, float]


def is_geopackage(raw: bytes) -> bool:
    """Tell whether bytes look like a GeoPackage."""
    return raw.startswith(b"SQLite format 3\x00")


def warm_up() -> None:
    """Have GDAL and PROJ open what they ever need: a small package is written and read in memory."""
    import pyogrio
    import pyproj

    made = io.BytesIO()
    _write(made)
    pyogrio.raw.read(made.getvalue(), layer="x")
    pyproj.Transformer.from_crs(3006, 4326, always_xy=True).transform(500_000.0, 6_400_000.0)


def _write(target: io.BytesIO) -> None:
    import numpy as np
    import pyogrio
    import shapely
    from shapely import LineString

    shapes = shapely.to_wkb(np.array([LineString([(500_000, 6_400_000), (500_001, 6_400_001)])], dtype=object))
    pyogrio.raw.write(target, shapes, [], [], layer="x", driver="GPKG", geometry_type="LineString", crs="EPSG:3006")


def read_nvdb(raw: bytes) -> MapFile:
    """Read the foot ways and quiet streets of a GeoPackage."""
    import pyogrio
    import pyproj
    import shapely

    if len(raw) > BYTES_MAX:
        return refused(SOURCE, "too_large", megabytes=BYTES_MAX // 1024 // 1024)
    if raw[_APPLICATION] not in _APPLICATIONS:
        return refused(SOURCE, "no_geopackage")
    with warnings.catch_warnings():
        # A file that is read alone needs no log of what others write to it.
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            return _read(raw)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FieldError) as error:
            return refused(SOURCE, "broken_map", message=_plain(error))
        except (shapely.errors.GEOSException, pyproj.exceptions.ProjError, ValueError, TypeError) as error:
            return refused(SOURCE, "broken_map", message=_plain(error))


def _plain(error: Exception) -> str:
    """Return what a library says, without the name that the file has in memory."""
    return printable(_IN_MEMORY.sub("", str(error)))


def _read(raw: bytes) -> MapFile:
    import pyogrio

    names = {str(name) for name, _kind in pyogrio.list_layers(raw)}
    walked = {end: name for end in _WALKED for name in sorted(names) if name.endswith(end)}
    if not walked:
        return refused(SOURCE, "no_network_layer")
    if sum(int(pyogrio.read_info(raw, layer=name)["features"]) for name in walked.values()) > WAYS_MAX:
        return refused(SOURCE, "too_many_ways", ways=WAYS_MAX)
    lit = _lit_spans(raw, names)
    ways: list[Way] = []
    left_out: list[Fault] = []
    for end, layer in sorted(walked.items()):
        column, not_walked = _WALKED[end]
        for element, span, kind, line in _rows(raw, layer, column):
            if kind in not_walked:
                continue
            if line is None:
                left_out.append(Fault(0, element, "no_line"))
            else:
                ways.append(Way(f"{SOURCE}:{element}", line, _is_lit(span, lit[element])))
    if not ways:
        return refused(SOURCE, "nothing_found")
    if sum(len(way.line) for way in ways) > POSITIONS_MAX:
        return refused(SOURCE, "too_many_positions", positions=POSITIONS_MAX)
    return MapFile(SOURCE, ways=sorted(ways, key=lambda way: (way.ref, way.line)), left_out=left_out)


def _rows(raw: bytes, layer: str, column: str) -> Iterator[tuple[str, Span, str, list[list[float]] | None]]:
    """Yield element, its span, what it is, and its line in degrees, of each way that is in force."""
    from shapely import LineString

    fields, shapes, to_degrees = _table(raw, layer, (*_MEASURES, "VALID_TO", column))
    columns = zip(*(fields[name] for name in (*_MEASURES, "VALID_TO", column)), strict=True)
    for (element, start, end, valid_to, kind), shape in zip(columns, shapes, strict=True):
        if int(valid_to) != _VALID_FOR_EVER:
            continue
        line = None
        if isinstance(shape, LineString) and len(shape.coords) > 1:
            x, y = to_degrees.transform(*shape.xy)
            line = [[round(lon, 7), round(lat, 7)] for lon, lat in zip(x, y, strict=True)]
            if not all(abs(lon) <= 180 and abs(lat) <= 90 for lon, lat in line):
                line = None
        yield printable(str(element), _ELEMENT_CHARS_MAX), (float(start), float(end)), str(kind), line


def _table(raw: bytes, layer: str, names: Sequence[str]) -> tuple[Mapping[str, Any], Any, pyproj.Transformer]:
    """Read some columns of a layer.

    Raises:
        FieldError: it has not all of them.
    """
    import pyogrio
    import pyproj
    import shapely

    meta, _ids, geometry, columns = pyogrio.raw.read(raw, layer=layer, columns=list(names))
    fields = dict(zip(meta["fields"], columns, strict=True))
    if missing := [name for name in names if name not in fields]:
        raise pyogrio.errors.FieldError(f"{layer}: {', '.join(missing)}")
    if not meta["crs"]:
        raise pyogrio.errors.DataLayerError(f"{layer}: no coordinate system")
    return fields, shapely.from_wkb(geometry), pyproj.Transformer.from_crs(meta["crs"], 4326, always_xy=True)


def _lit_spans(raw: bytes, names: set[str]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for layer in sorted(names):
        if layer.endswith("GCM_belyst"):
            fields, _shapes, _to_degrees = _table(raw, layer, _MEASURES)
            for element, start, end in zip(*(fields[name] for name in _MEASURES), strict=True):
                found[str(element)].append((float(start), float(end)))
    return found


def _is_lit(span: Span, lit: Sequence[Span]) -> bool:
    """Tell whether more than half of a way has light."""
    start, end = span
    return sum(max(0.0, min(end, b) - max(start, a)) for a, b in lit) * 2 > end - start
