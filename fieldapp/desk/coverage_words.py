"""The words of coverage: how long ago, which of three states, which part of a day, how much in bands. No time of day in any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from flask_babel import format_date, lazy_gettext

from fieldapp.coverage.commands import Period
from fieldapp.coverage.rules import PIECE, PLACE
from fieldapp.desk.coverage_names import TargetName
from fieldapp.desk.words import _, ngettext, place_kind_word

_STATES = {"seen": lazy_gettext("sedd"), "not_seen": lazy_gettext("inte sedd"), "unknown": lazy_gettext("okänt")}
_PARTS = {
    "morning": lazy_gettext("förmiddag"),
    "afternoon": lazy_gettext("eftermiddag"),
    "evening": lazy_gettext("kväll"),
    "night": lazy_gettext("natt"),
}
_HOURS = {"morning": "06–12", "afternoon": "12–18", "evening": "18–22", "night": "22–06"}
_MONDAY = date(2024, 1, 1)

GAP_BANDS_MIN = (5, 15, 30, 60)
HOUR_BANDS = (2, 5, 10, 20)


def coverage_state_word(state: str) -> str:
    """Name one of the three states."""
    return str(_STATES[state])


def part_word(part: str) -> str:
    """Name a part of the day."""
    return str(_PARTS[part])


def part_hours(part: str) -> str:
    """Say from which hour to which a part of the day is."""
    return _HOURS[part]


def weekday_word(weekday: int) -> str:
    """Name a weekday, 0 = Monday."""
    return str(format_date(_MONDAY + timedelta(days=weekday), "EEEE"))


def target_kind_word(kind: str) -> str:
    """Name a kind of target."""
    words = {PIECE: _("Vägstycke"), PLACE: _("Platser")}
    return words.get(kind) or place_kind_word(kind)


def target_words(name: TargetName) -> str:
    """Say what a target is: a place's name, or what a piece is near and how long it is."""
    if name.kind != PIECE:
        return name.name
    near = _("Väg vid %(near)s", near=name.name) if name.name else _("Väg utan plats nära")
    return f"{near}, {name.length_m} m"


def seen_words(days: int | None, *, is_inherited: bool = False, is_past: bool = False) -> str:
    """Say how long ago: "sedd för 2 dagar sedan", "aldrig sedd", "sedd igår (ärvd)".

    `is_past`: how long before the last day of a period that is over, "sedd 2 dagar dessförinnan".
    """
    if days is None:
        return _("inte sedd på ett år dessförinnan") if is_past else _("aldrig sedd")
    if days == 0:
        words = _("sedd sista dagen") if is_past else _("sedd idag")
    elif is_past:
        words = ngettext("sedd %(num)d dag dessförinnan", "sedd %(num)d dagar dessförinnan", days)
    elif days == 1:
        words = _("sedd igår")
    else:
        words = ngettext("sedd för %(num)d dag sedan", "sedd för %(num)d dagar sedan", days)
    return _("%(seen)s (ärvd)", seen=words) if is_inherited else words


def maybe_words(count: int) -> str:
    """Say how many walks may have seen what none is known to have seen."""
    return ngettext("kan ha setts %(num)d gång", "kan ha setts %(num)d gånger", count)


def period_words(period: Period) -> str:
    """Write a period: "27 okt. – 23 nov. 2026"."""
    first = format_date(period.first, "d MMM y" if period.first.year != period.last.year else "d MMM")
    last = format_date(period.last, "d MMM y")
    return str(last) if period.first == period.last else f"{first} – {last}"


def length_band(length: timedelta) -> str:
    """Say how long a gap was, in bands."""
    return band_words(length / timedelta(minutes=1), GAP_BANDS_MIN, _("min"))


def hour_band(hours: float) -> str:
    """Say how many hours of presence there were, in bands."""
    return "0" if hours == 0 else band_words(hours, HOUR_BANDS, _("tim"))


def band_words(amount: float, bounds: Sequence[int], unit: str) -> str:
    """Say between which bounds an amount is: "under 5 min", "5–15 min", "60 min eller mer"."""
    if amount < bounds[0]:
        return _("under %(bound)s %(unit)s", bound=bounds[0], unit=unit)
    for low, high in pairwise(bounds):
        if amount < high:
            return f"{low}–{high} {unit}"
    return _("%(bound)s %(unit)s eller mer", bound=bounds[-1], unit=unit)


FILTERS: dict[str, Callable[..., str]] = {
    "coverage_state_word": coverage_state_word,
    "part_word": part_word,
    "part_hours": part_hours,
    "weekday_word": weekday_word,
    "period_words": period_words,
}
"""For templates, as those of `desk.filters`."""
