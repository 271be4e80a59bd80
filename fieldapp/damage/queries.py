"""Reads of cases for screens and feeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, not_, select
from sqlalchemy import case as sql_case

from fieldapp.access.roles import Actor, Role
from fieldapp.damage import rules
from fieldapp.damage.alike import AlikeCase, alike_cases
from fieldapp.damage.commands import ListCases
from fieldapp.damage.models import Case, CaseEvent
from fieldapp.infra.db import db
from fieldapp.infra.rows import rows_by_id
from fieldapp.observations.models import Category, Observation, ObservationPhoto
from fieldapp.observations.queries import own_observations


def cases_of(observation_ids: Iterable[UUID]) -> dict[UUID, Case]:
    """Return the cases of these observations, by observation: the one that goes on, where it was opened again."""
    wanted = set(observation_ids)
    if not wanted:
        return {}
    query = select(Case).where(Case.observation_id.in_(wanted), Case.status != "ateroppnad")
    return {case.observation_id: case for case in db.session.scalars(query)}


@dataclass(frozen=True, slots=True)
class OpenCases:
    """How many cases a tenant has open, and of how many of them the clock has run out."""

    open: int
    late: int


def count_open_cases(now: datetime) -> OpenCases:
    """Count the tenant's open cases."""
    late = func.coalesce(func.sum(sql_case((Case.due_at < now, 1), else_=0)), 0)
    found = db.session.execute(select(func.count(), late).select_from(Case).where(Case.status.in_(rules.OPEN_STATUSES)))
    return OpenCases(*found.one())


