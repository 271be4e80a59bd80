"""The list of closed rounds: by week and day, with counts and gaps, without exact times or anybody's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import groupby

from fieldapp.desk.filters import duration, to_local
from fieldapp.desk.words import _, ngettext
from fieldapp.observations.queries import RecordCounts, counts_by_round
from fieldapp.places.models import Zone
from fieldapp.places.queries import zones_by_id
from fieldapp.rounds.models import Round
from fieldapp.rounds.queries import GapTotal, Walk, closed_rounds, gaps_of_walks, walks_of

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One closed round in a list: a walk, of however many phones."""

    round: Walk
    zone: Zone | None
    counts: RecordCounts
    gaps: GapTotal | None

    @property
    def gap_words(self) -> str:
        """Say how much is unknown: "2 luckor, 34 min"."""
        if self.gaps is None:
            return _("inga luckor")
        count = ngettext("%(num)d lucka", "%(num)d luckor", self.gaps.count)
        return f"{count}, {duration(self.gaps.length)}"


def round_lines(rounds: Sequence[Round]) -> list[RoundLine]:
    """Return rounds as a list shows them: those of one walk as one, where its first one is."""
    by_id = {walk.id: walk for walk in walks_of(rounds).values()}
    walks = [by_id[round_.id] for round_ in rounds if round_.id in by_id]
    counts = counts_by_round([round_.id for walk in walks for round_ in walk.rounds])
    gaps = gaps_of_walks(walks)
    zones = zones_by_id(walk.zone_id for walk in walks if walk.zone_id)
    return [
        RoundLine(
            walk,
            zones.get(walk.zone_id) if walk.zone_id else None,
            _together([counts[round_.id] for round_ in walk.rounds if round_.id in counts]),
            gaps.get(walk.id),
        )
        for walk in walks
    ]


def _together(counts: Sequence[RecordCounts]) -> RecordCounts:
    return RecordCounts(
        observations=sum(one.observations for one in counts),
        damage=sum(one.damage for one in counts),
        calm=sum(one.calm for one in counts),
        presence=sum(one.presence for one in counts),
    )


@dataclass(frozen=True, slots=True)
class RoundWeek:
    """A week of closed rounds, latest day first."""

    monday: date
    days: Sequence[tuple[date, Sequence[RoundLine]]]
    newer: str
    older: str

    @property
    def sunday(self) -> date:
        """Return the week's last day."""
        return self.monday + timedelta(days=6)

    @property
    def count(self) -> int:
        """Return how many rounds the week has."""
        return sum(len(lines) for _day, lines in self.days)


def week_name(day: date) -> str:
    """Write an ISO week as addresses have it: "2025-W47"."""
    year, week, _weekday = day.isocalendar()
    return f"{year:04}-W{week:02}"


def monday_of(name: str, today: date) -> date:
    """Return the Monday of an ISO week; that of today's week when the name is none or of a later one."""
    this = today - timedelta(days=today.weekday())
    try:
        year, week = name.split("-W")
        monday = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        return this
    return min(monday, this) if monday.year >= 2000 else this


def round_week(monday: date, now: datetime, timezone: tzinfo) -> RoundWeek:
    """Return a week's closed rounds by the local day they began on."""
    start = datetime.combine(monday, time(), timezone)
    end = datetime.combine(monday + WEEK, time(), timezone)
    lines = round_lines(closed_rounds(start, end, now))
    days = [
        (day, list(group)) for day, group in groupby(lines, key=lambda line: to_local(line.round.started_at).date())
    ]
    is_this_week = monday + WEEK > now.astimezone(timezone).date()
    newer = "" if is_this_week else week_name(monday + WEEK)
    return RoundWeek(monday, days, newer, week_name(monday - WEEK))
