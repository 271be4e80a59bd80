"""Segments of fixes become bins by the engine: pieces walked, places visited, and when positions were heard at all.

What comes out names pieces, places and quarters of an hour; no position.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np

from fieldapp.coverage import engine
from fieldapp.coverage.ground import Floats, Ints, to_plane
from fieldapp.coverage.steps import SILENT_MS
from fieldapp.coverage.ways import Ways

log = logging.getLogger("fieldapp.coverage")
VERSION = engine.VERSION
MICRODEG = 1e6
Heard = list[list[Any]]


@dataclass(slots=True)
class Folded:
    """What one segment says: (piece, bin, share), (place, bin), and from when to when positions came, with the ends' pieces."""

    pieces: list[tuple[UUID, int, float]] = field(default_factory=list)
    places: list[tuple[UUID, int]] = field(default_factory=list)
    heard: Heard = field(default_factory=list)


def fold_columns(segments: Sequence[Mapping[str, Any]], ways: Ways) -> list[Folded]:
    """Fold segments as phones send them (`rounds.track.COLUMNS`), each alone.

    One that the engine fails on says nothing, and keeps no other out.
    """
    try:
        return _fold([fixes_of(columns, ways) for columns in segments], ways)
    except Exception as error:
        if len(segments) == 1:
            log.error("a segment could not be folded", exc_info=type(error)("of a segment"))
            return [Folded()]
    return [fold_columns([columns], ways)[0] for columns in segments]


def fixes_of(columns: Mapping[str, Any], ways: Ways) -> engine.Fixes:
    """Return the fixes of a segment's columns on the plane of the network."""
    t = columns["t0"] + np.cumsum(np.array(columns["dt"], np.int64))
    lat = (columns["lat0"] + np.cumsum(np.array(columns["dlat"], np.int64))) / MICRODEG
    lon = (columns["lon0"] + np.cumsum(np.array(columns["dlon"], np.int64))) / MICRODEG
    accuracy_m = np.array([np.nan if value is None else value / 10 for value in columns["acc"]], float)
    return engine.Fixes(t, to_plane(ways.plane, np.column_stack([lon, lat])), accuracy_m, columns["carried"])


def _fold(segments: Sequence[engine.Fixes], ways: Ways) -> list[Folded]:
    ready = [engine.in_order(fixes) for fixes in segments]
    found = [Folded(heard=_heard(t, xy, ways)) for t, xy, _sd in ready]
    if not ready:
        return found
    begins = np.concatenate([[0], np.cumsum([len(t) for t, _xy, _sd in ready])]).astype(np.int64)
    t, xy, sd = (np.concatenate([one[column] for one in ready]) for column in range(3))
    for number, place, at in ways.spots.visits(begins, t, xy, sd):
        found[number].places.append((place, at))
    if ways.network is not None:
        until = np.array([engine.carried_until(fixes) for fixes in segments], np.int64)
        walked = engine.fold_columns(begins, until, t, xy, sd, ways.network)
        for number, piece, at, share in zip(*(column.tolist() for column in walked), strict=True):
            found[number].pieces.append((ways.piece_ids[piece], at, share))
    return found


def _heard(t: Ints, xy: Floats, ways: Ways) -> Heard:
    """Return the times without a silence in them, each with what is nearest to its two ends."""
    if not len(t):
        return []
    after = np.flatnonzero(np.diff(t) > SILENT_MS)
    firsts, lasts = np.concatenate([[0], after + 1]), np.concatenate([after, [len(t) - 1]])
    return [
        [int(t[first]), _name(ways, xy[first]), int(t[last]), _name(ways, xy[last])]
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    ]


def _name(ways: Ways, xy: Floats) -> str | None:
    nearest = ways.nearest(float(xy[0]), float(xy[1]))
    return None if nearest is None else str(nearest)
