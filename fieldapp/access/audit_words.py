"""The words for what the audit says. An action without a word is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

VALUE_CHARS_MAX = 60


def action_word(action: str) -> str:
    """Say what was done."""
    words: dict[str, str] = {
        "category:add": _("lade till en kategori"),
        "category:change": _("ändrade en kategori"),
        "device:revoke": _("spärrade en enhet"),
        "device:sign_in": _("loggade in på en telefon"),
        "device:sign_out": _("loggade ut på en telefon"),
        "held:list": _("såg poster som väntar"),
        "observation:comment": _("kommenterade en post"),
        "observation:export": _("laddade ner listan"),
        "observation:list": _("såg listan över poster"),
        "observation:read_note": _("läste en anteckning i klartext"),
        "observation:recategorise": _("rättade en kategori"),
        "observation:view": _("öppnade en post"),
        "organisation:change": _("ändrade organisationen"),
        "organisation:create": _("organisationen skapades"),
        "photo:view": _("såg ett foto"),
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
        "zone:resume": _("tog ett område i bruk igen"),
    }
    return words.get(action, action)


def fact_words(facts: Mapping[str, Any]) -> str:
    """Write an event's facts on one line, each cut to what a line holds: names and counts, as they were noted."""
    words = _fact_names()
    told = {words.get(name, name): _value(value) for name, value in facts.items() if value not in (None, "", [], {})}
    return " · ".join(f"{name}: {value}" for name, value in told.items())


def _fact_names() -> dict[str, str]:
    return {
        "added": _("nya"),
        "category": _("kategori"),
        "changed": _("ändrade"),
        "code": _("kod"),
        "count": _("antal"),
        "ended": _("avslutade"),
        "external_id": _("id"),
        "fields": _("fält"),
        "file": _("fil"),
        "filter": _("urval"),
        "is_active": _("får logga in"),
        "kind": _("slag"),
        "new_zones": _("nya områden"),
        "resumed": _("åter i bruk"),
        "roles": _("roller"),
        "rows": _("rader"),
        "size": _("storlek"),
        "unchanged": _("oförändrade"),
    }


def _value(value: Any) -> str:
    text: str
    if isinstance(value, bool):
        text = _("ja") if value else _("nej")
    elif isinstance(value, Mapping):
        text = ", ".join(f"{name}={inner}" for name, inner in value.items())
    elif isinstance(value, list):
        text = ", ".join(str(inner) for inner in value)
    else:
        text = str(value)
    return text if len(text) <= VALUE_CHARS_MAX else text[: VALUE_CHARS_MAX - 1] + "…"
