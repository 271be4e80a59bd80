"""The administration's front page: what the reader may look after, each with a sentence that says what for."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.desk.pages import bp


@bp.get("/desk/administration")
@page(permission=Permission.TODAY_VIEW)
def administration(_actor: Actor) -> str:
    """Show what the reader may look after: the same pages as in the rail."""
    return render_template("desk/administration.html", purposes=_purposes())


def _purposes() -> dict[str, str]:
    return {
        "users": _("Konton, roller, nya lösenord."),
        "devices": _("Telefoner som är tysta, har osänt eller är borta."),
        "zones": _("Hur platserna delas upp mellan ronder."),
        "places": _("Byggnader, trapphus, källare och gårdar; import av ert register."),
        "paths": _("Vägarna som värdarna går: det som räknas, det som lämnas utanför, det som saknas på kartan."),
        "categories": _("Vad värdarna kan logga, i vilka ord."),
        "receivers": _("Vilka andra system som får skador, och vad som skickats."),
        "organisation": _("Namn, jour, hur länge spår sparas."),
        "held": _("Det som tagits emot men inte kunnat föras in."),
        "audit": _("Vem som har sett och ändrat vad."),
    }
