"""Presence: for how many hours of a week anybody was out and saw something of a zone, in bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from fieldapp.coverage.review import presence_hours
from fieldapp.desk.coverage_review import Review, ReviewFile
from fieldapp.desk.coverage_words import HOUR_BANDS, hour_band
from fieldapp.desk.words import _

FIELDS = ("zone", "week", "hours_band")
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Band:
    """A week of a zone: how many hours, in words, and how full its cell is drawn."""

    words: str
    level: int


@dataclass(frozen=True, slots=True)
class PresenceTable:
    """The weeks of the period, latest first, with a cell for each zone."""

    zones: Sequence[str]
    weeks: Sequence[tuple[date, Sequence[Band]]]


def presence_table(review: Review) -> PresenceTable:
    """Return presence by week and zone, those without a zone last where there are any."""
    hours = presence_hours(review.period, review.now, review.timezone, parts=review.parts)
    zones: list[tuple[UUID | None, str]] = [(zone.id, zone.name) for zone in review.zones_shown]
    if review.asked.zone is None and any(zone_id is None for zone_id, _week in hours):
        zones.append((None, _("utan område")))
    weeks = [
        (monday, [_band(hours.get((zone_id, monday), 0.0)) for zone_id, _name in zones]) for monday in _mondays(review)
    ]
    return PresenceTable([name for _id, name in zones], weeks)


def _mondays(review: Review) -> list[date]:
    monday = review.period.last - timedelta(days=review.period.last.weekday())
    found = []
    while monday + WEEK > review.period.first:
        found.append(monday)
        monday -= WEEK
    return found


def _band(hours: float) -> Band:
    return Band(hour_band(hours), 0 if hours == 0 else min(4, 1 + sum(hours >= bound for bound in HOUR_BANDS[:3])))


def presence_file(review: Review) -> ReviewFile:
    """Return presence for a file."""
    table = presence_table(review)
    rows = []
    for monday, bands in table.weeks:
        year, week, _weekday = monday.isocalendar()
        for zone, band in zip(table.zones, bands, strict=True):
            rows.append(dict(zip(FIELDS, (zone, f"{year:04}-W{week:02}", band.words), strict=True)))
    return ReviewFile(_("närvaro"), FIELDS, rows)
