"""What the first page tells: today's rounds, counts, what waits for a person, and places not seen for long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from fieldapp.access.permissions import Permission, is_permitted
from fieldapp.access.queries import count_troubled_devices
from fieldapp.access.roles import Actor
from fieldapp.coverage.queries import ZoneClock, zone_clocks
from fieldapp.damage.queries import OpenCases, count_open_cases
from fieldapp.desk.round_list import RoundLine, round_lines
from fieldapp.observations.queries import ObservationFilter, RecordCounts, count_records
from fieldapp.places.models import Zone
from fieldapp.places.queries import zones
from fieldapp.rounds.queries import closed_rounds, count_open_rounds

UNSEEN_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Today:
    """The first page. What the reader may not see is None."""

    now: datetime
    day_start: datetime
    open_round_count: int
    closed_round_count: int
    counts: RecordCounts
    cases: OpenCases
    review_count: int
    troubled_device_count: int | None
    rounds: Sequence[RoundLine] | None
    rounds_yesterday: Sequence[RoundLine] | None
    unseen: Sequence[tuple[Zone, ZoneClock]] | None


def today(actor: Actor, now: datetime, timezone: tzinfo) -> Today:
    """Return today as `actor` may see it, in a number of queries that does not grow."""
    local = now.astimezone(timezone)
    start = datetime.combine(local.date(), time(), timezone)
    before = datetime.combine(local.date() - timedelta(days=1), time(), timezone)
    may_list = is_permitted(actor, Permission.ROUND_LIST)
    closed = closed_rounds(before, now + timedelta(minutes=1), now)
    lines = round_lines(closed) if may_list else []
    return Today(
        now=now,
        day_start=start,
        open_round_count=count_open_rounds(now),
        closed_round_count=len({round_.walk_id for round_ in closed if round_.started_at >= start}),
        counts=count_records(ObservationFilter(from_at=start, state="recorded")),
        cases=count_open_cases(now),
        review_count=count_records(ObservationFilter(needs_review=True, state="recorded")).total,
        troubled_device_count=count_troubled_devices(now) if is_permitted(actor, Permission.DEVICES_MANAGE) else None,
        rounds=[line for line in lines if line.round.started_at >= start] if may_list else None,
        rounds_yesterday=[line for line in lines if line.round.started_at < start] if may_list else None,
        unseen=_unseen() if is_permitted(actor, Permission.PLACES_VIEW) else None,
    )


def _unseen() -> Sequence[tuple[Zone, ZoneClock]]:
    clocks = zone_clocks(UNSEEN_SHOWN)
    return [(zone, clocks[zone.id]) for zone in zones() if zone.id in clocks]
