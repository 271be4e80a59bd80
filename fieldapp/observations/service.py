"""The only writer of observations: what arrives from phones, and what the desk says and corrects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from fieldapp.access import audit
from fieldapp.access.roles import Actor
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.infra.feature import Applied, Arrival, Held, Outcome
from fieldapp.infra.rows import insert_rows
from fieldapp.kernel.errors import Invalid
from fieldapp.kernel.ids import uuid7
from fieldapp.kernel.time import Clock
from fieldapp.observations import rules
from fieldapp.observations.commands import (
    CommentObservation,
    RecategoriseObservation,
)
from fieldapp.observations.corrections import (
    KIND,
    bump,
    facts_of,
    photo_rows,
    photos_fit,
    record_again,
    remember,
)
from fieldapp.observations.facts import CHANGED, RECORDED, ObservationFacts
from fieldapp.observations.models import (
    Category,
    Observation,
    ObservationComment,
    ObservationPhoto,
)
from fieldapp.observations.surroundings import Surroundings


def record(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Store records that arrived. One whose round or place is unknown waits for it; one sent again is an edit."""
    around = Surroundings.of(arrivals)
    rows: list[dict[str, Any]] = []
    photos: list[dict[str, Any]] = []
    new: list[ObservationFacts] = []
    outcomes: list[Outcome] = []
    known = dict(around.observations)
    gathered: set[UUID] = set()
    for arrival in arrivals:
        entity = arrival.operation.entity
        held = _hold_record(arrival, around)
        if held is not None:
            outcomes.append(held)
        elif entity in known:
            outcomes.append(record_again(arrival, known[entity]))
        elif entity in gathered:
            _insert(rows, photos, new)
            known[entity] = db.session.get_one(Observation, entity)
            outcomes.append(record_again(arrival, known[entity]))
        else:
            row = _row(arrival, around)
            rows.append(row)
            gathered.add(entity)
            photos.extend(photo_rows(arrival, arrival.command.photos))
            new.append(_facts_of_row(row))
            outcomes.append(Applied(KIND, (arrival.operation.by,), rev=1))
    _insert(rows, photos, new)
    return outcomes


def comment(actor: Actor, observation: Observation, command: CommentObservation, *, clock: Clock) -> ObservationComment:
    """Say something to the host about a record; it travels to their phone.

    Raises:
        Invalid: the text holds personal data.
    """
    if rules.judge_note(command.text, is_confirmed=False).state != "clean":
        raise Invalid("the text holds personal data", errors={"text": ["personal_data"]})
    now = clock.now()
    said = ObservationComment(
        id=uuid7(now),
        tenant_id=actor.tenant_id,
        observation_id=observation.id,
        user_id=actor.user_id,
        text=command.text,
        at=now,
    )
    db.session.add(said)
    changes.note(actor.tenant_id, KIND, observation.id, at=now, audience=(observation.author_id,))
    audit.write(actor.tenant_id, "observation:comment", at=now, actor=actor, subject=(KIND, observation.id))
    return said


def recategorise(actor: Actor, observation: Observation, command: RecategoriseObservation, *, clock: Clock) -> None:
    """Correct a record's category at the desk; kind follows, and with it whether there is a case.

    Raises:
        Invalid: no such category, or one that may not have the photos that are there.
    """
    category = db.session.scalar(select(Category).where(Category.code == command.category, Category.ended_at.is_(None)))
    if category is None or category.code == rules.CALM_CODE:
        raise Invalid("no such category", errors={"category": ["unknown"]})
    has_photos = db.session.scalar(
        select(ObservationPhoto.id).where(ObservationPhoto.observation_id == observation.id).limit(1)
    )
    if has_photos and not rules.takes_photos(category.code):
        raise Invalid("this category takes no photos", errors={"category": ["takes_no_photos"]})
    if category.code == observation.category_code:
        return
    now = clock.now()
    before: dict[str, Any] = {"category": [observation.category_code, category.code]}
    observation.category_code, observation.kind = category.code, category.kind
    observation.is_recategorised = True
    bump(observation, now)
    remember(observation, "recategorise", before, user_id=actor.user_id, by_role="supervisor", at=now)
    changes.note(actor.tenant_id, KIND, observation.id, at=now, audience=(observation.author_id,))
    subject = (KIND, observation.id)
    audit.write(actor.tenant_id, "observation:recategorise", at=now, actor=actor, subject=subject, **before)
    changes.announce(CHANGED, facts_of(observation, now))


def _hold_record(arrival: Arrival, around: Surroundings) -> Held | None:
    """Return why a record cannot take effect now, or None."""
    operation, command = arrival.operation, arrival.command
    existing = around.observations.get(operation.entity)
    if existing is not None and existing.author_id != operation.by:
        return Held("forbidden")
    if command.round is not None:
        known_round = around.rounds.get(command.round)
        if known_round is None:
            return Held("waits_for", command.round)
        if known_round.author_id != operation.by:
            return Held("forbidden")
    if command.place is not None and command.place not in around.place_zones:
        return Held("waits_for", command.place)
    if command.category not in around.kinds:
        return Held("invalid")
    if not photos_fit(command.photos, command.category, arrival):
        return Held("invalid")
    return None


def _row(arrival: Arrival, around: Surroundings) -> dict[str, Any]:
    operation, command = arrival.operation, arrival.command
    note, position = command.judged, command.position
    return {
        "id": operation.entity,
        "tenant_id": arrival.actor.tenant_id,
        "author_id": operation.by,
        "device_id": operation.device_id,
        "round_id": command.round,
        "zone_id": around.zone_of(command),
        "place_id": command.place,
        "place_source": command.place_source,
        "floor": command.floor or "",
        "category_code": command.category,
        "kind": around.kinds[command.category],
        "severity": command.severity,
        "lat": position.lat if position else None,
        "lon": position.lon if position else None,
        "accuracy_m": position.accuracy_m if position else None,
        "note": note.text,
        "note_masked": note.masked,
        "note_state": note.state,
        "state": "recorded",
        "how": command.how,
        "is_conflict": False,
        "is_recategorised": False,
        "rev": 1,
        "occurred_at": rules.believable_time(operation.at, operation.received_at),
        "received_at": operation.received_at,
        "updated_at": operation.received_at,
    }


def _facts_of_row(row: dict[str, Any]) -> ObservationFacts:
    return ObservationFacts(
        id=row["id"],
        tenant_id=row["tenant_id"],
        author_id=row["author_id"],
        zone_id=row["zone_id"],
        place_id=row["place_id"],
        category_code=row["category_code"],
        kind=row["kind"],
        severity=row["severity"],
        state="recorded",
        note_state=row["note_state"],
        occurred_at=row["occurred_at"],
        round_id=row["round_id"],
        how=row["how"],
        at=row["received_at"],
    )


def _insert(rows: list[dict[str, Any]], photos: list[dict[str, Any]], new: list[ObservationFacts]) -> None:
    """Write what was gathered, tell who reacts, and start gathering anew."""
    if rows:
        insert_rows(Observation, rows)
        insert_rows(ObservationPhoto, photos)
        changes.announce(RECORDED, list(new))
    rows.clear()
    photos.clear()
    new.clear()
