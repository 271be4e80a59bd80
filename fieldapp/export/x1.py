"""The fields of a damage or observation as other systems receive them: names and order are a contract, `schema_version` 1."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select

from fieldapp.access.models import Organisation
from fieldapp.damage.models import Case
from fieldapp.damage.queries import cases_of
from fieldapp.export.coordinates import SWEREF_99_12_00, SWEREF_99_TM, to_plane
from fieldapp.infra.db import db
from fieldapp.kernel.geo import LatLon
from fieldapp.observations.models import Category, Observation
from fieldapp.observations.queries import categories, photos_of
from fieldapp.places.models import Place
from fieldapp.places.queries import places_by_id

SCHEMA_VERSION = 1
CHUNK_ROWS = 500
FIELDS = (
    "schema_version", "case_id", "case_no", "revision", "external_system", "external_id", "observation_id", "org_id",
    "status", "status_reason", "severity", "sla_due_at", "category_code", "category_sv", "category_en", "trade_code",
    "title", "description", "observed_at", "received_at", "updated_at", "closed_at", "verified_at",
    "fastighet_beteckning", "fastighet_nr", "byggnad_nr", "adress", "postnr", "postort", "uppgang", "plan",
    "utrymme_typ", "utrymme_id", "objekt_nr", "komponent", "place_id", "lat", "lon", "accuracy_m", "location_source",
    "n_3006", "e_3006", "n_3007", "e_3007", "access_note", "hazard", "photo_count", "photo_urls", "duplicate_of",
    "problem_picture_id", "police_report_no", "insurance_flag", "reporter_role", "contact_mailbox", "content_sha256",
)  # fmt: skip
LOCATION_SOURCES = {"suggested": "gps_suggested", "chosen": "chosen_by_hand", "none": "gps"}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Around:
    """What rows refer to, read once for a chunk."""

    organisation: Organisation
    timezone: ZoneInfo
    categories: dict[str, Category]
    cases: dict[UUID, Case]
    places: dict[UUID, Place]
    photo_counts: dict[UUID, int]


def rows(query: Select[Observation], organisation: Organisation) -> Iterator[Row]:
    """Return the rows of a list, in its order, reading a chunk at a time: five queries a chunk, whatever is in it."""
    by_code = {category.code: category for category in categories()}
    start = 0
    while True:
        chunk = db.session.scalars(query.limit(CHUNK_ROWS).offset(start)).all()
        around = _read_around(chunk, organisation, by_code)
        for observation in chunk:
            yield _row(observation, around)
        if len(chunk) < CHUNK_ROWS:
            return
        start += CHUNK_ROWS


def _read_around(chunk: Sequence[Observation], organisation: Organisation, by_code: dict[str, Category]) -> _Around:
    ids = [observation.id for observation in chunk]
    places = places_by_id(observation.place_id for observation in chunk if observation.place_id)
    return _Around(
        organisation=organisation,
        timezone=ZoneInfo(organisation.timezone),
        categories=by_code,
        cases=cases_of(ids),
        places=places,
        photo_counts={key: len(photos) for key, photos in photos_of(ids).items()},
    )


def _row(observation: Observation, around: _Around) -> Row:
    place = around.places.get(observation.place_id) if observation.place_id else None
    row: Row = dict.fromkeys(FIELDS)
    row |= {"schema_version": SCHEMA_VERSION, "reporter_role": "trygghetsvärd", "photo_urls": "", "contact_mailbox": ""}
    row |= _case_fields(observation, around)
    row |= _what_fields(observation, place, around)
    row |= _place_fields(place)
    row |= _position_fields(observation, place)
    content = json.dumps({name: row[name] for name in FIELDS[:-1]}, sort_keys=True, ensure_ascii=False, default=str)
    row["content_sha256"] = hashlib.sha256(content.encode()).hexdigest()
    return row


def _case_fields(observation: Observation, around: _Around) -> Row:
    case = around.cases.get(observation.id)
    common = {"observation_id": str(observation.id), "org_id": str(observation.tenant_id), "revision": observation.rev}
    if case is None:
        return {**common, "status": observation.state}
    return {
        **common,
        "case_id": str(case.public_id),
        "case_no": case.case_no,
        "revision": case.revision,
        "status": case.status,
        "status_reason": case.status_reason,
        "sla_due_at": _instant(case.due_at, around.timezone),
        "closed_at": _instant(case.closed_at, around.timezone),
    }


def _what_fields(observation: Observation, place: Place | None, around: _Around) -> Row:
    category = around.categories[observation.category_code]
    title = f"{category.name_sv}, {place.name}" if place else category.name_sv
    return {
        "severity": observation.severity,
        "category_code": category.code,
        "category_sv": category.name_sv,
        "category_en": category.name_en,
        "trade_code": category.trade,
        "title": title,
        "description": observation.note_masked,
        "observed_at": _instant(observation.occurred_at, around.timezone),
        "received_at": _instant(observation.received_at, around.timezone),
        "updated_at": _instant(observation.updated_at, around.timezone),
        "hazard": observation.severity == 4,
        "photo_count": around.photo_counts.get(observation.id, 0),
        "plan": observation.floor,
    }


def _place_fields(place: Place | None) -> Row:
    if place is None:
        return {}
    names = ("fastighet_beteckning", "fastighet_nr", "byggnad_nr", "adress", "postnr", "postort", "uppgang")
    found: Row = {name: getattr(place, name) for name in names}
    found |= {"utrymme_typ": place.kind, "utrymme_id": place.external_id, "place_id": place.external_id}
    if place.plan:
        found["plan"] = place.plan
    return found


def _position_fields(observation: Observation, place: Place | None) -> Row:
    """Give the place's position when a place is known, since that is where to go; else where the phone was."""
    if place is not None and place.lat is not None and place.lon is not None:
        position, accuracy_m = LatLon(place.lat, place.lon), None
    elif observation.lat is not None and observation.lon is not None:
        position, accuracy_m = LatLon(observation.lat, observation.lon), observation.accuracy_m
    else:
        return {"location_source": "none"}
    n_3006, e_3006 = to_plane(position, SWEREF_99_TM)
    n_3007, e_3007 = to_plane(position, SWEREF_99_12_00)
    return {
        "lat": round(position.lat, 7),
        "lon": round(position.lon, 7),
        "accuracy_m": accuracy_m,
        "location_source": LOCATION_SOURCES[observation.place_source],
        "n_3006": n_3006,
        "e_3006": e_3006,
        "n_3007": n_3007,
        "e_3007": e_3007,
    }


def _instant(at: datetime | None, timezone: ZoneInfo) -> str | None:
    """Write an instant as RFC 3339 with the organisation's offset, to the second."""
    return at.astimezone(timezone).isoformat(timespec="seconds") if at else None
