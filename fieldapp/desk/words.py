"""The words for codes, as the phone says them too. A code without a word is shown as it is."""

from __future__ import annotations

from typing import Any

import flask_babel


def _(text: str, **values: Any) -> str:
    """Translate; the library has no types."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """Translate a sentence with a number in it, `%(num)d`."""
    return str(flask_babel.ngettext(one, many, number, **values))


def severity_word(severity: int) -> str:
    """Name a severity 1–4."""
    return {1: _("Notering"), 2: _("Planeras"), 3: _("Inom ett dygn"), 4: _("Akut nu")}.get(severity, str(severity))


def kind_word(kind: str) -> str:
    """Name a record's kind."""
    return {"D": _("Skada"), "O": _("Iakttagelse"), "P": _("Närvaro")}.get(kind, kind)


def state_word(state: str) -> str:
    """Name a record's state."""
    return {"recorded": _("Gäller"), "withdrawn": _("Återtagen")}.get(state, state)


def note_state_word(state: str) -> str:
    """Say what a scan of a note found."""
    return {
        "clean": _("Inga personuppgifter hittade"),
        "confirmed": _("Värden har bekräftat texten"),
        "unconfirmed": _("Texten behöver granskas: möjliga personuppgifter"),
        "sensitive": _("Texten behöver granskas: kan vara känsliga uppgifter"),
    }.get(state, state)


def group_name(code: str) -> str:
    """Name the first level of the categories."""
    return {
        "SK": _("Skadegörelse och fel"),
        "BR": _("Brand"),
        "BE": _("Belysning och plats"),
        "RE": _("Renhållning"),
        "OR": _("Ordning"),
        "NA": _("Narkotika"),
        "TR": _("Trafik"),
        "TI": _("Tillgrepp"),
        "PO": _("Närvaro och kontakter"),
        "OV": _("Annat"),
    }.get(code, code)


def case_status_word(status: str) -> str:
    """Name how a case stands."""
    return {
        "ny": _("nytt"),
        "granskad": _("granskat"),
        "skickad": _("skickat till drift"),
        "bekraftad": _("bekräftat"),
        "pagar": _("pågår"),
        "atgardad": _("åtgärdat"),
        "kontrollerad": _("kontrollerat"),
        "stangd": _("stängt"),
        "avvisad": _("avvisat"),
        "dubblett": _("dubblett"),
        "ateroppnad": _("öppnat igen"),
    }.get(status, status)


def gap_reason_word(reason: str) -> str:
    """Say why nothing was recorded."""
    return {
        "hidden": _("skärmen var släckt eller en annan app öppen"),
        "locked_or_killed": _("appen var stängd"),
        "no_fix": _("ingen position"),
        "permission": _("plats är inte tillåten"),
        "user_pause": _("paus"),
        "low_accuracy": _("för osäker position"),
        "leap": _("positionen hoppade"),
    }.get(reason, reason)


def end_reason_word(reason: str) -> str:
    """Say why a round ended."""
    return {
        "done": _("klar"),
        "weather": _("vädret"),
        "called_away": _("kallade till annat"),
        "unsafe": _("otryggt"),
        "equipment": _("utrustningen strulade"),
        "forgotten": _("avslutades inte på telefonen"),
        "other": _("annat"),
    }.get(reason, reason)


def place_kind_word(kind: str) -> str:
    """Name a kind of place."""
    return {
        "Building": _("Byggnad"),
        "Entrance": _("Entré"),
        "Stairwell": _("Trapphus"),
        "Level": _("Våning"),
        "BasementLevel": _("Källare"),
        "Attic": _("Vind"),
        "LaundryRoom": _("Tvättstuga"),
        "BicycleGarage": _("Cykelrum"),
        "Garage": _("Garage"),
        "Storage": _("Förråd"),
        "WasteManagementRoom": _("Miljörum"),
        "ElevatorShaft": _("Hiss"),
        "OutdoorSpace": _("Gård"),
        "Playground": _("Lekplats"),
        "Path": _("Gångväg"),
        "ParkingSpace": _("Parkering"),
        "PointOfInterest": _("Annan plats"),
    }.get(kind, kind)


def role_word(role: str) -> str:
    """Name a role."""
    return {
        "host": _("Trygghetsvärd"),
        "supervisor": _("Gruppledare"),
        "maintenance": _("Drift"),
        "coordinator": _("Samordnare"),
        "partner": _("Samverkanspart"),
        "administrator": _("Administratör"),
        "dpo": _("Dataskyddsombud"),
    }.get(role, role)


def photo_state_word(state: str) -> str:
    """Say how far a photo has come."""
    return {
        "named": _("på väg från telefonen"),
        "received": _("mottagen, görs i ordning"),
        "clean": _("mottagen"),
        "refused": _("gick inte att läsa"),
    }.get(state, state)


def withdraw_reason_word(reason: str | None) -> str:
    """Say why a host took a record back."""
    return {"mistake": _("den var fel"), "duplicate": _("den är redan loggad"), "other": _("annat")}.get(
        reason or "", reason or ""
    )


def edit_kind_word(kind: str) -> str:
    """Say what sort of change a line of a record's history is."""
    return {
        "correct": _("rättade"),
        "withdraw": _("tog tillbaka"),
        "recategorise": _("ändrade kategorin"),
        "record_again": _("loggade igen"),
    }.get(kind, kind)
