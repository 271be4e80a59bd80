"""The words for cases: how one stands, what its clock says, who took a step and why one could not be taken."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext

from fieldapp.damage import rules
from fieldapp.damage.models import Case, CaseEvent
from fieldapp.desk.words import _, _word, case_status_word, ngettext, role_word

_RULES = {
    "direct": lazy_gettext("kategorin går direkt till drift"),
    "corrected": lazy_gettext("värden eller skrivbordet rättade posten"),
    "withdrawn": lazy_gettext("värden tog tillbaka posten"),
    "no_damage": lazy_gettext("posten är inte en skada längre"),
    "damage_again": lazy_gettext("posten är en skada igen"),
    "sent": lazy_gettext("mottagaren har tagit emot ärendet"),
    "receiver": lazy_gettext("mottagaren har svarat"),
    "photos": lazy_gettext("foton kom eller frigavs efteråt"),
}

_STEPS = {
    "granskad": lazy_gettext("Granskat, till drift"),
    "bekraftad": lazy_gettext("Bekräfta"),
    "pagar": lazy_gettext("Pågår"),
    "atgardad": lazy_gettext("Åtgärdat"),
    "kontrollerad": lazy_gettext("Kontrollerat på plats"),
    "stangd": lazy_gettext("Stäng ärendet"),
    "ny": lazy_gettext("Ta upp ärendet igen"),
    "avvisad": lazy_gettext("Avvisa"),
}

_REASONS = {
    "återtagen": lazy_gettext("återtagen"),
    "inte en skada": lazy_gettext("inte en skada"),
    "mottagaren avvisar": lazy_gettext("mottagaren avvisar"),
}


def step_word(to: str) -> str:
    """Say what a button does."""
    return _word(_STEPS, to)


def status_reason_word(reason: str) -> str:
    """Say why a case stands as it does: a rule's word, else what a person wrote."""
    return _word(_REASONS, reason)


def event_who(event: CaseEvent) -> str:
    """Say who took a step: the role of a person, or the rule."""
    return _("Regel: %(rule)s", rule=_word(_RULES, event.rule)) if event.rule else role_word(event.by_role)


def event_what(event: CaseEvent) -> str:
    """Say what a step did: "nytt → granskat", or that the case got a new revision."""
    if event.from_status == event.to_status:
        return _("ny version %(revision)s", revision=event.revision)
    return f"{case_status_word(event.from_status)} → {case_status_word(event.to_status)}"


def refused_words(status: str, to: str) -> str:
    """Say why a step could not be taken."""
    return _("Ärendet är %(now)s och kan inte bli %(to)s.", now=case_status_word(status), to=case_status_word(to))


def span_words(span: timedelta) -> str:
    """Write a length of time as a clock of days says it: "40 min", "31 tim", "3 dygn"."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return _("%(minutes)s min", minutes=minutes)
    if minutes < 48 * 60:
        return _("%(hours)s tim", hours=minutes // 60)
    return ngettext("%(num)d dygn", "%(num)d dygn", minutes // (24 * 60))


def clock_words(case: Case, now: datetime) -> str:
    """Say what a case's clock says; nothing where none runs and nothing was mended."""
    if case.mended_at is not None:
        return _mended_words(case)
    if case.due_at is None or not rules.is_open(case.status):
        return ""
    if now > case.due_at:
        return _("%(span)s över tiden", span=span_words(now - case.due_at))
    return _("%(span)s kvar", span=span_words(case.due_at - now))


def _mended_words(case: Case) -> str:
    if case.mended_at is None or case.due_at is None:
        return ""
    if case.mended_at <= case.due_at:
        return _("åtgärdat i tid")
    return _("åtgärdat %(span)s för sent", span=span_words(case.mended_at - case.due_at))


def status_kind(case: Case, now: datetime) -> str:
    """Return the tone of a case's status: bad when overdue, warn when it waits for review, ok when mended."""
    if rules.is_overdue(case.status, case.due_at, now):
        return "bad"
    return {"ny": "warn", "atgardad": "ok", "kontrollerad": "ok", "stangd": "ok"}.get(case.status, "")


FILTERS = {
    "step_word": step_word,
    "event_who": event_who,
    "event_what": event_what,
    "status_reason_word": status_reason_word,
}
