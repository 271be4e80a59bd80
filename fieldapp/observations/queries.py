"""Reads of observations for screens, feeds and exports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, func, not_, or_, select

from fieldapp.access.roles import Actor
from fieldapp.infra.db import db
from fieldapp.kernel.time import to_ms
from fieldapp.observations import rules
from fieldapp.observations.commands import ListObservations
from fieldapp.observations.models import (
    Category,
    Observation,
    ObservationComment,
    ObservationEdit,
    ObservationPhoto,
)


@dataclass(frozen=True, slots=True)
class ObservationFilter:
    """What a list shows. None means all; times are [from, to)."""

    from_at: datetime | None = None
    to_at: datetime | None = None
    zone_id: UUID | None = None
    group: str | None = None
    category: str | None = None
    kind: str | None = None
    severity: int | None = None
    state: str | None = None
    round_id: UUID | None = None
    needs_review: bool | None = None
    """True: only records that somebody should look at; see `_NEEDS_REVIEW`."""


_NEEDS_REVIEW = or_(
    Observation.note_state.in_(("unconfirmed", "sensitive")),
    Observation.is_conflict,
    Observation.category_code == "OV01",
)
"""A note whose personal data nobody confirmed, two edits that clash, and the category that is none."""


def filter_of(asked: ListObservations, timezone: str) -> ObservationFilter:
    """Return the filter that an address asks for, its days taken in `timezone`."""
    zone = ZoneInfo(timezone)
    return ObservationFilter(
        from_at=_midnight(asked.from_on, zone) if asked.from_on else None,
        to_at=_midnight(asked.to_on + timedelta(days=1), zone) if asked.to_on else None,
        zone_id=asked.zone,
        group=asked.group,
        category=asked.category,
        kind=asked.kind,
        severity=asked.severity,
        state=asked.state,
        needs_review=asked.review,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def filtered(wanted: ObservationFilter) -> Select[Observation]:
    """Return the query of a list, latest first."""
    query = select(Observation).order_by(Observation.occurred_at.desc(), Observation.id.desc())
    if wanted.from_at is not None:
        query = query.where(Observation.occurred_at >= wanted.from_at)
    if wanted.to_at is not None:
        query = query.where(Observation.occurred_at < wanted.to_at)
    if wanted.group is not None:
        query = query.where(Observation.category_code.startswith(wanted.group, autoescape=True))
    if wanted.needs_review is not None:
        query = query.where(_NEEDS_REVIEW if wanted.needs_review else not_(_NEEDS_REVIEW))
    equal = {
        Observation.zone_id: wanted.zone_id,
        Observation.category_code: wanted.category,
        Observation.kind: wanted.kind,
        Observation.severity: wanted.severity,
        Observation.state: wanted.state,
        Observation.round_id: wanted.round_id,
    }
    return query.where(*(column == value for column, value in equal.items() if value is not None))


@dataclass(frozen=True, slots=True)
class ListPosition:
    """Where a list goes on: after the record of this time and id."""

    occurred_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list, and where the next begins if there is one."""

    rows: Sequence[Observation]
    next: ListPosition | None


def list_page(wanted: ObservationFilter, after: ListPosition | None, limit: int) -> ListPage:
    """Return a page of a list, latest first. The place in the list is a record, so that new ones move nothing."""
    query = filtered(wanted).limit(limit + 1)
    if after is not None:
        query = query.where(
            or_(
                Observation.occurred_at < after.occurred_at,
                and_(Observation.occurred_at == after.occurred_at, Observation.id < after.id),
            )
        )
    rows = db.session.scalars(query).all()
    last = rows[limit - 1] if len(rows) > limit else None
    return ListPage(rows[:limit], ListPosition(last.occurred_at, last.id) if last else None)


@dataclass(frozen=True, slots=True)
class RecordCounts:
    """How many records there are of each sort; calm checks are not among the other presence."""

    observations: int = 0
    damage: int = 0
    calm: int = 0
    presence: int = 0

    @property
    def total(self) -> int:
        """Return how many records there are in all."""
        return self.observations + self.damage + self.calm + self.presence


_SORT = case(
    (Observation.category_code == rules.CALM_CODE, "calm"),
    (Observation.kind == "D", "damage"),
    (Observation.kind == "O", "observations"),
    else_="presence",
)


def count_records(wanted: ObservationFilter) -> RecordCounts:
    """Count what a filter lets through."""
    query = filtered(wanted).order_by(None).with_only_columns(_SORT.label("sort"), func.count()).group_by("sort")
    return RecordCounts(**{row[0]: row[1] for row in db.session.execute(query)})


