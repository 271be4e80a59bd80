"""What a map file gives, whatever its format: places, walked ways, zones, and what in it cannot be used. Pure values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fieldapp.places.commands import Ring
from fieldapp.places.imports import Fault
from fieldapp.places.network import Way

LEFT_OUT_MAX = 100
"""So many objects left out are named; of the rest there is the count."""
POSITIONS_MAX = 300_000
"""Of all walked ways together: a city's whole network has no more, and the pieces are made of them where others wait."""
GROUND_POSITIONS_MAX = 1_500_000
"""Of all shapes of the ground together."""

Extent = tuple[float, float, float, float]
"""west, south, east, north in degrees."""


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A place on a map. `ref` is its identity for ever, `parent` another's; `address` has fields of a register's place."""

    ref: str
    kind: str
    name: str
    lat: float
    lon: float
    outline: Ring | None = None
    parent: str | None = None
    address: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapZone:
    """A supervisor's area as a file gives it."""

    code: str
    name: str
    outline: Ring


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape of the ground. `lines`: `[[[lon, lat] …]]`, one line; of an area its outline, and after it the holes."""

    ref: str
    kind: str
    name: str
    lines: list[list[list[float]]]


@dataclass(frozen=True, slots=True)
class MapFile:
    """A map file as it was read.

    `faults` refuse the file. `left_out` are objects that could not be used, each with its reason, while the rest can:
    nobody at the desk can mend somebody else's map. `extent` is what the file says to be all of; where it is None, an
    absence means nothing.
    """

    source: str
    places: Sequence[MapPlace] = ()
    ways: Sequence[Way] = ()
    zones: Sequence[MapZone] = ()
    ground: Sequence[Shape] = ()
    extent: Extent | None = None
    faults: Sequence[Fault] = ()
    left_out: Sequence[Fault] = ()
    read_as: Mapping[str, Any] = field(default_factory=dict)
    """How it was understood where a file may mean several things: of zones the EPSG, and the fields of code and name."""


def printable(words: str, chars_max: int = 200) -> str:
    """Return what a library says as one line of text that can be shown."""
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:chars_max]


def refused(source: str, code: str, **facts: object) -> MapFile:
    """Return a file that cannot be used as a whole."""
    return MapFile(source, faults=[Fault(0, "", code, facts)])


def within(extent: Extent, lon: float, lat: float) -> bool:
    """Tell whether a position lies in an extent."""
    west, south, east, north = extent
    return west <= lon <= east and south <= lat <= north
