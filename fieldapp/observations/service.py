"""The only writer of observations: what arrives from phones, and what the desk says and corrects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from fieldapp.access import audit
from fieldapp.access.permissions import Permission, is_permitted
from fieldapp.access.roles import Actor
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.infra.feature import Applied, Arrival, Held, Outcome
from fieldapp.kernel.errors import Invalid
from fieldapp.kernel.geo import LatLon
from fieldapp.kernel.ids import uuid7
from fieldapp.kernel.time import Clock
from fieldapp.observations import rules
from fieldapp.observations.commands import (
    CommentObservation,
    PhotoReference,
    RecategoriseObservation,
    RecordObservation,
)
from fieldapp.observations.facts import CHANGED, RECORDED, ObservationFacts
from fieldapp.observations.models import (
    Category,
    Observation,
    ObservationComment,
    ObservationEdit,
    ObservationPhoto,
)
from fieldapp.observations.surroundings import Surroundings

KIND = "observation"
_FIELD_OF = {"category": "category_code", "place": "place_id"}


def facts_of(observation: Observation, at: datetime) -> ObservationFacts:
    """Return what others act on."""
    return ObservationFacts(
        id=observation.id,
        tenant_id=observation.tenant_id,
        author_id=observation.author_id,
        place_id=observation.place_id,
        kind=observation.kind,
        severity=observation.severity,
        state=observation.state,
        occurred_at=observation.occurred_at,
        at=at,
    )


def record(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Store records that arrived. One whose round or place is unknown waits for it; one sent again is an edit."""
    around = Surroundings.of(arrivals)
    rows: list[dict[str, Any]] = []
    photos: list[dict[str, Any]] = []
    new: list[ObservationFacts] = []
    outcomes: list[Outcome] = []
    known = dict(around.observations)
    for arrival in arrivals:
        entity = arrival.operation.entity
        held = _hold_record(arrival, around)
        if held is not None:
            outcomes.append(held)
        elif entity in known:
            outcomes.append(_record_again(arrival, known[entity]))
        elif any(row["id"] == entity for row in rows[-200:]):
            _insert(rows, photos, new)
            known[entity] = db.session.get_one(Observation, entity)
            outcomes.append(_record_again(arrival, known[entity]))
        else:
            row = _row(arrival, around)
            rows.append(row)
            photos.extend(_photo_rows(arrival, arrival.command.photos))
            new.append(_facts_of_row(row))
            outcomes.append(Applied(KIND, (arrival.operation.by,), rev=1))
    _insert(rows, photos, new)
    return outcomes


