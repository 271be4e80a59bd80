"""Desk pages of observations and damage: the list, one record, and what the desk says and corrects."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_timezone
from flask_babel import gettext as _

from fieldapp.access import audit
from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.desk.observation_list import category_options, read_position, record_list
from fieldapp.desk.pages import bp
from fieldapp.desk.record_view import record_view
from fieldapp.infra.http import clock
from fieldapp.infra.schemas import ValidationError
from fieldapp.kernel.errors import Invalid
from fieldapp.observations import service
from fieldapp.observations.models import Observation
from fieldapp.observations.queries import observation_in_tenant
from fieldapp.observations.schemas import CommentForm, FilterQuery, RecategoriseForm

_filter = FilterQuery()
FILTER_NAMES = tuple(field.data_key or name for name, field in _filter.fields.items())
_comment = CommentForm(unknown="exclude")
_recategorise = RecategoriseForm(unknown="exclude")


@bp.get("/desk/observations")
@page(permission=Permission.OBSERVATION_LIST, write=True)
def observations(actor: Actor) -> str:
    """List what a filter lets through."""
    given = request.args.to_dict()
    asked = _filter.load(given)
    shown = record_list(asked, read_position(given.get("after", "")), str(get_timezone()))
    kept = {name: given[name] for name in FILTER_NAMES if given.get(name)}
    audit.write(actor.tenant_id, "observation:list", at=clock().now(), actor=actor, filter=kept, count=len(shown.lines))
    return render_template("desk/observations.html", list=shown, kept=kept, is_first=not given.get("after"))


@bp.get("/desk/observations/<uuid:observation_id>")
@page(permission=Permission.OBSERVATION_VIEW, subject=observation_in_tenant, subject_arg="observation_id", write=True)
def observation(actor: Actor, record: Observation) -> str:
    """Show one record."""
    return _show(actor, record)


@bp.post("/desk/observations/<uuid:observation_id>/comments")
@page(permission=Permission.OBSERVATION_COMMENT, subject=observation_in_tenant, subject_arg="observation_id")
def comment(actor: Actor, record: Observation) -> Any:
    """Say something to the host about a record."""
    text = request.form.get("text", "")
    try:
        service.comment(actor, record, _comment.load({"text": text}), clock=clock())
    except ValidationError:
        return _show(actor, record, text=text, fault={"text": [_("Skriv en kommentar på högst 500 tecken.")]}), 422
    except Invalid:
        sentence = _("Kommentaren ser ut att innehålla personuppgifter. Skriv den utan dem.")
        return _show(actor, record, text=text, fault={"text": [sentence]}), 422
    flash(_("Kommentaren är sparad och visas för värden."), "ok")
    return redirect(url_for("desk.observation", observation_id=record.id))


@bp.post("/desk/observations/<uuid:observation_id>/category")
@page(permission=Permission.OBSERVATION_RECATEGORISE, subject=observation_in_tenant, subject_arg="observation_id")
def recategorise(actor: Actor, record: Observation) -> Any:
    """Correct a record's category."""
    try:
        command = _recategorise.load({"category": request.form.get("category", "")})
        service.recategorise(actor, record, command, clock=clock())
    except (ValidationError, Invalid):
        sentence = _("Den kategorin går inte att välja för posten.")
        return _show(actor, record, fault={"category": [sentence]}), 422
    flash(_("Kategorin är ändrad. Värden ser det i sin app."), "ok")
    return redirect(url_for("desk.observation", observation_id=record.id))


def _show(actor: Actor, record: Observation, *, text: str = "", fault: dict[str, list[str]] | None = None) -> str:
    """Render a record, and note who saw it."""
    now = clock().now()
    view = record_view(record, now)
    audit.write(
        actor.tenant_id,
        "observation:view",
        at=now,
        actor=actor,
        subject=("observation", record.id),
        photos=[str(photo.id) for photo in view.photos],
    )
    options = category_options(view.choosable)
    return render_template("desk/observation.html", view=view, options=options, text=text, fault=fault or {})
