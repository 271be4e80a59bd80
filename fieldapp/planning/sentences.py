"""Plans in words: "Varje kväll 18–22: 14 källare i Backa"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import flask_babel
from flask_babel import format_date, format_decimal

from fieldapp.planning.models import Plan
from fieldapp.planning.queries import Targets
from fieldapp.planning.rules import HOURS, WHOLE_DAY, Cadence, clock_of

KINDS_NAMED = 3


def _(text: str, **values: Any) -> str:
    """Translate; the library has no types."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, number: int) -> str:
    """Translate a sentence with a number in it, `%(num)d`."""
    return str(flask_babel.ngettext(one, many, number))


_MONDAY = date(2024, 1, 1)


def plan_sentence(cadence: Cadence, targets: Targets, zone_name: str) -> str:
    """Say a plan in one sentence."""
    return _("%(often)s: %(what)s i %(zone)s", often=often(cadence), what=what(targets), zone=zone_name)


def often(cadence: Cadence) -> str:
    """Say how often and when: "Varje kväll 18–22", "3 gånger i veckan, kväll 18–22"."""
    hours = (cadence.from_min, cadence.to_min)
    part = next((name for name, span in HOURS.items() if span == hours), "day")
    is_whole = hours == WHOLE_DAY
    clock = "" if is_whole else f" {_clock(hours[0])}–{_clock(hours[1])}"
    every_day = len(cadence.weekdays) == len(_EVERY_WEEKDAY)
    if cadence.times_a_week is None and every_day:
        return f"{_every(part)}{clock}"
    when = _days(cadence.weekdays)
    if cadence.times_a_week is not None:
        times = ngettext("%(num)d gång i veckan", "%(num)d gånger i veckan", cadence.times_a_week)
        when = times if every_day else f"{times} ({when})"
    if is_whole or not _part(part):
        return f"{_capital(when)}{clock}"
    return f"{_capital(when)}, {_part(part)}{clock}"


def what(targets: Targets) -> str:
    """Say what is named: "14 källare och 312 vägstycken (9,8 km)"."""
    kinds = targets.kinds
    parts = []
    if len(kinds) > KINDS_NAMED:
        parts.append(ngettext("%(num)d plats", "%(num)d platser", len(targets.places)))
    else:
        parts.extend(_kind(kind, count) for kind, count in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0])))
    if targets.pieces:
        pieces = ngettext("%(num)d vägstycke", "%(num)d vägstycken", len(targets.pieces))
        parts.append(f"{pieces} ({_('%(km)s km', km=format_decimal(round(targets.length_km, 1)))})")
    return _joined(parts) if parts else _("ingenting just nu")


def in_force(plan: Plan, day: date) -> str:
    """Say from when until when a plan holds, where that is worth saying."""
    if plan.starts_on > day:
        return _("från %(day)s", day=format_date(plan.starts_on, "d MMM y"))
    if plan.until_on is None:
        return ""
    if plan.until_on < day:
        return _("till %(day)s, förbi", day=format_date(plan.until_on, "d MMM y"))
    return _("till %(day)s", day=format_date(plan.until_on, "d MMM y"))


def part_options() -> list[tuple[str, str]]:
    """Return what can be chosen as a time of day."""
    names = {"morning": _("Förmiddag"), "afternoon": _("Eftermiddag"), "evening": _("Kväll"), "night": _("Natt")}
    parts = [(part, f"{names[part]} {_clock(span[0])}–{_clock(span[1])}") for part, span in HOURS.items()]
    return [*parts, ("day", _("När som helst på dygnet")), ("own", _("Egna tider"))]


def weekday_options() -> list[tuple[int, str]]:
    """Return the days of a week by name."""
    return [(number, _weekday(number, "EEEE")) for number in sorted(_EVERY_WEEKDAY)]


def refusal_sentence(code: str) -> str:
    """Say why a plan was refused."""
    words: dict[str, str] = {
        "unknown_zone": _("Området finns inte eller är avslutat."),
        "names_nothing": _("Välj vad som ska ses: vägar, slag av platser eller enskilda platser."),
        "unknown_place": _("En vald plats finns inte i området längre."),
        "unknown_plan": _("Planen som skulle ersättas finns inte."),
        "plan_ended": _("Planen är redan avslutad."),
    }
    return words[code]


_EVERY_WEEKDAY = frozenset(range(1, 8))
_WORKDAYS, _WEEKEND = frozenset(range(1, 6)), frozenset((6, 7))


def _clock(minute: int) -> str:
    """Write a time of day: "18", "19:30"."""
    at = clock_of(minute)
    return f"{at.hour:02}" if at.minute == 0 else f"{at.hour:02}:{at.minute:02}"


def _every(part: str) -> str:
    words: dict[str, str] = {
        "morning": _("Varje förmiddag"),
        "afternoon": _("Varje eftermiddag"),
        "evening": _("Varje kväll"),
        "night": _("Varje natt"),
        "day": _("Varje dag"),
    }
    return words[part]


def _part(part: str) -> str:
    words: dict[str, str] = {
        "morning": _("förmiddag"),
        "afternoon": _("eftermiddag"),
        "evening": _("kväll"),
        "night": _("natt"),
        "day": "",
    }
    return words[part]


def _days(weekdays: frozenset[int]) -> str:
    if weekdays == _WORKDAYS:
        return _("vardagar")
    if weekdays == _WEEKEND:
        return _("lördag och söndag")
    return _joined([_weekday(number, "EEEE") for number in sorted(weekdays)])


def _weekday(number: int, form: str) -> str:
    return str(format_date(_MONDAY + timedelta(days=number - 1), form))


def _joined(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(most)s och %(last)s", most=", ".join(parts[:-1]), last=parts[-1])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _kind(kind: str, count: int) -> str:
    counted: Mapping[str, Callable[[int], str]] = {
        "Building": lambda n: ngettext("%(num)d byggnad", "%(num)d byggnader", n),
        "Entrance": lambda n: ngettext("%(num)d entré", "%(num)d entréer", n),
        "Stairwell": lambda n: ngettext("%(num)d trapphus", "%(num)d trapphus", n),
        "Level": lambda n: ngettext("%(num)d våning", "%(num)d våningar", n),
        "BasementLevel": lambda n: ngettext("%(num)d källare", "%(num)d källare", n),
        "Attic": lambda n: ngettext("%(num)d vind", "%(num)d vindar", n),
        "LaundryRoom": lambda n: ngettext("%(num)d tvättstuga", "%(num)d tvättstugor", n),
        "BicycleGarage": lambda n: ngettext("%(num)d cykelrum", "%(num)d cykelrum", n),
        "Garage": lambda n: ngettext("%(num)d garage", "%(num)d garage", n),
        "Storage": lambda n: ngettext("%(num)d förråd", "%(num)d förråd", n),
        "WasteManagementRoom": lambda n: ngettext("%(num)d miljörum", "%(num)d miljörum", n),
        "ElevatorShaft": lambda n: ngettext("%(num)d hiss", "%(num)d hissar", n),
        "OutdoorSpace": lambda n: ngettext("%(num)d gård", "%(num)d gårdar", n),
        "Playground": lambda n: ngettext("%(num)d lekplats", "%(num)d lekplatser", n),
        "Path": lambda n: ngettext("%(num)d gångväg", "%(num)d gångvägar", n),
        "ParkingSpace": lambda n: ngettext("%(num)d parkering", "%(num)d parkeringar", n),
    }
    say = counted.get(kind)
    return say(count) if say is not None else ngettext("%(num)d plats", "%(num)d platser", count)
