"""Desk pages of the path network: what counts, what is left out and why, and paths that no map has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import ngettext

from fieldapp.access.http import page
from fieldapp.access.permissions import Permission
from fieldapp.access.roles import Actor
from fieldapp.infra.forms import Errors, read_form
from fieldapp.infra.http import clock
from fieldapp.places import paths as network
from fieldapp.places import queries
from fieldapp.places.drawing import NotDrawable
from fieldapp.places.pages import bp
from fieldapp.places.path_list import PathFilter, PieceLine, network_layer, piece_lines
from fieldapp.places.schemas import AddPathForm, ExcludePathsForm, IncludePathsForm, PathQuery
from fieldapp.places.sentences import refusal_sentence, source_word

ROWS_SHOWN = 50
_KEPT = ("zone", "state", "text", "page")
_query, _exclude, _include, _add = PathQuery(), ExcludePathsForm(), IncludePathsForm(), AddPathForm()
_VIEW, _MANAGE = Permission.PLACES_VIEW, Permission.PLACES_MANAGE


@bp.get("/paths")
@page(permission=_VIEW)
def paths(_actor: Actor) -> str:
    """Show the network on a map and in a list, by zone, state and what a piece is near."""
    return _list({})


@bp.get("/paths/map")
@page(permission=_VIEW)
def network_map(_actor: Actor) -> Response:
    """Give the map its pieces, those that are left out too."""
    return Response(json.dumps(network_layer(_lines())), mimetype="application/geo+json")


@bp.post("/paths/exclude")
@page(permission=_MANAGE)
def exclude_paths(actor: Actor) -> Any:
    """Leave pieces out of what is covered and suggested."""
    read = read_form(_exclude, request.form)
    if read.command is None:
        return _list(read.errors, read.values), 422
    count = network.exclude_paths(actor, read.command, clock=clock())
    flash(ngettext("%(num)d stycke räknas inte längre.", "%(num)d stycken räknas inte längre.", count), "ok")
    return _back()


@bp.post("/paths/include")
@page(permission=_MANAGE)
def include_paths(actor: Actor) -> Any:
    """Take pieces back."""
    form = request.form.copy()
    form.poplist("reason")  # the field of the other button
    read = read_form(_include, form)
    if read.command is None:
        return _list(read.errors, read.values), 422
    count = network.include_paths(actor, read.command, clock=clock())
    flash(ngettext("%(num)d stycke räknas igen.", "%(num)d stycken räknas igen.", count), "ok")
    return _back()


@bp.get("/paths/new")
@page(permission=_MANAGE)
def new_path(_actor: Actor) -> str:
    """Show where a path is drawn."""
    return _drawing({})


@bp.post("/paths/new")
@page(permission=_MANAGE)
def add_path(actor: Actor) -> Any:
    """Add a path that was drawn."""
    read = read_form(_add, request.form)
    if read.command is None:
        return _drawing(read.values, read.errors), 422
    try:
        added = network.add_path(actor, read.command, clock=clock())
    except NotDrawable as fault:
        return _drawing(read.values, {"line": [refusal_sentence(fault.code)]}), 422
    flash(ngettext("Vägen är tillagd som %(num)d stycke.", "Vägen är tillagd som %(num)d stycken.", len(added)), "ok")
    return redirect(url_for("places.paths", state="drawn"))


def _lines() -> list[PieceLine]:
    return piece_lines(queries.network(), queries.positions_of_places(), queries.zones())


def _kept() -> dict[str, Any]:
    return {name: request.args[name] for name in _KEPT if request.args.get(name)}


def _back() -> Any:
    return redirect(url_for("places.paths", **_kept()))


def _list(errors: Errors, values: Mapping[str, Any] | None = None) -> str:
    asked = _query.load({name: request.args[name] for name in _KEPT if name in request.args})
    lines = _lines()
    wanted = PathFilter(asked["zone"], asked["state"], asked["text"])
    found = [line for line in lines if wanted.takes(line)]
    start = (asked["page"] - 1) * ROWS_SHOWN
    kept = _kept()
    return render_template(
        "places/paths.html",
        shown=found[start : start + ROWS_SHOWN],
        found=len(found),
        first=start + 1,
        counted=sum(line.excluded_at is None for line in lines),
        counted_km=sum(line.length_m for line in lines if line.excluded_at is None) / 1000,
        excluded=sum(line.excluded_at is not None for line in lines),
        total=len(lines),
        zones=queries.zones(),
        asked=asked,
        kept=kept,
        filters={name: value for name, value in kept.items() if name != "page"},
        chosen=set(values.get("pieces", ())) if values else set(),
        values=values or {},
        errors=errors,
        source_word=source_word,
    )


def _drawing(values: Mapping[str, Any], errors: Errors | None = None) -> str:
    return render_template("places/path.html", values=values, errors=errors or {})
