"""Desk pages of plans: the list, a new plan with what it would name, one plan, and where rounds begin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_timezone
from flask_babel import gettext as _

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.coverage.days import day_of
from fieldapp.infra.forms import Errors, FormRead, read_form
from fieldapp.infra.http import clock
from fieldapp.kernel.errors import Invalid
from fieldapp.places.kinds import PLACE_KINDS
from fieldapp.places.models import Zone
from fieldapp.places.queries import zone_in_tenant, zones, zones_by_id
from fieldapp.planning import queries, sentences, service
from fieldapp.planning.commands import MakePlan
from fieldapp.planning.models import Plan
from fieldapp.planning.rules import HOURS, WEEKDAYS, WHOLE_DAY, Cadence, clock_of
from fieldapp.planning.schemas import OWN_HOURS, MeetingPointForm, PlanForm, PlanQuery

bp = Blueprint("planning", __name__, url_prefix="/desk", template_folder="templates")

_form, _query, _meeting_point = PlanForm(), PlanQuery(), MeetingPointForm()
_VIEW, _MANAGE = Permission.PLANS_VIEW, Permission.PLANS_MANAGE


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan as a list shows it."""

    plan: Plan
    zone: Zone | None
    often: str
    what: str
    in_force: str


@bp.get("/plans")
@page(permission=_VIEW)
def plans(_actor: Actor) -> str:
    """List the plans that are in force or will be, and those that ended."""
    today = _today()
    found = _lines(queries.plans(with_ended=True), today)
    living = [line for line in found if line.plan.ended_at is None]
    return render_template(
        "planning/plans.html",
        living=sorted(living, key=lambda line: line.zone.name if line.zone else ""),
        ended=[line for line in reversed(found) if line.plan.ended_at is not None],
        meetings=[(zone, queries.meeting_point(zone.id)) for zone in zones()],
    )


@bp.get("/plans/new")
@page(permission=_MANAGE)
def new_plan(_actor: Actor) -> str:
    """Show where a plan is made: first for which zone, or with what it succeeds filled in."""
    asked = _query.load(request.args.to_dict())
    before = queries.plan_in_tenant(asked["succeeds"]) if asked["succeeds"] else None
    if before is not None and before.ended_at is None:
        return _show(_values_of(before))
    chosen = asked["zone"] or (zones()[0].id if len(zones()) == 1 else None)
    return _show({"zone_id": chosen, "weekdays": [*WEEKDAYS], "part": "evening", "starts_on": _today().isoformat()})


@bp.post("/plans/new")
@page(permission=_MANAGE)
def make_plan(actor: Actor) -> Any:
    """Make a plan, or show what it would name."""
    read = read_form(_form, request.form)
    if read.command is None:
        return _show(_shown(read.values), read.errors), 422
    try:
        if read.command.is_preview:
            service.judge(read.command)
            return _show(_shown(read.values), preview=_preview(read.command))
        plan = service.make_plan(actor, read.command, clock=clock())
    except Invalid as refused:
        return _refused(read, refused)
    except service.AlreadyEnded as ended:
        return _show(_shown(read.values), {"form": [sentences.refusal_sentence(ended.code)]}), ended.status
    flash(_("Planen gäller: %(sentence)s", sentence=_sentence(plan)), "ok")
    return redirect(url_for("planning.plans"))


@bp.get("/plans/<uuid:plan_id>")
@page(permission=_VIEW, subject=queries.plan_in_tenant, subject_arg="plan_id")
def plan(_actor: Actor, shown: Plan) -> str:
    """Show a plan and what it names now."""
    named = queries.targets(queries.named_by(shown))
    return render_template(
        "planning/plan.html",
        line=_lines([shown], _today())[0],
        places=named.places,
        pieces=named.pieces,
        length_km=named.length_km,
        successor=next((one for one in queries.plans(with_ended=True) if one.predecessor_id == shown.id), None),
    )


@bp.post("/plans/<uuid:plan_id>/end")
@page(permission=_MANAGE, subject=queries.plan_in_tenant, subject_arg="plan_id")
def end_plan(actor: Actor, ended: Plan) -> Any:
    """End a plan."""
    try:
        service.end_plan(actor, ended, clock=clock())
        flash(_("Planen är avslutad."), "ok")
    except service.AlreadyEnded as before:
        flash(sentences.refusal_sentence(before.code), "warn")
    return redirect(url_for("planning.plans"))


@bp.get("/plans/meeting/<uuid:zone_id>")
@page(permission=_MANAGE, subject=zone_in_tenant, subject_arg="zone_id")
def meeting_point(_actor: Actor, zone: Zone) -> str:
    """Show where a zone's rounds begin, to be chosen."""
    return _meeting(zone, {})


