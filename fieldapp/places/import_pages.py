"""Desk pages of a register's import: what it would do is shown first, and done on a yes, all of it or nothing."""

from __future__ import annotations

from typing import Any, cast

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.infra.forms import read_form
from fieldapp.infra.http import clock
from fieldapp.places import service
from fieldapp.places.imports import BYTES_MAX, COLUMNS, FAULTS_MAX, REQUIRED, PlaceFile, read_places
from fieldapp.places.kinds import PLACE_KINDS
from fieldapp.places.map_preview import change_words
from fieldapp.places.pages import bp
from fieldapp.places.plan import ImportPlan, PlannedPlace
from fieldapp.places.schemas import ApplyImportForm
from fieldapp.places.sentences import counted_word, sentence, what_word
from fieldapp.places.waiting_files import WaitingFiles
from fieldapp.settings import Settings

ROWS_SHOWN = 200
"""So many places that would change are shown one by one; the counts are of all."""
_apply = ApplyImportForm()


def waiting_files() -> WaitingFiles:
    """Return where files wait for a yes."""
    settings = cast("Settings", current_app.extensions["rond_settings"])
    return WaitingFiles(settings.data_dir / "imports")


@bp.get("/places/import")
@page(permission=Permission.PLACES_MANAGE)
def start_import(_actor: Actor) -> str:
    """Show where a register is handed in, and what it should look like."""
    return _start()


@bp.post("/places/import")
@page(permission=Permission.PLACES_MANAGE, write=False)
def preview_import(actor: Actor) -> Any:
    """Show what a register would do. Changes nothing."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _start({"file": [_("Välj en fil.")]}), 422
    raw = file.stream.read(BYTES_MAX + 1)
    read = read_places(raw)
    if read.faults:
        return _faulty(read, None)
    create_zones = request.form.get("create_zones") == "true"
    plan = service.plan_places(actor.tenant_id, read.rows, create_zones=create_zones)
    if plan.faults:
        return _faulty(read, plan)
    sha256 = waiting_files().put(actor.tenant_id, raw, now=clock().now())
    return _preview(read, plan, sha256, create_zones=create_zones)


@bp.post("/places/import/apply")
@page(permission=Permission.PLACES_MANAGE)
def apply_import(actor: Actor) -> Any:
    """Do what was previewed, if that is still what it would do."""
    command = read_form(_apply, request.form).command
    raw = waiting_files().read(actor.tenant_id, command.sha256) if command else None
    if command is None or raw is None:
        return _start({"file": [_("Förhandsvisningen gäller inte längre. Välj filen igen.")]}), 409
    read = read_places(raw)
    plan = service.plan_places(actor.tenant_id, read.rows, create_zones=command.create_zones)
    if plan.faults:
        return _faulty(read, plan)
    if plan.digest() != command.digest:
        return _preview(read, plan, command.sha256, create_zones=command.create_zones, is_other=True), 409
    service.import_places(actor.tenant_id, read.rows, clock=clock(), actor=actor, create_zones=command.create_zones)
    waiting_files().forget(actor.tenant_id, command.sha256)
    count = len(plan.those("added", "changed", "ended", "resumed"))
    flash(ngettext("Importen är gjord: %(num)d plats.", "Importen är gjord: %(num)d platser.", count), "ok")
    return redirect(url_for("places.places"))


def _start(errors: Any = None) -> str:
    return render_template(
        "places/import.html",
        errors=errors or {},
        columns=COLUMNS,
        required=REQUIRED,
        kinds=PLACE_KINDS,
        megabytes=BYTES_MAX // 1024 // 1024,
    )


def _faulty(read: PlaceFile, plan: ImportPlan | None) -> Any:
    faults = plan.faults if plan is not None else read.faults
    lines = [(fault, sentence(fault)) for fault in faults]
    return render_template("places/import_faults.html", lines=lines, is_cut=len(faults) >= FAULTS_MAX), 422


def _preview(read: PlaceFile, plan: ImportPlan, sha256: str, *, create_zones: bool, is_other: bool = False) -> str:
    touched = sorted(plan.those("added", "changed", "ended", "resumed"), key=lambda place: place.line)
    return render_template(
        "places/import_preview.html",
        counts=[(what, counted_word(what, count), count) for what, count in plan.counts().items()],
        lines=[_line(place) for place in touched[:ROWS_SHOWN]],
        rest=max(len(touched) - ROWS_SHOWN, 0),
        matched=plan.matched(),
        new_zones=list(plan.new_zones),
        is_nothing=not touched and not plan.new_zones,
        is_other=is_other,
        encoding=read.encoding,
        sha256=sha256,
        digest=plan.digest(),
        create_zones=create_zones,
    )


def _line(place: PlannedPlace) -> dict[str, Any]:
    """Return what a line of the preview says: for texts what was and will be, for the rest that it changes."""
    return {
        "place": place,
        "word": what_word(place.what),
        "name": place.values.get("name", ""),
        "changes": change_words(place),
    }
