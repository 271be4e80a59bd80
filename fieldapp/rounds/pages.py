"""Desk pages of rounds: a round is opened by saying why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.infra.http import clock
from fieldapp.infra.schemas import ValidationError
from fieldapp.kernel.personal_data import scan
from fieldapp.rounds import queries, service
from fieldapp.rounds.queries import RoundSubject
from fieldapp.rounds.schemas import OpenRoundForm

bp = Blueprint("rounds", __name__, url_prefix="/desk/rounds", template_folder="templates")

_form = OpenRoundForm(unknown="exclude")


def round_subject(round_id: UUID) -> RoundSubject | None:
    """Return a round of the tenant as permissions see it now."""
    return queries.round_in_tenant(round_id, clock().now())


@bp.get("/<uuid:round_id>")
@page(permission=Permission.ROUND_OPEN, subject=round_subject, subject_arg="round_id")
def ask(_actor: Actor, subject: RoundSubject) -> str:
    """Ask why somebody wants to see a round: nothing of it is shown before."""
    return _ask(subject, fault="")


@bp.post("/<uuid:round_id>")
@page(permission=Permission.ROUND_OPEN, subject=round_subject, subject_arg="round_id")
def open_round(actor: Actor, subject: RoundSubject) -> Any:
    """Note the reason, tell the round's hosts, and show the round. One's own words count before a suggestion."""
    try:
        command = _form.load({"reason": request.form.get("own", "").strip() or request.form.get("reason", "")})
    except ValidationError:
        return _ask(subject, fault=_("Välj ett skäl eller skriv ett eget på 5–200 tecken.")), 422
    if scan(command.reason):
        return _ask(subject, fault=_("Skälet ser ut att innehålla personuppgifter. Skriv det utan dem.")), 422
    viewing = service.open_round(actor, subject.round, command.reason, clock=clock())
    return redirect(url_for("desk.round_viewing", round_id=subject.round.id, viewing_id=viewing.id))


def _ask(subject: RoundSubject, *, fault: str) -> str:
    walk = queries.walks_of([subject.round])[subject.round.walk_id]
    return render_template(
        "rounds/ask.html",
        round=walk,
        viewings=queries.viewings_of_walk(walk),
        chosen=request.form.get("reason", ""),
        own=request.form.get("own", "")[:200],
        fault=fault,
        is_again=request.args.get("again") == "1",
    )
