"""Desk pages of a map's import: what it would change is shown first, on a map and in lists, and done on a yes, all or nothing.

The file is read before the page's transaction begins: it takes its time. What waits for the yes is what was read of it.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.infra.db import transaction
from fieldapp.infra.forms import Errors, read_form
from fieldapp.infra.http import clock
from fieldapp.places import map_import, queries
from fieldapp.places.import_pages import waiting_files
from fieldapp.places.imports import Fault
from fieldapp.places.map_files import BYTES_MAX, KINDS, kind_of
from fieldapp.places.map_objects import MapFile
from fieldapp.places.map_plan import KnownMap, MapPlan, plan_map
from fieldapp.places.map_preview import make_preview
from fieldapp.places.map_reader import read_map_apart
from fieldapp.places.map_wire import WireFault, read_back, write_map
from fieldapp.places.network import make_pieces
from fieldapp.places.pages import bp
from fieldapp.places.schemas import ApplyMapForm, ReadMapForm
from fieldapp.places.sentences import map_word, sentence
from fieldapp.places.zones_file import ZoneChoices

_FORM_BYTES = 64 * 1024
_AT_FIELD = {"no_code": "code_field", "unknown_crs": "epsg"}
"""Faults that the person mends in the form, not in the file."""
_read_map, _apply = ReadMapForm(), ApplyMapForm()


@bp.get("/places/import-map")
@page(permission=Permission.PLACES_MANAGE)
def start_map_import(_actor: Actor) -> str:
    """Show where a map is handed in."""
    return _start()


@bp.post("/places/import-map")
@page(permission=Permission.PLACES_MANAGE, own_transactions=True, request_bytes_max=BYTES_MAX + _FORM_BYTES)
def preview_map_import(actor: Actor) -> Any:
    """Show what a map would change. Changes nothing."""
    read = read_form(_read_map, request.form)
    file = request.files.get("file")
    if read.command is None:
        return _start(read.errors, read.values), 422
    if file is None or not file.filename:
        return _start({"file": [_("Välj en fil.")]}, read.values), 422
    raw = file.stream.read(BYTES_MAX + 1)
    asked, kind = read.command, kind_of(raw)
    if asked.kind is not None and kind not in {asked.kind, None}:
        said = _("Filen är något annat: %(what)s.", what=map_word(str(kind)).lower())
        return _start({"kind": [said]}, read.values), 422
    found = read_map_apart(raw, ZoneChoices(asked.epsg, asked.code_field, asked.name_field), asked.extent)
    if found.faults:
        return _faulty(found.faults, read.values)
    pieces = make_pieces(found.ways)
    with transaction(write=False):
        known = queries.known_map(actor.tenant_id)
    plan = plan_map(actor.tenant_id, found, known, pieces)
    if plan.faults:
        return _faulty(plan.faults, read.values)
    sha256 = waiting_files().put(actor.tenant_id, write_map(found), now=clock().now())
    return _preview(found, plan, known, sha256)


@bp.post("/places/import-map/apply")
@page(permission=Permission.PLACES_MANAGE, own_transactions=True)
def apply_map_import(actor: Actor) -> Any:
    """Do what was previewed, if that is still what it would do."""
    command = read_form(_apply, request.form).command
    found = _waiting(actor, command.sha256) if command else None
    if command is None or found is None:
        return _start({"file": [_("Förhandsvisningen gäller inte längre. Välj filen igen.")]}), 409
    pieces = make_pieces(found.ways)
    with transaction(write=True):
        known = queries.known_map(actor.tenant_id)
        plan = plan_map(actor.tenant_id, found, known, pieces)
        is_other = bool(plan.faults) or plan.digest() != command.digest
        if not is_other:
            map_import.carry_out(actor.tenant_id, found.source, plan, clock=clock(), actor=actor)
    if plan.faults:
        return _faulty(plan.faults, {})
    if is_other:
        return _preview(found, plan, known, command.sha256, is_other=True), 409
    waiting_files().forget(actor.tenant_id, command.sha256)
    flash(_done(plan), "ok")
    return redirect(url_for("places.zones" if plan.zones else "places.places"))


def _waiting(actor: Actor, sha256: str) -> MapFile | None:
    raw = waiting_files().read(actor.tenant_id, sha256)
    try:
        return read_back(raw) if raw is not None else None
    except WireFault:  # a register waits, not a map
        return None


def _done(plan: MapPlan) -> Any:
    places = len(plan.places.those("added", "changed", "ended", "resumed"))
    zones = sum(zone.what != "unchanged" for zone in plan.zones)
    if plan.zones:
        return _("Importen är gjord. Områden som ändrats: %(zones)s.", zones=zones)
    return _(
        "Importen är gjord. Platser som ändrats: %(places)s. Vägstycken: %(added)s nya, %(ended)s avslutade.",
        places=places,
        added=len(plan.paths.added),
        ended=len(plan.paths.ended),
    )


def _start(errors: Errors | None = None, values: Any = None) -> str:
    with transaction(write=False):
        return render_template(
            "places/import_map.html",
            errors=errors or {},
            values=values or {},
            kinds=[("", _("Se efter i filen")), *((kind, map_word(kind)) for kind in KINDS)],
            megabytes=BYTES_MAX // 1024 // 1024,
        )


def _faulty(faults: Any, values: Any) -> Any:
    """Show what is wrong: in the form where the form mends it, else in a list by object."""
    field_names = {_AT_FIELD.get(fault.code) for fault in faults}
    if len(field_names) == 1 and None not in field_names:
        return _start({str(field_names.pop()): [sentence(faults[0])], "file": [_("Välj filen igen.")]}, values), 422
    lines: list[tuple[Fault, str]] = [(fault, sentence(fault)) for fault in faults]
    with transaction(write=False):
        return render_template("places/import_map_faults.html", lines=lines), 422


def _preview(found: MapFile, plan: MapPlan, known: KnownMap, sha256: str, *, is_other: bool = False) -> str:
    words = {
        "places": _("Platser"),
        "paths": _("Vägstycken"),
        "zones": _("Områden"),
        "ground": _("Kartans underlag: gator, vatten, grönt"),
        "epsg": _("Koordinatsystem (EPSG)"),
        "code": _("Kod ur egenskapen"),
        "name": _("Namn ur egenskapen"),
    }
    with transaction(write=False):
        return render_template(
            "places/import_map_preview.html",
            view=make_preview(found, plan, known, words),
            is_nothing=not plan.changes_something(),
            is_other=is_other,
            sha256=sha256,
            digest=plan.digest(),
        )
