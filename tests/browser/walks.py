"""Where a host walks in a test: fixes with their times, from a recorded walk where there is one, else from the generator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from defusedxml import ElementTree

from fieldapp.demonstration.district import make_district
from fieldapp.demonstration.walks import walk_round

RECORDED = "gpx/goteborg_walk_tram_2008.gpx"
BREAKS = (timedelta(minutes=70), timedelta(minutes=172))
BREAK_MIN = timedelta(minutes=30)
STEP = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Fix:
    """A position in degrees (WGS 84) and when it was taken."""

    lat: float
    lon: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk in parts; between them the phone knew nothing."""

    parts: Sequence[Sequence[Fix]]

    @property
    def begins_at(self) -> datetime:
        """Return the time of the first fix."""
        return self.parts[0][0].at

    def ending_at(self, moment: datetime) -> Walk:
        """Return the same walk, moved so that its last part begins at a moment."""
        shift = moment - self.parts[-1][0].at
        return Walk([[replace(fix, at=fix.at + shift) for fix in part] for part in self.parts])


def walk_for_tests(shared: Path | None) -> Walk:
    """Return a walk of three parts with breaks of about 70 and 172 minutes: the recorded one if it is there."""
    recorded = shared / RECORDED if shared is not None else None
    fixes = list(_read_gpx(recorded)) if recorded is not None and recorded.is_file() else _generated()
    return Walk([list(_thinned(part)) for part in _parts(fixes)])


def _read_gpx(path: Path) -> Iterator[Fix]:
    for element in ElementTree.parse(path).iter():
        if element.tag.endswith("trkpt"):
            time = next(child.text for child in element if child.tag.endswith("time"))
            yield Fix(float(element.attrib["lat"]), float(element.attrib["lon"]), datetime.fromisoformat(str(time)))


def _generated() -> list[Fix]:
    """Walk the generated district with a phone that always hears, and stand still as long as the recorded walk did, twice."""
    district = make_district(seed=7)
    start = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    walk = walk_round(district, district.zones[0].code, start, duration_s=1800.0, seed=7)
    walked = [
        Fix(fix.position.lat, fix.position.lon, start + number * STEP) for number, fix in enumerate(walk.fixes[::3])
    ]
    first, last = BREAKS
    return [
        *walked[:2],
        *(replace(fix, at=fix.at + first) for fix in walked[2:-2]),
        *(replace(fix, at=fix.at + first + last) for fix in walked[-2:]),
    ]


def _parts(fixes: Sequence[Fix]) -> Iterator[list[Fix]]:
    part = [fixes[0]]
    for before, fix in pairwise(fixes):
        if fix.at - before.at > BREAK_MIN:
            yield part
            part = []
        part.append(fix)
    yield part


def _thinned(fixes: Iterable[Fix]) -> Iterator[Fix]:
    """Leave out fixes that come sooner than `STEP` after the one before, but never the first two."""
    kept: list[Fix] = []
    for fix in fixes:
        if len(kept) < 2 or fix.at - kept[-1].at >= STEP:
            kept.append(fix)
    return iter(kept)
