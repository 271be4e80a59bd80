"""What the desk shows of a held operation: in words, with its note masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from fieldapp.kernel.personal_data import mask, scan
from fieldapp.kernel.time import WIRE_MS_MAX, from_ms
from fieldapp.sync.models import LedgerEntry

NOTE_CHARS_MAX = 500
CODE_CHARS_MAX = 8


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One held operation as a person reads it. `at` is when the host did it, by the phone's clock, if that can be read."""

    id: UUID
    what: str
    why: str
    category: str
    severity: int | None
    note: str
    at: datetime | None
    received_at: datetime
    user_id: UUID


def held_line(entry: LedgerEntry) -> HeldLine:
    """Return how an operation is shown. Whatever stands in it, something can be shown: it is held because it is odd."""
    body: Mapping[str, Any] = entry.body or {}
    given = body.get("data")
    data: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    corrected = data.get("set")
    fields: Mapping[str, Any] = corrected if isinstance(corrected, Mapping) else data
    return HeldLine(
        id=entry.id,
        what=what_word(entry.type),
        why=why_word(entry.why or ""),
        category=_text(fields.get("category"), CODE_CHARS_MAX),
        severity=_severity(fields.get("severity")),
        note=_masked(fields.get("note")),
        at=_instant(body.get("at")),
        received_at=entry.received_at,
        user_id=entry.by_id,
    )


def _severity(value: Any) -> int | None:
    is_one = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 4
    return value if is_one else None


def _text(value: Any, chars_max: int) -> str:
    return value[:chars_max] if isinstance(value, str) else ""


def _masked(value: Any) -> str:
    text = _text(value, NOTE_CHARS_MAX)
    return mask(text, scan(text))


def _instant(value: Any) -> datetime | None:
    is_wire = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= WIRE_MS_MAX
    return from_ms(value) if is_wire else None


def what_word(type_: str) -> str:
    """Say what an operation does."""
    words: dict[str, str] = {
        "round.start": _("började en rond"),
        "round.pause": _("pausade en rond"),
        "round.resume": _("fortsatte en rond"),
        "round.end": _("avslutade en rond"),
        "track.segment": _("en del av ett spår"),
        "gap.record": _("en lucka i ett spår"),
        "walk.tell": _("berättade vad som gicks i en lucka"),
        "walk.untell": _("tog tillbaka vad som berättades om en lucka"),
        "observation.record": _("en iakttagelse eller skada"),
        "observation.correct": _("en rättelse"),
        "observation.withdraw": _("tog tillbaka en post"),
        "visit.check": _("lugnt på en plats"),
    }
    return words.get(type_) or _("något som en nyare app kan logga")


def why_word(why: str) -> str:
    """Say why an operation was kept and not carried out."""
    words: dict[str, str] = {
        "invalid": _("Något i posten stämmer inte med vad servern tar emot."),
        "unknown_type": _("Appen på telefonen är nyare än servern."),
        "unknown_version": _("Appen på telefonen har en annan version än servern."),
        "forbidden": _("Värden fick inte göra detta."),
        "not_signed_in_here": _("Posten är gjord av någon som inte var inloggad på den telefonen."),
        "waits_for": _("Väntar på något annat som inte har kommit än, till exempel ronden den hör till."),
        "illegal_transition": _("Det gick inte längre, till exempel för att ronden var avslutad."),
        "revoked": _("Telefonen är spärrad eller kontot avstängt."),
    }
    return words.get(why, why)


def fault_word(code: str) -> str:
    """Say what is wrong with a line of a file that a phone saved."""
    words: dict[str, str] = {
        "line": _("Raden går inte att läsa."),
        "operation": _("Posten på raden saknar det som skiljer den från andra."),
        "photo": _("Fotot på raden är skadat, eller hör inte till någon post från telefonen."),
        "photo_gap": _("En tidigare del av fotot saknas."),
    }
    return words.get(code, code)
