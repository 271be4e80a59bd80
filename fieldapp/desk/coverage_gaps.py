"""Gaps: of each day why and how long nothing was recorded, in bands, and what may have been seen meanwhile."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from fieldapp.coverage.review import WalkGap, unknown_by_day, walk_gaps
from fieldapp.coverage.rules import PIECE
from fieldapp.desk.coverage_review import Review, ReviewFile
from fieldapp.desk.coverage_words import length_band, target_words
from fieldapp.desk.words import _, gap_reason_word

NAMED_MAX = 12
FIELDS = ("day", "zone", "reason", "gaps", "length_bands", "unknown_targets", "unknown_target_ids")


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """The gaps of a day for one reason; `zone` is empty where those of all zones are told together."""

    reason: str
    zone: str
    count: int
    bands: str


@dataclass(frozen=True, slots=True)
class GapDay:
    """A day with gaps, or with something that is unknown for the sake of one."""

    day: date
    reasons: Sequence[ReasonLine]
    unknown_count: int
    named: Sequence[str]

    @property
    def more(self) -> int:
        """Return how many are unknown beside those that are named."""
        return self.unknown_count - len(self.named)


def gap_days(review: Review) -> list[GapDay]:
    """Return the days of the period that have any, latest first."""
    gaps, unknown = _read(review)
    found = []
    for day in sorted({*gaps, *unknown}, reverse=True):
        ids = unknown.get(day, [])
        first = sorted((review.names[one] for one in ids), key=lambda name: (name.kind == PIECE, name.name))[:NAMED_MAX]
        lines = _lines(review, gaps.get(day, ()), by_zone=False)
        found.append(GapDay(day, lines, len(ids), [target_words(name) for name in first]))
    return found


def _read(review: Review) -> tuple[dict[date, list[WalkGap]], dict[date, list[UUID]]]:
    found = walk_gaps(review.period, review.now, review.timezone, zone_id=review.asked.zone, parts=review.parts)
    gaps: dict[date, list[WalkGap]] = defaultdict(list)
    for gap in found:
        gaps[gap.day].append(gap)
    unknown = {
        day: ids
        for day, targets in unknown_by_day(review.period, review.parts).items()
        if (ids := [one for one in targets if review.is_chosen(one)])
    }
    return gaps, unknown


def _lines(review: Review, gaps: Sequence[WalkGap], *, by_zone: bool) -> list[ReasonLine]:
    grouped: dict[tuple[str, str], list[timedelta]] = defaultdict(list)
    for gap in gaps:
        grouped[gap.reason, review.zone_name(gap.zone_id) if by_zone else ""].append(gap.length)
    return [
        ReasonLine(gap_reason_word(reason), zone, len(lengths), _bands(lengths))
        for (reason, zone), lengths in grouped.items()
    ]


def _bands(lengths: Sequence[timedelta]) -> str:
    """Say how many gaps are in each band, short ones first: "2 × under 5 min, 15–30 min"."""
    counts = Counter(map(length_band, sorted(lengths)))
    return ", ".join(band if count == 1 else f"{count} × {band}" for band, count in counts.items())


def gap_file(review: Review) -> ReviewFile:
    """Return the gaps for a file: a row for each day, zone and reason; what was unknown stands on the day's first row."""
    gaps, unknown = _read(review)
    rows = []
    for day in sorted({*gaps, *unknown}, reverse=True):
        ids = unknown.get(day, [])
        lines = _lines(review, gaps.get(day, ()), by_zone=True) or [ReasonLine("", "", 0, "")]
        for number, line in enumerate(lines):
            told = (len(ids), " ".join(sorted(map(str, ids)))) if number == 0 else (None, None)
            values = (day.isoformat(), line.zone, line.reason, line.count, line.bands, *told)
            rows.append(dict(zip(FIELDS, values, strict=True)))
    return ReviewFile(_("luckor"), FIELDS, rows)
