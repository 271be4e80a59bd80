"""Put tiles into one PMTiles file (version 3), and say in which parts it is fetched. Pure.

The first part holds header and directory, each further one a tile: when a house is added, a phone fetches the directory and
the few tiles it stands in. A part is known by its hash, so that one a phone has is never fetched again.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from fieldapp.pack.tiles import Box, TileAt

HASH_CHARS = 32
"""128 bits: parts are told apart within one tenant's packs."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a pack, as its parts in their order."""

    name: str
    parts: Sequence[bytes]

    def listing(self) -> dict[str, object]:
        """Return how the manifest names it."""
        return {"name": self.name, "parts": [[hash_of(part), len(part)] for part in self.parts]}


def hash_of(content: bytes) -> str:
    """Return what a part is known by."""
    return hashlib.sha256(content).hexdigest()[:HASH_CHARS]


def tile_archive(name: str, tiles: Sequence[tuple[TileAt, bytes]], box: Box, attribution: str = "") -> File:
    """Return the PMTiles file of tiles, none of them empty."""
    ordered = sorted((zxy_to_tileid(*at), content) for at, content in tiles)
    written = io.BytesIO()
    writer: Any = Writer(written)  # type: ignore[no-untyped-call]
    for tile_id, content in ordered:
        writer.write_tile(tile_id, content)
    writer.finalize(_header(tiles, box), {"attribution": attribution})
    whole = written.getvalue()
    # The writer keeps each content once, in the order in which it first came.
    contents = list(dict.fromkeys(content for _tile_id, content in ordered))
    directory = len(whole) - sum(map(len, contents))
    return File(name, [whole[:directory], *contents])


def _header(tiles: Sequence[tuple[TileAt, bytes]], box: Box) -> dict[str, object]:
    west, south, east, north = (round(degrees * 10_000_000) for degrees in box)
    zooms = [zoom for (zoom, _column, _row), _content in tiles]
    return {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": max(zooms),
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
