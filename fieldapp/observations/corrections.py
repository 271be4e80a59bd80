"""Changes to records after the first: corrections and withdrawals by their author, and the history they leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from fieldapp.access.permissions import Permission, is_permitted
from fieldapp.infra import changes
from fieldapp.infra.db import db
from fieldapp.infra.feature import Applied, Arrival, Held, Outcome
from fieldapp.kernel.ids import uuid7
from fieldapp.observations import rules
from fieldapp.observations.commands import PhotoReference, RecordObservation
from fieldapp.observations.facts import CHANGED, ObservationFacts
from fieldapp.observations.models import Observation, ObservationEdit, ObservationPhoto
from fieldapp.observations.surroundings import Surroundings

KIND = "observation"
_FIELD_OF = {"category": "category_code", "place": "place_id"}


def facts_of(observation: Observation, at: datetime) -> ObservationFacts:
    """Return what others act on."""
    return ObservationFacts(
        id=observation.id,
        tenant_id=observation.tenant_id,
        author_id=observation.author_id,
        zone_id=observation.zone_id,
        place_id=observation.place_id,
        category_code=observation.category_code,
        kind=observation.kind,
        severity=observation.severity,
        state=observation.state,
        note_state=observation.note_state,
        occurred_at=observation.occurred_at,
        round_id=observation.round_id,
        how=observation.how,
        at=at,
    )


def correct(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Apply corrections by the author, field by field."""
    return [_change_own(arrival, _apply_correction) for arrival in arrivals]


def withdraw(arrivals: Sequence[Arrival]) -> Sequence[Outcome]:
    """Take records back on their author's word. They stay, marked."""
    return [_change_own(arrival, _apply_withdrawal) for arrival in arrivals]


def record_again(arrival: Arrival, observation: Observation) -> Outcome:
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
        bump(observation, at)
        remember(observation, "withdraw", {"state": ["recorded", "withdrawn"]}, user_id=arrival.operation.by, at=at)
        changes.announce(CHANGED, facts_of(observation, at))
    return Applied(KIND, (observation.author_id,), rev=observation.rev)


def _set_fields(arrival: Arrival, observation: Observation, wanted: Any, kind: str) -> Outcome:
    """Set the named fields of a record, keep what was there before, and mark a clash with somebody else's change."""
    around = Surroundings.of_correction(arrival)
    wanted = dict(wanted)
    photos = wanted.pop("photos", ())
    code = wanted.get("category", observation.category_code)
    if code not in around.kinds or not photos_fit(photos, code, arrival):
        return Held("invalid")
    if "category" in wanted and not rules.takes_photos(code) and _slots(observation):
        return Held("invalid")
    place_id = wanted.get("place")
    if place_id is not None and place_id not in around.place_zones:
        return Held("waits_for", place_id)
    columns = _columns(wanted, around)
    others = _changed_by_others(observation, arrival) if kind == "correct" else set()
    merged = rules.merge(
        {name: getattr(observation, name) for name in columns}, columns, changed_by_others_since_base=others
    )
    added = _add_photos(arrival, observation, photos)
    for name, (_before, after) in merged.changes.items():
        setattr(observation, name, after)
    if merged.changes or added:
        at = arrival.operation.received_at
        observation.is_conflict = observation.is_conflict or merged.is_conflict
        bump(observation, at)
        remember(observation, kind, _history(merged.changes, added), user_id=arrival.operation.by, at=at)
        changes.announce(CHANGED, facts_of(observation, at))
    return Applied(KIND, (observation.author_id,), rev=observation.rev)


def _columns(wanted: dict[str, Any], around: Surroundings) -> dict[str, Any]:
    """Return the columns that a correction's fields set."""
    columns = {
        _FIELD_OF.get(name, name): value for name, value in wanted.items() if name not in {"note", "note_confirmed"}
    }
    if "category" in wanted:
        columns["kind"] = around.kinds[wanted["category"]]
    if "floor" in wanted:
        columns["floor"] = wanted["floor"] or ""
    if wanted.get("place") is not None:
        columns["zone_id"] = around.place_zones[wanted["place"]]
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
    rows = photo_rows(arrival, [photo for photo in photos if photo.slot not in taken])
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


def bump(observation: Observation, at: datetime) -> None:
    """Count a record's revision up."""
    observation.rev += 1
    observation.updated_at = at


def remember(
    observation: Observation, kind: str, changed: dict[str, Any], *, user_id: UUID, at: datetime, by_role: str = "host"
) -> None:
    """Keep a change in the record's history."""
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


def photos_fit(photos: Sequence[PhotoReference], code: str, arrival: Arrival) -> bool:
    """Tell whether a category may have these photos and the operation names their bytes."""
    return not photos or (rules.takes_photos(code) and all(photo.sha256 in arrival.operation.blobs for photo in photos))


def photo_rows(arrival: Arrival, photos: Sequence[PhotoReference]) -> list[dict[str, Any]]:
    """Return the rows of photos that an operation names."""
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
