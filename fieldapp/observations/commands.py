"""What can be asked of observations. Made by schemas: shapes and ranges hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fieldapp.observations.rules import JudgedNote


@dataclass(frozen=True, slots=True)
class Position:
    """Where the phone was: WGS84 degrees, accuracy in metres or None, `at` in wire milliseconds."""

    lat: float
    lon: float
    accuracy_m: float | None
    at: int


@dataclass(frozen=True, slots=True)
class PhotoReference:
    """A photo by its hash, in one of three slots."""

    id: UUID
    slot: int
    sha256: str


@dataclass(frozen=True, slots=True)
class RecordObservation:
    """Log an observation or a damage."""

    round: UUID | None
    category: str
    place: UUID | None
    place_source: str
    floor: str | None
    position: Position | None
    severity: int
    note: str | None
    note_confirmed: bool
    photos: tuple[PhotoReference, ...]
    judged: JudgedNote
    """What is to be done about the note: found out while the record is read, when nobody waits for the database."""
    how: str | None = None


@dataclass(frozen=True, slots=True)
class CorrectObservation:
    """Change named fields of one's own record."""

    set: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WithdrawObservation:
    """Take one's own record back; it stays in the history."""

    reason: str


@dataclass(frozen=True, slots=True)
class CommentObservation:
    """Say something to the host about a record."""

    text: str


@dataclass(frozen=True, slots=True)
class RecategoriseObservation:
    """Correct a record's category at the desk."""

    category: str


@dataclass(frozen=True, slots=True)
class ListObservations:
    """What a list is asked to show, as its address says it. None means all; both days are included, in local time."""

    from_on: date | None = None
    to_on: date | None = None
    zone: UUID | None = None
    group: str | None = None
    category: str | None = None
    kind: str | None = None
    severity: int | None = None
    state: str | None = None
    review: bool | None = None


@dataclass(frozen=True, slots=True)
class ChangeCategory:
    """Change a category's words, usual severity, trade, whether it is in use, and whether its damage needs no review."""

    name_sv: str
    name_en: str
    severity: int
    trade: str
    in_use: bool
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class AddCategory:
    """Add a code to the organisation's set."""

    code: str
    kind: str
    name_sv: str
    name_en: str
    severity: int
    trade: str
    share: str
