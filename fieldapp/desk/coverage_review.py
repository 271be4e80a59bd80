"""What the pages of the review have in common: the filter of the address, the days it means, and who may choose what in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fieldapp.coverage.commands import Period, ReviewCoverage
from fieldapp.coverage.days import PARTS, day_of
from fieldapp.coverage.rules import PIECE, PLACE, STATES
from fieldapp.coverage.states import Standing, states
from fieldapp.coverage.targets import Targets, targets
from fieldapp.desk.coverage_names import Names, target_names
from fieldapp.desk.coverage_words import coverage_state_word, days_since, part_word, target_kind_word
from fieldapp.desk.words import _
from fieldapp.places.models import Zone
from fieldapp.places.queries import zones


@dataclass(frozen=True)
class Review:
    """A page of the review: who asks for what, and what it is about."""

    asked: ReviewCoverage
    now: datetime
    today: date
    timezone: ZoneInfo
    zones: Sequence[Zone]
    targets: Targets
    names: Names

    @property
    def period(self) -> Period:
        """Return the days that are shown."""
        return self.asked.period(self.today)

    @property
    def then(self) -> Period:
        """Return the days that a comparison begins with."""
        return self.asked.then(self.today)

    @property
    def parts(self) -> tuple[str, ...] | None:
        """Return the parts of the day that count; None: all."""
        return (self.asked.part,) if self.asked.part else None

    @cached_property
    def zone_names(self) -> Mapping[UUID, str]:
        """Return the zones' names."""
        return {zone.id: zone.name for zone in self.zones}

    def zone_name(self, zone_id: UUID | None) -> str:
        """Return what a zone is called, or that there is none."""
        return self.zone_names.get(zone_id, "") if zone_id else _("utan område")

    @property
    def zones_shown(self) -> Sequence[Zone]:
        """Return the zones that the filter lets through."""
        return [zone for zone in self.zones if self.asked.zone in {None, zone.id}]

    def standings(self, period: Period) -> list[Standing]:
        """Return how the targets that the filter lets through stand in a period; its state is not looked at."""
        found = states(period.first, period.last, self.parts, zone_id=self.asked.zone)
        kind = self.asked.kind
        if kind is None:
            return list(found.values())
        if kind in {PIECE, PLACE}:
            return [one for one in found.values() if one.target.kind == kind]
        return [one for one in found.values() if self.names[one.target.id].kind == kind]

    def is_chosen(self, target_id: UUID) -> bool:
        """Tell whether the filter lets a target through; its state is not looked at."""
        target = self.targets.by_id.get(target_id)
        if target is None or self.asked.zone not in {None, target.zone_id}:
            return False
        return self.asked.kind in {None, target.kind, self.names[target_id].kind}

    def days_since(self, standing: Standing) -> int | None:
        """Return how many days ago a target was last seen, in the period or not; None: never."""
        at = standing.clock.last_seen_at
        if at not in self._days:  # the same quarter of an hour for many: working out a day takes longer than finding it
            self._days[at] = days_since(standing.clock, self.today, self.timezone)
        return self._days[at]

    @cached_property
    def _days(self) -> dict[datetime | None, int | None]:
        return {}

    @property
    def part_options(self) -> list[tuple[str, str]]:
        """Return the parts of a day to choose from."""
        return [(part, part_word(part)) for part in PARTS]

    @property
    def state_options(self) -> list[tuple[str, str]]:
        """Return the states to choose from."""
        return [(state, coverage_state_word(state)) for state in STATES]

    @property
    def kind_options(self) -> list[tuple[str, str]]:
        """Return the kinds of targets that there are to choose from."""
        kinds = {name.kind for name in self.names.values()} - {PIECE}
        named = sorted(((kind, target_kind_word(kind)) for kind in kinds), key=lambda pair: pair[1])
        return [(PIECE, _("Vägstycken")), (PLACE, _("Alla platser")), *named]


def review(asked: ReviewCoverage, tenant_id: UUID, now: datetime, timezone: str) -> Review:
    """Return what every page of the review begins with."""
    zone = ZoneInfo(timezone)
    found = targets()
    return Review(asked, now, day_of(now, zone), zone, zones(), found, target_names(tenant_id, found))


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """What a page is as a file: its columns, in their order, and its rows."""

    name: str
    fields: tuple[str, ...]
    rows: Sequence[Row]