def correct(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Apply corrections by the author, field by field."""
    return [_change_own(arrival, _apply_correction) for arrival in arrivals]


def withdraw(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Take records back on their author's word. They stay, marked."""
    return [_change_own(arrival, _apply_withdrawal) for arrival in arrivals]


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
    before = {"category": [observation.category_code, category.code]}
    observation.category_code, observation.kind = category.code, category.kind
    observation.is_recategorised = True
    _bump(observation, now)
    _remember(observation, "recategorise", before, user_id=actor.user_id, by_role="supervisor", at=now)
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
        author = around.round_authors.get(command.round)
        if author is None:
            return Held("waits_for", command.round)
        if author != operation.by:
            return Held("forbidden")
    if command.place is not None and command.place not in around.places:
        return Held("waits_for", command.place)
    if command.category not in around.categories:
        return Held("invalid")
    if not _photos_fit(command.photos, command.category, arrival):
        return Held("invalid")
    return None


def _photos_fit(photos: Sequence[PhotoReference], code: str, arrival: Arrival) -> bool:
    """Tell whether a category may have these photos and the operation names their bytes."""
    return not photos or (rules.takes_photos(code) and all(photo.sha256 in arrival.operation.blobs for photo in photos))


def _row(arrival: Arrival, around: Surroundings) -> dict[str, Any]:
    operation, command = arrival.operation, arrival.command
    category = around.categories[command.category]
    note = rules.judge_note(command.note, is_confirmed=command.note_confirmed)
    position = command.position
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
        "category_code": category.code,
        "kind": category.kind,
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


def _photo_rows(arrival: Arrival, photos: Sequence[PhotoReference]) -> list[dict[str, Any]]:
    operation = arrival.operation
    return [
        {
            "id": photo.id,
            "tenant_id": arrival.actor.tenant_id,
            "observation_id": operation.entity,
            "author_id": operation.by,
            "slot": photo.slot,
            "sha256": photo.sha256,
            "size_bytes": operation.blobs[photo.sha256][0],
            "state": "named",
            "refused_why": "",
        }
        for photo in photos
    ]


def _facts_of_row(row: dict[str, Any]) -> ObservationFacts:
    return ObservationFacts(
        id=row["id"],
        tenant_id=row["tenant_id"],
        author_id=row["author_id"],
        place_id=row["place_id"],
        kind=row["kind"],
        severity=row["severity"],
        state="recorded",
        occurred_at=row["occurred_at"],
        at=row["received_at"],
    )


def _insert(rows: list[dict[str, Any]], photos: list[dict[str, Any]], new: list[ObservationFacts]) -> None:
    """Write what was gathered, tell who reacts, and start gathering anew."""
    if rows:
        db.session.execute(insert(Observation), rows)
        if photos:
            db.session.execute(insert(ObservationPhoto), photos)
        changes.announce(RECORDED, list(new))
    rows.clear()
    photos.clear()
    new.clear()


def _record_again(arrival: Arrival, observation: Observation) -> Outcome:
    """Take a second record of the same entity as an edit: its fields are set."""
    command: RecordObservation = arrival.command
    wanted = {
        "category": command.category,
        "place": command.place,
        "place_source": command.place_source,
        "floor": command.floor,
        "severity": command.severity,
        "note": command.note,
        "note_confirmed": command.note_confirmed,
        "photos": command.photos,
    }
    return _set_fields(arrival, observation, wanted, "record_again")


def _change_own(arrival: Arrival, apply: Callable[[Arrival, Observation], Outcome]) -> Outcome:
    """Find the record, see that its author asks, and apply the change."""
    observation = db.session.get(Observation, arrival.operation.entity)
    if observation is None:
        return Held("waits_for", arrival.operation.entity)
    if not is_permitted(arrival.actor, Permission.OBSERVATION_CHANGE_OWN, observation):
        return Held("forbidden")
    return apply(arrival, observation)


def _apply_correction(arrival: Arrival, observation: Observation) -> Outcome:
    if observation.state == "withdrawn":
        return Held("illegal_transition")
    return _set_fields(arrival, observation, arrival.command.set, "correct")


def _apply_withdrawal(arrival: Arrival, observation: Observation) -> Outcome:
    if observation.state != "withdrawn":
        at = arrival.operation.received_at
        observation.state = "withdrawn"
        observation.withdraw_reason = arrival.command.reason
        _bump(observation, at)
        _remember(observation, "withdraw", {"state": ["recorded", "withdrawn"]}, user_id=arrival.operation.by, at=at)
        changes.announce(CHANGED, facts_of(observation, at))
    return Applied(KIND, (observation.author_id,), rev=observation.rev)


def _set_fields(arrival: Arrival, observation: Observation, wanted: Any, kind: str) -> Outcome:
    """Set the named fields of a record, keep what was there before, and mark a clash with somebody else's change."""
    around = Surroundings.of_correction(arrival)
    wanted = dict(wanted)
    photos = wanted.pop("photos", ())
    code = wanted.get("category", observation.category_code)
    if code not in around.categories or not _photos_fit(photos, code, arrival):
        return Held("invalid")
    if "category" in wanted and not rules.takes_photos(code) and _slots(observation):
        return Held("invalid")
    place_id = wanted.get("place")
    if place_id is not None and place_id not in around.places:
        return Held("waits_for", place_id)
    columns = _columns(wanted, around)
    others = _changed_by_others(observation, arrival) if kind == "correct" else set()
    merged = rules.merge({name: getattr(observation, name) for name in columns}, columns, changed_by_others_since_base=others)
    added = _add_photos(arrival, observation, photos)
    for name, (_before, after) in merged.changes.items():
        setattr(observation, name, after)
    if merged.changes or added:
        at = arrival.operation.received_at
        observation.is_conflict = observation.is_conflict or merged.is_conflict
        _bump(observation, at)
        _remember(observation, kind, _history(merged.changes, added), user_id=arrival.operation.by, at=at)
        changes.announce(CHANGED, facts_of(observation, at))
    return Applied(KIND, (observation.author_id,), rev=observation.rev)


def _columns(wanted: dict[str, Any], around: Surroundings) -> dict[str, Any]:
    """Return the columns that a correction's fields set."""
    columns = {_FIELD_OF.get(name, name): value for name, value in wanted.items() if name not in {"note", "note_confirmed"}}
    if "category" in wanted:
        columns["kind"] = around.categories[wanted["category"]].kind
    if "floor" in wanted:
        columns["floor"] = wanted["floor"] or ""
    if wanted.get("place") is not None:
        columns["zone_id"] = around.places[wanted["place"]].zone_id
    if "note" in wanted:
        note = rules.judge_note(wanted["note"], is_confirmed=wanted.get("note_confirmed", False))
        columns |= {"note": note.text, "note_masked": note.masked, "note_state": note.state}
    return columns


def _changed_by_others(observation: Observation, arrival: Arrival) -> set[str]:
    """Return the columns that somebody else changed since the revision the author saw."""
    base = arrival.operation.base
    if base is None:
        return set()
    edits = db.session.scalars(
        select(ObservationEdit).where(
            ObservationEdit.observation_id == observation.id,
            ObservationEdit.rev > base,
            ObservationEdit.user_id != arrival.operation.by,
        )
    )
    return {_FIELD_OF.get(name, name) for edit in edits for name in edit.changes}


def _slots(observation: Observation) -> set[int]:
    return set(
        db.session.scalars(select(ObservationPhoto.slot).where(ObservationPhoto.observation_id == observation.id))
    )


def _add_photos(arrival: Arrival, observation: Observation, photos: Sequence[PhotoReference]) -> int:
    """Add photos in free slots. One that is there already is left as it is."""
    if not photos:
        return 0
    taken = _slots(observation)
    rows = _photo_rows(arrival, [photo for photo in photos if photo.slot not in taken])
    if rows:
        db.session.execute(insert(ObservationPhoto), rows)
    return len(rows)


def _history(changed: Any, added: int) -> dict[str, Any]:
    """Return changes as the history keeps them: JSON values, the note only masked."""
    kept = {
        name: [str(value) if isinstance(value, UUID) else value for value in pair]
        for name, pair in changed.items()
        if name not in {"note", "kind", "zone_id"}
    }
    if added:
        kept["photos_added"] = [0, added]
    return kept


def _bump(observation: Observation, at: datetime) -> None:
    observation.rev += 1
    observation.updated_at = at


def _remember(
    observation: Observation, kind: str, changed: dict[str, Any], *, user_id: UUID, at: datetime, by_role: str = "host"
) -> None:
    db.session.add(
        ObservationEdit(
            id=uuid7(at),
            tenant_id=observation.tenant_id,
            observation_id=observation.id,
            rev=observation.rev,
            kind=kind,
            by_role=by_role,
            user_id=user_id,
            changes=changed,
            at=at,
        )
    )
    db.session.flush()


def position_of(observation: Observation) -> LatLon | None:
    """Return where the phone was, if it knew."""
    if observation.lat is None or observation.lon is None:
        return None
    return LatLon(observation.lat, observation.lon)
