"""Desk pages of zones and places. The import of a register is in `import_pages`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.infra.forms import Errors, FormRead, read_form
from fieldapp.infra.http import clock
from fieldapp.kernel.errors import Invalid
from fieldapp.places import geometry, queries, service
from fieldapp.places.kinds import PLACE_KINDS
from fieldapp.places.models import Place, Zone
from fieldapp.places.schemas import AddPlaceForm, AddZoneForm, ChangePlaceForm, ChangeZoneForm, PlaceQuery
from fieldapp.places.sentences import refusal_sentence

bp = Blueprint("places", __name__, url_prefix="/desk", template_folder="templates")

ROWS_SHOWN = 50
PARENTS_OFFERED = 1_000
_add_zone, _change_zone = AddZoneForm(), ChangeZoneForm()
_add_place, _change_place, _place_query = AddPlaceForm(), ChangePlaceForm(), PlaceQuery()
_VIEW, _MANAGE = Permission.PLACES_VIEW, Permission.PLACES_MANAGE


@bp.get("/zones")
@page(permission=_VIEW)
def zones(_actor: Actor) -> str:
    """List the zones."""
    found = queries.zones(with_ended=True)
    return render_template("places/zones.html", zones=found, counts=queries.count_places_by_zone())


@bp.get("/zones/new")
@page(permission=_MANAGE)
def new_zone(_actor: Actor) -> str:
    """Show where a zone is added."""
    return _zone_form(None, {})


@bp.post("/zones/new")
@page(permission=_MANAGE)
def add_zone(actor: Actor) -> Any:
    """Add a zone."""
    read = read_form(_add_zone, _with_file(request.form))
    if read.command is None:
        return _zone_form(None, read.values, read.errors), 422
    try:
        zone = service.add_zone(actor, read.command, clock=clock())
    except service.CodeTaken as taken:
        return _zone_form(None, read.values, {"code": [refusal_sentence("code_taken")]}), taken.status
    flash(_("Området %(name)s är tillagt.", name=zone.name), "ok")
    return redirect(url_for("places.zones"))


@bp.get("/zones/<uuid:zone_id>")
@page(permission=_MANAGE, subject=queries.zone_in_tenant, subject_arg="zone_id")
def zone(_actor: Actor, shown: Zone) -> str:
    """Show a zone, to be changed."""
    outline = geometry.to_geojson(shown.outline) if shown.outline else ""
    return _zone_form(shown, {"name": shown.name, "outline": outline})


@bp.post("/zones/<uuid:zone_id>")
@page(permission=_MANAGE, subject=queries.zone_in_tenant, subject_arg="zone_id")
def change_zone(actor: Actor, changed: Zone) -> Any:
    """Rename a zone or draw it anew."""
    read = read_form(_change_zone, _with_file(request.form))
    if read.command is None:
        return _zone_form(changed, read.values, read.errors), 422
    service.change_zone(actor, changed, read.command, clock=clock())
    flash(_("Området %(name)s är sparat.", name=changed.name), "ok")
    return redirect(url_for("places.zones"))


@bp.post("/zones/<uuid:zone_id>/end")
@page(permission=_MANAGE, subject=queries.zone_in_tenant, subject_arg="zone_id")
def end_zone(actor: Actor, ended: Zone) -> Any:
    """End a zone."""
    try:
        service.end_zone(actor, ended, clock=clock())
    except service.ZoneInUse as used:
        count = int(str(used.details["places"]))
        sentence = ngettext(
            "Området har %(num)d plats. Flytta eller avsluta den först.",
            "Området har %(num)d platser. Flytta eller avsluta dem först.",
            count,
        )
        return _zone_form(ended, {"name": ended.name}, {"form": [sentence]}), used.status
    flash(_("Området %(name)s är avslutat.", name=ended.name), "ok")
    return redirect(url_for("places.zones"))


@bp.post("/zones/<uuid:zone_id>/resume")
@page(permission=_MANAGE, subject=queries.zone_in_tenant, subject_arg="zone_id")
def resume_zone(actor: Actor, resumed: Zone) -> Any:
    """Take an ended zone into use again."""
    service.resume_zone(actor, resumed, clock=clock())
    flash(_("Området %(name)s är i bruk igen.", name=resumed.name), "ok")
    return redirect(url_for("places.zones"))


def _with_file(form: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return the form with the outline of an uploaded file, where one came, in place of the written one."""
    given = MultiDict(form)
    file = request.files.get("outline_file")
    if file is not None and file.filename:
        raw = file.stream.read(geometry.GEOJSON_CHARS_MAX + 1)
        given["outline"] = raw.decode("utf-8-sig", "replace")
    return given


def _zone_form(shown: Zone | None, values: Mapping[str, Any], errors: Errors | None = None) -> str:
    return render_template("places/zone.html", zone=shown, values=values, errors=errors or {})