def pull_observations(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Give a host their own records, each with how its case stands."""
    bodies = own_observations(actor, ids)
    for observation_id, case in cases_of(bodies).items():
        bodies[observation_id]["case"] = {"case_no": case.case_no, "status": case.status}
    return bodies


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """One case with its record and its category's trade: what permissions ask about."""

    case: Case
    observation: Observation
    trade: str

    @property
    def tenant_id(self) -> UUID:
        """Return whose it is."""
        return self.case.tenant_id


def case_in_tenant(case_id: UUID) -> OpenedCase | None:
    """Return a case of the tenant."""
    found = db.session.execute(_opened().where(Case.id == case_id)).first()
    return OpenedCase(found[0], found[1], found[2] or "") if found else None


def _opened() -> Select[Case, Observation, str]:
    return (
        select(Case, Observation, Category.trade)
        .join(Observation, Observation.id == Case.observation_id)
        .outerjoin(Category, and_(Category.tenant_id == Case.tenant_id, Category.code == Case.category_code))
    )


@dataclass(frozen=True, slots=True)
class CasePhoto:
    """A photo of a damage that has a case, with the trade that mends it."""

    photo: ObservationPhoto
    trade: str

    @property
    def tenant_id(self) -> UUID:
        """Return whose it is."""
        return self.photo.tenant_id


def case_photo_in_tenant(photo_id: UUID) -> CasePhoto | None:
    """Return a photo of the tenant whose record has a case."""
    photo = db.session.get(ObservationPhoto, photo_id)
    if photo is None:
        return None
    trade = db.session.execute(
        select(Category.trade)
        .join(Case, and_(Category.tenant_id == Case.tenant_id, Category.code == Case.category_code))
        .where(Case.observation_id == photo.observation_id)
        .limit(1)
    ).scalar()
    return None if trade is None else CasePhoto(photo, trade)


def cases_by_id(ids: Iterable[UUID]) -> list[tuple[Case, Observation]]:
    """Return cases with their records, by number."""
    query = select(Case, Observation).join(Observation, Observation.id == Case.observation_id)
    found = db.session.execute(query.where(Case.id.in_(set(ids))).order_by(Case.case_no))
    return [(row[0], row[1]) for row in found]


def observations_by_id(ids: Iterable[UUID]) -> dict[UUID, Observation]:
    """Return the records of cases."""
    return {record.id: record for record in rows_by_id(Observation, ids)}


def events_of(case_id: UUID) -> Sequence[CaseEvent]:
    """Return a case's history, oldest first."""
    query = select(CaseEvent).where(CaseEvent.case_id == case_id)
    return db.session.scalars(query.order_by(CaseEvent.number)).all()


@dataclass(frozen=True, slots=True)
class CaseRelatives:
    """The cases that one names, and that name it."""

    duplicate_of: Case | None
    reopens: Case | None
    reopened_as: Case | None
    duplicates: Sequence[Case]
    alike: Sequence[AlikeCase]
    """Open cases of the same category at the same place or close by: perhaps the same damage."""


def relatives_of(opened: OpenedCase) -> CaseRelatives:
    """Return a case's relatives, in two queries."""
    case = opened.case
    named = Case.id.in_([key for key in (case.duplicate_of_id, case.reopens_id) if key])
    query = select(Case).where(named | (Case.duplicate_of_id == case.id) | (Case.reopens_id == case.id))
    found = list(db.session.scalars(query.order_by(Case.case_no)))
    by_id = {one.id: one for one in found}
    return CaseRelatives(
        duplicate_of=by_id.get(case.duplicate_of_id) if case.duplicate_of_id else None,
        reopens=by_id.get(case.reopens_id) if case.reopens_id else None,
        reopened_as=next((one for one in found if one.reopens_id == case.id), None),
        duplicates=[one for one in found if one.duplicate_of_id == case.id],
        alike=alike_cases(case, opened.observation) if rules.is_open(case.status) else (),
    )


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list shows. None means all; times are [from, to)."""

    statuses: tuple[str, ...] | None = None
    zone_id: UUID | None = None
    codes: tuple[str, ...] | None = None
    severity: int | None = None
    is_overdue: bool | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    now: datetime | None = None
    """`now` is needed where `is_overdue` is asked for."""


def own_trades(actor: Actor) -> frozenset[str] | None:
    """Return the trades whose cases an actor sees; None: all. Who is more than maintenance sees all."""
    return None if actor.has(Role.SUPERVISOR, Role.COORDINATOR) else actor.trades


def filter_of(
    asked: ListCases, timezone: str, now: datetime, trades: Mapping[str, str], own: frozenset[str] | None
) -> CaseFilter:
    """Return the filter that an address asks for, within the trades that the reader sees."""
    statuses: Mapping[str | None, tuple[str, ...] | None] = {None: rules.OPEN_STATUSES, "all": None}
    codes = None
    if asked.trade is not None or own is not None:
        codes = tuple(
            code for code, trade in trades.items() if asked.trade in (None, trade) and (own is None or trade in own)
        )
    start, end = span_of(asked.from_on, asked.to_on, timezone)
    return CaseFilter(
        statuses=statuses[asked.status] if asked.status in statuses else (str(asked.status),),
        zone_id=asked.zone,
        codes=codes,
        severity=asked.severity,
        is_overdue=asked.overdue,
        from_at=start,
        to_at=end,
        now=now,
    )


def span_of(from_on: date | None, to_on: date | None, timezone: str) -> tuple[datetime | None, datetime | None]:
    """Return the instants [from, to) of local days, both included."""
    zone = ZoneInfo(timezone)
    start = datetime.combine(from_on, time(), zone) if from_on else None
    end = datetime.combine(to_on + timedelta(days=1), time(), zone) if to_on else None
    return start, end


def conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    """Return what a filter asks of cases."""
    found: list[ColumnElement[bool]] = []
    if wanted.statuses is not None:
        found.append(Case.status.in_(wanted.statuses))
    if wanted.codes is not None:
        found.append(Case.category_code.in_(wanted.codes))
    if wanted.zone_id is not None:
        found.append(Case.zone_id == wanted.zone_id)
    if wanted.severity is not None:
        found.append(Case.severity == wanted.severity)
    if wanted.is_overdue is not None:
        late = and_(Case.due_at.is_not(None), Case.due_at < wanted.now, Case.status.in_(rules.OPEN_STATUSES))
        found.append(late if wanted.is_overdue else not_(late))
    if wanted.from_at is not None:
        found.append(Case.opened_at >= wanted.from_at)
    if wanted.to_at is not None:
        found.append(Case.opened_at < wanted.to_at)
    return found


def case_page(wanted: CaseFilter, before: int | None, limit: int) -> tuple[Sequence[Case], int | None]:
    """Return a page of a list, the latest number first, and below which number the next page begins, if there is one."""
    query = select(Case).where(*conditions(wanted)).order_by(Case.case_no.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(Case.case_no < before)
    rows = db.session.scalars(query).all()
    return rows[:limit], rows[limit - 1].case_no if len(rows) > limit else None


def public_ids(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return by which ids cases are known outside the organisation."""
    found = db.session.execute(select(Case.id, Case.public_id).where(Case.id.in_(set(ids))))
    return {row[0]: str(row[1]) for row in found}


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """How many cases a filter lets through, by status; `overdue` of them should have been mended."""

    by_status: Mapping[str, int]
    overdue: int

    @property
    def total(self) -> int:
        """Return how many there are."""
        return sum(self.by_status.values())


def count_cases(wanted: CaseFilter, now: datetime) -> CaseCounts:
    """Count what a filter lets through."""
    late = func.sum(sql_case((and_(Case.due_at.is_not(None), Case.due_at < now), 1), else_=0))
    query = select(Case.status, func.count(), late).where(*conditions(wanted)).group_by(Case.status)
    rows = [tuple(row) for row in db.session.execute(query)]
    overdue = sum(row[2] or 0 for row in rows if rules.is_open(row[0]))
    return CaseCounts({row[0]: row[1] for row in rows}, overdue)
