"""A map file as bytes between two processes, and while it waits for a yes. Pure.

What is read back is believed in nothing: whoever wrote it may have met a stranger's file.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fieldapp.places.geometry import POINTS_MAX
from fieldapp.places.ground import GROUND_KINDS
from fieldapp.places.imports import EXTERNAL_ID_CHARS_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX, Fault
from fieldapp.places.kinds import PLACE_KINDS
from fieldapp.places.map_objects import (
    GROUND_POSITIONS_MAX,
    POSITIONS_MAX,
    Extent,
    MapFile,
    MapPlace,
    MapZone,
    Shape,
)
from fieldapp.places.network import Way

BYTES_MAX = 96 * 1024 * 1024
THINGS_MAX = 100_000
_CODE_CHARS_MAX = 40
_WORDS_CHARS_MAX = 600


class WireFault(ValueError):
    """The bytes are not those of a map file."""


def write_map(file: MapFile) -> bytes:
    """Return a map file as bytes."""
    # One by one: a copy of all of it at once would need its memory twice more.
    written = {
        "source": file.source,
        "places": [asdict(place) | {"address": dict(place.address)} for place in file.places],
        "ways": [[way.ref, way.line, way.is_lit] for way in file.ways],
        "zones": [[zone.code, zone.name, zone.outline] for zone in file.zones],
        "ground": [[shape.ref, shape.kind, shape.name, shape.lines] for shape in file.ground],
        "extent": file.extent,
        "faults": [_fault_as_list(fault) for fault in file.faults],
        "left_out": [_fault_as_list(fault) for fault in file.left_out],
        "read_as": dict(file.read_as),
    }
    return json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def read_back(raw: bytes) -> MapFile:
    """Return the map file that bytes are of.

    Raises:
        WireFault: they are of none, or of one that no reader makes.
    """
    try:
        given = json.loads(raw)
        if sum(len(line) for _ref, line, _is_lit in given["ways"]) > POSITIONS_MAX:
            raise ValueError("too many positions")
        if sum(len(line) for *_said, lines in given["ground"] for line in lines) > GROUND_POSITIONS_MAX:
            raise ValueError("too many positions of the ground")
        return MapFile(
            _text(given["source"], 16),
            [_place(one) for one in _list(given["places"])],
            [Way(_text(ref, 64), _line(line), _bool(is_lit)) for ref, line, is_lit in _list(given["ways"])],
            [
                MapZone(_text(code, _CODE_CHARS_MAX), _text(name, NAME_CHARS_MAX), _ring(outline))
                for code, name, outline in _list(given["zones"])
            ],
            [_shape(*one) for one in _list(given["ground"])],
            extent=None if given["extent"] is None else _extent(given["extent"]),
            faults=[_fault(one) for one in _list(given["faults"])],
            left_out=[_fault(one) for one in _list(given["left_out"])],
            read_as=_facts(given["read_as"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WireFault(repr(error)[:200]) from error


def _fault_as_list(fault: Fault) -> list[Any]:
    return [fault.line, fault.column, fault.code, dict(fault.facts)]


def _place(given: Mapping[str, Any]) -> MapPlace:
    address = {name: _text(text, TEXT_CHARS_MAX[name]) for name, text in given["address"].items()}
    if given["kind"] not in PLACE_KINDS:
        raise ValueError("no kind of place")
    [[lon, lat]] = _positions([[given["lon"], given["lat"]]])
    return MapPlace(
        _text(given["ref"], EXTERNAL_ID_CHARS_MAX),
        given["kind"],
        _text(given["name"], NAME_CHARS_MAX),
        lat,
        lon,
        None if given["outline"] is None else _ring(given["outline"]),
        None if given["parent"] is None else _text(given["parent"], EXTERNAL_ID_CHARS_MAX),
        address,
    )


def _shape(ref: Any, kind: Any, name: Any, lines: Any) -> Shape:
    if kind not in GROUND_KINDS:
        raise ValueError("no kind of ground")
    if not lines:
        raise ValueError("no line")
    return Shape(_text(ref, 64), kind, _text(name, NAME_CHARS_MAX), [_line(line) for line in _list(lines)])


def _fault(given: Sequence[Any]) -> Fault:
    line, column, code, facts = given
    if not isinstance(line, int) or line < 0:
        raise ValueError("no line")
    return Fault(line, _text(column, _WORDS_CHARS_MAX), _text(code, _CODE_CHARS_MAX), _facts(facts))


def _facts(given: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for name, value in given.items():
        if not isinstance(value, int | float | str) or len(str(value)) > _WORDS_CHARS_MAX:
            raise ValueError("no fact")
        facts[_text(name, _CODE_CHARS_MAX)] = value
    return facts


def _text(given: Any, chars_max: int) -> str:
    if not isinstance(given, str) or len(given) > chars_max:
        raise ValueError("no text, or too long a one")
    if any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in given):
        raise ValueError("not on one line")
    return given


def _bool(given: Any) -> bool:
    if not isinstance(given, bool):
        raise TypeError("neither yes nor no")
    return given


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list) or len(given) > THINGS_MAX:
        raise ValueError("no list, or too long a one")
    return given


def _positions(given: Any) -> list[list[float]]:
    found = []
    for position in _list(given):
        lon, lat = (float(number) for number in position)
        # Not a number is in no range.
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError("no position")
        found.append([lon, lat])
    return found


def _line(given: Any) -> list[list[float]]:
    if len(given) < 2:
        raise ValueError("no line")
    return _positions(given)


def _ring(given: Any) -> list[list[float]]:
    ring = _positions(given)
    if not 4 <= len(ring) <= POINTS_MAX or ring[0] != ring[-1]:
        raise ValueError("no ring")
    return ring


def _extent(given: Any) -> Extent:
    [[west, south], [east, north]] = _positions([given[:2], given[2:]])
    if west > east or south > north:
        raise ValueError("no box")
    return (west, south, east, north)