@bp.get("/places")
@page(permission=_VIEW)
def places(_actor: Actor) -> str:
    """List places by zone, kind and text."""
    asked = _place_query.load(request.args.to_dict())
    wanted = queries.PlaceFilter(asked["zone"], asked["kind"], asked["text"], asked["ended"])
    last = queries.place_in_tenant(asked["after"]) if asked["after"] else None
    found = queries.list_places(wanted, (last.name, last.id) if last else None, ROWS_SHOWN + 1)
    shown = found[:ROWS_SHOWN]
    all_zones = queries.zones(with_ended=True)
    return render_template(
        "places/places.html",
        places=shown,
        next=shown[-1].id if len(found) > ROWS_SHOWN else None,
        is_first=last is None,
        zones=all_zones,
        zone_names={zone.id: zone.name for zone in all_zones},
        parents=queries.places_by_id(place.parent_id for place in shown if place.parent_id),
        kinds=PLACE_KINDS,
        asked=asked,
        kept={name: request.args[name] for name in ("zone", "kind", "text", "ended") if request.args.get(name)},
    )


@bp.get("/places/new")
@page(permission=_MANAGE)
def new_place(_actor: Actor) -> str:
    """Show where a place is added."""
    return _place_form(None, {})


@bp.post("/places/new")
@page(permission=_MANAGE)
def add_place(actor: Actor) -> Any:
    """Add a place."""
    read = read_form(_add_place, request.form)
    if read.command is None:
        return _place_form(None, read.values, read.errors), 422
    try:
        place = service.add_place(actor, read.command, clock=clock())
    except service.CodeTaken as taken:
        return _place_form(None, read.values, {"external_id": [refusal_sentence("code_taken")]}), taken.status
    except Invalid as refused:
        return _refused(None, read, refused)
    flash(_("Platsen %(name)s är tillagd.", name=place.name), "ok")
    return redirect(url_for("places.place", place_id=place.id))


@bp.get("/places/<uuid:place_id>")
@page(permission=_MANAGE, subject=queries.place_in_tenant, subject_arg="place_id")
def place(_actor: Actor, shown: Place) -> str:
    """Show a place, to be changed."""
    parent = queries.place_in_tenant(shown.parent_id) if shown.parent_id else None
    values = {name: getattr(shown, name) for name in _change_place.fields if name != "parent"}
    return _place_form(shown, {**values, "parent": parent.external_id if parent else ""})


@bp.post("/places/<uuid:place_id>")
@page(permission=_MANAGE, subject=queries.place_in_tenant, subject_arg="place_id")
def change_place(actor: Actor, changed: Place) -> Any:
    """Change a place."""
    read = read_form(_change_place, request.form)
    if read.command is None:
        return _place_form(changed, read.values, read.errors), 422
    try:
        service.change_place(actor, changed, read.command, clock=clock())
    except Invalid as refused:
        return _refused(changed, read, refused)
    flash(_("Platsen %(name)s är sparad.", name=changed.name), "ok")
    return redirect(url_for("places.place", place_id=changed.id))


@bp.post("/places/<uuid:place_id>/end")
@page(permission=_MANAGE, subject=queries.place_in_tenant, subject_arg="place_id")
def end_place(actor: Actor, ended: Place) -> Any:
    """End a place and what is in it."""
    count = service.end_place(actor, ended, clock=clock())
    flash(ngettext("%(num)d plats är avslutad.", "%(num)d platser är avslutade.", count), "ok")
    return redirect(url_for("places.places"))


@bp.post("/places/<uuid:place_id>/resume")
@page(permission=_MANAGE, subject=queries.place_in_tenant, subject_arg="place_id")
def resume_place(actor: Actor, resumed: Place) -> Any:
    """Take an ended place into use again."""
    service.resume_place(actor, resumed, clock=clock())
    flash(_("Platsen %(name)s är i bruk igen.", name=resumed.name), "ok")
    return redirect(url_for("places.place", place_id=resumed.id))


def _refused(shown: Place | None, read: FormRead, refused: Invalid) -> Any:
    codes: Any = refused.details["errors"]
    errors = {name: [refusal_sentence(code) for code in found] for name, found in codes.items()}
    return _place_form(shown, read.values, errors), refused.status


def _place_form(shown: Place | None, values: Mapping[str, Any], errors: Errors | None = None) -> str:
    inside = queries.places_inside(shown.id) if shown else []
    return render_template(
        "places/place.html",
        place=shown,
        inside=[inner for inner in inside if inner.ended_at is None],
        values=values,
        errors=errors or {},
        zones=_zone_options(values.get("zone_id")),
        kinds=PLACE_KINDS,
        parents=queries.possible_parents(PARENTS_OFFERED),
    )


def _zone_options(chosen: UUID | str | None) -> list[tuple[str, str]]:
    """Return the living zones to choose from, and the chosen one even where it has ended."""
    found = [zone for zone in queries.zones(with_ended=True) if zone.ended_at is None or str(zone.id) == str(chosen)]
    return [("", _("Inget område")), *((str(zone.id), f"{zone.code} {zone.name}") for zone in found)]