def counts_by_round(round_ids: Iterable[UUID]) -> dict[UUID, RecordCounts]:
    """Count the records of each round; those taken back are not counted."""
    query = (
        select(Observation.round_id, _SORT.label("sort"), func.count())
        .where(Observation.round_id.in_(set(round_ids)), Observation.state == "recorded")
        .group_by(Observation.round_id, "sort")
    )
    found: dict[UUID, dict[str, int]] = {}
    for round_id, sort, number in db.session.execute(query):
        found.setdefault(round_id, {})[sort] = number
    return {round_id: RecordCounts(**numbers) for round_id, numbers in found.items()}


def categories_by_code() -> dict[str, Category]:
    """Return the tenant's categories, ended ones too: old records have them."""
    return {category.code: category for category in categories()}


def observation_in_tenant(observation_id: UUID) -> Observation | None:
    """Return an observation of the tenant."""
    return db.session.get(Observation, observation_id)


def photo_in_tenant(photo_id: UUID) -> ObservationPhoto | None:
    """Return a photo of the tenant."""
    return db.session.get(ObservationPhoto, photo_id)


def category_in_tenant(category_id: UUID) -> Category | None:
    """Return a category of the tenant."""
    return db.session.get(Category, category_id)


def categories(*, with_ended: bool = True) -> Sequence[Category]:
    """Return the tenant's categories in their order."""
    query = select(Category).order_by(Category.sort)
    return db.session.scalars(query if with_ended else query.where(Category.ended_at.is_(None))).all()


def photos_of(observation_ids: Sequence[UUID]) -> dict[UUID, list[ObservationPhoto]]:
    """Return the photos of these observations, by slot."""
    found: dict[UUID, list[ObservationPhoto]] = {}
    query = select(ObservationPhoto).where(ObservationPhoto.observation_id.in_(observation_ids))
    for photo in db.session.scalars(query.order_by(ObservationPhoto.slot)):
        found.setdefault(photo.observation_id, []).append(photo)
    return found


def comments_of(observation_ids: Sequence[UUID]) -> dict[UUID, list[ObservationComment]]:
    """Return what the desk said about these observations, oldest first."""
    found: dict[UUID, list[ObservationComment]] = {}
    query = select(ObservationComment).where(ObservationComment.observation_id.in_(observation_ids))
    for comment in db.session.scalars(query.order_by(ObservationComment.at)):
        found.setdefault(comment.observation_id, []).append(comment)
    return found


def edits_of(observation_id: UUID) -> Sequence[ObservationEdit]:
    """Return a record's history, oldest first."""
    return db.session.scalars(
        select(ObservationEdit).where(ObservationEdit.observation_id == observation_id).order_by(ObservationEdit.rev)
    ).all()


def pull_categories(_actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Give categories to a phone."""
    return {
        category.id: {
            "code": category.code,
            "group": category.group,
            "kind": category.kind,
            "name_sv": category.name_sv,
            "name_en": category.name_en,
            "severity": category.severity,
            "photos_allowed": rules.takes_photos(category.code),
            "ended": category.ended_at is not None,
            "sort": category.sort,
        }
        for category in db.session.scalars(select(Category).where(Category.id.in_(ids)))
    }


def pull_photos(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Tell a host how far their photos have come."""
    query = select(ObservationPhoto).where(ObservationPhoto.id.in_(ids), ObservationPhoto.author_id == actor.user_id)
    return {
        photo.id: {
            "observation": str(photo.observation_id),
            "slot": photo.slot,
            "sha256": photo.sha256,
            "state": photo.state,
        }
        for photo in db.session.scalars(query)
    }


def own_observations(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Give a host their own records, without what packages above add."""
    rows = db.session.scalars(
        select(Observation).where(Observation.id.in_(ids), Observation.author_id == actor.user_id)
    ).all()
    found = [row.id for row in rows]
    photos, comments = photos_of(found), comments_of(found)
    return {row.id: _body(row, photos.get(row.id, []), comments.get(row.id, [])) for row in rows}


def _body(
    row: Observation, photos: Sequence[ObservationPhoto], comments: Sequence[ObservationComment]
) -> dict[str, Any]:
    position = (
        None
        if row.lat is None
        else {"lat": row.lat, "lon": row.lon, "accuracy_m": row.accuracy_m, "at": to_ms(row.occurred_at)}
    )
    return {
        "round": str(row.round_id) if row.round_id else None,
        "category": row.category_code,
        "kind": row.kind,
        "place": str(row.place_id) if row.place_id else None,
        "place_source": row.place_source,
        "floor": row.floor or None,
        "position": position,
        "severity": row.severity,
        "note": row.note_masked or None,
        "occurred_at": to_ms(row.occurred_at),
        "rev": row.rev,
        "state": row.state,
        "conflict": row.is_conflict,
        "category_corrected": row.is_recategorised,
        "comments": [{"at": to_ms(comment.at), "text": comment.text} for comment in comments],
        "case": None,
        "photos": [
            {"id": str(photo.id), "slot": photo.slot, "sha256": photo.sha256, "state": photo.state} for photo in photos
        ],
    }