@bp.post("/plans/meeting/<uuid:zone_id>")
@page(permission=_MANAGE, subject=zone_in_tenant, subject_arg="zone_id")
def set_meeting_point(actor: Actor, zone: Zone) -> Any:
    """Choose where a zone's rounds begin."""
    read = read_form(_meeting_point, request.form)
    if read.command is None:
        return _meeting(zone, read.errors), 422
    try:
        service.set_meeting_point(actor, zone, read.command, clock=clock())
    except Invalid as refused:
        return _meeting(zone, _said(refused)), refused.status
    flash(_("Ronderna i %(zone)s börjar där du sade.", zone=zone.name), "ok")
    return redirect(url_for("planning.plans"))


def _meeting(zone: Zone, errors: Errors) -> str:
    chosen = queries.meeting_point(zone.id)
    places = [place for place in queries.places_to_see(zone.id) if place.is_on_map]
    return render_template("planning/meeting_point.html", zone=zone, chosen=chosen, places=places, errors=errors)


def _today() -> date:
    return day_of(clock().now(), ZoneInfo(str(get_timezone())))


def _lines(plans: Sequence[Plan], today: date) -> list[PlanLine]:
    known = zones_by_id(plan.zone_id for plan in plans)
    named = queries.targets_of([queries.named_by(plan) for plan in plans])
    return [
        PlanLine(
            plan,
            known.get(plan.zone_id),
            sentences.often(plan.cadence),
            sentences.what(found),
            sentences.in_force(plan, today),
        )
        for plan, found in zip(plans, named, strict=True)
    ]


def _sentence(plan: Plan) -> str:
    zone = zone_in_tenant(plan.zone_id)
    return sentences.plan_sentence(
        plan.cadence, queries.targets(queries.named_by(plan)), zone.name if zone is not None else ""
    )


def _preview(command: MakePlan) -> str:
    named = queries.Named(command.zone_id, command.covers_paths, command.kinds, command.place_ids)
    cadence = Cadence(
        frozenset(command.weekdays),
        command.times_a_week,
        command.from_min,
        command.to_min,
        command.starts_on,
        command.until_on,
    )
    zone = zone_in_tenant(command.zone_id)
    return sentences.plan_sentence(cadence, queries.targets(named), zone.name if zone is not None else "")


def _values_of(plan: Plan) -> dict[str, Any]:
    """Return a plan as the form of its successor begins."""
    hours = (plan.from_min, plan.to_min)
    own = "day" if hours == WHOLE_DAY else OWN_HOURS
    return {
        "zone_id": plan.zone_id,
        "covers_paths": plan.covers_paths,
        "kinds": plan.kinds,
        "place_ids": plan.place_ids,
        "times_a_week": plan.times_a_week or "",
        "weekdays": plan.weekdays,
        "part": next((part for part, span in HOURS.items() if span == hours), own),
        "from_time": clock_of(plan.from_min).strftime("%H:%M"),
        "to_time": clock_of(plan.to_min).strftime("%H:%M"),
        "starts_on": _today().isoformat(),
        "until_on": plan.until_on.isoformat() if plan.until_on else "",
        "predecessor_id": plan.id,
    }


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return posted values as the form shows them again: numbers as numbers."""
    weekdays = [int(one) for one in values.get("weekdays", ()) if one.isdecimal()]
    return {**values, "weekdays": weekdays}


def _refused(read: FormRead, refused: Invalid) -> Any:
    return _show(_shown(read.values), _said(refused)), refused.status


def _said(refused: Invalid) -> Errors:
    codes: Any = refused.details["errors"]
    return {name: [sentences.refusal_sentence(code) for code in found] for name, found in codes.items()}


def _zone_of(values: Mapping[str, Any]) -> Zone | None:
    try:
        return zone_in_tenant(UUID(str(values.get("zone_id"))))
    except ValueError:
        return None


def _show(values: Mapping[str, Any], errors: Errors | None = None, preview: str = "") -> str:
    zone = _zone_of(values)
    places = queries.places_to_see(zone.id) if zone is not None else []
    counts = Counter(place.kind for place in places)
    return render_template(
        "planning/new_plan.html",
        zone=zone,
        zones=zones(),
        kinds=[(kind, counts[kind]) for kind in PLACE_KINDS if counts[kind]],
        places=places,
        piece_count=len(queries.pieces_of_zone(zone.id)) if zone is not None else 0,
        weekdays=sentences.weekday_options(),
        parts=sentences.part_options(),
        values=values,
        errors=errors or {},
        preview=preview,
    )
