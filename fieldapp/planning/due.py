"""What of a zone is due on a day: plans and clocks put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from fieldapp.coverage.queries import clocks
from fieldapp.planning import queries
from fieldapp.planning.models import Plan
from fieldapp.planning.rules import Moment, Overdue, moment, overdue, piece_weight


@dataclass(frozen=True, slots=True)
class DueTarget:
    """A place or a piece that a plan asks for on a day. `is_seen`: it was seen in time on that day, and waits no more."""

    id: UUID
    is_piece: bool
    plan_id: UUID
    overdue: Overdue
    last_seen_at: datetime | None
    is_seen: bool
    length_m: float = 0.0

    @property
    def weighted(self) -> float:
        """Return the value of seeing it now, pieces by their length."""
        return self.overdue.value * piece_weight(self.length_m) if self.is_piece else self.overdue.value


@dataclass(frozen=True, slots=True)
class ZoneDue:
    """What is due in a zone on a day: the plans that ask, and each target once, by the plan it is most overdue by."""

    day: date
    plans: Sequence[Plan]
    targets: Sequence[DueTarget]

    @property
    def waiting(self) -> Sequence[DueTarget]:
        """Return what has not been seen."""
        return [target for target in self.targets if not target.is_seen]


def due_in(zone_id: UUID, now: datetime, timezone: ZoneInfo) -> ZoneDue:
    """Return what is due in a zone, the most overdue first."""
    at = moment(now, timezone)
    plans = [plan for plan in queries.plans_of_zone(zone_id, at.day) if plan.cadence.is_occasion(at.day)]
    # For phones alone: what was checked tonight waits no more, also while its round goes on.
    seen_at = {one: clock.last_seen_at for one, clock in clocks(with_open_rounds=True).items()} if plans else {}
    found: dict[UUID, DueTarget] = {}
    for plan, named in zip(plans, queries.targets_of([queries.named_by(plan) for plan in plans]), strict=True):
        lengths = {piece.id: piece.length_m for piece in named.pieces}
        for target in _targets(plan, [*(place.id for place in named.places), *lengths], seen_at, lengths, at, timezone):
            known = found.get(target.id)
            if known is None or target.overdue.value > known.overdue.value:
                found[target.id] = target
    ordered = sorted(found.values(), key=lambda target: (-target.overdue.value, str(target.id)))
    return ZoneDue(at.day, plans, ordered)


def _targets(
    plan: Plan,
    ids: Sequence[UUID],
    seen_at_of: Mapping[UUID, datetime | None],
    lengths: Mapping[UUID, float],
    at: Moment,
    timezone: ZoneInfo,
) -> list[DueTarget]:
    cadence, found = plan.cadence, []
    # Most pieces were seen in one of a few quarters of an hour, or never: each is reckoned once.
    reckoned: dict[Moment | None, Overdue] = {}
    for one in ids:
        seen_at = seen_at_of.get(one)
        seen = moment(seen_at, timezone) if seen_at is not None else None
        if seen not in reckoned:
            reckoned[seen] = overdue(cadence, seen, at.day)
        state = reckoned[seen]
        is_seen = seen is not None and state.occasions == 0 and seen.day == at.day
        if state.is_due or is_seen:
            found.append(DueTarget(one, one in lengths, plan.id, state, seen_at, is_seen, lengths.get(one, 0.0)))
    return found
