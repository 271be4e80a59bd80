"""Decide what a receiver's word about an order does to the case. Pure: no clock, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fieldapp.damage import rules

NOTHING = "-"
"""What a word is mapped to that says nothing about a case: it is kept, and changes nothing."""

MAPPABLE = ("bekraftad", "pagar", "atgardad", "avvisad")
"""What whoever mends can say of a case. The rest is the organisation's own to say."""

DEFAULTS: Mapping[str, str] = {
    "open": NOTHING,
    "unchanged": NOTHING,
    "for_triage": NOTHING,
    "internal_referral": NOTHING,
    "created": NOTHING,
    "investigating": "bekraftad",
    "planned": "bekraftad",
    "in_progress": "pagar",
    "action_scheduled": "pagar",
    "pending": "pagar",
    "fixed": "atgardad",
    "closed": "atgardad",
    "completed": "atgardad",
    "no_further_action": "avvisad",
    "not_councils_responsibility": "avvisad",
    "cancelled": "avvisad",
    "annulled": "avvisad",
    **{status: status for status in MAPPABLE},
    "bekräftad": "bekraftad",
    "pågår": "pagar",
    "åtgärdad": "atgardad",
}
"""What words mean until an administrator says otherwise: GeoReport v2, its updates extension, fi2xml's class list of case
statuses, and our own. `duplicate` and `reopen` are not here: they need a person, who knows of which case."""

WORD_MAX = 64
AHEAD_MAX = timedelta(minutes=10)
"""A receiver whose clock is further ahead than this is not believed: its word is taken to be of when it arrived."""

_PROGRESS = ("ny", "granskad", "skickad", "bekraftad", "pagar", "atgardad", "kontrollerad", "stangd")


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a receiver says of one of its orders. `key` is the same whenever the same is said again."""

    key: str
    external_id: str
    case_no: int | None
    word: str
    told_at: datetime | None
    note: str


class Outcome(StrEnum):
    """What became of a report."""

    APPLIED = "applied"
    SAME = "same"
    NOTHING = "nothing"
    LATE = "late"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    STRAY = "stray"


OUTCOMES = tuple(Outcome)


def plain_word(word: str) -> str:
    """Return a word as the table of words knows it: however it was written, and no longer than is kept."""
    return " ".join(word.split()).casefold().replace(" ", "_")[:WORD_MAX]


def report_key(*parts: object) -> str:
    """Return the key of a report that came without one: the same for the same order, word, time and note."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()


def meaning_of(word: str, table: Mapping[str, str]) -> str | None:
    """Return what a word means to a receiver's orders: a status, NOTHING, or None where nobody has said."""
    return table.get(word, DEFAULTS.get(word))


def believed_at(told_at: datetime | None, received_at: datetime) -> datetime:
    """Return of when a report is: as it says, unless it says nothing or a time to come."""
    if told_at is None or told_at - received_at > AHEAD_MAX:
        return received_at
    return told_at


def judge_report(meaning: str | None, status: str, at: datetime, newest_at: datetime | None) -> Outcome:
    """Judge a report of when `at` about a case that stands at `status` and of which something as new as `newest_at` was done.

    A case that is past what is told stays where it is: receivers repeat themselves, and tell of yesterday.
    """
    if meaning is None:
        return Outcome.UNKNOWN
    if meaning == NOTHING:
        return Outcome.NOTHING
    if newest_at is not None and at < newest_at:
        return Outcome.LATE
    if meaning == status or (meaning in _PROGRESS and status in _PROGRESS[_PROGRESS.index(meaning) :]):
        return Outcome.SAME
    is_open_to_it = rules.judge_step(status, meaning) is rules.Verdict.CHANGE
    return Outcome.APPLIED if is_open_to_it else Outcome.REFUSED
