"""The words at the desk for what comes back."""

from __future__ import annotations

from flask_babel import lazy_gettext

from fieldapp.export.status_rules import DEFAULTS, NOTHING

OUTCOMES = {
    "applied": lazy_gettext("ärendet ändrades"),
    "same": lazy_gettext("ärendet var redan där"),
    "nothing": lazy_gettext("ändrar inget"),
    "late": lazy_gettext("äldre än det som redan var sagt"),
    "unknown": lazy_gettext("ordet är inte tolkat"),
    "refused": lazy_gettext("ärendet kan inte gå dit"),
    "stray": lazy_gettext("inget känt ärende"),
}
MEANINGS = {
    "bekraftad": lazy_gettext("bekräftat"),
    "pagar": lazy_gettext("pågår"),
    "atgardad": lazy_gettext("åtgärdat"),
    "avvisad": lazy_gettext("avvisat"),
    NOTHING: lazy_gettext("ändrar inget"),
}
UNKNOWN = lazy_gettext("inte tolkat")


def outcome_word(outcome: str) -> str:
    """Say what became of a report."""
    return str(OUTCOMES.get(outcome, outcome))


def meaning_word(word: str, status: str | None) -> str:
    """Say what a word means: as the administrator has it, else as its standard has it."""
    return str(MEANINGS.get(status or DEFAULTS.get(word, ""), UNKNOWN))
