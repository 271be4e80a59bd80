"""Cut shapes into vector tiles. Pure.

Tiles are those of the Mapbox Vector Tile specification 2.1 in the usual square grid (Web Mercator, EPSG:3857 scaled to
0..1). A shape is simplified to a quarter of a pixel of its zoom, clipped to the tile and a little beyond, and left out where
it would be smaller than can be seen. The same shapes in the same order give the same bytes.
"""

from __future__ import annotations

import gzip
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from shapely.geometry.base import BaseGeometry

EXTENT = 4096
"""Units along the side of a tile."""
PIXEL = EXTENT // 512
"""Units a pixel has where the tile is drawn at its own size."""
BUFFER = 8 * PIXEL
"""How far shapes reach over the edge, so that lines join and outlines are not seen at it."""
SIMPLIFIED = PIXEL / 4
AREA_MIN = 2 * PIXEL * PIXEL
LENGTH_MIN = 2 * PIXEL

Box = tuple[float, float, float, float]
"""west, south, east, north in degrees."""
TileAt = tuple[int, int, int]
"""zoom, column, row (from the north)."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Shapes of one layer, in degrees, each with its properties; seen from `zoom_min` on, named from `name_zoom_min` on."""

    name: str
    zoom_min: int
    shapes: Sequence[BaseGeometry]
    properties: Sequence[Mapping[str, Any]]
    name_zoom_min: int = 0


def _none() -> np.ndarray[Any, Any]:
    import numpy as np

    return np.empty(0, object)


@dataclass(slots=True)
class _Projected:
    layer: Layer
    shapes: np.ndarray[Any, Any] = field(default_factory=_none)


def make_tiles(layers: Sequence[Layer], box: Box, zooms: Sequence[int]) -> Iterator[tuple[TileAt, bytes]]:
    """Yield the tiles that are not empty, each gzipped, by zoom, column and row."""
    projected = [_Projected(layer, _project(layer.shapes)) for layer in layers if len(layer.shapes)]
    for zoom in zooms:
        scale = 2**zoom * EXTENT
        ready = [(one.layer, *_simplified(one, zoom, scale)) for one in projected if zoom >= one.layer.zoom_min]
        for column, row in _columns_and_rows(box, zoom):
            content = _tile(ready, zoom, column, row)
            if content:
                yield (zoom, column, row), gzip.compress(content, 9, mtime=0)


def mercator(lonlat: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Project positions `[lon, lat]` in degrees to the unit square, y from the north (EPSG:3857, scaled)."""
    import numpy as np

    lat = np.radians(lonlat[:, 1])
    x = lonlat[:, 0] / 360 + 0.5
    y = 0.5 - np.arcsinh(np.tan(lat)) / (2 * math.pi)
    return np.column_stack((x, y))


def _project(shapes: Sequence[BaseGeometry]) -> np.ndarray[Any, Any]:
    import numpy as np
    import shapely

    array = np.empty(len(shapes), object)
    array[:] = list(shapes)
    return np.asarray(shapely.transform(array, mercator))


def _columns_and_rows(box: Box, zoom: int) -> Iterator[tuple[int, int]]:
    import numpy as np

    west, south, east, north = box
    (left, top), (right, bottom) = mercator(np.array([[west, north], [east, south]])) * 2**zoom
    for column in range(int(left), int(right) + 1):
        for row in range(int(top), int(bottom) + 1):
            yield column, row


def _simplified(one: _Projected, zoom: int, scale: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], Any]:
    """Return what of a layer is seen at a zoom in units of that zoom: shapes, their indices, and a tree over them."""
    import numpy as np
    import shapely

    scaled = shapely.transform(one.shapes, lambda xy: xy * scale)
    simple = shapely.make_valid(shapely.simplify(scaled, SIMPLIFIED, preserve_topology=True))
    is_area = shapely.get_dimensions(simple) == 2
    is_seen = np.where(is_area, shapely.area(simple) >= AREA_MIN, shapely.length(simple) >= LENGTH_MIN)
    indices = np.flatnonzero(is_seen)
    kept = simple[indices]
    return kept, indices, shapely.STRtree(kept)


def _tile(ready: Sequence[tuple[Layer, Any, Any, Any]], zoom: int, column: int, row: int) -> bytes:
    import numpy as np
    import shapely

    left, top = column * EXTENT, row * EXTENT
    frame = shapely.box(left - BUFFER, top - BUFFER, left + EXTENT + BUFFER, top + EXTENT + BUFFER)
    found = []
    for layer, shapes, indices, tree in ready:
        hits = np.sort(tree.query(frame, predicate="intersects"))
        if not len(hits):
            continue
        clipped = shapely.intersection(shapes[hits], frame)
        placed = shapely.transform(clipped, lambda xy: np.rint(xy - (left, top)))
        features = [
            {"geometry": part, "properties": _properties(layer, int(indices[hit]), zoom)}
            for hit, shape in zip(hits, placed, strict=True)
            if (part := _drawn(shape)) is not None
        ]
        if features:
            found.append({"name": layer.name, "features": features})
    if not found:
        return b""
    import mapbox_vector_tile  # type: ignore[import-untyped]  # with protobuf; only the worker makes tiles

    options = {"y_coord_down": True, "extents": EXTENT, "on_invalid_geometry": shapely.make_valid}
    return bytes(mapbox_vector_tile.encode(found, default_options=options))


def _properties(layer: Layer, index: int, zoom: int) -> dict[str, Any]:
    given = layer.properties[index]
    return {key: value for key, value in given.items() if value and (key != "name" or zoom >= layer.name_zoom_min)}


def _drawn(shape: BaseGeometry) -> BaseGeometry | None:
    """Return what of a clipped shape can be drawn: of a mixture the parts of its highest dimension."""
    import shapely

    if shape.is_empty or shapely.get_dimensions(shape) == 0:
        return None
    if shape.geom_type != "GeometryCollection":
        return shape
    highest = shapely.get_dimensions(shape)
    parts = [part for part in shapely.get_parts(shape) if shapely.get_dimensions(part) == highest]
    joined = shapely.union_all(parts)
    return None if joined.geom_type == "GeometryCollection" else joined
