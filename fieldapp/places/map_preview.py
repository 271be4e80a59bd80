"""What an import of a map would change, for a person to look at: layers of a map, and lines of tables. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from fieldapp.places.imports import TEXT_CHARS_MAX, Fault
from fieldapp.places.map_objects import LEFT_OUT_MAX, Extent, MapFile
from fieldapp.places.map_plan import KnownMap, MapPlan
from fieldapp.places.plan import KnownPlace, PlannedPlace
from fieldapp.places.sentences import counted_word, field_word, ground_word, map_word, path_word, sentence, what_word

DRAWN_MAX = 6_000
"""So many things are drawn; of the rest there are the counts. More would make the page slow to load and no clearer."""
ROWS_SHOWN = 200
_TOUCHED = ("ended", "changed", "resumed", "added")
"""What ends and changes comes before what is new: the new things are many and harmless."""
_DECIMALS = 6
_SAID = frozenset({"map_ref", *TEXT_CHARS_MAX})

Feature = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that changes: what it is called, what becomes of it, and (word, before, after) of what differs."""

    ref: str
    name: str
    word: str
    changes: Sequence[tuple[str, str | None, str | None]] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """All that the page of a preview shows. `counts`: (heading, [(word, count) …]) of what the file speaks of."""

    what: str
    read_as: Sequence[tuple[str, Any]]
    extent: Extent | None
    counts: Sequence[tuple[str, Sequence[tuple[str, int]]]]
    matched: int
    layers: dict[str, Any]
    is_cut: bool
    lines: Sequence[Line]
    rest: int
    left_out: Sequence[tuple[Fault, str]]
    left_out_rest: int


def make_preview(file: MapFile, plan: MapPlan, known: KnownMap, words: dict[str, str]) -> Preview:
    """Return what a person is shown before a yes. `words` has headings: places, paths, zones, ground, epsg, code, name."""
    features = list(islice(_features(plan, known), DRAWN_MAX + 1))
    changed = [*_zone_lines(plan), *_place_lines(plan, known)]
    return Preview(
        what=map_word(file.source),
        read_as=[(words[name], value) for name, value in file.read_as.items()],
        extent=file.extent,
        counts=list(_counts(file, plan, words)),
        matched=plan.places.matched(),
        layers={"plan": {"type": "FeatureCollection", "features": features[:DRAWN_MAX]}},
        is_cut=len(features) > DRAWN_MAX,
        lines=changed[:ROWS_SHOWN],
        rest=max(len(changed) - ROWS_SHOWN, 0),
        left_out=[(fault, sentence(fault)) for fault in file.left_out[:LEFT_OUT_MAX]],
        left_out_rest=max(len(file.left_out) - LEFT_OUT_MAX, 0),
    )


def _counts(file: MapFile, plan: MapPlan, words: dict[str, str]) -> Iterator[tuple[str, Sequence[tuple[str, int]]]]:
    """Yield what the file speaks of with how many become what; what happens to none is not said."""
    if plan.zones:
        yield words["zones"], _some(plan.zone_counts(), counted_word)
    if plan.places.places:
        yield words["places"], _some(plan.places.counts(), counted_word)
    if file.ways or plan.paths.ended:
        yield words["paths"], _some(plan.paths.counts(), lambda what, _count: path_word(what))
    if file.ground or plan.ground.removed:
        yield words["ground"], _some(plan.ground.counts(), lambda what, _count: ground_word(what))


def _some(counts: Mapping[str, int], word: Callable[[str, int], str]) -> list[tuple[str, int]]:
    return [(word(what, count), count) for what, count in counts.items() if count]


def _features(plan: MapPlan, known: KnownMap) -> Iterator[Feature]:
    """Yield what changes: zones, what ends, then what is new; a map that is cut off lacks new things, not ended ones."""
    for zone in plan.zones:
        outline = zone.values.get("outline")
        if zone.what != "unchanged" and outline:
            yield _feature("Polygon", [_rounded(outline)], layer="zone", what=zone.what)
    for gone in plan.paths.ended:
        yield _feature(
            "MultiLineString", [_rounded(line) for line in (gone.line, *gone.branches)], layer="piece", what="ended"
        )
    places = known.things.places
    for what in _TOUCHED:
        for place in plan.places.those(what):
            at = _position(place, places.get(place.external_id))
            if at is not None:
                yield _feature("Point", at, layer="place", what="added" if what == "resumed" else what)
    for new in plan.paths.added:
        lines = [_rounded(line) for line in (new.piece.line, *new.piece.branches)]
        yield _feature("MultiLineString", lines, layer="piece", what="left_out" if new.is_excluded else "added")


def _feature(kind: str, coordinates: Any, **properties: str) -> Feature:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def _rounded(line: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[round(lon, _DECIMALS), round(lat, _DECIMALS)] for lon, lat, *_height in line]


def _position(place: PlannedPlace, there: KnownPlace | None) -> list[float] | None:
    values = {**(there.values if there else {}), **place.values}
    lat, lon = values.get("lat"), values.get("lon")
    return None if lat is None or lon is None else [round(lon, _DECIMALS), round(lat, _DECIMALS)]


def change_words(place: PlannedPlace) -> list[tuple[str, str | None, str | None]]:
    """Return (word, before, after) of what differs in a place; no values for what only a machine reads."""
    words = []
    for key, (before, after) in place.changes.items():
        was_said = "" if before is None and key in _SAID else before
        words.append((field_word(key), _text(was_said), _text(after)))
    return words


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _zone_lines(plan: MapPlan) -> Iterator[Line]:
    for zone in plan.zones:
        if zone.what != "unchanged":
            changes = [(field_word(name), None, None) for name in zone.values] if zone.what == "changed" else []
            yield Line(zone.code, str(zone.values.get("name", "")), what_word(zone.what), changes)


def _place_lines(plan: MapPlan, known: KnownMap) -> Iterator[Line]:
    """Yield the places that change."""
    for what in _TOUCHED:
        for place in plan.places.those(what):
            there = known.things.places.get(place.external_id)
            name = str(place.values.get("name") or (there.values["name"] if there else ""))
            changes = change_words(place)
            yield Line(place.external_id, name, what_word(what), changes)
