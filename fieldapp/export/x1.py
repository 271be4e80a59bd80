"""The fields of a damage or observation as other systems receive them: names and order are a contract, `schema_version` 1."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fieldapp.access.models import Organisation
from fieldapp.damage.models import Case
from fieldapp.damage.queries import CaseFilter, case_page, cases_of, observations_by_id, public_ids
from fieldapp.export.coordinates import SWEREF_99_12_00, SWEREF_99_TM, to_plane
from fieldapp.kernel.geo import LatLon
from fieldapp.observations.models import Category, Observation
from fieldapp.observations.queries import ListPosition, ObservationFilter, categories, list_page, photos_of
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
REPORTER_ROLE = "trygghetsvärd"
"""Who logged a record never leaves; that a host did, always does."""
SHARP_M = 25.0
"""A position this good says more than the middle of a house or a yard."""
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


def rows(wanted: ObservationFilter, organisation: Organisation) -> Iterator[Row]:
    """Yield the rows of a list, in its order, reading a chunk at a time: five queries a chunk, whatever is in it."""
    by_code = {category.code: category for category in categories()}
    after: ListPosition | None = None
    while True:
        chunk = list_page(wanted, after, CHUNK_ROWS)
        around = _read_around(chunk.rows, organisation, by_code)
        for observation in chunk.rows:
            yield _row(observation, around.cases.get(observation.id), around)
        after = chunk.next
        if after is None:
            return


def case_rows(wanted: CaseFilter, organisation: Organisation) -> Iterator[Row]:
    """Yield the rows of a list of cases, the latest number first: those opened again too, each with its own case."""
    by_code = {category.code: category for category in categories()}
    before: int | None = None
    while True:
        found, before = case_page(wanted, before, CHUNK_ROWS)
        records = observations_by_id(case.observation_id for case in found)
        around = _read_around(list(records.values()), organisation, by_code)
        named = public_ids(case.duplicate_of_id for case in found if case.duplicate_of_id)
        for case in found:
            row = _row(records[case.observation_id], case, around)
            row["duplicate_of"] = named.get(case.duplicate_of_id) if case.duplicate_of_id else None
            row["content_sha256"] = content_sha256(row)
            yield row
        if before is None:
            return


def order_row(case: Case, observation: Observation, organisation: Organisation) -> Row:
    """Return the fields of one case as they may leave the organisation: text only where the scanner found nothing in it."""
    by_code = {category.code: category for category in categories()}
    row = _row(observation, case, _read_around([observation], organisation, by_code))
    row["duplicate_of"] = None
    row["description"] = observation.note or None if observation.note_state == "clean" else None
    row["content_sha256"] = content_sha256(row)
    return row


def _read_around(chunk: Sequence[Observation], organisation: Organisation, by_code: dict[str, Category]) -> _Around:
    ids = [observation.id for observation in chunk]
    photos = photos_of(ids)
    places = places_by_id(observation.place_id for observation in chunk if observation.place_id)
    return _Around(
        organisation=organisation,
        timezone=ZoneInfo(organisation.timezone),
        categories=by_code,
        cases=cases_of(ids),
        places=places,
        photo_counts={key: sum(photo.state == "clean" for photo in some) for key, some in photos.items()},
    )


def _row(observation: Observation, case: Case | None, around: _Around) -> Row:
    place = around.places.get(observation.place_id) if observation.place_id else None
    row: Row = dict.fromkeys(FIELDS)
    row |= {"schema_version": SCHEMA_VERSION, "reporter_role": REPORTER_ROLE}
    row |= _case_fields(observation, case, around)
    row |= _what_fields(observation, place, around)
    row |= _place_fields(observation, place)
    row |= _position_fields(observation, place)
    row["content_sha256"] = content_sha256(row)
    return row


def content_sha256(row: Row) -> str:
    """Return the SHA-256 over a row's other fields: the JSON array of their values in order, ASCII, without spaces.

    Numbers and nulls are as in the row, not as a file's profile writes them: the hash is the same in every file.
    """
    values = [row[name] for name in FIELDS if name != "content_sha256"]
    return hashlib.sha256(json.dumps(values, separators=(",", ":"), ensure_ascii=True).encode("ascii")).hexdigest()


def _case_fields(observation: Observation, case: Case | None, around: _Around) -> Row:
    common: Row = {
        "observation_id": public_observation_id(observation, case),
        "org_id": str(observation.tenant_id),
        "revision": observation.rev,
    }
    if case is None:
        return {**common, "status": observation.state}
    return {
        **common,
        "case_id": str(case.public_id),
        "case_no": case.case_no,
        "revision": case.revision,
        "status": case.status,
        "status_reason": case.status_reason or None,
        "sla_due_at": _instant(case.due_at, around.timezone),
        "closed_at": _instant(case.closed_at, around.timezone),
        "verified_at": _instant(case.verified_at, around.timezone),
    }


def public_observation_id(observation: Observation, case: Case | None) -> str:
    """Return the id by which a record is known outside: it does not tell the millisecond, as the record's own does."""
    namespace = case.public_id if case is not None else observation.tenant_id
    return str(uuid.uuid5(namespace, f"observation {observation.id}"))


