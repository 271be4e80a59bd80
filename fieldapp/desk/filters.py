"""How the desk writes times, spans and codes: Jinja filters of every page, in the organisation's time zone.

Instants come in as aware UTC. Nothing of a round is shown finer than a quarter-hour: use `quarter` and `quarter_span`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import format_date, format_datetime, format_decimal, get_locale, get_timezone

from fieldapp.desk import words
from fieldapp.desk.words import _, ngettext
from fieldapp.kernel.time import quarter_hour

QUARTER = timedelta(minutes=15)


def to_local(at: datetime) -> datetime:
    """Return an instant on the organisation's clock."""
    return at.astimezone(get_timezone())


def local_date(at: datetime | date) -> str:
    """Write a day: "tis 25 nov. 2025"."""
    day = to_local(at).date() if isinstance(at, datetime) else at
    return str(format_date(day, "EEE d MMM y"))


def local_day(at: datetime | date) -> str:
    """Write a day as a heading: "tisdag 25 november"."""
    day = to_local(at).date() if isinstance(at, datetime) else at
    return str(format_date(day, "EEEE d MMMM"))


def long_date(at: datetime | date) -> str:
    """Write a day in full: "tisdag 25 november 2025"."""
    day = to_local(at).date() if isinstance(at, datetime) else at
    return str(format_date(day, "EEEE d MMMM y"))


def capital(text: str) -> str:
    """Begin a text with a capital and leave the rest as it is: English months keep theirs."""
    return text[:1].upper() + text[1:]


def iso_week(at: datetime | date) -> str:
    """Write the ISO week of a day: "v. 48"."""
    day = to_local(at).date() if isinstance(at, datetime) else at
    return _("v. %(week)s", week=day.isocalendar().week)


def local_time(at: datetime) -> str:
    """Write a time of day on the 24-hour clock."""
    return str(format_datetime(at, "HH:mm"))


def local_datetime(at: datetime) -> str:
    """Write day and time: "tis 25 nov. 2025 21:14"."""
    return str(format_datetime(at, "EEE d MMM y HH:mm"))


def quarter(at: datetime) -> str:
    """Write the quarter-hour an instant falls in."""
    return local_time(quarter_hour(at))


def quarter_span(start: datetime, end: datetime | None) -> str:
    """Write from when to when in whole quarter-hours that hold it: "21:15–22:45"."""
    first = quarter(start)
    if end is None:
        return _("från %(time)s", time=first)
    last = quarter_hour(end)
    return f"{first}–{local_time(last if last == end and last > start else last + QUARTER)}"


def duration(span: timedelta) -> str:
    """Write a length of time: "34 min", "172 min", "4 tim 20 min"; less than a minute is "mindre än 1 min"."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return _("mindre än 1 min")
    if minutes < 180:
        return _("%(minutes)s min", minutes=minutes)
    hours, rest = divmod(minutes, 60)
    if rest == 0:
        return _("%(hours)s tim", hours=hours)
    return _("%(hours)s tim %(minutes)s min", hours=hours, minutes=rest)


def short_date(at: datetime) -> str:
    """Write a day for a list, without its year: "sön 22 nov."."""
    return str(format_date(to_local(at).date(), "EEE d MMM"))


def decimal(number: float) -> str:
    """Write a number as the reader's language does: "2,9"."""
    return str(format_decimal(number))


def floor_words(floor: str) -> str:
    """Write a floor: the usual ones by their name, a bare number with its word, anything else as the host wrote it."""
    if floor.lstrip("-").isdecimal():
        return _("våning %(floor)s", floor=floor)
    names = {"cellar": _("källare"), "entrance": _("entré"), "attic": _("vind")}
    return names.get({"källare": "cellar", "entré": "entrance", "vind": "attic"}.get(floor, floor), floor)


def days_ago(at: datetime, now: datetime) -> str:
    """Write how many local days ago something was: "idag", "igår", "för 5 dagar sedan"."""
    days = (to_local(now).date() - to_local(at).date()).days
    if days <= 0:
        return _("idag")
    if days == 1:
        return _("igår")
    return ngettext("för %(num)d dag sedan", "för %(num)d dagar sedan", days)


def category_name(category: Any) -> str:
    """Return a category's name in the reader's language; a code that is not known is its own name."""
    if category is None:
        return ""
    if isinstance(category, str):
        return category
    return str(category.name_en if get_locale().language == "en" else category.name_sv)


FILTERS: dict[str, Callable[..., str]] = {
    "local_date": local_date,
    "local_day": local_day,
    "capital": capital,
    "local_time": local_time,
    "local_datetime": local_datetime,
    "short_date": short_date,
    "decimal": decimal,
    "floor_words": floor_words,
    "long_date": long_date,
    "iso_week": iso_week,
    "quarter": quarter,
    "duration": duration,
    "days_ago": days_ago,
    "category_name": category_name,
    "group_name": words.group_name,
    "severity_word": words.severity_word,
    "kind_word": words.kind_word,
    "state_word": words.state_word,
    "note_state_word": words.note_state_word,
    "case_status_word": words.case_status_word,
    "end_reason_word": words.end_reason_word,
    "place_kind_word": words.place_kind_word,
    "role_word": words.role_word,
    "edit_kind_word": words.edit_kind_word,
    "photo_state_word": words.photo_state_word,
    "withdraw_reason_word": words.withdraw_reason_word,
}
"""Registered on the application by `desk.pages`; `{{ at | local_date }}`."""
