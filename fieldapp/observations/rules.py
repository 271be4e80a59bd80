"""Decide about records: photos, text, merging of edits. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fieldapp.kernel.personal_data import mask, scan

CALM_CODE = "PO06"
NOTE_CHARS_MAX = 500
WITHDRAW_REASONS = ("mistake", "duplicate", "other")
CLOCK_AHEAD_MAX = timedelta(minutes=10)


def takes_photos(code: str) -> bool:
    """Tell whether records of a category may have photos: not where persons would be in them."""
    return not (code.startswith(("OR", "NA")) or code == "PO02")


DIRECT_FROM_SEVERITY = 3


def goes_directly(kind: str, severity: int) -> bool:
    """Tell whether damage of a new category goes to maintenance without review, until the organisation says otherwise."""
    return kind == "D" and severity >= DIRECT_FROM_SEVERITY


@dataclass(frozen=True, slots=True)
class JudgedNote:
    """A note as it is kept: the text, the text with personal data masked, and what is to be done about it."""

    text: str
    masked: str
    state: str


NOTHING_SAID = JudgedNote("", "", "clean")


def judge_note(text: str | None, *, is_confirmed: bool) -> JudgedNote:
    """Scan a note again, as the phone did. Nothing is refused: what was logged is kept, masked, and marked for review.

    States: `clean`; `confirmed` (the host saw the warning and stands by it); `unconfirmed` (the phone's scanner was older);
    `sensitive` (special categories of data: held back from everything but review).
    """
    text = text or ""
    findings = scan(text)
    if not findings:
        return JudgedNote(text, text, "clean")
    masked = mask(text, findings)
    if any(finding.kind == "special_category" for finding in findings):
        return JudgedNote(text, masked, "sensitive")
    return JudgedNote(text, masked, "confirmed" if is_confirmed else "unconfirmed")


def believable_time(at: datetime, received_at: datetime) -> datetime:
    """Return when something happened, as far as it can be believed: a phone whose clock is ahead is not from the future."""
    return received_at if at - received_at > CLOCK_AHEAD_MAX else at


@dataclass(frozen=True, slots=True)
class Merge:
    """What an edit does: the fields that change as [before, after], and whether somebody else changed one of them meanwhile."""

    changes: Mapping[str, tuple[Any, Any]]
    is_conflict: bool


def merge(
    current: Mapping[str, Any], wanted: Mapping[str, Any], *, changed_by_others_since_base: Iterable[str]
) -> Merge:
    """Merge an edit into a record, field by field: the later one shows, both stay in the history, a clash is marked."""
    changes = {name: (current[name], value) for name, value in wanted.items() if current[name] != value}
    clash = set(changes) & set(changed_by_others_since_base)
    return Merge(changes, is_conflict=bool(clash))