def exported_note(observation: Observation) -> str | None:
    """Return a note as it may leave the organisation.

    Whole where no personal data were found, masked where some were; nothing where there may be special categories of data,
    which are held back from everything but review.
    """
    if observation.note_state == "sensitive":
        return None
    return (observation.note if observation.note_state == "clean" else observation.note_masked) or None


def _what_fields(observation: Observation, place: Place | None, around: _Around) -> Row:
    category = around.categories[observation.category_code]  # a code is ended, never removed
    title = f"{category.name_sv}, {place.name}" if place else category.name_sv
    return {
        "severity": observation.severity,
        "category_code": category.code,
        "category_sv": category.name_sv,
        "category_en": category.name_en,
        "trade_code": category.trade or None,
        "title": title,
        "description": exported_note(observation),
        "observed_at": _instant(observation.occurred_at, around.timezone),
        "received_at": _instant(observation.received_at, around.timezone),
        "updated_at": _instant(observation.updated_at, around.timezone),
        "photo_count": around.photo_counts.get(observation.id, 0),
    }


def _place_fields(observation: Observation, place: Place | None) -> Row:
    if place is None:
        return {"plan": observation.floor or None}
    names = ("fastighet_beteckning", "fastighet_nr", "byggnad_nr", "adress", "postnr", "postort", "uppgang")
    return {
        **{name: getattr(place, name) or None for name in names},
        "plan": observation.floor or place.plan or None,
        "utrymme_typ": place.kind,
        "utrymme_id": place.external_id,
        "place_id": place.external_id,
    }


def _position_fields(observation: Observation, place: Place | None) -> Row:
    """Give where the phone was when it knew that well, since a yard is large; else where the place is; else the phone's guess."""
    of_phone = _latlon(observation.lat, observation.lon)
    of_place = _latlon(place.lat, place.lon) if place is not None else None
    is_sharp = observation.accuracy_m is not None and observation.accuracy_m <= SHARP_M
    if of_phone is not None and (is_sharp or of_place is None):
        return _where(of_phone, "gps", observation.accuracy_m)
    return _where(of_place, "place", None) if of_place is not None else {"location_source": "none"}


def _latlon(lat: float | None, lon: float | None) -> LatLon | None:
    return None if lat is None or lon is None else LatLon(lat, lon)


def _where(position: LatLon, source: str, accuracy_m: float | None) -> Row:
    n_3006, e_3006 = to_plane(position, SWEREF_99_TM)
    n_3007, e_3007 = to_plane(position, SWEREF_99_12_00)
    return {
        "lat": round(position.lat, 7),
        "lon": round(position.lon, 7),
        "accuracy_m": None if accuracy_m is None else round(accuracy_m, 1),
        "location_source": source,
        "n_3006": n_3006,
        "e_3006": e_3006,
        "n_3007": n_3007,
        "e_3007": e_3007,
    }


def _instant(at: datetime | None, timezone: ZoneInfo) -> str | None:
    """Write an instant as RFC 3339 with the organisation's offset, to the second."""
    return at.astimezone(timezone).isoformat(timespec="seconds") if at else None
