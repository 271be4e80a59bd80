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
from fieldapp.coverage.past import LastDay, last_days
from fieldapp.coverage.rules import BY_AGE, BY_MAYBE, PIECE, PLACE, SEEN, STATES, UNSEEN
from fieldapp.coverage.states import Standing, states
from fieldapp.coverage.targets import Targets, targets
from fieldapp.desk.coverage_names import Names, target_names
from fieldapp.desk.coverage_words import coverage_state_word, part_word, target_kind_word
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

    @cached_property
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
        if period not in self._standings:
            self._standings[period] = self._read(period)
        return self._standings[period]

    @cached_property
    def _standings(self) -> dict[Period, list[Standing]]:
        return {}

    def _read(self, period: Period) -> list[Standing]:
        found = states(period.first, period.last, self.parts, zone_id=self.asked.zone)
        kind = self.asked.kind
        if kind is None:
            return list(found.values())
        if kind in {PIECE, PLACE}:
            return [one for one in found.values() if one.target.kind == kind]
        return [one for one in found.values() if self.names[one.target.id].kind == kind]

    def is_in_state(self, state: str) -> bool:
        """Tell whether the filter lets a state through."""
        return self.asked.state in {None, state} or (self.asked.state == UNSEEN and state != SEEN)

    def is_chosen(self, target_id: UUID) -> bool:
        """Tell whether the filter lets a target through; its state is not looked at."""
        target = self.targets.by_id.get(target_id)
        if target is None or self.asked.zone not in {None, target.zone_id}:
            return False
        return self.asked.kind in {None, target.kind, self.names[target_id].kind}

    @cached_property
    def is_past(self) -> bool:
        """Tell whether the period ended before today: then ages are of its end."""
        return self.period.last < self.today

    def last_seen_on(self, standing: Standing) -> date | None:
        """Return the day on which a target was last seen up to the end of the period, before it or in it; None: never."""
        day = self._day_of(standing.clock.last_seen_at)
        if day is None or day <= self.period.last or not self.is_past:
            return day
        before = self._last_days.get(standing.target.id)
        return None if before is None else before.day

    def days_since(self, standing: Standing) -> int | None:
        """Return how many days before the end of the period, or before today, a target was last seen; None: never."""
        day = self.last_seen_on(standing)
        return None if day is None else max(0, (min(self.today, self.period.last) - day).days)

    def is_age_inherited(self, standing: Standing) -> bool:
        """Tell whether only what ran there before a target was seen then."""
        before = self._last_days.get(standing.target.id) if self.is_past else None
        return standing.clock.is_inherited if before is None else before.is_inherited

    @cached_property
    def _last_days(self) -> Mapping[UUID, LastDay]:
        """Return when what was seen after the period was last seen before its end."""
        later = [
            one.target.id
            for one in self.standings(self.period)
            if (day := self._day_of(one.clock.last_seen_at)) is not None and day > self.period.last
        ]
        return last_days(self.period.last, later, self.timezone) if later else {}

    def _day_of(self, at: datetime | None) -> date | None:
        if at is None:
            return None
        if at not in self._days:  # the same quarter of an hour for many: working out a day takes longer than finding it
            self._days[at] = day_of(at, self.timezone)
        return self._days[at]

    @cached_property
    def _days(self) -> dict[datetime, date]:
        return {}

    @property
    def part_options(self) -> list[tuple[str, str]]:
        """Return the parts of a day to choose from."""
        return [(part, part_word(part)) for part in PARTS]

    @property
    def state_options(self) -> list[tuple[str, str]]:
        """Return the states to choose from."""
        return [(UNSEEN, _("inte säkert sedd")), *((state, coverage_state_word(state)) for state in STATES)]

    @property
    def order_options(self) -> list[tuple[str, str]]:
        """Return the orders of lists to choose from."""
        return [(BY_AGE, _("längst sedan först")), (BY_MAYBE, _("minst chans att ha setts först"))]

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
