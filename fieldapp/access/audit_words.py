"""The words for what the audit says. An action without a word is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

VALUE_CHARS_MAX = 60


def action_word(action: str) -> str:
    """Say what was done."""
    words: dict[str, str] = {
        "anchor:end": _("avslutade en etikett"),
        "anchor:make": _("gjorde en etikett"),
        "case:export": _("laddade ner listan över ärenden"),
        "case:list": _("såg listan över ärenden"),
        "case:set_clocks": _("ändrade frister"),
        "case:set_escalation": _("ändrade vem som får veta när en frist har gått ut"),
        "case:set_work_week": _("ändrade arbetstiden"),
        "case:step": _("tog ett ärende vidare"),
        "case:view": _("öppnade ett ärende"),
        "category:add": _("lade till en kategori"),
        "category:change": _("ändrade en kategori"),
        "coverage:export": _("laddade ner täckning"),
        "device:revoke": _("spärrade en enhet"),
        "device:import": _("läste in en fil med osänt från en telefon"),
        "device:store_lost": _("telefonen sade att värdens poster på den har försvunnit"),
        "device:sign_in": _("loggade in på en telefon"),
        "device:sign_out": _("loggade ut på en telefon"),
        "held:list": _("såg poster som väntar"),
        "held:view": _("öppnade en post som väntar"),
        "held:release": _("förde in en post som väntade"),
        "held:return": _("återsände en post som väntade"),
        "observation:comment": _("kommenterade en post"),
        "observation:export": _("laddade ner listan"),
        "observation:list": _("såg listan över poster"),
        "observation:read_note": _("läste en anteckning i klartext"),
        "observation:recategorise": _("rättade en kategori"),
        "observation:view": _("öppnade en post"),
        "organisation:change": _("ändrade organisationen"),
        "organisation:create": _("organisationen skapades"),
        "organisation:restore": _("allt lades tillbaka från en säkerhetskopia"),
        "photo:view": _("såg ett foto"),
        "plan:end": _("avslutade en plan"),
        "plan:make": _("gjorde en plan"),
        "place:add": _("lade till en plats"),
        "place:change": _("ändrade en plats"),
        "place:end": _("avslutade en plats"),
        "place:import": _("importerade platser"),
        "place:resume": _("tog en plats i bruk igen"),
        "round:import": _("en rond importerades"),
        "round:list": _("såg listan över ronder"),
        "round:open": _("öppnade en rond"),
        "round:view": _("såg en rond"),
        "session:desk_sign_in": _("loggade in på skrivbordet"),
        "user:add": _("lade till en användare"),
        "user:change": _("ändrade en användare"),
        "user:change_password": _("bytte sitt lösenord"),
        "user:choose_password": _("valde ett lösenord med engångskod"),
        "user:issue_code": _("gav en ny engångskod"),
        "zone:add": _("lade till ett område"),
        "zone:change": _("ändrade ett område"),
        "zone:end": _("avslutade ett område"),
        "zone:meet": _("valde var ett områdes ronder börjar"),
        "zone:resume": _("tog ett område i bruk igen"),
    }
    return words.get(action, action)


def fact_words(facts: Mapping[str, Any]) -> str:
    """Write an event's facts on one line, each cut to what a line holds: names and counts, as they were noted."""
    names, codes = _fact_names(), _code_words()
    told = []
    for name, value in facts.items():
        if value not in (None, "", [], {}) and name not in UNREADABLE:
            told.append(f"{names.get(name, name)}: {_value(value, codes if name in CODED else {})}")
    return " · ".join(told)


UNREADABLE = frozenset({"viewing"})
"""Facts that are ids of what has no name: kept for who follows the chain, and not shown."""
CODED = frozenset({"fields", "filter", "kind", "roles", "size"})
"""Facts that are codes, and so have words."""


def _fact_names() -> dict[str, str]:
    return {
        "added": _("nya"),
        "case_no": _("ärende"),
        "category": _("kategori"),
        "changed": _("ändrade"),
        "code": _("kod"),
        "count": _("antal"),
        "ended": _("avslutade"),
        "external_id": _("id"),
        "fields": _("fält"),
        "file": _("fil"),
        "filter": _("urval"),
        "fixes": _("positioner"),
        "gaps": _("luckor"),
        "hours": _("timmar"),
        "is_active": _("får logga in"),
        "kind": _("slag"),
        "new_zones": _("nya områden"),
        "photos": _("foton"),
        "records": _("poster"),
        "resumed": _("åter i bruk"),
        "roles": _("roller"),
        "rows": _("rader"),
        "size": _("storlek"),
        "status": _("läge"),
        "trades": _("yrken"),
        "unchanged": _("oförändrade"),
        "user": _("användare"),
    }


def _code_words() -> dict[str, str]:
    return {**_role_words(), **_field_words(), **_filter_words(), **_kind_words()}


def _role_words() -> dict[str, str]:
    return {
        "host": _("Trygghetsvärd"),
        "supervisor": _("Gruppledare"),
        "maintenance": _("Drift"),
        "coordinator": _("Samordnare"),
        "partner": _("Samverkanspart"),
        "administrator": _("Administratör"),
        "dpo": _("Dataskyddsombud"),
    }


def _kind_words() -> dict[str, str]:
    return {"lost": _("borttappad"), "stolen": _("stulen"), "full": _("hel"), "thumb": _("liten")}


def _filter_words() -> dict[str, str]:
    return {
        "category": _("kategori"),
        "from": _("från och med"),
        "group": _("grupp"),
        "kind": _("slag"),
        "overdue": _("över tiden"),
        "review": _("granskning"),
        "severity": _("allvarlighet"),
        "state": _("läge"),
        "status": _("läge"),
        "to": _("till och med"),
        "trade": _("yrke"),
        "week": _("vecka"),
        "zone": _("område"),
    }


def _field_words() -> dict[str, str]:
    return {
        "adress": _("adress"),
        "byggnad_nr": _("byggnadsnummer"),
        "fastighet_beteckning": _("fastighetsbeteckning"),
        "fastighet_nr": _("fastighetsnummer"),
        "lat": _("latitud"),
        "lon": _("longitud"),
        "name": _("namn"),
        "on_call_name": _("jourens namn"),
        "on_call_phone": _("jourens telefonnummer"),
        "outline": _("gräns"),
        "parent_id": _("del av"),
        "plan": _("plan"),
        "postnr": _("postnummer"),
        "postort": _("postort"),
        "track_retention_hours": _("timmar som spår sparas"),
        "uppgang": _("uppgång"),
        "zone_id": _("område"),
    }


def _value(value: Any, words: Mapping[str, str]) -> str:
    text: str
    if isinstance(value, bool):
        text = _("ja") if value else _("nej")
    elif isinstance(value, Mapping):
        text = ", ".join(f"{words.get(name, name)}={inner}" for name, inner in value.items())
    elif isinstance(value, list):
        text = ", ".join(words.get(str(inner), str(inner)) for inner in value)
    else:
        text = words.get(str(value), str(value))
    return text if len(text) <= VALUE_CHARS_MAX else text[: VALUE_CHARS_MAX - 1] + "…"
