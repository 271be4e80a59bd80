"""The only reader and writer of an organisation's clocks: within how many hours damage should be mended, and which hours count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from fieldapp.access import audit
from fieldapp.access.queries import organisation_of
from fieldapp.access.roles import Actor
from fieldapp.damage import rules
from fieldapp.damage.commands import SetClocks, SetWorkWeek
from fieldapp.damage.models import CaseClock, WorkWeek
from fieldapp.damage.worktime import WorkTime, after_working
from fieldapp.infra.db import db
from fieldapp.infra.rows import TENANT, prepared, run, table_of
from fieldapp.kernel.time import Clock

_CLOCKS = table_of(CaseClock)
_SET = prepared(
    select(_CLOCKS.c.severity, _CLOCKS.c.hours, _CLOCKS.c.is_working_time).where(_CLOCKS.c.tenant_id == TENANT)
)
USUAL_WEEK = (tuple(range(1, 6)), 7 * 60, 16 * 60)
"""Weekdays and minutes of the day, until an organisation says otherwise: Monday to Friday, 7 to 16."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of an organisation. `hours` by severity; one without a clock is not there. `working`: which count working time."""

    hours: Mapping[int, int]
    working: frozenset[int]
    worked: WorkTime | None

    def due_at(self, severity: int, since: datetime) -> datetime | None:
        """Return when a damage should be mended, or None where no clock runs."""
        within = self.hours.get(severity)
        if within and severity in self.working and self.worked is not None:
            return after_working(since, within, self.worked)
        return rules.due_at(severity, since, self.hours)


def read_clocks(tenant_id: UUID) -> Clocks:
    """Return an organisation's clocks, in one query, or three where working time counts."""
    rows = list(run(_SET))
    hours = {**rules.DEFAULT_HOURS, **{row.severity: row.hours for row in rows}}
    working = frozenset(row.severity for row in rows if row.is_working_time)
    worked = work_time(tenant_id) if working else None
    return Clocks({severity: within for severity, within in hours.items() if within}, working, worked)


def work_time(tenant_id: UUID) -> WorkTime:
    """Return when an organisation's maintenance works: as it has said, or the usual week."""
    timezone = ZoneInfo(organisation_of(tenant_id).timezone)
    week = db.session.scalar(select(WorkWeek))
    if week is None:
        weekdays, from_min, to_min = USUAL_WEEK
        return WorkTime(frozenset(weekdays), from_min, to_min, frozenset(), timezone)
    days_off = frozenset(date.fromisoformat(day) for day in week.days_off)
    return WorkTime(frozenset(week.weekdays), week.from_min, week.to_min, days_off, timezone)


def set_clocks(actor: Actor, command: SetClocks, *, clock: Clock) -> None:
    """Set the hours. Cases that are open keep the time they were given; it is new ones that get another."""
    before = read_clocks(actor.tenant_id)
    known = {row.severity: row for row in db.session.scalars(select(CaseClock))}
    changed = []
    for severity, hours in command.hours.items():
        is_working = severity in command.working
        if severity not in known:
            known[severity] = CaseClock(tenant_id=actor.tenant_id, severity=severity)
            db.session.add(known[severity])
        known[severity].hours, known[severity].is_working_time = hours, is_working
        if (before.hours.get(severity), severity in before.working) != (hours, is_working):
            changed.append(f"{severity}: {hours if hours is not None else '-'}{'*' if hours and is_working else ''}")
    db.session.flush()
    if changed:
        audit.write(actor.tenant_id, "case:set_clocks", at=clock.now(), actor=actor, hours=", ".join(changed))


def set_work_week(actor: Actor, command: SetWorkWeek, *, clock: Clock) -> None:
    """Set when maintenance works. Cases that are open keep the time they were given."""
    week = db.session.scalar(select(WorkWeek))
    if week is None:
        week = WorkWeek(tenant_id=actor.tenant_id)
        db.session.add(week)
    week.weekdays = sorted(set(command.weekdays))
    week.from_min, week.to_min = command.from_min, command.to_min
    week.days_off = sorted({day.isoformat() for day in command.days_off})
    db.session.flush()
    audit.write(actor.tenant_id, "case:set_work_week", at=clock.now(), actor=actor, count=len(week.days_off))
