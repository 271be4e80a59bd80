"""The words for codes, as the phone says them too. A code without a word is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import flask_babel
from flask_babel import lazy_gettext

Code = TypeVar("Code", str, int)


def _(text: str, **values: Any) -> str:
    """Translate; the library has no types."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """Translate a sentence with a number in it, `%(num)d`."""
    return str(flask_babel.ngettext(one, many, number, **values))


def _word(words: Mapping[Code, Any], code: Code) -> str:
    """Translate one word of a table: translating all of them for each would be most of a long list's time."""
    return str(words.get(code, code))


_SEVERITIES = {
    1: lazy_gettext("Notering"),
    2: lazy_gettext("Planeras"),
    3: lazy_gettext("Inom ett dygn"),
    4: lazy_gettext("Akut nu"),
}


def severity_word(severity: int) -> str:
    """Name a severity 1–4."""
    return _word(_SEVERITIES, severity)


_KINDS = {"D": lazy_gettext("Skada"), "O": lazy_gettext("Iakttagelse"), "P": lazy_gettext("Närvaro")}


def kind_word(kind: str) -> str:
    """Name a record's kind."""
    return _word(_KINDS, kind)


_STATES = {"recorded": lazy_gettext("Gäller"), "withdrawn": lazy_gettext("Återtagen")}


def state_word(state: str) -> str:
    """Name a record's state."""
    return _word(_STATES, state)


_NOTE_STATES = {
    "clean": lazy_gettext("Inga personuppgifter hittade"),
    "confirmed": lazy_gettext("Värden har bekräftat texten"),
    "unconfirmed": lazy_gettext("Texten behöver granskas: möjliga personuppgifter"),
    "sensitive": lazy_gettext("Texten behöver granskas: kan vara känsliga uppgifter"),
}


def note_state_word(state: str) -> str:
    """Say what a scan of a note found."""
    return _word(_NOTE_STATES, state)


_GROUPS = {
    "SK": lazy_gettext("Skadegörelse och fel"),
    "BR": lazy_gettext("Brand"),
    "BE": lazy_gettext("Belysning och plats"),
    "RE": lazy_gettext("Renhållning"),
    "OR": lazy_gettext("Ordning"),
    "NA": lazy_gettext("Narkotika"),
    "TR": lazy_gettext("Trafik"),
    "TI": lazy_gettext("Tillgrepp"),
    "PO": lazy_gettext("Närvaro och kontakter"),
    "OV": lazy_gettext("Annat"),
}


def group_name(code: str) -> str:
    """Name the first level of the categories."""
    return _word(_GROUPS, code)


_CASE_STATUSES = {
    "ny": lazy_gettext("nytt"),
    "granskad": lazy_gettext("granskat"),
    "skickad": lazy_gettext("skickat till drift"),
    "bekraftad": lazy_gettext("bekräftat"),
    "pagar": lazy_gettext("pågår"),
    "atgardad": lazy_gettext("åtgärdat"),
    "kontrollerad": lazy_gettext("kontrollerat"),
    "stangd": lazy_gettext("stängt"),
    "avvisad": lazy_gettext("avvisat"),
    "dubblett": lazy_gettext("dubblett"),
    "ateroppnad": lazy_gettext("öppnat igen"),
}


def case_status_word(status: str) -> str:
    """Name how a case stands."""
    return _word(_CASE_STATUSES, status)


_GAP_REASONS = {
    "hidden": lazy_gettext("skärmen var släckt eller en annan app öppen"),
    "locked_or_killed": lazy_gettext("appen var stängd"),
    "no_fix": lazy_gettext("ingen position"),
    "permission": lazy_gettext("plats är inte tillåten"),
    "user_pause": lazy_gettext("paus"),
    "low_accuracy": lazy_gettext("för osäker position"),
    "leap": lazy_gettext("positionen hoppade"),
}


def gap_reason_word(reason: str) -> str:
    """Say why nothing was recorded."""
    return _word(_GAP_REASONS, reason)


_END_REASONS = {
    "done": lazy_gettext("klar"),
    "weather": lazy_gettext("vädret"),
    "called_away": lazy_gettext("kallade till annat"),
    "unsafe": lazy_gettext("otryggt"),
    "equipment": lazy_gettext("utrustningen strulade"),
    "forgotten": lazy_gettext("avslutades inte på telefonen"),
    "other": lazy_gettext("annat"),
}


def end_reason_word(reason: str) -> str:
    """Say why a round ended."""
    return _word(_END_REASONS, reason)


_PLACE_KINDS = {
    "Building": lazy_gettext("Byggnad"),
    "Entrance": lazy_gettext("Entré"),
    "Stairwell": lazy_gettext("Trapphus"),
    "Level": lazy_gettext("Våning"),
    "BasementLevel": lazy_gettext("Källare"),
    "Attic": lazy_gettext("Vind"),
    "LaundryRoom": lazy_gettext("Tvättstuga"),
    "BicycleGarage": lazy_gettext("Cykelrum"),
    "Garage": lazy_gettext("Garage"),
    "Storage": lazy_gettext("Förråd"),
    "WasteManagementRoom": lazy_gettext("Miljörum"),
    "ElevatorShaft": lazy_gettext("Hiss"),
    "OutdoorSpace": lazy_gettext("Gård"),
    "Playground": lazy_gettext("Lekplats"),
    "Path": lazy_gettext("Gångväg"),
    "ParkingSpace": lazy_gettext("Parkering"),
    "PointOfInterest": lazy_gettext("Annan plats"),
}


def place_kind_word(kind: str) -> str:
    """Name a kind of place."""
    return _word(_PLACE_KINDS, kind)


_ROLES = {
    "host": lazy_gettext("Trygghetsvärd"),
    "supervisor": lazy_gettext("Gruppledare"),
    "maintenance": lazy_gettext("Drift"),
    "coordinator": lazy_gettext("Samordnare"),
    "partner": lazy_gettext("Samverkanspart"),
    "administrator": lazy_gettext("Administratör"),
    "dpo": lazy_gettext("Dataskyddsombud"),
}


def role_word(role: str) -> str:
    """Name a role."""
    return _word(_ROLES, role)


_PHOTO_STATES = {
    "named": lazy_gettext("på väg från telefonen"),
    "received": lazy_gettext("mottagen, görs i ordning"),
    "clean": lazy_gettext("mottagen"),
    "refused": lazy_gettext("gick inte att läsa"),
}


def photo_state_word(state: str) -> str:
    """Say how far a photo has come."""
    return _word(_PHOTO_STATES, state)


_WITHDRAW_REASONS = {
    "mistake": lazy_gettext("den var fel"),
    "duplicate": lazy_gettext("den är redan loggad"),
    "other": lazy_gettext("annat"),
}


def withdraw_reason_word(reason: str | None) -> str:
    """Say why a host took a record back."""
    return _word(_WITHDRAW_REASONS, reason or "")


_EDIT_KINDS = {
    "correct": lazy_gettext("rättade"),
    "withdraw": lazy_gettext("tog tillbaka"),
    "recategorise": lazy_gettext("ändrade kategorin"),
    "record_again": lazy_gettext("loggade igen"),
}


def edit_kind_word(kind: str) -> str:
    """Say what sort of change a line of a record's history is."""
    return _word(_EDIT_KINDS, kind)
