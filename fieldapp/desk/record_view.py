"""One opened record: every field, where its place is, its history in words, its case, photos and comments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fieldapp.damage.models import Case
from fieldapp.damage.queries import cases_of
from fieldapp.desk import maps
from fieldapp.desk.filters import category_name
from fieldapp.desk.words import _, note_state_word, severity_word, state_word
from fieldapp.observations.models import Category, Observation, ObservationComment, ObservationEdit, ObservationPhoto
from fieldapp.observations.queries import categories_by_code, comments_of, edits_of, photos_of
from fieldapp.observations.rules import CALM_CODE, takes_photos
from fieldapp.places.models import Place, Zone
from fieldapp.places.queries import places_by_id, zones_by_id
from fieldapp.rounds.queries import RoundSubject, round_in_tenant

LADDER_MAX = 6


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that changed, in words."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change of a record: when, in what role somebody made it, and what."""

    at: datetime
    kind: str
    by_role: str
    changes: Sequence[FieldChange]


@dataclass(frozen=True, slots=True)
class RecordView:
    """What the page of an opened record shows. Nothing says which host logged it."""

    record: Observation
    category: Category | None
    categories: Sequence[Category]
    zone: Zone | None
    ladder: Sequence[Place]
    photos: Sequence[ObservationPhoto]
    comments: Sequence[ObservationComment]
    history: Sequence[HistoryLine]
    case: Case | None
    round: RoundSubject | None

    @property
    def place(self) -> Place | None:
        """Return the record's own place."""
        return self.ladder[-1] if self.ladder else None

    @property
    def is_calm(self) -> bool:
        """Tell whether the record says that the place was calm."""
        return self.record.category_code == CALM_CODE

    @property
    def is_masked(self) -> bool:
        """Tell whether the note as it is shown has something masked."""
        return self.record.note != self.record.note_masked

    @property
    def may_recategorise(self) -> bool:
        """Tell whether the desk may choose another category: not for what was taken back, nor for a calm check."""
        return self.record.state == "recorded" and not self.is_calm

    @property
    def choosable(self) -> list[Category]:
        """Return the categories that the record may get: living ones, and only such that may have its photos."""
        return [
            category
            for category in self.categories
            if category.ended_at is None
            and category.code != CALM_CODE
            and (not self.photos or takes_photos(category.code))
        ]

    @property
    def layers(self) -> dict[str, Any]:
        """Return what the map shows."""
        words = {self.record.id: category_name(self.category or self.record.category_code)}
        places = {self.place.id: self.place} if self.place else {}
        return {"records": maps.records_layer([self.record], places, words)}


def record_view(record: Observation, now: datetime) -> RecordView:
    """Return an opened record."""
    categories = categories_by_code()
    edits = edits_of(record.id)
    return RecordView(
        record=record,
        category=categories.get(record.category_code),
        categories=list(categories.values()),
        zone=zones_by_id([record.zone_id]).get(record.zone_id) if record.zone_id else None,
        ladder=ladder_of(record.place_id),
        photos=photos_of([record.id]).get(record.id, []),
        comments=comments_of([record.id]).get(record.id, []),
        history=_history(edits, categories),
        case=cases_of([record.id]).get(record.id),
        round=round_in_tenant(record.round_id, now) if record.round_id else None,
    )


def ladder_of(place_id: UUID | None) -> list[Place]:
    """Return a place below everything it is in, the outermost first."""
    found: list[Place] = []
    while place_id is not None and len(found) < LADDER_MAX:
        place = places_by_id([place_id]).get(place_id)
        if place is None:
            break
        found.insert(0, place)
        place_id = place.parent_id
    return found


def _history(edits: Sequence[ObservationEdit], categories: Mapping[str, Category]) -> list[HistoryLine]:
    places = places_by_id(_places_named(edits))
    return [HistoryLine(edit.at, edit.kind, edit.by_role, _changes(edit, categories, places)) for edit in edits]


def _places_named(edits: Sequence[ObservationEdit]) -> list[UUID]:
    return [UUID(value) for edit in edits for value in edit.changes.get("place_id", ()) if value]


def _changes(
    edit: ObservationEdit, categories: Mapping[str, Category], places: Mapping[UUID, Place]
) -> list[FieldChange]:
    found = []
    for name, pair in edit.changes.items():
        label, write = _field(name, categories, places)
        found.append(FieldChange(label, write(pair[0]), write(pair[1])))
    return found


def _field(
    name: str, categories: Mapping[str, Category], places: Mapping[UUID, Place]
) -> tuple[str, Callable[[Any], str]]:
    """Return what a field is called, and how its values are written."""

    def category(code: Any) -> str:
        return f"{code} {category_name(categories.get(code))}".strip()

    def place(key: Any) -> str:
        known = places.get(UUID(key)) if key else None
        return known.name if known else _("ingen plats")

    fields: dict[str, tuple[str, Callable[[Any], str]]] = {
        "category": (_("Kategori"), category),
        "category_code": (_("Kategori"), category),
        "place_id": (_("Plats"), place),
        "place_source": (_("Platsen är"), _place_source),
        "floor": (_("Våning"), str),
        "severity": (_("Allvarlighet"), lambda value: f"{value} {severity_word(value)}"),
        "note_masked": (_("Text"), str),
        "note_state": (_("Granskning av texten"), note_state_word),
        "state": (_("Läge"), state_word),
        "photos_added": (_("Tillagda foton"), str),
    }
    return fields.get(name, (name, str))


def _place_source(value: Any) -> str:
    return {"suggested": _("föreslagen"), "chosen": _("vald"), "none": _("inte angiven")}.get(value, str(value))
